//! Expressions that a few keys decide.

use crate::engine::fast::expressions::compile::Compiler;
use crate::engine::fast::expressions::known::Keyed;
use crate::engine::fast::expressions::op::{NodeId, Op, Part};
use crate::expr::bound::{Bound, Op as Meaning, StateDef};
use crate::value::Type;

/// Columns of a key at most: the more there are, the fewer rows have the same.
const MOST: usize = 6;

impl Compiler<'_> {
    /// A number, or a day.
    pub(super) fn known(&mut self, b: &Bound, part: Part) -> Option<NodeId> {
        let keyed = self.keyed(b)?;
        Some(self.add(Op::Known(keyed, part)))
    }

    /// A truth.
    pub(super) fn known_truth(&mut self, b: &Bound, chooses: bool) -> Option<NodeId> {
        if b.ty != Type::Boolean {
            return None;
        }
        let keyed = self.keyed(b)?;
        Some(self.add(Op::KnownTruth(keyed, chooses)))
    }

    /// The number of an expression that its keys decide; found or added.
    fn keyed(&mut self, b: &Bound) -> Option<usize> {
        let columns = self.keys(b)?;
        let mut bound = b.clone();
        bound.forget_spans();
        let name = format!("{bound:?}");
        if let Some(known) = self.expressions.names.get(&name) {
            return Some(*known);
        }
        let number = self.expressions.keyed.len();
        self.expressions.names.insert(name.clone(), number);
        let dict = self.shares.dict(&columns, false);
        self.expressions.keyed.push(Keyed { name, bound: b.clone(), dict, columns });
        Some(number)
    }

    /// The columns that decide an expression, if nothing else does.
    fn keys(&self, b: &Bound) -> Option<Vec<usize>> {
        let (mut columns, mut decided) = (Vec::new(), true);
        b.walk(&mut |part| match &part.op {
            Meaning::Cell { unit: 0, column, .. } | Meaning::Written { unit: 0, column } => {
                let is_new = !columns.contains(column);
                columns.extend(is_new.then_some(*column));
            }
            Meaning::Aggregate { state, slot, .. } => {
                decided &= match &self.defs.all[*state] {
                    // A condition between its rows and this one reads more than the key.
                    StateDef::Groups(def) => def.slots[*slot].residual.is_none(),
                    _ => false,
                };
            }
            Meaning::Cell { .. }
            | Meaning::Written { .. }
            | Meaning::Key { .. }
            | Meaning::Items { .. }
            | Meaning::Window { .. }
            | Meaning::Row { .. }
            | Meaning::File { .. } => decided = false,
            _ => {}
        });
        let is_key = |column: &usize| {
            let info = &self.table.columns[*column];
            // Measured figures seldom come again.
            info.melted.is_empty() && !info.absent && info.reading.ty != Type::Number
        };
        (decided && columns.len() <= MOST && columns.iter().all(is_key)).then_some(columns)
    }
}
