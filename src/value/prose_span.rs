//! Chunks of days in running text: months, years, decades, quarters, thirds of them.

use crate::value::date::Days;
use crate::value::prose::{goes_on, is_behind_first, is_no_short_year};
use crate::value::prose_scan::{Cursor, Scan};

/// The longest chunk that begins here.
pub(crate) fn span_at(c: Cursor<'_>) -> Option<Scan> {
    let all = [part(c), chunk(c), days_of_month(c), days_in_month(c), months(c)];
    all.into_iter().flatten().max_by_key(|scan| scan.end)
}

/// `early May 1992`, `mid-1992`, `late in the 1980s`: a third of it.
fn part(mut c: Cursor<'_>) -> Option<Scan> {
    let dates = &c.language.words().dates;
    let third = [&dates.early, &dates.mid, &dates.late];
    let third = (0..).zip(third).find_map(|(n, words)| c.take(words).map(|()| n))?;
    if !c.eat("-") {
        c.spaces().then_some(())?;
        if c.take(&dates.within).is_some() {
            c.spaces();
        }
    }
    let whole = chunk(c).into_iter().chain(months(c)).max_by_key(|scan| scan.end)?;
    let days = whole.days.ok()?.third(third);
    Some(Scan { days: Ok(days), ..whole })
}

/// A month, a year, several years, a decade, a quarter, a half.
fn chunk(c: Cursor<'_>) -> Option<Scan> {
    let all = [month(c), years(c), decade(c), quarter_first(c), quarter_last(c)];
    all.into_iter().flatten().max_by_key(|scan| scan.end)
}

/// `May 1992`, `May, 1992`, `May of 1992`, `1992-05`.
fn month(mut c: Cursor<'_>) -> Option<Scan> {
    if c.rest().starts_with(|c: char| c.is_ascii_digit()) {
        let year = c.year()?;
        c.eat("-").then_some(())?;
        let (month, _) = c.number(2, 2).filter(|m| (1..=12).contains(&m.0))?;
        return Some(c.chunk(Days::month(year, month)));
    }
    let (month, _) = c.month()?;
    let has_comma = c.eat(",");
    (c.spaces() || has_comma).then_some(())?;
    c.of();
    let year = c.year()?;
    Some(c.chunk(Days::month(year, month.number)))
}

/// `1992`, `1988-1992`, `1988–92`, `1988/89`.
fn years(mut c: Cursor<'_>) -> Option<Scan> {
    c.rest().starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let start = c.at;
    let first = c.year()?;
    let one = c.chunk(Days::year(first));
    let both = |c: Cursor<'_>, last: i32| {
        c.chunk(Days { first: Days::year(first).first, last: Days::year(last).last })
    };
    let short = |short: u32| {
        let last = first - first.rem_euclid(100) + i32::try_from(short).ok()?;
        Some(if last < first { last + 100 } else { last })
    };
    let mut slash = c;
    if slash.eat("/") {
        let last = match slash.number(2, 4)? {
            (last, 2) => short(last)?,
            (last, 4) => i32::try_from(last).ok()?,
            _ => return None,
        };
        // `1992/05` may be a month.
        return (last == first + 1).then(|| both(slash, last));
    }
    let mut dash = c;
    let is_hyphen = c.rest().starts_with('-');
    if !dash.to() {
        return Some(one);
    }
    let before = c.text.get(..start).unwrap_or_default();
    let is_word = c.rest().starts_with(char::is_whitespace) && is_behind_word(dash);
    let number = dash.number(2, 4).filter(|_| !goes_on(dash.rest()));
    let is_apart = is_word && is_behind_first(before, c.language);
    let is_no_year = || is_word && is_no_short_year(before, dash.rest(), c.language);
    let last = match number.filter(|_| !is_apart) {
        Some((last, 4)) => i32::try_from(last).ok(),
        Some((last, 2)) if (!is_hyphen || last > 12) && !is_no_year() => short(last),
        _ => None,
    };
    Some(match last.filter(|last| *last >= first) {
        Some(last) => both(dash, last),
        None => one,
    })
}

/// Whether a word stands before a place, and no dash.
fn is_behind_word(c: Cursor<'_>) -> bool {
    let before = c.text.get(..c.at).unwrap_or_default();
    before.trim_end().ends_with(char::is_alphabetic)
}

/// `1990s`, `1990er`, `années 1990`; not `1900s`, which may be a century.
fn decade(mut c: Cursor<'_>) -> Option<Scan> {
    let dates = &c.language.words().dates;
    let is_named = c.take(&dates.decade).is_some() && c.spaces();
    c.rest().starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let (first, _) = c.number(4, 4)?;
    let first = i32::try_from(first).ok()?;
    (c.end(&dates.decade_ends) || is_named).then_some(())?;
    (first % 10 == 0 && first % 100 != 0)
        .then(|| c.chunk(Days { first: Days::year(first).first, last: Days::year(first + 9).last }))
}

