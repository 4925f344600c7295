//! Contracts that no cell can meet, or that say nothing.

use crate::expr::bind::ty::{is_numeric, word};
use crate::expr::bind::{CONTRADICTORY_RULE, TYPE_MISMATCH};
use crate::expr::compare::compare;
use crate::expr::tree::Cmp;
use crate::rules::{ColumnRule, Demand, Spanned, TableRule};
use crate::source::{FileId, Problem, Span};
use crate::value::{Reading, Type, Value};

/// A bound of a contract: its key, the text, whether the text itself is out of it.
struct Bound<'c> {
    key: &'static str,
    text: &'c str,
    strict: bool,
    span: Span,
}

/// What contradicts itself in the contract of a column that the table has.
pub fn of_column(
    rule: &TableRule,
    contract: &ColumnRule,
    reading: &Reading,
    problems: &mut Vec<Problem>,
) {
    let mut report = |span: Span, message: String, label: &str, help: String| {
        let problem = Problem::new(&CONTRADICTORY_RULE, rule.file, span, message);
        problems.push(problem.label(label).help(help));
    };
    let name = &contract.name.value;
    let (low, high) = (bounds(contract, true), bounds(contract, false));
    if let (Type::Text, Some(first)) = (reading.ty, low.iter().chain(&high).next()) {
        let message = format!("`{name}` is text, and `{}` needs an order", first.key);
        let help = "set the type of the column, such as type = \"number\"; for the number of characters, min_length and max_length";
        report(first.span, message, "not for text", help.into());
        return;
    }
    for pair in [&low, &high] {
        if let [first, second] = &pair[..] {
            let message =
                format!("`{}` beside `{}`: only one of them can count", second.key, first.key);
            report(second.span, message, "the second", "remove one of them".into());
        }
    }
    if let ([low, ..], [high, ..]) = (&low[..], &high[..]) {
        let op = if low.strict || high.strict { Cmp::Lt } else { Cmp::Le };
        if let (Some(a), Some(b)) = (value(low.text, reading), value(high.text, reading))
            && compare(op, &a, &b) == Value::Bool(false)
        {
            let message = format!(
                "no value is both {} {} and {} {}",
                words(low),
                low.text,
                words(high),
                high.text
            );
            report(
                high.span,
                message,
                "contradicts",
                format!("change `{}` or `{}`", low.key, high.key),
            );
        }
    }
    lengths(contract, &mut report);
    for demand in &contract.demands {
        if matches!(&demand.value, Demand::OneOf(all) if all.is_empty()) {
            let message = format!("no value of `{name}` is in an empty list");
            report(
                demand.span,
                message,
                "empty",
                "list the values: one_of = [\"yes\", \"no\"]".into(),
            );
        }
    }
}

/// What is wrong where the values of a column are asked for in another one of another type: none is there.
pub fn of_types(
    (name, table, column): (&str, &str, &str),
    (own, other): (Type, Option<Type>),
    (file, span): (FileId, Span),
) -> Option<Problem> {
    let other = other.filter(|other| *other != own && !(is_numeric(own) && is_numeric(*other)))?;
    let message = format!("this compares {} with {}", word(own), word(other));
    let help = format!(
        "`{name}` has the type {}, and `{table}.{column}` the type {}: give both one type",
        own.word(),
        other.word()
    );
    let problem = Problem::new(&TYPE_MISMATCH, file, span, message);
    Some(problem.label("these cannot be compared").help(help))
}

/// The lower bounds of a contract, or the upper ones.
fn bounds(contract: &ColumnRule, low: bool) -> Vec<Bound<'_>> {
    fn of(d: &Spanned<Demand>, low: bool) -> Option<Bound<'_>> {
        match (&d.value, low) {
            (Demand::Min(text), true) => {
                Some(Bound { key: "min", text, strict: false, span: d.span })
            }
            (Demand::Above(text), true) => {
                Some(Bound { key: "above", text, strict: true, span: d.span })
            }
            (Demand::Max(text), false) => {
                Some(Bound { key: "max", text, strict: false, span: d.span })
            }
            (Demand::Below(text), false) => {
                Some(Bound { key: "below", text, strict: true, span: d.span })
            }
            _ => None,
        }
    }
    contract.demands.iter().filter_map(|d| of(d, low)).collect()
}

fn words(bound: &Bound<'_>) -> &'static str {
    match bound.key {
        "min" => "at least",
        "max" => "at most",
        key => key,
    }
}

fn value<'t>(text: &'t str, reading: &Reading) -> Option<Value<'t>> {
    Reading { missing: Vec::new(), ..Reading::new(reading.ty) }.read(text).ok()
}

fn lengths(contract: &ColumnRule, report: &mut dyn FnMut(Span, String, &str, String)) {
    let length = |of: fn(&Demand) -> Option<u64>| {
        contract.demands.iter().find_map(|d| Some((of(&d.value)?, d.span)))
    };
    let least = length(|d| if let Demand::MinLength(n) = d { Some(*n) } else { None });
    let most = length(|d| if let Demand::MaxLength(n) = d { Some(*n) } else { None });
    if let (Some((least, _)), Some((most, span))) = (least, most)
        && least > most
    {
        let message = format!("no text has at least {least} and at most {most} characters");
        report(span, message, "contradicts", "change `min_length` or `max_length`".into());
    }
}
