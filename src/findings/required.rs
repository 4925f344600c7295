//! What the numerator of a stated share would have to be.

use std::cmp::Ordering;

use crate::expr::bound::{Allowance, Op};
use crate::expr::tree::{Arith, Cmp};
use crate::findings::about::Proof;
use crate::findings::figures::Style;
use crate::findings::roles::{Standing, is_literal};
use crate::findings::trace::{Comparison, Step};
use crate::value::{Number, Type};

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
    let range = figure.interval().scale(&whole.value);
    let (lo, hi) = (range.lo.at()?, range.hi.at()?);
    let (lo, hi) = if lo > hi { (hi, lo) } else { (lo, hi) };
    let is_whole = part.value.figure()?.value.is_integer();
    let (lo, hi) = if is_whole { (lo.ceil(), hi.floor()) } else { (lo.clone(), hi.clone()) };
    let ty = part.bound.ty;
    let end = |n: &Number| style.number(n, ty);
    let fits = match lo.cmp(&hi) {
        Ordering::Greater => ": no whole number fits".to_string(),
        Ordering::Equal => format!(" needs {}", end(&lo)),
        _ => format!(" needs {} to {}", end(&lo), end(&hi)),
    };
    let stated = written(stated);
    let value = style.show(&part.value, ty);
    let share = style.show(&share.value, c.shown_type(share));
    let (whole, part) = (style.number(&whole.value, Type::Number), proof.text(part.bound));
    Some(format!("{stated} {of} {whole}{fits}; {part} is {value} ({share})"))
}
