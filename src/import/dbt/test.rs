//! The tests of dbt, of dbt_utils and of dbt_expectations.

use crate::import::dbt::known::{Known, label};
use crate::import::dbt::sql;
use crate::import::document::{items, map, shown, text, texts, truth};
use crate::import::pattern::Dialect;
use crate::import::rules::{Apart, Check, Column, Demand, Table, slug};
use crate::propose::names;
use crate::read::tree::value::{Value, What};
use crate::value::{Number, Type};

/// A test with its arguments.
pub struct Test<'v> {
    /// Without the name of its package.
    kind: String,
    /// What it is called in the schema.
    name: Option<&'v str>,
    value: &'v Value,
    arguments: Option<&'v Value>,
}

/// How findings of a test count, and which rows it is for.
#[derive(Clone, Default)]
struct How {
    filter: Option<String>,
    is_warning: bool,
}

impl<'v> Test<'v> {
    pub fn new(value: &'v Value) -> Test<'v> {
        let member = |name: &str| map(value).and_then(|m| m.get(name)).map(|m| &m.value);
        // Either `- unique`, `- unique: {…}`, or `- name: …, test_name: unique`.
        let named = member("test_name").and_then(text);
        let first = map(value).and_then(|m| m.members.first());
        let (kind, arguments) = match (text(value), named, first) {
            (Some(kind), ..) => (kind, None),
            (None, Some(kind), _) => (kind, Some(value)),
            (None, None, Some(first)) => (&*first.name, Some(&first.value)),
            (None, None, None) => ("", None),
        };
        let mut test = Test { kind: short(kind), name: None, value, arguments };
        test.name = test.get("name").and_then(text);
        test
    }

    /// An argument: of the test itself, of its `arguments`, or of its `config`.
    fn get(&self, name: &str) -> Option<&'v Value> {
        let own = map(self.arguments?)?;
        let beside = map(self.value).filter(|_| own.get("test_name").is_none());
        let inner = |key: &str| own.get(key).and_then(|m| map(&m.value));
        let all = [Some(own), inner("arguments"), inner("config"), beside];
        let found = all.into_iter().flatten().find_map(|map| map.get(name));
        found.map(|m| &m.value).filter(|value| !matches!(value.what, What::Null))
    }

    fn text(&self, name: &str) -> Option<&'v str> {
        self.get(name).and_then(text)
    }

    fn number(&self, name: &str) -> Option<&'v str> {
        self.text(name).filter(|text| Number::parse(text).is_some())
    }

    fn what(&self) -> String {
        format!("the test {}", shown(self.value))
    }

    /// How it counts.
    ///
    /// # Errors
    /// Why it cannot be said.
    fn how(&self, table: &Table, known: &mut Known) -> Result<How, String> {
        if self.get("enabled").and_then(truth) == Some(false) {
            return Err("it is not enabled".into());
        }
        for key in ["error_if", "warn_if", "mostly", "group_by", "group_by_columns"] {
            if let Some(value) = self.get(key) {
                return Err(format!("`{key}` {} cannot be said", shown(value)));
            }
        }
        let filter = match self.text("where").or_else(|| self.text("row_condition")) {
            Some(sql) => Some(declared(sql::condition(sql)?, table, known)),
            None => None,
        };
        let is_warning = self.text("severity").is_some_and(|s| s.eq_ignore_ascii_case("warn"));
        Ok(How { filter, is_warning })
    }
}

/// The name of a test without that of its package, `expect_column_values_to_` and the like.
fn short(kind: &str) -> String {
    kind.rsplit('.').next().unwrap_or(kind).to_string()
}

/// A condition; the columns that it names must be columns of the table.
pub fn declared(condition: sql::Condition, table: &Table, known: &mut Known) -> String {
    let asked = condition.columns.into_iter().map(|name| (table.name.clone(), name));
    known.asked.extend(asked);
    condition.text
}

