//! Equations that hold, over the small tables of which others fail: what a change would break.

use crate::engine::data::check::{Check, Kind};
use crate::engine::pass::locate::Finders;
use crate::engine::pass::ran::RawUnitFinding;
use crate::engine::states::env::{At, Filled, UnitRow};
use crate::expr::bound::{Bound, Op, StateId};
use crate::expr::choose::choose;
use crate::expr::eval::Verdict;
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::tree::Cmp;
use crate::findings::maker::FindingMaker;
use crate::findings::shared::Equation;
use crate::findings::terms::Terms;
use crate::findings::wanted::{MOST as MOST_SOLVED, Wanted, failing};
use crate::findings::working::{UnitCell, aggregates};
use crate::plan::needs;
use crate::source::RowId;

/// Rows of a table whose equations are solved where they hold.
const MOST_ROWS: u64 = 2_000;

/// Groups of a check likewise.
const MOST_GROUPS: u64 = 200;

/// Equations that hold.
const MOST: usize = 4_000;

impl FindingMaker<'_, '_> {
    /// Asks for the rows of the sums in groups and in the data as a whole, where some equations fail.
    pub(crate) fn want_terms_of_holding(&self, wanted: &[Wanted], terms: &mut Terms) {
        if (1..=MOST_SOLVED).contains(&failing(wanted).len()) {
            let (units, mut finders) = (self.units_to_solve(), self.finders());
            units.iter().for_each(|unit| self.want_terms_of_unit(unit, &mut finders, terms));
            for (number, check) in self.job.checks.iter().enumerate() {
                let asserted = equations_of_rows(check).into_iter().filter(|n| !is_own(check, *n));
                let asserted: Vec<usize> = asserted.collect();
                for row in self.rows_with_sums(number, &asserted, &mut finders) {
                    self.want_terms_of_row((number, &asserted), row, &mut finders, terms);
                }
            }
        }
    }

    /// Asks for the rows of the sums beside a row.
    fn want_terms_of_row(
        &self,
        (number, asserted): (usize, &[usize]),
        row: RowId,
        finders: &mut Finders<'_>,
        terms: &mut Terms,
    ) -> Option<()> {
        let check = self.job.checks.get(number)?;
        let table = check.row_table()?;
        let located = finders.get_mut(table)?.row(row)?;
        let units = [UnitRow::Located(&located.row, table)];
        let bounds = asserted.iter().filter_map(|n| Some(&check.asserts.get(*n)?.bound));
        self.with_env(&units, row, |env| {
            let all = bounds.flat_map(|bound| aggregates(bound, env));
            all.for_each(|(state, slot, keys)| terms.want(state, slot, &keys));
        });
        Some(())
    }

    /// The rows of a small table beside which sums are asked for, where they are few.
    fn rows_with_sums(
        &self,
        number: usize,
        asserted: &[usize],
        finders: &mut Finders<'_>,
    ) -> Vec<RowId> {
        let check = self.job.checks.get(number).filter(|_| !asserted.is_empty());
        let is_known = |check: &&Check| self.ran.is_complete(number) && self.is_cheap(check);
        let check = check.filter(|check| check.elsewhere.is_none()).filter(is_known);
        let Some((check, table)) = check.and_then(|check| Some((check, check.row_table()?))) else {
            return Vec::new();
        };
        let mut rows = self.all_rows(table, finders);
        rows.retain(|row| {
            let located = finders.get_mut(table).and_then(|finder| finder.row(*row));
            located.is_some_and(|located| {
                let units = [UnitRow::Located(&located.row, table)];
                self.with_env(&units, *row, |env| is_chosen(check, env))
            })
        });
        if rows.len() as u64 > MOST_GROUPS { Vec::new() } else { rows }
    }

    /// Solves what holds.
    pub(crate) fn holding(&self, finders: &mut Finders<'_>, terms: &Terms) -> Vec<Equation> {
        let mut all = Vec::new();
        for unit in self.units_to_solve() {
            let found = self.units_of(&unit, finders);
            let (units, at) = (self.unit_rows(&unit, &found), self.unit_cells(&unit, &found));
            let row = unit.at.first().copied().unwrap_or(RowId(0));
            let of = (unit.check, unit.assertion);
            all.extend(self.if_holds(of, (&units, row, &at), finders, terms));
        }
        for (number, check) in self.job.checks.iter().enumerate() {
            let (own, sums): (Vec<usize>, Vec<usize>) =
                equations_of_rows(check).into_iter().partition(|n| is_own(check, *n));
            let Some(table) = check.row_table().filter(|table| self.is_small(*table)) else {
                continue;
            };
            let of_own = if own.is_empty() { Vec::new() } else { self.all_rows(table, finders) };
            let of_sums = self.rows_with_sums(number, &sums, finders);
            let of_own = of_own.into_iter().map(|row| (row, &own));
            for (row, asserted) in of_own.chain(of_sums.into_iter().map(|row| (row, &sums))) {
                if all.len() >= MOST {
                    return all;
                }
                let located = finders.get_mut(table).and_then(|finder| finder.row(row));
                let Some(located) = located else { continue };
                let units = [UnitRow::Located(&located.row, table)];
                let at = [UnitCell { table, row, groups: None }];
                for assertion in asserted {
                    let of = (number, *assertion);
                    all.extend(self.if_holds(of, (&units, row, &at), finders, terms));
                }
            }
        }
        all
    }

