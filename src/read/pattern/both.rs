//! What the second of two figures says for both: `from 9.9 to 9.4 million`, `from March to May 2023`.

use std::borrow::Cow;
use std::ops::Range;

use crate::read::pattern::parse::{Held, Holds};
use crate::value::date::civil_from_days;
use crate::value::prose::{before_currency, is_word_of_figures, may_share_scale, scale_of_second};
use crate::value::prose_date::read_prose_date;
use crate::value::{Dating, Days, Language, NumberFormat};

/// What the second of two figures says for both; nothing where the first says it itself.
pub fn said_for_both<'t>(
    (kinds, format): (&[Held], &NumberFormat),
    text: &'t str,
    cells: &[Option<Range<usize>>],
    number: usize,
) -> Cow<'t, str> {
    let said = || {
        kinds.get(number).filter(|held| held.is_with_next)?;
        let own = |n: usize| text.get(cells.get(n)?.clone()?);
        let (first, second) = (own(number)?, own(number + 1)?);
        if kinds.get(number).is_some_and(|held| held.holds == Holds::Date) {
            return end_of_dates(first, second, format.dating());
        }
        let is_plain = |c: char| !c.is_alphabetic() && !matches!(c, '%' | '‰');
        let digits = second.rfind(|c: char| c.is_ascii_digit())? + 1;
        let is_bare = without_signs(first, format.language).chars().all(is_plain);
        let is_alike = may_share_scale(first, second.get(..digits)?, format.decimal);
        if !is_bare {
            // `from 5 lakh to 7 lakh crore`
            let own = first.get(first.rfind(|c: char| c.is_ascii_digit())? + 1..)?;
            let more = scale_of_second(own, second.get(digits..)?, format.language);
            return more.filter(|_| is_alike && !own.is_empty()).map(Cow::Borrowed);
        }
        let more = second.get(digits..)?;
        let is_marked = |c: char| c.is_alphabetic() || matches!(c, '%' | '‰');
        let is_scaled = first_letters(more).is_some_and(|word| is_scaled_by(word, format.language));
        (more.contains(is_marked) && (!is_scaled || is_alike)).then_some(Cow::Borrowed(more))
    };
    said().unwrap_or_default()
}

/// A figure without the word for minus and the mark of a currency before it: `minus EUR 3.5`.
fn without_signs(text: &str, language: Language) -> &str {
    let minus = language.minus.at(text).map_or(0, |minus| minus.0);
    let text = text.get(minus..).unwrap_or_default();
    let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
    let mark = text.get(..digits).unwrap_or_default().trim_start_matches(['-', '−', '–', '+', ' ']);
    let is_mark = before_currency(mark) == Some(0);
    if is_mark { text.get(digits..).unwrap_or_default() } else { text }
}

fn is_scaled_by(word: &str, language: Language) -> bool {
    is_word_of_figures(word, language) || language.short_scales.get(word).is_some()
}

fn first_letters(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty())
}

/// The end of the second of two dates that makes a date of the first: ` 2023` of `March` and `May 2023`.
/// Across the turn of a year the first is in the year before: ` 2023` of `December` and `March 2024`.
pub(super) fn end_of_dates<'t>(
    first: &str,
    second: &'t str,
    dating: Dating,
) -> Option<Cow<'t, str>> {
    let days = |text: &str| Some(read_prose_date(text, dating).ok()?.days);
    let spaces = second.char_indices().rev().filter(|(_, c)| c.is_whitespace());
    let mut ends = spaces.filter_map(|(at, _)| {
        let comma = second.get(..at)?.ends_with(',');
        second.get(at - usize::from(comma)..)
    });
    if days(first).is_some() {
        return None;
    }
    let with = |end: &str| days(&format!("{first}{end}"));
    let (end, own) = ends.find_map(|end| Some((end, with(end)?)))?;
    let Some(last) = days(second).filter(|last| own.first > last.first) else {
        return Some(Cow::Borrowed(end));
    };
    // `from 28 to 3 January 2024` names no month for the first.
    first.contains(char::is_alphabetic).then_some(())?;
    let month = |days: Days| civil_from_days(days.first).month;
    // `from 3 May to 1 May 2024` is a slip, unless it is a whole year: `from 6 April to 5 April 2024`.
    if month(own) == month(last) && own.first != last.last + 1 {
        return Some(Cow::Borrowed(end));
    }
    let before = year_before(end)?;
    let is_earlier = with(&before).is_some_and(|own| own.first <= last.first);
    is_earlier.then_some(Cow::Owned(before))
}

/// The end of a date with the year before its own.
fn year_before(end: &str) -> Option<String> {
    let behind = end.rfind(|c: char| c.is_ascii_digit())? + 1;
    let own = end.get(..behind)?;
    let digits = own.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, year) = own.split_at_checked(own.len() - digits)?;
    let earlier = year.parse::<u32>().ok()?.checked_sub(1)?;
    Some(format!("{before}{earlier:0digits$}{}", end.get(behind..)?))
}
