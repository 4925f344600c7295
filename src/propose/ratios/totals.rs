//! Figures that others are compared with and that are in no column of their row: totals, and those of the
//! row before.

use std::collections::HashMap;

use crate::propose::column::Column;
use crate::propose::names::{is_total, text};
use crate::propose::ratios::makers::Operand;
use crate::propose::sums::parts::Cell;
use crate::propose::table::Table;
use crate::value::Type;

/// Columns by which rows are grouped, at most.
const GROUPS: usize = 4;

/// The totals of each column: of all rows, of the row that is called a total, of groups. Whether the
/// expression names the row at hand comes with each.
pub fn find(table: &Table, operands: &[Operand], scale: u32) -> Vec<(usize, Operand, bool)> {
    let mut all = Vec::new();
    if !table.is_whole {
        return all;
    }
    let total = total_row(table);
    let groups = groups(table);
    for operand in operands {
        match &total {
            Some((row, condition)) => all.extend(of_row((table, scale), operand, *row, condition)),
            None => all.extend(of_group((table, scale), operand, &[])),
        }
        for group in &groups {
            all.extend(of_group((table, scale), operand, &[*group]));
        }
    }
    all
}

/// What stands in the row before, of each group that rows may be of.
pub fn befores(table: &Table, operand: &Operand) -> Vec<Operand> {
    let rest = |c: &usize| {
        let others = table.key.iter().copied().filter(|k| k != c);
        others.collect::<Vec<usize>>()
    };
    let mut ways: Vec<Vec<usize>> = table.key.iter().map(rest).collect();
    ways.retain(|by| !by.is_empty());
    ways.push(Vec::new());
    ways.into_iter().map(|by| before(table, operand, &by)).collect()
}

fn before(table: &Table, operand: &Operand, by: &[usize]) -> Operand {
    let mut last: HashMap<Vec<u32>, Option<Cell>> = HashMap::new();
    let cell = |row: usize| last.insert(values(table, by, row), operand.cell(row)).flatten();
    let cells = (0..operand.cells.len()).map(cell).collect();
    let called: Vec<String> = by.iter().map(|c| table.called(*c)).collect();
    let by = if called.is_empty() { String::new() } else { format!(" by {}", called.join(", ")) };
    Operand {
        text: format!("prev({}{by})", operand.text),
        name: format!("the {} before", operand.name),
        column: operand.column,
        cells,
    }
}

/// The values of a row in some columns.
fn values(table: &Table, columns: &[usize], row: usize) -> Vec<u32> {
    let own = columns.iter().filter_map(|c| table.column(*c));
    own.filter_map(|c| c.sample.rows.get(row)).copied().collect()
}

/// The one row that is called a total, and the condition that chooses it.
fn total_row(table: &Table) -> Option<(usize, String)> {
    let labels = table.usable().into_iter().filter(|c| {
        table.column(*c).is_some_and(|own| own.ty == Type::Text && own.filled == own.distinct)
    });
    labels.take(2).find_map(|c| {
        let own = table.column(c)?;
        let mut rows = (0..table.rows).filter(|row| is_total(own.sample.text(*row)));
        let row = rows.next().filter(|_| rows.next().is_none())?;
        Some((row, format!("{} = {}", table.called(c), text(own.sample.text(row)))))
    })
}

fn of_row(
    (table, scale): (&Table, u32),
    operand: &Operand,
    row: usize,
    condition: &str,
) -> Option<(usize, Operand, bool)> {
    let total = figure((table, scale), operand, row)?;
    let of = format!("{}.{}", table.files.name, operand.text);
    let own = Operand {
        text: format!("only({of} where {condition})"),
        name: format!("the total of {}", operand.name),
        column: operand.column,
        cells: vec![Some(total); operand.cells.len()],
    };
    Some((operand.column?, own, true))
}

/// Columns by which rows make groups: parts of the key, and others that recur.
fn groups(table: &Table) -> Vec<usize> {
    let recurs = |c: &usize| {
        table.column(*c).is_some_and(|own| {
            let is_kind = matches!(own.ty, Type::Text | Type::Year | Type::Date)
                || own.ty == Type::Integer && table.key.contains(c)
                || own.ty == Type::Integer && crate::propose::names::is_identifier(own.name());
            is_kind
                && own.distinct > 1
                && own.distinct * 2 <= table.rows
                && own.filled == table.rows
        })
    };
    let mut all: Vec<usize> = table.usable().into_iter().filter(recurs).collect();
    all.sort_by_key(|c| !table.key.contains(c));
    all.truncate(GROUPS);
    all
}

/// The figure of a row, also of one that is not looked at.
fn figure((table, scale): (&Table, u32), operand: &Operand, row: usize) -> Option<Cell> {
    Operand::cell_of(table.column(operand.column?)?, row, scale)
}

fn of_group(
    (table, scale): (&Table, u32),
    operand: &Operand,
    by: &[usize],
) -> Option<(usize, Operand, bool)> {
    let mut sums: HashMap<Vec<u32>, Cell> = HashMap::new();
    for row in 0..table.rows {
        let Some(cell) = figure((table, scale), operand, row) else { continue };
        let own = sums.entry(values(table, by, row)).or_insert(Cell { value: 0, unit: 0 });
        own.value = own.value.checked_add(cell.value)?;
        own.unit += cell.unit;
    }
    let rows = 0..operand.cells.len();
    let cells = rows.map(|row| sums.get(&values(table, by, row)).copied()).collect();
    let called: Vec<String> = by.iter().map(|c| table.called(*c)).collect();
    let names: Vec<&str> = by.iter().filter_map(|c| table.column(*c)).map(Column::name).collect();
    let (of, each) = match called.is_empty() {
        true => (operand.text.clone(), String::new()),
        false => (
            format!("{} by {}", operand.text, called.join(", ")),
            format!(" of each {}", names.join(" and ")),
        ),
    };
    let own = Operand {
        text: format!("sum({of})"),
        name: format!("the sum of {}{each}", operand.name),
        column: operand.column,
        cells,
    };
    Some((operand.column?, own, false))
}
