//! Equations that share cells.

use std::collections::{BTreeMap, BTreeSet};

use crate::explain::Effect;
use crate::findings::solved::{CellFigure, Solved, factor};
use crate::report::At as Place;
use crate::source::FileId;
use crate::value::Number;

/// An equation that was solved.
pub(crate) struct Equation {
    /// The number of its finding; none where it holds.
    pub finding: Option<usize>,
    /// What is asked: the check, and the assertion within it.
    pub demand: (usize, usize),
    pub solved: Solved,
}

impl Equation {
    /// Whether it is this one, or asks the same cells once more.
    fn is(&self, demand: (usize, usize), solved: &Solved) -> bool {
        if self.demand == demand {
            return self.solved.cells.iter().map(spot).eq(solved.cells.iter().map(spot));
        }
        let is_known = self.solved.is_whole && solved.is_whole;
        is_known
            && self.solved.cells.len() == solved.cells.len()
            && self.all_cells() == all_cells(solved)
    }

    /// All cells, of which some may not be solved for.
    pub fn all_cells(&self) -> BTreeSet<Spot> {
        all_cells(&self.solved)
    }
}

fn all_cells(solved: &Solved) -> BTreeSet<Spot> {
    solved.cells.iter().chain(&solved.unsolved).map(spot).collect()
}

/// One of the cells of an equation: its equation, and its place in that.
pub(crate) type At = (usize, usize);

/// Where a cell stands: the file and its bytes, else the row and the column of a table.
pub(crate) type Spot = (FileId, u64, u64, Option<usize>);

/// Where a figure stands.
pub(crate) fn spot(figure: &CellFigure) -> Spot {
    let at = figure.place.at;
    match (at, at.span()) {
        // Readers may number rows alone, or nothing.
        (Place::Record { column: Some(column), .. }, span) => {
            (at.file(), span.start, span.end, Some(column as usize))
        }
        (_, span) if span.is_empty() => by_row(figure),
        (_, span) => (at.file(), span.start, span.end, None),
    }
}

/// Where a cell stands that has no text, but between two signs of its file.
pub(crate) fn spot_of_blank(figure: &CellFigure) -> Spot {
    let (at, span) = (figure.place.at, figure.place.at.span());
    match at {
        Place::Bytes { .. } if span.start > 0 => (at.file(), span.start, span.end, None),
        _ => spot(figure),
    }
}

fn by_row(figure: &CellFigure) -> Spot {
    let cell = figure.cell;
    (figure.place.at.file(), cell.row.0, cell.column as u64, Some(cell.table))
}

/// Equations, failing ones and those that hold, with the cells that they share.
pub(crate) struct Shared {
    pub equations: Vec<Equation>,
    /// Inequalities that their cells are in.
    pub bounds: Vec<Equation>,
    /// Where each cell is met, by where it stands: a table may be read in several shapes.
    pub met: BTreeMap<Spot, Vec<At>>,
    /// The same in inequalities.
    bounded: BTreeMap<Spot, Vec<At>>,
    /// Equations by the cells without a value that their sums leave out.
    pub blanks: BTreeMap<Spot, Vec<usize>>,
}

/// Where each cell is met in some equations.
fn met(equations: &[Equation]) -> BTreeMap<Spot, Vec<At>> {
    let mut met: BTreeMap<Spot, Vec<At>> = BTreeMap::new();
    for (n, equation) in equations.iter().enumerate() {
        for (i, figure) in equation.solved.cells.iter().enumerate() {
            met.entry(spot(figure)).or_default().push((n, i));
        }
    }
    met
}

impl Shared {
    /// Finds the cells of some equations and inequalities.
    pub fn new(equations: Vec<Equation>, bounds: Vec<Equation>) -> Shared {
        let (met, bounded) = (met(&equations), met(&bounds));
        let mut blanks: BTreeMap<Spot, Vec<usize>> = BTreeMap::new();
        for (n, equation) in equations.iter().enumerate() {
            for figure in &equation.solved.blanks {
                blanks.entry(spot_of_blank(figure)).or_default().push(n);
            }
        }
        Shared { equations, bounds, met, bounded, blanks }
    }

    /// Whether all others that leave out a cell without a value would hold if it held this.
    pub fn agree(
        &self,
        (demand, solved): ((usize, usize), &Solved),
        blank: &CellFigure,
        value: &Number,
    ) -> bool {
        let of_cell = self.blanks.get(&spot_of_blank(blank)).into_iter().flatten();
        let others = of_cell.filter_map(|n| self.equations.get(*n));
        let would_hold = |e: &Equation| match &e.solved.blank {
            Some((_, unknown)) => e.finding.is_some() && unknown.would_be.contains(value),
            None => false,
        };
        others.into_iter().filter(|e| !e.is(demand, solved)).all(would_hold)
    }

