//! Which side of a comparison is stated, which is required, and which follows: whichever is written
//! first.

use std::borrow::Cow;

use crate::expr::bound::{Bound, Op, StateDef, States};
use crate::expr::tree::{Agg, Arith, Cmp, WindowFunction};
use crate::findings::trace::Step;
use crate::report::Side;

/// What a side of a comparison is.
pub enum Standing<'s, 't> {
    /// Read from a cell: this step reads it.
    Stated(&'s Step<'t>),
    /// A literal of the rule.
    Required,
    /// Computed.
    Follows,
}

/// Whether the right side of an equation is what is stated, or required of what is computed, and the left
/// one is what it is compared with.
pub fn is_turned(sides: &[Standing<'_, '_>; 2]) -> bool {
    let rank = |standing: &Standing<'_, '_>| match standing {
        Standing::Stated(_) => 0,
        Standing::Required => 1,
        Standing::Follows => 2,
    };
    let [left, right] = sides;
    rank(left) > rank(right)
}

/// Characters of a name above a column of figures.
const HEADING: usize = 20;

/// What the sides are called above their figures; two of a kind by their names, where these are short.
pub fn headings(
    op: Cmp,
    sides: &[Standing<'_, '_>; 2],
    [left, right]: [&Side; 2],
) -> [Cow<'static, str>; 2] {
    let word = |standing: &Standing<'_, '_>| match standing {
        Standing::Stated(_) => "stated",
        Standing::Required => "required",
        Standing::Follows => "follows",
    };
    let words = sides.each_ref().map(word);
    let names = [&left.expression, &right.expression];
    let is_short = |name: &&String| name.chars().count() <= HEADING;
    match op {
        Cmp::Eq if words[0] != words[1] => words.map(Cow::Borrowed),
        Cmp::Eq if names.iter().all(is_short) && names[0] != names[1] => {
            names.map(|name| Cow::Owned(name.clone()))
        }
        Cmp::Eq => ["left", "right"].map(Cow::Borrowed),
        _ => ["is", "wanted"].map(Cow::Borrowed),
    }
}

/// What a side is.
pub fn of<'s, 't>(side: &'s Step<'t>, defs: &States) -> Standing<'s, 't> {
    match stated(side, defs) {
        Some(cell) => Standing::Stated(cell),
        None if is_literal(side.bound) => Standing::Required,
        None => Standing::Follows,
    }
}

/// The step that reads the one cell that a side states.
fn stated<'s, 't>(step: &'s Step<'t>, defs: &States) -> Option<&'s Step<'t>> {
    /// Functions of which a cell is still the cell that is stated.
    const THROUGH: [&str; 4] = ["number", "round", "abs", "text"];
    match (&step.bound.op, &step.args[..]) {
        (
            Op::Cell { .. }
            | Op::Written { .. }
            | Op::Key { .. }
            | Op::Lookup { column: Some(_), .. },
            _,
        ) => Some(step),
        (Op::Window { state }, _) => {
            let StateDef::Window(def) = defs.all.get(*state)? else { return None };
            let neighbour = matches!(def.window, WindowFunction::Prev | WindowFunction::Next);
            (neighbour && is_cell(&def.value)).then_some(step)
        }
        (Op::Aggregate { state, slot, .. }, _) => {
            let StateDef::Groups(def) = defs.all.get(*state)? else { return None };
            let slot = def.slots.get(*slot)?;
            let is_one = matches!(slot.agg, Agg::Only | Agg::First | Agg::Last);
            (is_one && slot.args.first().is_some_and(is_cell)).then_some(step)
        }
        // What stands for a blank cell is stated by that cell, unless it is computed.
        (Op::Default { .. }, [_, otherwise]) if !is_literal(otherwise.bound) => {
            stated(otherwise, defs)
        }
        (Op::Neg(_) | Op::Default { .. } | Op::Read { .. }, [of, ..]) => stated(of, defs),
        (Op::Call { function, .. }, [of, ..]) if THROUGH.contains(&function.name) => {
            stated(of, defs)
        }
        (Op::Arith(Arith::Mul, a, _), [_, of]) if is_literal(a) => stated(of, defs),
        (Op::Arith(Arith::Mul | Arith::Div, _, b), [of, _]) if is_literal(b) => stated(of, defs),
        _ => None,
    }
}

fn is_cell(b: &Bound) -> bool {
    matches!(b.op, Op::Cell { .. } | Op::Written { .. })
}

/// Whether nothing is read for it.
pub fn is_literal(b: &Bound) -> bool {
    match &b.op {
        Op::Const(_) => true,
        Op::Neg(_) | Op::Arith(..) | Op::Call { .. } => {
            let operands = b.children();
            !operands.is_empty() && operands.into_iter().all(is_literal)
        }
        _ => false,
    }
}
