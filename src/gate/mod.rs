//! What stands between findings and whoever shows them: each has a status by its identity, is
//! counted, and new ones beyond the cap are held back.

mod asked;
pub mod baseline;
mod old;

use std::collections::BTreeSet;

use crate::engine::states::Map;
use crate::fault::Severity;
use crate::findings::allowance::FAULTS as ALLOWANCES;
use crate::report::{Finding, Status, StatusCounts};

pub use asked::{Asked, is_same};
pub use old::{OldFinding, OldFindings};

/// Counts findings and caps those that are shown.
#[derive(Default)]
pub struct Gate {
    /// Findings of a check that capped sinks show.
    cap: Option<u64>,
    /// Those that are shown and counted at all.
    asked: Asked,
    /// The findings of the old version.
    old: Option<OldFindings>,
    /// Whether those of the old version count as well.
    all: bool,
    /// Checks whose findings are shown and do not count.
    reported: BTreeSet<String>,
    /// Whether rules accept findings, which is known when these have words.
    accepting: bool,
    /// Findings that are accepted.
    accepted: u64,
    /// Findings by how they compare with the old version.
    counts_of_status: StatusCounts,
    /// Findings by name.
    counts: Map<String, u64>,
    /// Names in the order in which they came.
    order: Vec<String>,
    /// Findings by name that are accepted or as they were in the old version.
    known: Map<String, u64>,
    /// New findings by name that passed.
    passed: Map<String, u64>,
    /// Known findings by name that passed.
    passed_known: Map<String, u64>,
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

    /// The same, comparing each finding with those of an old version.
    pub fn comparing(self, old: Option<OldFindings>) -> Gate {
        Gate { old, ..self }
    }

    /// The same, where rules may accept findings.
    pub fn accepting(self, accepting: bool) -> Gate {
        Gate { accepting, ..self }
    }

    /// The same, where findings count whether or not the old version has them.
    pub fn counting_all(self, all: bool) -> Gate {
        Gate { all, ..self }
    }

    /// The same, where findings of these checks do not count.
    pub fn only_reporting(self, reported: BTreeSet<String>) -> Gate {
        Gate { reported, ..self }
    }

    /// Whether findings are counted when they have words: before that it is not known which ones
    /// are asked for, new, or accepted.
    fn needs_words(&self) -> bool {
        !self.asked.is_all() || self.old.is_some() || self.accepting
    }

    /// Whether a finding is asked for.
    pub fn asks_for(&mut self, finding: &Finding) -> bool {
        self.asked.is_all() || self.asked.takes(finding)
    }

    /// Gives a finding its status, and counts it where that was not done before it had words.
    pub fn judge(&mut self, finding: &mut Finding) {
        let mut crossed = std::mem::take(&mut finding.crossed);
        for member in &mut crossed {
            self.give_status(member);
            if self.needs_words() {
                self.count_only(member.check(), u64::from(member.counts));
                if !member.counts {
                    *self.known.entry_ref(member.check()).or_insert(0) += 1;
                }
            }
        }
        self.give_status(finding);
        // What is one with a finding that counts, counts.
        finding.counts |= crossed.iter().any(|member| member.counts);
        finding.crossed = crossed;
        if !self.needs_words() {
            return;
        }
        if finding.counts {
            self.count(finding.check(), finding.severity, 1);
        } else {
            self.count(finding.check(), finding.severity, 0);
            *self.known.entry_ref(finding.check()).or_insert(0) += 1;
        }
    }

    /// Compares a finding with the old version, and says whether it counts.
    fn give_status(&mut self, finding: &mut Finding) {
        // What is said of allowances is about today.
        let is_of_data = !ALLOWANCES.contains(&finding.fault());
        if let Some(old) = self.old.as_mut().filter(|_| is_of_data) {
            let status = old.status(finding);
            let counts = &mut self.counts_of_status;
            match status {
                Status::New => counts.new += 1,
                Status::Changed => counts.changed += 1,
                Status::Open => counts.open += 1,
            }
            finding.status = Some(status);
            if let Some(why) = old.is_beyond(finding, status) {
                finding.accepted = None;
                finding.add_help(why.to_string());
            }
        }
        self.accepted += u64::from(finding.accepted.is_some());
        let is_known = finding.status == Some(Status::Open) && !self.all;
        finding.counts =
            finding.accepted.is_none() && !is_known && !self.reported.contains(finding.check());
    }

