//! A side of a comparison as lines of arithmetic: what a reader would write down to redo it.

use crate::expr::bound::Op;
use crate::expr::tree::{Agg, Arith};
use crate::findings::trace::Step;
use crate::value::Value;

/// One line of a working.
pub struct Line<'s, 't> {
    /// What it shows.
    pub step: &'s Step<'t>,
    /// How it enters what it is part of: `+`, `-`, `×`, `÷` or empty.
    pub sign: &'static str,
    /// The bracket or the call that it is part of; none for the side itself.
    pub part_of: Option<&'s Step<'t>>,
    /// Whether it is one of several that are multiplied or divided.
    pub is_factor: bool,
}

/// The lines of a side, parts before what they make; the side itself where it is no chain.
pub fn lines<'s, 't>(side: &'s Step<'t>) -> Vec<Line<'s, 't>> {
    let mut all = Vec::new();
    chain(side, None, &mut all);
    all
}

fn chain<'s, 't>(step: &'s Step<'t>, of: Option<&'s Step<'t>>, all: &mut Vec<Line<'s, 't>>) {
    match &step.bound.op {
        Op::Arith(Arith::Add | Arith::Sub, ..) => added(step, "", of, all),
        Op::Arith(Arith::Mul | Arith::Div, ..) => multiplied(step, of, all),
        _ => operand(step, "", of, all),
    }
}

fn added<'s, 't>(
    step: &'s Step<'t>,
    sign: &'static str,
    of: Option<&'s Step<'t>>,
    all: &mut Vec<Line<'s, 't>>,
) {
    match (&step.bound.op, &step.args[..]) {
        (Op::Arith(op @ (Arith::Add | Arith::Sub), ..), [a, b]) if sign != "-" => {
            added(a, sign, of, all);
            added(b, if *op == Arith::Add { "+" } else { "-" }, of, all);
        }
        (Op::Neg(_), [x]) if sign != "-" && !is_chain(x) => operand(x, "-", of, all),
        _ => operand(step, sign, of, all),
    }
}

fn multiplied<'s, 't>(step: &'s Step<'t>, of: Option<&'s Step<'t>>, all: &mut Vec<Line<'s, 't>>) {
    match (&step.bound.op, &step.args[..]) {
        (Op::Arith(op @ (Arith::Mul | Arith::Div), ..), [a, b]) => {
            multiplied(a, of, all);
            operand(b, if *op == Arith::Mul { "×" } else { "÷" }, of, all);
        }
        _ => operand(step, "", of, all),
    }
    if let Some(line) = all.last_mut() {
        line.is_factor = true;
    }
}

/// An operand: a figure, or a bracket or a call with its own operands before it.
fn operand<'s, 't>(
    step: &'s Step<'t>,
    sign: &'static str,
    of: Option<&'s Step<'t>>,
    all: &mut Vec<Line<'s, 't>>,
) {
    match (&step.bound.op, step.taken()) {
        (Op::If { .. } | Op::Default { .. }, Some(taken)) => {
            return if is_chain(taken) {
                chain(taken, Some(step), all);
                all.push(Line { step, sign, part_of: of, is_factor: false });
            } else {
                operand(taken, sign, of, all);
            };
        }
        (Op::Arith(..), _) => chain(step, Some(step), all),
        (Op::Neg(_), _) => step.args.iter().for_each(|x| operand(x, "-", Some(step), all)),
        (Op::Along { agg, .. }, _) => {
            let sign = if *agg == Agg::Sum { "+" } else { "" };
            let is_there =
                |x: &&Step<'_>| !matches!(x.value, Value::Missing | Value::NotApplicable);
            for arg in step.args.iter().filter(is_there) {
                match (&arg.bound.op, &arg.args[..]) {
                    (Op::Neg(_), [x]) if *agg == Agg::Sum && !is_chain(x) => {
                        operand(x, "-", Some(step), all);
                    }
                    _ => operand(arg, sign, Some(step), all),
                }
            }
        }
        (Op::Call { .. } | Op::Read { .. }, _) => {
            // A cell that a function also gets as it is written stands once.
            let is_again = |n: usize, x: &Step<'_>| {
                let before = n.checked_sub(1).and_then(|n| step.args.get(n));
                x.cell.is_some() && before.is_some_and(|before| before.cell == x.cell)
            };
            let args = step.args.iter().enumerate().filter(|(n, x)| !is_again(*n, x));
            args.for_each(|(_, x)| operand(x, "", Some(step), all));
        }
        _ => {}
    }
    all.push(Line { step, sign, part_of: of, is_factor: false });
}

fn is_chain(step: &Step<'_>) -> bool {
    matches!(step.bound.op, Op::Arith(..) | Op::Neg(_))
}
