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

pub mod below;
pub mod column;
pub mod contracts;
pub mod dialect;
mod heads;
mod keys;
mod labels;
pub mod lines;
mod marks;
pub mod names;
mod order;
pub mod records;
mod references;
pub mod rules;
pub mod sample;
pub mod signs;
pub mod slips;
mod sums;
pub mod table;
pub mod text;

use rules::{Rules, TableRules};
use table::Table;

/// All that is proposed for some tables.
pub fn propose(tables: &mut [Table]) -> Rules {
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
        order::pairs(number, table, &mut rules);
        pairs.into_iter().for_each(|pair| labels::propose((number, table), pair, &mut rules));
    }
    references::together(tables, &mut rules);
    sums::across(tables, &mut rules);
    rules
}
