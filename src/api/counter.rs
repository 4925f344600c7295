//! Gives the findings that pass the gate to sinks.

use crate::api::request::SinkSlot;
use crate::api::run::Collector;
use crate::engine::data::parallel::in_parallel;
use crate::fault::Severity;
use crate::files::sources::Sources;
use crate::findings::hydrate::FindingSink;
use crate::gate::Gate;
use crate::report::Finding;

/// Writes the findings that pass the gate.
pub(crate) struct Counter<'c, 's> {
    sinks: &'c mut [SinkSlot<'s>],
    book: &'c Sources,
    jobs: usize,
    /// What counts and caps.
    pub gate: Gate,
    /// Raw findings that the evaluator did not confirm.
    pub unconfirmed: u64,
    none_yet: bool,
}

impl<'c, 's> Counter<'c, 's> {
    /// Nothing written yet.
    pub fn new(sinks: &'c mut [SinkSlot<'s>], book: &'c Sources, gate: Gate, jobs: usize) -> Self {
        Counter { sinks, book, jobs, gate, unconfirmed: 0, none_yet: true }
    }
}

impl Counter<'_, '_> {
    fn write(&mut self, findings: &[Finding], passes: &[bool]) {
        let book = self.book;
        for slot in self.sinks.iter_mut().filter(|s| s.error.is_none()) {
            if slot.sink.keeps() {
                let of_slot = findings.iter().zip(passes).filter(|(_, p)| **p || !slot.capped);
                of_slot.for_each(|(finding, _)| slot.sink.keep(finding, book));
                continue;
            }
            let mut first = self.none_yet;
            let of_slot: Vec<(&Finding, bool)> = findings
                .iter()
                .zip(passes)
                .filter(|(_, passes)| **passes || !slot.capped)
                .map(|(f, _)| (f, std::mem::take(&mut first)))
                .collect();
            let size = (of_slot.len() / (4 * self.jobs)).max(1);
            let sink = &*slot.sink;
            let made =
                in_parallel(&mut vec![(); self.jobs], of_slot.len().div_ceil(size), &|(), n| {
                    let mut out = Vec::new();
                    of_slot[n * size..of_slot.len().min((n + 1) * size)]
                        .iter()
                        .for_each(|(f, first)| sink.finding(f, *first, book, &mut out));
                    out
                });
            made.iter().for_each(|bytes| slot.put(bytes));
        }
        self.none_yet &= findings.is_empty();
    }
}

impl Collector for Counter<'_, '_> {
    fn whole(&mut self, mut findings: Vec<Finding>) {
        findings.retain(|f| self.gate.asks_for(f));
        for finding in &mut findings {
            self.gate.judge(finding);
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

    fn more(&mut self, check: &str, severity: Severity, count: u64) {
        self.gate.dropped(check, severity, count);
    }

    fn take(&mut self, mut findings: Vec<Finding>) {
        findings.retain(|f| self.gate.asks_for(f));
        findings.iter_mut().for_each(|f| self.gate.judge(f));
        let passes: Vec<bool> = findings.iter().map(|f| self.gate.passes(f)).collect();
        self.write(&findings, &passes);
    }

    fn unconfirmed(&mut self) {
        self.unconfirmed += 1;
    }
}
