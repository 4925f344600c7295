//! Dates as stretches of days, and the formats they are written in. chrono lives here only.

use chrono::format::{Item, ParseErrorKind, Parsed, StrftimeItems};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::read::{DATE_IMPOSSIBLE, DATE_UNREADABLE, TIME_UNREADABLE, Unread};

/// A day of the (proleptic) Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil {
    /// The year.
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

/// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
pub fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let y = i64::from(year) - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let shifted = i64::from((month + 9) % 12);
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) as i32
}

/// The day that is `days` after 1970-01-01 (Howard Hinnant's `civil_from_days`).
pub fn civil_from_days(days: i32) -> Civil {
    let z = i64::from(days) + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    let year = (year_of_era + era * 400 + i64::from(month <= 2)) as i32;
    Civil { year, month, day }
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

const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The English name of a month.
pub fn month_name(month: u32) -> &'static str {
    MONTHS.get(month as usize - 1).copied().unwrap_or("?")
}

/// The month that a name or an abbreviation of three letters (or `sept`) means.
pub fn month_of(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    MONTHS
        .iter()
        .position(|m| {
            let m = m.to_lowercase();
            m == lower || lower.len() == 3 && m.starts_with(&lower) || lower == "sept" && m == "september"
        })
        .map(|i| i as u32 + 1)
}

/// 1 for Monday to 7 for Sunday.
pub fn weekday(days: i32) -> u32 {
    ((i64::from(days) + 3).rem_euclid(7) + 1) as u32
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
        Days { first: days_from_civil(year, month, 1), last: days_from_civil(year, month, days_in_month(year, month)) }
    }
    /// Whether it is one day.
    pub fn is_day(self) -> bool {
        self.first == self.last
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
    let months = i64::from(b.year - a.year) * 12 + i64::from(b.month) - i64::from(a.month);
    months - i64::from(b.day < a.day)
}

/// A strftime format that can be read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    /// The format as written.
    pub text: String,
    iso: bool,
}

impl DateFormat {
    /// Checks a strftime format.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(text: &str) -> Result<DateFormat, String> {
        if StrftimeItems::new(text).any(|item| matches!(item, Item::Error)) {
            return Err(format!("`{text}` has a `%` that means nothing; day, month and year are %d, %m and %Y"));
        }
        if !text.contains('%') {
            return Err(format!("`{text}` names no part of a date; day, month and year are %d, %m and %Y"));
        }
        Ok(DateFormat { text: text.to_string(), iso: text == "%Y-%m-%d" })
    }

    fn parsed(&self, text: &str) -> Result<Parsed, chrono::ParseError> {
        let mut parsed = Parsed::new();
        chrono::format::parse(&mut parsed, text, StrftimeItems::new(&self.text))?;
        Ok(parsed)
    }

    fn round_trips(&self, date: NaiveDate, text: &str) -> bool {
        date.format(&self.text).to_string() == text
    }

    /// Reads a date, whole or partial (`%Y-%m`, `%Y`), that is written back the same way.
    ///
    /// # Errors
    /// `date-impossible` where there is no such day, `date-unreadable` otherwise.
    pub fn parse_date(&self, text: &str) -> Result<Days, Unread> {
        if self.iso {
            return iso_date(text);
        }
        let parsed = match self.parsed(text) {
            Ok(parsed) => parsed,
            Err(e) if matches!(e.kind(), ParseErrorKind::OutOfRange | ParseErrorKind::Impossible) => {
                return Err(impossible(text, "there is no such day".into()));
            }
            Err(_) => return Err(unreadable(text, &self.text)),
        };
        if let Ok(date) = parsed.to_naive_date() {
            let same = self.round_trips(date, text);
            return if same { Ok(Days::day(days_of(date))) } else { Err(unreadable(text, &self.text)) };
        }
        let year = parsed.year();
        match (year, parsed.month(), parsed.day()) {
            (Some(y), Some(m), Some(d)) => Err(impossible(text, why_impossible(y, m, d).unwrap_or_else(|| "there is no such day".into()))),
            (Some(y), Some(m), None) => self.partial(text, NaiveDate::from_ymd_opt(y, m, 1), Days::month(y, m)),
            (Some(y), None, None) if (0..=9999).contains(&y) => self.partial(text, NaiveDate::from_ymd_opt(y, 1, 1), Days::year(y)),
            _ => Err(unreadable(text, &self.text)),
        }
    }

    fn partial(&self, text: &str, first: Option<NaiveDate>, days: Days) -> Result<Days, Unread> {
        match first.filter(|f| self.round_trips(*f, text)) {
            Some(_) => Ok(days),
            None => Err(unreadable(text, &self.text)),
        }
    }

    /// Reads a date and time: microseconds since 1970-01-01T00:00:00.
    ///
    /// # Errors
    /// `time-unreadable`.
    pub fn parse_datetime(&self, text: &str) -> Result<i64, Unread> {
        NaiveDateTime::parse_from_str(text, &self.text)
            .ok()
            .filter(|t| t.format(&self.text).to_string() == text)
            .map(|t| t.and_utc().timestamp_micros())
            .ok_or_else(|| no_time(text, "a date and time", &self.text))
    }

    /// Reads a time of day: microseconds since midnight.
    ///
    /// # Errors
    /// `time-unreadable`.
    pub fn parse_time(&self, text: &str) -> Result<i64, Unread> {
        NaiveTime::parse_from_str(text, &self.text)
            .ok()
            .filter(|t| t.format(&self.text).to_string() == text)
            .and_then(|t| t.signed_duration_since(NaiveTime::MIN).num_microseconds())
            .ok_or_else(|| no_time(text, "a time", &self.text))
    }

    /// Reads a length of time like `25:10:00` (hours may go beyond 24): microseconds.
    ///
    /// # Errors
    /// `time-unreadable`.
    pub fn parse_duration(&self, text: &str) -> Result<i64, Unread> {
        let wanted = self.text.matches('%').count();
        let parts: Vec<&str> = text.split(':').collect();
        let number = |s: &&str| if s.is_empty() || !s.bytes().all(|b| b.is_ascii_digit()) { None } else { s.parse::<i64>().ok() };
        let numbers: Option<Vec<i64>> = parts.iter().map(number).collect();
        let fits = numbers.filter(|n| n.len() == wanted && parts[1..].iter().all(|p| p.len() == 2) && n[1..].iter().all(|&x| x < 60));
        let seconds = fits.map(|n| match (n.len(), self.text.starts_with("%M")) {
            (3, _) => n[0] * 3600 + n[1] * 60 + n[2],
            (2, true) => n[0] * 60 + n[1],
            (2, false) => n[0] * 3600 + n[1] * 60,
            _ => n[0] * 3600,
        });
        seconds.and_then(|s| s.checked_mul(1_000_000)).ok_or_else(|| no_time(text, "a duration", &self.text))
    }
}

