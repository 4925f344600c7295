//! Frictionless: a table schema, a data resource, a data package.

mod dialect;
mod field;

use std::collections::BTreeMap;

use crate::import::document::{Members, items, map, shown, text, texts};
use crate::import::frictionless::field::Usual;
use crate::import::job::{Input, Job, Kind, is_address};
use crate::import::rules::{Check, Column, Demand, Remarks, Table, column_name, slug};
use crate::propose::lines::list;
use crate::propose::names::{self, quoted};
use crate::read::tree::value::Value;
use crate::source::Problem;

pub const KIND: Kind = Kind {
    name: "frictionless",
    about: "a Frictionless table schema or data package",
    is: |document| {
        let has_list = |name: &str| {
            map(document).and_then(|m| m.get(name)).is_some_and(|m| items(&m.value).is_some())
        };
        let is_resource = map(document).is_some_and(|m| {
            m.get("schema").is_some() && (m.get("path").is_some() || m.get("data").is_some())
        });
        has_list("resources") || has_list("fields") || is_resource
    },
    read,
};

/// What a table says of others, read when all tables are.
struct Relation<'v> {
    table: usize,
    value: &'v Value,
}

fn read(job: &mut Job<'_>, document: &Value) -> Result<(), Problem> {
    let mut members = Members::new(document);
    let Some(resources) = members.get("resources") else {
        return match members.get("fields") {
            Some(_) => alone(job, document),
            None => tables(job, std::slice::from_ref(document)),
        };
    };
    let Some(resources) = items(resources) else {
        return Err(job.bad(resources, "`resources` must be a list", ""));
    };
    if let Some(title) = members.text("title") {
        job.rules.title = Some(title.to_string());
    }
    members.pass(&["name", "profile", "$schema"]);
    about(&mut members, &mut job.rules.remarks);
    tables(job, resources)
}

/// A schema without data.
fn alone(job: &mut Job<'_>, schema: &Value) -> Result<(), Problem> {
    let stem = job.stem();
    let name = job.names(std::slice::from_ref(&stem)).pop().unwrap_or_default();
    let mut table = job.guessed(name, &stem, &stem);
    let mut relations = Vec::new();
    fill(job, &mut table, schema, true, &mut relations)?;
    job.rules.tables.push(table);
    let at = job.rules.tables.len() - 1;
    let all = relations.into_iter().map(|value| Relation { table: at, value }).collect();
    relate(job, &BTreeMap::new(), all);
    Ok(())
}

fn tables(job: &mut Job<'_>, resources: &[Value]) -> Result<(), Problem> {
    let label = |(n, resource): (usize, &Value)| {
        let name = Members::new(resource).text("name").map(str::to_string);
        name.unwrap_or_else(|| format!("resource {}", n + 1))
    };
    let labels: Vec<String> = resources.iter().enumerate().map(label).collect();
    let names = job.names(&labels);
    let by_label: BTreeMap<String, String> =
        labels.iter().cloned().zip(names.iter().cloned()).collect();
    // Schemas in files of their own live as long as the relations that they name.
    let mut linked = Vec::new();
    for resource in resources {
        linked.push(schema_of(job, resource)?);
    }
    let mut relations = Vec::new();
    for (n, resource) in resources.iter().enumerate() {
        let mut table = Table {
            name: names.get(n).cloned().unwrap_or_default(),
            label: labels.get(n).cloned().unwrap_or_default(),
            ..Table::default()
        };
        let has_header = resource_keys(job, &mut table, resource);
        let mut own = Vec::new();
        let inline = map(resource).and_then(|m| m.get("schema")).map(|m| &m.value);
        let schema = linked.get(n).and_then(Option::as_ref).or(inline.filter(|s| map(s).is_some()));
        match schema {
            Some(schema) => fill(job, &mut table, schema, has_header, &mut own)?,
            None => table.set("rows", quoted("0.."), ""),
        }
        let at = job.rules.tables.len();
        relations.extend(own.into_iter().map(|value| Relation { table: at, value }));
        job.rules.tables.push(table);
    }
    relate(job, &by_label, relations);
    Ok(())
}

/// The schema that a resource names by a path.
fn schema_of(job: &mut Job<'_>, resource: &Value) -> Result<Option<Value>, Problem> {
    let Some(path) = Members::new(resource).text("schema") else { return Ok(None) };
    if is_address(path) {
        return Ok(None);
    }
    let input: Input = job.linked.read(&job.path(path))?;
    let mut inner = Job { input: &input, linked: &mut *job.linked, rules: &mut *job.rules };
    inner.document(&input).map(Some)
}

