//! A field of a table schema as the contract of a column.

use crate::import::dates;
use crate::import::document::{Members, character, items, map, shown, text, texts, truth};
use crate::import::pattern::{self, Dialect, Patterns};
use crate::import::rules::{Column, Demand, Only, Table};
use crate::import::settle::{is_of_cell, words};
use crate::read::tree::value::Value;
use crate::value::Type;

/// What a schema says of all its fields.
pub struct Usual {
    /// Whether a file need not have all columns.
    pub is_optional: bool,
    pub only: Only,
}

impl Usual {
    pub fn read(members: &mut Members<'_>, table: &mut Table) -> Usual {
        if let Some(value) = members.get("missingValues") {
            match missing(value) {
                Some(texts) => {
                    let all = table.with_null(texts);
                    table.missing = Some(all).filter(|all| all != &[""]);
                }
                None => table.remarks.unsaid(format!("missingValues {}", shown(value)), ""),
            }
        }
        let matched = members.get("fieldsMatch");
        let matched = matched.and_then(|m| items(m).map_or(Some(m), <[Value]>::first));
        let (only, is_optional) = match matched.and_then(text) {
            None | Some("exact") => (Only::Ordered, false),
            Some("equal") => (Only::Declared, false),
            Some("subset") => (Only::Any, false),
            Some("superset") => (Only::Declared, true),
            Some("partial") => (Only::Any, true),
            Some(other) => {
                table.remarks.unsaid(format!("fieldsMatch {other}"), "there is no such word");
                (Only::Any, false)
            }
        };
        Usual { is_optional, only }
    }
}

/// Texts that mean "no value"; each may have a label.
fn missing(value: &Value) -> Option<Vec<String>> {
    let own = |item: &Value| {
        let value = Members::new(item).text("value").map(str::to_string);
        value.or_else(|| text(item).map(str::to_string))
    };
    items(value)?.iter().map(own).collect()
}

/// Reads a field.
pub fn read(field: &Value, patterns: &Patterns, column: &mut Column) {
    let mut members = Members::new(field);
    members.pass(&["name", "example", "rdfType"]);
    column.about.extend(members.text("title").map(str::to_string));
    column.about.extend(members.text("description").map(str::to_string));
    if let Some(value) = members.get("missingValues") {
        match missing(value) {
            Some(texts) => column.missing = Some(texts),
            None => column.remarks.unsaid(format!("missingValues {}", shown(value)), ""),
        }
    }
    let ty = members.text("type").unwrap_or("any");
    let format = members.text("format").unwrap_or("default");
    of_type(ty, format, &mut members, column);
    categories(&mut members, column);
    if let Some(constraints) = members.get("constraints") {
        read_constraints(constraints, (ty, patterns), column);
    }
    if column.list.is_some() {
        let (own, others) = std::mem::take(&mut column.demands).into_iter().partition(is_of_cell);
        column.demands = own;
        for demand in others {
            column.remarks.unsaid(words(&demand), "it would be asked of each value of the list");
        }
    }
    for (name, value) in members.rest() {
        column.remarks.unsaid(format!("`{name}` {}", shown(value)), "");
    }
}

fn of_type(ty: &str, format: &str, members: &mut Members<'_>, column: &mut Column) {
    match ty {
        "string" => {
            column.ty = Some(Type::Text);
            text_format(format, column);
            return;
        }
        "number" | "integer" => {
            column.ty = Some(if ty == "number" { Type::Number } else { Type::Integer });
            number(members, column);
        }
        "boolean" => boolean(members, column),
        "date" => moment(Type::Date, format, dates::DAY, column),
        "time" => moment(Type::Time, format, dates::TIME, column),
        "datetime" => moment(Type::DateTime, format, dates::MOMENT, column),
        "year" => {
            column.ty = Some(Type::Year);
            column.demand(Demand::Matches("[0-9]{4,}".into()));
        }
        "yearmonth" => {
            column.ty = Some(Type::Date);
            column.formats = vec!["%Y-%m".into()];
        }
        "duration" => column.demand(Demand::Matches(pattern::DURATION.into())),
        "any" => {}
        "list" => {
            column.list = Some(members.text("delimiter").unwrap_or(",").to_string());
            let item = members.text("itemType").unwrap_or("string");
            match item {
                "string" | "number" | "integer" | "boolean" | "date" | "time" | "datetime" => {
                    of_type(item, "default", members, column);
                }
                _ => column
                    .remarks
                    .unsaid(format!("the itemType `{item}`"), "lists have no such values"),
            }
        }
        "array" | "object" | "geopoint" | "geojson" => {
            members.pass(&["arrayItem"]);
            let why = "a cell with a structure of its own is read as a text";
            column.remarks.unsaid(format!("the type {ty}"), why);
        }
        other => column.remarks.unsaid(format!("the type `{other}`"), "there is no such type"),
    }
    let is_moment = matches!(ty, "date" | "time" | "datetime");
    if format != "default" && !is_moment {
        column.remarks.unsaid(format!("the format `{format}`"), "the type has no such format");
    }
}

