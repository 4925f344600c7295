//! Tests of all cells of a column together, or of its cells in an expression.

use crate::import::dbt::known::Known;
use crate::import::dbt::null::Purpose;
use crate::import::dbt::sql;
use crate::import::dbt::test::{Test, declared, put};
use crate::import::rules::{Check, Column, Table, slug};
use crate::value::{Number, Type};

/// Translates a test of all cells of a column together, or of its cells in an expression.
pub fn of_all_cells(test: &Test<'_>, column: &mut Column, table: &mut Table, known: &mut Known) {
    let made = test.how(table, known).and_then(|how| {
        let all = cells(test, column, (table, &how.chosen()), known)?;
        test.is_read().map(|()| (all, how))
    });
    match made {
        Ok(((is_of_rows, asserts), how)) => {
            let own = &column.name;
            let title = match (test.kind.as_str(), asserts.as_slice()) {
                ("expression_is_true", [only]) => only.clone(),
                (kind, _) => format!("{own} of {}: {}", table.name, kind.replace('_', " ")),
            };
            let check = Check {
                id: format!("{}-{}-{}", table.name, slug(own), slug(&test.kind)),
                title,
                each: is_of_rows.then(|| table.name.clone()),
                asserts,
                ..Check::default()
            };
            put(test, check, how, table);
        }
        Err(why) => column.remarks.unsaid(test.what(), &why),
    }
}

/// Whether a test asks something of each row, and the assertions.
///
/// # Errors
/// Why it cannot be said.
fn cells(
    test: &Test<'_>,
    column: &mut Column,
    (table, chosen): (&Table, &str),
    known: &mut Known,
) -> Result<(bool, Vec<String>), String> {
    let cell = column.cell().ok_or("no expression can name the column")?;
    let all = format!("{}.{cell}{chosen}", table.name);
    let mut figure = |of: &str| {
        let between = test.between(&format!("{of}({all})"))?;
        column.ty.get_or_insert(Type::Number);
        Ok::<_, String>((false, between))
    };
    Ok(match test.kind.as_str() {
        "at_least_one" => (false, vec![format!("count({all}) > 0")]),
        "not_empty_string" => return Err("a cell of white space alone is missing here".into()),
        "not_null_proportion" => {
            (false, vec![proportion(test, &all, &format!("{}{chosen}", table.name))?])
        }
        // A column without any value is not constant there.
        "not_constant" => (false, vec![format!("count(distinct {all}) != 1")]),
        "expect_column_values_to_be_null" => (true, vec![format!("{cell} is missing")]),
        "expect_column_sum_to_be_between" => {
            let (_, sums) = figure("sum")?;
            (false, vec![of_some(sums, &all, test)?])
        }
        "expect_column_mean_to_be_between" => figure("mean")?,
        "expect_column_median_to_be_between" => figure("median")?,
        "expect_column_min_to_be_between" => figure("min")?,
        "expect_column_max_to_be_between" => figure("max")?,
        "expect_column_unique_value_count_to_be_between" => {
            (false, test.between(&format!("count(distinct {all})"))?)
        }
        // In a test of a column the expression goes on behind its name.
        "expression_is_true" => {
            let sql = test.text("expression").ok_or("it has no `expression`")?;
            let sql = format!("\"{}\" {sql}", column.name);
            let condition = sql::condition(&sql, Purpose::Assert)?;
            (true, vec![declared(condition, table, known)])
        }
        _ => return Err("this test is not known here".into()),
    })
}

/// What is asked of a sum: of nothing but NULL it is NULL there, of which nothing is asked, and 0 here.
///
/// # Errors
/// As for the bounds.
fn of_some(sums: Vec<String>, all: &str, test: &Test<'_>) -> Result<String, String> {
    let (low, high) = test.bounds()?;
    let zero = Number::from(0_i64);
    let read = |bound: Option<&str>| bound.and_then(Number::parse);
    let (low, high) = (read(low), read(high));
    let holds = match test.is_strict() {
        true => low.is_none_or(|low| low < zero) && high.is_none_or(|high| high > zero),
        false => low.is_none_or(|low| low <= zero) && high.is_none_or(|high| high >= zero),
    };
    let sums = sums.join(" and ");
    Ok(if holds { sums } else { format!("if count({all}) > 0 then {sums} else true") })
}

/// That a share of some rows has a value.
fn proportion(test: &Test<'_>, filled: &str, rows: &str) -> Result<String, String> {
    let bound = |key: &'static str, sign: &str| {
        if test.get(key).is_none() {
            return Ok(None);
        }
        let share = test.number(key).ok_or("its shares are no numbers")?;
        Ok::<_, String>(Some(format!("count({filled}) {sign} {share} * count({rows})")))
    };
    let both: Vec<String> =
        [bound("at_least", ">=")?, bound("at_most", "<=")?].into_iter().flatten().collect();
    match both.is_empty() {
        true => Err("its shares are no numbers".into()),
        false => Ok(both.join(" and ")),
    }
}
