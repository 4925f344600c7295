//! What single words say of figures.

use crate::value::language::Language;
use crate::value::language::phrases::{HYPHENS, Phrases, same};
use crate::value::prose::currency::before_currency;

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

/// The words of scale that the second of two figures has more than the first, by what stands behind their
/// digits: ` crore` of ` lakh` and ` lakh crore`, ` mln` of nothing and ` mln`.
pub fn scale_of_second<'t>(first: &str, second: &'t str, language: Language) -> Option<&'t str> {
    let is_scale = |text: &str| {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || HYPHENS.contains(&c));
        let lists = [&language.scales, &language.short_scales, &language.money_scales];
        lists.iter().any(|list| list.at(text).is_some())
    };
    let is_bare = first.is_empty();
    let is_own = second.get(..first.len()).is_some_and(|own| same(own, first));
    let more = second.get(first.len()..).filter(|_| is_bare || is_own && is_scale(first))?;
    (is_scale(more) && (is_bare || !more.starts_with(char::is_alphanumeric))).then_some(more)
}

/// Whether the first of two figures may leave its word of scale to the second: `from 9.9 to 10.4 million`, but not
/// `from 98,750 to 1.2 million`. They have about as many digits before their decimals.
pub fn may_share_scale(first: &str, second: &str, decimal: char) -> bool {
    let whole = |text: &str| {
        let whole = text.split(decimal).next().unwrap_or_default();
        whole.bytes().filter(u8::is_ascii_digit).count()
    };
    whole(first).abs_diff(whole(second)) < 2
}
