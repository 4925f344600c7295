//! Checks over the rows of a block: loops first, the evaluator for what they leave.

use std::cell::RefCell;
use std::hash::BuildHasher;

use crate::engine::data::check::primary_column;
use crate::engine::data::check::{Check, Kind};
use crate::engine::data::classes::RawKind;
use crate::engine::fast::answer::{Answer, Answers, all_hold, count_of, each_unknown};
use crate::engine::fast::expressions::before::Before;
use crate::engine::fast::expressions::run::Run;
use crate::engine::fast::previous::Previous;
use crate::engine::pass::chunk::{ChunkResult, MissNote};
use crate::engine::pass::duplicates::judge_like;
use crate::engine::pass::keys;
use crate::engine::pass::names;
use crate::engine::pass::program::{CheckPlan, Program, Strategy};
use crate::engine::pass::scan::Visit;
use crate::engine::states::encode;
use crate::engine::states::env::{At, Miss, UnitRow, is_reported};
use crate::engine::states::rounding::{count, may_be_weak, rounding_quality};
use crate::engine::states::seen::WindowValue;
use crate::engine::states::unique::Collector;
use crate::engine::states::window::{Window, look, pass_on, passed_on};
use crate::expr::bound::{Bound, Op, StateDef, StateId};
use crate::expr::choose::choose;
use crate::expr::eval::{Verdict, eval, judge};
use crate::report::{RawFinding, Tally};
use crate::source::RowId;
use crate::value::Why;
use crate::width::to_usize;

/// What judging keeps from block to block.
pub struct Judging {
    /// Comparisons with the row before.
    pub previous: Vec<Previous>,
    /// Values of the rows before, for loops.
    pub before: Vec<Before>,
    /// Keys that must be unique.
    pub unique: Vec<Collector>,
    /// Values of the rows before, for rows that are judged in order.
    pub windows: Vec<Vec<(StateId, Window)>>,
    /// Answers of each assertion of the check at hand.
    answers: Vec<Answers>,
    /// Answers of its filter.
    selected: Answers,
}

impl Judging {
    /// Nothing yet.
    pub fn new(program: &Program<'_>, windows: Vec<Vec<(StateId, Window)>>) -> Judging {
        Judging {
            previous: program.previous.iter().map(|_| Previous::default()).collect(),
            before: program.before.iter().map(|_| Before::default()).collect(),
            unique: program.unique.iter().map(|_| Collector::default()).collect(),
            windows,
            answers: Vec::new(),
            selected: Answers::new(),
        }
    }
}

/// Judges the rows of a block by one check of the stage.
pub fn batch(
    judging: &mut Judging,
    program: &Program<'_>,
    (at, plan): (usize, &CheckPlan),
    result: &mut ChunkResult,
    (visit, run): (&Visit<'_>, &mut Run<'_>),
) {
    result.tallies[at].set_aside += u64::from(visit.batch.block.grid.set_aside);
    let check = &program.job.checks[plan.number];
    let rows = Rows { program, check, number: plan.number, at, visit, before: &[], plan };
    if !plan.window.is_empty() {
        rows.in_order(&mut judging.windows[at], result, &mut judging.unique);
        result.undecided[at].settle();
        return;
    }
    let Judging { previous, before, unique, answers, selected, .. } = judging;
    let reported = rows.select(run, selected, result);
    let selected = reported.as_ref().map(|_| &*selected);
    result.needs_exact_pass |= !rows.walk(before, selected, run, result);
    let rows = Rows { before, ..rows };
    answers.resize_with(answers.len().max(plan.asserts.len()), Answers::new);
    for (strategy, out) in plan.asserts.iter().zip(&mut *answers) {
        match strategy {
            Strategy::Compiled(root) => run.answers(*root, out),
            Strategy::Previous(t) => previous[*t].judge(
                &program.previous[*t],
                &run.input,
                selected,
                (visit.chunk + 1, visit.head.first),
                out,
            ),
            Strategy::Unique { slot, columns } => {
                let first = visit.head.first;
                keys::take(&visit.batch, first, columns, selected, &mut unique[*slot], out)
            }
            Strategy::Exact => {
                out.clear();
                out.resize(visit.batch.rows, Answer::DEFER);
            }
        }
    }
    // What no loop keeps is judged again from the start: answers here would be thrown away.
    if result.needs_exact_pass || previous.iter().any(|previous| previous.needs_exact_pass) {
        return;
    }
    let reported = reported.unwrap_or_default();
    rows.count((selected, &reported), &answers[..plan.asserts.len()], result);
    result.undecided[at].settle();
}

