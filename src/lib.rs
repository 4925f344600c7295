//! crossfoot: checks that figures agree with each other, in data files and in prose.

pub mod expr;
pub mod fault;
pub mod finding;
pub mod read;
pub mod render;
//pub mod rules;
pub mod source;
pub mod value;
