//! A whole run in memory, with as many findings as a report shows: the page and the workbook are
//! made of it, whether the run is at hand or was saved.

use std::collections::BTreeMap;

use crate::report::document::{Document, JsonFinding};
use crate::report::schedule::Schedule;

/// How many findings a report shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Up to so many all are shown.
    pub all: usize,
    /// Beyond, the first so many of each check.
    pub each: usize,
}

/// A run.
#[derive(Debug, Default)]
pub struct Collection {
    /// All that is known of it; of the findings those that are shown.
    pub document: Document,
    /// Findings by check, shown or not.
    pub counts: BTreeMap<String, u64>,
    /// The differences of all findings.
    pub schedule: Schedule,
    /// The name of the file with all findings, where not all are shown.
    pub beside: Option<String>,
    limit: Option<Limit>,
    /// All findings.
    all: u64,
    kept: BTreeMap<String, usize>,
}

impl Collection {
    /// An empty run of which so many findings will be shown.
    pub fn new(limit: Option<Limit>) -> Collection {
        Collection { limit, ..Collection::default() }
    }

    /// A saved run.
    pub fn of(mut document: Document, limit: Option<Limit>) -> Collection {
        let findings = std::mem::take(&mut document.findings);
        let mut all = Collection { document, ..Collection::new(limit) };
        findings.into_iter().for_each(|finding| all.add(finding));
        all
    }

    /// Adds a finding, in order.
    pub fn add(&mut self, finding: JsonFinding<'static>) {
        if self.takes(&finding) {
            self.document.findings.push(finding);
        }
    }

    /// Counts a finding, in order; whether it is shown, and is to be added to the document.
    pub fn takes(&mut self, finding: &JsonFinding<'_>) -> bool {
        self.schedule.add(finding);
        let before = self.all;
        self.all += 1;
        *self.counts.entry(finding.check.to_string()).or_default() += 1;
        let Some(limit) = self.limit else { return true };
        if before == limit.all as u64 {
            self.cut(limit.each);
        }
        let kept = self.kept.entry(finding.check.to_string()).or_default();
        *kept += 1;
        before < limit.all as u64 || *kept <= limit.each
    }

    /// How many findings it shows; all where there is no limit.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// Takes all of a run but its findings.
    pub fn complete(&mut self, document: Document) {
        let findings = std::mem::take(&mut self.document.findings);
        self.document = Document { findings, ..document };
    }

    /// How many findings are not shown.
    pub fn held_back(&self) -> u64 {
        self.all - self.document.findings.len() as u64
    }

    /// Leaves the first so many of each check.
    fn cut(&mut self, each: usize) {
        self.kept.clear();
        let kept = &mut self.kept;
        self.document.findings.retain(|finding| {
            let kept = kept.entry(finding.check.to_string()).or_default();
            *kept += 1;
            *kept <= each
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: &str) -> JsonFinding<'static> {
        let text = format!(
            r#"{{"check":"{check}","assertion":0,"fault":"assertion-failed","severity":"error",
            "message":"","labels":[],"fingerprint":""}}"#
        );
        serde_json::from_str(&text).expect("a finding")
    }

    #[test]
    fn many_findings_are_cut_to_the_first_of_each_check() {
        let shown = |findings: &[&str]| {
            let mut all = Collection::new(Some(Limit { all: 4, each: 1 }));
            findings.iter().for_each(|check| all.add(finding(check)));
            let shown: Vec<_> = all.document.findings.iter().map(|f| f.check.to_string()).collect();
            assert_eq!(all.held_back(), (findings.len() - shown.len()) as u64);
            shown.concat()
        };
        assert_eq!(shown(&["a", "a", "b", "b"]), "aabb");
        assert_eq!(shown(&["a", "a", "b", "b", "b", "c", "c"]), "abc");
    }
}
