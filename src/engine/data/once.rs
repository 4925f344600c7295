//! What is reported once for a column, with the number of its cells.

use crate::fault::Fault;
use crate::source::RowId;

/// Cells of one column that have the same fault.
#[derive(Debug, Clone, Copy)]
pub struct Once {
    pub column: usize,
    pub fault: &'static Fault,
    /// How many cells.
    pub count: u64,
    /// The row of the first.
    pub first: RowId,
}

/// Adds cells that stand behind those that are known.
pub fn add(all: &mut Vec<Once>, more: Once) {
    match all.iter_mut().find(|o| o.column == more.column && o.fault == more.fault) {
        Some(known) => known.count += more.count,
        None => all.push(more),
    }
}
