//! Words that name a part and other things, too: a place in an order, as in `a ninth year`, or a length of time, as
//! in `for three quarters`.

use std::ops::Range;

use crate::value::language::Language;
use crate::value::language::phrases::{HYPHENS, first_word};
use crate::value::prose::cursor::Cursor;
use crate::value::prose::digits::Signs;

/// Whether a word with an article before it counts the noun at a place, and names no part of anything.
pub(super) fn is_place(word: &str, mut behind: Cursor<'_>, signs: &Signs) -> bool {
    let language = signs.language;
    if language.ordinals.get(word).is_none() || !behind.joint() {
        return false;
    }
    let words = language.words();
    let next = first_word(behind.rest());
    let lists = [&words.of, &words.and, &words.to, &words.figures.no_units, &words.figures.parts];
    let is_verb = |next: &str| {
        let next = next.to_lowercase();
        let cues = &words.cues;
        cues.verbs.contains(&next)
            || next.len() > 4 && cues.verb_ends.iter().any(|end| next.ends_with(end))
    };
    let goes_on = lists.iter().any(|list| list.at(behind.rest()).is_some())
        || language.percent.at(behind.rest()).is_some()
        || language.points.at(behind.rest()).is_some();
    !next.is_empty() && !goes_on && !is_verb(next)
}

/// Whether such a part with an article stands behind a figure, as what that is counted by: `$3 million a quarter`.
pub(super) fn is_rate((text, of): (&str, Range<usize>), word: &str, language: Language) -> bool {
    let words = language.words();
    let before = text.get(..of.start).unwrap_or_default().trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let rest = text.get(of.end..).unwrap_or_default().trim_start();
    let is_figure =
        last.ends_with(|c: char| c.is_ascii_digit()) || words.scales.get(last).is_some();
    language.lengths.names.has(word) && is_figure && words.of.at(rest).is_none()
}

/// Whether a number of such parts at a place of a text counts lengths of time, and says no fraction: `3 quarters`, `for
/// three quarters`, but `three quarters of them`, `three-quarters`, `fell by three quarters`.
pub(super) fn is_length((text, of): (&str, Range<usize>), word: &str, language: Language) -> bool {
    let lengths = &language.lengths;
    let own = text.get(of.clone()).unwrap_or_default();
    let behind = text.get(of.end..).unwrap_or_default();
    // What is read alone was found to be a fraction where it stands.
    let is_alone = behind.is_empty() || own.contains(HYPHENS) || behind.starts_with(HYPHENS);
    if is_alone || !lengths.names.has(word) {
        return false;
    }
    let rest = behind.trim_start();
    let words = language.words();
    let leads_on =
        [&words.of, &words.the, &lengths.whole].iter().any(|list| list.at(rest).is_some());
    if leads_on && rest.len() < behind.len() {
        return false;
    }
    let before = text.get(..of.start).unwrap_or_default().trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let earlier = before.get(..before.len() - last.len()).unwrap_or_default().trim_end();
    // `accounts for three quarters`
    let is_part =
        || lengths.not_behind.has(earlier.rsplit(char::is_whitespace).next().unwrap_or(""));
    let is_said = words.the.has(last)
        || lengths.before.has(last) && !is_part()
        || lengths.behind.at(rest).is_some();
    own.starts_with(|c: char| c.is_ascii_digit()) || is_said
}
