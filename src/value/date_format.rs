//! The formats of dates and times, cut into parts when a rule is read.
//!
//! A format that its type cannot use is refused here, with the part at fault, so that reading a
//! cell can only succeed or say why the cell does not follow the format.

use std::ops::Range;

use crate::value::fiscal::Dating;
use crate::value::{Language, Type};

/// A format that cells of one type can be read with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    /// The format as written.
    pub text: String,
    pub(crate) parts: Vec<Part>,
}

/// Why a format cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    /// The bytes of the format that are at fault.
    pub at: Range<usize>,
    /// One sentence.
    pub message: String,
    /// A few words for the place.
    pub label: String,
    /// What to write.
    pub help: String,
}

/// One part of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A character that stands for itself.
    Sign(char),
    /// Something that is read.
    Field(Field),
}

/// How a number is filled up on the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pad {
    /// With zeros: always all digits.
    Zero,
    /// Not at all: `%-d`.
    None,
    /// With spaces: `%e`.
    Space,
    /// With any number of zeros: the largest unit of a length of time.
    Any,
}

/// What is read at a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// A number of so many digits.
    Number(Role, usize, Pad),
    /// `%y`: 1970 to 2069 in two digits.
    ShortYear,
    /// `%B`; `%b` where short; the names of a language.
    MonthName { short: bool, language: Language },
    /// `%A`; `%a` where short.
    WeekdayName { short: bool },
    /// `%f`, `%.f`, `%3f`: after a point of its own or not; so many digits or one to nine.
    Fraction { point: bool, digits: Option<usize> },
    /// `%p`: AM or PM.
    HalfOfDay,
    /// `%z`: `Z`, `+02:00`, `+0200`, `+02`.
    Offset,
    /// A fiscal year, or a part of one, as texts write it; alone.
    Fiscal(Dating),
}

/// What a part says about a date, a time or a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Year,
    Quarter,
    Month,
    Day,
    DayOfYear,
    WeekYear,
    Week,
    Weekday,
    Hour,
    HourOfHalf,
    HalfOfDay,
    Minute,
    Second,
    Fraction,
    Offset,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Year => "the year",
            Role::Quarter => "the quarter",
            Role::Month => "the month",
            Role::Day => "the day",
            Role::DayOfYear => "the day of the year",
            Role::WeekYear => "the year of the week",
            Role::Week => "the week",
            Role::Weekday => "the weekday",
            Role::Hour => "the hour",
            Role::HourOfHalf => "the hour from 1 to 12",
            Role::HalfOfDay => "AM or PM",
            Role::Minute => "the minute",
            Role::Second => "the second",
            Role::Fraction => "the fraction of a second",
            Role::Offset => "the offset from UTC",
        }
    }

    fn is_of_day(self) -> bool {
        use Role::{Day, DayOfYear, Month, Quarter, Week, WeekYear, Weekday, Year};
        matches!(self, Year | Quarter | Month | Day | DayOfYear | WeekYear | Week | Weekday)
    }

    fn suits(self, ty: Type) -> bool {
        match ty {
            Type::Date | Type::DateTime => true,
            Type::Time => !self.is_of_day() && self != Role::Offset,
            Type::Duration => {
                matches!(
                    self,
                    Role::Day | Role::Hour | Role::Minute | Role::Second | Role::Fraction
                )
            }
            _ => false,
        }
    }
}

impl Field {
    pub(crate) fn role(self) -> Role {
        match self {
            Field::Number(role, ..) => role,
            Field::ShortYear => Role::Year,
            Field::MonthName { .. } => Role::Month,
            Field::WeekdayName { .. } => Role::Weekday,
            Field::Fraction { .. } => Role::Fraction,
            Field::HalfOfDay => Role::HalfOfDay,
            Field::Offset => Role::Offset,
            Field::Fiscal(_) => Role::Year,
        }
    }

    fn starts_with_digit(self) -> bool {
        matches!(self, Field::Number(..) | Field::ShortYear | Field::Fraction { point: false, .. })
    }

    fn length_varies(self) -> bool {
        matches!(self, Field::Number(_, _, Pad::None) | Field::Fraction { digits: None, .. })
    }
}

