//! Whether an assertion would hold with another text in one of its cells, by the evaluator itself: what is allowed may
//! depend on that cell, on its digits or on the figures that are made of it.

use std::cell::Cell as Flag;

use crate::engine::data::batch::read_hedged;
use crate::engine::states::env::{At, Filled, LocatedRow, UnitRow};
use crate::explain::equation::Cell;
use crate::expr::bound::{Bound, GroupsDef, Op, Slot, StateDef, StateId};
use crate::expr::eval::{Env, Found, eval};
use crate::expr::meanings::Context;
use crate::findings::about::Proof;
use crate::findings::equations::Sum;
use crate::value::{End, Figure, Hedge, Interval, Number, Value, Why};

/// Whether the assertion holds where a cell has another text; nothing where that is not known.
pub(crate) fn meets(
    proof: &Proof<'_>,
    sums: &[Sum<'_, '_>],
    cell: Cell,
    text: &str,
) -> Option<bool> {
    let changed = |(unit, at): (&UnitRow<'_>, usize)| match unit {
        UnitRow::Located(row, table) => {
            let is_here = *table == cell.table && proof.at.get(at)?.row == cell.row;
            is_here.then(|| with_text(row, proof.env, cell, text))
        }
        _ => None,
    };
    let units = proof.env.units;
    let rows: Vec<Option<LocatedRow>> = units.iter().zip(0..).map(changed).collect();
    let units: Vec<UnitRow<'_>> = units
        .iter()
        .zip(&rows)
        .map(|(unit, row)| row.as_ref().map_or(*unit, |row| UnitRow::Located(row, cell.table)))
        .collect();
    let plain = At { units: &units, ..*proof.env };
    let env = Changed { plain, sums, cell, text, is_known: Flag::new(true) };
    let holds = match eval(&proof.assertion.bound, &env) {
        Value::Bool(holds) => holds,
        Value::Possible => true,
        _ => return None,
    };
    env.is_known.get().then_some(holds)
}

/// A row with another text in a column, and in its second readings.
fn with_text(row: &LocatedRow, env: &At<'_>, cell: Cell, text: &str) -> LocatedRow {
    let mut row = row.clone();
    for (column, own) in row.texts.iter_mut().enumerate() {
        if is_of(env, cell, column) {
            *own = text.to_string();
        }
    }
    row
}

/// Whether a column is that of the cell, or a second reading of it.
fn is_of(env: &At<'_>, cell: Cell, column: usize) -> bool {
    let info = env.shared.tables.get(cell.table).and_then(|table| table.columns.get(column));
    column == cell.column || info.is_some_and(|info| info.rounded == Some(cell.column))
}

/// What expressions see where a cell has another text.
struct Changed<'c> {
    plain: At<'c>,
    sums: &'c [Sum<'c, 'c>],
    cell: Cell,
    text: &'c str,
    /// Whether all that was asked for could be said.
    is_known: Flag<bool>,
}

impl Changed<'_> {
    fn unknown<'v>(&self) -> Value<'v> {
        self.is_known.set(false);
        Value::Unknown(Why::NotRead)
    }

    fn names(&self, b: &Bound) -> bool {
        let mut found = false;
        b.walk(&mut |part| {
            if let Op::Cell { column, .. } | Op::Written { column, .. } = part.op {
                found |= is_of(&self.plain, self.cell, column);
            }
        });
        found
    }

    /// Whether which rows an aggregate takes depends on the column.
    fn chooses(&self, def: &GroupsDef, slot: &Slot) -> bool {
        let filters = slot.filter.iter().chain(slot.residual.iter().map(|r| &r.condition));
        def.keys.iter().chain(filters).any(|b| self.names(b))
    }

    /// The text as a column reads it.
    fn read(&self, column: usize, ranges: bool) -> Option<Value<'static>> {
        let info = self.plain.shared.tables.get(self.cell.table)?.columns.get(column)?;
        let is_plain = info.melted.is_empty();
        is_plain.then(|| read_hedged(&info.reading, self.text, ranges, Hedge::None))
    }

    /// What an aggregate comes to that was `before`; nothing where that is not known.
    fn aggregated(
        &self,
        (def, slot): (&GroupsDef, &Slot),
        sum: Option<&Sum<'_, '_>>,
        before: &Value<'_>,
    ) -> Option<Value<'static>> {
        if self.chooses(def, slot) {
            return None;
        }
        if !slot.args.iter().any(|arg| self.names(arg)) {
            return Some(before.clone().into_owned());
        }
        let sum = sum?;
        let Some(part) = sum.parts.iter().find(|part| part.cell == Some(self.cell)) else {
            let is_within = sum.parts.iter().any(|p| p.cells_within().any(|of| of == self.cell));
            let is_whole = sum.parts.len() as u64 == sum.count;
            return (is_whole && !is_within).then(|| before.clone().into_owned());
        };
        let Op::Cell { column, ranges, .. } = slot.args.first()?.op else { return None };
        let new = self.read(column, ranges)?;
        if !sum.adds {
            return Some(new);
        }
        let (before, new) = (before.figure()?, new.figure()?);
        (!before.withheld).then(|| Value::Number(moved(before, &part.figure, new)))
    }
}

