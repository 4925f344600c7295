//! The row of a total over all: what it is the sum of is known by how other rows add up.

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::sums::parts::{cell, round, scale};
use crate::propose::table::Table;

/// Halvings of the chance by which the row that is called a total is that of the parts: that others add up is known.
const SURPRISE: u32 = 6;

/// A total, and the rows that it is the sum of, with the conditions that choose them.
pub struct Whole {
    pub row: usize,
    pub stated: String,
    pub rows: Vec<usize>,
    pub parts: String,
    /// What its check is called, without the name of the table.
    pub id: String,
    pub title: String,
    /// Sums among the rows that hold beside it.
    pub beside: usize,
}

/// How a total compares with what its parts add up to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Exact,
    Rounded,
    /// Another figure of about the same size.
    Near,
}

/// Writes a check of a total where it holds in one of some columns, with one of its own for each in which it nearly
/// does; whether there is any.
pub fn propose(
    (number, table): (usize, &mut Table),
    whole: &Whole,
    columns: &[usize],
    rules: &mut Rules,
) -> bool {
    let fits: Vec<(usize, Fit)> =
        columns.iter().filter_map(|c| Some((*c, fit(table, *c, whole)?))).collect();
    let (near, held): (Vec<_>, Vec<_>) = fits.into_iter().partition(|(_, fit)| *fit == Fit::Near);
    if held.is_empty() {
        return false;
    }
    let rounded = held.iter().filter(|(_, fit)| *fit == Fit::Rounded);
    round(table, &rounded.map(|(c, _)| *c).collect::<Vec<usize>>());
    let name = table.files.name.clone();
    let assertion = |(c, fit): &(usize, Fit)| {
        let value = table.called(*c);
        let ending = if *fit == Fit::Rounded { " within rounding" } else { "" };
        let Whole { stated, parts, .. } = whole;
        format!("only({name}.{value} where {stated}) = sum({name}.{value} where {parts}){ending}")
    };
    let check = |id: String, asserts, beside| Check {
        id,
        title: whole.title.clone(),
        table: number,
        asserts,
        beside,
        ..Check::default()
    };
    let id = format!("{name}-{}", whole.id);
    let asserts = held.iter().map(assertion).collect();
    rules.check(check(id.clone(), asserts, 0), of(held.len(), held.len(), "sum"));
    for column in &near {
        let own = table.column(column.0).map_or("", Column::name);
        let id = format!("{id}-{}", slug(own));
        rules.check(check(id, vec![assertion(column)], held.len() + whole.beside), String::new());
    }
    true
}

/// How the total of a column compares with its parts; nothing where it is another figure altogether, or a small one.
fn fit(table: &Table, column: usize, whole: &Whole) -> Option<Fit> {
    let own = table.column(column)?;
    let scale = scale(&[own]);
    let stated = cell(own, whole.row, scale)?;
    let (mut sum, mut units, mut present) = (0_i128, stated.unit, 0);
    for part in whole.rows.iter().filter_map(|row| cell(own, *row, scale)) {
        sum = sum.checked_add(part.value)?;
        units = units.checked_add(part.unit)?;
        present += usize::from(part.value != 0);
    }
    let off = stated.value.checked_sub(sum)?.unsigned_abs();
    let room = stated.value.unsigned_abs() / units.unsigned_abs().max(1) + 1;
    if present < 2 || room.ilog2() < SURPRISE {
        return None;
    }
    let most = stated.value.unsigned_abs().max(sum.unsigned_abs());
    Some(match off {
        0 => Fit::Exact,
        off if off * 2 <= units.unsigned_abs() && !own.holds_counts() => Fit::Rounded,
        off if off * 2 <= most => Fit::Near,
        _ => return None,
    })
}
