//! Column contracts.

use std::sync::Arc;

use toml::de::DeValue;

use crate::expr::formats::{named_format, no_format};
use crate::expr::marks::Marks;
use crate::expr::regex::Regex;
use crate::expr::spellings;
use crate::rules::toml::{BAD_VALUE, Item, Reader, Section, UNKNOWN_KEY};
use crate::rules::{ColumnRule, Demand, Spanned, Withheld};
use crate::source::{Snippet, did_you_mean};
use crate::value::{DateFormat, Language, Number, Rounding, Truths, Type};

/// Keys of `columns.<c>`.
pub const COLUMN_KEYS: &[&str] = &[
    "optional",
    "type",
    "format",
    "required",
    "unique",
    "min",
    "max",
    "above",
    "below",
    "min_length",
    "max_length",
    "matches",
    "one_of",
    "in",
    "list",
    "collate",
    "missing",
    "withheld",
    "marks",
    "true",
    "false",
    "decimal",
    "grouping",
    "decimals",
    "rounding",
    "base",
    "reliability",
    "like",
    "severity",
    "title",
    "help",
    "was",
];

/// Words for ways of rounding.
pub const ROUNDINGS: &[(&str, Rounding)] =
    &[("nearest", Rounding::Nearest), ("truncate", Rounding::Truncate)];

/// Words for the figures of a workbook, and whether they are as they are stored.
pub const FIGURES: &[(&str, bool)] = &[("shown", false), ("stored", true)];

/// Reads one contract.
pub(crate) fn read(r: &mut Reader<'_>, name: Spanned<String>, s: &Section<'_>) -> ColumnRule {
    r.unknown_keys(s, COLUMN_KEYS);
    let ty = column_type(r, s);
    let formats = formats(r, s, ty.as_ref());
    let missing = r
        .texts(s, "missing", "missing = [\"\", \"..\"]")
        .map(|all| all.into_iter().map(|t| t.text).collect());
    let by_column = |item: &Item<'_>| matches!(item.get_ref(), DeValue::String(t) if t == "column");
    let decimals_by_column = s.table.get("decimals").is_some_and(by_column);
    let decimals = if decimals_by_column { None } else { r.integer(s, "decimals") };
    if let Some(d) = decimals.as_ref().filter(|d| d.value.abs() > 100) {
        r.problem(
            &BAD_VALUE,
            d.span,
            "`decimals` must be between -100 and 100",
            "",
            "decimals = 2 means hundredths, decimals = -3 thousands",
        );
    }
    let decimals = decimals.and_then(|d| {
        i32::try_from(d.value)
            .ok()
            .filter(|n| n.abs() <= 100)
            .map(|value| Spanned { value, span: d.span })
    });
    let mut rule = ColumnRule {
        name,
        was: r.was(s),
        optional: r.flag(s, "optional").unwrap_or(false),
        ty,
        formats,
        list: list(r, s),
        is_natural: is_natural(r, s),
        missing,
        withheld: withheld(r, s),
        marks: marks(r, s),
        truths: truths(r, s),
        decimal: decimal(r, s),
        grouping: r.character(s, "grouping", "grouping = \".\"").and_then(|c| c.value),
        decimals: decimals.as_ref().map(|d| d.value),
        decimals_by_column,
        rounding: rounding(r, s),
        reliability: reliability(r, s),
        title: r.words(s, "title", "title = \"…\""),
        help: r.words(s, "help", "help = \"…\""),
        severity: r.severity(s),
        demands: Vec::new(),
        lists_numbers: s.table.get("one_of").is_some_and(lists_numbers),
    };
    rule.demands
        .extend(decimals.map(|d| Spanned { value: Demand::Decimals(d.value), span: d.span }));
    for (key, item) in s.table.iter() {
        let span = r.span(item);
        if let Some(value) = demand(r, key.get_ref(), item, s, rule.ty.as_ref()) {
            rule.demands.push(Spanned { value, span });
        }
    }
    rule
}

/// Whether a list holds numbers, and no texts.
fn lists_numbers(item: &Item<'_>) -> bool {
    let is_number =
        |one: &Item<'_>| matches!(one.get_ref(), DeValue::Integer(_) | DeValue::Float(_));
    matches!(item.get_ref(), DeValue::Array(all) if !all.is_empty() && all.iter().all(is_number))
}

/// `reliability = 2`.
fn reliability(r: &mut Reader<'_>, s: &Section<'_>) -> Option<u32> {
    const MOST: u32 = 1_000;
    let written = r.integer(s, "reliability")?;
    let own = u32::try_from(written.value).ok().filter(|own| (1..=MOST).contains(own));
    if own.is_none() {
        let message = "`reliability` must be a whole number from 1 to 1000";
        let help = "2 for a column that is twice as trustworthy as the others, which have 1";
        r.problem(&BAD_VALUE, written.span, message, "", help);
    }
    own
}

