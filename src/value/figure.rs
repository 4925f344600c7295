//! Figures: a value and what it could mean by the way it was written.

use serde::{Deserialize, Serialize};

use crate::value::interval::End;
use crate::value::{Interval, Number};

/// How the figures of a column were rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Rounding {
    /// To the nearest; ties may have gone either way.
    #[default]
    Nearest,
    /// Towards zero: digits were cut off.
    Truncate,
    /// To the nearest multiple of a whole number.
    To(u32),
    /// To one of the two nearest multiples, at random.
    Random(u32),
}

impl Rounding {
    /// Whether figures are multiples of a number: those of counts are none of single ones then.
    pub fn has_base(self) -> bool {
        matches!(self, Rounding::To(_) | Rounding::Random(_))
    }
}

/// A number and the interval its writing implies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The number as written.
    pub value: Number,
    /// What it could mean; none: exactly this.
    pub range: Option<Box<Interval>>,
    /// Its publisher keeps it back: it lies in the interval, and nobody knows where.
    pub withheld: bool,
}

impl Figure {
    /// Exactly `value`.
    pub fn exact(value: Number) -> Figure {
        Figure { value, range: None, withheld: false }
    }

    /// Some figure of an interval.
    pub fn withheld(range: Interval) -> Figure {
        let value = range.lo.at().or(range.hi.at()).cloned().unwrap_or_default();
        Figure { value, range: Some(Box::new(range)), withheld: true }
    }

    /// A value with its interval; a point is exact.
    pub fn ranged(value: Number, range: Interval) -> Figure {
        let range = (!range.is_point()).then(|| Box::new(range));
        Figure { value, range, withheld: false }
    }

    /// What `value` written to a unit of `10^-decimals` implies.
    pub fn implied(value: Number, decimals: i32, rounding: Rounding) -> Figure {
        let unit = Number::pow10(-decimals);
        let range = implied_interval(&value, &unit, rounding);
        Figure::ranged(value, range)
    }

    /// The interval; a point for exact figures.
    pub fn interval(&self) -> Interval {
        match &self.range {
            Some(range) => (**range).clone(),
            None => Interval::point(self.value.clone()),
        }
    }

    /// Whether words say its upper end alone, as "at most 500" does: its lower one is zero, and far from it.
    pub fn is_at_most(&self) -> bool {
        let is = |range: &Interval| {
            let high = range.hi.at().filter(|_| range.lo == End::Closed(Number::default()));
            let part = high.map(|high| high * &Number::decimal(75, 2));
            self.value.signum() > 0 && part.is_some_and(|part| self.value >= part)
        };
        self.range.as_ref().is_some_and(|range| is(range))
    }

    fn both(
        &self,
        other: &Figure,
        value: Number,
        f: impl FnOnce(&Interval, &Interval) -> Interval,
    ) -> Figure {
        if self.range.is_none() && other.range.is_none() {
            return Figure::exact(value);
        }
        let withheld = self.withheld || other.withheld;
        Figure { withheld, ..Figure::ranged(value, f(&self.interval(), &other.interval())) }
    }

    #[must_use]
    pub fn add(&self, other: &Figure) -> Figure {
        self.both(other, &self.value + &other.value, Interval::add)
    }
    #[must_use]
    pub fn sub(&self, other: &Figure) -> Figure {
        self.both(other, &self.value - &other.value, Interval::sub)
    }
    #[must_use]
    pub fn mul(&self, other: &Figure) -> Figure {
        self.both(other, &self.value * &other.value, Interval::mul)
    }
    /// The quotient; `None` where the divisor is zero, lies on either side of it, or is withheld and
    /// could be zero.
    pub fn div(&self, other: &Figure) -> Option<Figure> {
        let value = self.value.checked_div(&other.value)?;
        if self.range.is_none() && other.range.is_none() {
            return Some(Figure::exact(value));
        }
        let by = other.interval();
        if other.withheld && by.contains(&Number::default()) {
            return None;
        }
        let range = self.interval().checked_div(&by)?;
        let withheld = self.withheld || other.withheld;
        Some(Figure { withheld, ..Figure::ranged(value, range) })
    }
    #[must_use]
    pub fn neg(&self) -> Figure {
        self.map(|n| -n, Interval::neg)
    }
    /// Without its sign.
    #[must_use]
    pub fn abs(&self) -> Figure {
        self.map(Number::abs, Interval::abs)
    }
    /// Through a function that never falls: floor, ceil, round.
    #[must_use]
    pub fn monotone(&self, f: impl Fn(&Number) -> Number) -> Figure {
        self.map(&f, |i| i.monotone(&f))
    }
    /// The smaller of two.
    #[must_use]
    pub fn least(&self, other: &Figure) -> Figure {
        self.both(other, self.value.clone().min(other.value.clone()), Interval::min)
    }
    /// The greater of two.
    #[must_use]
    pub fn greatest(&self, other: &Figure) -> Figure {
        self.both(other, self.value.clone().max(other.value.clone()), Interval::max)
    }
    fn map(
        &self,
        value: impl FnOnce(&Number) -> Number,
        range: impl FnOnce(&Interval) -> Interval,
    ) -> Figure {
        let new = value(&self.value);
        match &self.range {
            None => Figure::exact(new),
            Some(r) => Figure { withheld: self.withheld, ..Figure::ranged(new, range(r)) },
        }
    }
}