/// The rows of a block under one check.
pub(super) struct Rows<'r> {
    pub(super) program: &'r Program<'r>,
    pub(super) check: &'r Check,
    pub(super) number: usize,
    /// Its place in the stage.
    pub(super) at: usize,
    pub(super) visit: &'r Visit<'r>,
    /// What they see of the rows before, for loops.
    pub(super) before: &'r [Before],
    pub(super) plan: &'r CheckPlan,
}

impl Rows<'_> {
    pub(super) fn id(&self, row: usize) -> RowId {
        RowId(self.visit.head.first.0 + row as u64)
    }

    /// The one unit of a check of rows.
    pub(super) fn units(&self, row: usize) -> [UnitRow<'_>; 1] {
        [UnitRow::Batch(&self.visit.batch, row)]
    }

    /// The environment of a row that sees no other rows.
    pub(super) fn env<'e>(
        &'e self,
        row: usize,
        units: &'e [UnitRow<'e>],
        misses: &'e RefCell<Vec<Miss>>,
    ) -> At<'e> {
        At { shared: self.program.shared, units, row: self.id(row), window: &[], misses }
    }

    /// Walks the rows by the windows whose values loops keep; false where it cannot be done.
    fn walk(
        &self,
        before: &mut [Before],
        selected: Option<&Answers>,
        run: &mut Run<'_>,
        result: &mut ChunkResult,
    ) -> bool {
        let misses = RefCell::new(Vec::new());
        self.plan.before.iter().all(|number| {
            let window = &self.program.before[*number];
            let StateDef::Window(def) = &self.program.job.defs.all[window.state] else {
                return false;
            };
            let mut exact = |row| {
                let units = self.units(row);
                let env = self.env(row, &units, &misses);
                let value = passed_on(def, &env, env.row);
                self.note_misses_of_windows(&misses, &env, result);
                value
            };
            before[*number].walk(window, run, selected, self.visit.head.first, &mut exact)
        })
    }

    /// What a row sees of the rows before, for loops.
    fn seen(&self, row: usize) -> Vec<(StateId, WindowValue)> {
        let seen = |number: &usize| {
            let window = &self.program.before[*number];
            (window.state, self.before[*number].value(window, row))
        };
        self.plan.before.iter().map(seen).collect()
    }

    /// Counts the answers for the selected rows; makes raw findings of those that fail, and has the
    /// evaluator judge what is deferred.
    fn count(
        &self,
        (selected, reported): (Option<&Answers>, &[usize]),
        answers: &[Answers],
        result: &mut ChunkResult,
    ) {
        let rows = self.visit.batch.rows as u64;
        let (tally, noted) = (&mut result.tallies[self.at], &mut result.undecided[self.at]);
        let (judged, undecided) = selected.map_or((rows, 0), |s| {
            let undecided = each_unknown(s, None, |row, why| {
                tally.add_undecided(why, answers.len() as u64);
                match reported.binary_search(&row) {
                    Ok(_) => tally.add_reported(why, answers.len() as u64),
                    Err(_) => noted.note(None, self.id(row), why),
                }
            });
            (count_of(s, None, |a| a == Answer::HOLDS), undecided)
        });
        tally.cases += judged + undecided;
        let mut open = cfg!(debug_assertions);
        for (a, out) in answers.iter().enumerate() {
            let is_rounded = may_be_weak(&self.check.asserts[a].bound);
            let note = |tally: &mut Tally, held| {
                if is_rounded {
                    tally.note_held(a, held);
                }
            };
            if all_hold(out, selected) {
                tally.held += judged;
                note(tally, (judged, 0));
                continue;
            }
            let of = |answer| count_of(out, selected, |a| a == answer);
            let [strictly, weakly, not_applicable, waiting] =
                [Answer::HOLDS, Answer::WEAKLY, Answer::NOT_APPLICABLE, Answer::BOUNDARY].map(of);
            let held = strictly + weakly;
            tally.weak += weakly;
            note(tally, (strictly, weakly));
            let unknown = each_unknown(out, selected, |row, why| {
                let verdict = self.check.asserts[a].asks(Verdict::Unknown(why));
                count(tally, verdict);
                if let Verdict::Unknown(why) = verdict {
                    noted.note(Some(a), self.id(row), why);
                }
            });
            tally.held += held;
            tally.not_applicable += not_applicable;
            open |= held + not_applicable + waiting + unknown < judged;
        }
        if open {
            self.open_rows(selected, answers, result);
        }
    }

    /// Goes on with the rows of which an answer fails or is open.
    fn open_rows(&self, selected: Option<&Answers>, answers: &[Answers], result: &mut ChunkResult) {
        /// Rows that are passed over together where none of them fails, as most do not.
        const RUN: usize = 16;
        let calls = |out: &Answers, rows: std::ops::Range<usize>| {
            out[rows]
                .iter()
                .fold(false, |any, a| any | (*a == Answer::FAILS) | (*a == Answer::DEFER))
        };
        let all = self.visit.batch.rows;
        for from in (0..all).step_by(RUN) {
            let rows = from..all.min(from + RUN);
            if !cfg!(debug_assertions) && !answers.iter().any(|out| calls(out, rows.clone())) {
                continue;
            }
            for row in rows.filter(|row| selected.is_none_or(|s| s[*row] == Answer::HOLDS)) {
                self.row(row, answers, result);
            }
        }
    }

    /// Goes on with the answers of a row that fail or are open.
    fn row(&self, row: usize, answers: &[Answers], result: &mut ChunkResult) {
        let (misses, seen) = (RefCell::new(Vec::new()), self.seen(row));
        for (a, answers) in answers.iter().enumerate() {
            let answer = answers[row];
            let is_open = matches!(answer, Answer::FAILS | Answer::DEFER);
            if answer == Answer::BOUNDARY || !(is_open || cfg!(debug_assertions)) {
                continue;
            }
            let units = self.units(row);
            let env = At { window: &seen, ..self.env(row, &units, &misses) };
            if is_open {
                self.assertion(a, answer.verdict(), &env, result);
            }
            debug_assert!(
                !matches!(answer, Answer::HOLDS | Answer::WEAKLY)
                    || self.rests_as_said(a, answer, &env),
                "{} at row {row} holds by rounding",
                self.check.asserts[a].text
            );
            debug_assert!(
                self.agrees(a, answer, &env),
                "{} at row {row}",
                self.check.asserts[a].text
            );
        }
    }

    /// Whether the evaluator gives the answer that a loop gave.
    fn agrees(&self, a: usize, answer: Answer, env: &At<'_>) -> bool {
        let assertion = &self.check.asserts[a];
        let by_loop = !matches!(assertion.kind, Kind::Unique { .. } | Kind::Like { .. })
            && !reads_previous_rows(&assertion.bound, env);
        !by_loop || answer.verdict().is_none_or(|v| v == judge(&assertion.bound, env))
    }

    /// Whether an assertion that holds rests on rounding as much as a loop says.
    fn rests_as_said(&self, a: usize, answer: Answer, env: &At<'_>) -> bool {
        let mut tally = Tally::default();
        let unlikely = rounding_quality((a, &self.check.asserts[a].bound), env, &mut tally);
        !unlikely && tally.weak == u64::from(answer == Answer::WEAKLY)
    }

    fn raw_finding(
        &self,
        kind: RawKind,
        a: usize,
        row: RowId,
        column: Option<usize>,
    ) -> RawFinding {
        RawFinding {
            row,
            aux: 0,
            class: self.program.classes.of_check(kind, self.number, a, column),
        }
    }

    /// Judges one assertion for the row of `env`, unless its verdict is known.
    fn assertion(&self, a: usize, known: Option<Verdict>, env: &At<'_>, result: &mut ChunkResult) {
        let assertion = &self.check.asserts[a];
        let like = match &assertion.kind {
            Kind::Like { column, name } => Some((*column, name)),
            _ => None,
        };
        let judged = || match like {
            Some((column, name)) => judge_like(column, name, env),
            None => judge(&assertion.bound, env),
        };
        let verdict = assertion.asks(known.unwrap_or_else(judged));
        let tally = &mut result.tallies[self.at];
        count(tally, verdict);
        if let Verdict::Unknown(why) = verdict {
            match is_reported(env.misses, why) {
                true => tally.add_reported(why, 1),
                false => result.undecided[self.at].note(Some(a), env.row, why),
            }
        }
        if known.is_none()
            && verdict == Verdict::Holds
            && rounding_quality((a, &assertion.bound), env, tally)
        {
            result.raw.push(self.raw_finding(
                RawKind::Improbable,
                a,
                env.row,
                primary_column(&assertion.bound),
            ));
        }
        if verdict == Verdict::Fails {
            let column = like.map_or_else(|| primary_column(&assertion.bound), |l| Some(l.0));
            let failed = self.raw_finding(RawKind::Failed, a, env.row, column);
            result.raw.push(RawFinding { aux: self.key_of(a, column, env), ..failed });
            result.window_values.extend(env.window.iter().map(|n| ((n.0, env.row.0), n.1.clone())));
        }
        self.note_misses(a, env.misses, env, result);
    }

    /// The number of the column whose name a contract is about, from 1, or the hash of a key that no row of
    /// another table has; else 0.
    fn key_of(&self, a: usize, column: Option<usize>, env: &At<'_>) -> u64 {
        let is_name = !self.check.by_user && column.is_some();
        if is_name && column == names::column(self.program.table) {
            let row = env.row.0 - self.visit.head.first.0;
            return self.visit.batch.pivot(to_usize(row)) as u64 + 1;
        }
        absent_key(&self.check.asserts[a].bound, env)
    }

    /// Notes what the evaluator missed; a filter's misses go to the first assertion.
    pub(super) fn note_misses(
        &self,
        a: usize,
        misses: &RefCell<Vec<Miss>>,
        env: &At<'_>,
        result: &mut ChunkResult,
    ) {
        if misses.borrow().is_empty() || a >= self.check.asserts.len() {
            return;
        }
        let (check, row) = (self.number, env.row);
        let noted = misses.take().into_iter();
        result.misses.extend(noted.map(|miss| MissNote { check, assertion: a, row, miss }));
    }

    /// Notes what was missed in the value of a row that later rows see.
    fn note_misses_of_windows(
        &self,
        misses: &RefCell<Vec<Miss>>,
        env: &At<'_>,
        result: &mut ChunkResult,
    ) {
        misses.borrow_mut().iter_mut().for_each(|miss| miss.column = None);
        self.note_misses(0, misses, env, result);
    }

    /// Judges row by row, where a row sees others as they are met.
    fn in_order(
        &self,
        all: &mut [(StateId, Window)],
        result: &mut ChunkResult,
        unique: &mut [Collector],
    ) {
        let (misses, of_windows) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let (defs, plan) = (self.program.job.defs, self.plan);
        let mut seen: Vec<(StateId, WindowValue)> = Vec::new();
        let mut passed = vec![Answer::FAILS; self.visit.batch.rows];
        for (row, passed) in passed.iter_mut().enumerate() {
            let units = self.units(row);
            let plain = self.env(row, &units, &of_windows);
            look(defs, &plan.window, all, &plain, &mut seen);
            let env = At { window: &seen, misses: &misses, ..plain };
            let selected = self.selects(&env, result);
            if selected == Ok(true) {
                *passed = Answer::HOLDS;
                let is_key = |a: usize| matches!(plan.asserts[a], Strategy::Unique { .. });
                for a in (0..plan.asserts.len()).filter(|a| !is_key(*a)) {
                    self.assertion(a, None, &env, result);
                }
            }
            let passing = At { misses: &of_windows, ..env };
            pass_on(defs, &plan.window, all, &passing, env.row, &seen, selected);
            self.note_misses_of_windows(&of_windows, &env, result);
        }
        self.keys_in_order(&passed, unique, result);
    }

    /// Whether the filter selects the row of `env`; where that is unknown, so are its assertions.
    fn selects(&self, env: &At<'_>, result: &mut ChunkResult) -> Result<bool, Why> {
        let (mut selected, mut reported) = (Ok(true), false);
        if let Some(filter) = &self.check.filter {
            let choice = choose(filter, env);
            selected = choice.chosen;
            self.chosen(choice, result);
            reported = selected.is_err_and(|why| is_reported(env.misses, why));
            self.note_misses(0, env.misses, env, result);
        }
        let tally = &mut result.tallies[self.at];
        match selected {
            Ok(selected) => tally.cases += u64::from(selected),
            Err(why) => {
                tally.cases += 1;
                tally.add_undecided(why, self.check.asserts.len() as u64);
                match reported {
                    true => tally.add_reported(why, self.check.asserts.len() as u64),
                    false => result.undecided[self.at].note(None, env.row, why),
                }
            }
        }
        selected
    }

    /// Takes the keys of the rows that were selected in order.
    fn keys_in_order(&self, passed: &Answers, unique: &mut [Collector], result: &mut ChunkResult) {
        let mut found = Answers::new();
        for (a, strategy) in self.plan.asserts.iter().enumerate() {
            let Strategy::Unique { slot, columns } = strategy else { continue };
            let (batch, first) = (&self.visit.batch, self.visit.head.first);
            keys::take(batch, first, columns, Some(passed), &mut unique[*slot], &mut found);
            for (row, key) in
                found.iter().enumerate().filter(|(row, _)| passed[*row] == Answer::HOLDS)
            {
                let Some(verdict) = key.verdict().map(|v| self.check.asserts[a].asks(v)) else {
                    continue;
                };
                count(&mut result.tallies[self.at], verdict);
                if let Verdict::Unknown(why) = verdict {
                    result.undecided[self.at].note(Some(a), self.id(row), why);
                }
            }
        }
    }
}

/// Whether an assertion compares with rows before, which the evaluator is not given here.
fn reads_previous_rows(b: &Bound, env: &At<'_>) -> bool {
    let mut found = false;
    b.walk(&mut |b| {
        if let Op::Window { state } = &b.op
            && let StateDef::Window(def) = &env.shared.defs.all[*state]
        {
            found |= def.streams() && env.window.iter().all(|(given, _)| given != state);
        }
    });
    found
}

/// The hash of the key that no row of another table has, where that is what an assertion asks; else 0.
fn absent_key(bound: &Bound, env: &At<'_>) -> u64 {
    let Op::Member { value, not: false, .. } = &bound.op else { return 0 };
    let mut key = Vec::new();
    encode(&[eval(value, env)], &mut key);
    foldhash::quality::FixedState::default().hash_one(key).max(1)
}
