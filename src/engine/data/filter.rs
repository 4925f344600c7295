//! Which records of a table, or which of the rows that they become, are its rows: the `where` of the table.

use crate::expr::bound::Bound;
use crate::expr::functions::Context;
use crate::value::Reading;

/// Where a filter finds the cells of a column.
#[derive(Clone)]
pub enum Cells {
    /// In a column.
    Column(usize),
    /// In a field of the record, whose column became rows.
    Field(usize, Box<Reading>),
    Nowhere,
}

/// A condition on the cells of one record, or of one of its rows.
#[derive(Clone)]
pub struct RowFilter {
    /// The condition, over the columns of today's table.
    pub condition: Bound,
    /// For each of these where its cells are in this table.
    pub columns: Vec<Cells>,
    /// It asks for what makes the rows of one record differ, and is asked of each of them.
    pub by_row: bool,
    /// What functions know beside their arguments.
    pub context: Context,
}
