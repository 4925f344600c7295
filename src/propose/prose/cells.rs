//! What tables hold that a text may state: sums, means and extremes of columns, and the cells and groups of
//! labels that a sentence names.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The words of the name of its column.
    pub called: Vec<String>,
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
        let totals = totals(table, &figures);
        all.extend(count(number, table, &totals));
        // Where rows stand under each other, a sum of all would count twice.
        for column in figures.iter().filter(|_| table.parent.is_none()) {
            aggregates((number, *column), table, &totals, &mut all);
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
                    labelled((number, *column), table, (label, &text, &rows), &totals, &mut all);
                }
            }
        }
    }
    for datum in &mut all {
        let column = tables.get(datum.column.0).and_then(|table| table.column(datum.column.1));
        datum.called = column.map_or(Vec::new(), |column| names::words(column.name()));
    }
    all
}

impl Totals {
    /// The condition of an aggregate.
    fn but(&self) -> String {
        if self.others.is_empty() { String::new() } else { format!(" where {}", self.others) }
    }
}

/// The number of rows of a table, each of which is one of something.
fn count(number: usize, table: &Table, totals: &Totals) -> Option<Datum> {
    let [key] = table.key.as_slice() else { return None };
    let name = &table.files.name;
    let rows = vec![name.to_lowercase(), table.column(*key)?.name().to_lowercase()];
    let said = format!("the number of rows of `{name}`");
    let value = Number::from((table.rows - totals.rows.len()) as u64);
    let code = format!("count({name}{})", totals.but());
    let made = datum((number, usize::MAX), value, (code, said), None)?;
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
        date: None,
        sentence: usize::MAX,
        at: 0..0,
        near: Near::default(),
        is_hedged: false,
        digits: None,
    };
    Some(Datum {
        term,
        column,
        label,
        is_sum: false,
        is_count: false,
        rows: Vec::new(),
        called: Vec::new(),
    })
}

/// Rows that are the sums of others, and what leaves them out.
struct Totals {
    rows: BTreeSet<usize>,
    /// The condition that chooses the others.
    others: String,
    /// The only one, where it has a label of its own: its row, and the column of that.
    whole: Option<(usize, usize)>,
}

/// The rows of a table that are totals: by what was found in it, by their labels, or because some column has the
/// sum of all the others there.
fn totals(table: &Table, figures: &[usize]) -> Totals {
    let mut labels: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (column, label) in &table.totals {
        labels.entry(*column).or_default().insert(label.clone());
    }
    let is_label = |c: &usize| {
        table.column(*c).is_some_and(|own| {
            let is_own = own.filled == own.distinct;
            own.ty == Type::Text && (is_own || table.key.contains(c) || labels.contains_key(c))
        })
    };
    let columns: Vec<usize> = table.usable().into_iter().filter(is_label).collect();
    for (column, own) in columns.iter().filter_map(|c| Some((*c, table.column(*c)?))) {
        let named = own.sample.texts.iter().map(|text| text.to_string());
        let named: Vec<String> =
            named.filter(|text| names::is_total(text) && !names::is_of_which(text)).collect();
        if !named.is_empty() {
            labels.entry(column).or_default().extend(named);
        }
    }
    if labels.is_empty() {
        labels.extend(unnamed_total(table, figures));
    }
    let of = |(column, labels): (&usize, &BTreeSet<String>)| -> BTreeSet<usize> {
        let own = table.column(*column);
        let is_one = |row: &usize| own.is_some_and(|own| labels.contains(own.sample.text(*row)));
        (0..table.rows).filter(is_one).collect()
    };
    // What the labels of another column leave out as well needs no condition.
    let mut conditions: Vec<(usize, BTreeSet<String>, BTreeSet<usize>)> = Vec::new();
    let mut all: Vec<_> = labels.iter().map(|own| (*own.0, own.1.clone(), of(own))).collect();
    all.sort_by_key(|own| std::cmp::Reverse(own.2.len()));
    for own in all {
        if !conditions.iter().any(|other| own.2.is_subset(&other.2)) {
            conditions.push(own);
        }
    }
    let written = |(column, labels, _): &(usize, BTreeSet<String>, BTreeSet<usize>)| {
        let labels: Vec<String> = labels.iter().map(|label| names::text(label)).collect();
        match labels.as_slice() {
            [only] => format!("{} != {only}", table.called(*column)),
            all => format!("{} not in ({})", table.called(*column), all.join(", ")),
        }
    };
    let others: Vec<String> = conditions.iter().map(written).collect();
    let rows: BTreeSet<usize> = conditions.iter().flat_map(|own| own.2.iter().copied()).collect();
    let whole = match conditions.as_slice() {
        [(column, _, rows)] if rows.len() == 1 => rows.first().map(|row| (*row, *column)),
        _ => None,
    };
    Totals { rows, others: others.join(" and "), whole }
}

