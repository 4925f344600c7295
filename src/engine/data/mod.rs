//! Tables, blocks and batches, and what a run is made of. Imports nothing else of the engine.

pub mod aside;
pub mod batch;
pub mod check;
pub mod classes;
pub mod directory;
pub mod filter;
pub mod job;
pub mod memory;
pub mod once;
pub mod parallel;
pub mod reach;
pub mod table;
pub mod typed;
pub mod uneven;
