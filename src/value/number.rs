//! Exact numbers of any size.
//!
//! Almost every number met is a decimal that fits 128 bits; those are computed with plain checked
//! integers. Everything else is a reduced fraction of big integers. The form is canonical: what
//! can be a small decimal is one, so equality and hashing need not mix the two.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Add, Mul, Neg, Sub};

use crate::width::{to_i32, to_u32, to_usize};
use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use serde::{Deserialize, Serialize};

/// Decimals beyond this are kept as fractions.
const MAX_SCALE: u32 = 38;
/// Digits of a figure that is read.
const MAX_DIGITS: usize = 100_000;
/// Exponents beyond this are refused: they would only fill the memory.
const MAX_EXPONENT: i32 = 10_000;

/// An exact rational number.
#[derive(Clone, Serialize, Deserialize)]
pub struct Number(Repr);

#[derive(Clone, Serialize, Deserialize)]
enum Repr {
    /// `mantissa * 10^-scale`, not necessarily without trailing zeros.
    Decimal(i128, u32),
    /// Anything that is no small decimal, reduced.
    Ratio(Box<RBig>),
}

fn pow10_i128(n: u32) -> Option<i128> {
    (n <= MAX_SCALE).then(|| 10i128.pow(n))
}

fn pow10_big(n: usize) -> UBig {
    UBig::from(10u8).pow(n)
}

/// A whole number with a point before its last `digits` digits.
fn pointed(text: &str, digits: u32) -> String {
    let (sign, own) = text.strip_prefix('-').map_or(("", text), |own| ("-", own));
    let digits = digits as usize;
    if digits == 0 {
        return text.to_string();
    }
    let mut all = String::with_capacity(text.len() + digits + 2);
    all.push_str(sign);
    all.extend(std::iter::repeat_n('0', (digits + 1).saturating_sub(own.len())));
    all.push_str(own);
    all.insert(all.len() - digits, '.');
    all
}

/// A decimal without the zeros that end its decimals.
pub fn shortest(mut mantissa: i128, mut scale: u32) -> (i128, u32) {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    (mantissa, scale)
}

/// Cuts off `e` and an exponent, 0 where there is none; `None` where it is beyond `most`, or no
/// exponent.
pub(crate) fn exponent(body: &str, most: i32) -> Option<(&str, i32)> {
    let Some((digits, exponent)) = body.split_once(['e', 'E']) else { return Some((body, 0)) };
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = unsigned.bytes().all(|b| b.is_ascii_digit());
    let value = exponent.parse::<i32>().ok().filter(|e| is_number && e.abs() <= most)?;
    Some((digits, value))
}

impl Number {
    /// `mantissa * 10^-scale`.
    pub fn decimal(mantissa: i128, scale: i32) -> Number {
        if let Ok(s) = u32::try_from(scale) {
            if s <= MAX_SCALE {
                return Number(Repr::Decimal(mantissa, s));
            }
        } else if let Some(m) =
            pow10_i128(scale.unsigned_abs()).and_then(|p| mantissa.checked_mul(p))
        {
            return Number(Repr::Decimal(m, 0));
        }
        let big = IBig::from(mantissa);
        Number::scaled(big, i64::from(scale))
    }

    /// `mantissa * 10^-scale` for big mantissas.
    fn scaled(mantissa: IBig, scale: i64) -> Number {
        let n = to_usize(scale.unsigned_abs());
        if scale >= 0 {
            Number::from_ratio(RBig::from_parts(mantissa, pow10_big(n)))
        } else {
            Number::from_ratio(RBig::from(mantissa * IBig::from(pow10_big(n))))
        }
    }

    /// The canonical form of a fraction.
    pub(super) fn from_ratio(r: RBig) -> Number {
        let mut rest = r.denominator().clone();
        let twos = rest.remove(&UBig::from(2u8)).unwrap_or(0);
        let fives = rest.remove(&UBig::from(5u8)).unwrap_or(0);
        let scale = twos.max(fives);
        if rest == UBig::ONE && scale <= MAX_SCALE as usize {
            let factor = pow10_big(scale) / r.denominator();
            if let Ok(m) = i128::try_from(r.numerator() * IBig::from(factor)) {
                return Number(Repr::Decimal(m, to_u32(scale)));
            }
        }
        Number(Repr::Ratio(Box::new(r)))
    }