fn text_format(format: &str, column: &mut Column) {
    match format {
        "default" => {}
        "email" => column.demand(Demand::Like(vec!["email"])),
        "uuid" => column.demand(Demand::Like(vec!["uuid"])),
        "uri" => column.demand(Demand::Matches(pattern::URI.into())),
        "binary" => column.demand(Demand::Matches(pattern::BASE64.into())),
        other => {
            column.remarks.unsaid(format!("the format `{other}`"), "texts have no such format");
        }
    }
}

fn number(members: &mut Members<'_>, column: &mut Column) {
    for (key, is_decimal) in [("decimalChar", true), ("groupChar", false)] {
        let Some(value) = members.get(key) else { continue };
        match character(value) {
            Some('.') if is_decimal => {}
            Some(sign) if !sign.is_alphanumeric() && !matches!(sign, '+' | '-') => {
                let place = if is_decimal { &mut column.decimal } else { &mut column.grouping };
                *place = Some(sign);
            }
            _ => column.remarks.unsaid(
                format!("{key} `{}`", shown(value)),
                "it must be one character that stands in no number",
            ),
        }
    }
    if members.get("bareNumber").and_then(truth) == Some(false) {
        // Whatever is around a figure and can be no part of one.
        column.marks = vec![r"[^\d+\-.,()\s]+".into()];
    }
}

fn boolean(members: &mut Members<'_>, column: &mut Column) {
    column.ty = Some(Type::Boolean);
    let mut words = |key: &'static str, usual: [&str; 4]| {
        let own = members.get(key).and_then(texts);
        own.unwrap_or_else(|| usual.map(str::to_string).to_vec())
    };
    column.yes = words("trueValues", ["true", "True", "TRUE", "1"]);
    column.no = words("falseValues", ["false", "False", "FALSE", "0"]);
}

fn moment(ty: Type, format: &str, usual: &[&str], column: &mut Column) {
    let own = format.strip_prefix("fmt:").unwrap_or(format);
    let formats = match own {
        "default" => Ok(dates::owned(usual)),
        "any" => Err("any way of writing it would be taken".to_string()),
        own => dates::strptime(own, ty),
    };
    match formats {
        Ok(formats) => (column.ty, column.formats) = (Some(ty), formats),
        Err(why) => column.remarks.unsaid(format!("{} written as `{format}`", ty.word()), &why),
    }
}

fn categories(members: &mut Members<'_>, column: &mut Column) {
    members.pass(&["categoriesOrdered"]);
    let Some(value) = members.get("categories") else { return };
    let own = |item: &Value| {
        let value = Members::new(item).text("value").map(str::to_string);
        value.or_else(|| text(item).map(str::to_string))
    };
    match items(value).and_then(|all| all.iter().map(own).collect::<Option<Vec<_>>>()) {
        Some(all) => column.demand(Demand::OneOf(all)),
        None => column.remarks.unsaid(format!("the categories {}", shown(value)), ""),
    }
}

fn read_constraints(value: &Value, (ty, patterns): (&str, &Patterns), column: &mut Column) {
    if map(value).is_none() {
        column.remarks.unsaid(format!("constraints {}", shown(value)), "");
        return;
    }
    let mut members = Members::new(value);
    for (key, demand) in [("required", Demand::Required), ("unique", Demand::Unique)] {
        match members.get(key).map(|value| (value, truth(value))) {
            None | Some((_, Some(false))) => {}
            Some((_, Some(true))) => column.demand(demand),
            Some((value, None)) => column.remarks.unsaid(format!("{key} {}", shown(value)), ""),
        }
    }
    let bounds: [(&'static str, fn(String) -> Demand); 4] = [
        ("minimum", Demand::Min),
        ("maximum", Demand::Max),
        ("exclusiveMinimum", Demand::Above),
        ("exclusiveMaximum", Demand::Below),
    ];
    for (key, make) in bounds {
        match members.get(key).map(|value| (value, text(value))) {
            None => {}
            Some((_, Some(bound))) => column.demand(make(bound.to_string())),
            Some((value, None)) => column.remarks.unsaid(format!("{key} {}", shown(value)), ""),
        }
    }
    let lengths: [(&'static str, fn(u64) -> Demand); 2] =
        [("minLength", Demand::MinLength), ("maxLength", Demand::MaxLength)];
    for (key, make) in lengths {
        let Some(value) = members.get(key) else { continue };
        match text(value).and_then(|n| n.parse::<u32>().ok()) {
            Some(n) if ty == "string" => column.demand(make(n.into())),
            _ => {
                column.remarks.unsaid(format!("{key} {}", shown(value)), "only texts have a length")
            }
        }
    }
    if let Some(value) = members.get("pattern") {
        let own = |pattern: &str| patterns.whole(pattern, Dialect::Python);
        match text(value).ok_or_else(String::new).and_then(own) {
            Ok(own) => column.demand(Demand::Matches(own)),
            Err(why) => column.remarks.unsaid(format!("the pattern {}", shown(value)), &why),
        }
    }
    if let Some(value) = members.get("enum") {
        match texts(value).filter(|_| items(value).is_some()) {
            Some(all) => column.demand(Demand::OneOf(all)),
            None => column.remarks.unsaid(format!("enum {}", shown(value)), ""),
        }
    }
    for (name, value) in members.rest() {
        column.remarks.unsaid(format!("the constraint `{name}` {}", shown(value)), "");
    }
}
