//! The states that each check reads, directly or through other states: where a row that went into
//! a state missed a key, the checks that read the state say so.

use crate::engine::data::check::Check;
use crate::expr::bound::{Bound, Op, StateDef, StateId, States};

/// A part of a state by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Which rows go into it; all of a window.
    Rows,
    /// The keys by which they are grouped, where the groups themselves are asked about.
    Keys,
    /// One aggregate, with the keys of the rows that it takes.
    Slot(usize),
}

/// A part of a state that a check reads, and the first of its assertions that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Reached {
    pub state: StateId,
    pub part: Part,
    pub assertion: usize,
}

/// All that a check reads; its groups and its filter count for the first assertion.
pub fn reached(check: &Check, defs: &States) -> Vec<Reached> {
    let mut all = Vec::new();
    if check.asserts.is_empty() {
        return all;
    }
    for groups in check.units.iter().filter_map(|unit| unit.groups) {
        of_groups(groups, 0, defs, &mut all);
    }
    for (assertion, asserted) in check.asserts.iter().enumerate() {
        for bound in check.filter.iter().filter(|_| assertion == 0).chain([&asserted.bound]) {
            of_expression(bound, assertion, defs, &mut all);
        }
    }
    all
}

fn of_expression(bound: &Bound, assertion: usize, defs: &States, all: &mut Vec<Reached>) {
    bound.walk(&mut |b| match b.op {
        Op::Aggregate { state, slot, .. } => {
            if add(Reached { state, part: Part::Slot(slot), assertion }, defs, all)
                && let Some(StateDef::Groups(def)) = defs.all.get(state)
                && let Some(slot) = def.slots.get(slot)
            {
                let condition = slot.residual.as_ref().map(|residual| &residual.condition);
                let own = slot.args.iter().chain(&slot.filter).chain(condition);
                own.chain(&def.keys).for_each(|e| of_expression(e, assertion, defs, all));
            }
        }
        Op::Window { state } => {
            add(Reached { state, part: Part::Rows, assertion }, defs, all);
        }
        _ => {}
    });
}

fn of_groups(state: StateId, assertion: usize, defs: &States, all: &mut Vec<Reached>) {
    if add(Reached { state, part: Part::Keys, assertion }, defs, all)
        && let Some(StateDef::Groups(def)) = defs.all.get(state)
    {
        def.keys.iter().for_each(|e| of_expression(e, assertion, defs, all));
    }
}

/// Notes a part with the rows that go into it; whether it is new.
fn add(reached: Reached, defs: &States, all: &mut Vec<Reached>) -> bool {
    let is_known = |all: &[Reached], part| {
        all.iter().any(|known| (known.state, known.part) == (reached.state, part))
    };
    if is_known(all, reached.part) {
        return false;
    }
    let has_rows = is_known(all, Part::Rows);
    all.push(reached);
    if reached.part != Part::Rows && !has_rows {
        all.push(Reached { part: Part::Rows, ..reached });
    } else if has_rows {
        return true;
    }
    match defs.all.get(reached.state) {
        Some(StateDef::Groups(def)) => {
            let filter = def.filter.iter();
            filter.for_each(|e| of_expression(e, reached.assertion, defs, all));
        }
        Some(StateDef::Window(def)) => {
            def.groups.into_iter().for_each(|g| of_groups(g, reached.assertion, defs, all));
            let own = defs.all.get(reached.state).map(StateDef::expressions).unwrap_or_default();
            own.into_iter().for_each(|e| of_expression(e, reached.assertion, defs, all));
        }
        _ => {}
    }
    true
}
