//! Cells that a sum leaves out though they are in its table: with one of them an equation would hold.

use std::collections::BTreeSet;

use crate::engine::data::batch::read;
use crate::engine::data::job::Job;
use crate::engine::data::table::Table;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::pass::names;
use crate::engine::states::env::{At, UnitRow};
use crate::explain::equation::Cell;
use crate::expr::bound::{Allowance, Op, StateDef};
use crate::expr::choose::chooses;
use crate::findings::about::Proof;
use crate::findings::beside::{Beside, Column, Left, Why};
use crate::findings::failed::Failed;
use crate::findings::shared::spot;
use crate::findings::solved::CellFigure;
use crate::findings::terms::{row_name, term_column};
use crate::findings::trace::Step;
use crate::findings::{labels, place};
use crate::report::Place;
use crate::source::{Files, RowId};
use crate::value::{Figure, Interval, Number, Reading, Type};

/// Columns of a table among which one is looked for that is not added.
const MOST_COLUMNS: usize = 200;

/// What candidates are looked up in.
pub(crate) struct Search<'s, 'j, 't> {
    pub beside: Beside<'s>,
    pub job: &'s Job<'j>,
    pub files: &'s dyn Files,
    pub proof: &'s Proof<'s>,
    pub finders: &'s mut Finders<'t>,
}

fn is_aggregate(step: &Step<'_>) -> bool {
    matches!(step.bound.op, Op::Aggregate { .. })
}

