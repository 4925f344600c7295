//! A cell that cannot be read, in the form that its column declares: only where it can mean one thing.

use std::sync::LazyLock;

use crate::value::date::{Days, civil_from_days, month_name, weekday, weekday_name};
use crate::value::date_format::{DateFormat, Field, Pad, Part, Role};
use crate::value::digits::{NumberFormat, percent_mark, scan_digits, sign};
use crate::value::{Basis, Language, Number, Reading, Type, Value};

/// A text in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What is otherwise: `date-form`.
    pub kind: &'static str,
    /// What the cell would hold.
    pub text: String,
}

/// How dates are written whose order of day, month and year nobody doubts.
const CERTAIN: &[&str] = &[
    "%Y-%m-%d",
    "%Y-%-m-%-d",
    "%Y/%m/%d",
    "%Y/%-m/%-d",
    "%Y.%m.%d",
    "%Y.%-m.%-d",
    "%d.%m.%Y",
    "%-d.%-m.%Y",
    "%d %B %Y",
    "%-d %B %Y",
    "%d. %B %Y",
    "%-d. %B %Y",
    "%d %b %Y",
    "%-d %b %Y",
    "%d-%b-%Y",
    "%-d-%b-%Y",
    "%B %d, %Y",
    "%B %-d, %Y",
    "%b %d, %Y",
    "%b %-d, %Y",
];

/// Signs that stand for a minus, beside those that are read as one.
const DASHES: [char; 4] = ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2014}'];

/// What a text that a column cannot read would be in the form that the column declares; nothing where
/// no form is declared, or where it could mean something else.
pub fn declared(reading: &Reading, text: &str) -> Option<Form> {
    let is_figure = matches!(reading.ty, Type::Number | Type::Integer | Type::Percent);
    let is_dated = matches!(reading.ty, Type::Date | Type::DateTime | Type::Time);
    // Of what texts show only dates that formats are declared for are read by these alone.
    let is_by_format =
        !reading.number.prose || is_figure || is_dated && !reading.formats.is_empty();
    if reading.basis != Basis::Contract || !is_by_format || reading.value(text).is_some() {
        return None;
    }
    let (text, form) = (text.trim(), |kind, text| Form { kind, text });
    match reading.ty {
        Type::Number | Type::Integer | Type::Percent => {
            number(reading, text).map(|text| form("number-form", text))
        }
        Type::Date => {
            padded(reading, text).or_else(|| day(reading, text)).map(|text| form("date-form", text))
        }
        Type::DateTime | Type::Time => padded(reading, text).map(|text| form("date-form", text)),
        Type::Boolean => truth(reading, text).map(|text| form("truth-word", text)),
        Type::Text | Type::Year | Type::Duration => None,
    }
}

/// Numbers of one digit with a zero in front: `3/4/2013` where `03/04/2013` is asked for.
fn padded(reading: &Reading, text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 4);
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut before = None;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_alone = !is_digit(before) && !is_digit(signs.peek().copied());
        // A digit behind a point is a fraction of a second.
        if sign.is_ascii_digit() && is_alone && !(before == Some('.') && text.contains(':')) {
            out.push('0');
        }
        out.push(sign);
        before = Some(sign);
    }
    (out != text && reading.value(&out).is_some()).then_some(out)
}

/// A day that is written in a form of its own, in the first format of the column.
fn day(reading: &Reading, text: &str) -> Option<String> {
    static FORMATS: LazyLock<Vec<DateFormat>> = LazyLock::new(|| {
        CERTAIN.iter().filter_map(|format| DateFormat::new(format, Type::Date).ok()).collect()
    });
    let read = |format: &DateFormat| format.parse_date(text).ok();
    let mut days: Vec<Days> = FORMATS.iter().filter_map(read).collect();
    days.dedup();
    let [day] = days[..] else { return None };
    let written = reading.formats.first()?.written(day)?;
    (reading.value(&written)? == Value::Date(day)).then_some(written)
}

