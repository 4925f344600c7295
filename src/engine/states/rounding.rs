//! How much a comparison that held within rounding rests on rounding.

use crate::engine::states::env::{At, group_of};
use crate::expr::bound::{Allowance, Bound, Linear, Op, StateDef};
use crate::expr::eval::{Verdict, eval, joined};
use crate::expr::tree::{Agg, Cmp};
use crate::report::Tally;
use crate::value::Number;
use crate::value::figure::{Fit, fit};

/// Counts a verdict.
pub fn count(tally: &mut Tally, verdict: Verdict) {
    match verdict {
        Verdict::Holds | Verdict::Possible => tally.held += 1,
        Verdict::Fails => tally.failed += 1,
        Verdict::Unknown(why) => tally.add_undecided(why, 1),
        Verdict::NotApplicable => tally.not_applicable += 1,
    }
}

/// Looks at a comparison that held within rounding: counts it as weak where it would have held for
/// any figure of its size; says whether it needed more rounding than is likely.
pub fn rounding_quality(bound: &Bound, env: &At<'_>, tally: &mut Tally) -> bool {
    let Op::Compare { op: Cmp::Eq, left, allowance: Allowance::Rounding(Some(linear)), .. } =
        &bound.op
    else {
        return false;
    };
    let Some(look) = rounding_of(left, linear, env) else { return false };
    tally.weak += u64::from(look.weak);
    look.fit == Fit::Improbable
}

/// What a comparison that held within rounding rests on.
pub struct RoundingQuality {
    /// How likely the difference is.
    pub fit: Fit,
    /// Any figure within its own size would have held.
    pub weak: bool,
}

/// Measures a difference by the widths of the figures in it.
pub fn rounding_of(left: &Bound, linear: &Linear, env: &At<'_>) -> Option<RoundingQuality> {
    let mut distance = linear.constant.clone();
    let (mut units, mut squares) = (Number::default(), Number::default());
    for term in &linear.terms {
        let value = eval(&term.atom, env);
        let figure = value.figure()?;
        distance = &distance + &(&figure.value * &term.factor);
        let Some(range) = &figure.range else { continue };
        let width = &(range.hi.at()? - range.lo.at()?) * &term.factor.abs();
        units = &units + &width;
        let square = squares_of(&term.atom, env)
            .map_or_else(|| &width * &width, |s| &s * &(&term.factor * &term.factor));
        squares = &squares + &square;
    }
    if units.is_zero() {
        return None;
    }
    let size = eval(left, env).figure()?.value.abs();
    let weak = &units * &Number::decimal(5, 1) >= size;
    Some(RoundingQuality { fit: fit(&distance, &units, &squares), weak })
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
