//! Where a table ends before its file does: at a note, or a number of records before the end.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::ops::Range;

use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Record, Scanner, Status};
use crate::read::frame::Frame;
use crate::read::grid::unquote;
use crate::read::reader::MAX_RECORD;
use crate::source::Bytes;
use crate::width::{to_u32, to_usize};

/// Bytes that are looked at together.
const BLOCK: usize = 1 << 20;

/// Where a table ends, and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tail {
    pub end: u64,
    /// How many records.
    pub below: u64,
    /// Those that `until` leaves out although they are filled like rows: how many, and where the first
    /// stands.
    pub like_rows: u64,
    pub first_like_row: Range<u64>,
}

/// Finds the end of the table whose records begin at `body`, below a header with so many names.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn tail(
    bytes: &dyn Bytes,
    body: u64,
    dialect: &Dialect,
    (frame, names): (&Frame, usize),
) -> io::Result<Tail> {
    let tail = Tail { end: body, ..Tail::default() };
    let mut finder = TailFinder { frame, names, kept: VecDeque::new(), has_ended: false, tail };
    let (mut at, mut size, mut block) = (body, BLOCK, Vec::new());
    while at < bytes.len() {
        block.resize(size, 0);
        let n = bytes.read_at(at, &mut block)?;
        block.truncate(n);
        let at_end = at + n as u64 >= bytes.len() || n == 0;
        let taken = walk(&block, at, at_end, dialect, &mut finder);
        at += taken as u64;
        if taken == 0 {
            if at_end || size > MAX_RECORD {
                break;
            }
            size *= 4;
        }
    }
    let below = finder.tail.below + finder.kept.len() as u64;
    Ok(Tail { below, ..finder.tail })
}

/// Takes the whole records of a block; returns how long they are.
fn walk(
    block: &[u8],
    base: u64,
    at_end: bool,
    dialect: &Dialect,
    finder: &mut TailFinder<'_>,
) -> usize {
    let mut scanner = Scanner::new(block, at_end, dialect, MAX_RECORD, usize::MAX);
    let (mut at, mut ends) = (0, Vec::new());
    while at < block.len() {
        ends.clear();
        let is_comment = dialect.comment.is_some() && block.get(at) == dialect.comment.as_ref();
        if is_comment {
            let Some(line) = scanner.line(at) else { break };
            at = line.next();
            continue;
        }
        let Some(record) = next(&mut scanner, at, &mut ends) else { break };
        let first = first_filled(block, record.start, &ends, dialect);
        let range = base + record.start as u64..base + record.next() as u64;
        finder.take(range, first.as_deref(), || filled(block, record.start, &ends, dialect));
        at = record.next();
    }
    at
}

/// The next record; where a quote in it has no end, its line.
fn next(scanner: &mut Scanner<'_>, at: usize, ends: &mut Vec<u32>) -> Option<Record> {
    let record = scanner.record(at, ends)?;
    if let Status::Unclosed { .. } = record.status {
        let line = scanner.line(at)?;
        ends.clear();
        ends.push(to_u32(line.end));
        return Some(line);
    }
    Some(record)
}

/// What is known of the end of a table.
struct TailFinder<'f> {
    frame: &'f Frame,
    names: usize,
    /// The last records, which are none of the table if no others follow.
    kept: VecDeque<Kept>,
    has_ended: bool,
    tail: Tail,
}

struct Kept {
    /// Whether the table ends before it.
    ends: bool,
    is_blank: bool,
    /// Whether it is filled like a row.
    is_like_row: bool,
    range: Range<u64>,
}

impl TailFinder<'_> {
    fn take(&mut self, range: Range<u64>, first: Option<&str>, filled: impl FnOnce() -> usize) {
        let ends = first.is_some_and(|cell| self.frame.ends(cell));
        let may_be_row = self.has_ended || ends || self.kept.iter().any(|kept| kept.ends);
        let is_like_row = may_be_row && first.is_some() && filled() >= self.names;
        self.kept.push_back(Kept { ends, is_blank: first.is_none(), is_like_row, range });
        if self.kept.len() <= to_usize(self.frame.skip_end) {
            return;
        }
        let Some(kept) = self.kept.pop_front() else { return };
        self.has_ended |= kept.ends;
        if self.has_ended {
            self.tail.below += 1;
            if kept.is_like_row {
                self.tail.like_rows += 1;
                if self.tail.like_rows == 1 {
                    self.tail.first_like_row = kept.range;
                }
            }
        } else if !kept.is_blank {
            self.tail.end = kept.range.end;
        }
    }
}

/// How many cells of a record are filled.
fn filled(block: &[u8], mut start: usize, ends: &[u32], dialect: &Dialect) -> usize {
    let is_filled = |end: &&u32| {
        let end = to_usize(**end);
        let raw = block.get(start..end).unwrap_or_default();
        start = end + 1;
        !unquote(raw, dialect.quote).trim_ascii().is_empty()
    };
    ends.iter().filter(is_filled).count()
}

/// The text of the first filled cell of a record, white space around it left out.
pub(crate) fn first_filled<'b>(
    block: &'b [u8],
    mut start: usize,
    ends: &[u32],
    dialect: &Dialect,
) -> Option<Cow<'b, str>> {
    ends.iter().find_map(|end| {
        let end = to_usize(*end);
        let raw = block.get(start..end).unwrap_or_default();
        start = end + 1;
        let text = match unquote(raw, dialect.quote) {
            Cow::Borrowed(text) => String::from_utf8_lossy(text),
            Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
        };
        (!text.trim().is_empty()).then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::regex::Regex;

    #[test]
    fn a_table_ends_before_its_notes() {
        let text = "a,b\n1,2\n3,4\n,\n\"Note: x\ny\",\nz\n";
        let of = |until: Option<&str>, skip_end: u32| {
            let until = until.map(|text| Regex::new(text).expect("a pattern"));
            let frame = Frame { until, skip_end, ..Frame::default() };
            let found = tail(&text.as_bytes().to_vec(), 4, &Dialect::default(), (&frame, 2));
            found.map(|tail| (&text[4..to_usize(tail.end)], tail.below)).expect("bytes in memory")
        };
        assert_eq!(of(Some("^Note"), 0), ("1,2\n3,4\n", 2));
        assert_eq!(of(None, 2), ("1,2\n3,4\n", 2));
        assert_eq!(of(None, 1), ("1,2\n3,4\n,\n\"Note: x\ny\",\n", 1));
        assert_eq!(of(Some("^Note"), 1), ("1,2\n3,4\n", 2));
        assert_eq!(of(Some("^3"), 0), ("1,2\n", 4));
        assert_eq!(of(Some("none"), 9), ("", 5));
    }

    #[test]
    fn comments_are_no_records_and_rows_below_are_told() {
        let text = "1,2\n# Note\n3,4\nNote: x,\n5,6\n# z\n7,\n8,9\n";
        let dialect = Dialect { comment: Some(b'#'), ..Dialect::default() };
        let frame = Frame { until: Some(Regex::new("Note").unwrap()), ..Frame::default() };
        let found = tail(&text.as_bytes().to_vec(), 0, &dialect, (&frame, 2)).unwrap();
        let Tail { end, below, like_rows, first_like_row } = found;
        assert_eq!((&text[..to_usize(end)], below), ("1,2\n# Note\n3,4\n", 4));
        let first = to_usize(first_like_row.start)..to_usize(first_like_row.end);
        assert_eq!((like_rows, &text[first]), (2, "5,6\n"));
    }
}
