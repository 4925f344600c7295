//! dbt: the properties of models, seeds, snapshots and sources, with their tests.

mod cells;
mod constraint;
mod demands;
mod known;
mod null;
mod rows;
mod sql;
mod test;

use std::collections::{BTreeMap, BTreeSet};

use crate::import::dbt::demands::of_column;
use crate::import::dbt::known::{Known, label};
use crate::import::dbt::rows::of_table;
use crate::import::dbt::test::Test;
use crate::import::document::{Members, items, map, shown, text, truth};
use crate::import::job::{Job, Kind};
use crate::import::rules::{Column, Demand, Only, Remark, Table, column_name};
use crate::propose::names::quoted;
use crate::read::tree::value::Value;
use crate::source::Problem;
use crate::value::Type;

pub const KIND: Kind = Kind {
    name: "dbt",
    about: "the properties of dbt models, seeds and sources",
    is: |document| {
        let mut members = Members::new(document);
        SECTIONS.iter().chain(&["sources"]).any(|name| members.get(name).and_then(items).is_some())
    },
    read,
};

/// Sections whose items are tables.
const SECTIONS: [&str; 3] = ["models", "seeds", "snapshots"];

/// A table that is described: how others refer to it, and its description.
struct Resource<'v> {
    label: String,
    file: String,
    value: &'v Value,
}

fn read(job: &mut Job<'_>, document: &Value) -> Result<(), Problem> {
    let resources = resources(job, document)?;
    let mut labels: Vec<String> = resources.iter().map(|r| r.label.clone()).collect();
    // Tables that others refer to have rules, too.
    let mut others = Vec::new();
    for resource in &resources {
        referred(resource.value, &mut others);
    }
    others.sort_unstable();
    others.dedup();
    // Those of files before may be meant; what these only referred to may be described here.
    let awaited = awaited(job, &labels);
    let tables = job.rules.tables.iter().chain(awaited.values());
    let mut known = Known::default();
    tables.for_each(|table| known.meet(&table.label, &table.name));
    others.retain(|label| !labels.contains(label) && known.find(label).is_none());
    labels.extend(others.iter().cloned());
    let mut own = job.names(&labels).into_iter();
    let mut taken = BTreeSet::new();
    let mut named: Vec<(&Resource<'_>, String)> = Vec::new();
    for (resource, name) in resources.iter().zip(own.by_ref()) {
        let table = awaited.get(&resource.label).filter(|_| taken.insert(&resource.label));
        let name = table.map_or(name, |table| table.name.clone());
        known.meet(&resource.label, &name);
        named.push((resource, name));
    }
    let rest: Vec<(&String, String)> = others.iter().zip(own).collect();
    rest.iter().for_each(|(label, name)| known.meet(label, name));
    for (resource, name) in named {
        let mut table = table(job, (resource, name), &mut known);
        let awaited = awaited.get(&resource.label).filter(|awaited| awaited.name == table.name);
        for column in awaited.iter().flat_map(|awaited| awaited.columns.iter()) {
            if table.column(&column.name).is_none() {
                table.columns.push(Column::new(&column.name));
            }
        }
        job.rules.tables.push(table);
    }
    for (label, name) in rest {
        let file = label.rsplit('.').next().unwrap_or(label);
        let mut table = job.guessed(name, label, file);
        table.is_awaited = true;
        table.remarks.say("Only referred to in the schema.");
        table.set("rows", quoted("0.."), "");
        job.rules.tables.push(table);
    }
    let tables = job.rules.tables.iter().enumerate();
    let places: BTreeMap<String, usize> = tables.map(|(n, t)| (t.name.clone(), n)).collect();
    for (name, column) in known.asked {
        let table = places.get(&name).and_then(|at| job.rules.tables.get_mut(*at));
        if let Some(table) = table.filter(|table| table.column(&column).is_none()) {
            table.columns.push(Column::new(&column));
        }
    }
    Ok(())
}

/// Takes out the tables that files before only referred to, and this one describes.
fn awaited(job: &mut Job<'_>, labels: &[String]) -> BTreeMap<String, Table> {
    let is_here = |table: &mut Table| table.is_awaited && labels.contains(&table.label);
    let taken = job.rules.tables.extract_if(.., is_here);
    taken.map(|table| (table.label.clone(), table)).collect()
}

fn resources<'v>(job: &mut Job<'_>, document: &'v Value) -> Result<Vec<Resource<'v>>, Problem> {
    let mut members = Members::new(document);
    members.pass(&["version"]);
    let mut all = Vec::new();
    let name = |job: &Job<'_>, value: &'v Value| {
        let name = Members::new(value).text("name").map(str::to_string);
        name.ok_or_else(|| job.bad(value, "a model or a table needs a `name`", ""))
    };
    for section in SECTIONS {
        for value in members.get(section).and_then(items).unwrap_or_default() {
            let label = name(job, value)?;
            all.push(Resource { file: label.clone(), label, value });
        }
    }
    for source in members.get("sources").and_then(items).unwrap_or_default() {
        let label = name(job, source)?;
        if let Some(value) = Members::new(source).get("freshness") {
            job.rules.remarks.unsaid(format!("`freshness` {} of {label}", shown(value)), "");
        }
        for value in Members::new(source).get("tables").and_then(items).unwrap_or_default() {
            let own = name(job, value)?;
            let file = Members::new(value).text("identifier").unwrap_or(&own).to_string();
            all.push(Resource { label: format!("{label}.{own}"), file, value });
        }
    }
    let rest: Vec<&str> = members.rest().map(|(name, _)| name).collect();
    if !rest.is_empty() {
        let words = format!("Left out, as cells are not judged by it: {}.", rest.join(", "));
        job.rules.remarks.say(words);
    }
    Ok(all)
}

/// The tables that `relationships` within a description refer to.
fn referred(value: &Value, all: &mut Vec<String>) {
    for member in map(value).map(|m| m.members.as_slice()).unwrap_or_default() {
        if matches!(&*member.name, "to" | "compare_model") {
            all.extend(text(&member.value).and_then(label));
        }
        referred(&member.value, all);
    }
    for item in items(value).unwrap_or_default() {
        referred(item, all);
    }
}

fn table(job: &Job<'_>, (resource, name): (&Resource<'_>, String), known: &mut Known) -> Table {
    let first = known.find(&resource.label).filter(|first| **first != name);
    let twice = first.map(|first| {
        format!("`{}` is described once more: others refer to `{first}`.", resource.label)
    });
    let mut table = job.guessed(name, &resource.label, &resource.file);
    table.remarks.0.extend(twice.map(Remark::Said));
    table.set("rows", quoted("0.."), "");
    let mut members = Members::new(resource.value);
    members.pass(&["name", "identifier"]);
    if let Some(words) = members.text("description") {
        table.remarks.say(words.trim());
    }
    let config = members.get("config").map(Members::new);
    let contract = config.and_then(|mut c| Members::new(c.get("contract")?).get("enforced"));
    let is_enforced = contract.and_then(truth) == Some(true);
    if is_enforced {
        table.only = Only::Declared;
    }
    let (mut bare, mut seen) = (Vec::new(), BTreeSet::new());
    for value in members.get("columns").and_then(items).unwrap_or_default() {
        let name = Members::new(value).text("name").unwrap_or_default();
        let Some(own) = column_name(name, None, false).filter(|n| seen.insert(n.clone())) else {
            table.remarks.unsaid(format!("the column `{name}`"), "no rule can name it once more");
            continue;
        };
        let column = column(value, own, &mut table, known);
        let has_tests = ["tests", "data_tests", "constraints", "data_type"]
            .iter()
            .any(|key| Members::new(value).get(key).is_some());
        match !has_tests && !is_enforced && column.remarks.0.is_empty() {
            true => bare.push(column.name),
            false => table.columns.push(column),
        }
    }
    if !bare.is_empty() {
        table.remarks.say(format!("Columns without a test: {}.", bare.join(", ")));
    }
    for key in ["tests", "data_tests"] {
        for value in members.get(key).and_then(items).unwrap_or_default() {
            of_table(&Test::new(value), &mut table, known);
        }
    }
    for value in members.get("constraints").and_then(items).unwrap_or_default() {
        constraint::of_table(value, &mut table, known);
    }
    for key in ["freshness", "versions"] {
        if let Some(value) = members.get(key) {
            table.remarks.unsaid(format!("`{key}` {}", shown(value)), "");
        }
    }
    let rest: Vec<&str> = members.rest().map(|(name, _)| name).collect();
    if !rest.is_empty() {
        let words = format!("Left out, as cells are not judged by it: {}.", rest.join(", "));
        table.remarks.say(words);
    }
    table
}

