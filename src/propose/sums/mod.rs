//! Figures that are the sums of others: along the rows, down the columns, and over tables.

mod blanks;
mod groups;
mod joins;
mod levels;
mod linear;
pub mod parts;
mod rows;
mod running;
mod search;
mod tables;
mod whole;

use crate::propose::rules::Rules;
use crate::propose::table::Table;

/// Finds sums within a table.
pub fn within(number: usize, table: &mut Table, rules: &mut Rules) {
    let known = rows::propose(number, table, rules);
    linear::propose(number, table, &known, rules);
    running::propose(number, table, rules);
    groups::propose(number, table, rules);
    levels::propose(number, table, rules);
    blanks::propose(number, table, rules);
}

/// Finds sums over the rows of other tables, or of rows that refer to a row of their own table.
pub fn across(tables: &mut [Table], rules: &mut Rules) {
    tables::propose(tables, rules);
}
