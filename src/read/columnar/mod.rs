//! Parquet and Arrow IPC: groups of rows, stored column by column. What decodes them is behind the
//! cargo feature `parquet`; without it their files are refused.

#[cfg(feature = "parquet")]
mod arrow;
#[cfg(feature = "parquet")]
mod cells;
mod container;
mod faults;
#[cfg(feature = "parquet")]
mod footer;
#[cfg(feature = "parquet")]
mod groups;
#[cfg(feature = "parquet")]
mod leaves;
#[cfg(feature = "parquet")]
mod moments;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod reader;
#[cfg(feature = "parquet")]
mod texts;

#[cfg(feature = "engines")]
pub use container::keyed;
pub use container::{ARROW, PARQUET};
