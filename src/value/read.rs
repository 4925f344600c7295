//! Texts to values.

use std::ops::Range;

use crate::fault::Fault;
use crate::value::date_format::DateFormat;
use crate::value::figure::{Rounding, implied_interval};
use crate::value::hedge::Hedge;
use crate::value::{Figure, Interval, Number, Type, Value, prose_number};

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

/// The names of this room.
pub static FAULTS: &[&Fault] = &[
    &NUMBER_UNREADABLE,
    &INTEGER_UNREADABLE,
    &PERCENT_UNREADABLE,
    &YEAR_UNREADABLE,
    &DATE_UNREADABLE,
    &DATE_IMPOSSIBLE,
    &TIME_UNREADABLE,
    &BOOLEAN_UNREADABLE,
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

/// How numbers are written in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    /// The decimal sign.
    pub decimal: char,
    /// The sign between groups of three digits; a space stands for all spaces, `'` for both apostrophes.
    pub grouping: Option<char>,
    /// Decimals that the figures carry where the digits do not tell (negative: tens, hundreds).
    pub decimals: Option<i32>,
    /// How they were rounded.
    pub rounding: Rounding,
    /// Out of running text: scale words, number words, fractions, any usual grouping.
    pub prose: bool,
}

impl Default for NumberFormat {
    fn default() -> Self {
        NumberFormat {
            decimal: '.',
            grouping: None,
            decimals: None,
            rounding: Rounding::Nearest,
            prose: false,
        }
    }
}

/// A number as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Its value.
    pub value: Number,
    /// The unit of its last written digit is `10^-decimals`.
    pub decimals: i32,
    /// The same for the last digit that is not zero, for round figures in text.
    pub weak_decimals: i32,
    /// Marked with `%`, percent, per cent.
    pub percent: bool,
    /// A fraction in words: the interval it stands for.
    pub fraction: Option<Interval>,
    /// In words or otherwise a count: no rounding.
    pub exact: bool,
}

/// How the cells of a column are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The type of the column.
    pub ty: Type,
    /// How its numbers are written.
    pub number: NumberFormat,
    /// How its dates or times are written; tried in order.
    pub formats: Vec<DateFormat>,
    /// Texts that mean "no value".
    pub missing: Vec<String>,
    /// Whether the written precision is kept.
    pub ranges: bool,
}

impl Reading {
    /// The usual way for a type: `.` for decimals, ISO dates, blank for missing, no ranges.
    pub fn new(ty: Type) -> Reading {
        let formats: &[&str] = match ty {
            Type::Date => &["%Y-%m-%d", "%Y-%m", "%Y"],
            Type::DateTime => &[
                "%Y-%m-%dT%H:%M:%S",
                "%Y-%m-%d %H:%M:%S",
                "%Y-%m-%dT%H:%M:%S%z",
                "%Y-%m-%d %H:%M:%S%z",
                "%Y-%m-%d %H:%M",
            ],
            Type::Time => &["%H:%M:%S", "%H:%M"],
            Type::Duration => &["%H:%M:%S", "%H:%M"],
            _ => &[],
        };
        let formats = formats.iter().filter_map(|f| DateFormat::new(f, ty).ok()).collect();
        Reading {
            ty,
            number: NumberFormat::default(),
            formats,
            missing: vec![String::new()],
            ranges: false,
        }
    }

    /// Whether `text` stands for no value.
    pub fn is_missing(&self, text: &str) -> bool {
        self.missing.iter().any(|m| m == text)
    }

