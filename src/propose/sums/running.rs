//! Columns that add up another from row to row: cumulative cases, sales of the year so far.

use std::collections::HashMap;

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{self, Check, Rules};
use crate::propose::slips::slips;
use crate::propose::sums::parts::{Cell, above, addable, cell, scale};
use crate::propose::table::Table;
use crate::value::Type;

/// Steps that say something, at least.
const STEPS: usize = 8;
/// Columns that are looked at.
const MOST: usize = 40;

/// Columns that an account may have: what is in it, what comes in, what goes out.
const ACCOUNT: usize = 14;

/// A column that runs on, and what it adds up.
struct Running {
    total: usize,
    /// What is added; nothing where something is only taken away.
    part: Option<usize>,
    /// What is taken away.
    less: Option<usize>,
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
        let is_new = |part: usize| !found.iter().any(|f| f.total == part && f.part == Some(*total));
        let fits = ways.filter(|(part, _)| is_new(*part));
        let first = fits.filter_map(|(part, by)| runs(table, (*total, part), by)).next();
        found.extend(first);
    }
    let all: Vec<&Column> = columns.iter().take(ACCOUNT).filter_map(|c| table.column(*c)).collect();
    let scale = scale(&all);
    let groups: Vec<(Vec<usize>, Vec<Option<usize>>)> =
        groups.into_iter().map(|by| (by.clone(), above(table, &by))).collect();
    for total in columns.iter().take(ACCOUNT) {
        if !found.iter().any(|f| f.total == *total || f.part == Some(*total)) {
            let account =
                groups.iter().find_map(|way| account((table, scale), &columns, *total, way));
            found.extend(account);
        }
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
    let (by, part, less) = (by.to_vec(), Some(part), None);
    is_enough.then(|| Running { total, part, less, by, is_whole, steps: steps + failed })
}

/// What is added to a column from row to row, and taken away, where two others say it: blank cells are
/// nothing. `above` says which row is before each.
fn account(
    (table, scale): (&Table, u32),
    columns: &[usize],
    total: usize,
    (by, above): &(Vec<usize>, Vec<Option<usize>>),
) -> Option<Running> {
    let of = |c: usize, row: usize| table.column(c).and_then(|own| cell(own, row, scale));
    let value = |c: usize, row: usize| of(c, row).map_or(0, |cell| cell.value);
    let steps = || above.iter().zip(0..).filter_map(|(above, row)| Some((row, (*above)?)));
    let fits = |part: Option<usize>, less: usize| {
        let (mut held, mut wrong, mut ins, mut outs) = (0, 0, 0, 0);
        for (n, (row, above)) in steps().enumerate() {
            let (Some(now), Some(before)) = (of(total, row), of(total, above)) else { continue };
            let (a, b) = (part.map_or(0, |part| value(part, row)), value(less, row));
            if now.value - before.value == a - b {
                held += usize::from(now.value != before.value);
                ins += usize::from(a != 0);
                outs += usize::from(b != 0);
            } else {
                wrong += 1;
                if wrong > slips(n) + 1 {
                    return None;
                }
            }
        }
        let is_enough =
            held >= STEPS && held > wrong * 4 && (ins > 2 || part.is_none()) && outs > 2;
        is_enough.then_some(held + wrong)
    };
    let others = || columns.iter().take(ACCOUNT).copied().filter(|c| *c != total);
    let pairs = others().flat_map(|a| others().map(move |b| (Some(a), b)));
    let all = others().map(|less| (None, less)).chain(pairs);
    all.filter(|(part, less)| *part != Some(*less)).find_map(|(part, less)| {
        let steps = fits(part, less)?;
        Some(Running { total, part, less: Some(less), by: by.clone(), is_whole: false, steps })
    })
}

fn write(number: usize, table: &Table, running: &Running, rules: &mut Rules) {
    let name = |c: usize| table.column(c).map_or("", Column::name);
    let total = table.called(running.total);
    let by: Vec<String> = running.by.iter().map(|c| table.called(*c)).collect();
    let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
    // Blank cells of an account are nothing.
    let of = |c: usize| match table.column(c) {
        Some(own) if running.less.is_some() && own.filled < table.rows => {
            format!("default({}, 0)", table.called(c))
        }
        _ => table.called(c),
    };
    let added = running.part.map_or(String::new(), |c| format!(" + {}", of(c)));
    let taken = running.less.map_or(String::new(), |c| format!(" - {}", of(c)));
    let assertion = match (running.is_whole, running.part) {
        (true, Some(part)) => format!("{total} = cumulative({}{by})", table.called(part)),
        _ => format!("{total} = prev({total}{by}){added}{taken}"),
    };
    let each = names::for_each(running.by.iter().map(|c| name(*c)));
    let what = match (running.part, running.less) {
        (Some(part), Some(less)) => {
            format!("the one above plus {} minus {}", name(part), name(less))
        }
        (Some(part), None) => format!("{} added up from row to row", name(part)),
        (None, less) => format!("the one above minus {}", less.map_or("", name)),
    };
    let check = Check {
        id: format!("{}-{}", table.files.name, slug(name(running.total))),
        title: format!("{} is {what}{each}", name(running.total)),
        table: number,
        each: Some(table.files.name.clone()),
        asserts: vec![assertion],
        ..Check::default()
    };
    rules.check(check, rules::of(running.steps, running.steps, "step"));
}
