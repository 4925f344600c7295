//! One pass over one table: what every worker does with a stretch, and what comes of it.
//!
//! A program is made once a stage and is the same for all workers; a desk is a worker's own; a part
//! is what one stretch gave, apart from all others until it is committed.

use super::check::{Check, Kind};
use super::classes::{self, Classes};
use super::directory::Directory;
use super::env::{At, Filled, Miss, Shared, UnitRow};
use super::judge;
use super::kernels::{Answers, Ground, Kernel, Shares, compile};
use super::memory::scratch_failed;
use super::run::{Job, columns};
use super::scan::{Before, Room, ScanError, Stretch, Visit, guess, walk};
use super::states::dict::{Dict, Limit};
use super::states::lanes::{self, Lanes, LanesPart};
use super::states::near::{Neighbour, Neighbours};
use super::states::trail::{self, Trail, TrailPart};
use super::states::unique::{Collector, KeyRun};
use super::states::{groups::Groups, index::Index};
use super::table::{Rows, Table};
use crate::expr::bound::{Op, StateDef, StateId};
use crate::finding::{Mark, Tally};
use crate::plan::{Stage, needs};
use crate::read::csv::{Grid, MAX_RECORD};
use crate::source::RowId;
use crate::value::{Type, Value};

/// Where a start is only guessed, a record may look long that is none: a stretch with one that is
/// longer is left until its start is known.
const MAX_GUESSED: usize = 4 << 20;

/// What a dictionary takes that only notes members: beyond it the index is asked each time.
const MEMBERS: Limit = Limit { keys: 1 << 16, bytes: 8 << 20 };

/// About how many bytes all take that is kept of a key by its number, with a few aggregates.
const EACH_KEY: u64 = 256;

/// How an assertion is judged.
pub enum Way {
    /// By a loop.
    Kernel(Kernel),
    /// By hashing its key.
    Unique {
        /// Which of the pass's collectors.
        slot: usize,
        columns: Vec<usize>,
    },
    /// Against the row before with the same key: which of the pass's trails.
    Trail(usize),
    /// By the evaluator.
    Exact,
}

/// How a check is judged.
pub struct CheckWay {
    /// Its number.
    pub number: usize,
    /// A filter that loops can judge.
    pub filter: Option<Kernel>,
    /// Its assertions.
    pub asserts: Vec<Way>,
    /// Neighbours that its rows see as they are met, one by one.
    pub near: Vec<StateId>,
}

/// What a stage does with each block.
pub struct Program<'p> {
    /// The run.
    pub job: &'p Job<'p>,
    /// The stage.
    pub stage: &'p Stage,
    /// What rows share: states of earlier stages.
    pub shared: &'p Shared<'p>,
    /// The classes of the table's marks.
    pub classes: &'p Classes,
    /// The table.
    pub table: &'p Table,
    /// Columns that are decoded.
    needed: Vec<bool>,
    shares: Shares,
    /// For each state of the stage its lanes, if it has some.
    pub lanes: Vec<Option<lanes::Plan>>,
    /// Comparisons with the row before.
    pub trails: Vec<trail::Plan>,
    /// How its checks are judged.
    pub checks: Vec<CheckWay>,
    /// For each collector its check and assertion.
    pub unique: Vec<(usize, usize)>,
    /// Rows must be met in order, each knowing all before it.
    pub serial: bool,
    /// The table is read for the first time.
    pub first_visit: bool,
}

impl<'p> Program<'p> {
    /// The program of a stage; `exact`: without loops, row by row.
    pub fn new(
        job: &'p Job<'p>,
        stage: &'p Stage,
        (shared, classes): (&'p Shared<'p>, &'p Classes),
        first_visit: bool,
        exact: bool,
    ) -> Program<'p> {
        let table = &job.tables[stage.table];
        let (needed, shares) = (vec![false; table.columns.len()], Shares::default());
        let (lanes, trails, checks, unique) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut program = Program { job, stage, shared, classes, table, needed, shares, lanes, trails, checks, unique, serial: false, first_visit };
        let mut shares = Shares::default();
        for &s in &stage.states {
            program.need_of_state(s);
            let plan = match &job.defs.all[s] {
                StateDef::Groups(def) if !exact => lanes::plan(def, table, &mut shares),
                _ => None,
            };
            program.lanes.push(plan);
        }
        for &c in &stage.checks {
            let way = program.check(c, &mut shares, exact);
            program.checks.push(way);
        }
        if stage.last {
            table.columns.iter().enumerate().filter(|(_, c)| c.told).for_each(|(i, _)| program.needed[i] = true);
        }
        program.serial = program.is_serial();
        program.shares = shares;
        program
    }

