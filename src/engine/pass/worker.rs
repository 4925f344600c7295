//! What a worker does with a chunk, block by block.

use std::cell::RefCell;

use crate::engine::data::directory::Position;
use crate::engine::data::job::{Chunk, ScanError};
use crate::engine::data::memory::scratch_failed;
use crate::engine::fast::decode;
use crate::engine::fast::dict::{Dict, Limit};
use crate::engine::fast::expressions::known::{Around, Known};
use crate::engine::fast::expressions::run::Run;
use crate::engine::fast::kernels::KernelInput;
use crate::engine::fast::sums::{self, GroupSums};
use crate::engine::pass::chunk::ChunkResult;
use crate::engine::pass::judge::{self, Judging};
use crate::engine::pass::program::Program;
use crate::engine::pass::scan::{Buffers, Visit, add, guess, walk};
use crate::engine::pass::sought;
use crate::engine::pass::structure;
use crate::engine::states::env::{At, Filled, UnitRow};
use crate::engine::states::window::Window;
use crate::engine::states::{groups::Groups, index::Index};
use crate::expr::bound::{StateDef, StateId};
use crate::read::reader::MAX_RECORD;
use crate::report::Tally;
use crate::source::RowId;
use crate::value::Value;
use crate::width::{to_u32, to_usize};

/// Where a start is only guessed, a record may look long that is none: a chunk with one that is
/// longer is left until its start is known.
const MAX_GUESSED: usize = 4 << 20;

/// What a dictionary takes that only notes members; keys over it are looked up in the index.
const MEMBERS: Limit = Limit { keys: 1 << 16, bytes: 8 << 20 };

/// About how many bytes are kept for each numbered key, with a few aggregates.
const EACH_KEY: u64 = 256;

/// What a worker keeps from chunk to chunk.
pub struct Worker {
    /// The worker's number.
    pub worker: usize,
    buffers: Buffers,
    /// How many keys of each dictionary have been handed over.
    handed_over: Vec<usize>,
    sums: Vec<GroupSums>,
    /// Keys of text columns, numbered.
    dicts: Vec<Dict>,
    /// For each index that is asked about and key whether it has the key, if that is known.
    membership: Vec<Vec<Option<bool>>>,
    /// What expressions came to that keys decide.
    known: Vec<RefCell<Known>>,
    judging: Judging,
}

impl Worker {
    /// The `worker`th worker of a program.
    pub fn new(program: &Program<'_>, worker: usize) -> Worker {
        let share = program
            .job
            .memory
            .share(4 * (program.shares.dicts.len() * (program.job.jobs + 1)).max(1));
        let limit = |every: bool| {
            let most = if every {
                Limit { keys: u32::MAX as usize - 1, bytes: usize::MAX }
            } else {
                MEMBERS
            };
            share.map_or(most, |share| Limit {
                keys: most.keys.min((share / EACH_KEY) as usize).max(1),
                bytes: most.bytes.min(to_usize(share) / 2),
            })
        };
        let dict =
            |(columns, every): &(Vec<usize>, bool)| Dict::new(columns.clone(), limit(*every));
        // Each check goes through the rows of a block by itself, so each has windows of its own.
        let windows = program
            .checks
            .iter()
            .map(|c| c.window.iter().map(|s| (*s, Window::default())).collect())
            .collect();
        let dicts = program.shares.dicts.iter().map(dict).collect();
        Worker {
            worker,
            buffers: Buffers::reading(program.read()),
            handed_over: vec![1; program.shares.dicts.len()],
            sums: program.sums.iter().map(|_| GroupSums::default()).collect(),
            dicts,
            membership: vec![vec![Some(false)]; program.shares.membership.len()],
            known: program.expressions.keyed.iter().map(|_| RefCell::default()).collect(),
            judging: Judging::new(program, windows),
        }
    }

