//! Findings that are wanted.

use crate::engine::data::classes::RawKind;
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

/// Failing assertions that are solved: beyond them, no finding is joined with another.
pub(crate) const MOST: usize = 1_000;

/// The first failing assertions among findings, and one more where there are too many.
pub(crate) fn failing(wanted: &[Wanted]) -> Vec<usize> {
    (0..wanted.len()).filter(|n| is_failed(&wanted[*n])).take(MOST + 1).collect()
}

fn is_failed(wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Row(asked) => asked.class.kind == RawKind::Failed,
        Wanted::Unit(unit, _) => unit.miss.is_none() && !unit.improbable,
        Wanted::Ready(_) => false,
    }
}
