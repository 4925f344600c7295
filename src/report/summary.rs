//! What is known before the first finding, and what is counted on the way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::Severity;
use crate::report::coverage::{Coverage, LeftOut, RunFacts};
use crate::report::exhibit::Exhibit;
use crate::report::place::Place;
use crate::report::status::{Fate, OldVersion, PastFinding, StatusCounts, is_zero};
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
    /// What the run is compared with.
    pub old: Option<OldVersion>,
    /// Who and what makes the report.
    pub run: RunFacts,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// How many rows, groups or combinations were checked. Each assertion of the check gives an
    /// answer for each of them.
    pub cases: u64,
    /// Assertions that held.
    pub held: u64,
    /// Assertions that failed.
    pub failed: u64,
    /// Assertions that could not be decided.
    pub undecided: u64,
    /// How many of `undecided` have which cause, in the order of [`Why::ALL`].
    #[serde(skip)]
    pub undecided_by_cause: [u64; Why::ALL.len()],
    /// How many of those have a finding that says why: a look-up or an `only` that missed its row.
    #[serde(skip)]
    pub reported_by_cause: [u64; Why::ALL.len()],
    /// Assertions that did not apply.
    pub not_applicable: u64,
    /// Assertions that held, but would have held for half of the figure, or for twice it.
    pub weak: u64,
    /// Assertions that held because words such as "more than" have no other end, though one side is more
    /// than one and a half times the other.
    #[serde(skip)]
    pub far: u64,
    /// Which of the first 64 assertions have an answer that is weak, one bit each.
    #[serde(skip)]
    pub weak_in: u64,
    /// Which of these, if within rounding, have one that held and is not.
    #[serde(skip)]
    pub firm_in: u64,
    /// Records that were skipped because they are malformed.
    pub set_aside: u64,
    /// Rows, groups or combinations that `where` chose because a text is missing.
    pub chosen_blank: u64,
    /// Rows, groups or combinations that `where` did not choose because a value is missing.
    pub not_chosen_blank: u64,
}

impl Tally {
    /// All answers: those that held, failed, were undecided or did not apply.
    pub fn seen(&self) -> u64 {
        self.held + self.failed + self.undecided + self.not_applicable
    }

    /// Counts answers that are undecided for this reason.
    pub fn add_undecided(&mut self, why: Why, answers: u64) {
        self.undecided += answers;
        if let Some(count) = self.undecided_by_cause.get_mut(why as usize) {
            *count += answers;
        }
    }

    /// Notes that a finding of their own says why answers are undecided, which are counted.
    pub fn add_reported(&mut self, why: Why, answers: u64) {
        if let Some(count) = self.reported_by_cause.get_mut(why as usize) {
            *count += answers;
        }
    }

    /// Without the undecided answers of which a finding says why.
    #[must_use]
    pub fn unreported(mut self) -> Tally {
        for (count, reported) in self.undecided_by_cause.iter_mut().zip(self.reported_by_cause) {
            *count -= reported;
            self.undecided -= reported;
        }
        self.reported_by_cause = Default::default();
        self
    }

    /// Counts a unit of which a missing value (`blank`) decided whether it is chosen.
    pub fn add_blank(&mut self, chosen: bool, blank: bool) {
        self.chosen_blank += u64::from(blank && chosen);
        self.not_chosen_blank += u64::from(blank && !chosen);
    }

    /// How many answers are undecided for this reason.
    pub fn undecided_for(&self, why: Why) -> u64 {
        self.undecided_by_cause.get(why as usize).copied().unwrap_or(0)
    }

    /// Why answers are undecided, the greatest cause first.
    pub fn causes(&self) -> impl Iterator<Item = Why> {
        let counted = Why::ALL.into_iter().zip(self.undecided_by_cause).rev();
        counted.filter(|(_, answers)| *answers > 0).map(|(why, _)| why)
    }

