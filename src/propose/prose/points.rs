//! Differences of percentages: `4.5 percentage points`, and `4.5 points` where percentages stand around that differ
//! by about so much.

use std::ops::Range;

use crate::read::text::kinds::in_prose;
use crate::read::text::said::{Said, SaidFigure};
use crate::value::language::phrases::gap;
use crate::value::{Hedge, Language, Number, NumberFormat, Type};

/// How many times as much as percentages differ by, or as little, may be said by a slip where both stand in this
/// sentence or the next.
const TIMES: i64 = 2;
/// Sentences that the other percentage may be away where they differ by just so much.
const REACH: usize = 6;

/// How figures of a text are read where a rule says what they are.
pub fn in_a_text(language: Language) -> NumberFormat {
    NumberFormat { lone_points: true, ..NumberFormat::in_language(language) }
}

/// Whether a figure is a difference of percentages.
pub fn is_points(text: &str, language: Language) -> bool {
    let is_mark = |at: usize| {
        let mark = text.get(at..).unwrap_or_default();
        language.points.get(mark).is_some() || language.lone_points.get(mark).is_some()
    };
    let before = |at: usize| text.get(..at).and_then(|before| before.chars().next_back());
    let begins = |(at, c): &(usize, char)| {
        c.is_alphabetic() && !before(*at).is_some_and(char::is_alphabetic)
    };
    text.char_indices().filter(begins).any(|(at, _)| is_mark(at))
}

/// A number with the word behind it, where that could say that it is a difference of percentages.
pub fn with_word(said: &Said<'_>, figure: &SaidFigure) -> Option<Range<usize>> {
    let Range { start, end } = figure.range;
    let behind = said.document.text.get(end..)?;
    let space = gap(behind);
    let (word, _) = said.language.lone_points.at(behind.get(space..).filter(|_| space > 0)?)?;
    let range = start..end + space + word;
    let number = in_a_text(said.language);
    let value = |range: &Range<usize>| {
        let text = said.document.text.get(range.clone())?;
        let read = in_prose(Type::Percent, &number).read_hedged(text, Hedge::None).ok()?;
        read.figure().map(|figure| figure.value.clone())
    };
    let stated = value(&range).filter(|_| figure.ty == Type::Number)?;
    let is_share = |other: &&SaidFigure| {
        let text = said.document.text.get(other.range.clone()).unwrap_or_default();
        other.sentence.abs_diff(figure.sentence) <= REACH
            && other.ty == Type::Percent
            && !is_points(text, said.language)
    };
    let far = |other: &SaidFigure| other.sentence.abs_diff(figure.sentence);
    let shares = said.figures.iter().filter(is_share);
    let shares: Vec<(usize, Number)> =
        shares.filter_map(|other| Some((far(other), value(&other.range)?))).collect();
    let (times, near) = (Number::from(TIMES), Number::decimal(1, 3));
    let is_about = |((m, a), (n, b)): (&(usize, Number), &(usize, Number))| {
        let apart = (a - b).abs();
        let is_beside = *m < 2 && *n < 2;
        is_beside && stated <= &apart * &times && apart <= &stated * &times
            || m.min(n) == &0 && (&apart - &stated).abs() <= near
    };
    let pairs = |n: usize| shares.iter().skip(n + 1);
    let mut all = shares.iter().enumerate().flat_map(|(n, a)| pairs(n).map(move |b| (a, b)));
    all.any(is_about).then_some(range)
}
