//! The counts of a run.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::api::facts::faults;
use crate::api::preview::around;
use crate::api::project::Project;
use crate::api::stages;
use crate::engine::data::check::Check;
use crate::engine::data::job::TableResult;
use crate::engine::data::table::{Table, TableFile};
use crate::engine::pass::ran::Ran;
use crate::fault::Severity;
use crate::files::engines::{Engines, Moved, Refusal};
use crate::gate::Gate;
use crate::report::coverage::LeftOut;
use crate::report::{CheckSummary, RefusedStatement, SourceSummary, Standing, Summary, Tally};
use crate::source::{Address, Files};

/// Rows of all files; those that several tables read are counted once.
fn rows_read(project: &Project, ran: &Ran<'_>) -> u64 {
    let mut by_part: BTreeMap<(String, Part<'_>), u64> = BTreeMap::new();
    let tables = project.built.tables.iter().zip(&ran.tables);
    for (table, result) in tables.filter(|(table, _)| table.is_declared()) {
        for (file, own) in table.files.iter().zip(&result.rows_of_files) {
            let path = Files::path(&project.book, file.file);
            let rows = by_part.entry((path, part(project, table, file))).or_default();
            *rows = (*rows).max(*own);
        }
    }
    by_part.values().sum()
}

/// What of a file a table reads: areas of one sheet may have rows in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'p> {
    Sheet(u32),
    At(Option<&'p str>),
}

fn part<'p>(project: &'p Project, table: &Table, file: &TableFile) -> Part<'p> {
    let addresses = Files::addresses(&project.book, file.file);
    let span = file.reader.head().columns.iter().find_map(|cell| cell.span);
    match addresses.zip(span).map(|(addresses, span)| addresses.address(span)) {
        Some(Address::Cells(range)) => Part::Sheet(range.sheet),
        _ => Part::At(project.at.get(&table.name).map(String::as_str)),
    }
}

/// What of the files of a table is none of its rows.
pub(crate) fn left_out(table: &Table, result: &TableResult) -> LeftOut {
    LeftOut { filtered: result.left_out, ..around(table) }
}

/// What a check has come to.
fn standing(check: &Check, tally: &Tally, ran: &Ran<'_>, number: usize) -> Standing {
    match Standing::of(tally, ran.is_complete(number)) {
        Standing::NothingTested if check.compares => Standing::NotApplicable,
        // A key that stands nowhere is a finding of the check, whatever is decided beside it.
        Standing::Held | Standing::PartlyUndecided | Standing::Undecided
            if ran.has_missed(number) =>
        {
            Standing::Failed
        }
        standing => standing,
    }
}

fn source(engines: &Engines, (name, moved): (&str, Moved)) -> SourceSummary {
    let Moved { tables, statements, rows, bytes } = moved;
    let own = engines.refusals().iter().filter(|refusal| refusal.source == name);
    let refused = own.map(|Refusal { about, why, .. }| RefusedStatement {
        about: about.clone(),
        why: why.clone(),
    });
    let (name, refused) = (name.to_string(), refused.collect());
    SourceSummary { name, tables, statements, rows, bytes, refused }
}

pub(crate) fn summarise(project: &Project, ran: &Ran<'_>, gate: &Gate, s: &mut Summary) {
    let built = &project.built;
    let engines = project.book.held();
    // A file that several tables read is one file.
    let data = project.book.current().skip(project.first_data);
    let data = data.filter(|file| !engines.holds(*file));
    let paths: HashSet<String> = data.map(|f| Files::path(&project.book, f)).collect();
    s.files = paths.len() as u64;
    s.rows = rows_read(project, ran);
    s.sources = engines.moved().map(|moved| source(engines, moved)).collect();
    s.bytes = ran.tables.iter().map(|t| t.bytes).sum();
    s.stages = stages::words(project, ran);
    let is_own = |t: &Table| t.old_of.is_none() && t.view_of.is_none();
    let tables = built.tables.iter().zip(&ran.tables).filter(|(t, _)| is_own(t));
    let left_out = tables.map(|(table, result)| (table.name.clone(), left_out(table, result)));
    s.left_out = left_out.filter(|(_, left_out)| !left_out.is_nothing()).collect();
    if project.book.old().is_none() {
        s.uncompared = built.checks.iter().filter(|check| check.compares).count() as u64;
    }
    for (number, (check, tally)) in built.checks.iter().zip(&ran.tallies).enumerate() {
        s.checks.push(CheckSummary {
            id: check.id.clone(),
            title: check.title.clone(),
            trivial_below: check.trivial_below.to_text(),
            severity: check.severity,
            standing: Some(standing(check, tally, ran, number)),
            seen: tally.seen(),
            tally: *tally,
            findings: gate.found(&check.id),
            shown: gate.shown(&check.id),
            whole: gate.about_whole(&check.id),
            fewer_judged: None,
            known: gate.known_of(&check.id),
        });
    }
    let checks: HashSet<&str> = built.checks.iter().map(|c| c.id.as_str()).collect();
    let severities: HashMap<&str, Severity> =
        faults().iter().map(|f| (f.name, f.severity)).collect();
    for id in gate.names().iter().filter(|id| !checks.contains(id.as_str())) {
        s.checks.push(CheckSummary {
            id: id.clone(),
            title: None,
            trivial_below: None,
            severity: severities.get(id.as_str()).copied().unwrap_or(Severity::Error),
            standing: None,
            seen: 0,
            tally: Default::default(),
            findings: gate.found(id),
            shown: gate.shown(id),
            whole: 0,
            fewer_judged: None,
            known: gate.known_of(id),
        });
    }
}
