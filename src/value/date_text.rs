//! Texts to days, times and lengths of time, by the parts of a format.

use crate::value::date::{
    DAY_MICROS, Days, WEEKDAYS, days_from_civil, days_in_year, weekday, weekday_name,
    weeks_in_year, why_impossible,
};
use crate::value::date_format::{DateFormat, Field, Pad, Part, Role};
use crate::value::fiscal::Dating;
use crate::value::prose_fiscal::fiscal_cell;
use crate::value::prose_scan::{Cursor, NoDays, Undeclared};
use crate::value::{Language, Type, Value};

/// How many roles there are.
const ROLES: usize = Role::Offset as usize + 1;

/// What was read at the parts of a format.
#[derive(Default)]
struct Parts {
    numbers: [Option<u32>; ROLES],
    offset_minutes: i64,
}

impl Parts {
    fn get(&self, role: Role) -> Option<u32> {
        self.numbers.get(role as usize).copied().flatten()
    }
    fn set(&mut self, role: Role, value: u32) {
        if let Some(number) = self.numbers.get_mut(role as usize) {
            *number = Some(value);
        }
    }
    fn year(&self, role: Role) -> Option<i32> {
        i32::try_from(self.get(role)?).ok()
    }
}

/// The text that is still to be read.
struct Rest<'t>(&'t str);

impl Rest<'_> {
    fn eat(&mut self, sign: char) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    /// So many ASCII digits; `parse` alone would take a sign.
    fn digits(&mut self, digits: usize) -> Option<u32> {
        let (head, tail) = self.0.split_at_checked(digits)?;
        let all = head.bytes().all(|b| b.is_ascii_digit());
        let value = all.then(|| head.parse().ok()).flatten()?;
        self.0 = tail;
        Some(value)
    }

    fn run_of_digits(&self) -> usize {
        self.0.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// A number without a zero that it does not need.
    fn bare(&mut self, most: usize) -> Option<u32> {
        let run = self.run_of_digits().min(most);
        if run > 1 && self.0.starts_with('0') { None } else { self.digits(run) }
    }

    fn number(&mut self, digits: usize, pad: Pad) -> Option<u32> {
        match pad {
            Pad::Zero => self.digits(digits),
            Pad::None => self.bare(digits),
            Pad::Any => self.digits(self.run_of_digits().min(digits)),
            Pad::Space => {
                let spaces = self.0.bytes().take_while(|b| *b == b' ').count().min(digits - 1);
                for _ in 0..spaces {
                    self.eat(' ')?;
                }
                let left = digits - spaces;
                if left > 1 && self.0.starts_with('0') { None } else { self.digits(left) }
            }
        }
    }

    /// The number, from 1, of the name at hand; upper and lower case are alike.
    fn name(&mut self, names: &[&str], short: bool) -> Option<u32> {
        for (number, name) in (1..).zip(names) {
            let name = if short { name.get(..3)? } else { name };
            if let Some((head, tail)) = self.0.split_at_checked(name.len())
                && head.eq_ignore_ascii_case(name)
            {
                self.0 = tail;
                return Some(number);
            }
        }
        None
    }

    /// The number of the month whose name is at hand, in a language or in English; a full stop that may end the
    /// name is left where the format goes on with one.
    fn month(&mut self, (short, language): (bool, Language), next: Option<&Part>) -> Option<u32> {
        let takes_stop = next != Some(&Part::Sign('.'));
        let at = |language: Language| language.dates.months.named_at(self.0, short, takes_stop);
        let (length, number) = at(language).or_else(|| at(Language::ENGLISH))?;
        self.0 = self.0.get(length..)?;
        Some(number)
    }

    /// Microseconds: of `digits` digits, or of one to nine; what is finer is left out.
    fn fraction(&mut self, digits: Option<usize>) -> Option<u32> {
        let count = digits.unwrap_or_else(|| self.run_of_digits().min(9));
        let (head, tail) = self.0.split_at_checked(count)?;
        if head.is_empty() || !head.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.0 = tail;
        let six = head.bytes().chain(std::iter::repeat(b'0')).take(6);
        Some(six.fold(0, |n, digit| n * 10 + u32::from(digit - b'0')))
    }

    /// Minutes east of UTC: `Z`, `+02:00`, `+0200`, `+02`.
    fn offset(&mut self) -> Option<i64> {
        if self.eat('Z').or_else(|| self.eat('z')).is_some() {
            return Some(0);
        }
        let west = self.eat('-').is_some();
        if !west {
            self.eat('+')?;
        }
        let hours = self.digits(2).filter(|h| *h < 24)?;
        let minutes = if self.eat(':').is_some() || self.run_of_digits() >= 2 {
            self.digits(2).filter(|m| *m < 60)?
        } else {
            0
        };
        let east = i64::from(hours * 60 + minutes);
        Some(if west { -east } else { east })
    }
}

