//! How large figures of a list are, and how seldom one of them would be of another size. Pure.

use crate::explain::unknown::Unknown;
use crate::value::Number;

/// Steps of a doubling, in which sizes are measured.
const STEPS: i64 = 64;

/// Sizes never differ by less than half a doubling, as far as so few figures say that.
const LEAST_SPREAD: i64 = STEPS / 2;

/// Others of a list that say how large its figures are, at least.
const LEAST: i64 = 4;

/// The sizes of figures that enter alike: those that are too large are on one side, those that are too small on
/// the other.
#[derive(Debug, Default)]
pub struct Sizes {
    lists: [List; 2],
}

/// How many figures there are, with the sum of their sizes and of their squares.
#[derive(Debug, Default)]
struct List {
    count: i64,
    sum: i64,
    squares: i64,
}

impl Sizes {
    pub fn of(unknowns: &[Unknown]) -> Sizes {
        let mut sizes = Sizes::default();
        for unknown in unknowns {
            let own = side(unknown).zip(doublings(&unknown.value));
            if let Some((list, size)) =
                own.and_then(|(n, size)| Some((sizes.lists.get_mut(n)?, size)))
            {
                list.count += 1;
                list.sum += size;
                list.squares += size * size;
            }
        }
        sizes
    }

    /// By how much seldomer a figure of the list is as large as the one that would be meant than as large as it
    /// is, by all others of the list: many are near to their middle, and few, but some, are far from it
    /// (Student's distribution of three degrees of freedom, of the logarithms).
    pub fn seldomer(&self, unknown: &Unknown, meant: &Number) -> Option<Number> {
        let list = self.lists.get(side(unknown)?)?;
        let (own, meant) = (doublings(&unknown.value)?, doublings(meant)?);
        let (count, sum) = (list.count - 1, list.sum - own);
        if count < LEAST {
            return None;
        }
        let spread = count * (list.squares - own * own) - sum * sum;
        let spread = 3 * spread.max(count * count * LEAST_SPREAD * LEAST_SPREAD);
        let far = |size: i64| spread + (count * size - sum) * (count * size - sum);
        let ratio = Number::ratio(far(meant), far(own))?;
        Some(&ratio * &ratio)
    }
}

/// On which side of a sum a figure stands.
fn side(unknown: &Unknown) -> Option<usize> {
    Some(usize::from(unknown.value > unknown.middle()?))
}

/// The binary logarithm of a size, in steps.
fn doublings(figure: &Number) -> Option<i64> {
    /// One decimal, in steps.
    const OF_TEN: i64 = 213;
    const ONE: u64 = 1 << 31;
    let (mantissa, scale) = figure.as_decimal()?;
    let mantissa = mantissa.unsigned_abs();
    let power = mantissa.checked_ilog2()?;
    let mut rest = u64::try_from(mantissa << (127 - power) >> 96).ok()?;
    let mut size = i64::from(power);
    // Each squaring doubles the logarithm.
    let mut step = 1;
    while step < STEPS {
        (step, size, rest) = (2 * step, 2 * size, (rest * rest) >> 31);
        if rest >= 2 * ONE {
            (size, rest) = (size + 1, rest / 2);
        }
    }
    Some(size - i64::from(scale) * OF_TEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Interval;

    fn n(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    #[test]
    fn sizes_are_logarithms() {
        let of = |text: &str| doublings(&n(text));
        assert_eq!([of("1"), of("-2"), of("1024"), of("3")], [0, 64, 640, 101].map(Some));
        assert_eq!([of("0"), of("0.1"), of("12.5")], [None, Some(-213), Some(232)]);
    }

    #[test]
    fn figures_of_another_size_are_seldom() {
        let unknown = |text: &str| Unknown {
            value: n(text),
            decimals: 0,
            in_words: false,
            would_be: Interval::point(&n(text) + &n("1800")),
            exact: None,
        };
        let all = ["200", "2100", "1900", "2300", "1800"].map(unknown);
        let alike = ["2000", "2100", "1900", "2300", "1800"].map(unknown);
        let by = |all: &[Unknown], meant: &str| {
            Sizes::of(all).seldomer(all.first().expect("a figure"), &n(meant))
        };
        let fifty = n("50");
        assert!(by(&alike, "200").is_some_and(|by| by > fifty));
        assert!(by(&all, "2000").is_some_and(|by| &by * &fifty < n("1")));
        assert!(by(&alike, "2200").is_some_and(|by| by < n("2")));
        assert_eq!(by(&all[..3], "2000"), None, "of too few");
    }
}
