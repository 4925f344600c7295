//! Old versions: `old(x)`, and the tables `old(t)`, `added(t)` and `removed(t)`. Rows of the two
//! versions are matched by the key of their table.

use std::ops::Range;

use crate::expr::bind::{
    Binder, NEEDS_KEY, NO_ROW_AT_HAND, NOT_ONE_VALUE, OldCall, ScopeUnit, Ty, WRONG_ARGUMENTS,
};
use crate::expr::bound::{Bound, OnMiss, Op, Slot};
use crate::expr::tree::{Agg, Expr, Name, TableRef, Version};
use crate::value::Type;

impl Binder<'_> {
    /// What a look-up of a row by its key in this version comes to where there is none.
    pub(crate) fn on_miss(&self) -> OnMiss {
        if self.quiet { OnMiss::Quiet } else { OnMiss::Reported }
    }

    /// The table that has the rows of a version, and the condition, over the row of `unit`, that
    /// chooses them; [`Op::Absent`] where there is no old version.
    pub(crate) fn version(
        &mut self,
        reference: &TableRef,
        unit: usize,
    ) -> Option<(usize, Option<Bound>)> {
        let table = self.table(reference)?;
        if reference.version == Version::Current {
            return Some((table, None));
        }
        let span = reference.span.clone();
        if !self.has_key(table, &reference.shown(), &span) {
            return None;
        }
        self.old_wanted.entry(table).or_default();
        let condition = |op| Some(Bound { op, ty: Type::Boolean, span: span.clone() });
        let Some(old) = self.catalog.tables[table].old else {
            return Some((table, condition(Op::Absent)));
        };
        let (from, to) = match reference.version {
            Version::Old | Version::Current => return Some((old, None)),
            Version::Added => (table, old),
            Version::Removed => (old, table),
        };
        let there = Bound {
            op: self.in_version(from, to, unit, None, &span),
            ty: Type::Boolean,
            span: span.clone(),
        };
        let is_alone = Op::IsMissing { not: false, value: Box::new(there) };
        Some((from, condition(is_alone)))
    }

    /// Whether rows of a table can be matched with its old version; a problem where they cannot.
    fn has_key(&mut self, table: usize, written: &str, span: &Range<usize>) -> bool {
        let of = &self.catalog.tables[table];
        if !of.key.is_empty() || of.open {
            return true;
        }
        let name = &of.name;
        let message = format!("`{written}` matches rows by their key, and `{name}` has none");
        let help =
            format!("say which columns tell its rows apart: `key = [\"…\"]` in [data.{name}]");
        self.problem(&NEEDS_KEY, span.clone(), message, "matched by key", Some(help));
        false
    }

    /// A look-up, in another version of a table, of the row with the key of the row of `unit`.
    fn in_version(
        &mut self,
        from: usize,
        to: usize,
        unit: usize,
        column: Option<usize>,
        span: &Range<usize>,
    ) -> Op {
        let (own, other) =
            (self.catalog.tables[from].key.clone(), self.catalog.tables[to].key.clone());
        let cell = |&column: &usize| {
            let ty = self.settled(self.column_type(from, column));
            Bound { op: Op::Cell { unit, column, ranges: false }, ty, span: span.clone() }
        };
        let key = own.iter().map(cell).collect();
        let ranges = self.ranges && column.is_some();
        let state = self.states.index(to, &other, column.map(|c| (c, ranges)));
        let own = Some(self.states.index(from, &own, None));
        Op::Lookup { state, key, column, miss: OnMiss::Version { own }, ranges }
    }

    /// `old(x)`.
    pub(crate) fn old_call(&mut self, x: &Expr, span: &Range<usize>) -> (Bound, Ty) {
        if self.refused_in_old(span, "another `old(…)`", "leave out the inner one") {
            return self.broken(span.clone());
        }
        let before = self.problems.len();
        self.old_call = Some(OldCall::default());
        let (mut bound, ty) = self.expr(x);
        let call = self.old_call.take().unwrap_or_default();
        if !call.is_old && self.problems.len() == before {
            let message = "`old(…)` takes columns of the row at hand, and this names none";
            let help = "write it around a column: old(value)".to_string();
            self.problem(&WRONG_ARGUMENTS, span.clone(), message.into(), "", Some(help));
        }
        if call.is_absent {
            return (Bound { op: Op::Absent, ty: bound.ty, span: span.clone() }, ty);
        }
        if hands_on(&bound) {
            bound.span = span.clone();
        } else {
            // A row without an old version has none of it, whatever stands for a missing value.
            for there in call.rows {
                let ty = bound.ty;
                let op = Op::If {
                    condition: Box::new(Bound { span: span.clone(), ..there }),
                    then: Box::new(bound),
                    otherwise: None,
                };
                bound = Bound { op, ty, span: span.clone() };
            }
        }
        (bound, ty)
    }

    /// Whether this stands in `old(…)`, where it cannot be.
    pub(crate) fn refused_in_old(&mut self, span: &Range<usize>, what: &str, help: &str) -> bool {
        if self.old_call.is_none() {
            return false;
        }
        let message = format!("`old(…)` takes columns of the row at hand, not {what}");
        self.problem(&WRONG_ARGUMENTS, span.clone(), message, "not here", Some(help.into()));
        true
    }

    /// A column of the row of `unit`, as it was.
    pub(crate) fn old_cell(
        &mut self,
        unit: usize,
        name: &str,
        span: &Range<usize>,
        column_span: Range<usize>,
    ) -> (Bound, Ty) {
        let ScopeUnit { name: of, table, keys } = self.scope.units[unit].clone();
        if let Some(keys) = keys {
            let first = keys.first().map_or("key", |k| k.name.as_str());
            let whole = &self.catalog.tables[table].name;
            let help = format!(
                "add up the old rows: sum(old({whole}).{name} where {first} = {of}.{first}), or those of these rows: sum(old({name}))"
            );
            let message = "`old(…)` takes columns of a row, and here a group is at hand".into();
            self.problem(&NOT_ONE_VALUE, span.clone(), message, "of which row?", Some(help));
            return self.broken(span.clone());
        }
        if self.catalog.tables[table].old_of.is_some() {
            let message = "this row is one of the old version already".to_string();
            let help = Some("leave out `old`".to_string());
            self.problem(&WRONG_ARGUMENTS, span.clone(), message, "as it was", help);
            return self.broken(span.clone());
        }
        if !self.has_key(table, "old(…)", span) {
            return self.broken(span.clone());
        }
        let Some((old, column, ty)) = self.old_column(table, name, column_span) else {
            return self.broken(span.clone());
        };
        let Some((old, column)) = old.zip(column) else {
            return (Bound { op: Op::Absent, ty: self.settled(ty), span: span.clone() }, ty);
        };
        let op = self.in_version(table, old, unit, Some(column), span);
        let there = self.in_version(table, old, unit, None, span);
        let there = Bound { op: there, ty: Type::Boolean, span: span.clone() };
        if let Some(call) = &mut self.old_call
            && !call.rows.iter().any(|row| row.op.same_row(&there.op))
        {
            call.rows.push(there);
        }
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    /// A cell of a range, as it was.
    pub(crate) fn old_of(&mut self, cell: Bound, ty: Ty, span: &Range<usize>) -> (Bound, Ty) {
        let name = |b: &Self, table: usize, column: usize| {
            b.catalog.tables[table].columns[column].name.clone()
        };
        match cell.op {
            Op::Cell { unit, column, .. } => {
                let name = name(self, self.scope.units[unit].table, column);
                self.old_cell(unit, &name, &cell.span, span.clone())
            }
            Op::Lookup { state, column: Some(column), .. } => {
                let table = self.states.all[state].table();
                let name = name(self, table, column);
                self.old_single(table, &name, &cell.span, span.clone())
            }
            _ => (cell, ty),
        }
    }

    /// A column of the one row of a table, as it was.
    pub(crate) fn old_single(
        &mut self,
        table: usize,
        name: &str,
        span: &Range<usize>,
        column_span: Range<usize>,
    ) -> (Bound, Ty) {
        let Some((old, column, ty)) = self.old_column(table, name, column_span) else {
            return self.broken(span.clone());
        };
        let op = match old.zip(column) {
            None => Op::Absent,
            Some((old, column)) => Op::Lookup {
                state: self.states.index(old, &[], Some((column, self.ranges))),
                key: Vec::new(),
                column: Some(column),
                miss: OnMiss::Version { own: None },
                ranges: self.ranges,
            },
        };
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    /// The old version of a table and the column that it has there, as far as there are such, and its
    /// type; none where neither version has the column.
    fn old_column(
        &mut self,
        table: usize,
        name: &str,
        span: Range<usize>,
    ) -> Option<(Option<usize>, Option<usize>, Ty)> {
        self.old_wanted.entry(table).or_default().insert(name.to_string());
        let old = self.catalog.tables[table].old;
        let column = old.and_then(|old| self.catalog.tables[old].column(name));
        let ty = match old.zip(column) {
            Some((old, column)) => self.column_type(old, column),
            None => {
                let column = self.column(table, name, span)?;
                self.column_type(table, column)
            }
        };
        if let Some(call) = &mut self.old_call {
            call.is_old = true;
            call.is_absent |= column.is_none();
        }
        Some((old, column, ty))
    }

    /// The type of a column that only the table of today has, where this one is its old version: what asks
    /// for it does not apply.
    pub(crate) fn old_lacks(&mut self, table: usize, name: &str) -> Option<Ty> {
        let old = &self.catalog.tables[table];
        let today = old.old_of.filter(|_| !old.open && old.column(name).is_none())?;
        let column = self.catalog.tables[today].column(name)?;
        self.old_wanted.entry(today).or_default().insert(name.to_string());
        Some(self.column_type(today, column))
    }

    /// `old(t).c` and its like: a column of the rows that the aggregate around it runs over.
    pub(crate) fn version_column(
        &mut self,
        table: &TableRef,
        column: &Name,
        span: &Range<usize>,
    ) -> (Bound, Ty) {
        let shown = table.shown();
        if let Some(unit) = self.scope.units.iter().rposition(|u| u.name == shown) {
            return self.of_unit(unit, &column.text, span.clone(), column.span.clone());
        }
        if self.version(table, 0).is_some() {
            let message = format!("`{shown}` has many rows: which one is meant?");
            let name = &column.text;
            let help = format!(
                "add them up, sum({shown}.{name} where …); or check each row, each = \"{shown} as o\"; the old value of the row at hand is old({name})"
            );
            self.problem(&NO_ROW_AT_HAND, span.clone(), message, "which row?", Some(help));
        }
        self.broken(span.clone())
    }

    /// `x [not] in added(t).c`: whether a row of the version has the value.
    pub(crate) fn among(
        &mut self,
        (not, value): (bool, Bound),
        (table, filter): (usize, Bound),
        column: usize,
    ) -> Op {
        let span = value.span.clone();
        let ty = self.settled(self.column_type(table, column));
        let cell = Op::Cell { unit: 0, column, ranges: false };
        let slot = Slot {
            agg: Agg::Any,
            args: Vec::new(),
            distinct: false,
            quantile: None,
            is_natural: false,
            filter: Some(filter),
            residual: None,
        };
        let keys = vec![Bound { op: cell, ty, span: span.clone() }];
        let (state, slot) = self.states.aggregate(table, None, keys, slot);
        let any = Op::Aggregate { state, slot, key: vec![value], joins: 1 };
        if not { Op::Not(Box::new(Bound { op: any, ty: Type::Boolean, span })) } else { any }
    }
}

impl Op {
    /// Whether both look for the same row.
    fn same_row(&self, other: &Op) -> bool {
        let (Op::Lookup { state: a, key: k, .. }, Op::Lookup { state: b, key: l, .. }) =
            (self, other)
        else {
            return false;
        };
        a == b && k.len() == l.len() && k.iter().zip(l).all(|(k, l)| k.same(l))
    }
}

/// Whether an expression does not apply wherever a part of it does not.
fn hands_on(bound: &Bound) -> bool {
    let mut hands_on = true;
    bound.walk(&mut |b| {
        hands_on &= !matches!(
            b.op,
            Op::Default { .. }
                | Op::IsMissing { .. }
                | Op::IsReadable { .. }
                | Op::IsWithheld { .. }
                | Op::And(_)
                | Op::Or(_)
                | Op::If { .. }
                | Op::InList { .. }
                | Op::Along { .. }
        );
    });
    hands_on
}
