//! What the parts of a page share: findings in groups, their anchors, and where exhibits mark them.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::collection::Collection;
use crate::report::document::{Document, JsonFinding};
use crate::report::exhibit::{Mark, Tick};
use crate::report::{CheckSummary, Status};

/// Digits of a fingerprint in an anchor.
const ANCHOR: usize = 12;

/// A run as a page shows it.
pub struct View<'a> {
    /// The run.
    pub all: &'a Collection,
    /// The findings of each check, in the order of the rules.
    pub groups: Vec<Group<'a>>,
    /// Whether it is compared with an earlier report.
    compares: bool,
    /// What an earlier report has, by fingerprint, where the page compares with one.
    before: BTreeMap<&'a str, &'a JsonFinding<'static>>,
    /// Where failed figures are marked in exhibits, by fingerprint.
    marks: BTreeMap<&'a str, Marked>,
    /// The anchors of findings, by fingerprint.
    anchors: BTreeMap<&'a str, String>,
}

/// Where and how an exhibit marks the figure of a finding.
pub struct Marked {
    /// The anchor of its cell.
    pub anchor: String,
    /// What was done with it.
    pub tick: Tick,
}

/// The findings of a check.
pub struct Group<'a> {
    /// Its name.
    pub check: &'a str,
    /// Its anchor.
    pub anchor: String,
    /// What was counted of it.
    pub summary: Option<&'a CheckSummary>,
    /// Those that are shown: first those that count.
    pub items: Vec<Item<'a>>,
    /// How many there are, shown or not.
    pub total: u64,
}

/// A finding in a page.
pub struct Item<'a> {
    /// What was found.
    pub finding: &'a JsonFinding<'static>,
    /// Its number in the page, from 1.
    pub number: usize,
    /// Its anchor, which no other has.
    pub anchor: String,
    /// The anchor with its whole fingerprint.
    pub whole: Option<String>,
    /// What an earlier report has of it.
    pub before: Option<&'a JsonFinding<'static>>,
}

impl Item<'_> {
    /// Whether an earlier report has it with other figures.
    pub fn has_changed(&self) -> bool {
        self.before.is_some_and(|before| differs(before, self.finding))
    }
}

/// Whether a finding and an earlier one are about other figures. Older files do not say.
fn differs(before: &JsonFinding<'_>, now: &JsonFinding<'_>) -> bool {
    !before.evidence.is_empty() && !now.evidence.is_empty() && before.evidence != now.evidence
}

impl Group<'_> {
    /// What its check is about, as the rule says it.
    pub fn title(&self) -> Option<&str> {
        let of_finding = || self.items.first().and_then(|i| i.finding.title.as_deref());
        self.summary.and_then(|s| s.title.as_deref()).or_else(of_finding)
    }
}

