//! What helps where a cell cannot be read: keys that a newcomer cannot know of, and what has probably
//! been done to it.

use crate::value::date::{Days, days_from_civil};
use crate::value::digits::{NumberFormat, percent_mark, scan_digits, sign};
use crate::value::unread::is_unseen;

/// Whether a text looks like what people write where there is no value: `-`, `n/a`, `..`.
pub fn is_no_value(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["na", "n/a", "n.a.", "nd", "n/d", "nan", "nil", "none", "null", "x", "tbd"];
    let text = text.trim();
    let is_sign = !text.is_empty() && text.chars().all(|c| !c.is_alphanumeric());
    is_sign || WORDS.iter().any(|w| text.eq_ignore_ascii_case(w))
}

/// What spreadsheets and programs write where they could not compute.
fn is_failure(text: &str) -> bool {
    const ALL: [&str; 11] = [
        "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "inf",
        "infinity", "nat",
    ];
    let text = text.trim().trim_start_matches(['-', '+']);
    ALL.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// That a cell may say that there is no value.
pub(crate) fn missing(text: &str) -> Option<String> {
    let is_word = text.trim().eq_ignore_ascii_case("unknown");
    let help =
        format!("if this means \"no value\", add it to `missing`: `missing = [\"\", \"{text}\"]`");
    (is_no_value(text) || is_failure(text) || is_word).then_some(help)
}

/// That a figure has a mark beside it, or that its cell says only within which bounds it lies.
pub(crate) fn beside_figure(text: &str, f: &NumberFormat) -> Option<String> {
    let text = text.trim();
    let is_figure = |text: &str| {
        let body = percent_mark(sign(text.trim()).1).0;
        body.starts_with(|c: char| c.is_ascii_digit()) && scan_digits(body, f).is_some()
    };
    if let Some((low, high)) = bounds(text, is_figure) {
        return Some(format!(
            "if the value is kept back and lies between these bounds, say so: \
             `withheld = {{ \"{text}\" = [{low}, {high}] }}`"
        ));
    }
    if text.strip_prefix(['>', '≥']).is_some_and(is_figure) {
        return Some(format!("if the value is kept back, say so: `withheld = [\"{text}\"]`"));
    }
    let mark = mark(text, is_figure)?;
    Some(format!(
        "if `{mark}` is a mark beside the figure (a note, a currency, a unit), name it: `marks = [\"{mark}\"]`"
    ))
}

/// The bounds of `<5` and `5-10`.
fn bounds(text: &str, is_figure: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    if let Some(most) = text.strip_prefix(['<', '≤']).map(str::trim).filter(|most| is_figure(most))
    {
        return Some(("0", most));
    }
    let (low, high) = text.split_once(['-', '–'])?;
    let (low, high) = (low.trim(), high.trim());
    (is_figure(low) && is_figure(high)).then_some((low, high))
}

/// Whether a character changes the figure beside it, or cannot be seen: `½`, a dash.
fn is_part_of_figure(c: char) -> bool {
    let is_fraction = matches!(c, '\u{bc}'..='\u{be}' | '\u{2150}'..='\u{215e}' | '\u{2189}');
    let is_dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}');
    is_fraction || is_dash || is_unseen(c)
}

