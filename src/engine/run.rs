//! Stages in order: states are filled, checks are judged, marks are made.

use std::cell::RefCell;
use std::collections::HashSet;

use super::batch::Batch;
use super::check::{Check, Kind};
use super::env::{At, Filled, Miss, Shared, UnitRow};
use super::kernels::{Answer, Kernel, compile};
use super::scan::{BlockHead, ScanError, Sizes, Visit, scan};
use super::states::near::{Neighbour, Neighbours};
use super::states::unique::Unique;
use super::states::{groups::Groups, index::Index};
use super::table::Table;
use crate::expr::bound::{Allowance, Bound, Op, StateDef, StateId, States};
use crate::expr::eval::{Env, Verdict, eval, judge};
use crate::expr::functions::Context;
use crate::expr::tree::Cmp;
use crate::finding::{Mark, Tally};
use crate::plan::{Stage, Task, needs, stages};
use crate::source::{FileId, RowId};
use crate::value::Value;
use crate::value::figure::Fit;

/// What a mark means.
pub mod mark {
    /// An assertion failed.
    pub const FAILED: u8 = 1;
    /// A cell cannot be read.
    pub const UNREADABLE: u8 = 2;
    /// A key stands a second time; `aux` is the first row.
    pub const DUPLICATE: u8 = 3;
    /// A look-up found none, or several; `aux` numbers the miss.
    pub const MISSED: u8 = 4;
    /// An assertion holds, but by more rounding than is likely.
    pub const IMPROBABLE: u8 = 5;
    /// Something is wrong with the file; `aux` is the offset, `check` the fault.
    pub const STRUCTURE: u8 = 0;
}

/// No column.
pub const NO_COLUMN: u16 = u16::MAX;

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
    /// Paths of files as they are shown.
    pub paths: &'j dyn Fn(FileId) -> String,
}

/// What one table gave beside its states.
#[derive(Default)]
pub struct TableResult {
    /// Where its blocks stand.
    pub directory: Vec<BlockHead>,
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
    /// Per table its marks in order; marks without a table (groups, combinations, once) last.
    pub marks: Vec<Vec<Mark>>,
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
            marks: vec![Vec::new(); job.tables.len()],
            misses: Vec::new(),
            neighbours: super::states::Map::default(),
            units: Vec::new(),
            stages: plan.clone(),
            errors: Vec::new(),
        },
        seen_misses: HashSet::new(),
        near_needs: job.checks.iter().map(|c| near_states(job.defs, c)).collect(),
        kernels: job.checks.iter().map(|c| c.asserts.iter().map(|a| if c.row_table().is_some() { compile(&a.bound) } else { None }).collect()).collect(),
    };
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

/// The neighbours that a check's rows see as they are met.
fn near_states(defs: &States, check: &Check) -> Vec<StateId> {
    needs(check.expressions()).into_iter().filter(|&s| matches!(&defs.all[s], StateDef::Near(n) if n.streams())).collect()
}

pub(super) struct Runner<'r, 'j> {
    pub job: &'r Job<'j>,
    pub ran: Ran<'j>,
    seen_misses: HashSet<(usize, Miss, Vec<u8>)>,
    near_needs: Vec<Vec<StateId>>,
    /// Per check and assertion, where a loop can judge it.
    kernels: Vec<Vec<Option<Kernel>>>,
}

/// What one pass carries along.
struct Pass {
    states: Vec<(StateId, Filled)>,
    /// Streaming neighbours by state: checks with one filter share them.
    near: Vec<(StateId, Neighbours)>,
    unique: Vec<(usize, usize, Unique)>,
    needed: Vec<bool>,
    first_visit: bool,
}

