//! Date-times with an offset from UTC and others without: nobody knows which is before the other.

use std::ops::Range;

use crate::expr::bind::{Binder, TYPE_MISMATCH, Timed, Ty};
use crate::expr::print::name as name_of;
use crate::expr::tree::{AggArg, Arith, Expr, Kind};
use crate::value::{DateFormat, Reading, Type};

/// What is compared, and whether it has an offset.
struct Stamp {
    called: String,
    has_offset: bool,
}

impl Binder<'_> {
    /// Notes whether the date-times of a column that is named have offsets.
    pub(crate) fn note_clock(&mut self, table: usize, column: usize, span: &Range<usize>) {
        let (t, c) = self.catalog.today(table, column);
        let column = &self.catalog.tables[t].columns[c];
        let (Some(snippet), Some(has_offset), Some(Type::DateTime)) =
            (&self.snippet, column.offsets, column.ty)
        else {
            return;
        };
        let at = (snippet.file, snippet.span(span.clone()));
        self.timed.push(Timed { at, name: column.name.clone(), has_offset });
    }

    /// Date-times that are compared have all an offset, or none.
    pub(crate) fn same_clock<const N: usize>(&mut self, sides: [(Ty, &Expr); N]) {
        if !self.report {
            return;
        }
        let mut stamps = sides.iter().filter_map(|(ty, e)| {
            let is_moment = *ty == Ty::Known(Type::DateTime);
            Some((self.stamp(e).filter(|_| is_moment)?, *e))
        });
        let Some((first, _)) = stamps.next() else { return };
        let Some((other, e)) = stamps.find(|(other, _)| other.has_offset != first.has_offset)
        else {
            return;
        };
        let (with, without) = if first.has_offset { (first, other) } else { (other, first) };
        let message = format!(
            "{} has an offset from UTC, {} has none: which is before the other is not known",
            with.called, without.called
        );
        let help =
            "write both with an offset, such as Z or +02:00, or both without; a column with a \
                    `format` without `%z` is taken as it stands"
                .to_string();
        let span = e.span.clone();
        self.problem(&TYPE_MISMATCH, span, message, "another kind of date-time", Some(help));
    }

    fn stamp(&self, e: &Expr) -> Option<Stamp> {
        match &e.kind {
            Kind::Moment(Type::DateTime, text) => {
                let formats = Reading::new(Type::DateTime).formats;
                let format = formats.iter().find(|f| f.parse_datetime(text).is_ok())?;
                let (called, has_offset) = (format!("\"{text}\""), DateFormat::has_offset(format));
                Some(Stamp { called, has_offset })
            }
            Kind::Ref(_) | Kind::Column { .. } | Kind::Lookup { .. } => {
                let snippet = self.snippet.as_ref()?;
                let (file, span) = (snippet.file, snippet.span(e.span.clone()));
                let is_within = |timed: &&Timed| {
                    let at = timed.at.1;
                    timed.at.0 == file && span.start <= at.start && at.end <= span.end
                };
                // The key of a look-up stands before its column.
                let timed = self.timed.iter().rev().find(is_within)?;
                let called = format!("`{}`", name_of(&timed.name));
                Some(Stamp { called, has_offset: timed.has_offset })
            }
            Kind::Arith(Arith::Add | Arith::Sub, of, _) => self.stamp(of),
            Kind::Aggregate { arg: AggArg::Expr(of, _), .. } | Kind::Window { value: of, .. } => {
                self.stamp(of)
            }
            Kind::If { then, .. } => self.stamp(then),
            Kind::Call { name, args }
                if matches!(name.text.as_str(), "default" | "least" | "greatest" | "old") =>
            {
                self.stamp(args.first()?)
            }
            _ => None,
        }
    }
}