/// What stands before or behind a figure and is no part of it.
fn mark(text: &str, is_figure: impl Fn(&str) -> bool) -> Option<&str> {
    /// Characters of a mark at most.
    const MOST: usize = 8;
    // A figure with these is another one, or stands on the other side of an account.
    const OTHERS: [&str; 27] = [
        "k", "m", "b", "t", "g", "bn", "mn", "tn", "mio", "mia", "mrd", "mld", "dozen", "hundred",
        "thousand", "lakh", "million", "crore", "milliard", "billion", "trillion", "bp", "bps",
        "pp", "ppm", "cr", "dr",
    ];
    let digit = |c: char| c.is_ascii_digit();
    let (first, last) = (text.find(digit)?, text.rfind(digit)? + 1);
    let is_mark = |mark: &str| {
        !mark.is_empty()
            && mark.chars().count() <= MOST
            && !mark.contains(['<', '>', '~', '≈', '"', '\\'])
            && !mark.contains(is_part_of_figure)
            && mark.matches(['(', '[']).count() == mark.matches([')', ']']).count()
            && !OTHERS.iter().any(|other| mark.eq_ignore_ascii_case(other))
    };
    let (before, figure) = text.split_at_checked(first)?;
    if is_figure(figure) {
        let mark = before.trim().trim_matches(['-', '+', '−']);
        // `Q1` and `A12` are names; `EUR 12` and `US$12` are none.
        let is_code = mark.len() == 3 && mark.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_name = mark.ends_with(char::is_alphanumeric) && !is_code;
        return Some(mark).filter(|mark| is_mark(mark) && !is_name);
    }
    let (figure, behind) = text.split_at_checked(last)?;
    // The digit may be that of a note: `12 (1)`.
    let whole = match figure.rsplit_once(['(', '[']) {
        Some((figure, _)) => text.split_at_checked(figure.len())?,
        None => (figure, behind),
    };
    let is_exponent = whole.1.eq_ignore_ascii_case("e");
    let (figure, behind) = (whole.0.trim(), whole.1.trim());
    (is_figure(figure) && is_mark(behind) && !is_exponent).then_some(behind)
}

/// That a text in a column of numbers is a date or a time.
pub(crate) fn moment(text: &str) -> Option<String> {
    let text = text.trim();
    let is_of = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_day = |text: &str| match text.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] => is_of(year, 4..=4) && is_of(month, 2..=2) && is_of(day, 2..=2),
        _ => false,
    };
    let is_clock = |text: &str| match text.split(':').collect::<Vec<_>>()[..] {
        [hours, minutes] => is_of(hours, 1..=2) && is_of(minutes, 2..=2),
        [hours, minutes, seconds] => {
            let whole = seconds.split_once('.').map_or(seconds, |(whole, _)| whole);
            is_of(hours, 1..=2) && is_of(minutes, 2..=2) && is_of(whole, 2..=2)
        }
        _ => false,
    };
    let is_both = |(day, clock): (&str, &str)| is_day(day) && is_clock(clock.trim_end_matches('Z'));
    let ty = match text.split_once(['T', ' ']) {
        _ if is_clock(text) => "`type = \"time\"` or, as a length of time, `type = \"duration\"`",
        Some(parts) if is_both(parts) => "`type = \"datetime\"`",
        _ if is_day(text) => "`type = \"date\"`",
        _ => return None,
    };
    Some(format!("if the column has dates or times, say so in its contract: {ty}"))
}

/// A text with plain signs in the place of others that look like them, and the first of these.
pub(crate) fn with_plain_signs(text: &str) -> Option<(String, char, char)> {
    let plain = |c: char| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Some('-'),
        '\u{2044}' | '\u{2215}' | '\u{ff0f}' => Some('/'),
        '\u{2024}' | '\u{ff0e}' => Some('.'),
        '\u{ff1a}' | '\u{2236}' => Some(':'),
        '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\u{3000}' => Some(' '),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        _ => None,
    };
    let (odd, sign) = text.chars().find_map(|c| Some((c, plain(c)?)))?;
    Some((text.chars().map(|c| plain(c).unwrap_or(c)).collect(), odd, sign))
}

