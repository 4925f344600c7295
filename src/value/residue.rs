//! What is left over where a program computed in binary: `9.140000000000001` for 9.14.
//!
//! Such digits are no precision. The figure that was meant is the one of at most twelve digits that
//! lies within a few units in the last place of the binary number. A figure that no binary number is
//! printed as, such as `1.000000000000000001`, is exact, and so is an amount with two decimals.

use crate::value::Number;

/// A figure of fewer digits has no residue: the least mantissa of fifteen.
pub(crate) const LEAST_MANTISSA: i64 = 100_000_000_000_000;

const LEAST_DIGITS: i32 = 15;
const KEPT_DIGITS: i32 = 12;
/// Residue of fewer decimals would be that of trillions, which are rather amounts to the cent.
pub(crate) const LEAST_DECIMALS: i32 = 4;
/// Units in the last place that a few additions leave.
const UNITS: i64 = 4;
/// Bits behind the first of a binary64 number.
const FRACTION_BITS: i64 = 1 << 52;
/// Magnitudes beyond this are no figures of data, and take long to halve.
const LARGEST_MAGNITUDE: i32 = 300;

/// The figure that was meant, with its decimals, where binary residue hides it.
pub(crate) fn snapped(value: &Number) -> Option<(Number, i32)> {
    let short = |(mantissa, _): (i128, u32)| mantissa.abs() < i128::from(LEAST_MANTISSA);
    if value.as_decimal().is_some_and(short) {
        return None;
    }
    let size = value.abs();
    let text = size.to_text();
    let (whole, part) = text.split_once('.')?;
    let part = part.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    let length = |digits: &str| i32::try_from(digits.len()).ok();
    // How many digits stand before the point; negative: zeros behind it.
    let magnitude = match whole {
        "" => length(part.trim_start_matches('0'))? - length(part)?,
        _ => length(whole)?,
    };
    let written = length(part)?;
    if magnitude + written < LEAST_DIGITS
        || written < LEAST_DECIMALS
        || magnitude.abs() > LARGEST_MAGNITUDE
    {
        return None;
    }
    let near = size.round(KEPT_DIGITS - magnitude);
    let off = (&size - &near).abs();
    let unit = power_of_two(&size).checked_div(&Number::from(FRACTION_BITS))?;
    if off.is_zero() || off > &unit * &Number::from(UNITS) || !is_printed(&size, written, &unit) {
        return None;
    }
    let decimals = i32::try_from(near.decimals()?).ok()?;
    Some((if value.signum() < 0 { -near } else { near }, decimals))
}

/// Whether a binary number, a multiple of `unit`, is `size` when it is printed with so many decimals.
fn is_printed(size: &Number, decimals: i32, unit: &Number) -> bool {
    let binary = size.checked_div(unit).map(|units| &units.round(0) * unit);
    binary.is_some_and(|binary| (&binary - size).abs() <= Number::decimal(5, decimals + 1))
}

/// The largest power of two that is not larger than a positive number.
fn power_of_two(size: &Number) -> Number {
    let (two, half) = (Number::from(2i64), Number::decimal(5, 1));
    let mut power = Number::from(1i64);
    while power > *size {
        power = &power * &half;
    }
    let mut next = &power * &two;
    while next <= *size {
        power = next;
        next = &power * &two;
    }
    power
}

#[cfg(test)]
#[allow(clippy::float_arithmetic)] // The sums of other programs are what is tested.
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_residue_is_snapped() {
        for (text, meant) in [
            ("9.140000000000001", Some("9.14")),
            ("-99.90000000000001", Some("-99.9")),
            ("95.00000000000001", Some("95")),
            ("0.30000000000000004", Some("0.3")),
            ("0.0030000000000000001", Some("0.003")),
            ("1234.5600000000009", Some("1234.56")),
            ("0.1000000000000000055511151231257827021181583404541015625", Some("0.1")),
            ("99.99999999999999", Some("100")),
            ("9.14000000000001", None),
            ("9.14", None),
            ("9.14000000000000000", None),
            ("123456789.123456", None),
            ("3.141592653589793", None),
            ("0.3333333333333333", None),
            ("123456789012345678", None),
            ("1234.560000000002", None),
            // No binary number is printed so.
            ("1.000000000000000001", None),
            ("3.623456789012345678", None),
            ("345000000000000.05", None),
            ("99.9999999999999999", None),
            ("20000000000000.01", None),
            ("99999999999999.99", None),
        ] {
            let found = snapped(&Number::parse(text).unwrap());
            assert_eq!(found.map(|f| f.0.to_text()).as_deref(), meant, "{text}");
        }
    }

    proptest! {
        // The sum of decimals as a program prints it is the decimal again.
        #[test]
        fn sums_are_found_again(a in 1..100_000u32, b in 1..100_000u32, scale in 1..6u32) {
            let unit = f64::from(10u32.pow(scale));
            let printed = (f64::from(a) / unit + f64::from(b) / unit).to_string();
            let exact = Number::decimal(i128::from(a + b), scale as i32);
            let read = Number::parse(&printed).unwrap();
            let found = snapped(&read).map_or(read, |f| f.0);
            prop_assert_eq!(found, exact, "{}", printed);
        }
    }
}
