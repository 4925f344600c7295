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
use crate::plan::needs;
use crate::report::{Finding, Subject};
use crate::source::Files;

/// A finding of a run over the same data, by what other rules do not change: under the names that
/// things had first, and a row by where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct What {
    pub check: String,
    column: Option<String>,
    of: String,
}

/// A finding, and the tables that its check reads.
pub(crate) struct Met {
    pub what: What,
    pub tables: Vec<String>,
}

/// All findings of a project.
pub(crate) fn met_in(project: &Project, request: &Request) -> Vec<Met> {
    if project.is_broken() {
        return Vec::new();
    }
    with_job(project, request, (None, 0), |job| {
        let mut ran = run_engine(job);
        let raw = std::mem::take(&mut ran.raw);
        let maker = FindingMaker::new(job, &ran, &project.book).renamed(&project.built.renames);
        let mut all = Meeting { project, tables: BTreeMap::new(), all: Vec::new() };
        give_findings(project, &Given { job, ran: &ran }, &maker, (raw, 0), &mut all);
        all.all
    })
}

/// Collects findings with where they are.
struct Meeting<'p> {
    project: &'p Project,
    /// By check, and table of the finding, the tables that it reads.
    tables: BTreeMap<(String, Option<String>), Vec<String>>,
    all: Vec<Met>,
}

impl Meeting<'_> {
    fn what(&self, finding: &Finding) -> What {
        let first = finding.first_identity();
        let is_row = matches!(first.subject, Subject::Key(_) | Subject::Content(_));
        let place = finding.labels.first().map(|label| &label.place).filter(|_| is_row);
        let of = match place {
            Some(place) => {
                let path = Files::path(&self.project.book, place.at.file());
                let record = place.cell.as_ref().and_then(|cell| cell.record);
                format!("{path}:{}", record.unwrap_or(place.at.span().start))
            }
            None => format!("{:x}", first.subject.untyped_hash()),
        };
        What { check: first.check.clone(), column: first.column.clone(), of }
    }

    fn tables(&mut self, finding: &Finding) -> Vec<String> {
        let built = &self.project.built;
        let of_check = || {
            let check = built.checks.iter().find(|check| check.id == finding.check());
            let own = check.iter().flat_map(|c| c.units.iter().map(|unit| unit.table));
            let states = check.iter().flat_map(|c| needs(c.expressions()));
            let read = states.filter_map(|s| Some(built.states.all.get(s)?.table()));
            let names = own.chain(read).filter_map(|t| Some(&built.tables.get(t)?.name));
            let named = finding.table().map(str::to_string).into_iter();
            named.chain(names.cloned()).map(|t| built.renames.table(&t).to_string()).collect()
        };
        let key = (finding.check().to_string(), finding.table().map(str::to_string));
        self.tables.entry(key).or_insert_with(of_check).clone()
    }
}

impl FindingSink for Meeting<'_> {
    fn wants(&mut self, _: &str, _: Severity) -> bool {
        true
    }

    fn joined(&mut self, _: &str, _: Severity) {}

    fn more(&mut self, _: &str, _: Severity, _: u64) {}

    fn take(&mut self, findings: Vec<Finding>) {
        for finding in &each(findings) {
            let met = Met { what: self.what(finding), tables: self.tables(finding) };
            self.all.push(met);
        }
    }

    fn unconfirmed(&mut self) {}
}

impl Collector for Meeting<'_> {
    fn whole(&mut self, findings: Vec<Finding>) {
        self.take(findings);
    }
}

/// How many findings each allowance accepts, in the order of the project.
pub(crate) fn accepted_of(project: &Project, request: &Request) -> Vec<u64> {
    if project.is_broken() {
        return Vec::new();
    }
    with_job(project, request, (None, 0), |job| {
        let mut ran = run_engine(job);
        let raw = std::mem::take(&mut ran.raw);
        let maker = FindingMaker::new(job, &ran, &project.book)
            .accepting(&project.allowances)
            .renamed(&project.built.renames);
        let counts = vec![0; project.allowances.all.len()];
        let mut accepted = Accepted { allowances: &project.allowances, counts };
        give_findings(project, &Given { job, ran: &ran }, &maker, (raw, 0), &mut accepted);
        accepted.counts
    })
}

/// Counts findings by the allowance that accepts them.
struct Accepted<'a> {
    allowances: &'a Allowances,
    counts: Vec<u64>,
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
            let allowance = self.allowances.all.iter().position(|a| Some(&a.place) == place);
            if let Some(count) = allowance.and_then(|number| self.counts.get_mut(number)) {
                *count += 1;
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

/// Collects findings of an old version, with what accepts them there.
pub(crate) struct Known<'a> {
    pub allowances: &'a Allowances,
    pub findings: OldFindings,
}

impl FindingSink for Known<'_> {
    fn wants(&mut self, _: &str, _: Severity) -> bool {
        true
    }

    fn joined(&mut self, _: &str, _: Severity) {}

    fn more(&mut self, _: &str, _: Severity, _: u64) {}

    fn take(&mut self, findings: Vec<Finding>) {
        for finding in &mut each(findings) {
            self.allowances.accept(finding);
            self.findings.add(finding);
        }
    }

    fn unconfirmed(&mut self) {}
}

impl Collector for Known<'_> {
    fn whole(&mut self, findings: Vec<Finding>) {
        self.take(findings);
    }
}
