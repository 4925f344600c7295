//! Figures as they stand in running English text.
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
mod words;

pub use digits::Signs;
pub(crate) use number::before_currency;

use crate::value::digits::Written;
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
        Kind::Ordinal => order::ordinal(&mut c),
        Kind::Multiple => order::multiple(&mut c, signs),
    }?;
    Some((c.at, written))
}

/// Reads a whole text as a figure of one of these kinds, in this order.
pub fn figure(text: &str, kinds: &[Kind], signs: &Signs) -> Option<Written> {
    let whole =
        |kind: &Kind| figure_at(text, 0, *kind, signs).filter(|(end, _)| *end == text.len());
    kinds.iter().find_map(whole).map(|(_, written)| written)
}

/// Whether a word is one of those that figures are said with.
pub fn is_word_of_figures(word: &str) -> bool {
    words::is_of_figures(word) || words::part(word).is_some_and(|d| d == 2 || d == 4)
}

/// Whether a word names a part of something: `half`, `thirds`.
pub fn is_part(word: &str) -> bool {
    words::part(word).is_some()
}
