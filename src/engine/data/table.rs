//! Tables as the engine sees them: columns, a layout, and files to read.

use std::sync::Arc;

use crate::engine::data::filter::RowFilter;
use crate::fault::Fault;
use crate::read::reader::{Order, Reader};
use crate::shape::{FileLayout, Layout, Source};
use crate::source::{FileId, Span};
use crate::value::{Reading, Type};

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// How its cells are read; set when types are known.
    pub reading: Reading,
    /// For cells of several columns of the file: how those of each are read, where that differs.
    pub melted: Vec<Reading>,
    /// The column of which it is a second reading: nothing of it is listed or reported.
    pub rounded: Option<usize>,
    /// Declared but not in the data: its cells are unknown.
    pub absent: bool,
    /// Whether cells that cannot be read are reported (typed columns that some rule uses).
    pub reports_unreadable: bool,
    /// How much rather its figures are right than those of other columns.
    pub reliability: u32,
    /// Where its name is written, if it is written anywhere.
    pub header: Option<(FileId, Span)>,
}

/// One file of a table.
#[derive(Clone)]
pub struct TableFile {
    pub file: FileId,
    /// Reads its records.
    pub reader: Arc<dyn Reader>,
    /// How its fields become the columns of the table.
    pub layout: FileLayout,
}

#[derive(Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub files: Vec<TableFile>,
    /// How records become rows.
    pub layout: Layout,
    /// Which of them do.
    pub filter: Option<RowFilter>,
    /// Columns of the key.
    pub key: Vec<usize>,
    /// How many rows are expected.
    pub expected: (u64, Option<u64>),
    /// Where that is written, else where its path is; none where neither says what was read.
    pub rule: Option<(FileId, Span)>,
    /// The table whose old version it is: nothing of its files is reported or counted.
    pub old_of: Option<usize>,
    /// The table of which it is a view, likewise.
    pub view_of: Option<usize>,
    /// An optional file that is not there.
    pub absent: bool,
    /// Files that could not be opened: nothing that needs the table is judged.
    pub unread: bool,
    /// What is known of the rows that are not here: they were judged where they are.
    pub elsewhere: Option<RowsElsewhere>,
}

/// What is known of a table of which not all cells are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowsElsewhere {
    /// How many rows it has.
    pub rows: u64,
    /// Whether each text that a condition compares with one of its columns stands there.
    pub has_texts: bool,
}

impl Column {
    /// How a cell is read that comes from the so-manieth of the columns that became rows.
    pub fn reading_of(&self, pivot: usize) -> &Reading {
        self.melted.get(pivot).unwrap_or(&self.reading)
    }
}

impl Table {
    /// Whether a column holds the cells of columns that became rows.
    pub fn is_pivot_value(&self, column: usize) -> bool {
        self.layout.sources.get(column) == Some(&Source::PivotValue)
    }

    /// Whether a cell of a column may be of several rows: it spans them, or blank cells below mean it.
    pub fn has_shared_cells(&self, column: usize) -> bool {
        self.layout.fill.contains(&column)
            || self.files.iter().any(|file| file.reader.has_shared_cells())
    }

    /// How a cell of a row is read that shows one of the columns that became rows.
    pub fn reading(&self, pivot: usize, column: usize) -> Option<&Reading> {
        self.columns.get(column).map(|info| info.reading_of(pivot))
    }

    /// Its first file; the first of the run where it has none.
    pub fn file(&self) -> FileId {
        self.files.first().map_or(FileId(0), |f| f.file)
    }

    /// Whether it is a table of the rules, as it is today: what is wrong with it is reported.
    pub fn is_declared(&self) -> bool {
        self.old_of.is_none() && self.view_of.is_none()
    }

    /// What it is called where its passes are listed.
    pub fn shown(&self) -> String {
        let columns = if self.view_of.is_some() { " by column" } else { "" };
        format!("`{}`{columns}", self.name)
    }

    /// Bytes that one pass over it reads.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.reader.size()).sum()
    }

    /// The faults that its files may have.
    pub fn faults(&self) -> &'static [&'static Fault] {
        self.files.first().map_or(&[], |f| f.reader.faults())
    }

    /// Whether a column is text, so that its bytes are its key.
    pub fn is_text(&self, column: usize) -> bool {
        self.columns[column].reading.ty == Type::Text
    }

    /// Whether its rows can only be read one chunk after the other.
    pub fn is_in_order(&self) -> bool {
        let in_order = |f: &TableFile| f.reader.order() == Order::InOrder;
        self.layout.is_in_order() || self.files.iter().any(in_order)
    }
}
