//! Words that name a part or a place in an order: `a ninth of them`, `a ninth year`.

use crate::value::language::phrases::first_word;
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
