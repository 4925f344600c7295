//! Figures that a comment writes as a text has them where an expression is: `= 4.2 million`.

use std::ops::Range;

use crate::value::prose::{Kind, Signs, figure_at};
use crate::value::{Number, NumberFormat};

/// Bytes of a figure before the sign or the word that no expression has.
const BEFORE: usize = 32;

/// A figure of a text within an expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stated<'t> {
    pub range: Range<usize>,
    /// As the text has it.
    pub own: &'t str,
    /// As an expression has it.
    pub plain: String,
}

impl Stated<'_> {
    pub fn help(&self) -> String {
        let Stated { own, plain, .. } = self;
        format!("write `{plain}`, or `{{{own}}}` where the text has it before the comment")
    }
}

/// The figure around a place in an expression that cannot be read from there.
pub(super) fn around<'t>(text: &'t str, at: usize, number: &NumberFormat) -> Option<Stated<'t>> {
    let before = text.get(..at)?;
    let is_part = |c: char| c.is_ascii_digit() || ".,'’ \u{a0}\u{202f}".contains(c);
    let start = before.char_indices().rev().find(|(_, c)| !is_part(*c));
    let start = start.map_or(0, |(at, c)| at + c.len_utf8());
    let own = before.get(start..)?;
    let start = start + (own.len() - own.trim_start().len());
    let sign = text.get(start..)?.chars().next().filter(|c| "$€£¥".contains(*c));
    let sign = sign.map_or(0, char::len_utf8);
    (at.saturating_sub(start) <= BEFORE).then_some(())?;
    let mut stated = read(text, start + sign, number)?;
    stated.range.start = start;
    (stated.range.end > at).then_some(stated)
}

/// The figure in words that a whole name is.
pub(super) fn in_words<'t>(
    text: &'t str,
    name: &Range<usize>,
    number: &NumberFormat,
) -> Option<Stated<'t>> {
    let starts_in_letter = text.get(name.clone())?.starts_with(char::is_alphabetic);
    starts_in_letter.then(|| read(text, name.start, number))?.filter(|s| s.range.end >= name.end)
}

/// The longest figure that begins at a place.
fn read<'t>(text: &'t str, start: usize, number: &NumberFormat) -> Option<Stated<'t>> {
    let mut signs = Signs::of(number).in_text(|| true);
    signs.lone_points = false;
    let of = |kind: Kind| Some((figure_at(text, start, kind, &signs)?, kind));
    let all = [Kind::Points, Kind::Percent, Kind::Number].into_iter().filter_map(of);
    let ((end, written), kind) = all.rev().max_by_key(|((end, _), _)| *end)?;
    let hundred = || (&written.value * &Number::from(100i64)).to_text();
    let own = text.get(start..end)?;
    let plain = match kind {
        Kind::Points => format!("{}pp", hundred()),
        Kind::Percent if own.contains(|c: char| c.is_ascii_digit() || c == '%') => {
            format!("{}%", hundred())
        }
        _ => written.value.to_text(),
    };
    Some(Stated { range: start..end, own, plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_text_are_known_in_an_expression() {
        let number = NumberFormat::default();
        for (text, at, own, plain) in [
            ("2 * 4.2 million", "million", "4.2 million", "4200000"),
            ("1,250 / 2", ",", "1,250", "1250"),
            ("12 000", "000", "12 000", "12000"),
            ("50 percent", "percent", "50 percent", "50%"),
            ("3 percentage points", "percentage", "3 percentage points", "3pp"),
            ("$3 bn", "$", "3 bn", "3000000000"),
            ("2½", "½", "2½", "2.5"),
        ] {
            let at = text.find(at).unwrap();
            let stated = around(text, at, &number).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((stated.own, &*stated.plain), (own, plain), "{text}");
        }
        assert_eq!(around("12 km2", 3, &number), None);
        assert_eq!(around("(1 + 2", 6, &number), None);
        for (text, plain) in [("half", Some("0.5")), ("seven", Some("7")), ("lakes", None)] {
            let stated = in_words(text, &(0..text.len()), &number);
            assert_eq!(stated.map(|stated| stated.plain).as_deref(), plain, "{text}");
        }
    }
}
