//! Which columns of each table are read, and of tables that engines hold what stays there: for `list --plan`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::api::project::Project;
use crate::api::pushed::{Plan, chosen, plan, tables_of};
use crate::api::reads::Reads;
use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::Check;
use crate::engine::data::table::Table;
use crate::files::engines::Engines;
use crate::report::text::printable;
use crate::shape::Source;
use crate::sql::{Input, push, unread};

/// Which columns are read; where checks are judged whose tables engines hold, and what of these moves.
pub fn words(project: &Project) -> String {
    let (built, engines) = (&project.built, project.book.held());
    let reads = Reads::of(built, &project.allowances);
    let (open, plan) = (engines.still_open(), plan(built, &reads, engines));
    let chosen = chosen(built, &reads.all, engines);
    let mut out = String::new();
    for (number, table) in built.tables.iter().enumerate().filter(|(_, t)| t.is_declared()) {
        let is_left = plan.tables.contains_key(&number);
        let of = table.files.first().filter(|of| is_left || open.contains(&of.file));
        let Some(of) = of else {
            if let Some(line) = columns(number, table, &reads.all) {
                let _ = writeln!(out, "{}", printable(&line));
            }
            continue;
        };
        let wanted = held::wanted(&built.tables, &reads.all, of.file);
        let names = of.reader.head().columns.iter().zip(wanted).filter(|(_, is)| *is);
        let names: Vec<&str> = names.map(|(column, _)| column.name.as_str()).collect();
        let names = names.join(", ");
        let rows = match (is_left, unread(table)) {
            (true, _) => stays(number, &plan, built, &reads, &names),
            (false, _) if chosen.contains_key(&of.file) => {
                format!("moves: the rows that its `where` does not surely leave out, with {names}")
            }
            (false, Some(why)) => format!("moves, since {why}: all of its rows, with {names}"),
            (false, None) => format!("moves: all of its rows, with {names}"),
        };
        let of_table = format!("{} {rows}", table.shown());
        of_table.lines().for_each(|line| out.push_str(&format!("{}\n", printable(line))));
    }
    for (number, check) in built.checks.iter().enumerate().filter(|_| !open.is_empty()) {
        let why = match (plan.checks.contains_key(&number), plan.chosen.contains_key(&number)) {
            (true, _) => "is judged where its tables are".to_string(),
            (false, true) => {
                let why = why(check, built, &plan, engines);
                format!(
                    "is judged here, of the rows that its `where` does not surely leave out{why}"
                )
            }
            (false, false) => format!("is judged here{}", why(check, built, &plan, engines)),
        };
        let _ = writeln!(out, "  {}", printable(&format!("{} {why}", check.id)));
    }
    out
}

/// What moves of a table that stays, a line for each kind of rows.
fn stays(number: usize, plan: &Plan, built: &Compiled, reads: &Reads, names: &str) -> String {
    let name = |column: usize| Some(built.tables.get(number)?.columns.get(column)?.name.as_str());
    let list = |columns: BTreeSet<usize>| {
        let mut names: Vec<&str> = columns.into_iter().filter_map(name).collect();
        names.dedup();
        names.join(", ")
    };
    let mut out = format!(
        "stays where it is; what moves:\n  suspects, and the rows that they are judged by: {names}"
    );
    let of_table =
        |check: &&usize| built.checks.get(**check).and_then(Check::row_table) == Some(number);
    let chosen = plan.chosen.keys().filter(of_table);
    let rows: BTreeSet<usize> =
        chosen.flat_map(|check| plan.with_rows(*check, built, reads)).collect();
    if !rows.is_empty() {
        let _ = write!(out, "\n  rows that checks choose which are judged here: {}", list(rows));
    }
    if let Some(whole) = plan.whole(number, built, reads) {
        let _ = write!(out, "\n  all rows, for checks that are judged here: {}", list(whole));
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
