//! Values of a statement, from bound expressions.

use crate::expr::bound::{Bound, Linear, Op};
use crate::expr::tree::{Agg, Arith};
use crate::sql::cells::Facet;
use crate::sql::decimal::{Decimal, Unsaid, because};
use crate::sql::dialect::say;
use crate::sql::figures::Figure;
use crate::sql::pred::Pred;
use crate::sql::printer::{LONGEST, Of, Printer, Scope, Val};
use crate::value::{Number, Type, Value};

impl Printer<'_> {
    /// The value of an expression.
    ///
    /// # Errors
    /// Where it is not printed.
    pub fn value(&mut self, b: &Bound) -> Result<Val, Unsaid> {
        match self.value_of(b)? {
            value if value.len() > LONGEST => because("its statement would be too long"),
            value => Ok(value),
        }
    }

    fn value_of(&mut self, b: &Bound) -> Result<Val, Unsaid> {
        match &b.op {
            Op::Const(value) => self.constant(value),
            Op::Cell { unit: 0, column, ranges } => self.cell(*column, *ranges),
            Op::Written { unit: 0, column } => {
                Ok(Val::there(Of::Text(self.facet(*column, Facet::Text)?)))
            }
            Op::Key { unit: 0, key } => self.key(*key),
            Op::Neg(x) => {
                let zero = Figure::exact(self.digits().literal(&Number::default())?);
                let value = self.value(x)?;
                let negative =
                    self.digits().plus(&zero, self.figure(&value)?, &Number::from(-1i64))?;
                Ok(Val { of: Of::Figure(negative), ..value })
            }
            Op::Arith(op, x, y) => self.arithmetic(*op, x, y),
            Op::Along { agg: Agg::Sum, args } => self.along(args),
            Op::Default { value, otherwise } => self.default(value, otherwise),
            Op::If { condition, then, otherwise } => {
                self.if_value(condition, then, otherwise.as_deref())
            }
            Op::Call { function, args } => self.call(function.name, args),
            Op::Aggregate { state, slot, key, .. } => self.aggregate(*state, *slot, key),
            Op::Lookup { .. } => self.lookup(b),
            Op::Window { state } => self.window(*state),
            _ if b.ty == Type::Boolean => {
                let truth = self.truth(b, false)?;
                let (yes, no) = (truth.yes.sql(), truth.no.sql());
                let sql = format!("case when {yes} then 1 when {no} then 0 end");
                Ok(Val {
                    of: Of::Truth(sql),
                    missing: truth.blank,
                    not_applicable: truth.not_applicable,
                })
            }
            op => because(reason(op)),
        }
    }

    /// The figure of a value.
    ///
    /// # Errors
    /// Where it is none.
    pub fn figure<'v>(&self, value: &'v Val) -> Result<&'v Figure, Unsaid> {
        match &value.of {
            Of::Figure(figure) => Ok(figure),
            _ => because("it computes with days or with what is missing"),
        }
    }

    fn constant(&self, value: &Value<'_>) -> Result<Val, Unsaid> {
        Ok(match value {
            Value::Missing => Val { missing: Pred::Always, ..Val::there(Of::Nothing) },
            Value::Number(f) if f.range.is_none() && !f.withheld => {
                Val::there(Of::Figure(Figure::exact(self.digits().literal(&f.value)?)))
            }
            Value::Number(_) => return because("it compares with a range"),
            Value::Text(text) => Val::there(Of::Text(self.dialect.literal(text))),
            Value::Date(day) if day.is_day() => {
                Val::there(Of::Text(self.dialect.literal(&day.to_text())))
            }
            Value::Bool(truth) => Val::there(Of::Truth(if *truth { "1" } else { "0" }.into())),
            _ => return because("it compares with a time or a date without a day"),
        })
    }

    fn cell(&mut self, column: usize, ranges: bool) -> Result<Val, Unsaid> {
        let (_, table) = self.table()?;
        let name = self.facet(column, Facet::Value)?;
        let cells = self.cells(table, column);
        let missing = cells.missing(&self.facet(column, Facet::Text)?);
        let of = match cells.reading.ty {
            Type::Number | Type::Percent | Type::Integer | Type::Year => {
                let is_rounded = ranges && matches!(cells.reading.ty, Type::Number | Type::Percent);
                let off = is_rounded.then(|| self.facet(column, Facet::Off)).transpose()?;
                let off = off.map(|off| cells.half(&off)).transpose()?;
                Of::Figure(Figure::Around { value: cells.figure(&name)?, off })
            }
            Type::Boolean => Of::Truth(name),
            _ => Of::Text(name),
        };
        Ok(Val { of, missing, not_applicable: Pred::Never })
    }

    fn arithmetic(&mut self, op: Arith, x: &Bound, y: &Bound) -> Result<Val, Unsaid> {
        let numeric =
            |b: &Bound| matches!(b.ty, Type::Number | Type::Percent | Type::Integer | Type::Year);
        if !numeric(x) || !numeric(y) {
            return because("it computes with dates or times");
        }
        let (a, b) = (self.value(x)?, self.value(y)?);
        let (p, q) = (self.figure(&a)?, self.figure(&b)?);
        let digits = self.digits();
        let figure = match op {
            Arith::Add => digits.plus(p, q, &Number::from(1i64))?,
            Arith::Sub => digits.plus(p, q, &Number::from(-1i64))?,
            Arith::Mul => digits.times(p, q)?,
            Arith::Div => digits.over(p, q)?,
        };
        Ok(joined(Of::Figure(figure), &a, &b))
    }

    /// The linear form of a difference, each figure once.
    ///
    /// # Errors
    /// Where one of its parts is not printed.
    pub fn linear(&mut self, linear: &Linear) -> Result<Val, Unsaid> {
        let constant = Figure::exact(self.digits().literal(&linear.constant)?);
        let mut sum = Val::there(Of::Figure(constant));
        for term in &linear.terms {
            let value = self.value(&term.atom)?;
            let figure =
                self.digits().plus(self.figure(&sum)?, self.figure(&value)?, &term.factor)?;
            sum = joined(Of::Figure(figure), &sum, &value);
        }
        Ok(sum)
    }

    /// A sum over values of one row: what is missing is left out, and nothing at all is missing.
    fn along(&mut self, args: &[Bound]) -> Result<Val, Unsaid> {
        let digits = self.digits();
        let mut sum = Figure::exact(digits.literal(&Number::default())?);
        let (mut missing, mut there) = (Pred::Always, Pred::Never);
        for arg in args {
            let value = self.value(arg)?;
            if value.not_applicable != Pred::Never {
                return because("a part of the sum may not apply");
            }
            let Figure::Around { value: number, off } = self.figure(&value)? else {
                return because("it sums quotients of one row");
            };
            let or_nothing = |d: &Decimal| match &value.missing {
                Pred::Never => d.clone(),
                when => d.by(format!("case when {} then 0 else {} end", when.sql(), d.sql)),
            };
            let part =
                Figure::Around { value: or_nothing(number), off: off.as_ref().map(or_nothing) };
            sum = digits.plus(&sum, &part, &Number::from(1i64))?;
            missing = missing.and(&value.missing);
            there = there.or(&value.is_there());
        }
        let figure = sum.map(&|d| d.by(there.guards(&d.sql)));
        Ok(Val { missing, ..Val::there(Of::Figure(figure)) })
    }

    fn default(&mut self, value: &Bound, otherwise: &Bound) -> Result<Val, Unsaid> {
        let (first, second) = (self.value(value)?, self.value(otherwise)?);
        if first.not_applicable != Pred::Never || second.not_applicable != Pred::Never {
            return because("a part of `default` may not apply");
        }
        let of = choose(&first.missing, &second.of, &first.of)?;
        let missing = first.missing.and(&second.missing);
        Ok(Val { missing, ..Val::there(of) })
    }

    fn if_value(
        &mut self,
        condition: &Bound,
        then: &Bound,
        otherwise: Option<&Bound>,
    ) -> Result<Val, Unsaid> {
        let condition = self.truth(condition, false)?;
        let (yes, no) = (condition.yes, condition.no);
        let first = self.value(then)?;
        let second = match otherwise {
            Some(other) => self.value(other)?,
            None => Val { not_applicable: Pred::Always, ..Val::there(Of::Nothing) },
        };
        let of = choose_both(&yes, &first.of, &no, &second.of)?;
        let pick = |a: &Pred, b: &Pred| yes.and(a).or(&no.and(b));
        let not_applicable = pick(&first.not_applicable, &second.not_applicable);
        Ok(Val {
            of,
            missing: pick(&first.missing, &second.missing),
            not_applicable: not_applicable.or(&condition.not_applicable),
        })
    }

    fn call(&mut self, function: &'static str, args: &[Bound]) -> Result<Val, Unsaid> {
        match (function, args) {
            ("abs", [x]) => {
                let value = self.value(x)?;
                let Some(plain) = self.figure(&value)?.plain() else {
                    return because("`abs` of rounded figures or quotients is computed here");
                };
                let size = Figure::exact(self.digits().abs(plain));
                Ok(Val { of: Of::Figure(size), ..value })
            }
            ("length", [x]) => {
                let value = self.value(x)?;
                let Of::Text(text) = &value.of else {
                    return because("it measures what is no text");
                };
                let length = Decimal::atom(say(self.dialect.length, &[text]), 10, 0);
                Ok(Val { of: Of::Figure(Figure::exact(length)), ..value })
            }
            ("year" | "month" | "day", [x]) if x.ty == Type::Date => {
                let value = self.value(x)?;
                let Of::Text(text) = &value.of else { return because("it takes a part of no day") };
                let (from, length, digits) = match function {
                    "year" => ("1", "4", 4),
                    "month" => ("6", "2", 2),
                    _ => ("9", "2", 2),
                };
                let part = say(self.dialect.slice, &[text, from, length]);
                let number = say(self.dialect.read, &[&part, length, "0"]);
                Ok(Val { of: Of::Figure(Figure::exact(Decimal::atom(number, digits, 0))), ..value })
            }
            _ => because(format!("`{function}` is computed here")),
        }
    }

    /// A key of the group at hand.
    fn key(&mut self, key: usize) -> Result<Val, Unsaid> {
        let Scope::Group(state) = self.scope else {
            return because("it names a key outside of a group");
        };
        let number = self.groups(state, &[])?;
        self.key_of(number, key)
    }
}

