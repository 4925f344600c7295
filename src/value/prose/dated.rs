//! Numbers that are pieces of a date: the day in `30 July` and in `July 30`, the year in `July 2020`.

use std::ops::Range;

use crate::value::language::Language;
use crate::value::language::phrases::{gap, joint};
use crate::value::prose::cursor::DASHES;

/// The date that a number is a piece of, or what of it stands beside the number.
pub(super) fn date_of(
    text: &str,
    figure: &Range<usize>,
    language: Language,
) -> Option<Range<usize>> {
    let own = text.get(figure.clone())?;
    let is_number =
        |own: &str, most: u32| own.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n));
    let is_day = own.split(DASHES).all(|day| day.len() < 3 && is_number(day, 31));
    let is_year = own.len() == 4 && is_number(own, 2199);
    let behind = text.get(figure.end..)?;
    if is_day && let Some(length) = month_behind(behind, language) {
        return Some(figure.start..figure.end + length);
    }
    let before = text.get(..figure.start)?;
    let month = before.trim_end();
    (is_day || is_year).then_some(())?;
    (month.len() < before.len() && gap(before.get(month.len()..)?) > 0).then_some(())?;
    let start = start_of_month(month, language)?;
    // `in July 30 people came`
    let sentence = before.get(..start)?.trim_end();
    let word = sentence.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let is_counted = behind.trim_start().starts_with(char::is_lowercase) && gap(behind) > 0;
    let is_within = language.dates.within.has(word) && !language.the.has(word);
    (!(is_day && is_within && is_counted)).then_some(start..figure.end)
}

/// How far the name of a month reaches behind a number.
fn month_behind(behind: &str, language: Language) -> Option<usize> {
    let mut at = gap(behind);
    if let Some((length, ())) = language.dates.of.at(behind.get(at..)?).filter(|_| at > 0) {
        at += length + joint(behind.get(at + length..)?);
    }
    let stop = language.ordinal_ends.iter().any(|end| end == ".") && behind.starts_with('.');
    at += if stop { 1 + gap(behind.get(1..)?) } else { 0 };
    let month = behind.get(at..).filter(|_| at > 0)?;
    let length = language.dates.months.at(month)?.0;
    is_written_so(month, language).then_some(at + length)
}

/// Where the name of a month begins that a text ends with.
fn start_of_month(text: &str, language: Language) -> Option<usize> {
    let plain = text.strip_suffix('.').unwrap_or(text);
    let edge = plain.char_indices().rev().find(|(_, c)| !c.is_alphabetic());
    let start = edge.map_or(0, |(at, c)| at + c.len_utf8());
    let month = text.get(start..)?;
    let is_month = language.dates.months.get(month).is_some() && is_written_so(month, language);
    is_month.then_some(start)
}

/// Whether the name of a month has a capital letter, where such names have one: `May`, but `may`.
fn is_written_so(month: &str, language: Language) -> bool {
    !language.dates.months.has_capitals || month.starts_with(char::is_uppercase)
}
