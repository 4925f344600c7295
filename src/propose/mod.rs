//! Proposals for rules, from what the files hold: what a table looks like, what its columns are, how
//! its rows and columns hang together.
//!
//! Pure: readers and samples in, proposals and their text out. Nothing here is a verdict: what is
//! proposed is judged by the engine, on all rows, before it is written (`api/init`). A proposal is made
//! only where it would be a surprise if it held by accident.
//!
//! What may fail in some rows is learnt from every second row and tested on the others, each half with
//! slips of its own: sums, lists of values, references. What is said of all rows at once is not: a key
//! of all rows is one of each half, so that a half can refute nothing which the whole does not. There,
//! and where each value of a column is among others, what could deceive is that many are tried, so that
//! the chance by which it would hold must be smaller, the more are.

pub mod around;
pub mod below;
mod carry;
pub mod column;
pub mod contracts;
mod days;
pub mod dialect;
mod heads;
mod keys;
mod labels;
pub mod lines;
mod marks;
mod months;
pub mod names;
mod order;
pub mod prose;
mod ratios;
pub mod records;
mod references;
pub mod rules;
pub mod sample;
pub mod signs;
pub mod slips;
mod sums;
pub mod table;
pub mod text;
mod units;

use rules::{Rules, TableRules};
use table::Table;

/// All that is proposed for some tables.
pub fn propose(tables: &mut [Table]) -> Rules {
    let rules = proposed(tables);
    if name_apart(tables, &rules) { proposed(tables) } else { rules }
}

/// Gives tables other names where a rule adds up their column of the same name, as in `sum(population)`,
/// which would be either; whether there are any.
fn name_apart(tables: &mut [Table], rules: &Rules) -> bool {
    let is_either = |number: usize, table: &Table| {
        let own = &table.files.name;
        let called = names::in_expression(own);
        let adds_up = |text: &String| {
            let calls = ["sum(", "count(", "only(", "mean(", "count(distinct "];
            let rests = calls.iter().flat_map(|call| text.split(call).skip(1));
            let mut own = rests.filter_map(|rest| rest.strip_prefix(&*called));
            own.any(|rest| rest.starts_with([' ', ')', ',']))
        };
        let here = rules.checks.iter().map(|c| &c.what).filter(|c| c.table == number);
        table.columns.iter().any(|c| c.name() == own)
            && here.filter(|c| c.each.is_some()).any(|c| c.asserts.iter().any(adds_up))
    };
    let unclear: Vec<usize> = (0..tables.len())
        .filter(|n| tables.get(*n).is_some_and(|table| is_either(*n, table)))
        .collect();
    let mut any = false;
    for number in unclear {
        let Some(own) = tables.get(number).map(|table| table.files.name.clone()) else { continue };
        let name = format!("table_{own}");
        let is_free = tables.iter().all(|other| other.files.name != name);
        if let (true, Some(table)) = (is_free, tables.get_mut(number)) {
            table.files.name = name;
            any = true;
        }
    }
    any
}

fn proposed(tables: &mut [Table]) -> Rules {
    let mut rules = Rules { tables: vec![TableRules::default(); tables.len()], ..Rules::default() };
    for (number, table) in tables.iter_mut().enumerate() {
        keys::propose(number, table, &mut rules);
    }
    references::propose(tables, &mut rules);
    for (number, table) in tables.iter_mut().enumerate() {
        let pairs = labels::find(table);
        let labels: Vec<usize> = pairs.iter().map(|(_, label)| *label).collect();
        contracts::propose(number, table, &labels, &mut rules);
        order::rising(number, table, &mut rules);
        sums::within(number, table, &mut rules);
        ratios::propose(number, table, &mut rules);
        carry::propose(number, table, &mut rules);
        order::pairs(number, table, &mut rules);
        pairs.into_iter().for_each(|pair| labels::propose((number, table), pair, &mut rules));
    }
    references::together(tables, &mut rules);
    sums::across(tables, &mut rules);
    rules
}