fn field(
    rest: &mut Rest<'_>,
    (field, next): (Field, Option<&Part>),
    parts: &mut Parts,
) -> Option<()> {
    let value = match field {
        Field::Number(_, digits, pad) => rest.number(digits, pad)?,
        Field::ShortYear => rest.digits(2).map(|y| if y < 70 { 2000 + y } else { 1900 + y })?,
        Field::MonthName { short, language } => rest.month((short, language), next)?,
        Field::WeekdayName { short } => rest.name(&WEEKDAYS, short)?,
        Field::Fraction { point: true, digits: None } if rest.eat('.').is_none() => 0,
        Field::Fraction { point: true, digits: Some(n) } => {
            rest.eat('.')?;
            rest.fraction(Some(n))?
        }
        Field::Fraction { digits, .. } => rest.fraction(digits)?,
        Field::HalfOfDay => rest.name(&["AM", "PM"], false)?,
        Field::Offset => {
            parts.offset_minutes = rest.offset()?;
            return Some(());
        }
        // It stands alone, and means days: `fiscal`.
        Field::Fiscal(_) => return None,
    };
    parts.set(field.role(), value);
    Some(())
}

/// The decimals that may follow the seconds though the format does not say so.
fn decimals(rest: &mut Rest<'_>, next: Option<&Part>, parts: &mut Parts) {
    let sign = match rest.0.chars().next() {
        Some(sign @ ('.' | ',')) => sign,
        _ => return,
    };
    let meant = matches!(next, Some(Part::Field(Field::Fraction { .. })))
        || next == Some(&Part::Sign(sign));
    let mut ahead = Rest(rest.0);
    if !meant
        && ahead.eat(sign).is_some()
        && let Some(micros) = ahead.fraction(None)
    {
        rest.0 = ahead.0;
        parts.set(Role::Fraction, micros);
    }
}

impl DateFormat {
    /// With the names of months of a language; those of English are read beside them.
    pub fn in_language(mut self, own: Language) -> DateFormat {
        for part in &mut self.parts {
            if let Part::Field(Field::MonthName { language, .. }) = part {
                *language = own;
            }
        }
        self
    }

    /// No text of fewer bytes follows the format.
    pub fn shortest(&self) -> usize {
        let of_part = |part: &Part| match part {
            Part::Field(Field::Number(_, digits, Pad::Zero | Pad::Space)) => *digits,
            Part::Field(Field::Fiscal(_)) => 0,
            _ => 1,
        };
        self.parts.iter().map(of_part).sum()
    }

    /// The numbers of a text that has the shape of this format, whether or not they make sense.
    fn numbers(&self, text: &str) -> Option<Parts> {
        let (mut rest, mut parts) = (Rest(text), Parts::default());
        for (part, next) in self.parts.iter().zip(self.parts.iter().skip(1).map(Some).chain([None]))
        {
            match part {
                Part::Sign(sign) => rest.eat(*sign)?,
                Part::Field(f) => field(&mut rest, (*f, next), &mut parts)?,
            }
            if matches!(part, Part::Field(f) if f.role() == Role::Second) {
                decimals(&mut rest, next, &mut parts);
            }
        }
        rest.0.is_empty().then_some(parts)
    }

    /// Reads a date, or the chunk of days of a month, quarter, week or year.
    ///
    /// # Errors
    /// Why there is none in the text.
    pub fn parse_date(&self, text: &str) -> Result<Days, Misfit> {
        if let Some(dating) = self.dating() {
            return fiscal(text, dating);
        }
        let parts = self.numbers(text).ok_or(Misfit::Shape)?;
        let days = days(&parts).map_err(Misfit::no_day)?;
        clock(&parts).map_err(Misfit::NoTime)?;
        Ok(days)
    }

