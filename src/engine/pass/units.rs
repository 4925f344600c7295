//! Checks that are judged for groups, for combinations, or once.

use std::borrow::Cow;
use std::cell::RefCell;

use crate::engine::data::check::Check;
use crate::engine::data::check::columns;
use crate::engine::data::job::{Job, ScanError};
use crate::engine::data::memory::scratch_failed;
use crate::engine::fast::decode;
use crate::engine::pass::inner;
use crate::engine::pass::ran::{Ran, RawUnitFinding};
use crate::engine::pass::scan::scan;
use crate::engine::pass::undecided::Undecided;
use crate::engine::states::env::{At, Filled, Miss, Missed, Shared, UnitRow, is_reported};
use crate::engine::states::groups::Group;
use crate::engine::states::kept::KeptCell;
use crate::engine::states::rounding::{count, rounding_quality};
use crate::expr::bound::{StateDef, StateId};
use crate::expr::choose::choose;
use crate::expr::eval::{Verdict, judge};
use crate::plan::needs;
use crate::report::Tally;
use crate::source::RowId;
use crate::width::to_usize;

/// What one unit of a combination runs over.
enum Range {
    /// Groups of a state.
    Groups(StateId),
    /// Rows by their cells.
    Rows(Vec<(RowId, Vec<KeptCell>)>),
}

/// Judges all checks that no pass over rows judges.
pub(crate) fn judge_units(job: &Job<'_>, ran: &mut Ran<'_>) {
    for number in 0..job.checks.len() {
        let check = &job.checks[number];
        if check.row_table().is_some() || ran.is_left_out(job, number) {
            continue;
        }
        let errors = ran.errors.len();
        window_of_groups(job, ran, number);
        let ranges: Vec<Range> =
            (0..check.units.len()).map(|u| range(job, ran, check, u)).collect();
        if ran.errors.len() > errors {
            ran.cut_short.push(number);
        }
        let mut at = vec![0; ranges.len()];
        judge_all(job, ran, number, &ranges, &mut at, 0);
        if check.units.is_empty() {
            continue;
        }
        let tables: Vec<usize> = check.units.iter().map(|u| u.table).collect();
        let tally = &mut ran.tallies[number];
        tally.set_aside = tables.iter().map(|&t| ran.tables[t].set_aside).sum();
        for state in check.units.iter().filter_map(|u| u.groups) {
            if let Filled::Groups(groups) = &ran.shared.filled[state] {
                tally.chosen_blank += groups.blanks.chosen;
                tally.not_chosen_blank += groups.blanks.not_chosen;
            }
        }
    }
}

/// Windows over groups: all groups are there, so they are walked at once.
fn window_of_groups(job: &Job<'_>, ran: &mut Ran<'_>, number: usize) {
    for state in needs(job.checks[number].expressions()) {
        let StateDef::Window(def) = &job.defs.all[state] else { continue };
        let Some(groups) = def.groups else { continue };
        let Filled::Window(mut window) = std::mem::take(&mut ran.shared.filled[state]) else {
            continue;
        };
        let misses = RefCell::new(Vec::new());
        let mut missed = Vec::new();
        let share = job.memory.share(2);
        let mut kept = Ok(());
        if let Filled::Groups(all) = &ran.shared.filled[groups] {
            let mut place = 0;
            while let Some((name, next)) = all.at(place) {
                let group = all.named(name);
                let units = [UnitRow::Group(group.as_ref().map_or(&[], |g| &g.keys))];
                let env = At {
                    shared: &ran.shared,
                    units: &units,
                    row: name,
                    window: &[],
                    misses: &misses,
                };
                window.keep(def, &env, name);
                if share.is_some_and(|share| window.bytes() > share) {
                    kept = kept.and_then(|()| window.spill(&job.memory));
                }
                missed.extend(misses.take().into_iter().map(|miss| (name, miss)));
                place = next;
            }
            let with = (job.jobs, share.unwrap_or(u64::MAX));
            kept = kept.and_then(|()| window.finish(def, &job.memory, with));
        }
        if let Err(error) = kept {
            let (file, error) = (job.tables[def.table].file(), scratch_failed(error));
            ran.errors.push(ScanError { file, offset: 0, error });
        }
        ran.shared.filled[state] = Filled::Window(window);
        for (name, miss) in missed {
            let (at, miss) = (vec![name], Some(miss));
            let unit = RawUnitFinding { check: number, assertion: 0, at, miss, improbable: false };
            report(job, ran, unit);
        }
    }
}

