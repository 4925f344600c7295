//! Comparisons within rounding to operations.

use crate::engine::fast::expressions::columns::{is_even, is_exact};
use crate::engine::fast::expressions::compile::Compiler;
use crate::engine::fast::expressions::numbers::{extreme_of, rounding};
use crate::engine::fast::expressions::op::{Ends, Extreme, NodeId, Op, Part, Sound, Squares};
use crate::expr::bind::ty::is_numeric;
use crate::expr::bound::{Allowance, Bound, Linear, Op as Meaning};
use crate::expr::tree::{Arith, Cmp};
use crate::value::{Number, Type};

/// So many rounded figures make no difference within rounding that is unlikely: half the sum of their
/// units is not more than three standard deviations.
const FEW: usize = 3;

/// Functions whose value is exact where their arguments are.
const EXACT: [&str; 16] = [
    "abs", "round", "floor", "ceil", "least", "greatest", "change", "length", "year", "quarter",
    "month", "day", "weekday", "days", "months", "years",
];

/// A difference, and how far it may be off.
struct Difference {
    value: NodeId,
    ends: Ends,
    /// Of each figure that is not exact, half its unit times its factor, where that is known.
    halves: Option<Vec<NodeId>>,
    figures: usize,
}

impl Compiler<'_> {
    /// An assertion that is an equation within rounding: beside its verdict, how much that rests on
    /// rounding.
    pub(super) fn equation(&mut self, b: &Bound) -> Option<NodeId> {
        let Meaning::Compare {
            op: Cmp::Eq,
            left,
            right,
            allowance: Allowance::Rounding(Some(linear)),
        } = &b.op
        else {
            return None;
        };
        let difference = self.difference((left, right), Some(linear))?;
        let verdict = self.possibly(Cmp::Eq, &difference)?;
        let squares = match &difference.halves {
            _ if difference.figures <= FEW => Squares::Few,
            None => Squares::Unknown,
            Some(halves) => {
                let mut sum = self.add(Op::Fixed(0, 0));
                for half in halves {
                    let square = self.add(Op::Product(*half, *half));
                    sum = self.add(Op::Sum(sum, square));
                }
                Squares::Sum(sum)
            }
        };
        let saved = std::mem::replace(&mut self.wide, true);
        let sides = [self.number(left), self.number(right)];
        self.wide = saved;
        let sides = [sides[0]?, sides[1]?];
        let (difference, ends) = (difference.value, difference.ends);
        let sound = Sound { verdict, difference, ends, sides, squares };
        Some(self.add(Op::Sound(Box::new(sound))))
    }

    /// A comparison within rounding.
    pub(super) fn within_rounding(
        &mut self,
        op: Cmp,
        sides: (&Bound, &Bound),
        linear: Option<&Linear>,
    ) -> Option<NodeId> {
        let difference = self.difference(sides, linear)?;
        self.possibly(op, &difference)
    }

    /// Whether some number that the difference may be satisfies the comparison with zero.
    fn possibly(&mut self, op: Cmp, difference: &Difference) -> Option<NodeId> {
        let zero = self.add(Op::Fixed(0, 0));
        match (difference.ends, op) {
            // What is off by anything may differ.
            (_, Cmp::Ne) => None,
            (Ends::Half(half), _) => Some(self.add(Op::Within(op, [difference.value, zero, half]))),
            (Ends::LowHigh(low, high), Cmp::Eq) => {
                let below = self.add(Op::Compare(Cmp::Le, low, zero));
                let above = self.add(Op::Compare(Cmp::Ge, high, zero));
                Some(self.add(Op::Both(above, below)))
            }
            (Ends::LowHigh(low, _), Cmp::Lt | Cmp::Le) => {
                Some(self.add(Op::Compare(op, low, zero)))
            }
            (Ends::LowHigh(_, high), Cmp::Gt | Cmp::Ge) => {
                Some(self.add(Op::Compare(op, high, zero)))
            }
        }
    }

    /// Left minus right with its interval: by the linear form each figure is widened once, without it
    /// each time it is named.
    fn difference(
        &mut self,
        (left, right): (&Bound, &Bound),
        linear: Option<&Linear>,
    ) -> Option<Difference> {
        let saved = std::mem::replace(&mut self.wide, true);
        let difference = self.wide_difference((left, right), linear);
        self.wide = saved;
        difference
    }

    fn wide_difference(
        &mut self,
        (left, right): (&Bound, &Bound),
        linear: Option<&Linear>,
    ) -> Option<Difference> {
        let value = [self.number(left)?, self.number(right)?];
        let value = self.add(Op::Difference(value[0], value[1]));
        let one = |b: &Bound, factor: i64| (Number::from(factor), b.clone());
        let (constant, terms): (Number, Vec<(Number, Bound)>) = match linear {
            Some(linear) => {
                let terms = linear.terms.iter().map(|t| (t.factor.clone(), t.atom.clone()));
                (linear.constant.clone(), terms.collect())
            }
            None => (Number::default(), vec![one(left, 1), one(right, -1)]),
        };
        let rounded: Vec<_> = terms.iter().filter(|(_, atom)| !self.means_itself(atom)).collect();
        // What a sum of rows added has widths of its own.
        let sums = rounded.iter().any(|(_, atom)| matches!(atom.op, Meaning::Aggregate { .. }));
        let figures = if sums { FEW + 1 } else { rounded.len() };
        let halves = rounded.iter().map(|(f, atom)| self.half(f, atom)).collect();
        if let Some::<Vec<NodeId>>(halves) = halves {
            let mut sum = self.add(Op::Fixed(0, 0));
            for half in &halves {
                sum = self.add(Op::Sum(sum, *half));
            }
            let halves = (!sums).then_some(halves);
            return Some(Difference { value, ends: Ends::Half(sum), halves, figures });
        }
        let ends = self.ends_of_sum(&constant, &terms)?;
        Some(Difference { value, ends: Ends::LowHigh(ends.0, ends.1), halves: None, figures })
    }

    fn ends_of_sum(
        &mut self,
        constant: &Number,
        terms: &[(Number, Bound)],
    ) -> Option<(NodeId, NodeId)> {
        let constant = self.fixed(constant)?;
        let (mut low, mut high) = (constant, constant);
        for (factor, atom) in terms {
            let (l, h) = self.ends(atom)?;
            let by = self.fixed(factor)?;
            let [l, h] = [l, h].map(|end| self.add(Op::Product(end, by)));
            let (down, up) = if factor.signum() > 0 { (l, h) } else { (h, l) };
            low = self.add(Op::Sum(low, down));
            high = self.add(Op::Sum(high, up));
        }
        Some((low, high))
    }

    /// Whether an expression is exactly its value: it names no figure that is rounded.
    pub(super) fn means_itself(&self, b: &Bound) -> bool {
        let mut exact = true;
        b.walk(&mut |part| {
            exact &= match &part.op {
                Meaning::Cell { column, ranges: true, .. } => {
                    is_exact(&self.table.columns[*column].reading)
                }
                Meaning::Lookup { ranges, .. } => !ranges,
                Meaning::Window { state } => self.is_exact_window(*state),
                Meaning::Aggregate { .. } => false,
                Meaning::Call { function, .. } => EXACT.contains(&function.name),
                _ => true,
            };
        });
        exact
    }

    /// Whether an expression names a figure by its interval.
    pub(super) fn names_intervals(&self, b: &Bound) -> bool {
        let mut found = false;
        b.walk(&mut |part| {
            found |= match part.op {
                Meaning::Cell { column, ranges: true, .. } => {
                    !is_exact(&self.table.columns[column].reading)
                }
                Meaning::Window { state } => !self.is_exact_window(state),
                _ => false,
            };
        });
        found
    }

    /// Half the unit of an atom times a factor, where it may be off by the same to both sides.
    pub(super) fn half(&mut self, factor: &Number, atom: &Bound) -> Option<NodeId> {
        let half = match &atom.op {
            Meaning::Cell { ranges: true, .. } if atom.ty == Type::Percent => {
                self.known(atom, Part::Half)?
            }
            Meaning::Cell { unit: 0, column, ranges: true } => self.half_unit(*column)?,
            Meaning::Lookup { .. } | Meaning::Aggregate { .. } => self.known(atom, Part::Half)?,
            Meaning::Window { state } => self.seen(*state, Part::Half)?,
            Meaning::Call { function, .. } if !EXACT.contains(&function.name) => {
                self.known(atom, Part::Half)?
            }
            _ => return None,
        };
        if factor.abs() == Number::from(1i64) {
            return Some(half);
        }
        let factor = self.fixed(&factor.abs())?;
        Some(self.add(Op::Product(half, factor)))
    }

    fn half_unit(&mut self, column: usize) -> Option<NodeId> {
        let reading = &self.table.columns[column].reading;
        let format = &reading.number;
        // In prose the words around a figure say what it means.
        let is_declared = format.decimals.is_some() || format.most_decimals.is_some();
        let plain = !format.prose || !is_declared && !format.rounding.has_base();
        (is_even(reading) && plain).then(|| self.add(Op::HalfUnit(column)))
    }

    /// The low and the high end of what a number may be, both included.
    fn ends(&mut self, b: &Bound) -> Option<(NodeId, NodeId)> {
        if self.means_itself(b) {
            let value = self.number(b)?;
            return Some((value, value));
        }
        if !is_numeric(b.ty) {
            return None;
        }
        match &b.op {
            Meaning::Cell { ranges: true, .. } | Meaning::Window { .. } => {
                let (value, half) = (self.number(b)?, self.half(&Number::from(1i64), b)?);
                let low = self.add(Op::Difference(value, half));
                Some((low, self.add(Op::Sum(value, half))))
            }
            Meaning::Lookup { .. } | Meaning::Aggregate { .. } => {
                let value = self.known(b, Part::Value)?;
                let half = self.known(b, Part::Half)?;
                let low = self.add(Op::Difference(value, half));
                Some((low, self.add(Op::Sum(value, half))))
            }
            Meaning::Neg(x) => {
                let (low, high) = self.ends(x)?;
                let zero = self.add(Op::Fixed(0, 0));
                let low_of_both = self.add(Op::Difference(zero, high));
                Some((low_of_both, self.add(Op::Difference(zero, low))))
            }
            Meaning::Arith(op, x, y) if is_numeric(x.ty) && is_numeric(y.ty) => {
                self.ends_of_arithmetic(*op, x, y)
            }
            Meaning::Call { function, args } => {
                let (first, rest) = args.split_first()?;
                if let Some(which) = extreme_of(function.name) {
                    let mut all = self.ends(first)?;
                    for arg in rest {
                        let (low, high) = self.ends(arg)?;
                        all = (
                            self.add(Op::Extreme(which, all.0, low)),
                            self.add(Op::Extreme(which, all.1, high)),
                        );
                    }
                    return Some(all);
                }
                if function.name == "abs" {
                    return self.ends_of_absolute(first);
                }
                if let ("change", [old]) = (function.name, rest) {
                    let (low, high) = self.ends_of_arithmetic(Arith::Div, first, old)?;
                    let one = self.add(Op::Fixed(1, 0));
                    let low = self.add(Op::Difference(low, one));
                    return Some((low, self.add(Op::Difference(high, one))));
                }
                let (towards, digits) = rounding(function.name, rest)?;
                let (low, high) = self.ends(first)?;
                let low = self.add(Op::Rounded(low, digits, towards));
                Some((low, self.add(Op::Rounded(high, digits, towards))))
            }
            _ => None,
        }
    }

    fn ends_of_absolute(&mut self, b: &Bound) -> Option<(NodeId, NodeId)> {
        let (low, high) = self.ends(b)?;
        let zero = self.add(Op::Fixed(0, 0));
        let [below, above] = [low, high].map(|end| self.add(Op::Difference(zero, end)));
        let least = self.add(Op::Extreme(Extreme::Greatest, low, above));
        let least = self.add(Op::Extreme(Extreme::Greatest, least, zero));
        Some((least, self.add(Op::Extreme(Extreme::Greatest, high, below))))
    }

    fn ends_of_arithmetic(&mut self, op: Arith, x: &Bound, y: &Bound) -> Option<(NodeId, NodeId)> {
        let ((a, b), (c, d)) = (self.ends(x)?, self.ends(y)?);
        let mut pair = |low, high| {
            let low = self.add(low);
            Some((low, self.add(high)))
        };
        match op {
            Arith::Add => pair(Op::Sum(a, c), Op::Sum(b, d)),
            Arith::Sub => pair(Op::Difference(a, d), Op::Difference(b, c)),
            Arith::Div => pair(
                Op::QuotientEnd(Extreme::Least, [a, c, d]),
                Op::QuotientEnd(Extreme::Greatest, [b, c, d]),
            ),
            Arith::Mul => {
                let products = [(a, c), (a, d), (b, c), (b, d)];
                let products = products.map(|(x, y)| self.add(Op::Product(x, y)));
                let [first, rest @ ..] = products;
                let mut of = |which| {
                    rest.iter().fold(first, |so_far, p| self.add(Op::Extreme(which, so_far, *p)))
                };
                Some((of(Extreme::Least), of(Extreme::Greatest)))
            }
        }
    }
}
