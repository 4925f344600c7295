//! Dates and times as spreadsheets store them: days since an epoch.

use crate::read::sheet::decimal::Decimal;
use crate::value::Days;

/// The day that is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Epoch {
    /// 1900-01-01 is day 1; there was a 1900-02-29, which never was.
    #[default]
    Day1900,
    /// 1904-01-01 is day 0.
    Day1904,
}

/// Which parts of a date and a time are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Year, month or day.
    pub day: bool,
    /// Hours, minutes or seconds.
    pub time: bool,
}

const DAY_MILLIS: i128 = 86_400_000;

/// The last day that a spreadsheet knows, 9999-12-31, by the epoch of 1900.
const LAST_DAY: i128 = 2_958_465;

/// The day before 1900-01-01 and 1904-01-01, counted from 1970-01-01.
const DAY_1900: i128 = -25_568;
const DAY_1904: i128 = -24_107;

/// Writes a date, a time or both in the way of ISO 8601; whether there is such a day.
pub fn write_date(value: Decimal, parts: Parts, epoch: Epoch, out: &mut Vec<u8>) -> bool {
    let Some(millis) = value.parts(DAY_MILLIS.unsigned_abs()).filter(|millis| *millis >= 0) else {
        return false;
    };
    let (day, time) = (millis.div_euclid(DAY_MILLIS), millis.rem_euclid(DAY_MILLIS));
    if day > LAST_DAY {
        return false;
    }
    if parts.day {
        let text = match (epoch, day) {
            (Epoch::Day1900, 0) => "1900-01-00".to_string(),
            (Epoch::Day1900, 60) => "1900-02-29".to_string(),
            (Epoch::Day1900, day) => iso(DAY_1900 + day - i128::from(day > 60)),
            (Epoch::Day1904, day) => iso(DAY_1904 + day),
        };
        out.extend_from_slice(text.as_bytes());
    }
    if parts.day && parts.time {
        out.push(b' ');
    }
    if parts.time {
        write_time(time, out);
    }
    true
}

/// Writes hours, minutes and seconds, however many hours.
pub fn write_duration(value: Decimal, out: &mut Vec<u8>) -> bool {
    let Some(millis) = value.parts(DAY_MILLIS.unsigned_abs()) else { return false };
    if millis < 0 {
        out.push(b'-');
    }
    write_time(millis.abs(), out);
    true
}

fn iso(day: i128) -> String {
    Days::day(i32::try_from(day).unwrap_or(i32::MAX)).to_text()
}

fn write_time(millis: i128, out: &mut Vec<u8>) {
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (minutes, second) = (seconds / 60, seconds % 60);
    let text = format!("{:02}:{:02}:{second:02}", minutes / 60, minutes % 60);
    out.extend_from_slice(text.as_bytes());
    if millis > 0 {
        out.extend_from_slice(format!(".{millis:03}").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_epochs_have_their_days() {
        for (epoch, stored, expected) in [
            (Epoch::Day1900, "36526", "2000-01-01 00:00:00"),
            (Epoch::Day1904, "35064", "2000-01-01 00:00:00"),
            (Epoch::Day1904, "0", "1904-01-01 00:00:00"),
            (Epoch::Day1900, "45000.562673611111", "2023-03-15 13:30:15"),
            (Epoch::Day1900, "0.000001", "1900-01-00 00:00:00.086"),
        ] {
            let value = Decimal::parse(stored.as_bytes()).expect("a number");
            let mut out = Vec::new();
            assert!(write_date(value, Parts { day: true, time: true }, epoch, &mut out));
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
