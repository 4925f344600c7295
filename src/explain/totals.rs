//! How often chance makes what would explain a difference. Pure.

use crate::explain::slip::places;
use crate::value::Number;
use crate::width::to_i32;

/// The totals of the size of some figures: how many there are.
#[derive(Debug, Clone)]
pub struct Totals {
    /// The smallest with as many digits; none where there is no telling.
    least: Option<Number>,
    /// How many there are.
    count: Option<Number>,
    /// What all of them are multiples of.
    pub unit: Number,
}

/// Digits of a total that is looked at.
const MOST_DIGITS: usize = 60;

impl Totals {
    /// Of the size of the largest of some figures, each with its decimals.
    pub fn of(figures: &[(Number, i32)]) -> Totals {
        let finest = finest(figures);
        let unit = Number::pow10(-finest);
        let largest = figures.iter().map(|(value, _)| value.abs()).max();
        let size = largest.and_then(|largest| {
            let scale = places(&largest, finest)?;
            let text = (&largest * &Number::pow10(scale)).to_rounded(0);
            let digits = text.bytes().skip_while(|digit| *digit == b'0').count();
            let digits = Some(digits).filter(|digits| (1..=MOST_DIGITS).contains(digits))?;
            Some((to_i32(digits) - 1, scale))
        });
        let least = size.map(|(power, scale)| Number::pow10(power - scale));
        let count = size.map(|(power, _)| &Number::from(9i64) * &Number::pow10(power));
        Totals { least, count, unit }
    }

    /// Whether a figure is one of them.
    pub fn contains(&self, figure: &Number) -> bool {
        let size = figure.abs();
        let Some(least) = &self.least else { return false };
        size >= *least && size < least * &Number::from(10i64) && figure.is_multiple_of(&self.unit)
    }

    /// Whether fewer than one in so many of them are met by one of so many ways.
    pub fn is_below(&self, ways: u64, one_in: u64) -> bool {
        let limit = self.limit(&Number::from(one_in), false);
        limit.is_some_and(|limit| Number::from(ways) < limit)
    }

    /// How many are one in so many; where another equation asks for the same figure, that is as rare again.
    pub fn limit(&self, one_in: &Number, is_asked_again: bool) -> Option<Number> {
        let count = self.count.as_ref()?;
        if is_asked_again { (count * count).checked_div(one_in) } else { count.checked_div(one_in) }
    }
}

/// The decimals of the finest figure; where all figures are multiples of more than its unit, as those that were
/// exported with `.0` or are in hundreds, the decimals of that.
fn finest(figures: &[(Number, i32)]) -> i32 {
    /// Fewer figures are multiples of ten by chance.
    const LEAST: usize = 3;
    const COARSEST: i32 = -9;
    let finest = figures.iter().map(|(_, decimals)| *decimals).max().unwrap_or_default();
    let nonzero = || figures.iter().map(|(value, _)| value).filter(|value| !value.is_zero());
    if nonzero().count() < LEAST {
        return finest;
    }
    let coarser = nonzero().try_fold(COARSEST, |least, value| places(value, least));
    coarser.map_or(finest, |coarser| coarser.min(finest))
}
