//! Sums, counts and values of plain columns by group, as loops over typed vectors.
//!
//! A worker adds up by its own codes and gives what a chunk touched; the commit adds that to the
//! [`totals`](crate::engine::fast::totals) of the run. What a sum cannot hold goes to the exact
//! accumulators of [`crate::engine::states::groups`].

use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::dict::{Code, Dict, OVER};
use crate::engine::fast::expressions::compile::Compiler;
use crate::engine::fast::expressions::list::Root;
use crate::engine::fast::expressions::run::Run;
use crate::engine::fast::kernels::KernelInput;
use crate::engine::states::accumulate::{Blanks, Counts};
use crate::engine::states::values::Values;
use crate::expr::bound::{Bound, GroupsDef, Op, Slot};
use crate::expr::tree::Agg;
use crate::read::block::{Column, Data, State};
use crate::source::RowId;
use crate::value::{Rounding, Type, Why};

/// How the aggregates of a definition are added up.
#[derive(Debug)]
pub struct Plan {
    /// The dictionary of the keys.
    pub dict: usize,
    filter: Option<Root>,
    pub(super) slots: Vec<SumSlot>,
}

#[derive(Debug)]
pub(super) struct SumSlot {
    filter: Option<Root>,
    /// The column; none counts rows.
    column: Option<usize>,
    /// Whether the written precision is added up, too.
    pub ranges: bool,
    /// Where its values are kept, the memory for those of a chunk.
    pub values: Values,
}

/// What one aggregate of one group came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct SlotSum {
    pub(super) total: i128,
    pub(super) counts: Counts,
}

/// What one worker adds up for one definition. The rows of a chunk are fewer than 2^24, so their
/// counts fit 32 bits; sums are apart from the counts that are seldom touched.
#[derive(Default)]
pub struct GroupSums {
    /// The chunk in which a code was touched last.
    touched_in: Vec<u64>,
    touched: Vec<Code>,
    firsts: Vec<RowId>,
    rows: Vec<u32>,
    totals: Vec<i128>,
    /// What did not add to a total; what did is the rest of the rows.
    rest: Vec<Rest>,
    /// What each aggregate keeps in this chunk.
    values: Vec<Values>,
    /// The decimals of each slot's totals in this chunk.
    scales: Vec<Option<u8>>,
    chunk: u64,
    /// Why rows could not be put into a group.
    undecided: Option<Why>,
    /// Rows that were not chosen because a value is missing.
    not_chosen: u64,
    answers: Answers,
    /// For each aggregate that has a filter which rows pass it.
    passes: Vec<Answers>,
    /// Rows that the exact accumulators must take.
    pub left: Vec<usize>,
}

/// Rows of a group that one aggregate did not take.
#[derive(Debug, Clone, Copy, Default)]
struct Rest {
    missing: u32,
    unreadable: u32,
    /// Rows that its filter left out, and those of them with an unreadable cell.
    filtered: u32,
    left_out: u32,
    /// Those of them that were not chosen because a value is missing.
    not_chosen: u32,
    undecided: u32,
    why: Option<Why>,
}

impl Rest {
    /// Whether a row adds to its total; it is counted where it does not.
    #[inline]
    fn adds(&mut self, passes: Answer, state: State) -> bool {
        match passes {
            Answer::HOLDS => match state {
                State::Missing | State::Absent => self.missing += 1,
                _ if state.is_unknown() => {
                    self.unreadable += 1;
                    self.why = self.why.max(Answer::of_state(state).cause());
                }
                _ => return true,
            },
            left @ (Answer::FAILS | Answer::NOT_APPLICABLE | Answer::MISSING) => {
                self.filtered += 1;
                self.not_chosen += u32::from(left == Answer::MISSING);
                self.left_out += u32::from(state.is_unknown());
            }
            open => {
                self.undecided += 1;
                self.why = self.why.max(open.cause());
            }
        }
        false
    }
}