/// One of two values where a condition holds, the other elsewhere.
fn choose(when: &Pred, then: &Of, otherwise: &Of) -> Result<Of, Unsaid> {
    if *when == Pred::Never {
        return Ok(otherwise.clone());
    }
    let pick = |a: &str, b: &str| format!("case when {} then {a} else {b} end", when.sql());
    combined(then, otherwise, &pick)
}

/// One of two values where its condition holds.
fn choose_both(yes: &Pred, then: &Of, no: &Pred, otherwise: &Of) -> Result<Of, Unsaid> {
    let pick = |a: &str, b: &str| {
        format!("case when {} then {a} when {} then {b} end", yes.sql(), no.sql())
    };
    combined(then, otherwise, &pick)
}

fn combined(a: &Of, b: &Of, pick: &dyn Fn(&str, &str) -> String) -> Result<Of, Unsaid> {
    let decimals = |x: &Decimal, y: &Decimal| {
        (x.scale == y.scale)
            .then(|| Decimal::atom(pick(&x.sql, &y.sql), x.whole.max(y.whole), x.scale))
    };
    match (a, b) {
        (Of::Text(a), Of::Text(b)) => Ok(Of::Text(pick(a, b))),
        (Of::Truth(a), Of::Truth(b)) => Ok(Of::Truth(pick(a, b))),
        (Of::Text(a), Of::Nothing) => Ok(Of::Text(pick(a, "null"))),
        (Of::Nothing, Of::Text(b)) => Ok(Of::Text(pick("null", b))),
        (Of::Figure(f), Of::Nothing) => Ok(Of::Figure(f.map(&|d| d.by(pick(&d.sql, "null"))))),
        (Of::Nothing, Of::Figure(f)) => Ok(Of::Figure(f.map(&|d| d.by(pick("null", &d.sql))))),
        (
            Of::Figure(Figure::Around { value: x, off: p }),
            Of::Figure(Figure::Around { value: y, off: q }),
        ) => {
            let value = scaled(x, y, pick).or_else(|| decimals(x, y));
            let off = match (p, q) {
                (None, None) => Some(None),
                (Some(p), Some(q)) => decimals(p, q).map(Some),
                (Some(p), None) => Some(Some(p.by(pick(&p.sql, "0")))),
                (None, Some(q)) => Some(Some(q.by(pick("0", &q.sql)))),
            };
            match value.zip(off) {
                Some((value, off)) => Ok(Of::Figure(Figure::Around { value, off })),
                None => because("it chooses between figures of different precision"),
            }
        }
        _ => because("it chooses between values that are not of one kind"),
    }
}

