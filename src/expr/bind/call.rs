//! Calls of plain functions.

use std::ops::Range;

use crate::expr::bind::{Binder, NO_ROW_AT_HAND, Ty, UNKNOWN_FUNCTION, WRONG_ARGUMENTS};
use crate::expr::bound::{Bound, Op};
use crate::expr::formats::{named_format, no_format};
use crate::expr::function::{Function, Out, Param};
use crate::expr::functions::{self, DECIMALS_BEHIND_COMMA};
use crate::expr::spellings;
use crate::expr::tree::{Expr, Kind, Name};
use crate::source::did_you_mean;
use crate::value::{DateFormat, Reading, Type, Value};

impl Binder<'_> {
    pub(crate) fn call(&mut self, name: &Name, args: &[Expr], span: &Range<usize>) -> (Bound, Ty) {
        let Some(function) = functions::find(&name.text) else {
            let help = spellings::here(spellings::Place::Function, &name.text)
                .map(|ours| format!("write {ours}"))
                .or_else(|| {
                    let near = did_you_mean(&name.text, functions::all_names());
                    near.map(|n| format!("did you mean `{n}`?"))
                });
            self.problem(
                &UNKNOWN_FUNCTION,
                name.span.clone(),
                format!("there is no function `{}`", name.text),
                "unknown",
                help,
            );
            return self.broken(span.clone());
        };
        if !self.arity(function, args.len(), span) {
            return self.broken(span.clone());
        }
        match function.name {
            "default" => self.default_call(args, span),
            "row" | "file" => self.place_call(function.name, span),
            "old" => self.old_call(&args[0], span),
            "text" => self.text_call(function, &args[0], span),
            "decimals" => self.decimals_call(function, &args[0], span),
            "like" => {
                args.iter().skip(1).for_each(|name| self.named_format(name));
                as_written(self.plain_call(function, args, span))
            }
            "least" | "greatest" => {
                let call = self.plain_call(function, args, span);
                if let Op::Call { args: bound, .. } = &call.0.op {
                    self.no_natural(bound, args);
                }
                call
            }
            "date" => {
                self.date_format(args.get(1));
                let call = self.plain_call(function, args, span);
                self.read_as(Type::Date, call)
            }
            "number" => {
                let call = self.plain_call(function, args, span);
                self.read_as(Type::Number, call)
            }
            _ => self.plain_call(function, args, span),
        }
    }

    fn arity(&mut self, function: &'static Function, given: usize, span: &Range<usize>) -> bool {
        let most = function.params.len();
        let least = most - function.optional;
        if given >= least && (given <= most || function.variadic) {
            return true;
        }
        let needs = if function.variadic {
            format!("{least} or more")
        } else if least == most {
            most.to_string()
        } else {
            format!("{least} to {most}")
        };
        let message = format!(
            "`{}` takes {needs} argument{}, but {given} {} given",
            function.name,
            if needs == "1" { "" } else { "s" },
            if given == 1 { "is" } else { "are" }
        );
        self.problem(
            &WRONG_ARGUMENTS,
            span.clone(),
            message,
            "",
            Some(format!("for example: {}", function.example)),
        );
        false
    }

    fn default_call(&mut self, args: &[Expr], span: &Range<usize>) -> (Bound, Ty) {
        let saved = std::mem::replace(&mut self.quiet, true);
        let (value, vt) = self.expr(&args[0]);
        self.quiet = saved;
        let (otherwise, ot) = self.expr(&args[1]);
        self.unify(vt, ot, span.clone());
        let ty = if vt == Ty::Any { ot } else { vt };
        let op = match value.is_absent() {
            true => Op::Absent,
            false => Op::Default { value: Box::new(value), otherwise: Box::new(otherwise) },
        };
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    fn place_call(&mut self, name: &str, span: &Range<usize>) -> (Bound, Ty) {
        if self.refused_in_old(span, "its place", "an old row has a key and columns only") {
            return self.broken(span.clone());
        }
        let Some(unit) = self.scope.inner else {
            self.problem(
                &NO_ROW_AT_HAND,
                span.clone(),
                format!("`{name}()` needs a row"),
                "of which row?",
                None,
            );
            return self.broken(span.clone());
        };
        let (op, ty) = if name == "row" {
            (Op::Row { unit }, Type::Integer)
        } else {
            (Op::File { unit }, Type::Text)
        };
        (Bound { op, ty, span: span.clone() }, Ty::Known(ty))
    }

    /// A call that reads a text of a row reads it as the table writes its numbers and dates.
    fn read_as(&self, ty: Type, (call, found): (Bound, Ty)) -> (Bound, Ty) {
        let Op::Call { args, .. } = &call.op else { return (call, found) };
        let (Some(value), format) = (args.first(), args.get(1)) else { return (call, found) };
        let mut table = None;
        value.walk(&mut |b| table = table.or_else(|| self.table_of(b)));
        let Some(table) = table.filter(|_| value.ty == Type::Text) else { return (call, found) };
        let mut reading = Reading::new(ty);
        reading.number = self.catalog.tables[table].number.clone();
        reading.ranges = self.ranges;
        match format.map(|f| &f.op) {
            Some(Op::Const(Value::Text(text))) => {
                let Ok(format) = DateFormat::new(text, ty) else { return (call, found) };
                reading.formats = vec![format];
            }
            Some(_) => return (call, found),
            None => {}
        }
        let op = Op::Read { value: Box::new(value.clone()), reading: Box::new(reading) };
        (Bound { op, ..call }, found)
    }

    /// The table that a cell is read from.
    fn table_of(&self, b: &Bound) -> Option<usize> {
        match &b.op {
            Op::Cell { unit, .. } | Op::Written { unit, .. } | Op::Key { unit, .. } => {
                Some(self.scope.units.get(*unit)?.table)
            }
            Op::Lookup { state, .. } => Some(self.states.all.get(*state)?.table()),
            _ => None,
        }
    }

    /// A format that is written out is judged before any row.
    fn date_format(&mut self, format: Option<&Expr>) {
        let Some(Expr { kind: Kind::Text(text), span }) = format else { return };
        let Err(e) = DateFormat::new(text, Type::Date) else { return };
        // Without escapes the text stands between its quotes as it is.
        let plain = span.len() == text.len() + 2 && !e.at.is_empty();
        let place = if plain {
            span.start + 1 + e.at.start..span.start + 1 + e.at.end
        } else {
            span.clone()
        };
        self.problem(&WRONG_ARGUMENTS, place, e.message, &e.label, Some(e.help));
    }

    /// A format that is written out is known before any row.
    fn named_format(&mut self, name: &Expr) {
        let Kind::Text(text) = &name.kind else { return };
        if named_format(text).is_some() {
            return;
        }
        let (message, help) = no_format(text);
        self.problem(&WRONG_ARGUMENTS, name.span.clone(), message, "unknown", Some(help));
    }

    /// The decimals of a cell are counted as it is written, with the decimal sign of its table.
    fn decimals_call(
        &mut self,
        function: &'static Function,
        arg: &Expr,
        span: &Range<usize>,
    ) -> (Bound, Ty) {
        let (bound, ty) = self.expr(arg);
        self.want(ty, Type::Number, arg.span.clone(), "what `decimals` counts");
        let sign = self.table_of(&bound).map(|table| self.catalog.tables[table].number.decimal);
        let function = if sign == Some(',') { &DECIMALS_BEHIND_COMMA } else { function };
        let op = Op::Call { function, args: vec![Bound { ty: self.settled(ty), ..bound }] };
        let ty = Type::Integer;
        as_written((Bound { op, ty, span: span.clone() }, Ty::Known(ty)))
    }

    fn text_call(
        &mut self,
        function: &'static Function,
        arg: &Expr,
        span: &Range<usize>,
    ) -> (Bound, Ty) {
        let (bound, ty) = self.expr(arg);
        let op = match bound.op {
            Op::Cell { unit, column, .. } => Op::Written { unit, column },
            _ => Op::Call { function, args: vec![Bound { ty: self.settled(ty), ..bound }] },
        };
        (Bound { op, ty: Type::Text, span: span.clone() }, Ty::Known(Type::Text))
    }

    fn plain_call(
        &mut self,
        function: &'static Function,
        args: &[Expr],
        span: &Range<usize>,
    ) -> (Bound, Ty) {
        let mut bounds = Vec::new();
        let mut types: Vec<Ty> = Vec::new();
        let wants_range = function.name == "attainable";
        for (i, arg) in args.iter().enumerate() {
            let saved = self.ranges;
            self.ranges |= wants_range && i == 0;
            let (bound, ty) = self.expr(arg);
            self.ranges = saved;
            let param = function.params.get(i).or(function.params.last());
            let what = format!("argument {} of `{}`", i + 1, function.name);
            match param {
                Some(Param::Same) => {
                    let first = types.first().copied().unwrap_or(ty);
                    self.unify(first, ty, arg.span.clone());
                }
                Some(Param::Any) | None => {}
                Some(Param::Of(Type::Date)) if ty == Ty::Known(Type::DateTime) => {}
                Some(Param::Clock) if ty == Ty::Known(Type::DateTime) => {}
                // An open one may still be found to be a date and time.
                Some(Param::Clock) if matches!(ty, Ty::Open(..)) && !self.is_lean() => {}
                Some(Param::Clock) => self.want(ty, Type::Time, arg.span.clone(), &what),
                Some(Param::Of(wanted)) => self.want(ty, *wanted, arg.span.clone(), &what),
            }
            bounds.push(bound);
            types.push(ty);
        }
        let ty = match function.result {
            Out::Is(ty) => Ty::Known(ty),
            Out::SameAs(i) => types.get(i).copied().unwrap_or(Ty::Any),
        };
        (
            Bound {
                op: Op::Call { function, args: bounds },
                ty: self.settled(ty),
                span: span.clone(),
            },
            ty,
        )
    }
}

/// A call that gets its first argument, where it is a cell, as it is written too; where the cell is
/// missing, so is the result.
fn as_written((mut call, ty): (Bound, Ty)) -> (Bound, Ty) {
    if let Op::Call { args, .. } = &mut call.op
        && let Some(first) = args.first()
        && let Op::Cell { unit, column, .. } = first.op
    {
        let op = Op::Written { unit, column };
        let written = Bound { op, ty: Type::Text, span: first.span.clone() };
        args.insert(1, written);
    }
    (call, ty)
}