    /// Carries out the program on one chunk. `start` is where its first record starts, with what
    /// stands before it, if that is known; it is guessed otherwise.
    pub fn carry_out(
        &mut self,
        program: &Program<'_>,
        chunk: Chunk,
        start: Option<(u64, Position)>,
    ) -> ChunkResult {
        let path = (program.job.paths)(program.table.files[chunk.part as usize].file);
        let guessed = || {
            guess(program.table, chunk, &mut self.buffers)
                .map(|began| (began, Position::default(), MAX_GUESSED))
        };
        let (began, before, longest) =
            match start.map_or_else(guessed, |(began, before)| Ok((began, before, MAX_RECORD))) {
                Ok(start) => start,
                Err(error) => return ChunkResult { error: Some(error), ..self.begin(program, 0) },
            };
        let mut result = self.begin(program, began);
        let mut buffers = std::mem::take(&mut self.buffers);
        let ended = walk(
            program.table,
            &path,
            (chunk, began, before),
            (program.job.sizes, longest, program.job.watch),
            &mut buffers,
            &mut |visit| self.visit(program, &mut result, visit),
        );
        self.buffers = buffers;
        match ended {
            Ok(ended) => result.ended = ended,
            Err(error) => result.error = Some(error),
        }
        self.finish(program, &mut result, chunk.number);
        result
    }

    fn begin(&mut self, program: &Program<'_>, began: u64) -> ChunkResult {
        let empty =
            |(s, sums): (&StateId, &Option<sums::Plan>)| match (&program.job.defs.all[*s], sums) {
                (StateDef::Groups(def), _) => Filled::Groups(Groups::new(def)),
                (StateDef::Index(_), _) => Filled::Index(Index::default()),
                (StateDef::Window(_), _) => Filled::Window(Window::default()),
            };
        ChunkResult {
            worker: self.worker,
            began,
            ended: began,
            met: vec![false; program.sought.len()],
            tallies: vec![Tally::default(); program.checks.len()],
            undecided: program.no_undecided(),
            states: program.stage.states.iter().zip(&program.sums).map(empty).collect(),
            ..ChunkResult::default()
        }
    }

    fn visit(&mut self, program: &Program<'_>, result: &mut ChunkResult, visit: &mut Visit<'_>) {
        let before = result.raw.len();
        decode::columns(&mut visit.batch, &program.needed);
        if program.first_visit {
            note(result, visit);
        }
        add(&mut result.counts, visit);
        if program.stage.last {
            structure::uneven(&mut result.uneven, visit);
            sought::look(&program.sought, &mut result.met, &visit.batch);
            structure::raw_findings(result, visit, program.classes);
            structure::residues(&mut result.once, visit);
            structure::doubled(&mut result.once, visit);
            structure::percent_signs(&mut result.percent_signs, visit);
        }
        self.dicts.iter_mut().for_each(|d| d.encode(&visit.batch));
        self.note_members(program);
        let Worker { dicts, membership, known, sums, judging, .. } = self;
        let around = Some(Around { shared: program.shared, first: visit.head.first });
        let input = KernelInput { batch: &visit.batch, dicts, around, membership };
        let mut run = Run::new(&program.expressions, input, known);
        fill(sums, program, result, (visit, &mut run));
        for (number, plan) in program.checks.iter().enumerate() {
            judge::batch(judging, program, (number, plan), result, (visit, &mut run));
        }
        program.classes.sort(&mut result.raw[before..]);
    }

    /// Notes for new keys whether they stand in the indexes that are asked about.
    fn note_members(&mut self, program: &Program<'_>) {
        for (members, (state, dict)) in self.membership.iter_mut().zip(&program.shares.membership) {
            let (Filled::Index(index), dict) = (&program.shared.filled[*state], &self.dicts[*dict])
            else {
                continue;
            };
            for code in members.len()..dict.codes_known() {
                let text = String::from_utf8_lossy(dict.key(to_u32(code)));
                members.push(index.holds(&Value::Text(text)).ok());
            }
        }
    }