    pub(super) fn to_ratio(&self) -> RBig {
        match &self.0 {
            Repr::Decimal(m, s) => RBig::from_parts(IBig::from(*m), pow10_big(*s as usize)),
            Repr::Ratio(r) => (**r).clone(),
        }
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`, also `.5` and `2.`; `None` for anything else, and
    /// beyond 100,000 digits, which are no figure and take longer the more there are.
    pub fn parse(text: &str) -> Option<Number> {
        let (sign, body) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (body, exponent) = exponent(body, MAX_EXPONENT)?;
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let (whole, part) = body.split_once('.').unwrap_or((body, ""));
        let is_number = whole.len() + part.len() > 0 && digits(whole) && digits(part);
        if !is_number || whole.len() + part.len() > MAX_DIGITS {
            return None;
        }
        let scale = part.len() as i64 - i64::from(exponent);
        if whole.len() + part.len() <= 37 {
            let mut m: i128 = 0;
            for b in whole.bytes().chain(part.bytes()) {
                m = m * 10 + i128::from(b - b'0');
            }
            return Some(Number::decimal(if sign { -m } else { m }, i32::try_from(scale).ok()?));
        }
        let mut all = String::with_capacity(whole.len() + part.len());
        all.push_str(whole);
        all.push_str(part);
        let big = IBig::from(UBig::from_str_radix(&all, 10).ok()?);
        Some(Number::scaled(if sign { -big } else { big }, scale))
    }

    /// `10^n`.
    pub fn pow10(n: i32) -> Number {
        Number::decimal(1, -n)
    }

    /// `num / den`; `None` where `den` is zero.
    pub fn ratio(num: i64, den: i64) -> Option<Number> {
        Number::from(num).checked_div(&Number::from(den))
    }

    /// Mantissa and scale, where it is a small decimal.
    pub fn as_decimal(&self) -> Option<(i128, u32)> {
        match self.0 {
            Repr::Decimal(m, s) => Some((m, s)),
            Repr::Ratio(_) => None,
        }
    }

    /// Numerator and divisor in lowest terms, where both are small.
    pub fn as_fraction(&self) -> Option<(i64, i64)> {
        let ratio = self.to_ratio();
        Some((ratio.numerator().try_into().ok()?, ratio.denominator().try_into().ok()?))
    }

    /// Bits of it, of a fraction those of both parts: what computing with it costs.
    pub fn bits(&self) -> usize {
        match &self.0 {
            Repr::Decimal(..) => 128,
            Repr::Ratio(r) => r.numerator().bit_len() + r.denominator().bit_len(),
        }
    }

    /// Both mantissas at one scale.
    fn aligned(&self, other: &Number) -> Option<(i128, i128, u32)> {
        let ((a, s), (b, t)) = (self.as_decimal()?, other.as_decimal()?);
        match s.cmp(&t) {
            Ordering::Equal => Some((a, b, s)),
            Ordering::Less => Some((a.checked_mul(pow10_i128(t - s)?)?, b, t)),
            Ordering::Greater => Some((a, b.checked_mul(pow10_i128(s - t)?)?, s)),
        }
    }

    /// The quotient; `None` for division by zero.
    pub fn checked_div(&self, by: &Number) -> Option<Number> {
        if by.is_zero() {
            return None;
        }
        if let Some((a, b, _)) = self.aligned(by)
            && a.checked_rem(b) == Some(0)
        {
            return Some(Number(Repr::Decimal(a / b, 0)));
        }
        if let (Some((a, scale)), Some((power, sign))) = (self.as_decimal(), by.power_of_ten())
            && let Some(a) = a.checked_mul(sign)
        {
            return Some(Number::decimal(a, to_i32(scale) + power));
        }
        Some(Number::from_ratio(self.to_ratio() / by.to_ratio()))
    }

    /// Which power of ten it is, with its sign.
    fn power_of_ten(&self) -> Option<(i32, i128)> {
        let (mantissa, scale) = self.as_decimal()?;
        let power = mantissa.unsigned_abs().checked_ilog10()?;
        (pow10_i128(power)? == mantissa.checked_abs()?)
            .then(|| (to_i32(power) - to_i32(scale), mantissa.signum()))
    }

    /// Whether it is a whole number of times `step`; nothing is of nothing.
    pub fn is_multiple_of(&self, step: &Number) -> bool {
        match self.aligned(step) {
            Some((a, b, _)) => a.checked_rem(b) == Some(0),
            None => self.checked_div(step).is_some_and(|times| times.is_integer()),
        }
    }

    /// The remainder with the sign of the divisor (`mod(-7, 3)` is 2); `None` for a zero divisor.
    pub fn checked_rem(&self, by: &Number) -> Option<Number> {
        let q = self.checked_div(by)?.floor();
        Some(self - &(&q * by))
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Decimal(0, _))
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i32 {
        match &self.0 {
            Repr::Decimal(m, _) => m.signum() as i32,
            Repr::Ratio(r) => {
                if r.numerator().sign() == dashu_int::Sign::Negative {
                    -1
                } else {
                    1
                }
            }
        }
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(&self) -> Number {
        if self.signum() < 0 { -self } else { self.clone() }
    }

    /// Whether it is whole.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Decimal(m, s) => pow10_i128(*s).is_some_and(|p| m % p == 0),
            Repr::Ratio(r) => r.is_int(),
        }
    }

    /// The greatest whole number that is not greater.
    #[must_use]
    pub fn floor(&self) -> Number {
        match &self.0 {
            Repr::Decimal(m, s) => match pow10_i128(*s) {
                Some(p) => Number(Repr::Decimal(m.div_euclid(p), 0)),
                None => self.clone(),
            },
            Repr::Ratio(r) => Number::from_ratio(RBig::from(r.floor())),
        }
    }

    /// The least whole number that is not less.
    #[must_use]
    pub fn ceil(&self) -> Number {
        -&(-self).floor()
    }

    /// Rounded to `digits` decimals (negative: tens, hundreds), halves away from zero.
    #[must_use]
    pub fn round(&self, digits: i32) -> Number {
        let half = Number::decimal(5, 1);
        let scaled = &self.abs() * &Number::pow10(digits);
        let whole = (&scaled + &half).floor();
        let result = &whole * &Number::pow10(-digits);
        if self.signum() < 0 { -&result } else { result }
    }

    /// Cut to `digits` decimals, towards zero.
    #[must_use]
    pub fn truncate(&self, digits: i32) -> Number {
        let cut = &(&self.abs() * &Number::pow10(digits)).floor() * &Number::pow10(-digits);
        if self.signum() < 0 { -&cut } else { cut }
    }

    /// As a machine integer, where it is one.
    pub fn to_i64(&self) -> Option<i64> {
        let (m, s) = self.as_decimal()?;
        let p = pow10_i128(s)?;
        (m % p == 0).then(|| i64::try_from(m / p).ok()).flatten()
    }

    /// Rational bounds of the square root, `digits` decimals apart; equal where the root is exact.
    /// `None` for negative numbers.
    pub fn sqrt_bounds(&self, digits: u32) -> Option<(Number, Number)> {
        if self.signum() < 0 {
            return None;
        }
        let (num, den) = self.to_ratio().into_parts();
        let num: UBig = num.into_parts().1;
        let (rn, rd) = (num.nth_root(2), den.nth_root(2));
        if &rn * &rn == num && &rd * &rd == den {
            let root = Number::from_ratio(RBig::from_parts(IBig::from(rn), rd));
            return Some((root.clone(), root));
        }
        let scaled = num * pow10_big(2 * digits as usize) / den;
        let low = Number::scaled(IBig::from(scaled.nth_root(2)), i64::from(digits));
        let high = &low + &Number::pow10(-(digits as i32));
        Some((low, high))
    }

    /// How many decimals its shortest exact decimal has; `None` where it never ends.
    pub fn decimals(&self) -> Option<u32> {
        match &self.0 {
            Repr::Decimal(m, s) => Some(shortest(*m, *s).1),
            Repr::Ratio(r) => {
                let mut rest = r.denominator().clone();
                let twos = rest.remove(&UBig::from(2u8)).unwrap_or(0);
                let fives = rest.remove(&UBig::from(5u8)).unwrap_or(0);
                (rest == UBig::ONE).then(|| to_u32(twos.max(fives)))
            }
        }
    }

    /// The shortest exact decimal, or a fraction `p/q` where the decimals never end.
    pub fn to_text(&self) -> String {
        match self.decimals() {
            Some(digits) => self.to_rounded(digits),
            None => {
                let r = self.to_ratio();
                format!("{}/{}", r.numerator(), r.denominator())
            }
        }
    }

    /// With exactly `digits` decimals, halves away from zero.
    pub fn to_rounded(&self, digits: u32) -> String {
        // Most figures have no more decimals than are asked for: there is nothing to round.
        if let Repr::Decimal(mantissa, scale) = self.0
            && let (mantissa, scale) = shortest(mantissa, scale)
            && let Some(factor) = digits.checked_sub(scale).and_then(pow10_i128)
            && let Some(scaled) = mantissa.checked_mul(factor)
        {
            return pointed(&scaled.to_string(), digits);
        }
        let scaled = (&self.round(digits as i32) * &Number::pow10(digits as i32)).to_ratio();
        pointed(&scaled.numerator().to_string(), digits)
    }

    /// Rounded to `digits` significant digits, as a decimal without trailing zeros.
    pub fn significant(&self, digits: i32) -> String {
        let whole = to_i32(self.abs().floor().to_text().len());
        let mut places = digits - whole;
        if self.abs() < Number::from(1i64) && !self.is_zero() {
            let mut probe = self.abs();
            places = digits;
            while probe < Number::decimal(1, 1) && places < 400 {
                probe = &probe * &Number::from(10i64);
                places += 1;
            }
        }
        let rounded = self.round(places.max(0));
        rounded.to_rounded(rounded.decimals().unwrap_or(0))
    }
}

impl Default for Number {
    fn default() -> Self {
        Number::from(0i64)
    }
}

macro_rules! from_int {
    ($($t:ty),*) => {$(
        impl From<$t> for Number {
            fn from(n: $t) -> Self {
                Number(Repr::Decimal(n as i128, 0))
            }
        }
    )*};
}
from_int!(i32, i64, u32, u64, i128, usize);

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.aligned(other) {
            Some((a, b, _)) => a.cmp(&b),
            None => self.to_ratio().cmp(&other.to_ratio()),
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Decimal(m, s) => shortest(*m, *s).hash(state),
            Repr::Ratio(r) => r.to_string().hash(state),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

fn combine(
    a: &Number,
    b: &Number,
    small: fn(i128, i128) -> Option<i128>,
    big: fn(RBig, RBig) -> RBig,
) -> Number {
    if let Some((x, y, scale)) = a.aligned(b)
        && let Some(m) = small(x, y)
    {
        return Number(Repr::Decimal(m, scale));
    }
    Number::from_ratio(big(a.to_ratio(), b.to_ratio()))
}

impl Add for &Number {
    type Output = Number;
    fn add(self, other: &Number) -> Number {
        combine(self, other, i128::checked_add, |a, b| a + b)
    }
}

impl Sub for &Number {
    type Output = Number;
    fn sub(self, other: &Number) -> Number {
        combine(self, other, i128::checked_sub, |a, b| a - b)
    }
}

impl Mul for &Number {
    type Output = Number;
    fn mul(self, other: &Number) -> Number {
        if let (Some((a, s)), Some((b, t))) = (self.as_decimal(), other.as_decimal())
            && let Some(m) = a.checked_mul(b).filter(|_| s + t <= MAX_SCALE)
        {
            return Number(Repr::Decimal(m, s + t));
        }
        Number::from_ratio(self.to_ratio() * other.to_ratio())
    }
}

impl Neg for &Number {
    type Output = Number;
    fn neg(self) -> Number {
        match &self.0 {
            Repr::Decimal(m, s) if *m != i128::MIN => Number(Repr::Decimal(-m, *s)),
            _ => Number::from_ratio(-self.to_ratio()),
        }
    }
}

impl Neg for Number {
    type Output = Number;
    fn neg(self) -> Number {
        -&self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn n(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn reads_and_writes() {
        for text in ["0", "0.1", "-3.5", "14682", "1234567890123456789012345678901234567890.5"] {
            assert_eq!(n(text).to_text(), text);
        }
        assert_eq!(n("6e+05").to_text(), "600000");
        assert_eq!(n("+1.50").to_text(), "1.5");
        assert_eq!((n(".5").to_text(), n("-5.").to_text()), ("0.5".into(), "-5".into()));
        for bad in [
            "", "-", ".", "1e", "1e99999", "1e++5", "1e+-5", "1e-+5", "1e5e5", "1,0", " 1", "1_0",
            "٣",
        ] {
            assert!(Number::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn is_exact() {
        assert_eq!(&n("0.1") + &n("0.2"), n("0.3"));
        let third = Number::ratio(1, 3).unwrap();
        assert_eq!(&third * &n("3"), n("1"));
        assert_eq!(third.to_text(), "1/3");
        assert_eq!(third.significant(6), "0.333333");
        assert_eq!(n("7").checked_rem(&n("-3")).unwrap(), n("-2"));
        assert_eq!(n("-7").checked_rem(&n("3")).unwrap(), n("2"));
        assert!(n("1").checked_div(&n("0.00")).is_none());
    }

    #[test]
    fn rounds_halves_away_from_zero() {
        for (x, digits, expect) in [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.45", 1, "2.5"),
            ("1250", -2, "1300"),
            ("-0.04", 1, "0"),
        ] {
            assert_eq!(n(x).round(digits), n(expect), "{x}");
        }
        assert_eq!(n("-2.7").floor(), n("-3"));
        assert_eq!(n("-2.7").ceil(), n("-2"));
        assert_eq!(n("-2.79").truncate(1), n("-2.7"));
    }

    #[test]
    fn powers_of_ten_divide_without_fractions() {
        for (x, by, expect) in [
            ("0.01", "100", "0.0001"),
            ("7", "-0.1", "-70"),
            ("1.5", "1", "1.5"),
            ("1", "3", "1/3"),
        ] {
            assert_eq!(n(x).checked_div(&n(by)).unwrap().to_text(), expect, "{x} / {by}");
        }
        let tiny = n("1e-38").checked_div(&n("10")).unwrap();
        assert_eq!(&tiny * &n("1e39"), n("1"));
        for (x, step, expect) in
            [("1.5", "0.25", true), ("1.5", "0.4", false), ("0", "3", true), ("3", "0", false)]
        {
            assert_eq!(n(x).is_multiple_of(&n(step)), expect, "{x} of {step}");
        }
        assert!(n("1").is_multiple_of(&Number::ratio(1, 3).unwrap()));
        assert_eq!(
            (n("-0.05").to_rounded(3), n("12").to_rounded(0)),
            ("-0.050".into(), "12".into())
        );
    }

    #[test]
    fn roots_are_bounded() {
        assert_eq!(n("2.25").sqrt_bounds(5).unwrap(), (n("1.5"), n("1.5")));
        assert_eq!(n("2").sqrt_bounds(3).unwrap(), (n("1.414"), n("1.415")));
        assert!(n("-1").sqrt_bounds(3).is_none());
    }

    #[test]
    fn significant_digits() {
        let share = n("14682").checked_div(&n("86600")).unwrap();
        assert_eq!(share.significant(6), "0.169538");
        assert_eq!(n("1234567.5").significant(6), "1234568");
        assert_eq!(n("0.00012345678").significant(4), "0.0001235");
    }

    fn hash(x: &Number) -> u64 {
        let mut h = std::collections::hash_map::DefaultHasher::new();
        x.hash(&mut h);
        h.finish()
    }

    #[test]
    fn products_beyond_the_digits_of_decimals_are_fractions() {
        let least = Number::decimal(1, i32::try_from(MAX_SCALE).expect("a small number"));
        let product = &least * &Number::decimal(1, 1);
        assert!(matches!(product.0, Repr::Ratio(..)), "{product:?}");
        assert_eq!(&product * &Number::pow10(1), least);
        assert_eq!(&Number::decimal(2, 1) * &Number::decimal(3, 2), Number::decimal(6, 3));
    }

    proptest! {
        #[test]
        fn laws(a in any::<i128>(), s in 0i32..45, b in any::<i128>(), t in 0i32..45, c in any::<i64>()) {
            let (x, y, z) = (Number::decimal(a, s), Number::decimal(b, t), Number::from(c));
            prop_assert_eq!(&(&x + &y) - &y, x.clone());
            prop_assert_eq!(&(&x + &y) * &z, &(&x * &z) + &(&y * &z));
            prop_assert_eq!(Number::parse(&x.to_text()), Some(x.clone()));
            if let Some(q) = x.checked_div(&y) {
                prop_assert_eq!(&q * &y, x.clone());
                prop_assert_eq!(hash(&(&q * &y)), hash(&x));
            }
            prop_assert_eq!(x.cmp(&y), (&x - &y).signum().cmp(&0));
        }
    }
}
