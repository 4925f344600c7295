//! Raw findings to findings: the only maker of findings and their places.

pub mod about;
pub mod aside;
mod blame;
pub mod blanks;
pub mod builder;
pub mod chain;
pub mod equations;
pub mod figures;
pub mod hydrate;
pub mod labels;
pub mod maker;
pub mod notes;
mod once;
mod open_rows;
pub mod place;
pub mod roles;
pub mod rows;
mod selection;
pub mod suggest;
pub mod tables;
pub mod template;
pub mod terms;
pub mod trace;
pub mod undecided;
pub mod units;
pub mod words;
pub mod working;
