//! What a schema says of objects beside their members: which of them belong together, and whether
//! there may be others.

use crate::import::document::{Members, items, map, shown, texts, truth};
use crate::import::job::Job;
use crate::import::json_schema::condition::{Conditions, Said};
use crate::import::json_schema::layers::{NOTES, Object};
use crate::import::rules::{Check, Only, Table, slug};
use crate::read::tree::value::Value;

/// Members of an object within rows that one condition names at most.
const MOST_NAMED: usize = 50;

/// Characters of a title that is made of expressions.
const MOST_TITLE: usize = 120;

/// Takes what is said of an object; the key by which it has no other members than those named.
pub fn of_object<'v>(
    job: &Job<'_>,
    root: &'v Value,
    object: &Object<'v>,
    table: &mut Table,
) -> Option<&'static str> {
    let (mut closed, way) = (None, &object.way);
    let of = match way.strip_suffix('/') {
        Some(name) => format!("`{name}`"),
        None => "rows".to_string(),
    };
    for layer in &object.layers.all {
        let mut members = Members::new(layer);
        members.pass(NOTES);
        members.pass(&["properties", "required", "type", "then", "else"]);
        for key in ["additionalProperties", "unevaluatedProperties"] {
            match members.get(key).map(|value| (value, truth(value))) {
                None | Some((_, Some(true))) => {}
                Some((_, Some(false))) => closed = Some(key),
                Some((value, None)) => {
                    let why = "only columns that are declared have contracts";
                    table.remarks.unsaid(format!("`{key}` {}", shown(value)), why);
                }
            }
        }
        for key in ["dependentRequired", "dependencies"] {
            let dependencies = members.get(key).and_then(map).map(|m| m.members.as_slice());
            for member in dependencies.unwrap_or_default() {
                depends(way, &member.name, &member.value, table);
            }
        }
        for key in ["if", "oneOf", "anyOf", "not"] {
            let Some(value) = members.get(key) else { continue };
            let checks = checks(&Conditions::new(job, root, table), (key, way), (layer, value));
            match checks {
                Some(checks) => checks.into_iter().for_each(|check| table.check(check)),
                None => {
                    let what =
                        ["if", "then", "else"].into_iter().filter(|own| key == "if" || *own == key);
                    let what = what.filter_map(|own| Some((own, Members::new(layer).get(own)?)));
                    let what: Vec<String> =
                        what.map(|(own, value)| format!("`{own}` {}", shown(value))).collect();
                    let what = if key == "if" {
                        what.join(", ")
                    } else {
                        format!("`{key}` {}", shown(value))
                    };
                    table.remarks.unsaid(format!("{what} of {of}"), "no expression says the same");
                }
            }
        }
        for (name, value) in members.rest() {
            table.remarks.unsaid(format!("`{name}` {} of {of}", shown(value)), "");
        }
    }
    closed
}

/// The checks that one member of a schema becomes; none where no expressions say the same.
fn checks<'v>(
    conditions: &Conditions<'_, 'v, '_>,
    (key, way): (&str, &str),
    (layer, value): (&'v Value, &'v Value),
) -> Option<Vec<Check>> {
    let mut all = Vec::new();
    let mut add = |filter: Option<Said>, asserts: Vec<Said>| {
        all.extend(check(conditions, (key, value), (filter, asserts)));
    };
    match key {
        "if" => {
            let condition = Said::all(conditions.row(value, way)?);
            let mut members = Members::new(layer);
            if let Some(then) = members.get("then") {
                add(Some(condition.clone()), conditions.row(then, way)?);
            }
            if let Some(other) = members.get("else") {
                add(Some(condition.not()), conditions.row(other, way)?);
            }
        }
        "not" => add(None, vec![Said::all(conditions.row(value, way)?).not()]),
        _ => match conditions.branches(value, way) {
            Some(branches) => {
                let chosen = branches.iter().map(|branch| branch.chosen.clone()).collect();
                add(None, vec![Said::any(chosen)]);
                for branch in branches {
                    add(Some(branch.chosen), branch.asks);
                }
            }
            None => {
                let said = |schema: &'v Value| conditions.row(schema, way).map(Said::all);
                let parts = items(value)?.iter().map(said).collect::<Option<Vec<_>>>()?;
                let said =
                    if key == "anyOf" { Said::any(parts) } else { Said::exactly_one(&parts)? };
                add(None, vec![said]);
            }
        },
    }
    Some(all)
}

