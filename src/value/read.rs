//! Texts to values.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use crate::fault::Fault;
use crate::value::advice;
use crate::value::date_format::DateFormat;
use crate::value::date_list::FormatList;
use crate::value::digits::{
    NumberFormat, Written, as_percent, as_share, percent_mark, plain, scan_digits, sign,
    without_residue,
};
use crate::value::figure::implied_interval;
use crate::value::hedge::Hedge;
use crate::value::prose::{self, Kind, Signs};
use crate::value::step::Step;
use crate::value::unread::{
    BOOLEAN_UNREADABLE, INTEGER_UNREADABLE, NOT_ALL_DATES, NUMBER_UNREADABLE, PERCENT_UNREADABLE,
    Unread, YEAR_UNREADABLE, beyond, failed_formula, first_other, is_unseen, odd_in_digits,
    unreadable, without_lakhs,
};
use crate::value::{Figure, Interval, Number, Type, Value, Why, prose_date};

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
    /// Texts of values that are kept back, with what is known of them.
    pub withheld: Vec<(String, Interval)>,
    /// Words for true and for false; the usual ones where there are none.
    pub truths: Truths,
    /// Whether the written precision is kept.
    pub ranges: bool,
    /// Whether its date-times have offsets from UTC; nothing where both kinds are read.
    pub offsets: Option<bool>,
    /// How its type was found.
    pub basis: Basis,
    /// What cells hold whose formulas failed, such as `#N/A`: no value, in a column of texts either.
    pub errors: Arc<BTreeSet<String>>,
}

/// How the type of a column was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// From its contract or its placeholder.
    Contract,
    /// From the expressions that use it.
    Use,
    /// From the expressions that use it, and from so many first cells, all ISO dates.
    FirstCells(usize),
}

/// The formats of cells whose rules name none.
fn usual_formats(ty: Type) -> &'static [DateFormat] {
    static FORMATS: LazyLock<[Vec<DateFormat>; 4]> = LazyLock::new(|| {
        let all = |ty, formats: &[&str]| -> Vec<DateFormat> {
            formats.iter().filter_map(|f| DateFormat::new(f, ty).ok()).collect()
        };
        let instants = [
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%S%z",
            "%Y-%m-%d %H:%M:%S%z",
            "%Y-%m-%d %H:%M",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M%z",
            "%Y-%m-%dT%H:%M%z",
        ];
        let times = ["%H:%M:%S", "%H:%M"];
        let mut durations = all(Type::Duration, &times);
        durations.push(DateFormat::iso_duration());
        [
            all(Type::Date, &["%Y-%m-%d", "%Y-%m", "%Y"]),
            all(Type::DateTime, &instants),
            all(Type::Time, &times),
            durations,
        ]
    });
    let [dates, instants, times, durations] = &*FORMATS;
    match ty {
        Type::Date => dates,
        Type::DateTime => instants,
        Type::Time => times,
        Type::Duration => durations,
        _ => &[],
    }
}

impl Reading {
    /// The usual way for a type: `.` for decimals, ISO dates, blank for missing, no ranges.
    pub fn new(ty: Type) -> Reading {
        let formats = usual_formats(ty).to_vec();
        Reading {
            ty,
            number: NumberFormat::default(),
            formats,
            missing: vec![String::new()],
            withheld: Vec::new(),
            truths: Truths::default(),
            ranges: false,
            offsets: None,
            basis: Basis::Contract,
            errors: Arc::default(),
        }
    }

    /// Whether `text` stands for no value; white space around it does not count, and nothing that can
    /// be seen is nothing.
    pub fn is_missing(&self, text: &str) -> bool {
        let text = text.trim();
        let seen = if text.chars().all(|c| c.is_whitespace() || is_unseen(c)) { "" } else { text };
        self.missing.iter().any(|m| m.trim() == seen)
    }

    /// The texts that are no values: missing and withheld ones.
    pub fn special_texts(&self) -> impl Iterator<Item = &str> {
        let withheld = self.withheld.iter().map(|(text, _)| text);
        self.missing.iter().chain(withheld).map(String::as_str)
    }

