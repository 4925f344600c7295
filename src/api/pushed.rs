//! Checks whose rows stay where they are: an engine says how many rows and groups surely hold, and names those that
//! are judged here, with the rows that these are judged by.
//!
//! A table stays where it is if all checks that read it can be asked there; else its columns are fetched whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::{Check, Elsewhere};
use crate::engine::data::table::{Column, Table};
use crate::expr::bind::BoundUnit;
use crate::expr::bound::{Bound, Op, StateDef, StateId, States};
use crate::files::engines::{Engines, Part};
use crate::files::sources::Sources;
use crate::plan::needs;
use crate::report::Tally;
use crate::source::{FileId, Problem};
use crate::sql::dialect::{Dialect, say};
use crate::sql::{Input, Suspects, suspects};
use crate::value::Type;

/// Fetches the rows that engines hold, as far as they are judged here: the columns that are `read`, by table and
/// number.
pub fn fetch(
    built: &mut Compiled,
    read: &BTreeSet<(usize, usize)>,
    book: &mut Sources,
) -> Vec<Problem> {
    let asked = match ask(built, read, book) {
        Ok(asked) => asked,
        Err(problem) => {
            book.engines().close();
            return vec![problem];
        }
    };
    let (marks, problems) = held::fetch(&mut built.tables, read, &asked.parts(), book);
    for (number, of_check) in asked.checks {
        let marks = of_check.judged.and_then(|(file, at)| marks.get(&file)?.get(at).cloned());
        let elsewhere = Elsewhere {
            left: marks.unwrap_or_default(),
            is_left: of_check.suspects > 0,
            tally: of_check.tally,
        };
        if let Some(check) = built.checks.get_mut(number) {
            check.elsewhere = Some(elsewhere);
        }
    }
    for (number, table) in asked.tables {
        if let Some(info) = built.tables.get_mut(number) {
            info.elsewhere = Some(table.rows);
        }
    }
    problems
}

/// What engines have answered.
#[derive(Default)]
struct Answers {
    /// Tables that stay where they are.
    tables: BTreeMap<usize, TableLeft>,
    /// Checks that were judged there.
    checks: BTreeMap<usize, CheckLeft>,
}

/// A table that stays where it is.
struct TableLeft {
    file: FileId,
    rows: u64,
    part: Part,
}

/// A check that was judged there.
struct CheckLeft {
    suspects: u64,
    tally: Tally,
    /// The rows that are judged here: their file, and which of its marks they have.
    judged: Option<(FileId, usize)>,
}

impl Answers {
    fn parts(&self) -> BTreeMap<FileId, Part> {
        self.tables.values().map(|table| (table.file, table.part.clone())).collect()
    }
}

/// What stays where it is, before anything is asked.
pub struct Plan {
    /// Tables with their files.
    pub tables: BTreeMap<usize, FileId>,
    /// What is asked for each check.
    pub checks: BTreeMap<usize, Suspects>,
    /// What is asked of the cells of each table.
    cells: BTreeMap<usize, Suspects>,
}

/// Asks engines for counts, and keeps what names suspects.
fn ask(
    built: &Compiled,
    read: &BTreeSet<(usize, usize)>,
    book: &mut Sources,
) -> Result<Answers, Problem> {
    let mut plan = plan(built, read, book.held());
    let mut counted = BTreeMap::new();
    for (number, file) in plan.tables.clone() {
        let Some(table) = built.tables.get(number) else { continue };
        let (rows, has_all) = count(built, (number, table), file, read, book)?;
        counted.insert(number, rows);
        if !has_all {
            plan.tables.remove(&number);
        }
    }
    plan.settle(built);
    let mut answers = Answers::default();
    for (number, file) in &plan.tables {
        let rows = counted.get(number).copied().unwrap_or_default();
        let part = Part { key: key(&built.tables, *number), ..Part::default() };
        answers.tables.insert(*number, TableLeft { file: *file, rows, part });
    }
    for (number, suspects) in plan.cells {
        let Some(file) = plan.tables.get(&number) else { continue };
        let counts = book.engines().numbers(*file, &suspects.counts)?;
        if counts.first().is_some_and(|suspects| *suspects > 0) {
            answers.take(suspects, false);
        }
    }
    for (number, suspects) in plan.checks {
        let Some(check) = built.checks.get(number) else { continue };
        let Some(file) = tables_of(check, &built.states).first().and_then(|t| plan.tables.get(t))
        else {
            continue;
        };
        let counts = book.engines().numbers(*file, &suspects.counts)?;
        let (suspected, tally) = tally(check, &counts);
        let judged = if suspected > 0 { answers.take(suspects, true) } else { None };
        answers.checks.insert(number, CheckLeft { suspects: suspected, tally, judged });
    }
    Ok(answers)
}