    fn need_of_state(&mut self, state: StateId) {
        let def = &self.job.defs.all[state];
        def.expressions().into_iter().for_each(|e| columns(e, 0, &mut self.needed));
        match def {
            StateDef::Index(i) => i.columns.iter().chain(i.keep.iter().map(|k| &k.0)).for_each(|&c| self.needed[c] = true),
            StateDef::Groups(g) => g.slots.iter().filter_map(|s| s.residual.as_ref()).flat_map(|r| &r.columns).for_each(|&c| self.needed[c] = true),
            StateDef::Near(_) => {}
        }
    }

    fn check(&mut self, number: usize, shares: &mut Shares, exact: bool) -> CheckWay {
        let check = &self.job.checks[number];
        check.expressions().for_each(|e| columns(e, 0, &mut self.needed));
        let near = near_states(self.job, check);
        near.iter().for_each(|&s| self.need_of_state(s));
        let filter = check.filter.as_ref().filter(|_| !exact).and_then(|f| compile(f, shares));
        let loops = !exact && (filter.is_some() || check.filter.is_none());
        let mut way = CheckWay { number, filter: None, asserts: Vec::new(), near };
        let definition = |s: StateId| if let StateDef::Near(def) = &self.job.defs.all[s] { Some(def.clone()) } else { None };
        for (a, assertion) in check.asserts.iter().enumerate() {
            way.asserts.push(match &assertion.kind {
                Kind::Unique { columns } => {
                    columns.iter().for_each(|&c| self.needed[c] = true);
                    self.unique.push((number, a));
                    Way::Unique { slot: self.unique.len() - 1, columns: columns.clone() }
                }
                Kind::Like { column, .. } => {
                    self.needed[*column] = true;
                    Way::Exact
                }
                kind => {
                    if let Kind::Demand { column, .. } = kind {
                        self.needed[*column] = true;
                    }
                    let kernel = if exact { None } else { compile(&assertion.bound, shares) };
                    let trail = if loops { trail::plan(&assertion.bound, &definition, check.filter.is_some(), shares) } else { None };
                    match (kernel, trail) {
                        (Some(kernel), _) => Way::Kernel(kernel),
                        (None, Some(plan)) => {
                            self.trails.push(plan);
                            Way::Trail(self.trails.len() - 1)
                        }
                        _ => Way::Exact,
                    }
                }
            });
        }
        if way.near.is_empty() || way.asserts.iter().all(|w| !matches!(w, Way::Exact)) {
            way.near.clear();
        } else {
            // One neighbour that is met row by row makes all of the check so.
            way.asserts.iter_mut().filter(|w| matches!(w, Way::Trail(_))).for_each(|w| *w = Way::Exact);
        }
        way.filter = filter;
        way
    }

    fn is_serial(&self) -> bool {
        let row = |c: &CheckWay| self.job.checks[c.number].expressions().any(reads_row);
        let state = |s: &StateId| self.job.defs.all[*s].expressions().into_iter().any(reads_row);
        matches!(self.table.rows, Rows::Whole(_))
            || !self.table.fill.is_empty()
            || self.checks.iter().any(|c| !c.near.is_empty() || row(c))
            || self.stage.states.iter().any(state)
    }

    /// How many columns the keys of each dictionary have.
    pub fn dicts(&self) -> Vec<usize> {
        self.shares.dicts.iter().map(|d| d.0.len()).collect()
    }
}

