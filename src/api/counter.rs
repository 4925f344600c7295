//! Gives findings to sinks, counted and capped.

use crate::api::SinkSlot;
use crate::engine::data::parallel::in_parallel;
use crate::engine::states::Map;
use crate::fault::Severity;
use crate::files::sources::Sources;
use crate::findings::hydrate::FindingSink;
use crate::report::Finding;

/// Counts findings and writes those that are shown.
pub(crate) struct Counter<'c, 's> {
    sinks: &'c mut [SinkSlot<'s>],
    book: &'c Sources,
    /// Findings of a check that capped sinks show.
    pub cap: Option<u64>,
    jobs: usize,
    /// Findings by name.
    pub counts: Map<String, u64>,
    /// Names in the order in which they came.
    pub order: Vec<String>,
    /// Findings by name that were taken.
    pub shown: Map<String, u64>,
    /// Findings by severity.
    pub totals: [u64; 3],
    /// The worst severity.
    pub worst: Option<Severity>,
    /// Marks that were no findings.
    pub unconfirmed: u64,
    none_yet: bool,
}

impl<'c, 's> Counter<'c, 's> {
    /// Nothing counted yet.
    pub fn new(
        sinks: &'c mut [SinkSlot<'s>],
        book: &'c Sources,
        cap: Option<u64>,
        jobs: usize,
    ) -> Self {
        let (counts, order, shown) = (Map::default(), Vec::new(), Map::default());
        Counter {
            sinks,
            book,
            cap,
            jobs,
            counts,
            order,
            shown,
            totals: [0; 3],
            worst: None,
            unconfirmed: 0,
            none_yet: true,
        }
    }

    /// Counts findings; how many there are now of that name.
    fn count(&mut self, check: &str, severity: Severity, count: u64) -> u64 {
        let n = self.counts.entry_ref(check).or_insert(0);
        if *n == 0 {
            self.order.push(check.to_string());
        }
        *n += count;
        self.totals[severity as usize] += count;
        self.worst = self.worst.max(Some(severity));
        *n
    }
}

impl FindingSink for Counter<'_, '_> {
    fn wants(&mut self, check: &str, severity: Severity) -> bool {
        let n = self.count(check, severity, 1);
        let capped = self.cap.is_some_and(|cap| n > cap);
        !capped || self.sinks.iter().any(|s| !s.capped)
    }

    fn more(&mut self, check: &str, severity: Severity, count: u64) {
        self.count(check, severity, count);
    }

    fn take(&mut self, findings: Vec<Finding>) {
        let capped: Vec<bool> = findings
            .iter()
            .map(|f| {
                let n = self.shown.entry(f.check.clone()).or_insert(0);
                *n += 1;
                self.cap.is_some_and(|cap| *n > cap)
            })
            .collect();
        let book = self.book;
        for slot in self.sinks.iter_mut().filter(|s| s.error.is_none()) {
            let mut first = self.none_yet;
            let of_slot: Vec<(&Finding, bool)> = findings
                .iter()
                .zip(&capped)
                .filter(|(_, capped)| !(**capped && slot.capped))
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

    fn unconfirmed(&mut self) {
        self.unconfirmed += 1;
    }
}
