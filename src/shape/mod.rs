//! From the fields of records to the cells of a table: columns by name, unpivoted and filled ones.
//!
//! A plain layout leaves blocks as they were read.

mod hierarchy;
mod layout;
mod shaper;
mod texts;

pub use hierarchy::Hierarchy;
pub use layout::{FileLayout, Layout, Marked, ShapeOptions, Source};
pub use shaper::Shaper;
