//! Allowances: which findings are accepted, and which allowances are of no use any more.
//!
//! A `where` is judged when the finding is made, since its row or group is at hand then; everything
//! else when the finding has its fingerprint.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::expr::bound::Bound;
use crate::fault::Fault;
use crate::report::{
    Acceptance, Demand, Finding, Identity, KeyValue, Label, Place, Role, Subject, evidence,
};
use crate::source::{FileId, Span, wanted};
use crate::value::Days;

crate::fault!(
    /// `until` of an allowance.
    EXPIRED_ALLOWANCE, Warning, "expired-allowance", "an allowance has ended and accepts nothing any more");
crate::fault!(
    /// `until` of an allowance.
    ALLOWANCE_ENDS_SOON, Info, "allowance-ends-soon", "an allowance ends within two weeks");
crate::fault!(
    /// An allowance of a rule file or of a text.
    STALE_ALLOWANCE, Info, "stale-allowance", "an allowance accepts no finding");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&EXPIRED_ALLOWANCE, &ALLOWANCE_ENDS_SOON, &STALE_ALLOWANCE];

/// Days before the end of an allowance from which on it is announced.
const ANNOUNCED: i32 = 14;

/// One allowance, bound.
#[derive(Debug)]
pub struct Allowance {
    /// Names of checks or faults, as `--check` takes them; empty for all.
    pub checks: Vec<String>,
    /// Only findings of this table.
    pub table: Option<String>,
    /// Only those with a fingerprint that begins so.
    pub fingerprint: Option<String>,
    /// The `where`, where there is one.
    pub filter: Option<Filter>,
    /// Only findings that stand in it: the allowance is a comment in a text.
    pub block: Option<Block>,
    /// What accepted findings are given.
    pub acceptance: Acceptance,
    /// Where it stands.
    pub place: Place,
    /// Its last day, and where that is written.
    pub until: Option<(i32, Place)>,
    /// Whether a finding was accepted by it.
    pub used: AtomicBool,
}

/// The block of a text that a comment means.
#[derive(Debug, Clone)]
pub struct Block {
    /// The text, by all numbers that it has: each table opens its files.
    pub files: Vec<FileId>,
    /// Its path as it is seen from the rules.
    pub path: String,
    /// Which of the comments in the text that say the same, from 1.
    pub number: u64,
    /// Where the block stands; none where nothing follows the comment.
    pub span: Option<Span>,
    /// Whether it follows the comment, which stands alone.
    pub follows: bool,
}

impl Block {
    /// Whether the primary place of a finding is in it.
    fn holds(&self, finding: &Finding) -> bool {
        let Some((place, block)) = finding.labels.first().map(|l| &l.place.at).zip(self.span)
        else {
            return false;
        };
        let start = place.span().start;
        self.files.contains(&place.file()) && (block.start..block.end).contains(&start)
    }

    /// What to do with a comment that accepts nothing.
    fn help(&self) -> &'static str {
        match (self.follows, self.span) {
            (false, _) => "it means the block that it stands in, and no other; move or remove it",
            (true, Some(_)) => "it stands alone and means the block after it; move or remove it",
            (true, None) => "it stands alone, and no block follows it; move or remove it",
        }
    }
}

/// A `where`, bound to the rows or groups of each check that it may speak of.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// As it is written, for its identity.
    pub text: String,
    /// By the id of a check of the user.
    pub of_checks: BTreeMap<String, Bound>,
    /// By the table of a contract.
    pub of_tables: BTreeMap<usize, Bound>,
}

/// The allowances of a run.
#[derive(Debug, Default)]
pub struct Allowances {
    /// In the order in which they are written.
    pub all: Vec<Allowance>,
    /// The day of the run.
    pub today: i32,
}

impl Allowances {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Accepts a finding that has its fingerprint, unless what speaks of it has a `where`: that was
    /// judged before.
    pub fn accept(&self, finding: &mut Finding) {
        for allowance in self.all.iter().filter(|a| a.filter.is_none()) {
            if allowance.names(finding) {
                self.apply(allowance, finding);
            }
        }
    }

    /// Those with a `where` that speak of a finding.
    pub(crate) fn asking<'a>(&'a self, finding: &Finding) -> Vec<(&'a Allowance, &'a Filter)> {
        let with = self.all.iter().filter_map(|a| Some((a, a.filter.as_ref()?)));
        with.filter(|(allowance, _)| allowance.names(finding)).collect()
    }

    /// The first one in the file is the one that is said.
    pub(crate) fn apply(&self, allowance: &Allowance, finding: &mut Finding) {
        allowance.used.store(true, Relaxed);
        match allowance.ended(self.today) {
            Some(until) => finding.add_help(format!("an allowance for this ended on {until}")),
            None if finding.accepted.is_none() => {
                finding.accepted = Some(Box::new(allowance.acceptance.clone()));
            }
            None => {}
        }
    }

    /// Where `all_judged` says that whatever allowances could accept has been found, those that accept
    /// nothing; and those that have ended or will soon.
    pub fn findings(&self, all_judged: bool) -> Vec<Finding> {
        let of = |a: &Allowance| a.stale(all_judged).or_else(|| a.of_time(self.today));
        self.all.iter().filter_map(of).collect()
    }
}

