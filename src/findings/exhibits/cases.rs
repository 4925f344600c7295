//! The rows, groups and combinations that checks are asked of again, for the marks of exhibits.

use std::cell::RefCell;
use std::sync::Arc;

use crate::engine::data::check::Check;
use crate::engine::data::classes::RawKind;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::pass::ran::RawUnitFinding;
use crate::engine::states::env::{At, Filled, UnitRow};
use crate::engine::states::window::{Window, look, pass_on};
use crate::expr::bound::{Op, StateDef, StateId};
use crate::expr::choose::choose;
use crate::findings::exhibits::rows::Shown;
use crate::findings::maker::FindingMaker;
use crate::findings::noted::NotedFindings;
use crate::findings::working::UnitCell;
use crate::plan::needs;
use crate::source::RowId;
use crate::value::Why;

/// Groups and combinations of a check that are asked again.
const MOST_UNITS: usize = 3_600;
/// Rows of a table whose aggregates are computed once more for each case.
const MOST_KEPT: u64 = 2_000;

/// What a check is asked of: a row, a group, a combination, or nothing but the data as a whole.
pub(crate) struct Asked<'a> {
    pub check: usize,
    /// The row, or for each unit its row or the name of its group.
    pub at: &'a [RowId],
    /// Where the units stand.
    pub cells: &'a [UnitCell],
    pub env: &'a At<'a>,
}

/// Takes what checks are asked of.
pub(crate) type Take<'t> = dyn FnMut(&Asked<'_>) + 't;

/// Asks checks again.
pub(crate) struct Cases<'c, 'h, 'j> {
    pub maker: &'c FindingMaker<'h, 'j>,
    pub noted: &'c NotedFindings,
    pub shown: &'c [Shown],
}

