//! YAML and TOML: documents held in memory, whose rows are found like those of JSON.

mod container;
mod faults;
pub mod rows;
mod toml;
pub mod value;
pub mod yaml;

pub use container::{TOML, YAML, front_matter};
pub use faults::FAULTS;
