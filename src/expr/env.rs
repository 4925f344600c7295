//! What an expression is evaluated over.

use crate::expr::bound::{Bound, StateId};
use crate::expr::functions::Context;
use crate::value::{Value, Why};

/// What a look-up finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Found<'a> {
    /// One row with this value.
    One(Value<'a>),
    /// No such key.
    None,
    /// Two or more rows.
    Many,
    /// Whether there is such a row is not known.
    Unknown(Why),
}

/// The row, group or combination at hand, and what other rows gave.
pub trait Env {
    /// A cell of a unit's row.
    fn cell(&self, unit: usize, column: usize, ranges: bool) -> Value<'_>;
    /// A cell as it is written.
    fn written(&self, unit: usize, column: usize) -> Value<'_>;
    /// A key of a unit's group.
    fn key(&self, unit: usize, key: usize) -> Value<'_>;
    /// A row by key; without a column, `true` for its being there.
    fn lookup(
        &self,
        state: StateId,
        key: &[Value<'_>],
        column: Option<usize>,
        ranges: bool,
    ) -> Found<'_>;
    /// A finished aggregate; a part of the key that does not apply is that of no group.
    fn aggregate(&self, state: StateId, slot: usize, key: &[Value<'_>]) -> Value<'_>;
    /// Whether a value stands in a column.
    ///
    /// # Errors
    /// Why that is not known.
    fn member(&self, state: StateId, value: &Value<'_>) -> Result<bool, Why>;
    /// The value of a neighbour.
    fn window(&self, state: StateId) -> Value<'_>;
    /// The row's number in its table, from 1.
    fn row(&self, unit: usize) -> u64;
    /// The path of the row's file.
    fn file(&self, unit: usize) -> Value<'_>;
    /// What functions may ask of the run.
    fn context(&self) -> &Context;
    /// A look-up that should have found a row in `state` found none, or several.
    fn missed(&self, lookup: &Bound, state: StateId, key: &[Value<'_>], many: bool);
}
