//! Comparisons of figures as linear equations, from their traces.

use crate::explain::Item;
use crate::explain::equation::{Cell, Constraint, Operand};
use crate::explain::formula::Formula;
use crate::expr::bind::linear;
use crate::expr::bound::{Allowance, Linear, LinearTerm};
use crate::findings::solved::CellFigure;
use crate::findings::trace::{Comparison, Step};
use crate::value::{Figure, Interval, Number};

/// A row of a sum.
pub struct Part {
    /// What the row is called; may be empty.
    pub name: String,
    /// What it adds, as it is written.
    pub text: String,
    /// What it adds.
    pub figure: Figure,
    /// The cell that this is read from.
    pub cell: Option<Cell>,
    /// Else what it is computed of, where that is cells.
    pub made: Option<Made>,
}

/// What a row adds to a sum, computed of several of its cells.
pub struct Made {
    /// By the places of the cells.
    pub formula: Formula,
    pub cells: Vec<(Cell, Number)>,
}

impl Part {
    /// Whether it is known of which cells it is made.
    pub fn is_of_cells(&self) -> bool {
        self.cell.is_some() || self.made.is_some()
    }

    /// The cells that it is computed of.
    pub fn cells_within(&self) -> impl Iterator<Item = Cell> {
        self.made.iter().flat_map(|made| &made.cells).map(|(cell, _)| *cell)
    }
}

/// A sum with the rows that are at hand, or the figure of the one row that there is.
pub struct Sum<'s, 't> {
    pub step: &'s Step<'t>,
    /// Whether it is a sum; the row that `only` takes is no item that could be missing or counted twice.
    pub adds: bool,
    /// Its first rows.
    pub parts: Vec<Part>,
    /// How many rows it has.
    pub count: u64,
    /// How many others have no value.
    pub missing: u64,
    /// The cell that has none, where that is one.
    pub blank: Option<CellFigure>,
}

/// Left minus right: a constant, and steps with their factors.
struct Form<'s, 't> {
    constant: Number,
    terms: Vec<(Number, &'s Step<'t>)>,
}

impl Form<'_, '_> {
    fn range(self) -> Option<Interval> {
        let mut total = Interval::point(self.constant);
        for (factor, step) in &self.terms {
            total = total.add(&step.value.figure()?.interval().scale(factor));
        }
        Some(total)
    }
}

fn form<'s, 't>(linear: Linear, sides: &[&'s Step<'t>]) -> Option<Form<'s, 't>> {
    let step = |term: &LinearTerm| {
        Some((term.factor.clone(), sides.iter().find_map(|s| s.find(&term.atom))?))
    };
    let terms = linear.terms.iter().map(step).collect::<Option<_>>()?;
    Some(Form { constant: linear.constant, terms })
}

fn difference<'s, 't>(c: &Comparison<'s, 't>) -> Option<Form<'s, 't>> {
    form(linear::difference(c.left.bound, c.right.bound)?, &[c.left, c.right])
}

/// What left minus right could be by the precision of what is compared, each figure widened once.
pub fn spread(c: &Comparison<'_, '_>) -> Option<Interval> {
    difference(c)?.range()
}

/// What a side could be, each figure widened once; none where all of them are exact.
pub fn range(side: &Step<'_>) -> Option<Interval> {
    let form = form(linear::of(side.bound), &[side])?;
    let figures = form.terms.iter().map(|(_, step)| step.value.figure());
    figures.into_iter().flatten().find(|f| f.range.is_some())?;
    form.range()
}

/// What left minus right may be for a comparison with `=` to hold.
fn allowed(c: &Comparison<'_, '_>, residual: &Number) -> Option<Interval> {
    let around = |amount: Number| Interval::closed(-&amount, amount);
    Some(match c.allowance {
        Allowance::Exact => Interval::point(Number::default()),
        Allowance::Rounding(_) => Interval::point(residual.clone()).sub(&spread(c)?),
        Allowance::Relative(share) => around(share * &c.right.value.figure()?.value.abs()),
        Allowance::Absolute(_) => around(c.amount?.value.figure()?.value.abs()),
    })
}

/// Operands as they are found, with words for those that are rows of a sum.
struct Operands<'o, 's, 't> {
    sums: &'o [Sum<'s, 't>],
    constant: Number,
    operands: Vec<Operand>,
    items: Vec<Item>,
    count: u64,
}

