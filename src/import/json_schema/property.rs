//! A property as the contract of a column.

use crate::import::dates;
use crate::import::document::{Members, items, shown, text, texts, truth};
use crate::import::job::Job;
use crate::import::json_schema::layers::{Layers, NOTES, flatten};
use crate::import::pattern::{self, Dialect};
use crate::import::rules::{Check, Column, Demand, Table, slug};
use crate::propose::names;
use crate::read::tree::value::{Value, What};
use crate::source::Problem;
use crate::value::{Number, Type};

/// Makes the contract of a property.
///
/// # Errors
/// Where references lead in a circle.
pub fn column<'v>(
    job: &Job<'_>,
    root: &'v Value,
    name: String,
    layers: &Layers<'v>,
    is_required: bool,
    table: &mut Table,
) -> Result<Column, Problem> {
    let mut column = Column { optional: !is_required, ..Column::new(name) };
    let mut all = Layers { all: layers.all.clone(), foreign: layers.foreign.clone() };
    let mut nullable = false;
    for layer in &layers.all {
        for key in ["anyOf", "oneOf"] {
            let branches = Members::new(layer).get(key).and_then(items);
            let Some(branches) = branches else { continue };
            nullable |= choice(job, root, (key, branches), &mut all, &mut column)?;
        }
    }
    for reference in &all.foreign {
        column.remarks.unsaid(format!("`$ref` {reference}"), "it is not in this document");
    }
    let (types, null) = all.types();
    nullable |= null;
    of_types(&types, null, &mut column, table);
    for layer in &all.all {
        nullable |= demands(layer, &mut column, table);
    }
    if is_required && !nullable {
        column.demands.insert(0, Demand::Required);
    }
    Ok(column)
}

/// One of several schemas: a value or null, or one of some values. Whether it may be null.
fn choice<'v>(
    job: &Job<'_>,
    root: &'v Value,
    (key, branches): (&str, &'v [Value]),
    all: &mut Layers<'v>,
    column: &mut Column,
) -> Result<bool, Problem> {
    let is_null = |branch: &&Value| Members::new(branch).text("type") == Some("null");
    let others: Vec<&Value> = branches.iter().filter(|b| !is_null(b)).collect();
    let nullable = others.len() < branches.len();
    if let [only] = others.as_slice() {
        all.add(flatten(job, root, only)?);
        return Ok(nullable);
    }
    let fixed = |branch: &&Value| Members::new(branch).text("const").map(str::to_string);
    match others.iter().map(fixed).collect::<Option<Vec<String>>>() {
        Some(values) => column.demand(Demand::OneOf(values)),
        None => {
            let shown: Vec<String> = branches.iter().map(shown).collect();
            let what = format!("`{key}` {}", shown.join(" or "));
            column.remarks.unsaid(what, "a contract is one demand beside the other");
        }
    }
    Ok(nullable)
}

fn of_types(types: &[String], is_null: bool, column: &mut Column, table: &mut Table) {
    let words: Vec<&str> = types.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["string"] => column.ty = Some(Type::Text),
        ["integer"] => column.ty = Some(Type::Integer),
        ["number"] | ["integer", "number"] => column.ty = Some(Type::Number),
        ["boolean"] => {
            column.ty = Some(Type::Boolean);
            (column.yes, column.no) = (vec!["true".into()], vec!["false".into()]);
        }
        [] if is_null => {
            if let Some(cell) = column.cell() {
                table.check(Check {
                    id: format!("{}-{}-missing", table.name, slug(&column.name)),
                    title: format!("{} has no value in {}", column.name, table.name),
                    each: Some(table.name.clone()),
                    asserts: vec![format!("{cell} is missing")],
                    ..Check::default()
                });
            }
        }
        [] => {}
        ["array"] => {
            column.remarks.unsaid("the type array", "a cell with a list is read as its text");
        }
        several => {
            let what = format!("one of the types {}", several.join(", "));
            column.remarks.unsaid(what, "a column has one type, so it is read as text");
        }
    }
}

/// What one schema asks for; whether it names null as a value.
fn demands(layer: &Value, column: &mut Column, table: &mut Table) -> bool {
    let mut members = Members::new(layer);
    members.pass(NOTES);
    members.pass(&["type", "anyOf", "oneOf", "contentEncoding", "contentMediaType"]);
    for key in ["title", "description"] {
        column.about.extend(Members::new(layer).text(key).map(str::to_string));
    }
    if let Some(format) = members.text("format") {
        named(format, column);
    }
    let mut nullable = false;
    if let Some(value) = members.get("enum") {
        let all = items(value).unwrap_or_default();
        nullable = all.iter().any(|item| matches!(item.what, What::Null));
        let values: Vec<String> = all.iter().filter_map(text).map(str::to_string).collect();
        if values.len() + usize::from(nullable) < all.len() || values.is_empty() {
            column.remarks.unsaid(format!("enum {}", shown(value)), "not all are single values");
        } else {
            column.demand(Demand::OneOf(values));
        }
    }
    if let Some(value) = members.get("const") {
        match text(value) {
            Some(value) => column.demand(Demand::OneOf(vec![value.to_string()])),
            None => {
                column.remarks.unsaid(format!("const {}", shown(value)), "it is no single value")
            }
        }
    }
    bounds(&mut members, column);
    texts_only(&mut members, column);
    if let Some(value) = members.get("multipleOf") {
        multiple(value, column, table);
    }
    if let Some(value) = members.get("not") {
        excluded(value, column, table);
    }
    let is_list = matches!(Members::new(layer).text("type"), Some("array"));
    let why = if is_list { "the list is one text" } else { "" };
    for (name, value) in members.rest() {
        column.remarks.unsaid(format!("`{name}` {}", shown(value)), why);
    }
    nullable
}