fn reads_row(e: &crate::expr::bound::Bound) -> bool {
    let mut found = false;
    e.walk(&mut |b| found |= matches!(b.op, Op::Row { .. }));
    found
}

/// The neighbours that a check's rows see as they are met.
fn near_states(job: &Job<'_>, check: &Check) -> Vec<StateId> {
    needs(check.expressions()).into_iter().filter(|&s| matches!(&job.defs.all[s], StateDef::Near(n) if n.streams())).collect()
}

/// What a worker keeps from stretch to stretch.
pub struct Desk {
    /// The worker's number.
    pub worker: usize,
    room: Room,
    pub(super) dicts: Vec<Dict>,
    /// How many keys of each dictionary have been handed over.
    told: Vec<usize>,
    pub(super) memos: Vec<Vec<bool>>,
    lanes: Vec<Lanes>,
    pub(super) trails: Vec<Trail>,
    pub(super) unique: Vec<Collector>,
    /// Answers of each assertion of the check at hand, and of its filter.
    pub(super) answers: Vec<Answers>,
    pub(super) selected: Answers,
    /// Neighbours that rows see as they are met, in order.
    pub(super) near: Vec<(StateId, Neighbours)>,
}

/// A look-up that found none or several, or an `only` that met two.
#[derive(Debug)]
pub struct MissNote {
    /// The check.
    pub check: usize,
    /// The assertion.
    pub assertion: usize,
    /// The row.
    pub row: RowId,
    /// What was missed.
    pub miss: Miss,
    /// The key that was looked for.
    pub key: Vec<u8>,
    /// The column it came from.
    pub column: Option<usize>,
}

/// What one stretch gave.
#[derive(Default)]
pub struct Part {
    /// Which worker made it.
    pub worker: usize,
    /// Where its first record starts.
    pub began: u64,
    /// Where the first record after it starts.
    pub ended: u64,
    /// Its blocks; counts begin with the stretch until it is committed.
    pub directory: Directory,
    /// Rows, records and lines in it.
    pub counts: Before,
    /// Records that were no rows.
    pub set_aside: u64,
    /// Counts of line ends, and the first of each as offset, record and line.
    pub line_ends: ([u64; 3], [Option<(u64, u64, u64)>; 3]),
    /// Per percent column: the first row with a percent sign and the first without.
    pub percent_marks: Vec<(usize, Option<RowId>, Option<RowId>)>,
    /// Per check of the stage.
    pub tallies: Vec<Tally>,
    /// Marks of rows.
    pub marks: Vec<Mark>,
    /// Misses.
    pub misses: Vec<MissNote>,
    /// What failing rows saw of the rows before them.
    pub neighbours: Vec<((StateId, u64), Neighbour)>,
    /// The states that are filled exactly.
    pub states: Vec<Filled>,
    /// The states that are filled by lanes.
    pub lanes: Vec<LanesPart>,
    /// Comparisons with rows before.
    pub trails: Vec<TrailPart>,
    /// Keys.
    pub runs: Vec<KeyRun>,
    /// Keys that the worker's dictionaries had not told of: for each its bytes.
    pub new_keys: Vec<Vec<Box<[u8]>>>,
    /// A loop met what only the evaluator can judge, in order.
    pub hard: bool,
    /// Why the stretch was not walked to its end.
    pub error: Option<ScanError>,
}

impl Desk {
    /// A desk for a worker.
    pub fn new(program: &Program<'_>, worker: usize) -> Desk {
        let share = program.job.memory.share(4 * (program.shares.dicts.len() * (program.job.jobs + 1)).max(1));
        let limit = |every: bool| {
            let most = if every { Limit { keys: u32::MAX as usize - 1, bytes: usize::MAX } } else { MEMBERS };
            share.map_or(most, |share| Limit { keys: most.keys.min((share / EACH_KEY) as usize).max(1), bytes: most.bytes.min(share as usize / 2) })
        };
        let dict = |(columns, every): &(Vec<usize>, bool)| Dict::new(columns.clone(), limit(*every));
        let mut near: Vec<(StateId, Neighbours)> = Vec::new();
        for s in program.checks.iter().flat_map(|c| &c.near) {
            if near.iter().all(|n| n.0 != *s) {
                near.push((*s, Neighbours::default()));
            }
        }
        Desk {
            worker,
            room: Room::default(),
            dicts: program.shares.dicts.iter().map(dict).collect(),
            told: vec![1; program.shares.dicts.len()],
            memos: vec![vec![false]; program.shares.memos.len()],
            lanes: program.lanes.iter().map(|_| Lanes::default()).collect(),
            trails: program.trails.iter().map(|_| Trail::default()).collect(),
            unique: program.unique.iter().map(|_| Collector::default()).collect(),
            answers: Vec::new(),
            selected: Answers::new(),
            near,
        }
    }