fn column(value: &Value, name: String, table: &mut Table, known: &mut Known) -> Column {
    let mut column = Column::new(name);
    let mut members = Members::new(value);
    members.pass(&["name", "quote", "meta", "tags", "config", "policy_tags"]);
    column.about.extend(members.text("description").map(|words| words.trim().to_string()));
    if let Some(ty) = members.text("data_type") {
        match data_type(ty) {
            Some(own) => column.ty = Some(own),
            None => column.remarks.say(format!("The type in the database is {ty}.")),
        }
    }
    for key in ["tests", "data_tests"] {
        for value in members.get(key).and_then(items).unwrap_or_default() {
            of_column(&Test::new(value), &mut column, table, known);
        }
    }
    for value in members.get("constraints").and_then(items).unwrap_or_default() {
        match Members::new(value).text("type") {
            Some("not_null") => column.demand(Demand::Required),
            Some("unique") => column.demand(Demand::Unique),
            Some("primary_key") => table.key.push(column.name.clone()),
            _ => column.remarks.unsaid(format!("the constraint {}", shown(value)), ""),
        }
    }
    for (name, value) in members.rest() {
        column.remarks.unsaid(format!("`{name}` {}", shown(value)), "");
    }
    column
}

/// The type of a column in a database.
fn data_type(ty: &str) -> Option<Type> {
    let name = ty.split('(').next().unwrap_or_default().trim().to_lowercase();
    Some(match name.as_str() {
        "int" | "integer" | "bigint" | "smallint" | "tinyint" | "int64" | "int4" | "int8" => {
            Type::Integer
        }
        "numeric" | "decimal" | "number" | "float" | "float64" | "double" | "real"
        | "double precision" | "bignumeric" => Type::Number,
        "varchar" | "text" | "string" | "char" | "character varying" => Type::Text,
        "date" => Type::Date,
        "timestamp" | "datetime" | "timestamp_ntz" | "timestamptz" | "timestamp_tz" => {
            Type::DateTime
        }
        "time" => Type::Time,
        "bool" | "boolean" => Type::Boolean,
        _ => return None,
    })
}
