//! Look-ups and `only` that met several rows, where that is said already: of a table whose key is checked by
//! the finding of its key, of a table of one row by that of its rows, of an old version by the first check
//! that says so, of rows that a rule names by the check that counts them.

use std::collections::{BTreeSet, HashMap};

use crate::engine::data::check::Kind;
use crate::engine::data::classes::RawKind;
use crate::engine::data::job::Job;
use crate::engine::pass::ran::Ran;
use crate::engine::states::env::{Miss, MissName, Missed};
use crate::expr::bound::StateDef;
use crate::source::RowId;
use crate::width::to_usize;

/// Where a miss was met: check, table of its rows, row.
type Met = (usize, usize, RowId);

/// Leaves out what another finding says.
pub fn leave_out(job: &Job<'_>, ran: &mut Ran<'_>) {
    if ran.misses.is_empty() && ran.units.iter().all(|unit| unit.miss.is_none()) {
        return;
    }
    let tallies = job.checks.iter().zip(&ran.tallies);
    let counting = tallies.filter(|(check, tally)| check.asks_for_rows() && tally.failed > 0);
    let counted: BTreeSet<_> = counting.map(|(check, _)| check.rule).collect();
    let is_counted = |check: usize| counted.contains(&job.checks[check].rule);
    let mut first: HashMap<MissName, Met> = HashMap::new();
    let mut meet = |miss: &Miss, met: Met| {
        if is_several(miss) && is_old(job, miss) {
            let known = first.entry(miss.name()).or_insert(met);
            *known = met.min(*known);
        }
    };
    for (table, raw) in ran.raw.iter().enumerate() {
        for found in raw {
            let Some(class) = ran.classes[table].get(found.class) else { continue };
            let miss =
                ran.misses.get(to_usize(found.aux)).filter(|_| class.kind == RawKind::Missed);
            miss.into_iter().for_each(|miss| meet(miss, (class.check.index(), table, found.row)));
        }
    }
    for unit in &ran.units {
        let met = (unit.check, usize::MAX, unit.at.first().copied().unwrap_or(RowId(0)));
        unit.miss.iter().for_each(|miss| meet(miss, met));
    }
    let is_said = |miss: &Miss, check: usize| match (is_several(miss), is_old(job, miss)) {
        (false, _) => miss.what == Missed::OnlySeveral && is_counted(check),
        (true, _) if is_checked(job, miss) => true,
        (true, false) => false,
        (true, true) => first.get(&miss.name()).is_some_and(|met| met.0 != check),
    };
    let mut said: Vec<(usize, MissName)> = Vec::new();
    let mut is_left = |check: usize, miss: Option<&Miss>| {
        let Some(miss) = miss.filter(|miss| is_said(miss, check)) else { return true };
        said.push((check, miss.name()));
        false
    };
    for (table, raw) in ran.raw.iter_mut().enumerate() {
        let (classes, misses) = (&ran.classes[table], &ran.misses);
        raw.retain(|found| {
            let class = classes.get(found.class).filter(|class| class.kind == RawKind::Missed);
            class.is_none_or(|class| is_left(class.check.index(), misses.get(to_usize(found.aux))))
        });
    }
    ran.units.retain(|unit| is_left(unit.check, unit.miss.as_ref()));
    said.iter().for_each(|said| _ = ran.reported.remove(said));
}

fn is_several(miss: &Miss) -> bool {
    miss.what == Missed::Several
}

fn is_old(job: &Job<'_>, miss: &Miss) -> bool {
    job.tables[job.defs.all[miss.state].table()].old_of.is_some()
}

/// Whether a check says which rows of the table have the same key.
fn is_checked(job: &Job<'_>, miss: &Miss) -> bool {
    let StateDef::Index(def) = &job.defs.all[miss.state] else { return false };
    // A table of one row: its number of rows is always checked.
    if def.columns.is_empty() {
        return true;
    }
    let is_of_key = |kind: &Kind| match kind {
        Kind::Unique { columns } => {
            columns.len() == def.columns.len() && columns.iter().all(|c| def.columns.contains(c))
        }
        _ => false,
    };
    job.checks.iter().any(|check| {
        let of_all = check.row_table() == Some(def.table) && check.filter.is_none();
        of_all && check.asserts.iter().any(|assertion| is_of_key(&assertion.kind))
    })
}
