//! Findings, and what is counted on the way: facts for renderers, words already made.
//!
//! The engine emits [`RawFinding`]s without words; only those that are shown become [`Finding`]s.

pub mod axis;
pub mod certificate;
pub mod collection;
pub mod compare;
pub mod coverage;
pub mod document;
pub mod exhibit;
mod finding;
mod fix;
mod identity;
mod neighbours;
pub mod notes;
mod place;
mod renames;
pub mod schedule;
mod sink;
mod status;
mod summary;
mod suspect;
pub mod terms;
pub mod text;

pub use finding::{
    AbsentKey, AbsentPart, Finding, Label, Quote, RawFinding, Role, Side, Term, Tier,
    UndecidedAnswer, UndecidedAnswers, Working,
};
pub use fix::Fix;
pub use identity::{Demand, Identity, KeyValue, RECIPE, Subject, content, evidence, is_iso_day};
pub use neighbours::Neighbours;
pub use place::{At, CellName, Place, Position};
pub use renames::Renames;
pub use sink::{Excerpt, SavedSink, Sink, SourceText, in_text};
pub use status::{
    Acceptance, AcceptedBy, Change, Fate, OldVersion, PastFinding, RuleChange, Status, StatusCounts,
};
pub use summary::{
    CheckSummary, Facts, RefusedStatement, RuleFacts, SourceSummary, Standing, Summary, Tally,
};
pub use suspect::Suspect;