/// What one chunk gave.
#[derive(Debug, Default)]
pub struct ChunkSums {
    /// The codes that were touched, in order of first touch.
    pub touched: Vec<Code>,
    /// What each aggregate kept, by codes.
    pub values: Vec<Values>,
    pub(super) firsts: Vec<RowId>,
    pub(super) rows: Vec<u64>,
    pub(super) sums: Vec<SlotSum>,
    pub(super) scales: Vec<Option<u8>>,
    pub(super) undecided: Option<Why>,
    pub(super) not_chosen: u64,
}

/// The key columns of a definition, if all are texts.
pub fn text_keys(def: &GroupsDef) -> Option<Vec<usize>> {
    let key = |b: &Bound| match b.op {
        Op::Cell { unit: 0, column, .. } if b.ty == Type::Text => Some(column),
        _ => None,
    };
    def.keys.iter().map(key).collect()
}

/// The plan of a definition, if sums can hold it.
pub fn plan(def: &GroupsDef, compiler: &mut Compiler<'_>) -> Option<Plan> {
    let keys = text_keys(def)?;
    if keys.iter().any(|column| compiler.table.columns[*column].absent) {
        return None;
    }
    let filter = match &def.filter {
        Some(f) => Some(compiler.choice(f)?),
        None => None,
    };
    let slots = def.slots.iter().map(|s| slot(s, compiler)).collect::<Option<_>>()?;
    Some(Plan { dict: compiler.shares.dict(&keys, true), filter, slots })
}

fn slot(slot: &Slot, compiler: &mut Compiler<'_>) -> Option<SumSlot> {
    if slot.residual.is_some() || slot.args.len() > 1 {
        return None;
    }
    let values = Values::of(slot);
    let filter = match &slot.filter {
        Some(f) => Some(compiler.choice(f)?),
        None => None,
    };
    let Some(arg) = slot.args.first() else {
        let of_rows = slot.agg == Agg::Count && values.is_nothing();
        return of_rows.then_some(SumSlot { filter, column: None, ranges: false, values });
    };
    let Op::Cell { unit: 0, column, ranges } = arg.op else { return None };
    let reading = &compiler.table.columns[column].reading;
    // Counts of an integer column have no width, unless they are rounded to a base; what a sum of cut figures means depends on their signs.
    let has_base = reading.number.rounding.has_base();
    let ranges = ranges && (arg.ty == Type::Number || has_base);
    let plain = !ranges
        || (reading.number.decimals.is_none()
            && reading.number.most_decimals.is_none()
            && reading.number.rounding == Rounding::Nearest);
    let is_number = matches!(arg.ty, Type::Number | Type::Integer);
    let fits = match slot.agg {
        Agg::Count => true,
        Agg::Sum | Agg::Mean => is_number && plain,
        Agg::Median | Agg::Quantile => is_number && !ranges,
        _ => false,
    };
    let ranges = ranges && slot.agg != Agg::Count;
    fits.then_some(SumSlot { filter, column: Some(column), ranges, values })
}

impl GroupSums {
    /// Takes the rows of a batch; those that no sum can hold are listed in `left`.
    pub fn take(&mut self, plan: &Plan, run: &mut Run<'_>, chunk: u64, first: RowId) {
        self.left.clear();
        if chunk != self.chunk || self.scales.len() != plan.slots.len() {
            self.begin(plan, chunk);
        }
        let input = run.input;
        let dict = &input.dicts[plan.dict];
        let mut rows = std::mem::take(&mut self.answers);
        match plan.filter {
            Some(filter) => run.answers(filter, &mut rows),
            None => {
                rows.clear();
                rows.resize(input.batch.rows, Answer::HOLDS);
            }
        }
        self.leave(plan, run, dict, &mut rows);
        self.touch(dict, plan.slots.len(), &rows, first);
        // A batch of which nothing is taken must not change the scale of the totals.
        let any = rows.contains(&Answer::HOLDS);
        let passes = std::mem::take(&mut self.passes);
        for (number, slot) in plan.slots.iter().enumerate().filter(|_| any) {
            let at = (number, plan.slots.len());
            self.add(slot, at, &input, &dict.codes, &rows, &passes[number]);
        }
        self.passes = passes;
        self.answers = rows;
    }

