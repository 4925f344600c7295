//! Uniqueness and named formats of cells.

use std::io;

use crate::engine::data::check::Kind;
use crate::engine::data::classes::RawKind;
use crate::engine::data::job::Job;
use crate::engine::data::parallel::in_parallel;
use crate::engine::data::table::Table;
use crate::engine::pass::locate::Locator;
use crate::engine::pass::ran::Ran;
use crate::engine::states::encode;
use crate::engine::states::env::At;
use crate::engine::states::unique::Unique;
use crate::expr::eval::{Env, Verdict};
use crate::expr::formats::has_format;
use crate::report::RawFinding;
use crate::source::RowId;
use crate::value::Value;
use crate::width::to_usize;

/// Whether a text has a named format.
pub(crate) fn judge_like(column: usize, name: &str, env: &At<'_>) -> Verdict {
    let fails = match env.cell(0, column, false) {
        Value::Text(t) => has_format(name, &t).is_err(),
        value if value.cause().is_some() => return Verdict::Unknown(value.why()),
        _ => has_format(name, &env.written(0, column).to_text()).is_err(),
    };
    if fails { Verdict::Fails } else { Verdict::Holds }
}

/// Rows whose keys are read at once.
const AT_ONCE: usize = 1 << 16;

/// Settles equal hashes by the cells themselves; later rows with an equal key are raw findings.
///
/// # Errors
/// Where a temporary file fails.
pub(crate) fn find(
    job: &Job<'_>,
    ran: &mut Ran<'_>,
    (table, check, assertion): (usize, usize, usize),
    unique: &Unique,
) -> io::Result<()> {
    let share = job.memory.share(4 * job.jobs);
    let batches = unique.batches(share);
    for batch in 0..batches {
        let runs = unique.candidates(job.jobs, (batch, batches), share)?;
        // Keys are as long as their records at most: where they do not fit, fewer are compared at once.
        let of = &ran.tables[table];
        let each = of.bytes / of.rows.max(1) + 64;
        let fit = share.map_or(usize::MAX, |share| to_usize((share / each).max(64)));
        for runs in runs.chunks(fit) {
            settle(job, ran, (table, check, assertion), runs);
        }
    }
    Ok(())
}

/// Reads the keys of rows with the same hash and reports those that stand a second time.
fn settle(
    job: &Job<'_>,
    ran: &mut Ran<'_>,
    (table, check, assertion): (usize, usize, usize),
    runs: &[Vec<RowId>],
) {
    let Kind::Unique { columns } = &job.checks[check].asserts[assertion].kind else {
        return;
    };
    // In the order of the file, so that each block is read once.
    let mut rows: Vec<(RowId, usize)> =
        runs.iter().enumerate().flat_map(|(n, run)| run.iter().map(move |r| (*r, n))).collect();
    rows.sort_unstable();
    let mut firsts: Vec<Vec<(Box<[u8]>, RowId)>> = vec![Vec::new(); runs.len()];
    let mut found: Vec<(RowId, RowId)> = Vec::new();
    let locator =
        || Locator::new(&job.tables[table], &ran.tables[table].directory, job.paths).in_order();
    let mut locators: Vec<Locator<'_>> = (0..job.jobs).map(|_| locator()).collect();
    for rows in rows.chunks(AT_ONCE) {
        let size = (rows.len() / (4 * locators.len())).max(1);
        let keys = in_parallel(&mut locators, rows.len().div_ceil(size), &|locator, n| {
            let chunk = &rows[n * size..rows.len().min((n + 1) * size)];
            chunk.iter().map(|r| key(locator, columns, &job.tables[table], r.0)).collect::<Vec<_>>()
        });
        for (&(row, run), key) in rows.iter().zip(keys.into_iter().flatten()) {
            let Some(key) = key else { continue };
            match firsts[run].iter().find(|f| f.0 == key) {
                Some((_, first)) => found.push((row, *first)),
                None => firsts[run].push((key, row)),
            }
        }
    }
    let tally = &mut ran.tallies[check];
    tally.held -= found.len() as u64;
    tally.failed += found.len() as u64;
    let class =
        ran.classes[table].of_check(RawKind::Duplicate, check, assertion, columns.first().copied());
    for (row, first) in found {
        ran.raw[table].push(RawFinding { row, aux: first.0, class });
    }
}

/// The key of a row, read again.
fn key(
    locator: &mut Locator<'_>,
    columns: &[usize],
    table: &Table,
    row: RowId,
) -> Option<Box<[u8]>> {
    let texts = locator.texts(row, columns)?;
    let values: Vec<Value<'_>> = columns
        .iter()
        .zip(&texts)
        .map(|(&c, text)| crate::engine::data::batch::read(&table.columns[c].reading, text, false))
        .collect();
    let mut key = Vec::new();
    encode(&values, &mut key);
    Some(key.into())
}