/// A sum with another part in place of one.
fn moved(sum: &Figure, old: &Figure, new: &Figure) -> Figure {
    let by = |at: &Number, old: &Number, new: &Number| &(at - old) + new;
    let end = |at: &End, old: &End, new: &End| match (at.at(), old.at(), new.at()) {
        (Some(n), Some(old), Some(part)) => {
            let moved = by(n, old, part);
            if at.is_closed() && new.is_closed() { End::Closed(moved) } else { End::Open(moved) }
        }
        _ => End::Unbounded,
    };
    let (range, was, is) = (sum.interval(), old.interval(), new.interval());
    let range =
        Interval { lo: end(&range.lo, &was.lo, &is.lo), hi: end(&range.hi, &was.hi, &is.hi) };
    Figure::ranged(by(&sum.value, &old.value, &new.value), range)
}

impl Env for Changed<'_> {
    fn cell(&self, unit: usize, column: usize, ranges: bool) -> Value<'_> {
        self.plain.cell(unit, column, ranges)
    }

    fn written(&self, unit: usize, column: usize) -> Value<'_> {
        self.plain.written(unit, column)
    }

    fn key(&self, unit: usize, key: usize) -> Value<'_> {
        self.plain.key(unit, key)
    }

    fn lookup(
        &self,
        state: StateId,
        key: &[Value<'_>],
        column: Option<usize>,
        ranges: bool,
    ) -> Found<'_> {
        let found = self.plain.lookup(state, key, column, ranges);
        let Some(StateDef::Index(def)) = self.plain.shared.defs.all.get(state) else {
            return found;
        };
        if def.table != self.cell.table {
            return found;
        }
        let is_of = |column: usize| is_of(&self.plain, self.cell, column);
        if def.columns.iter().any(|column| is_of(*column)) {
            self.is_known.set(false);
            return found;
        }
        let Filled::Index(index) = &self.plain.shared.filled[state] else { return found };
        let is_here = || index.find(key).is_some_and(|entry| entry.row == self.cell.row);
        match column.filter(|column| is_of(*column) && is_here()) {
            Some(column) => Found::One(self.read(column, ranges).unwrap_or_else(|| self.unknown())),
            None => found,
        }
    }

    fn aggregate(&self, state: StateId, slot: usize, key: &[Value<'_>]) -> Value<'_> {
        let before = self.plain.aggregate(state, slot, key);
        let Some(StateDef::Groups(def)) = self.plain.shared.defs.all.get(state) else {
            return before;
        };
        let Some(of_slot) = def.slots.get(slot).filter(|_| def.table == self.cell.table) else {
            return before;
        };
        let is_it = |sum: &&Sum<'_, '_>| {
            let of = |s: StateId, n: usize| (s, n) == (state, slot) && sum.step.key() == key;
            matches!(sum.step.bound.op, Op::Aggregate { state, slot, .. } if of(state, slot))
        };
        let sum = self.sums.iter().find(is_it);
        self.aggregated((def, of_slot), sum, &before).unwrap_or_else(|| self.unknown())
    }

    fn member(&self, state: StateId, value: &Value<'_>) -> Result<bool, Why> {
        let of = self.plain.shared.defs.all.get(state).map(StateDef::table);
        if of == Some(self.cell.table) {
            self.is_known.set(false);
        }
        self.plain.member(state, value)
    }

    fn window(&self, state: StateId) -> Value<'_> {
        let of = self.plain.shared.defs.all.get(state).map(StateDef::table);
        if of == Some(self.cell.table) { self.unknown() } else { self.plain.window(state) }
    }

    fn row(&self, unit: usize) -> u64 {
        self.plain.row(unit)
    }

    fn file(&self, unit: usize) -> Value<'_> {
        self.plain.file(unit)
    }

    fn context(&self) -> &Context {
        self.plain.context()
    }

    fn missed(&self, _: &Bound, _: StateId, _: &[Value<'_>], _: bool) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A figure with its ends; `None` is a side without one.
    fn figure(value: i64, lo: Option<(i64, bool)>, hi: Option<(i64, bool)>) -> Figure {
        let end = |end: Option<(i64, bool)>| match end {
            Some((n, true)) => End::Closed(Number::from(n)),
            Some((n, false)) => End::Open(Number::from(n)),
            None => End::Unbounded,
        };
        Figure::ranged(Number::from(value), Interval { lo: end(lo), hi: end(hi) })
    }

    #[test]
    fn a_sum_moves_with_one_of_its_parts() {
        let (closed, open) = (|n| Some((n, true)), |n| Some((n, false)));
        let exact = |n| Figure::exact(Number::from(n));
        for (sum, old, new, expected) in [
            (exact(30), exact(10), exact(13), exact(33)),
            (exact(30), exact(10), exact(-1), exact(19)),
            (
                figure(30, closed(28), closed(32)),
                figure(10, closed(9), closed(11)),
                figure(20, closed(18), closed(22)),
                figure(40, closed(37), closed(43)),
            ),
            // An end that the sum or its new part does not reach is not reached.
            (
                figure(30, closed(28), open(32)),
                exact(10),
                figure(20, open(19), closed(21)),
                figure(40, open(37), open(43)),
            ),
            (
                figure(30, open(28), closed(32)),
                exact(10),
                exact(20),
                figure(40, open(38), closed(42)),
            ),
            (exact(30), exact(10), figure(20, open(19), None), figure(40, open(39), None)),
            (figure(30, None, closed(32)), exact(10), exact(20), figure(40, None, closed(42))),
        ] {
            assert_eq!(moved(&sum, &old, &new), expected, "{sum:?} with {new:?} for {old:?}");
        }
    }
}
