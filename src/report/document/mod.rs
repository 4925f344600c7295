//! The JSON document of a run: what `json` writes, `crossfoot report` reads, and the page and the
//! workbook are made of.

mod line;
mod make;
pub mod prose;
mod read;
mod types;

pub use make::{finding, owned, problem};
pub use read::{BAD_REPORT, FAULTS, Take, read};
pub use types::{
    Document, JsonAbsentKey, JsonAcceptance, JsonCells, JsonCrossed, JsonFinding, JsonFix,
    JsonKeyValue, JsonLabel, JsonNote, JsonPlace, JsonProblem, JsonQuote, JsonSide, JsonSource,
    JsonSummary, JsonSuspect, JsonTerm, JsonUndecided, JsonWorking, VERSION, schema,
};