/// What a resource says of its file; whether that has a header.
fn resource_keys(job: &mut Job<'_>, table: &mut Table, resource: &Value) -> bool {
    let mut members = Members::new(resource);
    members.pass(&["name", "title", "description", "type"]);
    for key in ["title", "description"] {
        if let Some(words) = Members::new(resource).text(key) {
            table.remarks.say(words);
        }
    }
    if let Some(schema) = members.text("schema").filter(|schema| is_address(schema)) {
        let why = "nothing is read from an address; save it, and name its path";
        table.remarks.unsaid(format!("the schema {schema}"), why);
    }
    path(job, table, &mut members);
    let source = members.get("sources").and_then(items).and_then(<[Value]>::first);
    if let Some(source) = source {
        let mut source = Members::new(source);
        let words = source.text("path").or_else(|| source.text("title"));
        words.into_iter().for_each(|words| table.set("source", quoted(words), ""));
    }
    let has_header = dialect::read(&mut members, table);
    for key in ["hash", "bytes"] {
        if let Some(value) = members.get(key) {
            table.remarks.unsaid(format!("`{key}` {}", shown(value)), "files are judged by cells");
        }
    }
    about(&mut members, &mut table.remarks);
    has_header
}

fn path(job: &Job<'_>, table: &mut Table, members: &mut Members<'_>) {
    let written = members.get("path");
    if let Some(data) = members.get("data") {
        table.remarks.unsaid(format!("`data` {}", shown(data)), "rows are read from files");
    }
    let all = written.and_then(texts).unwrap_or_default();
    let first = all.first().cloned().unwrap_or_else(|| format!("{}.csv", table.name));
    let (path, words) = match all.len() {
        0 => (first, Some("a guess by the name: the schema does not say it".to_string())),
        1 if is_address(&first) => {
            let name = first.split(['?', '#']).next().unwrap_or_default();
            let name = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            (name.to_string(), Some(format!("save {first} here")))
        }
        1 => (first, None),
        _ => {
            let what = format!("the parts {}", all.get(1..).unwrap_or_default().join(", "));
            let why = "only the first of them has a header; put them together in one file";
            table.remarks.unsaid(what, why);
            (first, None)
        }
    };
    table.whereabouts = words;
    table.path = job.path(&path);
}

/// Members that nobody has read, in one remark, and checks that judge cells, each in one of its own.
fn about(members: &mut Members<'_>, remarks: &mut Remarks) {
    if let Some(value) = members.get("checklist") {
        let mut own = Members::new(value);
        let checks = own.get("checks").and_then(items);
        let each = checks.unwrap_or_default().iter();
        each.for_each(|check| remarks.unsaid(format!("the check {}", shown(check)), ""));
        own.pass(&["name", "type", "title", "description"]);
        match checks {
            Some(_) => own.rest().for_each(|(name, value)| {
                remarks.unsaid(format!("`{name}` {} of the checklist", shown(value)), "");
            }),
            None => remarks.unsaid(format!("the checklist {}", shown(value)), ""),
        }
    }
    for key in ["checks", "steps", "pipeline"] {
        if let Some(value) = members.get(key) {
            remarks.unsaid(format!("`{key}` {}", shown(value)), "");
        }
    }
    let rest: Vec<&str> = members.rest().map(|(name, _)| name).collect();
    if !rest.is_empty() {
        remarks.say(format!("Left out, as cells are not judged by it: {}.", rest.join(", ")));
    }
}

/// Fills a table with what its schema says; relations to other tables are left for later.
fn fill<'v>(
    job: &Job<'_>,
    table: &mut Table,
    schema: &'v Value,
    has_header: bool,
    relations: &mut Vec<&'v Value>,
) -> Result<(), Problem> {
    let mut members = Members::new(schema);
    let Some(fields) = members.get("fields").and_then(items) else {
        let at = members.get("fields").unwrap_or(schema);
        return Err(job.bad(at, "a table schema needs a list `fields`", ""));
    };
    table.set("rows", quoted("0.."), "");
    let usual = Usual::read(&mut members, table);
    let names = field_names(job, fields)?;
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    names.iter().for_each(|name| *times.entry(name).or_default() += 1);
    for (n, field) in fields.iter().enumerate() {
        let name = names.get(n).copied().unwrap_or_default();
        let is_repeated = times.get(name).is_some_and(|times| *times > 1);
        let own = column_name(name, Some(n), is_repeated).unwrap_or_default();
        let mut column = Column::new(own);
        if column.name != name {
            column.remarks.say(format!("The field `{name}`, by its place."));
        }
        field::read(field, &job.rules.patterns, &mut column);
        column.missing = column.missing.map(|texts| table.with_null(texts));
        column.optional = usual.is_optional;
        table.columns.push(column);
    }
    table.only = usual.only;
    if !has_header {
        let all: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
        table.set("header", list(&all), "the file has none");
    }
    keys(table, &names, &mut members);
    relations.extend(members.get("foreignKeys").and_then(items).into_iter().flatten());
    members.pass(&["$schema", "fieldsMatch", "missingValues"]);
    about(&mut members, &mut table.remarks);
    Ok(())
}

