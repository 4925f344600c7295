//! Prose, Markdown and web pages: text to rows of cells with places.

pub mod bound;
pub mod comments;
pub mod container;
pub mod document;
mod elements;
pub(crate) mod events;
pub mod extract;
pub mod figures;
mod hedges;
pub mod html;
mod html_tables;
mod html_text;
mod inline;
pub(crate) mod kinds;
mod marks;
pub mod near;
mod page_rows;
pub mod path;
mod pieces;
pub mod reader;
mod repeats;
pub(crate) mod said;
mod searched;
mod sentence;
pub(crate) mod table_rows;
pub mod tables;

use crate::fault::Fault;
pub use crate::read::note::TABLE_NOT_FOUND;

crate::fault!(PATTERN_NO_MATCH, Error, "pattern-no-match", "a pattern has no match in its text");
crate::fault!(
    /// An item of a `split`.
    ITEM_UNMATCHED, Error, "item-unmatched", "an item of a list does not match the pattern");
crate::fault!(
    /// A full stop behind an abbreviation.
    SENTENCE_IN_DOUBT, Error, "sentence-in-doubt", "what a pattern matches depends on whether a sentence ends at a full stop");
crate::fault!(
    /// `section`.
    SECTION_NOT_FOUND, Error, "section-not-found", "the text that starts or ends a section was not found");
crate::fault!(
    /// At the comment.
    UNBOUND_FIGURE, Error, "unbound-figure", "the figure that a comment speaks of does not stand before it, or stands there twice");
crate::fault!(
    /// A pattern in a rule.
    PATTERN_SYNTAX, Error, "pattern-syntax", "a pattern for text cannot be read");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[
    &PATTERN_NO_MATCH,
    &ITEM_UNMATCHED,
    &SENTENCE_IN_DOUBT,
    &SECTION_NOT_FOUND,
    &UNBOUND_FIGURE,
    &PATTERN_SYNTAX,
    &TABLE_NOT_FOUND,
];
