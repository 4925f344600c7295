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
