//! A property as the contract of a column.

use crate::import::dates;
use crate::import::document::{Members, items, shown, text, texts, truth};
use crate::import::job::Job;
use crate::import::json_schema::condition::Conditions;
use crate::import::json_schema::layers::{Layers, NOTES, flatten};
use crate::import::pattern::{self, Dialect};
use crate::import::rules::{Check, Column, Demand, Table, slug};
use crate::propose::names;
use crate::read::tree::value::{Value, What};
use crate::source::Problem;
use crate::value::{Number, Type};

/// A property as a contract: its name as a column, all that is said of it, and whether it must be there.
pub struct Property<'v> {
    pub name: String,
    pub layers: Layers<'v>,
    pub is_required: bool,
}

/// Makes the contract of a property.
///
/// # Errors
/// Where references lead in a circle.
pub fn column<'v>(
    job: &Job<'_>,
    root: &'v Value,
    property: Property<'v>,
    table: &mut Table,
) -> Result<Column, Problem> {
    let Property { name, layers, is_required } = property;
    let mut column = Column { optional: !is_required, ..Column::new(name) };
    let mut all = Layers { all: layers.all.clone(), foreign: layers.foreign.clone() };
    let (mut nullable, mut open) = (false, Vec::new());
    for layer in &layers.all {
        for key in ["anyOf", "oneOf"] {
            let branches = Members::new(layer).get(key).and_then(items);
            let Some(branches) = branches else { continue };
            match choice(job, root, branches, &mut all, &mut column)? {
                Choice::Made { is_nullable } => nullable |= is_nullable,
                Choice::Open(others) => open.push((key, branches, others)),
            }
        }
    }
    for reference in &all.foreign {
        column.remarks.unsaid(format!("`$ref` {reference}"), "it is not in this document");
    }
    let (mut types, mut null) = all.types();
    // The schema `false` fits nothing, so that there is no such member.
    null |= layers.all.iter().any(|layer| truth(layer) == Some(false));
    let has_null = |branch: &&Value| Members::new(branch).text("type") == Some("null");
    nullable |= null || open.iter().any(|(_, branches, _)| branches.iter().any(|b| has_null(&b)));
    if types.is_empty() {
        types = types_of(job, root, &open)?;
    }
    of_types(&types, null, &mut column, table);
    for layer in &all.all {
        nullable |= demands(job, layer, &mut column, table);
    }
    let mut conditions: Vec<Condition<'_>> = Vec::new();
    for (key, branches, others) in &open {
        let shown: Vec<String> = branches.iter().map(shown).collect();
        conditions.push((key, shown.join(" or "), others.clone()));
    }
    for layer in &all.all {
        for key in ["not", "if"] {
            let value = Members::new(layer).get(key).filter(|v| key == "if" || !is_excluded(v));
            conditions.extend(value.map(|value| (key, shown(value), vec![*layer])));
        }
    }
    for condition in conditions {
        hold(job, root, condition, &mut column, table);
    }
    column.nullable = nullable;
    if is_required && !nullable {
        column.demands.insert(0, Demand::Required);
    }
    Ok(column)
}

/// What is made of one of several schemas.
enum Choice<'v> {
    /// A value or null, or one of some values.
    Made { is_nullable: bool },
    /// Something else: those which are not null.
    Open(Vec<&'v Value>),
}

fn choice<'v>(
    job: &Job<'_>,
    root: &'v Value,
    branches: &'v [Value],
    all: &mut Layers<'v>,
    column: &mut Column,
) -> Result<Choice<'v>, Problem> {
    let is_null = |branch: &&Value| Members::new(branch).text("type") == Some("null");
    let others: Vec<&Value> = branches.iter().filter(|b| !is_null(b)).collect();
    let is_nullable = others.len() < branches.len();
    if let [only] = others.as_slice() {
        all.add(flatten(job, root, only)?);
        return Ok(Choice::Made { is_nullable });
    }
    let fixed = |branch: &&Value| Members::new(branch).text("const").map(str::to_string);
    Ok(match others.iter().map(fixed).collect::<Option<Vec<String>>>() {
        Some(values) => {
            column.demand(Demand::OneOf(values));
            Choice::Made { is_nullable }
        }
        None => Choice::Open(others),
    })
}

/// The key of alternatives, all of them, and those which are not null.
type Open<'v> = (&'static str, &'v [Value], Vec<&'v Value>);

