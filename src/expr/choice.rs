//! What conditions choose rows by, for findings about conditions that may not mean what was meant.

use crate::source::{FileId, Span};

/// What a condition chooses rows for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenFor {
    /// Figures: without rows there are none.
    Figures,
    /// A question that no row may be the answer to: a number of rows, whether there is one, `if`.
    Question,
}

/// A condition that compares a column with texts, by `=` or `in`.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub table: usize,
    pub column: usize,
    /// The texts, and where they stand in the rule file.
    pub texts: Vec<(String, Span)>,
    pub file: FileId,
    pub chosen_for: ChosenFor,
}

/// An aggregate over a whole table, in an aggregate over those of its rows that match another row.
#[derive(Debug, Clone, PartialEq)]
pub struct OverAll {
    pub table: usize,
    /// How the rule writes it.
    pub written: String,
    /// How it would be written over the rows that match.
    pub by: String,
    pub file: FileId,
    pub span: Span,
}
