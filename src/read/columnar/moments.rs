//! Dates, times of day and durations as texts, from whole numbers of units.

use std::io::Write;

use arrow_schema::TimeUnit;

use crate::value::Days;
use crate::value::date::{Civil, civil_from_days};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// How many of a unit a second has.
pub fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A day as its number, if the calendar has it.
pub fn day(number: i64) -> Option<i32> {
    let day = i32::try_from(number).ok()?;
    Days::day(day).later(0).map(|day| day.first)
}

/// The day that this many milliseconds after 1970 begin with.
pub fn day_of_millis(millis: i64) -> i64 {
    millis.div_euclid(DAY * 1_000)
}

/// A date; one that the calendar does not have as ISO 8601 writes far years, or a number of days.
pub fn put_day(number: i64, out: &mut Vec<u8>) {
    let _ = match (day(number), i32::try_from(number)) {
        (Some(day), _) => write!(out, "{}", Days::day(day).to_text()),
        (None, Ok(number)) => match endless(number.into(), i32::MAX.into(), DAYS_TO_2000) {
            Some(endless) => write!(out, "{endless}"),
            None => write!(out, "{}", far(number)),
        },
        (None, Err(_)) => write!(out, "{number} days after 1970-01-01"),
    };
}

/// From 1970 to 2000, from where PostgreSQL counts.
const DAYS_TO_2000: i64 = 10_957;

/// The words of databases for what is later or earlier than all else, where a number stands for it: DuckDB has the
/// greatest number and its opposite, PostgreSQL the greatest and the least, which its driver counts from 1970 and so
/// turns over.
fn endless(number: i64, greatest: i64, to_2000: i64) -> Option<&'static str> {
    let least = -greatest - 1;
    match number {
        _ if number == greatest || number == least + to_2000 - 1 => Some("infinity"),
        _ if number == -greatest || number == least + to_2000 => Some("-infinity"),
        _ => None,
    }
}

/// A date before the year 1 or after 9999.
fn far(day: i32) -> String {
    let Civil { year, month, day } = civil_from_days(day);
    let sign = if year > 0 { '+' } else { '-' };
    format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
}

/// A date and a time of day, with `Z` where it is an instant.
pub fn put_moment(value: i64, unit: TimeUnit, is_instant: bool, out: &mut Vec<u8>) {
    let units = per_second(unit);
    let (seconds, part) = (value.div_euclid(units), value.rem_euclid(units));
    let number = seconds.div_euclid(DAY);
    let day = match (day(number), endless(value, i64::MAX, DAYS_TO_2000 * DAY * units)) {
        (_, Some(endless)) => {
            let _ = write!(out, "{endless}");
            return;
        }
        (Some(day), None) => Days::day(day).to_text(),
        (None, None) => match i32::try_from(number) {
            Ok(number) => far(number),
            Err(_) => {
                let _ = write!(out, "{seconds} seconds after 1970-01-01");
                return;
            }
        },
    };
    let _ = write!(out, "{day} ");
    put_clock(seconds.rem_euclid(DAY), (part, units), out);
    if is_instant {
        out.push(b'Z');
    }
}

/// A time of day, or a duration: `36:00:00.5`.
pub fn put_time(value: i64, unit: TimeUnit, out: &mut Vec<u8>) {
    let units = per_second(unit).unsigned_abs();
    let size = value.unsigned_abs();
    if value < 0 {
        out.push(b'-');
    }
    let (seconds, part) = (size / units, size % units);
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    put_clock(whole(seconds), (whole(part), whole(units)), out);
}

/// Hours, minutes and seconds, with the decimals that are not zeros.
fn put_clock(seconds: i64, (part, units): (i64, i64), out: &mut Vec<u8>) {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let _ = write!(out, "{hours:02}:{minutes:02}:{:02}", seconds % 60);
    if part > 0 {
        let digits = format!("{}", units + part);
        // The first is the one that keeps the zeros behind it.
        let decimals = digits.get(1..).unwrap_or_default();
        let _ = write!(out, ".{}", decimals.trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_texts() {
        let text = |put: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            put(&mut out);
            String::from_utf8(out).expect("a text")
        };
        let moment = |value, unit, zone| text(&|out| put_moment(value, unit, zone, out));
        assert_eq!(moment(0, TimeUnit::Second, false), "1970-01-01 00:00:00");
        assert_eq!(moment(-1, TimeUnit::Millisecond, true), "1969-12-31 23:59:59.999Z");
        assert_eq!(moment(110, TimeUnit::Millisecond, false), "1970-01-01 00:00:00.11");
        assert_eq!(moment(1_500_110, TimeUnit::Microsecond, false), "1970-01-01 00:00:01.50011");
        assert_eq!(moment(11, TimeUnit::Nanosecond, false), "1970-01-01 00:00:00.000000011");
        assert_eq!(
            moment(i64::MIN, TimeUnit::Second, true),
            "-9223372036854775808 seconds after 1970-01-01"
        );
        assert_eq!(moment(i64::MAX, TimeUnit::Microsecond, false), "infinity");
        assert_eq!(
            moment(i64::MIN + 946_684_800_000_000, TimeUnit::Microsecond, false),
            "-infinity"
        );
        assert_eq!(moment(253_402_300_801, TimeUnit::Second, false), "+10000-01-01 00:00:01");
        let time = |value, unit| text(&|out| put_time(value, unit, out));
        assert_eq!(time(129_600_500, TimeUnit::Millisecond), "36:00:00.5");
        assert_eq!(time(-61, TimeUnit::Second), "-00:01:01");
        assert_eq!(text(&|out| put_day(20_000, out)), "2024-10-04");
        assert_eq!(text(&|out| put_day(6_585_322, out)), "+20000-01-01");
        assert_eq!(text(&|out| put_day(-735_160, out)), "-0043-03-15");
        assert_eq!(text(&|out| put_day((i32::MIN + 10_956).into(), out)), "infinity");
        assert_eq!(text(&|out| put_day((-i32::MAX).into(), out)), "-infinity");
        assert_eq!(text(&|out| put_day(-(1 << 40), out)), "-1099511627776 days after 1970-01-01");
    }
}
