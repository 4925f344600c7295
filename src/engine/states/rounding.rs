//! How much a comparison that held within rounding rests on rounding.

use crate::engine::states::env::{At, group_of};
use crate::expr::bound::{Allowance, Bound, Linear, Op, StateDef};
use crate::expr::eval::{Verdict, eval, joined};
use crate::expr::tree::{Agg, Cmp};
use crate::report::Tally;
use crate::value::figure::{Fit, fit};
use crate::value::interval::End;
use crate::value::{Figure, Interval, Number};

/// Counts a verdict.
pub fn count(tally: &mut Tally, verdict: Verdict) {
    match verdict {
        Verdict::Holds | Verdict::Possible => tally.held += 1,
        Verdict::Fails => tally.failed += 1,
        Verdict::Unknown(why) => tally.add_undecided(why, 1),
        Verdict::NotApplicable => tally.not_applicable += 1,
    }
}

/// Whether an answer of it may be weak.
pub fn may_be_weak(bound: &Bound) -> bool {
    let Op::Compare { op: Cmp::Eq, allowance: Allowance::Rounding(linear), .. } = &bound.op else {
        return false;
    };
    linear.is_some()
}

/// Looks at a comparison that held within rounding: counts it as weak where it would have held for
/// half of its figure, or for twice it, and as far where one side goes far beyond what is said of it;
/// says whether it needed more rounding than is likely.
pub fn rounding_quality(
    (assertion, bound): (usize, &Bound),
    env: &At<'_>,
    tally: &mut Tally,
) -> bool {
    let Op::Compare {
        op: Cmp::Eq, left, right, allowance: Allowance::Rounding(Some(linear)), ..
    } = &bound.op
    else {
        return false;
    };
    let (is_weak, is_far) = weakness((left, right), linear, env).unwrap_or_default();
    tally.weak += u64::from(is_weak);
    tally.note_held(assertion, (u64::from(!is_weak), u64::from(is_weak)));
    tally.far += u64::from(is_far);
    rounding_of(linear, env).is_some_and(|fit| fit == Fit::Improbable)
}

/// Whether a comparison that held would have held as well for every figure down to half of its own, or
/// up to twice it, whichever of its sides is that figure: one has no end on that side, or is very rough.
/// And whether it has no end, and one side is more than one and a half times the other.
fn weakness(
    (left, right): (&Bound, &Bound),
    linear: &Linear,
    env: &At<'_>,
) -> Option<(bool, bool)> {
    let mut difference = Interval::point(linear.constant.clone());
    for term in &linear.terms {
        let value = eval(&term.atom, env);
        difference = difference.add(&said(value.figure()?).scale(&term.factor));
    }
    let below = |end: &End, by: &Number| end.at().is_none_or(|at| at < by);
    let above = |end: &End, by: &Number| end.at().is_none_or(|at| at > by);
    let holds = |by: &Number| below(&difference.lo, by) && above(&difference.hi, by);
    // What holds for a figure and for a farther one holds for all between them.
    let is_rough = |figure: &Number| {
        let half = figure * &Number::decimal(5, 1);
        !figure.is_zero() && (holds(&half) || holds(&-figure))
    };
    let (left, right) = (eval(left, env), eval(right, env));
    let (left, right) = (&left.figure()?.value, &right.figure()?.value);
    let is_open = difference.lo.at().is_none() || difference.hi.at().is_none();
    let beyond = |a: &Number, b: &Number| a.abs() > &b.abs() * &Number::decimal(15, 1);
    let is_far = is_open && (beyond(left, right) || beyond(right, left));
    Some((is_rough(left) && is_rough(&-right), is_far))
}

/// What words say that a figure is: that it is no less than zero they do not say, nor that so much for each of more
/// than 17 is above zero.
fn said(figure: &Figure) -> Interval {
    let mut range = figure.interval();
    let is_zero = |end: &End| matches!(end, End::Open(at) if at.is_zero());
    for end in [&mut range.lo, &mut range.hi] {
        if is_zero(end) {
            *end = End::Unbounded;
        }
    }
    if figure.is_at_most() { Interval { lo: End::Unbounded, ..range } } else { range }
}

/// Measures a difference by the widths of the figures in it.
fn rounding_of(linear: &Linear, env: &At<'_>) -> Option<Fit> {
    let mut distance = linear.constant.clone();
    let (mut units, mut squares) = (Number::default(), Number::default());
    for term in &linear.terms {
        let value = eval(&term.atom, env);
        let figure = value.figure()?;
        distance = &distance + &(&figure.value * &term.factor);
        if figure.range.is_none() {
            continue;
        }
        let range = said(figure);
        let width = &(range.hi.at()? - range.lo.at()?) * &term.factor.abs();
        units = &units + &width;
        let square = squares_of(&term.atom, env)
            .map_or_else(|| &width * &width, |s| &s * &(&term.factor * &term.factor));
        squares = &squares + &square;
    }
    if units.is_zero() {
        return None;
    }
    Some(fit(&distance, &units, &squares))
}

/// The squared widths of what a sum added.
fn squares_of(atom: &Bound, env: &At<'_>) -> Option<Number> {
    let Op::Aggregate { state, slot, key, joins } = &atom.op else { return None };
    let StateDef::Groups(def) = &env.shared.defs.all[*state] else { return None };
    if def.slots[*slot].agg != Agg::Sum {
        return None;
    }
    let keys = joined(key.iter().map(|k| eval(k, env)).collect(), *joins);
    group_of(env, *state, &keys).and_then(|group| env.squares(*state, *slot, &group))
}