    /// Reads a date and time: microseconds since 1970-01-01T00:00:00, in UTC where
    /// it has an offset.
    ///
    /// # Errors
    /// Why there is none in the text.
    pub fn parse_datetime(&self, text: &str) -> Result<i64, Misfit> {
        let parts = self.numbers(text).ok_or(Misfit::Shape)?;
        let days = days(&parts).map_err(Misfit::no_day)?;
        let micros = clock(&parts).map_err(Misfit::NoTime)?;
        let east = parts.offset_minutes * 60_000_000;
        Ok(i64::from(days.first) * DAY_MICROS + micros - east)
    }

    /// Reads a time of day: microseconds since midnight.
    ///
    /// # Errors
    /// Why there is none in the text.
    pub fn parse_time(&self, text: &str) -> Result<i64, Misfit> {
        let parts = self.numbers(text).ok_or(Misfit::Shape)?;
        clock(&parts).map_err(Misfit::NoTime)
    }

    /// Reads a length of time like `25:10:00` (the largest unit has no bound): microseconds.
    ///
    /// # Errors
    /// Why there is none in the text.
    pub fn parse_duration(&self, text: &str) -> Result<i64, Misfit> {
        if self.is_iso_duration() {
            return iso_duration(text);
        }
        self.numbers(text).and_then(|parts| length(&parts)).ok_or(Misfit::Shape)
    }

    /// Reads a value of a type of dates or times.
    pub(crate) fn read(&self, ty: Type, text: &str) -> Result<Value<'static>, Misfit> {
        match ty {
            Type::Date => self.parse_date(text).map(Value::Date),
            Type::DateTime => self.parse_datetime(text).map(Value::DateTime),
            Type::Time => self.parse_time(text).map(Value::Time),
            Type::Duration => self.parse_duration(text).map(Value::Duration),
            _ => Err(Misfit::Shape),
        }
    }
}

/// The days of a fiscal year.
fn fiscal(text: &str, dating: Dating) -> Result<Days, Misfit> {
    let c = Cursor { text, at: 0, language: dating.language, fiscal: dating.fiscal };
    let whole = fiscal_cell(c).filter(|scan| scan.end == text.len()).ok_or(Misfit::Shape)?;
    whole.days.map_err(|why| match why {
        NoDays::Impossible(why) => Misfit::NoDay(why),
        NoDays::NoFiscalYear(why) => Misfit::NoFiscalYear(why),
        NoDays::NoYear => Misfit::Shape,
    })
}

/// A length of time as ISO 8601 writes it: `PT1H30M`, `P2DT12H`, `-P1W`, `PT0.5S`.
fn iso_duration(text: &str) -> Result<i64, Misfit> {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |body| (true, body));
    let mut rest = Rest(body);
    rest.eat('P').ok_or(Misfit::Shape)?;
    let units = [
        ('W', 604_800, false),
        ('D', 86_400, false),
        ('H', 3600, true),
        ('M', 60, true),
        ('S', 1, true),
    ];
    let (mut units, mut in_day, mut micros, mut any) = (units.iter(), false, 0_i64, false);
    while !rest.0.is_empty() {
        if !in_day && rest.eat('T').is_some() {
            (in_day, any) = (true, false);
            continue;
        }
        let count = rest.digits(rest.run_of_digits().min(9)).ok_or(Misfit::Shape)?;
        let mut parts = Parts::default();
        decimals(&mut rest, None, &mut parts);
        let sign = rest.0.chars().next().ok_or(Misfit::Shape)?;
        if !in_day && matches!(sign, 'Y' | 'M') {
            return Err(Misfit::NoTime("years and months have no fixed length".into()));
        }
        rest.eat(sign).ok_or(Misfit::Shape)?;
        let fits = |u: &&(char, i64, bool)| u.0 == sign && u.2 == in_day;
        let (_, seconds, _) = units.find(fits).ok_or(Misfit::Shape)?;
        let fraction = parts.get(Role::Fraction);
        if fraction.is_some() && sign != 'S' {
            return Err(Misfit::Shape);
        }
        let whole = i64::from(count).checked_mul(seconds * 1_000_000);
        let sum = whole.and_then(|w| w.checked_add(micros)).ok_or(Misfit::Shape)?;
        micros = sum + i64::from(fraction.unwrap_or(0));
        any = true;
    }
    if any { Ok(if negative { -micros } else { micros }) } else { Err(Misfit::Shape) }
}

