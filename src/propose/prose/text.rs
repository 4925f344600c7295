//! A text, and what is proposed of it.

use crate::propose::prose::patterns::Sentence;
use crate::propose::prose::relations::Relation;
use crate::read::text::document::Markup;
use crate::value::Language;

/// A text to be looked at.
pub struct Text {
    /// The path as the rule file writes it.
    pub path: String,
    pub source: String,
    pub markup: Markup,
}

/// What is proposed of a text.
pub struct Prose {
    pub path: String,
    pub language: Language,
    pub sentences: Vec<Sentence>,
    /// What nearly holds first, then what holds; each the most improbable first.
    pub relations: Vec<Relation>,
    /// Lines with figures in sentences for which there is no pattern.
    pub left_out: Vec<usize>,
}
