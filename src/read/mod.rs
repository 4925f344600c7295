//! Readers: bytes of a format → spanned records. Pure; no reader imports another.

pub mod csv;
pub mod text;
