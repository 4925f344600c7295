//! Powers, exponentials and logarithms: exact where they can be, otherwise between two bounds that are
//! proven. Computed in whole multiples of 2^-192, every step rounded outwards, so that no error is lost.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use crate::value::Number;
use crate::width::to_usize;

/// Binary digits behind the point.
const BITS: usize = 192;
/// Significant decimal digits of the bounds that are given.
const DIGITS: i32 = 30;
/// The greatest exponent of e: its power has 434 digits.
const MOST_EXPONENT: i64 = 1000;
/// The greatest whole exponent, and the most binary digits that an exact power may have.
const MOST_POWER: i64 = 10_000;
const MOST_BITS: u64 = 1 << 20;
/// The greatest root that is looked for exactly.
const MOST_ROOT: usize = 64;

/// Two bounds, both included.
pub type Bounds = (Number, Number);

/// Bounds in multiples of 2^-BITS.
type Fixed = (IBig, IBig);

fn one() -> IBig {
    IBig::ONE << BITS
}

/// Rounded down.
fn shifted(n: IBig) -> IBig {
    n >> BITS
}

fn fixed(n: &Number) -> Fixed {
    let scaled = n.to_ratio() * RBig::from(one());
    (scaled.floor(), scaled.ceil())
}

fn whole(n: IBig) -> Number {
    Number::from_ratio(RBig::from(n))
}

/// How many binary digits the whole part of a number has, about; less than none below 1.
fn binary_magnitude(n: &Number) -> i64 {
    let (over, under) = n.to_ratio().into_parts();
    let digits = |n: &UBig| i64::try_from(n.bit_len()).unwrap_or(i64::MAX);
    digits(&over.into_parts().1) - digits(&under)
}

/// The product of bounds that are not negative.
fn times(a: &Fixed, b: &Fixed) -> Fixed {
    (shifted(&a.0 * &b.0), shifted(&a.1 * &b.1) + IBig::ONE)
}

fn over((low, high): Fixed, by: u32) -> Fixed {
    (low / IBig::from(by), high / IBig::from(by) + IBig::ONE)
}

fn add(a: &Fixed, b: &Fixed) -> Fixed {
    (&a.0 + &b.0, &a.1 + &b.1)
}

/// The area hyperbolic tangent of a number from 0 to 1/3, by its series: z + z^3/3 + z^5/5 + ….
fn atanh(z: &Fixed) -> Fixed {
    let square = times(z, z);
    let (mut power, mut sum) = (z.clone(), z.clone());
    let mut n = 3;
    while power.1 > IBig::ONE {
        power = times(&power, &square);
        sum = add(&sum, &over(power.clone(), n));
        n += 2;
    }
    // Each of the terms that are left out is less than a ninth of the one before.
    (sum.0, sum.1 + power.1 + IBig::ONE)
}

fn doubled((low, high): Fixed) -> Fixed {
    (low << 1, high << 1)
}

fn ln_2() -> Fixed {
    doubled(atanh(&fixed(&Number::ratio(1, 3).unwrap_or_default())))
}

fn multiple((low, high): &Fixed, n: i64) -> Fixed {
    let (a, b) = (low * IBig::from(n), high * IBig::from(n));
    if n < 0 { (b, a) } else { (a, b) }
}

/// To so many significant digits, rounded outwards.
fn outwards(low: &Number, high: &Number) -> Bounds {
    // A binary digit is less than a third of a decimal one.
    let whole = binary_magnitude(&high.abs().max(low.abs())) / 3;
    let digits = DIGITS - i32::try_from(whole).unwrap_or(0);
    let unit = Number::pow10(digits);
    let back = Number::pow10(-digits);
    (&(low * &unit).floor() * &back, &(high * &unit).ceil() * &back)
}

fn number(n: &IBig) -> Number {
    Number::from_ratio(RBig::from_parts(n.clone(), UBig::ONE << BITS))
}

