//! Operations on two values, and what becomes of operands that are none.

use crate::expr::tree::Arith;
use crate::value::{Days, Figure, Interval, Number, Value, Why};

/// An operation on two values.
pub fn arithmetic<'e>(op: Arith, a: &Value<'_>, b: &Value<'_>) -> Value<'e> {
    if let Some(v) = blanks(&[a, b]) {
        return v;
    }
    match (op, a, b) {
        (Arith::Add, Value::Number(x), Value::Number(y)) => Value::Number(x.add(y)),
        (Arith::Sub, Value::Number(x), Value::Number(y)) => Value::Number(x.sub(y)),
        (Arith::Mul, Value::Number(x), Value::Number(y)) => Value::Number(x.mul(y)),
        (Arith::Div, Value::Number(x), Value::Number(y)) => {
            let open = if y.withheld { Why::Withheld } else { Why::DivisionByZero };
            x.div(y).map_or(Value::Unknown(open), Value::Number)
        }
        (Arith::Div, _, Value::Number(y)) if y.value.is_zero() => {
            Value::Unknown(Why::DivisionByZero)
        }
        (Arith::Div, _, Value::Duration(0)) => Value::Unknown(Why::DivisionByZero),
        _ if a.cause().is_some() || b.cause().is_some() => Value::Unknown(Why::Withheld),
        _ => temporal(op, a, b).unwrap_or(Value::Unknown(Why::OutOfBounds)),
    }
}

/// Nothing where the result is out of bounds.
fn temporal<'e>(op: Arith, a: &Value<'_>, b: &Value<'_>) -> Option<Value<'e>> {
    let add = op == Arith::Add;
    Some(match (a, b) {
        (Value::Date(x), Value::Date(y)) if op == Arith::Sub => {
            let (lo, hi) =
                (i64::from(x.first) - i64::from(y.last), i64::from(x.last) - i64::from(y.first));
            Value::Number(Figure::ranged(
                Number::from(i64::from(x.first) - i64::from(y.first)),
                Interval::closed(Number::from(lo), Number::from(hi)),
            ))
        }
        (Value::Date(d), Value::Number(n)) if matches!(op, Arith::Add | Arith::Sub) => {
            shift(*d, &n.value, add)?
        }
        (Value::Number(n), Value::Date(d)) if add => shift(*d, &n.value, true)?,
        (Value::DateTime(x), Value::DateTime(y)) | (Value::Time(x), Value::Time(y))
            if op == Arith::Sub =>
        {
            Value::Duration(x.checked_sub(*y)?)
        }
        (Value::DateTime(x), Value::Duration(y)) => Value::DateTime(plus(*x, *y, op)?),
        (Value::Time(x), Value::Duration(y)) => Value::Time(plus(*x, *y, op)?),
        (Value::Duration(x), Value::Duration(y)) if op == Arith::Div => {
            Value::Number(Figure::exact(Number::ratio(*x, *y)?))
        }
        (Value::Duration(x), Value::Duration(y)) => Value::Duration(plus(*x, *y, op)?),
        (Value::Duration(x), Value::Number(n)) => {
            let micros = Number::from(*x);
            let scaled =
                if op == Arith::Mul { &micros * &n.value } else { micros.checked_div(&n.value)? };
            Value::Duration(scaled.round(0).to_i64()?)
        }
        _ => Value::mistyped(),
    })
}

fn plus(a: i64, b: i64, op: Arith) -> Option<i64> {
    match op {
        Arith::Add => a.checked_add(b),
        Arith::Sub => a.checked_sub(b),
        _ => None,
    }
}

/// A day out of the calendar is unknown.
fn shift<'e>(d: Days, by: &Number, forward: bool) -> Option<Value<'e>> {
    let by = by.to_i64()?;
    d.later(if forward { by } else { by.checked_neg()? }).map(Value::Date)
}

/// What an operand that is no value makes of an operation.
pub(crate) fn blank<'a>(v: &Value<'_>) -> Value<'a> {
    match v {
        Value::Missing => Value::Missing,
        Value::NotApplicable => Value::NotApplicable,
        other => Value::Unknown(other.why()),
    }
}

/// The first that matters of several: not applicable, then unknown, then missing.
pub(crate) fn blanks<'a>(values: &[&Value<'_>]) -> Option<Value<'a>> {
    let has = |f: fn(&Value<'_>) -> bool| values.iter().any(|v| f(v));
    if has(|v| matches!(v, Value::NotApplicable)) {
        Some(Value::NotApplicable)
    } else if has(|v| matches!(v, Value::Unknown(_) | Value::Possible)) {
        values.iter().filter_map(|v| v.cause()).max().map(Value::Unknown)
    } else if has(|v| matches!(v, Value::Missing)) {
        Some(Value::Missing)
    } else {
        None
    }
}
