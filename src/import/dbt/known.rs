//! How tables of dbt refer to each other.

use std::collections::BTreeMap;

use crate::import::pattern::Patterns;

/// The tables by how others refer to them.
#[derive(Default)]
pub struct Known {
    /// Names in the rule file; of several that are called alike, the first.
    pub names: BTreeMap<String, String>,
    /// Columns that tables are asked for by others: the name of the table, and the column.
    pub asked: Vec<(String, String)>,
    pub patterns: Patterns,
}

impl Known {
    /// A table of this label has this name, if it is the first.
    pub fn meet(&mut self, label: &str, name: &str) {
        self.names.entry(label.to_string()).or_insert_with(|| name.to_string());
    }

    /// The name of the table that `ref('…')` or `source('…', '…')` means.
    pub fn find(&self, label: &str) -> Option<&String> {
        self.names.get(label)
    }
}

/// The label of the table that `ref('x')` or `source('x', 'y')` means.
pub fn label(reference: &str) -> Option<String> {
    let inner = reference.trim().trim_start_matches("{{").trim_end_matches("}}").trim();
    let (function, rest) = inner.split_once('(')?;
    let parts: Vec<&str> = rest
        .strip_suffix(')')?
        .split(',')
        .map(|part| part.trim().trim_matches(['\'', '"']))
        .collect();
    match (function.trim(), parts.as_slice()) {
        ("ref", [.., name]) => Some((*name).to_string()),
        ("source", [source, name]) => Some(format!("{source}.{name}")),
        _ => None,
    }
}
