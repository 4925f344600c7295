//! Which findings are asked for, where not all are.

use std::collections::BTreeSet;

use crate::report::Finding;

/// Rows or a finding by name; nothing asks for all.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Keys of rows or groups.
    pub rows: Vec<String>,
    /// The fingerprint of a finding, or how it begins.
    pub fingerprint: Option<String>,
    /// Keys that were met and not asked for, to say what one was perhaps meant to be.
    met: BTreeSet<String>,
}

/// Keys that are remembered.
const MOST_MET: usize = 10_000;

impl Asked {
    /// Asks for the findings of some rows, or for one by its fingerprint.
    pub fn new(rows: &[String], fingerprint: Option<&str>) -> Asked {
        let fingerprint = fingerprint.map(str::to_ascii_lowercase);
        Asked { rows: rows.to_vec(), fingerprint, met: BTreeSet::new() }
    }

    /// Whether nothing is left out.
    pub fn is_all(&self) -> bool {
        self.rows.is_empty() && self.fingerprint.is_none()
    }

    /// Whether a finding is asked for, or one that is part of it.
    pub fn takes(&mut self, finding: &Finding) -> bool {
        self.takes_itself(finding) || finding.crossed.iter().any(|of| self.takes_itself(of))
    }

    fn takes_itself(&mut self, finding: &Finding) -> bool {
        let fingerprint = self.fingerprint.as_ref();
        let of_row = |key: &String| self.rows.iter().any(|row| is_same(row, key));
        let is_row = self.rows.is_empty() || finding.key.as_ref().is_some_and(of_row);
        if let Some(key) = finding.key.as_ref().filter(|_| !is_row && self.met.len() < MOST_MET) {
            self.met.insert(key.clone());
        }
        is_row && fingerprint.is_none_or(|f| finding.fingerprint_text().starts_with(f))
    }

    /// Keys of rows that have findings and were not asked for.
    pub fn met(&self) -> impl Iterator<Item = &str> {
        self.met.iter().map(String::as_str)
    }
}

/// Whether two keys have the same parts.
fn is_same(asked: &str, key: &str) -> bool {
    asked.split(',').map(str::trim).eq(key.split(',').map(str::trim))
}
