//! What names a place: a file, a span of its bytes, a row.
//!
//! Everything is half-open: a span is `start..end` in bytes of the (inflated) file.

use serde::{Deserialize, Serialize};

/// A file of this run: an index into the run's list of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

impl Span {
    /// The span `start..end`.
    pub fn new(start: u64, end: u64) -> Self {
        Span { start, end }
    }
    /// Length in bytes.
    pub fn len(self) -> u64 {
        self.end - self.start
    }
    /// Whether nothing is between the ends.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
    /// The same span moved by `by` bytes.
    pub fn shift(self, by: u64) -> Self {
        Span { start: self.start + by, end: self.end + by }
    }
    /// The smallest span that holds both.
    pub fn join(self, other: Self) -> Self {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A row of a table, ordered as in the file, known before any counting:
/// the number of its chunk and its place in the chunk.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub struct RowId(pub u64);

impl RowId {
    /// Bits that number the rows of one chunk.
    pub const ROW_BITS: u32 = 24;
    /// The `row`-th row of chunk number `chunk`.
    pub fn new(chunk: u64, row: u32) -> Self {
        RowId(chunk << Self::ROW_BITS | u64::from(row))
    }
    /// The number of its chunk.
    pub fn chunk(self) -> u64 {
        self.0 >> Self::ROW_BITS
    }
    /// Its place in the chunk, from 0.
    pub fn row(self) -> u32 {
        (self.0 & ((1 << Self::ROW_BITS) - 1)) as u32
    }
}
