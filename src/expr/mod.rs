//! The expression language: text → tree → bound program → meaning.
//!
//! Nothing here reads files or knows formats. `bind` takes a plain [`catalog::Catalog`] of tables and
//! columns; `eval` is the one exact meaning of every expression.

mod aggregates;
pub(crate) mod arithmetic;
#[doc(hidden)]
pub mod bind;
#[doc(hidden)]
pub mod bound;
pub mod catalog;
#[doc(hidden)]
pub mod chain;
#[doc(hidden)]
pub mod choice;
#[doc(hidden)]
pub mod choose;
#[doc(hidden)]
pub mod compare;
mod each_item;
mod env;
#[doc(hidden)]
pub mod eval;
pub mod formats;
pub mod function;
pub mod functions;
#[doc(hidden)]
pub mod ids;
#[doc(hidden)]
pub mod items;
#[doc(hidden)]
pub mod lex;
#[doc(hidden)]
pub mod marks;
#[doc(hidden)]
pub mod meanings;
mod nested;
#[doc(hidden)]
pub mod parse;
#[doc(hidden)]
pub mod print;
pub mod reference;
#[doc(hidden)]
pub mod regex;
pub mod spellings;
#[doc(hidden)]
pub mod state_table;
#[doc(hidden)]
pub mod tree;
