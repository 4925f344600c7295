//! The exact meaning of comparisons of two values that are there.

use crate::expr::tree::Cmp;
use crate::value::{Days, Figure, Interval, Number, Value, Why};

/// Whether some point of an interval of left minus right satisfies the comparison.
pub fn possibly(op: Cmp, difference: &Interval) -> bool {
    let zero = Interval::point(Number::default());
    match op {
        Cmp::Eq => difference.contains(&Number::default()),
        Cmp::Ne => !difference.is_point() || difference.lo.at().is_none_or(|n| !n.is_zero()),
        Cmp::Lt => difference.possibly_lt(&zero),
        Cmp::Le => difference.possibly_le(&zero),
        Cmp::Gt => zero.possibly_lt(difference),
        Cmp::Ge => zero.possibly_le(difference),
    }
}

/// The comparison widened by an amount, in favour of holding; ranges may leave it open.
pub(crate) fn within<'e>(op: Cmp, x: &Figure, y: &Figure, amount: &Number) -> Value<'e> {
    if x.range.is_some() || y.range.is_some() {
        return ranges_within(op, &x.interval().sub(&y.interval()), amount);
    }
    let d = &x.value - &y.value;
    Value::Bool(match op {
        Cmp::Eq => d.abs() <= *amount,
        Cmp::Ne => d.abs() > *amount,
        Cmp::Lt => d < *amount,
        Cmp::Le => d <= *amount,
        Cmp::Gt => -&d < *amount,
        Cmp::Ge => -&d <= *amount,
    })
}

/// The same of all that left minus right can be.
fn ranges_within<'e>(op: Cmp, difference: &Interval, amount: &Number) -> Value<'e> {
    let below = difference.sub(&Interval::point(amount.clone()));
    let above = difference.add(&Interval::point(amount.clone()));
    let (can_hold, can_fail) = match op {
        Cmp::Lt | Cmp::Le => (possibly(op, &below), possibly(opposite(op), &below)),
        Cmp::Gt | Cmp::Ge => (possibly(op, &above), possibly(opposite(op), &above)),
        Cmp::Eq | Cmp::Ne => {
            let near = possibly(Cmp::Le, &below) && possibly(Cmp::Ge, &above);
            let far = possibly(Cmp::Gt, &below) || possibly(Cmp::Lt, &above);
            if op == Cmp::Eq { (near, far) } else { (far, near) }
        }
    };
    match (can_hold, can_fail) {
        (true, true) => Value::Possible,
        (can, _) => Value::Bool(can),
    }
}

/// A comparison of dates widened by an amount of days; two exact days leave nothing open.
pub(crate) fn dates_within<'e>(op: Cmp, x: Days, y: Days, amount: &Number) -> Value<'e> {
    let low = i64::from(x.first) - i64::from(y.last);
    let high = i64::from(x.last) - i64::from(y.first);
    let holds = |d: i64| match op {
        Cmp::Eq => Number::from(d).abs() <= *amount,
        Cmp::Ne => Number::from(d).abs() > *amount,
        Cmp::Lt => Number::from(d) < *amount,
        Cmp::Le => Number::from(d) <= *amount,
        Cmp::Gt => Number::from(-d) < *amount,
        Cmp::Ge => Number::from(-d) <= *amount,
    };
    // What holds at both ends and at the least distance between them holds at every distance.
    let verdicts = [low, high, low.max(0.min(high))].map(holds);
    match (verdicts.contains(&true), verdicts.contains(&false)) {
        (true, true) => Value::Possible,
        (can, _) => Value::Bool(can),
    }
}

/// Compares two values that are there; partial dates and ranges may leave it open.
pub fn compare<'e>(op: Cmp, a: &Value<'_>, b: &Value<'_>) -> Value<'e> {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) if x.range.is_none() && y.range.is_none() => {
            Value::Bool(op.holds(&x.value, &y.value))
        }
        (Value::Number(x), Value::Number(y)) => {
            known(ranges(op, &x.interval(), &y.interval()), x.withheld || y.withheld)
        }
        (Value::Date(x), Value::Date(y)) => dates(op, *x, *y),
        (Value::DateTime(x), Value::DateTime(y))
        | (Value::Time(x), Value::Time(y))
        | (Value::Duration(x), Value::Duration(y)) => Value::Bool(op.holds(x, y)),
        (Value::Text(x), Value::Text(y)) => Value::Bool(op.holds(x, y)),
        (Value::Bool(x), Value::Bool(y)) => Value::Bool(op.holds(x, y)),
        _ => Value::Unknown(a.cause().max(b.cause()).unwrap_or(Why::Undecided)),
    }
}

fn opposite(op: Cmp) -> Cmp {
    match op {
        Cmp::Eq => Cmp::Ne,
        Cmp::Ne => Cmp::Eq,
        Cmp::Lt => Cmp::Ge,
        Cmp::Le => Cmp::Gt,
        Cmp::Gt => Cmp::Le,
        Cmp::Ge => Cmp::Lt,
    }
}

/// What a truth is that bounds may leave open: unknown where a figure is withheld.
fn known(truth: Value<'_>, withheld: bool) -> Value<'_> {
    match truth {
        Value::Possible if withheld => Value::Unknown(Why::Withheld),
        truth => truth,
    }
}

/// Whether a comparison with a withheld figure holds for all that it can be, or for none; `slack` is
/// allowed on both sides.
pub(crate) fn withheld<'e>(op: Cmp, difference: &Interval, slack: &Number) -> Value<'e> {
    known(ranges_within(op, difference, slack), true)
}

/// A share of what a figure can be, whatever its sign.
pub(crate) fn share_of(share: &Number, of: &Figure) -> Figure {
    of.abs().mul(&Figure::exact(share.clone()))
}

/// What a comparison comes to for every amount that may be allowed. The more is allowed, the more
/// holds: the least and the most decide.
pub(crate) fn allowing<'e>(
    op: Cmp,
    most: &Figure,
    judge: impl Fn(&Number) -> Value<'e>,
) -> Value<'e> {
    let Some(range) = &most.range else { return judge(&most.value) };
    let least = range.lo.at().filter(|least| least.signum() >= 0).map(&judge);
    let most_allowed = match range.hi.at() {
        Some(most) => judge(most),
        None => Value::Bool(op != Cmp::Ne),
    };
    match least {
        Some(verdict) if verdict == most_allowed => verdict,
        _ if most.withheld => Value::Unknown(Why::Withheld),
        _ => Value::Possible,
    }
}

/// True if it must be, false if it must not be, otherwise open.
fn ranges<'e>(op: Cmp, x: &Interval, y: &Interval) -> Value<'e> {
    let difference = x.sub(y);
    match (possibly(op, &difference), possibly(opposite(op), &difference)) {
        (true, true) => Value::Possible,
        (can, _) => Value::Bool(can),
    }
}

fn dates<'e>(op: Cmp, x: Days, y: Days) -> Value<'e> {
    if x.is_day() && y.is_day() {
        return Value::Bool(op.holds(&x.first, &y.first));
    }
    let none = Number::default();
    ranges(op, &interval(x, &none), &interval(y, &none))
}

/// The days, and so many more on both sides.
fn interval(d: Days, more: &Number) -> Interval {
    Interval::closed(&Number::from(d.first) - more, &Number::from(d.last) + more)
}
