//! What is known before the first finding, and what is counted on the way.

use schemars::JsonSchema;
use serde::Serialize;

use crate::fault::Severity;
use crate::report::place::Place;
use crate::value::Why;

/// What is known before the first finding.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Version of crossfoot.
    pub version: String,
    /// The date that `today()` gives.
    pub today: String,
    /// Rule files, as paths relative to the working directory.
    pub rule_files: Vec<String>,
    /// The rules, in the order in which they are judged.
    pub rules: Vec<RuleFacts>,
}

/// What is known of one rule: a check, or a contract of a table.
#[derive(Debug, Clone)]
pub struct RuleFacts {
    /// The check's id, or `table.column`.
    pub id: String,
    /// What it is about.
    pub title: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// As the rule lists them.
    pub tags: Vec<String>,
    /// How much it matters.
    pub severity: Severity,
    /// The page of what it finds, in Markdown.
    pub page: Option<&'static str>,
    /// Where it stands.
    pub place: Place,
}

/// Counts of what one check found for its rows, groups or combinations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// How many rows, groups or combinations were checked.
    pub seen: u64,
    /// Assertions that held.
    pub held: u64,
    /// Assertions that failed.
    pub failed: u64,
    /// Assertions that could not be decided.
    pub unknown: u64,
    /// How many of `unknown` have which cause, in the order of [`Why::ALL`].
    #[serde(skip)]
    pub unknown_by_cause: [u64; Why::ALL.len()],
    /// Assertions that did not apply.
    pub not_applicable: u64,
    /// Assertions that held, but would have held for almost any number.
    pub weak: u64,
    /// Records that were skipped because they are malformed.
    pub set_aside: u64,
    /// Rows, groups or combinations that `where` chose because a text is missing.
    pub chosen_blank: u64,
    /// Rows, groups or combinations that `where` did not choose because a value is missing.
    pub not_chosen_blank: u64,
}

impl Tally {
    /// Counts answers that are unknown for this reason.
    pub fn add_unknown(&mut self, why: Why, answers: u64) {
        self.unknown += answers;
        if let Some(count) = self.unknown_by_cause.get_mut(why as usize) {
            *count += answers;
        }
    }

    /// Counts a unit of which a missing value (`blank`) decided whether it is chosen.
    pub fn add_blank(&mut self, chosen: bool, blank: bool) {
        self.chosen_blank += u64::from(blank && chosen);
        self.not_chosen_blank += u64::from(blank && !chosen);
    }

    /// Why answers are unknown, the greatest cause first.
    pub fn causes(&self) -> impl Iterator<Item = Why> {
        let counted = Why::ALL.into_iter().zip(self.unknown_by_cause).rev();
        counted.filter(|(_, answers)| *answers > 0).map(|(why, _)| why)
    }

    /// Adds another part of the same check's counts.
    pub fn add(&mut self, other: &Tally) {
        self.seen += other.seen;
        self.held += other.held;
        self.failed += other.failed;
        self.unknown += other.unknown;
        let both = self.unknown_by_cause.iter_mut().zip(other.unknown_by_cause);
        both.for_each(|(sum, answers)| *sum += answers);
        self.not_applicable += other.not_applicable;
        self.weak += other.weak;
        self.set_aside += other.set_aside;
        self.chosen_blank += other.chosen_blank;
        self.not_chosen_blank += other.not_chosen_blank;
    }
}

/// Counts of one check.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckSummary {
    /// The check's name in the rules.
    pub id: String,
    /// Its title.
    #[serde(skip)]
    pub title: Option<String>,
    /// Severity.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// What became of its units.
    #[serde(flatten)]
    pub tally: Tally,
    /// Findings that exist, shown or not.
    pub findings: u64,
    /// How many of them were passed to the sink.
    #[serde(skip)]
    pub shown: u64,
}

/// What is known after the last finding.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// Findings by severity.
    pub errors: u64,
    /// Findings by severity.
    pub warnings: u64,
    /// Findings by severity.
    pub infos: u64,
    /// How many problems prevented checks from being run (exit status 2).
    pub problems: u64,
    /// Data files read.
    pub files: u64,
    /// Rows read, all tables.
    pub rows: u64,
    /// Per check, in the order of the rules.
    pub checks: Vec<CheckSummary>,
    /// Bytes read (inflated).
    #[serde(skip)]
    pub bytes: u64,
    /// Per stage: words for `--statistics`.
    #[serde(skip)]
    pub stages: Vec<String>,
    /// Bytes that were written to temporary files, since keys and groups did not fit in memory.
    #[serde(skip)]
    pub spilled: u64,
}