/// Reports what a unit came to; a key that is missed once in a check.
fn report(job: &Job<'_>, ran: &mut Ran<'_>, unit: RawUnitFinding) {
    match unit.miss {
        Some(miss) if miss.within.is_some() => {
            inner::report(job, ran, (unit.check, unit.assertion), miss);
        }
        Some(ref miss) if miss.what != Missed::OnlySeveral => {
            if ran.reported.insert((unit.check, miss.name())) {
                ran.units.push(unit);
            }
        }
        _ => ran.units.push(unit),
    }
}

fn range(job: &Job<'_>, ran: &mut Ran<'_>, check: &Check, unit: usize) -> Range {
    let bound = &check.units[unit];
    if let Some(groups) = bound.groups {
        return Range::Groups(groups);
    }
    let table = &job.tables[bound.table];
    let mut needed = vec![false; table.columns.len()];
    check.expressions().for_each(|e| columns(e, unit, &mut needed));
    let mut rows = Vec::new();
    let result = scan(table, job.paths, (job.sizes, job.watch), &mut |visit| {
        decode::columns(&mut visit.batch, &needed);
        for row in 0..visit.batch.rows {
            let cell = |c: usize| {
                KeptCell::new(
                    c,
                    visit.batch.value(row, c, false).into_owned(),
                    visit.batch.value(row, c, true).into_owned(),
                )
            };
            let cells =
                needed.iter().enumerate().filter(|(_, n)| **n).map(|(c, _)| cell(c)).collect();
            rows.push((RowId(visit.head.first.0 + row as u64), cells));
        }
    });
    if let Err(e) = result {
        ran.errors.push(e);
    }
    Range::Rows(rows)
}

/// Where one unit of a combination is: the place of its row, or the name of its group.
type UnitPlace = u64;

fn judge_all(
    job: &Job<'_>,
    ran: &mut Ran<'_>,
    number: usize,
    ranges: &[Range],
    at: &mut Vec<UnitPlace>,
    depth: usize,
) {
    let Some(range) = ranges.get(depth) else { return judge_one(job, ran, number, ranges, at) };
    match range {
        Range::Groups(g) => {
            let mut place = 0;
            while let Filled::Groups(groups) = &ran.shared.filled[*g]
                && let Some((name, next)) = groups.at(place)
            {
                at[depth] = name.0;
                place = next;
                judge_all(job, ran, number, ranges, at, depth + 1);
            }
        }
        Range::Rows(rows) => {
            for i in 0..rows.len() {
                at[depth] = i as u64;
                judge_all(job, ran, number, ranges, at, depth + 1);
            }
        }
    }
}

