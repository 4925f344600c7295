//! Gives the findings that pass the gate to sinks.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::carry_out::Collector;
use crate::api::project::Project;
use crate::api::request::SinkSlot;
use crate::engine::data::parallel::in_parallel;
use crate::fault::Severity;
use crate::files::sources::Sources;
use crate::findings::allowance::FAULTS as ALLOWANCES;
use crate::findings::hydrate::FindingSink;
use crate::findings::observed::observed;
use crate::gate::Gate;
use crate::gate::baseline::{Entry, Listed};
use crate::report::Finding;

/// Bytes of a finding as most formats write it.
const USUAL: usize = 2 << 10;

/// Writes the findings that pass the gate.
pub(crate) struct Counter<'c, 's> {
    sinks: &'c mut [SinkSlot<'s>],
    book: &'c Sources,
    jobs: usize,
    project: &'c Project,
    /// Whether findings are listed.
    lists: bool,
    /// All findings, as entries of a baseline, where they are listed.
    pub entries: Vec<Listed>,
    /// Checks that are undecided in part, which is accepted.
    pub accepted_undecided: BTreeSet<String>,
    /// What counts and caps.
    pub gate: Gate,
    /// Raw findings that the evaluator did not confirm.
    pub unconfirmed: u64,
    /// By sink, whether it has got none yet.
    none_yet: Vec<bool>,
    /// Whether a sink writes certificates.
    certifies: bool,
}

impl<'c, 's> Counter<'c, 's> {
    /// Nothing written yet.
    pub fn new(
        sinks: &'c mut [SinkSlot<'s>],
        (gate, project): (Gate, &'c Project),
        jobs: usize,
        lists: bool,
    ) -> Self {
        let none_yet = vec![true; sinks.len()];
        let (book, entries) = (&project.book, Vec::new());
        let certifies = sinks.iter().any(|slot| slot.sink.is_document());
        Counter {
            sinks,
            book,
            jobs,
            project,
            lists,
            entries,
            accepted_undecided: BTreeSet::new(),
            gate,
            unconfirmed: 0,
            none_yet,
            certifies,
        }
    }
}

impl Counter<'_, '_> {
    /// Finds out whether a finding is accepted, and what it counts for.
    fn judge(&mut self, finding: &mut Finding) {
        if self.certifies && finding.certificate.is_none() {
            finding.certificate = Some(Arc::new(observed(finding, self.book)));
        }
        let mut crossed = std::mem::take(&mut finding.crossed);
        crossed.iter_mut().for_each(|member| self.accept(member));
        finding.crossed = crossed;
        self.accept(finding);
        self.gate.judge(finding);
    }

    /// Finds out what accepts a finding.
    fn accept(&mut self, finding: &mut Finding) {
        let baseline = &self.project.baseline;
        self.project.allowances.accept(finding);
        let is_of_data = !ALLOWANCES.contains(&finding.fault());
        if is_of_data && (self.lists || !baseline.entries.is_empty()) {
            let mut entry = Entry::of(finding, self.book);
            entry.fingerprint = baseline.known(finding).unwrap_or(entry.fingerprint);
            baseline.accept(finding, &entry, self.book);
            let is_accepted = finding.accepted.is_some();
            let column = finding.identity().column.clone().unwrap_or_default();
            self.entries.extend(self.lists.then_some(Listed { entry, is_accepted, column }));
        }
    }

    /// Counts and writes findings that were made after all others.
    pub fn late(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if self.wants(finding.check(), finding.severity) {
                self.take(vec![finding]);
            }
        }
    }

    fn write(&mut self, findings: &[Finding], passes: &[bool]) {
        let book = self.book;
        let slots = self.sinks.iter_mut().zip(&mut self.none_yet);
        for (slot, first) in slots.filter(|(s, _)| s.error.is_none()) {
            let of_slot = findings.iter().zip(passes).filter(|(_, p)| **p || !slot.capped);
            let of_slot = of_slot.map(|(finding, _)| finding).filter(|f| slot.sink.takes(f));
            let of_slot: Vec<&Finding> = of_slot.collect();
            if slot.sink.keeps() {
                of_slot.iter().for_each(|finding| slot.sink.keep(finding, book));
                continue;
            }
            let of_slot: Vec<(&Finding, bool)> =
                of_slot.into_iter().map(|f| (f, std::mem::take(first))).collect();
            let size = (of_slot.len() / (4 * self.jobs)).max(1);
            let sink = &*slot.sink;
            let made =
                in_parallel(&mut vec![(); self.jobs], of_slot.len().div_ceil(size), &|(), n| {
                    let piece = &of_slot[n * size..of_slot.len().min((n + 1) * size)];
                    let mut out = Vec::with_capacity(piece.len() * USUAL);
                    piece.iter().for_each(|(f, first)| sink.finding(f, *first, book, &mut out));
                    out
                });
            made.iter().for_each(|bytes| slot.put(bytes));
        }
    }
}

impl Collector for Counter<'_, '_> {
    fn whole(&mut self, mut findings: Vec<Finding>) {
        findings.retain(|f| self.gate.asks_for(f));
        for finding in &mut findings {
            self.judge(finding);
            if finding.undecided.is_some() && finding.accepted.is_some() {
                self.accepted_undecided.insert(finding.check().to_string());
            }
            self.gate.pass_whole(finding);
        }
        let all = vec![true; findings.len()];
        self.write(&findings, &all);
    }
}

impl FindingSink for Counter<'_, '_> {
    fn wants(&mut self, check: &str, severity: Severity) -> bool {
        let admitted = self.gate.admits(check, severity);
        admitted || self.sinks.iter().any(|s| !s.capped)
    }

    fn joined(&mut self, _: &str, severity: Severity) {
        self.gate.joined(severity);
    }

    fn more(&mut self, check: &str, severity: Severity, count: u64) {
        self.gate.dropped(check, severity, count);
    }

    fn take(&mut self, mut findings: Vec<Finding>) {
        findings.retain(|f| self.gate.asks_for(f));
        findings.iter_mut().for_each(|f| self.judge(f));
        let passes: Vec<bool> = findings.iter().map(|f| self.gate.passes(f)).collect();
        self.write(&findings, &passes);
    }

    fn unconfirmed(&mut self) {
        self.unconfirmed += 1;
    }
}
