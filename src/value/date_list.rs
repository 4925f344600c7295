//! A cell against all formats of its column, and what to say where none fits.

use std::sync::LazyLock;

use crate::fault::Fault;
use crate::value::advice;
use crate::value::date_format::{DateFormat, FISCAL_YEAR, Field, Pad, Part, Role};
use crate::value::date_text::Misfit;
use crate::value::fiscal::Dating;
use crate::value::unread::{
    AMBIGUOUS_DATE, DATE_IMPOSSIBLE, DATE_UNREADABLE, MIXED_OFFSETS, TIME_UNREADABLE, Unread,
    first_other,
};
use crate::value::{Language, Type, Value};

/// The formats of a column.
#[derive(Clone, Copy)]
pub(crate) struct FormatList<'f> {
    pub ty: Type,
    pub formats: &'f [DateFormat],
    /// Whether its date-times have offsets; nothing where both kinds are read.
    pub offsets: Option<bool>,
}

/// Why a cell has no value.
#[derive(Debug)]
pub(crate) enum Failure {
    /// For each format that counts.
    Misfits(Vec<(usize, Misfit)>),
    /// Two formats read it differently.
    Ambiguous((usize, Value<'static>), (usize, Value<'static>)),
    /// It has an offset where the others have none, or none where they have one.
    OtherOffset,
}

impl Failure {
    /// The fault, where it is one of the column and is reported once for it.
    pub(crate) fn of_column(&self) -> Option<&'static Fault> {
        match self {
            Failure::Misfits(_) => None,
            Failure::Ambiguous(..) => Some(&AMBIGUOUS_DATE),
            Failure::OtherOffset => Some(&MIXED_OFFSETS),
        }
    }
}