    /// Between what bounds a value lies that is kept back; none of texts are.
    pub fn withheld(&self, text: &str) -> Option<&Interval> {
        let found = self.withheld.iter().find(|(withheld, _)| withheld.trim() == text.trim());
        found.filter(|_| self.ty != Type::Text).map(|(_, range)| range)
    }

    /// The decimals of a figure without its trailing zeros; those of a share that are whole percents
    /// count.
    pub fn last_decimals(&self, text: &str) -> Option<i32> {
        let least = if self.ty == Type::Percent { 2 } else { 0 };
        let value = self.value(text)?;
        let figure = value.figure().filter(|f| !f.withheld)?;
        let decimals = figure.value.decimals().and_then(|d| i32::try_from(d).ok());
        Some(decimals.unwrap_or(i32::MAX).max(least))
    }

    /// The figure that is read for a cell whose digits end in binary residue.
    pub fn residue(&self, text: &str) -> Option<Number> {
        let of_figures = matches!(self.ty, Type::Number | Type::Percent | Type::Integer);
        of_figures.then(|| without_residue(text, &self.number)).flatten()
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
            Type::Number | Type::Integer
                if !self.number.prose
                    && !self.is_missing(text)
                    && self.withheld(text).is_none() =>
            {
                let (body, percent) = percent_mark(sign(text.trim()).1);
                let fits = |(value, decimals, _): (Number, i32, i32)| {
                    self.ty == Type::Number || (value.is_integer() && decimals <= 0)
                };
                percent.is_none() && scan_digits(body, &self.number).is_some_and(fits)
            }
            _ => self.value(text).is_some(),
        }
    }

    /// What [`Reading::read`] gives, without the words for why a cell cannot be read.
    pub fn value<'a>(&self, text: &'a str) -> Option<Value<'a>> {
        match self.list() {
            Some(_) if self.is_missing(text) => Some(Value::Missing),
            Some(_) if self.withheld(text).is_some() => Some(Value::Unknown(Why::Withheld)),
            Some(list) => list.read(text).ok(),
            None => self.read(text).ok(),
        }
    }

    /// The formats, where cells are read by formats.
    fn list(&self) -> Option<FormatList<'_>> {
        let by_format = match self.ty {
            Type::Date => !self.number.prose || !self.formats.is_empty(),
            Type::DateTime | Type::Time | Type::Duration => true,
            _ => false,
        };
        let Reading { ty, formats, offsets, .. } = self;
        by_format.then_some(FormatList { ty: *ty, formats, offsets: *offsets })
    }

    /// The fault of a cell that cannot be read, where it is one of the whole column.
    pub fn fault_of_column(&self, text: &str) -> Option<&'static Fault> {
        let is_number = matches!(self.ty, Type::Number | Type::Integer);
        let is_date = || {
            let iso = DateFormat::new("%Y-%m-%d", Type::Date);
            iso.is_ok_and(|iso| iso.parse_date(text.trim()).is_ok())
        };
        match self.basis {
            Basis::FirstCells(_) => return Some(&NOT_ALL_DATES),
            Basis::Use if is_number && is_date() => return Some(&NOT_ALL_DATES),
            _ => {}
        }
        let list = self.list().filter(|list| list.formats.len() > 1)?;
        list.read(text).err().and_then(|failure| failure.of_column())
    }

    /// Whether days written `2001-02-03` are read as such, whatever the other formats.
    pub fn reads_iso_days(&self) -> bool {
        let reads = |f: &DateFormat| f.parse_date("2001-02-03").is_ok();
        match self.formats.split_first() {
            Some((first, others)) => first.text == "%Y-%m-%d" && !others.iter().any(reads),
            None => false,
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
        if let Some(range) = self.withheld(text) {
            return Ok(match self.ty {
                Type::Number | Type::Integer | Type::Percent | Type::Year => {
                    Value::Number(Figure::withheld(range.clone()))
                }
                _ => Value::Unknown(Why::Withheld),
            });
        }
        let whole = text;
        let text = text.trim();
        match self.ty {
            Type::Text if self.errors.contains(whole) => Err(failed_formula(whole)),
            Type::Text => Ok(Value::Text(whole.into())),
            Type::Number => self.figure(text, hedge),
            Type::Percent => self.percent(text, hedge),
            Type::Integer => self.count(text, hedge),
            Type::Year => self.year(text, hedge),
            Type::Date | Type::DateTime | Type::Time | Type::Duration => match self.list() {
                Some(list) => list.read(whole).map_err(|f| list.refuse(whole, &f)),
                None => prose_date::read_prose_date(text, self.number.dating())
                    .map(|d| Value::Date(hedge.days(d.days))),
            },
            Type::Boolean => self.truths.read(text).map(Value::Bool),
        }
    }

    fn figure<'a>(&self, text: &str, hedge: Hedge) -> Result<Value<'a>, Unread> {
        if !self.ranges
            && hedge == Hedge::None
            && let Some(n) = plain(text, self.number.decimal)
        {
            return Ok(Value::Number(Figure::exact(n)));
        }
        let written = read_number(text, &self.number, &[Kind::Number, Kind::Multiple])?;
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
        let decimals = self.number.most_decimals.map_or(decimals, |most| decimals.min(most));
        let unit = Number::pow10(-decimals);
        let range = match &written.range {
            Some(range) => range.clone(),
            None if written.exact && self.number.decimals.is_none() => {
                Interval::point(written.value.clone())
            }
            None => implied_interval(&written.value, &unit, self.number.rounding),
        };
        let weak = Number::pow10(-written.weak_decimals.min(decimals));
        let units = written.range.is_none().then_some((&weak, &unit));
        let step = Step::of(&written.value, units, written.percent);
        Figure::ranged(written.value.clone(), hedge.interval(&written.value, &range, &step))
    }

    fn percent<'a>(&self, text: &str, hedge: Hedge) -> Result<Value<'a>, Unread> {
        let kinds = &[Kind::Percent, Kind::Points, Kind::Number];
        let mut written = read_number(text, &self.number, kinds).map_err(|e| Unread {
            fault: &PERCENT_UNREADABLE,
            message: format!("`{text}` is not a percentage"),
            ..e
        })?;
        if !written.percent {
            written = as_percent(written);
        }
        Ok(Value::Number(self.ranged(&written, hedge)))
    }

    /// A whole number: exact, unless it is hedged, said in thousands or more, or rounded to a base.
    fn count<'a>(&self, text: &str, hedge: Hedge) -> Result<Value<'a>, Unread> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let is_plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let has_base = self.number.rounding.has_base();
        if is_plain && (hedge == Hedge::None && !has_base || !self.ranges) {
            let n = Number::parse(text);
            return n
                .map(Value::number)
                .ok_or_else(|| unreadable(&INTEGER_UNREADABLE, text, "a whole number"));
        }
        let kinds = &[Kind::Number, Kind::Ordinal];
        let mut written = read_number(text, &self.number, kinds).map_err(|e| Unread {
            fault: &INTEGER_UNREADABLE,
            message: format!("`{text}` is not a whole number"),
            ..e
        })?;
        if written.percent || !written.value.is_integer() || written.decimals > 0 {
            let help = "integer columns are for counts; set `type = \"number\"` if the numbers have decimals".to_string();
            let unread = unreadable(&INTEGER_UNREADABLE, text, "a whole number");
            return Err(Unread { help: Some(help), ..unread });
        }
        // `1.2 million` is no count of single ones.
        let is_single = written.decimals == 0 && written.range.is_none() || !self.number.prose;
        written.exact = is_single && !has_base;
        Ok(Value::Number(self.ranged(&written, hedge)))
    }

    fn year<'a>(&self, text: &str, hedge: Hedge) -> Result<Value<'a>, Unread> {
        if (1..=4).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit())
            && let Some(n) = Number::parse(text)
        {
            if hedge == Hedge::About && self.ranges {
                let one = Number::from(1i64);
                let range = Interval::closed(&n - &one, &n + &one);
                return Ok(Value::Number(Figure::ranged(n, range)));
            }
            return Ok(Value::Number(Figure::exact(n)));
        }
        let at = first_other(text, |c| c.is_ascii_digit());
        Err(Unread { at, ..unreadable(&YEAR_UNREADABLE, text, "a year") })
    }
}

