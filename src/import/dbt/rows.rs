//! Tests of a table.

use crate::import::dbt::demands::of_column;
use crate::import::dbt::known::{Known, label};
use crate::import::dbt::null::Purpose;
use crate::import::dbt::sql;
use crate::import::dbt::test::{How, Test, declared, put};
use crate::import::document::{items, shown, texts};
use crate::import::rules::{Check, Column, Table, slug};
use crate::propose::names;
use crate::read::tree::value::Value;

/// Translates a test of a table.
pub fn of_table(test: &Test<'_>, table: &mut Table, known: &mut Known) {
    // A test of a column may stand here, with the name of its column.
    if let Some(name) = test.text("column_name").filter(|name| names::is_usable(name)) {
        let at = table.columns.place(name);
        let own = at.and_then(|at| table.columns.get_mut(at)).map(std::mem::take);
        let mut column = own.unwrap_or_else(|| Column::new(name));
        of_column(test, &mut column, table, known);
        match at.and_then(|at| table.columns.get_mut(at)) {
            Some(place) => *place = column,
            None => table.columns.push(column),
        }
        return;
    }
    let made = test.how(table, known).and_then(|how| {
        let check = check(test, (table, &how), known)?;
        test.is_read().map(|()| (check, how))
    });
    match made {
        Ok((check, how)) => put(test, check, how, table),
        Err(why) => table.remarks.unsaid(test.what(), &why),
    }
}

/// The check of a test of a table.
///
/// # Errors
/// Why it cannot be said.
fn check(
    test: &Test<'_>,
    (table, how): (&Table, &How),
    known: &mut Known,
) -> Result<Check, String> {
    let own = table.name.clone();
    let rows = format!("count({own}{})", how.chosen());
    let check = Check {
        id: format!("{own}-{}", slug(&test.kind)),
        title: format!("{own}: {}", test.kind.replace('_', " ")),
        each: Some(own.clone()),
        ..Check::default()
    };
    match test.kind.as_str() {
        "expression_is_true" => {
            let sql = test.text("expression").ok_or("it has no `expression`")?;
            let assert = declared(sql::condition(sql, Purpose::Assert)?, table, known);
            Ok(Check { title: format!("{own}: {sql}"), asserts: vec![assert], ..check })
        }
        "unique_combination_of_columns" => {
            together(check, columns(test, "combination_of_columns", (table, known))?, None)
        }
        "expect_compound_columns_to_be_unique" => {
            let cells = columns(test, "column_list", (table, known))?;
            let filter = left(test, &cells)?;
            together(check, cells, filter)
        }
        "expect_column_pair_values_A_to_be_greater_than_B" => {
            let pair = |key| test.text(key).filter(|n| names::is_usable(n)).map(str::to_string);
            let (a, b) = (pair("column_A"), pair("column_B"));
            let (a, b) = a.zip(b).ok_or("it names no two columns")?;
            let sign = if test.truth("or_equal") == Some(true) { ">=" } else { ">" };
            let assert =
                format!("{} {sign} {}", names::in_expression(&a), names::in_expression(&b));
            known.asked.extend([a, b].map(|name| (table.name.clone(), name)));
            Ok(Check { asserts: vec![assert], ..check })
        }
        "expect_table_row_count_to_equal" => {
            let n = test.text("value").filter(|n| n.parse::<u64>().is_ok());
            let n = n.ok_or("it has no number")?;
            Ok(Check { each: None, asserts: vec![format!("{rows} = {n}")], ..check })
        }
        "expect_table_row_count_to_be_between" => {
            Ok(Check { each: None, asserts: test.between(&rows)?, ..check })
        }
        "equal_rowcount" | "fewer_rows_than" | "expect_table_row_count_to_equal_other_table" => {
            Ok(Check { each: None, asserts: vec![as_many(test, &rows, known)?], ..check })
        }
        _ => Err("this test is not known here".into()),
    }
}

/// The columns that an argument names, as expressions write them.
///
/// # Errors
/// That it names none.
fn columns(
    test: &Test<'_>,
    key: &'static str,
    (table, known): (&Table, &mut Known),
) -> Result<Vec<String>, String> {
    let is_list = |names: &&Value| items(names).is_some();
    let all = test.get(key).filter(is_list).and_then(texts).unwrap_or_default();
    if all.is_empty() || all.iter().any(|name| !names::is_usable(name)) {
        return Err("it names no columns".into());
    }
    known.asked.extend(all.iter().map(|name| (table.name.clone(), name.clone())));
    Ok(all.iter().map(|name| names::in_expression(name)).collect())
}

/// No combination of values of some columns stands twice, among rows that may be chosen.
fn together(check: Check, cells: Vec<String>, filter: Option<String>) -> Result<Check, String> {
    let own = check.each.clone().unwrap_or_default();
    let each = Some(format!("{own} by {}", cells.join(", ")));
    let title = format!("no {} stand twice in {own}", cells.join(" and "));
    Ok(Check { title, each, filter, asserts: vec!["count() = 1".into()], ..check })
}

/// Which rows `ignore_row_if` leaves.
///
/// # Errors
/// That there is no such word.
fn left(test: &Test<'_>, cells: &[String]) -> Result<Option<String>, String> {
    let there: Vec<String> = cells.iter().map(|cell| format!("{cell} is not missing")).collect();
    match test.text("ignore_row_if").unwrap_or("all_values_are_missing") {
        "all_values_are_missing" => Ok(Some(there.join(" or "))),
        "any_value_is_missing" => Ok(Some(there.join(" and "))),
        "never" => Ok(None),
        other => Err(format!("`ignore_row_if` {other} cannot be said")),
    }
}

/// That a table has as many rows as another one, or fewer.
fn as_many(test: &Test<'_>, rows: &str, known: &Known) -> Result<String, String> {
    let to = test.text("compare_model").and_then(label).ok_or("it names no table")?;
    let other = known.find(&to).ok_or("there is no such table")?;
    for key in ["factor", "compare_row_condition"] {
        if let Some(value) = test.get(key) {
            return Err(format!("`{key}` {} cannot be said", shown(value)));
        }
    }
    let sign = if test.kind == "fewer_rows_than" { "<" } else { "=" };
    Ok(format!("{rows} {sign} count({other})"))
}