/// `collate = "natural"`.
fn is_natural(r: &mut Reader<'_>, s: &Section<'_>) -> bool {
    let Some(word) = r.spanned(s, "collate", "collate = \"natural\"") else { return false };
    if word.value != "natural" {
        let message = format!("`{}` is no order of texts", word.value);
        let help = "write \"natural\": v9 comes before v10; without it they go by their characters";
        r.problem(&BAD_VALUE, word.span, message, "", help);
        return false;
    }
    let is_text = |item: &Item<'_>| matches!(item.get_ref(), DeValue::String(t) if t == "text");
    if s.table.get("type").is_some_and(|ty| !is_text(ty)) {
        let message = "`collate` is an order of texts, and the column has another type";
        r.problem(&BAD_VALUE, word.span, message, "", "remove `collate`, or write type = \"text\"");
    }
    true
}

/// `list = ";"`.
fn list(r: &mut Reader<'_>, s: &Section<'_>) -> Option<String> {
    let separator = r.spanned(s, "list", "list = \";\"")?;
    if separator.value.is_empty() {
        let message = "`list` needs what stands between the values of a cell";
        r.problem(&BAD_VALUE, separator.span, message, "", "for example: list = \";\"");
        return None;
    }
    if let Some(item) = s.table.get("unique") {
        let span = r.span(item);
        let message = "`unique` is about whole cells, and `list` cuts them into values";
        let help = "remove one of them, or make two columns of it with a contract each";
        r.problem(&BAD_VALUE, span, message, "", help);
    }
    Some(separator.value)
}

