//! Bounds of the cells of failing equations: what `min`, `max` and other inequalities ask of their rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::data::check::{Check, Kind, columns};
use crate::engine::data::classes::RawKind;
use crate::engine::data::parallel::in_parallel;
use crate::engine::pass::locate::{Finders, Located, RowFinder};
use crate::engine::states::env::UnitRow;
use crate::expr::bound::Op;
use crate::expr::choose::choose;
use crate::expr::eval::Verdict;
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::tree::Cmp;
use crate::findings::builder::WorkingBuilder;
use crate::findings::holding::is_plain;
use crate::findings::maker::FindingMaker;
use crate::findings::shared::Equation;
use crate::findings::terms::Terms;
use crate::findings::wanted::Wanted;
use crate::findings::working::UnitCell;
use crate::source::RowId;

/// Rows whose bounds are looked at.
const MOST_ROWS: usize = 2_000;

/// Rows that a worker takes at once.
const AT_ONCE: usize = 32;

/// Bounds that are kept.
const MOST: usize = 8_000;

/// Rows of tables, each with the columns of its cells that are asked about.
type Rows = BTreeMap<(usize, RowId), BTreeSet<usize>>;

impl FindingMaker<'_, '_> {
    /// What else is asked of the rows of the cells of failing equations.
    pub(crate) fn bounds(
        &self,
        equations: &[Equation],
        wanted: &[Wanted],
        workers: &mut [Vec<Box<dyn RowFinder + '_>>],
        terms: &Terms,
    ) -> Vec<Equation> {
        let rows = self.bounded_rows(equations, wanted);
        let findings = wanted.iter().enumerate().filter_map(|(n, wanted)| {
            let Wanted::Row(asked) = wanted else { return None };
            let (check, assertion) = (asked.class.check.index(), asked.class.assertion.index());
            Some(((asked.table, asked.raw.row, check, assertion), n))
        });
        let findings: BTreeMap<(usize, RowId, usize, usize), usize> = findings.collect();
        let mut all = Vec::new();
        for (number, check) in self.job.checks.iter().enumerate() {
            let asserted: Vec<usize> =
                (0..check.asserts.len()).filter(|n| is_bound(check, *n)).collect();
            let Some(table) = check.row_table().filter(|_| !asserted.is_empty()) else { continue };
            let of_table = rows.iter().filter(|((of, _), _)| *of == table).take(MOST_ROWS);
            // What is asked of other cells says nothing about these.
            let asked_of = |columns: &BTreeSet<usize>| {
                let reads = |n: &&usize| !self.read_by((number, **n)).is_disjoint(columns);
                asserted.iter().filter(reads).copied().collect::<Vec<usize>>()
            };
            let rows: Vec<(RowId, Vec<usize>)> =
                of_table.map(|((_, row), columns)| (*row, asked_of(columns))).collect();
            let found = in_parallel(workers, rows.len().div_ceil(AT_ONCE), &|finders, n| {
                let own = rows.iter().skip(n * AT_ONCE).take(AT_ONCE);
                let of_row = |(row, asserted): &(RowId, Vec<usize>)| {
                    if asserted.is_empty() {
                        return Vec::new();
                    }
                    let located = finders.get_mut(table).and_then(|finder| finder.row(*row));
                    let Some(located) = located else { return Vec::new() };
                    let bound = |assertion: &usize| {
                        let finding = findings.get(&(table, *row, number, *assertion)).copied();
                        let of = (number, *assertion, finding);
                        self.bound(of, (table, &located), finders, terms)
                    };
                    asserted.iter().filter_map(bound).collect::<Vec<_>>()
                };
                own.map(of_row).collect::<Vec<_>>()
            });
            for of_row in found.into_iter().flatten() {
                all.extend(of_row);
                if all.len() >= MOST {
                    return all;
                }
            }
        }
        all
    }

    /// The rows whose bounds are looked at: those of the cells of failing equations, and those that fail.
    fn bounded_rows(&self, equations: &[Equation], wanted: &[Wanted]) -> Rows {
        let mut rows = Rows::new();
        let failing = equations.iter().filter(|e| e.finding.is_some());
        for cell in failing.flat_map(|e| &e.solved.cells).map(|figure| figure.cell) {
            rows.entry((cell.table, cell.row)).or_default().insert(cell.column);
        }
        for wanted in wanted {
            if let Wanted::Row(asked) = wanted
                && asked.class.kind == RawKind::Failed
            {
                let of = (asked.class.check.index(), asked.class.assertion.index());
                rows.entry((asked.table, asked.raw.row)).or_default().extend(self.read_by(of));
            }
        }
        rows
    }

    /// The columns that an assertion reads of its row.
    fn read_by(&self, (check, assertion): (usize, usize)) -> BTreeSet<usize> {
        let check = self.job.checks.get(check);
        let table = check.and_then(|check| self.job.tables.get(check.row_table()?));
        let mut read = vec![false; table.map_or(0, |table| table.columns.len())];
        let assertion = check.and_then(|check| check.asserts.get(assertion));
        if let Some(assertion) = assertion.filter(|_| !read.is_empty()) {
            columns(&assertion.bound, 0, &mut read);
        }
        (0..read.len()).filter(|column| read[*column]).collect()
    }

    fn bound(
        &self,
        (number, assertion, finding): (usize, usize, Option<usize>),
        (table, located): (usize, &Located),
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Equation> {
        let row = located.id;
        let check = self.job.checks.get(number)?;
        let units = [UnitRow::Located(&located.row, table)];
        let at = [UnitCell { table, row, groups: None }];
        let of = (CheckId::new(number), AssertionId::new(assertion));
        let solved = self.with_env(&units, row, |env| {
            let is_chosen =
                check.filter.as_ref().is_none_or(|filter| choose(filter, env).chosen == Ok(true));
            let proof = self.proof_of(check.asserts.get(assertion)?, None, (env, &at, None));
            let is_known = match proof.trace.verdict {
                Verdict::Holds => is_chosen,
                // What fails and is no finding at hand may be accepted.
                Verdict::Fails => is_chosen && finding.is_some(),
                _ => false,
            };
            let parts = proof.trace.rests_on();
            let [part] = &parts[..] else { return None };
            let comparison = part.comparison.filter(|_| is_known && !part.held)?;
            WorkingBuilder::new(self.job, self.files, &proof, finders, terms).bound(&comparison, of)
        })?;
        Some(Equation { finding, demand: (number, assertion), solved })
    }
}

/// Whether an assertion is an inequality of cells of one row alone.
fn is_bound(check: &Check, assertion: usize) -> bool {
    let is_it = check.asserts.get(assertion).is_some_and(|a| {
        let is_compared =
            matches!(a.bound.op, Op::Compare { op: Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge, .. });
        matches!(a.kind, Kind::Assert | Kind::Demand { .. }) && is_compared && is_plain(&a.bound)
    });
    is_it && check.filter.as_ref().is_none_or(is_plain)
}
