//! The constraints of a model: what a contract asks of several of its columns, or of its rows.

use crate::import::dbt::known::Known;
use crate::import::dbt::null::Purpose;
use crate::import::dbt::sql;
use crate::import::dbt::test::declared;
use crate::import::document::{Members, shown, texts};
use crate::import::rules::{Check, Column, Demand, Table, column_name, slug};
use crate::propose::names;
use crate::read::tree::value::Value;

/// Takes a constraint of a model.
pub fn of_table(value: &Value, table: &mut Table, known: &mut Known) {
    if let Err(why) = taken(value, table, known) {
        table.remarks.unsaid(format!("the constraint {}", shown(value)), &why);
    }
}

/// Takes it, where the rules can say the same.
///
/// # Errors
/// Why they cannot.
fn taken(value: &Value, table: &mut Table, known: &mut Known) -> Result<(), String> {
    let mut members = Members::new(value);
    let kind = members.text("type").unwrap_or_default();
    if kind == "check" {
        let sql = members.text("expression").ok_or("it has no `expression`")?;
        let assert = declared(sql::condition(sql, Purpose::Assert)?, table, known);
        table.check(Check {
            id: format!("{}-{}", table.name, slug(members.text("name").unwrap_or("check"))),
            title: format!("{}: {sql}", table.name),
            each: Some(table.name.clone()),
            asserts: vec![assert],
            ..Check::default()
        });
        return Ok(());
    }
    let columns = columns(&mut members)?;
    known.asked.extend(columns.iter().map(|name| (table.name.clone(), name.clone())));
    match (kind, columns.as_slice()) {
        ("primary_key", _) if table.key.is_empty() || table.key == columns => table.key = columns,
        ("primary_key", _) => return Err("a column of the model says that it is the key".into()),
        ("not_null", all) => all.iter().for_each(|name| demand(name, Demand::Required, table)),
        ("unique", [only]) => demand(only, Demand::Unique, table),
        ("unique", all) => {
            let cells: Vec<String> = all.iter().map(|name| names::in_expression(name)).collect();
            table.check(Check {
                id: format!("{}-{}-unique", table.name, slug(&all.join("-"))),
                title: format!("no {} stand twice in {}", all.join(" and "), table.name),
                each: Some(format!("{} by {}", table.name, cells.join(", "))),
                asserts: vec!["count() = 1".into()],
                ..Check::default()
            });
        }
        _ => return Err(String::new()),
    }
    Ok(())
}

/// The columns that a constraint names.
///
/// # Errors
/// That it names none, or that no rule can name one.
fn columns(members: &mut Members<'_>) -> Result<Vec<String>, String> {
    let all = members.get("columns").and_then(texts).filter(|all| !all.is_empty());
    let usable = |name: &String| column_name(name, None, false);
    let named = all.ok_or("it names no columns")?.iter().map(usable).collect::<Option<_>>();
    named.ok_or_else(|| "no rule can name its columns".into())
}

/// Demands something of a column, which the model need not describe.
fn demand(name: &str, demand: Demand, table: &mut Table) {
    if table.column(name).is_none() {
        table.columns.push(Column::new(name));
    }
    let place = table.columns.place(name);
    if let Some(column) = place.and_then(|at| table.columns.get_mut(at)) {
        column.demand(demand);
    }
}