impl Cases<'_, '_, '_> {
    /// Every case of every check that chooses it, as far as its rows are shown.
    pub fn each(&self, finders: &mut Finders<'_>, take: &mut Take<'_>) {
        for (number, check) in self.maker.job.checks.iter().enumerate() {
            if !self.maker.ran.is_complete(number) || self.is_dear(check) {
                continue;
            }
            match check.row_table() {
                Some(table) => self.rows(number, table, take),
                None => self.units(number, finders, take),
            }
        }
    }

    /// Whether an aggregate of a check looks at all rows of a large table for each case.
    fn is_dear(&self, check: &Check) -> bool {
        let (defs, tables) = (&self.maker.job.defs.all, &self.maker.ran.tables);
        let mut found = false;
        let mut look = |op: &Op| {
            if let Op::Aggregate { state, slot, .. } = op
                && let Some(StateDef::Groups(def)) = defs.get(*state)
            {
                let has_outer = def.slots.get(*slot).is_some_and(|s| s.residual.is_some());
                found |= has_outer && tables[def.table].rows > MOST_KEPT;
            }
        };
        check.expressions().for_each(|e| e.walk(&mut |b| look(&b.op)));
        found
    }

    /// The rows of a table that are shown, and whether they are all.
    fn rows_of(&self, table: usize) -> (Vec<&Located>, bool) {
        let parts = || self.shown.iter().filter(|shown| shown.of.table == table);
        let rows: Vec<&Located> = parts().flat_map(|shown| &shown.rows).map(Arc::as_ref).collect();
        let is_whole = rows.len() as u64 == self.maker.ran.tables[table].rows;
        (rows, is_whole && parts().all(|shown| shown.is_whole))
    }

    fn rows(&self, number: usize, table: usize, take: &mut Take<'_>) {
        let (rows, is_whole) = self.rows_of(table);
        let windows = self.windows(&self.maker.job.checks[number]);
        if !windows.is_empty() && is_whole {
            return self.in_order(number, table, (&rows, &windows), take);
        }
        for located in rows {
            // Of other rows it is no longer known what they saw.
            if !windows.is_empty() && !self.has_failed(number, table, located.id) {
                continue;
            }
            let units = [UnitRow::Located(&located.row, table)];
            self.maker.with_env(&units, located.id, |env| {
                self.chosen(number, &[located.id], &[of_row(table, located)], env, take)
            });
        }
    }

    fn has_failed(&self, number: usize, table: usize, row: RowId) -> bool {
        let of_row = self.noted.of_row(table, row).iter();
        of_row.map(|of| of.class).any(|c| c.kind == RawKind::Failed && c.check.index() == number)
    }

    /// The windows over the rows before that a check reads.
    fn windows(&self, check: &Check) -> Vec<StateId> {
        let defs = &self.maker.job.defs.all;
        let streams = |s: &StateId| matches!(&defs[*s], StateDef::Window(def) if def.streams());
        needs(check.expressions()).into_iter().filter(streams).collect()
    }

    /// All rows of a table, each with what it sees of those before it.
    fn in_order(
        &self,
        number: usize,
        table: usize,
        (rows, wanted): (&[&Located], &[StateId]),
        take: &mut Take<'_>,
    ) {
        let (check, ran) = (&self.maker.job.checks[number], self.maker.ran);
        let (defs, misses) = (self.maker.job.defs, RefCell::new(Vec::new()));
        let mut windows: Vec<(StateId, Window)> =
            wanted.iter().map(|state| (*state, Window::default())).collect();
        let mut seen = Vec::new();
        for located in rows {
            let units = [UnitRow::Located(&located.row, table)];
            let row = located.id;
            let plain =
                At { shared: &ran.shared, units: &units, row, window: &[], misses: &misses };
            look(defs, wanted, &mut windows, &plain, &mut seen);
            let env = At { window: &seen, ..plain };
            let chosen = chosen(check, &env);
            if chosen == Ok(true) {
                let cells = [of_row(table, located)];
                take(&Asked { check: number, at: &[row], cells: &cells, env: &env });
            }
            pass_on(defs, wanted, &mut windows, &env, row, &seen, chosen);
        }
    }

    /// Takes a case if the check chooses it.
    fn chosen(
        &self,
        number: usize,
        at: &[RowId],
        cells: &[UnitCell],
        env: &At<'_>,
        take: &mut Take<'_>,
    ) {
        if chosen(&self.maker.job.checks[number], env) == Ok(true) {
            take(&Asked { check: number, at, cells, env });
        }
    }

    /// The groups and combinations of a check; where they are many, those with findings.
    fn units(&self, number: usize, finders: &mut Finders<'_>, take: &mut Take<'_>) {
        let mut unit = RawUnitFinding {
            check: number,
            assertion: 0,
            at: Vec::new(),
            miss: None,
            improbable: false,
        };
        for at in self.combinations(number) {
            unit.at = at;
            let found = self.maker.units_of(&unit, finders);
            let units = self.maker.unit_rows(&unit, &found);
            let cells = self.maker.unit_cells(&unit, &found);
            let row = unit.at.first().copied().unwrap_or(RowId(0));
            self.maker.with_env(&units, row, |env| {
                self.chosen(number, &unit.at, &cells, env, take);
            });
        }
    }

    fn combinations(&self, number: usize) -> Vec<Vec<RowId>> {
        let with_findings = || self.noted.units(number).map(|(at, _)| at.to_vec()).collect();
        let mut all = vec![Vec::new()];
        for unit in &self.maker.job.checks[number].units {
            let ids = match unit.groups {
                Some(state) => self.groups(state),
                None => {
                    let (rows, is_whole) = self.rows_of(unit.table);
                    is_whole.then(|| rows.iter().map(|row| row.id).collect())
                }
            };
            let ids = ids.filter(|ids| all.len() * ids.len() <= MOST_UNITS);
            let Some(ids) = ids else { return with_findings() };
            let with = |before: &Vec<RowId>, id: &RowId| [&before[..], &[*id]].concat();
            all =
                all.iter().flat_map(|before| ids.iter().map(move |id| with(before, id))).collect();
        }
        all
    }

    /// The names of all groups of a state; none where they are many.
    fn groups(&self, state: StateId) -> Option<Vec<RowId>> {
        let Filled::Groups(groups) = &self.maker.ran.shared.filled[state] else { return None };
        if groups.len() > MOST_UNITS as u64 {
            return None;
        }
        let (mut names, mut place) = (Vec::new(), 0);
        while let Some((name, next)) = groups.at(place) {
            names.push(name);
            place = next;
        }
        Some(names)
    }
}

fn of_row(table: usize, located: &Located) -> UnitCell {
    UnitCell { table, row: located.id, groups: None }
}

fn chosen(check: &Check, env: &At<'_>) -> Result<bool, Why> {
    check.filter.as_ref().map_or(Ok(true), |filter| choose(filter, env).chosen)
}
