//! Two saved runs: which findings are new, changed or still open, and which are no longer found.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::{Fault, Severity};
use crate::report::coverage::Coverage;
use crate::report::document::{Document, JsonFinding, JsonNote};
use crate::report::status::{Fate, OldVersion, PastFinding, Status, StatusCounts};
use crate::report::summary::{Standing, Summary};

/// A finding of the old run.
#[derive(Debug)]
struct OldFinding {
    evidence: String,
    past: PastFinding,
    note: Option<JsonNote<'static>>,
    is_found: bool,
}

/// Findings of a check in the new run: those that count, and others.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    counted: u64,
    known: u64,
}

/// The old run, and what of it is found again.
#[derive(Debug, Default)]
pub struct Comparison {
    /// In order.
    old: Vec<OldFinding>,
    by_fingerprint: BTreeMap<String, usize>,
    statuses: StatusCounts,
    severities: BTreeMap<String, u64>,
    accepted: u64,
    checks: BTreeMap<String, Counts>,
    /// Faults that are about today, and are not compared.
    apart: &'static [&'static Fault],
}

impl Comparison {
    /// Nothing yet; findings with these faults are not compared.
    pub fn without(apart: &'static [&'static Fault]) -> Comparison {
        Comparison { apart, ..Comparison::default() }
    }

    fn is_apart(&self, finding: &JsonFinding<'_>) -> bool {
        self.apart.iter().any(|fault| fault.name == finding.fault)
    }

    /// Adds a finding of the old run.
    pub fn add(&mut self, finding: &JsonFinding<'static>) {
        if self.is_apart(finding) {
            return;
        }
        let severity = Severity::ALL.into_iter().find(|s| s.word() == finding.severity);
        let past = PastFinding {
            fate: Fate::NotJudged,
            check: finding.check.to_string(),
            fault: finding.fault.to_string(),
            severity: severity.unwrap_or(Severity::Error),
            table: finding.table.as_deref().map(str::to_string),
            key: finding.key.as_deref().map(str::to_string),
            message: finding.message.to_string(),
            fingerprint: finding.fingerprint.to_string(),
        };
        self.by_fingerprint.insert(past.fingerprint.clone(), self.old.len());
        let (evidence, note) = (finding.evidence.to_string(), finding.note.clone());
        self.old.push(OldFinding { evidence, past, note, is_found: false });
    }

    /// Gives a finding of the new run its status, and the note of the old one where it has none.
    pub fn judge(&mut self, finding: &mut JsonFinding<'static>) {
        if self.is_apart(finding) {
            return self.count(finding);
        }
        let at = self.by_fingerprint.get(&*finding.fingerprint);
        let status = match at.and_then(|at| self.old.get_mut(*at)) {
            None => Status::New,
            Some(old) => {
                old.is_found = true;
                let status = if old.is_as(finding) { Status::Open } else { Status::Changed };
                let is_outdated = status == Status::Changed;
                let carry = |note: &JsonNote<'static>| JsonNote {
                    carried_over: true,
                    outdated: note.outdated || is_outdated,
                    ..note.clone()
                };
                finding.note = finding.note.take().or_else(|| old.note.as_ref().map(carry));
                status
            }
        };
        finding.status = Some(status);
        self.count(finding);
    }

    fn count(&mut self, finding: &JsonFinding<'_>) {
        match finding.status {
            Some(Status::New) => self.statuses.new += 1,
            Some(Status::Changed) => self.statuses.changed += 1,
            Some(Status::Open) => self.statuses.open += 1,
            None => {}
        }
        let is_accepted = finding.accepted.is_some();
        self.accepted += u64::from(is_accepted);
        let of_check = self.checks.entry(finding.check.to_string()).or_default();
        if is_accepted || finding.status == Some(Status::Open) {
            of_check.known += 1;
        } else {
            of_check.counted += 1;
            *self.severities.entry(finding.severity.to_string()).or_default() += 1;
        }
    }

    /// Counts in the new run, as a run that is compared with an old version does, and lists what it
    /// no longer has.
    pub fn finish(self, new: &mut Document) {
        let fate = Fates::of(new);
        let gone = self.old.iter().filter(|old| !old.is_found);
        let past =
            gone.map(|old| PastFinding { fate: fate.of_finding(&old.past), ..old.past.clone() });
        let past = past.collect();
        let summary: &mut Summary = new.summary.counts.to_mut();
        let of = |severity: Severity| self.severities.get(severity.word()).copied().unwrap_or(0);
        (summary.errors, summary.warnings, summary.infos) =
            (of(Severity::Error), of(Severity::Warning), of(Severity::Info));
        summary.accepted = self.accepted;
        for check in &mut summary.checks {
            let counts = self.checks.get(&check.id).copied().unwrap_or_default();
            (check.findings, check.known) = (counts.counted, counts.known);
        }
        summary.versions = Some(self.statuses);
        summary.take_past(past);
    }

    /// Whether the new run has none of the checks that found something in the old one.
    pub fn has_other_rules(&self, new: &Document) -> bool {
        let mut of_rules =
            self.old.iter().filter(|old| old.past.check != old.past.fault).peekable();
        let checks = &new.summary.counts.checks;
        let has = |old: &OldFinding| checks.iter().any(|check| check.id == old.past.check);
        of_rules.peek().is_some() && !of_rules.any(has)
    }
}

impl OldFinding {
    /// Whether a finding says the same of the same figures. Runs that were saved by the first
    /// versions have no hash of the figures, but the sentence names them.
    fn is_as(&self, finding: &JsonFinding<'_>) -> bool {
        match self.evidence.is_empty() || finding.evidence.is_empty() {
            true => self.past.message == finding.message,
            false => self.evidence == finding.evidence,
        }
    }
}

/// What a new run compares with, said before its first finding.
pub fn old_version(name: &str, old: &Document) -> OldVersion {
    let (unknown, rule_changes) = (None, Vec::new());
    OldVersion {
        name: name.to_string(),
        commit: old.run.commit.clone(),
        unknown,
        is_known_in_part: false,
        rule_changes,
    }
}

/// What the new run says of findings that it does not have. It does not list the rows that hold, so
/// what is settled cannot be distinguished from what is gone.
struct Fates<'n> {
    /// Checks that were judged to the end, with no answer open.
    judged: BTreeSet<&'n str>,
    /// Tables that were read; none where that is not known.
    tables: Option<BTreeSet<&'n str>>,
    is_complete: bool,
}

impl<'n> Fates<'n> {
    fn of(new: &'n Document) -> Fates<'n> {
        let of_checks = new.summary.counts.checks.iter();
        let is_judged = |standing| !matches!(standing, None | Some(Standing::NotJudged));
        let judged = of_checks.filter(|c| is_judged(c.standing) && c.tally.undecided == 0);
        let Coverage { tables, .. } = &new.coverage;
        let tables = tables.iter().map(|table| table.name.as_str()).collect::<BTreeSet<_>>();
        Fates {
            judged: judged.map(|check| check.id.as_str()).collect(),
            tables: (!tables.is_empty()).then_some(tables),
            is_complete: new.summary.complete,
        }
    }

    fn of_finding(&self, old: &PastFinding) -> Fate {
        // What is wrong with a file has no check of its own.
        let is_of_file = old.check == old.fault;
        let is_read = || match (&self.tables, &old.table) {
            (Some(tables), Some(table)) => tables.contains(table.as_str()),
            _ => true,
        };
        let is_judged = match is_of_file {
            true => self.is_complete && is_read(),
            false => self.judged.contains(old.check.as_str()),
        };
        if is_judged { Fate::SettledOrGone } else { Fate::NotJudged }
    }
}