impl DateFormat {
    /// A day as the format writes it; none where it takes more than a day to fill it.
    fn written(&self, days: Days) -> Option<String> {
        if !days.is_day() {
            return None;
        }
        let date = civil_from_days(days.first);
        let mut out = String::new();
        for part in &self.parts {
            let field = match part {
                Part::Sign(sign) => {
                    out.push(*sign);
                    continue;
                }
                Part::Field(field) => *field,
            };
            let short = |name: &str| name.get(..3).unwrap_or(name).to_string();
            out.push_str(&match field {
                Field::Number(role, digits, pad) => {
                    let number = match role {
                        Role::Year => i64::from(date.year),
                        Role::Month => i64::from(date.month),
                        Role::Day => i64::from(date.day),
                        _ => return None,
                    };
                    match pad {
                        Pad::Zero => format!("{number:0digits$}"),
                        Pad::None | Pad::Any => number.to_string(),
                        Pad::Space => format!("{number:digits$}"),
                    }
                }
                Field::ShortYear => format!("{:02}", date.year.rem_euclid(100)),
                Field::MonthName { language, .. } if language != Language::ENGLISH => return None,
                Field::MonthName { short: false, .. } => month_name(date.month).to_string(),
                Field::MonthName { short: true, .. } => short(month_name(date.month)),
                Field::WeekdayName { short: is_short } => {
                    let name = weekday_name(weekday(days.first));
                    if is_short { short(name) } else { name.to_string() }
                }
                Field::Fraction { .. } | Field::HalfOfDay | Field::Offset | Field::Fiscal(_) => {
                    return None;
                }
            });
        }
        Some(out)
    }
}

/// A word for true or false in English, where the column declares one word for each.
fn truth(reading: &Reading, text: &str) -> Option<String> {
    let ([yes], [no]) = (&reading.truths.yes[..], &reading.truths.no[..]) else { return None };
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(yes.clone()),
        "false" | "no" => Some(no.clone()),
        _ => None,
    }
}

/// A figure whose signs can mean one number only, with the signs of the column.
fn number(reading: &Reading, text: &str) -> Option<String> {
    let own = &reading.number;
    let plain: String = text.chars().map(ascii).collect();
    let (negative, body) = sign(&plain);
    let (digits, power) = percent_mark(body.trim());
    if power.is_some() && reading.ty != Type::Percent {
        return None;
    }
    let (value, signs) = only_meaning(digits, own)?;
    let mark = body.trim().get(digits.len()..)?;
    let minus = if negative { "-" } else { "" };
    let written = format!("{minus}{}{mark}", rewritten(digits, &signs, own));
    let value = if negative { -value } else { value };
    let value = match reading.ty {
        Type::Percent => &value * &Number::pow10(-power.unwrap_or(2)),
        _ => value,
    };
    let read = reading.value(&written)?;
    (written != text && read.figure()?.value == value).then_some(written)
}

/// Digits and signs of other scripts as ASCII has them.
fn ascii(c: char) -> char {
    match c {
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10).unwrap_or(c),
        c if DASHES.contains(&c) => '-',
        c => c,
    }
}

/// The one number that digits with signs can mean, and the signs by which they do.
fn only_meaning(digits: &str, own: &NumberFormat) -> Option<(Number, NumberFormat)> {
    if digits.contains(['e', 'E']) {
        return None;
    }
    let mut found: Option<(Number, NumberFormat)> = None;
    for decimal in ['.', ','] {
        for grouping in [None, Some('.'), Some(','), Some(' '), Some('\'')] {
            let signs = NumberFormat { decimal, grouping, ..NumberFormat::default() };
            let Some((value, ..)) = scan_digits(digits, &signs) else { continue };
            if grouping == Some(decimal) || is_declared_otherwise(digits, &signs, own) {
                continue;
            }
            match &found {
                Some((other, _)) if *other != value => return None,
                Some(_) => {}
                None => found = Some((value, signs)),
            }
        }
    }
    found
}

/// Whether the only sign among the digits would be the decimal one, and the column has it between
/// groups: then a digit may be missing, one too many, or another such sign.
fn is_declared_otherwise(digits: &str, signs: &NumberFormat, own: &NumberFormat) -> bool {
    let is_only = signs.grouping.is_none_or(|sign| !digits.contains(sign));
    own.grouping == Some(signs.decimal) && digits.contains(signs.decimal) && is_only
}

