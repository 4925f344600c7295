//! What a function is: a row of the table of functions.

use crate::expr::meanings::Context;
use crate::value::{Type, Value};

/// The scalar meaning: arguments that are there and known, to a value.
pub type Meaning = for<'a> fn(&[Value<'a>], &Context) -> Value<'a>;

/// What stands at a place of the argument list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// A value of this type (numbers of all kinds go for numbers).
    Of(Type),
    /// The type of the first argument.
    Same,
    /// A time of day, or a date and time.
    Clock,
    /// Anything.
    Any,
}

/// The type of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Out {
    /// Always this.
    Is(Type),
    /// That of an argument.
    SameAs(usize),
}

/// One function.
#[derive(Debug)]
pub struct Function {
    /// As written in expressions.
    pub name: &'static str,
    /// Names and types of its arguments.
    pub params: &'static [Param],
    /// How it is called, for people.
    pub signature: &'static str,
    /// How many of the last arguments may be left out.
    pub optional: usize,
    /// Whether the last argument may be repeated.
    pub variadic: bool,
    /// The type of its result.
    pub result: Out,
    /// One line.
    pub doc: &'static str,
    /// An expression that holds, or that shows the use where it needs a row.
    pub example: &'static str,
    /// What it means.
    pub meaning: Meaning,
    /// Evaluated with its row or its missing arguments: the evaluator does it.
    pub special: bool,
    /// Whether bounds of its arguments are bounds of its result, so that a withheld figure is one.
    pub keeps_bounds: bool,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

#[allow(clippy::too_many_arguments)] // one row of the table
pub(crate) const fn row(
    name: &'static str,
    signature: &'static str,
    params: &'static [Param],
    result: Out,
    doc: &'static str,
    example: &'static str,
    meaning: Meaning,
) -> Function {
    Function {
        name,
        params,
        signature,
        optional: 0,
        variadic: false,
        result,
        doc,
        example,
        meaning,
        special: false,
        keeps_bounds: false,
    }
}

pub(crate) const fn optional(f: Function, optional: usize) -> Function {
    Function { optional, ..f }
}

pub(crate) const fn variadic(f: Function) -> Function {
    Function { variadic: true, ..f }
}

pub(crate) const fn special(f: Function) -> Function {
    Function { special: true, ..f }
}

pub(crate) const fn bounded(f: Function) -> Function {
    Function { keeps_bounds: true, ..f }
}
