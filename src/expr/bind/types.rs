//! Types while they are still being found out.

use std::ops::Range;

use crate::expr::bind::{AMBIGUOUS_NAME, Binder, ColumnAt, TYPE_MISMATCH};
use crate::expr::bound::{Bound, Op};
use crate::expr::tree::{Arith, Expr};
use crate::value::Type;

/// The type of an expression, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ty {
    /// It is this.
    Known(Type),
    /// It is that of a column whose type nobody has said.
    Open(usize, usize),
    /// Anything goes: `missing`, or a mistake already told.
    Any,
}

pub(crate) fn is_numeric(ty: Type) -> bool {
    matches!(ty, Type::Number | Type::Integer | Type::Percent | Type::Year)
}

/// The word for a type in messages.
pub(crate) fn word(ty: Type) -> &'static str {
    match ty {
        Type::Text => "text",
        Type::Number => "a number",
        Type::Integer => "an integer",
        Type::Percent => "a percentage",
        Type::Date => "a date",
        Type::DateTime => "a date and time",
        Type::Time => "a time",
        Type::Duration => "a duration",
        Type::Year => "a year",
        Type::Boolean => "true or false",
    }
}

impl Binder<'_> {
    /// The type of a column, looked at again each time: inference may have found it.
    pub(crate) fn column_type(&self, table: usize, column: usize) -> Ty {
        match self.catalog.tables[table].columns[column].ty {
            Some(ty) => Ty::Known(ty),
            None if self.report => Ty::Known(Type::Text),
            None => Ty::Open(table, column),
        }
    }

    /// The type to compute with; text while nothing is known.
    pub(crate) fn settled(&self, ty: Ty) -> Type {
        match ty {
            Ty::Known(ty) => ty,
            _ => Type::Text,
        }
    }

    fn assign(&mut self, (table, column): ColumnAt, ty: Type) {
        let slot = &mut self.catalog.tables[table].columns[column].ty;
        if slot.is_none() {
            *slot = Some(ty);
            self.changed = true;
        }
    }

    /// Copies types over links between columns.
    pub(crate) fn follow_links(&mut self) {
        let links = std::mem::take(&mut self.links);
        for &(a, b) in links.iter().chain(links.iter().rev()) {
            let find = |at: ColumnAt| self.catalog.tables[at.0].columns[at.1].ty;
            match (find(a), find(b)) {
                (Some(ty), None) => self.assign(b, ty),
                (None, Some(ty)) => self.assign(a, ty),
                _ => {}
            }
        }
    }

    /// An expression of type `ty` stands where a `wanted` must stand.
    pub(crate) fn want(&mut self, ty: Ty, wanted: Type, span: Range<usize>, what: &str) {
        match ty {
            Ty::Any => {}
            Ty::Open(t, c) => self.assign((t, c), wanted),
            Ty::Known(ty) if ty == wanted || is_numeric(ty) && is_numeric(wanted) => {}
            Ty::Known(ty) => {
                let message = format!("{what} must be {}, but this is {}", word(wanted), word(ty));
                let help = self.conversion(ty, wanted);
                self.problem(&TYPE_MISMATCH, span, message, word(ty), help);
            }
        }
    }

    /// Both must have one type.
    pub(crate) fn unify(&mut self, a: Ty, b: Ty, span: Range<usize>) {
        match (a, b) {
            (Ty::Any, _) | (_, Ty::Any) => {}
            (Ty::Open(t, c), Ty::Open(u, d)) => self.links.push(((t, c), (u, d))),
            (Ty::Open(t, c), Ty::Known(ty)) | (Ty::Known(ty), Ty::Open(t, c)) => {
                self.assign((t, c), ty)
            }
            (Ty::Known(x), Ty::Known(y)) if x == y || is_numeric(x) && is_numeric(y) => {}
            (Ty::Known(x), Ty::Known(y)) => {
                let message = format!("this compares {} with {}", word(x), word(y));
                let help = self.conversion(x, y).or_else(|| self.conversion(y, x));
                self.problem(&TYPE_MISMATCH, span, message, "these cannot be compared", help);
            }
        }
    }

    fn conversion(&self, from: Type, to: Type) -> Option<String> {
        let help = match (from, to) {
            (Type::Text, ty) if is_numeric(ty) => {
                "set `type = \"number\"` for the column, or write `number(…)`; a number in quotes is text"
            }
            (ty, Type::Text) if is_numeric(ty) => {
                "write `text(…)` to compare the number as it is written"
            }
            (Type::Text, Type::Date) => {
                "set `type = \"date\"` for the column, or write a fixed day as date \"1993-04-02\""
            }
            (Type::DateTime, Type::Date) => "`date(x)` drops the time",
            (Type::Date, ty) if is_numeric(ty) => "`year(x)` is the year of a date as a number",
            (ty, Type::Boolean) if ty != Type::Boolean => {
                "write a condition, such as `x = 1` or `x is missing`"
            }
            _ => return None,
        };
        Some(help.to_string())
    }

    /// Binds an expression that must be a number.
    pub(crate) fn number(&mut self, e: &Expr) -> (Bound, Ty) {
        let (bound, ty) = self.expr(e);
        if !matches!(ty, Ty::Open(..)) || self.lean {
            self.want(ty, Type::Number, e.span.clone(), "this");
        }
        (bound, ty)
    }

    pub(crate) fn negated(&mut self, x: &Expr, span: Range<usize>) -> (Bound, Ty) {
        let (bound, ty) = self.expr(x);
        if ty != Ty::Known(Type::Duration) {
            self.want(ty, Type::Number, x.span.clone(), "what follows the minus sign");
        }
        let ty = if ty == Ty::Known(Type::Percent) || ty == Ty::Known(Type::Duration) {
            ty
        } else {
            Ty::Known(Type::Number)
        };
        (Bound { op: Op::Neg(Box::new(bound)), ty: self.settled(ty), span }, ty)
    }

    pub(crate) fn arithmetic(
        &mut self,
        op: Arith,
        a: &Expr,
        b: &Expr,
        span: Range<usize>,
    ) -> (Bound, Ty) {
        let (left, lt) = self.expr(a);
        let (right, rt) = self.expr(b);
        let ty = self.arithmetic_type(op, (lt, a), (rt, b), &span);
        let op = Op::Arith(op, Box::new(left), Box::new(right));
        (Bound { op, ty: self.settled(ty), span }, ty)
    }

    fn arithmetic_type(
        &mut self,
        op: Arith,
        (lt, a): (Ty, &Expr),
        (rt, b): (Ty, &Expr),
        span: &Range<usize>,
    ) -> Ty {
        use Type::{Date, DateTime, Duration, Number, Percent, Time};
        let temporal = |t: Ty| matches!(t, Ty::Known(Date | DateTime | Time | Duration));
        if !temporal(lt) && !temporal(rt) {
            for (ty, e) in [(lt, a), (rt, b)] {
                if !matches!(ty, Ty::Open(..)) || self.lean || matches!(op, Arith::Mul | Arith::Div)
                {
                    self.want(ty, Number, e.span.clone(), "a part of a calculation");
                }
            }
            let both = lt == Ty::Known(Percent)
                && rt == Ty::Known(Percent)
                && matches!(op, Arith::Add | Arith::Sub);
            return Ty::Known(if both { Percent } else { Number });
        }
        let known = |t: Ty| if let Ty::Known(t) = t { Some(t) } else { None };
        let (l, r) = (known(lt), known(rt));
        let result = match (op, l, r) {
            (Arith::Sub, Some(Date), Some(Date)) => Number,
            (Arith::Sub, Some(DateTime), Some(DateTime)) | (Arith::Sub, Some(Time), Some(Time)) => {
                Duration
            }
            (Arith::Add | Arith::Sub, Some(t @ (DateTime | Time | Duration)), Some(Duration)) => t,
            (Arith::Div, Some(Duration), Some(Duration)) => Number,
            (Arith::Add | Arith::Sub, Some(Date), Some(n)) if is_numeric(n) => Date,
            (Arith::Add, Some(n), Some(Date)) if is_numeric(n) => Date,
            (Arith::Mul | Arith::Div, Some(Duration), Some(n)) if is_numeric(n) => Duration,
            (Arith::Sub, Some(t), None) | (Arith::Sub, None, Some(t)) => {
                for (ty, e) in [(lt, a), (rt, b)] {
                    if self.lean || t == Date {
                        self.want(ty, t, e.span.clone(), "this");
                    }
                }
                if t == Date { Number } else { Duration }
            }
            (Arith::Add, Some(t), None) | (Arith::Add, None, Some(t)) => {
                if self.lean {
                    let (ty, e) = if l.is_none() { (lt, a) } else { (rt, b) };
                    self.want(
                        ty,
                        if t == Date { Number } else { Duration },
                        e.span.clone(),
                        "this",
                    );
                }
                t
            }
            _ => {
                let of = |t: Option<Type>| t.map_or("something else", word);
                let help =
                    matches!((l, r), (Some(DateTime), Some(Date)) | (Some(Date), Some(DateTime)))
                        .then(|| "`date(x)` drops the time".to_string());
                let message = format!("this cannot be calculated with {} and {}", of(l), of(r));
                self.problem(&TYPE_MISMATCH, span.clone(), message, "", help);
                return Ty::Any;
            }
        };
        Ty::Known(result)
    }

    /// Tells of a name with two meanings.
    pub(crate) fn ambiguous(&mut self, span: Range<usize>, message: String, help: &str) {
        self.problem(&AMBIGUOUS_NAME, span, message, "which one?", Some(help.to_string()));
    }
}