impl FormatList<'_> {
    /// The value that all formats give that read the text; white space around it is tried last.
    pub(crate) fn read(&self, text: &str) -> Result<Value<'static>, Failure> {
        let trimmed = text.trim();
        let read = |format: &DateFormat| {
            let read = format.read(self.ty, text);
            if read.is_err() && trimmed != text { format.read(self.ty, trimmed) } else { read }
        };
        let mut found: Option<(usize, Value<'static>)> = None;
        let (mut misfits, mut other) = (Vec::new(), false);
        for (number, format) in self.formats.iter().enumerate() {
            match (read(format), &found) {
                (Ok(_), _) if !self.counts(format) => other = true,
                (Err(misfit), _) => misfits.push((number, misfit)),
                (Ok(value), None) => found = Some((number, value)),
                (Ok(value), Some(first)) if first.1 != value => {
                    return Err(Failure::Ambiguous(first.clone(), (number, value)));
                }
                (Ok(_), Some(_)) => {}
            }
        }
        match found {
            Some((_, value)) => Ok(value),
            None if other => Err(Failure::OtherOffset),
            None => Err(Failure::Misfits(misfits)),
        }
    }

    fn counts(&self, format: &DateFormat) -> bool {
        self.offsets.is_none_or(|with| with == format.has_offset())
    }

    fn name(&self, number: usize) -> &str {
        self.formats.get(number).map_or("", |f| f.text.as_str())
    }

    /// The formats that count: "%Y-%m-%d, %Y-%m or %Y".
    fn names(&self) -> (String, usize) {
        let counted = self.formats.iter().filter(|f| self.counts(f));
        let name = |f: &'_ DateFormat| match f.text.as_str() {
            FISCAL_YEAR => "a fiscal year".to_string(),
            text => text.to_string(),
        };
        let names: Vec<String> = counted.map(name).collect();
        let text = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        (text, names.len())
    }

    /// What is said of a cell without a value.
    pub(crate) fn refuse(&self, text: &str, failure: &Failure) -> Unread {
        match failure {
            Failure::Misfits(misfits) => self.misfit(text.trim(), misfits),
            Failure::Ambiguous(one, other) => self.ambiguous(text, one, other),
            Failure::OtherOffset => self.other_offset(text),
        }
    }

    fn ambiguous(
        &self,
        text: &str,
        (one, value): &(usize, Value<'_>),
        (other, differs): &(usize, Value<'_>),
    ) -> Unread {
        let words = |value: &Value<'_>| match value {
            Value::Date(days) => days.in_words(),
            other => other.to_text(),
        };
        let (value, differs) = (words(value), words(differs));
        Unread {
            fault: &AMBIGUOUS_DATE,
            message: format!(
                "`{text}` is {value} as `{}`, but {differs} as `{}`",
                self.name(*one),
                self.name(*other)
            ),
            label: format!("{value} or {differs}"),
            help: Some("keep the one format in which the column is written".into()),
            at: 0..text.len(),
        }
    }

    fn other_offset(&self, text: &str) -> Unread {
        let (has, label, others) = match self.offsets {
            Some(false) => ("has an offset from UTC", "an offset", "most others have none"),
            _ => ("has no offset from UTC", "no offset", "most others have one"),
        };
        Unread {
            fault: &MIXED_OFFSETS,
            message: format!("`{text}` {has}; {others}"),
            label: label.into(),
            help: Some("write all of a column with an offset, such as Z or +02:00, or none".into()),
            at: 0..text.len(),
        }
    }

    fn misfit(&self, text: &str, misfits: &[(usize, Misfit)]) -> Unread {
        let at = first_other(text, |c| c.is_ascii() || c.is_alphanumeric());
        let nearest = misfits.iter().find(|m| m.1 != Misfit::Shape);
        if let Some((number, Misfit::NoDay(why))) = nearest {
            let swapped = self.formats.get(*number).and_then(|f| other_order(text, f));
            return Unread { help: swapped.or_else(|| self.like(text)), ..impossible(text, why) };
        }
        if let Some((_, Misfit::NoFiscalYear(why))) = nearest {
            let (message, label) = (why.message(text), why.label().into());
            return Unread {
                fault: &DATE_UNREADABLE,
                message,
                label,
                help: Some(why.help().into()),
                at,
            };
        }
        let (fault, what) = match self.ty {
            Type::Date => (&DATE_UNREADABLE, "a date"),
            Type::DateTime => (&TIME_UNREADABLE, "a date and time"),
            Type::Time => (&TIME_UNREADABLE, "a time"),
            _ => (&TIME_UNREADABLE, "a duration"),
        };
        let (names, count) = self.names();
        let label = match (nearest, count) {
            (Some((_, Misfit::NoTime(why))), _) => why.clone(),
            (_, 1) => format!("not {names}"),
            _ => "in none of these formats".into(),
        };
        let message = format!("`{text}` is not {what} written as {names}");
        Unread { fault, message, label, help: self.advice(text), at }
    }

    /// What would read the text.
    fn advice(&self, text: &str) -> Option<String> {
        let is_length = || {
            DateFormat::new("%H:%M:%S", Type::Duration)
                .is_ok_and(|f| f.parse_duration(text).is_ok())
        };
        if let Some(format) = self.formats.iter().find_map(|f| unpadded(text, f, self.ty)) {
            return Some(format!("`{format}` reads numbers without a zero in front"));
        }
        if let Some(language) = self.other_language(text) {
            return Some(format!(
                "names of months are those of the `language` of the table, and English ones: `language = \"{}\"`",
                language.code()
            ));
        }
        if self.ty == Type::Time && is_length() {
            return Some("hours beyond 23 are a length of time: type = \"duration\"".into());
        }
        let counted = matches!(self.ty, Type::Date | Type::DateTime);
        self.with_plain_signs(text)
            .or_else(|| self.like(text))
            .or_else(|| advice::counted_day(text).filter(|_| counted))
            .or_else(|| advice::missing(text))
    }

    /// That signs in the text only look like those of a format.
    fn with_plain_signs(&self, text: &str) -> Option<String> {
        let own = |text: &str| self.formats.iter().any(|f| f.read(self.ty, text).is_ok());
        let usual = |text: &str| {
            USUAL.iter().any(|(ty, format)| *ty == self.ty && format.read(*ty, text).is_ok())
        };
        if let Some(rest) = text.strip_prefix(['\'', '’', '`']).filter(|rest| own(rest)) {
            return Some(format!(
                "an apostrophe stands before it, as spreadsheets mark texts: write `{rest}`"
            ));
        }
        let (plain, odd, sign) = advice::with_plain_signs(text)?;
        let code = u32::from(odd);
        let only_looks = format!("the `{odd}` in it is U+{code:04X}, and not `{sign}`");
        match (own(&plain), usual(&plain)) {
            (true, _) => Some(format!("{only_looks}: write `{plain}`")),
            (false, true) => Some(only_looks),
            _ => None,
        }
    }

    /// The language in which one of the formats reads the text.
    fn other_language(&self, text: &str) -> Option<Language> {
        let reads = |language: &Language| {
            let mut formats = self.formats.iter().map(|f| f.clone().in_language(*language));
            formats.any(|f| f.read(self.ty, text).is_ok())
        };
        Language::all().find(reads)
    }

    /// The usual formats, other than those of the column, that read the text.
    fn like(&self, text: &str) -> Option<String> {
        let reads = |ty: Type, format: &str| {
            let mut of = USUAL.iter().filter(|(of, usual)| *of == ty && usual.text == format);
            of.any(|(_, usual)| usual.read(ty, text).is_ok())
        };
        for group in usual(self.ty) {
            let new = |f: &&&str| self.formats.iter().all(|own| own.text != **f);
            let fits = group.iter().filter(new).filter(|f| reads(self.ty, f));
            let names: Vec<String> = fits.map(|f| format!("`{f}`")).collect();
            if !names.is_empty() {
                let names = names.join(" or ");
                return Some(format!(
                    "it looks like {names}; `format` can be one format or a list"
                ));
            }
        }
        let is_date = self.ty == Type::DateTime && DATES.iter().any(|f| reads(Type::Date, f));
        is_date.then(|| "a date without a time of day is type = \"date\"".into())
    }
}

