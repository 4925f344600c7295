//! Places: which cell of which table, and where it stands.

use crate::source::{Address, Addresses, CellRange, FileId, Span, sheet_reference};
use crate::width::to_u32;

/// Where something stands. `findings` alone makes places.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The cell, the row or the column, where it is part of a table.
    pub cell: Option<CellName>,
    /// Where its text stands.
    pub at: At,
}

impl Place {
    /// The number of its record, where records have numbers: those of a source are known by their keys.
    pub fn record(&self) -> Option<u64> {
        self.cell.as_ref()?.record.filter(|_| self.at.is_in_file())
    }
}

/// What of a table is meant: a cell, a row (no column) or a column (no record). The version and the
/// key come with the first reader that has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellName {
    /// The table as the rule names it.
    pub table: String,
    /// Record number from 1 without the header.
    pub record: Option<u64>,
    /// Name of the column.
    pub column: Option<String>,
    /// Of what is part of a nested document: where it stands in it, as a JSON pointer.
    pub pointer: Option<String>,
}

/// Where a text stands. Renderers match all kinds, so that none can be forgotten.
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
    /// Cells of a sheet of a workbook.
    Cells {
        /// The workbook.
        file: FileId,
        /// The numbers that its reader gives the cells: they order places.
        span: Span,
        /// The cells.
        range: CellRange,
    },
    /// A row of a file of columns, a cell of it, or the name of a column; counted from 0.
    Record {
        /// The file.
        file: FileId,
        /// The numbers that its reader gives rows or cells: they order places.
        span: Span,
        /// The group of rows, and the row within it.
        row: Option<(u32, u64)>,
        /// The column, if one is meant.
        column: Option<u32>,
    },
    /// A row of a table that an engine holds, a cell of it, or the name of a column: known by its key.
    Keyed {
        /// The table: it is read as a file is.
        file: FileId,
        /// The numbers that its reader gives rows or cells: they order places.
        span: Span,
        /// The group of rows as they were fetched, and the row within it.
        row: Option<(u32, u64)>,
        /// The column, if one is meant.
        column: Option<u32>,
    },
}

/// A line and a column of a text; a row and a column of a sheet.
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

    /// Whether a file has it: a row of a source is in none.
    pub fn is_in_file(&self) -> bool {
        !matches!(self, At::Keyed { .. })
    }

    /// What a span means in a file that is no text.
    pub fn addressed(file: FileId, span: Span, address: Address) -> At {
        match address {
            Address::Cells(range) => At::Cells { file, span, range },
            Address::Record { row, column } => At::Record { file, span, row, column },
            Address::Keyed { row, column } => At::Keyed { file, span, row, column },
        }
    }

    /// What is written behind the path where it is no text: `Costs!B2`, `row 17 of group 1`,
    /// `region=North, column area`.
    pub fn address(&self, of: Option<&dyn Addresses>) -> Option<String> {
        match *self {
            At::Bytes { .. } => None,
            At::Cells { range, .. } => {
                let sheet = of.map(|of| sheet_reference(of.sheet(range.sheet)));
                let sheet = sheet.map_or(String::new(), |sheet| format!("{sheet}!"));
                Some(format!("{sheet}{}", range.address()))
            }
            At::Record { row, column, .. } => {
                let row = row.map(|(group, row)| format!("row {} of group {}", row + 1, group + 1));
                Some(row_and_column(row, column, of))
            }
            At::Keyed { row, column, .. } => {
                let row = row.zip(of).map(|((group, row), of)| key_words(&of.key(group, row)));
                Some(row_and_column(row, column, of))
            }
        }
    }

    /// The cells that it covers, where there are such; groups of rows are taken for sheets.
    pub fn cells(&self) -> Option<CellRange> {
        match *self {
            At::Bytes { .. } => None,
            At::Cells { range, .. } => Some(range),
            At::Record { row, column, .. } | At::Keyed { row, column, .. } => {
                let (group, row) = row?;
                let columns = column.map_or((0, u32::MAX), |column| (column, column));
                Some(CellRange { sheet: group, rows: (to_u32(row), to_u32(row)), columns })
            }
        }
    }

    /// The text of a cell in a file that is no text.
    pub fn text(&self, of: &dyn Addresses) -> Option<String> {
        let cells = self.cells()?;
        let text = of.text(cells.sheet, cells.rows.0, cells.columns.0);
        text.map(|text| text.into_owned())
    }

    /// The file it points into.
    pub fn file(&self) -> FileId {
        let (At::Bytes { file, .. }
        | At::Cells { file, .. }
        | At::Record { file, .. }
        | At::Keyed { file, .. }) = self;
        *file
    }

    /// What it covers: bytes of its file, or numbers of cells.
    pub fn span(&self) -> Span {
        let (At::Bytes { span, .. }
        | At::Cells { span, .. }
        | At::Record { span, .. }
        | At::Keyed { span, .. }) = self;
        *span
    }

    /// Where it begins.
    pub fn from(&self) -> Position {
        let position =
            |row: u64, column: u32| Position { line: row + 1, column: u64::from(column) + 1 };
        match *self {
            At::Bytes { from, .. } => from,
            At::Cells { range, .. } => position(range.rows.0.into(), range.columns.0),
            At::Record { row, column, .. } | At::Keyed { row, column, .. } => {
                position(row.map_or(0, |(_, row)| row), column.unwrap_or(0))
            }
        }
    }
}

/// A row and a column in words; what both are left out of is the names of the columns.
fn row_and_column(row: Option<String>, column: Option<u32>, of: Option<&dyn Addresses>) -> String {
    let name = |column| of.and_then(|of| of.column(column));
    let column = column.map(|column| match name(column) {
        Some(name) => format!("column {name}"),
        None => format!("column {}", column + 1),
    });
    let both: Vec<String> = row.into_iter().chain(column).collect();
    if both.is_empty() { "columns".into() } else { both.join(", ") }
}

/// The key of a row in words: `region=North, year=1993`.
fn key_words(key: &[(String, String)]) -> String {
    let parts: Vec<String> = key.iter().map(|(column, text)| format!("{column}={text}")).collect();
    parts.join(", ")
}