    /// Notes how many answers of an assertion held firmly, and how many weakly.
    pub fn note_held(&mut self, assertion: usize, (firmly, weakly): (u64, u64)) {
        let bit = u32::try_from(assertion).ok().and_then(|n| 1_u64.checked_shl(n)).unwrap_or(0);
        self.firm_in |= if firmly > 0 { bit } else { 0 };
        self.weak_in |= if weakly > 0 { bit } else { 0 };
    }

    /// The assertions that held, and only with answers that are weak.
    pub fn weak_assertions(&self) -> impl Iterator<Item = usize> {
        let weak = self.weak_in & !self.firm_in;
        (0..64).filter(move |n| weak >> n & 1 == 1)
    }

    /// Adds another part of the same check's counts.
    pub fn add(&mut self, other: &Tally) {
        self.cases += other.cases;
        self.held += other.held;
        self.failed += other.failed;
        self.undecided += other.undecided;
        let both = self.undecided_by_cause.iter_mut().zip(other.undecided_by_cause);
        both.for_each(|(sum, answers)| *sum += answers);
        let both = self.reported_by_cause.iter_mut().zip(other.reported_by_cause);
        both.for_each(|(sum, answers)| *sum += answers);
        self.not_applicable += other.not_applicable;
        self.weak += other.weak;
        self.far += other.far;
        self.weak_in |= other.weak_in;
        self.firm_in |= other.firm_in;
        self.set_aside += other.set_aside;
        self.chosen_blank += other.chosen_blank;
        self.not_chosen_blank += other.not_chosen_blank;
    }
}

/// What became of a check.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Everything that could be asked holds.
    Held,
    /// Something fails, or a key that it looks up stands nowhere.
    Failed,
    /// Nothing fails, but some answers are undecided.
    PartlyUndecided,
    /// No answer could be decided.
    Undecided,
    /// It applies to none of its rows.
    NotApplicable,
    /// There was nothing to judge.
    NothingTested,
    /// Not all that it asks about was read; nothing of what was read fails.
    NotJudged,
}

impl Standing {
    /// All of them, in the order in which they are counted for people.
    pub const ALL: [Standing; 7] = [
        Standing::Held,
        Standing::Failed,
        Standing::PartlyUndecided,
        Standing::Undecided,
        Standing::NotApplicable,
        Standing::NothingTested,
        Standing::NotJudged,
    ];

    /// What a check with these counts has come to; `complete`: all that it asks about was read.
    pub fn of(tally: &Tally, complete: bool) -> Standing {
        match tally {
            Tally { failed: 1.., .. } => Standing::Failed,
            _ if !complete => Standing::NotJudged,
            Tally { undecided: 1.., held: 0, .. } => Standing::Undecided,
            Tally { undecided: 1.., .. } => Standing::PartlyUndecided,
            Tally { held: 1.., .. } => Standing::Held,
            Tally { cases: 0, .. } => Standing::NothingTested,
            _ => Standing::NotApplicable,
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Standing::Held => "held",
            Standing::Failed => "failed",
            Standing::PartlyUndecided => "partly undecided",
            Standing::Undecided => "undecided",
            Standing::NotApplicable => "did not apply",
            Standing::NothingTested => "tested nothing",
            Standing::NotJudged => "not judged",
        }
    }
}

/// Counts of one check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckSummary {
    /// The check's name in the rules.
    pub id: String,
    /// What it is about, as the rule says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The amount below which a difference is trivial, as the rule has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trivial_below: Option<String>,
    /// Severity.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// What became of it; null where this counts a fault of the files, which is no check.
    pub standing: Option<Standing>,
    /// All answers of its assertions: held, failed, undecided and not applicable.
    pub seen: u64,
    /// What became of its rows, groups or combinations.
    #[serde(flatten)]
    pub tally: Tally,
    /// Findings that count, shown or not.
    pub findings: u64,
    /// How many of them were passed to the sink.
    #[serde(skip)]
    pub shown: u64,
    /// How many of them are about the check as a whole: that it is undecided in part, or tested
    /// nothing.
    #[serde(skip)]
    pub whole: u64,
    /// Where fewer of its answers are known than in the old version: `12 rows, 13 before`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fewer_judged: Option<String>,
    /// Findings beside these that are accepted, or as they were in the old version.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub known: u64,
}