    /// Reads a cell; a missing one is [`Value::Missing`].
    ///
    /// # Errors
    /// Why the text has no value of this type.
    pub fn read<'a>(&self, text: &'a str) -> Result<Value<'a>, Unread> {
        self.read_hedged(text, Hedge::None)
    }

    /// Whether a cell has a value or is missing, as [`Reading::read`] would say, without the words for
    /// why it cannot be read.
    pub fn is_readable(&self, text: &str) -> bool {
        match self.ty {
            Type::Number | Type::Integer if !self.number.prose && !self.is_missing(text) => {
                let (body, percent) = percent_mark(sign(text).1);
                let fits = |(value, decimals, _): (Number, i32, i32)| {
                    self.ty == Type::Number || (value.is_integer() && decimals <= 0)
                };
                !percent && scan_digits(body, &self.number).is_some_and(fits)
            }
            _ => self.read(text).is_ok(),
        }
    }

    /// Reads a figure that a word like "about" stands before.
    ///
    /// # Errors
    /// Why the text has no value of this type.
    pub fn read_hedged<'a>(&self, text: &'a str, hedge: Hedge) -> Result<Value<'a>, Unread> {
        if self.is_missing(text) {
            return Ok(Value::Missing);
        }
        match self.ty {
            Type::Text => Ok(Value::Text(text.into())),
            Type::Number => self.figure(text, hedge),
            Type::Percent => self.percent(text, hedge),
            Type::Integer => {
                self.whole(text, &INTEGER_UNREADABLE).map(|n| Value::Number(Figure::exact(n)))
            }
            Type::Year => self.year(text),
            Type::Date => self.date(text).map(Value::Date),
            Type::DateTime => {
                self.first_format(text, DateFormat::parse_datetime).map(Value::DateTime)
            }
            Type::Time => self.first_format(text, DateFormat::parse_time).map(Value::Time),
            Type::Duration => {
                self.first_format(text, DateFormat::parse_duration).map(Value::Duration)
            }
            Type::Boolean => boolean(text).map(Value::Bool),
        }
    }

    fn figure<'a>(&self, text: &str, hedge: Hedge) -> Result<Value<'a>, Unread> {
        if !self.ranges
            && hedge == Hedge::None
            && let Some(n) = plain(text, self.number.decimal)
        {
            return Ok(Value::Number(Figure::exact(n)));
        }
        let written = read_number(text, &self.number)?;
        if written.percent {
            let help = Some("set `type = \"percent\"` for the column".to_string());
            return Err(Unread { help, ..unreadable(&NUMBER_UNREADABLE, text, "a number") });
        }
        Ok(Value::Number(self.ranged(&written, hedge)))
    }

    fn ranged(&self, written: &Written, hedge: Hedge) -> Figure {
        if !self.ranges {
            return Figure::exact(written.value.clone());
        }
        let decimals = self
            .number
            .decimals
            .map_or(written.decimals, |d| if written.percent { d + 2 } else { d });
        let range = match &written.fraction {
            Some(range) => range.clone(),
            None if written.exact && self.number.decimals.is_none() => {
                Interval::point(written.value.clone())
            }
            None => {
                implied_interval(&written.value, &Number::pow10(-decimals), self.number.rounding)
            }
        };
        let unit = Number::pow10(-written.weak_decimals.min(decimals));
        Figure::ranged(written.value.clone(), hedge.interval(&written.value, &range, &unit))
    }

    fn percent<'a>(&self, text: &str, hedge: Hedge) -> Result<Value<'a>, Unread> {
        let mut written = read_number(text, &self.number).map_err(|e| Unread {
            fault: &PERCENT_UNREADABLE,
            message: format!("`{text}` is not a percentage"),
            ..e
        })?;
        if !written.percent {
            written = as_percent(written);
        }
        Ok(Value::Number(self.ranged(&written, hedge)))
    }

    fn whole(&self, text: &str, fault: &'static Fault) -> Result<Number, Unread> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Number::parse(text).ok_or_else(|| unreadable(fault, text, "a whole number"));
        }
        let written = read_number(text, &self.number).map_err(|e| Unread {
            fault,
            message: format!("`{text}` is not a whole number"),
            ..e
        })?;
        if written.percent || !written.value.is_integer() || written.decimals > 0 {
            let help = "integer columns are for counts; set `type = \"number\"` if the numbers have decimals".to_string();
            return Err(Unread { help: Some(help), ..unreadable(fault, text, "a whole number") });
        }
        Ok(written.value)
    }

    fn year<'a>(&self, text: &str) -> Result<Value<'a>, Unread> {
        if (1..=4).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit())
            && let Some(n) = Number::parse(text)
        {
            return Ok(Value::Number(Figure::exact(n)));
        }
        Err(unreadable(&YEAR_UNREADABLE, text, "a year"))
    }

    fn date(&self, text: &str) -> Result<crate::value::Days, Unread> {
        if self.number.prose && self.formats.is_empty() {
            return crate::value::prose_date::read_prose_date(text).map(|d| d.days);
        }
        self.first_format(text, DateFormat::parse_date)
    }

    fn first_format<T>(
        &self,
        text: &str,
        parse: impl Fn(&DateFormat, &str) -> Result<T, Unread>,
    ) -> Result<T, Unread> {
        let mut worst: Option<Unread> = None;
        for format in &self.formats {
            match parse(format, text) {
                Ok(value) => return Ok(value),
                Err(e) if worst.is_none() || e.fault == &DATE_IMPOSSIBLE => worst = Some(e),
                Err(_) => {}
            }
        }
        Err(worst.unwrap_or_else(|| unreadable(&DATE_UNREADABLE, text, "a date")))
    }
}