    /// Puts last values that rows see on disk, if they take too much.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, program: &Program<'_>, chunk: Chunk) -> Result<(), ScanError> {
        let memory = &program.job.memory;
        let count = self.judging.windows.iter().map(Vec::len).sum::<usize>();
        let Some(share) = memory.share(4 * count) else { return Ok(()) };
        let spilled = self
            .judging
            .windows
            .iter_mut()
            .flatten()
            .filter(|n| n.1.bytes() > share)
            .try_for_each(|n| n.1.spill(memory));
        spilled.map_err(|error| ScanError {
            file: program.table.file(),
            offset: chunk.from,
            error: scratch_failed(error),
        })
    }

    /// Takes from the worker what belongs to the chunk.
    fn finish(&mut self, program: &Program<'_>, result: &mut ChunkResult, chunk: u64) {
        // Sums and comparisons number the chunks from 1: 0 is none.
        result.sums = self
            .sums
            .iter_mut()
            .zip(&program.sums)
            .map(|(s, plan)| {
                plan.as_ref().map(|p| s.chunk_result(p, chunk + 1)).unwrap_or_default()
            })
            .collect();
        for (previous, plan) in self.judging.previous.iter_mut().zip(&program.previous) {
            result
                .window_values
                .extend(previous.seen.drain(..).map(|(row, seen)| ((plan.state, row.0), seen)));
            result.needs_exact_pass |= previous.needs_exact_pass;
            result.previous.push(previous.chunk_result(chunk + 1));
        }
        result.runs = self.judging.unique.iter_mut().map(|u| u.run(chunk)).collect();
        for (dict, handed_over) in self.dicts.iter().zip(&mut self.handed_over) {
            result.new_keys.push(
                (*handed_over..dict.codes_known())
                    .map(|code| dict.key(to_u32(code)).into())
                    .collect(),
            );
            *handed_over = dict.codes_known();
        }
    }
}

/// Gives the rows of a block to the states of the stage.
fn fill(
    sums: &mut [GroupSums],
    program: &Program<'_>,
    result: &mut ChunkResult,
    (visit, run): (&Visit<'_>, &mut Run<'_>),
) {
    let misses = std::cell::RefCell::new(Vec::new());
    let ChunkResult { states, state_misses, .. } = result;
    for ((state, filled), (plan, sums)) in
        program.stage.states.iter().zip(states).zip(program.sums.iter().zip(sums))
    {
        let mut all = 0..visit.batch.rows;
        let mut left = [].iter();
        if let Some(plan) = plan {
            sums.take(plan, run, visit.chunk + 1, visit.head.first);
            all = 0..0;
            left = sums.left.iter();
        }
        for row in all.chain(left.copied()) {
            let id = RowId(visit.head.first.0 + row as u64);
            let units = [UnitRow::Batch(&visit.batch, row)];
            let env =
                At { shared: program.shared, units: &units, row: id, window: &[], misses: &misses };
            let def = &program.job.defs.all[*state];
            match (def, &mut *filled) {
                (StateDef::Groups(def), Filled::Groups(g)) => g.take(def, &env, id),
                (StateDef::Index(def), Filled::Index(i)) => i.take(def, &env, id),
                (StateDef::Window(def), Filled::Window(n)) => n.keep(def, &env, id),
                _ => {}
            }
            if !misses.borrow().is_empty() {
                state_misses.note(*state, def, &env);
            }
        }
    }
}

/// Counts what a block holds.
fn note(result: &mut ChunkResult, visit: &Visit<'_>) {
    let grid = &visit.batch.block.grid;
    result.directory.push(visit.head, visit.context.clone(), grid.aside());
    result.bytes += visit.batch.block.read;
    result.records += visit.batch.table.layout.records_with_rows_in(visit.batch.block);
    result.set_aside += u64::from(grid.set_aside);
    result.left_out += u64::from(grid.left_out);
    result.aside.take(visit.batch.block, visit.head.part, visit.head.lines_before);
    let (counts, firsts) = &mut result.line_ends;
    for kind in 0..3 {
        counts[kind] += u64::from(grid.line_ends[kind]);
        if firsts[kind].is_none() {
            let head = visit.head;
            firsts[kind] = grid.first_line_end[kind].map(|(o, r, l)| {
                (
                    head.offset + u64::from(o),
                    head.records_before + u64::from(r),
                    head.lines_before + u64::from(l),
                )
            });
        }
    }
}
