//! Expressions of CSV Schema that a contract says.

use crate::import::csvs::parse::Arg;
use crate::import::dates;
use crate::import::pattern::{self, Dialect, Patterns};
use crate::import::rules::Demand;
use crate::value::Type;

/// UUIDs of version 4, in small letters.
pub const UUID4: &str = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
/// Whole numbers without a sign.
pub const DIGITS: &str = "[0-9]+";

/// The contract that an expression is.
#[derive(Default)]
pub struct Simple {
    pub ty: Option<Type>,
    pub formats: Vec<String>,
    pub demands: Vec<Demand>,
}

/// The texts among arguments; nothing where anything else is.
fn texts(args: &[Arg]) -> Option<Vec<String>> {
    let own = |arg: &Arg| if let Arg::Text(text) = arg { Some(text.clone()) } else { None };
    args.iter().map(own).collect()
}

/// Two bounds; `*` is none.
pub fn bounds(args: &[Arg]) -> Option<(Option<String>, Option<String>)> {
    let own = |arg: &Arg| match arg {
        Arg::Word(word) if word == "*" => Some(None),
        Arg::Word(word) => Some(Some(word.clone())),
        _ => None,
    };
    match args {
        [one] => Some((own(one)?, own(one)?)),
        [low, high] => Some((own(low)?, own(high)?)),
        _ => None,
    }
}

/// A pattern for a text.
pub fn escaped(text: &str) -> String {
    let mut own = String::new();
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            own.push('\\');
        }
        own.push(c);
    }
    own
}

/// The contract that an expression is; nothing where it is none.
///
/// # Errors
/// Why it cannot be said at all.
pub fn simple(
    name: &str,
    args: &[Arg],
    (ignores_case, patterns): (bool, &Patterns),
) -> Result<Option<Simple>, String> {
    let matches = |pattern: String| {
        let flag = if ignores_case { "(?i)" } else { "" };
        vec![Demand::Matches(format!("{flag}{pattern}"))]
    };
    let of_text = |demands: Vec<Demand>| Ok(Some(Simple { demands, ..Simple::default() }));
    let any = "(?s:.*)";
    match (name, args) {
        ("notEmpty", []) => of_text(vec![Demand::Required]),
        ("unique", []) if !ignores_case => of_text(vec![Demand::Unique]),
        ("is", [Arg::Text(text)]) if ignores_case => of_text(matches(escaped(text))),
        ("is" | "any", args) if !ignores_case && !args.is_empty() => {
            let all = texts(args).filter(|all| all.iter().all(|text| !text.trim().is_empty()));
            Ok(all.map(|all| Simple { demands: vec![Demand::OneOf(all)], ..Simple::default() }))
        }
        ("starts", [Arg::Text(text)]) => of_text(matches(format!("{}{any}", escaped(text)))),
        ("ends", [Arg::Text(text)]) => of_text(matches(format!("{any}{}", escaped(text)))),
        ("regex", [Arg::Text(regex)]) => of_text(matches(patterns.whole(regex, Dialect::Java)?)),
        ("uri", []) => of_text(matches(pattern::URI.into())),
        ("uuid4", []) => of_text(matches(UUID4.into())),
        ("positiveInteger", []) => of_text(matches(DIGITS.into())),
        ("length", args) => {
            let number = |bound: Option<String>| bound.map(|n| n.parse::<u64>());
            let (low, high) = bounds(args).ok_or("its arguments are no numbers")?;
            let wrong = |_| "its arguments are no numbers".to_string();
            let low = number(low).transpose().map_err(wrong)?.filter(|n| *n > 0);
            let high = number(high).transpose().map_err(wrong)?;
            let low = low.map(Demand::MinLength).into_iter();
            of_text(low.chain(high.map(Demand::MaxLength)).collect())
        }
        ("range", [_, _]) => {
            let (low, high) = bounds(args).ok_or("its arguments are no numbers")?;
            let low = low.map(Demand::Min).into_iter();
            let demands = low.chain(high.map(Demand::Max)).collect();
            Ok(Some(Simple { ty: Some(Type::Number), demands, ..Simple::default() }))
        }
        _ => Ok(moment(name, args)),
    }
}

fn moment(name: &str, args: &[Arg]) -> Option<Simple> {
    let (ty, formats): (Type, &[&str]) = match name {
        "xDate" => (Type::Date, dates::DAY),
        "ukDate" | "uDate" => (Type::Date, &["%d/%m/%Y"]),
        "xTime" => (Type::Time, dates::TIME),
        "xDateTime" => (Type::DateTime, dates::MOMENT),
        "xDateTimeTz" => (Type::DateTime, dates::MOMENT_WITH_OFFSET),
        _ => return None,
    };
    let (low, high) = if args.is_empty() { (None, None) } else { bounds(args)? };
    let low = low.map(Demand::Min).into_iter();
    let demands = low.chain(high.map(Demand::Max)).collect();
    Some(Simple { ty: Some(ty), formats: dates::owned(formats), demands })
}

/// Whether a blank cell is what a contract asks for.
pub fn accepts_blank(name: &str, args: &[Arg], patterns: &Patterns) -> bool {
    match (name, args) {
        ("unique", _) => true,
        ("length", args) => {
            let low = bounds(args).and_then(|(low, _)| low);
            low.is_none_or(|low| low.parse() == Ok(0_u64))
        }
        ("regex", [Arg::Text(regex)]) => {
            let own = patterns.whole(regex, Dialect::Java);
            own.and_then(|own| patterns.fits_blank(&own)) == Ok(true)
        }
        ("starts" | "ends", [Arg::Text(text)]) => text.is_empty(),
        _ => false,
    }
}