/// `Q3 2020`, `3Q 2020`, `H1 2020`, `Q3/2020`, `Q3/20`, `Q3'20`, `third quarter of 2020`, `the first half of 2020`.
fn quarter_first(mut c: Cursor<'_>) -> Option<Scan> {
    let (is_half, number) = named_part(&mut c)?;
    let mut short = c;
    if c.text.get(..c.at).is_some_and(|own| own.ends_with(char::is_alphanumeric)) && short.eat("/")
    {
        let year = match short.number(2, 2) {
            Some((year, _)) => i32::try_from(2000 + year).ok()?,
            None => short.year()?,
        };
        return Some(short.chunk(part_of_year(year, is_half, number)?));
    }
    c.eat(",");
    c.spaces();
    c.of();
    let year = c.year()?;
    Some(c.chunk(part_of_year(year, is_half, number)?))
}

/// `2020 Q3`, `2020Q3`, `2020-H1`.
fn quarter_last(mut c: Cursor<'_>) -> Option<Scan> {
    let year = c.number(4, 4).and_then(|y| i32::try_from(y.0).ok())?;
    if !c.spaces() {
        c.eat("-");
    }
    let is_half = c.letter()?;
    let (number, _) = c.number(1, 1)?;
    Some(c.chunk(part_of_year(year, is_half, number)?))
}

/// Takes `Q3`, `3Q`, `third quarter`, `3. Quartal`, `second half`.
pub(crate) fn named_part(c: &mut Cursor<'_>) -> Option<(bool, u32)> {
    let language = c.language.words();
    let dates = &language.dates;
    let mut look = *c;
    let number = look.number(1, 1).map(|number| number.0);
    let mut short = look;
    if let Some(is_half) = short.letter() {
        let number = number.or_else(|| Some(short.number(1, 1)?.0))?;
        *c = short;
        return Some((is_half, number));
    }
    let number = match number {
        Some(number) => {
            look.end(&language.ordinal_ends).then_some(())?;
            number
        }
        None => u32::try_from(look.take(&language.ordinals)?).ok()?,
    };
    if !look.eat("-") {
        look.spaces().then_some(())?;
    }
    let is_half = look.take(&dates.quarter).is_none();
    if is_half {
        look.take(&dates.half)?;
    }
    *c = look;
    Some((is_half, number))
}

fn part_of_year(year: i32, is_half: bool, number: u32) -> Option<Days> {
    if !is_half {
        return Days::quarter(year, number);
    }
    let last = number.checked_mul(2)?;
    let (first, last) = (Days::quarter(year, last.checked_sub(1)?)?, Days::quarter(year, last)?);
    Some(Days { first: first.first, last: last.last })
}

/// `18–20 May 1992`.
fn days_of_month(mut c: Cursor<'_>) -> Option<Scan> {
    let (first, _) = c.day()?;
    c.to().then_some(())?;
    let (last, _) = c.day()?;
    c.spaces();
    c.of();
    let (month, _) = c.month()?;
    c.eat(",");
    c.spaces();
    c.of();
    let year = c.year()?;
    days(c, (year, month.number), first, last)
}

/// `May 18–20, 1992`.
fn days_in_month(mut c: Cursor<'_>) -> Option<Scan> {
    let (month, _) = c.month()?;
    c.spaces().then_some(())?;
    let (first, _) = c.day()?;
    c.to().then_some(())?;
    let (last, _) = c.day()?;
    c.eat(",");
    c.spaces().then_some(())?;
    let year = c.year()?;
    days(c, (year, month.number), first, last)
}

fn days(c: Cursor<'_>, (year, month): (i32, u32), first: u32, last: u32) -> Option<Scan> {
    let whole = Days::month(year, month);
    let most = whole.last - whole.first + 1;
    let (from, to) = (i32::try_from(first).ok()?, i32::try_from(last).ok()?);
    let fits = from >= 1 && from <= to && to <= most;
    fits.then(|| c.chunk(Days { first: whole.first + from - 1, last: whole.first + to - 1 }))
}

/// `May to July 1992`.
fn months(mut c: Cursor<'_>) -> Option<Scan> {
    let (first, _) = c.month()?;
    c.to().then_some(())?;
    let (last, _) = c.month()?;
    c.eat(",");
    c.spaces();
    c.of();
    let year = c.year()?;
    let (first, last) = (first.number, last.number);
    (first < last).then(|| {
        c.chunk(Days { first: Days::month(year, first).first, last: Days::month(year, last).last })
    })
}