/// `not: {const: 5}`: values that a cell must not have.
fn excluded(value: &Value, column: &mut Column, table: &mut Table) {
    let mut members = Members::new(value);
    let one = members.text("const").map(|value| vec![value.to_string()]);
    let several = members.get("enum").filter(|all| items(all).is_some()).and_then(texts);
    let values = one.or(several).filter(|all| !all.is_empty() && members.rest().next().is_none());
    match (values, column.cell(), column.text()) {
        (Some(values), Some(cell), Some(text)) => {
            let all: Vec<String> = values.iter().map(|value| names::text(value)).collect();
            table.check(Check {
                id: format!("{}-{}-excluded", table.name, slug(&column.name)),
                title: format!("{cell} of {} is none of {}", table.name, values.join(", ")),
                each: Some(table.name.clone()),
                filter: column.there(),
                asserts: vec![format!("{text} not in ({})", all.join(", "))],
                ..Check::default()
            });
        }
        _ => {
            let why = "only values are excluded, and no schemas";
            column.remarks.unsaid(format!("`not` {}", shown(value)), why);
        }
    }
}

fn bounds(members: &mut Members<'_>, column: &mut Column) {
    for (plain, strict, at, beyond) in [
        (
            "minimum",
            "exclusiveMinimum",
            Demand::Min as fn(String) -> Demand,
            Demand::Above as fn(String) -> Demand,
        ),
        ("maximum", "exclusiveMaximum", Demand::Max, Demand::Below),
    ] {
        let (bound, excluded) = (members.text(plain), members.get(strict));
        // In draft 4 the bound that is excluded stands under the plain name.
        let is_strict = excluded.and_then(truth);
        if let Some(bound) = bound {
            let make = if is_strict == Some(true) { beyond } else { at };
            column.demand(make(bound.to_string()));
        }
        if let Some(bound) = excluded.filter(|_| is_strict.is_none()).and_then(text) {
            column.demand(beyond(bound.to_string()));
        }
    }
}

/// What is asked of texts, and of nothing else.
fn texts_only(members: &mut Members<'_>, column: &mut Column) {
    let is_other = matches!(column.ty, Some(Type::Number | Type::Integer | Type::Boolean));
    let lengths: [(&'static str, fn(u64) -> Demand); 2] =
        [("minLength", Demand::MinLength), ("maxLength", Demand::MaxLength)];
    for (key, make) in lengths {
        let Some(value) = members.get(key) else { continue };
        match text(value).and_then(|n| n.parse::<u32>().ok()) {
            Some(n) if !is_other => column.demand(make(n.into())),
            _ => {
                column.remarks.unsaid(format!("{key} {}", shown(value)), "only texts have a length")
            }
        }
    }
    let Some(value) = members.get("pattern") else { return };
    if is_other {
        column.remarks.unsaid(format!("the pattern {}", shown(value)), "it is for texts only");
        return;
    }
    match text(value).ok_or_else(String::new).and_then(|p| pattern::anywhere(p, Dialect::Ecma)) {
        Ok(own) => column.demand(Demand::Matches(own)),
        Err(why) => column.remarks.unsaid(format!("the pattern {}", shown(value)), &why),
    }
}

fn multiple(value: &Value, column: &Column, table: &mut Table) {
    let of = text(value).filter(|t| Number::parse(t).is_some_and(|n| n.signum() > 0));
    match (of, column.cell(), column.ty) {
        (Some(of), Some(cell), Some(Type::Number | Type::Integer)) => table.check(Check {
            id: format!("{}-{}-multiple", table.name, slug(&column.name)),
            title: format!("each {} of {} is a multiple of {of}", column.name, table.name),
            each: Some(table.name.clone()),
            filter: column.there(),
            asserts: vec![format!("mod({cell}, {of}) = 0")],
            ..Check::default()
        }),
        _ => {
            let what = format!("`multipleOf` {} of `{}`", shown(value), column.name);
            table.remarks.unsaid(what, "it is for numbers only");
        }
    }
}

fn named(format: &str, column: &mut Column) {
    let mut moment = |ty: Type, formats: &[&str]| {
        (column.ty, column.formats) = (Some(ty), dates::owned(formats));
    };
    match format {
        "date" => moment(Type::Date, dates::DAY),
        "date-time" => moment(Type::DateTime, dates::MOMENT_WITH_OFFSET),
        "email" | "idn-email" => column.demand(Demand::Like(vec!["email"])),
        "hostname" | "idn-hostname" => column.demand(Demand::Like(vec!["hostname"])),
        "ipv4" => column.demand(Demand::Like(vec!["ipv4"])),
        "ipv6" => column.demand(Demand::Like(vec!["ipv6"])),
        "uuid" => column.demand(Demand::Like(vec!["uuid"])),
        "uri" | "iri" => column.demand(Demand::Matches(pattern::URI.into())),
        "duration" => column.demand(Demand::Matches(pattern::DURATION.into())),
        "time" => column.demand(Demand::Matches(pattern::TIME_WITH_OFFSET.into())),
        other => {
            column.remarks.unsaid(format!("the format `{other}`"), "there is no such format here")
        }
    }
}
