//! Linear forms: so that a figure used twice is widened once.

use crate::expr::bind::ty::is_numeric;
use crate::expr::bound::{Bound, Linear, LinearTerm, Op};
use crate::expr::tree::Arith;
use crate::value::{Number, Value};

/// `left - right`, each figure once; none where a side is no number.
pub(crate) fn difference(left: &Bound, right: &Bound) -> Option<Linear> {
    if !is_numeric(left.ty) || !is_numeric(right.ty) {
        return None;
    }
    Some(sum(&[(left, Number::from(1)), (right, Number::from(-1))]))
}

/// A number by its figures.
pub(crate) fn of(b: &Bound) -> Linear {
    sum(&[(b, Number::from(1))])
}

fn sum(sides: &[(&Bound, Number)]) -> Linear {
    let mut linear = Linear { constant: Number::from(0), terms: Vec::new() };
    sides.iter().for_each(|(b, factor)| collect(b, factor, &mut linear));
    linear.terms.retain(|t| !t.factor.is_zero());
    linear
}

fn collect(b: &Bound, factor: &Number, into: &mut Linear) {
    if let Some(n) = constant(b) {
        into.constant = &into.constant + &(&n * factor);
        return;
    }
    match &b.op {
        Op::Neg(x) => collect(x, &-factor, into),
        Op::Arith(Arith::Add, x, y) if b.ty != crate::value::Type::Date => {
            collect(x, factor, into);
            collect(y, factor, into);
        }
        Op::Arith(Arith::Sub, x, y) if is_numeric(x.ty) => {
            collect(x, factor, into);
            collect(y, &-factor, into);
        }
        Op::Arith(Arith::Mul, x, y) => match (constant(x), constant(y)) {
            (Some(n), None) => collect(y, &(&n * factor), into),
            (None, Some(n)) => collect(x, &(&n * factor), into),
            _ => add(b, factor, into),
        },
        Op::Arith(Arith::Div, x, y) => match constant(y).and_then(|n| factor.checked_div(&n)) {
            Some(factor) => collect(x, &factor, into),
            None => add(b, factor, into),
        },
        _ => add(b, factor, into),
    }
}

fn add(atom: &Bound, factor: &Number, into: &mut Linear) {
    match into.terms.iter_mut().find(|t| t.atom.same(atom)) {
        Some(term) => term.factor = &term.factor + factor,
        None => into.terms.push(LinearTerm { factor: factor.clone(), atom: atom.clone() }),
    }
}

/// The value of an expression without cells.
fn constant(b: &Bound) -> Option<Number> {
    match &b.op {
        Op::Const(Value::Number(figure)) if figure.range.is_none() => Some(figure.value.clone()),
        Op::Neg(x) => Some(-&constant(x)?),
        Op::Arith(op, x, y) => {
            let (x, y) = (constant(x)?, constant(y)?);
            match op {
                Arith::Add => Some(&x + &y),
                Arith::Sub => Some(&x - &y),
                Arith::Mul => Some(&x * &y),
                Arith::Div => x.checked_div(&y),
            }
        }
        _ => None,
    }
}