impl Runner<'_, '_> {
    fn stage(&mut self, stage: &Stage) {
        let table = &self.job.tables[stage.table];
        let mut pass = self.pass(stage);
        let sizes = self.job.sizes;
        let paths = self.job.paths;
        let result = scan(table, paths, sizes, &mut |visit| self.visit(stage, &mut pass, visit));
        if let Err(e) = result {
            self.ran.errors.push(e);
        }
        for (id, mut filled) in pass.states {
            if let (Filled::Near(n), StateDef::Near(def)) = (&mut filled, &self.job.defs.all[id]) {
                n.finish(def);
            }
            self.ran.shared.filled[id] = filled;
        }
        for (check, assertion, unique) in pass.unique {
            super::duplicates::mark(self, stage.table, check, assertion, unique);
        }
    }

    fn pass(&mut self, stage: &Stage) -> Pass {
        let table = &self.job.tables[stage.table];
        let mut needed = vec![false; table.columns.len()];
        let mut near = Vec::new();
        for &s in &stage.states {
            let def = &self.job.defs.all[s];
            def.expressions().into_iter().for_each(|e| columns(e, 0, &mut needed));
            if let StateDef::Index(i) = def {
                i.columns.iter().chain(i.keep.iter().map(|k| &k.0)).for_each(|&c| needed[c] = true);
            }
            if let StateDef::Groups(g) = def {
                g.slots.iter().filter_map(|s| s.residual.as_ref()).flat_map(|r| &r.columns).for_each(|&c| needed[c] = true);
            }
        }
        let mut unique = Vec::new();
        for &c in &stage.checks {
            let check = &self.job.checks[c];
            check.expressions().for_each(|e| columns(e, 0, &mut needed));
            for (a, assertion) in check.asserts.iter().enumerate() {
                match &assertion.kind {
                    Kind::Unique { columns } => {
                        columns.iter().for_each(|&c| needed[c] = true);
                        unique.push((c, a, Unique::default()));
                    }
                    Kind::Demand { column, .. } | Kind::Like { column, .. } => needed[*column] = true,
                    Kind::Assert => {}
                }
            }
            for &s in &self.near_needs[c] {
                if near.iter().all(|(id, _)| *id != s) {
                    near.push((s, Neighbours::default()));
                }
                self.job.defs.all[s].expressions().into_iter().for_each(|e| columns(e, 0, &mut needed));
            }
        }
        if stage.last {
            table.columns.iter().enumerate().filter(|(_, c)| c.told).for_each(|(i, _)| needed[i] = true);
        }
        let states = stage.states.iter().map(|&s| (s, std::mem::take(&mut self.ran.shared.filled[s]))).collect();
        let first_visit = self.ran.tables[stage.table].directory.is_empty();
        Pass { states, near, unique, needed, first_visit }
    }

    fn visit(&mut self, stage: &Stage, pass: &mut Pass, mut visit: Visit<'_>) {
        visit.batch.decode(&pass.needed);
        if pass.first_visit {
            self.note(stage.table, &visit);
        }
        if stage.last {
            super::structure::mark(&mut self.ran.marks[stage.table], &visit);
            super::structure::percent_marks(&mut self.ran.tables[stage.table].percent_marks, &visit);
        }
        let misses = RefCell::new(Vec::new());
        for row in 0..visit.batch.rows {
            let id = RowId(visit.head.first.0 + row as u64);
            let units = [UnitRow::Batch(&visit.batch, row)];
            for (s, filled) in &mut pass.states {
                let env = At { shared: &self.ran.shared, units: &units, row: id, near: &[], misses: &misses };
                fill(&self.job.defs.all[*s], filled, &env, id);
            }
        }
        for &c in &stage.checks {
            self.judge_rows(c, stage.table, pass, &visit);
        }
    }

