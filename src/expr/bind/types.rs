//! Finding out types: from contracts, from other columns, from use.

use std::ops::Range;

use crate::expr::bind::ty::{Ty, is_numeric, word};
use crate::expr::bind::{AMBIGUOUS_NAME, Binder, ColumnAt, Phase, TYPE_MISMATCH};
use crate::expr::bound::{Bound, Op};
use crate::expr::catalog::Column;
use crate::expr::tree::{Arith, Expr};
use crate::value::Type;

/// What is calculated with lengths of time like with numbers.
const LENGTH_AS_NUMBER: &str =
    "a length of time that is divided by another one is a number: `x / duration \"1:00\"`";

impl Binder<'_> {
    /// The type of a column, looked at again each time: inference may have found it.
    pub(crate) fn column_type(&self, table: usize, column: usize) -> Ty {
        let (table, column) = self.catalog.today(table, column);
        match self.catalog.tables[table].columns[column].ty {
            Some(ty) => Ty::Known(ty),
            None if self.report => Ty::Known(Type::Text),
            None => {
                self.met_open.set(true);
                Ty::Open(table, column)
            }
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
        let found = &mut self.catalog.tables[table].columns[column];
        if found.ty.is_none() {
            if ty == Type::Text && found.is_numeric && self.phase != Phase::Texts {
                // Letters would put figures in another order.
                found.wants_text = true;
                return;
            }
            // Words are text, whatever is asked of them: what does not fit is then an error there.
            let ty = if found.words.is_some() { Type::Text } else { ty };
            found.ty = Some(ty);
            found.inferred = ty == Type::Date && found.dates.is_some();
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
                let mut message =
                    format!("{what} must be {}, but this is {}", word(wanted), word(ty));
                let year = self.year_in_braces(&span).filter(|_| wanted == Type::Date);
                if let Some(year) = year {
                    message.push_str(&format!("; `{{{year}:date}}` is a date"));
                }
                let help = self.conversion(ty, wanted);
                self.problem(&TYPE_MISMATCH, span, message, word(ty), help);
            }
        }
    }

    /// The four digits of a figure that a comment has in braces: `{1950}`.
    fn year_in_braces(&self, span: &Range<usize>) -> Option<String> {
        let text = self.snippet.as_ref()?.text.get(span.clone())?;
        let inside = text.strip_prefix('{')?.strip_suffix('}')?;
        let year = inside.strip_suffix(":year").unwrap_or(inside).trim();
        (year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit())).then(|| year.to_string())
    }

    /// What is put in order is a date where its first cells are, and a number once nothing else can
    /// be found out.
    pub(crate) fn want_order(&mut self, ty: Ty, span: Range<usize>, what: &str) {
        if !self.is_date_by_cells(ty) && matches!(ty, Ty::Open(..)) && self.is_lean() {
            self.want(ty, Type::Number, span, what);
        }
    }

    /// Columns that an assertion holds to be equal are numbers where the first cells of both are figures, and dates
    /// where they are, once nothing else can be found out; within conditions they may be codes.
    pub(crate) fn want_equal(&mut self, sides: [(Ty, &Expr); 2]) {
        if !self.is_lean() || self.chosen_for.is_some() {
            return;
        }
        let all = |are: &dyn Fn(&Column) -> bool| {
            sides.iter().all(|(ty, _)| match ty {
                Ty::Open(table, column) => are(&self.catalog.tables[*table].columns[*column]),
                _ => false,
            })
        };
        let wanted = if all(&|column| column.figures && !column.wants_text) {
            Type::Number
        } else if all(&|column| column.dates.is_some()) {
            Type::Date
        } else {
            return;
        };
        for (ty, e) in sides {
            self.want(ty, wanted, e.span.clone(), "this");
        }
    }

    /// Makes a column without a type a number where its first cells are figures, once nothing else can be found out and
    /// nothing asks for their texts.
    pub(crate) fn is_number_by_cells(&mut self, ty: Ty) {
        let Ty::Open(table, column) = ty else { return };
        let of = &self.catalog.tables[table].columns[column];
        if self.is_lean() && of.is_numeric && !of.wants_text {
            self.assign((table, column), Type::Number);
        }
    }

    /// Makes a column without a type a date where its first cells are.
    pub(crate) fn is_date_by_cells(&mut self, ty: Ty) -> bool {
        let Ty::Open(table, column) = ty else { return false };
        let is_date = self.catalog.tables[table].columns[column].dates.is_some();
        if is_date {
            self.assign((table, column), Type::Date);
        }
        is_date
    }

    /// Both must have one type.
    pub(crate) fn unify(&mut self, a: Ty, b: Ty, span: Range<usize>) {
        match (a, b) {
            (Ty::Any, _) | (_, Ty::Any) => {}
            (Ty::Open(t, c), Ty::Open(u, d)) => self.links.push(((t, c), (u, d))),
            (Ty::Open(t, c), Ty::Known(ty)) | (Ty::Known(ty), Ty::Open(t, c)) => {
                // Figures are no lengths of time: what they are compared with is not what was meant.
                let is_number =
                    ty == Type::Duration && self.catalog.tables[t].columns[c].is_numeric;
                self.assign((t, c), if is_number { Type::Number } else { ty });
            }
            (Ty::Known(x), Ty::Known(y)) if x == y || is_numeric(x) && is_numeric(y) => {}
            (Ty::Known(x), Ty::Known(y)) => {
                let message = format!("this compares {} with {}", word(x), word(y));
                let is_date = [x, y].contains(&Type::Date) && [x, y].contains(&Type::Text);
                let quoted = self.quoted_date(&span).filter(|_| is_date);
                let help = quoted.or_else(|| self.conversion(x, y));
                let help = help.or_else(|| self.conversion(y, x));
                self.problem(&TYPE_MISMATCH, span, message, "these cannot be compared", help);
            }
        }
    }

    /// How a day or a month is written that stands in quotes at one end of what is compared.
    fn quoted_date(&self, span: &Range<usize>) -> Option<String> {
        let text = self.snippet.as_ref()?.text.get(span.clone())?.trim();
        let literal = match text.strip_suffix('"') {
            Some(rest) => rest.rsplit('"').next(),
            None => text.strip_prefix('"')?.split('"').next(),
        };
        let is_date = |t: &&str| t.contains('-') && t.starts_with(|c: char| c.is_ascii_digit());
        literal.filter(is_date).map(|t| format!("a fixed day or month is written date \"{t}\""))
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
            (Type::Duration, ty) if is_numeric(ty) => LENGTH_AS_NUMBER,
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
        if !matches!(ty, Ty::Open(..)) || self.is_lean() {
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
        let [lt, rt] = [lt, rt].map(|ty| {
            let is_date = matches!(op, Arith::Add | Arith::Sub) && self.is_date_by_cells(ty);
            if is_date { Ty::Known(Type::Date) } else { ty }
        });
        let ty = self.arithmetic_type(op, (lt, a), (rt, b), &span);
        let op = Op::Arith(op, Box::new(left), Box::new(right));
        (Bound { op, ty: self.settled(ty), span }, ty)
    }

    fn arithmetic_type(
        &mut self,
        op: Arith,
        left: (Ty, &Expr),
        right: (Ty, &Expr),
        span: &Range<usize>,
    ) -> Ty {
        let temporal = |t: Ty| {
            matches!(t, Ty::Known(Type::Date | Type::DateTime | Type::Time | Type::Duration))
        };
        if !temporal(left.0) && !temporal(right.0) {
            return self.number_type(op, left, right);
        }
        let known = |t: Ty| if let Ty::Known(t) = t { Some(t) } else { None };
        let (l, r) = (known(left.0), known(right.0));
        self.same_clock([left, right]);
        let result = match (l, r) {
            (Some(l), Some(r)) => temporal_type(op, l, r),
            (Some(t), None) | (None, Some(t)) => self.half_known_type(op, t, left, right),
            (None, None) => None,
        };
        match result {
            Some(ty) => Ty::Known(ty),
            None => self.no_arithmetic(l, r, span),
        }
    }

    fn number_type(&mut self, op: Arith, left: (Ty, &Expr), right: (Ty, &Expr)) -> Ty {
        for (ty, e) in [left, right] {
            if !matches!(ty, Ty::Open(..))
                || self.is_lean()
                || matches!(op, Arith::Mul | Arith::Div)
            {
                self.want(ty, Type::Number, e.span.clone(), "a part of a calculation");
            }
        }
        let percents = left.0 == Ty::Known(Type::Percent) && right.0 == Ty::Known(Type::Percent);
        let keeps = percents && matches!(op, Arith::Add | Arith::Sub);
        Ty::Known(if keeps { Type::Percent } else { Type::Number })
    }

    /// The result where one side is a `t` and the type of the other is not known yet.
    fn half_known_type(
        &mut self,
        op: Arith,
        t: Type,
        left: (Ty, &Expr),
        right: (Ty, &Expr),
    ) -> Option<Type> {
        let distance = if t == Type::Date { Type::Number } else { Type::Duration };
        match op {
            Arith::Sub => {
                for (ty, e) in [left, right] {
                    if self.is_lean() || t == Type::Date {
                        self.want(ty, t, e.span.clone(), "this");
                    }
                }
                Some(distance)
            }
            Arith::Add => {
                if self.is_lean() {
                    let (ty, e) = if matches!(left.0, Ty::Known(_)) { right } else { left };
                    self.want(ty, distance, e.span.clone(), "this");
                }
                Some(t)
            }
            Arith::Mul if left.0 == Ty::Known(Type::Duration) => {
                let what = "what a length of time is multiplied by";
                self.want(right.0, Type::Number, right.1.span.clone(), what);
                Some(t)
            }
            _ => None,
        }
    }

    fn no_arithmetic(&mut self, l: Option<Type>, r: Option<Type>, span: &Range<usize>) -> Ty {
        use Type::{Date, DateTime, Duration};
        let of = |t: Option<Type>| t.map_or("something else", word);
        let help = matches!((l, r), (Some(DateTime), Some(Date)) | (Some(Date), Some(DateTime)))
            .then(|| "`date(x)` drops the time".to_string());
        let is_length = [l, r].contains(&Some(Duration));
        let help = help.or_else(|| is_length.then(|| LENGTH_AS_NUMBER.to_string()));
        let message = format!("this cannot be calculated with {} and {}", of(l), of(r));
        self.problem(&TYPE_MISMATCH, span.clone(), message, "", help);
        Ty::Any
    }

    /// Reports a name with two meanings.
    pub(crate) fn ambiguous(&mut self, span: Range<usize>, message: String, help: &str) {
        self.problem(&AMBIGUOUS_NAME, span, message, "which one?", Some(help.to_string()));
    }
}

/// What an operation on two types comes to, one of them a date or a time.
fn temporal_type(op: Arith, l: Type, r: Type) -> Option<Type> {
    use Type::{Date, DateTime, Duration, Number, Time};
    Some(match (op, l, r) {
        (Arith::Sub, Date, Date) => Number,
        (Arith::Sub, DateTime, DateTime) | (Arith::Sub, Time, Time) => Duration,
        (Arith::Add | Arith::Sub, t @ (DateTime | Time | Duration), Duration) => t,
        (Arith::Div, Duration, Duration) => Number,
        (Arith::Add | Arith::Sub, Date, n) if is_numeric(n) => Date,
        (Arith::Add, n, Date) if is_numeric(n) => Date,
        (Arith::Mul | Arith::Div, Duration, n) if is_numeric(n) => Duration,
        _ => return None,
    })
}
