//! The working of a finding as rows below it, and the formulas that compute it again from these:
//! both are made of its certificate.

use std::borrow::Cow;

use crate::render::xlsx::figure::{Figure, Look};
use crate::render::xlsx::formula::{self, Aggregate};
use crate::render::xlsx::sheet::day;
use crate::report::certificate::{CellPlace, Exact, Operation};
use crate::report::document::JsonWorking;

/// A row below a finding: a figure that went into it.
#[derive(Debug)]
pub struct Detail<'c> {
    /// How deep it stands below the finding, from 1.
    pub depth: u8,
    /// What it is called.
    pub name: Cow<'c, str>,
    /// What is done with it: `+`, `−`, `×`, `÷`, or nothing.
    pub sign: &'static str,
    /// What it comes to.
    pub value: Cow<'c, Exact>,
    /// The formula that gives it, where other rows do.
    pub formula: Option<String>,
    /// How its number is shown.
    pub look: Look,
    /// As it is written.
    pub text: &'c str,
    /// Where it stands: file, line and column.
    pub place: Option<(&'c str, String)>,
}

/// The rows of one side of a comparison.
pub struct Rows<'c> {
    /// The column of the sheet that holds the values of the side.
    column: &'static str,
    /// The number of the first row, as formulas have it.
    first: usize,
    /// The rows.
    pub details: Vec<Detail<'c>>,
}

/// Spreadsheets group rows so deep.
const DEEPEST: u8 = 7;

