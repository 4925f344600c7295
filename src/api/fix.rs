//! Writes cells in the form that the rules declare: those after which all holds that held before.

mod seen;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::fix::seen::{Broken, Seen};
use crate::api::outcome::Outcome;
use crate::api::project::Project;
use crate::api::request::{Request, SinkSlot, tree};
use crate::api::run::run_project;
use crate::files::tree::Edited;
use crate::files::tree::disk::replace;
use crate::files::tree::edited::{Edit, Spliced};
use crate::render::diff::{Diff, fix_words};
use crate::render::words::problem_line;
use crate::report::Fix;
use crate::report::text::printable;
use crate::source::tree::{Kind, Stamp, resolve};
use crate::source::{FileId, Files, Span};

/// The checks are run so often, at most, to find which of many fixes break something.
const MOST_RUNS: usize = 24;

/// What became of cells that are written in another form than the rules declare.
#[derive(Debug, Default)]
pub struct Fixed {
    /// What was changed, a line each; what would be where nothing is written.
    pub changed: Vec<String>,
    /// What was not, with the reason.
    pub refused: Vec<String>,
    /// The changes as a patch, where nothing is written.
    pub patch: Vec<u8>,
    /// What kept all of it from being done, in words.
    pub problem_lines: Vec<String>,
}

/// What files looked like when the checks had been run.
type Stamps = BTreeMap<String, Option<Stamp>>;

/// A fix, and what asks for it.
#[derive(Clone)]
struct Change {
    check: String,
    fix: Fix,
    path: String,
    file: FileId,
    span: Span,
    new: Vec<u8>,
}

/// Fixes cells: those that findings which count are about. Without `writes` nothing is changed.
pub fn fix(request: &Request, writes: bool) -> Fixed {
    let project = Project::open(request);
    let mut fixed = Fixed::default();
    let (seen, outcome) = look(&project, request);
    if !outcome.problem_lines.is_empty() {
        fixed.problem_lines = outcome.problem_lines;
        return fixed;
    }
    let is_stream =
        |path: &String| path == "<stdin>" || project.book.tree().kind(path) == Some(Kind::Pipe);
    if project.book.paths().iter().any(is_stream) {
        let why = "error: --fix reads all files more than once, and standard input or a pipe can be read only once\n  help: name files\n";
        fixed.problem_lines.push(why.into());
        return fixed;
    }
    let changes = changes(&project, &seen, &mut fixed.refused);
    let stamp = |change: &Change| (change.path.clone(), project.book.tree().stamp(&change.path));
    let stamps: Stamps = changes.iter().map(stamp).collect();
    // Whatever is written by others from here on is seen before a file is replaced.
    let changed = project.book.changed();
    if !changed.is_empty() {
        fixed.problem_lines = changed.iter().map(|p| problem_line(p, &project.book)).collect();
        return fixed;
    }
    let mut trial = Trial { request, before: None, runs: 0, kept: Vec::new(), refused: Vec::new() };
    if !changes.is_empty() {
        trial.before = Some(match request.checks.is_empty() {
            true => seen,
            false => trial.look(Vec::new()),
        });
        trial.take(changes);
    }
    let Trial { mut kept, refused, .. } = trial;
    let words = |change: &Change| fix_words(&change.check, &change.fix, &project.book);
    let why = |(change, why): &(Change, String)| format!("{}: {why}", words(change));
    fixed.refused.extend(refused.iter().map(why));
    kept.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    if writes {
        write(&project, (&kept, &stamps), &words, &mut fixed);
    } else {
        let mut diff = Diff::default();
        fixed.changed.extend(kept.iter().map(words));
        kept.iter().for_each(|change| diff.add(&change.check, &change.fix, &project.book));
        fixed.refused.iter().for_each(|why| diff.leave_out(why.clone()));
        diff.write(&project.book, &mut fixed.patch);
    }
    fixed
}

/// Runs the checks, and keeps what they found.
fn look(project: &Project, request: &Request) -> (Seen, Outcome) {
    let mut seen = Seen::default();
    let mut outcome = {
        let sink = Box::new(seen::Keeper { seen: &mut seen });
        let slot = SinkSlot { sink, out: Box::new(std::io::sink()), capped: false, error: None };
        run_project(project, request, &mut [slot])
    };
    seen.count(&mut outcome);
    (seen, outcome)
}

