//! What is found among all values of a group: quantiles, the most frequent one, their spread.

use std::collections::HashMap;

use crate::expr::tree::{Quantile, QuantileMethod};
use crate::value::{Figure, Interval, Number, Value, Why};
use crate::width::to_usize;

/// A quantile of some values; the median where none is named.
pub(super) fn quantile(all: &[Value<'static>], quantile: Option<&Quantile>) -> Value<'static> {
    let mut figures: Vec<&Figure> = all.iter().filter_map(Value::figure).collect();
    if figures.is_empty() {
        return Value::Missing;
    }
    figures.sort_by(|a, b| a.value.cmp(&b.value));
    let n = figures.len();
    let place = match quantile {
        // The middle one, or between the two in the middle.
        None => half(&Number::from(n + 1)),
        Some(quantile) => place(quantile, n),
    };
    Value::Number(at(&figures, &place))
}

fn half(n: &Number) -> Number {
    n * &Number::decimal(5, 1)
}

/// The place of a quantile among `n` sorted values, from 1; between two of them where it is no whole
/// number.
fn place(Quantile { share, method }: &Quantile, n: usize) -> Number {
    let (n, one) = (Number::from(n), Number::from(1i64));
    let third = Number::ratio(1, 3).unwrap_or_default();
    let linear = || &(&(&n - &one) * share) + &one;
    match method {
        QuantileMethod::InvertedCdf => (&n * share).ceil(),
        QuantileMethod::Hazen => &(&n * share) + &half(&one),
        QuantileMethod::Weibull => &(&n + &one) * share,
        QuantileMethod::Linear => linear(),
        QuantileMethod::MedianUnbiased => &(&(&n + &third) * share) + &third,
        QuantileMethod::Lower => linear().floor(),
        QuantileMethod::Higher => linear().ceil(),
        QuantileMethod::Midpoint => half(&(&linear().floor() + &linear().ceil())),
    }
}

/// What stands at a place among sorted figures, which is within them.
fn at(figures: &[&Figure], place: &Number) -> Figure {
    let nth = |n: Number| {
        let n = n.to_i64().unwrap_or(1).clamp(1, figures.len() as i64);
        figures[to_usize(n) - 1]
    };
    let (below, part) = (place.floor(), place - &place.floor());
    let (low, high) = (nth(below.clone()), nth(&below + &Number::from(1i64)));
    if part.is_zero() || low == high {
        return low.clone();
    }
    let share = |figure: &Figure, part: Number| figure.mul(&Figure::exact(part));
    share(low, &Number::from(1i64) - &part).add(&share(high, part))
}

/// The most frequent of some values.
pub(super) fn mode(all: &[Value<'static>]) -> Value<'static> {
    let mut counts: HashMap<Vec<u8>, (usize, usize)> = HashMap::new();
    for (i, v) in all.iter().enumerate() {
        let mut key = Vec::new();
        crate::engine::states::encode(std::slice::from_ref(v), &mut key);
        counts.entry(key).or_insert((0, i)).0 += 1;
    }
    // The first met of those met most often, whatever the order of the map.
    #[expect(clippy::disallowed_methods, reason = "the greatest is one, in any order")]
    let best = counts.values().max_by_key(|(n, first)| (*n, std::cmp::Reverse(*first)));
    best.map_or(Value::Missing, |(_, first)| all[*first].clone())
}

/// The sample standard deviation; its root is known between exact bounds.
pub(super) fn stddev(all: &[Value<'static>]) -> Value<'static> {
    let figures: Vec<&Number> = all.iter().filter_map(|v| v.figure().map(|f| &f.value)).collect();
    let n = Number::from(figures.len());
    if figures.len() < 2 {
        return Value::Missing;
    }
    let sum = figures.iter().fold(Number::default(), |s, x| &s + x);
    let squares = figures.iter().fold(Number::default(), |s, x| &s + &(*x * *x));
    let spread = sum.checked_div(&n).map(|mean| &squares - &(&mean * &sum));
    let variance = spread.and_then(|s| s.checked_div(&(&n - &Number::from(1i64))));
    match variance.and_then(|v| v.sqrt_bounds(30)) {
        Some((lo, hi)) if lo == hi => Value::number(lo),
        Some((lo, hi)) => Value::Number(Figure::ranged(lo.clone(), Interval::closed(lo, hi))),
        None => Value::Unknown(Why::OutOfBounds),
    }
}
