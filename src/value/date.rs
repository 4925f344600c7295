//! The calendar: days, and chunks of days.

use serde::{Deserialize, Serialize};

/// A day of the (proleptic) Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil {
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

/// Some day from `first` to `last`, both included; days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Days {
    /// The earliest it can be.
    pub first: i32,
    /// The latest it can be.
    pub last: i32,
}

/// Microseconds of one day.
pub const DAY_MICROS: i64 = 86_400_000_000;
/// 0000-01-01: years are written with four digits.
const FIRST_DAY: i32 = -719_528;
/// 9999-12-31.
const LAST_DAY: i32 = 2_932_896;

/// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
pub fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let y = i64::from(year) - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let shifted = (i64::from(month) + 9).rem_euclid(12);
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    saturated(era * 146_097 + day_of_era - 719_468)
}

/// The nearest number of days that can be counted.
fn saturated(days: i64) -> i32 {
    i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
}

/// The day that a number of microseconds since 1970-01-01 falls on.
pub fn day_of_micros(micros: i64) -> i32 {
    saturated(micros.div_euclid(DAY_MICROS))
}

/// The day that is `days` after 1970-01-01 (Howard Hinnant's `civil_from_days`).
pub fn civil_from_days(days: i32) -> Civil {
    // 1970-01-01 is day 135,080 of the fifth era of 400 years.
    let shifted = days.rem_euclid(146_097) + 135_080;
    let era = days.div_euclid(146_097) + 4 + shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1).unsigned_abs();
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 }.unsigned_abs();
    Civil { year: year_of_era + era * 400 + i32::from(month <= 2), month, day }
}

/// Whether February has 29 days.
pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 => 28 + u32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// How many days a year has.
pub(crate) fn days_in_year(year: i32) -> i32 {
    365 + i32::from(is_leap(year))
}

/// How many ISO weeks a year has: 53 where it starts, or ends, on a Thursday.
pub(crate) fn weeks_in_year(year: i32) -> u32 {
    let ends = [(1, 1), (12, 31)].map(|(m, d)| weekday(days_from_civil(year, m, d)));
    52 + u32::from(ends.contains(&4))
}

/// The English names of the months.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The English names of the days of the week.
pub(crate) const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The one of `names` with this number, from 1.
fn named(names: &[&'static str], number: u32) -> &'static str {
    let found = usize::try_from(number).ok().and_then(|n| names.get(n.checked_sub(1)?));
    found.copied().unwrap_or("?")
}

/// The English name of a month.
pub fn month_name(month: u32) -> &'static str {
    named(&MONTHS, month)
}

/// The English name of a day of the week, Monday being 1.
pub(crate) fn weekday_name(weekday: u32) -> &'static str {
    named(&WEEKDAYS, weekday)
}

/// The month that a name or an abbreviation of three letters (or `sept`) means.
pub fn month_of(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    let means = |m: &str| {
        let m = m.to_lowercase();
        m == lower
            || lower.len() == 3 && m.starts_with(&lower)
            || lower == "sept" && m == "september"
    };
    (1..).zip(MONTHS).find(|(_, m)| means(m)).map(|(number, _)| number)
}

/// 1 for Monday to 7 for Sunday.
pub fn weekday(days: i32) -> u32 {
    ((days.rem_euclid(7) + 3) % 7 + 1).unsigned_abs()
}

/// Why there is no such day; `None` where there is.
pub fn why_impossible(year: i32, month: u32, day: u32) -> Option<String> {
    if !(1..=12).contains(&month) {
        return Some(format!("there is no month {month}"));
    }
    if day >= 1 && day <= days_in_month(year, month) {
        return None;
    }
    if day == 0 {
        return Some("there is no day 0".into());
    }
    if month == 2 && day == 29 {
        return Some(format!("{year} is not a leap year"));
    }
    Some(format!("{} has {} days", month_name(month), days_in_month(year, month)))
}

