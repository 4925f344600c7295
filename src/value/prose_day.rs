//! Whole days in running text.

use crate::value::language::months::Month;
use crate::value::prose_scan::{Cursor, NoDays, Order, Scan, Shape};

fn padded(day: u32, digits: usize) -> Option<bool> {
    (day < 10).then_some(digits == 2)
}

fn named(order: Order, day: (u32, usize), (month, word): (Month, &str)) -> Option<Shape> {
    let capital = word.chars().next().map(char::is_uppercase);
    Some(Shape { order, padded: padded(day.0, day.1), short: month.is_short, capital })
}

/// `May 18, 1992`.
pub(crate) fn month_first(mut c: Cursor<'_>) -> Option<Scan> {
    let month = c.month()?;
    c.spaces().then_some(())?;
    let day = c.day()?;
    let comma = c.eat(",");
    (c.spaces() || comma).then_some(())?;
    let year = c.year()?;
    Some(c.whole((year, month.0.number, day.0), named(Order::MonthDay, day, month)))
}

/// `18 May 1992`, `18th of May 1992`, `18. May 1992`, `18-May-1992`, `18 de mayo de 1992`.
pub(crate) fn day_first(mut c: Cursor<'_>) -> Option<Scan> {
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

/// `18.05.1992` and `18. 5. 1992`, where the language leaves no doubt which number is the day.
pub(crate) fn in_digits(mut c: Cursor<'_>) -> Option<Scan> {
    let signs = &c.language.words().dates.day_first;
    let (day, digits) = c.number(1, 2)?;
    let sign = *signs.iter().find(|sign| c.rest().starts_with(**sign))?;
    c.at += sign.len_utf8();
    let is_spaced = sign == '.' && c.spaces();
    let (month, _) = c.number(1, 2)?;
    c.rest().starts_with(sign).then_some(())?;
    c.at += sign.len_utf8();
    (c.spaces() == is_spaced).then_some(())?;
    let year = c.year()?;
    let order = Order::Numeric(sign);
    let shape = Shape { order, padded: padded(day, digits), short: None, capital: None };
    Some(c.whole((year, month, day), Some(shape).filter(|_| !is_spaced)))
}

/// `1992-05-18`.
pub(crate) fn year_first(mut c: Cursor<'_>) -> Option<Scan> {
    let year = c.year()?;
    c.eat("-").then_some(())?;
    let (month, _) = c.number(2, 2)?;
    c.eat("-").then_some(())?;
    let (day, _) = c.number(2, 2)?;
    let shape = Shape { order: Order::YearFirst, padded: None, short: None, capital: None };
    Some(c.whole((year, month, day), Some(shape)))
}

/// `30 July`, `July 30`, `30–31 July`.
pub(crate) fn without_year(c: Cursor<'_>) -> Option<Scan> {
    let mut look = c;
    if month(&mut look).is_some() {
        look.spaces().then_some(())?;
        days(&mut look)?;
    } else {
        look = c;
        days(&mut look)?;
        look.spaces();
        look.of();
        month(&mut look)?;
    }
    Some(Scan { end: look.at, days: Err(NoDays::NoYear), shape: None })
}

/// Takes a day of a month, or the first and the last of several.
fn days(c: &mut Cursor<'_>) -> Option<()> {
    let day = |c: &mut Cursor<'_>| {
        let is_day = (1..=31).contains(&c.day()?.0);
        // `There were 30. May was cold.`
        let has_stop = c.text.get(..c.at).is_some_and(|text| text.ends_with('.'));
        let takes_stop = c.language.words().ordinal_ends.iter().any(|end| end == ".");
        (is_day && (takes_stop || !has_stop)).then_some(())
    };
    day(c)?;
    let mut last = *c;
    if last.to() && day(&mut last).is_some() {
        *c = last;
    }
    Some(())
}

/// Takes the name of a month that is written as such: `30 May`, but `30 may`.
pub(crate) fn month<'a>(c: &mut Cursor<'a>) -> Option<&'a str> {
    let has_capitals = c.language.words().dates.months.has_capitals;
    let word = c.month()?.1;
    (!has_capitals || word.starts_with(char::is_uppercase)).then_some(word)
}
