//! The library's way in: a request, sinks that take findings, an outcome.

mod allowed;
mod counter;
mod extract;
mod facts;
mod list;
mod old;
mod project;
mod request;
mod rule_changes;
mod run;
mod stages;
mod summary;
mod topics;

pub use extract::{ExtractRequest, extract};
pub use list::{allowed, describe as describe_check, list, plan};
pub use project::Project;
pub use request::{Request, Since, SinkSlot};
pub use run::{run, run_project};
pub use topics::{describe as describe_topic, names as topics};

use crate::fault::{Fault, Severity};
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
    /// What kept something from being carried out; the exit status is then 2.
    pub problems: Vec<Problem>,
    /// The problems in words, for where no renderer shows them.
    pub problem_lines: Vec<String>,
    /// Which rules were taken for the data files that were named, in words.
    pub chosen_rules: Vec<String>,
    /// Where findings of rows were asked for: the row that has findings and was perhaps meant.
    pub nearest_row: Option<String>,
    /// Paths of all files that were read.
    pub files: Vec<String>,
}

/// All built-in names.
pub fn faults() -> Vec<&'static Fault> {
    let lists: [&[&Fault]; 10] = [
        crate::read::csv::FAULTS,
        crate::read::text::FAULTS,
        crate::value::unread::FAULTS,
        crate::engine::faults::FAULTS,
        crate::rules::toml::FAULTS,
        crate::expr::parse::FAULTS,
        crate::expr::bind::FAULTS,
        crate::files::FAULTS,
        crate::compile::FAULTS,
        crate::findings::accept::FAULTS,
    ];
    lists.concat()
}
