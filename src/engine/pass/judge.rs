//! Checks over the rows of a block: loops first, the evaluator for what they leave.

#![expect(clippy::cast_possible_truncation, reason = "older than the lint")]

use std::cell::RefCell;

use crate::engine::data::check::primary_column;
use crate::engine::data::check::{Check, Kind};
use crate::engine::data::classes::RawKind;
use crate::engine::fast::dict::Dict;
use crate::engine::fast::kernels::{
    Answers, DEFER, FAILS, HOLDS, KernelInput, NOT_APPLICABLE, UNKNOWN, verdict,
};
use crate::engine::fast::previous::BOUNDARY;
use crate::engine::fast::previous::Previous;
use crate::engine::pass::chunk::{ChunkResult, MissNote};
use crate::engine::pass::program::{CheckPlan, Program, Strategy};
use crate::engine::pass::scan::Visit;
use crate::engine::states::env::{At, Miss, UnitRow};
use crate::engine::states::rounding::{count, rounding_quality};
use crate::engine::states::unique::Collector;
use crate::engine::states::window::{Window, WindowValue};
use crate::engine::states::{encode, with_key};
use crate::expr::bound::{Bound, Op, StateDef, StateId, States};
use crate::expr::eval::{Env, Verdict, eval, judge};
use crate::read::block::State;
use crate::read::grid::unquote;
use crate::report::{RawFinding, Tally};
use crate::source::RowId;
use crate::value::Value;

/// What judging keeps from block to block.
pub struct Judging {
    /// Keys of text columns, numbered.
    pub dicts: Vec<Dict>,
    /// For each index that is asked about and key whether it has the key.
    pub membership: Vec<Vec<bool>>,
    /// Comparisons with the row before.
    pub previous: Vec<Previous>,
    /// Keys that must be unique.
    pub unique: Vec<Collector>,
    /// What rows see as they are met, in order.
    pub window: Vec<(StateId, Window)>,
    /// Answers of each assertion of the check at hand.
    answers: Vec<Answers>,
    /// Answers of its filter.
    selected: Answers,
}

impl Judging {
    /// Nothing yet.
    pub fn new(program: &Program<'_>, dicts: Vec<Dict>, window: Vec<(StateId, Window)>) -> Judging {
        Judging {
            dicts,
            membership: vec![vec![false]; program.shares.membership.len()],
            previous: program.previous.iter().map(|_| Previous::default()).collect(),
            unique: program.unique.iter().map(|_| Collector::default()).collect(),
            window,
            answers: Vec::new(),
            selected: Answers::new(),
        }
    }
}

/// Judges the rows of a block by one check of the stage.
pub fn batch(
    judging: &mut Judging,
    program: &Program<'_>,
    (at, way): (usize, &CheckPlan),
    part: &mut ChunkResult,
    visit: &Visit<'_>,
) {
    part.tallies[at].set_aside += u64::from(visit.batch.block.grid.set_aside);
    let rows =
        Rows { program, check: &program.job.checks[way.number], number: way.number, at, visit };
    if !way.window.is_empty() {
        rows.in_order(way, &mut judging.window, part, &mut judging.unique);
        return;
    }
    let Judging { dicts, membership, previous, unique, answers, selected, .. } = judging;
    let ground = KernelInput { batch: &visit.batch, dicts, membership };
    let filtered = rows.select(way, &ground, selected, part);
    let selected = filtered.then_some(&*selected);
    answers.resize_with(answers.len().max(way.asserts.len()), Answers::new);
    for (way, out) in way.asserts.iter().zip(&mut *answers) {
        match way {
            Strategy::Kernel(kernel) => kernel.run(&ground, out),
            Strategy::Previous(t) => previous[*t].judge(
                &program.previous[*t],
                &ground,
                selected,
                (visit.chunk + 1, visit.head.first),
                out,
            ),
            Strategy::Unique { slot, columns } => {
                rows.keys(columns, selected, &mut unique[*slot], out)
            }
            Strategy::Exact => {
                out.clear();
                out.resize(visit.batch.rows, DEFER);
            }
        }
    }
    rows.count(selected, &answers[..way.asserts.len()], part);
}

/// The rows of a block under one check.
struct Rows<'r> {
    program: &'r Program<'r>,
    check: &'r Check,
    number: usize,
    /// Its place in the stage.
    at: usize,
    visit: &'r Visit<'r>,
}

