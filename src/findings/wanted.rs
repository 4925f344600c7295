//! Findings that are wanted.

use crate::engine::pass::ran::RawUnitFinding;
use crate::findings::rows::WantedRow;
use crate::report::Finding;

/// A finding that is wanted.
pub(crate) enum Wanted {
    Row(WantedRow),
    /// Of a group or a combination, with how many of its name come before it.
    Unit(RawUnitFinding, u64),
    Ready(Box<Finding>),
}