    /// Carries out the program on one stretch. `start` is where its first record starts, with what
    /// stands before it, if that is known; it is guessed otherwise.
    pub fn carry_out(&mut self, program: &Program<'_>, stretch: Stretch, start: Option<(u64, Before)>) -> Part {
        let Rows::Csv(parts) = &program.table.rows else { return self.carry_out_whole(program) };
        let path = (program.job.paths)(parts[stretch.part as usize].file);
        let guessed = || guess(program.table, stretch, &mut self.room).map(|began| (began, Before::default(), MAX_GUESSED));
        let (began, before, longest) = match start.map_or_else(guessed, |(began, before)| Ok((began, before, MAX_RECORD))) {
            Ok(start) => start,
            Err(error) => return Part { error: Some(error), ..self.begin(program, 0) },
        };
        let mut part = self.begin(program, began);
        let mut room = std::mem::take(&mut self.room);
        let ended = walk(program.table, &path, (stretch, began, before), (program.job.sizes, longest, program.job.watch), &mut room, &mut |visit| {
            self.visit(program, &mut part, visit)
        });
        self.room = room;
        match ended {
            Ok(ended) => part.ended = ended,
            Err(error) => part.error = Some(error),
        }
        self.finish(program, &mut part, stretch.number);
        part
    }

    fn carry_out_whole(&mut self, program: &Program<'_>) -> Part {
        let mut part = self.begin(program, 0);
        if let Rows::Whole(rows) = &program.table.rows {
            super::scan::whole(program.table, rows, program.job.paths, &mut |visit| self.visit(program, &mut part, visit));
        }
        self.finish(program, &mut part, 0);
        part
    }

    fn begin(&mut self, program: &Program<'_>, began: u64) -> Part {
        let empty = |(s, lanes): (&StateId, &Option<lanes::Plan>)| match (&program.job.defs.all[*s], lanes) {
            (StateDef::Groups(def), _) => Filled::Groups(Groups::new(def)),
            (StateDef::Index(_), _) => Filled::Index(Index::default()),
            (StateDef::Near(_), _) => Filled::Near(Neighbours::default()),
        };
        Part {
            worker: self.worker,
            began,
            ended: began,
            tallies: vec![Tally::default(); program.checks.len()],
            states: program.stage.states.iter().zip(&program.lanes).map(empty).collect(),
            ..Part::default()
        }
    }

    fn visit(&mut self, program: &Program<'_>, part: &mut Part, visit: &mut Visit<'_>) {
        let before = part.marks.len();
        visit.batch.decode(&program.needed);
        if program.first_visit {
            note(part, visit);
        }
        part.counts.add(visit);
        if program.stage.last {
            super::structure::mark(&mut part.marks, visit, program.classes);
            super::structure::percent_marks(&mut part.percent_marks, visit);
        }
        self.dicts.iter_mut().for_each(|d| d.encode(&visit.batch));
        self.note_members(program);
        self.fill(program, part, visit);
        for (number, way) in program.checks.iter().enumerate() {
            judge::batch(self, program, (number, way), part, visit);
        }
        classes::sort(&mut part.marks[before..]);
    }

