//! `next`, `rank` and what else rows see in an order: it is known before a block is judged, and becomes numbers
//! like those of a column.

use crate::engine::fast::expressions::compile::{Compiler, is_moment};
use crate::engine::fast::expressions::known::{Around, Entry, numbers_of};
use crate::engine::fast::expressions::op::{NodeId, Op, Part};
use crate::engine::fast::expressions::register::{Mark, Numbers};
use crate::engine::states::env::Filled;
use crate::expr::bind::ty::is_numeric;
use crate::expr::bound::{StateDef, StateId, WindowDef};
use crate::expr::tree::WindowFunction;
use crate::source::RowId;
use crate::value::Type;

impl Compiler<'_> {
    /// What rows see in an order.
    pub(super) fn in_order(&mut self, state: StateId, part: Part) -> Option<NodeId> {
        let def = self.ordered(state)?;
        let ty = def.value.ty;
        let is_number = is_numeric(ty) || is_moment(ty) || ty == Type::Date;
        let fits = def.window == WindowFunction::Rank || is_number;
        let is_exact = self.wide || self.is_exact_in_order(state);
        (fits && is_exact).then(|| self.add(Op::InOrder(state, part)))
    }

    /// Whether rows see nothing but exact values in an order.
    pub(super) fn is_exact_in_order(&self, state: StateId) -> bool {
        let is_exact =
            |def: &WindowDef| def.window == WindowFunction::Rank || self.means_itself(&def.value);
        self.ordered(state).is_some_and(is_exact)
    }

    /// A window over the rows of a table that is filled before they are judged.
    fn ordered(&self, state: StateId) -> Option<&WindowDef> {
        let StateDef::Window(def) = self.defs.all.get(state)? else { return None };
        (!def.streams() && def.groups.is_none()).then_some(def)
    }
}

/// What the rows of a block see.
pub fn numbers<'b>(state: StateId, part: Part, (rows, around): (usize, Around<'_>)) -> Numbers<'b> {
    let Some(Filled::Window(window)) = around.shared.filled.get(state) else {
        return Numbers::deferred();
    };
    let seen = (0..rows as u64).map(|row| {
        let seen = window.seen(RowId(around.first.0 + row));
        seen.map_or((Entry::marked(Mark::NOT_APPLICABLE), 0), |(value, _)| Entry::of(&value))
    });
    let seen: Vec<(Entry, u8)> = seen.collect();
    let scale = seen.iter().map(|seen| seen.1).max().unwrap_or(0);
    numbers_of(seen.iter().map(|(entry, own)| entry.scaled(scale - own)), part, scale, rows)
}
