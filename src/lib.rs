//! crossfoot: checks that figures agree with each other, in data files and in prose.
//!
//! [`run`] carries out a [`Request`] and gives findings to sinks; [`Project`] is what was read.
//!
//! ```
//! use crossfoot::{Request, run};
//!
//! let outcome = run(&Request { paths: vec!["fixtures/readme".into()], ..Request::default() }, &mut []);
//! assert!(outcome.summary.errors > 0);
//! ```
//!
//! The public face is [`Request`], [`Outcome`], [`report`], [`render`], [`mod@fault`] and the table of
//! functions in [`expr`]. Modules that are hidden here are for the program, its tests and its
//! benchmarks; they change without notice.

#![deny(
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::iter_over_hash_type,
    clippy::panic,
    clippy::unwrap_used
)]

pub mod api;
#[doc(hidden)]
pub mod by_name;
#[doc(hidden)]
pub mod compile;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod explain;
pub mod expr;
pub mod fault;
#[doc(hidden)]
pub mod files;
#[doc(hidden)]
pub mod findings;
#[doc(hidden)]
pub mod gate;
#[doc(hidden)]
pub mod import;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod propose;
#[doc(hidden)]
pub mod read;
pub mod render;
pub mod report;
#[doc(hidden)]
pub mod rules;
#[doc(hidden)]
pub mod shape;
#[doc(hidden)]
pub mod simd;
pub mod source;
#[doc(hidden)]
pub mod sql;
#[doc(hidden)]
pub mod value;
#[doc(hidden)]
pub mod width;

pub use api::{Fixed, Outcome, Project, Request, Since, SinkSlot, faults, fix, run, run_project};
