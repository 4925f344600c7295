//! What stands between findings and whoever shows them: each has a status by its identity, is
//! counted, and new ones beyond the cap are held back.

mod asked;

use std::collections::BTreeMap;

use crate::engine::states::Map;
use crate::fault::Severity;
use crate::report::Finding;

pub use asked::Asked;

/// How a finding compares with what is already known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Not known.
    New,
    /// Known, but with other figures.
    Changed,
    /// Known, and not accepted.
    Open,
    /// Known and accepted as it is.
    Accepted,
    /// Known, and no longer found.
    Settled,
}

/// A finding of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The hash of the figures that were compared.
    pub evidence: u64,
    /// Whether it is accepted.
    pub accepted: bool,
}

/// Counts findings and caps those that are shown.
#[derive(Default)]
pub struct Gate {
    /// Findings of a check that capped sinks show.
    cap: Option<u64>,
    /// Those that are shown and counted at all.
    asked: Asked,
    /// Earlier findings by fingerprint; whether they were found again.
    known: BTreeMap<u128, (Known, bool)>,
    /// Findings by name.
    counts: Map<String, u64>,
    /// Names in the order in which they came.
    order: Vec<String>,
    /// Findings by name that passed.
    passed: Map<String, u64>,
    /// Findings by name that are about a whole check; the cap does not hold them back.
    whole: Map<String, u64>,
    /// Findings by severity.
    totals: [u64; 3],
    /// The worst severity.
    worst: Option<Severity>,
}

impl Gate {
    /// A gate that lets so many findings of a check pass to capped sinks; nothing is known yet.
    pub fn new(cap: Option<u64>) -> Gate {
        Gate { cap, ..Gate::default() }
    }

    /// A gate for the findings that are asked for: whether one is, is known when it has words.
    pub fn asking(asked: Asked) -> Gate {
        Gate { asked, ..Gate::default() }
    }

    /// Whether a finding is asked for.
    pub fn asks_for(&mut self, finding: &Finding) -> bool {
        if self.asked.is_all() {
            return true;
        }
        let takes = self.asked.takes(finding);
        if takes {
            self.count(finding.check(), finding.severity, 1);
        }
        takes
    }

    /// What was asked for, and what was met instead.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Raw findings of a check that the scan keeps, where no sink shows more than `most`: the rest
    /// may be dropped unless each one's identity is needed to know its status.
    pub fn most_raw(&self, most: Option<u64>) -> Option<u64> {
        most.filter(|_| self.known.is_empty() && self.asked.is_all())
    }

    /// Counts findings before they have words; how many there are now of that name.
    fn count(&mut self, check: &str, severity: Severity, count: u64) -> u64 {
        let n = self.counts.entry_ref(check).or_insert(0);
        if *n == 0 {
            self.order.push(check.to_string());
        }
        *n += count;
        if let Some(total) = self.totals.get_mut(severity as usize) {
            *total += count;
        }
        self.worst = self.worst.max(Some(severity));
        *n
    }

    /// Counts a finding; whether it may still pass to capped sinks.
    pub fn admits(&mut self, check: &str, severity: Severity) -> bool {
        if !self.asked.is_all() {
            return true;
        }
        let n = self.count(check, severity, 1);
        !self.known.is_empty() || self.cap.is_none_or(|cap| n <= cap)
    }

    /// Counts findings that are not kept.
    pub fn dropped(&mut self, check: &str, severity: Severity, count: u64) {
        self.count(check, severity, count);
    }

    /// The status of a finding.
    fn status(&mut self, fingerprint: u128, evidence: u64) -> Status {
        let Some((known, found)) = self.known.get_mut(&fingerprint) else { return Status::New };
        *found = true;
        match known {
            Known { evidence: before, .. } if *before != evidence => Status::Changed,
            Known { accepted: true, .. } => Status::Accepted,
            Known { accepted: false, .. } => Status::Open,
        }
    }

