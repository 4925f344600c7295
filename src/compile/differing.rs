//! Files of one table whose columns are not the same.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::compile::{MISSING_COLUMN, UNEXPECTED_COLUMN};
use crate::expr::regex::Regex;
use crate::fault::Severity;
use crate::read::frame;
use crate::read::note::{NamedBy, Note, Spot};
use crate::read::reader::{Head, HeaderCell};
use crate::report::Subject;
use crate::rules::TableRule;
use crate::shape::FileLayout;
use crate::source::{FileId, Span, did_you_mean};

/// What is said of a file whose columns are not those of the first one.
pub fn notes(
    rule: &TableRule,
    (file, path): (FileId, &str),
    head: &Head,
    of_table: &[HeaderCell],
    layout: &FileLayout,
) -> Vec<Note> {
    if is_nameless(&head.columns) && is_nameless(of_table) {
        return uneven(rule, (file, path), head, of_table).into_iter().collect();
    }
    let mut notes = lacking(rule, file, path, head, of_table, layout);
    notes.extend(unread_columns(rule, file, path, head, of_table));
    notes
}

/// Whether columns have numbers alone.
fn is_nameless(columns: &[HeaderCell]) -> bool {
    columns.iter().enumerate().all(|(at, column)| column.name == frame::number(at))
}

/// Without names, a file with more or fewer columns may have each of them at another place.
fn uneven(
    rule: &TableRule,
    (file, path): (FileId, &str),
    head: &Head,
    of_table: &[HeaderCell],
) -> Option<Note> {
    let (own, wanted) = (head.columns.len(), of_table.len());
    let fault = match own.cmp(&wanted) {
        Ordering::Less => &MISSING_COLUMN,
        Ordering::Greater => &UNEXPECTED_COLUMN,
        Ordering::Equal => return None,
    };
    let columns = if own == 1 { "column" } else { "columns" };
    let message = format!(
        "this file has {own} {columns}, but the first file of `{}` has {wanted}",
        rule.name.value
    );
    let span = head.columns.iter().filter_map(|column| column.span).reduce(Span::join);
    let text = "the first row".into();
    Some(Note {
        at: span.map(|span| Spot { file, span, line: None, column: None, text }),
        help: Some("give all files of a table the same columns".into()),
        severity: Severity::Error,
        ..Note::new(fault, NamedBy::Table, Subject::File(path.to_string()), message)
    })
}

/// Columns of the first file that another file lacks.
fn lacking(
    rule: &TableRule,
    file: FileId,
    path: &str,
    head: &Head,
    columns: &[HeaderCell],
    layout: &FileLayout,
) -> Vec<Note> {
    let table = &rule.name.value;
    // A column without a name is reported where it stands.
    let written = |(field, column): &(usize, &HeaderCell)| {
        layout.own(*field).is_none()
            && column.span.is_some()
            && column.name != frame::number(*field)
            && rule.contract(&column.name).is_none_or(|c| !c.optional)
    };
    let note = |(_, column): (usize, &HeaderCell)| {
        let (name, subject) = (&column.name, Subject::File(path.to_string()));
        let message =
            format!("this file has no column `{name}`, but the first file of `{table}` has one");
        Note {
            column: Some(name.clone()),
            at: Some(the_header(file, head)),
            help: like(name, head, columns)
                .map(|near| format!("did you mean `{near}`, which this file has?")),
            ..Note::new(&MISSING_COLUMN, NamedBy::Column, subject, message)
        }
    };
    columns.iter().enumerate().filter(written).map(note).collect()
}

/// The name of a column of a file that only it has, and which is like that of one it lacks.
fn like<'h>(name: &str, head: &'h Head, of_table: &[HeaderCell]) -> Option<&'h str> {
    let is_own = |own: &&str| of_table.iter().all(|c| c.name != *own);
    did_you_mean(name, head.columns.iter().map(|c| c.name.as_str()).filter(is_own))
}

/// Columns that the first file lacks, so that their cells are not read: an error where the rule
/// would make rows of them, or allows no other columns.
fn unread_columns(
    rule: &TableRule,
    file: FileId,
    path: &str,
    head: &Head,
    of_table: &[HeaderCell],
) -> Vec<Note> {
    let own: HashSet<&str> = head.columns.iter().map(|c| c.name.as_str()).collect();
    let mut known: HashSet<&str> = of_table.iter().map(|c| c.name.as_str()).collect();
    // What is proposed for a column that the file lacks is reported there.
    let lacked = of_table.iter().filter(|c| !own.contains(c.name.as_str()));
    known.extend(lacked.filter_map(|c| like(&c.name, head, of_table)));
    let unpivot = rule.unpivot.as_ref().and_then(|u| Regex::new(&u.columns.text).ok());
    let note = |(field, column): (usize, &HeaderCell)| {
        let (name, table) = (&column.name, &rule.name.value);
        let is_new = !known.contains(name.as_str()) && *name != frame::number(field);
        let span = column.span.filter(|_| is_new)?;
        let is_wanted = rule.columns_only.is_some()
            || rule.contract(name).is_some()
            || unpivot.as_ref().is_some_and(|u| u.is_full_match(name));
        let message = format!(
            "the first file of `{table}` has no column `{name}`, so it is not read here either"
        );
        let (line, text) = (line_of_names(head), "not read".into());
        let at = Some(Spot { file, span, line, column: Some(name.clone()), text });
        let subject = Subject::File(path.to_string());
        Some(Note {
            column: Some(name.clone()),
            at,
            help: Some("give all files of a table the same columns".into()),
            severity: if is_wanted { Severity::Error } else { Severity::Info },
            ..Note::new(&UNEXPECTED_COLUMN, NamedBy::Column, subject, message)
        })
    };
    head.columns.iter().enumerate().filter_map(note).collect()
}

/// Where the names of a file stand; where rows name their own cells, the first of them.
pub(super) fn the_header(file: FileId, head: &Head) -> Spot {
    let first = || head.columns.iter().find_map(|column| column.span);
    let (span, text) = match head.span.is_empty() {
        true => (first().unwrap_or_default(), "the first row"),
        false => (head.span, "the header"),
    };
    Spot { file, span, line: line_of_names(head), column: None, text: text.into() }
}

/// The line of the names, where all stand in one.
pub(super) fn line_of_names(head: &Head) -> Option<u64> {
    (!head.span.is_empty()).then_some(head.header_line)
}
