//! CSV and TSV: bytes to grids of spanned records, and every structural fault.
//!
//! Pure functions over blocks of bytes. The walk goes on after every fault; words are made only
//! when a finding is printed ([`faults::word`]).

mod anomalies;
mod cells;
mod conflict;
mod container;
pub mod dialect;
mod fast;
pub mod faults;
pub mod header;
mod lead;
mod quote_scan;
pub mod reader;
pub mod record;
mod suspect;
mod swallowed;
mod tail;
mod title;
pub mod walk;

pub use container::{CSV, TSV};
pub use dialect::Dialect;
pub use faults::{FAULTS, word};
pub use header::{HeaderRead, read_header};
pub use reader::CsvReader;
pub use walk::Walker;