/// The types that alternatives have, where each has one.
fn types_of<'v>(job: &Job<'_>, root: &'v Value, open: &[Open<'v>]) -> Result<Vec<String>, Problem> {
    let mut all = Vec::new();
    for branch in open.iter().flat_map(|(_, _, others)| others) {
        let own = flatten(job, root, branch)?.types().0;
        if own.is_empty() {
            return Ok(Vec::new());
        }
        all.extend(own);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// A key of a schema with its value in words, and the schemas that say it.
type Condition<'v> = (&'static str, String, Vec<&'v Value>);

/// Makes a check of what a contract cannot ask of a value.
fn hold<'v>(
    job: &Job<'_>,
    root: &'v Value,
    (key, shown, schemas): Condition<'v>,
    column: &mut Column,
    table: &mut Table,
) {
    let conditions = Conditions::new(job, root, table);
    let said = match key {
        "anyOf" | "oneOf" => conditions.alternatives(key, &schemas, column),
        _ => schemas.first().and_then(|schema| conditions.keyword(key, column, schema)),
    };
    match (said.filter(|said| said.known().is_none()), column.cell()) {
        (Some(said), Some(_)) => table.check(Check {
            id: format!("{}-{}-{}", table.name, slug(&column.name), key.to_lowercase()),
            title: format!("each {} of {} fits `{key}`", column.name, table.name),
            each: Some(table.name.clone()),
            filter: column.there(),
            asserts: vec![said.text()],
            ..Check::default()
        }),
        _ => {
            let why = "no contract and no expression says the same";
            column.remarks.unsaid(format!("`{key}` {shown}"), why);
        }
    }
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
fn demands(job: &Job<'_>, layer: &Value, column: &mut Column, table: &mut Table) -> bool {
    let mut members = Members::new(layer);
    members.pass(NOTES);
    members.pass(&["type", "anyOf", "oneOf", "contentEncoding", "contentMediaType"]);
    members.pass(&["if", "then", "else"]);
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
    texts_only(job, &mut members, column);
    if let Some(value) = members.get("multipleOf") {
        multiple(value, column, table);
    }
    if let Some(value) = members.get("not").filter(|value| is_excluded(value)) {
        excluded(value, column, table);
    }
    let is_list = matches!(Members::new(layer).text("type"), Some("array"));
    let why = if is_list { "the list is one text" } else { "" };
    for (name, value) in members.rest() {
        column.remarks.unsaid(format!("`{name}` {}", shown(value)), why);
    }
    nullable
}

/// Whether `not` has values alone that a cell must not have: `{const: 5}`.
fn is_excluded(value: &Value) -> bool {
    let mut members = Members::new(value);
    let has_values = members.get("const").is_some_and(|value| text(value).is_some())
        || members.get("enum").is_some_and(|all| items(all).and_then(|_| texts(all)).is_some());
    has_values && members.rest().next().is_none()
}

fn excluded(value: &Value, column: &mut Column, table: &mut Table) {
    let mut members = Members::new(value);
    let one = members.text("const").map(|value| vec![value.to_string()]);
    let values = one.or_else(|| members.get("enum").and_then(texts)).filter(|all| !all.is_empty());
    match (values, column.cell(), column.text()) {
        (Some(values), Some(cell), Some(text)) => {
            let of_numbers = matches!(column.ty, Some(Type::Number | Type::Integer))
                && values.iter().all(|value| Number::parse(value).is_some());
            let (of, all) = match of_numbers {
                // 0.0 is 0.
                true => (cell.clone(), values.clone()),
                false => (text, values.iter().map(|value| names::text(value)).collect()),
            };
            table.check(Check {
                id: format!("{}-{}-excluded", table.name, slug(&column.name)),
                title: format!("{cell} of {} is none of {}", table.name, values.join(", ")),
                each: Some(table.name.clone()),
                filter: column.there(),
                asserts: vec![format!("{of} not in ({})", all.join(", "))],
                ..Check::default()
            });
        }
        _ => column.remarks.unsaid(format!("`not` {}", shown(value)), ""),
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
        for (key, value) in [(plain, members.get(plain)), (strict, excluded)] {
            if let Some(value) = value.filter(|value| text(value).is_none()) {
                column.remarks.unsaid(format!("{key} {}", shown(value)), "it is no number");
            }
        }
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
fn texts_only(job: &Job<'_>, members: &mut Members<'_>, column: &mut Column) {
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
    let own = |pattern: &str| job.rules.patterns.anywhere(pattern, Dialect::Ecma);
    match text(value).ok_or_else(String::new).and_then(own) {
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
        "duration" => column.demand(Demand::Matches(pattern::RFC_DURATION.into())),
        "time" => column.demand(Demand::Matches(pattern::TIME_WITH_OFFSET.into())),
        other => {
            column.remarks.unsaid(format!("the format `{other}`"), "there is no such format here")
        }
    }
}
