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
    /// Those of the rows that have a finding, by their places.
    found: BTreeSet<usize>,
}

impl Asked {
    /// Asks for the findings of some rows, or for one by its fingerprint.
    pub fn new(rows: &[String], fingerprint: Option<&str>) -> Asked {
        let fingerprint = fingerprint.map(str::to_ascii_lowercase);
        Asked { rows: rows.to_vec(), fingerprint, found: BTreeSet::new() }
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
        let of_key = |key: &String| self.rows.iter().position(|row| is_same(row, key));
        let row = finding.key.as_ref().and_then(of_key);
        self.found.extend(row);
        (self.rows.is_empty() || row.is_some())
            && fingerprint.is_none_or(|f| finding.fingerprint_text().starts_with(f))
    }

    /// Rows that have no finding.
    pub fn without_findings(&self) -> impl Iterator<Item = &str> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(n, _)| !self.found.contains(n)).map(|(_, row)| row.as_str())
    }
}

/// Whether two keys have the same parts.
pub fn is_same(asked: &str, key: &str) -> bool {
    asked.split(',').map(str::trim).eq(key.split(',').map(str::trim))
}
