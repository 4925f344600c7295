//! What has been read of a figure.

use crate::value::digits::Written;
use crate::value::interval::End;
use crate::value::{Interval, Number};

/// A number with its written precision, while it is read.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    pub value: Number,
    /// The unit of its last written digit is `10^-decimals`.
    pub decimals: i32,
    /// The same for the last digit that is not zero.
    pub weak: i32,
    /// A count: no rounding.
    pub is_exact: bool,
    /// What a fraction stands for.
    pub range: Option<Interval>,
    /// Whether it is a part of something: a half, `3/4`.
    pub is_fraction: bool,
    /// The power of ten of its words of scale, and of the first where there are several: `lakh crore`.
    pub scale: i32,
    pub first_scale: i32,
}

impl Amount {
    /// A plain fraction: it reaches half-way to its neighbours.
    pub fn fraction(n: i64, d: i64) -> Option<Amount> {
        let value = Number::ratio(n, d)?;
        let range = (n < d).then(|| fraction_range(n, d)).flatten();
        let is_exact = range.is_none();
        Some(Amount {
            value,
            decimals: 2,
            weak: 2,
            is_exact,
            range,
            is_fraction: true,
            scale: 0,
            first_scale: 0,
        })
    }

    /// Whether it is two counts: `64 of 74`.
    pub fn is_counted(&self) -> bool {
        self.range.as_ref().is_some_and(|range| range.lo.at() == range.hi.at())
    }

    /// Times a power of ten; what is said in thousands or more is no count.
    pub fn scaled(self, power: i32) -> Amount {
        let factor = Number::pow10(power);
        Amount {
            value: &self.value * &factor,
            decimals: self.decimals - power,
            weak: self.weak - power,
            is_exact: self.is_exact && power < 3,
            range: self.range.map(|range| range.scale(&factor)),
            is_fraction: false,
            scale: self.scale + power,
            first_scale: if self.first_scale == 0 { self.scale } else { self.first_scale },
        }
    }

    /// So many dozens.
    pub fn dozens(self) -> Amount {
        let twelve = Number::from(12i64);
        let is_whole = self.value.is_integer();
        Amount {
            value: &self.value * &twelve,
            is_exact: is_whole && self.range.is_none(),
            range: self.range.map(|range| range.scale(&twelve)),
            is_fraction: false,
            ..self
        }
    }

    /// With a fraction behind it: `two and a half`, `2 1/2`.
    pub fn and(self, fraction: &Amount) -> Amount {
        let whole = Interval::point(self.value.clone());
        let range = fraction.range.as_ref().map(|range| whole.add(range));
        Amount {
            value: &self.value + &fraction.value,
            decimals: 2,
            weak: 2,
            is_exact: range.is_none(),
            range,
            is_fraction: false,
            scale: 0,
            first_scale: 0,
        }
    }

    /// Below zero.
    pub fn negative(self) -> Amount {
        Amount { value: -self.value, range: self.range.map(|range| range.neg()), ..self }
    }

    /// What it implies by its writing.
    pub fn interval(&self) -> Interval {
        match &self.range {
            Some(range) => range.clone(),
            None if self.is_exact => Interval::point(self.value.clone()),
            None => {
                let half = &Number::pow10(-self.decimals) * &Number::decimal(5, 1);
                Interval::closed(&self.value - &half, &self.value + &half)
            }
        }
    }

    /// From this figure to another: the value is in the middle.
    pub fn to(&self, other: &Amount) -> Amount {
        let range = self.interval().hull(&other.interval());
        let value = &(&self.value + &other.value) * &Number::decimal(5, 1);
        let is_fraction = self.is_fraction && other.is_fraction;
        Amount { value, range: Some(range), is_exact: false, is_fraction, ..other.clone() }
    }

    /// As a share, where it is one or is marked as one: of a hundred parts, a thousand, …
    pub fn written(self, power: Option<i32>) -> Written {
        let amount = match power {
            Some(power) if power != 0 => self.scaled(-power),
            _ => self,
        };
        Written {
            value: amount.value,
            decimals: amount.decimals,
            weak_decimals: amount.weak,
            percent: power.is_some(),
            range: amount.range,
            exact: amount.is_exact && power.is_none_or(|power| power == 0),
        }
    }
}

/// The largest denominator of the neighbours of a fraction that people round to.
const MOST_PLAIN: i64 = 6;

/// Whether a fraction of so many parts is one that people round to.
fn is_plain(d: i64) -> bool {
    d <= MOST_PLAIN || d == 8
}

fn fraction_range(n: i64, d: i64) -> Option<Interval> {
    let value = Number::ratio(n, d)?;
    let half = Number::decimal(5, 1);
    if is_plain(d) {
        let most = (d + 1).max(5);
        let others = || (1..=most).flat_map(|d| (0..=d).filter_map(move |n| Number::ratio(n, d)));
        let below = others().filter(|f| *f < value).max()?;
        let above = others().filter(|f| *f > value).min()?;
        let middle = |other: Number| &(&value + &other) * &half;
        return Some(Interval::closed(middle(below), middle(above)));
    }
    of_so_many(n, d)
}

/// `n` of `d` parts: half a part on each side; one part, an eighth of it. `two in three` are two thirds.
pub(super) fn of_so_many(n: i64, d: i64) -> Option<Interval> {
    if n > 1 && n < d && is_plain(d) {
        return fraction_range(n, d);
    }
    let value = Number::ratio(n, d)?;
    let by = match n {
        1 => &value * &Number::decimal(125, 3),
        _ => Number::ratio(1, d.checked_mul(2)?)?,
    };
    Some(Interval { lo: End::Closed(&value - &by), hi: End::Closed(&value + &by) })
}
