//! States, found or made, and those that read other states while they are filled: aggregates and
//! neighbours inside aggregates.

use std::collections::BTreeSet;

use crate::expr::bound::{
    Bound, GroupsDef, IndexDef, Op, Slot, StateDef, StateId, States, WindowDef,
};

impl States {
    /// The groups of `table` by `keys` that pass `filter`; found or made.
    pub fn groups(&mut self, table: usize, filter: Option<Bound>, keys: Vec<Bound>) -> StateId {
        self.groups_of_depth(table, filter, keys, 0)
    }

    /// The place of `slot` among the aggregates of groups `state`; found or made.
    pub fn slot(&mut self, state: StateId, mut slot: Slot) -> usize {
        slot.args.iter_mut().chain(&mut slot.filter).for_each(Bound::forget_spans);
        if let Some(r) = &mut slot.residual {
            r.condition.forget_spans();
        }
        let StateDef::Groups(groups) = &mut self.all[state] else { return 0 };
        groups.slots.iter().position(|s| *s == slot).unwrap_or_else(|| {
            groups.slots.push(slot);
            groups.slots.len() - 1
        })
    }

    /// The index of `table` by `columns`, keeping `column` of its rows; found or made.
    pub fn index(
        &mut self,
        table: usize,
        columns: &[usize],
        column: Option<(usize, bool)>,
    ) -> StateId {
        let found = self.all.iter().position(
            |s| matches!(s, StateDef::Index(i) if i.table == table && i.columns == columns),
        );
        let id = found.unwrap_or_else(|| {
            self.all.push(StateDef::Index(IndexDef {
                table,
                columns: columns.to_vec(),
                keep: Vec::new(),
            }));
            self.all.len() - 1
        });
        if let (StateDef::Index(i), Some(column)) = (&mut self.all[id], column)
            && !i.keep.contains(&column)
        {
            i.keep.push(column);
        }
        id
    }

    /// A neighbour state; found or made.
    pub fn window(&mut self, mut def: WindowDef) -> StateId {
        if !def.streams() {
            let order = def.order.iter_mut().map(|o| &mut o.0);
            [&mut def.value]
                .into_iter()
                .chain(&mut def.by)
                .chain(&mut def.filter)
                .chain(order)
                .for_each(|b| self.keep_neighbours(b));
        }
        def.value.forget_spans();
        def.by.iter_mut().chain(&mut def.filter).for_each(Bound::forget_spans);
        def.order.iter_mut().for_each(|o| o.0.forget_spans());
        let def = StateDef::Window(def);
        self.all.iter().position(|s| *s == def).unwrap_or_else(|| {
            self.all.push(def);
            self.all.len() - 1
        })
    }

    /// An aggregate of the groups of `table`: their state, and its place in it. What it reads in its
    /// own argument and condition stands in other states, which are filled before.
    pub fn aggregate(
        &mut self,
        table: usize,
        filter: Option<Bound>,
        keys: Vec<Bound>,
        mut slot: Slot,
    ) -> (StateId, usize) {
        slot.args.iter_mut().chain(&mut slot.filter).for_each(|b| self.keep_neighbours(b));
        let condition = slot.residual.as_ref().map(|r| &r.condition);
        let read = slot.args.iter().chain(&slot.filter).chain(condition);
        let depth = read.map(|b| self.depth(b)).max();
        let state = self.groups_of_depth(table, filter, keys, depth.unwrap_or(0));
        (state, self.slot(state, slot))
    }

    pub(crate) fn groups_of_depth(
        &mut self,
        table: usize,
        filter: Option<Bound>,
        keys: Vec<Bound>,
        least: usize,
    ) -> StateId {
        let mut strip = |mut b: Bound| {
            self.keep_neighbours(&mut b);
            b.forget_spans();
            b
        };
        let filter = filter.map(&mut strip);
        let keys: Vec<Bound> = keys.into_iter().map(strip).collect();
        let depth = filter.iter().chain(&keys).map(|b| self.depth(b)).fold(least, usize::max);
        let found = self.all.iter().position(|s| match s {
            StateDef::Groups(g) => {
                g.table == table && g.depth == depth && g.filter == filter && g.keys == keys
            }
            _ => false,
        });
        found.unwrap_or_else(|| {
            self.all.push(StateDef::Groups(GroupsDef {
                table,
                filter,
                keys,
                slots: Vec::new(),
                depth,
            }));
            self.all.len() - 1
        })
    }

    /// How many aggregates stand inside each other in an expression.
    fn depth(&self, bound: &Bound) -> usize {
        let mut depth = 0;
        bound.walk(&mut |b| {
            let (Op::Aggregate { state, .. } | Op::Window { state }) = b.op else { return };
            depth = depth.max(match &self.all[state] {
                StateDef::Groups(g) => g.depth + 1,
                other => other.expressions().into_iter().map(|e| self.depth(e)).max().unwrap_or(0),
            });
        });
        depth
    }

    /// Windows that are read while a state is filled are there before it.
    pub(crate) fn keep_neighbours(&mut self, bound: &mut Bound) {
        bound.each_mut(&mut |b| {
            let Op::Window { state } = &mut b.op else { return };
            if let StateDef::Window(def) = &self.all[*state]
                && def.streams()
            {
                let def = WindowDef { kept: true, ..def.clone() };
                *state = self.window(def);
            }
        });
    }

    /// Renumbers the units of an expression, those of its conditions between rows with it.
    pub fn move_units(&mut self, bound: &mut Bound, to: &dyn Fn(usize) -> usize) {
        bound.each_mut(&mut |b| match &mut b.op {
            Op::Cell { unit, .. }
            | Op::Row { unit }
            | Op::File { unit }
            | Op::Written { unit, .. } => *unit = to(*unit),
            Op::Aggregate { state, slot, .. } => *slot = self.moved_slot(*state, *slot, to),
            _ => {}
        });
    }

    fn moved_slot(&mut self, state: StateId, slot: usize, to: &dyn Fn(usize) -> usize) -> usize {
        let StateDef::Groups(groups) = &self.all[state] else { return slot };
        let Some(mut moved) = groups.slots.get(slot).filter(|s| s.residual.is_some()).cloned()
        else {
            return slot;
        };
        if let Some(residual) = &mut moved.residual {
            self.move_units(&mut residual.condition, to);
            residual.source = to(residual.source);
        }
        self.slot(state, moved)
    }

    /// The units that an expression reads, those of its conditions between rows with it, and the
    /// columns it reads of each.
    pub fn units(&self, bound: &Bound) -> BTreeSet<(usize, Option<usize>)> {
        let mut all = BTreeSet::new();
        bound.walk(&mut |b| match b.op {
            Op::Cell { unit, column, .. } | Op::Written { unit, column } => {
                all.insert((unit, Some(column)));
            }
            Op::Key { unit, .. } | Op::Row { unit } | Op::File { unit } => {
                all.insert((unit, None));
            }
            Op::Aggregate { state, slot, .. } => {
                let StateDef::Groups(groups) = &self.all[state] else { return };
                let Some(residual) = groups.slots.get(slot).and_then(|s| s.residual.as_ref())
                else {
                    return;
                };
                all.extend(
                    self.units(&residual.condition).into_iter().filter(|u| u.0 < residual.source),
                );
            }
            _ => {}
        });
        all
    }
}