impl Allowance {
    /// Whether it speaks of a finding, whatever its `where`.
    fn names(&self, finding: &Finding) -> bool {
        let fingerprint = || finding.fingerprint_text();
        let is_named = |name| !self.checks.is_empty() && wanted(&self.checks, name);
        (self.checks.is_empty() || is_named(finding.check()) || is_named(finding.fault().name))
            && self.table.as_deref().is_none_or(|table| finding.table() == Some(table))
            && self.fingerprint.as_ref().is_none_or(|digits| fingerprint().starts_with(digits))
            && self.block.as_ref().is_none_or(|block| block.holds(finding))
            && !FAULTS.contains(&finding.fault())
    }

    /// The last day, where it is over.
    fn ended(&self, today: i32) -> Option<String> {
        let (day, _) = self.until.as_ref().filter(|(day, _)| *day < today)?;
        Some(Days::day(*day).to_text())
    }

    /// What it speaks of, for people.
    pub fn subject(&self) -> String {
        let mut words = Vec::new();
        if !self.checks.is_empty() {
            let names: Vec<String> = self.checks.iter().map(|c| format!("`{c}`")).collect();
            words.push(names.join(", "));
        }
        words.extend(self.fingerprint.as_ref().map(|f| format!("finding `{f}`")));
        words.extend(self.table.as_ref().map(|t| format!("table `{t}`")));
        let filter = self.filter.as_ref().map(|f| format!(" where `{}`", f.text));
        words.join(", ") + &filter.unwrap_or_default()
    }

    /// What it is called in all versions: one of a rule file by what it speaks of, a comment by its words.
    pub fn name(&self) -> String {
        let Some(block) = &self.block else { return self.subject() };
        let Acceptance { reason, until, .. } = &self.acceptance;
        let until = until.as_deref().unwrap_or_default();
        let (path, number) = (&block.path, block.number);
        format!(
            "{} in {path} {number} {until} -- {}",
            self.subject(),
            reason.as_deref().unwrap_or_default()
        )
    }

    /// That it has ended, or will soon.
    fn of_time(&self, today: i32) -> Option<Finding> {
        let (day, place) = self.until.as_ref()?;
        let (left, until) = (day.saturating_sub(today), Days::day(*day).to_text());
        let subject = self.subject();
        let (fault, message, label, help) = if left < 0 {
            (
                &EXPIRED_ALLOWANCE,
                format!("the allowance for {subject} ended on {until}"),
                "the last day",
                "mend what it accepted, or agree on a later day",
            )
        } else if left <= ANNOUNCED {
            let days = match left {
                0 => "today".to_string(),
                1 => "tomorrow".to_string(),
                n => format!("in {n} days, on {until}"),
            };
            (
                &ALLOWANCE_ENDS_SOON,
                format!("the allowance for {subject} ends {days}"),
                "the last day",
                "after it, its findings count again: mend them, or agree on a later day",
            )
        } else {
            return None;
        };
        let mut finding = self.finding(fault, message, (place, label), help);
        finding.evidence = evidence(&[until]);
        Some(finding)
    }

    fn stale(&self, all_judged: bool) -> Option<Finding> {
        if !all_judged || self.used.load(Relaxed) {
            return None;
        }
        let message = format!("the allowance for {} accepts no finding", self.subject());
        let help = self.block.as_ref().map_or("remove it", Block::help);
        Some(self.finding(&STALE_ALLOWANCE, message, (&self.place, "no such finding"), help))
    }

    fn finding(
        &self,
        fault: &'static Fault,
        message: String,
        (place, text): (&Place, &str),
        help: &str,
    ) -> Finding {
        let part = |text: &Option<String>| match text {
            Some(text) => KeyValue::Text(text.clone()),
            None => KeyValue::Missing,
        };
        let filter = self.filter.as_ref().map(|f| f.text.clone());
        let mut parts = vec![part(&self.table), part(&self.fingerprint), part(&filter)];
        parts.extend(self.checks.iter().cloned().map(KeyValue::Text));
        if let Some(block) = &self.block {
            let reason = self.acceptance.reason.clone().unwrap_or_default();
            parts.extend([block.path.clone(), reason].map(KeyValue::Text));
            parts.push(KeyValue::Text(block.number.to_string()));
        }
        let subject = Subject::Group(parts);
        let identity = Identity { subject, ..Identity::new(fault.name, Demand::Structure, fault) };
        let mut finding = Finding::new(identity, fault.severity, message);
        finding.labels.push(Label { place: place.clone(), role: Role::Stated, text: text.into() });
        finding.help = Some(help.to_string());
        finding
    }
}
