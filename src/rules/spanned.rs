//! What is written in a rule file, with its place.

use std::ops::Range;

use crate::source::{Snippet, Span};

/// A value with the bytes it was written in.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    pub value: T,
    /// Where it stands in the rule file.
    pub span: Span,
}

/// An expression with its text, tree and place.
#[derive(Debug, Clone)]
pub struct Code<T> {
    /// The text and where it stands in the rule file.
    pub snippet: Snippet,
    /// What it says.
    pub tree: T,
}

impl<T> Code<T> {
    /// Where a range of the expression stands in the rule file.
    pub fn span(&self, range: Range<usize>) -> Span {
        self.snippet.span(range)
    }
}