/// A day as a spreadsheet counts them, or a time as computers do.
pub(crate) fn counted_day(text: &str) -> Option<String> {
    // The days of 1930 to 2078: shorter and longer numbers are other things.
    const NEAR: std::ops::Range<i64> = 10_959..65_381;
    // The seconds of 1990 to 2099.
    const SECONDS: std::ops::Range<i64> = 631_152_000..4_102_444_800;
    let whole = text.split_once('.').map_or(text, |(whole, part)| {
        if part.bytes().all(|byte| byte.is_ascii_digit()) { whole } else { text }
    });
    let number = whole.parse::<i64>().ok().filter(|_| !whole.starts_with('+'))?;
    let (days, unit) = match whole.len() {
        5 if NEAR.contains(&number) => (number + i64::from(days_from_civil(1899, 12, 30)), "days"),
        10 if SECONDS.contains(&number) => (number / 86_400, "seconds"),
        13 if SECONDS.contains(&(number / 1000)) => (number / 86_400_000, "milliseconds"),
        _ => return None,
    };
    let day = Days::day(i32::try_from(days).ok()?).to_text();
    Some(match unit {
        "days" => format!(
            "it looks like a day as a spreadsheet stores it: {whole} is {day}; format the cells as dates and save again"
        ),
        _ => format!("it looks like {unit} since 1970: {text} is {day} by UTC"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_that_would_read_a_figure() {
        for (text, expected) in [
            ("12*", Some("marks = [\"*\"]")),
            ("12 (r)", Some("marks = [\"(r)\"]")),
            ("12 (1)", Some("marks = [\"(1)\"]")),
            ("12³", Some("marks = [\"³\"]")),
            ("€12.50", Some("marks = [\"€\"]")),
            ("-€12.50", Some("marks = [\"€\"]")),
            ("12.50 EUR", Some("marks = [\"EUR\"]")),
            ("<5", Some("withheld = { \"<5\" = [0, 5] }")),
            ("5-10", Some("withheld = { \"5-10\" = [5, 10] }")),
            ("> 100", Some("withheld = [\"> 100\"]")),
            ("EUR 12.50", Some("marks = [\"EUR\"]")),
            ("Q1", None),
            ("120 e", Some("marks = [\"e\"]")),
            ("12k", None),
            ("1½", None),
            ("(5", None),
            ("5)", None),
            ("100 DR", None),
            ("5 bp", None),
            ("1e", None),
            ("—5", None),
            ("1\u{200b}", None),
            ("12 million", None),
            ("~12", None),
            ("twelve", None),
            ("2020-01-05", None),
            ("12 a long remark", None),
            ("", None),
        ] {
            let help = beside_figure(text, &NumberFormat::default());
            match expected {
                Some(key) => {
                    assert!(help.as_deref().is_some_and(|h| h.contains(key)), "{text}: {help:?}")
                }
                None => assert_eq!(help, None, "{text}"),
            }
        }
    }

    #[test]
    fn dates_and_times_are_no_numbers() {
        for (text, expected) in [
            ("9:00", Some("time")),
            ("10:30:15.5", Some("time")),
            ("2024-01-05T10:30", Some("datetime")),
            ("2024-01-05 10:30:00Z", Some("datetime")),
            ("2024-01-05", Some("date")),
            ("9:0", None),
            ("1:2:3:4", None),
            ("24-1-5", None),
        ] {
            let help = moment(text);
            match expected {
                Some(ty) => {
                    let key = format!("`type = \"{ty}\"`");
                    assert!(help.as_deref().is_some_and(|h| h.contains(&key)), "{text}: {help:?}");
                }
                None => assert_eq!(help, None, "{text}"),
            }
        }
    }

    #[test]
    fn days_that_are_counted() {
        for (text, expected) in [
            ("43831", Some("43831 is 2020-01-01")),
            ("43831.5", Some("43831 is 2020-01-01")),
            ("1580515200", Some("1580515200 is 2020-02-01")),
            ("1580515200000", Some("1580515200000 is 2020-02-01")),
            ("2020", None),
            ("99999", None),
            ("20200105", None),
            ("43831x", None),
        ] {
            let help = counted_day(text);
            match expected {
                Some(day) => {
                    assert!(help.as_deref().is_some_and(|h| h.contains(day)), "{text}: {help:?}")
                }
                None => assert_eq!(help, None, "{text}"),
            }
        }
    }
}
