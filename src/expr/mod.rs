//! The expression language: text → tree → bound program → meaning.
//!
//! Nothing here reads files or knows formats. `bind` takes a plain [`catalog::Catalog`] of tables and
//! columns; `eval` is the one exact meaning of every expression.

pub mod bind;
pub mod bound;
pub mod catalog;
pub mod eval;
pub mod functions;
pub mod ids;
pub mod lex;
pub mod meanings;
mod nested;
pub mod parse;
pub mod print;
pub mod regex;
pub mod tree;
