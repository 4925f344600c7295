//! The library's way in: a request, sinks that take findings, an outcome.

mod allowances;
mod carry_out;
mod counter;
mod coverage;
mod extract;
mod facts;
mod figures;
mod import;
mod init;
mod known;
mod list;
mod old;
mod outcome;
mod places;
mod preview;
mod project;
mod reads;
mod report;
mod request;
mod rule_changes;
mod run;
mod stages;
mod summary;
mod topics;

pub use extract::{ExtractRequest, extract};
pub use facts::faults;
pub use import::{ImportRequest, Imported, import, import_kinds};
pub use init::{InitRequest, Proposed, init};
pub use list::{allowed, describe as describe_check, list, plan};
pub use outcome::Outcome;
pub use project::Project;
pub use report::{ReportOutcome, ReportRequest, ReportSlot, report};
pub use request::{Request, Since, SinkSlot};
pub use run::{run, run_project};
pub use topics::{describe as describe_topic, names as topics};
