//! The one exact meaning of every expression.

use std::ops::Range;

use crate::expr::arithmetic::{arithmetic, blank, blanks};
use crate::expr::bound::{Allowance, Bound, Linear, OnMiss, Op, StateId};
use crate::expr::chain::leads;
use crate::expr::compare::{allowing, compare, dates_within, possibly, share_of, withheld, within};
use crate::expr::each_item;
pub use crate::expr::env::{Env, Found};
use crate::expr::meanings::{greatest, least};
use crate::expr::tree::{Agg, Arith, Cmp};
use crate::value::{Figure, Interval, Number, Type, Value, Why, natural};

/// What an assertion comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It cannot be known.
    Unknown(Why),
    /// It does not apply.
    NotApplicable,
    /// Partial dates leave it open: it is taken to hold.
    Possible,
}

/// The verdict of an assertion.
pub fn judge(b: &Bound, env: &dyn Env) -> Verdict {
    verdict(&eval(b, env))
}

/// The verdict that the value of an assertion is.
pub fn verdict(value: &Value<'_>) -> Verdict {
    match value {
        Value::Bool(true) => Verdict::Holds,
        Value::Bool(false) => Verdict::Fails,
        Value::Possible => Verdict::Possible,
        Value::NotApplicable => Verdict::NotApplicable,
        other => Verdict::Unknown(other.why()),
    }
}

/// The value of an expression.
pub fn eval<'e>(b: &'e Bound, env: &'e dyn Env) -> Value<'e> {
    match &b.op {
        Op::Const(v) => v.clone(),
        Op::Cell { unit, column, ranges } => env.cell(*unit, *column, *ranges),
        Op::Written { unit, column } => env.written(*unit, *column),
        Op::Key { unit, key } => env.key(*unit, *key),
        Op::Row { unit } => Value::number(Number::from(env.row(*unit))),
        Op::File { unit } => env.file(*unit),
        Op::Window { state } => env.window(*state),
        Op::Absent => Value::NotApplicable,
        Op::Lookup { key, .. } => lookup(b, env, &keys(key, env)),
        Op::Leads { state, column, own, above } => {
            leads(env, (*state, *column), &eval(own, env), eval(above, env))
        }
        Op::Member { state, value, not } => member(env, *state, eval(value, env), *not),
        Op::Aggregate { state, slot, key, joins } => aggregate(env, *state, *slot, key, *joins),
        Op::Neg(x) => match eval(x, env) {
            Value::Number(f) => Value::Number(f.neg()),
            Value::Duration(d) => {
                d.checked_neg().map_or(Value::Unknown(Why::OutOfBounds), Value::Duration)
            }
            other => blank(&other),
        },
        Op::Collated(x) => match eval(x, env) {
            Value::Text(text) => Value::Text(natural::key(&text).into()),
            other => other,
        },
        Op::Arith(op, x, y) => arithmetic(*op, &eval(x, env), &eval(y, env)),
        Op::Call { function, args } => call(function, args, env),
        Op::Read { value, reading } => match eval(value, env) {
            Value::Text(t) => match reading.read(&t) {
                Ok(value) => value.into_owned(),
                Err(_) => Value::Unknown(Why::Unreadable),
            },
            other => blank(&other),
        },
        Op::Along { agg, args } => along(*agg, &keys(args, env), env),
        Op::Default { value, otherwise } => match eval(value, env) {
            Value::Missing | Value::NotApplicable => eval(otherwise, env),
            value => value,
        },
        Op::If { condition, then, otherwise } => match (eval(condition, env), otherwise) {
            (Value::Bool(true), _) => eval(then, env),
            (Value::Bool(false), Some(other)) => eval(other, env),
            (Value::Bool(false) | Value::NotApplicable, _) => Value::NotApplicable,
            (other, _) if b.ty == Type::Boolean => Value::Unknown(other.why()),
            // Whether it has a value is not known either.
            (other, _) => Value::Unknown(other.why().of_row()),
        },
        _ => truth(b, env),
    }
}

