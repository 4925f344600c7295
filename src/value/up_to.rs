//! `up to`, `bis zu`, `hasta`: words for "at most" that stand before what something came to, where another
//! end is named.

use crate::value::NumberFormat;
use crate::value::language::Language;
use crate::value::language::phrases::{first_word, same};
use crate::value::prose::{Kind, Signs, before_currency, figure_at};

/// Whether such words between two texts stand before the second of two ends: `from 20 up to 30`,
/// `hasta 30 millones, desde 20 millones`.
pub(super) fn names_an_end(before: &str, behind: &str, language: Language) -> bool {
    let ends = Ends { language };
    ends.is_behind_from(before) || ends.is_before_from(behind)
}

/// Finds the first of two ends by the words of a language.
#[derive(Clone, Copy)]
struct Ends {
    language: Language,
}

/// Words that may stand between `from` and its figure: `from last year's 20`.
const BETWEEN: usize = 3;
/// Signs that a clause ends at, before white space.
const ENDS: [char; 7] = ['.', ';', '!', '?', ',', ':', '\n'];

impl Ends {
    fn is_behind_from(self, before: &str) -> bool {
        let starts = before.char_indices().filter(|(at, _)| begins_word(before, *at));
        let rests = starts.filter_map(|(at, _)| before.get(at..));
        rests.filter_map(|rest| self.from(rest)).any(|(rest, is_of)| {
            let clause = clause(rest);
            let figure = self.figure(clause, if is_of { 0 } else { BETWEEN });
            // A word that says other things, too, stands in the clause.
            let reaches = if is_of { clause.len() == rest.len() } else { is_sentence(rest) };
            figure.is_some() && reaches
        })
    }

    /// Right behind the second end, perhaps behind a comma. What `30 people, from 12 countries` counts
    /// last is something else.
    fn is_before_from(self, behind: &str) -> bool {
        let own = clause(behind);
        let unit = self.unit(own);
        let next = behind.get(own.len()..).and_then(|rest| rest.strip_prefix(','));
        // `hasta 30 millones de euros desde 20`
        let at = own.find(unit).map_or(0, |at| at + unit.len());
        let (is_apart, rest) = match self.is_from(own.trim_start()) {
            true => (false, own.trim_start()),
            false => match own.get(at..).map(str::trim_start).filter(|rest| self.is_from(rest)) {
                Some(rest) => (false, rest),
                None => (true, next.unwrap_or_default().trim_start()),
            },
        };
        let Some((rest, is_of)) = self.from(rest).filter(|from| is_apart || !from.1) else {
            return false;
        };
        let Some(behind) = self.figure(clause(rest), if is_of { 0 } else { BETWEEN }) else {
            return false;
        };
        let other = self.unit(behind);
        other.is_empty() || same(other, unit) || self.language.figures.no_units.has(other)
    }

    /// Whether a text begins with a word for `from` that is none for `of`: `de euros` has no end.
    fn is_from(self, text: &str) -> bool {
        self.from(text).is_some_and(|from| !from.1)
    }

    /// What follows the word for `from` that a text begins with, and whether it also means `of`.
    fn from(self, text: &str) -> Option<(&str, bool)> {
        let Ends { language } = self;
        let lists = [&language.from, &language.hedges.from];
        let (end, ()) = lists.into_iter().filter_map(|list| list.at(text)).max()?;
        let (word, rest) = text.split_at_checked(end)?;
        let says_of = [&language.of, &language.dates.of].iter().any(|list| list.has(word))
            || language.cues.of.iter().any(|own| same(own, word));
        Some((rest, says_of || !language.hedges.from.has(word)))
    }

    /// What stands behind the figure that a text begins with, behind articles, words around the figure and
    /// so many others. A year is no end: `hasta 30 personas desde 2010`.
    fn figure(self, text: &str, most: usize) -> Option<&str> {
        let Ends { language } = self;
        let signs = Signs::of(&NumberFormat::in_language(language));
        let (mut rest, mut left) = (text.trim_start(), most);
        loop {
            let kinds = [Kind::Percent, Kind::Number];
            let bare = without_mark(rest);
            let ends = kinds.into_iter().filter_map(|kind| figure_at(bare, 0, kind, &signs));
            if let Some((own, behind)) =
                ends.map(|found| found.0).max().and_then(|end| bare.split_at_checked(end))
            {
                let unit = self.unit(behind);
                let is_bare = unit.is_empty() || language.figures.no_units.has(unit);
                return (!(is_year(own) && is_bare)).then_some(behind);
            }
            let hedges = language.hedges.before().map(|hedge| hedge.0);
            let own = |words: &&str| {
                let text = rest.get(..words.len());
                text.is_some_and(|own| same(own, words))
                    && rest.get(words.len()..).is_some_and(|t| t.starts_with(char::is_whitespace))
            };
            let known = [&language.the, &language.articles].into_iter();
            let known = known.filter_map(|list| list.at(rest)).map(|found| found.0);
            let length = known.chain(hedges.filter(own).map(str::len)).max();
            if length.is_none() {
                left = left.checked_sub(1)?;
            }
            let next = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest = rest.get(length.unwrap_or(next)..)?.trim_start();
            if rest.is_empty() {
                return None;
            }
        }
    }

    /// The first word of a text, behind `of`: what a figure before it counts.
    fn unit(self, text: &str) -> &str {
        let text = text.trim_start_matches(['%', '‰']).trim_start();
        let of = self.language.of.at(text).map_or(0, |of| of.0);
        first_word(text.get(of..).unwrap_or_default().trim_start())
    }
}

/// A text up to the end of its first clause.
fn clause(text: &str) -> &str {
    let is_end = |(at, sign): &(usize, char)| {
        let behind = text.get(at + sign.len_utf8()..).unwrap_or_default();
        ENDS.contains(sign) && (behind.is_empty() || behind.starts_with(char::is_whitespace))
    };
    let end = text.char_indices().find(is_end).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// Whether no sentence ends in a text.
fn is_sentence(text: &str) -> bool {
    let mut ends = text.match_indices(['.', ';', '!', '?']);
    !ends.any(|(at, _)| text.get(at + 1..).is_some_and(|t| t.starts_with(char::is_whitespace)))
}

fn without_mark(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let mark = text.get(..end).unwrap_or_default();
    if before_currency(mark) == Some(0) { text.get(end..).unwrap_or_default() } else { text }
}

fn is_year(text: &str) -> bool {
    let is_plain = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    is_plain && (text.starts_with("19") || text.starts_with("20"))
}

fn begins_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    before.is_none_or(|c| !c.is_alphanumeric())
}
