//! YAML and TOML: documents whose rows are found like those of JSON. One that is a long list is read in
//! pieces, another is held in memory.

mod container;
mod faults;
mod find;
mod held;
mod in_pieces;
mod language;
mod notes;
mod pieces;
mod rows;
mod toml;
pub mod value;
pub mod yaml;

pub use container::{TOML, YAML, front_matter};
pub use faults::FAULTS;
