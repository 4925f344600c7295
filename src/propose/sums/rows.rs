//! Columns that are the sum of other columns, row by row.

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::sums::parts::{
    self, addable, cell, listed, may_be_exact, may_round, may_round_to, off, round, scale,
};
use crate::propose::sums::search::{Grid, Layer, Sum};
use crate::propose::table::Table;

/// Columns that are looked at.
const MOST: usize = 400;

/// A column that is the sum of others.
struct Found {
    target: usize,
    parts: Vec<usize>,
    layer: Layer,
    /// How far whole numbers are off at most, where nothing says that they are rounded.
    off: Option<String>,
}

/// Finds them, and writes checks; totals with their parts.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) -> Vec<(usize, Vec<usize>)> {
    let mut all = addable(table);
    all.truncate(MOST);
    let is_count = |c: &usize| table.column(*c).is_some_and(Column::holds_counts);
    let counts: Vec<usize> = all.iter().filter(|c| is_count(c)).copied().collect();
    let mut found: Vec<Found> = Vec::new();
    for columns in [all.clone(), counts] {
        if columns.len() < 3 || found.len() >= columns.len() {
            continue;
        }
        let (grid, scale) = grid(table, &columns);
        for sum in grid.sums() {
            let Some((target, parts)) = columns_of(&columns, &sum) else { continue };
            let follows = found.iter().any(|f| {
                f.target == target || f.parts.contains(&target) && parts.contains(&f.target)
            });
            if let Some(layer) = sum.layers.first().filter(|_| !follows) {
                let involved: Vec<usize> = parts.iter().copied().chain([target]).collect();
                let mut layer = *layer;
                layer.is_exact &= may_be_exact(table, &involved);
                let in_doubt = !layer.is_exact && !may_round_to(table, &parts);
                let off = in_doubt.then(|| off(layer.off, scale)).flatten();
                found.push(Found { target, parts, layer, off });
            }
        }
    }
    found.sort_by_key(|sum| sum.target);
    let known = found.iter().filter(|sum| sum.off.is_none());
    let known = known.map(|sum| (sum.target, sum.parts.clone())).collect();
    found.iter().for_each(|sum| write((number, table), sum, rules));
    known
}

/// Writes a check of a total: commented out where whole numbers are off that nothing says are rounded.
fn write((number, table): (usize, &mut Table), sum: &Found, rules: &mut Rules) {
    let Found { target, ref parts, layer, ref off } = *sum;
    if !layer.is_exact && off.is_none() {
        let parts = parts.iter().copied().filter(|part| may_round(table, &[*part]));
        let rounded: Vec<usize> = parts.chain([target]).collect();
        round(table, &rounded);
    }
    let ending = match (off, layer.is_exact) {
        (Some(off), _) => format!(" within {off}"),
        (None, true) => String::new(),
        (None, false) => " within rounding".into(),
    };
    let (left, right, others) = written(table, target, parts);
    let name = |c: usize| table.column(c).map_or("", Column::name);
    let check = Check {
        id: format!("{}-{}", table.files.name, slug(name(left))),
        title: title(table, left, target, parts),
        table: number,
        each: Some(table.files.name.clone()),
        asserts: vec![format!("{} = {right}{ending}", table.called(left))],
        ..Check::default()
    };
    let Layer { held, failed, rounded, .. } = layer;
    let blank = if others { "; blank cells are left out" } else { "" };
    if off.is_some() {
        let words = parts::in_doubt(held - rounded, held + failed, "row");
        return rules.doubtful(check, format!("{words}{blank}"));
    }
    rules.parts.extend(parts.iter().map(|part| (number, *part, target)));
    let rounded = if layer.is_exact { "" } else { ", within rounding" };
    rules.check(check, format!("{}{rounded}{blank}", of(held, held + failed, "row")));
}

fn columns_of(columns: &[usize], sum: &Sum) -> Option<(usize, Vec<usize>)> {
    let of = |series: &usize| columns.get(*series).copied();
    Some((of(&sum.target)?, sum.parts.iter().filter_map(of).collect()))
}

/// The columns as series, and the scale of their cells.
fn grid(table: &Table, columns: &[usize]) -> (Grid, u32) {
    let all: Vec<&Column> = columns.iter().filter_map(|c| table.column(*c)).collect();
    let scale = scale(&all);
    let series = |column: &&Column| (0..table.rows).map(|row| cell(column, row, scale)).collect();
    let grid = Grid {
        cells: vec![all.iter().map(series).collect()],
        series: all.len(),
        positions: table.rows,
        totals: all.iter().map(|c| names::is_total(c.name())).collect(),
        counts: all.iter().map(|c| c.holds_counts()).collect(),
        shares: Vec::new(),
        is_labelled: false,
    };
    (grid, scale)
}

/// Whether a column is what is left of others: a balance, a difference.
fn is_difference(column: &Column) -> bool {
    const WORDS: [&str; 14] = [
        "balance",
        "saldo",
        "net",
        "difference",
        "diff",
        "change",
        "surplus",
        "deficit",
        "growth",
        "profit",
        "margin",
        "differenz",
        "veränderung",
        "remaining",
    ];
    let is_named = names::words(column.name()).iter().any(|w| WORDS.contains(&w.as_str()));
    is_named || column.figures.iter().flatten().any(|f| f.mantissa < 0)
}

/// The column that stands on the left, and what it is; whether cells may be blank.
fn written(table: &Table, target: usize, parts: &[usize]) -> (usize, String, bool) {
    let is_rest = |c: &usize| table.column(*c).is_some_and(is_difference);
    let total = table.column(target).is_some_and(is_difference);
    if let ([a, b], false) = (parts, total)
        && (is_rest(a) != is_rest(b))
    {
        let (rest, part) = if is_rest(a) { (*a, *b) } else { (*b, *a) };
        return (rest, format!("{} - {}", table.called(target), table.called(part)), false);
    }
    let stated = |row: &usize| table.column(target).and_then(|c| c.figure(*row)).is_some();
    let is_full = |row: usize| table.is_filled(row, parts);
    let has_blanks = (0..table.rows).filter(stated).any(|row| !is_full(row));
    let names: Vec<String> = parts.iter().map(|c| table.called(*c)).collect();
    let follow = parts.windows(2).all(|pair| matches!(pair, [a, b] if a + 1 == *b));
    let right = match names.as_slice() {
        [first, .., last] if follow && parts.len() > 3 => format!("sum({first} to {last})"),
        all if has_blanks || all.len() > 6 => format!("sum({})", all.join(", ")),
        all => all.join(" + "),
    };
    (target, right, has_blanks)
}

fn title(table: &Table, left: usize, target: usize, parts: &[usize]) -> String {
    let name = |c: &usize| table.column(*c).map_or(String::new(), |c| c.name().to_string());
    if left == target {
        let parts: Vec<String> = parts.iter().map(name).collect();
        return format!("{} is the sum of {}", name(&target), listed(&parts));
    }
    let rest: Vec<String> = parts.iter().filter(|c| **c != left).map(name).collect();
    format!("{} is {} minus {}", name(&left), name(&target), listed(&rest))
}
