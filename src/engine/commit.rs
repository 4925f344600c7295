//! Parts of stretches into the results of the run, in the order of the file.

use std::collections::HashSet;

use super::classes::{self, RawKind};
use super::env::{Filled, Miss};
use super::judge::count_answer;
use super::kernels::FAILS;
use super::memory::scratch_failed;
use super::pass::{Part, Program, Way};
use super::run::{Beyond, TableResult, primary_column};
use super::scan::{Before, ScanError, Stretch};
use super::states::Map;
use super::states::dict::values;
use super::states::lanes::Totals;
use super::states::near::Neighbour;
use super::states::trail::Carried;
use super::states::unique::Unique;
use super::table::Rows;
use crate::expr::bound::{StateDef, StateId};
use crate::finding::{Mark, Tally};
use crate::value::Value;

/// Numbers that the run gives to the keys of one dictionary.
#[derive(Default)]
struct Keys {
    /// How many columns a key has.
    columns: usize,
    /// For each key its number.
    numbers: Map<Box<[u8]>, u32>,
    /// The key of each number; the missing key has none.
    all: Vec<Option<Box<[u8]>>>,
    missing: Option<u32>,
    /// For each worker and code its key, until it has a number.
    told: Vec<Vec<Told>>,
}

enum Told {
    Key(Box<[u8]>),
    Number(u32),
    Missing,
}

impl Keys {
    fn tell(&mut self, worker: usize, keys: Vec<Box<[u8]>>) {
        while self.told.len() <= worker {
            self.told.push(vec![Told::Missing]);
        }
        self.told[worker].extend(keys.into_iter().map(Told::Key));
    }

    fn number(&mut self, worker: usize, code: u32) -> u32 {
        let told = &mut self.told[worker][code as usize];
        match told {
            Told::Number(n) => *n,
            Told::Missing => *self.missing.get_or_insert_with(|| {
                self.all.push(None);
                self.all.len() as u32 - 1
            }),
            Told::Key(key) => {
                let key = std::mem::take(key);
                let n = match self.numbers.get(&key) {
                    Some(n) => *n,
                    None => {
                        let n = self.all.len() as u32;
                        self.all.push(Some(key.clone()));
                        self.numbers.insert(key, n);
                        n
                    }
                };
                *told = Told::Number(n);
                n
            }
        }
    }
}

/// The results of a stage as they come together.
pub struct Commit<'c> {
    program: &'c Program<'c>,
    /// What the table gave.
    pub result: TableResult,
    /// Per check of the stage.
    pub tallies: Vec<Tally>,
    /// Marks of rows.
    pub marks: Vec<Mark>,
    /// How many there were of each class.
    met: Map<u32, u64>,
    /// Misses that marks number.
    pub misses: Vec<Miss>,
    seen_misses: HashSet<(usize, Miss, Vec<u8>)>,
    /// What failing rows saw.
    pub neighbours: Vec<((StateId, u64), Neighbour)>,
    /// The states of the stage.
    pub states: Vec<Filled>,
    totals: Vec<Totals>,
    carried: Vec<Carried>,
    keys: Vec<Keys>,
    /// Keys of uniqueness.
    pub unique: Vec<Unique>,
    part: u32,
    before: Before,
    ended: u64,
    /// Stretches that began at the wrong place.
    pub redone: u64,
    /// A loop met what only the evaluator can judge, in order.
    pub hard: bool,
    /// Bytes that each state and each set of unique keys may take.
    share: Option<u64>,
}

