//! One reading of a table: chunks to workers, their results committed in the order of the file.

pub mod chunk;
pub mod commit;
pub mod duplicates;
mod filter;
pub mod inner;
pub mod judge;
pub mod keys;
pub mod locate;
pub mod names;
pub mod prefilter;
pub mod program;
pub mod ran;
mod recent;
mod repeated;
pub mod run;
pub mod scan;
mod select;
pub mod sought;
pub mod structure;
pub mod undecided;
pub mod units;
pub mod worker;
pub mod workers;
