//! Numbers and days to operations.

use crate::engine::fast::expressions::compile::{Compiler, is_moment};
use crate::engine::fast::expressions::op::{Extreme, NodeId, Op, Part, Towards};
use crate::engine::fast::kernels;
use crate::expr::bind::ty::is_numeric;
use crate::expr::bound::{Bound, Op as Meaning};
use crate::expr::tree::{Agg, Arith};
use crate::value::{DAY_MICROS, Number, Type, Value};

impl Compiler<'_> {
    /// The value of a number, whatever its writing implies.
    pub(super) fn number(&mut self, b: &Bound) -> Option<NodeId> {
        if !is_numeric(b.ty) {
            return None;
        }
        let part = if self.wide { Part::Value } else { Part::Exact };
        let number = self.number_of_parts(b).or_else(|| self.chosen(b));
        number.or_else(|| self.known(b, part))
    }

    /// A number, a day or microseconds that is that of another row, or of one of several parts.
    fn chosen(&mut self, b: &Bound) -> Option<NodeId> {
        match &b.op {
            Meaning::If { condition, then, otherwise } => {
                let (condition, then) = (self.truth(condition)?, self.quantity(then)?);
                let otherwise = match otherwise {
                    Some(other) => Some(self.quantity(other)?),
                    None => None,
                };
                Some(self.add(Op::If(condition, then, otherwise)))
            }
            Meaning::Window { state } => self.seen(*state, Part::Value),
            Meaning::Default { value, otherwise } => {
                let (value, otherwise) = (self.quantity(value)?, self.quantity(otherwise)?);
                Some(self.add(Op::Default(value, otherwise)))
            }
            Meaning::Call { function, args } => {
                let (first, rest) = args.split_first()?;
                let which = extreme_of(function.name)?;
                let first = self.quantity(first)?;
                rest.iter().try_fold(first, |so_far, arg| {
                    let arg = self.quantity(arg)?;
                    Some(self.add(Op::Extreme(which, so_far, arg)))
                })
            }
            _ => None,
        }
    }

    /// A number by the operations for its parts.
    fn number_of_parts(&mut self, b: &Bound) -> Option<NodeId> {
        match &b.op {
            Meaning::Const(Value::Number(figure)) if figure.range.is_none() => {
                self.fixed(&figure.value)
            }
            Meaning::Cell { unit: 0, column, .. } if b.ty != Type::Percent => {
                Some(self.add(Op::Cell(*column)))
            }
            Meaning::Row { unit: 0 } => Some(self.add(Op::Record)),
            Meaning::Neg(x) => {
                let (zero, x) = (self.add(Op::Fixed(0, 0)), self.number(x)?);
                Some(self.add(Op::Difference(zero, x)))
            }
            Meaning::Arith(op, x, y) => self.arithmetic(*op, x, y),
            Meaning::Call { function, args } => self.call(function.name, args),
            Meaning::Along { agg: agg @ (Agg::Sum | Agg::Min | Agg::Max), args } => {
                let args = args.iter().map(|arg| self.number(arg)).collect::<Option<Vec<_>>>()?;
                Some(self.add(Op::Along(*agg, args)))
            }
            _ => None,
        }
    }

    fn arithmetic(&mut self, op: Arith, x: &Bound, y: &Bound) -> Option<NodeId> {
        if x.ty == Type::Date && y.ty == Type::Date && op == Arith::Sub {
            let (x, y) = (self.day(x)?, self.day(y)?);
            return Some(self.add(Op::Difference(x, y)));
        }
        if (x.ty, y.ty) == (Type::Duration, Type::Duration) {
            let (x, y) = (self.moment(x)?, self.moment(y)?);
            return (op == Arith::Div).then(|| self.add(Op::Quotient(x, y)));
        }
        let left = self.number(x)?;
        if op == Arith::Div
            && let Meaning::Const(Value::Number(by)) = &y.op
            && let Some(inverse) = Number::from(1i64).checked_div(&by.value)
            && let Some(inverse) = self.fixed(&inverse)
        {
            return Some(self.add(Op::Product(left, inverse)));
        }
        let right = self.number(y)?;
        Some(self.add(match op {
            Arith::Add => Op::Sum(left, right),
            Arith::Sub => Op::Difference(left, right),
            Arith::Mul => Op::Product(left, right),
            Arith::Div => Op::Quotient(left, right),
        }))
    }

    fn call(&mut self, function: &str, args: &[Bound]) -> Option<NodeId> {
        let [first, rest @ ..] = args else { return None };
        match function {
            "length" => match rest {
                [] => kernels::text_column(first).map(|column| self.add(Op::Length(column))),
                _ => None,
            },
            "change" => {
                let (new, old) = (self.number(first)?, self.number(rest.first()?)?);
                let (ratio, one) = (self.add(Op::Quotient(new, old)), self.add(Op::Fixed(1, 0)));
                Some(self.add(Op::Difference(ratio, one)))
            }
            "abs" => {
                let first = self.number(first)?;
                Some(self.add(Op::Absolute(first)))
            }
            _ => {
                let (towards, digits) = rounding(function, rest)?;
                let first = self.number(first)?;
                Some(self.add(Op::Rounded(first, digits, towards)))
            }
        }
    }

    /// A day.
    pub(super) fn day(&mut self, b: &Bound) -> Option<NodeId> {
        let day = self.day_of_parts(b).or_else(|| self.chosen(b));
        day.or_else(|| self.known(b, Part::Exact))
    }

    /// Microseconds.
    pub(super) fn moment(&mut self, b: &Bound) -> Option<NodeId> {
        match &b.op {
            Meaning::Const(Value::DateTime(t) | Value::Time(t) | Value::Duration(t)) => {
                (*t != i64::MIN).then(|| self.add(Op::Fixed(*t, 0)))
            }
            Meaning::Cell { unit: 0, column, .. } => Some(self.add(Op::Cell(*column))),
            Meaning::Neg(x) => {
                let (zero, x) = (self.add(Op::Fixed(0, 0)), self.moment(x)?);
                Some(self.add(Op::Difference(zero, x)))
            }
            Meaning::Arith(op, x, y) if is_moment(x.ty) && is_moment(y.ty) => {
                let (x, y) = (self.moment(x)?, self.moment(y)?);
                match op {
                    Arith::Add => Some(self.add(Op::Sum(x, y))),
                    Arith::Sub => Some(self.add(Op::Difference(x, y))),
                    _ => None,
                }
            }
            Meaning::Arith(op @ (Arith::Mul | Arith::Div), x, y) if is_numeric(y.ty) => {
                let (x, y) = (self.moment(x)?, self.number(y)?);
                let scaled = if *op == Arith::Mul { Op::Product(x, y) } else { Op::Quotient(x, y) };
                let scaled = self.add(scaled);
                Some(self.add(Op::Rounded(scaled, 0, Towards::Nearest)))
            }
            _ => self.chosen(b),
        }
    }

    fn day_of_parts(&mut self, b: &Bound) -> Option<NodeId> {
        match &b.op {
            Meaning::Const(Value::Date(days)) if days.is_day() => {
                Some(self.add(Op::Fixed(days.first.into(), 0)))
            }
            Meaning::Cell { unit: 0, column, .. } if b.ty == Type::Date => {
                Some(self.add(Op::Cell(*column)))
            }
            Meaning::Arith(op @ (Arith::Add | Arith::Sub), x, y) => {
                let (day, by) = if x.ty == Type::Date { (x, y) } else { (y, x) };
                let (day, mut by) = (self.day(day)?, self.number(by)?);
                if *op == Arith::Sub {
                    let zero = self.add(Op::Fixed(0, 0));
                    by = self.add(Op::Difference(zero, by));
                }
                Some(self.add(Op::Later(day, by)))
            }
            Meaning::Call { function, args } if function.name == "date" => match &args[..] {
                [moment] if moment.ty == Type::DateTime => {
                    let by = self.add(Op::Fixed(DAY_MICROS, 0));
                    let moment = self.moment(moment)?;
                    let days = self.add(Op::Quotient(moment, by));
                    Some(self.add(Op::Rounded(days, 0, Towards::Low)))
                }
                [day] if day.ty == Type::Date => self.day(day),
                _ => None,
            },
            Meaning::Call { function, .. } if function.name == "today" => {
                Some(self.add(Op::Fixed(self.today.into(), 0)))
            }
            _ => None,
        }
    }
}

pub(super) fn extreme_of(function: &str) -> Option<Extreme> {
    match function {
        "least" => Some(Extreme::Least),
        "greatest" => Some(Extreme::Greatest),
        _ => None,
    }
}

/// How a function brings its argument to fewer decimals, and to how many.
pub(super) fn rounding(function: &str, rest: &[Bound]) -> Option<(Towards, i32)> {
    match (function, rest) {
        ("floor", []) => Some((Towards::Low, 0)),
        ("ceil", []) => Some((Towards::High, 0)),
        ("round", []) => Some((Towards::Nearest, 0)),
        ("round", [digits]) => {
            let digits = match &digits.op {
                Meaning::Const(Value::Number(digits)) => digits.value.to_i64()?,
                Meaning::Neg(digits) => match &digits.op {
                    Meaning::Const(Value::Number(digits)) => {
                        digits.value.to_i64()?.checked_neg()?
                    }
                    _ => return None,
                },
                _ => return None,
            };
            let digits = i32::try_from(digits).ok().filter(|d| d.abs() <= 18)?;
            Some((Towards::Nearest, digits))
        }
        _ => None,
    }
}
