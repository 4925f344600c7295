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
        let total = total_row(table, &figures);
        all.extend(count(number, table).filter(|_| total.is_none()));
        for column in &figures {
            aggregates((number, *column), table, total, &mut all);
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

/// The last or the first row, where some column has the sum of all the others there; its key names it.
fn total_row(table: &Table, figures: &[usize]) -> Option<usize> {
    let [key] = table.key.as_slice() else { return None };
    let is_text = table.column(*key).is_some_and(|own| own.ty == Type::Text);
    let is_sum = |row: &usize, column: &usize| {
        let others = (0..table.rows).filter(|other| other != row);
        let values: Option<Vec<Number>> = others.map(|row| value(table, *column, row)).collect();
        let sum = |all: Vec<Number>| all.iter().fold(Number::default(), |sum, one| &sum + one);
        let own = value(table, *column, *row).filter(|own| own.signum() > 0);
        own.is_some() && own == values.map(sum)
    };
    let ends = [table.rows.checked_sub(1)?, 0].into_iter();
    let mut ends = ends.filter(|_| is_text && (3..=ROWS).contains(&table.rows));
    ends.find(|row| figures.iter().any(|column| is_sum(row, column)))
}

/// The sum, the mean and the extremes of a column; the total where the table has a row of them.
fn aggregates(at: (usize, usize), table: &Table, total: Option<usize>, all: &mut Vec<Datum>) {
    let parts: Vec<usize> = (0..table.rows).filter(|row| Some(*row) != total).collect();
    let values: Vec<Number> = parts.iter().filter_map(|row| value(table, at.1, *row)).collect();
    let (name, own) = (&table.files.name, table.called(at.1));
    let Some(column) = table.column(at.1) else { return };
    if values.len() < 2 {
        return;
    }
    let total = total.and_then(|row| {
        let key = *table.key.first()?;
        let text = table.column(key)?.sample.text(row).to_string();
        Some((value(table, at.1, row)?, table.called(key), text))
    });
    let sum = values.iter().fold(Number::default(), |sum, value| &sum + value);
    let count = Number::from(values.len() as u64);
    let mean = sum.checked_div(&count);
    let (least, largest) = (values.iter().min().cloned(), values.iter().max().cloned());
    if let Some((stated, _, text)) = &total {
        let said = format!("`{}` of {}", column.name(), text.trim());
        let code = format!("{name}[{}].{own}", names::text(text));
        let made = datum(at, stated.clone(), (code, said), None);
        all.extend(made.map(|made| Datum { is_sum: *stated == sum, ..made }));
    }
    let parts = [
        ("sum", Some(sum).filter(|_| total.is_none()), "the sum"),
        ("mean", mean, "the mean"),
        ("max", largest, "the largest"),
        ("min", least, "the least"),
    ];
    let but = total
        .map_or(String::new(), |(_, key, text)| format!(" where {key} != {}", names::text(&text)));
    for (function, value, words) in parts {
        let said = format!("{words} of `{}`", column.name());
        let code = format!("{function}({name}.{own}{but})");
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
