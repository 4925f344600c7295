//! Readers: bytes of a format → blocks of rows. Pure; no reader imports another.

pub mod block;
pub mod columnar;
pub mod csv;
pub mod format;
pub mod formats;
pub mod frame;
pub mod grid;
pub mod json;
pub mod mojibake;
pub mod nested;
pub mod note;
pub mod pattern;
pub mod reader;
pub mod sheet;
mod shift;
pub mod sniff;
pub mod text;
pub mod title;
pub mod tree;
