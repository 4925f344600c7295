//! CSVW: metadata of tables, as of the W3C's recommendation.

mod datatype;
mod dialect;

use std::collections::{BTreeMap, BTreeSet};

use crate::import::document::{Members, items, map, shown, text, texts, truth};
use crate::import::job::{Job, Kind, decoded, is_address};
use crate::import::pattern::Patterns;
use crate::import::rules::{Column, Demand, Only, Table, column_name};
use crate::propose::lines::list;
use crate::propose::names::quoted;
use crate::read::tree::value::Value;
use crate::source::Problem;

pub const KIND: Kind = Kind {
    name: "csvw",
    about: "CSVW metadata",
    is: |document| {
        let mut members = Members::new(document);
        let context = members.get("@context").map(shown);
        let has_urls = |all: &[Value]| all.iter().any(|t| Members::new(t).get("url").is_some());
        context.is_some_and(|c| c.contains("www.w3.org/ns/csvw"))
            || members.get("tableSchema").is_some()
            || members.get("tables").and_then(items).is_some_and(has_urls)
    },
    read,
};

/// Properties that what is within takes over.
const INHERITED: &[&str] = &[
    "null",
    "separator",
    "ordered",
    "required",
    "datatype",
    "default",
    "lang",
    "textDirection",
    "aboutUrl",
    "propertyUrl",
    "valueUrl",
];

/// A foreign key, and the table that has it.
struct Relation<'v> {
    table: usize,
    value: &'v Value,
}

fn read(job: &mut Job<'_>, document: &Value) -> Result<(), Problem> {
    let mut members = Members::new(document);
    let tables = match members.get("tables") {
        Some(all) => {
            let all = items(all).ok_or_else(|| job.bad(all, "`tables` must be a list", ""))?;
            members.pass(&["@context", "@type", "@id", "dialect", "tableSchema", "tableDirection"]);
            members.pass(INHERITED);
            let rest: Vec<&str> = members.rest().map(|(name, _)| name).collect();
            left_out(&rest, &mut job.rules.remarks);
            all
        }
        None => std::slice::from_ref(document),
    };
    let url = |table: &Value| Members::new(table).text("url").unwrap_or_default().to_string();
    let urls: Vec<String> = tables.iter().map(url).collect();
    let label = |url: &String| {
        let name = url.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        if stem.is_empty() { job.stem() } else { stem.to_string() }
    };
    let labels: Vec<String> = urls.iter().map(label).collect();
    let names = job.names(&labels);
    let mut linked = Vec::new();
    for table in tables {
        linked.push(schema_of(job, document, table)?);
    }
    let start = job.rules.tables.len();
    let mut relations = Vec::new();
    let mut own_names = Vec::new();
    for (n, table) in tables.iter().enumerate() {
        let name = names.get(n).cloned().unwrap_or_default();
        let url = urls.get(n).cloned().unwrap_or_default();
        let schema = linked.get(n).and_then(Option::as_ref);
        let inline = [table, document].map(|v| map(v).and_then(|m| m.get("tableSchema")));
        let inline = inline.into_iter().flatten().map(|m| &m.value).find(|v| map(v).is_some());
        let chain: Vec<&Value> =
            [Some(document), Some(table), schema.or(inline)].into_iter().flatten().collect();
        let (made, columns) = one(job, name, &url, &chain);
        let keys = schema.or(inline).and_then(|s| Members::new(s).get("foreignKeys"));
        let keys = keys.and_then(items).unwrap_or_default();
        relations.extend(keys.iter().map(|value| Relation { table: start + n, value }));
        own_names.push(columns);
        job.rules.tables.push(made);
    }
    for relation in relations {
        relate(job, start, (&urls, &own_names), &relation);
    }
    Ok(())
}

/// The schema that a table names by a path.
fn schema_of(job: &mut Job<'_>, group: &Value, table: &Value) -> Result<Option<Value>, Problem> {
    let own = Members::new(table).text("tableSchema");
    let path = own.or_else(|| Members::new(group).text("tableSchema"));
    let Some(path) = path.filter(|path| !is_address(path)) else { return Ok(None) };
    let input = job.linked.read(&job.path(path))?;
    let mut inner = Job { input: &input, linked: &mut *job.linked, rules: &mut *job.rules };
    inner.document(&input).map(Some)
}

