//! What probably went wrong where figures do not add up: words, and the cells that may be wrong.

use std::collections::BTreeSet;

use crate::explain::equation::Cell;
use crate::explain::{self, Effect};
use crate::expr::bound::{Allowance, Op};
use crate::expr::eval::Verdict;
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::tree::Cmp;
use crate::findings::about::Proof;
use crate::findings::equations::{Sum, equation};
use crate::findings::figures::Style;
use crate::findings::inverse::would_be;
use crate::findings::roles::Standing;
use crate::findings::shared::Shared;
use crate::findings::solved::{CellFigure, Solved, unknown};
use crate::findings::trace::{Comparison, Trace};
use crate::report::Suspect;
use crate::value::{Figure, Interval, Number};

/// What is said of an equation that does not hold.
#[derive(Default)]
pub struct Explanation {
    pub words: Option<String>,
    pub suspects: Vec<Suspect>,
}

/// Cells that are named.
const MOST_SUSPECTS: usize = 3;

/// An equation that does not hold, with all that it was made of.
pub struct Failed<'f, 'm> {
    pub comparison: &'f Comparison<'m, 'm>,
    pub of: (CheckId, AssertionId),
    pub sums: &'f [Sum<'m, 'm>],
    pub cells: &'f [CellFigure],
    pub standings: [Standing<'f, 'm>; 2],
    pub style: Style,
}

impl Failed<'_, '_> {
    /// What auditors try first, then the cells that one slip explains.
    pub fn explain(&self, proof: &Proof<'_>, shared: Option<&Shared>) -> Option<Explanation> {
        let (x, y) = self.sides()?;
        let made = equation(self.of, self.comparison, self.sums);
        debug_assert!(made.as_ref().is_none_or(|(e, _)| agrees(&proof.trace, e.holds)));
        let solved = made.as_ref().map(|(equation, _)| self.solved(&equation.allowed));
        let solved = solved.unwrap_or_default();
        let mut items = made.map(|(_, items)| items).unwrap_or_default();
        let swapped = match &self.standings {
            [Standing::Stated(_), Standing::Follows] => false,
            [Standing::Follows, Standing::Stated(_)] => true,
            _ => x.value > y.value,
        };
        let (stated, follows) = if swapped { (y, x) } else { (x, y) };
        if swapped {
            items.iter_mut().for_each(|i| i.amount = -&i.amount);
        }
        let demand = (self.of.0.index(), self.of.1.index());
        let others = |index: usize, value: &Number| {
            shared.map_or(Effect::default(), |s| s.effect((demand, &solved), index, value))
        };
        let found = explain::suspects(&solved.unknowns, &others);
        let by_an_item = explain::by_an_item(&stated.value, &follows.value, &items);
        let is_explained = by_an_item.is_some();
        let words = by_an_item
            .or_else(|| self.forgotten_rounding(proof, &(&x.value - &y.value)))
            .or_else(|| solved.words(&found))
            .or_else(|| explain::by_unit(&stated.value, &follows.value));
        let shown = found.iter().take(MOST_SUSPECTS);
        let mut suspects: Vec<Suspect> = shown.filter_map(|s| solved.suspect(s)).collect();
        // Where an item explains it as well, no cell is likely.
        suspects.iter_mut().for_each(|s| s.is_likely &= !is_explained);
        Some(Explanation { words, suspects })
    }

    /// What an equation compares; none where it is no equation of figures that are known.
    fn sides(&self) -> Option<(&Figure, &Figure)> {
        let c = self.comparison;
        let sides = c.left.value.figure().zip(c.right.value.figure());
        sides.filter(|(x, y)| c.op == Cmp::Eq && !x.withheld && !y.withheld)
    }

    /// What each cell would be.
    pub fn solve(&self) -> Option<Solved> {
        self.sides()?;
        let (equation, _) = equation(self.of, self.comparison, self.sums)?;
        Some(self.solved(&equation.allowed))
    }

    fn solved(&self, allowed: &Interval) -> Solved {
        let mut solved = Solved { style: self.style, ..Solved::default() };
        if self.sums.iter().any(|s| s.count > s.parts.len() as u64) {
            // What is not at hand could explain it as well.
            return solved;
        }
        let mut seen = BTreeSet::new();
        for figure in self.cells.iter().filter(|figure| seen.insert(figure.cell)) {
            let range = would_be(self.comparison, self.sums, figure.cell, allowed);
            // Without an end, such as beside "more than", nearly any figure would do.
            let has_ends = |r: &Interval| r.lo.at().is_some() && r.hi.at().is_some();
            if let Some(range) = range.filter(has_ends) {
                solved.unknowns.push(unknown(figure, &range));
                solved.cells.push(figure.clone());
            }
        }
        solved
    }

    /// Whether rounding the stated figure to its written digits explains the difference.
    fn forgotten_rounding(&self, proof: &Proof<'_>, difference: &Number) -> Option<String> {
        let c = self.comparison;
        let exact = matches!(c.allowance, Allowance::Exact);
        let computed = [c.left, c.right].iter().any(|s| !s.args.is_empty());
        let (table, located) = proof.row?;
        let cells = [c.left, c.right].into_iter().filter_map(|s| s.cell);
        let is_own = |cell: &Cell| (cell.table, cell.row) == (table, located.id);
        let stated = cells.into_iter().find(is_own).filter(|_| exact && computed)?;
        let text = located.row.texts.get(stated.column)?;
        let digits = text.rsplit_once(['.', ',']).map(|(_, digits)| digits)?;
        let decimals = digits.bytes().take_while(u8::is_ascii_digit).count();
        let half = Number::decimal(5, i32::try_from(decimals).ok()? + 1);
        (difference.abs() <= half)
            .then(|| format!("{text} is the same, rounded: add `within rounding` if it may be"))
    }
}

/// Whether the equation of an assertion that is a single comparison comes to the same verdict.
fn agrees(trace: &Trace<'_>, holds: bool) -> bool {
    !matches!(trace.root.bound.op, Op::Compare { .. }) || holds == (trace.verdict == Verdict::Holds)
}
