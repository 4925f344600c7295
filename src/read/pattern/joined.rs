//! Whether what stands beside a figure goes on with it: `COVID-19`, `A320`, `1.2.3`, `five six`.

use std::ops::Range;

use crate::read::pattern::parse::Holds;
use crate::value::language::phrases::{first_word, joint, same};
use crate::value::prose::{
    Kind, Signs, before_currency, figure_at, is_part, is_percent, is_word_of_figures,
};
use crate::value::unread::UNSEEN;
use crate::value::{Language, NumberFormat};

const DASHES: [char; 5] = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '–'];
/// Spaces at which no line ends.
const UNBROKEN: [char; 4] = ['\u{a0}', '\u{202f}', '\u{2009}', '\u{2007}'];

/// Whether a word, or what is glued to it, may be a part of a figure.
pub(super) fn is_said_in_figures(word: &str, language: Language) -> bool {
    if word.ends_with([',', '.', ';', ':', '!', '?', ')', '"', '”', '|']) {
        return false;
    }
    let is_known = |part: &str| {
        part.is_empty()
            || part.starts_with(|c: char| c.is_numeric())
            || joins(part, language)
            || is_word_of_figures(part, language)
            || is_part(part, language)
            || is_ordinal(part, language)
            || is_of_dates(part, language)
    };
    word.split(|c: char| !c.is_alphanumeric()).all(is_known)
        || word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a word joins those of figures.
fn joins(word: &str, language: Language) -> bool {
    let words = language.words();
    let shares = &words.shares;
    let lists = [
        &words.articles,
        &words.and,
        &words.of,
        &words.point,
        &words.minus,
        &words.to,
        &shares.within,
        &shares.of,
        &shares.every,
        &shares.each,
    ];
    let is_in = |phrase: &String| phrase.split(' ').any(|own| same(own, word));
    lists.iter().any(|list| list.all.iter().any(is_in))
        || words.percent.get(word).is_some()
        || words.behind_and.all.iter().any(is_in)
}

fn is_of_dates(word: &str, language: Language) -> bool {
    let dates = &language.words().dates;
    let lists = [
        &dates.early,
        &dates.mid,
        &dates.late,
        &dates.of,
        &dates.decade,
        &dates.fiscal,
        &dates.fiscal_letters,
        &dates.months_to,
        &dates.end_of,
    ];
    let is_in = |phrase: &String| phrase.split(' ').any(|own| same(own, word));
    dates.months.get(word).is_some()
        || lists.iter().any(|list| list.all.iter().any(is_in))
        || dates.year_to.all.iter().any(is_in)
}

/// A year with the words beside it that call it fiscal and are no part of the figure.
pub(super) fn called_fiscal(
    text: &str,
    year: &Range<usize>,
    language: Language,
) -> Option<Range<usize>> {
    let dates = &language.words().dates;
    let own = text.get(year.clone()).filter(|own| own.bytes().all(|b| b.is_ascii_digit()))?;
    let before = text.get(..year.start).unwrap_or_default().trim_end();
    let starts = before.char_indices().rev().filter(|(_, c)| !c.is_alphabetic());
    let starts = starts.map(|(at, c)| at + c.len_utf8()).chain([0]).take(2);
    let is_fiscal = |at: &usize| {
        let words = before.get(*at..).unwrap_or_default();
        dates.fiscal.has(words) || dates.fiscal_letters.has(words)
    };
    if let Some(start) = starts.filter(is_fiscal).last() {
        return Some(start..year.end);
    }
    let behind = text.get(year.start + own.len()..).unwrap_or_default();
    let gap = joint(behind);
    let (length, ()) = dates.fiscal_behind.at(behind.get(gap..)?)?;
    Some(year.start..year.end + gap + length)
}

fn is_ordinal(word: &str, language: Language) -> bool {
    let format = NumberFormat { language, ..NumberFormat::default() };
    figure_at(word, 0, Kind::Ordinal, &Signs::of(&format)).is_some()
}

/// Where the run of digits ends that begins at a place, with the signs that join them: no whole figure
/// begins within it.
pub fn end_of_digits(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let mut end = 0;
    let mut is_digit = false;
    for (at, c) in rest.char_indices() {
        let is_sign = || {
            ".,:'’+/⁄".contains(c)
                || DASHES.contains(&c)
                || UNSEEN.contains(&c)
                || UNBROKEN.contains(&c) && is_group(rest.get(at + c.len_utf8()..))
        };
        if c.is_numeric() {
            end = at + c.len_utf8();
        } else if !is_digit || !is_sign() {
            break;
        }
        is_digit = c.is_numeric();
    }
    start + end
}

/// Whether a text begins with three digits and no more.
fn is_group(text: Option<&str>) -> bool {
    let digits = text.unwrap_or_default().bytes().take(4).take_while(u8::is_ascii_digit);
    digits.count() == 3
}

/// Whether a sign between the figure that begins at a place and the digits before it sets thousands
/// apart.
fn is_grouped(before: &str, own: &str, signs: &Signs) -> bool {
    let Some(sign) = before.chars().next_back().filter(|c| signs.groups_by(*c)) else {
        return false;
    };
    let before = before.get(..before.len() - sign.len_utf8()).unwrap_or_default();
    let digits = before.bytes().rev().take(4).take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits) && is_group(Some(own))
}

