//! What is reported once for a column, with the number of its cells.

use crate::fault::Fault;
use crate::source::RowId;

/// Cells of one column that have the same fault.
#[derive(Debug, Clone)]
pub struct Once {
    /// The name of the column; empty where the cells are of no column.
    pub column: String,
    pub fault: &'static Fault,
    /// How many cells.
    pub count: u64,
    pub first: FirstCell,
}

/// The first of the cells.
#[derive(Debug, Clone, Copy)]
pub enum FirstCell {
    /// That of a row.
    OfRow(RowId),
    /// A fault of the file: its number, where it starts, and the row beside it.
    OfFile { beside: RowId, offset: u64, kind: u8 },
}

impl FirstCell {
    /// The order of the file; what is wrong with a record comes before what its cells hold.
    pub fn order(self) -> (RowId, u64) {
        match self {
            FirstCell::OfRow(row) => (row, u64::MAX),
            FirstCell::OfFile { beside, offset, .. } => (beside, offset),
        }
    }
}

/// Adds a cell that stands behind those that are known.
pub fn add(all: &mut Vec<Once>, column: &str, fault: &'static Fault, cell: FirstCell) {
    match known(all, column, fault) {
        Some(known) => known.count += 1,
        None => all.push(Once { column: column.to_string(), fault, count: 1, first: cell }),
    }
}

/// Adds cells that stand behind those that are known.
pub fn merge(all: &mut Vec<Once>, more: Once) {
    match known(all, &more.column, more.fault) {
        Some(known) => known.count += more.count,
        None => all.push(more),
    }
}

fn known<'o>(all: &'o mut [Once], column: &str, fault: &Fault) -> Option<&'o mut Once> {
    all.iter_mut().find(|once| once.column == column && once.fault == fault)
}