fn truth<'e>(b: &'e Bound, env: &'e dyn Env) -> Value<'e> {
    match &b.op {
        Op::Compare { op, left, right, allowance } => compare_op(env, *op, left, right, allowance),
        Op::Between { not, value, low, high, allowance } => {
            between(env, *not, [value, low, high], allowance)
        }
        Op::InList { not, value, list } => in_list(env, *not, value, list),
        Op::IsMissing { not, value } => match eval(value, env) {
            // What is made of a blank is missing, unless what is not known leaves it out.
            Value::Unknown(why) if has_blank_part(value, env) => Value::Unknown(why.of_row()),
            made => {
                state(made, *not, |value| matches!(value, Value::Missing | Value::NotApplicable))
            }
        },
        Op::IsWithheld { not, value } => {
            state(eval(value, env), *not, |value| value.cause() == Some(Why::Withheld))
        }
        Op::IsReadable { not, value } => {
            state(eval(value, env), *not, |value| value.cause().is_none())
        }
        Op::Matches { not, value, regex, whole } => match eval(value, env) {
            Value::Text(t) => Value::Bool(
                if *whole { regex.is_full_match(&t) } else { regex.is_match(&t) } != *not,
            ),
            Value::NotApplicable => Value::NotApplicable,
            other => Value::Unknown(other.why()),
        },
        Op::Items { unit, column, items, each } => {
            each_item::all(items, (*unit, *column), each.as_deref(), (env, &own))
        }
        Op::Not(x) => negate(eval(x, env)),
        Op::And(all) => gather(all, env, false),
        Op::Or(all) => gather(all, env, true),
        _ => Value::mistyped(),
    }
}

/// Whether a value is there, withheld or readable; open where it is not known if its row is there.
fn state<'e>(value: Value<'e>, not: bool, is: impl FnOnce(&Value<'e>) -> bool) -> Value<'e> {
    match value {
        Value::Unknown(why) if why.leaves_row_open() => value,
        value => Value::Bool(is(&value) != not),
    }
}

/// Whether a part of what is computed is blank.
fn has_blank_part(b: &Bound, env: &dyn Env) -> bool {
    let is_blank = |part: &Bound| eval(part, env) == Value::Missing || has_blank_part(part, env);
    match &b.op {
        Op::Arith(_, x, y) => is_blank(x) || is_blank(y),
        Op::Neg(x) => is_blank(x),
        Op::Call { args, .. } => args.iter().any(is_blank),
        _ => false,
    }
}

/// The value of an expression that outlives what it was read from.
fn own(b: &Bound, env: &dyn Env) -> Value<'static> {
    eval(b, env).into_owned()
}

/// The items of a cell for which a demand on each fails, with their places in the text of the cell.
pub fn failing_items(bound: &Bound, env: &dyn Env) -> Vec<(Range<usize>, String)> {
    let Op::Items { unit, column, items, each } = &bound.op else { return Vec::new() };
    let judged = each_item::judged(items, (*unit, *column), each.as_deref(), (env, &own));
    let fails = judged.unwrap_or_default().into_iter().filter(|j| j.2 == Value::Bool(false));
    fails.map(|(at, item, _)| (at, item)).collect()
}

/// A missing truth is unknown.
pub(crate) fn open(v: Value<'_>) -> Value<'_> {
    if v == Value::Missing { Value::Unknown(Why::Missing) } else { v }
}

/// Kleene's `not`.
pub(crate) fn negate(v: Value<'_>) -> Value<'_> {
    match v {
        Value::Bool(b) => Value::Bool(!b),
        other => open(other),
    }
}

/// Kleene's `and` (`decisive` false) and `or` (`decisive` true); what does not apply is neutral.
fn gather<'e>(all: &'e [Bound], env: &'e dyn Env, decisive: bool) -> Value<'e> {
    let (mut unknown, mut possible, mut applied) = (None, false, false);
    for part in all {
        match eval(part, env) {
            Value::Bool(b) if b == decisive => return Value::Bool(decisive),
            Value::Bool(_) => applied = true,
            Value::NotApplicable => {}
            Value::Possible => possible = true,
            other => unknown = unknown.max(Some(other.why())),
        }
    }
    if let Some(why) = unknown {
        Value::Unknown(why)
    } else if possible {
        Value::Possible
    } else if applied {
        Value::Bool(!decisive)
    } else {
        Value::NotApplicable
    }
}

fn keys<'e>(key: &'e [Bound], env: &'e dyn Env) -> Vec<Value<'e>> {
    key.iter().map(|k| eval(k, env)).collect()
}

/// What stands for the row with a key of which a part is blank or not known.
fn no_key<'e>(key: &[Value<'e>]) -> Option<Value<'e>> {
    let is_withheld = |part: &Value<'_>| part.cause() == Some(Why::Withheld);
    match blanks(&key.iter().collect::<Vec<_>>()) {
        Some(Value::Unknown(why)) => Some(Value::Unknown(why.of_row())),
        None | Some(Value::Missing) if key.iter().any(is_withheld) => {
            Some(Value::Unknown(Why::RowWithheld))
        }
        blank => blank,
    }
}