impl<'a> View<'a> {
    /// A run in groups, compared with an earlier one where there is one.
    pub fn new(all: &'a Collection, old: Option<&'a Collection>) -> View<'a> {
        let document = &all.document;
        let mut of_check: BTreeMap<&str, Vec<&JsonFinding<'static>>> = BTreeMap::new();
        for finding in &document.findings {
            of_check.entry(&finding.check).or_default().push(finding);
        }
        let summaries = &document.summary.counts.checks;
        let known: BTreeSet<&str> = summaries.iter().map(|c| c.id.as_str()).collect();
        let others = of_check.keys().copied().filter(|check| !known.contains(check));
        let mut names: Vec<&str> = summaries.iter().map(|c| c.id.as_str()).chain(others).collect();
        names.retain(|name| of_check.contains_key(name));
        let before = old.iter().flat_map(|old| &old.document.findings);
        let before = before.map(|f| (&*f.fingerprint, f)).collect();
        let mut view = View {
            all,
            groups: Vec::new(),
            compares: old.is_some(),
            before,
            marks: marks(document),
            anchors: BTreeMap::new(),
        };
        let (mut number, mut taken) = (0, BTreeSet::new());
        for check in names {
            // A name that comes twice has its findings once.
            let Some(mut findings) = of_check.remove(check) else { continue };
            findings.sort_by_key(|f| f.accepted.is_some());
            let items = findings.into_iter().map(|finding| {
                number += 1;
                let anchor = anchor(&finding.fingerprint, number, &mut taken);
                view.anchors.entry(&finding.fingerprint).or_insert_with(|| anchor.clone());
                let whole = Some(format!("f-{}", finding.fingerprint));
                let is_free = |a: &String| is_name(&finding.fingerprint) && taken.insert(a.clone());
                let before = view.before.get(&*finding.fingerprint).copied();
                Item { finding, number, anchor, whole: whole.filter(is_free), before }
            });
            let items: Vec<Item<'a>> = items.collect();
            let total = all.counts.get(check).copied().unwrap_or(items.len() as u64);
            let summary = summaries.iter().find(|c| c.id == check);
            let anchor = format!("check-{}", view.groups.len() + 1);
            view.groups.push(Group { check, anchor, summary, items, total });
        }
        view
    }

    /// Leaves out findings for which a page has no room; they stay counted.
    pub fn leave_out(&mut self, numbers: &BTreeSet<usize>) {
        for group in &mut self.groups {
            group.items.retain(|item| !numbers.contains(&item.number));
        }
        let shown: BTreeSet<String> = self.items().map(|item| item.anchor.clone()).collect();
        self.anchors.retain(|_, anchor| shown.contains(anchor));
    }

    /// How a finding compares with the old version, or with an earlier report.
    pub fn status(&self, item: &Item<'_>) -> Option<Status> {
        match item.before {
            _ if item.finding.status.is_some() || !self.compares => item.finding.status,
            None => Some(Status::New),
            Some(_) if item.has_changed() => Some(Status::Changed),
            Some(_) => Some(Status::Open),
        }
    }

    /// How the filter sorts a finding.
    pub fn sorted(&self, item: &Item<'_>) -> &'static str {
        match (&item.finding.accepted, self.status(item)) {
            (Some(_), _) => "accepted",
            (None, Some(Status::Changed)) => "changed",
            (None, Some(Status::Open)) => "open",
            (None, Some(Status::New)) => "new",
            (None, None) => "",
        }
    }

    /// The run's document.
    pub fn document(&self) -> &'a Document {
        &self.all.document
    }

    /// All findings that are shown.
    pub fn items(&self) -> impl Iterator<Item = &Item<'a>> {
        self.groups.iter().flat_map(|group| &group.items)
    }

    /// Where an exhibit marks the figure of a finding.
    pub fn marked(&self, fingerprint: &str) -> Option<&Marked> {
        self.marks.get(fingerprint)
    }

    /// The anchor of a finding that is shown.
    pub fn anchor_of(&self, fingerprint: &str) -> Option<&str> {
        self.anchors.get(fingerprint).map(String::as_str)
    }
}

/// Whether a fingerprint can stand in an anchor as it is.
fn is_name(fingerprint: &str) -> bool {
    (1..=64).contains(&fingerprint.len()) && fingerprint.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The beginning of a fingerprint; a number where another finding begins alike.
fn anchor(fingerprint: &str, number: usize, taken: &mut BTreeSet<String>) -> String {
    let short = fingerprint.get(..ANCHOR).unwrap_or(fingerprint);
    let short = Some(format!("f-{short}")).filter(|_| is_name(fingerprint));
    let free = short.filter(|anchor| taken.insert(anchor.clone()));
    free.unwrap_or_else(|| format!("finding-{number}"))
}

/// The anchor of a cell of an exhibit.
pub fn cell_anchor(exhibit: usize, record: u64, column: u32) -> String {
    format!("x-{}-{record}-{column}", exhibit + 1)
}

fn marks(document: &Document) -> BTreeMap<&str, Marked> {
    let mut all: BTreeMap<&str, Marked> = BTreeMap::new();
    let is_shown = |n: usize, mark: &Mark| {
        let rows = document.exhibits.get(n).map(|e| &e.rows);
        rows.is_some_and(|rows| rows.iter().any(|row| row.record == mark.record))
    };
    for (n, exhibit) in document.exhibits.iter().enumerate() {
        for mark in exhibit.marks.iter().filter(|mark| mark.is_stated && is_shown(n, mark)) {
            let Some(fingerprint) = &mark.fingerprint else { continue };
            let anchor = cell_anchor(n, mark.record, mark.column);
            all.entry(fingerprint).or_insert(Marked { anchor, tick: mark.tick });
        }
    }
    all
}