/// Why a text has no value in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It is not written so.
    Shape,
    /// It is, but there is no such day.
    NoDay(String),
    /// It is, but there is no such time.
    NoTime(String),
    /// It is a fiscal year, of which this is not declared.
    NoFiscalYear(Undeclared),
}

impl Misfit {
    fn no_day(why: Option<String>) -> Misfit {
        why.map_or(Misfit::Shape, Misfit::NoDay)
    }
}

/// Microseconds of a length of time; only its largest unit may be large.
fn length(parts: &Parts) -> Option<i64> {
    let units = [
        (Role::Day, 86_400, u32::MAX),
        (Role::Hour, 3600, 24),
        (Role::Minute, 60, 60),
        (Role::Second, 1, 60),
    ];
    let (mut seconds, mut largest) = (0, true);
    for (role, unit, bound) in units {
        let Some(n) = parts.get(role) else { continue };
        if !largest && n >= bound {
            return None;
        }
        largest = false;
        seconds += i64::from(n) * unit;
    }
    let micros = i64::from(parts.get(Role::Fraction).unwrap_or(0));
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

/// Microseconds since midnight; nothing said is midnight.
fn clock(parts: &Parts) -> Result<i64, String> {
    let part = |role| parts.get(role).unwrap_or(0);
    let (minute, second) = (part(Role::Minute), part(Role::Second));
    let hour = match parts.get(Role::HourOfHalf) {
        Some(hour @ 1..=12) => hour % 12 + if part(Role::HalfOfDay) == 2 { 12 } else { 0 },
        Some(hour) => return Err(format!("there is no hour {hour} AM or PM")),
        None => part(Role::Hour),
    };
    // A leap second is 60.
    for (name, value, most) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 60)]
    {
        if value > most {
            return Err(format!("there is no {name} {value}"));
        }
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Ok(seconds * 1_000_000 + i64::from(part(Role::Fraction)))
}

/// The days that a text names, or why there are none; nothing where it names no year.
fn days(parts: &Parts) -> Result<Days, Option<String>> {
    let days = match (parts.year(Role::Year), parts.year(Role::WeekYear)) {
        (Some(year), _) => days_of_year(parts, year)?,
        (None, Some(year)) => days_of_week(parts, year)?,
        (None, None) => return Err(None),
    };
    match parts.get(Role::Weekday) {
        Some(said) if days.is_day() && said != weekday(days.first) => {
            Err(Some(wrong_weekday(days.first)))
        }
        _ => Ok(days),
    }
}

fn wrong_weekday(day: i32) -> String {
    format!("{} is a {}", Days::day(day).in_words(), weekday_name(weekday(day)))
}

fn days_of_year(parts: &Parts, year: i32) -> Result<Days, Option<String>> {
    let (month, day) = (parts.get(Role::Month), parts.get(Role::Day));
    if let Some(quarter) = parts.get(Role::Quarter) {
        return Days::quarter(year, quarter)
            .ok_or_else(|| Some(format!("there is no quarter {quarter}")));
    }
    if let Some(n) = parts.get(Role::DayOfYear) {
        let first = days_from_civil(year, 1, 1);
        return match i32::try_from(n) {
            Ok(n) if n >= 1 && n <= days_in_year(year) => Ok(Days::day(first + n - 1)),
            _ => Err(Some(format!("{year} has {} days", days_in_year(year)))),
        };
    }
    let Some(month) = month else { return Ok(Days::year(year)) };
    match why_impossible(year, month, day.unwrap_or(1)) {
        Some(why) => Err(Some(why)),
        None => {
            Ok(day.map_or(Days::month(year, month), |d| Days::day(days_from_civil(year, month, d))))
        }
    }
}

