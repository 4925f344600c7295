//! Figures as they stand in running text.
//!
//! Everything here takes the longest figure that begins at a place: a text is a figure where one takes
//! all of it, and a placeholder holds a whole figure where none is longer. `fixtures/prose.txt` lists
//! the forms.

mod amount;
mod brackets;
mod compound;
mod currency;
mod cursor;
mod dated;
mod digits;
mod groups;
mod number;
mod order;
mod parts;
mod place;
mod share;
mod words;
mod years;

pub use compound::{compound, label, shared};
pub(crate) use currency::{before_currency, leads_to_figure, names_currency};
pub use digits::Signs;
pub use groups::{code_at, is_code};
pub(crate) use order::multiple_word;
pub(crate) use share::{is_behind_change, is_percent};
pub use words::{is_enclosed, is_part, is_word_of_figures, may_share_scale, scale_of_second};
pub(crate) use years::{goes_on, is_behind_first, is_no_short_year};

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
        Kind::Ordinal => order::ordinal(&mut c, signs),
        Kind::Multiple => share::multiple(&mut c, signs),
    }?;
    Some((c.at, written))
}

/// Whether a text says one thing in what begins with a number and goes on: `12 feet 6`.
pub fn is_compound(text: &str, signs: &Signs) -> bool {
    // `an hour and a half`
    let article = || signs.language.articles.at(text).map(|article| article.0);
    let first = figure_at(text, 0, Kind::Number, signs).map(|figure| figure.0).or_else(article);
    first.is_some_and(|end| compound(text, &(0..end), signs) == Some(0..text.len()))
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
