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

/// What is reported once for a column, of many columns.
#[derive(Debug, Default)]
pub struct Onces {
    all: Vec<Once>,
    /// The one that was found last: columns are looked at in the same order again and again.
    last: usize,
}

impl Onces {
    /// Adds a cell that stands behind those that are known.
    pub fn add(&mut self, column: &str, fault: &'static Fault, cell: FirstCell) {
        match self.known(column, fault) {
            Some(known) => known.count += 1,
            None => {
                self.all.push(Once { column: column.to_string(), fault, count: 1, first: cell })
            }
        }
    }

    /// Adds cells that stand behind those that are known.
    pub fn merge(&mut self, more: &mut Onces) {
        for more in more.all.drain(..) {
            match self.known(&more.column, more.fault) {
                Some(known) => known.count += more.count,
                None => self.all.push(more),
            }
        }
    }

    /// All of them, as they were met.
    pub fn iter(&self) -> impl Iterator<Item = &Once> {
        self.all.iter()
    }

    fn known(&mut self, column: &str, fault: &Fault) -> Option<&mut Once> {
        let is_it = |once: &Once| once.column == column && once.fault == fault;
        let near = [self.last, self.last + 1];
        let near = near.into_iter().find(|at| self.all.get(*at).is_some_and(is_it));
        let at = near.or_else(|| self.all.iter().position(is_it))?;
        self.last = at;
        self.all.get_mut(at)
    }
}
