//! What is found among all values of a group: quantiles, the most frequent one, their spread.

use crate::engine::states::pack::unpack_value;
use crate::engine::states::reach::{Around, Reach};
use crate::expr::tree::{Quantile, QuantileMethod};
use crate::value::{Figure, Interval, Number, Value, Why};

/// Looks for something among values that are shown in the order of their keys.
pub struct Search {
    wanted: Wanted,
    /// How many values were shown.
    shown: u64,
}

enum Wanted {
    Count(u64),
    Quantile(Option<Box<Sought>>),
    /// How often and when the value at hand was met first, and the best of those before it.
    Mode {
        own: Met,
        best: Met,
    },
}

/// A value, how often it was met, and when first.
#[derive(Default)]
struct Met {
    times: u64,
    first: u64,
    value: Vec<u8>,
}

/// A quantile that is looked for.
struct Sought {
    spot: QuantileSpot,
    low: Option<Figure>,
    high: Option<Figure>,
    /// The figures around it, where it depends on their ends.
    around: Option<Around>,
    /// Whether no later figure matters.
    is_found: bool,
}

/// Where a quantile stands among sorted figures.
struct QuantileSpot {
    /// Of the figures around it, from 1.
    low: u64,
    high: u64,
    /// How far it is from the lower one to the higher one.
    part: Number,
}

impl Search {
    /// For how many values there are.
    pub fn count(count: u64) -> Search {
        Search { wanted: Wanted::Count(count), shown: 0 }
    }

    /// For a quantile of so many figures, whose ends are so far from them; the median where none is named.
    pub fn quantile(quantile: Option<&Quantile>, count: u64, reach: &Reach) -> Search {
        let sought = (count > 0).then(|| Sought {
            spot: QuantileSpot::of(quantile, count),
            low: None,
            high: None,
            around: Around::new(reach),
            is_found: false,
        });
        Search { wanted: Wanted::Quantile(sought.map(Box::new)), shown: 0 }
    }

    /// For the most frequent value.
    pub fn mode() -> Search {
        Search { wanted: Wanted::Mode { own: Met::default(), best: Met::default() }, shown: 0 }
    }

    /// Shows the next value: whether it is that before, when it was met, and how it is packed.
    pub fn show(&mut self, is_again: bool, met: u64, packed: impl FnOnce() -> Vec<u8>) {
        self.shown += 1;
        match &mut self.wanted {
            Wanted::Count(_) | Wanted::Quantile(None) => {}
            Wanted::Quantile(Some(sought)) => sought.show(self.shown, packed),
            Wanted::Mode { own, .. } if own.times > 0 && is_again => own.times += 1,
            Wanted::Mode { own, best } => {
                let next = Met { times: 1, first: met, value: packed() };
                best.take(std::mem::replace(own, next));
            }
        }
    }

    /// What was found.
    pub fn found(self) -> Value<'static> {
        match self.wanted {
            Wanted::Count(count) => Value::number(Number::from(count)),
            Wanted::Quantile(sought) => {
                sought.and_then(|sought| sought.found()).map_or(Value::Missing, Value::Number)
            }
            Wanted::Mode { own, mut best } => {
                best.take(own);
                unpack_value(&best.value).unwrap_or(Value::Missing)
            }
        }
    }
}

impl Sought {
    /// Shows the figure at a place.
    fn show(&mut self, place: u64, packed: impl FnOnce() -> Vec<u8>) {
        let QuantileSpot { low, high, .. } = self.spot;
        if self.is_found || self.around.is_none() && place != low && place != high {
            return;
        }
        let value = unpack_value(&packed());
        let Some(figure) = value.ok().and_then(|value| value.figure().cloned()) else { return };
        if place == low {
            self.low = Some(figure.clone());
        }
        if place == high {
            self.high = Some(figure.clone());
        }
        match (&mut self.around, &self.high) {
            (None, _) => {}
            (Some(around), Some(high)) if place > self.spot.high => {
                self.is_found = !around.follow(figure, &high.value);
            }
            (Some(around), _) if place > low => around.rise(figure),
            (Some(around), _) => around.rise_to(figure),
        }
    }

    fn found(self) -> Option<Figure> {
        let (low, high) = (self.low?, self.high?);
        let Some(around) = &self.around else { return Some(self.spot.between(&low, &high)) };
        let low = around.at(self.spot.low, &low.value);
        let high = around.at(self.spot.high, &high.value);
        Some(self.spot.between(&low, &high))
    }
}

impl Met {
    /// The first met of those met most often.
    fn take(&mut self, other: Met) {
        let is_better =
            other.times > self.times || other.times == self.times && other.first < self.first;
        if is_better {
            *self = other;
        }
    }
}

fn half(n: &Number) -> Number {
    n * &Number::decimal(5, 1)
}

/// The place of a quantile among `n` sorted values, from 1; between two of them where it is no whole
/// number.
fn place(Quantile { share, method }: &Quantile, n: u64) -> Number {
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

impl QuantileSpot {
    /// The place of a quantile among `n` sorted figures, which is within them; without one the middle
    /// one, or between the two in the middle.
    fn of(quantile: Option<&Quantile>, n: u64) -> QuantileSpot {
        let exact = match quantile {
            None => half(&Number::from(n + 1)),
            Some(quantile) => place(quantile, n),
        };
        let nth = |at: &Number| u64::try_from(at.to_i64().unwrap_or(1)).unwrap_or(1).clamp(1, n);
        let below = exact.floor();
        let (low, high) = (nth(&below), nth(&(&below + &Number::from(1i64))));
        QuantileSpot { low, high, part: &exact - &below }
    }

    fn between(&self, low: &Figure, high: &Figure) -> Figure {
        if self.part.is_zero() || low == high {
            return low.clone();
        }
        let share = |figure: &Figure, part: Number| figure.mul(&Figure::exact(part));
        share(low, &Number::from(1i64) - &self.part).add(&share(high, self.part.clone()))
    }
}

/// The sample standard deviation of so many figures, by their sum and that of their squares; its root
/// is known between exact bounds.
pub(super) fn stddev(count: u64, sum: &Number, squares: &Number) -> Value<'static> {
    if count < 2 {
        return Value::Missing;
    }
    let n = Number::from(count);
    let spread = sum.checked_div(&n).map(|mean| squares - &(&mean * sum));
    let variance = spread.and_then(|s| s.checked_div(&(&n - &Number::from(1i64))));
    match variance.and_then(|v| v.sqrt_bounds(30)) {
        Some((lo, hi)) if lo == hi => Value::number(lo),
        Some((lo, hi)) => Value::Number(Figure::ranged(lo.clone(), Interval::closed(lo, hi))),
        None => Value::Unknown(Why::OutOfBounds),
    }
}
