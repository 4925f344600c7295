//! Makes of what a schema asks what a rule file can ask: a contract, a check, or a remark that says
//! why it is neither. Whatever is left is read without an error.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::compare::compare;
use crate::expr::tree::Cmp;
use crate::import::literals;
use crate::import::pattern::Patterns;
use crate::import::rules::{Apart, Check, Column, Demand, Rules, Table, slug};
use crate::propose::names;
use crate::value::{DateFormat, Number, NumberFormat, Reading, Truths, Type, Value};

/// Settles all tables.
pub fn settle(rules: &mut Rules) {
    let known: BTreeSet<(String, String)> = rules
        .tables
        .iter()
        .flat_map(|t| t.columns.iter().map(|c| (t.name.clone(), c.name.clone())))
        .collect();
    let Rules { tables, patterns, .. } = rules;
    let around = Around { known, patterns };
    for table in tables {
        let mut columns = std::mem::take(&mut table.columns);
        for column in columns.iter_mut() {
            settle_column(column, table, &around);
        }
        table.columns = columns;
        for mut check in std::mem::take(&mut table.checks) {
            let chosen = check.filter.as_ref().map_or(String::new(), |f| format!(" where {f}"));
            let what = format!("{}{chosen}", check.title);
            match literals::fit(&mut check, table) {
                Ok(()) => table.checks.push(check),
                Err(why) => table.remarks.unsaid(what, &why),
            }
        }
    }
    let (mut taken, mut next) = (BTreeSet::new(), BTreeMap::new());
    for check in rules.tables.iter_mut().flat_map(|t| &mut t.checks) {
        let id = check.id.clone();
        while !taken.insert(check.id.clone()) {
            let number = next.entry(id.clone()).or_insert(1);
            *number += 1;
            check.id = format!("{id}-{number}");
        }
    }
}

/// What demands of a column may depend on.
struct Around<'p> {
    /// All tables with their columns.
    known: BTreeSet<(String, String)>,
    patterns: &'p Patterns,
}

fn settle_column(column: &mut Column, table: &mut Table, around: &Around<'_>) {
    written(column);
    let mut kept: Vec<Demand> = Vec::new();
    let mut apart = std::mem::take(&mut column.apart);
    for demand in std::mem::take(&mut column.demands) {
        let Some(demand) = possible(demand, column, around) else { continue };
        if kept.contains(&demand) {
            continue;
        }
        let is_of_list = column.list.is_some() && is_of_cell(&demand);
        let is_twice = kept.iter().any(|k| is_same_key(k, &demand));
        if is_of_list || is_twice || !is_contract(&demand, column) {
            apart.push(Apart { demand, filter: None, is_warning: false });
        } else if let Some(against) = kept.iter().find(|k| contradicts(k, &demand, column)) {
            let why = format!("no value is both that and {}", words(against));
            column.remarks.unsaid(words(&demand), &why);
        } else {
            kept.push(demand);
        }
    }
    for Apart { demand, filter, is_warning } in apart {
        let Some(demand) = possible(demand, column, around) else { continue };
        match check(&demand, column, table) {
            Some(check) => {
                let filter = match (check.filter, filter) {
                    (Some(own), Some(filter)) => Some(format!("({own}) and ({filter})")),
                    (own, filter) => own.or(filter),
                };
                table.check(Check { filter, is_warning, ..check });
            }
            None => column.remarks.unsaid(words(&demand), "no expression can say it"),
        }
    }
    column.demands = kept;
}

/// What is said of how cells are written, as far as it can be.
fn written(column: &mut Column) {
    let ty = column.ty.unwrap_or(Type::Text);
    let formats = std::mem::take(&mut column.formats);
    for format in formats {
        match DateFormat::new(&format, ty) {
            Ok(_) => column.formats.push(format),
            Err(error) => column.remarks.unsaid(format!("the format `{format}`"), &error.message),
        }
    }
    if column.decimal.is_some() && column.decimal == column.grouping {
        let what = "thousands are separated by the decimal character";
        column.remarks.unsaid(what, "a number would have two meanings");
        column.grouping = None;
    }
    let no = std::mem::take(&mut column.no);
    for word in no {
        if column.yes.contains(&word) {
            column.remarks.unsaid(format!("`{word}` as false"), "it also means true");
        } else {
            column.no.push(word);
        }
    }
}

