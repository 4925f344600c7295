//! Texts by which conditions choose rows, for the finding that a column holds no such text.

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