/// A choice between a number and zero or one, which need no unit of their own.
fn scaled(x: &Decimal, y: &Decimal, pick: &dyn Fn(&str, &str) -> String) -> Option<Decimal> {
    let wide = if x.sql == "0" { y } else { x };
    let is_zero = x.sql == "0" || y.sql == "0";
    is_zero.then(|| wide.by(pick(&x.sql, &y.sql)))
}

/// A value made of two: missing where one is and the other is known, not applicable where one is not.
fn joined(of: Of, a: &Val, b: &Val) -> Val {
    // Of many, that is not worth its length: such rows are suspects.
    let is_short = a.missing.len() + b.missing.len() <= LONGEST / 50;
    let missing = match is_short {
        true => a.missing.and(&b.is_known()).or(&b.missing.and(&a.is_known())),
        false => Pred::Never,
    };
    Val { of, missing, not_applicable: a.not_applicable.or(&b.not_applicable) }
}

/// Why an operation is not printed.
pub fn reason(op: &Op) -> String {
    match op {
        Op::Row { .. } => "`row()` is the number of a record in a file".into(),
        Op::File { .. } => "`file()` is the path of a file".into(),
        Op::Absent => "it compares with an old version".into(),
        Op::Collated(_) => "texts are put in natural order here".into(),
        Op::Items { .. } => "cells that are lists are taken apart here".into(),
        Op::Read { .. } => "`number` and `date` read a text as a cell of its table would be".into(),
        Op::Along { .. } => "the mean, the least and the greatest of a row are found here".into(),
        Op::Cell { .. } | Op::Key { .. } | Op::Written { .. } => {
            "it is judged for several tables at once".into()
        }
        _ => "it is judged here".into(),
    }
}
