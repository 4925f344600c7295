//! What may be below zero: temperatures, balances, changes. Whatever else a figure counts or measures is
//! not.

use crate::value::language::Language;
use crate::value::language::phrases::first_word;

/// Whether a figure between these texts may be below zero, by its unit or a word of its sentence.
pub fn may_be_below_zero(before: &str, behind: &str, language: Language) -> bool {
    let words = language.words();
    let unit = behind.trim_start();
    let is_unit = unit.starts_with(['°', 'º'])
        || words.hedges.degrees.at(unit).is_some()
        || words.points.at(unit).is_some()
        || words.lone_points.at(unit).is_some();
    let sentence = [sentence_before(before), sentence_behind(behind)];
    let signed = &words.hedges.signed;
    let is_signed = |text: &str| {
        let own = || first_word(text).to_lowercase();
        let ends = || signed.all.iter().any(|end| own().ends_with(end.as_str()));
        signed.at(text).is_some() || words.hedges.joins_nouns && ends()
    };
    is_unit || sentence.into_iter().any(|part| words_of(part).any(is_signed))
}

/// A text from the beginning of each of its words on.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let mut is_within = false;
    let starts = text.char_indices().filter(move |(_, c)| {
        let begins = c.is_alphabetic() && !is_within;
        is_within = c.is_alphanumeric();
        begins
    });
    starts.filter_map(|(at, _)| text.get(at..))
}

/// Where sentences end: `3.5` has no end.
fn ends(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    let is_end = |(at, sign): &(usize, &str)| {
        let behind = text.get(at + sign.len()..).unwrap_or_default();
        *sign == "\n" || behind.is_empty() || behind.starts_with(char::is_whitespace)
    };
    text.match_indices(['.', ';', '!', '?', '\n']).filter(is_end).map(|(at, _)| at)
}

pub(super) fn sentence_before(text: &str) -> &str {
    let start = ends(text).next_back().map_or(0, |at| at + 1);
    text.get(start..).unwrap_or_default()
}

pub(super) fn sentence_behind(text: &str) -> &str {
    let end = ends(text).next().unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
