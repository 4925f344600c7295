//! From the fields of records to the cells of a table: columns by name, unpivoted and filled ones.
//!
//! A plain layout leaves blocks as they were read.

mod headings;
mod hierarchy;
mod layout;
mod shaper;
mod texts;
mod unknown;

pub use headings::{Headings, Kind, first_cell};
pub use hierarchy::{Codes, Hierarchy, Rank};
pub use layout::{FileLayout, Layout, Marked, ShapeOptions, Source, Stripped};
pub use shaper::{Shaper, filled};
