//! The cells of the rows that aggregates and windows take.

use crate::engine::data::check::primary_column;
use crate::engine::pass::locate::Located;
use crate::engine::states::env::{At, UnitRow};
use crate::explain::equation::Cell;
use crate::expr::bound::{Op, Slot, StateDef};
use crate::expr::eval::eval;
use crate::expr::tree::Agg;
use crate::findings::labels::{Labeller, Spot, condition_column};
use crate::findings::terms::{decisive, term_column};
use crate::findings::trace::Step;
use crate::report::Role;
use crate::value::Value;

impl Labeller<'_, '_, '_> {
    /// Cells of the first rows that an aggregate took, or that decide it: those of its condition, else
    /// those it works on, else its keys; of `any` and `all` first those they work on.
    pub(super) fn rows_of(&mut self, step: &Step<'_>, most: usize) -> Vec<Spot> {
        let Some((def, slot)) = self.slot(step) else { return Vec::new() };
        let asked = || slot.args.iter().find_map(primary_column);
        let column = match slot.agg {
            Agg::Any | Agg::All => asked().or_else(|| condition_column(slot)),
            _ => condition_column(slot).or_else(asked),
        };
        let column = column.or_else(|| def.keys.iter().find_map(primary_column));
        let counts = matches!(slot.agg, Agg::Count | Agg::Any | Agg::All);
        let column = if counts { column } else { Some(term_column(&slot.args)) };
        let (mut rows, count) = self.located(step).unwrap_or_default();
        if let Some(is) = decisive(slot.agg, &step.value) {
            rows.retain(|row| self.is(is, slot, def.table, row));
        }
        if slot.distinct {
            // A value that came before is not counted.
            let mut seen = Vec::new();
            rows.retain(|row| {
                let values = self.values(slot, def.table, row);
                let is_new = !seen.contains(&values);
                seen.extend(is_new.then_some(values));
                is_new
            });
        }
        let text = match (slot.agg, count) {
            (Agg::Count, _) => "counted".to_string(),
            (Agg::Any | Agg::All, _) | (_, 0 | 1) => String::new(),
            (_, n) => format!("the first of {n} rows"),
        };
        let cells = rows.iter().take(most).map(|row| (row.id, column));
        cells
            .filter_map(|(row, column)| Some(Cell { table: def.table, row, column: column? }))
            .filter_map(|cell| self.at(cell, Role::Operand, |_, _| text.clone()))
            .collect()
    }

    /// Whether what `any` and `all` look at is so in a row.
    fn is(&self, so: bool, slot: &Slot, table: usize, located: &Located) -> bool {
        self.values(slot, table, located).first() == Some(&Value::Bool(so))
    }

    /// What an aggregate takes of a row.
    fn values(&self, slot: &Slot, table: usize, located: &Located) -> Vec<Value<'static>> {
        let units = [UnitRow::Located(&located.row, table)];
        let env = At { units: &units, row: located.id, window: &[], ..*self.proof.env };
        slot.args.iter().map(|arg| eval(arg, &env).into_owned()).collect()
    }

    /// The cell at hand that a sum of the rows up to it, or a rank, takes.
    pub(super) fn at_hand(&mut self, step: &Step<'_>) -> Option<Spot> {
        let Op::Window { state } = step.bound.op else { return None };
        let StateDef::Window(def) = self.proof.env.shared.defs.all.get(state)? else { return None };
        let column = primary_column(&def.value).filter(|_| def.groups.is_none())?;
        let cell = Cell { table: def.table, row: self.proof.env.row, column };
        self.at(cell, Role::Operand, |written, _| written.to_string())
    }
}
