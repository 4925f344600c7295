//! A number as bytes that sort as numbers do. No key is the beginning of another.

use dashu_int::UBig;
use dashu_ratio::RBig;

use crate::value::Number;

const NEGATIVE: u8 = 0;
const ZERO: u8 = 1;
const POSITIVE: u8 = 2;

/// What an exponent of one byte is counted from; others follow their sign as four bytes.
const MIDDLE: i32 = 0x80;
/// Behind the last pair of digits, and behind so many that the rest is written as a fraction.
const END: u8 = 0;
const FRACTION: u8 = 101;
/// Pairs of digits before the rest of a number is written as a fraction.
const MOST_PAIRS: usize = 64;
/// The length of a term of a continued fraction that is beyond all others: there is none.
const NO_TERM: u32 = u32::MAX;

/// Writes the key of a number: its sign, the place of its first digit, its digits in pairs. Whatever
/// has more of them ends with the continued fraction of what is left, so that no two are alike.
pub fn put(number: &Number, out: &mut Vec<u8>) {
    let sign = match number.signum() {
        0 => return out.push(ZERO),
        sign if sign < 0 => NEGATIVE,
        _ => POSITIVE,
    };
    out.push(sign);
    let from = out.len();
    match number.as_decimal() {
        Some((mantissa, scale)) => decimal(mantissa.unsigned_abs(), scale, out),
        None => ratio(number.to_ratio(), out),
    }
    if sign == NEGATIVE {
        out[from..].iter_mut().for_each(|byte| *byte = !*byte);
    }
}

/// How many bytes the key takes that stands first.
pub fn len(bytes: &[u8]) -> usize {
    let mask = match bytes.first() {
        Some(&NEGATIVE) => 0xff,
        Some(&POSITIVE) => 0,
        _ => return 1,
    };
    let at = |n: usize| bytes.get(n).map(|byte| byte ^ mask);
    let mut end = if matches!(at(1), Some(0 | 0xff)) { 6 } else { 2 };
    while at(end).is_some_and(|byte| byte != END && byte != FRACTION) {
        end += 1;
    }
    let is_fraction = at(end) == Some(FRACTION);
    end += 1;
    let mut flip = 0xff;
    while is_fraction && end < bytes.len() {
        let term =
            (0..4).fold(0, |n, i| n << 8 | u32::from(at(end + i).unwrap_or_default() ^ flip));
        end += 4;
        if term == NO_TERM {
            break;
        }
        end += term as usize;
        flip = !flip;
    }
    end.min(bytes.len())
}

