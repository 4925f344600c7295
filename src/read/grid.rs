//! Records of a block: their fields, their counts, and what is out of order in them.

use crate::width::to_u32;
use std::borrow::Cow;

/// A field as it stands in its block, quotes included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Something out of order: small, without words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Irregular {
    /// Index into the faults of the format.
    pub kind: u8,
    /// First byte, relative to the block (to the file for a header).
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Records before the one it stands in, within the block.
    pub record: u32,
    /// Physical lines before it, within the block.
    pub line: u32,
    /// A number that belongs to the fault: how many fields there are, the first of two columns.
    pub aux: u32,
    /// The column, or `u32::MAX`.
    pub column: u32,
}

/// No column.
pub const NO_COLUMN: u32 = u32::MAX;

/// How a record ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
    /// `\r`
    Cr,
    /// The end of the file, or of the bytes that a record may have.
    None,
}

impl LineEnd {
    /// Its length in bytes.
    pub fn bytes(self) -> usize {
        match self {
            LineEnd::None => 0,
            LineEnd::Lf | LineEnd::Cr => 1,
            LineEnd::CrLf => 2,
        }
    }

    /// Whether it ends a physical line.
    pub fn lines(self) -> u32 {
        u32::from(self != LineEnd::None)
    }

    /// The line end at `at`, if one stands there.
    pub fn of(text: &[u8], at: usize) -> LineEnd {
        match (text.get(at), text.get(at + 1)) {
            (Some(b'\n'), _) => LineEnd::Lf,
            (Some(b'\r'), Some(b'\n')) => LineEnd::CrLf,
            (Some(b'\r'), _) => LineEnd::Cr,
            _ => LineEnd::None,
        }
    }
}

/// Rows of a block, row-major; ragged and blank records are set aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// Fields of a row.
    pub width: usize,
    /// How many rows.
    pub rows: usize,
    /// One past the last byte of each field: `rows * width`. A field starts where its row does, or
    /// one byte, the delimiter, after the end of the field before.
    pub ends: Vec<u32>,
    /// Where each row starts.
    pub starts: Vec<u32>,
    /// Physical lines before each row; empty where each row is one line and no line is anything else.
    pub lines: Vec<u32>,
    /// Records before each row, ragged ones too, blank lines not; empty where every record is a row.
    pub records: Vec<u32>,
    /// Physical lines in all records walked.
    pub total_lines: u32,
    /// Records walked.
    pub total_records: u32,
    /// Records that are no rows.
    pub set_aside: u32,
    /// Records, or rows that records became, that a rule says are none.
    pub left_out: u32,
    /// What is out of order, by record and place.
    pub faults: Vec<Irregular>,
    /// Records that end with LF, CRLF, CR.
    pub line_ends: [u32; 3],
    /// Where the first of each stands: offset, records before, lines before.
    pub first_line_end: [Option<(u32, u32, u32)>; 3],
    /// Whether the block is known to be UTF-8.
    pub is_text: bool,
    /// Buffers for an index of the block.
    pub index: Vec<u32>,
}

impl Grid {
    /// Forgets the rows, keeps the buffers.
    pub fn clear(&mut self, width: usize) {
        self.width = width;
        self.rows = 0;
        // The longer of the two becomes the buffer of the next index, which then need not be filled first.
        if self.index.len() < self.ends.len() {
            std::mem::swap(&mut self.index, &mut self.ends);
        }
        for counts in [&mut self.starts, &mut self.ends, &mut self.lines, &mut self.records] {
            counts.clear();
        }
        (self.total_lines, self.total_records) = (0, 0);
        (self.set_aside, self.left_out) = (0, 0);
        self.is_text = false;
        self.faults.clear();
        self.line_ends = [0; 3];
        self.first_line_end = [None; 3];
    }

    /// A field of a row; an empty one where there is no such row.
    #[inline]
    pub fn field(&self, row: usize, field: usize) -> FieldSpan {
        let at = row * self.width + field;
        let start = if field == 0 {
            self.starts.get(row).copied()
        } else {
            self.ends.get(at - 1).map(|e| e + 1)
        };
        match (start, self.ends.get(at)) {
            (Some(start), Some(&end)) => FieldSpan { start, end },
            _ => FieldSpan::default(),
        }
    }

    /// Where a row ends, its line end left out.
    pub fn end(&self, row: usize) -> u32 {
        let last = ((row + 1) * self.width).checked_sub(1);
        last.and_then(|at| self.ends.get(at)).copied().unwrap_or_default()
    }

