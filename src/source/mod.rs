//! Where things stand: files, spans, rows, and the traits through which bytes arrive.

mod address;
mod bytes;
mod columns;
mod counted;
mod lines;
mod nearest;
mod problem;
mod seeker;
mod snippet;
mod span;
pub mod tree;
mod utf8;
mod wanted;
mod watcher;

pub use address::{Address, Addresses, CellRange, column_letters, column_of, sheet_reference};
pub use bytes::{Bytes, Files, Scratch, ScratchFile};
pub use columns::Columns;
pub use counted::counted_line;
pub use lines::{KnownColumn, LineIndex, characters, column_from, count_lines};
pub use nearest::{did_you_mean, meant, nearest_of};
pub use problem::Problem;
pub use seeker::Seeker;
pub use snippet::{FlatMap, Snippet};
pub use span::{FileId, RowId, Span};
pub use utf8::{Invalid, text_of, whole_text};
pub use wanted::{wanted, wanted_by};
pub use watcher::Watcher;
