//! `crossfoot baseline`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crossfoot::gate::baseline::{self, Entry};
use crossfoot::report::Standing;
use crossfoot::report::text::printable;
use crossfoot::{Outcome, Project, run_project};

use super::args::{BaselineArgs, BaselineDo, Global};
use super::output::{self, Target};
use super::status::INCOMPLETE;

/// Creates, adds to, prunes or shows the baseline; the exit status.
pub fn run(args: &BaselineArgs, _: &Global) -> u8 {
    let mut request = args.input.request();
    request.paths.clone_from(&args.paths);
    request.entries = true;
    request.no_baseline = args.what == BaselineDo::Create;
    let project = Project::open(&request);
    let path = project.baseline.path.clone();
    if let Some(error) = refused(args.what, &project) {
        output::report(&error);
        return INCOMPLETE;
    }
    let outcome = run_project(&project, &request, &mut []);
    outcome.problem_lines.iter().for_each(|line| output::report(line));
    let Some(path) = path.filter(|_| outcome.problems.is_empty()) else {
        output::report(
            "error: not everything could be checked, so the baseline is left as it is\n",
        );
        return INCOMPLETE;
    };
    match args.what {
        BaselineDo::Create => change(&path, "accepted", &[], &open(&outcome)),
        BaselineDo::Add => add(&path, &project.baseline.entries, &open(&outcome)),
        BaselineDo::Prune => prune(&path, &project.baseline.entries, &outcome),
        BaselineDo::Show => output::print(&shown(&project, &outcome)),
    }
}

/// Why a command makes no sense with the file that is there, or is not.
fn refused(what: BaselineDo, project: &Project) -> Option<String> {
    let path = project.baseline.path.as_deref()?;
    let path = printable(path);
    match (what, project.baseline.is_there) {
        (BaselineDo::Create, true) => Some(format!(
            "error: `{path}` is there already\n  help: `crossfoot baseline add` adds what is new; remove the file to begin again\n"
        )),
        (BaselineDo::Create, false) | (_, true) => None,
        (_, false) => Some(format!(
            "error: there is no baseline `{path}`\n  help: `crossfoot baseline create` makes one\n"
        )),
    }
}

/// Findings that nothing accepts.
fn open(outcome: &Outcome) -> Vec<Entry> {
    let open = outcome.entries.iter().filter(|listed| !listed.is_accepted);
    open.map(|listed| listed.entry.clone()).collect()
}

/// Adds the findings that are open; what the file accepts of them with other figures goes.
fn add(path: &str, entries: &[Entry], open: &[Entry]) -> u8 {
    let now: BTreeSet<u128> = open.iter().map(|entry| entry.fingerprint).collect();
    let is_kept = |entry: &Entry| !now.contains(&entry.fingerprint);
    let (kept, mut replaced): (Vec<Entry>, Vec<Entry>) = entries.iter().cloned().partition(is_kept);
    let status = change(path, "added", &kept, open);
    if status != INCOMPLETE && !replaced.is_empty() {
        replaced.sort_unstable();
        return named(path, "removed", &replaced);
    }
    status
}

/// Adds entries to those that are kept, and names each.
fn change(path: &str, done: &str, kept: &[Entry], new: &[Entry]) -> u8 {
    let mut sorted = new.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if !(done == "added" && sorted.is_empty())
        && let Err(e) = write(path, &baseline::text(&[kept, &sorted].concat()))
    {
        return failed(path, &e);
    }
    named(path, done, &sorted)
}

/// Removes the entries of findings that are settled or gone, or are there with other figures.
fn prune(path: &str, entries: &[Entry], outcome: &Outcome) -> u8 {
    if !outcome.is_whole {
        output::report(
            "error: only a run of all checks shows what is settled\n  help: leave out --check and data files, and prune again\n",
        );
        return INCOMPLETE;
    }
    let is_kept = |entry: &Entry| match own(entry, outcome) {
        Some(now) => entry.same_figures(now),
        None => {
            is_of_edited(entry, entries, outcome)
                || now_of(entry, entries, outcome).is_some()
                || is_undecided(entry, outcome)
        }
    };
    let (kept, mut settled): (Vec<Entry>, Vec<Entry>) = entries.iter().cloned().partition(is_kept);
    if !settled.is_empty()
        && let Err(e) = write(path, &baseline::text(&kept))
    {
        return failed(path, &e);
    }
    settled.sort_unstable();
    output::report(&kept_words(path, &kept, entries, outcome));
    named(path, "removed", &settled)
}

