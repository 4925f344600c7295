//! What a run found, without words.

use std::collections::HashSet;

use crate::engine::data::check::Check;
use crate::engine::data::classes::{Classes, RawKind};
use crate::engine::data::job::{Job, Overflow, OverflowOfKeys, ScanError, TableResult};
use crate::engine::data::table::RowsElsewhere;
use crate::engine::pass::undecided::Undecided;
use crate::engine::states::Map;
use crate::engine::states::env::{Filled, Miss, MissName, Shared};
use crate::engine::states::seen::WindowValue;
use crate::expr::bound::StateId;
use crate::expr::ids::ColumnId;
use crate::plan::{Stage, needs};
use crate::report::{RawFinding, Tally};
use crate::source::RowId;

/// Everything that was found, without words.
pub struct Ran<'j> {
    /// What rows share, filled.
    pub shared: Shared<'j>,
    /// Per check.
    pub tallies: Vec<Tally>,
    /// Per check its first undecided answers, in order.
    pub undecided: Vec<Vec<Undecided>>,
    /// Per table.
    pub tables: Vec<TableResult>,
    /// Per table the classes of its raw findings.
    pub classes: Vec<Classes>,
    /// Per table its raw findings in order.
    pub raw: Vec<Vec<RawFinding>>,
    /// Per table how many raw findings of each class were counted and not kept.
    pub overflow: Vec<Overflow>,
    /// Per table how many of those have a key in common with one that was kept.
    pub overflow_of_keys: Vec<OverflowOfKeys>,
    /// Misses, by the numbers that raw findings give.
    pub misses: Vec<Miss>,
    /// Checks with what they missed: each key is reported once in a check.
    pub(crate) reported: HashSet<(usize, MissName)>,
    /// How many raw findings there are of what rows missed on their way into states, by table and
    /// class.
    pub(crate) met: Map<(usize, u32), u64>,
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
    /// Checks whose rows were not read to the end.
    pub cut_short: Vec<usize>,
    /// Per check whether it was judged on everything that it asks about.
    complete: Vec<bool>,
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

impl<'j> Ran<'j> {
    /// Nothing has run yet.
    pub fn new(job: &Job<'j>, stages: Vec<Stage>, filled: Vec<Filled>, partial: Vec<bool>) -> Self {
        Ran {
            shared: Shared {
                tables: job.tables,
                defs: job.defs,
                filled,
                set_aside: vec![Default::default(); job.tables.len()],
                context: job.context,
            },
            tallies: vec![Tally::default(); job.checks.len()],
            undecided: vec![Vec::new(); job.checks.len()],
            tables: job.tables.iter().map(|_| TableResult::default()).collect(),
            classes: Classes::of_tables(job.tables, job.checks, job.defs),
            raw: vec![Vec::new(); job.tables.len()],
            overflow: vec![Overflow::new(); job.tables.len()],
            overflow_of_keys: vec![OverflowOfKeys::new(); job.tables.len()],
            misses: Vec::new(),
            reported: HashSet::new(),
            met: Map::default(),
            window_values: Map::default(),
            units: Vec::new(),
            stages,
            errors: Vec::new(),
            unfinished: job.tables.iter().map(|t| t.unread).collect(),
            left_out: Vec::new(),
            cut_short: Vec::new(),
            complete: Vec::new(),
            partial,
            redone: 0,
        }
    }

    /// Notes that a stage could not read its table to the end.
    pub fn not_read_on(&mut self, stage: &Stage, error: ScanError) {
        self.cut_short.extend(&stage.checks);
        stage.states.iter().for_each(|&s| self.partial[s] = true);
        // Once stopped, no table is read further: that is reported once.
        let is_stop = |e: &ScanError| e.error.kind() == std::io::ErrorKind::Interrupted;
        if !(is_stop(&error) && self.errors.iter().any(is_stop)) {
            self.errors.push(error);
        }
    }

    /// Whether a check looked up a key that is not there.
    #[expect(clippy::disallowed_methods, reason = "any of them, in any order")]
    pub fn has_missed(&self, check: usize) -> bool {
        self.reported.iter().any(|(of, _)| *of == check)
    }

    /// Whether a check was judged on everything that it asks about.
    pub fn is_complete(&self, check: usize) -> bool {
        self.complete.get(check).copied().unwrap_or(false)
    }

    /// Notes which checks were judged on everything that they ask about.
    pub fn note_complete(&mut self, job: &Job<'_>) {
        let complete = |(number, check): (usize, &Check)| {
            !self.left_out.contains(&number)
                && !self.cut_short.contains(&number)
                && !needs(check.expressions()).into_iter().any(|s| self.partial[s])
        };
        self.complete = job.checks.iter().enumerate().map(complete).collect();
    }

    /// Counts the cells of columns whose contract names a type: each is of that type or is not.
    pub fn count_types(&mut self, job: &Job<'_>) {
        for (t, classes) in self.classes.iter().enumerate() {
            let mut unreadable = vec![0u64; job.tables[t].columns.len()];
            let mut add = |class: u32, count: u64| {
                let class = classes.get(class).filter(|c| c.kind == RawKind::Unreadable);
                let column = class.and_then(|c| c.column).map(ColumnId::index);
                if let Some(n) = column.and_then(|c| unreadable.get_mut(c)) {
                    *n += count;
                }
            };
            self.raw[t].iter().for_each(|raw| add(raw.class, 1));
            self.overflow[t].iter().for_each(|(class, count)| add(*class, *count));
            for (check, tally) in job.checks.iter().zip(&mut self.tallies) {
                let typed = check.typed.filter(|_| check.row_table() == Some(t));
                let Some(failed) = typed.and_then(|c| unreadable.get(c)) else { continue };
                let failed = (*failed).min(tally.cases);
                tally.failed += failed;
                tally.held += tally.cases - failed;
            }
        }
    }

    /// Adds what was judged where the data is.
    pub fn add_elsewhere(&mut self, job: &Job<'_>) {
        for (check, tally) in job.checks.iter().zip(&mut self.tallies) {
            check.elsewhere.iter().for_each(|elsewhere| tally.add(&elsewhere.tally));
        }
        for (table, result) in job.tables.iter().zip(&mut self.tables) {
            let Some(RowsElsewhere { rows, has_texts }) = table.elsewhere else { continue };
            (result.rows, result.rows_of_files) = (rows, vec![rows]);
            // Else all cells of these columns are here.
            result.met.iter_mut().for_each(|met| *met |= has_texts);
        }
    }

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
