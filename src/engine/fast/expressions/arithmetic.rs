//! Arithmetic on the numbers of a block: plain loops where bounds show that nothing overflows, else row
//! by row, where a row that overflows is left to the evaluator.

use crate::engine::fast::expressions::op::{Extreme, Towards};
use crate::engine::fast::expressions::register::{Cells, Mark, Marks, Numbers};
use crate::expr::tree::Agg;
use crate::value::{Days, Why};
use crate::width::to_i32;

/// What no product of a mantissa and a power of ten may leave.
const MOST: u128 = i64::MAX as u128;

/// Most decimals of a register.
const MOST_SCALE: u8 = 36;

/// A number as numerator and divisor, by its row.
type Fraction = (i128, i128);

/// Ten to a power that fits a mantissa.
pub fn power(by: u8) -> Option<i64> {
    10i64.checked_pow(by.into())
}

/// The finer of two scales, and what brings the mantissas of each to it.
pub fn align(a: u8, b: u8) -> Option<(u8, i64, i64)> {
    match a >= b {
        true => Some((a, 1, power(a - b)?)),
        false => Some((b, power(b - a)?, 1)),
    }
}

/// A bound of the mantissas that fits them.
fn fits(most: Option<u128>) -> Option<u64> {
    most.filter(|most| *most <= MOST).and_then(|most| u64::try_from(most).ok())
}

/// A bound times a factor.
pub fn times(most: u64, factor: i64) -> u128 {
    u128::from(most) * u128::from(factor.unsigned_abs())
}

fn plain(a: &Numbers<'_>, b: &Numbers<'_>) -> bool {
    a.divisors.is_none() && b.divisors.is_none()
}

/// `a + b`, or `a - b`.
pub fn add<'b>(a: &Numbers<'_>, b: &Numbers<'_>, minus: bool, rows: usize) -> Numbers<'b> {
    let Some((scale, fa, fb)) = align(a.scale, b.scale) else { return Numbers::deferred() };
    if plain(a, b)
        && let Some(most) = fits(times(a.most(), fa).checked_add(times(b.most(), fb)))
    {
        let cells = match (fa, fb, minus) {
            (1, 1, false) => a.cells.zip(&b.cells, |a, b| a + b),
            (1, 1, true) => a.cells.zip(&b.cells, |a, b| a - b),
            (_, _, false) => a.cells.zip(&b.cells, |a, b| a * fa + b * fb),
            (_, _, true) => a.cells.zip(&b.cells, |a, b| a * fa - b * fb),
        };
        return Numbers::new(cells.cells(), scale, a.marks.and(&b.marks)).at_most(most);
    }
    let (fa, fb) = (i128::from(fa), if minus { -i128::from(fb) } else { i128::from(fb) });
    if crossed(a, fa, b).zip(crossed(b, fb, a)).is_some() {
        return by_row(a, b, rows, scale, |(n, d), (m, e)| match d == e {
            true => Ok((n * fa + m * fb, d)),
            false => Ok((n * fa * e + m * fb * d, d * e)),
        });
    }
    by_row(a, b, rows, scale, |(n, d), (m, e)| {
        let (n, m) = (n * fa, m * fb);
        if d == e {
            return Ok((n + m, d));
        }
        let sum = (|| n.checked_mul(e)?.checked_add(m.checked_mul(d)?))();
        Ok((sum.ok_or(Mark::DEFER)?, d * e))
    })
}

/// A bound of a mantissa times a factor and the divisor of another number, where a sum of two such
/// fits 128 bits.
fn crossed(a: &Numbers<'_>, factor: i128, other: &Numbers<'_>) -> Option<u128> {
    let divisor = other.divisors.as_ref().map_or(1, Cells::most);
    let bound = u128::from(a.most()).checked_mul(factor.unsigned_abs())?;
    bound.checked_mul(divisor.into()).filter(|bound| *bound <= i128::MAX as u128 / 2)
}