    fn note(&mut self, table: usize, visit: &Visit<'_>) {
        let result = &mut self.ran.tables[table];
        result.directory.push(visit.head);
        result.rows += visit.batch.rows as u64;
        let Some(grid) = visit.grid else { return };
        result.set_aside += u64::from(grid.set_aside);
        if result.line_ends.last().is_none_or(|l| l.0 != visit.head.part) {
            result.line_ends.push((visit.head.part, [0; 3], [None; 3]));
        }
        if let Some((_, counts, firsts)) = result.line_ends.last_mut() {
            for kind in 0..3 {
                counts[kind] += u64::from(grid.line_ends[kind]);
                if firsts[kind].is_none() {
                    let head = visit.head;
                    firsts[kind] = grid.first_line_end[kind]
                        .map(|(o, r, l)| (head.offset + u64::from(o), head.records_before + u64::from(r), head.lines_before + u64::from(l)));
                }
            }
        }
    }

    /// Judges the rows of a batch by one check.
    fn judge_rows(&mut self, number: usize, table: usize, pass: &mut Pass, visit: &Visit<'_>) {
        let check = &self.job.checks[number];
        let misses = RefCell::new(Vec::new());
        let near_needs = self.near_needs[number].clone();
        let mut seen: Vec<(StateId, Neighbour)> = Vec::new();
        for row in 0..visit.batch.rows {
            let id = RowId(visit.head.first.0 + row as u64);
            let units = [UnitRow::Batch(&visit.batch, row)];
            let tally = &mut self.ran.tallies[number];
            let plain = At { shared: &self.ran.shared, units: &units, row: id, near: &[], misses: &misses };
            if !near_needs.is_empty() {
                look(self.job.defs, &near_needs, &mut pass.near, &plain, &mut seen);
            }
            let env = At { near: &seen, ..plain };
            match check.filter.as_ref().map(|f| eval(f, &env)) {
                None | Some(Value::Bool(true)) => {}
                Some(Value::Bool(false) | Value::NotApplicable) => {
                    pass_by_filter(self.job.defs, &near_needs, &mut pass.near, &env, id, &seen, false);
                    continue;
                }
                Some(_) => {
                    tally.seen += 1;
                    tally.unknown += check.asserts.len() as u64;
                    continue;
                }
            }
            tally.seen += 1;
            let mut out = Out {
                tally,
                marks: &mut self.ran.marks[table],
                neighbours: &mut self.ran.neighbours,
                misses: &mut self.ran.misses,
                seen: &mut self.seen_misses,
            };
            judge_row((number, check), &self.kernels[number], (&visit.batch, row), &env, &mut pass.unique, &mut out);
            if !near_needs.is_empty() {
                pass_by_filter(self.job.defs, &near_needs, &mut pass.near, &env, id, &seen, true);
            }
        }
        if let Some(grid) = visit.grid {
            self.ran.tallies[number].set_aside += u64::from(grid.set_aside);
        }
    }
}

/// Where the verdicts on a row go.
struct Out<'o> {
    tally: &'o mut Tally,
    marks: &'o mut Vec<Mark>,
    neighbours: &'o mut super::states::Map<(StateId, u64), Neighbour>,
    misses: &'o mut Vec<Miss>,
    seen: &'o mut HashSet<(usize, Miss, Vec<u8>)>,
}