impl Rows<'_> {
    fn id(&self, row: usize) -> RowId {
        RowId(self.visit.head.first.0 + row as u64)
    }

    /// Which rows pass the check's filter; whether it has one.
    fn select(
        &self,
        way: &CheckPlan,
        ground: &KernelInput<'_>,
        out: &mut Answers,
        part: &mut ChunkResult,
    ) -> bool {
        let Some(filter) = &self.check.filter else { return false };
        match &way.filter {
            Some(kernel) => kernel.run(ground, out),
            None => {
                out.clear();
                out.resize(self.visit.batch.rows, DEFER);
            }
        }
        let misses = RefCell::new(Vec::new());
        for (row, answer) in out.iter_mut().enumerate() {
            if *answer != DEFER && !cfg!(debug_assertions) {
                continue;
            }
            let units = [UnitRow::Batch(&self.visit.batch, row)];
            let env = At {
                shared: self.program.shared,
                units: &units,
                row: self.id(row),
                window: &[],
                misses: &misses,
            };
            let exact = match eval(filter, &env) {
                Value::Bool(true) => HOLDS,
                Value::Bool(false) | Value::NotApplicable => FAILS,
                _ => UNKNOWN,
            };
            debug_assert!(
                *answer == DEFER
                    || *answer == exact
                    || (*answer == NOT_APPLICABLE && exact == FAILS),
                "the filter at row {row}"
            );
            *answer = exact;
            self.note_misses(0, filter, &misses, &env, part);
        }
        true
    }

    /// Takes the keys of the selected rows; a key with a missing part is not unique and not double.
    fn keys(
        &self,
        columns: &[usize],
        selected: Option<&Answers>,
        keys: &mut Collector,
        out: &mut Answers,
    ) {
        let batch = &self.visit.batch;
        out.clear();
        out.resize(batch.rows, HOLDS);
        let first = self.visit.head.first.row();
        let wanted = |row: usize| selected.is_none_or(|s| s[row] == HOLDS);
        if let (&[column], Some(Some(d))) = (columns, columns.first().map(|c| &batch.columns[*c]))
            && batch.table.is_text(column)
        {
            batch.each(column, |row, start, end| {
                let raw = &batch.bytes[start..end];
                if !d.clean && d.states[row] != State::Good {
                    out[row] = if d.states[row].is_missing() { NOT_APPLICABLE } else { UNKNOWN };
                } else if wanted(row) {
                    match (raw.first(), batch.quote) {
                        (Some(first_byte), Some(quote)) if *first_byte == quote => {
                            keys.take(&unquote(raw, batch.quote), first + row as u32)
                        }
                        _ => keys.take(raw, first + row as u32),
                    }
                }
            });
            return;
        }
        for (row, answer) in out.iter_mut().enumerate() {
            let values: Vec<Value<'_>> =
                columns.iter().map(|&c| batch.value(row, c, false)).collect();
            if values.iter().any(|v| matches!(v, Value::Missing)) {
                *answer = NOT_APPLICABLE;
            } else if values.iter().any(|v| matches!(v, Value::Unknown)) {
                *answer = UNKNOWN;
            } else if wanted(row) {
                with_key(&values, |key| keys.take(key, first + row as u32));
            }
        }
    }

    /// Counts the answers for the selected rows; marks those that fail, and asks the evaluator for
    /// what is open.
    fn count(&self, selected: Option<&Answers>, answers: &[Answers], part: &mut ChunkResult) {
        let rows = self.visit.batch.rows as u64;
        let (judged, undecided) =
            selected.map_or((rows, 0), |s| (count_of(s, None, HOLDS), count_of(s, None, UNKNOWN)));
        let tally = &mut part.tallies[self.at];
        tally.seen += judged + undecided;
        tally.unknown += undecided * answers.len() as u64;
        let mut open = cfg!(debug_assertions);
        for out in answers {
            let of = |answer| count_of(out, selected, answer);
            let counts = [of(HOLDS), of(UNKNOWN), of(NOT_APPLICABLE), of(BOUNDARY)];
            tally.held += counts[0];
            tally.unknown += counts[1];
            tally.not_applicable += counts[2];
            open |= counts.iter().sum::<u64>() < judged;
        }
        if !open {
            return;
        }
        /// So many rows are looked at at once: few of them fail.
        const RUN: usize = 16;
        let calls = |out: &Answers, rows: std::ops::Range<usize>| {
            out[rows].iter().fold(false, |any, a| any | (*a == FAILS) | (*a == DEFER))
        };
        let all = self.visit.batch.rows;
        for from in (0..all).step_by(RUN) {
            let rows = from..all.min(from + RUN);
            if !cfg!(debug_assertions) && !answers.iter().any(|out| calls(out, rows.clone())) {
                continue;
            }
            for row in rows.filter(|row| selected.is_none_or(|s| s[*row] == HOLDS)) {
                self.row(row, answers, part);
            }
        }
    }

    /// Goes on with the answers of a row that fail or are open.
    fn row(&self, row: usize, answers: &[Answers], part: &mut ChunkResult) {
        let misses = RefCell::new(Vec::new());
        for (a, answers) in answers.iter().enumerate() {
            let answer = answers[row];
            let is_open = matches!(answer, FAILS | DEFER);
            if answer == BOUNDARY || !(is_open || cfg!(debug_assertions)) {
                continue;
            }
            let units = [UnitRow::Batch(&self.visit.batch, row)];
            let env = At {
                shared: self.program.shared,
                units: &units,
                row: self.id(row),
                window: &[],
                misses: &misses,
            };
            if is_open {
                self.assertion(a, verdict(answer), &env, part);
            }
            debug_assert!(
                self.agrees(a, answer, &env),
                "{} at row {row}",
                self.check.asserts[a].text
            );
        }
    }

    /// Whether the evaluator gives the answer that a loop gave.
    fn agrees(&self, a: usize, answer: u8, env: &At<'_>) -> bool {
        let assertion = &self.check.asserts[a];
        let by_loop = !matches!(assertion.kind, Kind::Unique { .. } | Kind::Like { .. })
            && !is_trail(&assertion.bound, env);
        !by_loop || verdict(answer).is_none_or(|v| v == judge(&assertion.bound, env))
    }

    fn mark(&self, kind: RawKind, a: usize, row: RowId, column: Option<usize>) -> RawFinding {
        RawFinding {
            row,
            aux: 0,
            class: self.program.classes.of_check(kind, self.number, a, column),
        }
    }

    /// Judges one assertion for the row of `env`, unless it is known.
    fn assertion(&self, a: usize, known: Option<Verdict>, env: &At<'_>, part: &mut ChunkResult) {
        let assertion = &self.check.asserts[a];
        let tally = &mut part.tallies[self.at];
        if let Kind::Like { column, name } = &assertion.kind {
            if crate::engine::pass::duplicates::like_fails(*column, name, env, tally) {
                part.marks.push(self.mark(RawKind::Failed, a, env.row, Some(*column)));
            }
            return;
        }
        let verdict = known.unwrap_or_else(|| judge(&assertion.bound, env));
        count(tally, verdict);
        if known.is_none()
            && verdict == Verdict::Holds
            && rounding_quality(&assertion.bound, env, tally)
        {
            part.marks.push(self.mark(
                RawKind::Improbable,
                a,
                env.row,
                primary_column(&assertion.bound),
            ));
        }
        if verdict == Verdict::Fails {
            part.marks.push(self.mark(
                RawKind::Failed,
                a,
                env.row,
                primary_column(&assertion.bound),
            ));
            part.window_values.extend(env.window.iter().map(|n| ((n.0, env.row.0), n.1.clone())));
        }
        self.note_misses(a, &assertion.bound, env.misses, env, part);
    }

    /// Notes what the evaluator missed in an expression; a filter's misses go to the first assertion.
    fn note_misses(
        &self,
        a: usize,
        bound: &Bound,
        misses: &RefCell<Vec<Miss>>,
        env: &At<'_>,
        part: &mut ChunkResult,
    ) {
        if misses.borrow().is_empty() || a >= self.check.asserts.len() {
            return;
        }
        for miss in std::mem::take(&mut *misses.borrow_mut()) {
            let (key, column) = missed_key(bound, &miss, env);
            part.misses.push(MissNote {
                check: self.number,
                assertion: a,
                row: env.row,
                miss,
                key,
                column,
            });
        }
    }

    /// Judges row by row, where a row sees others as they are met.
    fn in_order(
        &self,
        way: &CheckPlan,
        all: &mut [(StateId, Window)],
        part: &mut ChunkResult,
        unique: &mut [Collector],
    ) {
        let misses = RefCell::new(Vec::new());
        let defs = self.program.job.defs;
        let mut seen: Vec<(StateId, WindowValue)> = Vec::new();
        let mut passed = vec![FAILS; self.visit.batch.rows];
        for (row, passed) in passed.iter_mut().enumerate() {
            let id = self.id(row);
            let units = [UnitRow::Batch(&self.visit.batch, row)];
            let plain = At {
                shared: self.program.shared,
                units: &units,
                row: id,
                window: &[],
                misses: &misses,
            };
            look(defs, &way.window, all, &plain, &mut seen);
            let env = At { window: &seen, ..plain };
            let passes = match self.check.filter.as_ref().map(|f| eval(f, &env)) {
                None | Some(Value::Bool(true)) => Some(true),
                Some(Value::Bool(false) | Value::NotApplicable) => Some(false),
                Some(_) => None,
            };
            if let Some(filter) = &self.check.filter {
                self.note_misses(0, filter, &misses, &env, part);
            }
            let tally = &mut part.tallies[self.at];
            match passes {
                Some(true) => {
                    tally.seen += 1;
                    *passed = HOLDS;
                    for (a, _) in way
                        .asserts
                        .iter()
                        .enumerate()
                        .filter(|(_, w)| !matches!(w, Strategy::Unique { .. }))
                    {
                        self.assertion(a, None, &env, part);
                    }
                }
                Some(false) => {}
                None => {
                    tally.seen += 1;
                    tally.unknown += self.check.asserts.len() as u64;
                    continue;
                }
            }
            pass_on(defs, &way.window, all, &env, id, &seen, passes == Some(true));
        }
        let mut keys = Answers::new();
        for way in &way.asserts {
            let Strategy::Unique { slot, columns } = way else { continue };
            self.keys(columns, Some(&passed), &mut unique[*slot], &mut keys);
            keys.iter()
                .zip(&passed)
                .filter(|(_, p)| **p == HOLDS)
                .for_each(|(k, _)| count_answer(&mut part.tallies[self.at], *k));
        }
    }
}

