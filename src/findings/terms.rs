//! The rows that made up the groups of failing checks: one more look at their tables.

mod search;

use std::sync::Arc;

use crate::engine::data::check::primary_column;
use crate::engine::data::job::Job;
use crate::engine::data::table::Column;
use crate::engine::pass::locate::{Kept, Located, RowFinder};
use crate::engine::states::env::{At, group_of};
use crate::engine::states::{Map, encode};
use crate::expr::bound::{Bound, Op, Slot, StateDef, StateId};
use crate::expr::tree::Agg;
use crate::source::RowId;
use crate::value::{Type, Value};

/// Rows shown of a sum; the rest is counted.
pub const MOST_TERMS: usize = 50;

/// Rows of a sum that are kept, so that each can be solved for, where that is all of them.
const MOST_KEPT: usize = 1_000;

/// Rows of all sums that are kept.
const MOST_KEPT_IN_ALL: usize = 100_000;

/// The rows of one slot of one group.
#[derive(Debug, Clone, Default)]
pub struct TermRows {
    /// The first of them, as they were met where that is enough to locate them.
    pub rows: Vec<(RowId, Option<Kept>)>,
    /// Those after them, where they are few enough to keep them all.
    pub rest: Vec<(RowId, Option<Kept>)>,
    /// All of them, counted.
    pub count: u64,
    /// The first row that has no value for a sum, where it was met on the way.
    blank: Option<(RowId, Option<Kept>)>,
    /// The row whose value it is: the last one of `last`, the first with that value of `min` and `max`.
    giving: Option<(RowId, Option<Kept>)>,
}

/// Which rows are wanted, then which they are.
#[derive(Default)]
pub struct Terms {
    /// By state and key of the group: the slots that are asked for.
    wanted: Map<StateId, Map<Vec<u8>, Vec<(usize, TermRows)>>>,
}

impl Terms {
    /// Asks for the rows of an aggregate.
    pub fn want(&mut self, state: StateId, slot: usize, keys: &[Value<'_>]) {
        let mut key = Vec::new();
        encode(keys, &mut key);
        let slots = self.wanted.entry(state).or_default().entry(key).or_default();
        if slots.iter().all(|s| s.0 != slot) {
            slots.push((slot, TermRows::default()));
        }
    }

    /// The rows of an aggregate that was asked for.
    pub fn of(&self, state: StateId, slot: usize, keys: &[Value<'_>]) -> Option<&TermRows> {
        let mut key = Vec::new();
        encode(keys, &mut key);
        self.wanted.get(&state)?.get(&key)?.iter().find(|s| s.0 == slot).map(|s| &s.1)
    }

    /// The rows that an aggregate took, all parts of its condition applied.
    pub fn counted(
        &self,
        env: &At<'_>,
        state: StateId,
        slot: usize,
        keys: &[Value<'_>],
    ) -> Option<TermRows> {
        let StateDef::Groups(def) = env.shared.defs.all.get(state)? else { return None };
        let of_slot = def.slots.get(slot)?;
        if of_slot.residual.is_none() {
            return self.of(state, slot, keys).cloned();
        }
        let rows =
            group_of(env, state, keys).map(|g| env.chosen(state, slot, &g)).unwrap_or_default();
        let count = rows.len() as u64;
        let all: Vec<_> = rows.into_iter().map(|row| (row, None)).collect();
        let giving = all.last().filter(|_| of_slot.agg == Agg::Last).copied();
        Some(TermRows { count, giving, ..TermRows::default() }.keeping(all, MOST_KEPT))
    }
}

/// Whether two values are one, however they are written.
pub fn is_same(a: &Value<'_>, b: &Value<'_>) -> bool {
    match a.figure().zip(b.figure()) {
        Some((a, b)) => a.value == b.value,
        None => a == b,
    }
}

/// What a row says that alone makes `any` true or `all` false, where this is what they are.
pub fn decisive(agg: Agg, value: &Value<'_>) -> Option<bool> {
    match (agg, value) {
        (Agg::Any, Value::Bool(true)) => Some(true),
        (Agg::All, Value::Bool(false)) => Some(false),
        _ => None,
    }
}

/// What a row is called: the values of its key, else its first text.
pub fn row_name(job: &Job<'_>, table: usize, texts: &[String]) -> String {
    let texts = name_columns(job, table).into_iter().filter_map(|c| texts.get(c));
    texts.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The columns by which a row is called.
pub fn name_columns(job: &Job<'_>, table: usize) -> Vec<usize> {
    let Some(info) = job.tables.get(table) else { return Vec::new() };
    if !info.key.is_empty() {
        return info.key.clone();
    }
    let is_text = |c: &Column| c.reading.ty == Type::Text && !c.absent;
    info.columns.iter().position(is_text).into_iter().collect()
}

impl TermRows {
    /// With these rows, those beyond the shown ones only if they are few enough.
    fn keeping(self, mut rows: Vec<(RowId, Option<Kept>)>, most: usize) -> TermRows {
        let rest = rows.split_off(rows.len().min(MOST_TERMS));
        let is_all = (rows.len() + rest.len()) as u64 == self.count && self.count <= most as u64;
        TermRows { rows, rest: if is_all { rest } else { Vec::new() }, ..self }
    }

    /// The row whose value an aggregate is that gives the value of one.
    pub fn giving(&self, agg: Agg) -> Option<RowId> {
        let kept = self.rows.iter().chain(&self.rest);
        let is_whole = self.count == (self.rows.len() + self.rest.len()) as u64;
        let row = match agg {
            Agg::First => self.rows.first(),
            Agg::Only | Agg::Last if is_whole => kept.last(),
            Agg::Last | Agg::Min | Agg::Max => self.giving.as_ref(),
            _ => None,
        };
        row.map(|(row, _)| *row)
    }

    /// The rows that are shown, with their places.
    pub fn located(&self, finder: &mut dyn RowFinder) -> Vec<Arc<Located>> {
        locate(&self.rows, finder)
    }

    /// The first row that has no value.
    pub fn located_blank(&self, finder: &mut dyn RowFinder) -> Option<Arc<Located>> {
        locate(self.blank.as_slice(), finder).pop()
    }

    /// Those after them that are kept.
    pub fn located_rest(&self, finder: &mut dyn RowFinder) -> Vec<Arc<Located>> {
        locate(&self.rest, finder)
    }
}

fn locate(rows: &[(RowId, Option<Kept>)], finder: &mut dyn RowFinder) -> Vec<Arc<Located>> {
    let locate = |(row, kept): &(RowId, Option<Kept>)| {
        kept.as_ref().and_then(|k| finder.kept(k)).or_else(|| finder.row(*row))
    };
    rows.iter().filter_map(locate).collect()
}

/// The column whose cells an aggregate works on.
pub fn term_column(args: &[Bound]) -> usize {
    args.iter().find_map(primary_column).unwrap_or(0)
}

/// Whether what an aggregate takes of a row is a cell: what is computed has no text of its own.
pub fn takes_cells(slot: &Slot) -> bool {
    matches!(slot.args.first().map(|a| &a.op), Some(Op::Cell { .. }))
}
