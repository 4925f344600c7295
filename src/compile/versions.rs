//! Old versions: where they come from, and the tables of them that checks compare with.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::compile::discover::{base_of, files};
use crate::compile::members::only_table;
use crate::compile::open::{OpenTable, open};
use crate::compile::texts::Texts;
use crate::compile::{NO_OLD_VERSION, UNCLEAR_OLD_FILE, UNKNOWN_DATA};
use crate::expr::catalog;
use crate::files::sources::{Sources, cannot, outside, portable};
use crate::files::tree::{Moved, OldSide};
use crate::read::note::{NamedBy, Note, Spot};
use crate::read::pattern::Values;
use crate::report::Subject;
use crate::rules::{RuleSet, TableRule};
use crate::shape::Source;
use crate::source::tree::{Kind, directory, resolve};
use crate::source::{Problem, did_you_mean};

/// A file or a directory after `--old`, with the table that it is the old version of where that is
/// said.
pub type OldFile = (Option<String>, String);

/// The old version that `--old` names.
///
/// # Errors
/// Where something is not there, or is not clear.
pub fn given(
    old: &[OldFile],
    data: &[(String, String)],
    (rules, rule_files): (&RuleSet, &[String]),
    book: &Sources,
) -> Result<Option<OldSide>, Problem> {
    let Some((_, name)) = old.first() else { return Ok(None) };
    let base = rule_files.first().map_or_else(String::new, |f| base_of(f));
    let mut moved = Moved::new(Arc::clone(book.shared_tree()), &directory(&base));
    for (table, path) in old {
        let path = portable(path);
        let at_path = |problem| Problem { path: Some(path.clone()), ..problem };
        match (table, book.tree().kind(&path)) {
            (_, None) => {
                let e = std::io::ErrorKind::NotFound.into();
                return Err(at_path(cannot(&path, &e).help("--old names a file or a directory")));
            }
            (_, Some(Kind::Outside)) => return Err(at_path(outside(&path))),
            (None, Some(Kind::Directory)) => moved.set_directory(&path),
            (None, Some(_)) => {
                let all = files_of(rules, data, book);
                let members = members(&path, &all, book);
                members.iter().for_each(|(today, member)| moved.insert(today, member));
                if members.is_empty() {
                    let today = meant(&path, all, rules).map_err(at_path)?;
                    moved.insert(&today, &only_table(path.clone(), book).map_err(at_path)?);
                }
            }
            (Some(table), Some(_)) => {
                let today = today(named(table, rules)?, data);
                let members = members(&path, &BTreeSet::from([today.clone()]), book);
                let member = match members.into_iter().next() {
                    Some((_, member)) => member,
                    None => only_table(path.clone(), book).map_err(at_path)?,
                };
                moved.insert(&today, &member);
            }
        }
    }
    let name = portable(name);
    Ok(Some(OldSide::new(Arc::new(moved), name)))
}

/// The path of a table today.
fn today(rule: &TableRule, data: &[(String, String)]) -> String {
    match data.iter().rev().find(|d| d.0 == rule.name.value) {
        Some((_, path)) => resolve("", &portable(path)),
        None => resolve(&rule.base, &rule.path.value.text),
    }
}

/// The rule of a table that `--old` names.
fn named<'r>(table: &str, rules: &'r RuleSet) -> Result<&'r TableRule, Problem> {
    let names = || rules.tables.iter().map(|t| t.name.value.as_str());
    rules.tables.iter().find(|t| t.name.value == table).ok_or_else(|| {
        let help = did_you_mean(table, names()).map_or_else(
            || format!("the tables are {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("--old names `{table}`, but no rule declares it");
        Problem::nowhere(&UNKNOWN_DATA, message).help(help)
    })
}

/// The files of today.
fn files_of(rules: &RuleSet, data: &[(String, String)], book: &Sources) -> BTreeSet<String> {
    let of_table = |rule: &TableRule| match files("", &today(rule, data), book) {
        Ok((paths, _)) => paths.into_iter().map(|p| p.0).collect(),
        Err(_) => Vec::new(),
    };
    rules.tables.iter().flat_map(of_table).collect()
}

/// Files of today that are members of an archive, with the members of the same names in an old one.
fn members(old: &str, today: &BTreeSet<String>, book: &Sources) -> Vec<(String, String)> {
    if !book.is_archive(old) {
        return Vec::new();
    }
    let member = |path: &String| {
        let ends = path.match_indices('/').map(|(end, _)| end);
        let inside = ends.filter(|end| path.get(..*end).is_some_and(|p| book.is_archive(p))).last();
        let member = format!("{old}/{}", path.get(inside? + 1..)?);
        book.tree().kind(&member).map(|_| (path.clone(), member))
    };
    today.iter().filter_map(member).collect()
}

/// The file of today that a file is the old version of: the only one, or the one of the same name.
fn meant(old: &str, all: BTreeSet<String>, rules: &RuleSet) -> Result<String, Problem> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_string();
    let same: Vec<&String> = all.iter().filter(|path| name(path) == name(old)).collect();
    match (&all.iter().collect::<Vec<_>>()[..], &same[..]) {
        ([only], _) | (_, [only]) => Ok((*only).clone()),
        (all, same) => {
            let message = match same {
                [] => format!("none of the {} data files is called `{}`", all.len(), name(old)),
                same => format!("{} data files are called `{}`", same.len(), name(old)),
            };
            let table = rules.tables.first().map_or("table", |t| t.name.value.as_str());
            let help = format!("say whose old version it is: --old {table}={old}");
            Err(Problem::nowhere(&UNCLEAR_OLD_FILE, message).help(help))
        }
    }
}

