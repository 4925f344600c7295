//! `x >= prev(x by g)` over typed vectors: the last value of each key, chunk by chunk.
//!
//! The first row of a key in a chunk does not know what came before: it is a boundary, and is
//! judged when the chunk is committed.

use crate::engine::data::table::Table;
use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::dict::{Code, OVER};
use crate::engine::fast::kernels::{KernelInput, column};
use crate::engine::fast::shares::SharedInputs;
use crate::engine::states::seen::WindowValue;
use crate::expr::bound::{Allowance, Bound, Op, StateId, WindowDef};
use crate::expr::compare::compare;
use crate::expr::tree::{Cmp, WindowFunction};
use crate::read::block::{Column, Data, State};
use crate::source::RowId;
use crate::value::{Days, Figure, Number, Type, Value, Why};
use crate::width::to_i32;

/// A comparison of a cell with the cell before it.
#[derive(Debug)]
pub struct Plan {
    /// The window's state.
    pub state: StateId,
    op: Cmp,
    /// The cell that is compared, and the cell whose value later rows are compared with.
    left: usize,
    value: usize,
    /// The dictionary of the keys.
    pub dict: usize,
    /// Whether rows that the check leaves out are walked, too.
    all_walk: bool,
    ty: Type,
}

/// A typed cell, by its state.
#[derive(Debug, Clone, Copy)]
struct Cell {
    value: i64,
    state: State,
    scale: u8,
}

/// A row that was met last with some key.
#[derive(Debug, Clone, Copy)]
struct Last {
    cell: Cell,
    row: RowId,
}

/// The first row of a key in a chunk.
#[derive(Debug, Clone, Copy)]
struct Boundary {
    code: Code,
    left: Cell,
    row: RowId,
    /// Whether the check judges the row; one that it leaves out may be walked all the same.
    judged: bool,
}

/// What one worker keeps for one comparison.
#[derive(Default)]
pub struct Previous {
    chunk: u64,
    met_in: Vec<u64>,
    last: Vec<Last>,
    touched: Vec<Code>,
    boundaries: Vec<Boundary>,
    /// What failing rows saw.
    pub seen: Vec<(RowId, WindowValue)>,
    /// A cell does not fit: all rows must be judged in order.
    pub needs_exact_pass: bool,
}

/// What a chunk gave.
#[derive(Debug, Default)]
pub struct ChunkPrevious {
    /// The codes that were met, in order of first appearance: each has a boundary.
    pub touched: Vec<Code>,
    boundaries: Vec<Boundary>,
    last: Vec<Last>,
}

/// The last rows of the run, by the run's key numbers.
#[derive(Default)]
pub struct PreviousAcrossChunks {
    last: Vec<Option<Last>>,
}

/// The plan of an assertion, if it is such a comparison; `filter`: its check has one.
pub fn plan(
    b: &Bound,
    window: &dyn Fn(StateId) -> Option<WindowDef>,
    (table, filter): (&Table, bool),
    shares: &mut SharedInputs,
) -> Option<Plan> {
    let Op::Compare { op, left, right, allowance: Allowance::Exact } = &b.op else { return None };
    let (left, Op::Window { state }) = (column(left)?, &right.op) else { return None };
    let def = window(*state)?;
    let is_there = |column: &usize| table.columns.get(*column).is_some_and(|of| !of.absent);
    let key = |b: &Bound| column(b).filter(|_| b.ty == Type::Text).filter(is_there);
    let value = column(&def.value)?;
    let fits = def.window == WindowFunction::Prev
        && def.streams()
        && matches!(def.value.ty, Type::Date | Type::Number | Type::Integer)
        && right.ty == def.value.ty;
    let by: Vec<usize> = def.by.iter().map(key).collect::<Option<_>>()?;
    fits.then(|| Plan {
        state: *state,
        op: *op,
        left,
        value,
        dict: shares.dict(&by, true),
        all_walk: !filter || def.filter.is_none(),
        ty: def.value.ty,
    })
}

#[inline(always)]
fn cell(d: &Column, row: usize) -> Option<Cell> {
    let (value, scale) = match &d.data {
        Data::Number { mantissas, scales, .. } => (mantissas[row], scales[row]),
        Data::Day(days) => (i64::from(days[row]), 0),
        Data::Micros(_) | Data::Text => return None,
    };
    (!matches!(d.states[row], State::Defer | State::Withheld)).then_some(Cell {
        state: d.states[row],
        value,
        scale,
    })
}

impl Plan {
    fn value_of<'v>(&self, cell: Cell) -> Value<'v> {
        match (cell.state, self.ty) {
            (State::Missing | State::Absent, _) => Value::Missing,
            (State::Good, Type::Date) => Value::Date(Days::day(to_i32(cell.value))),
            (State::Good, _) => Value::Number(Figure::exact(Number::decimal(
                i128::from(cell.value),
                i32::from(cell.scale),
            ))),
            (State::Withheld, _) => Value::Unknown(Why::Withheld),
            (State::NotRead, _) => Value::Unknown(Why::NotRead),
            (State::SetAside, _) => Value::Unknown(Why::SetAside),
            (State::Unreadable | State::Defer, _) => Value::Unknown(Why::Unreadable),
        }
    }

