//! The trees there are.

pub mod disk;
pub mod memory;
pub mod overlay;

pub use disk::Disk;
pub use memory::Memory;
pub use overlay::Overlay;