fn days_of(date: NaiveDate) -> i32 {
    days_from_civil(date.year(), date.month(), date.day())
}

/// Exactly `YYYY-MM-DD`.
fn iso_date(text: &str) -> Result<Days, Unread> {
    let b = text.as_bytes();
    let shape = b.len() == 10 && b.iter().enumerate().all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() });
    if !shape {
        return Err(unreadable(text, "%Y-%m-%d"));
    }
    let number = |r: std::ops::Range<usize>| b[r].iter().fold(0u32, |n, c| n * 10 + u32::from(c - b'0'));
    let (y, m, d) = (number(0..4) as i32, number(5..7), number(8..10));
    match why_impossible(y, m, d) {
        None => Ok(Days::day(days_from_civil(y, m, d))),
        Some(why) => Err(impossible(text, why)),
    }
}

/// There is no such day.
pub(super) fn impossible(text: &str, why: String) -> Unread {
    Unread { fault: &DATE_IMPOSSIBLE, message: format!("`{text}` is no day of the calendar: {why}"), label: why, help: None, at: 0..text.len() }
}

/// The text does not follow the format.
pub(super) fn unreadable(text: &str, format: &str) -> Unread {
    const KNOWN: [&str; 9] = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%-d %B %Y", "%B %-d, %Y", "%Y-%m", "%Y"];
    let fits = |f: &&&str| **f != format && DateFormat::new(f).is_ok_and(|f| NaiveDate::parse_from_str(text, &f.text).is_ok_and(|d| f.round_trips(d, text)));
    let like: Vec<String> = KNOWN.iter().filter(fits).map(|f| format!("`{f}`")).collect();
    let help = (!like.is_empty()).then(|| format!("it looks like {}; `format` takes one or a list", like.join(" or ")));
    Unread { fault: &DATE_UNREADABLE, message: format!("`{text}` is not a date written as {format}"), label: format!("not {format}"), help, at: 0..text.len() }
}

fn no_time(text: &str, what: &str, format: &str) -> Unread {
    Unread {
        fault: &TIME_UNREADABLE,
        message: format!("`{text}` is not {what} written as {format}"),
        label: format!("not {format}"),
        help: None,
        at: 0..text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn reads_only_what_it_would_write() {
        let iso = DateFormat::new("%Y-%m-%d").unwrap();
        assert_eq!(iso.parse_date("1993-04-02").unwrap().to_text(), "1993-04-02");
        for bad in ["2020-1-5", " 2020-01-05", "+2020-01-05", "20-01-05", ""] {
            assert_eq!(iso.parse_date(bad).unwrap_err().fault.name, "date-unreadable", "{bad}");
        }
        for bad in ["2021-02-30", "2021-13-05", "1900-02-29"] {
            assert_eq!(iso.parse_date(bad).unwrap_err().fault.name, "date-impossible", "{bad}");
        }
        let slashed = DateFormat::new("%d/%m/%Y").unwrap();
        assert_eq!(slashed.parse_date("31/05/1992").unwrap().to_text(), "1992-05-31");
        assert_eq!(slashed.parse_date("31/06/1992").unwrap_err().label, "June has 30 days");
        assert_eq!(DateFormat::new("%Y-%m").unwrap().parse_date("1992-05").unwrap().to_text(), "1992-05");
        assert_eq!(DateFormat::new("%Y").unwrap().parse_date("1992").unwrap(), Days::year(1992));
        assert!(DateFormat::new("%Q").is_err());
    }

    #[test]
    fn durations_go_beyond_a_day() {
        let f = DateFormat::new("%H:%M:%S").unwrap();
        assert_eq!(f.parse_duration("25:10:00").unwrap(), 90_600_000_000);
        assert!(f.parse_duration("1:60:00").is_err());
    }

    #[test]
    fn months_count_whole_ones() {
        let d = |t: &str| iso_date(t).unwrap().first;
        assert_eq!(months_between(d("2020-01-31"), d("2020-02-29")), 0);
        assert_eq!(months_between(d("2020-01-15"), d("2021-01-15")), 12);
        assert_eq!(months_between(d("2021-01-15"), d("2020-01-16")), -11);
    }
}