/// The changes that can be made, each once; why others cannot goes to `refused`.
fn changes(project: &Project, seen: &Seen, refused: &mut Vec<String>) -> Vec<Change> {
    let mut all: BTreeMap<(String, Span), Vec<Change>> = BTreeMap::new();
    for (check, fix) in &seen.fixes {
        let at = fix.place.at;
        let path = resolve("", &project.book.path(at.file()));
        match &fix.written {
            Ok(new) => {
                let (check, fix, new) = (check.clone(), fix.clone(), new.clone());
                let (file, span) = (at.file(), at.span());
                let change = Change { check, fix, path: path.clone(), file, span, new };
                all.entry((path, span)).or_default().push(change);
            }
            Err(why) => refused.push(format!("{}: {why}", fix_words(check, fix, &project.book))),
        }
    }
    refused.sort();
    refused.dedup();
    let mut kept: Vec<Change> = Vec::new();
    for mut of_cell in all.into_values() {
        let Some(first) = of_cell.pop() else { continue };
        let is_one = of_cell.iter().all(|other| other.new == first.new);
        let is_apart =
            kept.last().is_none_or(|k| k.path != first.path || k.span.end <= first.span.start);
        if is_one && is_apart {
            kept.push(first);
        } else {
            let words = fix_words(&first.check, &first.fix, &project.book);
            refused.push(format!("{words}: another check asks for another text"));
        }
    }
    kept
}

/// Finds which changes break nothing.
struct Trial<'r> {
    request: &'r Request,
    /// What the checks found before.
    before: Option<Seen>,
    runs: usize,
    /// Changes that break nothing together.
    kept: Vec<Change>,
    /// The others, with what they break.
    refused: Vec<(Change, String)>,
}

impl Trial<'_> {
    /// Takes those of some changes that break nothing beside those that are kept: all, or each half.
    fn take(&mut self, changes: Vec<Change>) {
        if self.runs == MOST_RUNS {
            let why = format!(
                "of {MOST_RUNS} runs each broke something; fix what was not refused, and run again"
            );
            self.refused.extend(changes.into_iter().map(|change| (change, why.clone())));
            return;
        }
        self.runs += 1;
        let after = self.look(changes.clone());
        let broken = self.before.as_ref().and_then(|before| after.broken(before));
        match (broken, changes.len()) {
            (None, _) => self.kept.extend(changes),
            (Some(Broken(why)), 1) => {
                self.refused.extend(changes.into_iter().map(|change| (change, why.clone())));
            }
            (Some(_), many) => {
                let mut first = changes;
                let second = first.split_off(many / 2);
                self.take(first);
                self.take(second);
            }
        }
    }

    /// What all checks find with these changes and those that are kept.
    fn look(&self, changes: Vec<Change>) -> Seen {
        let Ok(under) = tree(self.request) else { return Seen::default() };
        let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
        for change in self.kept.iter().chain(&changes) {
            let edit = (change.span.start, change.span.end, change.new.clone());
            edits.entry(change.path.clone()).or_default().push(edit);
        }
        edits.values_mut().for_each(|edits| edits.sort());
        let tree = Arc::new(Edited::over(under, edits));
        let request = Request { tree: Some(tree), checks: Vec::new(), ..self.request.clone() };
        look(&Project::open(&request), &request).0
    }
}

/// Writes the changes into their files, one after the other.
fn write(
    project: &Project,
    (changes, stamps): (&[Change], &Stamps),
    words: &dyn Fn(&Change) -> String,
    fixed: &mut Fixed,
) {
    for of_file in changes.chunk_by(|a, b| a.path == b.path) {
        let Some(first) = of_file.first() else { continue };
        let edits: Vec<Edit> =
            of_file.iter().map(|c| (c.span.start, c.span.end, c.new.clone())).collect();
        let Some(bytes) = project.book.bytes(first.file) else { continue };
        let spliced = Spliced::new(bytes, &edits);
        let was = stamps.get(&first.path).copied().flatten();
        match replace(&first.path, &spliced, was) {
            Ok(()) => fixed.changed.extend(of_file.iter().map(words)),
            Err(e) => {
                let path = printable(&first.path);
                fixed.problem_lines.push(format!(
                    "error[output-failed]: `{path}` cannot be written, and is as it was: {e}\n"
                ));
            }
        }
    }
}