/// The words for true and for false of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truths {
    pub yes: Vec<String>,
    pub no: Vec<String>,
}

impl Truths {
    /// Whether no words are declared.
    pub fn is_empty(&self) -> bool {
        self.yes.is_empty() && self.no.is_empty()
    }

    fn read(&self, text: &str) -> Result<bool, Unread> {
        let is_in = |words: &[&str]| words.contains(&text.to_ascii_lowercase().as_str());
        let is_word =
            |words: &[String]| words.iter().any(|w| w.to_lowercase() == text.to_lowercase());
        let help = if self.is_empty() {
            if is_in(&["true", "t", "yes", "y", "1"]) {
                return Ok(true);
            }
            if is_in(&["false", "f", "no", "n", "0"]) {
                return Ok(false);
            }
            "write true, false, yes, no, 1 or 0; other words are declared: true = [\"ja\"], false = [\"nein\"]".to_string()
        } else {
            if is_word(&self.yes) {
                return Ok(true);
            }
            if is_word(&self.no) {
                return Ok(false);
            }
            let words: Vec<&str> = self.yes.iter().chain(&self.no).map(String::as_str).collect();
            format!("the words that are declared are {}", words.join(", "))
        };
        let unread = unreadable(&BOOLEAN_UNREADABLE, text, "true or false");
        Err(Unread { help: advice::missing(text).or(Some(help)), ..unread })
    }
}

