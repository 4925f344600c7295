//! Types of columns and expressions.

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

impl Type {
    /// All of them, in the order in which they are listed for people.
    pub const ALL: [Type; 10] = [
        Type::Text,
        Type::Number,
        Type::Integer,
        Type::Percent,
        Type::Date,
        Type::DateTime,
        Type::Time,
        Type::Duration,
        Type::Year,
        Type::Boolean,
    ];

    /// The word that stands in rule files.
    pub fn word(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Number => "number",
            Type::Integer => "integer",
            Type::Percent => "percent",
            Type::Date => "date",
            Type::DateTime => "datetime",
            Type::Time => "time",
            Type::Duration => "duration",
            Type::Year => "year",
            Type::Boolean => "boolean",
        }
    }
}
