//! Names of tables and columns in rules, looked up in what the data have.

use std::borrow::Cow;

use crate::expr::bind::{AMBIGUOUS_NAME, UNKNOWN_COLUMN, UNKNOWN_TABLE};
use crate::expr::catalog::{self, Catalog};
use crate::read::csv::faults::PADDED_COLUMN_NAME;
use crate::read::frame::BETWEEN_NAMES;
use crate::read::note::BLANK_COLUMN_NAME;
use crate::read::note::Note;
use crate::read::reader::Head;
use crate::rules::{TableRule, Trim};
use crate::source::{FileId, Problem, Span, did_you_mean, meant};

/// A column that a table does not have.
pub fn no_column(table: &catalog::Table, name: &str, file: FileId, span: Span) -> Problem {
    let help = did_you_mean(name, table.column_names()).map_or_else(
        || {
            format!(
                "its columns are {}",
                table.column_names().take(12).collect::<Vec<_>>().join(", ")
            )
        },
        |n| meant(name, n),
    );
    Problem::new(
        &UNKNOWN_COLUMN,
        file,
        span,
        format!("there is no column `{name}` in `{}`", table.name),
    )
    .label("no such column")
    .help(help)
}

/// A name that several columns have.
pub fn repeated(table: &catalog::Table, name: &str, file: FileId, span: Span) -> Option<Problem> {
    let (message, help) = table.repeated(name)?;
    let problem = Problem::new(&AMBIGUOUS_NAME, file, span, message);
    Some(problem.label("which of them?").help(help))
}

/// A table that no rule declares.
pub fn no_table<'n>(
    table: &str,
    known: impl Iterator<Item = &'n str>,
    file: FileId,
    span: Span,
) -> Problem {
    let help = did_you_mean(table, known)
        .map_or_else(|| format!("declare it: [data.{table}]"), |n| format!("did you mean `{n}`?"));
    Problem::new(&UNKNOWN_TABLE, file, span, format!("there is no table `{table}`"))
        .label("not declared")
        .help(help)
}

/// A column named in a contract.
pub fn reference(
    catalog: &Catalog,
    table: &str,
    column: &str,
    file: FileId,
    span: Span,
    problems: &mut Vec<Problem>,
) -> Option<(usize, usize)> {
    let Some(t) = catalog.table(table) else {
        problems.push(no_table(table, catalog.table_names(), file, span));
        return None;
    };
    let found = catalog.tables[t].column(column);
    if found.is_none() && !catalog.tables[t].open {
        problems.push(no_column(&catalog.tables[t], column, file, span));
    }
    found.map(|c| (t, c))
}

/// A head with the names of today, trimmed where the rule says so: a column has its former name where
/// the file has none of the new, and its number where the rule calls it so.
pub fn of_today<'h>(rule: &TableRule, head: &'h Head) -> Cow<'h, Head> {
    let mut head = Cow::Borrowed(head);
    if rule.trim == Trim::All && head.columns.iter().any(|c| c.name.trim() != c.name) {
        for cell in &mut head.to_mut().columns {
            cell.name = cell.name.trim().to_string();
        }
    }
    if let Some(marks) = &rule.marks {
        for (at, cell) in head.clone().columns.iter().enumerate() {
            let part = |part| marks.strip(part).map_or(Cow::Borrowed(part), |(name, _)| name);
            let parts: Vec<Cow<'_, str>> = cell.name.split(BETWEEN_NAMES).map(part).collect();
            let name = parts.join(BETWEEN_NAMES);
            if !parts.iter().any(|part| part.is_empty())
                && name != cell.name
                && let Some(own) = head.to_mut().columns.get_mut(at)
            {
                own.name = name;
            }
        }
    }
    let named = rule.columns.iter().map(|c| &c.name).chain(&rule.key).chain(&rule.fill);
    let named = named.chain(rule.parent.as_ref().map(|parent| &parent.column));
    for name in named {
        let Some(number) = catalog::by_number(&name.value) else { continue };
        let is_there = head.columns.iter().any(|c| c.name == name.value);
        if !is_there && let Some(column) = head.to_mut().columns.get_mut(number) {
            column.name.clone_from(&name.value);
        }
    }
    for column in &rule.columns {
        let Some(was) = &column.was else { continue };
        let at = |name: &str| head.columns.iter().position(|c| c.name == name);
        let Some(former) = at(&was.value).filter(|_| at(&column.name.value).is_none()) else {
            continue;
        };
        if let Some(cell) = head.to_mut().columns.get_mut(former) {
            cell.name.clone_from(&column.name.value);
        }
    }
    head
}

/// Adds what was found in the head of one more file: a column without a name that earlier files of
/// the table have in the same place is reported there.
/// White space around names is none of what is wrong where the rule leaves it out.
pub fn add_notes(rule: &TableRule, all: &mut Vec<Note>, of_file: Vec<Note>) {
    let earlier = all.len();
    let is_asked = |note: &Note| rule.trim != Trim::All || note.fault != &PADDED_COLUMN_NAME;
    for note in of_file.into_iter().filter(is_asked) {
        let is_repeated = note.fault == &BLANK_COLUMN_NAME
            && all.iter().take(earlier).any(|n| n.fault == note.fault && n.message == note.message);
        if !is_repeated {
            all.push(note);
        }
    }
}
