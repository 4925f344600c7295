//! What tables hold that a text may state: sums, means and extremes of columns, and the cells and groups of
//! labels that a sentence names.

use std::collections::BTreeMap;

use crate::propose::column::Column;
use crate::propose::names;
use crate::propose::prose::chance::log2;
use crate::propose::prose::cues::Near;
use crate::propose::prose::terms::{Kind, Term, Terms};
use crate::propose::table::Table;
use crate::value::{Figure, Number, Type};

/// Columns of figures of a table that are looked at.
const COLUMNS: usize = 12;
/// Rows of a table beyond which its labels are too many.
const ROWS: usize = 5000;

/// A value of a table.
pub struct Datum {
    pub term: Term,
    /// Its table and column.
    pub column: (usize, usize),
    /// The label that a sentence must name.
    pub label: Option<String>,
    /// Whether it is the sum of a column, or of the rows of a label.
    pub is_sum: bool,
    /// Whether it is the number of rows, and what these may be called.
    pub is_count: bool,
    pub rows: Vec<String>,
}

/// All values of tables that a text may state.
pub fn data(tables: &[Table], terms: &Terms<'_>) -> Vec<Datum> {
    let mut all = Vec::new();
    for (number, table) in tables.iter().enumerate().filter(|(_, table)| table.is_whole) {
        let figures: Vec<usize> = table
            .usable()
            .into_iter()
            .filter(|c| table.column(*c).is_some_and(is_figures))
            .take(COLUMNS)
            .collect();
        let rows: Vec<usize> = (0..table.rows).collect();
        all.extend(count(number, table));
        for column in &figures {
            aggregates((number, *column), table, &rows, &mut all);
        }
        if table.rows > ROWS {
            continue;
        }
        for label in table.usable() {
            let Some(own) = table.column(label).filter(|own| own.ty == Type::Text) else {
                continue;
            };
            for (text, rows) in labels(own, table, terms) {
                for column in &figures {
                    labelled((number, *column), table, (label, &text, &rows), &mut all);
                }
            }
        }
    }
    all
}

/// The number of rows of a table, each of which is one of something.
fn count(number: usize, table: &Table) -> Option<Datum> {
    let [key] = table.key.as_slice() else { return None };
    let name = &table.files.name;
    let rows = vec![name.to_lowercase(), table.column(*key)?.name().to_lowercase()];
    let said = format!("the number of rows of `{name}`");
    let value = Number::from(table.rows as u64);
    let made = datum((number, usize::MAX), value, (format!("count({name})"), said), None)?;
    Some(Datum { is_count: true, rows, ..made })
}

/// Whether a column measures or counts something.
fn is_figures(column: &Column) -> bool {
    let name = column.name();
    // `2022` counts something in that year, `year` is one.
    let is_year = names::is_year(name) && name.contains(char::is_alphabetic);
    let is_name = column.is_code || is_year || names::is_identifier(name);
    column.holds_figures() && !is_name
}

/// The labels of a column that the text names, with their rows.
fn labels(column: &Column, table: &Table, terms: &Terms<'_>) -> BTreeMap<String, Vec<usize>> {
    let mut all: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in (0..table.rows).filter(|row| column.value(*row).is_some()) {
        all.entry(column.sample.text(row).to_string()).or_default().push(row);
    }
    let is_named = |text: &String| {
        let lower = text.trim().to_lowercase();
        lower.chars().filter(|c| c.is_alphabetic()).count() > 2
            && (0..terms.length()).any(|sentence| terms.says(sentence, &lower))
    };
    all.retain(|text, _| is_named(text));
    all
}

fn value(table: &Table, column: usize, row: usize) -> Option<Number> {
    let written = table.column(column)?.figure(row)?;
    Some(Number::decimal(written.mantissa, i32::try_from(written.scale).ok()?))
}

fn datum(
    column: (usize, usize),
    value: Number,
    (code, said): (String, String),
    label: Option<String>,
) -> Option<Datum> {
    let log = log2(&value)?;
    let term = Term {
        kind: Kind::Number,
        is_whole: value.is_integer(),
        value: Figure::exact(value),
        log,
        code,
        said,
        sentence: usize::MAX,
        near: Near::default(),
    };
    Some(Datum { term, column, label, is_sum: false, is_count: false, rows: Vec::new() })
}

/// The sum, the mean and the extremes of a column.
fn aggregates(at: (usize, usize), table: &Table, rows: &[usize], all: &mut Vec<Datum>) {
    let values: Vec<Number> = rows.iter().filter_map(|row| value(table, at.1, *row)).collect();
    let own = format!("{}.{}", table.files.name, table.called(at.1));
    let Some(column) = table.column(at.1) else { return };
    if values.len() < 2 {
        return;
    }
    let sum = values.iter().fold(Number::default(), |sum, value| &sum + value);
    let count = Number::from(values.len() as u64);
    let mean = sum.checked_div(&count);
    let (least, largest) = (values.iter().min().cloned(), values.iter().max().cloned());
    let parts = [
        ("sum", Some(sum), "the sum"),
        ("mean", mean, "the mean"),
        ("max", largest, "the largest"),
        ("min", least, "the least"),
    ];
    for (function, value, words) in parts {
        let said = format!("{words} of `{}`", column.name());
        let code = format!("{function}({own})");
        let made = value.and_then(|value| datum(at, value, (code, said), None));
        all.extend(made.map(|made| Datum { is_sum: function == "sum", ..made }));
    }
}

/// The cell of a label, or the sum of its rows.
fn labelled(
    at: (usize, usize),
    table: &Table,
    (label, text, rows): (usize, &str, &[usize]),
    all: &mut Vec<Datum>,
) {
    let values: Vec<Number> = rows.iter().filter_map(|row| value(table, at.1, *row)).collect();
    let Some(column) = table.column(at.1).filter(|_| !values.is_empty()) else { return };
    let (own, name) = (table.called(at.1), &table.files.name);
    let is_key = table.key == [label];
    let code = match is_key && rows.len() == 1 {
        true => format!("{name}[{}].{own}", names::text(text)),
        false => {
            format!("sum({name}.{own} where {} = {})", table.called(label), names::text(text))
        }
    };
    let sum = values.iter().fold(Number::default(), |sum, value| &sum + value);
    let said = format!("`{}` of {}", column.name(), text.trim());
    let label = Some(text.trim().to_lowercase());
    let made = datum(at, sum, (code, said), label);
    all.extend(made.map(|made| Datum { is_sum: true, ..made }));
}