/// Judges one row by all assertions of a check.
fn judge_row(
    (number, check): (usize, &Check),
    kernels: &[Option<Kernel>],
    (batch, row): (&Batch<'_>, usize),
    env: &At<'_>,
    unique: &mut [(usize, usize, Unique)],
    out: &mut Out<'_>,
) {
    for (a, assertion) in check.asserts.iter().enumerate() {
        let mark = |kind: u8, column: Option<usize>| Mark {
            row: env.row,
            aux: 0,
            check: number as u16,
            column: column.map_or(NO_COLUMN, |c| c as u16),
            assertion: a as u8,
            kind,
        };
        match &assertion.kind {
            Kind::Unique { columns } => super::duplicates::take(unique, number, a, columns, env, env.row, out.tally),
            Kind::Like { column, name } => {
                if super::duplicates::like_fails(*column, name, env, out.tally) {
                    out.marks.push(mark(mark::FAILED, Some(*column)));
                }
            }
            _ => {
                let verdict = match kernels[a].as_ref().map(|k| k.judge(batch, row)) {
                    Some(Answer::Is(verdict)) => {
                        debug_assert_eq!(verdict, judge(&assertion.bound, env), "{} at row {row}", assertion.text);
                        verdict
                    }
                    _ => judge(&assertion.bound, env),
                };
                count(out.tally, verdict);
                if verdict == Verdict::Holds && second_look(&assertion.bound, env, out.tally) {
                    out.marks.push(mark(mark::IMPROBABLE, primary_column(&assertion.bound)));
                }
                if verdict == Verdict::Fails {
                    out.marks.push(mark(mark::FAILED, primary_column(&assertion.bound)));
                    env.near.iter().for_each(|n| {
                        out.neighbours.insert((n.0, env.row.0), n.1.clone());
                    });
                }
                if !env.misses.borrow().is_empty() {
                    let found = std::mem::take(&mut *env.misses.borrow_mut());
                    note_misses(out.misses, out.seen, out.marks, (number, a, env.row), found, &assertion.bound, env);
                }
            }
        }
    }
}

/// What a row sees of the rows before it.
fn look(defs: &States, wanted: &[StateId], all: &mut [(StateId, Neighbours)], env: &At<'_>, seen: &mut Vec<(StateId, Neighbour)>) {
    seen.clear();
    for (id, n) in all.iter_mut().filter(|(id, _)| wanted.contains(id)) {
        if let StateDef::Near(def) = &defs.all[*id] {
            seen.push((*id, n.look(def, env)));
        }
    }
}

/// The row joins those that later rows see, unless a neighbour's own filter leaves it out.
fn pass_by_filter(defs: &States, wanted: &[StateId], all: &mut [(StateId, Neighbours)], env: &At<'_>, id: RowId, seen: &[(StateId, Neighbour)], kept: bool) {
    for (state, n) in all.iter_mut().filter(|(s, _)| wanted.contains(s)) {
        let StateDef::Near(def) = &defs.all[*state] else { continue };
        if !kept && def.filter.is_some() {
            continue;
        }
        if let Some((_, neighbour)) = seen.iter().find(|s| s.0 == *state) {
            n.pass(def, env, id, neighbour);
        }
    }
}

fn fill(def: &StateDef, filled: &mut Filled, env: &At<'_>, id: RowId) {
    match (def, filled) {
        (StateDef::Groups(def), Filled::Groups(g)) => g.take(def, env, id),
        (StateDef::Index(def), Filled::Index(i)) => i.take(def, env, id),
        (StateDef::Near(def), Filled::Near(n)) => n.keep(def, env, id),
        _ => {}
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

/// Each key that is missed is told once per check.
fn note_misses(
    all: &mut Vec<Miss>,
    seen: &mut HashSet<(usize, Miss, Vec<u8>)>,
    marks: &mut Vec<Mark>,
    (check, assertion, row): (usize, usize, RowId),
    found: Vec<Miss>,
    bound: &Bound,
    env: &dyn Env,
) {
    for miss in found {
        let mut key = Vec::new();
        let mut column = NO_COLUMN;
        bound.walk(&mut |b| {
            if let Op::Lookup { state, key: parts, .. } = &b.op
                && *state == miss.state
                && b.span.start == miss.at
            {
                let values: Vec<Value<'_>> = parts.iter().map(|p| eval(p, env)).collect();
                super::states::encode(&values, &mut key);
                column = parts.iter().find_map(primary_column).map_or(NO_COLUMN, |c| c as u16);
            }
        });
        if !seen.insert((check, miss.clone(), key)) {
            continue;
        }
        let number = all.len();
        all.push(miss);
        marks.push(Mark { row, aux: number as u64, check: check as u16, column, assertion: assertion as u8, kind: mark::MISSED });
    }
}
