//! crossfoot: checks that figures agree with each other, in data files and in prose.
//!
//! [`run`] carries out a [`Request`] and gives findings to sinks; [`Project`] is what was read.

pub mod door;
pub mod engine;
pub mod explain;
pub mod expr;
pub mod fault;
pub mod finding;
pub mod plan;
pub mod project;
pub mod read;
pub mod render;
pub mod rules;
pub mod simd;
pub mod source;
pub mod text;
pub mod tree;
pub mod value;

pub use door::{Outcome, Project, Request, SinkSlot, faults, run};
