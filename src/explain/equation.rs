//! An assertion as a linear equation of the figures that it compares: what is off, and by which
//! figure it could be mended. Pure.

use crate::expr::ids::{AssertionId, CheckId};
use crate::source::RowId;
use crate::value::{Figure, Interval, Number};

/// A cell of a row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub table: usize,
    pub row: RowId,
    pub column: usize,
}

/// A figure that enters an equation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// The cell that it was read from; none where it was computed from several.
    pub cell: Option<Cell>,
    /// How it enters.
    pub factor: Number,
    pub value: Number,
    /// The decimals it is known to, negative for tens and hundreds; none where that is no such
    /// number.
    pub decimals: Option<i32>,
    /// Whether it is taken as exactly this.
    pub exact: bool,
}

/// `constant + factor * value + … = 0`.
#[derive(Debug, Clone)]
pub struct Equation<I> {
    pub check: CheckId,
    pub assertion: AssertionId,
    /// What no operand changes.
    pub constant: Number,
    /// The operands at hand.
    pub operands: I,
    /// How many operands there are in all.
    pub count: u64,
    /// What the residual may be.
    pub allowed: Interval,
    /// Left minus right.
    pub residual: Number,
    /// Whether the assertion holds.
    pub holds: bool,
}

impl Operand {
    /// A figure with its precision.
    pub fn new(cell: Option<Cell>, factor: Number, figure: &Figure) -> Operand {
        let decimals = match &figure.range {
            None => figure.value.decimals().and_then(|d| i32::try_from(d).ok()),
            Some(range) => width(range).and_then(|w| decimals_of_unit(&w)),
        };
        let exact = figure.range.is_none();
        Operand { cell, factor, value: figure.value.clone(), decimals, exact }
    }

    /// What it adds to left minus right.
    pub fn contribution(&self) -> Number {
        &self.factor * &self.value
    }
}

/// How wide an interval is.
fn width(range: &Interval) -> Option<Number> {
    Some(range.hi.at()? - range.lo.at()?)
}

/// `n` where a unit is `10^-n`.
fn decimals_of_unit(unit: &Number) -> Option<i32> {
    /// Beyond it, no figure is written.
    const MOST: i32 = 40;
    let mut n = i32::try_from(unit.decimals()?).ok()?;
    while n > -MOST && *unit > Number::pow10(-n) {
        n -= 1;
    }
    (*unit == Number::pow10(-n)).then_some(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Rounding;

    #[test]
    fn operands_know_their_precision() {
        let of = |text: &str, decimals: i32, rounding| {
            let value = Number::parse(text).expect("a number");
            let figure = Figure::implied(value, decimals, rounding);
            Operand::new(None, Number::from(-2i64), &figure)
        };
        assert_eq!(of("12.50", 2, Rounding::Nearest).decimals, Some(2));
        assert_eq!(of("12", 0, Rounding::Truncate).decimals, Some(0));
        assert_eq!(of("12000", -3, Rounding::Nearest).decimals, Some(-3));
        assert_eq!(of("0", 0, Rounding::Truncate).decimals, None, "between -1 and 1");
        assert_eq!(of("12.5", 1, Rounding::Nearest).contribution(), Number::from(-25i64));
        let exact = Figure::exact(Number::decimal(1250, 2));
        let exact = Operand::new(None, Number::from(1i64), &exact);
        assert_eq!((exact.decimals, exact.exact), (Some(1), true));
    }
}