/// The label of the last or the first row, where some column has the sum of all the others there.
fn unnamed_total(table: &Table, figures: &[usize]) -> Option<(usize, BTreeSet<String>)> {
    let [key] = table.key.as_slice() else { return None };
    let own = table.column(*key).filter(|own| own.ty == Type::Text)?;
    let is_sum = |row: &usize, column: &usize| {
        let others = (0..table.rows).filter(|other| other != row);
        let values: Option<Vec<Number>> = others.map(|row| value(table, *column, row)).collect();
        let sum = |all: Vec<Number>| all.iter().fold(Number::default(), |sum, one| &sum + one);
        let own = value(table, *column, *row).filter(|own| own.signum() > 0);
        own.is_some() && own == values.map(sum)
    };
    let ends = [table.rows.checked_sub(1)?, 0].into_iter();
    let mut ends = ends.filter(|_| (3..=ROWS).contains(&table.rows));
    let row = ends.find(|row| figures.iter().any(|column| is_sum(row, column)))?;
    Some((*key, BTreeSet::from([own.sample.text(row).to_string()])))
}

/// How a rule takes the cell of a column in the row of a label that no other row has.
fn cell_of((column, row): (usize, usize), table: &Table, label: usize) -> String {
    let (name, own) = (&table.files.name, table.called(column));
    let text = names::text(table.column(label).map_or("", |label| label.sample.text(row)));
    match table.key == [label] {
        true => format!("{name}[{text}].{own}"),
        false => format!("only({name}.{own} where {} = {text})", table.called(label)),
    }
}

/// The sum, the mean and the extremes of a column; the total where the table has a row of them.
fn aggregates(at: (usize, usize), table: &Table, totals: &Totals, all: &mut Vec<Datum>) {
    let parts = (0..table.rows).filter(|row| !totals.rows.contains(row));
    let values: Vec<Number> = parts.filter_map(|row| value(table, at.1, row)).collect();
    let (name, own) = (&table.files.name, table.called(at.1));
    let Some(column) = table.column(at.1) else { return };
    if values.len() < 2 {
        return;
    }
    let sum = values.iter().fold(Number::default(), |sum, value| &sum + value);
    let count = Number::from(values.len() as u64);
    let mean = sum.checked_div(&count);
    let (least, largest) = (values.iter().min().cloned(), values.iter().max().cloned());
    let stated = totals.whole.and_then(|(row, label)| Some((value(table, at.1, row)?, row, label)));
    if let Some((stated, row, label)) = &stated {
        let text = table.column(*label).map_or("", |label| label.sample.text(*row));
        let said = format!("`{}` of {}", column.name(), text.trim());
        let code = cell_of((at.1, *row), table, *label);
        let made = datum(at, stated.clone(), (code, said), None);
        all.extend(made.map(|made| Datum { is_sum: *stated == sum, ..made }));
    }
    let parts = [
        ("sum", Some(sum).filter(|_| stated.is_none()), "the sum"),
        ("mean", mean, "the mean"),
        ("max", largest, "the largest"),
        ("min", least, "the least"),
    ];
    let but = totals.but();
    for (function, value, words) in parts {
        let said = format!("{words} of `{}`", column.name());
        let code = format!("{function}({name}.{own}{but})");
        let made = value.and_then(|value| datum(at, value, (code, said), None));
        all.extend(made.map(|made| Datum { is_sum: function == "sum", ..made }));
    }
}

/// The cell of a label, or what its rows add up to: the total among them, where there is one, or all others.
fn labelled(
    at: (usize, usize),
    table: &Table,
    (label, text, rows): (usize, &str, &[usize]),
    totals: &Totals,
    all: &mut Vec<Datum>,
) {
    let (own, whole): (Vec<usize>, Vec<usize>) =
        rows.iter().partition(|row| !totals.rows.contains(row));
    let (chosen, but) = match (own.as_slice(), whole.as_slice()) {
        // Totals of groups, and their total.
        ([], [_, _, ..]) => return,
        ([], rows) | (rows, []) => (rows, ""),
        (rows, _) => (rows, totals.others.as_str()),
    };
    let values: Vec<Number> = chosen.iter().filter_map(|row| value(table, at.1, *row)).collect();
    let Some(column) = table.column(at.1).filter(|_| !values.is_empty()) else { return };
    let code = match rows {
        [row] => cell_of((at.1, *row), table, label),
        _ => {
            let and = if but.is_empty() { "" } else { " and " };
            let called = (table.called(at.1), table.called(label), names::text(text));
            let (own, label, text) = called;
            format!("sum({}.{own} where {label} = {text}{and}{but})", table.files.name)
        }
    };
    let sum = values.iter().fold(Number::default(), |sum, value| &sum + value);
    let said = format!("`{}` of {}", column.name(), text.trim());
    let label = Some(text.trim().to_lowercase());
    let made = datum(at, sum, (code, said), label);
    all.extend(made.map(|made| Datum { is_sum: true, ..made }));
}
