//! Tests of a column: what they ask of each cell.

use crate::import::dbt::cells;
use crate::import::dbt::known::{Known, label};
use crate::import::dbt::test::{How, Test};
use crate::import::document::texts;
use crate::import::pattern::Dialect;
use crate::import::rules::{Apart, Column, Demand, Table};
use crate::value::{Number, Type};

/// Translates a test of a column.
pub fn of_column(test: &Test<'_>, column: &mut Column, table: &mut Table, known: &mut Known) {
    let how = test.how(table, known);
    let made = how.and_then(|how| {
        let all = demands(test, column, known)?;
        test.is_read().map(|()| (all, how))
    });
    match made {
        Ok((Asked { demands, ty }, how)) => {
            if column.ty.is_none() {
                column.ty = ty;
            }
            match how {
                How { filter: None, is_warning: false } => {
                    demands.into_iter().for_each(|demand| column.demand(demand));
                }
                How { filter, is_warning } => {
                    let apart = |demand| Apart { demand, filter: filter.clone(), is_warning };
                    column.apart.extend(demands.into_iter().map(apart));
                }
            }
        }
        Err(why) if why.is_empty() => cells::of_all_cells(test, column, table, known),
        Err(why) => column.remarks.unsaid(test.what(), &why),
    }
}

/// What a test asks of each cell.
#[derive(Default)]
struct Asked {
    demands: Vec<Demand>,
    /// What the values of the column are then, where nothing else says it.
    ty: Option<Type>,
}

/// What a test asks of each cell.
///
/// # Errors
/// Why it cannot be said; nothing where it is no such test.
fn demands(test: &Test<'_>, column: &Column, known: &mut Known) -> Result<Asked, String> {
    let lacks = |what: &str| format!("it has no `{what}`");
    let demands = match test.kind.as_str() {
        "not_null" | "expect_column_values_to_not_be_null" => vec![Demand::Required],
        "unique" | "expect_column_values_to_be_unique" => vec![Demand::Unique],
        "accepted_values" => return values(test, Demand::OneOf),
        "expect_column_values_to_be_in_set" => {
            // NULL is joined to none of the values.
            let Asked { demands, ty } = values(test, Demand::OneOf)?;
            return Ok(Asked { demands: [vec![Demand::Required], demands].concat(), ty });
        }
        "not_accepted_values" | "expect_column_values_to_not_be_in_set" => {
            return values(test, Demand::NoneOf);
        }
        "relationships" => {
            let to = test.text("to").and_then(label).ok_or_else(|| lacks("to"))?;
            let field = test.text("field").ok_or_else(|| lacks("field"))?;
            let target = known.find(&to).cloned().ok_or("there is no such table")?;
            known.asked.push((target.clone(), field.to_string()));
            vec![Demand::In(target, field.to_string())]
        }
        "accepted_range" | "expect_column_values_to_be_between" => {
            let demands = range(test)?;
            return Ok(Asked { demands, ty: Some(Type::Number) });
        }
        "expect_column_value_lengths_to_equal" => {
            let n = test.text("value").and_then(|n| n.parse().ok());
            let n = n.ok_or_else(|| lacks("value"))?;
            vec![Demand::MinLength(n), Demand::MaxLength(n)]
        }
        "expect_column_value_lengths_to_be_between" => lengths(test)?,
        "expect_column_values_to_match_regex" => {
            let regex = test.text("regex").ok_or_else(|| lacks("regex"))?;
            let own = known.patterns.anywhere(regex, Dialect::Python)?;
            vec![Demand::Matches(flags(test)? + &own)]
        }
        "expect_column_to_exist" => Vec::new(),
        _ => return Err(String::new()),
    };
    let ty = column.ty;
    Ok(Asked { demands, ty })
}

/// The values that cells may have, or must not have.
///
/// # Errors
/// That they are no values.
fn values(test: &Test<'_>, demand: fn(Vec<String>) -> Demand) -> Result<Asked, String> {
    let all = test.get("values").or_else(|| test.get("value_set")).and_then(texts);
    let all = all.ok_or("it has no `values`")?;
    if test.truth("quote").or_else(|| test.truth("quote_values")) != Some(false) {
        return Ok(Asked { demands: vec![demand(all)], ty: None });
    }
    // They stand in SQL as they are: numbers, truths, and texts in quotes.
    let is_number = |text: &String| Number::parse(text).is_some();
    let is_truth = |text: &String| matches!(text.as_str(), "true" | "false");
    let own = |text: String| match text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        Some(inner) => Ok(inner.replace("''", "'")),
        None if is_number(&text) || is_truth(&text) => Ok(text),
        None => Err(format!("`{text}` of SQL cannot be said")),
    };
    let ty = match all.iter().all(is_number) {
        true => Some(Type::Number),
        false => Some(Type::Boolean).filter(|_| all.iter().all(is_truth)),
    };
    let all = all.into_iter().map(own).collect::<Result<_, _>>()?;
    Ok(Asked { demands: vec![demand(all)], ty })
}

fn range(test: &Test<'_>) -> Result<Vec<Demand>, String> {
    let (low, high) = test.bounds()?;
    let (at_least, at_most): (fn(String) -> Demand, fn(String) -> Demand) =
        if test.is_strict() { (Demand::Above, Demand::Below) } else { (Demand::Min, Demand::Max) };
    let low = low.map(|bound| at_least(bound.to_string()));
    Ok(low.into_iter().chain(high.map(|bound| at_most(bound.to_string()))).collect())
}

/// Between how many characters a cell has.
///
/// # Errors
/// That the bounds are none.
fn lengths(test: &Test<'_>) -> Result<Vec<Demand>, String> {
    let (low, high) = test.bounds()?;
    let number = |bound: &str| bound.parse::<u64>().map_err(|_| format!("{bound} is no length"));
    let (low, high) = (low.map(number).transpose()?, high.map(number).transpose()?);
    if !test.is_strict() {
        let low = low.map(Demand::MinLength).into_iter();
        return Ok(low.chain(high.map(Demand::MaxLength)).collect());
    }
    let high = high.map(|n| n.checked_sub(1).ok_or("no text has less than 0 characters"));
    let low = low.map(|n| Demand::MinLength(n.saturating_add(1))).into_iter();
    Ok(low.chain(high.transpose()?.map(Demand::MaxLength)).collect())
}

/// The flags of a regular expression, as they stand in front of it.
///
/// # Errors
/// The flag that means something else here, or in another database.
fn flags(test: &Test<'_>) -> Result<String, String> {
    let Some(flags) = test.text("flags") else { return Ok(String::new()) };
    // `c` tells capital letters from small ones, which is so anyway.
    match flags.chars().find(|flag| !matches!(flag, 'i' | 'c')) {
        Some(_) => Err(format!("`flags` {flags} cannot be said")),
        None if flags.contains('c') && flags.contains('i') => {
            Err(format!("`flags` {flags} contradict each other"))
        }
        None if flags.contains('i') => Ok("(?i)".to_string()),
        None => Ok(String::new()),
    }
}
