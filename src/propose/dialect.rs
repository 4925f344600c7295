//! How a delimited file seems to be cut: delimiter, lines above the header, header.

use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Scanner, Status, count_records};
use crate::read::csv::title::{is_figure, is_word, is_year};
use crate::read::frame::{Frame, Header};
use crate::read::grid::unquote;
use crate::read::reader::MAX_RECORD;
use crate::width::{to_u32, to_usize};

/// How a file is cut, and what stands above its header.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The signs that it is written with.
    pub dialect: Dialect,
    /// Where its table begins.
    pub frame: Frame,
    /// The filled cells above the header.
    pub above: Vec<String>,
}

/// What often separates fields.
const SIGNS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that are looked at.
const RECORDS: usize = 200;
/// Records above a header at most.
const MOST_ABOVE: usize = 40;
/// Rows that show what stands below a name.
const BELOW: usize = 60;
/// Fields of a record that are looked at.
const FIELDS: usize = 1 << 14;

/// A record, with its cells without quotes and the white space around them.
pub struct Line {
    /// Where it stands: its first byte, or its number among the rows of its sheet, from 0.
    pub number: usize,
    pub cells: Vec<String>,
}

impl Line {
    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}

/// How the file that begins with `head` is cut; `usual` is the delimiter of its kind.
pub fn cut(head: &[u8], at_end: bool, usual: &Dialect) -> Cut {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = head.len() - text.len();
    let delimiters = std::iter::once(usual.delimiter).chain(SIGNS);
    let cut_by = |delimiter: u8| {
        let dialect = Dialect { delimiter, ..*usual };
        let lines = lines(head, start, at_end, &dialect);
        let (width, score) = evenness(&lines);
        (score, width, dialect, lines)
    };
    let mut best = cut_by(usual.delimiter);
    for delimiter in delimiters.skip(1) {
        let next = cut_by(delimiter);
        if next.0 > best.0 {
            best = next;
        }
    }
    let (_, width, mut dialect, mut lines) = best;
    if is_commented(&lines, width) {
        dialect.comment = Some(b'#');
        lines.retain(|line| !line.cells.first().is_some_and(|cell| cell.starts_with('#')));
    }
    of_lines(&lines, width, dialect, |line| {
        count_records(head.get(..line.number).unwrap_or_default(), &dialect)
    })
}

/// Where the table stands among the rows of a sheet, or of a table of a page.
pub fn framed(lines: &[Line]) -> Cut {
    let width = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    of_lines(lines, width, Dialect::default(), |line| to_u32(line.number))
}

/// Which lines name the columns; `before` says how many records stand before a line.
fn of_lines(lines: &[Line], width: usize, dialect: Dialect, before: impl Fn(&Line) -> u32) -> Cut {
    let at = header(lines, width);
    let mut frame = Frame::default();
    let Some(found) = lines.get(at) else { return Cut { dialect, frame, above: Vec::new() } };
    let has_header = has_header(found, lines.get(at + 1..).unwrap_or_default());
    frame.header = Header::Rows(u32::from(has_header));
    let above = lines.get(..at).unwrap_or_default();
    let filled = above.iter().flat_map(|line| &line.cells).filter(|cell| !cell.is_empty());
    if !above.is_empty() {
        frame.skip = Some(before(found));
    }
    Cut { dialect, frame, above: filled.cloned().collect() }
}

/// The first records that are not blank.
fn lines(head: &[u8], mut at: usize, at_end: bool, dialect: &Dialect) -> Vec<Line> {
    let mut scanner = Scanner::new(head, at_end, dialect, MAX_RECORD, FIELDS);
    let (mut all, mut ends) = (Vec::new(), Vec::new());
    while all.len() < RECORDS && at < head.len() {
        ends.clear();
        let Some(record) = scanner.record(at, &mut ends) else { break };
        at = record.next().max(at + 1);
        if record.status != Status::Whole {
            continue;
        }
        let mut start = record.start;
        let cell = |end: &u32| {
            let end = to_usize(*end);
            let text = unquote(head.get(start..end).unwrap_or_default(), dialect.quote);
            start = end + 1;
            String::from_utf8_lossy(&text).trim().to_string()
        };
        let cells: Vec<String> = ends.iter().map(cell).collect();
        if !matches!(cells.as_slice(), [only] if only.is_empty()) {
            all.push(Line { number: record.start, cells });
        }
    }
    all
}

/// The number of fields that most records have, and how well the delimiter cuts them: the share of
/// such records counts, then how many fields they have.
fn evenness(lines: &[Line]) -> (usize, usize) {
    let widths: Vec<usize> = lines.iter().map(|line| line.cells.len()).collect();
    let count = |width: usize| widths.iter().filter(|w| **w == width).count();
    let several = widths.iter().copied().filter(|width| *width > 1);
    let Some(width) = several.max_by_key(|width| (count(*width), *width)) else { return (1, 0) };
    let share = count(width) * 100 / widths.len().max(1);
    // A sign that stands in few of the lines is one of a text.
    if share < 40 { (1, 0) } else { (width, share * share * width.min(9)) }
}

