//! The function table: names, types, documents, meanings. docs/functions.md is made from it.

pub use crate::expr::aggregates::AGGREGATES;
use crate::expr::meanings as m;
pub use crate::expr::meanings::Context;
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
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

use Param::{Any, Clock, Of, Same};
use Type::{Boolean, Date, Integer, Number, Percent, Text};

#[allow(clippy::too_many_arguments)] // one row of the table
const fn row(
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
    }
}

const fn optional(f: Function, optional: usize) -> Function {
    Function { optional, ..f }
}

const fn variadic(f: Function) -> Function {
    Function { variadic: true, ..f }
}

const fn special(f: Function) -> Function {
    Function { special: true, ..f }
}

const NUM: Param = Of(Number);
const TXT: Param = Of(Text);
const DAY: Param = Of(Date);

/// All plain functions, in the order of the reference page.
pub static FUNCTIONS: &[Function] = &[
    row(
        "abs",
        "abs(x)",
        &[NUM],
        Out::SameAs(0),
        "the number without its sign",
        "abs(-3) = 3",
        m::abs,
    ),
    optional(
        row(
            "round",
            "round(x, digits)",
            &[NUM, NUM],
            Out::SameAs(0),
            "rounded to `digits` decimals (0 by default), halves away from zero; to check a published number use `within rounding`",
            "round(2.45, 1) = 2.5",
            m::round,
        ),
        1,
    ),
    row(
        "floor",
        "floor(x)",
        &[NUM],
        Out::Is(Number),
        "rounded down to a whole number",
        "floor(-2.5) = -3",
        m::floor,
    ),
    row(
        "ceil",
        "ceil(x)",
        &[NUM],
        Out::Is(Number),
        "rounded up to a whole number",
        "ceil(2.1) = 3",
        m::ceil,
    ),
    variadic(row(
        "least",
        "least(a, b, …)",
        &[Any, Same],
        Out::SameAs(0),
        "the smallest of its arguments",
        "least(3, 1, 2) = 1",
        m::least,
    )),
    variadic(row(
        "greatest",
        "greatest(a, b, …)",
        &[Any, Same],
        Out::SameAs(0),
        "the largest of its arguments",
        "greatest(3, 1, 2) = 3",
        m::greatest,
    )),
    row(
        "mod",
        "mod(a, b)",
        &[NUM, NUM],
        Out::Is(Number),
        "the remainder of a divided by b, with the sign of b",
        "mod(7, 2) = 1",
        m::modulo,
    ),
    row(
        "sqrt",
        "sqrt(x)",
        &[NUM],
        Out::Is(Number),
        "the square root; exact if it can be, otherwise to 30 decimals",
        "sqrt(2.25) = 1.5",
        m::sqrt,
    ),
    row(
        "change",
        "change(new, old)",
        &[NUM, NUM],
        Out::Is(Percent),
        "the relative change from old to new, as a percentage",
        "change(110, 100) = 10%",
        m::change,
    ),
    special(row(
        "default",
        "default(x, y)",
        &[Any, Same],
        Out::SameAs(0),
        "x, or y if x is missing; a look-up inside it that finds no row is not reported",
        "default(missing, 3) = 3",
        m::never,
    )),
    row(
        "attainable",
        "attainable(figure, n)",
        &[NUM, NUM],
        Out::Is(Boolean),
        "whether a whole number divided by n can give the figure as written (the GRIM test)",
        "attainable(0.5, 2)",
        m::attainable,
    ),
    row(
        "length",
        "length(t)",
        &[TXT],
        Out::Is(Integer),
        "the number of characters",
        "length(\"Żabno\") = 5",
        m::length,
    ),
    row(
        "lower",
        "lower(t)",
        &[TXT],
        Out::Is(Text),
        "in lower case",
        "lower(\"AB\") = \"ab\"",
        m::lower,
    ),
    variadic(row(
        "concat",
        "concat(a, b, …)",
        &[TXT, TXT],
        Out::Is(Text),
        "the texts one after the other",
        "concat(\"a\", \"-\", \"b\") = \"a-b\"",
        m::concat,
    )),
    row(
        "upper",
        "upper(t)",
        &[TXT],
        Out::Is(Text),
        "in upper case",
        "upper(\"ab\") = \"AB\"",
        m::upper,
    ),
    row(
        "trim",
        "trim(t)",
        &[TXT],
        Out::Is(Text),
        "without white space at either end",
        "trim(\" a \") = \"a\"",
        m::trim,
    ),
    row(
        "left",
        "left(t, n)",
        &[TXT, NUM],
        Out::Is(Text),
        "the first n characters",
        "left(\"A012\", 1) = \"A\"",
        m::left,
    ),
    row(
        "right",
        "right(t, n)",
        &[TXT, NUM],
        Out::Is(Text),
        "the last n characters",
        "right(\"A012\", 2) = \"12\"",
        m::right,
    ),
    row(
        "slice",
        "slice(t, from, n)",
        &[TXT, NUM, NUM],
        Out::Is(Text),
        "n characters, starting at position `from` (the first is 1)",
        "slice(\"A012\", 2, 2) = \"01\"",
        m::slice,
    ),
    row(
        "replace",
        "replace(t, old, new)",
        &[TXT, TXT, TXT],
        Out::Is(Text),
        "every `old` replaced by `new`",
        "replace(\"1 840\", \" \", \"\") = \"1840\"",
        m::replace,
    ),
    optional(
        row(
            "capture",
            "capture(t, pattern, group)",
            &[TXT, TXT, NUM],
            Out::Is(Text),
            "the text that a group of a regular expression matches (the first group by default); missing if there is no match",
            "capture(\"page 12\", \"(\\d+)\") = \"12\"",
            m::capture,
        ),
        1,
    ),
    row(
        "starts_with",
        "starts_with(t, start)",
        &[TXT, TXT],
        Out::Is(Boolean),
        "whether t starts with `start`",
        "starts_with(\"abc\", \"a\")",
        m::starts_with,
    ),
    row(
        "ends_with",
        "ends_with(t, end)",
        &[TXT, TXT],
        Out::Is(Boolean),
        "whether t ends with `end`",
        "ends_with(\"abc\", \"c\")",
        m::ends_with,
    ),
    row(
        "contains",
        "contains(t, part)",
        &[TXT, TXT],
        Out::Is(Boolean),
        "whether t contains `part`",
        "contains(\"abc\", \"b\")",
        m::contains,
    ),
    row(
        "year",
        "year(d)",
        &[DAY],
        Out::Is(Type::Year),
        "the year of a date; missing if a partial date spans several years",
        "year(date \"1993-04-02\") = 1993",
        m::year,
    ),
    row(
        "month",
        "month(d)",
        &[DAY],
        Out::Is(Integer),
        "the month of a date, 1 to 12",
        "month(date \"1993-04-02\") = 4",
        m::month,
    ),
    row(
        "day",
        "day(d)",
        &[DAY],
        Out::Is(Integer),
        "the day of the month, 1 to 31",
        "day(date \"1993-04-02\") = 2",
        m::day,
    ),
    row(
        "weekday",
        "weekday(d)",
        &[DAY],
        Out::Is(Integer),
        "1 for Monday to 7 for Sunday",
        "weekday(date \"1993-04-02\") = 5",
        m::weekday,
    ),
    row(
        "quarter",
        "quarter(d)",
        &[DAY],
        Out::Is(Integer),
        "the quarter of a date, 1 to 4; missing if a partial date spans several quarters",
        "quarter(date \"1993-04-02\") = 2",
        m::quarter,
    ),
    row(
        "hour",
        "hour(t)",
        &[Clock],
        Out::Is(Integer),
        "the hour of a time, or of a date and time, 0 to 23; in UTC if it has an offset",
        "hour(time \"09:30\") = 9",
        m::hour,
    ),
    row(
        "minute",
        "minute(t)",
        &[Clock],
        Out::Is(Integer),
        "the minute of a time, or of a date and time, 0 to 59",
        "minute(time \"09:30\") = 30",
        m::minute,
    ),
    row(
        "days",
        "days(from, to)",
        &[DAY, DAY],
        Out::Is(Integer),
        "the number of days from one date to another",
        "days(date \"1993-04-02\", date \"1993-04-09\") = 7",
        m::days,
    ),
    row(
        "months",
        "months(from, to)",
        &[DAY, DAY],
        Out::Is(Integer),
        "whole months from one date to another; dates without a day are counted by month",
        "months(date \"1993-04\", date \"1993-07\") = 3",
        m::months,
    ),
    row(
        "years",
        "years(from, to)",
        &[DAY, DAY],
        Out::Is(Integer),
        "whole years from one date to another",
        "years(date \"1988-02-20\", date \"1994-05-12\") = 6",
        m::years,
    ),
    row(
        "today",
        "today()",
        &[],
        Out::Is(Date),
        "the date of the run, or of `--today`",
        "today() > date \"2020-01-01\"",
        m::today,
    ),
    optional(
        row(
            "date",
            "date(t, format)",
            &[Any, TXT],
            Out::Is(Date),
            "a text read as a date (ISO by default), or the day of a date and time; unknown if it is not one, and then reported at the cell",
            "date(\"02/04/1993\", \"%d/%m/%Y\") = date \"1993-04-02\"",
            m::date,
        ),
        1,
    ),
    row(
        "number",
        "number(t)",
        &[TXT],
        Out::Is(Number),
        "a text read as a number, a cell as its table writes numbers (`decimal`, `grouping`); unknown if it is not one, and then reported at the cell",
        "number(\"12.5\") = 12.5",
        m::number,
    ),
    special(row(
        "text",
        "text(x)",
        &[Any],
        Out::Is(Text),
        "a cell as it is written; a computed value in its shortest exact form",
        "text(1/4) = \"0.25\"",
        m::text,
    )),
    special(row(
        "row",
        "row()",
        &[],
        Out::Is(Integer),
        "the number of the record in its file, the first below the header being 1; rows made of one record by `unpivot` share it; `=` and `!=` of two such numbers compare the files too",
        "row() > 1",
        m::never,
    )),
    special(row(
        "file",
        "file()",
        &[],
        Out::Is(Text),
        "the path of the file that the row is in",
        "file() != \"\"",
        m::never,
    )),
    special(row(
        "old",
        "old(x)",
        &[Any],
        Out::SameAs(0),
        "the value in the row with the same key of the old version; not applicable if there is none",
        "value = old(value)",
        m::never,
    )),
];

/// The function called `name`.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.name == name)
}

/// Every name that can stand before a parenthesis.
pub fn all_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|f| f.name).chain(AGGREGATES.iter().map(|a| a.name))
}
