//! Aggregates over values of one row: `sum(a, b)`, `sum(Q1 to Q4)`.

use std::ops::Range;

use crate::expr::bind::ty::is_numeric;
use crate::expr::bind::{Binder, Ty, WRONG_ARGUMENTS};
use crate::expr::bound::{Bound, Op};
use crate::expr::print::aggregate_word;
use crate::expr::tree::{Agg, Expr, Kind, Name};
use crate::value::Type;

impl Binder<'_> {
    pub(crate) fn along(&mut self, agg: Agg, items: &[Expr], span: &Range<usize>) -> (Bound, Ty) {
        let ranges = self.ranges && agg != Agg::Count;
        let saved = std::mem::replace(&mut self.ranges, ranges);
        let mut args = Vec::new();
        let mut ty = None;
        for item in items {
            let bound = match &item.kind {
                Kind::Range { from, to } => self.range(from, to, &item.span),
                _ => vec![self.expr(item)],
            };
            for (arg, found) in bound {
                ty = Some(self.joint_type(agg, ty, found, &item.span));
                args.push(arg);
            }
        }
        self.ranges = saved;
        if matches!(agg, Agg::Min | Agg::Max) {
            self.no_natural(&args, items);
        }
        let ty = match agg {
            Agg::Count => Ty::Known(Type::Integer),
            _ => ty.unwrap_or(Ty::Any),
        };
        let op = match args.iter().any(Bound::is_absent) {
            true => Op::Absent,
            false => Op::Along { agg, args },
        };
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    /// The type of the whole, of which `before` is known from the values before this one.
    fn joint_type(&mut self, agg: Agg, before: Option<Ty>, found: Ty, at: &Range<usize>) -> Ty {
        if agg == Agg::Count {
            return found;
        }
        let Some(Ty::Known(ty)) = before else {
            before.into_iter().for_each(|open| self.unify(open, found, at.clone()));
            return self.result_type(agg, found, at);
        };
        let what = format!("every value of this `{}`", aggregate_word(agg));
        self.want(found, ty, at.clone(), &what);
        let same = !is_numeric(ty) || matches!(found, Ty::Any) || found == Ty::Known(ty);
        Ty::Known(if same { ty } else { Type::Number })
    }

    /// The columns from one to another, by their places in the header; empty after a mistake.
    fn range(&mut self, from: &[Name], to: &[Name], span: &Range<usize>) -> Vec<(Bound, Ty)> {
        if let Some(call) = self.old_call.take() {
            let today = self.range(from, to, span);
            self.old_call = Some(call);
            return today.into_iter().map(|(cell, ty)| self.old_of(cell, ty, span)).collect();
        }
        // Without a table of its own, the second column is in that of the first.
        let owned = !self.is_bare(from);
        let end: Vec<Name> = match &from[0] {
            owner if owned && to.len() == 1 => vec![owner.clone(), to[0].clone()],
            _ => to.to_vec(),
        };
        let Some((first, a)) = self.end(from, from, span) else { return Vec::new() };
        let Some((last, b)) = self.end(&end, to, span) else { return Vec::new() };
        let own = |(table, column): (usize, usize)| {
            let rounded = self.catalog.tables[table].columns[column].rounded;
            (table, rounded.map_or(column, |of| of.0))
        };
        let (a, b) = (own(a), own(b));
        if self.catalog.tables[a.0].open {
            return vec![(first, Ty::Any), (last, Ty::Any)];
        }
        if a.0 != b.0 || unit_of(&first) != unit_of(&last) {
            self.no_range(span, "these columns are in two tables", "name columns of one row");
            return Vec::new();
        }
        if b.1 < a.1 {
            let name = |c: usize| self.catalog.tables[a.0].columns[c].name.clone();
            let message = format!("`{}` stands before `{}` in the header", name(b.1), name(a.1));
            self.no_range(span, &message, "write the column that stands first before `to`");
            return Vec::new();
        }
        (a.1..=b.1).map(|column| self.nth(&first, a.0, column)).collect()
    }

    /// The column of the same row as `first` that stands at `column`; it has no text of its own.
    fn nth(&mut self, first: &Bound, table: usize, column: usize) -> (Bound, Ty) {
        let ty = self.column_type(table, column);
        let column = self.rounded(table, column);
        let op = match &first.op {
            Op::Cell { unit, ranges, .. } => Op::Cell { unit: *unit, column, ranges: *ranges },
            _ => Op::Lookup {
                state: self.states.index(table, &[], Some((column, self.ranges))),
                key: Vec::new(),
                column: Some(column),
                miss: self.on_miss(),
                ranges: self.ranges,
            },
        };
        let span = first.span.start..first.span.start;
        (Bound { op, ty: self.settled(ty), span }, ty)
    }

    /// An end of a range, with its table and its column.
    fn end(
        &mut self,
        names: &[Name],
        written: &[Name],
        range: &Range<usize>,
    ) -> Option<(Bound, (usize, usize))> {
        let at = written[0].span.start..written[written.len() - 1].span.end;
        let (end, _) = self.reference(names, &at);
        let column = match &end.op {
            Op::Cell { unit, column, .. } => (self.scope.units.get(*unit)?.table, *column),
            Op::Lookup { state, column: Some(column), .. } => {
                (self.states.all.get(*state)?.table(), *column)
            }
            Op::Key { .. } => {
                let help = "inside a group, add up the rows: sum(sum(a to b))";
                self.no_range(range, "the key of a group is no column of a row", help);
                return None;
            }
            _ => return None,
        };
        Some((end, column))
    }

    fn no_range(&mut self, span: &Range<usize>, message: &str, help: &str) {
        let help = Some(help.to_string());
        self.problem(&WRONG_ARGUMENTS, span.clone(), message.into(), "no range of columns", help);
    }
}

/// The unit whose row a cell is of.
fn unit_of(end: &Bound) -> Option<usize> {
    match end.op {
        Op::Cell { unit, .. } => Some(unit),
        _ => None,
    }
}
