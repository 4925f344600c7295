//! crossfoot: checks that figures agree with each other, in data files and in prose.
//!
//! [`run`] carries out a [`Request`] and gives findings to sinks; [`Project`] is what was read.

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
pub mod compile;
pub mod engine;
pub mod explain;
pub mod expr;
pub mod fault;
pub mod files;
pub mod findings;
pub mod gate;
pub mod plan;
pub mod read;
pub mod render;
pub mod report;
pub mod rules;
pub mod shape;
pub mod simd;
pub mod source;
pub mod value;

pub use api::{Outcome, Project, Request, SinkSlot, faults, run, run_project};