impl Operands<'_, '_, '_> {
    fn form(&mut self, form: &Form<'_, '_>, factor: &Number) -> Option<()> {
        self.constant = &self.constant + &(factor * &form.constant);
        form.terms.iter().try_for_each(|(by, step)| self.step(step, &(factor * by)))
    }

    fn step(&mut self, step: &Step<'_>, factor: &Number) -> Option<()> {
        if let Some(taken) = step.taken() {
            return self.form(&form(linear::of(taken.bound), &[taken])?, factor);
        }
        match self.sums.iter().find(|s| std::ptr::eq(s.step.bound, step.bound)) {
            Some(sum) => {
                for part in &sum.parts {
                    let item = || Item {
                        name: part.name.clone(),
                        text: part.text.clone(),
                        amount: factor * &part.figure.value,
                        cell: part.cell,
                    };
                    self.items.extend(sum.adds.then(item));
                    self.operand(part.cell, factor, &part.figure);
                }
                self.count += sum.count;
            }
            None => {
                let figure = step.value.figure()?;
                self.operand(step.cell, factor, figure);
                self.count += 1;
            }
        }
        Some(())
    }

    fn operand(&mut self, cell: Option<Cell>, factor: &Number, figure: &Figure) {
        self.operands.push(Operand { cell, factor: factor.clone(), value: figure.value.clone() });
    }
}

/// The constraint of a comparison with `=` of two numbers, and those of its operands that are rows
/// of sums.
pub fn constraint(c: &Comparison<'_, '_>, sums: &[Sum<'_, '_>]) -> Option<(Constraint, Vec<Item>)> {
    let residual = &c.left.value.figure()?.value - &c.right.value.figure()?.value;
    let mut all = Operands {
        sums,
        constant: Number::default(),
        operands: Vec::new(),
        items: Vec::new(),
        count: 0,
    };
    all.form(&difference(c)?, &Number::from(1i64))?;
    let allowed = allowed(c, &residual)?;
    let constraint = Constraint {
        constant: all.constant,
        operands: all.operands,
        count: all.count,
        holds: allowed.contains(&residual),
        allowed,
        residual,
    };
    Some((constraint, all.items))
}

/// The factors by which sums of rows enter left minus right.
pub fn factors<'a, 's, 't>(
    c: &Comparison<'_, '_>,
    sums: &'a [Sum<'s, 't>],
) -> Option<Vec<(&'a Sum<'s, 't>, Number)>> {
    let of = |(factor, step): &(Number, &Step<'_>)| {
        let sum = sums.iter().find(|sum| sum.adds && std::ptr::eq(sum.step.bound, step.bound))?;
        Some((sum, factor.clone()))
    };
    Some(difference(c)?.terms.iter().filter_map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::bound::{Bound, Op};
    use crate::expr::tree::{Arith, Cmp};
    use crate::source::RowId;
    use crate::value::{Rounding, Type, Value};

    fn figure(text: &str) -> Figure {
        Figure::implied(Number::parse(text).expect("a number"), 1, Rounding::Nearest)
    }

    fn number(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    #[test]
    fn a_sum_enters_by_its_rows() {
        let bound = |op: Op, at: usize| Bound { op, ty: Type::Number, span: at..at + 1 };
        let cell = |column| bound(Op::Cell { unit: 0, column, ranges: true }, column);
        let (stated, sum) = (cell(0), cell(1));
        let two = bound(Op::Const(Value::number(number("2"))), 2);
        let twice = bound(Op::Arith(Arith::Mul, two.clone().into(), sum.clone().into()), 3);
        let step = |bound, args, value| Step { bound, args, value, cell: None };
        let left = step(&stated, vec![], Value::Number(figure("12.1")));
        let factor = step(&two, vec![], Value::number(number("2")));
        let parts = step(&sum, vec![], Value::Number(figure("6.0")));
        let right = step(&twice, vec![factor, parts], Value::Number(figure("12.0")));
        let at = Cell { table: 0, row: RowId(7), column: 1 };
        let part = |name: &str, text: &str| Part {
            name: name.into(),
            text: text.into(),
            figure: figure(text),
            cell: Some(at),
            made: None,
        };
        let Some(step) = right.args.get(1) else { panic!("the sum is an operand") };
        let sums = [Sum {
            step,
            adds: true,
            parts: vec![part("A", "2.5"), part("B", "3.5")],
            count: 9,
            missing: 0,
            blank: None,
        }];
        let made = |allowance: &Allowance| {
            let (left, right) = (&left, &right);
            let c = Comparison {
                op: Cmp::Eq,
                left,
                right,
                allowance,
                amount: None,
                is_of_shares: false,
            };
            constraint(&c, &sums).expect("a constraint")
        };
        let (exact, items) = made(&Allowance::Exact);
        assert_eq!((exact.residual.clone(), exact.holds, exact.count), (number("0.1"), false, 10));
        let factors: Vec<Number> = exact.operands.iter().map(|o| o.factor.clone()).collect();
        assert_eq!(factors, ["1", "-2", "-2"].map(number));
        assert_eq!(
            exact.operands.iter().map(|o| o.cell).collect::<Vec<_>>(),
            [None, Some(at), Some(at)]
        );
        assert_eq!(
            items.iter().map(|i| i.amount.clone()).collect::<Vec<_>>(),
            ["-5", "-7"].map(number)
        );
        let (rounded, _) = made(&Allowance::Rounding(None));
        assert!(rounded.holds, "0.05 and twice 0.05 are allowed");
        assert!(rounded.allowed.contains(&number("0.15")));
        assert!(!rounded.allowed.contains(&number("0.16")));
    }
}