/// A bare figure in a percent column: `20` is 0.20.
fn as_percent(w: Written) -> Written {
    let hundredth = Number::decimal(1, 2);
    Written {
        value: &w.value * &hundredth,
        decimals: w.decimals + 2,
        weak_decimals: w.weak_decimals + 2,
        percent: true,
        ..w
    }
}

fn boolean(text: &str) -> Result<bool, Unread> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Ok(true),
        "false" | "no" | "n" | "0" => Ok(false),
        _ => Err(Unread {
            help: Some("write true, false, yes, no, 1 or 0".into()),
            ..unreadable(&BOOLEAN_UNREADABLE, text, "true or false")
        }),
    }
}

pub(crate) fn unreadable(fault: &'static Fault, text: &str, what: &str) -> Unread {
    Unread {
        fault,
        message: format!("`{text}` is not {what}"),
        label: format!("not {what}"),
        help: None,
        at: 0..text.len(),
    }
}

/// The commonest cell: plain ASCII digits with at most one decimal sign, up to 18 digits.
fn plain(text: &str, decimal: char) -> Option<Number> {
    let b = text.as_bytes();
    let (negative, digits) = match b.first()? {
        b'-' => (true, &b[1..]),
        b'+' => (false, &b[1..]),
        _ => (false, b),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut point) = (0i64, None);
    for (i, &c) in digits.iter().enumerate() {
        if c.is_ascii_digit() {
            mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(c - b'0'))?;
        } else if char::from(c) == decimal && point.is_none() && i > 0 && i + 1 < digits.len() {
            point = Some(i);
        } else {
            return None;
        }
    }
    let scale = point.map_or(0, |p| digits.len() - p - 1);
    Some(Number::decimal(
        i128::from(if negative { -mantissa } else { mantissa }),
        i32::try_from(scale).ok()?,
    ))
}

/// Whether `c` is a sign between groups as declared.
fn is_grouping(c: char, declared: char) -> bool {
    match declared {
        ' ' => matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'),
        '\'' | '’' => matches!(c, '\'' | '’'),
        other => c == other,
    }
}

/// Reads a number with its written precision.
///
/// # Errors
/// `number-unreadable`, with what could be declared so that it can be read.
pub fn read_number(text: &str, f: &NumberFormat) -> Result<Written, Unread> {
    if f.prose
        && let Some(written) = prose_number::read(text)
    {
        return Ok(written);
    }
    let (negative, body) = sign(text);
    let (body, percent) = percent_mark(body);
    scan_digits(body, f)
        .map(|(value, decimals, weak)| {
            let value = if negative { -value } else { value };
            let written = Written {
                value,
                decimals,
                weak_decimals: weak,
                percent: false,
                fraction: None,
                exact: false,
            };
            if percent { as_percent(written) } else { written }
        })
        .ok_or_else(|| refuse(text, body, f))
}

