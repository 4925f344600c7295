//! What dates in running text are read with.

use crate::value::date::{Days, days_from_civil, why_impossible};
use crate::value::fiscal::FiscalYear;
use crate::value::language::Language;
use crate::value::language::months::Month;
use crate::value::language::phrases::{Phrases, first_word, same};

/// How a whole day was written; what a text leaves open is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Month before day, day before month, or year first.
    pub order: Order,
    /// Whether one-digit days carry a zero.
    pub padded: Option<bool>,
    /// Whether the month's name is cut short.
    pub short: Option<bool>,
    /// Whether the name of the month starts with a capital letter.
    pub capital: Option<bool>,
}

/// Which part stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Order {
    MonthDay,
    DayMonth,
    YearFirst,
    /// Day first, all in digits, with such a sign between them.
    Numeric(char),
}

impl Shape {
    /// Whether both can follow one format.
    pub fn agrees(&self, other: &Shape) -> bool {
        fn same<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            }
        }
        self.order == other.order
            && same(self.padded, other.padded)
            && same(self.short, other.short)
            && same(self.capital, other.capital)
    }
    /// The format in strftime's letters, for messages.
    pub fn format(&self) -> String {
        let day = if self.padded == Some(true) { "%d" } else { "%-d" };
        let month = if self.short == Some(true) { "%b" } else { "%B" };
        match self.order {
            Order::MonthDay => format!("{month} {day}, %Y"),
            Order::DayMonth => format!("{day} {month} %Y"),
            Order::YearFirst => "%Y-%m-%d".to_string(),
            Order::Numeric(sign) if self.padded == Some(false) => format!("%-d{sign}%-m{sign}%Y"),
            Order::Numeric(sign) => format!("%d{sign}%m{sign}%Y"),
        }
    }
}

/// What has been read: where it ends, and what it means or why there is no such day.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub end: usize,
    pub days: Result<Days, NoDays>,
    pub shape: Option<Shape>,
}

/// Why a date means no days.
#[derive(Debug, Clone)]
pub(crate) enum NoDays {
    /// There is no such day, for this reason.
    Impossible(String),
    NoFiscalYear(Undeclared),
    /// It is a day of any year: `30 July`.
    NoYear,
}

/// What is not declared of a fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undeclared {
    /// When it begins.
    Start,
    /// Which of its years it is called by.
    Named,
    /// Whether it is one: `2011-12` may be a month.
    Kind,
}

impl Undeclared {
    pub fn message(self, text: &str) -> String {
        let what = match self {
            Undeclared::Start => "is a fiscal year, and no rule says when fiscal years begin",
            Undeclared::Named => {
                "is a fiscal year, and no rule says whether the year is the one in which it begins or ends"
            }
            Undeclared::Kind => "may be a month or a fiscal year",
        };
        format!("`{text}` {what}")
    }
    pub fn label(self) -> &'static str {
        match self {
            Undeclared::Start => "a fiscal year, and no rule says when they begin",
            Undeclared::Named => "a fiscal year, and no rule says which of its years names it",
            Undeclared::Kind => "a month or a fiscal year",
        }
    }
    pub fn help(self) -> &'static str {
        match self {
            Undeclared::Start | Undeclared::Named => {
                "declare it for the table: `fiscal_year = { from = \"April\", named = \"end\" }` is from April on, and named by the year in which it ends"
            }
            Undeclared::Kind => "write `2011/12`, `FY2011-12` or `December 2011`",
        }
    }
}

/// A place in a text that holds a date.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub text: &'a str,
    pub at: usize,
    pub language: Language,
    /// When fiscal years begin, where it is declared.
    pub fiscal: Option<FiscalYear>,
}

impl<'a> Cursor<'a> {
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
    pub fn number(&mut self, least: usize, most: usize) -> Option<(u32, usize)> {
        let n = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if n < least || n > most {
            return None;
        }
        let value = self.rest().get(..n)?.parse().ok()?;
        self.at += n;
        Some((value, n))
    }
    pub fn spaces(&mut self) -> bool {
        let rest = self.rest();
        let behind = rest.trim_start();
        self.at += rest.len() - behind.len();
        behind.len() < rest.len()
    }
    pub fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }
    /// Takes the longest of these phrases.
    pub fn take<T: Copy>(&mut self, phrases: &Phrases<T>) -> Option<T> {
        let (length, meaning) = phrases.at(self.rest())?;
        self.at += length;
        Some(meaning)
    }
    /// Takes the longest of these ends of a word, if one stands here.
    pub fn end(&mut self, ends: &[String]) -> bool {
        let fits = |end: &&String| self.rest().get(..end.len()).is_some_and(|own| same(own, end));
        let longest = ends.iter().filter(fits).max_by_key(|end| end.len());
        self.at += longest.map_or(0, String::len);
        longest.is_some()
    }
    /// Takes the name of a month, and gives it.
    pub fn month(&mut self) -> Option<(Month, &'a str)> {
        let word = first_word(self.rest());
        Some((self.take(&self.language.words().dates.months)?, word))
    }
    /// Takes `of`, and the white space behind it.
    pub fn of(&mut self) -> bool {
        let mut look = *self;
        let is_of = look.take(&self.language.words().dates.of).is_some() && look.spaces();
        if is_of {
            *self = look;
        }
        is_of
    }
    /// Takes a day of a month.
    pub fn day(&mut self) -> Option<(u32, usize)> {
        let day = self.number(1, 2)?;
        self.end(&self.language.words().dates.day_ends);
        Some(day)
    }
    /// Takes a year: `1992`, `'92`, `1992 г.`.
    pub fn year(&mut self) -> Option<i32> {
        let mut look = *self;
        if look.eat("'") || look.eat("’") {
            let (short, _) = look.number(2, 2)?;
            *self = look;
            let century = if short < 70 { 2000 } else { 1900 };
            return i32::try_from(short + century).ok();
        }
        let (year, _) = self.number(4, 4)?;
        look = *self;
        look.spaces();
        if look.take(&self.language.words().dates.year).is_some() {
            *self = look;
        }
        i32::try_from(year).ok()
    }
    /// Takes the letter of a quarter or a half; whether it is that of a half.
    pub fn letter(&mut self) -> Option<bool> {
        let dates = &self.language.words().dates;
        let word = first_word(self.rest());
        let is_half = dates.half_letters.has(word);
        (is_half || dates.quarter_letters.has(word)).then(|| {
            self.at += word.len();
            is_half
        })
    }
    /// Takes a dash or `to` between two ends.
    pub fn to(&mut self) -> bool {
        let mut look = *self;
        let is_apart = look.spaces();
        let is_word = is_apart && look.take(&self.language.words().to).is_some();
        let is_to = is_word && look.spaces()
            || !is_word && ["-", "–", "—", "\u{2010}", "\u{2011}"].iter().any(|d| look.eat(d));
        if is_to {
            look.spaces();
            *self = look;
        }
        is_to
    }
    /// The day that has been read up to here.
    pub fn whole(&self, (year, month, day): (i32, u32, u32), shape: Option<Shape>) -> Scan {
        let days = match why_impossible(year, month, day) {
            Some(why) => Err(NoDays::Impossible(why)),
            None => Ok(Days::day(days_from_civil(year, month, day))),
        };
        Scan { end: self.at, days, shape }
    }
    /// The chunk of days that has been read up to here.
    pub fn chunk(&self, days: Days) -> Scan {
        Scan { end: self.at, days: Ok(days), shape: None }
    }
}
