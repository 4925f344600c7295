//! JSON Schema of flat rows: an object, or an array of objects.

mod layers;
mod property;

use std::collections::{BTreeMap, BTreeSet};

use crate::import::document::{Members, items, map, shown, text, texts, truth};
use crate::import::job::{Job, Kind};
use crate::import::json_schema::layers::{Layers, NOTES, flatten};
use crate::import::rules::{Check, Only, Table, column_name, slug};
use crate::propose::names::quoted;
use crate::read::tree::value::Value;
use crate::source::Problem;

pub const KIND: Kind = Kind {
    name: "json-schema",
    about: "a JSON Schema of flat rows",
    is: |document| {
        let mut members = Members::new(document);
        let is_named = members.text("$schema").is_some_and(|s| s.contains("json-schema.org"));
        let has_properties = members.get("properties").is_some_and(|p| map(p).is_some());
        let has_items = members.get("items").is_some_and(|i| map(i).is_some());
        let has_parts = members.get("$defs").or_else(|| members.get("definitions")).is_some();
        is_named || has_properties || has_items || (has_parts && members.get("$ref").is_some())
    },
    read,
};

fn read(job: &mut Job<'_>, document: &Value) -> Result<(), Problem> {
    let stem = job.stem();
    let name = job.names(std::slice::from_ref(&stem)).pop().unwrap_or_default();
    let mut table = job.guessed(name, &stem, &stem);
    let mut layers = flatten(job, document, document)?;
    let list = layers.all.iter().find_map(|layer| Members::new(layer).get("items"));
    match list {
        Some(row) => {
            rows(&layers, &mut table);
            layers = flatten(job, document, row)?;
        }
        None => table.set("rows", quoted("0.."), ""),
    }
    for reference in &layers.foreign {
        table.remarks.unsaid(format!("`$ref` {reference}"), "it is not in this document");
    }
    let properties = properties(&layers);
    if properties.is_empty() {
        let message = "the rows have no `properties`, so that there are no columns";
        return Err(job.bad(document, message, "rows are objects, or the objects of an array"));
    }
    for key in ["title", "description"] {
        let words = layers.all.iter().filter_map(|layer| Members::new(layer).text(key));
        words.for_each(|words| table.remarks.say(words));
    }
    let required = required(&layers);
    let mut nested = Vec::new();
    for (name, schemas) in &properties {
        let Some(own) = column_name(name, None, false) else {
            let what = format!("the property `{name}`");
            table.remarks.unsaid(what, "no rule can name such a column");
            continue;
        };
        let mut all = Layers::default();
        for schema in schemas {
            all.add(flatten(job, document, schema)?);
        }
        if all.is_object() {
            let why = "members of an object are columns of their own, such as `a/b`";
            table.remarks.unsaid(format!("the property `{name}`, an object"), why);
            nested.push(*name);
            continue;
        }
        let is_required = required.contains(name);
        let column = property::column(job, document, own, &all, is_required, &mut table)?;
        table.columns.push(column);
    }
    let nested: Vec<String> = nested.iter().map(|name| format!("`{name}`")).collect();
    of_rows(&layers, &nested.join(", "), &mut table);
    job.rules.tables.push(table);
    Ok(())
}

/// How many rows an array may have.
fn rows(layers: &Layers<'_>, table: &mut Table) {
    let (mut least, mut most) = (0, None);
    for layer in &layers.all {
        let mut members = Members::new(layer);
        members.pass(NOTES);
        members.pass(&["items", "type"]);
        let mut number = |key: &'static str| members.text(key).and_then(|n| n.parse::<u32>().ok());
        least = number("minItems").unwrap_or(least);
        most = number("maxItems").or(most);
        for (name, value) in members.rest() {
            table.remarks.unsaid(format!("`{name}` {} of the array", shown(value)), "");
        }
    }
    let most = most.filter(|most| *most >= least).map_or(String::new(), |n| n.to_string());
    table.set("rows", quoted(&format!("{least}..{most}")), "");
}

/// The properties of rows, each with all that is said of it.
fn properties<'v>(layers: &Layers<'v>) -> Vec<(&'v str, Vec<&'v Value>)> {
    let mut all: Vec<(&str, Vec<&Value>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let maps = layers.all.iter().filter_map(|layer| map(Members::new(layer).get("properties")?));
    for member in maps.flat_map(|map| &map.members) {
        let place = *places.entry(&member.name).or_insert(all.len());
        match all.get_mut(place) {
            Some((_, schemas)) => schemas.push(&member.value),
            None => all.push((&member.name, vec![&member.value])),
        }
    }
    all
}

fn required<'v>(layers: &Layers<'v>) -> BTreeSet<&'v str> {
    let lists = layers.all.iter().filter_map(|layer| items(Members::new(layer).get("required")?));
    lists.flatten().filter_map(text).collect()
}

/// What is said of rows beside their properties.
fn of_rows(layers: &Layers<'_>, nested: &str, table: &mut Table) {
    for layer in &layers.all {
        let mut members = Members::new(layer);
        members.pass(NOTES);
        members.pass(&["properties", "required", "type"]);
        for key in ["additionalProperties", "unevaluatedProperties"] {
            match members.get(key).map(|value| (value, truth(value))) {
                None | Some((_, Some(true))) => {}
                Some((_, Some(false))) if nested.is_empty() => table.only = Only::Declared,
                Some((_, Some(false))) => {
                    let why = format!("members of {nested} are columns, too");
                    table.remarks.unsaid(format!("`{key}` false"), &why);
                }
                Some((value, None)) => {
                    let why = "only columns that are declared have contracts";
                    table.remarks.unsaid(format!("`{key}` {}", shown(value)), why);
                }
            }
        }
        for key in ["dependentRequired", "dependencies"] {
            let dependencies = members.get(key).and_then(map).map(|m| m.members.as_slice());
            for member in dependencies.unwrap_or_default() {
                depends(&member.name, &member.value, table);
            }
        }
        for (name, value) in members.rest() {
            table.remarks.unsaid(format!("`{name}` {} of rows", shown(value)), "");
        }
    }
}

/// Where one property is there, others are.
fn depends(name: &str, value: &Value, table: &mut Table) {
    let others = texts(value).filter(|_| items(value).is_some()).unwrap_or_default();
    let there =
        |name: &str| table.column(name)?.cell().map(|cell| format!("{cell} is not missing"));
    let asserts: Option<Vec<String>> = others.iter().map(|other| there(other)).collect();
    match (there(name), asserts) {
        (Some(filter), Some(asserts)) if !asserts.is_empty() => {
            let check = Check {
                id: format!("{}-with-{}", table.name, slug(name)),
                title: format!("where there is {name}, there is {}", others.join(" and ")),
                each: Some(table.name.clone()),
                filter: Some(filter),
                asserts,
                ..Check::default()
            };
            table.check(check);
        }
        _ => table.remarks.unsaid(format!("what `{name}` depends on: {}", shown(value)), ""),
    }
}
