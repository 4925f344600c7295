//! What a rule says of how the records of a table become its rows.

use crate::expr::regex::Regex;
use crate::rules::spanned::Spanned;
use crate::source::Snippet;

/// `heading = "…"` or `{ as = "…", matches = "…", end = "…" }`.
#[derive(Debug, Clone)]
pub struct Heading {
    /// The new column.
    pub name: Spanned<String>,
    /// What the texts of headings match.
    pub matches: Option<Regex>,
    /// What the first cell matches of the record from which on none holds.
    pub end: Option<Regex>,
}

/// `parent = { indent = "…" }` or `{ prefix = "…" }`.
#[derive(Debug, Clone)]
pub struct Parent {
    /// The column that shows the hierarchy.
    pub column: Spanned<String>,
    /// How it does.
    pub by: ParentBy,
}

/// How a column shows a hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParentBy {
    /// White space, or dots, before a text.
    Indent,
    /// A code that begins with that of the row above it, with what stands between its parts.
    Prefix(String),
}

/// `unpivot = { columns = "…", name = "…", value = "…" }`.
#[derive(Debug, Clone)]
pub struct Unpivot {
    /// A regular expression for whole column names.
    pub columns: Snippet,
    /// The new column of names.
    pub name: Spanned<String>,
    /// The new column of values.
    pub value: Spanned<String>,
}

/// How many rows are expected; both ends count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowCount {
    /// At least.
    pub min: u64,
    /// At most.
    pub max: Option<u64>,
}

impl RowCount {
    /// What is expected where nothing is said.
    pub const USUAL: RowCount = RowCount { min: 1, max: None };

    /// A number or a range, as it is written: `3`, `1..`, `..10`, `2..5`.
    pub fn parse(text: &str) -> Option<RowCount> {
        let Some((min, max)) = text.split_once("..") else {
            return text.parse().ok().map(|n| RowCount { min: n, max: Some(n) });
        };
        let min = if min.is_empty() { 0 } else { min.parse().ok()? };
        let max = if max.is_empty() { None } else { Some(max.parse().ok()?) };
        Some(RowCount { min, max }).filter(|c| c.max.is_none_or(|m| m >= c.min))
    }

    /// Whether all that it allows is allowed by another.
    pub fn is_within(self, other: RowCount) -> bool {
        self.min >= other.min && other.max.is_none_or(|most| self.max.is_some_and(|m| m <= most))
    }
}
