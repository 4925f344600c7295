//! The forms of relations: what is computed of which terms, and how it is written.

use crate::propose::prose::terms::Term;
use crate::value::date::months_between;
use crate::value::{Figure, Number};

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `a / b`, a percentage.
    Share,
    /// `(a - b) / b`.
    Rise,
    /// `(b - a) / b`.
    Fall,
    /// `a / (b - a)`: what was added, of what there was.
    Added,
    /// `a / (b + a)`: what was lost, of what there was.
    Lost,
    /// `a / b`, a number.
    Ratio,
    /// `a / b * c`.
    Rate,
    /// `a - b`.
    Difference,
    /// `a + b + …`.
    Sum,
    /// `a`.
    Same,
    /// `(a + b + …) / n`.
    Mean,
    /// `a - b`, of years; of dates, `years(b, a)`.
    Years,
}

/// What a form gives.
pub fn computed(form: Form, of: &[&Term]) -> Option<Figure> {
    let value = |n: usize| of.get(n).map(|term| &term.value);
    let one = || Figure::exact(Number::from(1i64));
    Some(match form {
        Form::Share | Form::Ratio => value(0)?.div(value(1)?)?,
        Form::Rise => value(0)?.div(value(1)?)?.sub(&one()),
        Form::Fall => one().sub(&value(0)?.div(value(1)?)?),
        Form::Added => value(0)?.div(&value(1)?.sub(value(0)?))?,
        Form::Lost => value(0)?.div(&value(1)?.add(value(0)?))?,
        Form::Rate => value(0)?.div(value(1)?)?.mul(value(2)?),
        Form::Years => match years(of) {
            Some(years) => Figure::exact(Number::from(years)),
            None => value(0)?.sub(value(1)?),
        },
        Form::Difference => value(0)?.sub(value(1)?),
        Form::Sum => sum(of)?,
        Form::Mean => sum(of)?.div(&Figure::exact(Number::from(of.len() as u64)))?,
        Form::Same => value(0)?.clone(),
    })
}

fn sum(of: &[&Term]) -> Option<Figure> {
    let (first, rest) = of.split_first()?;
    Some(rest.iter().fold(first.value.clone(), |sum, term| sum.add(&term.value)))
}

/// The whole years from the second of two dates to the first: the most that they can be.
fn years(of: &[&Term]) -> Option<i64> {
    let date = |n: usize| of.get(n).and_then(|term| term.date.as_ref()).map(|date| date.0);
    Some(months_between(date(1)?.first, date(0)?.last) / 12)
}

/// A form as an expression.
pub fn written(form: Form, of: &[&Term]) -> String {
    let code = |n: usize| of.get(n).map_or("", |term| term.code.as_str());
    let (a, b) = (code(0), code(1));
    match form {
        Form::Share | Form::Ratio => format!("{a} / {b}"),
        Form::Rise => format!("change({a}, {b})"),
        Form::Fall => format!("-change({a}, {b})"),
        Form::Added => format!("{a} / ({b} - {a})"),
        Form::Lost => format!("{a} / ({b} + {a})"),
        Form::Rate => format!("{a} / {b} * {}", code(2)),
        Form::Years => match of {
            [Term { date: Some((_, to)), .. }, Term { date: Some((_, from)), .. }] => {
                format!("years({from}, {to})")
            }
            _ => format!("{a} - {b}"),
        },
        Form::Difference => format!("{a} - {b}"),
        Form::Sum => all(of, |term| &term.code, " + "),
        Form::Mean => format!("({}) / {}", all(of, |term| &term.code, " + "), of.len()),
        Form::Same => a.to_string(),
    }
}

/// What is said of each of some terms, with a sign between.
fn all(of: &[&Term], said: fn(&Term) -> &String, sign: &str) -> String {
    of.iter().map(|term| said(term).as_str()).collect::<Vec<_>>().join(sign)
}

/// A form in words.
pub fn titled(form: Form, stated: &str, of: &[&Term]) -> String {
    let said = |n: usize| of.get(n).map_or("", |term| term.said.as_str());
    let (a, b) = (said(0), said(1));
    match form {
        Form::Share => format!("{stated} is the share of {a} in {b}"),
        Form::Rise => format!("{stated} is the rise from {b} to {a}"),
        Form::Fall => format!("{stated} is the fall from {b} to {a}"),
        Form::Added => format!("{stated} is the rise by {a} to {b}"),
        Form::Lost => format!("{stated} is the fall by {a} to {b}"),
        Form::Ratio => format!("{stated} is {a} divided by {b}"),
        Form::Rate => format!("{stated} is {a} of {b}, for every {}", said(2)),
        Form::Difference => format!("{stated} is the difference of {a} and {b}"),
        Form::Sum | Form::Mean => {
            let (last, rest) = of.split_last().map_or(("", of), |(t, rest)| (&*t.said, rest));
            let what = if form == Form::Mean { "average" } else { "sum" };
            let rest = all(rest, |term| &term.said, ", ");
            format!("{stated} is the {what} of {rest} and {last}")
        }
        Form::Years => format!("{stated} years are from {b} to {a}"),
        Form::Same if a.to_lowercase() == stated.to_lowercase() => {
            format!("{stated} is said twice")
        }
        Form::Same => format!("{stated} is {a}"),
    }
}
