//! What a condition that chooses rows comes to: the `where` of a check or an aggregate, and an
//! argument of an aggregate that compares. An assertion is judged by [`crate::expr::eval`] instead:
//! there a missing value leaves the answer open.

use crate::expr::bound::{Bound, Op};
use crate::expr::compare::compare;
use crate::expr::eval::{Env, eval, negate, open};
use crate::expr::tree::Cmp;
use crate::value::{Type, Value, Why};

/// What a condition says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Whether the row is chosen; why nobody knows.
    pub chosen: Result<bool, Why>,
    /// Whether a missing value decided that.
    pub blank: bool,
}

/// Whether a condition chooses the row at hand.
pub fn choose(b: &Bound, env: &dyn Env) -> Choice {
    let mut blank_text = false;
    let decided = |chosen, blank| Choice { chosen: Ok(chosen), blank };
    match condition(b, env, &mut blank_text) {
        Value::Missing | Value::Unknown(Why::Missing) => decided(false, true),
        Value::Bool(chosen) => decided(chosen, blank_text && eval(b, env).cause().is_some()),
        Value::NotApplicable => decided(false, false),
        // Whatever the open part comes to, a missing one beside it chooses no row.
        _ if is_excluded(b, true, env) => decided(false, true),
        other => Choice { chosen: Err(other.why()), blank: false },
    }
}

/// Whether a condition cannot come to a truth, be it that it is false, missing or does not apply.
fn is_excluded(b: &Bound, truth: bool, env: &dyn Env) -> bool {
    match &b.op {
        Op::And(all) if truth => all.iter().any(|part| is_excluded(part, truth, env)),
        Op::Or(all) if !truth => all.iter().any(|part| is_excluded(part, truth, env)),
        Op::And(all) | Op::Or(all) => all.iter().all(|part| is_excluded(part, truth, env)),
        Op::Not(part) => is_excluded(part, !truth, env),
        _ => match condition(b, env, &mut false) {
            Value::Bool(found) => found != truth,
            other => matches!(other, Value::Unknown(Why::Missing) | Value::NotApplicable),
        },
    }
}

/// Whether there is no condition, or one that chooses the row at hand.
pub fn chooses(b: Option<&Bound>, env: &dyn Env) -> bool {
    b.is_none_or(|b| choose(b, env).chosen == Ok(true))
}

/// The argument of an aggregate: where it compares, or is an `if`, it chooses as a `where` does,
/// and what a missing value leaves open is missing.
pub fn argument<'e>(b: &'e Bound, env: &'e dyn Env) -> Value<'e> {
    let truth = |b| match condition(b, env, &mut false) {
        Value::Unknown(Why::Missing) => Value::Missing,
        other => other,
    };
    match &b.op {
        Op::If { condition, then, otherwise } => match (truth(condition), otherwise) {
            (Value::Bool(true), _) => argument(then, env),
            (Value::Bool(false), Some(other)) => argument(other, env),
            (Value::Bool(false), None) => Value::NotApplicable,
            (other, _) => other,
        },
        _ if b.ty == Type::Boolean => truth(b),
        _ => eval(b, env),
    }
}

/// The truth of a condition: a missing text equals no text that is there. Notes where one was met.
fn condition<'e>(b: &'e Bound, env: &'e dyn Env, blank: &mut bool) -> Value<'e> {
    match &b.op {
        Op::And(all) => gather(all.iter().map(|x| condition(x, env, blank)), false),
        Op::Or(all) => gather(all.iter().map(|x| condition(x, env, blank)), true),
        Op::Not(x) => negate(condition(x, env, blank)),
        Op::Compare { op: op @ (Cmp::Eq | Cmp::Ne), left, right, .. }
            if [left, right].iter().any(|s| s.ty == Type::Text) =>
        {
            negate_if(equal(&eval(left, env), &eval(right, env), blank), *op == Cmp::Ne)
        }
        Op::InList { not, value, list } if value.ty == Type::Text => {
            let value = eval(value, env);
            let equals = list.iter().map(|l| equal(&value, &eval(l, env), blank));
            negate_if(gather(equals, true), *not)
        }
        Op::Matches { not, value, .. } | Op::Member { not, value, .. }
            if value.ty == Type::Text && eval(value, env) == Value::Missing =>
        {
            *blank = true;
            Value::Bool(*not)
        }
        Op::Call { args, .. }
            if b.ty == Type::Boolean && args.iter().all(|a| a.ty == Type::Text) =>
        {
            predicate(b, args, env, blank)
        }
        _ => open(eval(b, env)),
    }
}

/// Kleene's `and` (`decisive` false) and `or` (`decisive` true); what does not apply is not chosen,
/// with or without `not` before it.
fn gather<'e>(all: impl Iterator<Item = Value<'e>>, decisive: bool) -> Value<'e> {
    let (mut unknown, mut applies) = (None, true);
    for part in all {
        match part {
            Value::Bool(b) if b == decisive => return part,
            Value::Bool(_) => {}
            Value::NotApplicable => applies = false,
            other => unknown = unknown.max(Some(other.why())),
        }
    }
    let unknown = unknown.map(Value::Unknown);
    let neither = (!applies).then_some(Value::NotApplicable);
    let open = if decisive { unknown.or(neither) } else { neither.or(unknown) };
    open.unwrap_or(Value::Bool(!decisive))
}

fn negate_if(v: Value<'_>, not: bool) -> Value<'_> {
    if not { negate(v) } else { v }
}

/// Whether two texts are equal.
fn equal<'e>(a: &Value<'_>, b: &Value<'_>, blank: &mut bool) -> Value<'e> {
    match (a, b) {
        (Value::NotApplicable, _) | (_, Value::NotApplicable) => Value::NotApplicable,
        (Value::Missing, Value::Text(_)) | (Value::Text(_), Value::Missing) => {
            *blank = true;
            Value::Bool(false)
        }
        _ => match a.cause().max(b.cause()) {
            Some(why) => Value::Unknown(why),
            None => compare(Cmp::Eq, a, b),
        },
    }
}

/// `contains` and its like: false where one of the texts is missing.
fn predicate<'e>(b: &'e Bound, args: &'e [Bound], env: &'e dyn Env, blank: &mut bool) -> Value<'e> {
    let texts: Vec<Value<'_>> = args.iter().map(|a| eval(a, env)).collect();
    let there = texts.iter().filter(|t| matches!(t, Value::Text(_))).count();
    let missing = texts.iter().filter(|t| **t == Value::Missing).count();
    if missing > 0 && there > 0 && missing + there == texts.len() {
        *blank = true;
        return Value::Bool(false);
    }
    open(eval(b, env))
}
