//! Rule files to the rules of a run, and what is said of all of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::report::schedule::TrivialBelow;
use crate::rules::toml::DUPLICATE_NAME;
use crate::rules::{RuleSet, Spanned};
use crate::source::{FileId, Problem, Span};

impl RuleSet {
    /// The names of all tables that were read, also of those that are left out of this run.
    pub fn table_names(&self) -> impl Iterator<Item = &str> {
        self.names[0].keys().map(String::as_str)
    }

    /// The names of all checks that were read, also of those that are left out of this run.
    pub fn check_names(&self) -> impl Iterator<Item = &str> {
        self.names[1].keys().map(String::as_str)
    }

    /// Below what differences are trivial where a check of this file does not say it: as the file
    /// says, else the first that does.
    pub fn trivial_below(&self, file: FileId) -> TrivialBelow {
        let own = self.reports.iter().filter(|report| report.file == file);
        let all = own.chain(&self.reports);
        all.fold(TrivialBelow::default(), |below, report| below.or(&report.trivial_below))
    }

    /// What the report is called: the first title that is written.
    pub fn title(&self) -> Option<&str> {
        self.reports.iter().find_map(|report| report.title.as_deref())
    }

    /// Adds the rules of another file; names that occur twice are reported with both places.
    pub fn merge(&mut self, other: RuleSet) -> Vec<Problem> {
        let mut problems = Vec::new();
        let [tables, checks] = &mut self.names;
        for table in other.tables {
            match first_of(tables, &table.name, table.file) {
                Some((file, span)) => {
                    problems.push(twice("table", &table.name, table.file, file, span))
                }
                None => self.tables.push(table),
            }
        }
        for check in other.checks {
            match first_of(checks, &check.id, check.file) {
                Some((file, span)) => {
                    problems.push(twice("check", &check.id, check.file, file, span))
                }
                None => self.checks.push(check),
            }
        }
        for source in other.sources {
            match self.sources.iter().find(|own| own.name.value == source.name.value) {
                Some(own) => {
                    let first = (own.file, own.name.span);
                    problems.push(twice("source", &source.name, source.file, first.0, first.1));
                }
                None => self.sources.push(source),
            }
        }
        self.allowances.extend(other.allowances);
        self.reports.extend(other.reports);
        problems
    }
}

/// Where a name stands already; notes it otherwise.
fn first_of(
    names: &mut BTreeMap<String, (FileId, Span)>,
    name: &Spanned<String>,
    file: FileId,
) -> Option<(FileId, Span)> {
    match names.entry(name.value.clone()) {
        Entry::Occupied(first) => Some(*first.get()),
        Entry::Vacant(entry) => {
            entry.insert((file, name.span));
            None
        }
    }
}

fn twice(
    what: &str,
    name: &Spanned<String>,
    file: FileId,
    first_file: FileId,
    first: Span,
) -> Problem {
    Problem::new(
        &DUPLICATE_NAME,
        file,
        name.span,
        format!("two {what}s are called `{}`", name.value),
    )
    .label("the second")
    .help("rename one of them")
    .related(first_file, first, "the first")
}
