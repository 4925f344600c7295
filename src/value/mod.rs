//! Values: exact numbers with their written precision, intervals, partial dates, texts.
//!
//! No binary floating point anywhere in this room. Reading a text into a value never panics and
//! says why it failed and at which of its bytes.

pub mod date;
pub mod date_format;
mod date_text;
pub mod figure;
pub mod hedge;
pub mod interval;
pub mod number;
pub mod prose_date;
pub mod prose_number;
pub mod read;
pub mod why;
pub mod words;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use date::{Civil, Days};
pub use date_format::{DateFormat, FormatError};
pub use figure::{Figure, Rounding};
pub use hedge::Hedge;
pub use interval::Interval;
pub use number::Number;
pub use read::{NumberFormat, Reading, Unread};
pub use why::Why;

/// The type of a column or an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// Any text, compared by its characters.
    Text,
    /// A figure with the precision it was written with.
    Number,
    /// A whole number; an exact count also under `within rounding`.
    Integer,
    /// A share: `20%`, `20 percent` and `20` are 0.20.
    Percent,
    /// A day, or a longer chunk of days that the text leaves open.
    Date,
    /// An instant to the microsecond; in UTC where the text says its offset.
    DateTime,
    /// A time of day.
    Time,
    /// A length of time; hours may go beyond 24.
    Duration,
    /// A calendar year as a number; exact.
    Year,
    /// True or false.
    Boolean,
}

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
    /// A text.
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
            Value::Number(f) => f.value.to_text(),
            Value::Date(d) => d.to_text(),
            Value::DateTime(t) => {
                let time = clock(t.rem_euclid(DAY_MICROS).unsigned_abs());
                format!("{}T{time}", Days::day(date::day_of_micros(*t)).to_text())
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

/// Microseconds of one day.
pub const DAY_MICROS: i64 = 86_400_000_000;

fn clock(micros: u64) -> String {
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { text } else { format!("{text}.{rest:06}").trim_end_matches('0').to_string() }
}
