//! What of the tables that engines hold stays there, and what moves: for `list --plan`.

use std::fmt::Write as _;

use crate::api::project::Project;
use crate::api::pushed::{Plan, plan, tables_of};
use crate::api::reads::columns_with;
use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::Check;
use crate::files::engines::Engines;
use crate::report::text::printable;
use crate::sql::{Input, push};

/// Where checks are judged whose tables engines hold, and what moves; nothing where none is left there.
pub fn words(project: &Project) -> String {
    let (built, engines) = (&project.built, project.book.held());
    let read = columns_with(built, &project.allowances);
    let (open, plan) = (engines.still_open(), plan(built, &read, engines));
    let mut out = String::new();
    for (number, table) in built.tables.iter().enumerate().filter(|(_, t)| t.is_declared()) {
        let is_left = plan.tables.contains_key(&number);
        let of = table.files.first().filter(|of| is_left || open.contains(&of.file));
        let Some(of) = of else { continue };
        let wanted = held::wanted(&built.tables, &read, of.file);
        let names = of.reader.head().columns.iter().zip(wanted).filter(|(_, is)| *is);
        let names: Vec<&str> = names.map(|(column, _)| column.name.as_str()).collect();
        let rows = match is_left {
            true => {
                "stays where it is: rows move that are judged here, and those that they are judged by"
            }
            false => "moves: all of its rows",
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
