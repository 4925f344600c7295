//! Values: exact numbers with their written precision, intervals, partial dates, texts.
//!
//! No binary floating point anywhere in this room. Reading a text into a value never panics and
//! says why it failed and at which of its bytes.

pub mod date;
pub mod figure;
pub mod hedge;
pub mod interval;
pub mod number;
pub mod read;
pub mod words;

use std::borrow::Cow;

pub use date::{Civil, DateFormat, Days};
pub use figure::Figure;
pub use interval::Interval;
pub use number::Number;
pub use read::{NumberFormat, Reading, Unread};

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
    /// A day, or a longer stretch of days that the text leaves open.
    Date,
    /// An instant to the microsecond, without time zone.
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
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// No value: a blank cell, a look-up without a hit, an aggregate over nothing.
    Missing,
    /// A cell that cannot be read, or anything made from one; also a truth that cannot be known.
    Unknown,
    /// Off the end of `prev` and `next`, an `if` that does not apply, no old version.
    NotApplicable,
    /// A truth that partial dates leave open: an assertion holds, a condition is unknown.
    Possible,
    /// A number, a percentage, an integer or a year.
    Number(Figure),
    /// Some day of a stretch of days.
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
