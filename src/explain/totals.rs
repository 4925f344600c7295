//! How often chance makes what would explain a difference. Pure.

use crate::value::Number;
use crate::width::to_i32;

/// The totals of the size of some figures: how many there are.
#[derive(Debug, Clone)]
pub struct Totals {
    /// All with as many digits; none where there is no telling.
    count: Option<Number>,
    /// The unit of the last digit of the finest figure.
    pub unit: Number,
}

/// Digits of a total that is looked at.
const MOST_DIGITS: usize = 60;

impl Totals {
    /// Of the size of the largest of some figures, each with its decimals.
    pub fn of(figures: &[(Number, u32)]) -> Totals {
        let decimals = |(value, decimals): &(Number, u32)| Some(value.decimals()?.max(*decimals));
        let finest = figures.iter().map(|(_, decimals)| *decimals).max().unwrap_or_default();
        let unit = Number::pow10(-to_i32(finest));
        let largest = figures.iter().max_by_key(|(value, _)| value.abs());
        let digits = largest.and_then(|largest| {
            let scale = decimals(largest)?.max(finest);
            let text = largest.0.abs().to_rounded(scale);
            let digits = text.bytes().filter(u8::is_ascii_digit);
            Some(digits.skip_while(|digit| *digit == b'0').count())
        });
        let digits = digits.filter(|digits| (1..=MOST_DIGITS).contains(digits));
        let count = digits.and_then(|digits| i32::try_from(digits).ok());
        let count = count.map(|digits| &Number::from(9i64) * &Number::pow10(digits - 1));
        Totals { count, unit }
    }

    /// Whether fewer than one in so many of them are met by one of so many ways.
    pub fn is_below(&self, ways: u64, one_in: u64) -> bool {
        self.is_met(&Number::from(ways), one_in, false)
    }

    /// The same; where another equation asks for the same figure, that is as rare again.
    pub fn is_met(&self, ways: &Number, one_in: u64, is_asked_again: bool) -> bool {
        let Some(count) = &self.count else { return false };
        let by_chance = ways * &Number::from(one_in);
        by_chance < if is_asked_again { count * count } else { count.clone() }
    }
}