/// Reads a number with its written precision; out of running text also figures of these kinds.
///
/// # Errors
/// `number-unreadable`, with what could be declared so that it can be read.
pub fn read_number(text: &str, f: &NumberFormat, kinds: &[Kind]) -> Result<Written, Unread> {
    if f.prose
        && let Some(written) = prose::figure(text, kinds, &Signs::of(f))
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
                range: None,
                exact: false,
            };
            match percent {
                Some(power) => as_share(written, power),
                None => written,
            }
        })
        .ok_or_else(|| refuse(text, body, f))
}

fn refuse(text: &str, body: &str, f: &NumberFormat) -> Unread {
    let try_with = |decimal: char, grouping: Option<char>| {
        scan_digits(body, &NumberFormat { decimal, grouping, ..f.clone() }).is_some()
    };
    let help = if let Some(g) =
        [',', ' ', '\'', '.'].into_iter().find(|&g| g != f.decimal && try_with(f.decimal, Some(g)))
    {
        Some(format!("if `{g}` separates thousands, set `grouping = \"{g}\"` for the table"))
    } else if f.decimal != ',' && try_with(',', None) {
        Some("if the comma is a decimal comma, set `decimal = \",\"` for the table".to_string())
    } else if f.decimal == ',' && try_with('.', None) {
        Some("if the point is a decimal point, set `decimal = \".\"` for the table".to_string())
    } else if f.decimal != ',' && try_with(',', Some('.')) {
        Some("if it is written like 1.840,5, set `decimal = \",\"` and `grouping = \".\"` for the table".to_string())
    } else if let Some(plain) = without_lakhs(body, f.decimal) {
        Some(format!(
            "its digits are grouped by twos, in lakhs and crores, which only texts are read with: write `{plain}`"
        ))
    } else if f.decimal != ',' && try_with(',', Some(' ')) {
        Some("if it is written like 1 840,5, set `decimal = \",\"` and `grouping = \" \"` for the table".to_string())
    } else {
        let own = || advice::moment(text).or_else(|| advice::beside_figure(text, f));
        advice::missing(text).or_else(|| own().filter(|_| !f.prose))
    };
    let is_of_figures = |c: char| {
        c.is_ascii_digit()
            || c.is_whitespace()
            || [f.decimal, '+', '-', '\u{2212}', '%', 'e', 'E'].contains(&c)
            || Some(c) == f.grouping
    };
    let at = first_other(text, is_of_figures);
    if let Some(unread) = beyond(text, body, f) {
        return unread;
    }
    let unread = unreadable(&NUMBER_UNREADABLE, text, "a number");
    let is_compound = f.prose && prose::is_compound(text, &Signs::of(f));
    let label = odd_in_digits(text)
        .or_else(|| is_compound.then(|| "not one number alone".to_string()))
        .unwrap_or_else(|| unread.label.clone());
    Unread { help, at, label, ..unread }
}

