//! Lines above the header: a title, a date, a source.

use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Record, Scanner, Status};
use crate::read::grid::unquote;
use crate::read::reader::MAX_RECORD;
use crate::read::title::{Line, MOST_CELLS, ROWS, above};
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

/// The title above the header, if the records that begin at `at` have one.
pub(crate) fn title(head: &[u8], at: usize, at_end: bool, dialect: &Dialect) -> Option<Title> {
    let (lines, records) = lines(head, at, at_end, dialect)?;
    let number = above(&lines)?;
    let first = records.first()?;
    Some(Title {
        start: first.start,
        end: first.end,
        is_text: lines.iter().take(number).any(|line| line.filled() > 0),
        header: records.get(number)?.start,
    })
}

/// The first records, without blank lines and comments, and where they stand; none where one is out of order.
fn lines(
    head: &[u8],
    at: usize,
    at_end: bool,
    dialect: &Dialect,
) -> Option<(Vec<Line>, Vec<Record>)> {
    let mut scanner = Scanner::new(head, at_end, dialect, MAX_RECORD, MOST_CELLS);
    let (mut at, mut all, mut records, mut after_gap) = (at, Vec::new(), Vec::new(), false);
    while all.len() < ROWS && at < head.len() {
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
        all.push(Line { cells, after_gap });
        records.push(record);
        after_gap = false;
    }
    Some((all, records))
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