fn left_out(names: &[&str], remarks: &mut crate::import::rules::Remarks) {
    if !names.is_empty() {
        remarks.say(format!("Left out, as cells are not judged by it: {}.", names.join(", ")));
    }
}

/// A property, of the innermost that has it.
fn inherited<'v>(chain: &[&'v Value], name: &'static str) -> Option<&'v Value> {
    chain.iter().rev().find_map(|value| Members::new(value).get(name))
}

/// A table, and what the schema calls its columns.
fn one(
    job: &Job<'_>,
    name: String,
    url: &str,
    chain: &[&Value],
) -> (Table, BTreeMap<String, String>) {
    let mut table = Table { name: name.clone(), label: url.to_string(), ..Table::default() };
    table.only = Only::Ordered;
    let path = match url {
        "" => format!("{}.csv", job.stem()),
        url if is_address(url) => url.rsplit('/').next().unwrap_or_default().to_string(),
        url => decoded(url),
    };
    table.whereabouts = is_address(url).then(|| format!("save {url} here"));
    table.path = job.path(&path);
    table.set("rows", quoted("0.."), "");
    for value in chain.iter().skip(1) {
        let mut members = Members::new(value);
        members.pass(&["url", "tableSchema", "dialect", "columns", "primaryKey", "foreignKeys"]);
        members.pass(&["@context", "@type", "@id", "tables", "rowTitles", "tableDirection"]);
        members.pass(INHERITED);
        if let Some(address) = members.text("tableSchema").filter(|path| is_address(path)) {
            let why = "nothing is read from an address; save it, and name its path";
            table.remarks.unsaid(format!("the schema {address}"), why);
        }
        let rest: Vec<&str> = members.rest().map(|(name, _)| name).collect();
        left_out(&rest, &mut table.remarks);
    }
    let has_header = match inherited(chain, "dialect") {
        Some(dialect) => dialect::read(dialect, &mut table),
        None => true,
    };
    let called = columns(job, &mut table, chain, has_header);
    if let Some(key) = chain.last().and_then(|schema| Members::new(schema).get("primaryKey")) {
        let names = texts(key).unwrap_or_default();
        let own: Option<Vec<String>> = names.iter().map(|name| called.get(name).cloned()).collect();
        match own.filter(|own| !own.is_empty()) {
            Some(own) => table.key = own,
            None => {
                let what = format!("the primary key {}", shown(key));
                table.remarks.unsaid(what, "not all of it are columns");
            }
        }
    }
    (table, called)
}

/// Adds the columns of a table; what the schema calls them.
fn columns(
    job: &Job<'_>,
    table: &mut Table,
    chain: &[&Value],
    has_header: bool,
) -> BTreeMap<String, String> {
    let (mut titles, mut known) = (Vec::new(), BTreeSet::new());
    let mut called = BTreeMap::new();
    let columns = chain.last().and_then(|schema| Members::new(schema).get("columns"));
    for value in columns.and_then(items).unwrap_or_default() {
        if Members::new(value).get("virtual").and_then(truth) == Some(true) {
            table.remarks.say(format!("Left out, as it is in no file: {}.", shown(value)));
            continue;
        }
        let (title, name) = title(value);
        let is_repeated = !known.insert(title.clone());
        let own = column_name(&title, Some(titles.len()), is_repeated).unwrap_or_default();
        called.insert(name.unwrap_or_else(|| title.clone()), own.clone());
        titles.push(title);
        let chain = [chain, &[value]].concat();
        table.columns.push(column(own, value, &chain, &job.rules.patterns));
    }
    if !has_header {
        table.set("header", list(&titles), "the file has none");
    }
    called
}

