//! Uniqueness and named formats of cells.

use super::env::At;
use super::run::{NO_COLUMN, Runner, mark};
use super::states::unique::Unique;
use super::states::{encode, with_key};
use crate::engine::check::Kind;
use crate::engine::locate::Locator;
use crate::expr::eval::Env;
use crate::finding::{Mark, Tally};
use crate::rules::contract::named_format;
use crate::source::RowId;
use crate::value::Value;

/// Takes the key of a row; a key with a missing part is not unique and not double.
pub(super) fn take(all: &mut [(usize, usize, Unique)], check: usize, assertion: usize, columns: &[usize], env: &At<'_>, id: RowId, tally: &mut Tally) {
    let values: Vec<Value<'_>> = columns.iter().map(|&c| env.cell(0, c, false)).collect();
    if values.iter().any(|v| matches!(v, Value::Missing)) {
        tally.not_applicable += 1;
        return;
    }
    if values.iter().any(|v| matches!(v, Value::Unknown)) {
        tally.unknown += 1;
        return;
    }
    tally.held += 1;
    if let Some((_, _, unique)) = all.iter_mut().find(|u| u.0 == check && u.1 == assertion) {
        with_key(&values, |key| unique.take(key, id));
    }
}

/// Whether a text does not have a named format.
pub(super) fn like_fails(column: usize, name: &str, env: &At<'_>, tally: &mut Tally) -> bool {
    let fails = match env.cell(0, column, false) {
        Value::Text(t) => named_format(name).is_some_and(|f| (f.check)(&t).is_err()),
        Value::Missing => {
            tally.not_applicable += 1;
            return false;
        }
        Value::Unknown => {
            tally.unknown += 1;
            return false;
        }
        _ => named_format(name).is_some_and(|f| (f.check)(&env.written(0, column).to_text()).is_err()),
    };
    if fails {
        tally.failed += 1;
    } else {
        tally.held += 1;
    }
    fails
}

/// Settles equal hashes by the cells themselves and marks the later rows.
pub(super) fn mark(runner: &mut Runner<'_, '_>, table: usize, check: usize, assertion: usize, unique: Unique) {
    let Kind::Unique { columns } = &runner.job.checks[check].asserts[assertion].kind else { return };
    let mut found: Vec<(RowId, RowId)> = Vec::new();
    {
        let mut locator = Locator::new(&runner.job.tables[table], &runner.ran.tables[table].directory, runner.job.paths);
        for run in unique.finish() {
            let mut firsts: Vec<(Vec<u8>, RowId)> = Vec::new();
            for row in run {
                let Some(located) = locator.row(row) else { continue };
                let mut key = Vec::new();
                let readings = &runner.job.tables[table].columns;
                let values: Vec<Value<'_>> = columns.iter().map(|&c| super::batch::read(&readings[c].reading, &located.row.texts[c], false)).collect();
                encode(&values, &mut key);
                match firsts.iter().find(|f| f.0 == key) {
                    Some((_, first)) => found.push((row, *first)),
                    None => firsts.push((key, row)),
                }
            }
        }
    }
    let tally = &mut runner.ran.tallies[check];
    tally.held -= found.len() as u64;
    tally.failed += found.len() as u64;
    let column = columns.first().map_or(NO_COLUMN, |c| *c as u16);
    for (row, first) in found {
        runner.ran.marks[table].push(Mark { row, aux: first.0, check: check as u16, column, assertion: assertion as u8, kind: mark::DUPLICATE });
    }
}
