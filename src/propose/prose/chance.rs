//! How improbable it would be that made-up figures agree: in 256ths of a bit.

use crate::value::{Interval, Number};

/// One bit.
pub const BIT: i32 = 256;
/// Bits of no width at all.
const MOST: i32 = 60 * BIT;

/// The logarithm to base 2; nothing for what is not above zero.
pub fn log2(x: &Number) -> Option<i32> {
    if x.signum() <= 0 {
        return None;
    }
    let large = Number::from(1_000_000i64);
    let (whole, less) = match *x >= large {
        true => (x.clone(), 0),
        false => (x * &Number::from(1i64 << 40), 40 * BIT),
    };
    // What is beyond 63 bits is as large as it matters here.
    let whole = whole.floor().to_i64().unwrap_or(i64::MAX).max(1);
    Some(log2_of(whole.unsigned_abs()) - less)
}

/// The logarithm of a whole number from 1 on.
pub fn log2_of(n: u64) -> i32 {
    let n = n.max(1);
    let whole = n.ilog2();
    // The rest is between 1 and 2: eight squarings give eight bits of its logarithm.
    let mut rest = if whole > 31 { n >> (whole - 31) } else { n << (31 - whole) };
    let mut bits = 0;
    for _ in 0..8 {
        rest = (rest * rest) >> 31;
        bits <<= 1;
        if rest >= 1 << 32 {
            bits |= 1;
            rest >>= 1;
        }
    }
    i32::try_from(whole).unwrap_or(0) * BIT + bits
}

/// How wide an interval is; nothing where it has no end.
pub fn width(range: &Interval) -> Option<Number> {
    Some(range.hi.at()? - range.lo.at()?)
}

/// Bits by which it is a surprise that a figure within a spread comes so near: by the width in which both
/// could be, or by twice their distance where that is more.
pub fn surprise(spread: i32, widths: &Number, distance: &Number, unit: &Number) -> i32 {
    let twice = distance + distance;
    let near = widths.clone().max(twice).max(unit.clone());
    log2(&near).map_or(MOST, |near| spread - near)
}

/// "1 of 300": how rarely made-up figures would agree so.
pub fn rarely(bits: i32) -> String {
    let whole = u32::try_from(bits.max(0) / BIT).unwrap_or(0);
    if whole >= 20 {
        return "fewer than 1 of a million".to_string();
    }
    let part = bits.max(0) % BIT;
    // 2 to the power of the rest is nearly a line.
    let n = (1u64 << whole) + ((1u64 << whole) * u64::from(part.unsigned_abs())) / 256;
    if n <= 1 {
        return "most".to_string();
    }
    let mut unit = 1;
    while n / unit >= 10 {
        unit *= 10;
    }
    format!("about 1 of {}", (n / unit) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_a_hundredth_of_a_bit() {
        for (n, wanted) in [("1", 0), ("2", 256), ("10", 850), ("0.5", -256), ("0.001", -2551)] {
            let found = log2(&Number::parse(n).unwrap()).unwrap();
            assert!((found - wanted).abs() <= 2, "{n}: {found}");
        }
        assert_eq!(log2(&Number::default()), None);
        assert!((log2(&Number::parse("1000000000000").unwrap()).unwrap() - 10205).abs() <= 3);
    }

    #[test]
    fn rarity_is_said_in_round_figures() {
        assert_eq!(rarely(8 * BIT + 100), "about 1 of 300");
        assert_eq!(rarely(40 * BIT), "fewer than 1 of a million");
    }
}
