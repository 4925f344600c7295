//! What checks found of the cells that are shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::data::check::{Assertion, Kind, primary_column};
use crate::engine::data::classes::RawKind;
use crate::engine::pass::duplicates::judge_like;
use crate::engine::pass::locate::Finders;
use crate::engine::pass::ran::RawUnitFinding;
use crate::explain::equation::Cell;
use crate::expr::bound::StateDef;
use crate::expr::eval::{Env, Verdict, judge};
use crate::findings::about::UnitAt;
use crate::findings::exhibits::cases::{Asked, Cases};
use crate::findings::exhibits::rows::Shown;
use crate::findings::exhibits::ticks::{Spot, Ticker};
use crate::findings::terms::{Terms, name_columns};
use crate::findings::working;
use crate::report::exhibit::{MarkOutcome, Tick};
use crate::source::RowId;
use crate::value::Value;

/// Marks of a file.
pub(crate) const MOST_MARKS: usize = 5_000;
/// Rows of a table that are looked through for those of its aggregates.
const MOST_SEARCHED: u64 = 10_000;

/// A mark of a cell. Sorted as marks are: by row, column, check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Marked {
    pub row: RowId,
    pub column: usize,
    /// The check; none where the cell cannot be read.
    pub check: Option<usize>,
    pub assertion: usize,
    /// Before those that go into another figure.
    pub is_operand: bool,
    pub tick: Tick,
    pub outcome: MarkOutcome,
    pub fingerprint: Option<u128>,
}

/// The marks of all files that are shown, in the order of these.
pub(crate) struct Marks<'c, 'h, 'j> {
    cases: Cases<'c, 'h, 'j>,
    terms: Terms,
    /// By table and row, the file.
    files: BTreeMap<(usize, RowId), usize>,
    marks: Vec<BTreeSet<Marked>>,
    /// Findings that are marked.
    marked: BTreeSet<u128>,
}

impl<'c, 'h, 'j> Marks<'c, 'h, 'j> {
    /// Asks all checks again.
    pub fn of(cases: Cases<'c, 'h, 'j>, finders: &mut Finders<'_>) -> Vec<BTreeSet<Marked>> {
        let shown: &'c [Shown] = cases.shown;
        let rows = |(n, shown): (usize, &'c Shown)| {
            shown.rows.iter().map(move |row| ((shown.of.table, row.id), n))
        };
        let files = shown.iter().enumerate().flat_map(rows).collect();
        let marks = vec![BTreeSet::new(); shown.len()];
        let terms = Self::terms(&cases, finders);
        let mut all = Marks { cases, terms, files, marks, marked: BTreeSet::new() };
        all.ask(finders);
        all.rest(finders);
        all.marks
    }

    /// The rows of the aggregates over small tables; of large ones those that findings speak of.
    fn terms(cases: &Cases<'_, '_, '_>, finders: &mut Finders<'_>) -> Terms {
        let (job, ran) = (cases.maker.job, cases.maker.ran);
        let mut terms = Terms::default();
        cases.each(finders, &mut |asked| {
            for assertion in &job.checks[asked.check].asserts {
                for (state, slot, keys) in working::aggregates(&assertion.bound, asked.env) {
                    let is_small = ran.tables[job.defs.all[state].table()].rows <= MOST_SEARCHED;
                    if is_small && cases.noted.terms.of(state, slot, &keys).is_none() {
                        terms.want(state, slot, &keys);
                    }
                }
            }
        });
        terms.gather(job, ran);
        terms
    }

    fn ask(&mut self, finders: &mut Finders<'_>) {
        let Marks { cases, terms, files, marks, marked } = self;
        cases.each(finders, &mut |asked| {
            let check = &cases.maker.job.checks[asked.check];
            for (number, assertion) in check.asserts.iter().enumerate() {
                let fingerprint =
                    cases.noted.fingerprint((asked.check, number), check.row_table(), asked.at);
                let Some((outcome, spots)) = answer(cases, asked, assertion, fingerprint, terms)
                else {
                    continue;
                };
                let fingerprint = fingerprint.filter(|_| outcome == MarkOutcome::Failed);
                for spot in spots {
                    let Some(file) = files.get(&(spot.cell.table, spot.cell.row)) else { continue };
                    let Some(marks) = marks.get_mut(*file) else { continue };
                    // What cannot be shown need not be held.
                    let room = if outcome == MarkOutcome::Failed { 2 } else { 1 };
                    if marks.len() < room * MOST_MARKS {
                        marks.insert(Marked {
                            row: spot.cell.row,
                            column: spot.cell.column,
                            check: Some(asked.check),
                            assertion: number,
                            is_operand: !spot.is_stated,
                            tick: spot.tick,
                            outcome,
                            fingerprint,
                        });
                        marked.extend(fingerprint);
                    }
                }
            }
        });
    }

