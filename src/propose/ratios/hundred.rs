//! Shares beside each other that make 100 %.

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::slips::slips;
use crate::propose::sums::parts::{Cell, cell, listed, round, scale};
use crate::propose::table::Table;
use crate::value::Type;
use crate::width::to_u32;

/// Rows that say something, at least.
const ROWS: usize = 5;
/// Halvings of the chance that make it a surprise.
const SURPRISE: u32 = 24;

/// Columns beside each other whose figures make a hundred.
pub struct Hundred {
    columns: Vec<usize>,
    is_exact: bool,
    held: usize,
    failed: usize,
}

/// Finds them among some columns: the longest runs, of which none is in another.
pub fn find(table: &Table, columns: &[usize]) -> Vec<Hundred> {
    let mut found: Vec<Hundred> = Vec::new();
    for from in 0..columns.len() {
        if found.iter().any(|f| f.columns.last() >= columns.get(from)) {
            continue;
        }
        let ends = (from + 2..=columns.len()).rev();
        let run = ends.filter_map(|end| columns.get(from..end)).find_map(|run| make(table, run));
        found.extend(run);
    }
    found
}

/// Whether some columns that follow each other make a hundred in each row.
fn make(table: &Table, run: &[usize]) -> Option<Hundred> {
    let follow = run.windows(2).all(|pair| matches!(pair, [a, b] if a + 1 == *b));
    let all: Vec<&Column> = run.iter().filter_map(|c| table.column(*c)).collect();
    let percents = all.iter().filter(|c| c.ty == Type::Percent).count();
    // Answers of yes and no are no shares.
    let is_truth = |c: &&Column| {
        c.figures.iter().flatten().all(|f| f.scale == 0 && (0..=1).contains(&f.mantissa))
    };
    if !follow
        || all.iter().any(|c| c.ty == Type::Integer && is_truth(c))
        || !(percents == 0 || percents == run.len())
    {
        return None;
    }
    let scale = scale(&all);
    let one = 10_i128.checked_pow(scale)?;
    let whole = if percents > 0 { one } else { 100 * one };
    let (mut held, mut failed, mut rounded, mut wide) = (0, 0, 0, 1);
    for row in 0..table.rows {
        let own = all.iter().map(|c| cell(c, row, scale)).collect::<Option<Vec<Cell>>>();
        let Some(own) = own else { continue };
        let sum: i128 = own.iter().map(|cell| cell.value).sum();
        let units: i128 = own.iter().map(|cell| cell.unit).sum();
        if (sum - whole).abs() * 2 > units {
            failed += 1;
            if failed > slips(held + failed) {
                return None;
            }
            continue;
        }
        held += 1;
        rounded += usize::from(sum != whole);
        wide = wide.max(units);
    }
    if held < ROWS {
        return None;
    }
    let (least, most) = bounds(&all, scale)?;
    let bits = ((most - least) / wide).max(1).ilog2().saturating_mul(to_u32(held));
    let is_rule = bits >= SURPRISE && failed <= slips(held);
    let is_exact = rounded == 0 && all.iter().all(|c| !c.is_cut);
    is_rule.then(|| Hundred { columns: run.to_vec(), is_exact, held, failed })
}

/// Between what the column lies whose figures differ most.
fn bounds(all: &[&Column], scale: u32) -> Option<(i128, i128)> {
    let spread = |column: &&Column| {
        let rows = 0..column.sample.rows.len();
        let values: Vec<i128> =
            rows.filter_map(|row| Some(cell(column, row, scale)?.value)).collect();
        Some((*values.iter().min()?, *values.iter().max()?))
    };
    all.iter().filter_map(spread).max_by_key(|(least, most)| most - least)
}

/// Writes checks.
pub fn propose((number, table): (usize, &mut Table), all: &[Hundred], rules: &mut Rules) {
    for Hundred { columns, is_exact, held, failed } in all {
        let is_percent = |c: &usize| table.column(*c).is_some_and(|c| c.ty == Type::Percent);
        let whole = if columns.iter().all(is_percent) { "100%" } else { "100" };
        if !is_exact {
            round(table, columns);
        }
        let (ending, rounded) =
            if *is_exact { ("", "") } else { (" within rounding", ", within rounding") };
        let called: Vec<String> = columns.iter().map(|c| table.called(*c)).collect();
        let sum = match called.as_slice() {
            [a, b] => format!("{a} + {b}"),
            [first, .., last] => format!("sum({first} to {last})"),
            _ => continue,
        };
        let names: Vec<String> =
            columns.iter().filter_map(|c| table.column(*c)).map(|c| c.name().to_string()).collect();
        let first = names.first().map_or("", String::as_str);
        let check = Check {
            id: format!("{}-{}-to-100", table.files.name, slug(first)),
            title: format!("{} add up to {whole}", listed(&names)),
            table: number,
            each: Some(table.files.name.clone()),
            asserts: vec![format!("{sum} = {whole}{ending}")],
            ..Check::default()
        };
        rules.check(check, format!("{}{rounded}", of(*held, held + failed, "row")));
    }
}