/// Whether the first lines are comments.
fn is_commented(lines: &[Line], width: usize) -> bool {
    lines.first().is_some_and(|line| {
        line.cells.first().is_some_and(|cell| cell.starts_with('#')) && line.cells.len() != width
    })
}

/// Which record names the columns: the first that has as many fields as most, most of them filled; of
/// several such records without figures the last.
fn header(lines: &[Line], width: usize) -> usize {
    let is_full = |line: &Line| {
        line.cells.len() == width
            && (line.filled() * 3 >= width * 2 || width - line.filled() == 1)
            && (width != 2 || line.cells.last().is_some_and(|cell| !cell.is_empty()))
    };
    let found = lines.iter().take(MOST_ABOVE).position(is_full).unwrap_or(0);
    let names_more = |at: &usize| {
        let next = lines.get(at + 1)?;
        let below = lines.get(at + 2..)?;
        let named = next.filled() == width && are_different(next) && below.len() > 1;
        let figures = figures(next, below);
        let wordless = figures.iter().all(|(name, _)| is_word(name) || is_year(name));
        (named && wordless && figures.iter().any(|(name, _)| is_word(name))).then_some(at + 1)
    };
    // A name is lacking, and every record below is longer.
    let is_short = |line: &Line| {
        line.cells.len() > 1
            && line.cells.len() + 1 == width
            && line.filled() + 1 == width
            && line.cells.iter().all(|cell| is_word(cell))
    };
    if found == 1 && lines.first().is_some_and(is_short) {
        return 0;
    }
    let unlike = lines.get(found).is_some_and(|line| !are_different(line));
    Some(found).filter(|_| unlike).and_then(|at| names_more(&at)).unwrap_or(found)
}

fn are_different(line: &Line) -> bool {
    let own = |(n, name): (usize, &String)| !line.cells.get(..n).is_some_and(|c| c.contains(name));
    line.cells.iter().enumerate().all(own)
}

/// Whether a record names the columns below it, and is no row.
fn has_header(header: &Line, below: &[Line]) -> bool {
    let figures = figures(header, below);
    let is_named = |name: &str| name.is_empty() || is_word(name);
    if figures.iter().any(|(name, _)| is_word(name)) {
        return true;
    }
    let years = figures.iter().all(|(name, below)| {
        is_named(name) || (is_year(name) && !below.iter().all(|cell| is_year(cell)))
    });
    years && are_different(header) && header.cells.iter().any(|name| is_word(name))
}

/// The columns below a record that hold figures only: its own cell, and those below.
fn figures<'l>(header: &'l Line, below: &'l [Line]) -> Vec<(&'l str, Vec<&'l str>)> {
    let column = |(n, name): (usize, &'l String)| {
        let rows = below.iter().take(BELOW).filter(|row| row.cells.len() == header.cells.len());
        let cells = rows.filter_map(|row| row.cells.get(n)).map(String::as_str);
        let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        let figures = filled.iter().filter(|cell| is_figure(cell)).count();
        // A few markers for no figure stand among them.
        (figures > 0 && figures * 5 >= filled.len() * 4).then_some((name.as_str(), filled))
    };
    header.cells.iter().enumerate().filter_map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, Option<u32>, bool) {
        let cut = cut(text.as_bytes(), true, &Dialect::default());
        (char::from(cut.dialect.delimiter), cut.frame.skip, cut.frame.header.is_written())
    }

    #[test]
    fn files_are_cut_as_they_are_written() {
        for (text, cut) in [
            ("a,b\n1,2\n", (',', None, true)),
            ("a;b;c\n1,5;2,5;x\n2,5;3,5;y\n", (';', None, true)),
            ("Table 1\nAs of 2020\n\na;b;c\n1;2;3\n4;5;6\n", (';', Some(3), true)),
            ("Table 1,,\n,,\na,b,c\n1,2,3\n4,5,6\n", (',', Some(2), true)),
            ("1,2,x\n3,4,y\n5,6,z\n", (',', None, false)),
            ("region,2019,2020\nN,1,2\nS,3,4\n", (',', None, true)),
            ("name|born\nA|2001-02-03\nB|2002-02-03\n", ('|', None, true)),
            ("a\n1\n2\n", (',', None, true)),
            ("", (',', None, true)),
            ("# from x\n# by y\na,b\n1,2\n", (',', None, true)),
            ("x,n,n\nplace,men,women\nN,1,2\nS,3,4\n", (',', Some(1), true)),
        ] {
            assert_eq!(found(text), cut, "{text}");
        }
    }
}