/// The digits with the column's own signs between them.
fn rewritten(digits: &str, signs: &NumberFormat, own: &NumberFormat) -> String {
    let own_sign = |c: char| match c {
        c if c.is_ascii_digit() => Some(c),
        c if c == signs.decimal => Some(own.decimal),
        _ => own.grouping,
    };
    digits.chars().filter_map(own_sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Truths;
    use proptest::prelude::*;

    fn numbers(decimal: char, grouping: Option<char>) -> Reading {
        let number = NumberFormat { decimal, grouping, ..NumberFormat::default() };
        Reading { number, ..Reading::new(Type::Number) }
    }

    fn dates(ty: Type, format: &str) -> Reading {
        let formats = vec![DateFormat::new(format, ty).expect("a format")];
        Reading { formats, ..Reading::new(ty) }
    }

    #[test]
    fn figures_that_can_mean_one_number_get_the_signs_of_their_column() {
        let (point, comma) = (numbers('.', None), numbers(',', Some('.')));
        let grouped = numbers('.', Some(','));
        for (reading, text, written) in [
            (&point, "1,840,500", Some("1840500")),
            (&point, "1 840.5", Some("1840.5")),
            (&point, "1\u{202f}840", Some("1840")),
            (&point, "1\u{2007}840", Some("1840")),
            (&point, "1.840,50", Some("1840.50")),
            (&point, "12,5", Some("12.5")),
            (&point, "- 5", Some("-5")),
            (&point, "\u{2014}5", Some("-5")),
            (&point, "\u{ff11}\u{ff12}", Some("12")),
            (&point, "(1,840,500)", Some("-1840500")),
            // One thousand eight hundred and forty, or nearly two.
            (&point, "1,840", None),
            (&point, "1,840,5", None),
            (&point, "12 5", None),
            (&point, "n/a", None),
            (&point, "12 %", None),
            (&point, "1.2,3e4", None),
            (&comma, "1,840.50", Some("1.840,50")),
            (&comma, "1840.50", None),
            (&grouped, "1.840,50", Some("1,840.50")),
            // A digit of 12,500 may be missing.
            (&grouped, "12,5", None),
            (&grouped, "1234,567", None),
            (&grouped, "1234,56", None),
        ] {
            let form = declared(reading, text).map(|form| form.text);
            assert_eq!(form.as_deref(), written, "{text}");
        }
        let share = Reading { number: numbers(',', None).number, ..Reading::new(Type::Percent) };
        assert_eq!(declared(&share, "12.5 %").expect("a form").text, "12,5 %");
        let count = Reading::new(Type::Integer);
        assert_eq!(declared(&count, "1 840").expect("a form").text, "1840");
        assert_eq!(declared(&count, "1 840.0"), None);
    }

    #[test]
    fn days_are_written_in_the_format_of_their_column() {
        for (ty, format, text, written) in [
            (Type::Date, "%d/%m/%Y", "2013-06-05", Some("05/06/2013")),
            (Type::Date, "%d/%m/%Y", "3/4/2013", Some("03/04/2013")),
            (Type::Date, "%d/%m/%Y", "5 June 2013", Some("05/06/2013")),
            (Type::Date, "%Y-%m-%d", "5.6.2013", Some("2013-06-05")),
            (Type::Date, "%Y-%m-%d", "2013/6/5", Some("2013-06-05")),
            (Type::Date, "%-d %b %Y", "2013-06-05", Some("5 Jun 2013")),
            (Type::Date, "%A %-d %B %Y", "2013-06-05", Some("Wednesday 5 June 2013")),
            (Type::Date, "%d.%m.%y", "2013-06-05", Some("05.06.13")),
            // Day or month first: nobody knows.
            (Type::Date, "%Y-%m-%d", "3/4/2013", None),
            (Type::Date, "%d/%m/%Y", "12/31/2013", None),
            (Type::Date, "%Y-%m-%d", "2013-02-30", None),
            (Type::Date, "%d.%m.%y", "1913-06-05", None),
            (Type::Date, "%Y-%m", "2013-06-05", None),
            (Type::Time, "%H:%M", "9:05", Some("09:05")),
            (Type::DateTime, "%Y-%m-%d %H:%M", "2013-6-5 9:05", Some("2013-06-05 09:05")),
        ] {
            let form = declared(&dates(ty, format), text).map(|form| form.text);
            assert_eq!(form.as_deref(), written, "{text} as {format}");
        }
        let inferred = Reading { basis: Basis::Use, ..dates(Type::Date, "%Y-%m-%d") };
        assert_eq!(declared(&inferred, "2013/6/5"), None);
    }

    #[test]
    fn truths_get_the_words_of_their_column() {
        let words = |yes: &[&str]| Truths {
            yes: yes.iter().map(ToString::to_string).collect(),
            no: vec!["nein".into()],
        };
        let one = Reading { truths: words(&["ja"]), ..Reading::new(Type::Boolean) };
        let two = Reading { truths: words(&["ja", "j"]), ..Reading::new(Type::Boolean) };
        for (reading, text, written) in [
            (&one, "Yes", Some("ja")),
            (&one, "FALSE", Some("nein")),
            (&one, "1", None),
            (&two, "yes", None),
            (&Reading::new(Type::Boolean), "ja", None),
        ] {
            let form = declared(reading, text).map(|form| form.text);
            assert_eq!(form.as_deref(), written, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(19), ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_has_the_digits_that_were_there(text in "[-(\u{2014}]?[0-9 .,']{1,9}[)%]?", decimal in "[.,]", grouping in proptest::option::of("[., ']")) {
            let own = |sign: String| sign.chars().next();
            let reading = numbers(own(decimal).unwrap_or('.'), grouping.and_then(own));
            if let Some(form) = declared(&reading, &text) {
                let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
                prop_assert_eq!(digits(&form.text), digits(&text));
                prop_assert!(reading.value(&form.text).is_some());
            }
        }
    }
}
