//! The worst and newest findings, where a format takes no more than so many.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::fault::Severity;
use crate::report::Finding;

/// What comes first, by rank and then in the order of the report.
pub type Key = (Rank, u64);

/// Those that count first, then those that are as they were, then the accepted ones; among them by
/// severity.
pub type Rank = (u8, Reverse<Severity>);

/// What is made of the worst findings, and how many there were.
pub struct Worst<T> {
    most: usize,
    seen: u64,
    kept: BTreeMap<Key, T>,
}

impl<T> Worst<T> {
    /// So many at most.
    pub fn new(most: usize) -> Worst<T> {
        Worst { most, seen: 0, kept: BTreeMap::new() }
    }

    /// Counts a finding; its key where it is to be kept.
    pub fn counts(&mut self, finding: &Finding) -> Option<Key> {
        let key = (rank(finding), self.seen);
        self.seen += 1;
        let is_last = || self.kept.last_key_value().is_none_or(|(last, _)| key > *last);
        (self.kept.len() < self.most || !is_last()).then_some(key)
    }

    /// Keeps what was made of a finding.
    pub fn keep(&mut self, key: Key, made: T) {
        self.kept.insert(key, made);
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// How many were counted.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// How many were counted and are not kept.
    pub fn left_out(&self) -> u64 {
        self.seen - self.kept.len() as u64
    }

    /// Takes those that would be kept where no more than so many were.
    pub fn limit(&mut self, most: usize) {
        self.most = most;
        while self.kept.len() > most {
            self.kept.pop_last();
        }
    }

    /// The worst first.
    pub fn by_rank(&self) -> impl Iterator<Item = &T> {
        self.kept.values()
    }

    /// As they came.
    pub fn in_order(&self) -> impl Iterator<Item = &T> {
        let mut all: Vec<(&Key, &T)> = self.kept.iter().collect();
        all.sort_by_key(|((_, number), _)| *number);
        all.into_iter().map(|(_, made)| made)
    }
}

fn rank(finding: &Finding) -> Rank {
    let standing = match () {
        () if finding.counts => 0,
        () if finding.accepted.is_none() => 1,
        () => 2,
    };
    (standing, Reverse(finding.severity))
}

#[cfg(test)]
mod tests {
    use super::Worst;
    use crate::engine::faults::ASSERTION_FAILED;
    use crate::fault::Severity;
    use crate::report::{Demand, Finding, Identity, Status};

    #[test]
    fn the_worst_and_newest_are_kept() {
        let mut worst = Worst::new(3);
        let all = [
            (Severity::Info, Status::New),
            (Severity::Error, Status::Open),
            (Severity::Warning, Status::New),
            (Severity::Error, Status::Changed),
            (Severity::Error, Status::New),
        ];
        for (severity, status) in all {
            let identity = Identity::new("c", Demand::Structure, &ASSERTION_FAILED);
            let mut finding = Finding::new(identity, severity, String::new());
            finding.status = Some(status);
            finding.counts = status != Status::Open;
            if let Some(key) = worst.counts(&finding) {
                worst.keep(key, (severity, status));
            }
        }
        let kept: Vec<_> = worst.by_rank().copied().collect();
        assert_eq!(kept, [all[3], all[4], all[2]]);
        let in_order: Vec<_> = worst.in_order().copied().collect();
        assert_eq!(in_order, [all[2], all[3], all[4]]);
        assert_eq!((worst.seen(), worst.left_out()), (5, 2));
    }
}
