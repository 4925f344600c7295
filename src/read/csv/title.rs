//! Lines above the header: a title, a date, a source.

use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Record, Scanner, Status};
use crate::read::grid::unquote;
use crate::read::reader::MAX_RECORD;
use crate::width::to_usize;

/// What stands above the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Title {
    /// Its first record.
    pub start: usize,
    pub end: usize,
    /// Whether any of its cells is filled.
    pub is_text: bool,
    /// Where the header starts.
    pub header: usize,
}

/// Records that are looked at.
const RECORDS: usize = 50;
/// Records above a header at most.
const MOST_TITLES: usize = 10;
/// More fields than a table of this kind has.
const MOST_FIELDS: usize = 1 << 12;

/// A record and its cells, without quotes and the white space around them.
struct Line {
    record: Record,
    cells: Vec<String>,
    /// Whether a blank line stands before it.
    after_gap: bool,
}

impl Line {
    fn width(&self) -> usize {
        self.cells.len()
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}

/// The title above the header, if the records that begin at `at` have one.
///
/// Records that all have as many fields make the table. Its first one with more than one filled cell
/// is the header if it can name the columns; whatever stands above it is no record of the table. What
/// could as well be an unnamed column or a list is left.
pub(crate) fn title(head: &[u8], at: usize, at_end: bool, dialect: &Dialect) -> Option<Title> {
    let lines = lines(head, at, at_end, dialect)?;
    let width = usual_width(&lines).filter(|width| *width < MOST_FIELDS)?;
    let is_header = |line: &Line| line.width() == width && line.filled() > 1;
    let number = lines.iter().position(is_header).filter(|n| (1..=MOST_TITLES).contains(n))?;
    let (above, rest) = lines.split_at(number);
    let (header, below) = rest.split_first()?;
    // Notes may stand below a short table.
    let is_row = |line: &&Line| line.width() == width;
    let (rows, notes) = below.split_at(below.iter().take_while(is_row).count());
    if rows.is_empty() || notes.len() > rows.len() || notes.iter().any(|n| n.filled() > 1) {
        return None;
    }
    let has_figures = names_figures(header, rows);
    let is_complete = header.filled() == width
        || (has_figures && header.filled() + 1 == width && header.cells.first()?.is_empty());
    let is_title = is_complete && can_name(header, rows) && is_above(above, header, has_figures);
    let first = above.first()?.record;
    is_title.then(|| Title {
        start: first.start,
        end: first.end,
        is_text: above.iter().any(|line| line.filled() > 0),
        header: header.record.start,
    })
}

/// Whether records above a header are a title, and not a header that lacks names.
fn is_above(above: &[Line], header: &Line, has_figures: bool) -> bool {
    let width = header.width();
    let filled: Vec<&Line> = above.iter().filter(|line| line.filled() > 0).collect();
    let has_words = |line: &&Line| line.cells.iter().any(|c| c.contains(char::is_whitespace));
    let has_gap = header.after_gap || above.iter().skip(1).any(|line| line.after_gap);
    let reads_like_one = above.len() > 1 || has_gap || filled.iter().any(has_words);
    // A header may lack one name, or have one for the names of the rows.
    let is_near = |line: &&Line| line.filled() > 1 || (line.width() == 1 && width == 2);
    match filled.as_slice() {
        [] => true,
        // One name of two: only what reads like a title is one.
        [line] if line.width() == 2 && width == 2 => has_figures && reads_like_one,
        all if all.iter().any(is_near) => has_figures,
        _ => has_figures || reads_like_one,
    }
}

/// The first records, without blank lines and comments; none where one is out of order.
fn lines(head: &[u8], at: usize, at_end: bool, dialect: &Dialect) -> Option<Vec<Line>> {
    let mut scanner = Scanner::new(head, at_end, dialect, MAX_RECORD, MOST_FIELDS);
    let (mut at, mut all, mut after_gap) = (at, Vec::new(), false);
    while all.len() < RECORDS && at < head.len() {
        let is_comment = dialect.comment.is_some() && head.get(at) == dialect.comment.as_ref();
        if is_comment {
            let Some(line) = scanner.line(at) else { break };
            at = line.next();
            continue;
        }
        let mut ends = Vec::new();
        let Some(record) = scanner.record(at, &mut ends) else { break };
        if record.status != Status::Whole {
            return None;
        }
        at = record.next();
        let cells = cells(head, &record, &ends, dialect);
        if matches!(cells.as_slice(), [only] if only.is_empty()) {
            after_gap = true;
            continue;
        }
        all.push(Line { record, cells, after_gap });
        after_gap = false;
    }
    Some(all)
}

fn cells(head: &[u8], record: &Record, ends: &[u32], dialect: &Dialect) -> Vec<String> {
    let mut start = record.start;
    let cell = |end: &u32| {
        let end = to_usize(*end);
        let text = unquote(head.get(start..end).unwrap_or_default(), dialect.quote);
        start = end + 1;
        String::from_utf8_lossy(&text).trim().to_string()
    };
    ends.iter().map(cell).collect()
}

/// How many fields more than half of the records have that have several.
fn usual_width(lines: &[Line]) -> Option<usize> {
    let several: Vec<usize> = lines.iter().map(Line::width).filter(|width| *width > 1).collect();
    let count = |width: usize| several.iter().filter(|w| **w == width).count();
    several.iter().copied().find(|width| count(*width) * 2 > several.len())
}

/// Whether a column has figures or dates only, and the header has a word for it.
fn names_figures(header: &Line, rows: &[Line]) -> bool {
    let named = header.cells.iter().enumerate().filter(|(_, name)| is_word(name));
    named.into_iter().any(|(column, _)| {
        let mut filled = column_of(column, rows).peekable();
        filled.peek().is_some() && filled.all(is_figure)
    })
}

/// Whether all cells of a record are different, and words, or years over what is none.
fn can_name(header: &Line, rows: &[Line]) -> bool {
    let names: Vec<String> = header.cells.iter().map(|cell| cell.to_lowercase()).collect();
    let is_new = |(n, name): (usize, &String)| !names.get(..n).unwrap_or_default().contains(name);
    let is_name = |(n, name): (usize, &String)| {
        name.is_empty()
            || is_word(name)
            || (is_year(name) && column_of(n, rows).all(|cell| !is_year(cell)))
    };
    names.iter().enumerate().all(is_new)
        && names.iter().enumerate().all(is_name)
        && names.iter().any(|name| is_word(name))
}

/// The filled cells of a column.
fn column_of(column: usize, rows: &[Line]) -> impl Iterator<Item = &str> {
    let cells = rows.iter().filter_map(move |row| row.cells.get(column));
    cells.map(String::as_str).filter(|cell| !cell.is_empty())
}

/// A text with a letter that does not stand for a missing value.
pub(crate) fn is_word(text: &str) -> bool {
    const NONE: [&str; 6] = ["na", "n/a", "nan", "null", "none", "nil"];
    text.contains(char::is_alphabetic) && !NONE.iter().any(|none| text.eq_ignore_ascii_case(none))
}

/// Digits, and the signs that stand in figures, dates and times.
pub(crate) fn is_figure(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_alphabetic)
}