/// Whether what stands before a figure goes on with it.
pub(super) fn is_joined_left(text: &str, start: usize, signs: &Signs) -> bool {
    let language = signs.language;
    let before = text.get(..start).unwrap_or_default();
    let own = text.get(start..).unwrap_or_default();
    let mut chars = before.chars().rev();
    let Some(last) = chars.next() else { return false };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let second = chars.next();
    let behind_digit = second.is_some_and(char::is_numeric);
    match last {
        _ if is_grouped(before, own, signs) => true,
        c if is_word(c) => before_currency(before).is_none(),
        c if UNSEEN.contains(&c) => behind_digit,
        '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '–' | '/' | '⁄' => {
            second.is_some_and(|c| is_word(c) || c == '%')
        }
        '.' if own.starts_with('.') => true,
        '…' => behind_digit && own.starts_with(|c: char| c.is_ascii_digit()),
        '.' | ',' | ':' | '\'' | '’' | '+' | '=' | '*' | '×' => behind_digit,
        '—' => behind_digit && own.starts_with(|c: char| c.is_ascii_digit()),
        '^' | '@' | '#' | '\\' => true,
        c if c.is_whitespace() => {
            let in_words = own.starts_with(|c: char| c.is_alphabetic());
            in_words
                && (follows_a_word(before, language)
                    || is_of_mark(before, own, language)
                    || is_vague(before, own, language))
                || is_second(text, start, signs)
        }
        _ => false,
    }
}

/// Whether words on both sides of a place are the mark of a percentage: `pour` and `cent`.
fn is_of_mark(before: &str, own: &str, language: Language) -> bool {
    let last = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
    let both = format!("{last} {}", first_word(own));
    language.percent.get(&both).is_some()
}

/// Whether words before a word of scale say that nobody counted: `several hundred`.
pub fn is_vague(before: &str, own: &str, language: Language) -> bool {
    let scale = first_word(own);
    if language.scales.get(scale).is_none() && !language.dozen.has(scale) {
        return false;
    }
    let before = before.trim_end();
    let starts = before.char_indices().rev().filter(|(_, c)| !c.is_alphabetic());
    let mut starts = starts.map(|(at, c)| at + c.len_utf8()).chain([0]).take(2);
    starts.any(|at| before.get(at..).is_some_and(|words| language.vague.before.has(words)))
}

/// Whether a figure is the second of two of which either may be meant: `two or three`, or that share
/// the end of a word: `zwei- bis dreitausend`.
fn is_second(text: &str, start: usize, signs: &Signs) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end();
    let at = before.rfind(|c: char| !c.is_alphabetic()).map_or(0, |at| at + 1);
    let (Some(word), Some(first)) = (before.get(at..), before.get(..at)) else { return false };
    if signs.language.to.has(word) {
        return first
            .trim_end()
            .strip_suffix(DASHES)
            .is_some_and(|t| t.ends_with(char::is_alphanumeric));
    }
    let first = first.trim_end();
    // The first may have a word of scale: `20 million or 30 million`.
    let starts = first.char_indices().rev().filter(|(_, c)| c.is_whitespace());
    let mut starts = starts.map(|(at, c)| at + c.len_utf8()).chain([0]).take(2);
    is_or(word, signs.language)
        && starts.any(|from| are_ascending(text, (from, first.len()), start, signs))
}

