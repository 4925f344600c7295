//! Fiscal years in running text, and lengths of time that end with a month or a day.

use crate::value::date::{Days, civil_from_days, days_from_civil, days_in_month};
use crate::value::language::phrases::first_word;
use crate::value::prose_day::{day_first, month_first};
use crate::value::prose_scan::{Cursor, NoDays, Scan, Undeclared};
use crate::value::prose_span::named_part;

/// Signs between two years that follow each other.
const SIGNS: [&str; 5] = ["/", "-", "\u{2010}", "\u{2011}", "–"];

/// The longest fiscal year that begins here, or a part of one, or a length of time up to a month or a day.
pub(crate) fn fiscal_at(c: Cursor<'_>) -> Option<Scan> {
    let all = [whole(c), part_first(c), part_last(c), months_to(c)];
    all.into_iter().flatten().max_by_key(|scan| scan.end)
}

/// What a whole text says where it can only be a fiscal year or a part of one: `2024` too.
pub(crate) fn fiscal_cell(c: Cursor<'_>) -> Option<Scan> {
    let lone = || {
        let mut c = c;
        let (year, _) = c.number(4, 4)?;
        Some(scan(&c, Year::Called(i32::try_from(year).ok()?), None))
    };
    let pair = || {
        let mut c = c;
        let first = pair(&mut c)?.first;
        Some(scan(&c, Year::First(first), None))
    };
    let all = [lone(), fiscal_at(c), pair()];
    all.into_iter().flatten().max_by_key(|scan| scan.end)
}

/// How a fiscal year is written.
#[derive(Clone, Copy)]
enum Year {
    /// By one year.
    Called(i32),
    /// By the first of two.
    First(i32),
    /// As a month is written, too.
    Doubtful,
}

/// The scan up to here: a fiscal year, or the months of it behind so many others.
fn scan(c: &Cursor<'_>, year: Year, months: Option<(u32, u32)>) -> Scan {
    let days = || {
        let fiscal = c.fiscal.ok_or(Undeclared::Start)?;
        let first = match year {
            Year::First(first) => first,
            Year::Called(called) => fiscal.first_of(called).ok_or(Undeclared::Named)?,
            Year::Doubtful => return Err(Undeclared::Kind),
        };
        let (behind, count) = months.unwrap_or((0, 12));
        Ok(fiscal.months(first, behind, count))
    };
    Scan { end: c.at, days: days().map_err(NoDays::NoFiscalYear), shape: None }
}

/// `FY2024`, `fiscal 2024`, `the 2023/24 financial year`, and `2023/24` where fiscal years are declared.
fn whole(mut c: Cursor<'_>) -> Option<Scan> {
    let year = named(&mut c)?;
    Some(scan(&c, year, None))
}

/// `Q3 FY2024`, `third quarter of fiscal 2024`, `first half of 2023/24`.
fn part_first(mut c: Cursor<'_>) -> Option<Scan> {
    let (is_half, number) = named_part(&mut c)?;
    c.eat(",");
    c.spaces();
    c.of();
    let year = named(&mut c)?;
    Some(scan(&c, year, Some(months(is_half, number)?)))
}

/// `FY2024 Q3`, `FY24Q3`, `2023/24 Q3`.
fn part_last(mut c: Cursor<'_>) -> Option<Scan> {
    let year = named(&mut c)?;
    if !c.spaces() {
        c.eat("-");
    }
    let is_half = c.letter()?;
    let (number, _) = c.number(1, 1)?;
    Some(scan(&c, year, Some(months(is_half, number)?)))
}

/// How many months stand before a part of a year, and how many it has.
fn months(is_half: bool, number: u32) -> Option<(u32, u32)> {
    let count = if is_half { 6 } else { 3 };
    let behind = number.checked_sub(1)? * count;
    (behind < 12).then_some((behind, count))
}

