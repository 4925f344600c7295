//! Values, places and operations as certificates have them.

use std::borrow::Cow;

use crate::expr::bound::Op;
use crate::expr::print::{aggregate_word, sign};
use crate::expr::tree::Arith;
use crate::report::certificate::{CellPlace, Exact, Operation, Range};
use crate::report::{At, Place};
use crate::source::{Files, Span};
use crate::value::{Days, Interval, Value};

/// A number, a text or whatever a value is, exactly.
pub(crate) fn exact(value: &Value<'_>) -> Exact {
    match value {
        Value::Missing => Exact::Missing,
        Value::Unknown(why) => Exact::Unknown(why.words().to_string()),
        Value::NotApplicable => Exact::NotApplicable,
        Value::Possible => Exact::Possible,
        Value::Number(figure) => Exact::Number(figure.value.to_text()),
        Value::Date(d) => Exact::Date(Days::day(d.first).to_text(), Days::day(d.last).to_text()),
        Value::DateTime(t) | Value::Time(t) | Value::Duration(t) => Exact::Micros(*t),
        Value::Text(text) => Exact::Text(text.to_string()),
        Value::Bool(truth) => Exact::Truth(*truth),
    }
}

/// An interval as it is written.
pub(crate) fn range(interval: &Interval) -> Range {
    let (low, high) = (interval.lo.at(), interval.hi.at());
    Range {
        low_open: low.is_some() && !interval.lo.is_closed(),
        high_open: high.is_some() && !interval.hi.is_closed(),
        low: low.map(|n| n.to_text()),
        high: high.map(|n| n.to_text()),
    }
}

/// An operation with its value.
pub(crate) fn made(op: &str, args: Vec<Operation>, value: &Value<'_>) -> Operation {
    let figure = value.figure().and_then(|f| f.range.as_deref());
    Operation { args, range: figure.map(range), ..Operation::new(op, exact(value)) }
}

/// A place as certificates have it.
pub(crate) fn cell_place(files: &dyn Files, place: &Place) -> CellPlace {
    let (file, from) = (place.at.file(), place.at.from());
    let (span, derived) = match place.at {
        At::Bytes { span, derived, .. } => (span, derived),
        At::Cells { .. } | At::Record { .. } | At::Keyed { .. } => (Span::default(), false),
    };
    CellPlace {
        file: files.path(file),
        start: span.start,
        end: span.end,
        line: from.line,
        column: from.column,
        derived,
        address: place.at.address(files.addresses(file).as_deref()),
    }
}

/// What an operation is called.
pub(crate) fn word(op: &Op) -> Cow<'static, str> {
    let word = match op {
        Op::Neg(_) => "neg",
        Op::Arith(Arith::Add, ..) => "+",
        Op::Arith(Arith::Sub, ..) => "-",
        Op::Arith(Arith::Mul, ..) => "*",
        Op::Arith(Arith::Div, ..) => "/",
        Op::Compare { op, .. } => sign(*op),
        Op::Between { .. } => "between",
        Op::InList { .. } => "in",
        Op::IsMissing { .. } => "is missing",
        Op::IsReadable { .. } => "is readable",
        Op::IsWithheld { .. } => "is withheld",
        Op::Matches { .. } => "matches",
        Op::Not(_) => "not",
        Op::And(_) => "and",
        Op::Or(_) => "or",
        Op::If { .. } => "if",
        Op::Default { .. } => "default",
        Op::Read { .. } => "read",
        Op::Call { function, .. } => function.name,
        Op::Along { agg, .. } => return format!("along {}", aggregate_word(*agg)).into(),
        _ => "given:value",
    };
    word.into()
}
