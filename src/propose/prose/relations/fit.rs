//! How well what follows fits what is stated: it agrees, it nearly does, or a slip of the hand is between.

use crate::propose::prose::chance::{BIT, log2_of, surprise, width};
use crate::propose::prose::forms::Form;
use crate::propose::prose::terms::{Kind, Term};
use crate::value::{Figure, Number};

/// A relation that nearly holds differs by no more than one part of so many.
const NEAR: i64 = 12;

/// What is stated and what follows.
pub struct Fit {
    pub holds: bool,
    /// How improbable it is that made-up figures of this spread would fit so.
    pub bits: i32,
    /// What the assertion allows.
    pub allows: String,
}

/// Compares a figure with what follows from others; exactly where all of them count, up to the zeros at its
/// end where it stands for cells of a table.
pub fn fit(
    target: &Term,
    value: &Figure,
    (is_exact, is_of_table): (bool, bool),
    (spread, adds_up): (i32, bool),
) -> Option<Fit> {
    let follows = value.interval();
    let distance = (&value.value - &target.value.value).abs();
    let none = Number::default();
    let unit = if target.is_whole { Number::from(1i64) } else { none.clone() };
    if is_exact && is_of_table && !distance.is_zero() {
        let zeros = zeros(&target.value.value);
        let half = &zeros * &Number::decimal(5, 1);
        if zeros > Number::from(1i64) && distance <= half {
            let bits = surprise(spread, &zeros, &none, &unit);
            return Some(Fit { holds: true, bits, allows: format!(" within {}", half.to_text()) });
        }
    }
    let holds = agrees(target, value, is_exact);
    let widths = if is_exact { unit.clone() } else { &target.width() + &width(&follows)? };
    let allows = if is_exact { String::new() } else { " within rounding".to_string() };
    let exactly = surprise(spread, &widths, &none, &unit);
    if holds {
        // Rounded figures mostly add up to the last digit where they belong together.
        let bits = match (adds_up && !is_exact, distance.is_zero()) {
            (true, true) => surprise(spread, &target.width(), &none, &unit) - BIT / 2,
            (true, false) => exactly - BIT,
            (false, _) => exactly,
        };
        let bits = bits - apart(&distance, &widths);
        return Some(Fit { holds, bits, allows });
    }
    let is_near = &distance * &Number::from(NEAR) <= target.value.value;
    let nearly = surprise(spread, &widths, &distance, &unit);
    let by_slip = variants(target, &value.value).map(|n| exactly - log2_of(n));
    is_near.then(|| Fit { holds, bits: nearly.max(by_slip.unwrap_or(i32::MIN)), allows })
}

/// Whether all of some figures count.
pub fn is_exact(form: Form, target: &Term, of: &[&Term]) -> bool {
    matches!(form, Form::Sum | Form::Difference | Form::Same | Form::Years)
        && target.is_whole
        && of.iter().all(|term| term.is_whole)
}

/// Whether a figure is what follows from others, as far as these are written.
pub fn agrees(target: &Term, value: &Figure, is_exact: bool) -> bool {
    match is_exact {
        true => value.value == target.value.value,
        false => target.value.interval().intersects(&value.interval()),
    }
}

/// What a distance takes where several figures would do, of which the nearest is meant: half a bit at most.
fn apart(distance: &Number, widths: &Number) -> i32 {
    let most = Number::from(i64::from(BIT / 2));
    let part = distance.checked_div(widths).and_then(|part| (&part * &most).round(0).to_i64());
    part.and_then(|part| i32::try_from(part).ok()).unwrap_or(0).min(BIT / 2)
}

/// The unit of the zeros at the end of a whole number: at most that of its first digit.
pub fn zeros(value: &Number) -> Number {
    let text = value.to_text();
    let zeros = text.len() - text.trim_end_matches('0').len();
    Number::pow10(i32::try_from(zeros).unwrap_or(0))
}

/// How many figures one slip makes of another, if one is between the two: neighbouring digits swapped, or a
/// digit in the place of another.
fn variants(target: &Term, value: &Number) -> Option<u64> {
    let width = target.width();
    let unit = if width.is_zero() { Number::from(1i64) } else { width };
    let digits = |n: &Number| Some(n.checked_div(&unit)?.round(0).to_text().into_bytes());
    let (stated, follows) = (digits(&target.value.value)?, digits(value)?);
    if stated.len() != follows.len() {
        return None;
    }
    let other: Vec<(u8, u8)> =
        stated.iter().copied().zip(follows.iter().copied()).filter(|(a, b)| a != b).collect();
    let first = stated.iter().zip(&follows).position(|(a, b)| a != b)?;
    let length = stated.len() as u64;
    match other.as_slice() {
        [_] => Some(9 * length),
        [(a, b), (c, d)] if a == d && b == c && stated.get(first + 1) == Some(c) => Some(length),
        _ => None,
    }
}

/// What follows as it would be stated, with one digit more where that is rounded.
pub fn shown(value: &Figure, target: &Term) -> String {
    let language = target.near.language;
    let sign = |c: char| match c {
        ',' => language.grouping.first().copied().unwrap_or(c),
        '.' => language.decimal,
        c => c,
    };
    in_english(value, target).chars().map(sign).collect()
}

fn in_english(value: &Figure, target: &Term) -> String {
    let percent = Number::from(100i64);
    let digits = |scaled: &Number, width: Number| {
        let decimals = width.decimals().unwrap_or(0);
        scaled.to_rounded(if width.is_integer() { 1 } else { decimals + 1 })
    };
    match target.kind {
        Kind::Number if target.is_whole && value.value.is_integer() => {
            let text = value.value.to_text();
            let is_grouped = target.said.contains(|c: char| !c.is_ascii_digit());
            if is_grouped { grouped(&text) } else { text }
        }
        Kind::Number if target.log > 20 * BIT => grouped(&value.value.to_rounded(0)),
        Kind::Multiple => {
            let times = value.value.to_rounded(2);
            format!("{} times", times.trim_end_matches('0').trim_end_matches('.'))
        }
        Kind::Points => {
            format!("{} points", digits(&(&value.value * &percent), &target.width() * &percent))
        }
        Kind::Number => digits(&value.value, target.width()),
        _ => format!("{} %", digits(&(&value.value * &percent), &target.width() * &percent)),
    }
}

/// Digits with commas between thousands.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (n, c) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}
