//! What of a project would be sent to a database, in its dialect.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::api::project::Project;
use crate::report::text::printable;
use crate::sql::dialect::{DIALECTS, Dialect, find};
use crate::sql::quote::comment;
use crate::sql::{Input, Kept, Pushed, push};

/// The names of the dialects.
pub fn dialects() -> Vec<&'static str> {
    DIALECTS.iter().map(|d| d.name).collect()
}

/// The statement of each check, and what is not sent and why; nothing of a dialect that is not known.
pub fn sql(project: &Project, dialect: &str) -> String {
    let Some(dialect) = find(dialect) else { return String::new() };
    let mut out = comment(&format!(
        "Statements for {}. Each names suspects by key; crossfoot judges them.",
        dialect.name
    ));
    if let Some(remark) = dialect.remark {
        out += &comment(remark);
    }
    for pushed in pushed(project, dialect) {
        let _ = write!(out, "\n{}", comment(&format!("check {}", pushed.check)));
        for demand in &pushed.demands {
            out += &comment(&format!("  {demand}"));
        }
        for kept in &pushed.kept {
            out += &comment(&format!("  judged by crossfoot: {}", words(kept)));
        }
        if let Some(sql) = &pushed.sql {
            let _ = writeln!(out, "{sql}");
        }
    }
    out
}

/// Where each check runs, where its tables are in a database.
pub fn where_it_runs(project: &Project, dialect: &str) -> String {
    let Some(dialect) = find(dialect) else { return String::new() };
    let mut out = String::new();
    for pushed in pushed(project, dialect) {
        let _ = writeln!(out, "{}", printable(&where_one_runs(&pushed)));
        let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (table, columns) in pushed.kept.iter().flat_map(|k| &k.columns) {
            let all = tables.entry(table).or_default();
            all.extend(columns.iter().map(String::as_str));
            all.sort_unstable();
            all.dedup();
        }
        for (table, columns) in tables {
            let line = format!("  every row of `{table}` moves: {}", columns.join(", "));
            let _ = writeln!(out, "{}", printable(&line));
        }
    }
    out
}

fn where_one_runs(pushed: &Pushed) -> String {
    let suspects = "in the database; its suspects move";
    match (&pushed.sql, pushed.kept.len()) {
        (Some(_), 0) => format!("{}: {suspects}", pushed.check),
        (Some(_), kept) => {
            format!(
                "{}: {} of {} demands {suspects}",
                pushed.check,
                pushed.demands.len(),
                pushed.demands.len() + kept
            )
        }
        (None, _) => format!("{}: by crossfoot", pushed.check),
    }
}

fn pushed(project: &Project, dialect: &'static Dialect) -> Vec<Pushed> {
    let built = &project.built;
    let name = |table: usize| {
        built.tables.get(table).map_or_else(String::new, |t| dialect.quoted(&t.name))
    };
    let input = Input { tables: &built.tables, states: &built.states, from: &name };
    built.checks.iter().map(|check| push(input, check, dialect)).collect()
}

fn words(kept: &Kept) -> String {
    let moved: Vec<String> = kept
        .columns
        .iter()
        .map(|(table, columns)| format!("{table} ({})", columns.join(", ")))
        .collect();
    let moved =
        if moved.is_empty() { String::new() } else { format!("; fetches {}", moved.join(", ")) };
    format!("{}: {}{moved}", kept.demand, kept.why)
}
