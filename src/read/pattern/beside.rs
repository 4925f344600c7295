//! What stands beside a figure and makes it a piece of something else: `third from last`, `three times a
//! week`, `summer of 2023`, `5 ± 1`.

use std::ops::Range;

use crate::read::pattern::parse::Holds;
use crate::value::Language;
use crate::value::language::phrases::{HYPHENS, first_word, gap, joint, same};
use crate::value::prose::{
    Kind, Signs, before_currency, code_at, compound, figure_at, is_word_of_figures, shared,
};

/// The whole of which a figure is a piece.
pub(super) fn whole(
    text: &str,
    found: &Range<usize>,
    holds: Holds,
    signs: &Signs,
) -> Option<Range<usize>> {
    let place = Beside {
        before: text.get(..found.start)?,
        own: text.get(found.clone())?,
        behind: text.get(found.end..)?,
        signs,
    };
    if let Some(code) = code_at(text, found.start) {
        return Some(code.start..code.end.max(found.end));
    }
    match holds {
        Holds::Number | Holds::Integer => compound(text, found, signs),
        Holds::Percent | Holds::Points => shared(text, found, signs),
        Holds::Multiple => place.of_multiple().or_else(|| compound(text, found, signs)),
        Holds::Ordinal => place.of_ordinal(),
        Holds::Date => place.of_date().or_else(|| place.of_money()),
        Holds::Year => place.of_money(),
        Holds::Text => None,
    }
}

/// A figure with the text around it.
struct Beside<'t> {
    before: &'t str,
    own: &'t str,
    behind: &'t str,
    signs: &'t Signs,
}

/// The last word of a text, with the place where it begins; signs between it and the end do not count.
fn last_word(text: &str) -> (usize, &str) {
    let end = text.trim_end_matches(|c: char| c.is_whitespace() || HYPHENS.contains(&c)).len();
    let own = text.get(..end).unwrap_or_default();
    let edge = own.char_indices().rev().find(|(_, c)| !c.is_alphanumeric());
    let start = edge.map_or(0, |(at, c)| at + c.len_utf8());
    (start, own.get(start..).unwrap_or_default())
}

impl<'t> Beside<'t> {
    fn language(&self) -> Language {
        self.signs.language
    }

    fn from(&self, start: usize) -> Range<usize> {
        start..self.before.len() + self.own.len()
    }

    fn to(&self, more: usize) -> Range<usize> {
        self.before.len()..self.before.len() + self.own.len() + more
    }

    /// The text behind white space or a hyphen, and how far it is away.
    fn next(&self) -> (usize, &'t str) {
        let gap = joint(self.behind);
        (gap, self.behind.get(gap..).unwrap_or_default())
    }

    /// `third from last`, `a third of`, `May 3rd`, `first or second`.
    fn of_ordinal(&self) -> Option<Range<usize>> {
        let language = self.language();
        let (gap, next) = self.next();
        if let Some((length, ())) = language.compounds.from_last.at(next).filter(|_| gap > 0) {
            return Some(self.to(gap + length));
        }
        let (start, word) = last_word(self.before);
        let is_part = language.articles.has(word)
            && gap > 0
            && language.of.at(next).is_some()
            && self.own.chars().all(char::is_alphabetic);
        // `60 second`
        let is_unit = language.words().compounds.measures.iter().any(|m| m.get(self.own).is_some());
        let is_length = is_unit && word.ends_with(|c: char| c.is_ascii_digit());
        if is_part || is_length || language.dates.months.get(word).is_some() {
            return Some(self.from(start));
        }
        let of = language.dates.of.at(next).map_or(0, |of| of.0);
        let month = next.get(of..).unwrap_or_default();
        let month_gap = if of > 0 { joint(month) } else { 0 };
        let months = &language.dates.months;
        if let Some((length, _)) = months.at(month.get(month_gap..).unwrap_or_default()) {
            return Some(self.to(gap + of + month_gap + length));
        }
        self.either(&|text| figure_at(text, 0, Kind::Ordinal, self.signs).map(|found| found.0))
    }

    /// `three times a week`, `double-digit`, `doubled or tripled`.
    fn of_multiple(&self) -> Option<Range<usize>> {
        let language = self.language();
        let is_word = language.multiples.get(self.own).is_some();
        let glued = self.behind.strip_prefix(HYPHENS).map_or("", first_word);
        if is_word && !glued.is_empty() {
            return Some(self.to(1 + glued.len()));
        }
        let (gap, next) = self.next();
        let words = language.words();
        let lists = [&words.articles, &words.compounds.per, &words.shares.every];
        if let Some((length, ())) = lists.iter().find_map(|list| list.at(next)) {
            let rest = next.get(length..).unwrap_or_default();
            let unit = first_word(rest.trim_start());
            if words.hedges.times.iter().any(|own| same(own, unit)) {
                return Some(
                    self.to(gap + length + (rest.len() - rest.trim_start().len()) + unit.len()),
                );
            }
        }
        self.either(&|text| {
            let of = |kind: Kind| figure_at(text, 0, kind, self.signs).map(|found| found.0);
            of(Kind::Multiple).or_else(|| of(Kind::Number))
        })
    }

    /// Another figure of the kind with `or` between.
    fn either(&self, read: &dyn Fn(&str) -> Option<usize>) -> Option<Range<usize>> {
        let or = &self.language().words().cues.or;
        let (at, word) = last_word(self.before);
        if or.iter().any(|or| same(or, word)) {
            let before = self.before.get(..at).unwrap_or_default();
            let (start, first) = last_word(before);
            let is_first = read(before.get(start..).unwrap_or_default()) == Some(first.len())
                || is_word_of_figures(first, self.language());
            if is_first {
                return Some(self.from(start));
            }
        }
        let (gap, next) = self.next();
        let word = first_word(next);
        let rest = next.get(word.len()..).unwrap_or_default();
        let second = or.iter().any(|or| same(or, word)).then(|| read(rest.trim_start()))??;
        Some(self.to(gap + word.len() + (rest.len() - rest.trim_start().len()) + second))
    }

    /// `summer of 2023`, `first nine months of 2023`, `week 12 of 2023`, `May 1990-92`.
    fn of_date(&self) -> Option<Range<usize>> {
        let language = self.language();
        let dates = &language.words().dates;
        let (mut start, mut word) = last_word(self.before);
        let is_of = dates.of.has(word);
        if is_of {
            (start, word) = last_word(self.before.get(..start)?);
        }
        if word.is_empty() || gap(self.before.get(start + word.len()..)?) == 0 && !is_of {
            return None;
        }
        // `the month of May 1992` is all of it.
        let is_plural = |word: &str| word.ends_with('s') && word != "mois";
        let is_unit = |word: &str| language.hedges.times.iter().any(|own| same(own, word));
        let is_digits = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
        let in_digits = self.own.starts_with(|c: char| c.is_ascii_digit());
        let part = word.trim_matches(|c: char| c.is_ascii_digit());
        let is_quarter = part.len() + 1 == word.len()
            && (dates.quarter_letters.has(part) || dates.half_letters.has(part));
        let is_month = in_digits && !is_of && dates.months.get(word).is_some();
        let is_part = dates.seasons.has(word)
            || is_of && is_unit(word) && is_plural(word)
            || is_of && is_digits(word) && is_unit(last_word(self.before.get(..start)?).1)
            || is_quarter && in_digits
            || is_month && self.own.len() > 4;
        is_part.then(|| self.from(start))
    }

    /// `$1992`.
    fn of_money(&self) -> Option<Range<usize>> {
        Some(self.from(before_currency(self.before)?))
    }
}