/// Why entries are kept whose findings are not there by their fingerprints; empty where there is none.
fn kept_words(path: &str, kept: &[Entry], entries: &[Entry], outcome: &Outcome) -> String {
    let path = printable(path);
    let mut words = String::new();
    match kept.iter().filter(|entry| is_of_edited(entry, entries, outcome)).count() {
        0 => {}
        n => {
            let (findings, checks) = match n {
                1 => ("1 entry is kept whose finding is".to_string(), "its check"),
                n => (format!("{n} entries are kept whose findings are"), "their checks"),
            };
            words.push_str(&format!(
                "{path}: {findings} still there, but {checks} edited since\n  help: `crossfoot baseline add` accepts them as they are found now, and `prune` removes the old entries then\n"
            ));
        }
    }
    let renamed: BTreeSet<(&str, &str)> = kept
        .iter()
        .filter_map(|entry| Some((entry.check.as_str(), now_of(entry, entries, outcome)?)))
        .collect();
    for (then, now) in renamed {
        words.push_str(&format!(
            "{path}: there is no check `{then}`, and `{now}` finds what was accepted of it; its entries are kept\n  help: if it has another name now, write `was = \"{then}\"` in `[check.{now}]`\n"
        ));
    }
    words
}

/// The check that finds what an entry accepts of one that is not there any more: it may be the same under
/// another name.
fn now_of<'o>(entry: &Entry, entries: &[Entry], outcome: &'o Outcome) -> Option<&'o str> {
    let is_there = outcome.summary.checks.iter().any(|c| c.id == entry.check);
    let mut found = outcome.entries.iter();
    let same = found.find(|f| f.is_alike_elsewhere(entry) && !is_accepted(&f.entry, entries))?;
    (!is_there).then_some(same.entry.check.as_str())
}

/// Its finding as it is now.
fn own<'o>(entry: &Entry, outcome: &'o Outcome) -> Option<&'o Entry> {
    let mut found = outcome.entries.iter().map(|listed| &listed.entry);
    found.find(|found| found.fingerprint == entry.fingerprint)
}

/// Whether its finding is there by the check as it was edited, and not by its fingerprint.
fn is_of_edited(entry: &Entry, entries: &[Entry], outcome: &Outcome) -> bool {
    let mut alike = outcome.entries.iter().filter(|listed| listed.is_alike(entry));
    own(entry, outcome).is_none() && alike.any(|listed| !is_accepted(&listed.entry, entries))
}

/// Whether an entry has the fingerprint of a finding.
fn is_accepted(found: &Entry, entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.fingerprint == found.fingerprint)
}

/// Whether the check of an entry left answers open, among which its finding may be, or was not carried out, as
/// one is that compares with an old version where there is none.
fn is_undecided(entry: &Entry, outcome: &Outcome) -> bool {
    let mut of_check = outcome.summary.checks.iter().filter(|c| c.id == entry.check);
    of_check.any(|c| c.tally.undecided > 0 || c.standing == Some(Standing::NotApplicable))
}

fn named(path: &str, done: &str, entries: &[Entry]) -> u8 {
    let lines: String = entries.iter().map(|e| format!("{done}  {}\n", e.words())).collect();
    let printed = output::print(&lines);
    let count = match entries.len() {
        1 => "1 finding".to_string(),
        n => format!("{n} findings"),
    };
    output::report(&format!("{}: {count} {done}\n", printable(path)));
    printed
}

/// The entries in words, and whether they still apply.
fn shown(project: &Project, outcome: &Outcome) -> String {
    let mut entries: Vec<&Entry> = project.baseline.entries.iter().collect();
    entries.sort_unstable();
    entries.dedup();
    let mut out = String::new();
    for entry in entries {
        let state = match own(entry, outcome) {
            Some(now) if entry.same_figures(now) => "applies",
            Some(_) => "figures have changed",
            None if is_of_edited(entry, &project.baseline.entries, outcome) => "check was edited",
            None if is_undecided(entry, outcome) => "not judged",
            None if now_of(entry, &project.baseline.entries, outcome).is_some() => {
                "check was renamed"
            }
            None if outcome.is_whole => "settled or gone",
            None => "not judged",
        };
        out.push_str(&format!("{state:<22}{}\n", entry.words()));
    }
    out
}

/// Writes the file as a whole or not at all.
fn write(path: &str, text: &str) -> io::Result<()> {
    let (target, mut file) = Target::open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
    drop(file);
    let closed = target.close(written.is_ok());
    written.and(closed)
}

fn failed(path: &str, error: &io::Error) -> u8 {
    output::failed(path, error);
    INCOMPLETE
}
