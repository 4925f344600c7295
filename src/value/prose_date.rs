//! Dates as people write them in running English text.

use crate::value::date::{Days, days_from_civil, month_of, why_impossible};
use crate::value::date_list::impossible;
use crate::value::unread::{DATE_UNREADABLE, Unread};

/// A date read out of prose, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseDate {
    /// What it means.
    pub days: Days,
    /// How it was written, for whole days.
    pub shape: Option<Shape>,
}

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
        }
    }
}

#[derive(Debug, Clone)]
struct Scan {
    len: usize,
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
    last_year: Option<i32>,
    shape: Option<Shape>,
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
    fn number(&mut self, least: usize, most: usize) -> Option<(u32, usize)> {
        let n = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if n < least || n > most {
            return None;
        }
        let value = self.rest()[..n].parse().ok()?;
        self.at += n;
        Some((value, n))
    }
    fn spaces(&mut self) -> bool {
        let before = self.at;
        self.at += self
            .rest()
            .chars()
            .take_while(|c| c.is_whitespace())
            .map(char::len_utf8)
            .sum::<usize>();
        self.at > before
    }
    fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }
    fn word(&mut self) -> &'a str {
        let n: usize =
            self.rest().chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
        let word = &self.rest()[..n];
        self.at += n;
        word
    }
    fn month(&mut self) -> Option<(u32, &'a str)> {
        let word = self.word();
        let month = month_of(word)?;
        if word.len() <= 4 {
            self.eat(".");
        }
        Some((month, word))
    }
    fn ordinal(&mut self) {
        for suffix in ["st", "nd", "rd", "th"] {
            if self.eat(suffix) {
                return;
            }
        }
    }
    fn year(&mut self) -> Option<i32> {
        let (year, _) = self.number(4, 4)?;
        i32::try_from(year).ok()
    }
    /// The day that has been read up to here.
    fn day(&self, (year, month, day): (i32, u32, u32), shape: Option<Shape>) -> Option<Scan> {
        let (month, day) = (Some(month), Some(day));
        Some(Scan { len: self.at, year, month, day, last_year: None, shape })
    }
}

fn padded(day: u32, digits: usize) -> Option<bool> {
    (day < 10).then_some(digits == 2)
}

fn named(order: Order, day: (u32, usize), month: &str) -> Option<Shape> {
    let short = (month.len() != 3 || !month.eq_ignore_ascii_case("may")).then_some(
        month.len() <= 4
            && !month.eq_ignore_ascii_case("june")
            && !month.eq_ignore_ascii_case("july"),
    );
    let capital = month.chars().next().map(char::is_uppercase);
    Some(Shape { order, padded: padded(day.0, day.1), short, capital })
}

fn month_first(text: &str) -> Option<Scan> {
    let mut c = Cursor { text, at: 0 };
    let (month, word) = c.month()?;
    if !c.spaces() {
        return None;
    }
    let before_day = c.at;
    if let Some(day) = c.number(1, 2) {
        c.ordinal();
        let comma = c.eat(",");
        if (c.spaces() || comma)
            && c.rest().len() >= 4
            && let Some(year) = c.year()
        {
            return c.day((year, month, day.0), named(Order::MonthDay, day, word));
        }
        return None;
    }
    c.at = before_day;
    let year = c.year()?;
    Some(Scan { len: c.at, year, month: Some(month), day: None, last_year: None, shape: None })
}

fn day_first(text: &str) -> Option<Scan> {
    let mut c = Cursor { text, at: 0 };
    let day = c.number(1, 2)?;
    c.ordinal();
    c.spaces();
    if c.eat("of ") {
        c.spaces();
    }
    let (month, word) = c.month()?;
    c.eat(",");
    c.spaces();
    let year = c.year()?;
    c.day((year, month, day.0), named(Order::DayMonth, day, word))
}

