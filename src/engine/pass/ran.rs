//! What a run found, without words.

use crate::engine::data::classes::Classes;
use crate::engine::data::job::{Job, Overflow, ScanError, TableResult};
use crate::engine::states::Map;
use crate::engine::states::env::{Miss, Shared};
use crate::engine::states::window::WindowValue;
use crate::expr::bound::StateId;
use crate::plan::{Stage, needs};
use crate::report::{RawFinding, Tally};
use crate::source::RowId;

/// Everything that was found, without words.
pub struct Ran<'j> {
    /// What rows share, filled.
    pub shared: Shared<'j>,
    /// Per check.
    pub tallies: Vec<Tally>,
    /// Per table.
    pub tables: Vec<TableResult>,
    /// Per table the classes of its raw findings.
    pub classes: Vec<Classes>,
    /// Per table its raw findings in order.
    pub raw: Vec<Vec<RawFinding>>,
    /// Per table how many raw findings of each class were counted and not kept.
    pub overflow: Vec<Overflow>,
    /// Misses, by the numbers that raw findings give.
    pub misses: Vec<Miss>,
    /// What failing rows saw, by state and row.
    pub window_values: Map<(StateId, u64), WindowValue>,
    /// Combinations and groups of failing checks judged without a table: check, rows or group.
    pub units: Vec<RawUnitFinding>,
    pub stages: Vec<Stage>,
    /// Passes that could not be finished.
    pub errors: Vec<ScanError>,
    /// Tables of which not all was read.
    pub unfinished: Vec<bool>,
    /// Checks that could not be judged, because they need all of such a table.
    pub left_out: Vec<usize>,
    /// States that were not filled from all rows.
    pub partial: Vec<bool>,
    /// Chunks whose start was guessed wrong, and which were walked again.
    pub redone: u64,
}

/// A failing unit that is no row.
#[derive(Debug, Clone)]
pub struct RawUnitFinding {
    pub check: usize,
    pub assertion: usize,
    /// For each unit of the check a group number or a row.
    pub at: Vec<RowId>,
    /// A miss instead of a failure.
    pub miss: Option<Miss>,
    /// It holds, but by more rounding than is likely.
    pub improbable: bool,
}

impl Ran<'_> {
    /// Whether a check must be left out, because the run was stopped or what it needs is not all
    /// there; notes it if so.
    pub fn is_left_out(&mut self, job: &Job<'_>, check: usize) -> bool {
        let stopped = self.errors.iter().any(|e| e.error.kind() == std::io::ErrorKind::Interrupted);
        let info = &job.checks[check];
        let lacks = needs(info.expressions()).into_iter().any(|s| self.partial[s])
            || info.units.iter().any(|u| job.tables[u.table].unread)
            || (info.row_table().is_none() && info.units.iter().any(|u| self.unfinished[u.table]));
        if stopped || lacks {
            self.left_out.push(check);
        }
        stopped || lacks
    }
}