/// Whether an assertion reads a neighbour that only its previous knows.
fn is_trail(b: &Bound, env: &At<'_>) -> bool {
    let mut found = false;
    b.walk(&mut |b| found |= matches!(&b.op, Op::Window { state } if matches!(&env.shared.defs.all[*state], StateDef::Window(n) if n.streams())));
    found && env.window.is_empty()
}

/// What a row sees of the rows before it.
fn look(
    defs: &States,
    wanted: &[StateId],
    all: &mut [(StateId, Window)],
    env: &At<'_>,
    seen: &mut Vec<(StateId, WindowValue)>,
) {
    seen.clear();
    for (id, n) in all.iter_mut().filter(|(id, _)| wanted.contains(id)) {
        if let StateDef::Window(def) = &defs.all[*id] {
            seen.push((*id, n.look(def, env)));
        }
    }
}

/// The row joins those that later rows see, unless a neighbour's own filter leaves it out.
fn pass_on(
    defs: &States,
    wanted: &[StateId],
    all: &mut [(StateId, Window)],
    env: &At<'_>,
    id: RowId,
    seen: &[(StateId, WindowValue)],
    kept: bool,
) {
    for (state, n) in all.iter_mut().filter(|(s, _)| wanted.contains(s)) {
        let StateDef::Window(def) = &defs.all[*state] else { continue };
        if !kept && def.filter.is_some() {
            continue;
        }
        if let Some((_, neighbour)) = seen.iter().find(|s| s.0 == *state) {
            n.pass(def, env, id, neighbour);
        }
    }
}

/// The key that a miss looked for, and the column it came from.
fn missed_key(bound: &Bound, miss: &Miss, env: &dyn Env) -> (Vec<u8>, Option<usize>) {
    let (mut key, mut column) = (Vec::new(), None);
    bound.walk(&mut |b| {
        if let Op::Lookup { state, key: parts, .. } = &b.op
            && *state == miss.state
            && b.span.start == miss.at
        {
            let values: Vec<Value<'_>> = parts.iter().map(|p| eval(p, env)).collect();
            encode(&values, &mut key);
            column = parts.iter().find_map(primary_column);
        }
    });
    (key, column)
}

/// How many answers of the selected rows are this one.
fn count_of(answers: &[u8], selected: Option<&Answers>, answer: u8) -> u64 {
    let is = |a: &u8| u32::from(*a == answer);
    match selected {
        None => answers.iter().map(is).sum::<u32>().into(),
        Some(s) => {
            answers.iter().zip(s).map(|(a, s)| is(a) & u32::from(*s == HOLDS)).sum::<u32>().into()
        }
    }
}

/// Adds the verdict of an edge to a tally.
pub fn count_answer(tally: &mut Tally, answer: u8) {
    if let Some(verdict) = verdict(answer) {
        count(tally, verdict);
    }
}