    fn begin(&mut self, plan: &Plan, chunk: u64) {
        self.chunk = chunk;
        self.touched.clear();
        self.undecided = None;
        self.not_chosen = 0;
        self.scales.clear();
        self.scales.resize(plan.slots.len(), None);
        self.values = plan.slots.iter().map(|slot| slot.values.clone()).collect();
    }

    /// Lists the rows that sums cannot hold, and takes them out of `rows`.
    fn leave(&mut self, plan: &Plan, run: &mut Run<'_>, dict: &Dict, rows: &mut Answers) {
        let input = run.input;
        let mut all = input.batch.has_hedges();
        for (number, slot) in plan.slots.iter().enumerate() {
            let Some(Some(d)) = slot.column.map(|c| input.batch.columns[c].as_ref()) else {
                all |= slot.column.is_some();
                continue;
            };
            if let Data::Number { scale, .. } = &d.data
                && slot.values.is_nothing()
            {
                let known = self.scales[number];
                let fits =
                    scale.is_some_and(|s| s <= 8 && (!slot.ranges || known.is_none_or(|k| k == s)));
                all |= !fits;
            }
            if !d.clean {
                self.defer(rows, |row| matches!(d.states[row], State::Defer | State::Withheld));
            }
        }
        let mut passes = std::mem::take(&mut self.passes);
        passes.resize_with(plan.slots.len(), Answers::new);
        for (slot, passes) in plan.slots.iter().zip(&mut passes) {
            let Some(filter) = slot.filter else { continue };
            run.answers(filter, passes);
            if passes.contains(&Answer::DEFER) {
                self.defer(rows, |row| passes[row] == Answer::DEFER);
            }
        }
        self.passes = passes;
        self.defer(rows, |row| all || dict.codes[row] == OVER);
        for (row, answer) in rows.iter_mut().enumerate() {
            if *answer == Answer::DEFER {
                self.left.push(row);
                *answer = Answer::NOT_APPLICABLE;
            } else if *answer == Answer::MISSING {
                self.not_chosen += 1;
            } else {
                self.undecided = self.undecided.max(answer.cause());
            }
        }
    }

    fn defer(&self, rows: &mut Answers, is: impl Fn(usize) -> bool) {
        rows.iter_mut()
            .enumerate()
            .filter(|(row, a)| matches!(**a, Answer::HOLDS | Answer::DEFER) && is(*row))
            .for_each(|(_, a)| *a = Answer::DEFER);
    }

    /// Allocates for the codes of the rows that count.
    fn touch(&mut self, dict: &Dict, slots: usize, rows: &Answers, first: RowId) {
        let codes = dict.codes_known();
        if self.touched_in.len() < codes {
            self.touched_in.resize(codes, 0);
            self.firsts.resize(codes, RowId(0));
            self.rows.resize(codes, 0);
            self.totals.resize(codes * slots, 0);
            self.rest.resize(codes * slots, Rest::default());
        }
        for (row, (code, answer)) in dict.codes.iter().zip(rows).enumerate() {
            if *answer != Answer::HOLDS {
                continue;
            }
            let at = *code as usize;
            if self.touched_in[at] != self.chunk {
                self.touched_in[at] = self.chunk;
                self.touched.push(*code);
                self.firsts[at] = RowId(first.0 + row as u64);
                self.rows[at] = 0;
                self.totals[at * slots..(at + 1) * slots].fill(0);
                self.rest[at * slots..(at + 1) * slots].fill(Rest::default());
            }
            self.rows[at] += 1;
        }
    }