    /// An equation or an inequality, by whether it is the latter and its number.
    pub fn of(&self, (is_bound, n): (bool, usize)) -> Option<&Equation> {
        if is_bound { self.bounds.get(n) } else { self.equations.get(n) }
    }

    /// All that a cell is in, and its place in each.
    pub fn at(&self, spot: &Spot) -> impl Iterator<Item = ((bool, usize), usize)> {
        let of = |met: &'_ BTreeMap<Spot, Vec<At>>| met.get(spot).cloned().unwrap_or_default();
        let equations = of(&self.met).into_iter().map(|(n, i)| ((false, n), i));
        equations.chain(of(&self.bounded).into_iter().map(|(n, i)| ((true, n), i)))
    }

    /// Whether all that these cells are in holds with other figures in them.
    pub fn hold_with(&self, changes: &[(Spot, Number)]) -> bool {
        let mut changed: BTreeMap<(bool, usize), Vec<(usize, Number)>> = BTreeMap::new();
        for (spot, value) in changes {
            for (key, i) in self.at(spot) {
                changed.entry(key).or_default().push((i, value.clone()));
            }
        }
        let holds = |(key, changes): (&(bool, usize), &Vec<(usize, Number)>)| {
            self.of(*key).is_some_and(|equation| equation.solved.holds_with(changes))
        };
        changed.iter().all(holds)
    }

    /// How many inequalities that hold other figures in several cells would break.
    fn breaks_bounds(&self, solved: &Solved, changes: &[(usize, Number)]) -> u32 {
        let mut changed: BTreeMap<usize, Vec<(usize, Number)>> = BTreeMap::new();
        for (index, value) in changes {
            let at = solved.cells.get(*index).and_then(|figure| self.bounded.get(&spot(figure)));
            for &(n, i) in at.into_iter().flatten() {
                changed.entry(n).or_default().push((i, value.clone()));
            }
        }
        let breaks = |(n, changes): &(usize, Vec<(usize, Number)>)| {
            let bound = self.bounds.get(*n).filter(|bound| bound.finding.is_none());
            bound.is_some_and(|bound| !bound.solved.holds_with(changes))
        };
        let broken = changed.into_iter().filter(breaks).count();
        u32::try_from(broken).unwrap_or(u32::MAX)
    }

    /// What other figures in several cells of an equation do to all others, as the cells hold them; with
    /// how many others of these cells fail then as they do now.
    pub fn effect_of_all(
        &self,
        (demand, solved): ((usize, usize), &Solved),
        changes: &[(usize, Number)],
    ) -> (Effect, u32) {
        let mut changed: BTreeMap<usize, Vec<(usize, Number)>> = BTreeMap::new();
        for (index, value) in changes {
            let at = solved.cells.get(*index).and_then(|figure| self.met.get(&spot(figure)));
            for &(n, i) in at.into_iter().flatten() {
                changed.entry(n).or_default().push((i, value.clone()));
            }
        }
        let breaks = self.breaks_bounds(solved, changes);
        let (mut effect, mut still) = (Effect { mends: 0, breaks }, 0);
        for (n, changes) in changed {
            let other = self.equations.get(n).filter(|e| !e.is(demand, solved));
            let Some(equation) = other else { continue };
            match (equation.finding.is_some(), equation.solved.holds_with(&changes)) {
                (true, true) => effect.mends += 1,
                (true, false) => still += 1,
                (false, false) => effect.breaks += 1,
                (false, true) => {}
            }
        }
        (effect, still)
    }

    /// What another figure in a cell of an equation does to all others.
    pub fn effect(
        &self,
        (demand, solved): ((usize, usize), &Solved),
        index: usize,
        value: &Number,
    ) -> Effect {
        let at = solved.cells.get(index).and_then(|figure| self.met.get(&spot(figure)));
        let ty = solved.cells.get(index).map(|figure| factor(figure.ty));
        let raw = ty.and_then(|factor| value.checked_div(&factor)).unwrap_or_default();
        let breaks = self.breaks_bounds(solved, &[(index, raw)]);
        let mut effect = Effect { mends: 0, breaks };
        for &(n, i) in at.into_iter().flatten() {
            let Some(equation) = self.equations.get(n).filter(|e| !e.is(demand, solved)) else {
                continue;
            };
            let Some(unknown) = equation.solved.unknowns.get(i) else { continue };
            match (equation.finding.is_some(), unknown.would_be.contains(value)) {
                (true, true) => effect.mends += 1,
                (false, false) => effect.breaks += 1,
                _ => {}
            }
        }
        effect
    }
}