impl Answers {
    /// Has the rows of suspects fetched; where those are that are judged.
    fn take(&mut self, suspects: Suspects, is_check: bool) -> Option<(FileId, usize)> {
        let mut judged = None;
        for rows in suspects.rows {
            let Some(table) = self.tables.get_mut(&rows.table) else { continue };
            if rows.is_judged && is_check {
                judged = Some((table.file, table.part.marked.len()));
                table.part.marked.push(rows.keys);
            } else {
                table.part.others.push(rows.keys);
            }
        }
        judged
    }
}

/// How many suspects a check has, and what came of all others.
fn tally(check: &Check, counts: &[u64]) -> (u64, Tally) {
    let (suspects, cases) = match counts {
        [suspects, cases, ..] => (*suspects, *cases),
        _ => (0, 0),
    };
    let mut tally = Tally { cases, ..Tally::default() };
    for pair in counts.get(2..).unwrap_or_default().chunks(2) {
        if let [not_applicable, held] = pair {
            tally.not_applicable += not_applicable;
            tally.held += held;
        }
    }
    if check.typed.is_some() {
        tally.held += cases;
    }
    (suspects, tally)
}

/// How many rows a table has, and whether each text that a condition compares with one of its columns stands
/// there: where one does not, other values are looked at.
fn count(
    built: &Compiled,
    (number, table): (usize, &Table),
    file: FileId,
    read: &BTreeSet<(usize, usize)>,
    book: &mut Sources,
) -> Result<(u64, bool), Problem> {
    let Some((_, dialect)) = book.held().judges(file) else { return Ok((0, false)) };
    let from = book.held().as_texts(file, &named(&built.tables, number, read));
    let choices = built.checks.iter().flat_map(|check| &check.choices);
    let of_table = choices.filter(|choice| choice.table == number);
    let texts =
        of_table.flat_map(|choice| choice.texts.iter().map(|(text, _)| (choice.column, text)));
    let texts: BTreeSet<(usize, &String)> = texts.collect();
    let test = |(n, (column, text)): (usize, &(usize, &String))| {
        let name = table.columns.get(*column).map_or("", |info| info.name.as_str());
        let own = say(dialect.text, &[&dialect.quoted(name)]);
        let when = format!("case when {own} = {} then 1 else 0 end", dialect.literal(text));
        format!(", cast(coalesce(max({when}), 0) as bigint) as n{}", n + 1)
    };
    let tests: String = texts.iter().enumerate().map(test).collect();
    let sql = format!("select cast(count(*) as bigint) as n0{tests} from {from}");
    let counts = book.engines().numbers(file, &sql)?;
    let rows = counts.first().copied().unwrap_or_default();
    Ok((rows, counts.iter().skip(1).all(|met| *met > 0)))
}

/// The columns of a table that are wanted, by their places in its file, and their names.
fn named(tables: &[Table], number: usize, read: &BTreeSet<(usize, usize)>) -> Vec<(usize, String)> {
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

/// The places of the columns of a table's key.
fn key(tables: &[Table], number: usize) -> Vec<usize> {
    let Some((table, of)) = tables.get(number).and_then(|t| Some((t, t.files.first()?))) else {
        return Vec::new();
    };
    let place = |column: &usize| of.layout.own(table.layout.field_of(0, *column)?);
    table.key.iter().filter_map(place).collect()
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
        // Signs of percents are those of a whole column.
        let is_percent = |at: usize| {
            read.contains(&(number, at))
                && table.columns.get(at).is_some_and(|c| c.reading.ty == Type::Percent)
        };
        let has_percents = (0..table.columns.len()).any(is_percent);
        if let Some(of) = own.filter(|_| is_judged && !is_viewed && !has_percents) {
            plan.tables.insert(number, of.file);
        }
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
        if let Some(cells) = plan.of_cells(number, input, built, engines) {
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

    /// What is asked of the cells of a table that must be readable.
    fn of_cells(
        &self,
        number: usize,
        input: Input<'_>,
        built: &Compiled,
        engines: &Engines,
    ) -> Option<Suspects> {
        let table = built.tables.get(number)?;
        let (_, dialect) = engines.judges(*self.tables.get(&number)?)?;
        let like = built.checks.iter().find(|check| check.row_table() == Some(number))?;
        let columns = table.columns.iter().enumerate().filter(|(_, c)| c.reports_unreadable);
        let columns: Vec<usize> = columns.map(|(at, _)| at).collect();
        let unit =
            BoundUnit { name: table.name.clone(), table: number, groups: None, keys: Vec::new() };
        let check = Check {
            units: vec![unit],
            filter: None,
            asserts: Vec::new(),
            choices: Vec::new(),
            typed: None,
            ..like.clone()
        };
        suspects(input, &check, &columns, dialect)
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
    fn settle(&mut self, built: &Compiled) {
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