/// Translates a test of a column.
pub fn of_column(test: &Test<'_>, column: &mut Column, table: &mut Table, known: &mut Known) {
    let how = test.how(table, known);
    let demands = how.and_then(|how| Ok((demands(test, column, known)?, how)));
    match demands {
        Ok((all, How { filter: None, is_warning: false })) => {
            all.into_iter().for_each(|demand| column.demand(demand));
        }
        Ok((all, How { filter, is_warning })) => {
            let apart = |demand| Apart { demand, filter: filter.clone(), is_warning };
            column.apart.extend(all.into_iter().map(apart));
        }
        Err(why) if why.is_empty() => of_all_cells(test, column, table, known),
        Err(why) => column.remarks.unsaid(test.what(), &why),
    }
}

/// What a test asks of each cell.
///
/// # Errors
/// Why it cannot be said; nothing where it is no such test.
fn demands(test: &Test<'_>, column: &mut Column, known: &mut Known) -> Result<Vec<Demand>, String> {
    let lacks = |what: &str| format!("it has no `{what}`");
    Ok(match test.kind.as_str() {
        "not_null" | "expect_column_values_to_not_be_null" => vec![Demand::Required],
        "unique" | "expect_column_values_to_be_unique" => vec![Demand::Unique],
        "accepted_values" | "expect_column_values_to_be_in_set" => {
            let values = test.get("values").or_else(|| test.get("value_set"));
            vec![Demand::OneOf(values.and_then(texts).ok_or_else(|| lacks("values"))?)]
        }
        "relationships" => {
            let to = test.text("to").and_then(label).ok_or_else(|| lacks("to"))?;
            let field = test.text("field").ok_or_else(|| lacks("field"))?;
            let target = known.find(&to).cloned().ok_or("there is no such table")?;
            known.asked.push((target.clone(), field.to_string()));
            vec![Demand::In(target, field.to_string())]
        }
        "accepted_range" | "expect_column_values_to_be_between" => range(test, column)?,
        "expect_column_value_lengths_to_equal" => {
            let n = test.text("value").and_then(|n| n.parse().ok());
            let n = n.ok_or_else(|| lacks("value"))?;
            vec![Demand::MinLength(n), Demand::MaxLength(n)]
        }
        "expect_column_value_lengths_to_be_between" => {
            let number = |key: &str| test.text(key).and_then(|n| n.parse().ok());
            let low = number("min_value").map(Demand::MinLength);
            let high = number("max_value").map(Demand::MaxLength);
            low.into_iter().chain(high).collect()
        }
        "expect_column_values_to_match_regex" => {
            let regex = test.text("regex").ok_or_else(|| lacks("regex"))?;
            vec![Demand::Matches(known.patterns.anywhere(regex, Dialect::Python)?)]
        }
        "expect_column_to_exist" => Vec::new(),
        _ => return Err(String::new()),
    })
}

fn range(test: &Test<'_>, column: &mut Column) -> Result<Vec<Demand>, String> {
    let low = test.number("min_value");
    let high = test.number("max_value");
    let said = |key: &str| test.get(key).is_some();
    if said("min_value") != low.is_some() || said("max_value") != high.is_some() {
        return Err("its bounds are no numbers".into());
    }
    if column.ty.is_none() {
        column.ty = Some(Type::Number);
    }
    let is_strict = test.get("inclusive").and_then(truth) == Some(false)
        || test.get("strictly").and_then(truth) == Some(true);
    let (at_least, at_most): (fn(String) -> Demand, fn(String) -> Demand) =
        if is_strict { (Demand::Above, Demand::Below) } else { (Demand::Min, Demand::Max) };
    let low = low.map(|bound| at_least(bound.to_string()));
    Ok(low.into_iter().chain(high.map(|bound| at_most(bound.to_string()))).collect())
}

/// A test of all cells of a column together, or of its cells in an expression.
fn of_all_cells(test: &Test<'_>, column: &mut Column, table: &mut Table, known: &mut Known) {
    match test.how(table, known).and_then(|how| Ok((cells(test, column, table, known)?, how))) {
        Ok(((is_of_rows, assert), how)) => {
            let own = &column.name;
            let check = Check {
                id: format!("{}-{}-{}", table.name, slug(own), slug(&test.kind)),
                title: match test.kind.as_str() {
                    "expression_is_true" => assert.clone(),
                    kind => format!("{own} of {}: {}", table.name, kind.replace('_', " ")),
                },
                each: is_of_rows.then(|| table.name.clone()),
                asserts: vec![assert],
                ..Check::default()
            };
            let filter = how.filter.filter(|_| is_of_rows);
            // A comparison with null is neither true nor false.
            let there = column.there().filter(|_| test.kind.contains("not_"));
            let filter = filter.or(there.filter(|_| is_of_rows));
            put(test, check, How { filter, ..how }, table);
        }
        Err(why) => column.remarks.unsaid(test.what(), &why),
    }
}

