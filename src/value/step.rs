//! How far "about" and its like reach from a figure.

use crate::value::{Interval, Number};

/// How far about, nearly and just over reach from a figure.
#[derive(Debug, Clone)]
pub struct Step {
    pub by: Number,
    /// Whether it is a share of a whole, which ends at one.
    pub is_share: bool,
}

impl Step {
    /// Of a figure by the unit of its last digit that is not zero and that of its last one; nothing
    /// where it is a fraction in words.
    pub fn of(value: &Number, units: Option<(&Number, &Number)>, is_share: bool) -> Step {
        let eighth = &value.abs() * &Number::decimal(125, 3);
        let one = Number::from(1i64);
        let is_share = is_share && value.abs() <= one;
        let Some((weak, last)) = units else { return Step { by: eighth, is_share } };
        let five = &Number::from(5i64) * weak;
        let is_of_five = value.checked_rem(&five).is_some_and(|rest| rest.is_zero());
        let step = if is_of_five { five } else { weak.clone() };
        let least = last * &Number::decimal(5, 1);
        let is_count = value.is_integer() && !is_share && *last <= one;
        let by = step.min(eighth).max(least);
        Step { by: if is_count { by.max(one) } else { by }, is_share }
    }

    /// One step on each side, not beyond zero nor the whole.
    pub fn around(&self, value: &Number) -> Interval {
        let (zero, one) = (Number::default(), Number::from(1i64));
        let (mut lo, mut hi) = (value - &self.by, value + &self.by);
        match value.signum() {
            1 => lo = lo.max(zero),
            -1 => hi = hi.min(zero),
            _ => {}
        }
        if self.is_share {
            (lo, hi) = (lo.max(-&one), hi.min(one));
        }
        Interval::closed(lo, hi)
    }
}
