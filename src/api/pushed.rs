//! Checks whose rows stay where they are: an engine is asked how many rows and groups surely hold, and which are judged
//! here, with the rows that these are judged by.
//!
//! A table stays where it is if all checks that read it can be asked there; else its columns are fetched whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::Check;
use crate::engine::data::table::{Column, Table};
use crate::expr::bind::BoundUnit;
use crate::expr::bound::{Bound, Op, StateDef, StateId, States};
use crate::files::engines::{Engines, Part};
use crate::plan::needs;
use crate::source::FileId;
use crate::sql::dialect::Dialect;
use crate::sql::{self, Input, Suspects, suspects, unread};
use crate::value::Type;

/// What stays where it is, before anything is asked.
pub struct Plan {
    /// Tables with their files.
    pub tables: BTreeMap<usize, FileId>,
    /// What is asked for each check.
    pub checks: BTreeMap<usize, Suspects>,
    /// What is asked of the cells of each table.
    pub cells: BTreeMap<usize, Suspects>,
}

/// The columns of a table that are wanted, by their places in its file, and their names.
pub fn named(
    tables: &[Table],
    number: usize,
    read: &BTreeSet<(usize, usize)>,
) -> Vec<(usize, String)> {
    let Some((table, of)) = tables.get(number).and_then(|t| Some((t, t.files.first()?))) else {
        return Vec::new();
    };
    let wanted = held::wanted(tables, read, of.file);
    let columns = table.columns.iter().enumerate().filter(|(_, info)| info.rounded.is_none());
    let column = |(at, info): (usize, &Column)| {
        let field = of.layout.own(table.layout.field_of(0, at)?)?;
        wanted.get(field).copied().unwrap_or(true).then(|| (field, info.name.clone()))
    };
    columns.filter_map(column).collect()
}

/// What can stay where it is.
pub fn plan(built: &Compiled, read: &BTreeSet<(usize, usize)>, engines: &Engines) -> Plan {
    let open = engines.still_open();
    let mut plan =
        Plan { tables: BTreeMap::new(), checks: BTreeMap::new(), cells: BTreeMap::new() };
    for (number, table) in built.tables.iter().enumerate() {
        let own = table.files.first();
        let is_judged = own.is_some_and(|of| engines.judges(of.file).is_some());
        let is_viewed = built.tables.iter().any(|t| [t.view_of, t.old_of].contains(&Some(number)));
        let is_asked = unread(table).is_none() && !has_percents(table, number, read);
        if let Some(of) = own.filter(|_| is_judged && !is_viewed && is_asked) {
            plan.tables.insert(number, of.file);
        }
    }
    if plan.tables.is_empty() {
        return plan;
    }
    let from: BTreeMap<usize, String> = plan
        .tables
        .iter()
        .map(|(number, file)| {
            (*number, engines.as_texts(*file, &named(&built.tables, *number, read)))
        })
        .collect();
    let from = |table: usize| from.get(&table).cloned().unwrap_or_default();
    let input = Input { tables: &built.tables, states: &built.states, from: &from };
    for (number, check) in built.checks.iter().enumerate() {
        if let Some(dialect) = plan.dialect(check, built, engines)
            && let Some(made) = suspects(input, check, &[], dialect)
        {
            plan.checks.insert(number, made);
        }
    }
    for number in plan.tables.keys().copied().collect::<Vec<_>>() {
        let columns = unasked(number, built);
        if columns.is_empty() {
            continue;
        }
        if let Some(cells) = plan.of_cells(number, &columns, input, built, engines) {
            plan.cells.insert(number, cells);
        } else {
            plan.tables.remove(&number);
        }
    }
    plan.settle(built);
    plan.leave_out_small(built, &open);
    plan
}

impl Plan {
    /// How the statements of a check are spelt: all of its tables are in one source.
    fn dialect(
        &self,
        check: &Check,
        built: &Compiled,
        engines: &Engines,
    ) -> Option<&'static Dialect> {
        let tables = tables_of(check, &built.states);
        let mut all = BTreeSet::new();
        let mut dialect = None;
        for table in &tables {
            let (source, own) = engines.judges(*self.tables.get(table)?)?;
            all.insert(source.to_string());
            dialect = Some(own);
        }
        let is_written = |b: &Bound| {
            let mut found = false;
            b.walk(&mut |b| found |= matches!(b.op, Op::Written { .. }));
            found
        };
        let is_one = all.len() == 1 && !check.compares && !check.expressions().any(is_written);
        dialect.filter(|_| is_one)
    }

    /// What is asked of some columns of a table, whose cells must be readable.
    fn of_cells(
        &self,
        number: usize,
        columns: &[usize],
        input: Input<'_>,
        built: &Compiled,
        engines: &Engines,
    ) -> Option<Suspects> {
        let (_, dialect) = engines.judges(*self.tables.get(&number)?)?;
        let check = over_rows(built, number, None)?;
        suspects(input, &check, columns, dialect)
    }

    /// Leaves out tables that are here as a whole, and that no check reads together with one that is not.
    fn leave_out_small(&mut self, built: &Compiled, open: &[FileId]) {
        let large = self.tables.iter().filter(|(_, file)| open.contains(file));
        let mut reached: BTreeSet<usize> = large.map(|(table, _)| *table).collect();
        let of_checks: Vec<Vec<usize>> = self
            .checks
            .keys()
            .filter_map(|number| Some(tables_of(built.checks.get(*number)?, &built.states)))
            .collect();
        loop {
            let before = reached.len();
            for own in &of_checks {
                if own.iter().any(|table| reached.contains(table)) {
                    reached.extend(own);
                }
            }
            if before == reached.len() {
                break;
            }
        }
        self.tables.retain(|table, _| reached.contains(table));
        self.settle(built);
    }

    /// Leaves out checks that read a table which is fetched, and tables that such a check reads.
    pub fn settle(&mut self, built: &Compiled) {
        loop {
            let before = (self.tables.len(), self.checks.len());
            let Plan { tables, checks, .. } = self;
            for (number, check) in built.checks.iter().enumerate() {
                let own = tables_of(check, &built.states);
                if own.iter().any(|table| !tables.contains_key(table)) {
                    checks.remove(&number);
                }
                if !checks.contains_key(&number) {
                    tables.retain(|table, _| !own.contains(table));
                }
            }
            if before == (self.tables.len(), self.checks.len()) {
                return;
            }
        }
    }
}

