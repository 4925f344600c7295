//! Intervals with open, closed and absent ends.
//!
//! The rules are those of XBRL Calculations 1.1: an end of a sum is closed only where every
//! addend's is; a negative factor swaps the ends with their flags; two intervals agree when they
//! share a point.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::value::Number;

/// One end of an interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Up to but not including.
    Open(Number),
    /// Including.
    Closed(Number),
    /// No end.
    Unbounded,
}

impl End {
    /// The number at the end, if there is one.
    pub fn at(&self) -> Option<&Number> {
        match self {
            End::Open(n) | End::Closed(n) => Some(n),
            End::Unbounded => None,
        }
    }
    /// Whether the number itself belongs to it.
    pub fn is_closed(&self) -> bool {
        matches!(self, End::Closed(_))
    }
    fn new(at: Number, closed: bool) -> End {
        if closed { End::Closed(at) } else { End::Open(at) }
    }
    fn map(&self, f: impl FnOnce(&Number) -> Number) -> End {
        match self {
            End::Open(n) => End::Open(f(n)),
            End::Closed(n) => End::Closed(f(n)),
            End::Unbounded => End::Unbounded,
        }
    }
    fn plus(&self, other: &End) -> End {
        match (self.at(), other.at()) {
            (Some(a), Some(b)) => End::new(a + b, self.is_closed() && other.is_closed()),
            _ => End::Unbounded,
        }
    }
}

/// All numbers between two ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The low end.
    pub lo: End,
    /// The high end.
    pub hi: End,
}

