//! Years before the word that stands in ranges, which begin none: `from 300 in 2010 to 480 in 2020`.

use crate::value::language::Language;
use crate::value::language::phrases::HYPHENS;
use crate::value::prose::currency::{before_currency, is_currency};
use crate::value::prose::cursor::MINUS;
use crate::value::prose::words::is_word_of_figures;

/// Words before a year among which the figure is looked for that the change began with.
const WORDS: usize = 10;
/// Bytes in which they stand.
const BEFORE: usize = 96;

/// Whether the first of two figures with `to` between them is a year, and the second a figure of its
/// own: `in 1995 to 3,615 tonnes`, `in 2010 to 4 percent`. It is a year, too, where it has four digits
/// and no change goes on to it. `whole` reaches from the year to the end of the second figure.
pub(crate) fn is_apart(
    (text, whole): (&str, std::ops::Range<usize>),
    has_mark: bool,
    groups_by: &dyn Fn(char) -> bool,
    language: Language,
) -> bool {
    let own = text.get(whole.clone()).unwrap_or_default();
    let year = own.get(..digits(own)).unwrap_or_default();
    let rest = own.get(year.len()..).unwrap_or_default();
    let is_year = year.len() == 4 && year.starts_with(['1', '2']);
    // A dash has its ends beside it.
    if !is_year || !rest.starts_with(char::is_whitespace) {
        return false;
    }
    let rest = rest.trim_start();
    let Some(second) = language.to.at(rest).and_then(|to| rest.get(to.0..)) else { return false };
    let second = second.trim_start();
    let may_be_year = digits(second) == 4 && second.len() == 4;
    let before = text.get(..whole.start).unwrap_or_default();
    if is_behind_first(before, language) || second.starts_with(is_currency) {
        return true;
    }
    let is_grouped =
        || second.starts_with(|c: char| c.is_ascii_digit()) && is_behind(before, language);
    match is_within(before, language) {
        true => has_mark || !may_be_year,
        false => second.contains(groups_by) && is_grouped(),
    }
}

/// Whether digits behind a year and `to` are no year in short: `in 1990 to 48`, `1990 to 48 percent`.
pub(crate) fn is_no_short_year(before: &str, behind: &str, language: Language) -> bool {
    let word = last_word(before);
    let is_from = language.from.has(word);
    let unit = behind.trim_start();
    let is_counted = unit.starts_with(['%', '‰'])
        || unit.starts_with(is_currency)
        || language.percent.at(unit).is_some()
        || language.scales.at(unit).is_some();
    is_counted || is_behind(before, language) && !is_from || before_currency(before).is_some()
}

/// Whether the digits of a number go on at a place: `48,100`, `48 100`.
pub(crate) fn goes_on(behind: &str) -> bool {
    let mut rest = behind.chars();
    let joins = rest.next().is_some_and(|c| ".,'’ \u{a0}\u{202f}\u{2009}\u{2007}".contains(c));
    let rest = rest.as_str();
    let count = digits(rest);
    let is_group =
        count == 3 && !rest.get(3..).is_some_and(|t| t.starts_with(char::is_alphanumeric));
    joins && if behind.starts_with(['.', ',']) { count > 0 } else { is_group }
}

/// Whether a text ends with `from` and a figure, with no `to` behind it, and then words that lead to a
/// year: `from 52 percent in fiscal`.
pub(crate) fn is_behind_first(before: &str, language: Language) -> bool {
    let mut from = before.len().saturating_sub(BEFORE);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let words = before.get(from..).unwrap_or_default().split_whitespace().rev();
    let mut next = "";
    for (n, word) in words.take(WORDS).enumerate() {
        let is_end = word.ends_with(['.', ';', '!', '?', ':', ',']);
        if is_end
            && word.len() > 2
            && word.chars().all(|c| c.is_alphabetic() || ".;!?:,".contains(c))
            || language.to.has(word)
        {
            return false;
        }
        let is_figure = |word: &str| {
            let plain = word.trim_start_matches(|c| MINUS.contains(&c) || is_currency(c));
            // `twenty-five`
            plain.starts_with(|c: char| c.is_numeric())
                || plain.split(HYPHENS).all(|part| is_word_of_figures(part, language))
        };
        if n > 1 && language.from.has(word) && is_figure(next) {
            return true;
        }
        next = word;
    }
    false
}

/// Whether a text ends with a word behind which a year may stand.
fn is_behind(before: &str, language: Language) -> bool {
    language.figures.before_years.has(last_word(before))
}

/// Whether it ends with one behind which a year stands, and seldom another figure: `in`, but not `of`.
fn is_within(before: &str, language: Language) -> bool {
    let word = last_word(before);
    let words = language.words();
    let others = [&words.from, &words.to, &words.of, &words.and];
    let is_other = others.iter().any(|list| list.has(word));
    is_behind(before, language) && !is_other && !words.cues.by.iter().any(|by| by == word)
}

/// The last word of a text; a mark of a currency may stand behind it.
fn last_word(before: &str) -> &str {
    let before = before.trim_end();
    let before = before.get(..before_currency(before).unwrap_or(before.len())).unwrap_or_default();
    before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default()
}

/// How many digits a text begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