impl<'c> Rows<'c> {
    /// No rows yet; the first will have this number.
    pub fn new(column: &'static str, first: usize) -> Rows<'c> {
        Rows { column, first, details: Vec::new() }
    }

    /// Lists what a side is made of; the formula that gives its value, where there is one.
    pub fn side(&mut self, of: &'c Operation) -> Option<String> {
        if let Some(aggregate) = Aggregate::of(&of.op) {
            return self.aggregate(of, aggregate, 1).0;
        }
        if formula::is_computed(&of.op) {
            return self.computed(of, 1);
        }
        let row = self.details.len();
        let reference = self.term(of, "", 1);
        let is_listed = self.details.len() > row;
        let day_of = |value: &Exact| match value {
            Exact::Date(first, last) if first == last => day(first),
            _ => None,
        };
        reference.or_else(|| day_of(&of.value).filter(|_| is_listed).map(|_| self.name(row)))
    }

    /// Lists an operand; how a formula names it.
    fn term(&mut self, of: &'c Operation, sign: &'static str, depth: u8) -> Option<String> {
        if of.op == "constant" {
            return literal(&of.value);
        }
        if formula::is_computed(&of.op) {
            let before = self.details.len();
            if let Some(formula) = self.computed(of, depth) {
                return Some(format!("({formula})"));
            }
            self.details.truncate(before);
        }
        let own = self.list(of, sign, depth);
        let below = depth.saturating_add(1).min(DEEPEST);
        if let Some(aggregate) = Aggregate::of(&of.op) {
            let (formula, look) = self.aggregate(of, aggregate, below);
            if let Some(detail) = self.details.get_mut(own) {
                (detail.formula, detail.look) = (formula, detail.look.and(look));
            }
        } else if !is_read(&of.op) {
            of.args.iter().for_each(|arg| drop(self.term(arg, "", below)));
        }
        self.reference(own)
    }

    /// What follows from operands, as a formula over these.
    fn computed(&mut self, of: &'c Operation, depth: u8) -> Option<String> {
        let signs = formula::signs(&of.op).into_iter().chain(std::iter::repeat(""));
        let args: Vec<_> =
            of.args.iter().zip(signs).map(|(arg, sign)| self.term(arg, sign, depth)).collect();
        formula::of(&of.op, &args.into_iter().collect::<Option<Vec<_>>>()?)
    }

    /// Lists the rows of an aggregate; its formula, and how its value is shown.
    fn aggregate(
        &mut self,
        of: &'c Operation,
        aggregate: Aggregate,
        depth: u8,
    ) -> (Option<String>, Look) {
        let first = self.details.len();
        let mut look = Look::default();
        for arg in &of.args {
            let own = self.list(arg, aggregate.sign(), depth);
            let Some(detail) = self.details.get_mut(own) else { continue };
            detail.formula = if arg.args.is_empty() { None } else { inline(arg) };
            look = look.and(detail.look);
        }
        let listed = self.details.len() - first;
        if let Some(rest) = &of.rest {
            let value = rest.value.clone().map_or(Exact::Missing, Exact::Number);
            self.details.push(Detail {
                depth,
                name: format!("{} more rows, together", rest.count).into(),
                sign: aggregate.sign(),
                value: Cow::Owned(value),
                formula: None,
                look,
                text: "",
                place: None,
            });
        }
        let is_whole = (first..self.details.len()).all(|row| self.is_summable(row));
        let rows = formula::Range {
            column: self.column,
            first: self.first + first,
            listed,
            more: of.rest.as_ref().map(|rest| (rest.count, rest.value.is_some())),
        };
        (aggregate.formula(&rows, is_whole), look)
    }

    /// Adds the row of an operation; its index.
    fn list(&mut self, of: &'c Operation, sign: &'static str, depth: u8) -> usize {
        let (text, place) = cell_of(of);
        let place = place.map(|place| (&*place.file, place.behind()));
        let look = match &of.value {
            Exact::Number(exact) => Look::written(text, exact),
            _ => Look::default(),
        };
        let name = match &*of.name {
            "" if text.is_empty() => of.op.trim_start_matches("given:"),
            "" => text,
            name => name,
        };
        self.details.push(Detail {
            depth: depth.min(DEEPEST),
            name: name.into(),
            sign,
            value: Cow::Borrowed(&of.value),
            formula: None,
            look,
            text,
            place,
        });
        self.details.len() - 1
    }

    /// Lists the figures of a side as its working has them, where no certificate says how they
    /// are put together.
    pub fn terms(&mut self, working: &'c JsonWorking<'static>, side: &str) {
        for term in working.terms.iter().filter(|term| term.side == side) {
            let value = match &*term.exact {
                "" => Exact::Text(term.value.to_string()),
                exact => Exact::Number(exact.to_string()),
            };
            let place = term.place.as_ref().map(|place| (&*place.file, place.behind()));
            self.details.push(Detail {
                depth: 1,
                name: (&*term.name).into(),
                sign: "",
                look: Look::written(&term.value, &term.exact),
                value: Cow::Owned(value),
                formula: None,
                text: &term.value,
                place,
            });
        }
    }

    fn name(&self, row: usize) -> String {
        format!("{}{}", self.column, self.first + row)
    }

    /// How a formula names a row, where its value is a number that a cell can hold.
    fn reference(&self, row: usize) -> Option<String> {
        let value = &self.details.get(row)?.value;
        literal(value).map(|_| self.name(row))
    }

    /// Whether the value of a row enters a sum of cells as it enters the aggregate.
    fn is_summable(&self, row: usize) -> bool {
        self.details.get(row).is_some_and(|detail| match &*detail.value {
            Exact::Missing | Exact::NotApplicable => true,
            value => literal(value).is_some(),
        })
    }
}

/// Whether an operation reads a cell that is its last operand: the others say where that is.
pub fn is_read(op: &str) -> bool {
    matches!(op, "look-up" | "prev" | "next")
}

/// Text and place of the first cell that something is made of.
pub fn cell_of(of: &Operation) -> (&str, Option<&CellPlace>) {
    match (&of.text, &of.place) {
        (None, None) if is_read(&of.op) => of.args.last().map(cell_of).unwrap_or_default(),
        (None, None) => of.args.iter().map(cell_of).find(|c| c.1.is_some()).unwrap_or_default(),
        (text, place) => (text.as_deref().unwrap_or_default(), place.as_ref()),
    }
}

/// An exact number as a formula has it.
fn literal(value: &Exact) -> Option<String> {
    match value {
        Exact::Number(exact) => Figure::of(exact)?.literal(exact),
        _ => None,
    }
}

/// A formula that gives a value from its operands, which are written in it.
fn inline(of: &Operation) -> Option<String> {
    let operand = |arg: &Operation| match formula::is_computed(&arg.op) {
        true => inline(arg).map(|formula| format!("({formula})")),
        false => literal(&arg.value),
    };
    formula::of(&of.op, &of.args.iter().map(operand).collect::<Option<Vec<_>>>()?)
}

/// A comparison and its two sides.
pub struct Compared<'c> {
    /// The comparison.
    pub of: &'c Operation,
    /// Its left side.
    pub left: &'c Operation,
    /// Its right side, or the end of `between` that is not met.
    pub right: &'c Operation,
}

/// The comparison that a working is about, found by the values of its sides.
pub fn compared<'c>(
    of: &'c Operation,
    relation: &str,
    values: (&str, &str),
) -> Option<Compared<'c>> {
    let is = |of: &Operation, exact: &str| match &of.value {
        Exact::Number(number) => number == exact,
        _ => exact.is_empty(),
    };
    if let Some((left, others)) = of.args.split_first().filter(|_| is_comparison(&of.op, relation))
    {
        let right = others.iter().find(|right| is(right, values.1));
        if let Some(right) = right.filter(|_| is(left, values.0)) {
            return Some(Compared { of, left, right });
        }
    }
    of.args.iter().find_map(|arg| compared(arg, relation, values))
}

fn is_comparison(op: &str, relation: &str) -> bool {
    op == relation || matches!(op, "between" | "not between")
}