/// What stands in the header, and the name that the schema has for it.
fn title(value: &Value) -> (String, Option<String>) {
    let mut members = Members::new(value);
    let name = members.text("name").map(decoded);
    let titles = members.get("titles");
    let of_language = titles.and_then(map).and_then(|m| m.members.first()).map(|m| &m.value);
    let first = of_language.or(titles).and_then(texts).and_then(|all| all.into_iter().next());
    (first.or_else(|| name.clone()).unwrap_or_default(), name)
}

fn column(own: String, value: &Value, chain: &[&Value], patterns: &Patterns) -> Column {
    let mut column = Column::new(own);
    let mut members = Members::new(value);
    members.pass(&["name", "virtual", "suppressOutput", "@type", "@id"]);
    members.pass(INHERITED);
    if let Some(all) = members.get("titles").filter(|t| items(t).is_some_and(|all| all.len() > 1)) {
        column.remarks.unsaid(format!("the titles {}", shown(all)), "only the first is looked for");
    }
    for key in ["dc:description", "dc:title", "rdfs:comment", "description"] {
        column.about.extend(members.text(key).map(str::to_string));
    }
    let rest: Vec<&str> = members.rest().map(|(name, _)| name).collect();
    left_out(&rest, &mut column.remarks);
    if let Some(null) = inherited(chain, "null") {
        match texts(null) {
            Some(all) if all == [""] => {}
            Some(all) => column.missing = Some(all),
            None => column.remarks.unsaid(format!("null {}", shown(null)), ""),
        }
    }
    if inherited(chain, "required").and_then(truth) == Some(true) {
        column.demand(Demand::Required);
    }
    if let Some(default) = inherited(chain, "default").filter(|d| text(d) != Some("")) {
        column
            .remarks
            .unsaid(format!("the default {}", shown(default)), "a blank cell has no value");
    }
    match (inherited(chain, "separator"), inherited(chain, "datatype")) {
        (Some(sign), _) if text(sign).is_none_or(str::is_empty) => {
            let what = format!("the separator {}", shown(sign));
            column.remarks.unsaid(what, "it must be what stands between two values");
        }
        (sign, datatype) => {
            column.list = sign.and_then(text).map(str::to_string);
            match datatype {
                Some(datatype) => datatype::read(datatype, patterns, &mut column),
                None => column.ty = Some(crate::value::Type::Text),
            }
        }
    }
    column
}

/// A foreign key, when all tables are known.
fn relate(
    job: &mut Job<'_>,
    start: usize,
    (urls, called): (&[String], &[BTreeMap<String, String>]),
    relation: &Relation<'_>,
) {
    let mut members = Members::new(relation.value);
    let own = members.get("columnReference").and_then(texts).unwrap_or_default();
    let mut reference = members.get("reference").map(Members::new);
    let resource = reference.as_mut().and_then(|r| r.text("resource")).unwrap_or_default();
    let other =
        reference.and_then(|mut r| r.get("columnReference").and_then(texts)).unwrap_or_default();
    let target = urls.iter().position(|url| url == resource);
    let names = |at: usize, all: &[String]| -> Option<Vec<String>> {
        all.iter().map(|name| called.get(at)?.get(name).cloned()).collect()
    };
    let found = target.and_then(|at| {
        let pair = (names(relation.table - start, &own)?, names(at, &other)?);
        let name = job.rules.tables.get(start + at)?.name.clone();
        (pair.0.len() == pair.1.len() && !pair.0.is_empty()).then_some((name, pair))
    });
    let Some(table) = job.rules.tables.get_mut(relation.table) else { return };
    match found {
        Some((target, (own, other))) if own.len() == 1 => {
            let at = own.first().and_then(|name| table.columns.place(name));
            let column = at.and_then(|at| table.columns.get_mut(at));
            for (column, other) in column.into_iter().zip(other) {
                column.demand(Demand::In(target.clone(), other));
            }
        }
        Some((target, (own, other))) => {
            let check = table.refers(&own, (&target, &other));
            table.check(check);
        }
        None => {
            let what = format!("the foreign key {}", shown(relation.value));
            table.remarks.unsaid(what, "the document has no such table or columns");
        }
    }
}
