//! What the numerator of a stated share would have to be.

use std::cmp::Ordering;

use crate::expr::bound::{Allowance, Op};
use crate::expr::tree::{Arith, Cmp};
use crate::findings::about::Proof;
use crate::findings::figures::Style;
use crate::findings::roles::{Standing, is_literal};
use crate::findings::trace::{Comparison, Step};
use crate::value::{Interval, Number, Type};

/// "20 % of 86,600 needs 16,887 to 17,753; …", where a share is stated and does not follow.
pub fn of<'s, 't>(
    c: &Comparison<'s, 't>,
    standings: [Standing<'s, 't>; 2],
    (proof, style): (&Proof<'_>, Style),
    written: &dyn Fn(&Step<'_>) -> String,
) -> Option<String> {
    if c.op != Cmp::Eq || !matches!(c.allowance, Allowance::Rounding(_)) {
        return None;
    }
    let (stated, share) = match standings {
        [Standing::Stated(_), Standing::Follows] => (c.left, c.right),
        [Standing::Follows, Standing::Stated(_)] => (c.right, c.left),
        _ => return None,
    };
    let (Op::Arith(Arith::Div, ..), [part, whole]) = (&share.bound.op, &share.args[..]) else {
        return None;
    };
    // In "100 * part / whole", what is stated is no share.
    if matches!(&part.bound.op, Op::Arith(Arith::Mul, a, b) if is_literal(a) || is_literal(b)) {
        return None;
    }
    let (figure, whole) = (stated.value.figure()?, whole.value.figure()?);
    // A quotient above one is a share of something only as a percentage.
    let is_share =
        figure.value.abs() <= Number::from(1i64) || c.shown_type(stated) == Type::Percent;
    let of = if is_share { "of" } else { "×" };
    if [stated, share].iter().any(|side| side.value.cause().is_some()) {
        return None;
    }
    let ty = part.bound.ty;
    let shown = |n: &Number| style.number(n, ty);
    let fits = match part.cell {
        Some(_) => of_cell(part, &figure.interval().mul(&whole.interval()), &shown)?,
        None => of_figure(part, &figure.interval().scale(&whole.value), &shown)?,
    };
    let stated = written(stated);
    let value = style.show(&part.value, ty);
    let share = style.show(&share.value, c.shown_type(share));
    let (whole, part) = (style.number(&whole.value, Type::Number), proof.text(part.bound));
    Some(format!("{stated} {of} {whole}{fits}; {part} is {value} ({share})"))
}

/// " needs 5 to 7": the figures, of as many decimals as that of the cell, whose quotient can be what is stated. `products`
/// is what the stated figure times the denominator can be.
fn of_cell(
    part: &Step<'_>,
    products: &Interval,
    shown: &dyn Fn(&Number) -> String,
) -> Option<String> {
    // What is at most so much may be any figure below.
    let own = part.value.figure().filter(|own| !own.is_at_most())?;
    let meant = own.interval();
    // A numerator x means x plus this; it fits where that meets the products. What was cut off points away from zero.
    let around = meant.sub(&Interval::point(own.value.clone()));
    let is_below = products.hi.at()?.signum() <= 0;
    let around = if is_below == (own.value.signum() < 0) { around } else { around.neg() };
    let unit = match own.range {
        Some(_) => meant.hi.at()? - meant.lo.at()?,
        None => Number::pow10(-i32::try_from(own.value.decimals()?).ok()?),
    };
    let unit = Some(unit).filter(|unit| own.value.is_multiple_of(unit));
    within(&products.sub(&around), unit, shown)
}

/// The same of a figure that is computed and taken as it is.
fn of_figure(
    part: &Step<'_>,
    products: &Interval,
    shown: &dyn Fn(&Number) -> String,
) -> Option<String> {
    let is_whole = part.value.figure()?.value.is_integer();
    within(products, is_whole.then(|| Number::from(1i64)), shown)
}

/// The multiples of a unit in a range, in words.
fn within(
    range: &Interval,
    unit: Option<Number>,
    shown: &dyn Fn(&Number) -> String,
) -> Option<String> {
    let (lo, hi) = match &unit {
        Some(unit) => range.multiples(unit)?,
        None => (range.lo.at()?.clone(), range.hi.at()?.clone()),
    };
    Some(match lo.cmp(&hi) {
        Ordering::Greater => format!(": no {} fits", kind(unit.as_ref(), shown)),
        Ordering::Equal => format!(" needs {}", shown(&lo)),
        Ordering::Less => format!(" needs {} to {}", shown(&lo), shown(&hi)),
    })
}

/// Multiples of `unit`, in words.
fn kind(unit: Option<&Number>, shown: &dyn Fn(&Number) -> String) -> String {
    match unit {
        Some(unit) if *unit == Number::from(1i64) => "whole number".to_string(),
        Some(unit) if unit.is_integer() => format!("multiple of {}", shown(unit)),
        Some(unit) => format!("figure with the decimals of {}", shown(unit)),
        None => "figure".to_string(),
    }
}