/// A year as a table may have it in its header.
pub(crate) fn is_year(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1', b'7'..=b'9', a, b] | [b'2', b'0' | b'1', a, b]
        if a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(text: &str) -> Option<usize> {
        let found = title(text.as_bytes(), 0, true, &Dialect::default())?;
        Some(text[..found.header].lines().count())
    }

    #[test]
    fn lines_above_the_header_are_found() {
        for (text, lines) in [
            ("Report 2017,,\na,b,c\n1,2,3\n", 1),
            ("Report 2017\na,b,c\n1,2,3\n4,5,6\n", 1),
            ("Report\na,b,c\n1,2,3\n", 1),
            ("Report, 2017\na,b,c\n1,2,3\n", 1),
            ("Report, for x, y, and z\na,b,c\n1,2,3\n2,3,4\n", 1),
            ("\"Report, 2017\"\nby\n\na,b,c\n1,2,3\n4,5,6\n", 3),
            ("\"Report,\n2017\",,\n \n,,\na,b,c\n1,2,3\n4,5,6\n", 4),
            ("Report 2017\nregion,2016,2017\nN,1,2\n", 1),
            ("Report 2017,,\n,men,women\nN,1,2\nS,3,4\nSource: x\n", 1),
            ("List of members,,\nname,party,seat\nSmith,Labour,North\n", 1),
            ("Members\n\nname,party,seat\nSmith,Labour,North\n", 2),
            (",,\n,,\na,b,c\n1,2,3\n", 2),
            ("A\n\nB\nC\na,b,c\n1,2,3\nSource\n", 4),
            ("Report 2017,\na,b\nx,2\ny,3\n", 1),
            ("Report 2017\nday,n\n2020-01-01,2\n2020-01-02,3\n", 1),
        ] {
            assert_eq!(skip(text), Some(lines), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_header_is_left() {
        for text in [
            "",
            "a\n",
            "a,b\n1,2\n",
            "Report 2017,,\na,b,c\n",
            "Report 2017\nx\ny\n",
            "a,b,\n1,2,3\n4,5,6\n",
            "name,\nx,1\ny,2\n",
            "name,\nx,n/a\ny,2\n",
            "name,\nx,no\ny,2\n",
            "name of it,\nx,y\nz,w\n",
            "x\na,foo\nb,bar\n",
            "x,y\nr1,foo,bar\nr2,some,thing\n",
            "a,b,c,\n1,2,3\n4,5,6\n",
            "a,b,c\n1,2,3,\n4,5,6,\n",
            "country,,\nGermany,Berlin,euro\nFrance,Paris,euro\n",
            "year,,\n2016,1,2\n2017,3,4\n",
            "Report 2017\n1,2,3\n4,5,6\n",
            "word\nmill, weir\nlock 1\nkey, 5\n",
            "word\n\nmill, weir\nlock\nbolt\nkey, 5\n",
            "Report 2017,,\na,a,b\n1,2,3\n",
            "Report 2017,,\na,\"b,c\n1,2,3\n",
            "a,b\n1,2\n\nc,d,e\n1,2,3\n",
            "Report 2017\na,b,c\n1,2,3\nd,e\n4,5,6\n",
        ] {
            assert_eq!(skip(text), None, "{text}");
        }
    }
}