/// Takes a year that words call fiscal, or two years that mean one where a rule declares it.
fn named(c: &mut Cursor<'_>) -> Option<Year> {
    if let Some(year) = behind_words(c) {
        return Some(year);
    }
    let mut look = *c;
    let digits = look.rest().bytes().take_while(u8::is_ascii_digit).count();
    let both = pair(&mut look).filter(|_| digits == 4);
    let year = match both {
        Some(pair) => Year::First(pair.first),
        None => Year::Called(look.year()?),
    };
    let mut words = look;
    if (words.spaces() || words.eat("-")) && words.take(&c.language.dates.fiscal_behind).is_some() {
        *c = words;
        return Some(year);
    }
    let both = both.filter(|pair| c.fiscal.is_some() && pair.is_year)?;
    *c = look;
    Some(if both.is_month { Year::Doubtful } else { Year::First(both.first) })
}

/// Takes `FY2024`, `FY24`, `fiscal year 2023-24`.
fn behind_words(c: &mut Cursor<'_>) -> Option<Year> {
    let dates = &c.language.words().dates;
    let mut look = *c;
    let word = first_word(look.rest());
    let is_letters = dates.fiscal_letters.has(word);
    if is_letters {
        look.at += word.len();
        if !look.spaces() {
            look.eat("-");
        }
    } else {
        look.take(&dates.fiscal)?;
        look.spaces().then_some(())?;
    }
    let mut both = look;
    if let Some(pair) = pair(&mut both) {
        *c = both;
        return Some(Year::First(pair.first));
    }
    let year = match look.year() {
        Some(year) => year,
        // `FY24`
        None if is_letters => 2000 + i32::try_from(look.number(2, 2)?.0).ok()?,
        None => return None,
    };
    *c = look;
    Some(Year::Called(year))
}

/// Two years that follow each other.
#[derive(Clone, Copy)]
struct Pair {
    first: i32,
    /// Whether a rule that declares fiscal years makes one of it; `2023-2024` are two years.
    is_year: bool,
    /// Whether it may be a month.
    is_month: bool,
}

/// Takes `2023/24`, `2023-24`, `2023–2024`, `23/24`.
fn pair(c: &mut Cursor<'_>) -> Option<Pair> {
    let mut look = *c;
    let (first, digits) = look.number(2, 4).filter(|n| n.1 != 3)?;
    let sign = SIGNS.into_iter().find(|sign| look.eat(sign))?;
    let (last, own) = look.number(2, 4)?;
    let follows = match (digits, own) {
        (4, 4) => last == first + 1,
        (_, 2) => last == (first + 1) % 100,
        _ => false,
    };
    let first = i32::try_from(if digits == 2 { first + 2000 } else { first }).ok()?;
    follows.then(|| {
        *c = look;
        let is_month = sign == "-" && own == 2 && (1..=12).contains(&last);
        Pair { first, is_year: sign == "/" || own == 2, is_month }
    })
}

/// `the year to March 2024`, `the three months ended 30 June 2024`.
fn months_to(mut c: Cursor<'_>) -> Option<Scan> {
    let dates = &c.language.words().dates;
    let months = match c.take(&dates.year_to) {
        Some(months) => months,
        None => {
            let count = match c.number(1, 2) {
                Some((count, _)) => i64::from(count),
                None => c.take(&c.language.words().numbers)?,
            };
            c.spaces().then_some(())?;
            c.take(&dates.months_to)?;
            count
        }
    };
    let months = i32::try_from(months).ok().filter(|months| (1..=99).contains(months))?;
    c.spaces().then_some(())?;
    if c.take(&dates.end_of).is_some() && !c.eat("-") {
        c.spaces().then_some(())?;
    }
    let day = [day_first(c), month_first(c)].into_iter().flatten().max_by_key(|scan| scan.end);
    let until = day.or_else(|| {
        let (month, _) = c.month()?;
        let has_comma = c.eat(",");
        (c.spaces() || has_comma).then_some(())?;
        c.of();
        let year = c.year()?;
        Some(c.chunk(Days::month(year, month.number)))
    })?;
    let days =
        until.days.map(|until| Days { first: earlier(until.last + 1, months), last: until.last });
    Some(Scan { days, end: until.end, shape: None })
}

/// The day so many months before one.
fn earlier(day: i32, months: i32) -> i32 {
    let civil = civil_from_days(day);
    let all = civil.year * 12 + i32::try_from(civil.month).unwrap_or(1) - 1 - months;
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12).unsigned_abs() + 1);
    days_from_civil(year, month, civil.day.min(days_in_month(year, month)))
}
