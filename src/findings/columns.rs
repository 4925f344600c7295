//! The columns of small tables that failing assertions take figures from.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::pass::locate::Finders;
use crate::expr::bound::{Bound, Op, StateDef};
use crate::findings::beside::{Beside, Column, Outside};
use crate::findings::maker::FindingMaker;
use crate::findings::outside::read_figure;
use crate::findings::terms::{takes_cells, term_column};
use crate::findings::wanted::{MOST, Wanted, failing};
use crate::source::RowId;
use crate::value::Number;

impl FindingMaker<'_, '_> {
    /// What is known beside an equation, before which so many of its check fail.
    pub(crate) fn beside(&self, nth: u64) -> Beside<'_> {
        let (shared, was) = (self.shared.get(), self.was.get());
        Beside { shared, was, outside: self.outside.get(), is_early: nth < MOST as u64 }
    }

    /// Reads the rows of small tables for what fails.
    pub(crate) fn outside(&self, wanted: &[Wanted], finders: &mut Finders<'_>) -> Outside {
        let mut asked: BTreeSet<Column> = BTreeSet::new();
        for n in failing(wanted) {
            let of = match &wanted[n] {
                Wanted::Row(row) => Some((row.class.check.index(), row.class.assertion.index())),
                Wanted::Unit(unit, _) => Some((unit.check, unit.assertion)),
                Wanted::Ready(_) => None,
            };
            let assertion = of.and_then(|(check, n)| self.job.checks.get(check)?.asserts.get(n));
            assertion.into_iter().for_each(|a| self.columns_of(&a.bound, &mut asked));
        }
        let amounts = |of: Column| Some((of, self.amounts(of, finders)?));
        Outside { columns: asked.into_iter().filter_map(amounts).collect() }
    }

    /// The columns of other rows that an expression takes figures from.
    fn columns_of(&self, bound: &Bound, asked: &mut BTreeSet<Column>) {
        bound.walk(&mut |b| {
            let state = match &b.op {
                Op::Aggregate { state, .. } | Op::Lookup { state, .. } => *state,
                _ => return,
            };
            let column = match (&b.op, self.job.defs.all.get(state)) {
                (Op::Aggregate { slot, .. }, Some(StateDef::Groups(def))) => {
                    let slot = def.slots.get(*slot).filter(|slot| takes_cells(slot));
                    slot.map(|slot| (def.table, term_column(&slot.args)))
                }
                (Op::Lookup { column, .. }, Some(StateDef::Index(def))) => {
                    column.map(|column| (def.table, column))
                }
                _ => None,
            };
            asked.extend(column);
        });
    }

    /// The rows of a small table by what they hold in a column.
    fn amounts(
        &self,
        (table, column): Column,
        finders: &mut Finders<'_>,
    ) -> Option<BTreeMap<Number, Vec<RowId>>> {
        let info = self.job.tables.get(table).filter(|info| info.old_of.is_none())?;
        let mut amounts: BTreeMap<Number, Vec<RowId>> = BTreeMap::new();
        let rows = if self.is_small(table) { self.all_rows(table, finders) } else { Vec::new() };
        for row in rows {
            let Some(located) = finders.get_mut(table)?.row(row) else { continue };
            let value = read_figure(info, column, &located);
            let value = value.filter(|(f, _)| !f.withheld && !f.value.is_zero());
            value.into_iter().for_each(|(f, _)| amounts.entry(f.value).or_default().push(row));
        }
        Some(amounts)
    }
}
