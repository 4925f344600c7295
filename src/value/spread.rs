//! `over`, `über`: words for "more than" that also say among how many something is spread, as in `45 wickets
//! over 8 games`; the figure behind them is as it is written.

use crate::value::language::Language;
use crate::value::language::phrases::{first_word, same};

/// Words between a figure and such a word, at most.
const NOUNS: usize = 2;

/// Whether such a word between two texts says among how many.
pub(super) fn says_among(before: &str, behind: &str, language: Language) -> bool {
    let spread = Spread { language };
    let next = first_word(behind.trim_start());
    language.hedges.stages.iter().any(|own| same(own, next))
        || spread.is_behind_verb(before)
        || spread.is_behind_sum(before)
        || spread.is_behind_figure(before)
}

#[derive(Clone, Copy)]
struct Spread {
    language: Language,
}

/// A text without its last word, and that word.
fn last_word(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    let start = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let start = if text.is_char_boundary(start) { start } else { text.len() };
    text.split_at_checked(start).unwrap_or_default()
}

impl Spread {
    /// `divided over 6 instalments`
    fn is_behind_verb(self, before: &str) -> bool {
        let word = last_word(before).1;
        self.language.hedges.spread.iter().any(|own| same(own, word))
    }

    /// `the mean over 30 stations`, but `an average over 30`
    fn is_behind_sum(self, before: &str) -> bool {
        let (rest, word) = last_word(before);
        let is_sum = self.language.hedges.summed.iter().any(|own| same(own, word));
        is_sum && self.language.the.has(last_word(rest).1)
    }

    /// `312,800 over 17 matches`, `45 wickets over 8 games`, but `of 120 shops over 40 closed`
    fn is_behind_figure(self, before: &str) -> bool {
        let (mut rest, mut word) = last_word(before);
        let mut nouns: Vec<&str> = Vec::new();
        while !self.is_figure(word) {
            if nouns.len() == NOUNS || !self.is_noun(word) {
                return false;
            }
            nouns.push(word);
            (rest, word) = last_word(rest);
        }
        // `30 firms employ over 500 people`
        let has_verb = nouns.get(1).is_some_and(|first| first.ends_with('s'));
        !has_verb && !self.is_whole(rest)
    }

    fn is_figure(self, word: &str) -> bool {
        let digits = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let is_digits = digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| !c.is_alphabetic() && !"-/:".contains(c));
        let is_year =
            digits.len() == 4 && ["18", "19", "20"].iter().any(|of| digits.starts_with(of));
        is_digits && !is_year || self.language.numbers.get(word).is_some_and(|n| n > 1)
    }

    fn is_noun(self, word: &str) -> bool {
        let words = self.language.words();
        let cues = &words.cues;
        let small = word.to_lowercase();
        let is_verb = cues.verbs.contains(&small)
            || cues.verb_ends.iter().any(|end| small.ends_with(end.as_str()));
        let hedges = &words.hedges;
        // `well over`, `not over`
        let is_of_hedge =
            [&hedges.well, &hedges.just, &hedges.not].iter().any(|all| all.contains(&small));
        let is_capital = word.starts_with(char::is_uppercase);
        let is_scale = words.scales.get(word).is_some() || words.percent.get(word).is_some();
        word.chars().all(char::is_alphabetic)
            && !is_of_hedge
            && (is_scale || is_capital == cues.capital_nouns)
            && !is_verb
            && !words.figures.no_units.has(word)
            && !words.figures.parts.has(word)
            && words.dates.months.at(word).is_none()
    }

    /// Whether a figure behind a text is all of what the next one is a part of: `Of the 120 shops`.
    fn is_whole(self, before: &str) -> bool {
        let words = self.language.words();
        let (mut rest, mut word) = last_word(before);
        while words.the.has(word) || words.compounds.determiners.has(word) {
            (rest, word) = last_word(rest);
        }
        let is_of = words.of.has(word) || words.cues.of.iter().any(|own| same(own, word));
        let rest = rest.trim_end();
        is_of && (rest.is_empty() || rest.ends_with(['.', ',', ';', ':', '!', '?', '\n', '(']))
    }
}