fn field_names<'v>(job: &Job<'_>, fields: &'v [Value]) -> Result<Vec<&'v str>, Problem> {
    let name = |field: &'v Value| {
        let name = Members::new(field).text("name").or_else(|| text(field));
        name.ok_or_else(|| job.bad(field, "a field needs a `name`", ""))
    };
    fields.iter().map(name).collect()
}

fn keys(table: &mut Table, fields: &[&str], members: &mut Members<'_>) {
    let places: BTreeMap<&str, usize> = fields.iter().enumerate().map(|(n, f)| (*f, n)).collect();
    let places = |names: &Value| -> Option<Vec<usize>> {
        texts(names)?.iter().map(|name| places.get(name.as_str()).copied()).collect()
    };
    let called = |table: &Table, all: Vec<usize>| -> Vec<String> {
        let columns = all.iter().filter_map(|at| table.columns.get(*at));
        columns.map(|column| column.name.clone()).collect()
    };
    if let Some(key) = members.get("primaryKey") {
        match places(key) {
            Some(all) => table.key = called(table, all),
            None => {
                let what = format!("the primary key {}", shown(key));
                table.remarks.unsaid(what, "not all of it are fields");
            }
        }
    }
    for key in members.get("uniqueKeys").and_then(items).into_iter().flatten() {
        let all = places(key).unwrap_or_default();
        match all.as_slice() {
            [] => {
                let what = format!("the unique key {}", shown(key));
                table.remarks.unsaid(what, "not all of it are fields");
            }
            [one] => {
                let column = table.columns.get_mut(*one);
                column.into_iter().for_each(|c| c.demand(Demand::Unique));
            }
            _ => {
                let names = called(table, all);
                let check = together(table, &names);
                table.check(check);
            }
        }
    }
}

/// No combination of values of some columns stands twice, where all of them have one.
fn together(table: &Table, columns: &[String]) -> Check {
    let cells: Vec<String> = columns.iter().map(|name| names::in_expression(name)).collect();
    let there: Vec<String> = table.there(columns);
    Check {
        id: format!("{}-{}-unique", table.name, slug(&columns.join("-"))),
        title: format!("no {} stand twice in {}", columns.join(" and "), table.name),
        each: Some(format!("{} by {}", table.name, cells.join(", "))),
        filter: Some(there.join(" and ")),
        asserts: vec!["count() = 1".into()],
        ..Check::default()
    }
}

/// Where the columns of tables are, by the names that the rule file has for both.
type Index = BTreeMap<String, BTreeMap<String, usize>>;

/// The foreign keys, when all tables are known.
fn relate(job: &mut Job<'_>, by_label: &BTreeMap<String, String>, all: Vec<Relation<'_>>) {
    let columns = |table: &Table| {
        let names = table.columns.iter().enumerate();
        let names = names.map(|(n, column)| (column.name.clone(), n)).collect();
        (table.name.clone(), names)
    };
    let index: Index = job.rules.tables.iter().map(columns).collect();
    for Relation { table, value } in all {
        if let Some(table) = job.rules.tables.get_mut(table) {
            foreign_key(table, value, &index, by_label);
        }
    }
}

fn foreign_key(
    table: &mut Table,
    value: &Value,
    index: &Index,
    by_label: &BTreeMap<String, String>,
) {
    let fields = |members: &mut Members<'_>| {
        let names = members.get("fields").or_else(|| members.get("field"));
        names.and_then(texts).filter(|names| !names.is_empty())
    };
    let mut members = Members::new(value);
    let own = fields(&mut members);
    let mut reference = members.get("reference").map(Members::new);
    let resource = reference.as_mut().and_then(|r| r.text("resource")).unwrap_or_default();
    let other = reference.as_mut().and_then(fields);
    let target = match resource {
        "" | "self" => Some(&table.name),
        label => by_label.get(label),
    };
    let is_there = |table: &String, names: &[String]| {
        let known = index.get(table);
        known.is_some_and(|known| names.iter().all(|name| known.contains_key(name)))
    };
    let found = match (own, other, target) {
        (Some(own), Some(other), Some(target))
            if own.len() == other.len()
                && is_there(&table.name, &own)
                && is_there(target, &other) =>
        {
            (own, other, target.clone())
        }
        _ => {
            let what = format!("the foreign key {}", shown(value));
            table.remarks.unsaid(what, "the schema has no such resource or fields");
            return;
        }
    };
    match &found {
        (own, other, target) if own.len() == 1 => {
            let at = index.get(&table.name).and_then(|names| names.get(own.first()?));
            let column = at.and_then(|at| table.columns.get_mut(*at));
            for (column, other) in column.into_iter().zip(other) {
                column.demand(Demand::In(target.clone(), other.clone()));
            }
        }
        (own, other, target) => {
            let check = table.refers(own, (target, other));
            table.check(check);
        }
    }
}