pub fn multiply<'b>(a: &Numbers<'_>, b: &Numbers<'_>, rows: usize) -> Numbers<'b> {
    let scale = a.scale + b.scale;
    if scale > MOST_SCALE {
        return Numbers::deferred();
    }
    if plain(a, b)
        && let Some(most) = fits(u128::from(a.most()).checked_mul(b.most().into()))
    {
        let cells = a.cells.zip(&b.cells, |a, b| a * b).cells();
        return Numbers::new(cells, scale, a.marks.and(&b.marks)).at_most(most);
    }
    by_row(a, b, rows, scale, |(n, d), (m, e)| Ok((n * m, d * e)))
}

/// `a / b`; unknown where the divisor is zero.
pub fn divide<'b>(a: &Numbers<'b>, b: &Numbers<'b>, rows: usize) -> Numbers<'b> {
    let (scale, factor) = match a.scale.checked_sub(b.scale) {
        Some(scale) => (scale, 1),
        None => match power(b.scale - a.scale) {
            Some(factor) => (0, i128::from(factor)),
            None => return Numbers::deferred(),
        },
    };
    if plain(a, b)
        && let Some(by) = i64::try_from(factor).ok()
        && let Some(most) = fits(Some(times(a.most(), by)))
        && b.cells.least() > 0
    {
        let dividends = if by == 1 { a.cells.clone() } else { a.cells.map(|n| n * by) };
        let cells = (dividends, b.cells.clone());
        return Numbers::fraction(cells, scale, a.marks.and(&b.marks)).at_most(most);
    }
    by_row(a, b, rows, scale, |(n, d), (m, e)| match m.signum() {
        0 => Err(Mark::unknown(Why::DivisionByZero)),
        sign => {
            let dividend = (n * e).checked_mul(factor * sign).ok_or(Mark::DEFER)?;
            Ok((dividend, d * m.abs()))
        }
    })
}

/// An end of the quotients of an end of the dividend by all divisors between two ends, where these are
/// greater than zero.
pub fn divide_end<'b>(
    end: Extreme,
    dividend: &Numbers<'b>,
    [low, high]: [&Numbers<'b>; 2],
    rows: usize,
) -> Numbers<'b> {
    if plain(low, high) && dividend.divisors.is_none() && low.cells.least() > 0 {
        let (least, most) = (dividend.cells.least(), dividend.cells.greatest());
        if least >= 0 || most <= 0 {
            let farther = (least >= 0) == (end == Extreme::Greatest);
            return divide(dividend, if farther { low } else { high }, rows);
        }
    }
    // A divisor that may be zero, or less, is for the evaluator.
    let positive = by_row(low, low, rows, low.scale, |(n, d), _| match n > 0 {
        true => Ok((n, d)),
        false => Err(Mark::DEFER),
    });
    let [by_low, by_high] = [&positive, high].map(|by| divide(dividend, by, rows));
    extreme(end, &by_low, &by_high, rows)
}

pub fn absolute<'b>(a: &Numbers<'b>, rows: usize) -> Numbers<'b> {
    let most = a.most();
    if fits(Some(most.into())).is_none() {
        return by_row(a, a, rows, a.scale, |(n, d), _| Ok((n.abs(), d)));
    }
    let cells = a.cells.map(i64::abs);
    Numbers { cells, ..a.clone() }.at_most(most)
}