impl Interval {
    /// Exactly one number.
    pub fn point(n: Number) -> Interval {
        Interval { lo: End::Closed(n.clone()), hi: End::Closed(n) }
    }
    /// From `lo` to `hi`, both included.
    pub fn closed(lo: Number, hi: Number) -> Interval {
        Interval { lo: End::Closed(lo), hi: End::Closed(hi) }
    }
    /// Whether it is one number.
    pub fn is_point(&self) -> bool {
        matches!((&self.lo, &self.hi), (End::Closed(a), End::Closed(b)) if a == b)
    }
    /// All sums of a number of each.
    #[must_use]
    pub fn add(&self, other: &Interval) -> Interval {
        Interval { lo: self.lo.plus(&other.lo), hi: self.hi.plus(&other.hi) }
    }
    /// All negatives.
    #[must_use]
    pub fn neg(&self) -> Interval {
        Interval { lo: self.hi.map(|n| -n), hi: self.lo.map(|n| -n) }
    }
    /// All differences.
    #[must_use]
    pub fn sub(&self, other: &Interval) -> Interval {
        self.add(&other.neg())
    }
    /// All multiples by an exact factor.
    #[must_use]
    pub fn scale(&self, factor: &Number) -> Interval {
        match factor.signum() {
            0 => Interval::point(Number::default()),
            1 => Interval { lo: self.lo.map(|n| n * factor), hi: self.hi.map(|n| n * factor) },
            _ => self.neg().scale(&-factor),
        }
    }
    /// All products.
    #[must_use]
    pub fn mul(&self, other: &Interval) -> Interval {
        let ([low, high], [least, greatest]) = (self.sides(), other.sides());
        let first = Product::of(low, least);
        let (mut lo, mut hi) = (first.clone(), first);
        for (a, b) in [(low, greatest), (high, least), (high, greatest)] {
            let product = Product::of(a, b);
            lo = better(lo, &product, Ordering::Less);
            hi = better(hi, &product, Ordering::Greater);
        }
        Interval { lo: lo.end(), hi: hi.end() }
    }
    /// Both ends, each with where it is missing: below all numbers, above them.
    fn sides(&self) -> [(&End, i32); 2] {
        [(&self.lo, -1), (&self.hi, 1)]
    }
    /// All quotients; `None` where numbers on both sides of zero divide, or nothing but zero. Zero itself
    /// divides nothing.
    pub fn checked_div(&self, by: &Interval) -> Option<Interval> {
        let [low, high] = by.sides().map(|(end, side)| end.at().map_or(side, Number::signum));
        if low < 0 && high > 0 || low == high && low == 0 {
            return None;
        }
        let one = Number::from(1i64);
        let inverse = |end: &End| match end.at() {
            None => Some(End::Open(Number::default())),
            Some(n) if n.is_zero() => Some(End::Unbounded),
            Some(n) => Some(End::new(one.checked_div(n)?, end.is_closed())),
        };
        Some(self.mul(&Interval { lo: inverse(&by.hi)?, hi: inverse(&by.lo)? }))
    }
    /// All absolute values.
    #[must_use]
    pub fn abs(&self) -> Interval {
        let zero = Number::default();
        if self.lo.at().is_some_and(|n| n.signum() >= 0) {
            return self.clone();
        }
        if self.hi.at().is_some_and(|n| n.signum() <= 0) {
            return self.neg();
        }
        Interval { lo: End::Closed(zero), hi: self.hull(&self.neg()).hi }
    }
    /// What the smaller of two can be.
    #[must_use]
    pub fn min(&self, other: &Interval) -> Interval {
        Interval { lo: lower(&self.lo, &other.lo), hi: upper(&self.hi, &other.hi, true) }
    }
    /// What the greater of two can be.
    #[must_use]
    pub fn max(&self, other: &Interval) -> Interval {
        self.neg().min(&other.neg()).neg()
    }
    /// Both ends through a function that never falls (floor, ceil, round).
    #[must_use]
    pub fn monotone(&self, f: impl Fn(&Number) -> Number) -> Interval {
        let end = |e: &End| e.at().map_or(End::Unbounded, |n| End::Closed(f(n)));
        Interval { lo: end(&self.lo), hi: end(&self.hi) }
    }
    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(&self, other: &Interval) -> Interval {
        Interval { lo: lower(&self.lo, &other.lo), hi: upper(&self.hi, &other.hi, false) }
    }
    /// Its least and its greatest multiple of a unit that is above zero, the former above the latter where it has none;
    /// `None` where it has no ends.
    pub fn multiples(&self, unit: &Number) -> Option<(Number, Number)> {
        let above = |n: &Number, is_included: bool| {
            let least = &n.checked_div(unit)?.ceil() * unit;
            Some(if is_included || least != *n { least } else { &least + unit })
        };
        let least = above(self.lo.at()?, self.lo.is_closed())?;
        let below = self.neg();
        let greatest = -&above(below.lo.at()?, below.lo.is_closed())?;
        Some((least, greatest))
    }
    /// Whether `n` lies in it.
    pub fn contains(&self, n: &Number) -> bool {
        let above = match &self.lo {
            End::Unbounded => true,
            End::Open(lo) => n > lo,
            End::Closed(lo) => n >= lo,
        };
        let below = match &self.hi {
            End::Unbounded => true,
            End::Open(hi) => n < hi,
            End::Closed(hi) => n <= hi,
        };
        above && below
    }
    /// Whether the two share a number.
    pub fn intersects(&self, other: &Interval) -> bool {
        self.possibly_le(other) && other.possibly_le(self)
    }
    /// Whether some number of this is at most some number of the other.
    pub fn possibly_le(&self, other: &Interval) -> bool {
        match (self.lo.at(), other.hi.at()) {
            (Some(lo), Some(hi)) => {
                lo < hi || lo == hi && self.lo.is_closed() && other.hi.is_closed()
            }
            _ => true,
        }
    }
    /// Whether some number of this is less than some number of the other.
    pub fn possibly_lt(&self, other: &Interval) -> bool {
        match (self.lo.at(), other.hi.at()) {
            (Some(lo), Some(hi)) => lo < hi,
            _ => true,
        }
    }
}

/// The product of two ends: where it lies, and whether it is reached.
#[derive(Clone)]
struct Product {
    /// Below all numbers, at one, above all.
    side: i32,
    at: Number,
    is_closed: bool,
}

