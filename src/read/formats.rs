//! The formats that are read.

use crate::read::columnar::{ARROW, PARQUET};
use crate::read::csv::{CSV, TSV};
use crate::read::format::Format;
use crate::read::json::{JSON, NDJSON};
use crate::read::sheet::{ODS, XLS, XLSB, XLSX};
use crate::read::text::container::{MARKDOWN, TEXT};
use crate::read::text::html::HTML;
use crate::read::tree::{TOML, YAML};

/// All formats, in the order in which help lists them.
pub static FORMATS: &[&Format] = &[
    &CSV, &TSV, &JSON, &NDJSON, &YAML, &TOML, &XLSX, &XLSB, &XLS, &ODS, &PARQUET, &ARROW, &TEXT,
    &MARKDOWN, &HTML,
];

/// The format of a name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name).copied()
}

/// The names of all formats.
pub fn names() -> Vec<&'static str> {
    FORMATS.iter().map(|f| f.name).collect()
}

/// The format that a file's ending shows, if there is a pattern where it needs one; of several
/// formats the one that makes use of it.
pub fn by_ending(ending: &str, has_pattern: bool) -> Option<&'static Format> {
    let ending = ending.to_lowercase();
    let fits = |f: &&Format| f.endings.contains(&ending.as_str());
    let usable = |f: &&Format| has_pattern || !f.needs_pattern;
    FORMATS.iter().copied().filter(fits).filter(usable).max_by_key(|f| f.needs_pattern)
}

/// The first format that takes a key.
pub fn by_key(key: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.takes(key))
}
