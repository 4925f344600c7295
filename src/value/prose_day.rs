//! Whole days in running text.

use crate::value::language::words::Month;
use crate::value::prose_scan::{Cursor, Order, Scan, Shape};

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