/// A check of some conditions where one holds; none where they hold always.
fn check(
    conditions: &Conditions<'_, '_, '_>,
    (key, value): (&str, &Value),
    (filter, asserts): (Option<Said>, Vec<Said>),
) -> Option<Check> {
    let (named, mut filters) = conditions.readable();
    let (table, filter) = (conditions.table(), filter.filter(|f| f.known() != Some(true)));
    if filter.as_ref().is_some_and(|filter| filter.known() == Some(false)) {
        return None;
    }
    let asserts = match Said::all(asserts.clone()).known() {
        Some(true) => return None,
        Some(false) => vec![filter.clone()?.not()],
        None => {
            filters.extend(filter.clone());
            asserts.into_iter().filter(|said| said.known().is_none()).collect()
        }
    };
    let asserts: Vec<String> = asserts.into_iter().map(Said::text).collect();
    let said = asserts.join(", and ");
    let words = match filter.map(Said::text) {
        Some(filter) => format!("where {filter}, {said}"),
        None => said,
    };
    let own = Members::new(value).text("title").map(str::to_string);
    let first = named.first().map_or("rows", String::as_str);
    let title = own.unwrap_or_else(|| match words.chars().count() > MOST_TITLE {
        true => format!("rows of {} fit `{key}` of their schema", table.name),
        false => words,
    });
    let filter = Some(Said::all(filters)).filter(|filter| filter.known().is_none());
    Some(Check {
        id: format!("{}-{}-{}", table.name, slug(first), key.to_lowercase()),
        title,
        each: Some(table.name.clone()),
        filter: filter.map(Said::text),
        asserts,
        ..Check::default()
    })
}

/// Where one property is there, others are.
fn depends(way: &str, name: &str, value: &Value, table: &mut Table) {
    let others = texts(value).filter(|_| items(value).is_some()).unwrap_or_default();
    let there = |name: &str| {
        let cell = table.column(&format!("{way}{name}"))?.cell();
        cell.map(|cell| format!("{cell} is not missing"))
    };
    let asserts: Option<Vec<String>> = others.iter().map(|other| there(other)).collect();
    match (there(name), asserts) {
        (Some(filter), Some(asserts)) if !asserts.is_empty() => {
            let check = Check {
                id: format!("{}-with-{}", table.name, slug(&format!("{way}{name}"))),
                title: format!("where there is {way}{name}, there is {}", others.join(" and ")),
                each: Some(table.name.clone()),
                filter: Some(filter),
                asserts,
                ..Check::default()
            };
            table.check(check);
        }
        _ => table.remarks.unsaid(format!("what `{way}{name}` depends on: {}", shown(value)), ""),
    }
}

/// Where anything of an object is there, some of its members are; `first` is its first column.
pub fn whole(way: &str, first: usize, asked: &[String], table: &mut Table) {
    let name = way.trim_end_matches('/');
    let there = |name: &str| {
        let column = table.column(name)?;
        Some(format!("{} is not missing", column.cell()?))
    };
    let own = table.columns.get(first..).unwrap_or_default().iter();
    let own: Option<Vec<String>> = own.map(|column| there(&column.name)).collect();
    let asserts: Option<Vec<String>> = asked.iter().map(|name| there(name)).collect();
    match (own, asserts) {
        (_, Some(asserts)) if asserts.is_empty() => {}
        (Some(own), Some(_)) if own.len() == 1 => {}
        (Some(own), Some(asserts)) if own.len() <= MOST_NAMED => table.check(Check {
            id: format!("{}-{}-whole", table.name, slug(name)),
            title: format!("where there is anything of {name}, there is {}", asked.join(" and ")),
            each: Some(table.name.clone()),
            filter: Some(own.join(" or ")),
            asserts,
            ..Check::default()
        }),
        _ => {
            let what = format!("the members that `{name}` must have: {}", asked.join(", "));
            table.remarks.unsaid(what, "the object itself may be missing");
        }
    }
}

/// Whether a table may have other columns, by what its objects say of other members.
pub fn close(objects: &[(String, Option<&'static str>)], table: &mut Table) {
    let Some((_, of_rows)) = objects.iter().find(|(way, _)| way.is_empty()) else { return };
    let name = |way: &String| format!("`{}`", way.trim_end_matches('/'));
    let within = |is_closed: bool| {
        let own =
            objects.iter().filter(|(way, closed)| !way.is_empty() && closed.is_some() == is_closed);
        own.map(|(way, _)| name(way)).collect::<Vec<_>>().join(", ")
    };
    match (of_rows, within(false), within(true)) {
        (Some(_), open, _) if open.is_empty() => table.only = Only::Declared,
        (Some(key), open, _) => {
            table
                .remarks
                .unsaid(format!("`{key}` false"), &format!("members of {open} are columns, too"));
        }
        (None, _, closed) if closed.is_empty() => {}
        (None, _, closed) => {
            let what = format!("`additionalProperties` false of {closed}");
            table.remarks.unsaid(what, "a table has other columns, or it has none");
        }
    }
}
