//! Dates as people write them in running text.

use crate::value::Days;
use crate::value::date_list::impossible;
use crate::value::language::Language;
use crate::value::language::words::Month;
use crate::value::prose_scan::{Cursor, Scan};
pub use crate::value::prose_scan::{Order, Shape};
use crate::value::prose_span::span_at;
use crate::value::unread::{DATE_UNREADABLE, Unread};

/// A date read out of prose, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseDate {
    /// What it means.
    pub days: Days,
    /// How it was written, for whole days.
    pub shape: Option<Shape>,
}

fn padded(day: u32, digits: usize) -> Option<bool> {
    (day < 10).then_some(digits == 2)
}

fn named(order: Order, day: (u32, usize), (month, word): (Month, &str)) -> Option<Shape> {
    let capital = word.chars().next().map(char::is_uppercase);
    Some(Shape { order, padded: padded(day.0, day.1), short: month.is_short, capital })
}

/// `May 18, 1992`.
fn month_first(mut c: Cursor<'_>) -> Option<Scan> {
    let month = c.month()?;
    c.spaces().then_some(())?;
    let day = c.day()?;
    let comma = c.eat(",");
    (c.spaces() || comma).then_some(())?;
    let year = c.year()?;
    Some(c.whole((year, month.0.number, day.0), named(Order::MonthDay, day, month)))
}

/// `18 May 1992`, `18th of May 1992`, `18. May 1992`, `18-May-1992`, `18 de mayo de 1992`.
fn day_first(mut c: Cursor<'_>) -> Option<Scan> {
    let day = c.day()?;
    let is_hyphened = c.eat("-");
    if !is_hyphened {
        c.spaces();
        c.of();
    }
    let month = c.month()?;
    match is_hyphened {
        true => c.eat("-").then_some(())?,
        false => {
            c.eat(",");
            c.spaces();
            c.of();
        }
    }
    let year = c.year()?;
    Some(c.whole((year, month.0.number, day.0), named(Order::DayMonth, day, month)))
}

/// `18.05.1992`, where the language leaves no doubt which number is the day.
fn in_digits(mut c: Cursor<'_>) -> Option<Scan> {
    let signs = &c.language.words().dates.day_first;
    let (day, digits) = c.number(1, 2)?;
    let sign = *signs.iter().find(|sign| c.rest().starts_with(**sign))?;
    c.at += sign.len_utf8();
    let (month, _) = c.number(1, 2)?;
    c.rest().starts_with(sign).then_some(())?;
    c.at += sign.len_utf8();
    let year = c.year()?;
    let order = Order::Numeric(sign);
    let shape = Shape { order, padded: padded(day, digits), short: None, capital: None };
    Some(c.whole((year, month, day), Some(shape)))
}

/// `1992-05-18`.
fn year_first(mut c: Cursor<'_>) -> Option<Scan> {
    let year = c.year()?;
    c.eat("-").then_some(())?;
    let (month, _) = c.number(2, 2)?;
    c.eat("-").then_some(())?;
    let (day, _) = c.number(2, 2)?;
    let shape = Shape { order: Order::YearFirst, padded: None, short: None, capital: None };
    Some(c.whole((year, month, day), Some(shape)))
}

/// The longest date that begins at a byte of a text.
fn scan(text: &str, at: usize, language: Language) -> Option<Scan> {
    let c = Cursor { text, at, language };
    let all = [month_first(c), day_first(c), year_first(c), in_digits(c), span_at(c)];
    let is_whole = |scan: &Scan| {
        let next = text.get(scan.end..).and_then(|t| t.chars().next());
        next.is_none_or(|c| !c.is_alphanumeric())
    };
    all.into_iter().flatten().filter(is_whole).max_by_key(|scan| scan.end)
}

/// Where the longest date ends that begins at a byte of a text, whether there is such a day or not.
pub fn date_at(text: &str, at: usize, language: Language) -> Option<usize> {
    scan(text, at, language).map(|scan| scan.end)
}

/// Reads `may 18, 1992`, `18 May 1992`, `May 1992`, `1992`, `1992-05-18`, `1988-1992`, `Q3 2020`.
///
/// # Errors
/// `date-impossible` where there is no such day, `date-unreadable` where it is no date.
pub fn read_prose_date(text: &str, language: Language) -> Result<ProseDate, Unread> {
    let Some(found) = scan(text, 0, language).filter(|s| s.end == text.len()) else {
        let is_numeric = text.contains(['.', '/']) && !text.contains(char::is_alphabetic);
        let help = match is_numeric {
            true => {
                "which number is the day and which the month is declared: `format = \"%d.%m.%Y\"` for the column"
            }
            false => {
                "dates in text are written like `18 May 1992`, `May 18, 1992`, `May 1992`, `1992`, `1988-1992` and `1992-05-18`"
            }
        };
        return Err(Unread {
            fault: &DATE_UNREADABLE,
            message: format!("`{text}` is not a date"),
            label: "not a date".into(),
            help: Some(help.into()),
            at: 0..text.len(),
        });
    };
    match found.days {
        Ok(days) => Ok(ProseDate { days, shape: found.shape }),
        Err(why) => Err(impossible(text, &why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_none_are_dates_all_the_same() {
        assert_eq!(
            read_prose_date("june 31, 1993", Language::default()).unwrap_err().label,
            "June has 30 days"
        );
        assert_eq!(date_at("june 31, 1993, territory", 0, Language::default()), Some(13));
        assert_eq!(date_at("1988-1992, t", 0, Language::default()), Some(9));
        assert_eq!(date_at("19921", 0, Language::default()), None);
        assert!(read_prose_date("soon", Language::default()).is_err());
    }

    #[test]
    fn formats_differ_where_one_cannot_be_the_other() {
        let shape = |t: &str| read_prose_date(t, Language::default()).unwrap().shape.unwrap();
        assert!(!shape("may 08, 1992").agrees(&shape("april 2, 1993")));
        assert!(shape("may 18, 1992").agrees(&shape("april 2, 1993")));
        assert!(!shape("18 May 1992").agrees(&shape("May 18, 1992")));
    }
}
