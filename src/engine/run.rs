//! Stages in order: states are filled, checks are judged, marks are made.

use super::check::Check;
use super::classes::{Classes, RawKind};
use super::directory::Directory;
use super::env::{At, Filled, Miss, Shared};
use super::memory::{Memory, scratch_failed};
use super::pass::Program;
use super::scan::{ScanError, Sizes};
use super::states::near::{Neighbour, Neighbours};
use super::states::unique::Unique;
use super::states::{groups::Groups, index::Index};
use super::table::Table;
use super::workers;
use crate::expr::bound::{Allowance, Bound, Op, StateDef, StateId, States};
use crate::expr::eval::Verdict;
use crate::expr::functions::Context;
use crate::expr::tree::Cmp;
use crate::finding::{Mark, Tally};
use crate::plan::{Stage, Task, needs, stages};
use crate::source::{FileId, RowId, Watcher};
use crate::value::figure::Fit;

/// How many raw findings of each class were counted and not kept.
pub type Beyond = std::collections::BTreeMap<u32, u64>;

/// What a run is made of.
pub struct Job<'j> {
    /// The tables.
    pub tables: &'j [Table],
    /// The states.
    pub defs: &'j States,
    /// The checks.
    pub checks: &'j [Check],
    /// The clock.
    pub context: Context,
    /// Block and stretch sizes.
    pub sizes: Sizes,
    /// How many workers.
    pub jobs: usize,
    /// Without loops: every row is judged by the evaluator, in order. For tests.
    pub exact: bool,
    /// What keys and groups may take.
    pub memory: Memory<'j>,
    /// Marks of a kind that are kept, where no more are shown; the others are only counted.
    pub most_marks: Option<u64>,
    /// Whoever waits for the run.
    pub watch: &'j dyn Watcher,
    /// Paths of files as they are shown.
    pub paths: &'j (dyn Fn(FileId) -> String + Sync),
}

/// What one table gave beside its states.
#[derive(Default)]
pub struct TableResult {
    /// Where its blocks stand.
    pub directory: Directory,
    /// Its rows.
    pub rows: u64,
    /// Records that were no rows.
    pub set_aside: u64,
    /// Per part: the first line ends of each kind, as offset, record and line, with their counts.
    pub line_ends: Vec<(u32, [u64; 3], [Option<(u64, u64, u64)>; 3])>,
    /// Per percent column: the first row with a percent sign and the first without.
    pub percent_marks: Vec<(usize, Option<RowId>, Option<RowId>)>,
}

/// Everything that was found, without words.
pub struct Ran<'j> {
    /// What rows share, filled.
    pub shared: Shared<'j>,
    /// Per check.
    pub tallies: Vec<Tally>,
    /// Per table.
    pub tables: Vec<TableResult>,
    /// Per table the classes of its marks.
    pub classes: Vec<Classes>,
    /// Per table its marks in order; marks without a table (groups, combinations, once) last.
    pub marks: Vec<Vec<Mark>>,
    /// Per table the marks that were counted and not kept.
    pub beyond: Vec<Beyond>,
    /// The misses that marks number.
    pub misses: Vec<Miss>,
    /// Neighbours of failing rows, by state and row.
    pub neighbours: super::states::Map<(StateId, u64), Neighbour>,
    /// Combinations and groups of failing checks judged without a table: check, rows or group.
    pub units: Vec<UnitMark>,
    /// The stages.
    pub stages: Vec<Stage>,
    /// Passes that could not be finished.
    pub errors: Vec<ScanError>,
    /// Tables of which not all was read.
    pub unfinished: Vec<bool>,
    /// Checks that could not be judged, because they need all of such a table.
    pub left_out: Vec<usize>,
    /// Stretches whose start was guessed wrong, and which were walked again.
    pub redone: u64,
}

/// A failing unit that is no row.
#[derive(Debug, Clone)]
pub struct UnitMark {
    /// The check.
    pub check: usize,
    /// The assertion.
    pub assertion: usize,
    /// For each unit of the check a group number or a row.
    pub at: Vec<RowId>,
    /// A miss instead of a failure.
    pub miss: Option<Miss>,
    /// It holds, but by more rounding than is likely.
    pub improbable: bool,
}