    fn add(
        &mut self,
        slot: &SumSlot,
        (number, slots): (usize, usize),
        input: &KernelInput<'_>,
        codes: &[Code],
        rows: &Answers,
        passes: &Answers,
    ) {
        let column: Option<&Column> = slot.column.and_then(|c| input.batch.columns[c].as_ref());
        let kept = slot.column.filter(|_| !slot.values.is_nothing());
        let factor = if kept.is_some() { 1 } else { self.scale(number, slots, column) };
        let figures = match column.map(|d| &d.data) {
            Some(Data::Number { mantissas, .. }) => Some(&mantissas[..]),
            _ => None,
        };
        let all =
            |answers: &Answers| answers.iter().fold(true, |all, a| all & (*a == Answer::HOLDS));
        if all(rows) && all(passes) && column.is_none_or(|d| d.clean) {
            let values = &mut self.values[number];
            if let Some(column) = kept {
                codes.iter().enumerate().for_each(|(row, code)| {
                    values.take(*code, &[input.batch.value(row, column, false)])
                });
            } else if let Some(figures) = figures {
                codes.iter().zip(figures).for_each(|(code, m)| {
                    self.totals[*code as usize * slots + number] += i128::from(*m) * factor
                });
            }
            return;
        }
        for (row, (code, answer)) in codes.iter().zip(rows).enumerate() {
            let at = *code as usize * slots + number;
            let passes = passes.get(row).copied().unwrap_or(Answer::HOLDS);
            let state = column.map_or(State::Good, |d| d.states[row]);
            if *answer != Answer::HOLDS || !self.rest[at].adds(passes, state) {
                continue;
            }
            match kept {
                Some(column) => {
                    self.values[number].take(*code, &[input.batch.value(row, column, false)])
                }
                None => self.totals[at] += figures.map_or(0, |f| i128::from(f[row]) * factor),
            }
        }
    }

    /// The factor that brings a batch's figures to the decimals of the slot's totals.
    fn scale(&mut self, number: usize, slots: usize, column: Option<&Column>) -> i128 {
        let Some(Data::Number { scale: Some(scale), .. }) = column.map(|d| &d.data) else {
            return 1;
        };
        let known = *self.scales[number].get_or_insert(*scale);
        if known < *scale {
            let by = 10i128.pow(u32::from(scale - known));
            for code in &self.touched {
                self.totals[*code as usize * slots + number] *= by;
            }
            self.scales[number] = Some(*scale);
            return 1;
        }
        10i128.pow(u32::from(known - scale))
    }

    fn slot_sum(&self, code: usize, at: usize) -> SlotSum {
        let Rest { missing, unreadable, filtered, left_out, not_chosen, undecided, why } =
            self.rest[at];
        let blanks = Blanks { chosen: 0, not_chosen: u64::from(not_chosen) };
        let taken = self.rows[code] - missing - unreadable - filtered - undecided;
        let [taken, missing, unreadable, left_out] =
            [taken, missing, unreadable, left_out].map(u64::from);
        SlotSum {
            total: self.totals[at],
            counts: Counts { taken, missing, unreadable, left_out, blanks, why },
        }
    }

    /// What the chunk touched; the sums are free again.
    pub fn chunk_result(&mut self, plan: &Plan, chunk: u64) -> ChunkSums {
        if chunk != self.chunk || self.scales.len() != plan.slots.len() {
            self.begin(plan, chunk);
        }
        let slots = plan.slots.len();
        let touched = std::mem::take(&mut self.touched);
        let at = |code: &Code| *code as usize;
        let result = ChunkSums {
            firsts: touched.iter().map(|c| self.firsts[at(c)]).collect(),
            rows: touched.iter().map(|c| u64::from(self.rows[at(c)])).collect(),
            sums: touched
                .iter()
                .flat_map(|c| (0..slots).map(move |s| (at(c), at(c) * slots + s)))
                .map(|(c, at)| self.slot_sum(c, at))
                .collect(),
            values: std::mem::take(&mut self.values),
            scales: self.scales.clone(),
            undecided: self.undecided,
            not_chosen: self.not_chosen,
            touched,
        };
        // A chunk that is walked again starts from nothing.
        result.touched.iter().for_each(|code| self.touched_in[*code as usize] = 0);
        self.chunk = 0;
        result
    }
}
