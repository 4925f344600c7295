//! One value of any type.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::value::date::{DAY_MICROS, Days, day_of_micros};
use crate::value::{Figure, Number, Why};

/// One value of the language. The scalar meaning works on these; the scan does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value<'a> {
    /// No value: a blank cell, a look-up without a hit, an aggregate over nothing.
    Missing,
    /// A cell that cannot be read, or anything made from one; also a truth that cannot be known.
    Unknown(Why),
    /// Off the end of `prev` and `next`, an `if` that does not apply, no old version.
    NotApplicable,
    /// A truth that partial dates leave open: an assertion holds, a condition is unknown.
    Possible,
    /// A number, a percentage, an integer or a year.
    Number(Figure),
    /// Some day of a chunk of days.
    Date(Days),
    /// Microseconds since 1970-01-01T00:00:00.
    DateTime(i64),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds.
    Duration(i64),
    Text(Cow<'a, str>),
    /// True or false.
    Bool(bool),
}

impl<'a> Value<'a> {
    /// An exact number.
    pub fn number(n: Number) -> Value<'a> {
        Value::Number(Figure::exact(n))
    }
    /// The figure, if it is one.
    pub fn figure(&self) -> Option<&Figure> {
        if let Value::Number(f) = self { Some(f) } else { None }
    }
    /// What keeps it from being a value; none if it is one.
    pub fn cause(&self) -> Option<Why> {
        match self {
            Value::Unknown(why) => Some(*why),
            Value::Number(f) if f.withheld => Some(Why::Withheld),
            Value::Missing | Value::NotApplicable => Some(Why::Missing),
            Value::Possible => Some(Why::Undecided),
            _ => None,
        }
    }
    /// Why it is no answer.
    pub fn why(&self) -> Why {
        self.cause().unwrap_or(Why::Undecided)
    }
    /// What operands come to whose types the binder refuses together.
    pub(crate) fn mistyped() -> Value<'a> {
        debug_assert!(false, "the binder lets no such types through");
        Value::Unknown(Why::Undecided)
    }
    /// Without borrowing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Missing => Value::Missing,
            Value::Unknown(why) => Value::Unknown(why),
            Value::NotApplicable => Value::NotApplicable,
            Value::Possible => Value::Possible,
            Value::Number(f) => Value::Number(f),
            Value::Date(d) => Value::Date(d),
            Value::DateTime(t) => Value::DateTime(t),
            Value::Time(t) => Value::Time(t),
            Value::Duration(t) => Value::Duration(t),
            Value::Text(t) => Value::Text(Cow::Owned(t.into_owned())),
            Value::Bool(b) => Value::Bool(b),
        }
    }
    /// As text: numbers exactly, dates in ISO form.
    pub fn to_text(&self) -> String {
        match self {
            Value::Missing => "missing".into(),
            Value::Unknown(_) => "unknown".into(),
            Value::NotApplicable => "not applicable".into(),
            Value::Possible => "possible".into(),
            Value::Number(f) if f.withheld => "unknown".into(),
            Value::Number(f) => f.value.to_text(),
            Value::Date(d) => d.to_text(),
            Value::DateTime(t) => {
                let time = clock(t.rem_euclid(DAY_MICROS).unsigned_abs());
                format!("{}T{time}", Days::day(day_of_micros(*t)).to_text())
            }
            Value::Time(t) | Value::Duration(t) => {
                let sign = if *t < 0 { "-" } else { "" };
                format!("{sign}{}", clock(t.unsigned_abs()))
            }
            Value::Text(t) => t.to_string(),
            Value::Bool(b) => b.to_string(),
        }
    }
}

fn clock(micros: u64) -> String {
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { text } else { format!("{text}.{rest:06}").trim_end_matches('0').to_string() }
}