/// What the letters after a `%` stand for.
enum Meaning {
    Field(Field),
    Sign(char),
    Format(&'static str),
}

const fn number(role: Role, digits: usize) -> Meaning {
    Meaning::Field(Field::Number(role, digits, Pad::Zero))
}

const fn spaced(role: Role) -> Meaning {
    Meaning::Field(Field::Number(role, 2, Pad::Space))
}

const fn month_name(short: bool) -> Meaning {
    Meaning::Field(Field::MonthName { short, language: Language::ENGLISH })
}

const fn fraction(point: bool, digits: Option<usize>) -> Meaning {
    Meaning::Field(Field::Fraction { point, digits })
}

/// All that may follow a `%`; none is the start of another.
const MEANINGS: &[(&str, Meaning)] = &[
    ("Y", number(Role::Year, 4)),
    ("y", Meaning::Field(Field::ShortYear)),
    ("q", number(Role::Quarter, 1)),
    ("m", number(Role::Month, 2)),
    ("B", month_name(false)),
    ("b", month_name(true)),
    ("h", month_name(true)),
    ("d", number(Role::Day, 2)),
    ("e", spaced(Role::Day)),
    ("j", number(Role::DayOfYear, 3)),
    ("G", number(Role::WeekYear, 4)),
    ("V", number(Role::Week, 2)),
    ("u", number(Role::Weekday, 1)),
    ("A", Meaning::Field(Field::WeekdayName { short: false })),
    ("a", Meaning::Field(Field::WeekdayName { short: true })),
    ("H", number(Role::Hour, 2)),
    ("k", spaced(Role::Hour)),
    ("I", number(Role::HourOfHalf, 2)),
    ("l", spaced(Role::HourOfHalf)),
    ("p", Meaning::Field(Field::HalfOfDay)),
    ("P", Meaning::Field(Field::HalfOfDay)),
    ("M", number(Role::Minute, 2)),
    ("S", number(Role::Second, 2)),
    ("f", fraction(false, None)),
    ("3f", fraction(false, Some(3))),
    ("6f", fraction(false, Some(6))),
    ("9f", fraction(false, Some(9))),
    (".f", fraction(true, None)),
    (".3f", fraction(true, Some(3))),
    (".6f", fraction(true, Some(6))),
    (".9f", fraction(true, Some(9))),
    ("z", Meaning::Field(Field::Offset)),
    (":z", Meaning::Field(Field::Offset)),
    ("#z", Meaning::Field(Field::Offset)),
    ("%", Meaning::Sign('%')),
    ("n", Meaning::Sign('\n')),
    ("t", Meaning::Sign('\t')),
    ("F", Meaning::Format("%Y-%m-%d")),
    ("T", Meaning::Format("%H:%M:%S")),
    ("X", Meaning::Format("%H:%M:%S")),
    ("R", Meaning::Format("%H:%M")),
    ("r", Meaning::Format("%I:%M:%S %p")),
    ("D", Meaning::Format("%m/%d/%y")),
    ("x", Meaning::Format("%m/%d/%y")),
    ("v", Meaning::Format("%e-%b-%Y")),
    ("c", Meaning::Format("%a %b %e %H:%M:%S %Y")),
    ("+", Meaning::Format("%Y-%m-%dT%H:%M:%S%z")),
];

/// A part and the bytes of the format it was cut from.
type Placed = (Part, Range<usize>);

/// The parts of a format while it is judged.
struct Cut<'f> {
    text: &'f str,
    ty: Type,
    parts: Vec<Placed>,
}

impl DateFormat {
    /// Cuts a strftime format for cells of a type.
    ///
    /// # Errors
    /// The part that means nothing, that the type cannot carry, or that lacks another.
    pub fn new(text: &str, ty: Type) -> Result<DateFormat, FormatError> {
        if text == FISCAL_YEAR && ty == Type::Date {
            return Ok(DateFormat::fiscal(Dating::default()));
        }
        let mut cut = Cut { text, ty, parts: Vec::new() };
        cut.cut(text, None)?;
        cut.carried()?;
        cut.needed()?;
        cut.separated()?;
        let parts = cut.parts.into_iter().map(|p| p.0);
        let parts = if ty == Type::Duration { Self::unbounded(parts) } else { parts.collect() };
        Ok(DateFormat { text: text.to_string(), parts })
    }
}

/// What rules call the format of fiscal years.
pub const FISCAL_YEAR: &str = "fiscal year";