fn days_of_week(parts: &Parts, year: i32) -> Result<Days, Option<String>> {
    let week = parts.get(Role::Week).ok_or(None)?;
    if !(1..=weeks_in_year(year)).contains(&week) {
        return Err(Some(format!("{year} has {} weeks", weeks_in_year(year))));
    }
    let days = Days::week(year, week).ok_or(None)?;
    match parts.get(Role::Weekday) {
        None => Ok(days),
        Some(n @ 1..=7) => {
            Ok((days.first..=days.last).find(|d| weekday(*d) == n).map_or(days, Days::day))
        }
        Some(n) => Err(Some(format!("there is no weekday {n}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Reading;
    use crate::value::unread::Unread;
    use proptest::prelude::*;

    fn date(format: &str, text: &str) -> Result<String, Unread> {
        let formats = vec![DateFormat::new(format, Type::Date).unwrap()];
        let reading = Reading { formats, missing: Vec::new(), ..Reading::new(Type::Date) };
        reading.read(text).map(|v| v.to_text())
    }

    fn micros(ty: Type, format: &str, text: &str) -> Option<i64> {
        let f = DateFormat::new(format, ty).unwrap();
        let read = match ty {
            Type::DateTime => DateFormat::parse_datetime,
            Type::Time => DateFormat::parse_time,
            _ => DateFormat::parse_duration,
        };
        read(&f, text).ok()
    }

    #[test]
    fn reads_only_what_it_would_write() {
        for bad in ["2020-1-5", "+2020-01-05", "20-01-05", "", "2020-+1-05", "+020-01-05"] {
            assert_eq!(date("%Y-%m-%d", bad).unwrap_err().fault.name, "date-unreadable", "{bad}");
        }
        for bad in ["2021-02-30", "2021-13-05", "1900-02-29", "2021-00-01", "2021-01-00"] {
            assert_eq!(date("%Y-%m-%d", bad).unwrap_err().fault.name, "date-impossible", "{bad}");
        }
        for (format, text, expected) in [
            ("%Y-%m-%d", "1993-04-02", "1993-04-02"),
            ("%d/%m/%Y", "31/05/1992", "1992-05-31"),
            ("%Y-%m", "1992-05", "1992-05"),
            ("%Y", "1992", "1992"),
            ("%-d %B %Y", "5 may 1992", "1992-05-05"),
            ("%-d %B %Y", "12 May 1992", "1992-05-12"),
            ("%e %b %Y", "12 Jan 2020", "2020-01-12"),
            ("%d-%b-%Y", "02-JAN-2020", "2020-01-02"),
            ("%e %b %Y", " 2 Jan 2020", "2020-01-02"),
            ("%b-%y", "Feb-69", "2069-02"),
            ("%m/%y", "02/70", "1970-02"),
            ("%Y-Q%q", "2020-Q4", "2020-10-01 to 2020-12-31"),
            ("%G-W%V", "2020-W53", "2020-12-28 to 2021-01-03"),
            ("%G-W%V-%u", "2019-W01-1", "2018-12-31"),
            ("%Y%j", "2020366", "2020-12-31"),
            ("%A %d %B %Y", "thursday 02 January 2020", "2020-01-02"),
            ("%F %T", "2020-01-02 03:04:05", "2020-01-02"),
            ("%+", "2020-01-02T23:04:05-02:00", "2020-01-02"),
        ] {
            assert_eq!(date(format, text).unwrap(), expected, "{format} {text}");
        }
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (format, text, label) in [
            ("%d/%m/%Y", "31/06/1992", "June has 30 days"),
            ("%d/%m/%Y", "12/31/2013", "there is no month 31"),
            ("%A %d %B %Y", "Friday 02 January 2020", "2 January 2020 is a Thursday"),
            ("%Y-Q%q", "2020-Q5", "there is no quarter 5"),
            ("%G-W%V", "2021-W53", "2021 has 52 weeks"),
            ("%Y%j", "2021366", "2021 has 365 days"),
            ("%F %R", "2020-01-02 24:00", "there is no hour 24"),
            ("%d-%b-%Y", "2-Jan-2020", "not %d-%b-%Y"),
            ("%-d %B %Y", "05 May 1992", "not %-d %B %Y"),
            ("%e %b %Y", "02 Jan 2020", "not %e %b %Y"),
        ] {
            assert_eq!(date(format, text).unwrap_err().label, label, "{format} {text}");
        }
    }

    #[test]
    fn times_are_microseconds() {
        const SECOND: i64 = 1_000_000;
        for (ty, format, text, expected) in [
            (Type::Time, "%H:%M:%S", "00:00:01.5", Some(1_500_000)),
            (Type::Time, "%H:%M:%S", "00:00:01,000001", Some(1_000_001)),
            (Type::Time, "%H:%M:%S.", "00:00:01.", Some(SECOND)),
            (Type::Time, "%H:%M:%S.%f", "00:00:01.25", Some(1_250_000)),
            (Type::Time, "%H:%M:%S%.3f", "00:00:01.25", None),
            (Type::Time, "%H:%M:%S%.f", "00:00:01", Some(SECOND)),
            (Type::Time, "%I:%M %p", "12:01 am", Some(60 * SECOND)),
            (Type::Time, "%I %p", "12 PM", Some(43_200 * SECOND)),
            (Type::Time, "%I %p", "13 PM", None),
            (Type::Time, "%-H:%M", "0:01", Some(60 * SECOND)),
            (Type::Time, "%-H:%M", "10:00", Some(36_000 * SECOND)),
            (Type::Time, "%-H:%M", "00:01", None),
            (Type::Time, "%k:%M", " 0:01", Some(60 * SECOND)),
            (Type::Time, "%H:%M", "24:00", None),
            (Type::DateTime, "%FT%T%z", "1970-01-01T00:00:00Z", Some(0)),
            (Type::DateTime, "%FT%T%z", "1970-01-01T00:00:00-0200", Some(7200 * SECOND)),
            (Type::DateTime, "%FT%T%:z", "1970-01-01T02:00:00+02:00", Some(0)),
            (Type::DateTime, "%FT%T%z", "1970-01-01T02:00:00+02", Some(0)),
            (Type::DateTime, "%FT%T%z", "1970-01-01T02:00:00+02:60", None),
            (Type::DateTime, "%FT%T%z", "1970-01-01T00:00:00", None),
            (Type::DateTime, "%FT%H", "1970-01-01T01", Some(3600 * SECOND)),
            (Type::Duration, "%H:%M:%S", "25:10:00", Some(90_600 * SECOND)),
            (Type::Duration, "%H:%M:%S", "1:60:00", None),
            (Type::Duration, "%H:%M:%S", "05:00:00", Some(18_000 * SECOND)),
            (Type::Duration, "%S", "1", Some(SECOND)),
            (Type::Duration, "%M", "1", Some(60 * SECOND)),
            (Type::Duration, "%d:%H", "1:01", Some(90_000 * SECOND)),
            (Type::Duration, "%S:%M", "10:00", Some(10 * SECOND)),
            (Type::Duration, "%S:%M", "60:01", None),
            (Type::Duration, "%S:%M", "10:01", Some(70 * SECOND)),
            (Type::Duration, "%Hh%M", "100h05", Some(360_300 * SECOND)),
        ] {
            assert_eq!(micros(ty, format, text), expected, "{format} {text}");
        }
        let no_day = DateFormat::new("%F %T", Type::DateTime).unwrap();
        let no_day = no_day.parse_datetime("2020-02-30 00:00:00").unwrap_err();
        assert_eq!(no_day, Misfit::NoDay("February has 29 days".into()));
    }

    #[test]
    fn all_days_agree_with_chrono() {
        let mut day = chrono::NaiveDate::from_ymd_opt(1999, 12, 1).unwrap();
        for _ in 0..9000 {
            for format in ["%F", "%d-%b-%Y", "%A %e %B %Y", "%Y%j", "%G-W%V-%u", "%D"] {
                let text = day.format(format).to_string();
                assert_eq!(date(format, &text).unwrap(), day.to_string(), "{format} {text}");
            }
            day = day.succ_opt().unwrap();
        }
    }

    proptest! {
        #[test]
        fn no_format_panics(
            format in "(%[-_0.:#369]{0,2}[a-zA-Z+%]|[-/:. TZQé]){0,8}|\\PC{0,12}",
            cell in "[-+0-9:./ TZQWAPM]{0,25}|[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-9:.]{0,12})?\
                |\\PC{0,12}",
            ty in 0..4usize,
        ) {
            let ty = [Type::Date, Type::DateTime, Type::Time, Type::Duration][ty];
            match DateFormat::new(&format, ty) {
                Ok(f) => {
                    for text in [&cell, &format] {
                        // Also what another type would make of it.
                        let _ = (f.parse_date(text), f.parse_datetime(text));
                        let _ = (f.parse_time(text), f.parse_duration(text));
                    }
                }
                Err(e) => {
                    prop_assert!(format.get(e.at.clone()).is_some(), "{e:?}");
                    prop_assert!(!e.message.is_empty() && !e.help.is_empty());
                }
            }
        }
    }
}