    /// Notes for new keys whether they stand in the indexes that are asked about.
    fn note_members(&mut self, program: &Program<'_>) {
        for (memo, (state, dict)) in self.memos.iter_mut().zip(&program.shares.memos) {
            let (Filled::Index(index), dict) = (&program.shared.filled[*state], &self.dicts[*dict]) else { continue };
            for code in memo.len()..dict.codes_known() {
                let text = String::from_utf8_lossy(dict.key(code as u32));
                memo.push(index.find(&[Value::Text(text)]).is_some());
            }
        }
    }

    fn fill(&mut self, program: &Program<'_>, part: &mut Part, visit: &Visit<'_>) {
        let misses = std::cell::RefCell::new(Vec::new());
        let ground = Ground { batch: &visit.batch, dicts: &self.dicts, memos: &self.memos };
        for ((state, filled), (plan, lanes)) in program.stage.states.iter().zip(&mut part.states).zip(program.lanes.iter().zip(&mut self.lanes)) {
            let mut all = 0..visit.batch.rows;
            let mut left = [].iter();
            if let Some(plan) = plan {
                lanes.take(plan, &ground, visit.stretch + 1, visit.head.first);
                all = 0..0;
                left = lanes.left.iter();
            }
            for row in all.chain(left.copied()) {
                let id = RowId(visit.head.first.0 + row as u64);
                let units = [UnitRow::Batch(&visit.batch, row)];
                let env = At { shared: program.shared, units: &units, row: id, near: &[], misses: &misses };
                match (&program.job.defs.all[*state], &mut *filled) {
                    (StateDef::Groups(def), Filled::Groups(g)) => g.take(def, &env, id),
                    (StateDef::Index(def), Filled::Index(i)) => i.take(def, &env, id),
                    (StateDef::Near(def), Filled::Near(n)) => n.keep(def, &env, id),
                    _ => {}
                }
            }
        }
    }

    /// Puts last values that rows see on disk, if they take too much.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, program: &Program<'_>, stretch: Stretch) -> Result<(), ScanError> {
        let memory = &program.job.memory;
        let Some(share) = memory.share(4 * self.near.len()) else { return Ok(()) };
        let spilled = self.near.iter_mut().filter(|n| n.1.bytes() > share).try_for_each(|n| n.1.spill(memory));
        spilled.map_err(|error| ScanError { file: program.table.file(), offset: stretch.from, error: scratch_failed(error) })
    }

    /// Takes from the desk what belongs to the stretch.
    fn finish(&mut self, program: &Program<'_>, part: &mut Part, stretch: u64) {
        // Lanes and trails tell stretches apart by numbers above 0.
        part.lanes = self.lanes.iter_mut().zip(&program.lanes).map(|(l, plan)| plan.as_ref().map(|p| l.part(p, stretch + 1)).unwrap_or_default()).collect();
        for (trail, plan) in self.trails.iter_mut().zip(&program.trails) {
            part.neighbours.extend(trail.seen.drain(..).map(|(row, seen)| ((plan.state, row.0), seen)));
            part.hard |= trail.hard;
            part.trails.push(trail.part(stretch + 1));
        }
        part.runs = self.unique.iter_mut().map(|u| u.run(stretch)).collect();
        for (dict, told) in self.dicts.iter().zip(&mut self.told) {
            part.new_keys.push((*told..dict.codes_known()).map(|code| dict.key(code as u32).into()).collect());
            *told = dict.codes_known();
        }
    }
}

/// Counts what a block holds.
fn note(part: &mut Part, visit: &Visit<'_>) {
    part.directory.push(visit.head, visit.grid.into_iter().flat_map(Grid::aside));
    let Some(grid) = visit.grid else { return };
    part.set_aside += u64::from(grid.set_aside);
    let (counts, firsts) = &mut part.line_ends;
    for kind in 0..3 {
        counts[kind] += u64::from(grid.line_ends[kind]);
        if firsts[kind].is_none() {
            let head = visit.head;
            firsts[kind] =
                grid.first_line_end[kind].map(|(o, r, l)| (head.offset + u64::from(o), head.records_before + u64::from(r), head.lines_before + u64::from(l)));
        }
    }
}

/// Whether a column is text, so that its bytes are its key.
pub fn is_text(table: &Table, column: usize) -> bool {
    table.columns[column].reading.ty == Type::Text
}