    /// An assertion that is asked of some units, if it holds.
    fn if_holds(
        &self,
        (number, assertion): (usize, usize),
        (units, row, at): (&[UnitRow<'_>], RowId, &[UnitCell]),
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Equation> {
        let check = self.job.checks.get(number)?;
        let of = (CheckId::new(number), AssertionId::new(assertion));
        let solved = self.with_env(units, row, |env| {
            let proof = self.proof_of(check.asserts.get(assertion)?, None, (env, at, None));
            let holds = is_chosen(check, env) && proof.trace.verdict == Verdict::Holds;
            holds.then(|| self.solve(&proof, of, finders, terms)).flatten()
        })?;
        Some(Equation { finding: None, demand: (number, assertion), solved })
    }

    pub(crate) fn is_small(&self, table: usize) -> bool {
        let is_here = self.job.tables.get(table).is_some_and(|t| t.elsewhere.is_none());
        is_here && self.ran.tables.get(table).is_some_and(|t| t.rows <= MOST_ROWS)
    }

    /// All rows of a small table.
    pub(crate) fn all_rows(&self, table: usize, finders: &mut Finders<'_>) -> Vec<RowId> {
        let (mut rows, finder) = (Vec::new(), finders.get_mut(table));
        let blocks = self.ran.tables.get(table).map(|t| t.directory.blocks());
        let Some((finder, blocks)) = finder.zip(blocks) else { return rows };
        for head in blocks {
            let ids = (0..MOST_ROWS).map(|n| RowId(head.first.0 + n));
            rows.extend(ids.take_while(|id| finder.row(*id).is_some()));
        }
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The groups that equations are asked of, and the data as a whole.
    fn units_to_solve(&self) -> Vec<RawUnitFinding> {
        let mut all = Vec::new();
        for (check, rule) in self.job.checks.iter().enumerate() {
            let is_whole = self.ran.is_complete(check) && rule.elsewhere.is_none();
            if rule.row_table().is_some() || !is_whole || !self.is_cheap(rule) {
                continue;
            }
            let at: Vec<Vec<RowId>> = match &rule.units[..] {
                [] => vec![Vec::new()],
                [unit] => {
                    let names = unit.groups.map(|state| self.few_groups(state));
                    names.unwrap_or_default().into_iter().map(|name| vec![name]).collect()
                }
                _ => Vec::new(),
            };
            for assertion in (0..rule.asserts.len()).filter(|n| is_equation(rule, *n)) {
                all.extend(at.iter().cloned().map(|at| RawUnitFinding {
                    check,
                    assertion,
                    at,
                    miss: None,
                    improbable: false,
                }));
            }
        }
        all.truncate(MOST);
        all
    }

    /// The names of all groups of a state, where they are few.
    fn few_groups(&self, state: StateId) -> Vec<RowId> {
        let Some(Filled::Groups(groups)) = self.ran.shared.filled.get(state) else {
            return Vec::new();
        };
        let few =
            Some(0).filter(|_| groups.len() <= MOST_GROUPS).and_then(|first| groups.at(first));
        let names = std::iter::successors(few, |(_, next)| groups.at(*next));
        names.map(|(name, _)| name).collect()
    }

    /// Whether all that a check reads is small.
    fn is_cheap(&self, check: &Check) -> bool {
        let states = needs(check.expressions());
        let tables = states.into_iter().filter_map(|state| self.job.defs.all.get(state));
        let of_units = check.units.iter().map(|unit| unit.table);
        tables.map(|def| def.table()).chain(of_units).all(|table| self.is_small(table))
    }
}

/// Whether an assertion compares two sides with `=`.
fn is_equation(check: &Check, assertion: usize) -> bool {
    check.asserts.get(assertion).is_some_and(|a| {
        matches!(a.kind, Kind::Assert) && matches!(a.bound.op, Op::Compare { op: Cmp::Eq, .. })
    })
}

/// Whether an expression reads no other rows than the one at hand and those that it looks up.
pub(crate) fn is_plain(bound: &Bound) -> bool {
    let mut is_plain = true;
    bound.walk(&mut |b| {
        is_plain &= !matches!(b.op, Op::Aggregate { .. } | Op::Window { .. });
    });
    is_plain
}

/// The assertions of a check of rows that are equations, but for those that look at rows before and after.
fn equations_of_rows(check: &Check) -> Vec<usize> {
    let all = (0..check.asserts.len()).filter(|n| is_equation(check, *n));
    let has_window = |bound: &Bound| {
        let mut found = false;
        bound.walk(&mut |b| found |= matches!(b.op, Op::Window { .. }));
        found
    };
    let of_rows = all.filter(|n| {
        let bound = check.asserts.get(*n).map(|a| &a.bound);
        !bound.into_iter().chain(&check.filter).any(has_window)
    });
    of_rows.filter(|_| check.row_table().is_some()).collect()
}

/// Whether an assertion is about cells of one row alone.
fn is_own(check: &Check, assertion: usize) -> bool {
    check.asserts.get(assertion).is_some_and(|a| is_plain(&a.bound))
        && check.filter.as_ref().is_none_or(is_plain)
}

/// Whether the condition of a check chooses a row.
fn is_chosen(check: &Check, env: &At<'_>) -> bool {
    check.filter.as_ref().is_none_or(|filter| choose(filter, env).chosen == Ok(true))
}
