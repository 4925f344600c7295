//! The trees there are.

pub mod archives;
pub mod disk;
pub mod edited;
pub mod git;
pub mod memory;
pub mod moved;
pub mod old_side;
pub mod overlay;
pub mod with_rules;

pub use archives::Archives;
pub use disk::Disk;
pub use edited::Edited;
pub use memory::Memory;
pub use moved::Moved;
pub use old_side::OldSide;
pub use overlay::Overlay;
pub use with_rules::WithRules;