/// The same of the first of them.
fn is_first(text: &str, figure: &Range<usize>, signs: &Signs) -> bool {
    let rest = text.get(figure.end..).unwrap_or_default();
    let behind = rest.trim_start();
    let word = first_word(behind);
    let next = behind.get(word.len()..).unwrap_or_default().trim_start();
    is_or(word, signs.language)
        && are_ascending(text, (figure.start, figure.end), text.len() - next.len(), signs)
}

fn is_or(word: &str, language: Language) -> bool {
    language.cues.or.iter().any(|or| same(or, word))
}

/// Whether a number stands in a range and a greater one at a place.
fn are_ascending(text: &str, (from, to): (usize, usize), at: usize, signs: &Signs) -> bool {
    figure_at(text, from, Kind::Number, signs)
        .filter(|first| first.0 == to)
        .zip(figure_at(text, at, Kind::Number, signs))
        .is_some_and(|(first, second)| first.1.value < second.1.value)
}

/// Whether the last word is one of figures: `five`, `one in`.
fn follows_a_word(before: &str, language: Language) -> bool {
    let mut words = before.rsplit(|c: char| c.is_whitespace() || DASHES.contains(&c));
    let mut word = || words.find(|word| !word.is_empty()).unwrap_or_default();
    let last = word();
    if language.shares.within.has(last) || language.point.has(last) {
        return is_word_of_figures(word(), language);
    }
    // `a quarter of one hundred`
    is_word_of_figures(last, language) || language.of.has(last) && is_part(word(), language)
}

/// Whether what stands behind a figure goes on with it.
pub(super) fn is_joined_right(
    text: &str,
    figure: &Range<usize>,
    holds: Holds,
    signs: &Signs,
) -> bool {
    let language = signs.language;
    if is_first(text, figure, signs) {
        return true;
    }
    let own = text.get(figure.clone()).unwrap_or_default();
    let rest = text.get(figure.end..).unwrap_or_default();
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return false };
    let second = chars.next();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let before_digit = second.is_some_and(char::is_numeric);
    let is_number = matches!(holds, Holds::Number | Holds::Integer);
    if is_number && (is_percent(rest, language) || is_place(text, figure, language)) {
        return true;
    }
    let ends_in_letter = own.ends_with(char::is_alphabetic);
    match first {
        c if c.is_alphabetic() && !ends_in_letter => !is_unit(rest, language),
        c if is_word(c) => true,
        c if UNSEEN.contains(&c) => before_digit,
        '.' if rest.starts_with("..") => rest.trim_start_matches('.').starts_with(char::is_numeric),
        '.' | ',' | ':' | '\'' | '’' | '/' | '⁄' | '+' | '=' | '…' => before_digit,
        '^' | '\\' => true,
        '°' => before_digit,
        '—' => before_digit && own.ends_with(|c: char| c.is_ascii_digit()),
        c if DASHES.contains(&c) => {
            let next = rest.get(c.len_utf8()..).unwrap_or_default();
            before_digit || goes_on(own, next, language)
        }
        c if c.is_whitespace() && ends_in_letter => {
            let behind = rest.trim_start();
            let word = first_word(behind);
            // `the last three quarters`
            let read = figure_at(text, figure.start, Kind::Number, signs);
            let is_counted =
                language.lengths.names.has(word) && read.is_some_and(|(end, _)| end == figure.end);
            !is_counted && (is_word_of_figures(word, language) || is_part(word, language))
                || language.vague.behind.has(word)
                || is_number && is_share(behind, language)
        }
        _ => false,
    }
}

/// Whether a full stop behind digits makes an ordinal of them: `am 3. und 4. Mai`, `die 3. Liga`.
fn is_place(text: &str, figure: &Range<usize>, language: Language) -> bool {
    let own = text.get(figure.clone()).unwrap_or_default();
    let behind = text.get(figure.end..).and_then(|rest| rest.strip_prefix(". "));
    let is_short = own.len() < 4 && own.bytes().all(|b| b.is_ascii_digit());
    let has_stop = language.ordinal_ends.iter().any(|end| end == ".");
    let Some(behind) = behind.filter(|_| is_short && has_stop) else { return false };
    let before = text.get(..figure.start).unwrap_or_default().trim_end();
    let before = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let next = first_word(behind);
    language.the.has(before)
        || behind.starts_with(char::is_lowercase)
        || language.sentences.behind_ordinals.iter().any(|own| own == next)
}

