//! Columns that add up another from row to row: cumulative cases, sales of the year so far.

use std::collections::HashMap;

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::slips::slips;
use crate::propose::sums::parts::{Cell, addable, cell, scale};
use crate::propose::table::Table;
use crate::value::Type;

/// Steps that say something, at least.
const STEPS: usize = 8;
/// Columns that are looked at.
const MOST: usize = 40;

/// A column that runs on, and what it adds up.
struct Running {
    total: usize,
    part: usize,
    by: Vec<usize>,
    /// Whether each sum begins with the first figure that is added.
    is_whole: bool,
    steps: usize,
}

/// Finds them, and writes checks.
pub fn propose(number: usize, table: &Table, rules: &mut Rules) {
    if !table.is_whole || table.rows < STEPS {
        return;
    }
    let mut columns = addable(table);
    columns.truncate(MOST);
    let groups = groups(table);
    let mut found: Vec<Running> = Vec::new();
    for total in &columns {
        let parts = columns.iter().filter(|part| *part != total);
        let ways = parts.flat_map(|part| groups.iter().map(move |by| (*part, by)));
        // A column that is added up is no sum of the other.
        let is_new = |part: usize| !found.iter().any(|f| f.total == part && f.part == *total);
        let fits = ways.filter(|(part, _)| is_new(*part));
        let first = fits.filter_map(|(part, by)| runs(table, (*total, part), by)).next();
        found.extend(first);
    }
    found.into_iter().for_each(|running| write(number, table, &running, rules));
}

/// The columns by which sums may begin anew: those of the key but for one, or one of few texts.
fn groups(table: &Table) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    let without = |own: &usize| table.key.iter().copied().filter(|c| c != own).collect();
    all.extend(table.key.iter().rev().map(without).filter(|by: &Vec<usize>| !by.is_empty()));
    let recurs = |c: &usize| {
        table.column(*c).is_some_and(|own| {
            matches!(own.ty, Type::Text | Type::Year)
                && own.distinct > 1
                && own.distinct * 4 <= table.rows
        })
    };
    all.extend(table.usable().into_iter().filter(recurs).take(6).map(|c| vec![c]));
    all.dedup();
    all
}

/// Whether one column is the running sum of another, but for slips.
fn runs(table: &Table, (total, part): (usize, usize), by: &[usize]) -> Option<Running> {
    let (sum, own) = (table.column(total)?, table.column(part)?);
    let others: Vec<&Column> = by.iter().filter_map(|c| table.column(*c)).collect();
    let scale = scale(&[sum, own]);
    let mut last: HashMap<Vec<u32>, Cell> = HashMap::new();
    let (mut steps, mut failed, mut is_whole) = (0, 0, true);
    for row in 0..table.rows {
        let key = others.iter().filter_map(|c| c.sample.rows.get(row)).copied().collect();
        let stated = cell(sum, row, scale)?;
        let added = cell(own, row, scale)?;
        match last.insert(key, stated) {
            None => is_whole &= stated.value == added.value,
            Some(before) if stated.value == before.value.checked_add(added.value)? => {
                steps += usize::from(added.value != 0 && before.value != 0);
            }
            Some(_) => {
                (failed, is_whole) = (failed + 1, false);
                if failed > slips(table.rows) {
                    return None;
                }
            }
        }
    }
    // One figure that is wrong is off in its own row and the next.
    let is_enough = steps >= STEPS && steps > failed * 4;
    is_enough.then(|| Running { total, part, by: by.to_vec(), is_whole, steps: steps + failed })
}

fn write(number: usize, table: &Table, running: &Running, rules: &mut Rules) {
    let name = |c: usize| table.column(c).map_or("", Column::name);
    let (total, part) = (table.called(running.total), table.called(running.part));
    let by: Vec<String> = running.by.iter().map(|c| table.called(*c)).collect();
    let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
    let assertion = match running.is_whole {
        true => format!("{total} = cumulative({part}{by})"),
        false => format!("{total} = prev({total}{by}) + {part}"),
    };
    let check = Check {
        id: format!("{}-{}", table.files.name, slug(name(running.total))),
        title: format!(
            "{} is {} added up from row to row{}",
            name(running.total),
            name(running.part),
            names::for_each(running.by.iter().map(|c| name(*c)))
        ),
        table: number,
        each: Some(table.files.name.clone()),
        asserts: vec![assertion],
        beside: 0,
    };
    rules.check(check, of(running.steps, running.steps, "step"));
}