    /// What was asked for, and what of it was found.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Raw findings of a check that the scan keeps, where no sink shows more than `most`: the rest
    /// may be dropped unless each one's identity is needed to know its status.
    pub fn most_raw(&self, most: Option<u64>) -> Option<u64> {
        most.filter(|_| !self.needs_words())
    }

    /// Counts findings before they have words; how many there are now of that name.
    fn count(&mut self, check: &str, severity: Severity, count: u64) -> u64 {
        if !self.counts.contains_key(check) {
            self.order.push(check.to_string());
        }
        let n = self.counts.entry_ref(check).or_insert(0);
        *n += count;
        if count == 0 {
            return *n;
        }
        if let Some(total) = self.totals.get_mut(severity as usize) {
            *total += count;
        }
        self.worst = self.worst.max(Some(severity));
        *n
    }

    /// Counts a finding of a check that is part of another one.
    fn count_only(&mut self, check: &str, count: u64) {
        if !self.counts.contains_key(check) {
            self.order.push(check.to_string());
        }
        *self.counts.entry_ref(check).or_insert(0) += count;
    }

    /// A finding that was admitted became part of another one: its check has failed, and in all there
    /// is one less.
    pub fn joined(&mut self, severity: Severity) {
        if !self.needs_words()
            && let Some(total) = self.totals.get_mut(severity as usize)
        {
            *total = total.saturating_sub(1);
        }
    }

    /// Counts a finding; whether it may still pass to capped sinks.
    pub fn admits(&mut self, check: &str, severity: Severity) -> bool {
        self.needs_words() || {
            let n = self.count(check, severity, 1);
            self.cap.is_none_or(|cap| n <= cap)
        }
    }

    /// Counts findings that are not kept.
    pub fn dropped(&mut self, check: &str, severity: Severity, count: u64) {
        self.count(check, severity, count);
    }

    /// Whether a finding passes to capped sinks: known ones take no place of new ones.
    pub fn passes(&mut self, finding: &Finding) -> bool {
        let of = if finding.counts { &mut self.passed } else { &mut self.passed_known };
        let n = of.entry_ref(finding.check()).or_insert(0);
        *n += 1;
        let passes = self.cap.is_none_or(|cap| *n <= cap);
        // Those that it stands for are shown with it.
        for member in &finding.crossed {
            let of = if member.counts { &mut self.passed } else { &mut self.passed_known };
            *of.entry_ref(member.check()).or_insert(0) += 1;
        }
        passes
    }

    /// Notes a finding about a whole check, which there is once: it takes no place of others, and
    /// the cap does not hold it back.
    pub fn pass_whole(&mut self, finding: &Finding) {
        if !self.needs_words() {
            self.count(finding.check(), finding.severity, 1);
        }
        if finding.counts {
            *self.whole.entry_ref(finding.check()).or_insert(0) += 1;
        }
    }

    /// The old version's findings, with those marked that were found again.
    pub fn old(&mut self) -> Option<&mut OldFindings> {
        self.old.as_mut()
    }

    /// Findings by how they compare with the old version, and how many are accepted.
    pub fn known(&self) -> (Option<StatusCounts>, u64) {
        (self.old.is_some().then_some(self.counts_of_status), self.accepted)
    }