/// What a figure of unit `unit` could be: `[v - u/2, v + u/2]`, or half-open where digits were cut
/// (XBRL Calculations 1.1).
pub fn implied_interval(value: &Number, unit: &Number, rounding: Rounding) -> Interval {
    match rounding {
        Rounding::Nearest => {
            let half = unit * &Number::decimal(5, 1);
            Interval::closed(value - &half, value + &half)
        }
        Rounding::To(base) => {
            let half = &Number::from(base).max(unit.clone()) * &Number::decimal(5, 1);
            Interval::closed(value - &half, value + &half)
        }
        Rounding::Random(base) => {
            let off = &Number::from(base) - unit;
            let off = off.max(unit * &Number::decimal(5, 1));
            Interval::closed(value - &off, value + &off)
        }
        Rounding::Truncate => match value.signum() {
            0 => Interval { lo: End::Open(-unit), hi: End::Open(unit.clone()) },
            1 => Interval { lo: End::Closed(value.clone()), hi: End::Open(value + unit) },
            _ => Interval { lo: End::Open(value - unit), hi: End::Closed(value.clone()) },
        },
    }
}

/// How a difference of rounded figures compares with what rounding can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// No difference.
    Exact,
    /// Within three standard deviations.
    Rounding,
    /// Possible, but beyond three standard deviations.
    Improbable,
    /// Overflow the sum of the half units.
    Impossible,
}

/// Judges a difference by the widths of the figures in it: the bound is half the sum of the units,
/// the standard deviation is `sqrt(sum of squared units / 12)`.
pub fn fit(difference: &Number, units: &Number, squared_units: &Number) -> Fit {
    if difference.is_zero() {
        return Fit::Exact;
    }
    if &difference.abs() * &Number::from(2i64) > *units {
        return Fit::Impossible;
    }
    // d^2 > 9 * squares / 12, without a root.
    let square = difference * difference;
    if &square * &Number::from(12i64) > squared_units * &Number::from(9i64) {
        Fit::Improbable
    } else {
        Fit::Rounding
    }
}

/// Whether some whole number of `n` gives a share or mean that could be written like this (GRIM).
pub fn attainable(figure: &Figure, n: &Number) -> bool {
    let Some((lo, hi)) = bounds(figure, n) else { return false };
    lo <= hi
}

