//! What a program prints for a binary number: `0.16666666666666666` for 1/6.
//!
//! A binary64 number holds any 15 digits; of those that are printed behind them it says which number it
//! is, and not how precise the figure is. Amounts of trillions to the cent are exact.

use crate::value::{Number, residue};

/// Digits that every binary64 number holds, and that it is printed with at most.
const HELD: i64 = 15;
const PRINTED: i64 = 17;

/// The decimals to which a figure with a decimal sign is known; `decimals` are those that it is written with.
pub(crate) fn known_decimals(value: &Number, decimals: i32) -> i32 {
    match significant(value, decimals) {
        Some(digits @ 16..=PRINTED)
            if decimals >= residue::LEAST_DECIMALS && !value.is_integer() =>
        {
            let beyond = i32::try_from(digits - HELD).unwrap_or(0);
            decimals.saturating_sub(beyond)
        }
        _ => decimals,
    }
}

/// How many digits a figure is written with, zeros in front left out.
fn significant(value: &Number, decimals: i32) -> Option<i64> {
    let (mantissa, scale) = value.as_decimal()?;
    let digits = i64::from(mantissa.unsigned_abs().checked_ilog10()?) + 1;
    Some(digits + i64::from(decimals) - i64::from(scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_beyond_the_fifteenth_are_no_precision() {
        for (text, written, known) in [
            ("0.16666666666666666", 17, 15),
            ("0.14285714285714285", 17, 15),
            ("0.1428571428571428", 16, 15),
            ("-33.333333333333336", 15, 13),
            ("0.000012345678901234567", 21, 19),
            ("0.333333333333333", 15, 15),
            ("0.33333333333333333333", 20, 20),
            ("1234567890123456.0", 1, 1),
            ("345000000000000.05", 2, 2),
            ("0.25", 2, 2),
            ("0", 0, 0),
        ] {
            let value = Number::parse(text).unwrap();
            assert_eq!(known_decimals(&value, written), known, "{text}");
        }
    }
}