/// Minus signs of all kinds, a plus, accounting parentheses.
fn sign(text: &str) -> (bool, &str) {
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        return (true, inner);
    }
    match text.chars().next() {
        Some(c @ ('-' | '\u{2212}' | '\u{2013}' | '\u{ff0d}' | '\u{fe63}')) => {
            (true, &text[c.len_utf8()..])
        }
        Some('+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Cuts off `%`, `percent`, `per cent`.
pub(crate) fn percent_mark(body: &str) -> (&str, bool) {
    for mark in ["%", "percent", "per cent", "pct"] {
        let Some(start) = body.len().checked_sub(mark.len()) else { continue };
        if body.is_char_boundary(start) && body[start..].eq_ignore_ascii_case(mark) {
            let rest = body[..start].trim_end_matches([' ', '\u{a0}', '\u{202f}', '\n']);
            return (rest, true);
        }
    }
    (body, false)
}

/// Digits with grouping, decimals and exponent: value, decimals, decimals of the last digit that is not 0.
pub(crate) fn scan_digits(body: &str, f: &NumberFormat) -> Option<(Number, i32, i32)> {
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (
            &body[..at],
            body[at + 1..]
                .strip_prefix('+')
                .unwrap_or(&body[at + 1..])
                .parse::<i32>()
                .ok()
                .filter(|e| e.abs() <= 1000)?,
        ),
        None => (body, 0),
    };
    let (whole, part) = match mantissa.find(f.decimal) {
        Some(at) => (&mantissa[..at], Some(&mantissa[at + f.decimal.len_utf8()..])),
        None => (mantissa, None),
    };
    let mut digits = ungrouped(whole, f.grouping)?;
    let part = part.unwrap_or("");
    if mantissa.len() > whole.len() && part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let zeros = if part.is_empty() { digits.len() - digits.trim_end_matches('0').len() } else { 0 };
    if !part.is_empty() {
        digits.push('.');
        digits.push_str(part);
    }
    let value = &Number::parse(&digits)? * &Number::pow10(exponent);
    let decimals = i32::try_from(part.len()).ok()?.checked_sub(exponent)?;
    let weak = if value.is_zero() {
        decimals
    } else {
        decimals.checked_sub(i32::try_from(zeros).ok()?)?
    };
    Some((value, decimals, weak))
}

/// The digits of a whole number without its grouping; groups have three digits.
fn ungrouped(whole: &str, grouping: Option<char>) -> Option<String> {
    if whole.is_empty() {
        return None;
    }
    if whole.bytes().all(|b| b.is_ascii_digit()) {
        return Some(whole.to_string());
    }
    let declared = grouping?;
    let groups: Vec<&str> = whole.split(|c| is_grouping(c, declared)).collect();
    let fits = groups.iter().enumerate().all(|(i, g)| {
        g.bytes().all(|b| b.is_ascii_digit())
            && if i == 0 { (1..=3).contains(&g.len()) } else { g.len() == 3 }
    });
    fits.then(|| groups.concat())
}

fn refuse(text: &str, body: &str, f: &NumberFormat) -> Unread {
    let try_with = |decimal: char, grouping: Option<char>| {
        scan_digits(body, &NumberFormat { decimal, grouping, ..f.clone() }).is_some()
    };
    let help = if text.trim() != text && read_number(text.trim(), f).is_ok() {
        Some("remove the space around it; cells are not trimmed".to_string())
    } else if let Some(g) =
        [',', ' ', '\'', '.'].into_iter().find(|&g| g != f.decimal && try_with(f.decimal, Some(g)))
    {
        Some(format!("if `{g}` separates thousands, set `grouping = \"{g}\"` for the table"))
    } else if f.decimal != ',' && try_with(',', None) {
        Some("if the comma is a decimal comma, set `decimal = \",\"` for the table".to_string())
    } else if f.decimal != ',' && try_with(',', Some('.')) {
        Some("if it is written like 1.840,5, set `decimal = \",\"` and `grouping = \".\"` for the table".to_string())
    } else if body.chars().all(char::is_alphabetic)
        || body.chars().all(|c| !c.is_alphanumeric())
        || text.len() <= 4 && text.contains('/')
    {
        Some(format!(
            "if this means \"no value\", add it to `missing`: `missing = [\"\", \"{text}\"]`"
        ))
    } else {
        None
    };
    Unread { help, ..unreadable(&NUMBER_UNREADABLE, text, "a number") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn readable_is_what_reads(text in "[-+(]?[0-9 .,e%x\u{2212}]{0,8}[)%]?|-|n/a|1e[0-9]{1,5}", decimal in "[.,]", ty in 0..4usize) {
            let number = NumberFormat { decimal: if decimal == "." { '.' } else { ',' }, grouping: Some(' '), ..NumberFormat::default() };
            let reading = Reading { number, ..Reading::new([Type::Number, Type::Integer, Type::Percent, Type::Date][ty]) };
            prop_assert_eq!(reading.is_readable(&text), reading.read(&text).is_ok());
        }
    }
}
