//! The words around a figure of a text.

use std::ops::Range;

use crate::read::pattern::Pattern;
use crate::read::text::document::Document;
use crate::value::hedge::{WINDOW, read_hedge};
use crate::value::{Hedge, Type};

/// What the words around a figure make of it.
pub fn hedge(doc: &Document<'_>, pattern: &Pattern, number: usize, span: &Range<usize>) -> Hedge {
    let is_exact = pattern.held.get(number).is_some_and(|held| held.is_exact);
    let ty = pattern.placeholders.get(number).map_or(Type::Text, |p| p.ty);
    if is_exact || ty == Type::Text {
        return Hedge::None;
    }
    let text: &str = &doc.text;
    let mut from = span.start.saturating_sub(WINDOW);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = text.len().min(span.end + WINDOW);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let (before, behind) = (text.get(from..span.start), text.get(span.end..to));
    read_hedge(before.unwrap_or_default(), behind.unwrap_or_default(), ty, pattern.language)
}
