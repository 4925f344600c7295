//! An assertion as a linear equation of the figures that it compares: what is off, and by which
//! figure it could be mended. Pure.

use std::collections::BTreeMap;

use crate::source::RowId;
use crate::value::{Interval, Number};

/// A cell of a row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub table: usize,
    pub row: RowId,
    pub column: usize,
}

/// A figure that enters an equation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// The cell that it was read from; none where it was computed from several.
    pub cell: Option<Cell>,
    /// How it enters.
    pub factor: Number,
    pub value: Number,
}

/// What an assertion asks of its figures: `constant + factor * value + …` within what is allowed.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// What no operand changes.
    pub constant: Number,
    /// The operands at hand, in order of writing and of rows.
    pub operands: Vec<Operand>,
    /// How many operands there are in all.
    pub count: u64,
    /// What the residual may be.
    pub allowed: Interval,
    /// Left minus right.
    pub residual: Number,
    /// Whether the assertion holds.
    pub holds: bool,
}

/// One of the cells of an equation, by its place among them, with how it enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub at: usize,
    pub factor: Number,
    pub value: Number,
}

/// A constraint that each of the cells enters by a factor and no other way.
#[derive(Debug, Clone)]
pub struct Linear {
    /// In order, each cell once.
    pub terms: Vec<Term>,
    /// What no figure changes; none where figures enter that are not read from a cell.
    pub constant: Option<Number>,
    pub residual: Number,
    pub allowed: Interval,
}

impl Linear {
    /// A constraint by these cells; none where one of them enters in another way.
    pub fn of(constraint: &Constraint, cells: &[Cell]) -> Option<Linear> {
        let places: BTreeMap<Cell, usize> = cells.iter().copied().zip(0..).collect();
        let mut terms: BTreeMap<usize, (usize, Term)> = BTreeMap::new();
        let mut constant = Some(constraint.constant.clone());
        for (order, operand) in constraint.operands.iter().enumerate() {
            let Some(&at) = operand.cell.and_then(|cell| places.get(&cell)) else {
                constant = None;
                continue;
            };
            let (factor, value) = (operand.factor.clone(), operand.value.clone());
            let zero = Term { at, factor: Number::default(), value };
            let (_, term) = terms.entry(at).or_insert((order, zero));
            term.factor = &term.factor + &factor;
        }
        let mut terms: Vec<(usize, Term)> = terms.into_values().collect();
        terms.sort_by_key(|(order, _)| *order);
        let terms: Vec<Term> = terms.into_iter().map(|(_, term)| term).collect();
        let (residual, allowed) = (constraint.residual.clone(), constraint.allowed.clone());
        (terms.len() == cells.len()).then_some(Linear { terms, constant, residual, allowed })
    }

    /// What one of the cells may be, all others as they are.
    pub fn would_be(&self, at: usize) -> Option<Interval> {
        let term = self.terms.iter().find(|term| term.at == at)?;
        let by = Number::from(1i64).checked_div(&term.factor)?;
        let change = self.allowed.sub(&Interval::point(self.residual.clone())).scale(&by);
        Some(change.add(&Interval::point(term.value.clone())))
    }

    /// The same by the figures as they are written, whatever is allowed.
    pub fn would_be_exactly(&self, at: usize) -> Option<Number> {
        let term = self.terms.iter().find(|term| term.at == at)?;
        Some(&term.value - &self.residual.checked_div(&term.factor)?)
    }

    /// The same where another one is another figure.
    pub fn would_be_with(&self, at: usize, (other, value): (usize, &Number)) -> Option<Interval> {
        let factor = |at: usize| Some(&self.terms.iter().find(|term| term.at == at)?.factor);
        let own = self.terms.iter().find(|term| term.at == other)?;
        let change = (&own.factor * &(value - &own.value)).checked_div(factor(at)?)?;
        Some(self.would_be(at)?.sub(&Interval::point(change)))
    }

    /// Whether it holds with other figures in some cells.
    pub fn holds_with(&self, changes: &[(usize, Number)]) -> bool {
        let change = |term: &Term| {
            let (_, value) = changes.iter().find(|(at, _)| *at == term.at)?;
            Some(&term.factor * &(value - &term.value))
        };
        let all = self.terms.iter().filter_map(change);
        self.allowed.contains(&all.fold(self.residual.clone(), |sum, change| &sum + &change))
    }

    /// What enters alike, in order, where that is a list; with by how much it is too large.
    pub fn lists(&self) -> Vec<(Vec<&Term>, Interval)> {
        const LEAST: usize = 3;
        let mut lists: BTreeMap<&Number, Vec<&Term>> = BTreeMap::new();
        self.terms.iter().for_each(|term| lists.entry(&term.factor).or_default().push(term));
        let excess = Interval::point(self.residual.clone()).sub(&self.allowed);
        let with_excess = |(factor, list): (&Number, Vec<_>)| {
            let by = Number::from(1i64).checked_div(factor)?;
            (list.len() >= LEAST).then(|| (list, excess.scale(&by)))
        };
        lists.into_iter().filter_map(with_excess).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cell_would_be_follows_another_one_by_both_factors() {
        let n = |value: i64| Number::from(value);
        let term =
            |at: usize, factor: i64, value: i64| Term { at, factor: n(factor), value: n(value) };
        // 2 a + 3 b = c with 5, 4 and 20.
        let linear = Linear {
            terms: vec![term(0, 2, 5), term(1, 3, 4), term(2, -1, 20)],
            constant: Some(n(0)),
            residual: n(2),
            allowed: Interval::point(n(0)),
        };
        assert_eq!(linear.would_be(0), Some(Interval::point(n(4))));
        assert_eq!(linear.would_be_with(0, (1, &n(6))), Some(Interval::point(n(1))));
        assert_eq!(linear.would_be_with(2, (1, &n(6))), Some(Interval::point(n(28))));
    }
}
