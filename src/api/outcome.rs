//! How a run went.

use crate::fault::Severity;
use crate::findings::allowance::STALE_ALLOWANCE;
use crate::gate::baseline::Listed;
use crate::report::Summary;
use crate::source::Problem;

/// How a run went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was counted.
    pub summary: Summary,
    /// The worst severity found.
    pub worst: Option<Severity>,
    /// Whether the rules demand less than those of the old version, or may do so.
    pub rules_loosened: bool,
    /// Undecided answers that count: beyond those that the same check has in the old version.
    pub undecided: u64,
    /// What kept something from being carried out; the exit status is then 2.
    pub problems: Vec<Problem>,
    /// The problems in words, for where no renderer shows them.
    pub problem_lines: Vec<String>,
    /// Which rules were taken for the data files that were named, in words.
    pub chosen_rules: Vec<String>,
    /// All findings, as entries of a baseline, where they were asked for.
    pub entries: Vec<Listed>,
    /// Whether all rules were asked for, and judged to the end.
    pub is_whole: bool,
    /// Paths of all files that were read.
    pub files: Vec<String>,
}

impl Outcome {
    /// Whether an allowance was found that accepts nothing.
    pub fn is_stale(&self) -> bool {
        self.summary.checks.iter().any(|c| c.id == STALE_ALLOWANCE.name && c.findings > 0)
    }
}