/// Opens the old version of a table, or says why it has none; nothing where the run has no old version.
pub fn open_old(
    rule: &TableRule,
    data: &[(String, String)],
    values: &Values,
    book: &mut Sources,
) -> Option<Result<OpenTable, String>> {
    book.old()?;
    if let Some(held) = rule.held.as_ref() {
        let source = &held.source.value;
        return Some(Err(format!(
            "it is read from the source `{source}`, which keeps no old version"
        )));
    }
    let instead = data.iter().rev().find(|d| d.0 == rule.name.value).map(|d| d.1.as_str());
    let opened = book.within_old(|book| open(rule, instead, (book, &mut Texts::default()), values));
    Some(usable(rule, opened))
}

/// A table that rows can be matched with, or why it is none.
fn usable(rule: &TableRule, mut opened: OpenTable) -> Result<OpenTable, String> {
    if let Some(problem) = opened.problems.first() {
        return Err(problem.message.clone());
    }
    if opened.absent || opened.open || opened.unread {
        return Err(format!("there is nothing to read at `{}`", rule.path.value.text));
    }
    // What is declared and not there does not apply.
    while opened.layout.sources.pop_if(|source| *source == Source::Nowhere).is_some() {
        opened.columns.pop();
        opened.types.pop();
    }
    let lacks = |key: &str| opened.columns.iter().all(|c| c.name != key);
    if let Some(key) = rule.key.iter().find(|key| lacks(&key.value)) {
        return Err(format!("there is no column `{}`, which the key needs", key.value));
    }
    Ok(opened)
}

/// That a table has no old version, although there is one of the project.
pub fn without(rule: &TableRule, why: &str, book: &Sources) -> Note {
    let what = format!("`{}`", rule.name.value);
    inapplicable(rule, (&what, why, "without an old version"), book)
}

/// That the old version of a table lacks some of the columns that are named as they were.
pub fn without_columns(
    rule: &TableRule,
    columns: &BTreeSet<String>,
    (today, old): (&catalog::Table, Option<&catalog::Table>),
    book: &Sources,
) -> Option<Note> {
    let old = old?;
    let is_lacking = |name: &&String| old.column(name).is_none() && today.column(name).is_some();
    let lacking: Vec<String> =
        columns.iter().filter(is_lacking).map(|name| format!("`{name}`")).collect();
    let why = match lacking.len() {
        0 => return None,
        1 => "there is no such column",
        _ => "there are no such columns",
    };
    let what = format!("{} of `{}`", lacking.join(", "), rule.name.value);
    Some(inapplicable(rule, (&what, why, "the old version lacks columns"), book))
}

/// That what is compared with an old version does not apply.
fn inapplicable(rule: &TableRule, (what, why, label): (&str, &str, &str), book: &Sources) -> Note {
    let name = book.old().map_or("", |old| old.name.as_str());
    let message =
        format!("what compares {what} with its old version does not apply: in {name} {why}");
    let span = rule.path.span;
    let spot = Spot { file: rule.file, span, line: None, column: None, text: label.to_string() };
    Note {
        table: rule.name.value.clone(),
        rule: Some(spot),
        ..Note::new(&NO_OLD_VERSION, NamedBy::Fault, Subject::Table, message)
    }
}
