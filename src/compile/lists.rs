//! Contracts of columns whose cells are lists: what is demanded of a cell is demanded of its items.

use crate::compile::reading::{item_type, reading};
use crate::engine::data::check::{Assertion, Kind};
use crate::expr::bound::{Bound, Op};
use crate::expr::catalog::Catalog;
use crate::expr::functions;
use crate::expr::items::Items;
use crate::fault::Fault;
use crate::report;
use crate::rules::{ColumnRule, Demand, TableRule};
use crate::value::unread::{
    BOOLEAN_UNREADABLE, DATE_UNREADABLE, INTEGER_UNREADABLE, NUMBER_UNREADABLE, PERCENT_UNREADABLE,
    TIME_UNREADABLE, YEAR_UNREADABLE,
};
use crate::value::{Type, Value};

/// How the cells of a column are cut, where they are lists.
pub fn items(rule: &TableRule, contract: &ColumnRule, catalog: &Catalog) -> Option<Items> {
    let separator = contract.list.clone()?;
    // What refers to a column is read as that column is.
    let target = contract.demands.iter().find_map(|demand| match &demand.value {
        Demand::In { table, column } => {
            let table = catalog.tables.get(catalog.table(table)?)?;
            table.columns.get(table.column(column)?)?.ty
        }
        _ => None,
    });
    let ty = item_type(contract).or(target).unwrap_or(Type::Text);
    Some(Items { separator, reading: reading(rule, Some(contract), ty, (false, false)) })
}

/// A demand on a cell as one on each of its items.
pub fn of_items(assertion: Assertion, column: usize, items: &Items) -> Assertion {
    let bound = each(Some(assertion.bound), column, items);
    Assertion { bound, ..assertion }
}

fn each(bound: Option<Bound>, column: usize, items: &Items) -> Bound {
    let op =
        Op::Items { unit: 0, column, items: Box::new(items.clone()), each: bound.map(Box::new) };
    Bound { op, ty: Type::Boolean, span: 0..0 }
}

/// That each item is of the type; nothing for texts.
pub fn typed(
    (rule, contract): (&TableRule, &ColumnRule),
    column: usize,
    items: &Items,
) -> Option<Assertion> {
    let (words, fault): (_, &'static Fault) = match items.reading.ty {
        Type::Text => return None,
        Type::Number => ("must be a number", &NUMBER_UNREADABLE),
        Type::Integer => ("must be a whole number", &INTEGER_UNREADABLE),
        Type::Percent => ("must be a percentage", &PERCENT_UNREADABLE),
        Type::Year => ("must be a year", &YEAR_UNREADABLE),
        Type::Boolean => ("must be true or false", &BOOLEAN_UNREADABLE),
        Type::Date => ("must be a date", &DATE_UNREADABLE),
        Type::DateTime => ("must be a date and time", &TIME_UNREADABLE),
        Type::Time => ("must be a time", &TIME_UNREADABLE),
        Type::Duration => ("must be a duration", &TIME_UNREADABLE),
    };
    Some(Assertion {
        bound: each(None, column, items),
        kind: Kind::Demand { column, words: words.into() },
        demand: report::Demand::Contract("type"),
        fault,
        severity: None,
        rule: (rule.file, contract.name.span),
        text: String::new(),
        said: None,
    })
}

/// That a cell as it is written has one of some named formats.
pub fn like(names: &str, written: Bound) -> Option<Bound> {
    let function = functions::find("like")?;
    let text = |text: &str| Bound {
        op: Op::Const(Value::Text(text.to_string().into())),
        ty: Type::Text,
        span: 0..0,
    };
    let args = std::iter::once(written).chain(names.split(" or ").map(text)).collect();
    Some(Bound { op: Op::Call { function, args }, ty: Type::Boolean, span: 0..0 })
}

/// Texts in a row; a blank one in quotes, so that it is seen.
pub fn shown(texts: &[String]) -> String {
    let shown = texts.iter().map(|text| if text.is_empty() { "\"\"" } else { text });
    shown.collect::<Vec<&str>>().join(", ")
}
