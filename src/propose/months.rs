//! The language of the names of months in the dates of a table.

use crate::propose::sample::{Sample, SampleColumn};
use crate::value::Language;

/// Texts of a column that are looked at.
const LOOKED_AT: usize = 50;
/// The longest that may be a date.
const LONGEST: usize = 40;

/// The language in which most texts that may be dates name a month, English where none does better.
pub fn language(sample: &Sample) -> Language {
    let texts: Vec<&str> = sample.columns.iter().flat_map(dated).collect();
    let named = |language: Language| {
        let names =
            |text: &&&str| words(text).any(|word| language.dates.months.get(word).is_some());
        texts.iter().filter(names).count()
    };
    let usual = (Language::ENGLISH, named(Language::ENGLISH));
    let others = Language::all().map(|own| (own, named(own)));
    others.fold(usual, |most, own| if own.1 > most.1 { own } else { most }).0
}

/// Texts with figures and words that are short enough for a date.
fn dated(column: &SampleColumn) -> impl Iterator<Item = &str> {
    let is_dated = |text: &&str| {
        text.len() <= LONGEST
            && text.contains(|c: char| c.is_ascii_digit())
            && text.contains(char::is_alphabetic)
    };
    column.texts.iter().take(LOOKED_AT).map(|text| &**text).filter(is_dated)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}
