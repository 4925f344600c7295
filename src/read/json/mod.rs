//! JSON: one document, streamed, or a value on each line.
//!
//! The walk through a document stands still between tokens (`nav`), so that a block may end
//! anywhere. Rows are read by the columns that a first look found (`look`, `fields`).

mod container;
mod fields;
mod look;
mod nav;
mod plan;
pub mod reader;
pub mod scan;
mod survey;
pub mod tree;
mod utf8;
mod walk;
mod words;

pub use container::{JSON, NDJSON};
pub use reader::JsonReader;
pub use words::FAULTS;
