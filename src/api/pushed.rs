//! Checks whose rows stay where they are: an engine is asked how many rows and groups surely hold, and which are judged
//! here, with the rows that these are judged by.
//!
//! What is judged here of a table that stays moves once: the columns of which all cells are read, and the rows that a
//! condition does not leave out. A table of which nothing would stay is fetched whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::reads::Reads;
use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::{Check, Kind};
use crate::engine::data::table::{Column, Table};
use crate::expr::bind::BoundUnit;
use crate::expr::bound::{Bound, Op, StateDef, StateId, States};
use crate::files::engines::{Engines, Named, Part};
use crate::plan::needs;
use crate::source::FileId;
use crate::sql::dialect::Dialect;
use crate::sql::{self, Input, Suspects, suspects, unread};

/// What stays where it is, before anything is asked.
#[derive(Default)]
pub struct Plan {
    /// Tables with their files.
    pub tables: BTreeMap<usize, FileId>,
    /// What is asked for each check.
    pub checks: BTreeMap<usize, Suspects>,
    /// What is asked of the cells of each table.
    pub cells: BTreeMap<usize, Suspects>,
    /// Checks that are judged here, and what names the rows that their condition does not surely leave out.
    pub chosen: BTreeMap<usize, String>,
    /// Columns, by table and number, of which all cells are looked at here.
    pub sought: BTreeSet<(usize, usize)>,
    /// Tables of which rows move with all of their cells.
    pub entire: BTreeSet<usize>,
    /// The tables that each check reads.
    of_checks: Vec<Vec<usize>>,
    /// The checks that read a table.
    readers: BTreeMap<usize, Vec<usize>>,
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
pub fn plan(built: &Compiled, reads: &Reads, engines: &Engines) -> Plan {
    let mut plan = Plan::default();
    for (number, table) in built.tables.iter().enumerate() {
        let own = table.files.first();
        let is_judged = own.is_some_and(|of| engines.judges(of.file).is_some());
        let is_viewed = built.tables.iter().any(|t| [t.view_of, t.old_of].contains(&Some(number)));
        if let Some(of) = own.filter(|_| is_judged && !is_viewed && unread(table).is_none()) {
            plan.tables.insert(number, of.file);
            if !engines.has_cells(of.file) {
                plan.entire.insert(number);
            }
        }
    }
    if plan.tables.is_empty() {
        return plan;
    }
    plan.of_checks = built.checks.iter().map(|check| tables_of(check, &built.states)).collect();
    for (number, tables) in plan.of_checks.iter().enumerate() {
        tables.iter().for_each(|table| plan.readers.entry(*table).or_default().push(number));
    }
    let texts = |(number, file): (&usize, &FileId)| {
        (*number, engines.as_texts(*file, &named(&built.tables, *number, &reads.all)))
    };
    let from: BTreeMap<usize, String> = plan.tables.iter().map(texts).collect();
    let from = |table: usize| from.get(&table).cloned().unwrap_or_default();
    let input = Input { tables: &built.tables, states: &built.states, from: &from };
    for (number, check) in built.checks.iter().enumerate() {
        if let Some(dialect) = plan.dialect(check, built, engines)
            && let Some(made) = suspects(input, check, &[], dialect)
        {
            plan.checks.insert(number, made);
        } else if let Some(keys) = plan.of_rows(check, input, built, engines) {
            plan.chosen.insert(number, keys);
        }
    }
    for number in plan.tables.keys().copied().collect::<Vec<_>>() {
        plan.ask_cells(number, input, built, engines);
    }
    plan.settle(built, reads);
    plan.leave_out_small(built, reads, &engines.still_open());
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

    /// Asks whether the cells of a table can be read of which no check asks this; where an engine cannot say it of a
    /// column, all of its cells are looked at here.
    fn ask_cells(&mut self, number: usize, input: Input<'_>, built: &Compiled, engines: &Engines) {
        let columns = unasked(number, built);
        let judges = self.tables.get(&number).and_then(|file| engines.judges(*file));
        let Some((_, dialect)) = judges.filter(|_| !columns.is_empty()) else { return };
        let check = over_rows(built, number, None);
        let asked = |columns: &[usize]| suspects(input, check.as_ref()?, columns, dialect);
        let (sure, others): (Vec<usize>, Vec<usize>) =
            columns.into_iter().partition(|column| asked(&[*column]).is_some());
        self.sought.extend(others.into_iter().map(|column| (number, column)));
        match asked(&sure).filter(|_| !sure.is_empty()) {
            Some(cells) => {
                self.cells.insert(number, cells);
            }
            None => self.sought.extend(sure.into_iter().map(|column| (number, column))),
        }
    }

    /// What names the rows of a check that is judged here, where it goes by a condition and looks at no
    /// other rows.
    fn of_rows(
        &self,
        check: &Check,
        input: Input<'_>,
        built: &Compiled,
        engines: &Engines,
    ) -> Option<String> {
        let table = check.row_table()?;
        let filter = check.filter.as_ref()?;
        let (_, dialect) = engines.judges(*self.tables.get(&table)?)?;
        let is_unique = check.asserts.iter().any(|a| matches!(a.kind, Kind::Unique { .. }));
        let is_alone = needs([filter]).is_empty()
            && !of_states(check, &built.states).contains(&table)
            && !is_unique;
        if is_alone { sql::chosen(input, check, dialect) } else { None }
    }

    /// Leaves out tables that are here as a whole, and that no check reads together with one that is not.
    fn leave_out_small(&mut self, built: &Compiled, reads: &Reads, open: &[FileId]) {
        let large = self.tables.iter().filter(|(_, file)| open.contains(file));
        let mut reached: BTreeSet<usize> = large.map(|(table, _)| *table).collect();
        let of_checks: Vec<&Vec<usize>> =
            self.checks.keys().filter_map(|number| self.of_checks.get(*number)).collect();
        loop {
            let before = reached.len();
            for own in &of_checks {
                if own.iter().any(|table| reached.contains(table)) {
                    reached.extend(own.iter());
                }
            }
            if before == reached.len() {
                break;
            }
        }
        self.tables.retain(|table, _| reached.contains(table));
        self.settle(built, reads);
    }

    /// Leaves out checks that read a table which is fetched whole, and tables of which nothing would stay.
    pub fn settle(&mut self, built: &Compiled, reads: &Reads) {
        loop {
            let before = (self.tables.len(), self.checks.len());
            let is_there = |number: &usize| {
                let mut own = self.of_checks.get(*number).into_iter().flatten();
                own.all(|table| self.tables.contains_key(table))
            };
            let checks: BTreeSet<usize> = self.checks.keys().copied().filter(is_there).collect();
            self.checks.retain(|number, _| checks.contains(number));
            let stays = |number: &usize| match self.whole(*number, built, reads) {
                Some(whole) => {
                    let all = wanted(*number, built, reads);
                    !self.entire.contains(number) && !all.is_subset(&whole)
                }
                None => true,
            };
            let tables: BTreeSet<usize> = self.tables.keys().copied().filter(stays).collect();
            self.tables.retain(|number, _| tables.contains(number));
            let is_there = |number: usize| {
                let table = built.checks.get(number).and_then(Check::row_table);
                table.is_some_and(|table| tables.contains(&table))
            };
            self.chosen.retain(|number, _| is_there(*number));
            if before == (self.tables.len(), self.checks.len()) {
                return;
            }
        }
    }

    /// The columns of a table of which all cells move, since checks that are judged here read them of all rows; none
    /// where there are no such checks.
    pub fn whole(&self, number: usize, built: &Compiled, reads: &Reads) -> Option<BTreeSet<usize>> {
        let is_read = |n: &&usize| {
            let table = built.checks.get(**n).and_then(Check::row_table);
            let is_chosen = self.chosen.contains_key(*n) && table == Some(number);
            !self.checks.contains_key(*n) && !is_chosen
        };
        let readers = self.readers.get(&number).into_iter().flatten().filter(is_read);
        let of_checks: Vec<_> = readers.filter_map(|n| reads.by_check.get(*n)).collect();
        let is_sought = own(number, &self.sought).next().is_some();
        if of_checks.is_empty() && !is_sought {
            return None;
        }
        let mut all = beside(number, built, reads);
        all.extend(of_checks.into_iter().flat_map(|columns| own(number, columns)));
        all.extend(own(number, &self.sought));
        Some(all)
    }

    /// The columns that move with the rows that the condition of a check chooses.
    pub fn with_rows(&self, check: usize, built: &Compiled, reads: &Reads) -> BTreeSet<usize> {
        let table = built.checks.get(check).and_then(Check::row_table).unwrap_or_default();
        let mut all = beside(table, built, reads);
        all.extend(reads.by_check.get(check).into_iter().flat_map(|columns| own(table, columns)));
        all
    }
}

/// The columns of a table among some.
fn own(number: usize, columns: &BTreeSet<(usize, usize)>) -> impl Iterator<Item = usize> {
    columns.range((number, 0)..(number + 1, 0)).map(|column| column.1)
}

/// The columns of a table that move with each row that does: those of its key, those by which allowances choose, and
/// those that are read of other rows than the one which is judged.
fn beside(number: usize, built: &Compiled, reads: &Reads) -> BTreeSet<usize> {
    let key = built.tables.get(number).map_or(&[][..], |table| &table.key);
    let of_others = own(number, &reads.of_other_rows);
    of_others.chain(own(number, &reads.of_allowances)).chain(key.iter().copied()).collect()
}

/// The columns of a table that move where it is fetched whole.
fn wanted(number: usize, built: &Compiled, reads: &Reads) -> BTreeSet<usize> {
    let mut all = beside(number, built, reads);
    all.extend(own(number, &reads.all));
    let columns = built.tables.get(number).map_or(&[][..], |table| &table.columns);
    let reported = columns.iter().enumerate().filter(|(_, info)| info.reports_unreadable);
    all.extend(reported.map(|(column, _)| column));
    all
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
        if !open.contains(&file) || readers.count() > 1 {
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
        Some((file, Part { key, others: vec![Named { keys, columns: None }], ..Part::default() }))
    };
    built.tables.iter().enumerate().filter_map(of_table).collect()
}

/// The places of the columns of a table's key.
pub fn key(tables: &[Table], number: usize) -> Vec<usize> {
    let Some(table) = tables.get(number) else { return Vec::new() };
    places(table, table.key.iter().copied()).collect()
}

/// The places of columns in the file of their table.
pub fn places(table: &Table, columns: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
    let of = table.files.first();
    columns.filter_map(move |column| of?.layout.own(table.layout.field_of(0, column)?))
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
    let mut tables = of_states(check, states);
    tables.extend(check.units.iter().map(|unit| unit.table));
    tables.into_iter().collect()
}

/// The tables of whose rows a check reads groups, neighbours or others.
fn of_states(check: &Check, states: &States) -> BTreeSet<usize> {
    let mut tables = BTreeSet::new();
    let mut open: Vec<StateId> = needs(check.expressions());
    open.extend(check.units.iter().filter_map(|unit| unit.groups));
    let mut seen = BTreeSet::new();
    while let Some(state) = open.pop() {
        let Some(def) = states.all.get(state).filter(|_| seen.insert(state)) else { continue };
        tables.insert(StateDef::table(def));
        open.extend(needs(def.reads()));
    }
    tables
}
