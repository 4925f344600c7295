//! Proposals for rules, from what the files hold: what a table looks like, what its columns are, how
//! its rows and columns hang together.
//!
//! Pure: readers and samples in, proposals and their text out. Nothing here is a verdict: what is
//! proposed is judged by the engine, on all rows, before it is written (`api/init`). A proposal is made
//! only where it would be a surprise if it held by accident. Sums and lists of values, of which many are
//! tried, are learnt from one half of the rows and tested on the other.

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