/// The usual formats of a type, the likely ones first.
fn usual(ty: Type) -> &'static [&'static [&'static str]] {
    match ty {
        Type::Date => &[DATES, BARE_DATES, DATES_WITH_TIMES, SHORT_DATES],
        Type::DateTime => &[DATES_WITH_TIMES],
        Type::Time => &[TIMES],
        _ => &[],
    }
}

/// All of them, ready to read: a file may have many cells that none of its formats reads.
static USUAL: LazyLock<Vec<(Type, DateFormat)>> = LazyLock::new(|| {
    let of_type = |ty| usual(ty).iter().copied().flatten().map(move |format| (ty, *format));
    let all = [Type::Date, Type::DateTime, Type::Time].into_iter().flat_map(of_type);
    all.filter_map(|(ty, format)| Some((ty, DateFormat::new(format, ty).ok()?))).collect()
});

const DATES: &[&str] = &[
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%Y%m%d",
    "%-d %B %Y",
    "%B %-d, %Y",
    "%Y-%m",
    "%Y",
];
const BARE_DATES: &[&str] =
    &["%-d/%-m/%Y", "%-m/%-d/%Y", "%-d.%-m.%Y", "%d-%b-%Y", "%-d-%b-%Y", "%-d %b %Y", "%b %-d, %Y"];
/// Years of two digits, and what is no day.
const SHORT_DATES: &[&str] = &[
    "%-d/%-m/%y",
    "%-m/%-d/%y",
    "%-d.%-m.%y",
    "%-d-%b-%y",
    "%m/%Y",
    "%m.%Y",
    "%b %Y",
    "%B %Y",
    "%b-%y",
    "%G-W%V",
];
const DATES_WITH_TIMES: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
];
const TIMES: &[&str] = &["%H:%M:%S", "%H:%M", "%I:%M %p", "%-I:%M %p", "%H.%M", "%H%M"];

/// What lengths of time are written in by ISO 8601, in lists of formats.
const ISO_DURATION: &str = "ISO 8601";

impl DateFormat {
    /// The largest unit of a length of time has as many digits as it needs, up to nine.
    pub(crate) fn unbounded(parts: impl Iterator<Item = Part>) -> Vec<Part> {
        let mut parts: Vec<Part> = parts.collect();
        if let Some(Part::Field(Field::Number(_, digits, pad))) = Self::largest(&mut parts) {
            *digits = 9;
            *pad = Pad::Any;
        }
        parts
    }

    /// The part for the largest unit of a length of time.
    pub(crate) fn largest(parts: &mut [Part]) -> Option<&mut Part> {
        let rank = |part: &Part| match part {
            Part::Field(f) => [Role::Day, Role::Hour, Role::Minute, Role::Second]
                .iter()
                .position(|r| *r == f.role()),
            Part::Sign(_) => None,
        };
        parts.iter_mut().filter(|p| rank(p).is_some()).min_by_key(|p| rank(p))
    }

