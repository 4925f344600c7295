//! How findings of this run compare with an old version of the data, and which are accepted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::Severity;
use crate::report::place::Place;

/// How a finding compares with the old version of the data.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The old version does not have it.
    New,
    /// The old version has it with other figures.
    Changed,
    /// The old version has it as it is.
    Open,
}

impl Status {
    /// For people and programs alike.
    pub fn word(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Changed => "changed",
            Status::Open => "still open",
        }
    }
}

/// What accepts a finding.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AcceptedBy {
    /// `[[allow]]` of a rule file.
    Allowance,
    /// A comment in the text.
    Comment,
    /// A line of the baseline.
    Baseline,
}

impl AcceptedBy {
    /// For people and programs alike.
    pub fn word(self) -> &'static str {
        match self {
            AcceptedBy::Allowance => "allowance",
            AcceptedBy::Comment => "comment",
            AcceptedBy::Baseline => "baseline",
        }
    }
}

/// That a finding is accepted: it is shown and does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What says so.
    pub kind: AcceptedBy,
    /// Why, where it is said.
    pub reason: Option<String>,
    /// Who said so.
    pub by: Option<String>,
    /// The last day on which it holds, ISO.
    pub until: Option<String>,
    /// Whether it holds whatever the figures are; else not where they have changed since the old
    /// version.
    pub any_value: bool,
    /// The allowance or comment by what it says, which is the same in another version; none of a baseline.
    pub allowance: Option<String>,
    /// Where it is written.
    pub place: Option<Place>,
}

/// What became of a finding of the old version that this run does not have.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The check was carried out, and the row or group holds now.
    Settled,
    /// The row, group or passage is no longer there.
    Gone,
    /// One of these: two saved runs do not say which.
    SettledOrGone,
    /// It could not be judged again: unreadable, undecided, or interrupted.
    NotJudged,
}

impl Fate {
    /// For people and programs alike.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Settled => "settled",
            Fate::Gone => "gone",
            Fate::SettledOrGone => "settled or gone",
            Fate::NotJudged => "not judged",
        }
    }
}

/// A finding of the old version that this run does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastFinding {
    /// What became of it.
    pub fate: Fate,
    /// The check's id, a contract (`table.column`), or the built-in name.
    pub check: String,
    /// The built-in name of what was wrong.
    pub fault: String,
    /// How much it mattered.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// The table it was about.
    pub table: Option<String>,
    /// The key of the row or group.
    pub key: Option<String>,
    /// What it said.
    pub message: String,
    /// 32 hexadecimal digits.
    pub fingerprint: String,
}

/// What the run is compared with, known before the first finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OldVersion {
    /// For people: `HEAD~1 (3fb2c1a)`, or a path.
    pub name: String,
    /// The commit in full, where it is one.
    pub commit: Option<String>,
    /// Why nothing of it is known, so that all findings count as new.
    pub unknown: Option<String>,
    /// Whether that is so of a part alone: findings of the others are compared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_known_in_part: bool,
    /// How the rules differ from those of the old version.
    pub rule_changes: Vec<RuleChange>,
}

/// How one rule, allowance or baseline differs from the old version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleChange {
    /// What was done.
    pub change: Change,
    /// What was changed: `check area-total`, `allowance for area-total`, `crossfoot.baseline`.
    pub what: String,
    /// Findings that are hidden by it, where that is known.
    pub hides: Option<u64>,
    /// Whether it demands less than before, or may do so.
    pub loosens: bool,
    /// The rule file in which it stands today; none where it is no longer there.
    pub file: Option<String>,
    /// The line there, from 1.
    pub line: Option<u64>,
}

/// What was done to a rule.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not there.
    Added,
    /// It says something else.
    Edited,
    /// It is no longer there.
    Removed,
}

impl Change {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Edited => "edited",
            Change::Removed => "removed",
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(crate) fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Findings by how they compare with the old version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusCounts {
    /// Not in the old version.
    pub new: u64,
    /// With other figures in the old version.
    pub changed: u64,
    /// As in the old version.
    pub open: u64,
    /// Of the old version, no longer true.
    pub settled: u64,
    /// Of the old version, about what is no longer there.
    pub gone: u64,
    /// Of the old version, and one of these: two saved runs do not say which.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub settled_or_gone: u64,
    /// Of the old version, and not judged again.
    pub not_judged: u64,
}