impl Product {
    fn of((a, below): (&End, i32), (b, above): (&End, i32)) -> Product {
        let is_zero = |end: &End| end.at().is_some_and(Number::is_zero);
        let sign = |end: &End, side: i32| end.at().map_or(side, Number::signum);
        let (zero_a, zero_b) = (is_zero(a), is_zero(b));
        // Zero times anything is zero even where the other end is open, or missing.
        let is_closed =
            a.is_closed() && b.is_closed() || zero_a && a.is_closed() || zero_b && b.is_closed();
        let (side, at) = match (a.at(), b.at()) {
            (Some(x), Some(y)) => (0, x * y),
            _ => (sign(a, below) * sign(b, above), Number::default()),
        };
        Product { side, at, is_closed }
    }
    fn end(self) -> End {
        if self.side == 0 { End::new(self.at, self.is_closed) } else { End::Unbounded }
    }
}

fn better(best: Product, new: &Product, wanted: Ordering) -> Product {
    match new.side.cmp(&best.side).then_with(|| new.at.cmp(&best.at)) {
        Ordering::Equal => Product { is_closed: best.is_closed || new.is_closed, ..best },
        o if o == wanted => new.clone(),
        _ => best,
    }
}

/// The lower of two low ends.
fn lower(a: &End, b: &End) -> End {
    match (a.at(), b.at()) {
        (Some(x), Some(y)) => match x.cmp(y) {
            Ordering::Less => a.clone(),
            Ordering::Greater => b.clone(),
            Ordering::Equal => End::new(x.clone(), a.is_closed() || b.is_closed()),
        },
        _ => End::Unbounded,
    }
}

