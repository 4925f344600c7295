//! crossfoot: checks that figures agree with each other, in data files and in prose.

pub mod engine;
pub mod explain;
pub mod expr;
pub mod fault;
pub mod finding;
pub mod plan;
pub mod read;
pub mod render;
pub mod rules;
pub mod source;
pub mod value;