    /// Findings of a name that are accepted or as they were.
    pub fn known_of(&self, check: &str) -> u64 {
        self.known.get(check).copied().unwrap_or(0)
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
    use crate::report::{Acceptance, AcceptedBy, Demand, Identity, Subject, evidence};

    fn finding(subject: &str, figure: &str) -> Finding {
        let demand = Demand::Assertion("a = 1".into());
        let mut identity = Identity::new("c", demand, &ASSERTION_FAILED);
        identity.subject = Subject::Claim(subject.into());
        let mut finding = Finding::new(identity, Severity::Error, String::new());
        finding.evidence = evidence(&[figure]);
        finding
    }

    fn allowed(mut finding: Finding, any_value: bool) -> Finding {
        let kind = AcceptedBy::Allowance;
        let (reason, by, until, place) = Default::default();
        let allowance = Some("agreed".to_string());
        let accepted = Acceptance { kind, reason, by, until, any_value, allowance, place };
        finding.accepted = Some(Box::new(accepted));
        finding
    }

    #[test]
    fn new_findings_are_capped_and_all_are_counted() {
        let mut gate = Gate::new(Some(2));
        assert_eq!(gate.most_raw(Some(2)), Some(2));
        let admitted: Vec<bool> = (0..3).map(|_| gate.admits("c", Severity::Error)).collect();
        assert_eq!(admitted, [true, true, false]);
        gate.dropped("c", Severity::Error, 4);
        let passed = ["x", "y", "z"].map(|s| gate.passes(&finding(s, "1")));
        assert_eq!(passed, [true, true, false]);
        assert_eq!((gate.found("c"), gate.shown("c")), (7, 2));
        assert_eq!(gate.totals(), ([0, 0, 7], Some(Severity::Error)));
    }

    #[test]
    fn known_findings_hide_no_new_one() {
        let mut old = OldFindings::default();
        old.standing.insert("agreed".to_string());
        ["open", "allowed", "changed", "raised", "any", "gone"]
            .iter()
            .for_each(|s| old.add(&finding(s, "1")));
        let mut gate = Gate::new(Some(1)).comparing(Some(old));
        assert_eq!(gate.most_raw(Some(1)), None, "each identity is needed");
        assert!((0..3).all(|_| gate.admits("c", Severity::Error)));
        let mut judge = |mut f: Finding| {
            gate.judge(&mut f);
            (f.status.unwrap(), f.counts, gate.passes(&f))
        };
        assert_eq!(judge(finding("open", "1")), (Status::Open, false, true));
        assert_eq!(judge(allowed(finding("allowed", "1"), false)), (Status::Open, false, false));
        assert_eq!(judge(finding("new", "1")), (Status::New, true, true));
        assert_eq!(judge(finding("changed", "2")), (Status::Changed, true, false));
        assert_eq!(judge(allowed(finding("raised", "2"), false)), (Status::Changed, true, false));
        assert_eq!(judge(allowed(finding("any", "2"), true)), (Status::Changed, false, false));
        assert_eq!((gate.found("c"), gate.known_of("c")), (3, 3));
        let (counts, accepted) = gate.known();
        let counts = counts.unwrap();
        assert_eq!((counts.new, counts.changed, counts.open, accepted), (1, 3, 2, 2));
        let gone = gate.old().unwrap().not_found().map(|f| f.fingerprint).collect::<Vec<_>>();
        assert_eq!(gone, [finding("gone", "1").fingerprint()]);
    }

    #[test]
    fn findings_that_are_alike_are_known_by_their_figures() {
        let alike = |figures: &[&str]| -> Vec<Finding> {
            let with = |(before, figure): (u64, &&str)| {
                let mut finding = finding("k", figure);
                finding.repeats(before);
                finding
            };
            (0..).zip(figures).map(with).collect()
        };
        for (then, now, wanted, gone) in [
            (&["2", "3"][..], &["3", "2"][..], &[Status::Open, Status::Open][..], 0),
            (&["2", "3"], &["5", "2"], &[Status::Changed, Status::Open], 0),
            (&["2", "3"], &["3"], &[Status::Open], 1),
            (&["2"], &["5", "6"], &[Status::Changed, Status::New], 0),
            (&["2", "2"], &["2", "2", "2"], &[Status::Open, Status::Open, Status::New], 0),
        ] {
            let mut old = OldFindings::default();
            alike(then).iter().for_each(|f| old.add(f));
            let found: Vec<Status> = alike(now).iter().map(|f| old.status(f)).collect();
            assert_eq!((&found[..], old.not_found().count()), (wanted, gone), "{then:?} {now:?}");
        }
    }
}