    /// Of fiscal years as texts write them.
    pub fn fiscal(dating: Dating) -> DateFormat {
        DateFormat { text: FISCAL_YEAR.into(), parts: vec![Part::Field(Field::Fiscal(dating))] }
    }

    /// How fiscal years are written, where it reads them.
    pub(crate) fn dating(&self) -> Option<Dating> {
        match self.parts.as_slice() {
            [Part::Field(Field::Fiscal(dating))] => Some(*dating),
            _ => None,
        }
    }

    /// Lengths of time as ISO 8601 writes them: no format of parts reads them.
    pub(crate) fn iso_duration() -> DateFormat {
        DateFormat { text: ISO_DURATION.to_string(), parts: Vec::new() }
    }

    pub(crate) fn is_iso_duration(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether it reads instants: an offset, or a `Z` at the end.
    pub fn has_offset(&self) -> bool {
        let offset = |part: &Part| matches!(part, Part::Field(Field::Offset));
        self.parts.iter().any(offset) || self.parts.last() == Some(&Part::Sign('Z'))
    }

    /// The same with day and month in the other's place, where both are numbers.
    fn swapped(&self) -> Option<DateFormat> {
        let place = |wanted: Role| {
            let is =
                |p: &Part| matches!(p, Part::Field(Field::Number(role, ..)) if *role == wanted);
            self.parts.iter().position(is)
        };
        let mut other = self.clone();
        other.parts.swap(place(Role::Day)?, place(Role::Month)?);
        Some(other)
    }

    /// Whether the month comes before the day.
    fn is_month_first(&self) -> bool {
        let roles = self.parts.iter().filter_map(|part| match part {
            Part::Field(field) => Some(field.role()),
            Part::Sign(_) => None,
        });
        roles.into_iter().find(|r| matches!(r, Role::Day | Role::Month)) == Some(Role::Month)
    }
}

/// What the text would be with day and month in the other order.
fn other_order(text: &str, format: &DateFormat) -> Option<String> {
    let other = format.swapped()?;
    let days = other.parse_date(text).ok()?;
    let order = if other.is_month_first() { "month first" } else { "day first" };
    Some(format!("{order} it is {}", days.in_words()))
}

/// The format with as few zeros in front left out as it takes to read the text.
fn unpadded(text: &str, format: &DateFormat, ty: Type) -> Option<String> {
    const PARTS: &[&[&str]] = &[
        &["%H"],
        &["%I"],
        &["%d"],
        &["%m"],
        &["%d", "%m"],
        &["%d", "%m", "%H"],
        &["%d", "%m", "%I"],
    ];
    let whole = [("%F", "%Y-%m-%d"), ("%T", "%H:%M:%S"), ("%R", "%H:%M"), ("%D", "%m/%d/%y")];
    let spelt =
        whole.iter().fold(format.text.clone(), |text, (short, long)| text.replace(short, long));
    PARTS.iter().find_map(|parts| {
        let bare = |text: String, part: &&str| text.replace(part, &part.replace('%', "%-"));
        let bare = parts.iter().fold(spelt.clone(), bare);
        let reads = DateFormat::new(&bare, ty).is_ok_and(|f| f.read(ty, text).is_ok());
        reads.then_some(bare)
    })
}

/// There is no such day.
pub(crate) fn impossible(text: &str, why: &str) -> Unread {
    Unread {
        fault: &DATE_IMPOSSIBLE,
        message: format!("`{text}` is not a calendar date: {why}"),
        label: why.to_string(),
        help: None,
        at: 0..text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Reading;
    use proptest::prelude::*;

    fn reading(ty: Type, formats: &[&str]) -> Reading {
        let formats = formats.iter().map(|f| DateFormat::new(f, ty).unwrap()).collect();
        Reading { formats, ..Reading::new(ty) }
    }

    #[test]
    fn the_help_names_what_would_read_the_cell() {
        let both: &[&str] = &["%d/%m/%Y", "%m/%d/%Y"];
        for (ty, formats, text, label, help) in [
            (
                Type::Date,
                &both[..1],
                "12/31/2013",
                "there is no month 31",
                "month first it is 31 December 2013",
            ),
            (
                Type::Date,
                &both[1..],
                "31/12/2013",
                "there is no month 31",
                "day first it is 31 December 2013",
            ),
            (
                Type::Date,
                &both[..1],
                "3/4/2013",
                "not %d/%m/%Y",
                "`%-d/%-m/%Y` reads numbers without a zero in front",
            ),
            (
                Type::Date,
                both,
                "2013-06-05",
                "in none of these formats",
                "it looks like `%Y-%m-%d`; `format` can be one format or a list",
            ),
            (
                Type::Date,
                both,
                "02/01/2014",
                "2 January 2014 or 1 February 2014",
                "keep the one format in which the column is written",
            ),
            (
                Type::Time,
                &["%H:%M:%S"],
                "24:05:00",
                "there is no hour 24",
                "hours beyond 23 are a length of time: type = \"duration\"",
            ),
            (
                Type::Time,
                &["%H:%M:%S"],
                "9:05:00",
                "not %H:%M:%S",
                "`%-H:%M:%S` reads numbers without a zero in front",
            ),
            (
                Type::DateTime,
                &["%Y-%m-%dT%H:%M:%S"],
                "2013-06-05",
                "not %Y-%m-%dT%H:%M:%S",
                "a date without a time of day is type = \"date\"",
            ),
        ] {
            let unread = reading(ty, formats).read(text).unwrap_err();
            assert_eq!(unread.label, label, "{text}");
            assert_eq!(unread.help.as_deref(), Some(help), "{text}");
        }
    }

    #[test]
    fn formats_may_agree() {
        let agree = reading(Type::Date, &["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"]);
        for text in ["07/07/2014", "2014-07-07", " 07/07/2014\u{a0}"] {
            assert_eq!(agree.read(text).unwrap().to_text(), "2014-07-07", "{text}");
        }
        assert!(agree.reads_iso_days() || agree.formats[0].text != "%Y-%m-%d");
        assert!(reading(Type::Date, &["%Y-%m-%d", "%Y-%m"]).reads_iso_days());
        assert!(!reading(Type::Date, &["%Y-%m-%d", "%Y-%d-%m"]).reads_iso_days());
    }

    #[test]
    fn lengths_of_time_by_iso_8601() {
        let second = 1_000_000;
        for (text, expected) in [
            ("PT1H30M", Some(5400 * second)),
            ("P1DT12H", Some(129_600 * second)),
            ("-P2W", Some(-1_209_600 * second)),
            ("PT0.5S", Some(second / 2)),
            ("PT36H", Some(129_600 * second)),
            ("P", None),
            ("PT", None),
            ("P1DT", None),
            ("PT1M1H", None),
            ("P1H", None),
            ("P1M", None),
            ("P1Y", None),
            ("PT1.5H", None),
            ("PT1", None),
            ("1H", None),
        ] {
            let read = reading_of_lengths().read(text).ok();
            assert_eq!(read, expected.map(Value::Duration), "{text}");
        }
        let year = reading_of_lengths().read("P1Y").unwrap_err();
        assert_eq!(year.label, "years and months have no fixed length");
    }

    fn reading_of_lengths() -> Reading {
        Reading::new(Type::Duration)
    }

    proptest! {
        #[test]
        fn no_list_panics(
            written in proptest::collection::vec("(%[-_]?[YymdbBqGVuHIMSpz]|[-/:. TZ]){1,8}|\\PC{0,6}", 0..4),
            cell in "[-+0-9:./ TZWPHMS]{0,25}|[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-9:.]{0,12}Z?)?\
                |[0-3]?[0-9]/[0-3]?[0-9]/[0-9]{4}|\\PC{0,12}",
            ty in 0..4usize,
            offsets in proptest::option::of(any::<bool>()),
        ) {
            let ty = [Type::Date, Type::DateTime, Type::Time, Type::Duration][ty];
            let formats = written.iter().filter_map(|f| DateFormat::new(f, ty).ok()).collect();
            let reading = Reading { formats, offsets, ..Reading::new(ty) };
            let read = reading.read(&cell);
            prop_assert_eq!(read.clone().ok(), reading.value(&cell));
            if let Err(unread) = read {
                prop_assert!(!unread.message.is_empty() && !unread.label.is_empty());
                let of_column = reading.fault_of_column(&cell);
                prop_assert!(of_column.is_none_or(|fault| fault == unread.fault));
            }
        }
    }
}
