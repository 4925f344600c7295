//! Exit statuses.

/// Everything was carried out, and nothing at or above `--fail-on` was found.
pub const CLEAN: u8 = 0;
/// Something was found.
pub const FOUND: u8 = 1;
/// A pattern that was tried matches nowhere.
pub const NOT_FOUND: u8 = 1;
/// Not everything could be carried out.
pub const INCOMPLETE: u8 = 2;
/// Ctrl+C, where nothing was running.
pub const INTERRUPTED: u8 = 130;