/// `marks = ["E", "*"]`.
pub(crate) fn marks(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Arc<Marks>> {
    let texts = r.texts(s, "marks", "marks = [\"E\", \"*\"]")?;
    match Marks::new(texts.iter().map(|t| t.text.as_str())) {
        Ok(marks) => (!texts.is_empty()).then(|| Arc::new(marks)),
        Err((number, why)) => {
            let text = texts.get(number)?;
            let message = format!("the mark `{}` cannot be read: {why}", text.text);
            let help = "a mark with a backslash is a regular expression, such as '\\d\\)'; any other is taken as it stands";
            r.problem(&BAD_VALUE, text.whole(), message, "", help);
            None
        }
    }
}

/// `true = ["ja"]`, `false = ["nein"]`.
pub(crate) fn truths(r: &mut Reader<'_>, s: &Section<'_>) -> Truths {
    let mut words = |key: &str, example: &str| r.texts(s, key, example).unwrap_or_default();
    let (yes, no) = (words("true", "true = [\"ja\"]"), words("false", "false = [\"nein\"]"));
    if let Some(both) = no.iter().find(|word| yes.iter().any(|y| y.text == word.text)) {
        let message = format!("`{}` means both true and false", both.text);
        r.problem(&BAD_VALUE, both.whole(), message, "also in `true`", "remove one of them");
    }
    let texts = |all: Vec<Snippet>| all.into_iter().map(|word| word.text).collect();
    Truths { yes: texts(yes), no: texts(no) }
}

/// `withheld = ["x", "(D)"]`, or `{ s = [0, 500] }` with the least and the greatest.
pub(crate) fn withheld(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Vec<Withheld>> {
    const EXAMPLE: &str = "withheld = [\"x\", \"(D)\"], or withheld = { s = [0, 500] }";
    let item = s.table.get("withheld")?;
    let DeValue::Table(all) = item.get_ref() else {
        let texts = r.texts(s, "withheld", EXAMPLE)?;
        return Some(texts.into_iter().map(|t| Withheld { text: t.text, bounds: None }).collect());
    };
    let mut list = Vec::new();
    for (text, bounds) in all.iter() {
        let ends: Vec<String> = match bounds.get_ref() {
            DeValue::Array(ends) => ends
                .iter()
                .filter_map(|end| r.scalar(end, "withheld"))
                .map(|end| end.value)
                .collect(),
            _ => Vec::new(),
        };
        let number = |text: &String| Number::parse(text.trim_end_matches('%'));
        let is_range =
            |(low, high): (&String, &String)| number(low)?.le(&number(high)?).then_some(());
        match &ends[..] {
            [low, high] if is_range((low, high)).is_some() => list.push(Withheld {
                text: text.get_ref().to_string(),
                bounds: Some((low.clone(), high.clone())),
            }),
            _ => {
                let message = format!(
                    "`{}` needs the least and the greatest number that it can be",
                    text.get_ref()
                );
                let span = r.span(bounds);
                r.problem(&BAD_VALUE, span, message, "", format!("for example: {EXAMPLE}"));
            }
        }
    }
    Some(list)
}

/// `base = 5`, or `rounding = "truncate"`, or `{ to = 5, random = true }`.
pub(crate) fn rounding(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Rounding> {
    const EXAMPLE: &str = "rounding = \"truncate\", or rounding = { to = 5 }";
    if let Some(base) = r.integer(s, "base") {
        if s.table.contains_key("rounding") {
            let message = "`base` and `rounding` both say how figures are rounded";
            let help = "remove one of them";
            r.problem(&BAD_VALUE, base.span, message, "", help);
        }
        let own = u32::try_from(base.value).ok().filter(|own| *own > 1);
        if own.is_none() {
            let message = "`base` needs the number of which figures are multiples, 2 or more";
            r.problem(&BAD_VALUE, base.span, message, "", "for example: base = 5");
        }
        return own.map(Rounding::To);
    }
    if matches!(s.table.get("rounding").map(|item| item.get_ref()), Some(DeValue::Table(_))) {
        return base(r, s, EXAMPLE);
    }
    let word = r.spanned(s, "rounding", EXAMPLE)?;
    let found = ROUNDINGS.iter().find(|(name, _)| *name == word.value);
    if found.is_none() {
        let message = format!("`{}` is not a way of rounding", word.value);
        let help = "write \"nearest\", \"truncate\" or { to = 5 }";
        r.problem(&BAD_VALUE, word.span, message, "", help);
    }
    found.map(|(_, rounding)| *rounding)
}

/// `{ to = 5, random = true }`.
fn base(r: &mut Reader<'_>, s: &Section<'_>, example: &str) -> Option<Rounding> {
    let (table, span) = r.table(s, "rounding", example)?;
    let inner = Section { table, title: "rounding", span };
    r.unknown_keys(&inner, &["to", "random"]);
    let is_random = r.flag(&inner, "random").unwrap_or(false);
    let to = r.integer(&inner, "to");
    let base = to.as_ref().and_then(|to| u32::try_from(to.value).ok()).filter(|base| *base > 1);
    let Some(base) = base else {
        let at = to.map_or(span, |to| to.span);
        let message = "`rounding` needs the number of which figures are multiples, 2 or more";
        r.problem(&BAD_VALUE, at, message, "", format!("for example: {example}"));
        return None;
    };
    Some(if is_random { Rounding::Random(base) } else { Rounding::To(base) })
}

/// `figures = "stored"`.
pub(crate) fn figures(r: &mut Reader<'_>, s: &Section<'_>) -> Option<bool> {
    let word = r.spanned(s, "figures", "figures = \"stored\"")?;
    let found = FIGURES.iter().find(|(name, _)| *name == word.value);
    if found.is_none() {
        let message = format!("`{}` is no kind of figures", word.value);
        r.problem(&BAD_VALUE, word.span, message, "", "write \"shown\" or \"stored\"");
    }
    found.map(|(_, stored)| *stored)
}

fn column_type(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Spanned<Type>> {
    let word = r.spanned(s, "type", "type = \"number\"")?;
    if let Some(ty) = Type::ALL.into_iter().find(|ty| ty.word() == word.value) {
        return Some(Spanned { value: ty, span: word.span });
    }
    let words = Type::ALL.map(Type::word);
    let near = did_you_mean(&word.value, words.iter().copied());
    let ours = spellings::here(spellings::Place::Type, &word.value);
    let help = ours.map(|ours| format!("write type = \"{ours}\"")).unwrap_or_else(|| {
        near.map_or_else(
            || format!("the types are {}", words.join(", ")),
            |near| format!("did you mean `{near}`?"),
        )
    });
    let message = format!("`{}` is not a type", word.value);
    r.problem(&BAD_VALUE, word.span, message, "not a type", help);
    None
}

fn formats(
    r: &mut Reader<'_>,
    s: &Section<'_>,
    ty: Option<&Spanned<Type>>,
) -> Vec<Spanned<String>> {
    let mut all = Vec::new();
    let written = r.texts(s, "format", "format = \"%Y-%m-%d\"").unwrap_or_default();
    let ty = ty.map_or(Type::Date, |t| t.value);
    if let Some(first) = written.first()
        && !matches!(ty, Type::Date | Type::DateTime | Type::Time | Type::Duration)
    {
        let message = "`format` is only for dates and times";
        let help = match named_format(&first.text.to_lowercase()) {
            Some(named) => format!("write like = \"{}\"", named.name),
            None => "add type = \"date\", or remove `format`".to_string(),
        };
        r.problem(&BAD_VALUE, first.whole(), message, "", help);
        return all;
    }
    for f in written {
        match DateFormat::new(&f.text, ty) {
            Ok(_) => all.push(Spanned { span: f.whole(), value: f.text }),
            Err(e) => r.problem(&BAD_VALUE, f.span(e.at), e.message, &e.label, e.help),
        }
    }
    all
}

fn demand(
    r: &mut Reader<'_>,
    key: &str,
    item: &crate::rules::toml::Item<'_>,
    s: &Section<'_>,
    ty: Option<&Spanned<Type>>,
) -> Option<Demand> {
    let length = |r: &mut Reader<'_>| r.integer(s, key).and_then(|n| u64::try_from(n.value).ok());
    match key {
        "required" => r.flag(s, key)?.then_some(Demand::Required),
        "unique" => r.flag(s, key)?.then_some(Demand::Unique),
        "min" => r.scalar(item, key).map(|v| Demand::Min(v.value)),
        "max" => r.scalar(item, key).map(|v| Demand::Max(v.value)),
        "above" => r.scalar(item, key).map(|v| Demand::Above(v.value)),
        "below" => r.scalar(item, key).map(|v| Demand::Below(v.value)),
        "min_length" | "max_length" => {
            let n = length(r)?;
            if ty.is_some_and(|t| t.value != Type::Text) {
                let span = r.span(item);
                r.problem(
                    &BAD_VALUE,
                    span,
                    format!("`{key}` limits the characters of a text column"),
                    "",
                    "use `min` and `max` for numbers",
                );
                return None;
            }
            Some(if key == "min_length" { Demand::MinLength(n) } else { Demand::MaxLength(n) })
        }
        "matches" => matches(r, s, key),
        "one_of" => match item.get_ref() {
            DeValue::Array(all) => Some(Demand::OneOf(
                all.iter().filter_map(|i| r.scalar(i, key)).map(|v| v.value).collect(),
            )),
            _ => {
                r.wrong(item, key, "a list", "one_of = [\"yes\", \"no\"]");
                None
            }
        },
        "in" => member(r, s, key),
        "like" => like(r, s, key),
        _ => None,
    }
}

fn matches(r: &mut Reader<'_>, s: &Section<'_>, key: &str) -> Option<Demand> {
    let pattern = r.text(s, key, "matches = '[A-Z]{2}[0-9]+'")?;
    match Regex::new(&pattern.text) {
        Ok(_) => Some(Demand::Matches(pattern.text)),
        Err(why) => {
            r.problem(
                &BAD_VALUE,
                pattern.whole(),
                format!("the pattern cannot be read: {why}"),
                "",
                "",
            );
            None
        }
    }
}

fn member(r: &mut Reader<'_>, s: &Section<'_>, key: &str) -> Option<Demand> {
    let target = r.spanned(s, key, "in = \"parties.code\"")?;
    let Some((table, column)) = target.value.split_once('.') else {
        r.problem(
            &BAD_VALUE,
            target.span,
            "`in` must name a table and a column",
            "",
            "for example: in = \"parties.code\"",
        );
        return None;
    };
    Some(Demand::In { table: table.to_string(), column: column.trim_matches('`').to_string() })
}

fn like(r: &mut Reader<'_>, s: &Section<'_>, key: &str) -> Option<Demand> {
    let all = r.texts(s, key, "like = \"email\", or like = [\"ipv4\", \"ipv6\"]")?;
    let unknown = all.iter().filter(|name| named_format(&name.text).is_none());
    let mut is_known = !all.is_empty();
    for name in unknown {
        let (message, help) = no_format(&name.text);
        r.problem(&UNKNOWN_KEY, name.whole(), message, "unknown", help);
        is_known = false;
    }
    let all: Vec<&str> = all.iter().map(|name| name.text.as_str()).collect();
    is_known.then(|| Demand::Like(all.join(" or ")))
}

/// The language of a table, or of the tables of the file.
pub(super) fn language(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Language> {
    let code = r.spanned(s, "language", "language = \"de\"")?;
    let found = Language::find(&code.value);
    if found.is_none() {
        let message = format!("`{}` is not a language that is known here", code.value);
        let help = Language::unknown(&code.value);
        r.problem(&BAD_VALUE, code.span, message, "unknown", help);
    }
    found
}

/// The decimal sign.
pub(super) fn decimal(r: &mut Reader<'_>, s: &Section<'_>) -> Option<char> {
    r.character(s, "decimal", "decimal = \",\"").and_then(|c| c.value)
}
