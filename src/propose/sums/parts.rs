//! Cells to be added up, and how the sums are written.

use std::collections::HashMap;

use crate::propose::column::{Column, at_scale};
use crate::propose::names;
use crate::propose::rules::of;
use crate::propose::table::Table;
use crate::value::{Number, Type};

/// A figure with the unit of its last digit, both in the unit of the whole table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub value: i128,
    pub unit: i128,
}

/// Columns of figures that can be added up, and that differ from row to row: no identifiers.
pub fn addable(table: &Table) -> Vec<usize> {
    let differs = |c: &usize| table.column(*c).is_some_and(|column| column.distinct > 1);
    figures(table).into_iter().filter(differs).collect()
}

/// Columns of figures that can be added up.
pub fn figures(table: &Table) -> Vec<usize> {
    let is_figure = |c: &usize| {
        table.column(*c).is_some_and(|column| {
            column.holds_figures()
                && !names::is_identifier(column.name())
                && !counts_time(column)
                && !table.key.contains(c)
                && !table.numbers_rows(*c)
        })
    };
    table.usable().into_iter().filter(is_figure).collect()
}

/// Whether a column is called after years, months or days, and holds what may be any of them: `Year`
/// above sums of quarters is a total.
fn counts_time(column: &Column) -> bool {
    let is_small = |of: std::ops::RangeInclusive<i128>| {
        let mut figures = column.figures.iter().flatten();
        figures.all(|f| f.scale == 0 && of.contains(&f.mantissa))
    };
    match names::is_year(column.name()) {
        true => is_small(0..=99) || is_small(1000..=2200),
        false => names::is_calendar(column.name()) && is_small(0..=366),
    }
}

/// The decimals of the unit of the whole table: one more than any figure has, so that half a unit is
/// whole.
pub fn scale(columns: &[&Column]) -> u32 {
    let figures = columns.iter().flat_map(|c| c.figures.iter().flatten());
    figures.map(|figure| figure.scale).max().unwrap_or(0) + 1
}

/// The figure of a row.
pub fn cell(column: &Column, row: usize, scale: u32) -> Option<Cell> {
    let figure = column.figure(row)?;
    let unit = 10_i128.checked_pow(scale.checked_sub(figure.scale)?)?;
    Some(Cell { value: at_scale(figure, scale)?, unit })
}

/// Whether sums of some columns may be off by what rounding makes: whole numbers are exact unless something
/// says that they are rounded.
pub fn may_round(table: &Table, columns: &[usize]) -> bool {
    columns.iter().filter_map(|c| table.column(*c)).all(|column| !column.holds_counts())
}

/// Whether a total may be off by what rounding makes: where any of its parts may be, or has decimals, the
/// total was rounded, while parts that are counts stay exact.
pub fn may_round_to(table: &Table, parts: &[usize]) -> bool {
    parts.iter().any(|part| may_round(table, &[*part]))
}

/// Whether sums of some columns may be exact: none has more decimals than are compared.
pub fn may_be_exact(table: &Table, columns: &[usize]) -> bool {
    columns.iter().filter_map(|c| table.column(*c)).all(|column| !column.is_cut)
}

/// By how much sums are off at most, as an assertion says it.
pub fn off(most: i128, scale: u32) -> Option<String> {
    Some(Number::decimal(most, i32::try_from(scale).ok()?).to_text())
}

/// By how much figures of some units are off at most if each was rounded, in steps of the finest of them: not
/// by how much those at hand are, as the next may be off by more.
pub fn room(units: i128, finest: i128) -> i128 {
    let half = units / 2;
    half - half.checked_rem(finest).unwrap_or(0)
}

/// The words above a check that whole numbers meet only within what rounding would make.
pub fn in_doubt(exact: usize, held: usize, what: &str) -> String {
    format!(
        "Only {} {} exact, the others nearly: rounding would explain it, but nothing says that these whole \
         numbers are rounded",
        of(exact, held, what),
        if exact == 1 || held == 1 { "is" } else { "are" }
    )
}

/// Figures that are rounded need a type that knows how precise they are written.
pub fn round(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.columns.get_mut(*column)
            && column.ty == Type::Integer
        {
            column.ty = Type::Number;
        }
    }
}

/// The row before each, among those with the same values in some columns.
pub fn above(table: &Table, by: &[usize]) -> Vec<Option<usize>> {
    let others: Vec<&Column> = by.iter().filter_map(|c| table.column(*c)).collect();
    let mut last: HashMap<Vec<u32>, usize> = HashMap::new();
    let above = |row: usize| {
        if others.is_empty() {
            return row.checked_sub(1);
        }
        let key = others.iter().filter_map(|c| c.sample.rows.get(row)).copied().collect();
        last.insert(key, row)
    };
    (0..table.rows).map(above).collect()
}

/// How the rows of a table are counted where a row of another, or the same, is at hand: by a column where
/// one of that row has the name of the table.
pub fn counted(table: &Table, at_hand: &Table) -> String {
    let name = &table.files.name;
    if !at_hand.columns.iter().any(|c| c.name() == name) {
        return name.clone();
    }
    let is_full = |c: &usize| table.column(*c).is_some_and(|c| c.filled == table.rows);
    let full = table.key.first().copied().or_else(|| table.usable().into_iter().find(is_full));
    full.map_or_else(|| name.clone(), |c| format!("{name}.{}", table.called(c)))
}

/// Columns, or labels, as people list them: `a, b and c`.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if first.len() < 5 => format!("{} and {last}", first.join(", ")),
        [first, .., last] => format!("{first} to {last}"),
    }
}
