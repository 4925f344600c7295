//! Readers: bytes of a format → blocks of rows. Pure; no reader imports another.

pub mod block;
pub mod csv;
pub mod grid;
pub mod reader;
pub mod text;
