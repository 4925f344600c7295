//! What may be below zero: temperatures, balances, changes. Whatever else a figure counts or measures is
//! not.

use crate::value::language::Language;

/// Whether a figure between these texts may be below zero, by its unit or a word of its sentence.
pub fn may_be_below_zero(before: &str, behind: &str, language: Language) -> bool {
    let words = language.words();
    let unit = behind.trim_start();
    let is_unit = unit.starts_with(['°', 'º'])
        || words.hedges.degrees.at(unit).is_some()
        || words.points.at(unit).is_some()
        || words.lone_points.at(unit).is_some();
    let ends = ['.', ';', '!', '?', '\n'];
    let sentence = [before.rsplit(ends).next(), behind.split(ends).next()];
    let mut said = sentence.into_iter().flatten().flat_map(|part| part.split_whitespace());
    // `Handelsbilanz`: nouns are written together.
    let is_compound = !words.unit_before_tens.is_empty();
    let is_signed = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        let is = |own: &String| word == *own || is_compound && word.ends_with(own.as_str());
        words.hedges.signed.all.iter().any(is)
    };
    is_unit || said.any(is_signed)
}
