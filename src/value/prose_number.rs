//! Numbers as they stand in running text: `1,840`, `1.2 million`, `seven`, `three in five`.

use crate::value::interval::End;
use crate::value::read::{NumberFormat, Written, percent_mark, scan_digits};
use crate::value::words::{is_number_word, read_fraction, read_words, scale_word};
use crate::value::{Interval, Number};

/// Reads a whole text as a number; `None` where it is none.
pub(crate) fn read(text: &str) -> Option<Written> {
    let (negative, body) = match text.chars().next()? {
        c @ ('-' | '\u{2212}' | '\u{2013}') => (true, &text[c.len_utf8()..]),
        _ => (false, text),
    };
    let (body, percent) = percent_mark(body);
    let mut written = digits(body)
        .or_else(|| words(body))
        .or_else(|| if percent { None } else { fraction(body) })?;
    if negative {
        written.value = -written.value;
    }
    if percent {
        written.value = &written.value * &Number::decimal(1, 2);
        written.decimals += 2;
        written.weak_decimals += 2;
        written.exact = false;
        written.percent = true;
    }
    Some(written)
}

fn digits(body: &str) -> Option<Written> {
    let number = body.trim_end_matches(|c: char| c.is_alphabetic());
    let word = body[number.len()..].to_lowercase();
    let power = if word.is_empty() { 0 } else { scale_word(&word)? };
    let number = number.trim_end();
    let (value, decimals, weak) =
        [Some(','), Some(' '), Some('\'')].into_iter().find_map(|grouping| {
            let f = NumberFormat { grouping, ..NumberFormat::default() };
            scan_digits(number, &f)
        })?;
    let value = &value * &Number::pow10(power);
    Some(Written {
        value,
        decimals: decimals - power,
        weak_decimals: weak - power,
        percent: false,
        fraction: None,
        exact: false,
    })
}

fn words(body: &str) -> Option<Written> {
    let value = read_words(body)?;
    Some(Written {
        value,
        decimals: 0,
        weak_decimals: 0,
        percent: false,
        fraction: None,
        exact: true,
    })
}

/// `a fifth` stands for what is nearer to it than to a quarter or a sixth; `three in five` for
/// three of exactly five, give or take half a fifth of its own size.
fn fraction(body: &str) -> Option<Written> {
    let (n, d) = read_fraction(body)?;
    let value = Number::ratio(n, d)?;
    let half = Number::decimal(5, 1);
    let range = if n == 1 {
        let middle = |other: Number| &(&value + &other) * &half;
        let above = Number::ratio(1, (d - 1).max(1))?;
        Interval::closed(middle(Number::ratio(1, d + 1)?), middle(above))
    } else {
        let by = Number::ratio(1, 2 * d)?;
        Interval { lo: End::Closed(&value - &by), hi: End::Closed(&value + &by) }
    };
    Some(Written {
        value,
        decimals: 2,
        weak_decimals: 2,
        percent: true,
        fraction: Some(range),
        exact: false,
    })
}

/// How much of the start of `text` has the shape of a number in prose; trailing punctuation of
/// the sentence is left out.
pub fn number_prefix(text: &str) -> Option<usize> {
    let signed =
        text.strip_prefix(['-', '\u{2212}', '\u{2013}']).map_or(0, |rest| text.len() - rest.len());
    digits_prefix(&text[signed..]).map(|n| n + signed).or_else(|| words_prefix(text))
}

fn digits_prefix(text: &str) -> Option<usize> {
    let first = text.bytes().take_while(u8::is_ascii_digit).count();
    if first == 0 {
        return None;
    }
    let mut end = first;
    if first <= 3 {
        while let Some(group) = group_at(&text[end..]) {
            end += group;
        }
    }
    if text[end..].starts_with('.') {
        let decimals = text[end + 1..].bytes().take_while(u8::is_ascii_digit).count();
        end += if decimals > 0 { decimals + 1 } else { 0 };
    }
    let rest = &text[end..];
    let spaces = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '\n']).len();
    let word: String = rest[spaces..].chars().take_while(|c| c.is_alphabetic()).collect();
    let scaled = scale_word(&word.to_lowercase()).is_some() && (word.len() > 2 || spaces == 0);
    Some(if scaled { end + spaces + word.len() } else { end })
}

/// A sign between groups and exactly three digits.
fn group_at(text: &str) -> Option<usize> {
    let sign = text
        .chars()
        .next()
        .filter(|c| matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’'))?;
    let digits = text[sign.len_utf8()..].bytes().take_while(u8::is_ascii_digit).count();
    (digits == 3).then_some(sign.len_utf8() + 3)
}

fn words_prefix(text: &str) -> Option<usize> {
    let mut end = 0;
    let mut at = 0;
    loop {
        let word: String = text[at..].chars().take_while(|c| c.is_alphabetic()).collect();
        let lower = word.to_lowercase();
        let joins = end > 0 && lower == "and";
        if !joins && !is_number_word(&lower) {
            break;
        }
        at += word.len();
        if !joins {
            if read_words(&text[..at]).is_none() {
                break;
            }
            end = at;
        }
        match text[at..].chars().next() {
            Some(c @ (' ' | '-' | '\n')) => at += c.len_utf8(),
            _ => break,
        }
    }
    (end > 0).then_some(end)
}

/// How much of the start of `text` has the shape of a share: `20%`, `20 per cent`, `three in five`.
pub fn percent_prefix(text: &str) -> Option<usize> {
    if let Some(n) = number_prefix(text) {
        let rest = &text[n..];
        let spaces = rest.len() - rest.trim_start().len();
        for mark in ["%", "percent", "per cent", "pct"] {
            let marked =
                rest[spaces..].get(..mark.len()).is_some_and(|m| m.eq_ignore_ascii_case(mark));
            let ends = rest[spaces..]
                .get(mark.len()..)
                .is_some_and(|r| mark == "%" || !r.starts_with(char::is_alphabetic));
            if marked && ends {
                return Some(n + spaces + mark.len());
            }
        }
    }
    fraction_prefix(text)
}

fn fraction_prefix(text: &str) -> Option<usize> {
    let mut ends = Vec::new();
    let mut at = 0;
    for _ in 0..4 {
        let word: usize =
            text[at..].chars().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
        if word == 0 {
            break;
        }
        at += word;
        ends.push(at);
        match text[at..].chars().next() {
            Some(c @ (' ' | '-' | '\n')) => at += c.len_utf8(),
            _ => break,
        }
    }
    ends.into_iter().rev().find(|&end| read_fraction(&text[..end]).is_some())
}
