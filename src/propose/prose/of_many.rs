//! `21 of 34 matches (61.8%)`: two counts where a percentage beside them says the same, and no share of their own.

use crate::read::text::said::{Said, SaidFigure};
use crate::value::Type;

/// Reads so many of so many as two figures where their sentence has another percentage.
pub fn split(said: &mut Said<'_>) {
    let all = std::mem::take(&mut said.figures);
    let parts: Vec<Option<[SaidFigure; 2]>> = all.iter().map(|own| two(said, own)).collect();
    let has_other = |own: &SaidFigure| {
        let mut others = all.iter().zip(&parts);
        others.any(|(other, parts)| {
            other.sentence == own.sentence && other.ty == Type::Percent && parts.is_none()
        })
    };
    let mut figures = Vec::new();
    for (own, two) in all.iter().zip(&parts) {
        match two.as_ref().filter(|_| has_other(own)) {
            Some(two) => figures.extend(two.iter().cloned()),
            None => figures.push(own.clone()),
        }
    }
    said.figures = figures;
}

/// The two counts that a percentage is written with: `21 of 34`.
fn two(said: &Said<'_>, figure: &SaidFigure) -> Option<[SaidFigure; 2]> {
    let text = said.document.text.get(figure.range.clone())?;
    let is_digit = |c: char| c.is_ascii_digit();
    let first = text.find(|c: char| c.is_alphabetic()).filter(|_| figure.ty == Type::Percent)?;
    let last = text.rfind(|c: char| c.is_alphabetic() || c.is_whitespace())? + 1;
    let (own, rest) = text.split_at_checked(first)?;
    let (between, whole) = rest.split_at_checked(last.checked_sub(first)?)?;
    let own = own.trim_end();
    let is_number = |text: &str| text.starts_with(is_digit) && text.ends_with(is_digit);
    let words = said.language.words();
    let word = between.trim();
    let is_of = words.shares.of.has(word) || words.shares.within.has(word) && word.contains(' ');
    let start = figure.range.start;
    let part = |range| SaidFigure { range, ty: Type::Number, ..figure.clone() };
    (is_number(own) && is_number(whole) && is_of)
        .then(|| [part(start..start + own.len()), part(start + last..figure.range.end)])
}