/// To so many decimals.
pub fn round<'b>(a: &Numbers<'b>, digits: i32, towards: Towards, rows: usize) -> Numbers<'b> {
    let kept = i32::from(a.scale) - digits;
    if kept <= 0 && a.divisors.is_none() {
        return a.clone();
    }
    let scale = u8::try_from(digits.max(0)).unwrap_or(u8::MAX);
    let tens = u8::try_from((-digits).max(0)).ok().and_then(power);
    let (up, down) = (u8::try_from((-kept).max(0)).ok(), u8::try_from(kept.max(0)).ok());
    let (Some(tens), Some(up), Some(down)) = (tens, up.and_then(power), down.and_then(power))
    else {
        return Numbers::deferred();
    };
    if scale > MOST_SCALE {
        return Numbers::deferred();
    }
    if a.divisors.is_none()
        && let Some(most) = fits(u128::from(a.most()).checked_add(times(1, down)))
    {
        let cells = match towards {
            Towards::Nearest => a.cells.map(|m| nearest(m, down) * tens),
            Towards::Low => a.cells.map(|m| m.div_euclid(down) * tens),
            Towards::High => a.cells.map(|m| -(-m).div_euclid(down) * tens),
        };
        return Numbers::new(cells, scale, a.marks.clone()).at_most(most);
    }
    by_row(a, a, rows, scale, |(n, d), _| {
        let (n, d) = (n * i128::from(up), d * i128::from(down));
        let whole = match (towards, i64::try_from(n), i64::try_from(d)) {
            (Towards::Nearest, Ok(n), Ok(d)) if d <= i64::MAX / 4 && n.abs() <= i64::MAX / 4 => {
                i128::from(nearest_of(n, d))
            }
            (Towards::Nearest, ..) => {
                let twice = (n.abs().checked_mul(2).and_then(|n| n.checked_add(d)))
                    .zip(d.checked_mul(2))
                    .ok_or(Mark::DEFER)?;
                twice.0 / twice.1 * n.signum()
            }
            (Towards::Low, ..) => n.div_euclid(d),
            (Towards::High, ..) => -(-n).div_euclid(d),
        };
        Ok((whole.checked_mul(tens.into()).ok_or(Mark::DEFER)?, 1))
    })
}

/// A mantissa without its last digits, halves away from zero.
#[inline(always)]
fn nearest(m: i64, by: i64) -> i64 {
    if m < 0 { -((-m + by / 2) / by) } else { (m + by / 2) / by }
}

#[inline(always)]
fn nearest_of(n: i64, d: i64) -> i64 {
    let whole = (2 * n.abs() + d) / (2 * d);
    if n < 0 { -whole } else { whole }
}

/// The smaller, or the greater of two.
pub fn extreme<'b>(which: Extreme, a: &Numbers<'_>, b: &Numbers<'_>, rows: usize) -> Numbers<'b> {
    let Some((scale, fa, fb)) = align(a.scale, b.scale) else { return Numbers::deferred() };
    let bound = times(a.most(), fa).max(times(b.most(), fb));
    if plain(a, b)
        && let Some(most) = fits(Some(bound))
    {
        let cells = match which {
            Extreme::Least => a.cells.zip(&b.cells, |a, b| (a * fa).min(b * fb)),
            Extreme::Greatest => a.cells.zip(&b.cells, |a, b| (a * fa).max(b * fb)),
        };
        return Numbers::new(cells.cells(), scale, a.marks.and(&b.marks)).at_most(most);
    }
    by_row(a, b, rows, scale, |(n, d), (m, e)| {
        let (n, m) = (n * i128::from(fa), m * i128::from(fb));
        let (left, right) = n.checked_mul(e).zip(m.checked_mul(d)).ok_or(Mark::DEFER)?;
        let first = if which == Extreme::Least { left <= right } else { left >= right };
        Ok(if first { (n, d) } else { (m, e) })
    })
}

/// The sum, the least or the greatest of values of a row, those left out that are missing.
pub fn along<'b>(agg: Agg, all: &[&Numbers<'b>], rows: usize) -> Numbers<'b> {
    let is_missing = |mark| matches!(mark, Mark::MISSING | Mark::NOT_APPLICABLE);
    let clean = all.iter().all(|n| matches!(n.marks, Marks::Clean));
    let both = |a: &Numbers<'b>, b: &Numbers<'b>| match agg {
        Agg::Min => extreme(Extreme::Least, a, b, rows),
        Agg::Max => extreme(Extreme::Greatest, a, b, rows),
        _ => add(a, b, false, rows),
    };
    let Some((first, rest)) = all.split_first() else { return Numbers::deferred() };
    let mut so_far = (*first).clone();
    for next in rest {
        let joined = both(&so_far, next);
        if clean {
            so_far = joined;
            continue;
        }
        // Where one of two is missing it is the other.
        let takes: Vec<_> = (0..rows)
            .map(|row| {
                let missing = [&so_far, *next].map(|n| is_missing(n.marks.at(row)));
                if missing == [false, false] { None } else { Some(missing[1]) }
            })
            .collect();
        let one = select(&takes, (&so_far, next), &vec![Mark::MISSING; rows]);
        let takes: Vec<_> = takes.iter().map(|takes| Some(takes.is_none())).collect();
        so_far = select(&takes, (&joined, &one), &[]);
    }
    // Nothing at all is missing.
    let marks = (0..rows).map(|row| match so_far.marks.at(row) {
        Mark::NOT_APPLICABLE => Mark::MISSING,
        mark => mark,
    });
    let marks = if clean { Marks::Clean } else { Marks::each(marks.collect()) };
    Numbers { marks, ..so_far }
}

