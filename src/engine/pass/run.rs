//! Stages in order: states are filled, checks are judged, raw findings are made.

use std::collections::HashSet;

use crate::engine::data::classes::RawKind;
use crate::engine::data::job::{Job, Overflow, OverflowOfKeys, ScanError, TableResult};
use crate::engine::data::memory::scratch_failed;
use crate::engine::pass::chunk::MissNote;
use crate::engine::pass::inner::StateMisses;
use crate::engine::pass::program::Program;
use crate::engine::pass::ran::Ran;
use crate::engine::pass::undecided::UndecidedRows;
use crate::engine::pass::{duplicates, inner, repeated, units, workers};
use crate::engine::states::aside::{AsideKeys, AsideRows};
use crate::engine::states::env::{Filled, Miss, MissName};
use crate::engine::states::groups::Groups;
use crate::engine::states::index::Index;
use crate::engine::states::seen::WindowValue;
use crate::engine::states::unique::Unique;
use crate::engine::states::window::Window;
use crate::expr::bound::{StateDef, StateId};
use crate::plan::{Stage, Task, needs, stages};
use crate::report::{RawFinding, Tally};

/// Runs all stages.
pub fn run<'j>(job: &Job<'j>) -> Ran<'j> {
    let tasks: Vec<Task> = job
        .checks
        .iter()
        .map(|c| Task { table: c.row_table(), needs: needs(c.expressions()) })
        .collect();
    let plan = stages(job.tables.len(), job.defs, &tasks);
    let filled = job.defs.all.iter().map(empty).collect();
    let partial = (0..job.defs.all.len()).map(|s| unfilled(job, &plan, s)).collect();
    let mut runner = Runner {
        job,
        ran: Ran::new(job, plan.clone(), filled, partial),
        visited: vec![false; job.tables.len()],
        inner: Vec::new(),
        state_misses: StateMisses::default(),
    };
    job.watch.will_read(plan.iter().map(|s| job.tables[s.table].bytes()).sum());
    for stage in &plan {
        runner.stage(stage);
    }
    let Runner { ran, inner, state_misses, .. } = &mut runner;
    units::judge_units(job, ran);
    for MissNote { check, assertion, miss, .. } in std::mem::take(inner) {
        inner::report(job, ran, (check, assertion), miss);
    }
    std::mem::take(state_misses).report(job, ran);
    repeated::leave_out(job, ran);
    runner.ran.count_types(job);
    runner.ran.add_elsewhere(job);
    runner.ran.note_complete(job);
    runner.ran
}

/// Whether a state is of a table that could not be opened, or needs a stage and has none.
fn unfilled(job: &Job<'_>, plan: &[Stage], state: StateId) -> bool {
    let def = &job.defs.all[state];
    job.tables[def.table()].unread
        || def.needs_pass() && plan.iter().all(|p| !p.states.contains(&state))
}

fn empty(def: &StateDef) -> Filled {
    match def {
        StateDef::Groups(g) => Filled::Groups(Groups::new(g)),
        StateDef::Index(_) => Filled::Index(Index::default()),
        StateDef::Window(_) => Filled::Window(Window::default()),
    }
}

struct Runner<'r, 'j> {
    job: &'r Job<'j>,
    ran: Ran<'j>,
    /// Tables that have been read once.
    visited: Vec<bool>,
    /// What assertions missed in rows that went into a state.
    inner: Vec<MissNote>,
    /// What rows missed on their way into states.
    state_misses: StateMisses,
}

/// What a stage gave, apart from its program.
struct Done {
    result: TableResult,
    tallies: Vec<Tally>,
    undecided: Vec<UndecidedRows>,
    raw: Vec<RawFinding>,
    overflow: Overflow,
    overflow_of_keys: OverflowOfKeys,
    misses: Vec<Miss>,
    seen_misses: HashSet<(usize, MissName)>,
    inner: Vec<MissNote>,
    state_misses: StateMisses,
    window_values: Vec<((StateId, u64), WindowValue)>,
    states: Vec<Filled>,
    unique: Vec<((usize, usize), Unique)>,
    error: Option<ScanError>,
    redone: u64,
}

