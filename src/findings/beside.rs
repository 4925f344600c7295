//! What is known beside a failing equation: of its cells, and of those that are not in it.

use std::collections::BTreeMap;

use crate::findings::shared::Shared;
use crate::findings::solved::CellFigure;
use crate::findings::was::Former;
use crate::source::RowId;
use crate::value::Number;

/// The columns of small tables that failing assertions take figures from: rows by what they hold.
#[derive(Default)]
pub(crate) struct Outside {
    pub columns: BTreeMap<Column, BTreeMap<Number, Vec<RowId>>>,
}

/// A column, with its table.
pub(crate) type Column = (usize, usize);

/// What is known of the cells of an equation beside itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'b> {
    /// What other equations say of them.
    pub shared: Option<&'b Shared>,
    /// What they were in the old version.
    pub was: Option<&'b Former>,
    /// What rows beside its sums would add to them.
    pub outside: Option<&'b Outside>,
    /// Whether it is among the first findings of its check: in others two slips are not looked for.
    pub is_early: bool,
}

/// Why a cell is in no sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A `where` leaves its row out.
    Where,
    /// Its row is in another group.
    Group,
    /// It is not named.
    List,
}

/// The only cell outside with which an equation would hold.
pub struct Left {
    pub figure: CellFigure,
    /// Where it stands, in words.
    pub at: String,
    pub why: Why,
    /// Among how many it was looked for.
    pub ways: u64,
}
