//! Where a table ends before its file does: at a note, or a number of records before the end.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;

use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Record, Scanner, Status};
use crate::read::frame::Frame;
use crate::read::grid::unquote;
use crate::read::reader::MAX_RECORD;
use crate::source::Bytes;
use crate::width::{to_u32, to_usize};

/// Bytes that are looked at together.
const BLOCK: usize = 1 << 20;

/// Where a table ends, and how many records stand below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail {
    pub end: u64,
    pub below: u64,
}

/// Finds the end of the table whose records begin at `body`.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn tail(
    bytes: &dyn Bytes,
    body: u64,
    dialect: &Dialect,
    frame: &Frame,
) -> io::Result<Tail> {
    let mut last = Last { frame, kept: VecDeque::new(), end: body, has_ended: false, below: 0 };
    let (mut at, mut size, mut block) = (body, BLOCK, Vec::new());
    while at < bytes.len() {
        block.resize(size, 0);
        let n = bytes.read_at(at, &mut block)?;
        block.truncate(n);
        let at_end = at + n as u64 >= bytes.len() || n == 0;
        let taken = walk(&block, at, at_end, dialect, &mut last);
        at += taken as u64;
        if taken == 0 {
            if at_end || size > MAX_RECORD {
                break;
            }
            size *= 4;
        }
    }
    Ok(Tail { end: last.end, below: last.below + last.kept.len() as u64 })
}

/// Takes the whole records of a block; returns how long they are.
fn walk(block: &[u8], base: u64, at_end: bool, dialect: &Dialect, last: &mut Last<'_>) -> usize {
    let mut scanner = Scanner::new(block, at_end, dialect, MAX_RECORD, usize::MAX);
    let (mut at, mut ends) = (0, Vec::new());
    while at < block.len() {
        ends.clear();
        let Some(record) = next(&mut scanner, at, &mut ends) else { break };
        let first = first_filled(block, record.start, &ends, dialect);
        last.take(base + record.next() as u64, first.as_deref());
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
struct Last<'f> {
    frame: &'f Frame,
    /// The last records, which are none of the table if no others follow: whether the table ends
    /// before each, whether it is filled, and where it ends.
    kept: VecDeque<(bool, bool, u64)>,
    /// Where its last filled record ends.
    end: u64,
    has_ended: bool,
    below: u64,
}

impl Last<'_> {
    fn take(&mut self, end: u64, first: Option<&str>) {
        let ends = first.is_some_and(|cell| self.frame.ends(cell));
        self.kept.push_back((ends, first.is_some(), end));
        if self.kept.len() <= to_usize(self.frame.skip_end) {
            return;
        }
        let Some((ends, is_filled, end)) = self.kept.pop_front() else { return };
        self.has_ended |= ends;
        if self.has_ended {
            self.below += 1;
        } else if is_filled {
            self.end = end;
        }
    }
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
            let found = tail(&text.as_bytes().to_vec(), 4, &Dialect::default(), &frame);
            found.map(|tail| (&text[4..to_usize(tail.end)], tail.below)).expect("bytes in memory")
        };
        assert_eq!(of(Some("^Note"), 0), ("1,2\n3,4\n", 2));
        assert_eq!(of(None, 2), ("1,2\n3,4\n", 2));
        assert_eq!(of(None, 1), ("1,2\n3,4\n,\n\"Note: x\ny\",\n", 1));
        assert_eq!(of(Some("^Note"), 1), ("1,2\n3,4\n", 2));
        assert_eq!(of(Some("^3"), 0), ("1,2\n", 4));
        assert_eq!(of(Some("none"), 9), ("", 5));
    }
}