fn lookup<'e>(b: &'e Bound, env: &'e dyn Env, key: &[Value<'e>]) -> Value<'e> {
    let Op::Lookup { state, column, miss, ranges, .. } = b.op else { return Value::mistyped() };
    if let Some(v) = no_key(key) {
        return match (miss, v) {
            (OnMiss::Version { .. }, Value::Missing) => Value::Unknown(Why::NotMatched),
            (_, v) => v,
        };
    }
    if let OnMiss::Version { own: Some(own) } = miss
        && env.lookup(own, key, None, false) == Found::Many
    {
        env.missed(b, own, key, true);
        return Value::Unknown(Why::NotMatched);
    }
    match (env.lookup(state, key, column, ranges), miss) {
        (Found::One(v), _) => v,
        // The row count of the table reports that it has not one row.
        (Found::None | Found::Many, _) if key.is_empty() => {
            env.missed(b, state, key, true);
            Value::Unknown(Why::NoRow)
        }
        (Found::Unknown(why), _) => Value::Unknown(why),
        (Found::None, OnMiss::Version { .. }) => Value::NotApplicable,
        (Found::None, miss) => {
            if miss == OnMiss::Reported && column.is_some() {
                env.missed(b, state, key, false);
            }
            Value::Missing
        }
        (Found::Many, miss) => {
            env.missed(b, state, key, true);
            let is_version = matches!(miss, OnMiss::Version { .. });
            Value::Unknown(if is_version { Why::NotMatched } else { Why::NoRow })
        }
    }
}

fn member<'e>(env: &'e dyn Env, state: StateId, value: Value<'e>, not: bool) -> Value<'e> {
    match value {
        Value::NotApplicable => Value::NotApplicable,
        value => match value.cause() {
            Some(why) => Value::Unknown(why),
            None => match env.member(state, &value) {
                Ok(there) => Value::Bool(there != not),
                Err(why) => Value::Unknown(why),
            },
        },
    }
}

fn aggregate<'e>(
    env: &'e dyn Env,
    state: StateId,
    slot: usize,
    key: &'e [Bound],
    joins: usize,
) -> Value<'e> {
    let key = keys(key, env);
    match no_key(&key) {
        Some(v @ (Value::Unknown(_) | Value::NotApplicable)) => v,
        _ => env.aggregate(state, slot, &joined(key, joins)),
    }
}

/// The key of an aggregate, of which the last `joins` parts must be equal to something of its rows:
/// where such a part is missing no row is chosen, whatever other rows miss, and there is no group
/// with this key.
pub fn joined(mut key: Vec<Value<'_>>, joins: usize) -> Vec<Value<'_>> {
    let by = key.len().saturating_sub(joins);
    for part in key.iter_mut().skip(by).filter(|part| **part == Value::Missing) {
        *part = Value::NotApplicable;
    }
    key
}

fn call<'e>(
    function: &'static crate::expr::function::Function,
    args: &'e [Bound],
    env: &'e dyn Env,
) -> Value<'e> {
    let values = keys(args, env);
    match blanks(&values.iter().collect::<Vec<_>>()) {
        Some(v) => v,
        None if values.iter().any(|v| v.cause().is_some()) => {
            let meaning = || (function.meaning)(&values, env.context());
            let found = function.keeps_bounds.then(meaning);
            found.filter(|v| v.figure().is_some()).unwrap_or(Value::Unknown(Why::Withheld))
        }
        None => (function.meaning)(&values, env.context()),
    }
}

/// An aggregate over values of one row: what is missing is left out, and nothing at all is missing.
fn along<'e>(agg: Agg, values: &[Value<'e>], env: &'e dyn Env) -> Value<'e> {
    let left_out = |v: &&Value<'_>| !matches!(v, Value::Missing | Value::NotApplicable);
    let present: Vec<&Value<'e>> = values.iter().filter(left_out).collect();
    let is_withheld = |v: &&Value<'_>| **v == Value::Unknown(Why::Withheld);
    if let Some(unknown) = blanks(&present)
        && !(agg == Agg::Count && present.iter().all(|v| v.cause().is_none() || is_withheld(v)))
    {
        return unknown;
    }
    let count = Value::number(Number::from(i64::try_from(present.len()).unwrap_or(i64::MAX)));
    if agg == Agg::Count {
        return count;
    }
    let present: Vec<Value<'e>> = present.into_iter().cloned().collect();
    let Some((first, rest)) = present.split_first() else { return Value::Missing };
    let total = || rest.iter().fold(first.clone(), |sum, v| arithmetic(Arith::Add, &sum, v));
    match agg {
        Agg::Sum => total(),
        Agg::Mean => arithmetic(Arith::Div, &total(), &count),
        Agg::Min => least(&present, env.context()),
        Agg::Max => greatest(&present, env.context()),
        _ => Value::mistyped(),
    }
}

