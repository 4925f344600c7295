//! Which records of a table are its rows: the `where` of the table.

use crate::expr::bound::Bound;
use crate::expr::functions::Context;

/// A condition on the cells of one record.
#[derive(Clone)]
pub struct RowFilter {
    /// The condition, over the columns of today's table.
    pub condition: Bound,
    /// For each of these the column of this table.
    pub columns: Vec<Option<usize>>,
    /// What functions know beside their arguments.
    pub context: Context,
}
