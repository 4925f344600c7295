//! Which columns of each table are read, and of tables that engines hold what stays there: for `list --plan`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::api::project::Project;
use crate::api::pushed::{Plan, chosen, plan, tables_of};
use crate::api::reads::columns_with;
use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::Check;
use crate::engine::data::table::{Column, Table};
use crate::files::engines::Engines;
use crate::report::text::printable;
use crate::shape::Source;
use crate::sql::{Input, push, unread};
use crate::value::Type;

/// Which columns are read; where checks are judged whose tables engines hold, and what of these moves.
pub fn words(project: &Project) -> String {
    let (built, engines) = (&project.built, project.book.held());
    let read = columns_with(built, &project.allowances);
    let (open, plan) = (engines.still_open(), plan(built, &read, engines));
    let chosen = chosen(built, &read, engines);
    let mut out = String::new();
    for (number, table) in built.tables.iter().enumerate().filter(|(_, t)| t.is_declared()) {
        let is_left = plan.tables.contains_key(&number);
        let of = table.files.first().filter(|of| is_left || open.contains(&of.file));
        let Some(of) = of else {
            if let Some(line) = columns(number, table, &read) {
                let _ = writeln!(out, "{}", printable(&line));
            }
            continue;
        };
        let wanted = held::wanted(&built.tables, &read, of.file);
        let names = of.reader.head().columns.iter().zip(wanted).filter(|(_, is)| *is);
        let names: Vec<&str> = names.map(|(column, _)| column.name.as_str()).collect();
        let rows = match (is_left, refused(number, table, &read)) {
            (true, _) => {
                "stays where it is: rows move that are judged here, and those that they are judged by"
                    .to_string()
            }
            (false, _) if chosen.contains_key(&of.file) => {
                "moves: the rows that its `where` does not surely leave out".to_string()
            }
            (false, Some(why)) => format!("moves, since {why}: all of its rows"),
            (false, None) => "moves: all of its rows".to_string(),
        };
        let line = format!("{} {rows}, with {}", table.shown(), names.join(", "));
        let _ = writeln!(out, "{}", printable(&line));
    }
    for (number, check) in built.checks.iter().enumerate().filter(|_| !open.is_empty()) {
        let why = match plan.checks.contains_key(&number) {
            true => "is judged where its tables are".to_string(),
            false => format!("is judged here{}", why(check, built, &plan, engines)),
        };
        let _ = writeln!(out, "  {}", printable(&format!("{} {why}", check.id)));
    }
    out
}

/// Which columns of a table a check, a contract, the key, a message or an allowance reads; nothing where it has none.
fn columns(number: usize, table: &Table, read: &BTreeSet<(usize, usize)>) -> Option<String> {
    let own = table.columns.iter().zip(&table.layout.sources).enumerate();
    let own = own.filter(|(_, (column, source))| {
        column.rounded.is_none() && !column.absent && !matches!(source, Source::Marks(_))
    });
    let (mut all, mut others) = (Vec::new(), Vec::new());
    for (at, (column, _)) in own {
        let is_read = read.contains(&(number, at)) || table.key.contains(&at);
        let list = if is_read || column.reports_unreadable { &mut all } else { &mut others };
        list.push(column.name.as_str());
    }
    let (shown, all, others) = (table.shown(), all.join(", "), others.join(", "));
    match (all.as_str(), others.as_str()) {
        ("", "") => None,
        ("", _) => Some(format!("{shown}: no column is read: {others}")),
        (_, "") => Some(format!("{shown}: all columns are read: {all}")),
        _ => Some(format!("{shown}: columns that are read: {all}; not read: {others}")),
    }
}

/// What of a table itself keeps it from being asked where it is.
fn refused(number: usize, table: &Table, read: &BTreeSet<(usize, usize)>) -> Option<String> {
    let percent =
        table.columns.iter().enumerate().find(|(at, column)| {
            read.contains(&(number, *at)) && column.reading.ty == Type::Percent
        });
    let signs = |(_, column): (usize, &Column)| {
        let name = &column.name;
        format!("whether the percent signs of `{name}` agree is no question about a row")
    };
    unread(table).map(str::to_string).or_else(|| percent.map(signs))
}

/// Why a check is judged here.
fn why(check: &Check, built: &Compiled, plan: &Plan, engines: &Engines) -> String {
    let files = check.units.iter().filter_map(|unit| built.tables.get(unit.table)?.files.first());
    let dialect = files.filter_map(|of| engines.judges(of.file)).map(|judges| judges.1).next();
    let Some(dialect) = dialect else { return String::new() };
    let from = |_: usize| String::new();
    let input = Input { tables: &built.tables, states: &built.states, from: &from };
    if let Some(kept) = push(input, check, dialect).kept.first() {
        return format!(": {}", kept.why);
    }
    let moved = tables_of(check, &built.states).into_iter();
    let moved = moved.filter(|table| !plan.tables.contains_key(table));
    let names: Vec<String> = moved.filter_map(|t| Some(built.tables.get(t)?.shown())).collect();
    format!(": {} moves", names.join(", "))
}
