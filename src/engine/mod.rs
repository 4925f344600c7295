//! From stages to raw findings.
//!
//! Tables are read in chunks and blocks; a block becomes a batch of typed columns, and only of
//! those that a program names. Checks give raw findings: places and numbers, no words.
//!
//! `data` is what everything works on, `states` what a pass fills for later passes, `fast` every
//! loop over a block, `pass` one reading of a table by all workers.

pub mod data;
pub mod fast;
pub mod faults;
pub mod pass;
pub mod states;
