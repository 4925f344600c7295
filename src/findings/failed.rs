//! An equation that does not hold.

use crate::explain::equation::Cell;
use crate::expr::ids::{AssertionId, CheckId};
use crate::findings::equations::Sum;
use crate::findings::figures::Style;
use crate::findings::roles::Standing;
use crate::findings::solved::CellFigure;
use crate::findings::trace::{Comparison, Step};

/// An equation that does not hold, with all that it was made of.
pub struct Failed<'f, 'm> {
    pub comparison: &'f Comparison<'m, 'm>,
    pub of: (CheckId, AssertionId),
    pub sums: &'f [Sum<'m, 'm>],
    pub cells: &'f [CellFigure],
    pub standings: [Standing<'f, 'm>; 2],
    pub style: Style,
}

impl<'m> Failed<'_, 'm> {
    /// The step that states a figure, and the side that it is to follow from.
    pub fn stated(&self) -> Option<[&Step<'m>; 2]> {
        match &self.standings {
            [Standing::Stated(step), Standing::Follows] => Some([*step, self.comparison.right]),
            [Standing::Follows, Standing::Stated(step)] => Some([*step, self.comparison.left]),
            _ => None,
        }
    }

    /// The cell that a step reads, of its own or of the only row of a table.
    pub fn cell_of(&self, step: &Step<'_>) -> Option<Cell> {
        let is_of = |sum: &&Sum<'_, '_>| std::ptr::eq(sum.step.bound, step.bound) && !sum.adds;
        step.cell.or_else(|| self.sums.iter().find(is_of)?.parts.first()?.cell)
    }

    pub fn stated_cell(&self) -> Option<Cell> {
        self.stated().and_then(|[stated, _]| self.cell_of(stated))
    }
}