/// Whether a column of percents is read: their signs are those of a whole column.
fn has_percents(table: &Table, number: usize, read: &BTreeSet<(usize, usize)>) -> bool {
    let is_read = |(at, column): (usize, &Column)| {
        read.contains(&(number, at)) && column.reading.ty == Type::Percent
    };
    table.columns.iter().enumerate().any(is_read)
}

/// A check of each row of a table that a condition chooses, and that asks nothing.
fn over_rows(built: &Compiled, number: usize, filter: Option<Bound>) -> Option<Check> {
    let name = built.tables.get(number)?.name.clone();
    let unit = BoundUnit { name, table: number, groups: None, keys: Vec::new() };
    let like = built.checks.iter().find(|check| check.row_table() == Some(number))?;
    let (asserts, choices) = (Vec::new(), Vec::new());
    Some(Check { units: vec![unit], filter, asserts, choices, typed: None, ..like.clone() })
}

/// Of tables that are fetched the rows that the `where` of the table does not surely leave out; crossfoot then says
/// which of these it chooses.
pub fn chosen(
    built: &Compiled,
    read: &BTreeSet<(usize, usize)>,
    engines: &Engines,
) -> BTreeMap<FileId, Part> {
    let open = engines.still_open();
    let of_table = |(number, table): (usize, &Table)| {
        let filter = table.filter.as_ref().filter(|filter| !filter.by_row)?;
        let file = table.files.first()?.file;
        let readers = built.tables.iter().filter(|t| t.files.iter().any(|of| of.file == file));
        if !open.contains(&file) || readers.count() > 1 || has_percents(table, number, read) {
            return None;
        }
        let (_, dialect) = engines.judges(file)?;
        let mut tables = built.tables.clone();
        let own = tables.get_mut(number)?;
        (own.filter, own.layout.is_filtered) = (None, false);
        let from = |_: usize| engines.as_texts(file, &named(&built.tables, number, read));
        let input = Input { tables: &tables, states: &built.states, from: &from };
        let check = over_rows(built, number, Some(filter.condition.clone()))?;
        let keys = sql::chosen(input, &check, dialect)?;
        let key = key(&built.tables, number);
        Some((file, Part { key, others: vec![keys], ..Part::default() }))
    };
    built.tables.iter().enumerate().filter_map(of_table).collect()
}

/// The places of the columns of a table's key.
pub fn key(tables: &[Table], number: usize) -> Vec<usize> {
    let Some((table, of)) = tables.get(number).and_then(|t| Some((t, t.files.first()?))) else {
        return Vec::new();
    };
    let place = |column: &usize| of.layout.own(table.layout.field_of(0, *column)?);
    table.key.iter().filter_map(place).collect()
}

/// The columns of a table whose cells must be readable, less those that a check asks for this in all rows: it stays
/// in the plan as long as its table does.
fn unasked(number: usize, built: &Compiled) -> Vec<usize> {
    let of_all_rows = |check: &&Check| check.row_table() == Some(number) && check.filter.is_none();
    let asked: BTreeSet<usize> =
        built.checks.iter().filter(of_all_rows).filter_map(|check| check.typed).collect();
    let columns =
        built.tables.get(number).into_iter().flat_map(|table| table.columns.iter().enumerate());
    let open = columns.filter(|(at, info)| info.reports_unreadable && !asked.contains(at));
    open.map(|(at, _)| at).collect()
}

/// The tables that a check reads.
pub fn tables_of(check: &Check, states: &States) -> Vec<usize> {
    let mut tables: BTreeSet<usize> = check.units.iter().map(|unit| unit.table).collect();
    let mut open: Vec<StateId> = needs(check.expressions());
    open.extend(check.units.iter().filter_map(|unit| unit.groups));
    let mut seen = BTreeSet::new();
    while let Some(state) = open.pop() {
        let Some(def) = states.all.get(state).filter(|_| seen.insert(state)) else { continue };
        tables.insert(StateDef::table(def));
        open.extend(needs(def.reads()));
    }
    tables.into_iter().collect()
}