/// The smaller (for `min`) or the greater of two high ends.
fn upper(a: &End, b: &End, smaller: bool) -> End {
    match (a.at(), b.at()) {
        (Some(x), Some(y)) => match x.cmp(y) {
            Ordering::Equal => End::new(
                x.clone(),
                if smaller {
                    a.is_closed() && b.is_closed()
                } else {
                    a.is_closed() || b.is_closed()
                },
            ),
            o => {
                if (o == Ordering::Less) == smaller {
                    a.clone()
                } else {
                    b.clone()
                }
            }
        },
        (Some(_), None) if smaller => a.clone(),
        (None, Some(_)) if smaller => b.clone(),
        _ => End::Unbounded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_of_a_unit_leave_out_open_ends() {
        let number = |text: &str| Number::parse(text).expect("a number");
        let end = |text: &str, is_closed| End::new(number(text), is_closed);
        for (lo, hi, unit, least, greatest) in [
            (("1.85", true), ("2.05", false), "0.1", "1.9", "2"),
            (("1", true), ("3", false), "1", "1", "2"),
            (("-3", false), ("-1", true), "1", "-2", "-1"),
            (("0", false), ("1", false), "1", "1", "0"),
            (("-149", true), ("151", true), "100", "-100", "100"),
        ] {
            let range = Interval { lo: end(lo.0, lo.1), hi: end(hi.0, hi.1) };
            let made = range.multiples(&number(unit));
            assert_eq!(made, Some((number(least), number(greatest))), "{lo:?} to {hi:?} by {unit}");
        }
        let open = Interval { lo: End::Unbounded, hi: End::Closed(number("1")) };
        assert_eq!(open.multiples(&number("1")), None);
    }

    fn interval(lo: (i64, bool), hi: (i64, bool)) -> Interval {
        Interval { lo: End::new(lo.0.into(), lo.1), hi: End::new(hi.0.into(), hi.1) }
    }

    #[test]
    fn absolute_values_across_zero_begin_at_zero() {
        assert_eq!(interval((-2, false), (3, true)).abs(), interval((0, true), (3, true)));
        assert_eq!(interval((-3, true), (2, false)).abs(), interval((0, true), (3, true)));
        assert_eq!(interval((-3, true), (3, false)).abs(), interval((0, true), (3, true)));
        assert_eq!(interval((-3, false), (0, false)).abs(), interval((0, false), (3, false)));
        assert_eq!(interval((0, false), (3, true)).abs(), interval((0, false), (3, true)));
    }

    #[test]
    fn an_end_of_a_product_is_closed_where_it_is_reached() {
        let product = |a: Interval, b: Interval| a.mul(&b);
        assert_eq!(
            product(interval((1, true), (2, false)), interval((3, true), (4, true))),
            interval((3, true), (8, false))
        );
        assert_eq!(
            product(interval((1, false), (2, true)), interval((3, true), (4, true))),
            interval((3, false), (8, true))
        );
        // Zero is reached though the other factor never reaches its end.
        assert_eq!(
            product(interval((0, true), (2, true)), interval((1, false), (3, false))),
            interval((0, true), (6, false))
        );
        assert_eq!(
            product(interval((1, false), (3, false)), interval((0, true), (2, true))),
            interval((0, true), (6, false))
        );
        assert_eq!(
            product(interval((0, false), (2, true)), interval((1, true), (3, true))),
            interval((0, false), (6, true))
        );
        // Two ways to one end: one of them reaches it.
        let (a, b) = (interval((-2, true), (2, false)), interval((-1, true), (1, true)));
        assert_eq!(product(a.clone(), b.clone()), interval((-2, true), (2, true)));
        assert_eq!(product(b, a), interval((-2, true), (2, true)));
    }

    #[test]
    fn a_missing_end_of_a_factor_leaves_the_other_end_of_the_product() {
        let with = |lo: Option<(i64, bool)>, hi: Option<(i64, bool)>| {
            let end = |at: Option<(i64, bool)>| {
                at.map_or(End::Unbounded, |(n, is_closed)| End::new(n.into(), is_closed))
            };
            Interval { lo: end(lo), hi: end(hi) }
        };
        let (at_most, over) = (with(None, Some((5, true))), with(Some((5, false)), None));
        let (some, zero) = (interval((2, true), (4, true)), interval((0, true), (0, true)));
        assert_eq!(at_most.mul(&some), with(None, Some((20, true))));
        assert_eq!(some.mul(&at_most), with(None, Some((20, true))));
        assert_eq!(at_most.mul(&some.neg()), with(Some((-20, true)), None));
        assert_eq!(over.mul(&some), with(Some((10, false)), None));
        assert_eq!(over.mul(&at_most), with(None, None));
        assert_eq!(over.mul(&over), with(Some((25, false)), None));
        assert_eq!(over.neg().mul(&over), with(None, Some((-25, false))));
        assert_eq!(over.mul(&interval((-1, true), (1, true))), with(None, None));
        assert_eq!(over.mul(&zero), zero);
        assert_eq!(over.mul(&interval((0, true), (1, true))), with(Some((0, true)), None));
        assert_eq!(over.mul(&interval((0, false), (1, true))), with(Some((0, false)), None));
    }

    #[test]
    fn zero_at_an_end_of_a_divisor_divides_nothing() {
        let quotient = |a: Interval, by: Interval| a.checked_div(&by);
        let above = |lo: (i64, bool)| Interval { hi: End::Unbounded, ..interval(lo, lo) };
        let below = |hi: (i64, bool)| Interval { lo: End::Unbounded, ..interval(hi, hi) };
        let some = || interval((40, true), (80, true));
        assert_eq!(quotient(some(), interval((0, true), (4, false))), Some(above((10, false))));
        assert_eq!(quotient(some(), interval((-4, true), (0, true))), Some(below((-10, true))));
        assert_eq!(quotient(some(), interval((2, true), (4, true))), {
            Some(interval((10, true), (40, true)))
        });
        assert_eq!(quotient(some(), above((0, true))), Some(above((0, false))));
        assert_eq!(quotient(some(), above((4, true))), Some(interval((0, false), (20, true))));
        assert_eq!(quotient(some(), interval((-1, true), (4, true))), None);
        assert_eq!(quotient(some(), below((4, true))), None);
        assert_eq!(quotient(some(), interval((0, true), (0, true))), None);
    }
}