/// How the cells of a column are read.
fn reading(column: &Column) -> Reading {
    let usual = Reading::new(column.ty.unwrap_or(Type::Text));
    let ty = usual.ty;
    let own = column.formats.iter().filter_map(|f| DateFormat::new(f, ty).ok());
    let own: Vec<DateFormat> = own.collect();
    let formats = if own.is_empty() { usual.formats.clone() } else { own };
    let truths = Truths { yes: column.yes.clone(), no: column.no.clone() };
    Reading { missing: Vec::new(), number: NumberFormat::default(), formats, truths, ..usual }
}

/// A value of a contract, read as the rule file will read it.
fn value(text: &str, column: &Column) -> Option<Value<'static>> {
    let reading = reading(column);
    let usual = || Reading { missing: Vec::new(), ..Reading::new(reading.ty) };
    let read = reading.read(text).map(Value::into_owned);
    read.or_else(|_| usual().read(text).map(Value::into_owned)).ok()
}

/// A demand that can be met and written; else there is a remark.
fn possible(demand: Demand, column: &mut Column, around: &Around<'_>) -> Option<Demand> {
    let what = words(&demand);
    let why = match demand {
        Demand::Min(ref t) | Demand::Max(ref t) | Demand::Above(ref t) | Demand::Below(ref t) => {
            let has_order = !matches!(column.ty, None | Some(Type::Text | Type::Boolean));
            match has_order {
                true if value(t, column).is_some() => return Some(demand),
                true => "this is no value of the type of the column".to_string(),
                false => "texts have no order".to_string(),
            }
        }
        Demand::Matches(ref pattern) => match around.patterns.fits_blank(pattern) {
            Ok(_) => return Some(demand),
            Err(why) => why,
        },
        Demand::OneOf(all) => {
            let (good, bad): (Vec<String>, Vec<String>) =
                all.into_iter().partition(|text| value(text, column).is_some());
            for text in bad {
                let why = "it is no value of the type of the column";
                column.remarks.unsaid(format!("`{text}` as one of the values"), why);
            }
            if !good.is_empty() {
                return Some(Demand::OneOf(good));
            }
            "there is none that a cell can have".to_string()
        }
        Demand::NoneOf(all) => {
            // No cell is any other.
            let good: Vec<String> =
                all.into_iter().filter(|text| value(text, column).is_some()).collect();
            let good: Vec<String> =
                good.into_iter().filter(|text| !text.trim().is_empty()).collect();
            if !good.is_empty() {
                return Some(Demand::NoneOf(good));
            }
            "it forbids nothing that a cell can be".to_string()
        }
        Demand::In(ref t, ref c) if !around.known.contains(&(t.clone(), c.clone())) => {
            "the schema declares no such column".to_string()
        }
        _ => return Some(demand),
    };
    column.remarks.unsaid(what, &why);
    None
}

fn is_same_key(a: &Demand, b: &Demand) -> bool {
    use Demand::{Above, Below, Max, Min};
    let is_low = |d: &Demand| matches!(d, Min(_) | Above(_));
    let is_high = |d: &Demand| matches!(d, Max(_) | Below(_));
    std::mem::discriminant(a) == std::mem::discriminant(b)
        || is_low(a) && is_low(b)
        || is_high(a) && is_high(b)
}

/// Whether it is about a cell as a whole, also where that holds several values.
pub fn is_of_cell(demand: &Demand) -> bool {
    matches!(demand, Demand::Required | Demand::Unique)
}

/// Whether a contract can ask for it.
fn is_contract(demand: &Demand, column: &Column) -> bool {
    let is_text = matches!(column.ty, None | Some(Type::Text));
    let is_of_texts = matches!(demand, Demand::MinLength(_) | Demand::MaxLength(_));
    (is_text || !is_of_texts) && !matches!(demand, Demand::NoneOf(_))
}

/// Whether no value meets both demands, which is an error in a rule file.
fn contradicts(kept: &Demand, demand: &Demand, column: &Column) -> bool {
    use Demand::{Above, Below, Max, MaxLength, Min, MinLength};
    let (low, high, op) = match (kept, demand) {
        (MinLength(low), MaxLength(high)) | (MaxLength(high), MinLength(low)) => return low > high,
        (Min(low), Max(high)) | (Max(high), Min(low)) => (low, high, Cmp::Le),
        (Min(low) | Above(low), Max(high) | Below(high))
        | (Max(high) | Below(high), Min(low) | Above(low)) => (low, high, Cmp::Lt),
        _ => return false,
    };
    match (value(low, column), value(high, column)) {
        (Some(low), Some(high)) => compare(op, &low, &high) != Value::Bool(true),
        _ => true,
    }
}

