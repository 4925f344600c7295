//! Names: columns, keys, tables, look-ups.

use std::ops::Range;

use crate::expr::bind::ty::word;
use crate::expr::bind::{
    AMBIGUOUS_NAME, Binder, NO_ROW_AT_HAND, NOT_ONE_VALUE, Ty, UNKNOWN_COLUMN, UNKNOWN_TABLE,
    WRONG_ARGUMENTS,
};
use crate::expr::bound::{Bound, Op};
use crate::expr::catalog::{Column, Melt};
use crate::expr::tree::{Expr, Name, TableRef, Version};
use crate::source::{did_you_mean, meant};
use crate::value::Type;

impl Binder<'_> {
    /// A table by name; a problem if there is none.
    pub(crate) fn table(&mut self, table: &TableRef) -> Option<usize> {
        let found = self.catalog.table(&table.name.text);
        if found.is_none() {
            let near =
                did_you_mean(&table.name.text, self.catalog.table_names()).map(str::to_string);
            let help = match &near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("declare it: [data.{}]", table.name.text),
            };
            self.problem(
                &UNKNOWN_TABLE,
                table.name.span.clone(),
                format!("there is no table `{}`", table.name.text),
                "not declared",
                Some(help),
            );
        }
        found
    }

    /// A column by name; a problem if there is none. In a table whose columns could not be read any name is taken.
    pub(crate) fn column(&mut self, table: usize, name: &str, span: Range<usize>) -> Option<usize> {
        if let Some((message, help)) = self.catalog.tables[table].repeated(name) {
            self.problem(&AMBIGUOUS_NAME, span, message, "which of them?", Some(help));
            return None;
        }
        if let Some(found) = self.catalog.tables[table].column(name) {
            self.note_former(table, found, &span);
            self.note_clock(table, found, &span);
            return Some(self.rounded(table, found));
        }
        if self.catalog.tables[table].open {
            self.catalog.tables[table].columns.push(Column::unknown(name.to_string()));
            return Some(self.catalog.tables[table].columns.len() - 1);
        }
        // After a point it is a column of a table that is named; a bare name may be a text.
        let text = self.snippet.as_ref().map_or("", |s| s.text.as_str());
        let before = text.get(..span.start).unwrap_or("");
        let bare = !before.is_empty() && !before.ends_with('.');
        let help = self.elsewhere(table, name, bare);
        let message =
            format!("there is no column `{name}` in `{}`", self.catalog.tables[table].name);
        self.problem(&UNKNOWN_COLUMN, span, message, "no such column", help);
        None
    }

    /// A column as `within rounding to` takes it: a second reading of it.
    pub(crate) fn rounded(&mut self, table: usize, column: usize) -> usize {
        let Some(to) = self.rounding_to.filter(|_| self.ranges) else { return column };
        let columns = &mut self.catalog.tables[table].columns;
        let rounded = Some((column, to));
        let mut known = columns.places(&columns[column].name).iter();
        if let Some(known) = known.find(|known| columns[**known].rounded == rounded) {
            return *known;
        }
        columns.push(Column { rounded, ..columns[column].clone() });
        columns.len() - 1
    }

    /// Notes that a column had another name when fingerprints were made.
    fn note_former(&mut self, table: usize, column: usize, span: &Range<usize>) {
        let was = self.catalog.tables[table].columns[column].was.clone();
        self.former.extend(was.map(|was| (span.clone(), was)));
    }

    fn elsewhere(&self, table: usize, name: &str, bare: bool) -> Option<String> {
        if let Some(near) = did_you_mean(name, self.catalog.tables[table].column_names()) {
            return Some(meant(name, near));
        }
        let in_scope = self.scope.units.iter().map(|u| (u.name.as_str(), u.table));
        let singles = self
            .catalog
            .tables
            .iter()
            .enumerate()
            .filter(|(_, t)| t.single)
            .map(|(i, t)| (t.name.as_str(), i));
        for (unit, other) in
            in_scope.chain(singles).filter(|&(unit, other)| other != table && !unit.is_empty())
        {
            if self.catalog.tables[other].column(name).is_some() {
                return Some(format!("did you mean `{unit}.{name}`?"));
            }
        }
        let mut names: Vec<&str> = self.catalog.tables[table].column_names().take(12).collect();
        if names.is_empty() {
            return None;
        }
        if self.catalog.tables[table].columns.len() > 12 {
            names.push("…");
        }
        let columns = names.join(", ");
        Some(if bare {
            format!("if it is a text, write it in quotes: \"{name}\"; the columns are {columns}")
        } else {
            format!("its columns are {columns}")
        })
    }

    /// `a`, `t.a`, `parent.a`, `t.parent.a`.
    pub(crate) fn reference(&mut self, names: &[Name], span: &Range<usize>) -> (Bound, Ty) {
        let first = &names[0];
        let unit =
            self.scope.units.iter().rposition(|u| u.name == first.text && !u.name.is_empty());
        if self.is_bare(names) {
            return self.bare(names, span);
        }
        let (name, column_span) = joined(&names[1..]);
        if let Some(unit) = unit {
            return self.of_unit(unit, &name, span.clone(), column_span);
        }
        match self.catalog.table(&first.text) {
            Some(table) if self.catalog.tables[table].single => {
                self.of_single(table, &name, span, column_span)
            }
            Some(table) => {
                let what = &self.catalog.tables[table].name;
                let message = format!("`{what}` has many rows: which one is meant?");
                let help = format!(
                    "look up one row, {what}[key].{name}; or add them up, sum({what}.{name}); or check each row, each = \"{what}\""
                );
                self.problem(&NO_ROW_AT_HAND, span.clone(), message, "which row?", Some(help));
                self.broken(span.clone())
            }
            None => {
                let candidates: Vec<String> = self
                    .scope
                    .units
                    .iter()
                    .map(|u| u.name.clone())
                    .chain(self.catalog.table_names().map(str::to_string))
                    .collect();
                let help = did_you_mean(&first.text, candidates.iter().map(String::as_str))
                    .map(|n| format!("did you mean `{n}`?"));
                self.problem(
                    &UNKNOWN_TABLE,
                    first.span.clone(),
                    format!("there is no table or row called `{}`", first.text),
                    "unknown",
                    help,
                );
                self.broken(span.clone())
            }
        }
    }

    /// Whether names with points between them are one of a column: `parent.heading`, `label.level`.
    pub(crate) fn is_bare(&self, names: &[Name]) -> bool {
        let Some(first) = names.first().filter(|_| names.len() > 1) else { return true };
        let name = joined(names).0;
        let is_row = self.scope.units.iter().any(|unit| unit.name == first.text);
        let is_column = || self.catalog.tables.iter().any(|table| table.column(&name).is_some());
        first.text == "parent"
            || self.is_of_view(&name)
            || (!is_row && self.catalog.table(&first.text).is_none() && is_column())
    }

    /// Whether it is `q.name` or `q.marks`, where the rows at hand are the cells `q` of several columns.
    fn is_of_view(&self, name: &str) -> bool {
        self.melt().is_some_and(|melt| name == melt.name_column() || name == melt.marks_column())
            || self.is_header(name)
    }

    /// Whether it is `column.name`, which is `q.name` there.
    fn is_header(&self, name: &str) -> bool {
        name == "column.name" && self.melt().is_some()
    }

    /// The columns whose cells the rows at hand are.
    fn melt(&self) -> Option<&Melt> {
        let unit = self.scope.inner.and_then(|unit| self.scope.units.get(unit))?;
        self.catalog.tables[unit.table].melt.as_ref()
    }

    /// A column of the innermost scope, and of no other.
    fn bare(&mut self, names: &[Name], span: &Range<usize>) -> (Bound, Ty) {
        let (mut name, column_span) = joined(names);
        if let Some(melt) = self.melt().filter(|_| self.is_header(&name)) {
            name = melt.name_column();
        }
        let Some(unit) = self.scope.inner else {
            let message = format!("the column `{name}` needs a row");
            let help = self.where_bare_belongs(&name);
            self.problem(&NO_ROW_AT_HAND, span.clone(), message, "of which table?", Some(help));
            return self.broken(span.clone());
        };
        self.no_two_meanings(unit, &name, span);
        self.of_unit(unit, &name, span.clone(), column_span)
    }

    fn where_bare_belongs(&self, name: &str) -> String {
        let owners: Vec<&str> = self
            .catalog
            .tables
            .iter()
            .filter(|t| t.column(name).is_some())
            .map(|t| t.name.as_str())
            .collect();
        match &owners[..] {
            [] => "add `each = \"table\"`".to_string(),
            [one] => format!("add `each = \"{one}\"`, or write `sum({one}.{name})`"),
            many => format!("tables with this column: {}", many.join(", ")),
        }
    }

    fn no_two_meanings(&mut self, unit: usize, name: &str, span: &Range<usize>) {
        let column = self.catalog.tables[self.scope.units[unit].table].column(name).is_some();
        if column && self.catalog.table(name).is_some_and(|t| self.catalog.tables[t].single) {
            let owner = self.scope.units[unit].name.clone();
            self.ambiguous(
                span.clone(),
                format!("`{name}` is both a column and a table of one row"),
                &format!("write `{owner}.{name}` for the column"),
            );
        }
    }

    pub(crate) fn of_unit(
        &mut self,
        unit: usize,
        name: &str,
        span: Range<usize>,
        column_span: Range<usize>,
    ) -> (Bound, Ty) {
        if self.old_call.is_some() {
            return self.old_cell(unit, name, &span, column_span);
        }
        let table = self.scope.units[unit].table;
        if let Some(keys) = &self.scope.units[unit].keys {
            if let Some(key) = keys.iter().position(|k| k.name == name) {
                let ty = keys[key].ty;
                if let Some(column) = self.catalog.tables[table].column(name) {
                    self.note_former(table, column, &column_span);
                }
                let ty = match ty {
                    Ty::Open(t, c) => self.column_type(t, c),
                    ty => ty,
                };
                return (Bound { op: Op::Key { unit, key }, ty: self.settled(ty), span }, ty);
            }
            let group: Vec<&str> = keys.iter().map(|k| k.name.as_str()).collect();
            let group = group.join(", ");
            if self.catalog.tables[table].column(name).is_some() {
                let message = format!("`{name}` has one value per row, not one per {group}");
                let help =
                    format!("choose one: only({name}), first({name}), max({name}), sum({name})");
                self.problem(&NOT_ONE_VALUE, span.clone(), message, "many values", Some(help));
            } else {
                self.column(table, name, column_span);
            }
            return self.broken(span);
        }
        if let Some(ty) = self.old_lacks(table, name) {
            return (Bound { op: Op::Absent, ty: self.settled(ty), span }, ty);
        }
        match self.column(table, name, column_span) {
            Some(column) => {
                let ty = self.column_type(table, column);
                (
                    Bound {
                        op: Op::Cell { unit, column, ranges: self.ranges },
                        ty: self.settled(ty),
                        span,
                    },
                    ty,
                )
            }
            None => self.broken(span),
        }
    }

    fn of_single(
        &mut self,
        table: usize,
        name: &str,
        span: &Range<usize>,
        column_span: Range<usize>,
    ) -> (Bound, Ty) {
        if self.old_call.is_some() {
            return self.old_single(table, name, span, column_span);
        }
        let Some(column) = self.column(table, name, column_span) else {
            return self.broken(span.clone());
        };
        let ty = self.column_type(table, column);
        let state = self.states.index(table, &[], Some((column, self.ranges)));
        let op = Op::Lookup {
            state,
            key: Vec::new(),
            column: Some(column),
            miss: self.on_miss(),
            ranges: self.ranges,
        };
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    /// `t[a, b].c`, or `t[a, b]` before `is [not] missing`.
    pub(crate) fn lookup(
        &mut self,
        table: &TableRef,
        key: &[Expr],
        column: Option<&Name>,
        span: &Range<usize>,
    ) -> (Bound, Ty) {
        let Some((t, filter)) = self.version(table, 0) else { return self.broken(span.clone()) };
        if matches!(table.version, Version::Added | Version::Removed) {
            let name = &table.name.text;
            let message = format!("a row is looked up in `{name}` or in `old({name})`");
            let help =
                format!("ask first whether it is one of them: `x in {}.column`", table.shown());
            let label = "no table to look up in";
            self.problem(&WRONG_ARGUMENTS, span.clone(), message, label, Some(help));
            return self.broken(span.clone());
        }
        let columns = self.catalog.tables[t].key.clone();
        if columns.len() != key.len() {
            self.key_arity(t, key.len(), span);
            return self.broken(span.clone());
        }
        let saved_ranges = std::mem::replace(&mut self.ranges, false);
        let mut bounds = Vec::new();
        for (part, &column) in key.iter().zip(&columns) {
            let (bound, ty) = self.expr(part);
            let wanted = self.column_type(t, column);
            self.unify(ty, wanted, part.span.clone());
            bounds.push(bound);
        }
        self.ranges = saved_ranges;
        if let Some(ty) = column.and_then(|name| self.old_lacks(t, &name.text)) {
            return (Bound { op: Op::Absent, ty: self.settled(ty), span: span.clone() }, ty);
        }
        let (kept, ty) = match column {
            None => (None, Ty::Known(Type::Boolean)),
            Some(name) => match self.column(t, &name.text, name.span.clone()) {
                Some(c) => (Some(c), self.column_type(t, c)),
                None => return self.broken(span.clone()),
            },
        };
        if filter.is_some() {
            return (Bound { op: Op::Absent, ty: self.settled(ty), span: span.clone() }, ty);
        }
        let state = self.states.index(t, &columns, kept.map(|c| (c, self.ranges)));
        let op = Op::Lookup {
            state,
            key: bounds,
            column: kept,
            miss: self.on_miss(),
            ranges: self.ranges,
        };
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    fn key_arity(&mut self, table: usize, given: usize, span: &Range<usize>) {
        let table = &self.catalog.tables[table];
        if table.open && table.key.is_empty() {
            return;
        }
        let key: Vec<&str> = table.key.iter().map(|&c| table.columns[c].name.as_str()).collect();
        let (message, help) = if key.is_empty() {
            (
                format!("`{}` has no key to look up by", table.name),
                format!("add `key = \"…\"` to [data.{}]", table.name),
            )
        } else {
            let message = format!(
                "the key of `{}` has {} column{}, but {given} {} given",
                table.name,
                key.len(),
                if key.len() == 1 { "" } else { "s" },
                if given == 1 { "is" } else { "are" }
            );
            (message, format!("write {}[{}]", table.name, key.join(", ")))
        };
        self.problem(&WRONG_ARGUMENTS, span.clone(), message, "", Some(help));
    }

    /// `x [not] in t.c`.
    pub(crate) fn member(
        &mut self,
        not: bool,
        value: &Expr,
        table: &TableRef,
        column: &Name,
    ) -> Op {
        let (bound, ty) = self.expr(value);
        let Some((t, filter)) = self.version(table, 0) else { return Op::Absent };
        if self.old_lacks(t, &column.text).is_some() {
            return Op::Absent;
        }
        let Some(c) = self.column(t, &column.text, column.span.clone()) else { return Op::Absent };
        let wanted = self.column_type(t, c);
        self.unify(ty, wanted, value.span.clone());
        match filter {
            Some(filter) if filter.op == Op::Absent => return Op::Absent,
            Some(filter) => return self.among((not, bound), (t, filter), c),
            None => {}
        }
        let state = self.states.index(t, &[c], None);
        Op::Member { state, value: Box::new(bound), not }
    }

    /// Tells that a value of this type cannot stand here.
    pub(crate) fn not_here(&mut self, ty: Ty, span: Range<usize>, what: &str) {
        if let Ty::Known(ty) = ty {
            self.problem(
                &crate::expr::bind::TYPE_MISMATCH,
                span,
                format!("{what}, but this is {}", word(ty)),
                word(ty),
                None,
            );
        }
    }
}

/// `parent.parent.region` is one column name; its span.
fn joined(names: &[Name]) -> (String, Range<usize>) {
    let texts: Vec<&str> = names.iter().map(|n| n.text.as_str()).collect();
    let start = names.first().map_or(0, |n| n.span.start);
    let end = names.last().map_or(start, |n| n.span.end);
    (texts.join("."), start..end)
}
