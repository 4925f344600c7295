//! Old versions out of git, by way of the program `git`.

pub mod blobs;
pub mod checkout;
pub mod head;
pub mod renames;
pub mod run;
pub mod since;
mod store;
