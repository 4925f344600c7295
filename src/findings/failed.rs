//! An equation that does not hold.

use crate::expr::ids::{AssertionId, CheckId};
use crate::findings::equations::Sum;
use crate::findings::figures::Style;
use crate::findings::roles::Standing;
use crate::findings::solved::CellFigure;
use crate::findings::trace::Comparison;

/// An equation that does not hold, with all that it was made of.
pub struct Failed<'f, 'm> {
    pub comparison: &'f Comparison<'m, 'm>,
    pub of: (CheckId, AssertionId),
    pub sums: &'f [Sum<'m, 'm>],
    pub cells: &'f [CellFigure],
    pub standings: [Standing<'f, 'm>; 2],
    pub style: Style,
}