/// A day, so many days later.
pub fn later<'b>(day: &Numbers<'_>, by: &Numbers<'_>, rows: usize) -> Numbers<'b> {
    let Some(unit) = power(by.scale) else { return Numbers::deferred() };
    by_row(day, by, rows, 0, |(day, _), (by, divisor)| {
        let days = by.checked_rem(i128::from(unit)).filter(|rest| *rest == 0 && divisor == 1);
        let by = days.and_then(|_| i64::try_from(by / i128::from(unit)).ok());
        let later = by.and_then(|by| Days::day(to_i32(day)).later(by));
        later.map(|later| (later.first.into(), 1)).ok_or(Mark::DEFER)
    })
}

/// Row by row: what does not fit is deferred.
fn by_row<'b>(
    a: &Numbers<'_>,
    b: &Numbers<'_>,
    rows: usize,
    scale: u8,
    f: impl Fn(Fraction, Fraction) -> Result<Fraction, Mark>,
) -> Numbers<'b> {
    let marks = a.marks.and(&b.marks);
    let (mut cells, mut divisors) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (mut own, mut whole) = (None, true);
    for row in 0..rows {
        let mut number = (0, 1);
        if marks.at(row).is_good() {
            match f(a.at(row), b.at(row)).and_then(small) {
                Ok(fraction) => number = fraction,
                Err(mark) => {
                    own.get_or_insert_with(|| vec![Mark::GOOD; rows])[row] = mark;
                }
            }
        }
        cells.push(number.0);
        divisors.push(number.1);
        whole &= number.1 == 1;
    }
    let marks = marks.with(own);
    match whole {
        true => Numbers::new(Cells::own(cells), scale, marks),
        false => Numbers::fraction((Cells::own(cells), Cells::own(divisors)), scale, marks),
    }
}

/// A fraction whose parts fit 64 bits.
fn small((n, d): Fraction) -> Result<(i64, i64), Mark> {
    // The least mantissa has no negative.
    let fit = |n: i128| i64::try_from(n).ok().filter(|n| *n != i64::MIN);
    fit(n).zip(fit(d)).ok_or(Mark::DEFER)
}

/// One where a condition holds, another where it does not: the marks are those of the one taken.
pub fn select<'b>(
    takes: &[Option<bool>],
    (a, b): (&Numbers<'_>, &Numbers<'_>),
    none: &[Mark],
) -> Numbers<'b> {
    let Some((scale, fa, fb)) = align(a.scale, b.scale) else { return Numbers::deferred() };
    let rows = takes.len();
    let (mut cells, mut divisors) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut marks = Vec::with_capacity(rows);
    for (row, takes) in takes.iter().enumerate() {
        let (taken, factor) = match takes {
            Some(true) => (a, fa),
            Some(false) => (b, fb),
            None => {
                cells.push(0);
                divisors.push(1);
                marks.push(none[row]);
                continue;
            }
        };
        let (n, d) = taken.at(row);
        let mark = taken.marks.at(row);
        let fraction = if mark.is_good() { small((n * i128::from(factor), d)) } else { Err(mark) };
        marks.push(fraction.err().unwrap_or(Mark::GOOD));
        let (n, d) = fraction.unwrap_or((0, 1));
        cells.push(n);
        divisors.push(d);
    }
    let whole = divisors.iter().all(|d| *d == 1);
    let (cells, marks) = (Cells::own(cells), Marks::each(marks));
    match whole {
        true => Numbers::new(cells, scale, marks),
        false => Numbers::fraction((cells, Cells::own(divisors)), scale, marks),
    }
}