impl Search<'_, '_, '_> {
    /// The only cell with which a failing equation would hold.
    pub fn run(mut self, failed: &Failed<'_, '_>) -> Option<Left> {
        self.beside.outside?;
        // What may be apart is no difference: the cell is all of it, but for rounding.
        let is_rounding = matches!(failed.comparison.allowance, Allowance::Rounding(_));
        let missed = |amount: Interval| if is_rounding { amount } else { midpoint(amount) };
        let missing = failed.missing()?;
        let mut found = Vec::new();
        for (sum, amount) in &missing {
            found.extend(self.of_sum(sum.step, &missed(amount.clone()), failed)?);
        }
        let is_of_rows = missing.iter().any(|(sum, _)| is_aggregate(sum.step));
        if let Some((amount, column)) = failed.missing_term().filter(|_| !is_of_rows) {
            let amount = missed(amount);
            let left = match column {
                Some(column) => self.rows(column, &amount, failed)?,
                None => self.columns(&amount, failed),
            };
            found.extend(left);
        }
        let only = found.pop()?;
        found.is_empty().then_some(only)
    }

    /// The only row beside a sum that is this amount; the outer none where several are.
    fn of_sum(
        &mut self,
        step: &Step<'_>,
        amount: &Interval,
        failed: &Failed<'_, '_>,
    ) -> Option<Option<Left>> {
        let Op::Aggregate { state, slot, .. } = step.bound.op else { return Some(None) };
        let env = self.proof.env;
        let StateDef::Groups(def) = env.shared.defs.all.get(state)? else { return None };
        let of_slot = def.slots.get(slot)?;
        let column = (def.table, term_column(&of_slot.args));
        let Some(mut left) = self.rows(column, amount, failed)? else { return Some(None) };
        let row = left.figure.cell.row;
        let located = self.finders.get_mut(def.table)?.row(row)?;
        let units = [UnitRow::Located(&located.row, def.table)];
        let at = At { units: &units, row, window: &[], ..*env };
        let is_chosen = [&def.filter, &of_slot.filter].iter().all(|f| chooses(f.as_ref(), &at));
        let is_other = is_chosen && of_slot.residual.is_none();
        left.why = if is_other { Why::Group } else { Why::Where };
        Some(Some(left))
    }

    /// The only row that holds this amount in a column, of those that are not compared; the outer none
    /// where several do.
    fn rows(
        &mut self,
        (table, column): Column,
        amount: &Interval,
        failed: &Failed<'_, '_>,
    ) -> Option<Option<Left>> {
        let all = self.beside.outside.and_then(|outside| outside.columns.get(&(table, column)));
        let Some(all) = all else { return Some(None) };
        let allowed = cells_of_allowance(failed);
        let own = failed.cells.iter().map(|figure| figure.cell).chain(allowed);
        let own: BTreeSet<Cell> = own.collect();
        let is_outside = |row: &RowId| !own.contains(&Cell { table, row: *row, column });
        let ways = all.values().flatten().filter(|row| is_outside(row)).count() as u64;
        let (low, high) = (amount.lo.at()?, amount.hi.at()?);
        let near = all.range(low..=high).filter(|(value, _)| amount.contains(value));
        let pivoted = self.pivoted((table, column), &own);
        let mut found = Vec::new();
        for row in near.flat_map(|(_, rows)| rows).copied().filter(is_outside) {
            let Some(located) = self.finders.get_mut(table).and_then(|f| f.row(row)) else {
                continue;
            };
            let is_other =
                |(names, of): &(usize, String)| located.row.texts.get(*names) != Some(of);
            if pivoted.as_ref().is_some_and(is_other) {
                continue;
            }
            let name = row_name(self.job, table, &located.row.texts);
            let figure = self.figure(Cell { table, row, column }, name, &located);
            let figure = figure.filter(|figure| !self.holds_elsewhere(figure, failed));
            found.extend(figure.map(|figure| self.left(figure, ways)));
        }
        let only = found.pop();
        found.is_empty().then_some(only)
    }

    /// Where columns became rows, and all cells that are compared are of one of them: the column of names, and its name.
    fn pivoted(
        &mut self,
        (table, column): Column,
        own: &BTreeSet<Cell>,
    ) -> Option<(usize, String)> {
        let names = names::column(self.job.tables.get(table)?)?;
        let finder = self.finders.get_mut(table)?;
        let rows = own.iter().filter(|cell| (cell.table, cell.column) == (table, column));
        let mut of = BTreeSet::new();
        for cell in rows.take(MOST_COLUMNS) {
            of.extend(finder.row(cell.row)?.row.texts.get(names).cloned());
        }
        let only = of.pop_first()?;
        of.is_empty().then_some((names, only))
    }

    fn left(&self, figure: CellFigure, ways: u64) -> Left {
        let at = place::words(self.files, &figure.place);
        Left { figure, at, why: Why::List, ways }
    }

    /// Whether a cell is where it belongs by what the same assertion asks elsewhere.
    fn holds_elsewhere(&self, figure: &CellFigure, failed: &Failed<'_, '_>) -> bool {
        let demand = (failed.of.0.index(), failed.of.1.index());
        let met = self.beside.shared.and_then(|s| Some((s, s.met.get(&spot(figure))?)));
        met.is_some_and(|(shared, at)| {
            let equations = at.iter().filter_map(|(n, _)| shared.equations.get(*n));
            equations.into_iter().any(|e| e.finding.is_none() && e.demand == demand)
        })
    }

    /// The only column of the row at hand that is this amount, of those that are in no comparison.
    fn columns(&self, amount: &Interval, failed: &Failed<'_, '_>) -> Option<Left> {
        let (table, located) = self.proof.row?;
        let info = self.job.tables.get(table).filter(|info| info.old_of.is_none())?;
        if info.columns.len() > MOST_COLUMNS {
            return None;
        }
        let cell = |column| Cell { table, row: located.id, column };
        let allowed = cells_of_allowance(failed);
        let is_used = |column| {
            let cell = cell(column);
            failed.cells.iter().any(|figure| figure.cell == cell) || allowed.contains(&cell)
        };
        // A column that no rule names is not read as figures.
        let is_figure =
            |ty| matches!(ty, Type::Number | Type::Integer | Type::Percent | Type::Text);
        let (mut ways, mut found) = (0, Vec::new());
        for (column, of) in info.columns.iter().enumerate() {
            let is_key = info.key.contains(&column);
            if of.absent || is_key || is_used(column) || !is_figure(of.reading.ty) {
                continue;
            }
            let Some(figure) = self.figure(cell(column), of.name.clone(), located) else {
                continue;
            };
            let value = &figure.figure.value;
            ways += 1;
            if !figure.figure.withheld && !value.is_zero() && amount.contains(value) {
                found.push(figure);
            }
        }
        let figure = found.pop().filter(|_| found.is_empty())?;
        Some(self.left(figure, ways))
    }

    fn figure(&self, cell: Cell, name: String, located: &Located) -> Option<CellFigure> {
        let info = self.job.tables.get(cell.table)?;
        let of = info.columns.get(cell.column)?;
        let (text, place): (String, Place) = labels::of_cell(self.job, self.files, cell, located)?;
        let (figure, ty) = read_figure(info, cell.column, located)?;
        let reliability = of.reliability;
        Some(CellFigure { cell, name, text, place, figure, ty, reliability, stored: None })
    }
}

/// The cells that say how far the sides may be apart: they are no part of either.
fn cells_of_allowance(failed: &Failed<'_, '_>) -> Vec<Cell> {
    let mut cells = Vec::new();
    if let Some(amount) = failed.comparison.amount {
        amount.walk(&mut |step| cells.extend(step.cell));
    }
    cells
}

/// What is half way between the ends of a range, where it has two.
fn midpoint(range: Interval) -> Interval {
    let half = Number::decimal(5, 1);
    let middle = range.lo.at().zip(range.hi.at()).map(|(low, high)| &(low + high) * &half);
    middle.map_or(range, Interval::point)
}

/// A cell read as a figure: a column that no rule names is not read so otherwise.
pub(crate) fn read_figure(
    info: &Table,
    column: usize,
    located: &Located,
) -> Option<(Figure, Type)> {
    let reading = info.reading(located.row.pivot, column)?;
    let ty = if reading.ty == Type::Text { Type::Number } else { reading.ty };
    let reading = Reading { ty, ..reading.clone() };
    let value = read(&reading, located.row.texts.get(column)?, false);
    Some((value.figure()?.clone(), ty))
}
