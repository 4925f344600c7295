//! What a row adds to an aggregate of an expression, with its cells in it: `3 * 4` for `a * b`.

use crate::engine::pass::locate::Located;
use crate::engine::states::env::{At, UnitRow};
use crate::explain::equation::Cell;
use crate::expr::bound::{Bound, Op, Slot, StateDef};
use crate::expr::choose::argument;
use crate::expr::eval::{Env, eval};
use crate::expr::print::aggregate_word;
use crate::expr::tree::Arith;
use crate::findings::about::Proof;
use crate::findings::equations::Made;
use crate::findings::figures::{Style, is_moment};
use crate::findings::inverse::{cell_of, formula_of};
use crate::findings::terms::takes_cells;
use crate::findings::trace::Step;
use crate::findings::working::{UnitCell, trace};
use crate::report::Term;
use crate::value::{Figure, Type, Value};

/// A row at hand.
pub struct OfRow<'r> {
    /// Gives the values of its cells.
    pub env: &'r dyn Env,
    /// Its cells as they are written.
    pub texts: &'r [String],
    /// How figures are shown that no cell holds.
    pub style: Style,
}

/// What a row of a table gives to an aggregate, and how its cells make it.
pub fn values(
    slot: &Slot,
    (table, located): (usize, &Located),
    env: &At<'_>,
    style: Style,
) -> (Vec<Value<'static>>, Option<String>) {
    let units = [UnitRow::Located(&located.row, table)];
    let env = At { units: &units, row: located.id, window: &[], ..*env };
    let of_row = OfRow { env: &env, texts: &located.row.texts, style };
    let worked = slot.args.first().and_then(|a| of_row.worked(a));
    (slot.args.iter().map(|a| argument(a, &env).into_owned()).collect(), worked)
}

/// A cell that a row adds to a sum together with others.
pub struct Within {
    pub cell: Cell,
    /// What it is called beside its row.
    pub name: String,
    pub figure: Figure,
    pub ty: Type,
}

/// What a row adds to a sum by the cells that it is computed of; none where it is more than sums, products and
/// quotients of them.
pub fn made(
    slot: &Slot,
    (table, located): (usize, &Located),
    proof: &Proof<'_>,
) -> Option<(Made, Vec<Within>)> {
    let arg = slot.args.first().filter(|_| !slot.distinct)?;
    let units = [UnitRow::Located(&located.row, table)];
    let env = At { units: &units, row: located.id, window: &[], ..*proof.env };
    let at = [UnitCell { table, row: located.id, groups: None }];
    let trace = trace(arg, &env, &at);
    let mut within: Vec<Within> = Vec::new();
    trace.root.walk(&mut |step| {
        let cell = cell_of(step).filter(|cell| within.iter().all(|seen| seen.cell != *cell));
        if let Some((cell, figure)) = cell.zip(step.value.figure()) {
            let (name, ty) = (proof.name(step), step.bound.ty);
            within.push(Within { cell, name, figure: figure.clone(), ty });
        }
    });
    let cells: Vec<Cell> = within.iter().map(|own| own.cell).collect();
    let formula = formula_of(&trace.root, &[], &cells)?;
    let cells = within.iter().map(|own| (own.cell, own.figure.value.clone())).collect();
    Some((Made { formula, cells }, within))
}

/// The only cell that an aggregate takes, where its value is that of the cell.
pub fn taken_alone<'t>(
    terms: impl Iterator<Item = &'t Term>,
    expression: &str,
    (step, proof): (&Step<'_>, &Proof<'_>),
) -> Option<&'t Term> {
    let Op::Aggregate { state, slot, .. } = &step.bound.op else { return None };
    let StateDef::Groups(def) = proof.env.shared.defs.all.get(*state)? else { return None };
    def.slots.get(*slot).filter(|slot| takes_cells(slot))?;
    let mut taken = terms.filter(|t| t.part_of == expression && t.place.is_some());
    let only = taken.next().filter(|_| taken.next().is_none())?;
    let number = step.value.figure().map(|figure| &figure.value);
    let is_its = is_moment(&step.value) || number.is_some() && only.number.as_ref() == number;
    is_its.then_some(only)
}

impl OfRow<'_> {
    /// The expression with the cells of the row; none where it is a single value.
    pub fn worked(&self, b: &Bound) -> Option<String> {
        let branch = self.taken(b);
        let is_worked =
            matches!(branch.op, Op::Arith(..) | Op::Neg(_) | Op::Call { .. } | Op::Along { .. });
        is_worked.then(|| self.text(branch, 0))
    }

    /// The branch that a choice takes.
    fn taken<'b>(&self, b: &'b Bound) -> &'b Bound {
        let next = match &b.op {
            Op::If { condition, then, otherwise } => match eval(condition, self.env) {
                Value::Bool(true) => Some(&**then),
                Value::Bool(false) => otherwise.as_deref(),
                _ => None,
            },
            Op::Default { value, otherwise } => match eval(value, self.env) {
                Value::Missing | Value::NotApplicable => Some(&**otherwise),
                _ => Some(&**value),
            },
            _ => None,
        };
        next.map_or(b, |next| self.taken(next))
    }

    /// What is written where operands must bind at least so tightly.
    fn text(&self, b: &Bound, tight: u8) -> String {
        let b = self.taken(b);
        let (own, text) = match &b.op {
            Op::Arith(op, x, y) => {
                let (own, sign) = match op {
                    Arith::Add => (1, "+"),
                    Arith::Sub => (1, "-"),
                    Arith::Mul => (2, "*"),
                    Arith::Div => (2, "/"),
                };
                (own, format!("{} {sign} {}", self.text(x, own), self.text(y, own + 1)))
            }
            Op::Neg(x) => (3, format!("-{}", self.text(x, 4))),
            Op::Call { function, args } => (9, self.call(function.name, args)),
            Op::Along { agg, args } => (9, self.call(aggregate_word(*agg), args)),
            Op::Cell { unit: 0, column, .. } => (9, self.cell(*column)),
            _ => (9, self.style.show(&eval(b, self.env), b.ty)),
        };
        if own < tight { format!("({text})") } else { text }
    }

    fn call(&self, name: &str, args: &[Bound]) -> String {
        let args: Vec<String> = args.iter().map(|a| self.text(a, 0)).collect();
        format!("{name}({})", args.join(", "))
    }

    fn cell(&self, column: usize) -> String {
        match self.texts.get(column).map(|t| t.trim()) {
            Some("") | None => "blank".to_string(),
            Some(text) => text.to_string(),
        }
    }
}