impl<'c> Commit<'c> {
    /// Nothing yet; misses are numbered from `misses` on.
    pub fn new(program: &'c Program<'c>, states: Vec<Filled>) -> Commit<'c> {
        Commit {
            program,
            result: TableResult::default(),
            tallies: vec![Tally::default(); program.checks.len()],
            marks: Vec::new(),
            met: Map::default(),
            misses: Vec::new(),
            seen_misses: HashSet::new(),
            neighbours: Vec::new(),
            states,
            totals: program.lanes.iter().map(|_| Totals::default()).collect(),
            carried: program.trails.iter().map(|_| Carried::default()).collect(),
            keys: program.dicts().into_iter().map(|columns| Keys { columns, ..Keys::default() }).collect(),
            unique: program.unique.iter().map(|_| Unique::default()).collect(),
            part: u32::MAX,
            before: Before::default(),
            ended: 0,
            redone: 0,
            hard: false,
            share: program.job.memory.share(2 * (program.stage.states.len() + program.unique.len())),
        }
    }

    /// Where the first record of a stretch starts that is next, and what stands before it.
    pub fn next(&mut self, stretch: Stretch) -> (u64, Before) {
        if let Rows::Csv(parts) = &self.program.table.rows
            && self.part != stretch.part
        {
            let header = &parts[stretch.part as usize].header;
            self.part = stretch.part;
            self.ended = header.body;
            self.before = Before { rows: self.before.rows, records: 0, lines: header.line - 1 };
        }
        (self.ended, self.before)
    }

    /// Whether a part begins where the one before it ended. Its keys are known from now on.
    pub fn fits(&mut self, stretch: Stretch, part: &mut Part) -> bool {
        for (keys, new) in self.keys.iter_mut().zip(std::mem::take(&mut part.new_keys)) {
            keys.tell(part.worker, new);
        }
        let fits = self.next(stretch).0 == part.began;
        self.redone += u64::from(!fits);
        fits
    }

    /// Takes a part that fits; `relative`: its counts begin with the stretch.
    ///
    /// # Errors
    /// Where a temporary file fails, or what cannot be put in one does not fit in memory.
    pub fn take(&mut self, mut part: Part, relative: bool) -> Result<(), ScanError> {
        let base = if relative { self.before } else { Before::default() };
        self.directory(&mut part, base);
        for (sum, tally) in self.tallies.iter_mut().zip(&part.tallies) {
            sum.add(tally);
        }
        let (before, near_before) = (self.marks.len(), self.neighbours.len());
        self.marks.append(&mut part.marks);
        self.neighbours.append(&mut part.neighbours);
        self.hard |= part.hard;
        self.note_misses(&mut part);
        for (state, new) in self.states.iter_mut().zip(std::mem::take(&mut part.states)) {
            match (state, new) {
                (Filled::Groups(all), Filled::Groups(new)) => all.merge(new),
                (Filled::Index(all), Filled::Index(new)) => all.merge(new),
                (Filled::Near(all), Filled::Near(new)) => all.merge(new),
                _ => {}
            }
        }
        self.lanes(&part);
        self.trails(&part);
        // Three runs in order become one; so all marks are in order but for those of doubled keys.
        classes::sort(&mut self.marks[before..]);
        self.let_go(before, near_before);
        for (unique, run) in self.unique.iter_mut().zip(part.runs) {
            unique.push(run);
        }
        self.ended = part.ended;
        self.before = Before {
            rows: self.before.rows + part.counts.rows,
            records: self.before.records + part.counts.records,
            lines: self.before.lines + part.counts.lines,
        };
        self.spill()
    }

    /// Counts the marks from `from` on, and keeps those that may be shown, with what their rows saw.
    fn let_go(&mut self, from: usize, near_from: usize) {
        let Some(most) = self.program.job.most_marks else { return };
        let mut kept = from;
        for at in from..self.marks.len() {
            let mark = self.marks[at];
            let met = self.met.entry(mark.class).or_insert(0);
            *met += 1;
            if *met <= most {
                self.marks[kept] = mark;
                kept += 1;
            }
        }
        if kept < self.marks.len() {
            self.marks.truncate(kept);
            let (marks, near) = (&self.marks[from..], self.neighbours.split_off(near_from));
            self.neighbours.extend(near.into_iter().filter(|((_, row), _)| marks.binary_search_by_key(row, |m| m.row.0).is_ok()));
        }
    }

    /// How many marks were let go.
    pub fn beyond(&self) -> Beyond {
        let most = self.program.job.most_marks.unwrap_or(u64::MAX);
        self.met.iter().filter(|(_, met)| **met > most).map(|(class, met)| (*class, met - most)).collect()
    }

    /// Puts on disk what takes more than its share.
    fn spill(&mut self) -> Result<(), ScanError> {
        let Some(share) = self.share else { return Ok(()) };
        let memory = &self.program.job.memory;
        let states = self.states.iter_mut().try_for_each(|state| state.spill(memory, share));
        let unique = &mut self.unique;
        states.and_then(|()| unique.iter_mut().filter(|u| u.bytes() > share).try_for_each(|u| u.spill(memory))).map_err(|e| self.trouble(e))
    }

    fn trouble(&self, error: std::io::Error) -> ScanError {
        let file = match &self.program.table.rows {
            Rows::Csv(parts) => parts.get(self.part as usize).map(|p| p.file),
            Rows::Whole(_) => None,
        };
        ScanError { file: file.unwrap_or_else(|| self.program.table.file()), offset: self.ended, error: scratch_failed(error) }
    }

    fn directory(&mut self, part: &mut Part, base: Before) {
        self.result.directory.append(&mut part.directory, base);
        self.result.rows += part.counts.rows;
        self.result.set_aside += part.set_aside;
        let number = if self.part == u32::MAX { 0 } else { self.part };
        if self.result.line_ends.last().is_none_or(|l| l.0 != number) {
            self.result.line_ends.push((number, [0; 3], [None; 3]));
        }
        if let Some((_, counts, firsts)) = self.result.line_ends.last_mut() {
            for kind in 0..3 {
                counts[kind] += part.line_ends.0[kind];
                let first = part.line_ends.1[kind].map(|(o, r, l)| (o, r + base.records, l + base.lines));
                firsts[kind] = firsts[kind].or(first);
            }
        }
        for (column, marked, bare) in part.percent_marks.drain(..) {
            match self.result.percent_marks.iter_mut().find(|p| p.0 == column) {
                Some(known) => *known = (column, known.1.or(marked), known.2.or(bare)),
                None => self.result.percent_marks.push((column, marked, bare)),
            }
        }
    }

    /// Each key that is missed is told once per check.
    fn note_misses(&mut self, part: &mut Part) {
        for note in part.misses.drain(..) {
            if !self.seen_misses.insert((note.check, note.miss.clone(), note.key)) {
                continue;
            }
            let aux = self.misses.len() as u64;
            self.misses.push(note.miss);
            let class = self.program.classes.of_check(RawKind::Missed, note.check, note.assertion, note.column);
            self.marks.push(Mark { row: note.row, aux, class });
        }
    }

    fn numbers(&mut self, dict: usize, worker: usize, codes: &[u32]) -> Vec<u32> {
        let keys = &mut self.keys[dict];
        keys.tell(worker, Vec::new());
        codes.iter().map(|code| keys.number(worker, *code)).collect()
    }

    fn lanes(&mut self, part: &Part) {
        let program = self.program;
        for (number, lanes) in part.lanes.iter().enumerate() {
            let Some(plan) = &program.lanes[number] else { continue };
            let keys = self.numbers(plan.dict, part.worker, &lanes.touched);
            self.totals[number].add(lanes, &keys, plan);
        }
    }

    fn trails(&mut self, part: &Part) {
        let program = self.program;
        for (at, way) in program.checks.iter().enumerate() {
            for (a, way_of) in way.asserts.iter().enumerate() {
                let Way::Trail(t) = way_of else { continue };
                let (plan, trail) = (&program.trails[*t], &part.trails[*t]);
                let keys = self.numbers(plan.dict, part.worker, &trail.touched);
                let column = primary_column(&program.job.checks[way.number].asserts[a].bound);
                let class = program.classes.of_check(RawKind::Failed, way.number, a, column);
                for (row, answer, seen) in self.carried[*t].commit(plan, trail, &keys) {
                    count_answer(&mut self.tallies[at], answer);
                    if answer == FAILS {
                        self.marks.push(Mark { row, aux: 0, class });
                        self.neighbours.extend(seen.map(|seen| ((plan.state, row.0), seen)));
                    }
                }
            }
        }
    }

    /// All parts are there: states are brought into their final order.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn finish(&mut self) -> Result<(), ScanError> {
        self.finish_states().map_err(|e| self.trouble(e))
    }

    fn finish_states(&mut self) -> std::io::Result<()> {
        let program = self.program;
        let (memory, share) = (&program.job.memory, self.share.unwrap_or(u64::MAX));
        for (number, state) in self.states.iter_mut().enumerate() {
            let def = &program.job.defs.all[program.stage.states[number]];
            match (state, def) {
                (Filled::Groups(groups), StateDef::Groups(def)) => {
                    if let Some(plan) = &program.lanes[number] {
                        let keys = &self.keys[plan.dict];
                        let key = |n: u32| values(keys.columns, keys.all[n as usize].as_deref()).into_iter().map(Value::into_owned).collect();
                        std::mem::take(&mut self.totals[number]).finish(def, plan, &key, groups);
                    }
                    groups.finish(memory, share)?;
                }
                (Filled::Index(index), _) => index.finish(memory)?,
                (Filled::Near(near), StateDef::Near(def)) => near.finish(def),
                _ => {}
            }
        }
        Ok(())
    }
}
