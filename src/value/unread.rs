//! Why a text has no value.

use std::ops::Range;

use crate::fault::Fault;
use crate::value::digits::{MOST_EXPONENT, NumberFormat, scan_digits};

crate::fault!(
    /// Raised at a cell.
    NUMBER_UNREADABLE, Error, "number-unreadable", "a cell of a number column is not a number");
crate::fault!(
    /// Raised at a cell.
    INTEGER_UNREADABLE, Error, "integer-unreadable", "a cell of an integer column is not a whole number");
crate::fault!(
    /// Raised at a cell.
    PERCENT_UNREADABLE, Error, "percent-unreadable", "a cell of a percent column is not a percentage");
crate::fault!(
    /// Raised at a cell.
    YEAR_UNREADABLE, Error, "year-unreadable", "a cell of a year column is not a year");
crate::fault!(
    /// Raised at a cell.
    DATE_UNREADABLE, Error, "date-unreadable", "a cell of a date column is not in the column's format");
crate::fault!(
    /// Raised at a cell.
    DATE_IMPOSSIBLE, Error, "date-impossible", "a date is well-formed, but there is no such day");
crate::fault!(
    /// Raised at a cell.
    TIME_UNREADABLE, Error, "time-unreadable", "a cell of a time, datetime or duration column is not in the column's format");
crate::fault!(
    /// Raised at a cell.
    BOOLEAN_UNREADABLE, Error, "boolean-unreadable", "a cell of a boolean column is neither true nor false");
crate::fault!(
    /// Raised at a cell.
    TEXT_UNREADABLE, Error, "text-unreadable", "a cell of a text column is an error of its workbook");
crate::fault!(
    /// Raised once for a column.
    AMBIGUOUS_DATE, Error, "ambiguous-date", "two formats of a column read a cell as different days or times");
crate::fault!(
    /// Raised once for a column.
    MIXED_OFFSETS, Error, "mixed-offsets", "a column has date-times both with and without an offset from UTC");
crate::fault!(
    /// Raised once for a column.
    NOT_ALL_DATES, Error, "not-all-dates", "some cells of a column without a contract are ISO dates, and some are none");
crate::fault!(
    /// Raised once for a column.
    BINARY_RESIDUE, Info, "binary-residue", "figures of a column end in digits that binary arithmetic left behind");

/// What can be wrong with a cell.
pub static FAULTS: &[&Fault] = &[
    &NUMBER_UNREADABLE,
    &INTEGER_UNREADABLE,
    &PERCENT_UNREADABLE,
    &YEAR_UNREADABLE,
    &DATE_UNREADABLE,
    &DATE_IMPOSSIBLE,
    &TIME_UNREADABLE,
    &BOOLEAN_UNREADABLE,
    &TEXT_UNREADABLE,
    &AMBIGUOUS_DATE,
    &MIXED_OFFSETS,
    &NOT_ALL_DATES,
    &BINARY_RESIDUE,
];

/// Why a text has no value.
#[derive(Debug, Clone)]
pub struct Unread {
    /// The name of what is wrong.
    pub fault: &'static Fault,
    /// One sentence.
    pub message: String,
    /// A few words for the place.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Which bytes of the text.
    pub at: Range<usize>,
}

/// The first character that such a text does not have; the whole text where there is none.
pub(crate) fn first_other(text: &str, has: impl Fn(char) -> bool) -> Range<usize> {
    let other = text.char_indices().find(|(_, c)| !has(*c));
    other.map_or(0..text.len(), |(at, c)| at..at + c.len_utf8())
}

/// The whole text is not `what`.
pub(crate) fn unreadable(fault: &'static Fault, text: &str, what: &str) -> Unread {
    Unread {
        fault,
        message: format!("`{text}` is not {what}"),
        label: format!("not {what}"),
        help: None,
        at: 0..text.len(),
    }
}

/// A text is what a formula without a result left in a cell.
pub(crate) fn failed_formula(text: &str) -> Unread {
    let help = format!(
        "correct the formula in the workbook, or, if this means \"no value\", add it to `missing`: \
         `missing = [\"\", \"{text}\"]`"
    );
    let unread = unreadable(&TEXT_UNREADABLE, text, "a text, but an error of the workbook");
    Unread { label: "an error".into(), help: Some(help), ..unread }
}

/// A number whose exponent is beyond those that are read.
pub(crate) fn beyond(text: &str, body: &str, f: &NumberFormat) -> Option<Unread> {
    let (digits, exponent) = body.split_once(['e', 'E'])?;
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_exponent = !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit());
    scan_digits(digits, f).filter(|_| is_exponent)?;
    let most = MOST_EXPONENT;
    let message = format!("`{text}` has an exponent beyond {most} and -{most}, and is not read");
    Some(Unread {
        message,
        label: "the exponent".into(),
        ..unreadable(&NUMBER_UNREADABLE, text, "a number")
    })
}

/// Characters that take no room: one between digits is no sign of theirs.
pub(crate) const UNSEEN: [char; 6] =
    ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// Whether nothing of a character can be seen: such characters, marks of the direction of writing, fillers.
pub(crate) fn is_unseen(c: char) -> bool {
    UNSEEN.contains(&c)
        || matches!(
            c,
            '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2061}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
        )
}

/// What in digits keeps them from being a number, and can hardly be seen.
pub(crate) fn odd_in_digits(text: &str) -> Option<String> {
    // Neither fractions nor what is set high, or in a circle.
    let is_sign = |c: char| matches!(c, '\u{b2}'..='\u{be}' | '\u{2070}'..='\u{218f}' | '\u{2460}'..='\u{24ff}');
    let is_other = |c: char| c.is_numeric() && !c.is_ascii() && !is_sign(c);
    let mut before = text.chars();
    let is_shifted = |c: char| before.next().is_some_and(|b| b.is_ascii_digit()) && is_set_apart(c);
    if let Some(unseen) = text.chars().find(|c| UNSEEN.contains(c)) {
        return Some(format!("an invisible character, U+{:04X}", u32::from(unseen)));
    }
    // `× 10⁶` is a power.
    if text.chars().skip(1).any(is_shifted) && !text.contains("10") {
        return Some("digits set high or low".to_string());
    }
    text.chars().any(is_other).then(|| "digits of another script".to_string())
}

/// Whether a character is a digit that is set high or low.
pub(crate) fn is_set_apart(c: char) -> bool {
    "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉".contains(c)
}

/// A figure such as `12,34,567.80` without its grouping.
pub(super) fn without_lakhs(body: &str, decimal: char) -> Option<String> {
    let (whole, decimals) = match body.find(decimal) {
        Some(at) => body.split_at(at),
        None => (body, ""),
    };
    let groups: Vec<&str> = whole.split(',').collect();
    let [first, between @ .., last] = &groups[..] else { return None };
    let fits = (1..=2).contains(&first.len())
        && last.len() == 3
        && !between.is_empty()
        && between.iter().all(|group| group.len() == 2);
    let plain = format!("{}{decimals}", groups.concat());
    let is_digit = |c: char| c.is_ascii_digit() || c == decimal;
    (fits && decimal != ',' && plain.chars().all(is_digit)).then_some(plain)
}
