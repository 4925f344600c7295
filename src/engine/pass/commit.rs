//! The results of chunks become those of the run, in the order of the file.

use std::collections::HashSet;

use crate::engine::data::check::primary_column;
use crate::engine::data::classes::{self, RawKind};
use crate::engine::data::directory::Position;
use crate::engine::data::job::{Chunk, ScanError};
use crate::engine::data::job::{Overflow, OverflowOfKeys, TableResult};
use crate::engine::data::memory::scratch_failed;
use crate::engine::data::uneven::Uneven;
use crate::engine::fast::answer::Answer;
use crate::engine::fast::dict::values;
use crate::engine::fast::previous::PreviousAcrossChunks;
use crate::engine::fast::totals::Totals;
use crate::engine::pass::chunk::{ChunkResult, MissNote};
use crate::engine::pass::inner::StateMisses;
use crate::engine::pass::names::NamesMet;
use crate::engine::pass::program::{Program, Strategy};
use crate::engine::pass::undecided::UndecidedRows;
use crate::engine::states::env::{Filled, Miss, MissName};
use crate::engine::states::rounding::count;
use crate::engine::states::seen::WindowValue;
use crate::engine::states::unique::Unique;
use crate::engine::states::{Map, encode};
use crate::expr::bound::{StateDef, StateId};
use crate::expr::eval::Verdict;
use crate::read::note::RAGGED_ROW;
use crate::report::{RawFinding, Tally};
use crate::value::Value;
use crate::width::to_u32;

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
    by_worker: Vec<Vec<WorkerKey>>,
}

enum WorkerKey {
    Key(Box<[u8]>),
    Number(u32),
    Missing,
}

impl Keys {
    fn add(&mut self, worker: usize, keys: Vec<Box<[u8]>>) {
        while self.by_worker.len() <= worker {
            self.by_worker.push(vec![WorkerKey::Missing]);
        }
        self.by_worker[worker].extend(keys.into_iter().map(WorkerKey::Key));
    }