/// Whether a unit was judged where its data is.
fn is_elsewhere(
    job: &Job<'_>,
    ran: &Ran<'_>,
    check: &Check,
    groups: &[Option<Cow<'_, Group>>],
) -> bool {
    let Some(elsewhere) = &check.elsewhere else { return false };
    let Some(group) = groups.first() else { return !elsewhere.is_left };
    let number = || {
        let (first, table) = (group.as_ref()?.first, check.units.first()?.table);
        let directory = &ran.tables.get(table)?.directory;
        let head = directory.blocks().get(directory.block_of(first)?)?;
        let columns = job.tables.get(table)?.files.first()?.reader.head().columns.len();
        Some(head.number_of(first, columns))
    };
    !number().is_some_and(|number| elsewhere.leaves(number))
}

fn judge_one(job: &Job<'_>, ran: &mut Ran<'_>, number: usize, ranges: &[Range], at: &[UnitPlace]) {
    let check = &job.checks[number];
    let misses = RefCell::new(Vec::new());
    let mut raw = Vec::new();
    let mut tally = ran.tallies[number];
    let shared = &ran.shared;
    let groups: Vec<_> = ranges.iter().zip(at).map(|(r, name)| group(shared, r, *name)).collect();
    if is_elsewhere(job, ran, check, &groups) {
        return;
    }
    let (units, ids) = unit_rows(ranges, at, &groups);
    let row = ids.first().copied().unwrap_or(RowId(0));
    let env = At { shared, units: &units, row, window: &[], misses: &misses };
    let mut noted = Vec::new();
    let chosen = check.filter.as_ref().map_or(Ok(true), |filter| {
        let choice = choose(filter, &env);
        tally.add_blank(choice.chosen == Ok(true), choice.blank);
        choice.chosen
    });
    tally.cases += u64::from(chosen != Ok(false));
    if let Err(why) = chosen {
        tally.add_undecided(why, check.asserts.len() as u64);
        let undecided = Undecided { at: ids.clone(), assertion: None, why };
        note(undecided, check.asserts.len() as u64, &misses, (&mut noted, &mut tally));
    }
    let finding = |assertion: usize, miss: Option<Miss>, improbable: bool| RawUnitFinding {
        check: number,
        assertion,
        at: ids.clone(),
        miss,
        improbable,
    };
    if !check.asserts.is_empty() {
        raw.extend(misses.take().into_iter().map(|miss| finding(0, Some(miss), false)));
    }
    let asserts = if chosen == Ok(true) { &check.asserts[..] } else { &[] };
    for (a, assertion) in asserts.iter().enumerate() {
        let verdict = judge(&assertion.bound, &env);
        count(&mut tally, verdict);
        if let Verdict::Unknown(why) = verdict {
            let undecided = Undecided { at: ids.clone(), assertion: Some(a), why };
            note(undecided, 1, &misses, (&mut noted, &mut tally));
        }
        if verdict == Verdict::Fails {
            raw.push(finding(a, None, false));
        }
        if verdict == Verdict::Holds && rounding_quality((a, &assertion.bound), &env, &mut tally) {
            raw.push(finding(a, None, true));
        }
        raw.extend(misses.take().into_iter().map(|miss| finding(a, Some(miss), false)));
    }
    ran.tallies[number] = tally;
    let room = job.most_undecided.saturating_sub(ran.undecided[number].len());
    ran.undecided[number].extend(noted.into_iter().take(room));
    raw.into_iter().for_each(|unit| report(job, ran, unit));
}

/// What stands for each unit, and the name of each.
fn unit_rows<'r>(
    ranges: &'r [Range],
    at: &[UnitPlace],
    groups: &'r [Option<Cow<'r, Group>>],
) -> (Vec<UnitRow<'r>>, Vec<RowId>) {
    let unit =
        |((range, &i), group): ((&'r Range, &UnitPlace), &'r Option<Cow<'r, Group>>)| match range {
            Range::Rows(rows) => (UnitRow::Kept(&rows[to_usize(i)].1), rows[to_usize(i)].0),
            Range::Groups(_) => (UnitRow::Group(group.as_ref().map_or(&[], |g| &g.keys)), RowId(i)),
        };
    ranges.iter().zip(at).zip(groups).map(unit).unzip()
}

/// Keeps an undecided answer, unless a finding about a miss says why it is.
fn note(
    undecided: Undecided,
    answers: u64,
    misses: &RefCell<Vec<Miss>>,
    (noted, tally): (&mut Vec<Undecided>, &mut Tally),
) {
    match is_reported(misses, undecided.why) {
        true => tally.add_reported(undecided.why, answers),
        false => noted.push(undecided),
    }
}

/// The group of a unit that runs over groups.
fn group<'r>(shared: &'r Shared<'_>, range: &Range, name: UnitPlace) -> Option<Cow<'r, Group>> {
    let Range::Groups(state) = range else { return None };
    let Filled::Groups(all) = &shared.filled[*state] else { return None };
    all.named(RowId(name))
}
