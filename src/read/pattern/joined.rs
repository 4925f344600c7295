//! Whether what stands beside a figure goes on with it: `COVID-19`, `A320`, `1.2.3`, `five six`.

use std::ops::Range;

use crate::read::pattern::parse::Holds;
use crate::value::NumberFormat;
use crate::value::date::month_of;
use crate::value::prose::{Kind, Signs, before_currency, figure_at, is_part, is_word_of_figures};

const DASHES: [char; 5] = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '–'];
/// Words that join those of figures.
const JOINTS: [&str; 12] =
    ["a", "an", "and", "of", "point", "in", "out", "every", "to", "minus", "negative", "percent"];

/// Whether a word, or what is glued to it, may be a part of a figure.
pub(super) fn is_said_in_figures(word: &str) -> bool {
    if word.ends_with([',', '.', ';', ':', '!', '?', ')', '"', '”', '|']) {
        return false;
    }
    let is_known = |part: &str| {
        part.is_empty()
            || part.starts_with(|c: char| c.is_numeric())
            || JOINTS.iter().any(|joint| joint.eq_ignore_ascii_case(part))
            || is_word_of_figures(part)
            || is_part(part)
            || is_ordinal(part)
            || month_of(part).is_some()
            || ["early", "mid", "late", "first", "second"].contains(&part)
    };
    word.split(|c: char| !c.is_alphanumeric()).all(is_known)
        || word.starts_with(|c: char| c.is_ascii_digit())
}

fn is_ordinal(word: &str) -> bool {
    figure_at(word, 0, Kind::Ordinal, &Signs::of(&NumberFormat::default())).is_some()
}

/// Whether what stands before a figure goes on with it.
pub(super) fn is_joined_left(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let own = text.get(start..).unwrap_or_default();
    let mut chars = before.chars().rev();
    let Some(last) = chars.next() else { return false };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let second = chars.next();
    let behind_digit = second.is_some_and(char::is_numeric);
    match last {
        c if is_word(c) => before_currency(before).is_none(),
        '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '–' | '/' | '⁄' => {
            second.is_some_and(is_word)
        }
        '.' | ',' | ':' | '\'' | '’' | '+' | '=' | '*' | '×' => behind_digit,
        '^' | '@' | '#' | '\\' => true,
        c if c.is_whitespace() => {
            let in_words = own.starts_with(|c: char| c.is_alphabetic());
            in_words && follows_a_word(before)
        }
        _ => false,
    }
}

/// Whether the last word is one of figures: `five`, `one in`.
fn follows_a_word(before: &str) -> bool {
    let mut words = before.rsplit(|c: char| c.is_whitespace() || DASHES.contains(&c));
    let mut word = || words.find(|word| !word.is_empty()).unwrap_or_default();
    let last = word();
    if last.eq_ignore_ascii_case("in") || last.eq_ignore_ascii_case("point") {
        return is_word_of_figures(word());
    }
    // `a quarter of one hundred`
    is_word_of_figures(last) || last.eq_ignore_ascii_case("of") && is_part(word())
}

/// Whether what stands behind a figure goes on with it.
pub(super) fn is_joined_right(text: &str, figure: &Range<usize>, holds: Holds) -> bool {
    let own = text.get(figure.clone()).unwrap_or_default();
    let rest = text.get(figure.end..).unwrap_or_default();
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return false };
    let second = chars.next();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let before_digit = second.is_some_and(char::is_numeric);
    let is_number = matches!(holds, Holds::Number | Holds::Integer);
    if is_number && is_percent(rest) {
        return true;
    }
    let ends_in_letter = own.ends_with(char::is_alphabetic);
    match first {
        c if c.is_alphabetic() && !ends_in_letter => !is_unit(rest),
        c if is_word(c) => true,
        '.' | ',' | ':' | '\'' | '’' | '/' | '⁄' | '+' => before_digit,
        '^' | '\\' => true,
        c if DASHES.contains(&c) => {
            before_digit || ends_in_letter && goes_on(rest.get(c.len_utf8()..).unwrap_or_default())
        }
        c if c.is_whitespace() && ends_in_letter => {
            let behind = rest.trim_start();
            let word = first_word(behind);
            let share = ["in", "out"].contains(&word) && is_number;
            is_word_of_figures(word) || share && is_share(behind)
        }
        _ => false,
    }
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether the word behind a hyphen is one of figures: `twenty-first`.
fn goes_on(behind: &str) -> bool {
    let word = first_word(behind);
    is_word_of_figures(word) || is_ordinal(word)
}

/// Whether `in five`, `out of ten` follows.
fn is_share(behind: &str) -> bool {
    let mut words = behind.split(|c: char| c.is_whitespace() || c == '-').skip(1);
    let next = words.find(|word| !matches!(*word, "" | "of" | "every" | "a"));
    next.is_some_and(|word| is_word_of_figures(first_word(word)))
}

/// Whether a number is one of percent: `5 %`, `5 percentage points`.
fn is_percent(rest: &str) -> bool {
    let behind = rest.trim_start();
    let word = first_word(behind).to_ascii_lowercase();
    let second = || first_word(behind.get(word.len()..).unwrap_or_default().trim_start());
    match word.as_str() {
        "" => behind.starts_with(['%', '‰']),
        "per" => ["cent", "mil", "mille"].contains(&second()),
        "basis" => second().starts_with("point"),
        word => matches!(word, "percent" | "percents" | "percentage" | "pct" | "bps" | "pp"),
    }
}

/// Whether letters right behind digits are a unit, and no part of a name or an ordinal.
fn is_unit(rest: &str) -> bool {
    let letters = first_word(rest);
    let behind = rest.get(letters.len()..).unwrap_or_default();
    let behind = behind.strip_prefix(['2', '3']).unwrap_or(behind);
    let is_name = match letters {
        "st" | "nd" | "rd" | "th" | "s" | "x" => true,
        "C" | "F" | "K" | "W" | "V" | "A" | "N" | "J" => false,
        letters => letters.len() == 1 && letters.starts_with(char::is_uppercase),
    };
    !is_name && !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The run of characters around a place that is joined, with the words of figures beside it.
pub(super) fn joined(text: &str, span: &Range<usize>) -> Range<usize> {
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
        if is_word_of_figures(word) {
            start = from;
        } else if !["a", "and", "of", "in", "point"].contains(&word) {
            break;
        }
    }
    for _ in 0..4 {
        let rest = text.get(end..).unwrap_or_default();
        let next = rest.trim_start();
        let word = first_word(next);
        let is_mark = ["percent", "percentage", "points", "point"].contains(&word);
        if rest.len() == next.len() || !is_word_of_figures(word) && !is_mark {
            break;
        }
        end = text.len() - next.len() + word.len();
    }
    start.min(span.start)..end.max(span.end)
}