/// Whether what stands behind a hyphen goes on with a figure: `twenty-first`, `40-odd`, `one-off`, `3-D`.
fn goes_on(own: &str, behind: &str, language: Language) -> bool {
    let word = first_word(behind);
    let ends_in_letter = own.ends_with(char::is_alphabetic);
    let is_letter = word.chars().count() == 1
        && word.starts_with(char::is_uppercase)
        && !behind.get(word.len()..).is_some_and(|rest| rest.starts_with('-'));
    // `half-time`, but `half-hour`.
    let is_part = language.fractions.get(own).is_some() || is_part(own, language);
    let is_unit = || language.words().compounds.measures.iter().any(|m| m.get(word).is_some());
    language.vague.behind.has(word)
        || language.compounds.names.at(behind).is_some()
        || behind.starts_with(' ') && language.to.has(first_word(behind.trim_start()))
        || ends_in_letter && (is_word_of_figures(word, language) || is_ordinal(word, language))
        || is_part && !word.is_empty() && !is_unit()
        || !ends_in_letter && (is_letter || language.numbers.get(word).is_some())
}

/// Whether `in five`, `out of ten` follows.
fn is_share(behind: &str, language: Language) -> bool {
    let words = language.words();
    let Some((mut at, ())) = words.shares.within.at(behind) else { return false };
    let rest = |at: usize| behind.get(at..).unwrap_or_default();
    for list in [&words.shares.every, &words.articles] {
        at += joint(rest(at));
        at += list.at(rest(at)).map_or(0, |found| found.0);
    }
    is_word_of_figures(first_word(rest(at + joint(rest(at)))), language)
}

/// Whether letters right behind digits are a unit, and no part of a name or an ordinal.
pub fn is_unit(rest: &str, language: Language) -> bool {
    let letters = first_word(rest);
    let behind = rest.get(letters.len()..).unwrap_or_default();
    let behind = behind.strip_prefix(['2', '3']).unwrap_or(behind);
    let ends = || language.ordinal_ends.iter().chain(&language.dates.decade_ends);
    let is_name = match letters {
        // `221b` is a house.
        "x" | "b" => true,
        letters if ends().any(|end| end == letters) => true,
        "C" | "F" | "K" | "W" | "V" | "A" | "N" | "J" => false,
        letters => letters.len() == 1 && letters.starts_with(char::is_uppercase),
    };
    // `24h/24`
    let is_per_number = behind.strip_prefix('/').is_some_and(|t| t.starts_with(char::is_numeric));
    let goes_on = behind.starts_with(|c: char| c.is_alphanumeric() || c == '_') || is_per_number;
    !is_name && !goes_on
}

/// The run of characters around a place that is joined, with the words of figures beside it.
pub(super) fn joined(text: &str, span: &Range<usize>, language: Language) -> Range<usize> {
    let is_break = |c: char| c.is_whitespace() || "()[]{}<>\"“”„«»;!?|".contains(c);
    let before = text.get(..span.start).unwrap_or_default();
    let behind = text.get(span.end..).unwrap_or_default();
    let mut start = before.rfind(is_break).map_or(0, |at| {
        at + before.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8)
    });
    let mut end = span.end + behind.find(is_break).unwrap_or(behind.len());
    let run = text.get(span.end..end).unwrap_or_default();
    end -= run.len() - run.trim_end_matches([',', '.', ':', '\'', '’']).len();
    let mut from = start;
    for _ in 0..4 {
        let rest = text.get(..from).unwrap_or_default().trim_end();
        from = rest.rfind(is_break).map_or(0, |at| {
            at + rest.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8)
        });
        let word = rest.get(from..).unwrap_or_default();
        if is_word_of_figures(word, language) {
            start = from;
        } else if !joins(word, language) {
            break;
        }
    }
    for _ in 0..4 {
        let rest = text.get(end..).unwrap_or_default();
        let next = rest.trim_start();
        let word = first_word(next);
        let mark = language.points.at(next).or_else(|| language.percent.at(next));
        let length = match mark {
            Some((length, _)) => length,
            None if is_word_of_figures(word, language) => word.len(),
            None => break,
        };
        if rest.len() == next.len() {
            break;
        }
        end = text.len() - next.len() + length;
    }
    start.min(span.start)..end.max(span.end)
}
