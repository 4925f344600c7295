//! Places: which cell of which table, and where it stands.

use crate::source::{FileId, Span};

/// Where something stands. `findings` alone makes places.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The cell, the row or the column, where it is part of a table.
    pub cell: Option<CellName>,
    /// Where its text stands.
    pub at: At,
}

/// What of a table is meant: a cell, a row (no column) or a column (no record). The version, the
/// key and the pointer into a nested value come with the first reader that has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellName {
    /// The table as the rule names it.
    pub table: String,
    /// Record number from 1 without the header.
    pub record: Option<u64>,
    /// Name of the column.
    pub column: Option<String>,
}

/// Where a text stands. Sheets, rows of binary files and whole files get variants of their own
/// with the first reader that needs them; renderers match all, so that none can be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Bytes of a file.
    Bytes {
        /// Where the bytes stand.
        file: FileId,
        /// Bytes of the file; of the inflated or decoded text where `derived`.
        span: Span,
        /// Where they begin.
        from: Position,
        /// Where they end, if that was near enough to be looked at.
        to: Option<Position>,
        /// The bytes are those of the inflated text, not of the file on disk.
        derived: bool,
    },
}

/// A line and a column of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Physical line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
}

impl At {
    /// Bytes of which only the start is known.
    pub fn bytes(file: FileId, span: Span, from: Position) -> At {
        At::Bytes { file, span, from, to: None, derived: false }
    }

    /// The file it points into.
    pub fn file(&self) -> FileId {
        let At::Bytes { file, .. } = self;
        *file
    }

    /// The bytes it covers in its file.
    pub fn span(&self) -> Span {
        let At::Bytes { span, .. } = self;
        *span
    }

    /// Where it begins.
    pub fn from(&self) -> Position {
        let At::Bytes { from, .. } = self;
        *from
    }
}
