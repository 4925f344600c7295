//! All findings of another run, to be compared with.

use std::collections::BTreeMap;

use crate::api::carry_out::{Collector, Given, give_findings, with_job};
use crate::api::project::Project;
use crate::api::request::Request;
use crate::engine::pass::run::run as run_engine;
use crate::fault::Severity;
use crate::findings::allowance::Allowances;
use crate::findings::hydrate::FindingSink;
use crate::findings::maker::FindingMaker;
use crate::gate::OldFindings;
use crate::report::Finding;

/// All findings of a project.
pub(crate) fn findings_of(project: &Project, request: &Request) -> OldFindings {
    if project.is_broken() {
        return OldFindings::default();
    }
    with_job(project, request, (None, 0), |job| {
        let mut ran = run_engine(job);
        let raw = std::mem::take(&mut ran.raw);
        let maker = FindingMaker::new(job, &ran, &project.book);
        let mut known = Known::default();
        give_findings(project, &Given { job, ran: &ran }, &maker, (raw, 0), &mut known);
        known.0
    })
}

/// How many findings each allowance accepts, by what it is about.
pub(crate) fn accepted_of(project: &Project, request: &Request) -> BTreeMap<String, u64> {
    if project.is_broken() {
        return BTreeMap::new();
    }
    with_job(project, request, (None, 0), |job| {
        let mut ran = run_engine(job);
        let raw = std::mem::take(&mut ran.raw);
        let maker = FindingMaker::new(job, &ran, &project.book)
            .accepting(&project.allowances)
            .renamed(&project.built.renames);
        let mut accepted = Accepted { allowances: &project.allowances, counts: BTreeMap::new() };
        give_findings(project, &Given { job, ran: &ran }, &maker, (raw, 0), &mut accepted);
        accepted.counts
    })
}

/// Counts findings by the allowance that accepts them.
struct Accepted<'a> {
    allowances: &'a Allowances,
    counts: BTreeMap<String, u64>,
}

impl FindingSink for Accepted<'_> {
    fn wants(&mut self, _: &str, _: Severity) -> bool {
        true
    }

    fn joined(&mut self, _: &str, _: Severity) {}

    fn more(&mut self, _: &str, _: Severity, _: u64) {}

    fn take(&mut self, findings: Vec<Finding>) {
        for finding in &mut each(findings) {
            self.allowances.accept(finding);
            let place = finding.accepted.as_ref().and_then(|accepted| accepted.place.as_ref());
            let allowance = self.allowances.all.iter().find(|a| Some(&a.place) == place);
            if let Some(allowance) = allowance {
                *self.counts.entry(allowance.subject()).or_default() += 1;
            }
        }
    }

    fn unconfirmed(&mut self) {}
}

impl Collector for Accepted<'_> {
    fn whole(&mut self, findings: Vec<Finding>) {
        self.take(findings);
    }
}

/// All findings, those that are one with another by themselves.
fn each(findings: Vec<Finding>) -> Vec<Finding> {
    let apart = |mut f: Finding| {
        let crossed = std::mem::take(&mut f.crossed);
        std::iter::once(f).chain(crossed)
    };
    findings.into_iter().flat_map(apart).collect()
}

/// Collects findings.
#[derive(Default)]
pub(crate) struct Known(pub OldFindings);

impl FindingSink for Known {
    fn wants(&mut self, _: &str, _: Severity) -> bool {
        true
    }

    fn joined(&mut self, _: &str, _: Severity) {}

    fn more(&mut self, _: &str, _: Severity, _: u64) {}

    fn take(&mut self, findings: Vec<Finding>) {
        each(findings).iter().for_each(|f| self.0.add(f));
    }

    fn unconfirmed(&mut self) {}
}

impl Collector for Known {
    fn whole(&mut self, findings: Vec<Finding>) {
        self.take(findings);
    }
}
