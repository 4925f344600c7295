//! How a delimited file seems to be cut: delimiter, lines above the header, header.

use crate::propose::heads;
use crate::propose::records::Line;
use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Scanner, Status, count_records};
use crate::read::frame::{Frame, Header};
use crate::read::grid::unquote;
use crate::read::reader::MAX_RECORD;
use crate::value::Language;
use crate::width::{to_u32, to_usize};

/// How a file is cut, and what stands above its header.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cut {
    /// The signs that it is written with.
    pub dialect: Dialect,
    /// Where its table begins.
    pub frame: Frame,
    /// The filled cells above the header.
    pub above: Vec<String>,
    /// The lines below the table.
    pub below: Vec<String>,
    /// What a page or a text says around it of how its figures are rounded.
    pub around: Vec<String>,
    /// The language of that page or text.
    pub language: Language,
}

/// What often separates fields.
const SIGNS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that are looked at.
const RECORDS: usize = 200;
/// Fields of a record that are looked at.
const FIELDS: usize = 1 << 14;

/// How the file that begins with `head` is cut; `usual` is the delimiter of its kind.
pub fn cut(head: &[u8], at_end: bool, usual: &Dialect) -> Cut {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = head.len() - text.len();
    let delimiters = std::iter::once(usual.delimiter).chain(SIGNS);
    let cut_by = |delimiter: u8| {
        let dialect = Dialect { delimiter, ..*usual };
        let lines = lines((head, start), at_end, &dialect, RECORDS);
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
    of_lines(&lines, (width, 0), dialect, |line| {
        count_records(head.get(..line.number).unwrap_or_default(), &dialect)
    })
}

/// Where the table stands among the rows of a sheet, or of a table of a page; so many of the first are
/// marked as names of columns.
pub fn framed(lines: &[Line], named: usize) -> Cut {
    let width = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    of_lines(lines, (width, named), Dialect::default(), |line| to_u32(line.number))
}

/// Which lines name the columns; `before` says how many records stand before a line.
fn of_lines(
    lines: &[Line],
    (width, named): (usize, usize),
    dialect: Dialect,
    before: impl Fn(&Line) -> u32,
) -> Cut {
    let heads = heads::marked(lines, named).unwrap_or_else(|| heads::find(lines, width));
    let mut frame = Frame::default();
    let Some(found) = lines.get(heads.start) else {
        return Cut { dialect, frame, ..Cut::default() };
    };
    frame.header = Header::Rows(to_u32(heads.len()));
    let above = lines.get(..heads.start).unwrap_or_default();
    let filled = above.iter().flat_map(|line| &line.cells).filter(|cell| !cell.is_empty());
    if !above.is_empty() {
        frame.skip = Some(before(found));
    }
    Cut { dialect, frame, above: filled.cloned().collect(), ..Cut::default() }
}

/// The first records of a file that begins with `head`.
pub fn first_lines(head: &[u8], dialect: &Dialect) -> Vec<Line> {
    lines((head, 0), false, dialect, RECORDS)
}

/// The last records of a file that are not blank; `part` is how it ends, from the start of a record on.
pub fn last_lines(part: &[u8], dialect: &Dialect) -> Vec<Line> {
    lines((part, 0), true, dialect, usize::MAX)
}

/// The first records that are not blank, so many at most.
fn lines((head, at): (&[u8], usize), at_end: bool, dialect: &Dialect, most: usize) -> Vec<Line> {
    let mut scanner = Scanner::new(head, at_end, dialect, MAX_RECORD, FIELDS);
    let (mut all, mut ends, mut at, mut is_apart) = (Vec::new(), Vec::new(), at, false);
    while all.len() < most && at < head.len() {
        ends.clear();
        let Some(record) = scanner.record(at, &mut ends) else { break };
        is_apart |= head.get(at..record.start).is_some_and(|gap| !gap.is_empty());
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
        let is_blank = cells.iter().all(String::is_empty);
        if cells.len() > 1 || !is_blank {
            all.push(Line { number: record.start, cells, is_apart, merged_to: None });
        }
        is_apart = is_blank;
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
            ("region;2021*;2022**\nN;361,9;365,0\nS;65,6;65,9\n", (';', None, true)),
            ("name|born\nA|2001-02-03\nB|2002-02-03\n", ('|', None, true)),
            ("a\n1\n2\n", (',', None, true)),
            ("", (',', None, true)),
            ("# from x\n# by y\na,b\n1,2\n", (',', None, true)),
            ("x,n,n\nplace,men,women\nN,1,2\nS,3,4\n", (',', None, true)),
        ] {
            assert_eq!(found(text), cut, "{text}");
        }
    }

    #[test]
    fn several_rows_may_name_the_columns() {
        for (text, skip, rows) in [
            ("x,n,n\nplace,men,women\nN,1,2\nS,3,4\n", None, 2),
            ("T\nR,2020,,2021,\n,Men,Women,Men,Women\nN,1,2,3,4\nS,5,6,7,8\n", Some(1), 2),
            ("R,2020,\n,Men,Women\nN,1,2\nS,3,4\n", None, 2),
            ("R,People,Area\n,persons,km2\nN,1,2.5\nS,3,4.5\n", None, 2),
            ("a,b,c\n,x,y\n,p,q\nN,1,2\nS,3,4\nW,5,6\nE,7,8\n", None, 3),
            ("Ministry,Finance\nR,Men,Women\nN,1,2\nS,3,4\n", Some(1), 1),
            (",men,women\nN,1,2\nS,3,4\n", None, 1),
            ("place,type,n\nN,,1\nS,town,2\n", None, 1),
            ("R,Men,Women\nN,n/a,c\nS,3,4\nW,3,5\n", None, 1),
            ("R,Spent,\n,2023,2024\nN,1,2\nS,3,4\n", None, 2),
            ("R,Spent,,Left\n,2023,2024,2024\nN,1,2,3\nS,3,4,5\n", None, 2),
            ("R,Year,n\nN,2023,2024\n,2023,2025\nS,2024,2026\n", None, 1),
            ("R,Year,\n,2023,2024\n,2024,2025\nS,2024,2026\n", None, 1),
            ("R,Built,n\n,2023,5\nN,1990,4\nS,2001,4\n", None, 1),
        ] {
            let frame = cut(text.as_bytes(), true, &Dialect::default()).frame;
            assert_eq!((frame.skip, frame.header), (skip, Header::Rows(rows)), "{text}");
        }
    }
}