/// Runs all stages.
pub fn run<'j>(job: &Job<'j>) -> Ran<'j> {
    let tasks: Vec<Task> = job.checks.iter().map(|c| Task { table: c.row_table(), needs: needs(c.expressions()) }).collect();
    let plan = stages(job.tables.len(), job.defs, &tasks);
    let filled = job.defs.all.iter().map(empty).collect();
    let mut runner = Runner {
        job,
        ran: Ran {
            shared: Shared { tables: job.tables, defs: job.defs, filled, context: job.context },
            tallies: vec![Tally::default(); job.checks.len()],
            tables: job.tables.iter().map(|_| TableResult::default()).collect(),
            classes: Classes::of_tables(job.tables, job.checks),
            marks: vec![Vec::new(); job.tables.len()],
            beyond: vec![Beyond::new(); job.tables.len()],
            misses: Vec::new(),
            neighbours: super::states::Map::default(),
            units: Vec::new(),
            stages: plan.clone(),
            errors: Vec::new(),
            unfinished: vec![false; job.tables.len()],
            left_out: Vec::new(),
            redone: 0,
        },
        visited: vec![false; job.tables.len()],
        partial: (0..job.defs.all.len()).map(|s| job.defs.all[s].needs_pass() && plan.iter().all(|p| !p.states.contains(&s))).collect(),
    };
    job.watch.will_read(plan.iter().map(|s| job.tables[s.table].bytes()).sum());
    for stage in &plan {
        runner.stage(stage);
    }
    super::run_units::judge_units(&mut runner);
    runner.ran
}

fn empty(def: &StateDef) -> Filled {
    match def {
        StateDef::Groups(g) => Filled::Groups(Groups::new(g)),
        StateDef::Index(_) => Filled::Index(Index::default()),
        StateDef::Near(_) => Filled::Near(Neighbours::default()),
    }
}

pub(super) struct Runner<'r, 'j> {
    pub job: &'r Job<'j>,
    pub ran: Ran<'j>,
    /// Tables that have been read once.
    visited: Vec<bool>,
    /// States that were not filled from all rows.
    partial: Vec<bool>,
}

/// What a stage gave, apart from its program.
struct Done {
    result: TableResult,
    tallies: Vec<Tally>,
    marks: Vec<Mark>,
    beyond: Beyond,
    misses: Vec<Miss>,
    neighbours: Vec<((StateId, u64), Neighbour)>,
    states: Vec<Filled>,
    unique: Vec<((usize, usize), Unique)>,
    error: Option<ScanError>,
    redone: u64,
}

impl Runner<'_, '_> {
    /// Whether a check must be left out, because the run was stopped or what it needs is not all
    /// there; notes it if so.
    pub(super) fn is_left_out(&mut self, check: usize) -> bool {
        let stopped = self.ran.errors.iter().any(|e| e.error.kind() == std::io::ErrorKind::Interrupted);
        let info = &self.job.checks[check];
        let lacks = needs(info.expressions()).into_iter().any(|s| self.partial[s])
            || (info.row_table().is_none() && info.units.iter().any(|u| self.ran.unfinished[u.table]));
        if stopped || lacks {
            self.ran.left_out.push(check);
        }
        stopped || lacks
    }

