//! CSV and TSV: bytes to grids of spanned records, and every structural fault.
//!
//! Pure functions over blocks of bytes. The walk goes on after every fault; words are made only
//! when a finding is printed ([`faults::tell`]).

mod content;
pub mod dialect;
pub mod faults;
pub mod grid;
pub mod header;
mod marks;
pub mod record;
mod swift;
pub mod walk;

pub use dialect::Dialect;
pub use faults::{FAULTS, Told, tell};
pub use grid::{FieldSpan, Grid, Irregular, unquote};
pub use header::{Header, HeaderCell, HeaderRead, read_header};
pub use walk::{MAX_RECORD, Walker};