    /// Physical lines before a row.
    pub fn lines_before(&self, row: usize) -> u32 {
        if self.lines.is_empty() {
            to_u32(row)
        } else {
            self.lines.get(row).copied().unwrap_or_default()
        }
    }

    /// Records before a row.
    pub fn records_before(&self, row: usize) -> u32 {
        if self.records.is_empty() {
            to_u32(row)
        } else {
            self.records.get(row).copied().unwrap_or_default()
        }
    }

    /// Records before the last row that are no rows, by their number in the block.
    pub fn aside(&self) -> impl Iterator<Item = u32> {
        let gap =
            |row: usize| (if row == 0 { 0 } else { self.records[row - 1] + 1 })..self.records[row];
        (0..self.records.len()).flat_map(gap)
    }

    /// Leaves out some of the rows.
    pub fn keep(&mut self, kept: &[bool]) {
        if self.lines.is_empty() {
            self.lines = (0..to_u32(self.rows)).collect();
        }
        if self.records.is_empty() {
            self.records = (0..to_u32(self.rows)).collect();
        }
        for column in [&mut self.starts, &mut self.lines, &mut self.records] {
            retain(column, 1, kept);
        }
        retain(&mut self.ends, self.width, kept);
        self.rows = kept.iter().filter(|kept| **kept).count();
    }

    /// Counts a line end that stands `at`, after `lines` physical lines of the block.
    #[inline]
    pub fn note_line_end(&mut self, how: LineEnd, at: usize, lines: u32) {
        let (LineEnd::Lf | LineEnd::CrLf | LineEnd::Cr) = how else {
            return;
        };
        let [lf, crlf, cr] = &mut self.line_ends;
        let [first_lf, first_crlf, first_cr] = &mut self.first_line_end;
        let (count, first) = match how {
            LineEnd::Lf => (lf, first_lf),
            LineEnd::CrLf => (crlf, first_crlf),
            _ => (cr, first_cr),
        };
        *count += 1;
        if first.is_none() {
            *first = Some((to_u32(at), self.total_records, lines));
        }
    }
}

/// Keeps the values of some rows; each row has `width` of them.
pub fn retain<T>(values: &mut Vec<T>, width: usize, kept: &[bool]) {
    let mut at = 0;
    values.retain(|_| {
        let row = at / width.max(1);
        at += 1;
        kept.get(row).copied().unwrap_or(true)
    });
}

/// The text of a field: without its quotes, doubled quotes made one. Borrowed when nothing is
/// doubled. Text after a closing quote is part of it, as it stands.
#[inline]
pub fn unquote(raw: &[u8], quote: Option<u8>) -> Cow<'_, [u8]> {
    match quote.and_then(|quote| Some((quote, raw.strip_prefix(&[quote])?))) {
        Some((quote, inner)) => unquoted(inner, quote),
        None => Cow::Borrowed(raw),
    }
}

/// The same of what follows an opening quote.
fn unquoted(inner: &[u8], quote: u8) -> Cow<'_, [u8]> {
    if let Some(at) = memchr::memchr(quote, inner)
        && at + 1 == inner.len()
    {
        return Cow::Borrowed(inner.get(..at).unwrap_or_default());
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(quote, rest) {
        let (before, after) = rest.split_at(at);
        text.extend_from_slice(before);
        match after.strip_prefix(&[quote, quote]) {
            Some(after) => {
                text.push(quote);
                rest = after;
            }
            None => {
                rest = after.get(1..).unwrap_or_default();
                break;
            }
        }
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_come_off() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b"plain", b"plain"),
            (b"", b""),
            (b"\"a,b\"", b"a,b"),
            (b"\"\"", b""),
            (b"\"say \"\"so\"\"\"", b"say \"so\""),
            (b"\"ab\"cd\"e", b"abcd\"e"),
            (b"5\" pipe", b"5\" pipe"),
            (b"\"open", b"open"),
            (b"\"", b""),
        ];
        for (raw, text) in cases {
            assert_eq!(unquote(raw, Some(b'"')), text, "{raw:?}");
        }
        assert_eq!(unquote(b"\"a\"", None), &b"\"a\""[..]);
        assert!(matches!(unquote(b"\"a\"", Some(b'"')), Cow::Borrowed(_)));
    }
}