/// Whether a test asks something of each row, and the assertion.
///
/// # Errors
/// Why it cannot be said.
fn cells(
    test: &Test<'_>,
    column: &mut Column,
    table: &Table,
    known: &mut Known,
) -> Result<(bool, String), String> {
    let cell = column.cell().ok_or("no expression can name the column")?;
    let filter = test.how(table, known)?.filter.map_or(String::new(), |f| format!(" where {f}"));
    let all = format!("{}.{cell}{filter}", table.name);
    let mut between = |of: String, is_figure: bool| {
        let low = test.number("min_value").map(|n| format!("{of} >= {n}"));
        let high = test.number("max_value").map(|n| format!("{of} <= {n}"));
        let both: Vec<String> = low.into_iter().chain(high).collect();
        if is_figure && column.ty.is_none() {
            column.ty = Some(Type::Number);
        }
        if both.is_empty() {
            Err("its bounds are no numbers")
        } else {
            Ok((false, both.join(" and ")))
        }
    };
    Ok(match test.kind.as_str() {
        "at_least_one" => (false, format!("count({all}) > 0")),
        "not_empty_string" => return Err("a cell of white space alone is missing here".into()),
        "not_null_proportion" => {
            (false, proportion(test, &all, &format!("{}{filter}", table.name))?)
        }
        "not_constant" => (false, format!("count(distinct {all}) > 1")),
        "expect_column_values_to_be_null" => (true, format!("{cell} is missing")),
        "expect_column_sum_to_be_between" => between(format!("sum({all})"), true)?,
        "expect_column_mean_to_be_between" => between(format!("mean({all})"), true)?,
        "expect_column_median_to_be_between" => between(format!("median({all})"), true)?,
        "expect_column_min_to_be_between" => between(format!("min({all})"), true)?,
        "expect_column_max_to_be_between" => between(format!("max({all})"), true)?,
        "expect_column_unique_value_count_to_be_between" => {
            between(format!("count(distinct {all})"), false)?
        }
        "not_accepted_values" | "expect_column_values_to_not_be_in_set" => {
            (true, excluded(test, &column.text().unwrap_or(cell))?)
        }
        // In a test of a column the expression goes on behind its name.
        "expression_is_true" => {
            let sql = test.text("expression").ok_or("it has no `expression`")?;
            let condition = sql::condition(&format!("\"{}\" {sql}", column.name))?;
            (true, declared(condition, table, known))
        }
        _ => return Err("this test is not known here".into()),
    })
}

/// That a cell, as a text, is none of some values.
fn excluded(test: &Test<'_>, text: &str) -> Result<String, String> {
    let values = test.get("values").or_else(|| test.get("value_set")).and_then(texts);
    let values = values.ok_or("it has no values")?;
    // A blank cell is no value here, and equals nothing.
    let filled = values.iter().filter(|value| !value.trim().is_empty());
    let all: Vec<String> = filled.map(|value| names::text(value)).collect();
    if all.is_empty() {
        return Err("it forbids nothing but a blank cell, which is no value here".into());
    }
    Ok(format!("{text} not in ({})", all.join(", ")))
}

/// That a share of some rows has a value.
fn proportion(test: &Test<'_>, filled: &str, rows: &str) -> Result<String, String> {
    let bound = |key: &str, sign: &str| {
        let share = test.number(key)?;
        Some(format!("count({filled}) {sign} {share} * count({rows})"))
    };
    let both = [bound("at_least", ">="), bound("at_most", "<=")].into_iter().flatten();
    let both: Vec<String> = both.collect();
    match both.is_empty() {
        true => Err("its shares are no numbers".into()),
        false => Ok(both.join(" and ")),
    }
}