impl Cut<'_> {
    fn error(&self, at: Range<usize>, message: &str, label: &str, help: &str) -> FormatError {
        let part = self.text.get(at.clone()).unwrap_or(self.text);
        let message = message.replace("{}", &format!("`{part}`"));
        FormatError { at, message, label: label.into(), help: help.into() }
    }

    fn whole(&self) -> Range<usize> {
        0..self.text.len()
    }

    /// Cuts `text`; the parts of a format that a letter stands for lie where the letter does.
    fn cut(&mut self, text: &str, outer: Option<&Range<usize>>) -> Result<(), FormatError> {
        let mut at = 0;
        while let Some(sign) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let start = at;
            at += sign.len_utf8();
            if sign != '%' {
                self.parts.push((Part::Sign(sign), outer.cloned().unwrap_or(start..at)));
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let (pad, letters) = padding(rest);
            let Some((name, meaning)) = MEANINGS.iter().find(|m| letters.starts_with(m.0)) else {
                return Err(self.meaningless(start, rest));
            };
            at += rest.len() - letters.len() + name.len();
            let place = outer.cloned().unwrap_or(start..at);
            let part = match (meaning, pad) {
                (Meaning::Format(inner), None) => {
                    self.cut(inner, Some(&place))?;
                    continue;
                }
                (Meaning::Sign(sign), None) => Part::Sign(*sign),
                (Meaning::Field(field), None) => Part::Field(*field),
                (Meaning::Field(Field::Number(role, digits, _)), Some(pad)) => {
                    Part::Field(Field::Number(*role, *digits, pad))
                }
                _ => return Err(self.meaningless(start, rest)),
            };
            self.parts.push((part, place));
        }
        Ok(())
    }

    /// The `%` at `start`, followed by `rest`, is nothing that can be read.
    fn meaningless(&self, start: usize, rest: &str) -> FormatError {
        let letter = rest.find(|c: char| !matches!(c, '-' | '_' | '.' | ':' | '#' | '0'..='9'));
        let letter = letter.and_then(|n| Some((n, rest.get(n..)?.chars().next()?)));
        let end = start + 1 + letter.map_or(rest.len(), |(n, c)| n + c.len_utf8());
        let help = if letter.is_some_and(|l| l.1 == 'Z') {
            "names of time zones are not read; `%z` reads Z, +02:00 and +0200"
        } else {
            "day, month and year are %d, %m and %Y, hour, minute and second %H, %M and %S; \
             a percent sign is %%"
        };
        self.error(start..end, "{} is not a part of a date or time that can be read", "", help)
    }

    fn fields(&self) -> impl Iterator<Item = (Field, &Range<usize>)> {
        self.parts.iter().filter_map(|(part, place)| match part {
            Part::Field(field) => Some((*field, place)),
            Part::Sign(_) => None,
        })
    }

    fn find(&self, roles: &[Role]) -> Option<(Role, Range<usize>)> {
        self.fields()
            .find(|f| roles.contains(&f.0.role()))
            .map(|(field, place)| (field.role(), place.clone()))
    }

    fn has(&self, role: Role) -> bool {
        self.find(&[role]).is_some()
    }

    /// Whether there is a part at all, each said once, and each one that the type has.
    fn carried(&self) -> Result<(), FormatError> {
        let mut seen: Vec<Role> = Vec::new();
        for (field, place) in self.fields() {
            let role = field.role();
            if !role.suits(self.ty) {
                let (what, help) = match self.ty {
                    Type::Time => ("a time of day", "write type = \"datetime\", or remove it"),
                    Type::Duration => ("a duration", "durations are made of %d, %H, %M, %S and %f"),
                    _ => {
                        ("this type", "add type = \"date\", \"datetime\", \"time\" or \"duration\"")
                    }
                };
                let message = format!("{{}} is {}, but {what} has none", role.name());
                return Err(self.error(place.clone(), &message, "", help));
            }
            if seen.contains(&role) {
                let message = format!("{{}} says {} a second time", role.name());
                return Err(self.error(place.clone(), &message, "", "write each part once"));
            }
            seen.push(role);
        }
        if seen.is_empty() {
            let help =
                "day, month and year are %d, %m and %Y, hour, minute and second %H, %M and %S";
            return Err(self.error(self.whole(), "{} has no part of a date or time", "", help));
        }
        Ok(())
    }

    /// Whether all is there that the type and the parts need.
    fn needed(&self) -> Result<(), FormatError> {
        match self.ty {
            Type::Date => self.date_needs()?,
            Type::DateTime => {
                self.date_needs()?;
                self.day_needs()?;
                self.hour_needs("a date and time", "or write type = \"date\"")?;
            }
            Type::Time => self.hour_needs("a time of day", "for example %H:%M")?,
            _ => {}
        }
        self.beside(Role::HourOfHalf, Role::HalfOfDay, "%p")?;
        self.beside(Role::HalfOfDay, Role::HourOfHalf, "%I")?;
        self.beside(Role::Fraction, Role::Second, "%S")?;
        if self.ty != Type::Duration {
            self.beside(Role::Second, Role::Minute, "%M")?;
            if !self.has(Role::HourOfHalf) {
                self.beside(Role::Minute, Role::Hour, "%H")?;
            }
        }
        if self.has(Role::HourOfHalf) {
            self.apart(&[Role::Hour], Role::HourOfHalf)?;
        }
        Ok(())
    }

    /// A part that means nothing without another one.
    fn beside(&self, role: Role, other: Role, write: &str) -> Result<(), FormatError> {
        match self.find(&[role]) {
            Some((_, place)) if !self.has(other) => {
                let message = format!("{{}} is {} and needs {}", role.name(), other.name());
                let help = format!("add {write}, or remove it");
                Err(self.error(place, &message, &format!("without {}", other.name()), &help))
            }
            _ => Ok(()),
        }
    }

    /// Parts that would say again, or otherwise, what `role` says.
    fn apart(&self, roles: &[Role], role: Role) -> Result<(), FormatError> {
        match self.find(roles) {
            Some((found, place)) => {
                let message = format!("{{}} is {}, beside {}", found.name(), role.name());
                Err(self.error(place, &message, "", "keep one of the two"))
            }
            None => Ok(()),
        }
    }

    fn date_needs(&self) -> Result<(), FormatError> {
        use Role::{Day, DayOfYear, Month, Quarter, Week, WeekYear, Weekday, Year};
        if self.has(Week) || self.has(WeekYear) {
            self.apart(&[Year, Quarter, Month, Day, DayOfYear], Week)?;
            self.beside(Week, WeekYear, "%G")?;
            return self.beside(WeekYear, Week, "%V");
        }
        if !self.has(Year) {
            let help = "add %Y; a time without a date is type = \"time\"";
            return Err(self.error(self.whole(), "{} has no year", "no year", help));
        }
        if self.has(Quarter) {
            self.apart(&[Month, Day, DayOfYear], Quarter)?;
        }
        if self.has(DayOfYear) {
            self.apart(&[Month, Day], DayOfYear)?;
        }
        self.beside(Day, Month, "%m")?;
        match self.find(&[Weekday]) {
            Some((_, place)) if !self.has(Day) && !self.has(DayOfYear) => {
                let message = "{} is the weekday and needs the day";
                Err(self.error(place, message, "without the day", "add %d, or remove it"))
            }
            _ => Ok(()),
        }
    }

    fn day_needs(&self) -> Result<(), FormatError> {
        let by_week = self.has(Role::Week) && self.has(Role::Weekday);
        if by_week || self.has(Role::Day) || self.has(Role::DayOfYear) {
            return Ok(());
        }
        let message = "{} has no day, but a date and time needs one";
        Err(self.error(self.whole(), message, "no day", "add %d, or write type = \"date\""))
    }

    fn hour_needs(&self, what: &str, or: &str) -> Result<(), FormatError> {
        if self.has(Role::Hour) || self.has(Role::HourOfHalf) {
            return Ok(());
        }
        let message = format!("{{}} has no hour, but {what} needs one");
        Err(self.error(self.whole(), &message, "no hour", &format!("add %H:%M, {or}")))
    }

    /// Where digits follow a part that has one or more of them, nobody knows where it ends.
    fn separated(&self) -> Result<(), FormatError> {
        let mut sole: Vec<Part> = self.parts.iter().map(|p| p.0).collect();
        let open =
            if self.ty == Type::Duration { DateFormat::largest(&mut sole).copied() } else { None };
        for ((part, place), (next, _)) in self.parts.iter().zip(self.parts.iter().skip(1)) {
            let varies = matches!(part, Part::Field(f) if f.length_varies()) || Some(*part) == open;
            let digit = match next {
                Part::Sign(sign) => sign.is_ascii_digit(),
                Part::Field(field) => field.starts_with_digit(),
            };
            if varies && digit {
                let message = "{} has no fixed number of digits, but a digit follows at once";
                let help = "put a separator between the two parts";
                return Err(self.error(place.clone(), message, "where does it end?", help));
            }
        }
        Ok(())
    }
}