fn bounds(figure: &Figure, n: &Number) -> Option<(Number, Number)> {
    if n.signum() <= 0 {
        return None;
    }
    let range = figure.interval().scale(n);
    Some((range.lo.at()?.ceil(), range.hi.at()?.floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1234@-2`: a value written to units of a hundred; `@INF` is exact.
    fn stated(text: &str, rounding: Rounding) -> Interval {
        let (value, decimals) = text.split_once('@').unwrap();
        let value = Number::parse(value).unwrap();
        match decimals {
            "INF" => Interval::point(value),
            d => Figure::implied(value, d.parse().unwrap(), rounding).interval(),
        }
    }

    fn consistent(total: &str, items: &[(&str, i64)], rounding: Rounding) -> bool {
        let zero = Interval::point(Number::default());
        let sum = items.iter().fold(zero, |sum, (item, weight)| {
            sum.add(&stated(item, rounding).scale(&Number::from(*weight)))
        });
        stated(total, rounding).intersects(&sum)
    }

    /// The 25 rows of XBRL Calculations 1.1 as they were recomputed: to the nearest, truncated.
    #[test]
    fn sums_are_judged_as_calculations_1_1_judges_them() {
        let rows: [(&str, &[(&str, i64)], bool, bool); 25] = [
            ("100@0", &[("40@0", 1), ("60@0", 1)], true, true),
            ("101@0", &[("40@0", 1), ("60@0", 1)], true, true),
            ("102@0", &[("40@0", 1), ("60@0", 1)], false, false),
            ("102@0", &[("30@0", 1), ("30@0", 1), ("40@0", 1)], true, true),
            ("103@0", &[("30@0", 1), ("30@0", 1), ("40@0", 1)], false, false),
            ("101.5@1", &[("40@0", 1), ("60@0", 1)], false, true),
            ("101@INF", &[("40@0", 1), ("60@0", 1)], true, true),
            ("100.01@INF", &[("40@INF", 1), ("60@INF", 1)], false, false),
            ("1234@0", &[("1200@-2", 1), ("30@0", 1)], true, true),
            ("1290@0", &[("1200@-2", 1), ("30@0", 1)], false, true),
            ("15@0", &[("40@0", 1), ("26@0", -1)], true, false),
            ("12@0", &[("40@0", 1), ("26@0", -1)], false, false),
            ("12000000@-6", &[("7400000@-5", 1), ("4100000@-5", 1)], true, false),
            ("58000000@-6", &[("12000000@-6", 1), ("45000000@-6", 1)], true, true),
            ("100@0", &[("33.3@1", 1), ("33.3@1", 1), ("33.3@1", 1)], true, true),
            ("100@INF", &[("33@0", 1), ("33@0", 1), ("33@0", 1)], true, true),
            ("100@INF", &[("30@0", 1), ("30@0", 1), ("30@0", 1)], false, false),
            ("14@0", &[("12@0", 1), ("3@0", 1)], true, false),
            ("17@0", &[("12@0", 1), ("3@0", 1)], false, false),
            ("16@0", &[("12@0", 1), ("3@0", 1)], true, true),
            ("1@0", &[("0@0", 1)], true, false),
            ("-16@0", &[("-12@0", 1), ("-3@0", 1)], true, true),
            ("-14@0", &[("-12@0", 1), ("-3@0", 1)], true, false),
            ("10@0", &[("12@0", 1), ("3@0", -1)], true, false),
            ("8@0", &[("12@0", 1), ("3@0", -1)], true, true),
        ];
        for (number, (total, items, nearest, truncated)) in rows.iter().enumerate() {
            assert_eq!(
                consistent(total, items, Rounding::Nearest),
                *nearest,
                "row {} to the nearest",
                number + 1
            );
            assert_eq!(
                consistent(total, items, Rounding::Truncate),
                *truncated,
                "row {} truncated",
                number + 1
            );
        }
    }

    /// The same figure stated twice with different precision agrees where the intervals meet.
    #[test]
    fn duplicates_agree_where_their_intervals_meet() {
        for (a, b, nearest, truncated) in [
            ("1234@0", "1200@-2", true, true),
            ("1251@0", "1200@-2", false, true),
            ("1250@0", "1200@-2", true, true),
            ("1249@0", "1250@-1", true, false),
        ] {
            assert_eq!(
                stated(a, Rounding::Nearest).intersects(&stated(b, Rounding::Nearest)),
                nearest,
                "{a} {b}"
            );
            assert_eq!(
                stated(a, Rounding::Truncate).intersects(&stated(b, Rounding::Truncate)),
                truncated,
                "{a} {b}"
            );
        }
    }

    /// The expectations of the GRIM literature: which means and shares whole counts can give.
    #[test]
    fn attainable_means_are_those_of_whole_counts() {
        let run = |start: &str, step: &str, n: i64, decimals: i32, expect: &str| {
            let (mut x, step) = (Number::parse(start).unwrap(), Number::parse(step).unwrap());
            for (i, c) in expect.chars().enumerate() {
                let figure = Figure::implied(x.clone(), decimals, Rounding::Nearest);
                assert_eq!(
                    attainable(&figure, &Number::from(n)),
                    c == 'T',
                    "{} of {start}, n = {n}",
                    i
                );
                x = &x + &step;
            }
        };
        run("5.19", "0.01", 28, 2, "FFTFFFTFFFTF");
        run("0.150", "0.001", 360, 3, "TFFTFFTFTF");
        run("0.80", "0.01", 56, 2, "TFTFTFTTTT");
        run("0.06", "0.01", 50, 2, "TFTFTFTFTFT");
        run("5.27", "0.01", 43, 2, "F");
        run("3.48", "0.01", 20, 2, "F");
    }

    #[test]
    fn tiers_follow_the_widths() {
        let n = |t: &str| Number::parse(t).unwrap();
        // Nine figures of unit one: bound 4.5, three standard deviations 2.6.
        for (d, expect) in [
            ("0", Fit::Exact),
            ("2", Fit::Rounding),
            ("-4", Fit::Improbable),
            ("5", Fit::Impossible),
        ] {
            assert_eq!(fit(&n(d), &n("9"), &n("9")), expect, "{d}");
        }
    }
}
