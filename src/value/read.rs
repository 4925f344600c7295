//! Texts to values.

use crate::fault::Fault;
use crate::value::date_format::DateFormat;
use crate::value::digits::{
    NumberFormat, Written, as_percent, percent_mark, plain, scan_digits, sign,
};
use crate::value::figure::implied_interval;
use crate::value::hedge::Hedge;
use crate::value::unread::{
    BOOLEAN_UNREADABLE, DATE_IMPOSSIBLE, DATE_UNREADABLE, INTEGER_UNREADABLE, NUMBER_UNREADABLE,
    PERCENT_UNREADABLE, Unread, YEAR_UNREADABLE, unreadable,
};
use crate::value::{Days, Figure, Interval, Number, Type, Value, prose_date, prose_number};

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

    fn date(&self, text: &str) -> Result<Days, Unread> {
        if self.number.prose && self.formats.is_empty() {
            return prose_date::read_prose_date(text).map(|d| d.days);
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
