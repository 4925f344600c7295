//! A table that a file holds, before its rows are looked at.

use std::sync::Arc;

use crate::compile::NOT_A_TABLE;
use crate::compile::guess::extension;
use crate::files::sources::shown;
use crate::propose::dialect::Cut;
use crate::read::csv::Dialect;
use crate::read::reader::Reader;
use crate::source::{Bytes, FileId, Problem};

/// A table in a file.
pub struct Found {
    pub path: String,
    pub file: FileId,
    /// Which table of the file it is, where that must be said.
    pub at: Option<String>,
    /// What it is called among the tables of its file.
    pub label: Option<String>,
    pub cut: Cut,
    pub usual: Dialect,
    /// Its format, where the name of the file does not say it.
    pub format: Option<&'static str>,
    pub encoding: Option<String>,
    pub bytes: Arc<dyn Bytes>,
    pub reader: Arc<dyn Reader>,
    /// Whether records can be taken out of it, so that these are a file too.
    pub is_records: bool,
    /// Columns whose values are stored as texts, though they may look like figures.
    pub texts: Vec<bool>,
}

impl Found {
    fn names(&self) -> Vec<&str> {
        self.reader.head().columns.iter().map(|c| c.name.as_str()).collect()
    }

    /// Whether it can be a table with another file.
    pub fn is_like(&self, other: &Found) -> bool {
        (&self.cut.dialect, &self.cut.frame, &self.encoding, &self.at)
            == (&other.cut.dialect, &other.cut.frame, &other.encoding, &other.at)
            && self.format == other.format
            && self.path != other.path
            && extension(&self.path) == extension(&other.path)
            && self.names() == other.names()
    }
}

/// What kept a file from being a table.
pub fn no_table(path: &str, what: &str, help: &str) -> Problem {
    let message = format!("`{}` is not a table: {what}", shown(path));
    Problem::nowhere(&NOT_A_TABLE, message).help(help.to_string())
}