/// What was fetched from one source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SourceSummary {
    /// Its name in the rules.
    pub name: String,
    /// How many of its tables were read.
    #[serde(default)]
    pub tables: u64,
    /// How many statements it was asked.
    pub statements: u64,
    /// The rows that they gave.
    pub rows: u64,
    /// The bytes of these rows.
    pub bytes: u64,
    /// Statements that it refused: rows were fetched instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedStatement>,
}

/// A statement that a source refused.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RefusedStatement {
    /// What it was asked about: a check or a table.
    pub about: String,
    /// What the engine answered.
    pub why: String,
}

impl CheckSummary {
    /// Findings about rows and groups.
    pub fn failing(&self) -> u64 {
        self.findings.saturating_sub(self.whole)
    }

    /// Whether all of its answers would have held for other figures as well.
    pub fn is_weak(&self) -> bool {
        self.tally.failed == 0 && self.tally.weak > 0 && self.tally.weak >= self.tally.held
    }

    /// Whether it tested nothing, or nothing of it could be decided.
    pub fn is_vacuous(&self) -> bool {
        matches!(self.standing, Some(Standing::Undecided | Standing::NothingTested))
    }
}

impl Summary {
    /// Takes what became of findings of the old version.
    pub(crate) fn take_past(&mut self, past: Vec<PastFinding>) {
        let counts = self.versions.get_or_insert_default();
        for finding in &past {
            match finding.fate {
                Fate::Settled => counts.settled += 1,
                Fate::Gone => counts.gone += 1,
                Fate::SettledOrGone => counts.settled_or_gone += 1,
                Fate::NotJudged => counts.not_judged += 1,
            }
        }
        self.past = past;
    }

    /// Whether there is a finding, whether it counts or not.
    pub fn has_findings(&self) -> bool {
        let open = self.versions.map_or(0, |versions| versions.open);
        self.errors + self.warnings + self.infos + self.accepted + open > 0
    }

    /// Whether there is a check that could not be carried out to its end.
    pub fn has_unjudged(&self) -> bool {
        self.checks.iter().any(|check| check.standing == Some(Standing::NotJudged))
    }

    /// Undecided answers of all checks, and all answers.
    pub fn undecided(&self) -> (u64, u64) {
        let sum = |of: fn(&CheckSummary) -> u64| self.checks.iter().map(of).sum();
        (sum(|c| c.tally.undecided), sum(|c| c.seen))
    }
}

/// What is known after the last finding.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Findings by severity that count: neither accepted nor, where the run is compared with an old
    /// version, as they were there.
    pub errors: u64,
    /// Findings by severity.
    pub warnings: u64,
    /// Findings by severity.
    pub infos: u64,
    /// Findings that are accepted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub accepted: u64,
    /// Findings by how they compare with the old version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<StatusCounts>,
    /// Findings of the old version that this run does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<PastFinding>,
    /// Checks that compare with an old version, where none was given.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncompared: u64,
    /// How many problems prevented checks from being run (exit status 2).
    pub problems: u64,
    /// Data files read; tables that sources hold are none.
    pub files: u64,
    /// Rows read, all tables.
    pub rows: u64,
    /// What was fetched from the sources that hold tables, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceSummary>,
    /// Per check, in the order of the rules.
    pub checks: Vec<CheckSummary>,
    /// What was read, and what of it no rule reads; a part of its own in the document.
    #[serde(skip)]
    pub coverage: Coverage,
    /// Small tables with what was found of their cells; likewise.
    #[serde(skip)]
    pub exhibits: Vec<Exhibit>,
    /// Bytes read (inflated).
    #[serde(skip)]
    pub bytes: u64,
    /// Per table that leaves records of its files out: which.
    #[serde(skip)]
    pub left_out: Vec<(String, LeftOut)>,
    /// Per stage: words for `--statistics`.
    #[serde(skip)]
    pub stages: Vec<String>,
    /// Bytes that were written to temporary files, since keys and groups did not fit in memory.
    #[serde(skip)]
    pub spilled: u64,
}