    /// The values of the key of a number.
    fn values(&self, number: u32) -> Vec<Value<'_>> {
        values(self.columns, self.all[number as usize].as_deref())
    }

    fn number(&mut self, worker: usize, code: u32) -> u32 {
        let by_worker = &mut self.by_worker[worker][code as usize];
        match by_worker {
            WorkerKey::Number(n) => *n,
            WorkerKey::Missing => *self.missing.get_or_insert_with(|| {
                self.all.push(None);
                to_u32(self.all.len()) - 1
            }),
            WorkerKey::Key(key) => {
                let key = std::mem::take(key);
                let n = match self.numbers.get(&key) {
                    Some(n) => *n,
                    None => {
                        let n = to_u32(self.all.len());
                        self.all.push(Some(key.clone()));
                        self.numbers.insert(key, n);
                        n
                    }
                };
                *by_worker = WorkerKey::Number(n);
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
    /// Per check of the stage its first undecided rows.
    pub undecided: Vec<UndecidedRows>,
    /// Raw findings of rows.
    pub raw: Vec<RawFinding>,
    /// How many there were of each class.
    met: Map<u32, u64>,
    names: NamesMet,
    /// How many of those that were not kept have the key of one that was.
    pub overflow_of_keys: OverflowOfKeys,
    /// Misses, by the numbers that raw findings give.
    pub misses: Vec<Miss>,
    /// Checks with what they missed: each key is reported once in a check.
    pub seen_misses: HashSet<(usize, MissName)>,
    /// What an assertion missed in rows that went into a state.
    pub inner: Vec<MissNote>,
    seen_inner: HashSet<(usize, MissName)>,
    /// What rows missed on their way into states.
    pub state_misses: StateMisses,
    /// What failing rows saw.
    pub window_values: Vec<((StateId, u64), WindowValue)>,
    /// The states of the stage.
    pub states: Vec<Filled>,
    totals: Vec<Totals>,
    across_chunks: Vec<PreviousAcrossChunks>,
    keys: Vec<Keys>,
    /// Keys of uniqueness.
    pub unique: Vec<Unique>,
    file: u32,
    /// The records of the file at hand, and how many raw findings there were before it.
    uneven: (Uneven, usize),
    before: Position,
    ended: u64,
    /// Chunks that began at the wrong place.
    pub redone: u64,
    /// A loop met what only the evaluator can judge, in order.
    pub needs_exact_pass: bool,
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
            undecided: program.no_undecided(),
            raw: Vec::new(),
            met: Map::default(),
            names: NamesMet::default(),
            overflow_of_keys: OverflowOfKeys::new(),
            misses: Vec::new(),
            seen_misses: HashSet::new(),
            inner: Vec::new(),
            seen_inner: HashSet::new(),
            state_misses: StateMisses::default(),
            window_values: Vec::new(),
            states,
            totals: program.sums.iter().map(|_| Totals::default()).collect(),
            across_chunks: program
                .previous
                .iter()
                .map(|_| PreviousAcrossChunks::default())
                .collect(),
            keys: program
                .dicts()
                .into_iter()
                .map(|columns| Keys { columns, ..Keys::default() })
                .collect(),
            unique: program.unique.iter().map(|_| Unique::default()).collect(),
            file: u32::MAX,
            uneven: (Uneven::default(), 0),
            before: Position::default(),
            ended: 0,
            redone: 0,
            needs_exact_pass: false,
            share: program
                .job
                .memory
                .share(2 * (program.stage.states.len() + program.unique.len())),
        }
    }

    /// Where the first record of a chunk starts that is next, and what stands before it.
    pub fn next(&mut self, chunk: Chunk) -> (u64, Position) {
        if self.file != chunk.part
            && let Some(file) = self.program.table.files.get(chunk.part as usize)
        {
            self.end_file();
            self.file = chunk.part;
            self.names = NamesMet::default();
            self.ended = file.reader.head().body;
            self.before = self.before.of_next_file(file);
        }
        (self.ended, self.before)
    }

    /// Whether a chunk began where the one before it ended. Its keys can be numbered from now on.
    pub fn fits(&mut self, chunk: Chunk, result: &mut ChunkResult) -> bool {
        for (keys, new) in self.keys.iter_mut().zip(std::mem::take(&mut result.new_keys)) {
            keys.add(result.worker, new);
        }
        let fits = self.next(chunk).0 == result.began;
        self.redone += u64::from(!fits);
        fits
    }

    /// Takes the result of a chunk that fits; `relative`: its counts begin with the chunk.
    ///
    /// # Errors
    /// Where a temporary file fails, or what cannot be put in one does not fit in memory.
    pub fn take(&mut self, mut result: ChunkResult, relative: bool) -> Result<(), ScanError> {
        let base = if relative { self.before } else { Position::default() };
        self.directory(&mut result, base);
        for (sum, tally) in self.tallies.iter_mut().zip(&result.tallies) {
            sum.add(tally);
        }
        for (all, new) in self.undecided.iter_mut().zip(std::mem::take(&mut result.undecided)) {
            all.merge(new);
        }
        let (before, window_before) = (self.raw.len(), self.window_values.len());
        self.raw.append(&mut result.raw);
        self.window_values.append(&mut result.window_values);
        self.needs_exact_pass |= result.needs_exact_pass;
        self.note_misses(&mut result);
        self.state_misses.append(std::mem::take(&mut result.state_misses));
        for (state, new) in self.states.iter_mut().zip(std::mem::take(&mut result.states)) {
            match (state, new) {
                (Filled::Groups(all), Filled::Groups(new)) => all.merge(new),
                (Filled::Index(all), Filled::Index(new)) => all.merge(new),
                (Filled::Window(all), Filled::Window(new)) => all.merge(new),
                _ => {}
            }
        }
        self.sums(&mut result);
        self.previous(&result);
        self.undecided.iter_mut().for_each(UndecidedRows::settle);
        // Raw findings of blocks, misses and boundaries become one list; duplicates are added last.
        self.program.classes.sort(&mut self.raw[before..]);
        self.names.leave_first(&mut self.raw, before, self.program);
        self.drop_excess(before, window_before);
        for (unique, run) in self.unique.iter_mut().zip(result.runs) {
            unique.push(run);
        }
        self.ended = result.ended;
        self.before = Position {
            rows: self.before.rows + result.counts.rows,
            records: self.before.records + result.counts.records,
            lines: self.before.lines + result.counts.lines,
        };
        self.spill()
    }

    /// Counts the raw findings from `from` on, and keeps those that may be shown, with what their rows
    /// saw.
    fn drop_excess(&mut self, from: usize, window_from: usize) {
        let Some(most) = self.program.job.most_raw else { return };
        let mut kept = from;
        for at in from..self.raw.len() {
            let finding = self.raw[at];
            // Of those that are one it is not known yet which.
            let may_be_one = self.program.classes.is_shared(finding.class);
            let met = self.met.entry(finding.class).or_insert(0);
            *met += u64::from(!may_be_one);
            let key = (finding.class, finding.aux);
            if *met > most {
                self.overflow_of_keys.entry(key).and_modify(|more| *more += 1);
            } else {
                if self.program.classes.names_key(&finding) {
                    self.overflow_of_keys.insert(key, 0);
                }
                self.raw[kept] = finding;
                kept += 1;
            }
        }
        if kept < self.raw.len() {
            self.raw.truncate(kept);
            let (raw, window) = (&self.raw[from..], self.window_values.split_off(window_from));
            self.window_values.extend(
                window
                    .into_iter()
                    .filter(|((_, row), _)| raw.binary_search_by_key(row, |m| m.row.0).is_ok()),
            );
        }
    }

    /// Where all records of a file are ragged in the same way, that is one finding of the file.
    fn end_file(&mut self) {
        let (uneven, before) = std::mem::take(&mut self.uneven);
        let file = self.program.table.files.get(self.file as usize);
        let faults = file.map_or(&[][..], |f| f.reader.faults());
        let ragged = faults.iter().position(|f| **f == RAGGED_ROW);
        if let Some(kind) = ragged.and_then(|n| u8::try_from(n).ok())
            && uneven.is_of_all()
        {
            let class = classes::of_fault(kind);
            let of_file = self.raw.split_off(before.min(self.raw.len()));
            self.raw.extend(of_file.into_iter().filter(|raw| raw.class != class));
            if let Some(met) = self.met.get_mut(&class) {
                *met = met.saturating_sub(uneven.alike);
            }
            self.result.uneven.push((self.file, uneven));
        }
        self.uneven.1 = self.raw.len();
    }

    /// How many raw findings of each class were counted and not kept.
    #[expect(clippy::disallowed_methods, reason = "from a map to a map")]
    pub fn overflow(&self) -> Overflow {
        let most = self.program.job.most_raw.unwrap_or(u64::MAX);
        self.met
            .iter()
            .filter(|(_, met)| **met > most)
            .map(|(class, met)| (*class, met - most))
            .collect()
    }

    /// Puts on disk what takes more than its share.
    fn spill(&mut self) -> Result<(), ScanError> {
        let Some(share) = self.share else { return Ok(()) };
        self.spill_states(share).map_err(|e| self.scratch_error(e))
    }

    fn spill_states(&mut self, share: u64) -> std::io::Result<()> {
        let program = self.program;
        let memory = &program.job.memory;
        let sums = self.totals.iter_mut().zip(&program.sums);
        for (state, (totals, plan)) in self.states.iter_mut().zip(sums) {
            state.spill(memory, share)?;
            if let (Filled::Groups(groups), Some(plan)) = (state, plan)
                && totals.bytes() > share
            {
                let key = |n| {
                    let mut key = Vec::new();
                    encode(&self.keys[plan.dict].values(n), &mut key);
                    key.into()
                };
                groups.spill_values(totals.take_values(), &key, (memory, share))?;
            }
        }
        let unique = self.unique.iter_mut().filter(|unique| unique.bytes() > share);
        unique.into_iter().try_for_each(|unique| unique.spill(memory))
    }

    fn scratch_error(&self, error: std::io::Error) -> ScanError {
        let file = self.program.table.files.get(self.file as usize).map(|f| f.file);
        ScanError {
            file: file.unwrap_or_else(|| self.program.table.file()),
            offset: self.ended,
            error: scratch_failed(error),
        }
    }

    fn directory(&mut self, result: &mut ChunkResult, base: Position) {
        self.result.directory.append(&mut result.directory, base);
        self.result.rows += result.counts.rows;
        self.result.bytes += result.bytes;
        self.result.set_aside += result.set_aside;
        self.result.left_out += result.left_out;
        self.result.aside.append(std::mem::take(&mut result.aside), base.lines);
        let number = if self.file == u32::MAX { 0 } else { self.file };
        let TableResult { rows_of_files, records_of_files, .. } = &mut self.result;
        for (all, own) in [(rows_of_files, result.counts.rows), (records_of_files, result.records)]
        {
            all.resize(all.len().max(number as usize + 1), 0);
            if let Some(all) = all.get_mut(number as usize) {
                *all += own;
            }
        }
        // Rows of many texts have none.
        let has_any = result.line_ends.0 != [0; 3] || result.line_ends.1 != [None; 3];
        if has_any && self.result.line_ends.last().is_none_or(|l| l.0 != number) {
            self.result.line_ends.push((number, [0; 3], [None; 3]));
        }
        let own = self.result.line_ends.last_mut().filter(|_| has_any);
        if let Some((_, counts, firsts)) = own {
            for kind in 0..3 {
                counts[kind] += result.line_ends.0[kind];
                let first =
                    result.line_ends.1[kind].map(|(o, r, l)| (o, r + base.records, l + base.lines));
                firsts[kind] = firsts[kind].or(first);
            }
        }
        for (column, signed, bare) in result.percent_signs.drain(..) {
            let all = &mut self.result.percent_signs;
            match all.binary_search_by_key(&column, |sign| sign.0) {
                Ok(at) => all[at] = (column, all[at].1.or(signed), all[at].2.or(bare)),
                Err(at) => all.insert(at, (column, signed, bare)),
            }
        }
        self.uneven.0.add(result.uneven);
        self.result.met.resize(result.met.len(), false);
        self.result.met.iter_mut().zip(&result.met).for_each(|(all, met)| *all |= met);
        self.result.once.merge(&mut result.once);
    }

    /// A key that is missed is reported once per check.
    fn note_misses(&mut self, result: &mut ChunkResult) {
        for note in result.misses.drain(..) {
            if note.miss.within.is_some() {
                if self.seen_inner.insert((note.check, note.miss.name())) {
                    self.inner.push(note);
                }
                continue;
            }
            if !self.seen_misses.insert((note.check, note.miss.name())) {
                continue;
            }
            let aux = self.misses.len() as u64;
            let class = self.program.classes.of_check(
                RawKind::Missed,
                note.check,
                note.assertion,
                note.miss.column,
            );
            self.misses.push(note.miss);
            self.raw.push(RawFinding { row: note.row, aux, class });
        }
    }

    fn numbers(&mut self, dict: usize, worker: usize, codes: &[u32]) -> Vec<u32> {
        let keys = &mut self.keys[dict];
        keys.add(worker, Vec::new());
        codes.iter().map(|code| keys.number(worker, *code)).collect()
    }

    fn sums(&mut self, result: &mut ChunkResult) {
        let program = self.program;
        for (number, sums) in result.sums.iter_mut().enumerate() {
            let Some(plan) = &program.sums[number] else { continue };
            let keys = self.numbers(plan.dict, result.worker, &sums.touched);
            self.totals[number].add(sums, &keys, plan);
        }
    }

    fn previous(&mut self, result: &ChunkResult) {
        let program = self.program;
        for (at, check) in program.checks.iter().enumerate() {
            for (a, strategy) in check.asserts.iter().enumerate() {
                let Strategy::Previous(t) = strategy else { continue };
                let (plan, previous) = (&program.previous[*t], &result.previous[*t]);
                let keys = self.numbers(plan.dict, result.worker, &previous.touched);
                let column = primary_column(&program.job.checks[check.number].asserts[a].bound);
                let class = program.classes.of_check(RawKind::Failed, check.number, a, column);
                for (row, answer, seen) in self.across_chunks[*t].commit(plan, previous, &keys) {
                    let Some(verdict) = answer.verdict() else { continue };
                    count(&mut self.tallies[at], verdict);
                    if let Verdict::Unknown(why) = verdict {
                        self.undecided[at].note(Some(a), row, why);
                    }
                    if answer == Answer::FAILS {
                        self.raw.push(RawFinding { row, aux: 0, class });
                        self.window_values.extend(seen.map(|seen| ((plan.state, row.0), seen)));
                    }
                }
            }
        }
    }

    /// All chunks are committed: states are brought into their final order.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn finish(&mut self) -> Result<(), ScanError> {
        self.end_file();
        self.finish_states().map_err(|e| self.scratch_error(e))
    }

    fn finish_states(&mut self) -> std::io::Result<()> {
        let program = self.program;
        let (memory, share) = (&program.job.memory, self.share.unwrap_or(u64::MAX));
        // Counts of keys take less than keys: groups come before what needs memory to be put in order.
        for (number, state) in self.states.iter_mut().enumerate() {
            let def = &program.job.defs.all[program.stage.states[number]];
            match (state, def) {
                (Filled::Groups(groups), StateDef::Groups(def)) => {
                    if let Some(plan) = &program.sums[number] {
                        let keys = &self.keys[plan.dict];
                        let key =
                            |n: u32| keys.values(n).into_iter().map(Value::into_owned).collect();
                        std::mem::take(&mut self.totals[number]).finish(def, plan, &key, groups);
                    }
                    groups.finish(memory, (program.job.jobs, share))?;
                }
                (Filled::Index(index), _) => index.finish(memory)?,
                _ => {}
            }
        }
        for (state, number) in self.states.iter_mut().zip(&program.stage.states) {
            if let (Filled::Window(window), StateDef::Window(def)) =
                (state, &program.job.defs.all[*number])
            {
                window.finish(def, memory, (program.job.jobs, share))?;
            }
        }
        Ok(())
    }
}
