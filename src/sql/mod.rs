//! Checks as statements of a database, which name suspects; nothing here runs one.
//!
//! A statement is made from a bound expression, and says where the check surely holds. What does not surely hold
//! comes back by key with what it is judged by: by the evaluator, in its words. So a wrong spelling can cost time,
//! or a missed suspect, against which the differential suite stands, and never a wrong finding.

mod cells;
mod decimal;
mod demands;
pub mod dialect;
mod figures;
mod firm;
mod lookups;
mod pattern;
mod pred;
mod printer;
pub mod quote;
mod same;
mod statement;
mod states;
mod suspects;
mod truths;
mod values;
mod windows;

pub use cells::unread;
pub use demands::{Input, Kept, Pushed};
pub use statement::push;
pub use suspects::{Suspects, chosen, marked, part_name, suspects};