/// A demand in a few words.
pub fn words(demand: &Demand) -> String {
    match demand {
        Demand::Required => "a value in every row".into(),
        Demand::Unique => "no value twice".into(),
        Demand::Min(text) => format!("at least `{text}`"),
        Demand::Max(text) => format!("at most `{text}`"),
        Demand::Above(text) => format!("above `{text}`"),
        Demand::Below(text) => format!("below `{text}`"),
        Demand::MinLength(n) => format!("at least {n} characters"),
        Demand::MaxLength(n) => format!("at most {n} characters"),
        Demand::Matches(pattern) => format!("the pattern `{pattern}`"),
        Demand::OneOf(all) => format!("one of the values {}", all.join(", ")),
        Demand::NoneOf(all) => format!("none of the values {}", all.join(", ")),
        Demand::In(table, column) => format!("a value of `{table}.{column}`"),
        Demand::Like(names) => format!("the format {}", names.join(" or ")),
    }
}

/// A demand as a check of its own; nothing where no expression says it.
fn check(demand: &Demand, column: &Column, table: &Table) -> Option<Check> {
    let (cell, text) = (column.cell()?, column.text()?);
    if column.list.is_some() && !is_of_cell(demand) {
        return None;
    }
    let each = table.name.clone();
    let literal = |text: &String| literal(text, column);
    let (what, says, assert) = match demand {
        Demand::Required => ("required", "has a value", format!("{cell} is not missing")),
        Demand::Unique => {
            return Some(Check {
                id: format!("{each}-{}-unique", slug(&column.name)),
                title: format!("no {} stands twice in {each}", column.name),
                filter: column.there(),
                each: Some(format!("{each} by {cell}")),
                asserts: vec!["count() = 1".into()],
                ..Check::default()
            });
        }
        Demand::Min(t) => ("range", "is in its range", format!("{cell} >= {}", literal(t)?)),
        Demand::Max(t) => ("range", "is in its range", format!("{cell} <= {}", literal(t)?)),
        Demand::Above(t) => ("range", "is in its range", format!("{cell} > {}", literal(t)?)),
        Demand::Below(t) => ("range", "is in its range", format!("{cell} < {}", literal(t)?)),
        Demand::MinLength(n) => ("length", "is long enough", format!("length({text}) >= {n}")),
        Demand::MaxLength(n) => ("length", "is not too long", format!("length({text}) <= {n}")),
        Demand::Matches(pattern) => {
            let whole = names::text(&format!("^(?:{pattern})$"));
            ("pattern", "fits its pattern", format!("{text} matches {whole}"))
        }
        Demand::OneOf(all) => {
            let all: Option<Vec<String>> = all.iter().map(literal).collect();
            ("values", "is one of its values", format!("{cell} in ({})", all?.join(", ")))
        }
        Demand::NoneOf(all) => {
            let all: Option<Vec<String>> = all.iter().map(literal).collect();
            let says = "is none of the values that are not accepted";
            ("other-values", says, format!("{cell} not in ({})", all?.join(", ")))
        }
        Demand::In(t, c) if names::is_usable(c) => {
            let column = names::in_expression(c);
            ("reference", "is found where it refers to", format!("{cell} in {t}.{column}"))
        }
        Demand::In(..) | Demand::Like(_) => return None,
    };
    Some(Check {
        id: format!("{each}-{}-{what}", slug(&column.name)),
        title: format!("each {} of {each} {says}", column.name),
        filter: column.there().filter(|_| *demand != Demand::Required),
        each: Some(each),
        asserts: vec![assert],
        ..Check::default()
    })
}

/// A value as expressions write it.
pub fn literal(text: &str, column: &Column) -> Option<String> {
    match column.ty.unwrap_or(Type::Text) {
        Type::Text => Some(names::text(text)),
        Type::Number | Type::Integer | Type::Year => Number::parse(text).map(|_| text.to_string()),
        Type::Date => Reading::new(Type::Date).read(text).ok().map(|_| format!("date \"{text}\"")),
        Type::Boolean if text == "true" || text == "false" => Some(text.to_string()),
        _ => None,
    }
}