    fn stage(&mut self, stage: &Stage) {
        let checks = stage.checks.iter().copied().filter(|&c| !self.is_left_out(c)).collect();
        let stage = &Stage { checks, ..stage.clone() };
        for &s in &stage.states {
            self.partial[s] = needs(self.job.defs.all[s].reads()).into_iter().any(|n| n != s && self.partial[n]);
        }
        let first = !std::mem::replace(&mut self.visited[stage.table], true);
        let done = self.carry_out(stage, first, self.job.exact).or_else(|| self.carry_out(stage, first, true));
        let Some(done) = done else { return };
        let ran = &mut self.ran;
        if first {
            ran.tables[stage.table] = done.result;
        } else {
            ran.tables[stage.table].percent_marks = done.result.percent_marks;
        }
        for (check, tally) in stage.checks.iter().zip(&done.tallies) {
            ran.tallies[*check].add(tally);
        }
        let numbered = ran.misses.len() as u64;
        let classes = &ran.classes[stage.table];
        let is_miss = |m: &Mark| classes.get(m.class).is_some_and(|c| c.kind == RawKind::Missed);
        let renumber = |m: Mark| if is_miss(&m) { Mark { aux: m.aux + numbered, ..m } } else { m };
        ran.marks[stage.table].extend(done.marks.into_iter().map(renumber));
        for (class, count) in done.beyond {
            *ran.beyond[stage.table].entry(class).or_default() += count;
        }
        ran.misses.extend(done.misses);
        ran.neighbours.extend(done.neighbours);
        if let Some(error) = done.error {
            ran.unfinished[stage.table] = true;
            stage.states.iter().for_each(|&s| self.partial[s] = true);
            // Once stopped, no table is read further: that is told once.
            let is_stop = |e: &ScanError| e.error.kind() == std::io::ErrorKind::Interrupted;
            if !(is_stop(&error) && ran.errors.iter().any(is_stop)) {
                ran.errors.push(error);
            }
        }
        ran.redone += done.redone;
        for (id, filled) in stage.states.iter().zip(done.states) {
            self.job.memory.hold(filled.bytes());
            ran.shared.filled[*id] = filled;
        }
        for ((check, assertion), unique) in done.unique {
            if let Err(error) = super::duplicates::mark(self, stage.table, check, assertion, &unique) {
                self.ran.errors.push(ScanError { file: self.job.tables[stage.table].file(), offset: 0, error: scratch_failed(error) });
            }
        }
    }

    /// `None`: a loop met what only the evaluator can judge, in order.
    fn carry_out(&self, stage: &Stage, first: bool, exact: bool) -> Option<Done> {
        let program = Program::new(self.job, stage, (&self.ran.shared, &self.ran.classes[stage.table]), first, exact);
        let states = stage.states.iter().map(|&s| empty(&self.job.defs.all[s])).collect();
        let (commit, error) = workers::carry_out(&program, states, self.job.jobs);
        (!commit.hard).then(|| Done {
            beyond: commit.beyond(),
            result: commit.result,
            tallies: commit.tallies,
            marks: commit.marks,
            misses: commit.misses,
            neighbours: commit.neighbours,
            states: commit.states,
            unique: program.unique.iter().copied().zip(commit.unique).collect(),
            error,
            redone: commit.redone,
        })
    }
}

/// Counts a verdict.
pub(super) fn count(tally: &mut Tally, verdict: Verdict) {
    match verdict {
        Verdict::Holds | Verdict::Possible => tally.held += 1,
        Verdict::Fails => tally.failed += 1,
        Verdict::Unknown => tally.unknown += 1,
        Verdict::NotApplicable => tally.not_applicable += 1,
    }
}

/// Looks at a comparison that held within rounding: counts it as weak where it would have held for
/// any figure of its size; says whether it needed more rounding than is likely.
pub(super) fn second_look(bound: &Bound, env: &At<'_>, tally: &mut Tally) -> bool {
    let Op::Compare { op: Cmp::Eq, left, allowance: Allowance::Rounding(Some(linear)), .. } = &bound.op else { return false };
    let Some(look) = super::working::look_at_rounding(left, linear, env) else { return false };
    tally.weak += u64::from(look.weak);
    look.fit == Fit::Improbable
}

/// The columns of a unit that an expression reads.
pub(super) fn columns(e: &Bound, of: usize, needed: &mut [bool]) {
    e.walk(&mut |b| {
        if let Op::Cell { unit, column, .. } | Op::Written { unit, column } = b.op
            && unit == of
        {
            needed[column] = true;
        }
    });
}

/// The column at which a failing assertion is shown: the first cell of its first side.
pub fn primary_column(e: &Bound) -> Option<usize> {
    let mut found = None;
    e.walk(&mut |b| {
        if let Op::Cell { unit: 0, column, .. } | Op::Written { unit: 0, column } = b.op {
            found = found.or(Some(column));
        }
    });
    found
}
