//! Texts in another order than that of their characters, where their column says so.

use crate::expr::bind::{Binder, WRONG_ARGUMENTS};
use crate::expr::bound::{Bound, Op, StateDef};
use crate::expr::tree::{Cmp, Expr};
use crate::value::Type;

impl Binder<'_> {
    /// The sides of a comparison that asks for an order, by which they have one.
    pub(crate) fn in_order<const N: usize>(&self, sides: [Bound; N]) -> [Bound; N] {
        let is_natural = sides.iter().any(|side| self.is_natural(side));
        sides.map(|side| if is_natural { collated(side) } else { side })
    }

    /// Likewise of `=` and `!=`, which ask for none.
    pub(crate) fn compared(&self, op: Cmp, sides: [Bound; 2]) -> [Bound; 2] {
        if matches!(op, Cmp::Eq | Cmp::Ne) { sides } else { self.in_order(sides) }
    }

    /// Whether texts come from a column with `collate = "natural"`.
    pub(crate) fn is_natural(&self, bound: &Bound) -> bool {
        let table = |unit: usize| self.scope.units.get(unit).map(|unit| unit.table);
        let key = |unit: usize, key: usize| {
            let unit = self.scope.units.get(unit)?;
            let name = &unit.keys.as_ref()?.get(key)?.name;
            self.catalog.tables.get(unit.table)?.column(name).map(|column| (unit.table, column))
        };
        self.natural(bound, &table, &key)
    }

    fn natural(
        &self,
        bound: &Bound,
        table: &dyn Fn(usize) -> Option<usize>,
        key: &dyn Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> bool {
        let of_column = |found: Option<(usize, usize)>| {
            let column = found.and_then(|(t, c)| self.catalog.tables.get(t)?.columns.get(c));
            column.is_some_and(|column| column.is_natural)
        };
        let below = |bound: &Bound| self.natural(bound, table, key);
        let within = |bound: &Bound, own: usize| self.natural(bound, &|_| Some(own), key);
        bound.ty == Type::Text
            && match &bound.op {
                Op::Cell { unit, column, .. } | Op::Written { unit, column } => {
                    of_column(table(*unit).map(|table| (table, *column)))
                }
                Op::Key { unit, key: number } => of_column(key(*unit, *number)),
                Op::Lookup { state, column: Some(column), .. } => {
                    of_column(self.states.all.get(*state).map(|def| (def.table(), *column)))
                }
                Op::Window { state } => match self.states.all.get(*state) {
                    Some(StateDef::Window(def)) => within(&def.value, def.table),
                    _ => false,
                },
                Op::Aggregate { state, slot, .. } => match self.states.all.get(*state) {
                    Some(StateDef::Groups(def)) => {
                        let args = def.slots.get(*slot).map_or(&[][..], |slot| &slot.args);
                        args.iter().any(|arg| within(arg, def.table))
                    }
                    _ => false,
                },
                Op::If { then, otherwise, .. } => {
                    below(then) || otherwise.as_deref().is_some_and(below)
                }
                Op::Default { value, otherwise } => below(value) || below(otherwise),
                Op::Call { args, .. } | Op::Along { args, .. } => args.iter().any(below),
                _ => false,
            }
    }

    /// The least and the greatest of several texts in a row go by their characters.
    pub(crate) fn no_natural(&mut self, args: &[Bound], items: &[Expr]) {
        let is_natural = args.iter().any(|arg| self.is_natural(arg));
        let ends = items.first().zip(items.last()).filter(|_| is_natural);
        if let Some((first, last)) = ends {
            let message = "the columns have `collate = \"natural\"`, and the least and the greatest of a row go by characters";
            let help = "compare them one by one: a < b".to_string();
            let span = first.span.start..last.span.end;
            let label = "another order";
            self.problem(&WRONG_ARGUMENTS, span, message.into(), label, Some(help));
        }
    }
}

/// A text by which it has its place in the natural order.
pub(crate) fn collated(bound: Bound) -> Bound {
    let (ty, span) = (bound.ty, bound.span.clone());
    Bound { op: Op::Collated(Box::new(bound)), ty, span }
}