    /// Marks what has a finding and no mark yet: cells that cannot be read; rows that are not asked
    /// again; groups whose figures are not shown.
    fn rest(&mut self, finders: &mut Finders<'_>) {
        let (noted, shown): (_, &'c [Shown]) = (self.cases.noted, self.cases.shown);
        for (file, shown) in shown.iter().enumerate() {
            let table = shown.of.table;
            let name = name_columns(self.cases.maker.job, table).first().copied().unwrap_or(0);
            for row in &shown.rows {
                for of in noted.of_row(table, row.id) {
                    let is_read = of.class.kind != RawKind::Unreadable;
                    let asked = (of.class.check.index(), of.class.assertion.index());
                    let column = of.class.column.map_or(name, |column| column.index());
                    let fails = matches!(
                        of.class.kind,
                        RawKind::Failed | RawKind::Duplicate | RawKind::Unreadable
                    );
                    if fails && !self.marked.contains(&of.fingerprint) {
                        let asked = if is_read { (Some(asked.0), asked.1) } else { (None, 0) };
                        self.fails(file, (row.id, column), asked, of.fingerprint);
                    }
                }
            }
        }
        for number in 0..self.cases.maker.job.checks.len() {
            for (at, failed) in noted.units(number) {
                for (assertion, fingerprint) in failed {
                    if !self.marked.contains(fingerprint) {
                        self.unit(number, *assertion, (at, *fingerprint), finders);
                    }
                }
            }
        }
    }

    fn fails(
        &mut self,
        file: usize,
        (row, column): (RowId, usize),
        (check, assertion): (Option<usize>, usize),
        fingerprint: u128,
    ) {
        if let Some(marks) = self.marks.get_mut(file).filter(|m| m.len() < 2 * MOST_MARKS) {
            marks.insert(Marked {
                row,
                column,
                check,
                assertion,
                is_operand: false,
                tick: Tick::Checked,
                outcome: MarkOutcome::Failed,
                fingerprint: Some(fingerprint),
            });
        }
    }

    /// Marks the key of a group in its first row; the rows of a combination.
    fn unit(
        &mut self,
        number: usize,
        assertion: usize,
        (at, fingerprint): (&[RowId], u128),
        finders: &mut Finders<'_>,
    ) {
        let maker = self.cases.maker;
        let at = at.to_vec();
        let unit = RawUnitFinding { check: number, assertion, at, miss: None, improbable: false };
        let found = maker.units_of(&unit, finders);
        for (bound, at) in maker.job.checks[number].units.iter().zip(&found) {
            let (row, column) = match at {
                UnitAt::Group(group) => {
                    let keys = match bound.groups.map(|state| &maker.job.defs.all[state]) {
                        Some(StateDef::Groups(def)) => &def.keys[..],
                        _ => &[],
                    };
                    (group.first, keys.iter().find_map(primary_column))
                }
                UnitAt::Row(located) => {
                    (located.id, name_columns(maker.job, bound.table).first().copied())
                }
                UnitAt::Nowhere => continue,
            };
            if let Some(file) = self.files.get(&(bound.table, row)).copied() {
                let column = column.unwrap_or(0);
                self.fails(file, (row, column), (Some(number), assertion), fingerprint);
            }
        }
    }
}

/// What an assertion comes to for a case, and the cells that it speaks of; none where it asks nothing.
fn answer(
    cases: &Cases<'_, '_, '_>,
    asked: &Asked<'_>,
    assertion: &Assertion,
    fingerprint: Option<u128>,
    terms: &Terms,
) -> Option<(MarkOutcome, Vec<Spot>)> {
    let own = |column: usize| {
        let unit = asked.cells.first()?;
        let cell = Cell { table: unit.table, row: unit.row, column };
        Some(Spot { cell, tick: Tick::Checked, is_stated: true })
    };
    let (verdict, spots) = match &assertion.kind {
        Kind::Assert => {
            let trace = working::trace(&assertion.bound, asked.env, asked.cells);
            let terms = [terms, &cases.noted.terms];
            let ticker = Ticker { env: asked.env, at: asked.cells, terms };
            (trace.verdict, ticker.spots(&trace))
        }
        Kind::Demand { column, .. } => {
            (judge(&assertion.bound, asked.env), own(*column).into_iter().collect())
        }
        Kind::Like { column, name } => {
            (judge_like(*column, name, asked.env), own(*column).into_iter().collect())
        }
        // What stands in other rows is known by the findings alone.
        Kind::Unique { columns } => {
            let value = |column: &usize| asked.env.cell(0, *column, false);
            let is_blank = |v: Value<'_>| matches!(v, Value::Missing | Value::Unknown(_));
            let verdict = match fingerprint {
                Some(_) => Verdict::Fails,
                None if columns.iter().any(|c| is_blank(value(c))) => Verdict::NotApplicable,
                None => Verdict::Holds,
            };
            (verdict, columns.iter().filter_map(|c| own(*c)).collect())
        }
    };
    let outcome = match assertion.asks(verdict) {
        Verdict::Holds | Verdict::Possible => MarkOutcome::Held,
        Verdict::Fails => MarkOutcome::Failed,
        Verdict::Unknown(_) => MarkOutcome::Undecided,
        Verdict::NotApplicable => return None,
    };
    Some((outcome, spots))
}
