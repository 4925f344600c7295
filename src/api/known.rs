//! All findings of another run, to be compared with.

use crate::api::carry_out::{Collector, Given, give_findings, with_job};
use crate::api::project::Project;
use crate::api::request::Request;
use crate::engine::pass::run::run as run_engine;
use crate::fault::Severity;
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

/// Collects findings.
#[derive(Default)]
pub(crate) struct Known(pub OldFindings);

impl FindingSink for Known {
    fn wants(&mut self, _: &str, _: Severity) -> bool {
        true
    }

    fn more(&mut self, _: &str, _: Severity, _: u64) {}

    fn take(&mut self, findings: Vec<Finding>) {
        findings.iter().for_each(|f| self.0.add(f));
    }

    fn unconfirmed(&mut self) {}
}

impl Collector for Known {
    fn whole(&mut self, findings: Vec<Finding>) {
        self.take(findings);
    }
}