/// e to a power; none where it is beyond 1000.
pub fn exp(x: &Number) -> Option<Bounds> {
    if x.is_zero() {
        return Some((Number::from(1i64), Number::from(1i64)));
    }
    if x.abs() > Number::from(MOST_EXPONENT) {
        return None;
    }
    let (x, ln_2) = (fixed(x), ln_2());
    // x = k ln 2 + r, and r from 0 to just above ln 2.
    let mut k = i64::try_from(&x.0 / &ln_2.1).ok()? - i64::from(x.0 < IBig::ZERO);
    let rest = |k: i64| {
        let whole = multiple(&ln_2, k);
        (&x.0 - &whole.1, &x.1 - &whole.0)
    };
    let mut r = rest(k);
    while r.0 < IBig::ZERO {
        k -= 1;
        r = rest(k);
    }
    let (mut term, mut sum) = ((one(), one()), (one(), one()));
    let mut n = 1;
    while term.1 > IBig::ONE {
        term = over(times(&term, &r), n);
        sum = add(&sum, &term);
        n += 1;
    }
    // The terms that are left out are together less than the last.
    sum.1 += &term.1 + IBig::ONE;
    let power = power_of_2(k);
    Some(outwards(&(&number(&sum.0) * &power), &(&number(&sum.1) * &power)))
}

fn power_of_2(k: i64) -> Number {
    let power = whole(IBig::ONE << to_usize(k.unsigned_abs()));
    if k < 0 { Number::from(1i64).checked_div(&power).unwrap_or_default() } else { power }
}

/// The natural logarithm; none of what is not positive.
pub fn ln(x: &Number) -> Option<Bounds> {
    if x.signum() <= 0 {
        return None;
    }
    if *x == Number::from(1i64) {
        return Some((Number::default(), Number::default()));
    }
    let (one, two) = (Number::from(1i64), Number::from(2i64));
    // x = m 2^k, and m from 1 to 2.
    let mut k = binary_magnitude(x);
    let mut m = x * &power_of_2(-k);
    while m < one {
        k -= 1;
        m = &m * &two;
    }
    while m >= two {
        k += 1;
        m = m.checked_div(&two)?;
    }
    let z = (&m - &one).checked_div(&(&m + &one))?;
    let (low, high) = add(&doubled(atanh(&fixed(&z))), &multiple(&ln_2(), k));
    Some(outwards(&number(&low), &number(&high)))
}

/// The logarithm to a base that is positive and not 1; exact where it is a whole number.
pub fn log(x: &Number, base: &Number) -> Option<Bounds> {
    let (x_low, x_high) = ln(x)?;
    let of_base = ln(base)?;
    let quotients =
        [(&x_low, &of_base.0), (&x_low, &of_base.1), (&x_high, &of_base.0), (&x_high, &of_base.1)];
    let all: Vec<Number> =
        quotients.iter().map(|(a, b)| a.checked_div(b)).collect::<Option<_>>()?;
    let (low, high) = (all.iter().min()?.clone(), all.iter().max()?.clone());
    let whole = high.floor();
    if whole >= low && power(base, &whole).is_some_and(|(exact, _)| exact == *x) {
        return Some((whole.clone(), whole));
    }
    Some(outwards(&low, &high))
}

/// A number to a power; none of a negative number to one that is not whole, of zero to one that is
/// negative, and of what has too many digits.
pub fn power(x: &Number, exponent: &Number) -> Option<Bounds> {
    if let Some(n) = exponent.to_i64() {
        let exact = whole_power(x, n)?;
        return Some((exact.clone(), exact));
    }
    if x.is_zero() {
        return (exponent.signum() > 0).then(|| (Number::default(), Number::default()));
    }
    if let Some(exact) = exact_root(x, exponent) {
        return Some((exact.clone(), exact));
    }
    let (low, high) = ln(x)?;
    let ends = [&low * exponent, &high * exponent];
    Some((exp(ends.iter().min()?)?.0, exp(ends.iter().max()?)?.1))
}

