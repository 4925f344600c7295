//! What each column is asked for: to be filled, to have one of few values.

use std::collections::HashSet;

use crate::propose::names;
use crate::propose::rules::{Demand, Rules, of};
use crate::propose::table::Table;
use crate::source::did_you_mean;
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

/// The values of a column, where they are few and each recurs, in one half of the rows as in the other;
/// a text that is nearly one of them is a slip.
fn list(column: usize, table: &Table) -> Option<Vec<String>> {
    let (most, least, rows) = LIST;
    let own = table.column(column)?;
    let is_text = own.ty == Type::Text && own.filled >= rows;
    if !is_text || !(2..=most + 1).contains(&own.distinct) || !names::is_usable(own.name()) {
        return None;
    }
    let values = own.sample.texts.iter().zip(&own.sample.counts).zip(&own.is_value);
    let values =
        values.filter(|(_, is_value)| **is_value).map(|((text, count), _)| (&**text, *count));
    let (often, seldom): (Vec<_>, Vec<_>) = values.partition(|(_, count)| *count >= least);
    let mut often: Vec<&str> = often.into_iter().map(|(text, _)| text).collect();
    let is_slip = |(text, count): &(&str, u32)| {
        *count <= 2 && did_you_mean(text, often.iter().copied()).is_some()
    };
    let are_slips = seldom.len() <= 1 && seldom.iter().all(is_slip);
    let is_short = often.iter().all(|text| text.chars().count() <= 40);
    let is_list = are_slips && is_short && (2..=most).contains(&often.len());
    let halves = [0, 1].map(|half| {
        let rows = (half..table.rows).step_by(2);
        rows.filter_map(|row| own.value(row)).collect::<HashSet<u32>>()
    });
    let in_both = halves[0].intersection(&halves[1]).count() >= often.len();
    often.sort_unstable();
    (is_list && in_both).then(|| often.into_iter().map(str::to_string).collect())
}