impl Runner<'_, '_> {
    fn stage(&mut self, stage: &Stage) {
        let checks =
            stage.checks.iter().copied().filter(|&c| !self.ran.is_left_out(self.job, c)).collect();
        let stage = &Stage { checks, ..stage.clone() };
        let partial = &mut self.ran.partial;
        for &s in &stage.states {
            let needed = needs(self.job.defs.all[s].reads());
            partial[s] |= needed.into_iter().any(|n| n != s && partial[n]);
        }
        let first = !std::mem::replace(&mut self.visited[stage.table], true);
        let done = self
            .carry_out(stage, first, self.job.exact)
            .or_else(|| self.carry_out(stage, first, true));
        let Some(mut done) = done else { return };
        self.keep_raw(stage.table, &mut done);
        // A pass that did not reach the end knows too few rows to find them again.
        if first {
            self.visited[stage.table] = done.error.is_none();
        }
        let ran = &mut self.ran;
        if first {
            let places = done.result.aside.places.clone();
            ran.shared.set_aside[stage.table] = (done.result.set_aside, places);
        }
        // Where the first pass did not reach the end, a later one may know of more rows.
        let is_more = done.result.rows >= ran.tables[stage.table].rows;
        if first && is_more || done.result.rows > ran.tables[stage.table].rows {
            ran.tables[stage.table] = done.result;
        } else {
            ran.tables[stage.table].finish(done.result);
        }
        let judged = done.tallies.iter().zip(done.undecided);
        for (&check, (tally, undecided)) in stage.checks.iter().zip(judged) {
            ran.tallies[check].add(tally);
            ran.undecided[check] = undecided.first();
        }
        ran.window_values.extend(done.window_values);
        ran.unfinished[stage.table] = self.job.tables[stage.table].unread || done.error.is_some();
        if let Some(error) = done.error {
            ran.not_read_on(stage, error);
        }
        ran.redone += done.redone;
        self.keep_states(stage, done.states);
        for ((check, assertion), unique) in done.unique {
            let of = (stage.table, check, assertion);
            if let Err(error) = duplicates::find(self.job, &mut self.ran, of, &unique) {
                self.ran.errors.push(ScanError {
                    file: self.job.tables[stage.table].file(),
                    offset: 0,
                    error: scratch_failed(error),
                });
            }
        }
    }

    /// Keeps raw findings, and what was missed: misses are numbered on.
    fn keep_raw(&mut self, table: usize, done: &mut Done) {
        let ran = &mut self.ran;
        let numbered = ran.misses.len() as u64;
        let classes = &ran.classes[table];
        let is_miss =
            |m: &RawFinding| classes.get(m.class).is_some_and(|c| c.kind == RawKind::Missed);
        let renumber =
            |m: RawFinding| if is_miss(&m) { RawFinding { aux: m.aux + numbered, ..m } } else { m };
        ran.raw[table].extend(done.raw.drain(..).map(renumber));
        for (class, count) in &done.overflow {
            *ran.overflow[table].entry(*class).or_default() += *count;
        }
        ran.overflow_of_keys[table].append(&mut done.overflow_of_keys);
        ran.misses.append(&mut done.misses);
        ran.reported.extend(std::mem::take(&mut done.seen_misses));
        self.inner.append(&mut done.inner);
        self.state_misses.append(std::mem::take(&mut done.state_misses));
    }

    /// Keeps what a stage filled; indexes and groups learn which keys stand in records that are no
    /// rows.
    fn keep_states(&mut self, stage: &Stage, states: Vec<Filled>) {
        for (id, mut filled) in stage.states.iter().zip(states) {
            let table = &self.job.tables[stage.table];
            let aside = &self.ran.tables[stage.table].aside;
            match (&mut filled, &self.job.defs.all[*id]) {
                (Filled::Index(index), StateDef::Index(def)) => {
                    index.aside = AsideKeys::of(def.columns.iter().copied(), table, aside);
                }
                (Filled::Groups(groups), StateDef::Groups(def)) => {
                    groups.aside = AsideRows::of(def, table, aside);
                }
                _ => {}
            }
            self.job.memory.hold(filled.bytes());
            self.ran.shared.filled[*id] = filled;
        }
    }

    /// `None`: a loop met what only the evaluator can judge, in order.
    fn carry_out(&self, stage: &Stage, first: bool, exact: bool) -> Option<Done> {
        let program = Program::new(
            self.job,
            stage,
            (&self.ran.shared, &self.ran.classes[stage.table]),
            first,
            exact,
        );
        let states = stage.states.iter().map(|&s| empty(&self.job.defs.all[s])).collect();
        let (commit, error) = workers::carry_out(&program, states, self.job.jobs);
        (!commit.needs_exact_pass).then(|| Done {
            overflow: commit.overflow(),
            overflow_of_keys: commit.overflow_of_keys,
            result: commit.result,
            tallies: commit.tallies,
            undecided: commit.undecided,
            raw: commit.raw,
            misses: commit.misses,
            seen_misses: commit.seen_misses,
            inner: commit.inner,
            state_misses: commit.state_misses,
            window_values: commit.window_values,
            states: commit.states,
            unique: program.unique.iter().copied().zip(commit.unique).collect(),
            error,
            redone: commit.redone,
        })
    }
}
