//! Tables as the engine sees them: parts to scan, or rows held whole.

use std::sync::Arc;

use crate::read::csv::{Dialect, Header, Walker};
use crate::source::{Bytes, FileId, Span};
use crate::value::{Hedge, Reading};

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// How its cells are read; set when types are known.
    pub reading: Reading,
    /// Declared but not in the data: its cells are unknown.
    pub absent: bool,
    /// Whether cells that cannot be read are told (typed columns that some rule uses).
    pub told: bool,
    /// Where its name stands, if it stands anywhere.
    pub header: Option<(FileId, Span)>,
    /// Where its cells come from.
    pub source: Source,
}

/// Where the cells of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A field of the record.
    Field(usize),
    /// The name of the unpivoted column at hand.
    PivotName,
    /// The cell of the unpivoted column at hand.
    PivotValue,
    /// A hole of the path; one value per file.
    Path(usize),
    /// Nowhere.
    Nowhere,
}

/// One file of a CSV table.
#[derive(Clone)]
pub struct Part {
    /// The file.
    pub file: FileId,
    /// Its bytes, inflated and decoded.
    pub bytes: Arc<dyn Bytes>,
    /// How it is cut.
    pub dialect: Dialect,
    /// Its header.
    pub header: Header,
    /// Walks its records.
    pub walker: Walker,
    /// Fields of this file by the table's field number (files may order columns differently).
    pub fields: Vec<Option<usize>>,
    /// Values of the path's holes.
    pub path: Vec<String>,
}

/// A cell of a table that is held whole.
#[derive(Debug, Clone, Default)]
pub struct WholeCell {
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// What a word before it makes of it.
    pub hedge: Hedge,
}

/// A row of a table that is held whole.
#[derive(Debug, Clone)]
pub struct WholeRow {
    /// Its file.
    pub file: FileId,
    /// The whole match or record.
    pub span: Span,
    /// Its cells by field.
    pub cells: Vec<WholeCell>,
}

/// What holds the rows.
#[derive(Clone)]
pub enum Rows {
    /// Files to scan.
    Csv(Vec<Part>),
    /// Rows out of prose and documents.
    Whole(Vec<WholeRow>),
}

/// A table.
#[derive(Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Rows,
    /// Fields to unpivot, with the names of their columns.
    pub pivot: Vec<(usize, String)>,
    /// Columns where a blank means the cell above.
    pub fill: Vec<usize>,
    /// Columns of the key.
    pub key: Vec<usize>,
    /// How many rows are expected.
    pub expected: (u64, Option<u64>),
    /// Where that is written.
    pub rule: (FileId, Span),
    /// An optional file that is not there.
    pub absent: bool,
}

impl Table {
    /// The file of its first part.
    pub fn file(&self) -> FileId {
        let file = match &self.rows {
            Rows::Csv(parts) => parts.first().map(|p| p.file),
            Rows::Whole(rows) => rows.first().map(|r| r.file),
        };
        file.unwrap_or(FileId(0))
    }

    /// Whether records become rows field by field.
    pub fn is_plain(&self) -> bool {
        self.pivot.is_empty()
            && self.fill.is_empty()
            && self.columns.iter().enumerate().all(|(i, c)| c.source == Source::Field(i) || c.source == Source::Nowhere)
    }
    /// Bytes that one pass over it reads.
    pub fn bytes(&self) -> u64 {
        match &self.rows {
            Rows::Csv(parts) => parts.iter().map(|p| p.bytes.len()).sum(),
            Rows::Whole(_) => 0,
        }
    }
    /// Rows made of one record.
    pub fn rows_per_record(&self) -> usize {
        self.pivot.len().max(1)
    }
}
