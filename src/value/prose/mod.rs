//! Figures as they stand in running text.
//!
//! Everything here takes the longest figure that begins at a place: a text is a figure where one takes
//! all of it, and a placeholder holds a whole figure where none is longer. `fixtures/prose.txt` lists
//! the forms.

mod amount;
mod cursor;
mod digits;
mod number;
mod order;
mod share;

pub use digits::Signs;
pub(crate) use number::before_currency;
pub(crate) use share::is_percent;

use crate::value::digits::Written;
use crate::value::language::Language;
use crate::value::language::phrases::Phrases;
use crate::value::prose::cursor::Cursor;

/// What kind of figure is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number that is no percentage.
    Number,
    /// A percentage or a share.
    Percent,
    /// A difference of percentages.
    Points,
    /// A place in an order.
    Ordinal,
    /// So many times.
    Multiple,
}

/// The longest figure that begins at a byte of a text: where it ends, and what it is.
pub fn figure_at(text: &str, at: usize, kind: Kind, signs: &Signs) -> Option<(usize, Written)> {
    let mut c = Cursor { text, at };
    let written = match kind {
        Kind::Number => share::plain(&mut c, signs),
        Kind::Percent => share::percent(&mut c, signs),
        Kind::Points => share::points(&mut c, signs),
        Kind::Ordinal => order::ordinal(&mut c, signs),
        Kind::Multiple => order::multiple(&mut c, signs),
    }?;
    Some((c.at, written))
}

/// Reads a whole text as a figure of one of these kinds, in this order. What stood before it is not
/// known: `10 and 15` is a range.
pub fn figure(text: &str, kinds: &[Kind], signs: &Signs) -> Option<Written> {
    let mut signs = *signs;
    signs.is_enclosed = true;
    let whole =
        |kind: &Kind| figure_at(text, 0, *kind, &signs).filter(|(end, _)| *end == text.len());
    kinds.iter().find_map(whole).map(|(_, written)| written)
}

/// Whether a word stands before a figure that makes a range of it and the next: `between 10 and 15`.
pub fn is_enclosed(before: &str, language: Language) -> bool {
    let mut before = before.trim_end();
    if let Some(start) = before_currency(before) {
        before = before.get(..start).unwrap_or_default().trim_end();
    }
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    language.enclosing.has(word)
}

/// Whether a word is one of those that figures are said with.
pub fn is_word_of_figures(word: &str, language: Language) -> bool {
    let is_half = |words: &Phrases<i64>| words.get(word).is_some_and(|d| d == 2 || d == 4);
    language.numbers.get(word).is_some()
        || language.scales.get(word).is_some()
        || language.dozen.has(word)
        || language.fractions.get(word).is_some()
        || is_half(&language.part)
        || is_half(&language.parts)
        || language.compounded(word).is_some()
}

/// Whether a word names a part of something: `half`, `thirds`.
pub fn is_part(word: &str, language: Language) -> bool {
    language.part.get(word).is_some() || language.parts.get(word).is_some()
}