fn whole_power(x: &Number, n: i64) -> Option<Number> {
    let (over, under) = x.to_ratio().into_parts();
    let digits = over.into_parts().1.bit_len().max(under.bit_len()) as u64;
    let most = digits.saturating_mul(n.unsigned_abs());
    if n.abs() > MOST_POWER || most > MOST_BITS {
        return None;
    }
    let (mut base, mut left) = (x.clone(), n.unsigned_abs());
    let mut power = Number::from(1i64);
    while left > 0 {
        if left % 2 == 1 {
            power = &power * &base;
        }
        left /= 2;
        if left > 0 {
            base = &base * &base;
        }
    }
    if n < 0 { Number::from(1i64).checked_div(&power) } else { Some(power) }
}

/// A power whose exponent is a fraction with a small denominator, where the root is exact.
fn exact_root(x: &Number, exponent: &Number) -> Option<Number> {
    let (times, root) = exponent.to_ratio().into_parts();
    let root = usize::try_from(root).ok().filter(|root| *root <= MOST_ROOT)?;
    if x.signum() <= 0 {
        return None;
    }
    let (over, under) = x.to_ratio().into_parts();
    let over = over.into_parts().1;
    let (top, bottom) = (over.nth_root(root), under.nth_root(root));
    if top.pow(root) != over || bottom.pow(root) != under {
        return None;
    }
    let exact = Number::from_ratio(RBig::from_parts(IBig::from(top), bottom));
    whole_power(&exact, i64::try_from(times).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn n(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    fn about(bounds: Option<Bounds>, wanted: &str) {
        let (low, high) = bounds.expect("bounds");
        let wanted = n(wanted);
        assert!(low <= high, "{} {}", low.to_text(), high.to_text());
        let error = &wanted.abs() * &Number::pow10(-25);
        assert!((&low - &wanted).abs() <= error, "{}", low.to_text());
        assert!((&high - &wanted).abs() <= error, "{}", high.to_text());
    }

    #[test]
    fn known_values() {
        about(exp(&n("1")), "2.71828182845904523536028747135");
        about(exp(&n("-1")), "0.367879441171442321595523770161");
        about(exp(&n("100")), "26881171418161354484126255515800135873611118.77");
        about(ln(&n("2")), "0.693147180559945309417232121458");
        about(ln(&n("0.001")), "-6.90775527898213705205397436405");
        about(ln(&n("1e300")), "690.775527898213705205397436405");
        about(log(&n("2"), &n("10")), "0.301029995663981195213738894724");
        about(power(&n("2"), &n("0.3")), "1.23114441334491628449939306917");
        about(power(&n("1.05"), &n("-2.5")), "0.885170134193680888303296722213");
    }

    #[test]
    fn what_is_exact() {
        for (bounds, wanted) in [
            (power(&n("-1.5"), &n("3")), "-3.375"),
            (power(&n("2"), &n("-2")), "0.25"),
            (power(&n("6.25"), &n("0.5")), "2.5"),
            (power(&n("8"), &Number::ratio(2, 3).unwrap()), "4"),
            (power(&n("0"), &n("0")), "1"),
            (power(&n("0"), &n("0.5")), "0"),
            (log(&n("1000"), &n("10")), "3"),
            (log(&n("0.25"), &n("2")), "-2"),
            (exp(&n("0")), "1"),
            (ln(&n("1")), "0"),
        ] {
            assert_eq!(bounds, Some((n(wanted), n(wanted))));
        }
        for none in [
            power(&n("-2"), &n("0.5")),
            power(&n("0"), &n("-1")),
            power(&n("10"), &n("100000")),
            power(&n("1e300"), &n("9000")),
            ln(&n("0")),
            log(&n("2"), &n("1")),
            exp(&n("1001")),
        ] {
            assert_eq!(none, None);
        }
    }

    proptest! {
        #[test]
        fn bounds_hold_the_inverse(mantissa in 1i128..1_000_000_000, scale in -6i32..9) {
            let x = Number::decimal(mantissa, scale);
            let (low, high) = ln(&x).unwrap();
            let (below, above) = (exp(&low).unwrap().0, exp(&high).unwrap().1);
            prop_assert!(below <= x && x <= above);
            prop_assert!(&above - &below <= &x * &Number::pow10(-24));
        }
    }
}