    #[inline(always)]
    fn answer(&self, left: Cell, before: Cell) -> Answer {
        let open = Answer::of_state(left.state).max(Answer::of_state(before.state));
        if open != Answer::HOLDS {
            return open;
        }
        if left.scale == before.scale {
            let (a, b) = (left.value, before.value);
            return Answer::of(self.op.holds(&a, &b));
        }
        match compare(self.op, &self.value_of(left), &self.value_of(before)) {
            Value::Bool(holds) => Answer::of(holds),
            other => Answer::unknown(other.why()),
        }
    }
}

impl Previous {
    /// Judges the rows of a batch that pass the filter's answers `selected`.
    pub fn judge(
        &mut self,
        plan: &Plan,
        input: &KernelInput<'_>,
        selected: Option<&Answers>,
        (chunk, first): (u64, RowId),
        out: &mut Answers,
    ) {
        self.begin(chunk);
        let dict = &input.dicts[plan.dict];
        self.met_in.resize(dict.codes_known().max(self.met_in.len()), 0);
        let nothing =
            Last { cell: Cell { state: State::Missing, value: 0, scale: 0 }, row: RowId(0) };
        self.last.resize(dict.codes_known().max(self.last.len()), nothing);
        out.clear();
        out.resize(input.batch.rows, Answer::NOT_APPLICABLE);
        let (Some(left), Some(value)) =
            (&input.batch.columns[plan.left], &input.batch.columns[plan.value])
        else {
            self.needs_exact_pass = true;
            return;
        };
        for (row, &code) in dict.codes.iter().enumerate() {
            let selected = selected.map_or(Answer::HOLDS, |s| s[row]);
            let judged = selected == Answer::HOLDS;
            let walks = judged || plan.all_walk;
            self.needs_exact_pass |=
                selected == Answer::DEFER || code == OVER || (!walks && selected.is_open());
            if !walks || self.needs_exact_pass {
                continue;
            }
            let (Some(left), Some(value)) = (cell(left, row), cell(value, row)) else {
                self.needs_exact_pass = true;
                return;
            };
            let (at, id) = (code as usize, RowId(first.0 + row as u64));
            if self.met_in[at] == chunk {
                let before = self.last[at];
                out[row] = plan.answer(left, before.cell);
                if judged && out[row] == Answer::FAILS {
                    self.seen.push((id, (plan.value_of(before.cell), Some(before.row))));
                }
            } else {
                self.met_in[at] = chunk;
                self.touched.push(code);
                self.boundaries.push(Boundary { code, left, row: id, judged });
                out[row] = Answer::BOUNDARY;
            }
            self.last[at] = Last { cell: value, row: id };
        }
    }

    fn begin(&mut self, chunk: u64) {
        if self.chunk != chunk {
            self.chunk = chunk;
            self.touched.clear();
            self.boundaries.clear();
            self.seen.clear();
        }
    }

    /// What the chunk gave; all is free for the next.
    pub fn chunk_result(&mut self, chunk: u64) -> ChunkPrevious {
        self.begin(chunk);
        let touched = std::mem::take(&mut self.touched);
        let last = touched.iter().map(|c| self.last[*c as usize]).collect();
        // A chunk that is walked again starts from nothing.
        touched.iter().for_each(|c| self.met_in[*c as usize] = 0);
        self.chunk = 0;
        ChunkPrevious { touched, boundaries: std::mem::take(&mut self.boundaries), last }
    }
}

/// How the first row of a key in a chunk was judged, and what a failing one saw.
pub type Judged = (RowId, Answer, Option<WindowValue>);

impl PreviousAcrossChunks {
    /// Judges the boundaries of a chunk, and goes on with its last rows; `keys` are the run's numbers
    /// of the touched codes.
    pub fn commit(&mut self, plan: &Plan, chunk: &ChunkPrevious, keys: &[u32]) -> Vec<Judged> {
        let most = keys.iter().map(|k| *k as usize + 1).max().unwrap_or(0);
        self.last.resize(most.max(self.last.len()), None);
        let mut judged = Vec::with_capacity(chunk.boundaries.len());
        for ((boundary, key), last) in chunk.boundaries.iter().zip(keys).zip(&chunk.last) {
            debug_assert!(chunk.touched.contains(&boundary.code));
            let before = self.last[*key as usize].replace(*last);
            if !boundary.judged {
                continue;
            }
            let answer =
                before.map_or(Answer::NOT_APPLICABLE, |b| plan.answer(boundary.left, b.cell));
            let seen = before
                .filter(|_| answer == Answer::FAILS)
                .map(|b| (plan.value_of(b.cell), Some(b.row)));
            judged.push((boundary.row, answer, seen));
        }
        judged
    }
}
