//! `a maximum of`, `un minimo di`: words for a bound that also name the largest or the least value that there was.

use crate::value::language::Language;
use crate::value::language::phrases::{first_word, same};
use crate::value::signed::{sentence_before, sentence_behind};

/// Whether such words between two texts name a value: `the maximum of 36.8`, `a maximum of 36.8 °C`, `a maximum of
/// 30 and a minimum of 4`.
pub(super) fn names_value(words: &str, (before, behind): (&str, &str), language: Language) -> bool {
    let hedges = &language.hedges;
    let mut all = words.split(' ').rev().skip(1);
    let Some(own) = all.find(|word| hedges.extremes.iter().any(|one| same(one, word))) else {
        return false;
    };
    let unit = behind.trim_start();
    let is_degrees = unit.starts_with(['°', 'º'])
        || hedges.temperatures.iter().any(|own| same(own, first_word(unit)));
    let says_other = |text: &str| {
        let mut all = text.split(|c: char| !c.is_alphabetic());
        all.any(|word| !same(word, own) && hedges.extremes.iter().any(|one| same(one, word)))
    };
    let has_article = !words.split(' ').next().is_some_and(|first| same(first, own));
    is_degrees
        || says_other(sentence_before(before))
        || says_other(sentence_behind(behind))
        || !has_article && is_said_of_one(before, language)
}

/// Whether the word before says which it is: `the`, `daily`, `July`.
fn is_said_of_one(before: &str, language: Language) -> bool {
    let before = before.trim_end();
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let is_open = word.is_empty() || language.figures.no_units.has(word);
    language.the.has(word) || !is_open
}
