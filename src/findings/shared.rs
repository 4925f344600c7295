//! Equations that share cells.

use std::collections::BTreeMap;

use crate::explain::Effect;
use crate::findings::solved::{CellFigure, Solved};
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

/// One of the cells of an equation: its equation, and its place in that.
pub(crate) type At = (usize, usize);

/// Where a cell stands.
pub(crate) type Spot = (FileId, u64, u64);

/// Where a figure stands.
pub(crate) fn spot(figure: &CellFigure) -> Spot {
    let at = figure.place.at;
    (at.file(), at.span().start, at.span().end)
}

/// Equations, failing ones and those that hold, with the cells that they share.
pub(crate) struct Shared {
    pub equations: Vec<Equation>,
    /// Where each cell is met, by where it stands: a table may be read in several shapes.
    pub met: BTreeMap<Spot, Vec<At>>,
}

impl Shared {
    /// Finds the cells of some equations.
    pub fn new(equations: Vec<Equation>) -> Shared {
        let mut met: BTreeMap<Spot, Vec<At>> = BTreeMap::new();
        for (n, equation) in equations.iter().enumerate() {
            for (i, figure) in equation.solved.cells.iter().enumerate() {
                met.entry(spot(figure)).or_default().push((n, i));
            }
        }
        Shared { equations, met }
    }

    /// What another figure in a cell of an equation does to all others.
    pub fn effect(
        &self,
        (demand, solved): ((usize, usize), &Solved),
        index: usize,
        value: &Number,
    ) -> Effect {
        let spots = |s: &Solved| s.cells.iter().map(spot).collect::<Vec<Spot>>();
        let is_own = |e: &Equation| e.demand == demand && spots(&e.solved) == spots(solved);
        let at = solved.cells.get(index).and_then(|figure| self.met.get(&spot(figure)));
        let mut effect = Effect::default();
        for &(n, i) in at.into_iter().flatten() {
            let Some(equation) = self.equations.get(n).filter(|e| !is_own(e)) else { continue };
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
