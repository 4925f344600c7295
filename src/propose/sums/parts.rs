//! Cells to be added up, and how the sums are written.

use crate::propose::column::{Column, at_scale};
use crate::propose::names;
use crate::propose::table::Table;
use crate::value::Type;

/// A figure with the unit of its last digit, both in the unit of the whole table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub value: i128,
    pub unit: i128,
}

/// Columns of figures that can be added up: no identifiers.
pub fn addable(table: &Table) -> Vec<usize> {
    let is_figure = |c: &usize| {
        table.column(*c).is_some_and(|column| {
            column.holds_figures()
                && !names::is_identifier(column.name())
                && !names::is_calendar(column.name())
                && !table.key.contains(c)
                && column.distinct > 1
        })
    };
    table.usable().into_iter().filter(is_figure).collect()
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

/// Columns, or labels, as people list them: `a, b and c`.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if first.len() < 5 => format!("{} and {last}", first.join(", ")),
        [first, .., last] => format!("{first} to {last}"),
    }
}
