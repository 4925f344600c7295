//! The datatypes of CSVW, with their formats and bounds.

use crate::import::dates;
use crate::import::document::{Members, character, map, shown, text};
use crate::import::pattern::{self, Dialect, Patterns};
use crate::import::rules::{Column, Demand};
use crate::read::tree::value::Value;
use crate::value::{Number, Type};

/// Whole numbers of a base, with their least and greatest.
const INTEGERS: [(&str, Option<&str>, Option<&str>); 13] = [
    ("integer", None, None),
    ("long", Some("-9223372036854775808"), Some("9223372036854775807")),
    ("int", Some("-2147483648"), Some("2147483647")),
    ("short", Some("-32768"), Some("32767")),
    ("byte", Some("-128"), Some("127")),
    ("nonNegativeInteger", Some("0"), None),
    ("positiveInteger", Some("1"), None),
    ("nonPositiveInteger", None, Some("0")),
    ("negativeInteger", None, Some("-1")),
    ("unsignedLong", Some("0"), Some("18446744073709551615")),
    ("unsignedInt", Some("0"), Some("4294967295")),
    ("unsignedShort", Some("0"), Some("65535")),
    ("unsignedByte", Some("0"), Some("255")),
];

/// Reads a datatype: its name, or a base with what narrows it.
pub fn read(value: &Value, patterns: &Patterns, column: &mut Column) {
    let mut members = Members::new(value);
    let base = text(value).or_else(|| members.text("base")).unwrap_or("string");
    members.pass(&["@id", "name", "dc:title", "dc:description"]);
    let format = members.get("format");
    let own = INTEGERS.iter().find(|(name, ..)| *name == base);
    match base {
        _ if own.is_some() => number(Type::Integer, format, column),
        "number" | "decimal" | "double" | "float" => number(Type::Number, format, column),
        "boolean" => boolean(format, column),
        "date" => moment(Type::Date, dates::DAY, format, column),
        "datetime" | "dateTime" => moment(Type::DateTime, dates::MOMENT, format, column),
        "dateTimeStamp" => moment(Type::DateTime, dates::MOMENT_WITH_OFFSET, format, column),
        "time" => moment(Type::Time, dates::TIME, format, column),
        "gYearMonth" => moment(Type::Date, &["%Y-%m"], format, column),
        "gYear" => {
            column.ty = Some(Type::Year);
            column.demand(Demand::Matches("[0-9]{4,}".into()));
            if let Some(value) = format.filter(|value| text(value) != Some("yyyy")) {
                column.remarks.unsaid(format!("year written as {}", shown(value)), "");
            }
        }
        _ => texts(base, format, patterns, column),
    }
    facets(&mut members, own.copied(), column);
    for (name, value) in members.rest() {
        column.remarks.unsaid(format!("`{name}` {} of the datatype", shown(value)), "");
    }
}

fn texts(base: &str, format: Option<&Value>, patterns: &Patterns, column: &mut Column) {
    column.ty = Some(Type::Text);
    match base {
        "string" | "normalizedString" | "token" | "any" | "anyAtomicType" | "anyURI" => {}
        "hexBinary" => column.demand(Demand::Matches("(?:[0-9A-Fa-f]{2})*".into())),
        "base64Binary" | "binary" => column.demand(Demand::Matches(pattern::BASE64.into())),
        "duration" => column.demand(Demand::Matches(pattern::XSD_DURATION.into())),
        "dayTimeDuration" => column.demand(Demand::Matches(pattern::DAY_TIME_DURATION.into())),
        "yearMonthDuration" => column.demand(Demand::Matches(pattern::YEAR_MONTH_DURATION.into())),
        other => column.remarks.unsaid(format!("the datatype {other}"), "it is read as a text"),
    }
    if let Some(value) = format {
        let own = |pattern: &str| patterns.whole(pattern, Dialect::Ecma);
        match text(value).ok_or_else(String::new).and_then(own) {
            Ok(own) => column.demand(Demand::Matches(own)),
            Err(why) => column.remarks.unsaid(format!("the format {}", shown(value)), &why),
        }
    }
}

fn number(ty: Type, format: Option<&Value>, column: &mut Column) {
    column.ty = Some(ty);
    let Some(value) = format else { return };
    let mut members = Members::new(value);
    let sign =
        |value: Option<&Value>| value.and_then(character).filter(|c| c.is_ascii_punctuation());
    let decimal = sign(members.get("decimalChar")).unwrap_or('.');
    let grouping = sign(members.get("groupChar"));
    column.decimal = Some(decimal).filter(|decimal| *decimal != '.');
    column.grouping = grouping.filter(|grouping| *grouping != decimal);
    let Some(own) = text(value).or_else(|| members.text("pattern")) else { return };
    if own.contains(',') && column.grouping.is_none() && decimal != ',' {
        column.grouping = Some(',');
    }
    let (digits, sign) = match own.strip_suffix('%') {
        Some(digits) => (digits, "%"),
        None => (own, ""),
    };
    if own.contains('%') {
        column.ty = Some(Type::Percent);
    }
    match figures(digits, decimal, column.grouping) {
        Some(own) => column.demand(Demand::Matches(own + sign)),
        None => {
            // Nothing reads per mille.
            column.ty = column.ty.filter(|_| !own.contains('\u{2030}'));
            let why = "only digits, `#`, `,`, `.` and a `%` behind them are read";
            column.remarks.unsaid(format!("the format {own}"), why);
        }
    }
}

