//! What each column is asked for: to be filled, to have one of few values.

use crate::propose::names;
use crate::propose::rules::{Demand, Rules, of};
use crate::propose::table::Table;
use crate::value::Type;

/// Rows that show that a column is always filled.
const ENOUGH: usize = 20;
/// One in so many cells may be blank by a slip.
const SLIPS: usize = 200;
/// Values of a list at most, rows that each needs at least, and rows that all need.
const LIST: (usize, u32, usize) = (12, 5, 60);

/// Asks the columns of a table for what they have.
pub fn propose(number: usize, table: &Table, labels: &[usize], rules: &mut Rules) {
    for column in table.usable() {
        let Some(own) = table.column(column) else { continue };
        // What cannot be read is no blank.
        let odd = own.odd.iter().filter_map(|id| own.sample.counts.get(*id as usize));
        let filled = own.filled + odd.map(|rows| *rows as usize).sum::<usize>();
        let blank = table.rows.saturating_sub(filled);
        let has_all = blank * SLIPS <= table.rows && table.rows >= ENOUGH;
        if has_all && !table.key.contains(&column) {
            let support = of(filled, table.rows, "row");
            rules.demand((number, column), Demand::Required, support);
        }
        let is_reference = rules.asks(number, column, |d| matches!(d, Demand::In(..)));
        // The labels of codes are held by these.
        let is_free = !is_reference && !labels.contains(&column);
        if let Some(values) = list(column, table).filter(|_| is_free) {
            let support = format!("{} values in {} rows", values.len(), own.filled);
            rules.demand((number, column), Demand::OneOf(values), support);
        }
    }
}

/// The values of a column, where they are few and each recurs.
fn list(column: usize, table: &Table) -> Option<Vec<String>> {
    let (most, least, rows) = LIST;
    let own = table.column(column)?;
    let is_text = own.ty == Type::Text && own.filled >= rows;
    if !is_text || !(2..=most).contains(&own.distinct) || !names::is_usable(own.name()) {
        return None;
    }
    let values: Vec<(&str, u32)> = own
        .sample
        .texts
        .iter()
        .zip(&own.sample.counts)
        .zip(&own.is_value)
        .filter(|(_, is_value)| **is_value)
        .map(|((text, count), _)| (&**text, *count))
        .collect();
    let recurs = values.iter().all(|(text, count)| *count >= least && text.chars().count() <= 40);
    let mut values: Vec<String> = values.into_iter().map(|(text, _)| text.to_string()).collect();
    values.sort();
    recurs.then_some(values)
}