    /// The status of a finding, and whether it passes to capped sinks: known ones take no place of
    /// new ones.
    pub fn pass(&mut self, finding: &Finding) -> (Status, bool) {
        let status = self.status(finding.fingerprint(), finding.evidence);
        if matches!(status, Status::Open | Status::Accepted) {
            return (status, true);
        }
        let n = self.passed.entry_ref(finding.check()).or_insert(0);
        *n += 1;
        (status, self.cap.is_none_or(|cap| *n <= cap))
    }

    /// The status of a finding about a whole check, which there is once: it takes no place of others,
    /// and the cap does not hold it back.
    pub fn pass_whole(&mut self, finding: &Finding) -> Status {
        if self.asked.is_all() {
            self.count(finding.check(), finding.severity, 1);
        }
        *self.whole.entry_ref(finding.check()).or_insert(0) += 1;
        self.status(finding.fingerprint(), finding.evidence)
    }

    /// Known findings that were not found again.
    pub fn settled(&self) -> impl Iterator<Item = u128> {
        self.known.iter().filter(|(_, (_, found))| !found).map(|(fingerprint, _)| *fingerprint)
    }

    /// Findings of a name.
    pub fn found(&self, check: &str) -> u64 {
        self.counts.get(check).copied().unwrap_or(0)
    }

    /// Findings about a check as a whole.
    pub fn about_whole(&self, check: &str) -> u64 {
        self.whole.get(check).copied().unwrap_or(0)
    }

    /// Findings of a name that capped sinks show.
    pub fn shown(&self, check: &str) -> u64 {
        let passed = self.passed.get(check).copied().unwrap_or(0);
        self.cap.map_or(passed, |cap| passed.min(cap)) + self.about_whole(check)
    }

    /// Names in the order in which they came.
    pub fn names(&self) -> &[String] {
        &self.order
    }

    /// Findings by severity, and the worst.
    pub fn totals(&self) -> ([u64; 3], Option<Severity>) {
        (self.totals, self.worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::faults::ASSERTION_FAILED;
    use crate::report::{Demand, Identity, Subject, evidence};

    fn finding(subject: &str, figure: &str) -> Finding {
        let demand = Demand::Assertion("a = 1".into());
        let mut identity = Identity::new("c", demand, &ASSERTION_FAILED);
        identity.subject = Subject::Claim(subject.into());
        let mut finding = Finding::new(identity, Severity::Error, String::new());
        finding.evidence = evidence(&[figure]);
        finding
    }

    #[test]
    fn new_findings_are_capped_and_all_are_counted() {
        let mut gate = Gate::new(Some(2));
        assert_eq!(gate.most_raw(Some(2)), Some(2));
        let admitted: Vec<bool> = (0..3).map(|_| gate.admits("c", Severity::Error)).collect();
        assert_eq!(admitted, [true, true, false]);
        gate.dropped("c", Severity::Error, 4);
        let passed: Vec<_> = ["x", "y", "z"].map(|s| gate.pass(&finding(s, "1"))).into();
        assert_eq!(passed, [true, true, false].map(|p| (Status::New, p)));
        assert_eq!((gate.found("c"), gate.shown("c")), (7, 2));
        assert_eq!(gate.totals(), ([0, 0, 7], Some(Severity::Error)));
    }

    #[test]
    fn known_findings_hide_no_new_one() {
        let mut gate = Gate::new(Some(1));
        let known = [("open", false), ("accepted", true), ("changed", true), ("gone", false)];
        for (subject, accepted) in known {
            let known = finding(subject, "1");
            let as_before = Known { evidence: known.evidence, accepted };
            gate.known.insert(known.fingerprint(), (as_before, false));
        }
        assert_eq!(gate.most_raw(Some(1)), None, "each identity is needed");
        assert!((0..3).all(|_| gate.admits("c", Severity::Error)));
        assert_eq!(gate.pass(&finding("open", "1")), (Status::Open, true));
        assert_eq!(gate.pass(&finding("accepted", "1")), (Status::Accepted, true));
        assert_eq!(gate.pass(&finding("new", "1")), (Status::New, true));
        assert_eq!(gate.pass(&finding("changed", "2")), (Status::Changed, false));
        let gone = finding("gone", "1").fingerprint();
        assert_eq!(gate.settled().collect::<Vec<_>>(), [gone]);
    }
}