fn year_first(text: &str) -> Option<Scan> {
    let mut c = Cursor { text, at: 0 };
    let year = c.year()?;
    let after_year = c.at;
    if c.eat("-")
        && let Some((month, _)) = c.number(2, 2)
        && c.eat("-")
        && let Some(day) = c.number(2, 2)
    {
        let shape = Shape { order: Order::YearFirst, padded: None, short: None, capital: None };
        return c.day((year, month, day.0), Some(shape));
    }
    c.at = after_year;
    c.spaces();
    if c.eat("-") || c.eat("–") || c.eat("—") {
        c.spaces();
        if let Some(last) = c.year().filter(|&last| last >= year) {
            return Some(Scan {
                len: c.at,
                year,
                month: None,
                day: None,
                last_year: Some(last),
                shape: None,
            });
        }
    }
    Some(Scan { len: after_year, year, month: None, day: None, last_year: None, shape: None })
}

fn scan(text: &str) -> Option<Scan> {
    let found = month_first(text).or_else(|| day_first(text)).or_else(|| year_first(text))?;
    let next = text[found.len..].chars().next();
    next.is_none_or(|c| !c.is_alphanumeric()).then_some(found)
}

/// Reads `may 18, 1992`, `18 May 1992`, `May 1992`, `1992`, `1992-05-18`, `1988-1992`.
///
/// # Errors
/// `date-impossible` where there is no such day, `date-unreadable` where it is no date.
pub fn read_prose_date(text: &str) -> Result<ProseDate, Unread> {
    let Some(found) = scan(text).filter(|s| s.len == text.len()) else {
        return Err(Unread {
            fault: &DATE_UNREADABLE,
            message: format!("`{text}` is not a date"),
            label: "not a date".into(),
            help: Some("dates in text are written like `18 May 1992`, `May 18, 1992`, `May 1992`, `1992`, `1988-1992` and `1992-05-18`".into()),
            at: 0..text.len(),
        });
    };
    let days = match (found.month, found.day) {
        (Some(m), Some(d)) => match why_impossible(found.year, m, d) {
            Some(why) => return Err(impossible(text, &why)),
            None => Days::day(days_from_civil(found.year, m, d)),
        },
        (Some(m), None) => Days::month(found.year, m),
        _ => Days {
            first: Days::year(found.year).first,
            last: Days::year(found.last_year.unwrap_or(found.year)).last,
        },
    };
    Ok(ProseDate { days, shape: found.shape })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ways_people_write() {
        for (text, expect) in [
            ("may 18, 1992", "1992-05-18"),
            ("May 08, 1992", "1992-05-08"),
            ("18 May 1992", "1992-05-18"),
            ("2nd of April 1993", "1993-04-02"),
            ("Sept. 3, 2001", "2001-09-03"),
            ("May 1992", "1992-05"),
            ("1992", "1992"),
            ("1988-1992", "1988-1992"),
            ("1988–1992", "1988-1992"),
            ("1992-05-18", "1992-05-18"),
        ] {
            assert_eq!(read_prose_date(text).unwrap().days.to_text(), expect, "{text}");
        }
        assert_eq!(read_prose_date("june 31, 1993").unwrap_err().label, "June has 30 days");
        let length = |text: &str| scan(text).map(|s| s.len);
        assert_eq!(length("june 31, 1993, territory"), Some(13));
        assert_eq!(length("1988-1992, t"), Some(9));
        assert_eq!(length("19921"), None);
        assert!(read_prose_date("soon").is_err());
    }

    #[test]
    fn formats_differ_where_one_cannot_be_the_other() {
        let shape = |t: &str| read_prose_date(t).unwrap().shape.unwrap();
        assert!(!shape("may 08, 1992").agrees(&shape("april 2, 1993")));
        assert!(shape("may 18, 1992").agrees(&shape("april 2, 1993")));
        assert!(!shape("18 May 1992").agrees(&shape("May 18, 1992")));
    }
}
