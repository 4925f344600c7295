//! The findings of an old version of the data, judged by the rules of today.

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
    found: bool,
}

/// The findings of the old version, in order, by fingerprint.
#[derive(Debug, Default)]
pub struct OldFindings {
    all: Vec<OldFinding>,
    by_fingerprint: Map<u128, usize>,
}

impl OldFindings {
    /// Adds a finding of the old version.
    pub fn add(&mut self, finding: &Finding) {
        self.by_fingerprint.insert(finding.fingerprint(), self.all.len());
        self.all.push(OldFinding {
            identity: finding.identity().clone(),
            fingerprint: finding.fingerprint(),
            evidence: finding.evidence,
            severity: finding.severity,
            key: finding.key.clone(),
            message: finding.message.clone(),
            found: false,
        });
    }

    /// How a finding of this run compares with them.
    pub fn status(&mut self, finding: &Finding) -> Status {
        let own = self.by_fingerprint.get(&finding.fingerprint());
        let other = || finding.other_fingerprints().find_map(|f| self.by_fingerprint.get(&f));
        let at = own.or_else(other);
        let Some(old) = at.and_then(|at| self.all.get_mut(*at)) else { return Status::New };
        old.found = true;
        if old.evidence == finding.evidence { Status::Open } else { Status::Changed }
    }

    /// All of them, in order.
    pub fn all(&self) -> impl Iterator<Item = &OldFinding> {
        self.all.iter()
    }

    /// Drops those of some checks.
    pub fn forget(&mut self, is_forgotten: impl Fn(&str) -> bool) {
        let kept = std::mem::take(self).all.into_iter();
        for finding in kept.filter(|f| !is_forgotten(&f.identity.check)) {
            self.by_fingerprint.insert(finding.fingerprint, self.all.len());
            self.all.push(finding);
        }
    }

    /// Those that were not found again.
    pub fn not_found(&self) -> impl Iterator<Item = &OldFinding> {
        self.all.iter().filter(|f| !f.found)
    }
}
