//! The fields of the whole records of a block.

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
    /// Index into [`super::FAULTS`].
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

/// Rows of a block, row-major; ragged and blank records are set aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// Fields of a row.
    pub width: usize,
    /// How many rows.
    pub rows: usize,
    /// `rows * width` fields.
    pub fields: Vec<FieldSpan>,
    /// Where each row starts.
    pub starts: Vec<u32>,
    /// Where each row ends, its line end left out.
    pub ends: Vec<u32>,
    /// Physical lines before each row.
    pub lines: Vec<u32>,
    /// Records before each row; ragged records count, blank lines do not.
    pub records: Vec<u32>,
    /// Physical lines in all records walked.
    pub total_lines: u32,
    /// Records walked.
    pub total_records: u32,
    /// Records that are no rows.
    pub set_aside: u32,
    /// Records that are no rows: start, end, records before, lines before.
    pub asides: Vec<(u32, u32, u32, u32)>,
    /// What is out of order.
    pub faults: Vec<Irregular>,
    /// Records that end with LF, CRLF, CR.
    pub line_ends: [u32; 3],
    /// Where the first of each stands: offset, records before, lines before.
    pub first_line_end: [Option<(u32, u32, u32)>; 3],
}

impl Grid {
    /// Forgets the rows, keeps the room.
    pub fn clear(&mut self, width: usize) {
        let fields = std::mem::take(&mut self.fields);
        let (starts, ends) = (std::mem::take(&mut self.starts), std::mem::take(&mut self.ends));
        let (lines, records) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.records));
        let faults = std::mem::take(&mut self.faults);
        *self = Grid { width, fields, starts, ends, lines, records, faults, ..Grid::default() };
        self.fields.clear();
        for v in [&mut self.starts, &mut self.ends, &mut self.lines, &mut self.records] {
            v.clear();
        }
        self.faults.clear();
    }

    /// The fields of a row.
    pub fn row(&self, row: usize) -> &[FieldSpan] {
        &self.fields[row * self.width..(row + 1) * self.width]
    }
}

/// The text of a field: without its quotes, doubled quotes made one.
pub fn unquote(raw: &[u8], quote: Option<u8>) -> Cow<'_, [u8]> {
    let Some(q) = quote.filter(|q| raw.first() == Some(q)) else { return Cow::Borrowed(raw) };
    if raw.len() >= 2 && raw[raw.len() - 1] == q {
        let inner = &raw[1..raw.len() - 1];
        if memchr::memchr(q, inner).is_none() {
            return Cow::Borrowed(inner);
        }
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 1;
    let mut inside = true;
    while at < raw.len() {
        if inside && raw[at] == q {
            if raw.get(at + 1) == Some(&q) {
                out.push(q);
                at += 2;
                continue;
            }
            inside = false;
            at += 1;
            continue;
        }
        out.push(raw[at]);
        at += 1;
    }
    Cow::Owned(out)
}
