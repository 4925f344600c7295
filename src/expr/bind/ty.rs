//! The type of an expression while it is still being found out.

use crate::value::Type;

/// The type of an expression, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ty {
    /// It is this.
    Known(Type),
    /// It is that of a column whose type is not known yet.
    Open(usize, usize),
    /// Anything goes: `missing`, or a mistake already reported.
    Any,
}

pub(crate) fn is_numeric(ty: Type) -> bool {
    matches!(ty, Type::Number | Type::Integer | Type::Percent | Type::Year)
}

/// The word for a type in messages.
pub(crate) fn word(ty: Type) -> &'static str {
    match ty {
        Type::Text => "text",
        Type::Number => "a number",
        Type::Integer => "an integer",
        Type::Percent => "a percentage",
        Type::Date => "a date",
        Type::DateTime => "a date and time",
        Type::Time => "a time",
        Type::Duration => "a duration",
        Type::Year => "a year",
        Type::Boolean => "true or false",
    }
}
