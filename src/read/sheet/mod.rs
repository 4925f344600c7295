//! Workbooks: XLSX, XLSB, XLS and ODS. A sheet is held whole; its rows stand for themselves.

mod as_text;
mod biff;
mod binary;
mod book;
mod cells;
mod compound;
mod container;
mod decimal;
mod digits;
mod faults;
mod formatting;
mod formula;
mod framed;
mod notes;
mod number_format;
mod ods;
mod ods_styles;
mod package;
mod packed;
mod reader;
mod select;
mod serial;
mod stale;
mod table;
mod text;
mod weigh;
mod xlsb;
mod xlsx;

pub use container::{ODS, XLS, XLSB, XLSX};
pub use faults::FAULTS;
