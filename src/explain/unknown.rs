//! A figure of an equation, solved for. Pure.

use crate::explain::slip::{Slip, Written, places};
use crate::value::{Interval, Number};

/// A figure that could be wrong.
#[derive(Debug, Clone)]
pub struct Unknown {
    pub value: Number,
    /// The decimals that it is written with; negative where it is in hundreds, thousands or millions.
    pub decimals: i32,
    /// Whether it is said in words, `one in four`: no digit of it can be wrong.
    pub in_words: bool,
    /// What it may be for the equation to hold, all others as they are.
    pub would_be: Interval,
    /// What it would be if the others were exactly what is written, where that is less.
    pub exact: Option<Number>,
}

impl Unknown {
    /// The figure with its decimals that is nearest to the middle of what it may be.
    pub fn middle(&self) -> Option<Number> {
        if self.would_be.is_point() {
            return self.would_be.lo.at().cloned();
        }
        middle(&self.would_be, self.decimals)
    }

    /// Whether it would be this as precisely as it is written, and not only by what rounding allows.
    pub fn is_precise(&self, would_be: &Number, slip: Option<Slip>) -> bool {
        let decimals = match slip {
            Some(Slip::Power(n)) => Some(self.decimals.saturating_add(n)),
            // The digit that was added may be the last decimal.
            Some(Slip::Added) => places(would_be, self.decimals.saturating_sub(1)),
            _ => places(would_be, self.decimals),
        };
        self.exact.as_ref().zip(decimals).is_some_and(|(exact, n)| exact.round(n) == *would_be)
    }

    /// The unit of its last digit.
    pub fn unit(&self) -> Number {
        Number::pow10(-self.decimals)
    }

    /// Whether it has more than one digit: shorter ones are a slip away from any other.
    pub fn is_long(&self) -> bool {
        self.value.abs() >= &self.unit() * &Number::from(10i64)
    }

    /// How many figures of a unit would do.
    pub fn width(&self, unit: &Number) -> u64 {
        let ends = self.would_be.lo.at().zip(self.would_be.hi.at());
        let wide = ends.and_then(|(low, high)| (high - low).checked_div(unit));
        let wide = wide.map_or(Some(0), |wide| wide.floor().to_i64());
        wide.and_then(|n| u64::try_from(n).ok()).unwrap_or(u64::MAX >> 1) + 1
    }

    /// The slip that makes what is written of a figure.
    pub fn slip_from(&self, meant: &Number) -> Option<Slip> {
        self.written()?.slip_from(meant)
    }

    /// It as it is written in digits, where it is.
    pub fn written(&self) -> Option<Written> {
        (!self.in_words).then(|| Written::new(&self.value, self.decimals)).flatten()
    }
}

/// A figure with so many decimals near the middle of a range.
fn middle(range: &Interval, decimals: i32) -> Option<Number> {
    let half = Number::decimal(5, 1);
    let middle = (&(range.lo.at()? + range.hi.at()?) * &half).round(decimals);
    range.contains(&middle).then_some(middle)
}