/// The number is 0.d1d2d3… times ten to this power.
fn exponent(power: i32, out: &mut Vec<u8>) {
    match u8::try_from(power.saturating_add(MIDDLE)) {
        Ok(byte @ 1..=0xfe) => out.push(byte),
        _ => {
            out.push(if power < 0 { 0 } else { 0xff });
            // The sign is said: negative ones are in order among themselves.
            out.extend(power.to_be_bytes());
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is left is below a hundred, or fits")]
fn decimal(mantissa: u128, scale: u32, out: &mut Vec<u8>) {
    /// A hundred to the ninth power fits 64 bits.
    const NINE_PAIRS: u128 = 10u128.pow(18);
    let digits = mantissa.checked_ilog10().map_or(0, |n| n + 1);
    exponent(digits as i32 - scale as i32, out);
    // Pairs begin with the first digit.
    let mut pairs = [0u8; 20];
    let mut at = digits.div_ceil(2) as usize;
    let (end, is_odd) = (at, digits % 2 == 1);
    let (mut high, last) = if is_odd { (mantissa / 10, mantissa % 10) } else { (mantissa, 0) };
    if is_odd {
        at -= 1;
        pairs[at] = last as u8 * 10;
    }
    while at > 0 {
        let (mut low, pairs_of_low) =
            if high < NINE_PAIRS { (high as u64, at) } else { ((high % NINE_PAIRS) as u64, 9) };
        high /= NINE_PAIRS;
        for _ in 0..pairs_of_low {
            at -= 1;
            pairs[at] = (low % 100) as u8;
            low /= 100;
        }
    }
    let used = pairs[..end].iter().rposition(|pair| *pair != 0).map_or(0, |last| last + 1);
    out.extend(pairs[..used].iter().map(|pair| pair + 1));
    out.push(END);
}

fn ratio(number: RBig, out: &mut Vec<u8>) {
    let (numerator, denominator) = number.into_parts();
    let mut rest: UBig = numerator.into_parts().1;
    let ten = UBig::from(10u8);
    let whole = (&rest / &denominator).to_string();
    let mut power = if whole == "0" { 0 } else { i32::try_from(whole.len()).unwrap_or(i32::MAX) };
    let mut below = denominator;
    // The first digit stands behind the point.
    if power > 0 {
        below *= ten.pow(whole.len());
    }
    while &rest * &ten < below {
        rest *= &ten;
        power -= 1;
    }
    exponent(power, out);
    for _ in 0..MOST_PAIRS {
        if rest == UBig::ZERO {
            return out.push(END);
        }
        rest *= UBig::from(100u8);
        let pair = &rest / &below;
        rest -= &pair * &below;
        out.push(u8::try_from(&pair).unwrap_or(99) + 1);
    }
    if rest == UBig::ZERO {
        return out.push(END);
    }
    out.push(FRACTION);
    fraction(rest, below, out);
}

/// The continued fraction of `rest / below`, which is less than one: the greater a term, the less the
/// fraction that it stands under, so every other one is turned.
fn fraction(mut rest: UBig, mut below: UBig, out: &mut Vec<u8>) {
    let mut flip = 0xff;
    let mut put = |bytes: &[u8], flip: u8| out.extend(bytes.iter().map(|byte| byte ^ flip));
    while rest != UBig::ZERO {
        let term = &below / &rest;
        let next = &below - &term * &rest;
        (below, rest) = (rest, next);
        let bytes = term.to_be_bytes();
        put(&u32::try_from(bytes.len()).unwrap_or(NO_TERM - 1).to_be_bytes(), flip);
        put(&bytes, flip);
        flip = !flip;
    }
    put(&NO_TERM.to_be_bytes(), flip);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(number: &Number) -> Vec<u8> {
        let mut key = Vec::new();
        put(number, &mut key);
        key
    }

    fn numbers() -> impl Strategy<Value = Number> {
        let small = (-200i128..200, 0i32..4).prop_map(|(m, s)| Number::decimal(m, s));
        let wide = (any::<i128>(), -45i32..45).prop_map(|(m, s)| Number::decimal(m, s));
        let shares =
            (-30i64..30, 1i64..30).prop_map(|(a, b)| Number::ratio(a, b).unwrap_or_default());
        // Alike in more digits than are written as such.
        let near =
            (-3i64..3, 1i64..9, -3i64..3, 1i64..9, 100i32..140).prop_map(|(a, b, c, d, n)| {
                let (one, two) = (
                    Number::ratio(a, b).unwrap_or_default(),
                    Number::ratio(c, d).unwrap_or_default(),
                );
                &one + &(&two * &Number::pow10(-n))
            });
        let far = (1i128..5, prop_oneof![-300i32..-100, 100i32..300])
            .prop_map(|(m, s)| Number::decimal(m, s));
        prop_oneof![small, wide, shares, near, far]
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(21), cases: 2000, ..ProptestConfig::default() })]
        #[test]
        fn keys_sort_as_numbers_do(a in numbers(), b in numbers()) {
            let (x, y) = (key(&a), key(&b));
            prop_assert_eq!(a.cmp(&b), x.cmp(&y), "{:?} {:?}", a, b);
            prop_assert_eq!(len(&[&x[..], &y, &[7, 0]].concat()), x.len(), "{:?}", a);
        }
    }
}