/// The day of a text like `2027-03-31`.
///
/// # Errors
/// What is wrong with it.
pub fn iso_day(text: &str) -> Result<i32, String> {
    let iso = DateFormat::new("%Y-%m-%d", Type::Date).map_err(|e| e.message)?;
    let reading = Reading { formats: vec![iso], missing: Vec::new(), ..Reading::new(Type::Date) };
    match reading.read(text) {
        Ok(Value::Date(day)) => Ok(day.first),
        Ok(_) => Err("no date".into()),
        Err(unread) => Err(unread.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_as_programs_write_them() {
        let grouped = NumberFormat { grouping: Some(','), ..NumberFormat::default() };
        let reading = Reading { number: grouped, ..Reading::new(Type::Number) };
        for (text, value) in [
            (".6", Some("0.6")),
            ("-.5", Some("-0.5")),
            ("2.", Some("2")),
            ("5.00-", Some("-5.00")),
            ("1,200.00 -", Some("-1200")),
            ("(20.00)", Some("-20")),
            ("1.2e3", Some("1200")),
            ("1E-2", Some("0.01")),
            ("\u{a0}\t7\u{2009}", Some("7")),
            ("9.140000000000001", Some("9.14")),
            ("-9.140000000000001", Some("-9.14")),
            (".", None),
            ("-", None),
            ("-5-", None),
            ("1e", None),
            ("1e+-5", None),
            ("1e++5", None),
            ("e5", None),
            ("1. 5", None),
            ("--5", None),
            ("0,123", None),
            ("00,456", None),
        ] {
            let read = reading.read(text).ok();
            let expected = value.map(|v| Value::number(Number::parse(v).unwrap()));
            assert_eq!(read, expected, "{text}");
            assert_eq!(reading.is_readable(text), expected.is_some(), "{text}");
        }
        assert_eq!(reading.read(" \u{3000}").unwrap(), Value::Missing);
        let text = Reading::new(Type::Text);
        assert_eq!(text.read(" ").unwrap(), Value::Missing);
        assert_eq!(text.read(" a").unwrap(), Value::Text(" a".into()));
        for (text, value) in [("t", true), ("F", false), (" T\u{a0}", true)] {
            assert_eq!(Reading::new(Type::Boolean).read(text).unwrap(), Value::Bool(value));
        }
    }

    proptest! {
        #[test]
        fn readable_is_what_reads(text in "[ \u{a0}]?[-+(]?[0-9 .,e%x\u{2212}]{0,8}[-)%]?[ \u{2009}]?|-|n/a|1e[-+]{0,2}[0-9]{1,5}|[0-9]{1,2}[.][0-9]{0,3}0{9,12}[0-9]{1,2}", decimal in "[.,]", ty in 0..4usize) {
            let number = NumberFormat { decimal: if decimal == "." { '.' } else { ',' }, grouping: Some(' '), ..NumberFormat::default() };
            let reading = Reading { number, ..Reading::new([Type::Number, Type::Integer, Type::Percent, Type::Date][ty]) };
            prop_assert_eq!(reading.is_readable(&text), reading.read(&text).is_ok());
        }
    }
}
