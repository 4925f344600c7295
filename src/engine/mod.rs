//! Stages to marks, marks to findings.
//!
//! Tables are read in stretches and blocks; a block becomes a batch of typed columns, and only of
//! those that a program names. Checks emit marks; marks are sorted and only then made into
//! findings, each judged once more by the exact evaluator before it is shown.

pub mod batch;
pub mod check;
pub mod classes;
mod commit;
pub mod decode;
pub mod directory;
mod duplicates;
pub mod env;
pub mod faults;
pub mod hydrate;
mod judge;
pub mod kernels;
pub mod locate;
pub mod memory;
mod pass;
mod place;
pub mod run;
mod run_units;
pub mod scan;
pub mod states;
mod structure;
pub mod suggest;
pub mod table;
pub mod template;
pub mod terms;
mod words;
pub mod workers;
pub mod working;
