//! What a run found, by what stays the same where only the form of cells changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::outcome::Outcome;
use crate::engine::faults::{UNDECIDED, VACUOUS_CHECK};
use crate::fault::Severity;
use crate::report::{Facts, Finding, Fix, Sink, SourceText, Summary};
use crate::source::Problem;

/// What a run found.
#[derive(Default)]
pub struct Seen {
    /// The fixes of findings that count, each with its check.
    pub fixes: Vec<(String, Fix)>,
    found: Vec<Found>,
    /// Answers of each check that could not be decided.
    undecided: BTreeMap<String, u64>,
    /// What kept something from being checked.
    problems: Vec<String>,
}

/// A finding.
struct Found {
    check: String,
    /// What is demanded of what.
    demand: String,
    /// Where: rows stay where they are.
    place: String,
    /// The row or the group, by name.
    key: Option<String>,
    is_error: bool,
    message: String,
}

/// Why changes cannot be made, in words.
pub struct Broken(pub String);

/// A sink that keeps what is found.
pub struct Keeper<'s> {
    pub seen: &'s mut Seen,
}

impl Sink for Keeper<'_> {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}

    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn keeps(&self) -> bool {
        true
    }

    fn keep(&mut self, f: &Finding, sources: &dyn SourceText) {
        for f in f.crossed.iter().chain([f]) {
            let fix = f.fix.as_deref().filter(|_| f.counts);
            self.seen.fixes.extend(fix.map(|fix| (f.check().to_string(), fix.clone())));
            self.seen.found.extend((*f.fault() != UNDECIDED).then(|| Found::new(f, sources)));
        }
    }

    fn problem(&mut self, _: &Problem, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

impl Found {
    fn new(f: &Finding, sources: &dyn SourceText) -> Found {
        let names = [f.fault().name, f.table().unwrap_or_default()];
        let column = f.identity().column.as_deref().unwrap_or_default();
        let place = f.labels.first().map(|label| {
            let (at, cell) = (label.place.at, label.place.cell.as_ref());
            let record = cell.and_then(|cell| cell.record);
            let pointer = cell.and_then(|cell| cell.pointer.as_deref());
            let path = sources.path(at.file());
            format!("{path}:{}:{record:?}:{pointer:?}", at.from().line)
        });
        Found {
            check: f.check().to_string(),
            demand: format!("{}:{}:{column}:{}", names[0], names[1], f.assertion),
            place: place.unwrap_or_default(),
            key: f.key.clone(),
            // What keeps a check from testing anything may be another cell then.
            is_error: f.severity == Severity::Error && *f.fault() != VACUOUS_CHECK,
            message: f.message.clone(),
        }
    }

    fn of(&self) -> (&str, &str) {
        (&self.check, &self.demand)
    }

    /// What it is known by.
    fn names(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let names = [Some(self.place.as_str()), self.key.as_deref()];
        names.into_iter().flatten().map(|name| (&*self.check, &*self.demand, name))
    }
}

impl Seen {
    /// Takes what the run counted.
    pub fn count(&mut self, outcome: &mut Outcome) {
        self.problems.clone_from(&outcome.problem_lines);
        let undecided = |c: &crate::report::CheckSummary| (c.id.clone(), c.tally.undecided);
        self.undecided = outcome.summary.checks.iter().map(undecided).collect();
    }

    /// What holds `before` and does not any more. What could not be decided then may fail now.
    pub fn broken(&self, before: &Seen) -> Option<Broken> {
        if let Some(problem) = self.problems.first() {
            let first = problem.lines().next().unwrap_or_default();
            return Some(Broken(format!("then it cannot be checked: {first}")));
        }
        let mut new: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
        for found in self.not_in(before) {
            new.entry(&found.check).or_default().push(found);
        }
        let decided = |check: &str| {
            let of = |seen: &Seen| seen.undecided.get(check).copied().unwrap_or_default();
            of(before).saturating_sub(of(self))
        };
        let broken = new.into_iter().find(|(check, new)| new.len() as u64 > decided(check));
        let message = broken.and_then(|(_, new)| Some(&new.first()?.message));
        message.map(|message| Broken(format!("then a check no longer holds: {message}")))
    }

    /// Findings that another run does not have: errors by where they are or by what they are about,
    /// others, of which many stand once for a column, by their number.
    fn not_in<'s>(&'s self, before: &'s Seen) -> Vec<&'s Found> {
        let (mut known, mut others) = (BTreeSet::new(), BTreeMap::new());
        for found in &before.found {
            known.extend(found.names());
            *others.entry(found.of()).or_insert(0_u64) += u64::from(!found.is_error);
        }
        let mut new = Vec::new();
        for found in &self.found {
            let is_known = match others.get_mut(&found.of()) {
                Some(left) if !found.is_error && *left > 0 => {
                    *left -= 1;
                    true
                }
                _ => found.is_error && found.names().any(|name| known.contains(&name)),
            };
            new.extend((!is_known).then_some(found));
        }
        new
    }
}