fn put(test: &Test<'_>, check: Check, how: How, table: &mut Table) {
    let id = test.name.map_or(check.id.clone(), slug);
    table.check(Check { id, filter: how.filter, is_warning: how.is_warning, ..check });
}

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
    let made = test.how(table, known).and_then(|how| Ok((check(test, table, known)?, how)));
    match made {
        Ok((check, how)) => put(test, check, how, table),
        Err(why) => table.remarks.unsaid(test.what(), &why),
    }
}

/// The check of a test of a table.
///
/// # Errors
/// Why it cannot be said.
fn check(test: &Test<'_>, table: &Table, known: &mut Known) -> Result<Check, String> {
    let own = table.name.clone();
    let check = Check {
        id: format!("{own}-{}", slug(&test.kind)),
        title: format!("{own}: {}", test.kind.replace('_', " ")),
        each: Some(own.clone()),
        ..Check::default()
    };
    let mut cells = |names: Option<&Value>| -> Result<Vec<String>, String> {
        let all = names.filter(|n| items(n).is_some()).and_then(texts).unwrap_or_default();
        if all.is_empty() || all.iter().any(|name| !names::is_usable(name)) {
            return Err("it names no columns".into());
        }
        known.asked.extend(all.iter().map(|name| (table.name.clone(), name.clone())));
        Ok(all.iter().map(|name| names::in_expression(name)).collect())
    };
    match test.kind.as_str() {
        "expression_is_true" => {
            let sql = test.text("expression").ok_or("it has no `expression`")?;
            let assert = declared(sql::condition(sql)?, table, known);
            Ok(Check { title: format!("{own}: {sql}"), asserts: vec![assert], ..check })
        }
        "unique_combination_of_columns" | "expect_compound_columns_to_be_unique" => {
            let names = test.get("combination_of_columns").or_else(|| test.get("column_list"));
            let cells = cells(names)?;
            let each = Some(format!("{own} by {}", cells.join(", ")));
            let title = format!("no {} stand twice in {own}", cells.join(" and "));
            Ok(Check { title, each, asserts: vec!["count() = 1".into()], ..check })
        }
        "expect_column_pair_values_A_to_be_greater_than_B" => {
            let pair =
                |key: &str| test.text(key).filter(|n| names::is_usable(n)).map(str::to_string);
            let (a, b) = (pair("column_A"), pair("column_B"));
            let (a, b) = a.zip(b).ok_or("it names no two columns")?;
            let sign = if test.get("or_equal").and_then(truth) == Some(true) { ">=" } else { ">" };
            let assert =
                format!("{} {sign} {}", names::in_expression(&a), names::in_expression(&b));
            known.asked.extend([a, b].map(|name| (table.name.clone(), name)));
            Ok(Check { asserts: vec![assert], ..check })
        }
        "expect_table_row_count_to_equal" | "expect_table_row_count_to_be_between" => {
            let number = |key: &str| test.text(key).and_then(|n| n.parse::<u64>().ok());
            let low = number("value").or_else(|| number("min_value"));
            let high = number("value").or_else(|| number("max_value"));
            let low = low.map(|n| format!("count({own}) >= {n}"));
            let high = high.map(|n| format!("count({own}) <= {n}"));
            let asserts: Vec<String> = low.into_iter().chain(high).collect();
            let asserts =
                if asserts.is_empty() { Err("it has no number".to_string()) } else { Ok(asserts) };
            Ok(Check { each: None, asserts: asserts?, ..check })
        }
        "equal_rowcount" | "fewer_rows_than" | "expect_table_row_count_to_equal_other_table" => {
            Ok(Check { each: None, asserts: vec![as_many(test, &own, known)?], ..check })
        }
        _ => Err("this test is not known here".into()),
    }
}

/// That a table has as many rows as another one, or fewer.
fn as_many(test: &Test<'_>, own: &str, known: &Known) -> Result<String, String> {
    let to = test.text("compare_model").and_then(label).ok_or("it names no table")?;
    let other = known.find(&to).ok_or("there is no such table")?;
    for key in ["factor", "compare_row_condition"] {
        if let Some(value) = test.get(key) {
            return Err(format!("`{key}` {} cannot be said", shown(value)));
        }
    }
    let sign = if test.kind == "fewer_rows_than" { "<" } else { "=" };
    Ok(format!("count({own}) {sign} count({other})"))
}