/// The sign after `%` that says how a number is filled up, and what follows it.
fn padding(rest: &str) -> (Option<Pad>, &str) {
    let signs = [('-', Pad::None), ('_', Pad::Space), ('0', Pad::Zero)];
    let found = signs.iter().find_map(|(sign, pad)| Some((*pad, rest.strip_prefix(*sign)?)));
    found.map_or((None, rest), |(pad, rest)| (Some(pad), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, ty: Type) -> (&str, String) {
        let e = DateFormat::new(text, ty).expect_err(text);
        assert!(!e.help.is_empty(), "{text}");
        (&text[e.at], e.message)
    }

    #[test]
    fn signs_are_read_as_they_stand() {
        let format = DateFormat::new("%d%%%m%%%Y%n%H:%M%t%S", Type::DateTime).expect("a format");
        assert!(format.parse_datetime("31%01%2024\n10:20\t30").is_ok());
        assert!(format.parse_datetime("31/01/2024\n10:20\t30").is_err());
    }

    #[test]
    fn no_shorter_text_follows_a_format() {
        for (format, text) in [
            ("%Y-%m-%dT%H:%M:%S%z", "2024-01-31T10:20:30Z"),
            ("%-d.%-m.%Y %H:%M", "1.2.2024 10:20"),
            ("%d %B %Y %I:%M %p", "01 May 2024 10:20 AM"),
            ("%e %b %y %H:%M:%S%.f", " 1 May 24 10:20:30.5"),
        ] {
            let format = DateFormat::new(format, Type::DateTime).expect("a format");
            assert!(format.parse_datetime(text).is_ok(), "{text}");
            assert!((1..=text.len()).contains(&format.shortest()), "{text}");
        }
        let usual = DateFormat::new("%Y-%m-%d %H:%M", Type::DateTime).expect("a format");
        assert_eq!(usual.shortest(), "2024-01-31 10:20".len());
    }

    #[test]
    fn the_part_at_fault_is_named() {
        use Type::{Date, DateTime, Duration, Time};
        for (text, ty, at) in [
            ("%d.%Q.%Y", Date, "%Q"),
            ("%Y-%m-%d %", Date, "%"),
            ("%Y %Z", DateTime, "%Z"),
            ("%Y-%-B", Date, "%-B"),
            ("YYYY-MM-DD", Date, "YYYY-MM-DD"),
            ("", Date, ""),
            ("%d/%m", Date, "%d/%m"),
            ("%d %Y", Date, "%d"),
            ("%Y-%m-%m", Date, "%m"),
            ("%Y %F", Date, "%F"),
            ("%Y Q%q %m", Date, "%m"),
            ("%Y-W%V", Date, "%Y"),
            ("%G", Date, "%G"),
            ("%a %Y", Date, "%a"),
            ("%-d%m%Y", Date, "%-d"),
            ("%Y-%m-%d", DateTime, "%Y-%m-%d"),
            ("%Y-%m %H:%M", DateTime, "%Y-%m %H:%M"),
            ("%F %I:%M", DateTime, "%I"),
            ("%F %H:%S", DateTime, "%S"),
            ("%H:%M%z", Time, "%z"),
            ("%F %T", Time, "%F"),
            ("%M", Time, "%M"),
            ("%H%M", Duration, "%H"),
            ("%m:%S", Duration, "%m"),
            ("%Y", Type::Number, "%Y"),
        ] {
            if text == "%M" {
                assert!(refused(text, ty).1.contains("no hour"));
            } else {
                assert_eq!(refused(text, ty).0, at, "{text}");
            }
        }
        assert_eq!(
            refused("%d.%Q.%Y", Date).1,
            "`%Q` is not a part of a date or time that can be read"
        );
    }

    #[test]
    fn usual_formats_are_taken() {
        for (ty, all) in [
            (
                Type::Date,
                &["%F", "%d/%m/%Y", "%-d %B %Y", "%b-%y", "%m/%y", "%Y", "%y", "%Y-Q%q"][..],
            ),
            (Type::Date, &["%G-W%V", "%G-W%V-%u", "%Y%j", "%A %d %B %Y", "%F %T", "%c", "%+"][..]),
            (
                Type::DateTime,
                &["%FT%T%z", "%d/%b/%Y:%H:%M:%S %z", "%F %I:%M %p", "%+", "%FT%H"][..],
            ),
            (Type::Time, &["%R", "%T", "%I %p", "%H%M%S%3f", "%T%.f", "%r"][..]),
            (Type::Duration, &["%S", "%H:%M", "%M:%S", "%d:%H", "%Hh%M", "%S:%M"][..]),
        ] {
            for text in all {
                assert!(
                    DateFormat::new(text, ty).is_ok(),
                    "{text}: {:?}",
                    DateFormat::new(text, ty)
                );
            }
        }
    }
}
