//! Values: exact numbers with their written precision, intervals, partial dates, texts.
//!
//! No binary floating point anywhere in this module. Reading a text into a value never panics and
//! says why it failed and at which of its bytes.

pub mod advice;
pub mod date;
pub mod date_format;
mod date_list;
mod date_text;
pub mod digits;
pub mod exponential;
mod extreme;
pub mod figure;
pub mod fiscal;
pub mod form;
pub mod hedge;
pub mod interval;
pub mod language;
pub mod natural;
pub mod near;
pub mod number;
pub mod number_key;
pub(crate) mod printed;
pub mod prose;
pub mod prose_date;
mod prose_day;
mod prose_fiscal;
mod prose_scan;
mod prose_span;
pub mod read;
pub(crate) mod residue;
mod scalar;
mod signed;
mod spread;
pub mod spreadsheet;
mod step;
mod ty;
pub mod unread;
mod up_to;
pub mod why;

pub use date::{Civil, DAY_MICROS, Days};
pub use date_format::{DateFormat, FormatError};
pub use digits::NumberFormat;
pub use figure::{Figure, Rounding};
pub use fiscal::{Dating, FiscalYear, Named};
pub use hedge::Hedge;
pub use interval::{End, Interval};
pub use language::Language;
pub use number::Number;
pub use read::{Basis, Reading, Truths, iso_day};
pub use scalar::Value;
pub use ty::Type;
pub use unread::Unread;
pub use why::Why;
