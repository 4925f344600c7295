//! Columns that are the sum of other columns, row by row.

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::sums::parts::{addable, cell, listed, round, scale};
use crate::propose::sums::search::{Grid, Sum};
use crate::propose::table::Table;
use crate::value::Type;

/// Columns that are looked at.
const MOST: usize = 400;

/// Finds them, and writes checks; totals with their parts.
pub fn propose(number: usize, table: &mut Table, rules: &mut Rules) -> Vec<(usize, Vec<usize>)> {
    let mut all = addable(table);
    all.truncate(MOST);
    let is_count = |c: &usize| table.column(*c).is_some_and(|c| c.ty == Type::Integer);
    let counts: Vec<usize> = all.iter().filter(|c| is_count(c)).copied().collect();
    let mut found: Vec<(usize, Vec<usize>, bool, usize, usize)> = Vec::new();
    for columns in [all.clone(), counts] {
        if columns.len() < 3 || found.len() >= columns.len() {
            continue;
        }
        for sum in grid(table, &columns).sums() {
            let Some((target, parts)) = columns_of(&columns, &sum) else { continue };
            let follows = found
                .iter()
                .any(|f| f.0 == target || f.1.contains(&target) && parts.contains(&f.0));
            if let Some(layer) = sum.layers.first().filter(|_| !follows) {
                found.push((target, parts, layer.is_exact, layer.held, layer.failed));
            }
        }
    }
    found.sort_by_key(|sum| sum.0);
    let known = found.iter().map(|sum| (sum.0, sum.1.clone())).collect();
    for (target, parts, is_exact, held, failed) in found {
        if !is_exact {
            let involved: Vec<usize> = parts.iter().copied().chain([target]).collect();
            round(table, &involved);
        }
        rules.parts.extend(parts.iter().map(|part| (number, *part, target)));
        let (left, right, others) = written(table, target, &parts);
        let ending = if is_exact { "" } else { " within rounding" };
        let name = |c: usize| table.column(c).map_or("", Column::name);
        let check = Check {
            id: format!("{}-{}", table.files.name, slug(name(left))),
            title: title(table, left, target, &parts),
            table: number,
            each: Some(table.files.name.clone()),
            asserts: vec![format!("{} = {right}{ending}", table.called(left))],
            ..Check::default()
        };
        let all = held + failed;
        let rounded = if is_exact { "" } else { ", within rounding" };
        let blank = if others { "; blank cells are left out" } else { "" };
        rules.check(check, format!("{}{rounded}{blank}", of(held, all, "row")));
    }
    known
}

fn columns_of(columns: &[usize], sum: &Sum) -> Option<(usize, Vec<usize>)> {
    let of = |series: &usize| columns.get(*series).copied();
    Some((of(&sum.target)?, sum.parts.iter().filter_map(of).collect()))
}

fn grid(table: &Table, columns: &[usize]) -> Grid {
    let all: Vec<&Column> = columns.iter().filter_map(|c| table.column(*c)).collect();
    let scale = scale(&all);
    let series = |column: &&Column| (0..table.rows).map(|row| cell(column, row, scale)).collect();
    Grid {
        cells: vec![all.iter().map(series).collect()],
        series: all.len(),
        positions: table.rows,
        totals: all.iter().map(|c| names::is_total(c.name())).collect(),
        counts: vec![all.iter().all(|c| c.ty == Type::Integer)],
        is_labelled: false,
    }
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