impl Days {
    /// One day.
    pub fn day(day: i32) -> Days {
        Days { first: day, last: day }
    }
    /// A whole year.
    pub fn year(year: i32) -> Days {
        Days { first: days_from_civil(year, 1, 1), last: days_from_civil(year, 12, 31) }
    }
    /// A whole month.
    pub fn month(year: i32, month: u32) -> Days {
        Days {
            first: days_from_civil(year, month, 1),
            last: days_from_civil(year, month, days_in_month(year, month)),
        }
    }
    /// So many days later; nothing where the calendar ends before.
    pub fn later(self, days: i64) -> Option<Days> {
        let shift = |day: i32| {
            let day = i32::try_from(i64::from(day).checked_add(days)?).ok()?;
            (FIRST_DAY..=LAST_DAY).contains(&day).then_some(day)
        };
        Some(Days { first: shift(self.first)?, last: shift(self.last)? })
    }
    /// A quarter of a year, 1 to 4.
    pub(crate) fn quarter(year: i32, quarter: u32) -> Option<Days> {
        let last = quarter.checked_mul(3).filter(|m| (3..=12).contains(m))?;
        let first = Days::month(year, last - 2).first;
        Some(Days { first, last: Days::month(year, last).last })
    }
    /// An ISO week, Monday to Sunday; the first one of a year has its 4 January.
    pub(crate) fn week(year: i32, week: u32) -> Option<Days> {
        let fourth = days_from_civil(year, 1, 4);
        let into = i32::try_from(weekday(fourth)).ok()?.checked_sub(1)?;
        let weeks = i32::try_from(week).ok()?.checked_sub(1)?;
        let first = fourth.checked_sub(into)?.checked_add(weeks.checked_mul(7)?)?;
        Some(Days { first, last: first.checked_add(6)? })
    }
    /// With one of its units more on each side: a day, a month, a year; itself, where it is something
    /// else.
    #[must_use]
    pub(crate) fn give_or_take(self) -> Days {
        let (a, b) = (civil_from_days(self.first), civil_from_days(self.last));
        let years = Days { last: Days::year(b.year).last, ..Days::year(a.year) };
        if self.is_day() {
            Days { first: self.first.saturating_sub(1), last: self.last.saturating_add(1) }
        } else if self == Days::month(a.year, a.month) {
            let before = if a.month == 1 { (a.year - 1, 12) } else { (a.year, a.month - 1) };
            let after = if a.month == 12 { (a.year + 1, 1) } else { (a.year, a.month + 1) };
            let first = Days::month(before.0, before.1).first;
            Days { first, last: Days::month(after.0, after.1).last }
        } else if self == years {
            Days { first: Days::year(a.year - 1).first, last: Days::year(b.year + 1).last }
        } else {
            let length = self.last - self.first + 1;
            Days { first: self.first - length, last: self.last + length }
        }
    }
    /// The first, the second or the last third of it.
    #[must_use]
    pub(crate) fn third(self, number: i32) -> Days {
        let length = self.last - self.first + 1;
        let at = |thirds: i32| self.first + length * thirds / 3;
        Days { first: at(number), last: at(number + 1) - 1 }
    }
    /// Whether it is one day.
    pub fn is_day(self) -> bool {
        self.first == self.last
    }
    /// `2 April 1993`; longer chunks as they are written.
    pub fn in_words(self) -> String {
        let c = civil_from_days(self.first);
        match self.is_day() {
            true => format!("{} {} {}", c.day, month_name(c.month), c.year),
            false => self.to_text(),
        }
    }
    /// `1993-04-02`, `1993-04`, `1993`, `1988-1992`, or both ends.
    pub fn to_text(self) -> String {
        let (a, b) = (civil_from_days(self.first), civil_from_days(self.last));
        let iso = |c: Civil| format!("{:04}-{:02}-{:02}", c.year, c.month, c.day);
        if self.is_day() {
            iso(a)
        } else if self == Days::year(a.year) {
            format!("{:04}", a.year)
        } else if self == Days::month(a.year, a.month) {
            format!("{:04}-{:02}", a.year, a.month)
        } else if a.month == 1 && a.day == 1 && b.month == 12 && b.day == 31 {
            format!("{:04}-{:04}", a.year, b.year)
        } else {
            format!("{} to {}", iso(a), iso(b))
        }
    }
}

/// Whole months from `from` to `to`.
pub fn months_between(from: i32, to: i32) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    let (a, b) = (civil_from_days(from), civil_from_days(to));
    let months =
        (i64::from(b.year) - i64::from(a.year)) * 12 + i64::from(b.month) - i64::from(a.month);
    months - i64::from(b.day < a.day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate};

    fn days_of(date: NaiveDate) -> i32 {
        days_from_civil(date.year(), date.month(), date.day())
    }

    #[test]
    fn calendar_agrees_with_chrono() {
        let mut date = NaiveDate::from_ymd_opt(1600, 1, 1).unwrap();
        let end = NaiveDate::from_ymd_opt(2400, 12, 31).unwrap();
        let mut days = days_of(date);
        while date <= end {
            let c = civil_from_days(days);
            assert_eq!((c.year, c.month, c.day), (date.year(), date.month(), date.day()));
            assert_eq!(days_of(date), days);
            assert_eq!(weekday(days), date.weekday().number_from_monday());
            date = date.succ_opt().unwrap();
            days += 1;
        }
    }

    #[test]
    fn no_day_leaves_the_calendar() {
        let (first, last) = (Days::day(FIRST_DAY), Days::day(LAST_DAY));
        assert_eq!((first.to_text(), last.to_text()), ("0000-01-01".into(), "9999-12-31".into()));
        assert_eq!(first.later(-1), None);
        assert_eq!(last.later(1), None);
        assert_eq!(first.later(3_652_424), Some(last));
        for days in [i64::MIN, i64::MAX, -2_000_000_000, 1 << 32] {
            assert_eq!(Days::day(0).later(days), None, "{days}");
        }
        for day in [i32::MIN, i32::MIN + 1, -719_469, i32::MAX - 1, i32::MAX] {
            let c = civil_from_days(day);
            assert_eq!(days_from_civil(c.year, c.month, c.day), day);
            assert!((1..=7).contains(&weekday(day)));
        }
        assert_eq!(days_from_civil(i32::MAX, 12, 31), i32::MAX);
        assert_eq!(days_from_civil(i32::MIN, u32::MAX, 1), i32::MIN);
        assert!(months_between(i32::MIN, i32::MAX) > 0);
        assert_eq!((month_name(0), month_name(13), month_of("SEPT")), ("?", "?", Some(9)));
        assert_eq!(day_of_micros(-1), -1);
    }

    #[test]
    fn months_count_whole_ones() {
        let d = |t: &str| days_of(t.parse().unwrap());
        assert_eq!(months_between(d("2020-01-31"), d("2020-02-29")), 0);
        assert_eq!(months_between(d("2020-01-15"), d("2021-01-15")), 12);
        assert_eq!(months_between(d("2021-01-15"), d("2020-01-16")), -11);
    }
}