fn compare_op<'e>(
    env: &'e dyn Env,
    op: Cmp,
    left: &'e Bound,
    right: &'e Bound,
    allowance: &'e Allowance,
) -> Value<'e> {
    let (a, b) = (eval(left, env), eval(right, env));
    if let Some(v) = blanks(&[&a, &b]) {
        return open(v);
    }
    match (&a, &b, allowance) {
        (Value::Number(x), Value::Number(y), _) if x.withheld || y.withheld => {
            withheld_compare(env, op, (x, y), allowance)
        }
        (Value::Number(x), Value::Number(y), Allowance::Rounding(linear)) => {
            let difference = linear.as_ref().and_then(|l| difference(l, env));
            Value::Bool(possibly(
                op,
                &difference.unwrap_or_else(|| x.interval().sub(&y.interval())),
            ))
        }
        (Value::Number(x), Value::Number(y), Allowance::Relative(share)) => {
            allowing(op, &share_of(share, y), |amount| within(op, x, y, amount))
        }
        (Value::Number(x), Value::Number(y), Allowance::Absolute(amount)) => {
            match allowed(eval(amount, env)) {
                Ok(most) => allowing(op, &most, |amount| within(op, x, y, amount)),
                Err(open) => open,
            }
        }
        (Value::Date(x), Value::Date(y), Allowance::Absolute(amount)) => {
            match allowed(eval(amount, env)) {
                Ok(most) => allowing(op, &most, |amount| dates_within(op, *x, *y, amount)),
                Err(open) => open,
            }
        }
        _ => compare(op, &a, &b),
    }
}

/// A comparison that bounds of a withheld figure may decide.
fn withheld_compare<'e>(
    env: &'e dyn Env,
    op: Cmp,
    (x, y): (&Figure, &Figure),
    allowance: &'e Allowance,
) -> Value<'e> {
    let plain = || x.interval().sub(&y.interval());
    match allowance {
        Allowance::Exact => withheld(op, &plain(), &Number::default()),
        Allowance::Rounding(linear) => {
            let difference = linear.as_ref().and_then(|l| difference(l, env)).unwrap_or_else(plain);
            withheld(op, &difference, &Number::default())
        }
        Allowance::Relative(_) if y.withheld => Value::Unknown(Why::Withheld),
        Allowance::Relative(share) => {
            allowing(op, &share_of(share, y), |amount| withheld(op, &plain(), amount))
        }
        Allowance::Absolute(amount) => match allowed(eval(amount, env)) {
            Ok(most) => allowing(op, &most, |amount| withheld(op, &plain(), amount)),
            Err(open) => open,
        },
    }
}

/// The amount that a comparison allows: one below zero allows nothing that could be said.
fn allowed(amount: Value<'_>) -> Result<Figure, Value<'_>> {
    match amount {
        Value::Number(most) if !most.withheld && most.value.signum() < 0 => {
            Err(Value::Unknown(Why::OutOfBounds))
        }
        Value::Number(most) => Ok(most),
        other => Err(open(blank(&other))),
    }
}

/// The interval of a linear form: each figure is widened once.
pub fn difference(linear: &Linear, env: &dyn Env) -> Option<Interval> {
    let mut total = Interval::point(linear.constant.clone());
    for term in &linear.terms {
        let value = eval(&term.atom, env);
        total = total.add(&value.figure()?.interval().scale(&term.factor));
    }
    Some(total)
}

fn between<'e>(
    env: &'e dyn Env,
    not: bool,
    [value, low, high]: [&'e Bound; 3],
    allowance: &'e Allowance,
) -> Value<'e> {
    let above = compare_op(env, Cmp::Ge, value, low, allowance);
    let below = compare_op(env, Cmp::Le, value, high, allowance);
    let both = match (above, below) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Bool(true), other) | (other, Value::Bool(true)) => other,
        (Value::Possible, Value::Possible) => Value::Possible,
        (Value::NotApplicable, _) | (_, Value::NotApplicable) => Value::NotApplicable,
        (above, below) => Value::Unknown(above.why().combine(below.why())),
    };
    if not { negate(both) } else { both }
}

fn in_list<'e>(env: &'e dyn Env, not: bool, value: &'e Bound, list: &'e [Bound]) -> Value<'e> {
    let value = eval(value, env);
    if let Some(v) = blanks(&[&value]) {
        return open(v);
    }
    let mut open = Value::Bool(false);
    for item in list {
        match compare(Cmp::Eq, &value, &eval(item, env)) {
            Value::Bool(true) => return Value::Bool(!not),
            Value::Bool(false) => {}
            other => open = other,
        }
    }
    negate_if(open, not)
}

fn negate_if(v: Value<'_>, not: bool) -> Value<'_> {
    if not { negate(v) } else { v }
}
