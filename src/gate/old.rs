//! The findings of an old version of the data, judged by the rules of today.

use std::collections::{BTreeSet, VecDeque};

use crate::engine::states::Map;
use crate::fault::Severity;
use crate::report::{Finding, Identity, Status};

/// A finding of the old version.
#[derive(Debug, Clone)]
pub struct OldFinding {
    /// What it was about.
    pub identity: Identity,
    /// The hash of its identity.
    pub fingerprint: u128,
    /// The hash of the figures that were compared.
    pub evidence: u64,
    /// How much it mattered.
    pub severity: Severity,
    /// The key of its row or group.
    pub key: Option<String>,
    /// What it said.
    pub message: String,
    /// The hash that it shares with those that are the same in all else but their figures.
    pub shared: u128,
    found: bool,
}

/// The findings of the old version, in order, by fingerprint.
#[derive(Debug, Default)]
pub struct OldFindings {
    all: Vec<OldFinding>,
    by_fingerprint: Map<u128, usize>,
    /// Those that share all but their figures, as those of rows with one key do.
    alike: Map<u128, Alike>,
    /// Allowances that the old version has as they are today, by name.
    pub standing: BTreeSet<String>,
    /// Those of them that accept a finding there, with its check.
    accepting: BTreeSet<(String, String)>,
}

/// Findings of the old version that differ in their order alone.
#[derive(Debug, Default)]
struct Alike {
    /// The places of those that are not found, by their figures.
    by_evidence: Map<u64, VecDeque<usize>>,
    /// How many these are.
    free: usize,
    /// How many of these are found with other figures, whichever they are.
    changed: usize,
}

impl OldFindings {
    /// Adds a finding of the old version.
    pub fn add(&mut self, finding: &Finding) {
        if let Some(name) = finding.accepted.as_ref().and_then(|a| a.allowance.clone()) {
            self.accepting.insert((name, finding.check().to_string()));
        }
        self.keep(OldFinding {
            identity: finding.identity().clone(),
            fingerprint: finding.fingerprint(),
            evidence: finding.evidence,
            severity: finding.severity,
            key: finding.key.clone(),
            message: finding.message.clone(),
            shared: finding.shared_fingerprint(),
            found: false,
        });
    }

    fn keep(&mut self, finding: OldFinding) {
        let at = self.all.len();
        self.by_fingerprint.insert(finding.fingerprint, at);
        let alike = self.alike.entry(finding.shared).or_default();
        alike.by_evidence.entry(finding.evidence).or_default().push_back(at);
        alike.free += 1;
        self.all.push(finding);
    }

    /// How a finding of this run compares with them. Of several that are alike it is the one with the same
    /// figures: rows of one key that change places are the same rows.
    pub fn status(&mut self, finding: &Finding) -> Status {
        let own = self.by_fingerprint.get(&finding.fingerprint());
        let other = || finding.other_fingerprints().find_map(|f| self.by_fingerprint.get(&f));
        let at = own.or_else(other).copied();
        let shared = at.and_then(|at| self.all.get(at)).map(|old| old.shared);
        let shared = shared.unwrap_or_else(|| finding.shared_fingerprint());
        let Some(alike) = self.alike.get_mut(&shared) else { return Status::New };
        if let Some(same) =
            alike.by_evidence.get_mut(&finding.evidence).and_then(VecDeque::pop_front)
        {
            alike.free -= 1;
            self.all[same].found = true;
            return Status::Open;
        }
        if alike.free <= alike.changed {
            return Status::New;
        }
        alike.changed += 1;
        Status::Changed
    }

    /// Why an allowance that is older than the figures of a finding does not accept it. Without a key a row with
    /// other figures is another row: its finding is new.
    pub fn is_beyond(&self, finding: &Finding, status: Status) -> Option<&'static str> {
        let accepted = finding.accepted.as_deref().filter(|a| !a.any_value)?;
        let name = accepted.allowance.as_ref().filter(|name| self.standing.contains(*name))?;
        let accepts_then = || self.accepting.contains(&(name.clone(), finding.check().to_string()));
        match status {
            Status::Changed => Some(
                "what is allowed here was so with other figures; edit the allowance if it is meant for these, too",
            ),
            Status::New if finding.identity().subject.is_content() && accepts_then() => Some(
                "an allowance accepts what was found here before, and without a `key` this may be the same row \
                 with other figures; edit it if it is meant for this, too",
            ),
            Status::New | Status::Open => None,
        }
    }

    /// All of them, in order.
    pub fn all(&self) -> impl Iterator<Item = &OldFinding> {
        self.all.iter()
    }

    /// Drops those of some checks.
    pub fn forget(&mut self, is_forgotten: impl Fn(&str) -> bool) {
        let OldFindings { all, standing, accepting, .. } = std::mem::take(self);
        *self = OldFindings { standing, accepting, ..OldFindings::default() };
        let kept = all.into_iter().filter(|f| !is_forgotten(&f.identity.check));
        kept.for_each(|f| self.keep(f));
    }

    /// Those of which some are found again, by what they share.
    pub fn found_in_part(&self) -> BTreeSet<u128> {
        let is_met = |f: &&OldFinding| {
            f.found || self.alike.get(&f.shared).is_some_and(|alike| alike.changed > 0)
        };
        self.all.iter().filter(is_met).map(|f| f.shared).collect()
    }

    /// Those that were not found again: of such as are alike the last ones.
    pub fn not_found(&self) -> impl Iterator<Item = &OldFinding> {
        let changed =
            |finding: &OldFinding| self.alike.get(&finding.shared).map_or(0, |a| a.changed);
        let mut met: Map<u128, usize> = Map::default();
        self.all.iter().filter(|f| !f.found).filter(move |finding| {
            let before = met.entry(finding.shared).or_insert(0);
            *before += 1;
            *before > changed(finding)
        })
    }
}