/// The pattern for figures that are written like `#,##0.00`.
fn figures(format: &str, decimal: char, grouping: Option<char>) -> Option<String> {
    let (whole, decimals) = format.split_once('.').unwrap_or((format, ""));
    let is_digit = |c: char| c == '#' || c == '0';
    let signs = |text: &str| text.chars().all(|c| is_digit(c) || c == ',');
    if format.is_empty() || !signs(whole) || !decimals.chars().all(is_digit) {
        return None;
    }
    let zeros = |text: &str| text.chars().filter(|c| *c == '0').count();
    let escaped = |c: char| {
        format!(
            "[{}]",
            if c == '^' || c == '\\' || c == ']' { format!("\\{c}") } else { c.to_string() }
        )
    };
    let first = match (whole.rsplit_once(','), grouping) {
        (Some((_, group)), Some(sign)) if !group.is_empty() => {
            let n = group.len();
            format!("[0-9]{{1,{n}}}(?:{}[0-9]{{{n}}})*", escaped(sign))
        }
        _ => format!("[0-9]{{{},}}", zeros(whole)),
    };
    let (least, most) = (zeros(decimals), decimals.len());
    let digits = format!("{}[0-9]{{{},{most}}}", escaped(decimal), least.max(1));
    let rest = match (least, most) {
        (_, 0) => String::new(),
        (0, _) => format!("(?:{digits})?"),
        _ => digits,
    };
    Some(format!(r"[+\-]?{first}{rest}"))
}

fn boolean(format: Option<&Value>, column: &mut Column) {
    column.ty = Some(Type::Boolean);
    let own = format.and_then(text).and_then(|format| format.split_once('|'));
    (column.yes, column.no) = match own {
        Some((yes, no)) => (vec![yes.to_string()], vec![no.to_string()]),
        None => (vec!["true".into(), "1".into()], vec!["false".into(), "0".into()]),
    };
    if let Some(format) = format.filter(|_| own.is_none()) {
        column.remarks.unsaid(format!("the format {}", shown(format)), "it has no `|`");
    }
}

fn moment(ty: Type, usual: &[&str], format: Option<&Value>, column: &mut Column) {
    let Some(value) = format else {
        (column.ty, column.formats) = (Some(ty), dates::owned(usual));
        return;
    };
    match text(value).ok_or_else(String::new).and_then(|own| dates::unicode(own, ty)) {
        Ok(own) => (column.ty, column.formats) = (Some(ty), vec![own]),
        Err(why) => {
            column.remarks.unsaid(format!("{} written as {}", ty.word(), shown(value)), &why)
        }
    }
}

/// A bound as the type of its column writes it: 0.5 of percentages is 50%.
fn of_type(bound: &str, ty: Option<Type>) -> String {
    let share = Number::parse(bound).filter(|_| ty == Some(Type::Percent));
    let percent = share.map(|share| (&share * &Number::from(100_i64)).to_text() + "%");
    percent.unwrap_or_else(|| bound.to_string())
}

fn facets(
    members: &mut Members<'_>,
    base: Option<(&str, Option<&str>, Option<&str>)>,
    column: &mut Column,
) {
    for (key, is_low, is_high) in
        [("length", true, true), ("minLength", true, false), ("maxLength", false, true)]
    {
        let Some(value) = members.get(key) else { continue };
        match text(value).and_then(|n| n.parse::<u32>().ok()) {
            Some(n) => {
                let low = is_low.then(|| Demand::MinLength(n.into()));
                let high = is_high.then(|| Demand::MaxLength(n.into()));
                low.into_iter().chain(high).for_each(|demand| column.demand(demand));
            }
            None => column.remarks.unsaid(format!("{key} {}", shown(value)), "it is no length"),
        }
    }
    let mut is_bound = (false, false);
    let bounds: [(&'static str, bool, fn(String) -> Demand); 6] = [
        ("minimum", true, Demand::Min),
        ("minInclusive", true, Demand::Min),
        ("minExclusive", true, Demand::Above),
        ("maximum", false, Demand::Max),
        ("maxInclusive", false, Demand::Max),
        ("maxExclusive", false, Demand::Below),
    ];
    for (key, is_low, make) in bounds {
        let Some(value) = members.get(key) else { continue };
        match text(value).filter(|_| map(value).is_none()) {
            Some(bound) => {
                column.demand(make(of_type(bound, column.ty)));
                if is_low { is_bound.0 = true } else { is_bound.1 = true }
            }
            None => column.remarks.unsaid(format!("{key} {}", shown(value)), "it is no value"),
        }
    }
    let Some((_, low, high)) = base else { return };
    let low = low.filter(|_| !is_bound.0).map(|low| Demand::Min(low.to_string()));
    let high = high.filter(|_| !is_bound.1).map(|high| Demand::Max(high.to_string()));
    low.into_iter().chain(high).for_each(|demand| column.demand(demand));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::regex::Regex;

    #[test]
    fn figures_are_written_as_their_format_says() {
        for (format, yes, no) in [
            ("0.00", "12.50", "12.5"),
            ("#,##0", "1,234,567", "1,23"),
            ("#0.#", "1", "1.25"),
            ("000", "0123", "12"),
        ] {
            let own = figures(format, '.', Some(',')).expect("a format");
            let regex = Regex::new(&own).expect("a pattern");
            assert!(regex.is_full_match(yes) && !regex.is_full_match(no), "{format} is {own}");
        }
        assert_eq!(figures("0%", '.', None), None);
    }
}
