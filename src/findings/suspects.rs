//! What probably went wrong where figures do not add up: words, and the cells that may be wrong.

use std::collections::BTreeSet;

use crate::explain::equation::Cell;
use crate::explain::{self, Effect, Slip, Unknown};
use crate::expr::bound::{Allowance, Op};
use crate::expr::eval::Verdict;
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::tree::Cmp;
use crate::findings::about::Proof;
use crate::findings::equations::{Sum, equation};
use crate::findings::figures::Style;
use crate::findings::inverse::would_be;
use crate::findings::roles::Standing;
use crate::findings::trace::{Comparison, Trace};
use crate::report::{Place, Suspect};
use crate::value::{Figure, Interval, Number, Type};
use crate::width::to_u32;

/// A cell that a figure of the working is read from.
#[derive(Clone)]
pub struct CellFigure {
    pub cell: Cell,
    /// What it is called.
    pub name: String,
    /// As it is written.
    pub text: String,
    pub place: Place,
    pub figure: Figure,
    pub ty: Type,
}

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
    pub fn explain(&self, proof: &Proof<'_>) -> Option<Explanation> {
        let c = self.comparison;
        let (x, y) = c.left.value.figure().zip(c.right.value.figure())?;
        if c.op != Cmp::Eq || x.withheld || y.withheld {
            return None;
        }
        let made = equation(self.of, c, self.sums);
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
        let found = explain::suspects(&solved.unknowns, &|_, _| Effect::default());
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

    /// What each cell would be.
    pub fn solve(&self) -> Option<Solved> {
        let c = self.comparison;
        let (x, y) = c.left.value.figure().zip(c.right.value.figure())?;
        if c.op != Cmp::Eq || x.withheld || y.withheld {
            return None;
        }
        let (equation, _) = equation(self.of, c, self.sums)?;
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
            if let Some(range) = would_be(self.comparison, self.sums, figure.cell, allowed) {
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

/// A failing equation, solved for each of its cells.
#[derive(Default)]
pub struct Solved {
    pub cells: Vec<CellFigure>,
    /// The cells in the digits that are written.
    pub unknowns: Vec<Unknown>,
    style: Style,
}

impl Solved {
    /// A cell that may be wrong, with its place.
    pub fn suspect(&self, s: &explain::Suspect) -> Option<Suspect> {
        let figure = self.cells.get(s.index)?;
        let would_be = written(&s.would_be, figure.ty);
        Some(Suspect {
            place: figure.place.clone(),
            name: figure.name.clone(),
            stated: figure.text.clone(),
            would_be: self.style.written(
                &s.would_be,
                self.unknowns.get(s.index)?.decimals,
                figure.ty,
            ),
            exact: would_be.to_text(),
            reason: s.slip.map(Slip::name),
            mends: s.effect.mends,
            breaks: s.effect.breaks,
            is_likely: s.likely,
        })
    }

    /// One of the cells with another figure in it, which other equations ask for as well.
    pub fn changed(
        &self,
        index: usize,
        (would_be, slip): (Number, Option<Slip>),
        effect: Effect,
    ) -> Option<Suspect> {
        let likely = slip.is_some();
        let (ways, is_rare) = (0, likely);
        self.suspect(&explain::Suspect { index, would_be, slip, effect, ways, is_rare, likely })
    }

    /// The cells that a slip explains, in words; nothing where there are too many to say anything.
    fn words(&self, suspects: &[explain::Suspect]) -> Option<String> {
        let said = |s: &explain::Suspect| {
            let Suspect { name, stated, would_be, .. } = self.suspect(s)?;
            Some((format!("{name} be {would_be} instead of {stated}"), s.slip?.words()))
        };
        let first = suspects.first()?;
        if first.likely {
            let Suspect { name, stated, would_be, .. } = self.suspect(first)?;
            let why = first.slip?.words();
            return Some(format!("{name} is likely {would_be}, not {stated} ({why})"));
        }
        let told: Vec<String> = explain::worth_asking(suspects)
            .into_iter()
            .filter_map(said)
            .map(|(change, why)| format!("{change} ({why})"))
            .collect();
        let (last, before) = told.split_last()?;
        Some(match before {
            [] => format!("should {last}?"),
            _ => format!("should {}, or {last}?", before.join(", ")),
        })
    }
}

/// What a percentage is written as, in its own digits.
fn factor(ty: Type) -> Number {
    Number::from(if ty == Type::Percent { 100i64 } else { 1 })
}

/// A figure in the digits that are written.
fn unknown(figure: &CellFigure, range: &Interval) -> Unknown {
    let by = factor(figure.ty);
    let value = &figure.figure.value * &by;
    let written = figure.text.rsplit_once(['.', ',']).map_or("", |(_, decimals)| decimals);
    let written = written.bytes().take_while(u8::is_ascii_digit).count();
    let decimals = value.decimals().unwrap_or_default();
    // A sign between thousands is no decimal point.
    let decimals = if written == 3 { decimals } else { decimals.max(to_u32(written)) };
    Unknown { value, decimals, would_be: range.scale(&by) }
}

/// A figure of such digits.
fn written(digits: &Number, ty: Type) -> Number {
    digits.checked_div(&factor(ty)).unwrap_or_default()
}

/// Whether the equation of an assertion that is a single comparison comes to the same verdict.
fn agrees(trace: &Trace<'_>, holds: bool) -> bool {
    !matches!(trace.root.bound.op, Op::Compare { .. }) || holds == (trace.verdict == Verdict::Holds)
}
