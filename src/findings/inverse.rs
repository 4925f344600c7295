//! What a figure of a comparison with `=` would have to be, all others as they are.

use crate::explain::equation::Cell;
use crate::explain::formula::Formula;
use crate::expr::bound::Op;
use crate::expr::function::Function;
use crate::expr::tree::{Agg, Arith};
use crate::findings::equations::{Made, Part, Sum};
use crate::findings::roles::is_literal;
use crate::findings::trace::{Comparison, Step};
use crate::value::{End, Interval, Number, Value};

/// `(a x + b) / (c x + d)`: what sums, differences, products and quotients make of one unknown.
#[derive(Debug, Clone, PartialEq)]
struct Ratio {
    a: Number,
    b: Number,
    c: Number,
    d: Number,
}

fn one() -> Number {
    Number::from(1i64)
}

impl Ratio {
    fn constant(n: Number) -> Ratio {
        Ratio { a: Number::default(), b: n, c: Number::default(), d: one() }
    }

    fn unknown() -> Ratio {
        Ratio { a: one(), b: Number::default(), c: Number::default(), d: one() }
    }

    fn is_constant(&self) -> bool {
        self.a.is_zero() && self.c.is_zero()
    }

    fn is_linear(&self) -> bool {
        self.c.is_zero()
    }

    /// The same with 1 below, where the unknown is not there.
    fn plain(self) -> Option<Ratio> {
        if !self.is_linear() || self.d == one() {
            return Some(self);
        }
        let part = |n: &Number| n.checked_div(&self.d);
        Some(Ratio { a: part(&self.a)?, b: part(&self.b)?, c: Number::default(), d: one() })
    }

    fn scale(&self, by: &Number) -> Ratio {
        Ratio { a: &self.a * by, b: &self.b * by, c: self.c.clone(), d: self.d.clone() }
    }

    fn add(&self, other: &Ratio) -> Option<Ratio> {
        if self.is_linear() && other.is_linear() {
            let (a, b) = (&self.a + &other.a, &self.b + &other.b);
            return Some(Ratio { a, b, ..Ratio::constant(one()) });
        }
        let (ratio, n) = if other.is_constant() { (self, &other.b) } else { (other, &self.b) };
        (self.is_constant() || other.is_constant()).then(|| Ratio {
            a: &ratio.a + &(n * &ratio.c),
            b: &ratio.b + &(n * &ratio.d),
            c: ratio.c.clone(),
            d: ratio.d.clone(),
        })
    }

    fn multiply(&self, other: &Ratio) -> Option<Ratio> {
        match (self.is_constant(), other.is_constant()) {
            (_, true) => Some(self.scale(&other.b)),
            (true, _) => Some(other.scale(&self.b)),
            _ => None,
        }
    }

    fn divide(&self, by: &Ratio) -> Option<Ratio> {
        if by.is_constant() {
            return Some(self.scale(&one().checked_div(&by.b)?));
        }
        let both = self.is_linear() && by.is_linear();
        both.then(|| Ratio {
            a: self.a.clone(),
            b: self.b.clone(),
            c: by.a.clone(),
            d: by.b.clone(),
        })
    }

    /// The unknown where this is `t`.
    fn solve(&self, t: &Number) -> Option<Number> {
        (&(t * &self.d) - &self.b).checked_div(&(&self.a - &(t * &self.c)))
    }

    /// The unknown where this is in a range; none where that is in two parts.
    fn inverse(&self, range: &Interval) -> Option<Interval> {
        let pole = self.a.checked_div(&self.c);
        if pole.is_some_and(|pole| range.contains(&pole)) {
            return None;
        }
        let end = |end: &End| {
            Some(match end {
                End::Open(t) => End::Open(self.solve(t)?),
                End::Closed(t) => End::Closed(self.solve(t)?),
                End::Unbounded if self.is_linear() => End::Unbounded,
                End::Unbounded => return None,
            })
        };
        let (x, y) = (end(&range.lo)?, end(&range.hi)?);
        let falls = match (x.at(), y.at()) {
            (Some(x), Some(y)) => x > y,
            _ => self.a.signum() < 0,
        };
        Some(if falls { Interval { lo: y, hi: x } } else { Interval { lo: x, hi: y } })
    }
}

/// A comparison with the sums that it has, in one cell.
struct Unknown<'u, 's, 't> {
    /// The cell that is looked for.
    cell: Option<Cell>,
    /// What other cells are taken to hold.
    given: &'u [(Cell, Number)],
    sums: &'u [Sum<'s, 't>],
}

impl Unknown<'_, '_, '_> {
    /// A step by the unknown cell.
    fn of(&self, step: &Step<'_>) -> Option<Ratio> {
        if let Some(ratio) = cell_of(step).and_then(|cell| self.of_cell(cell)) {
            return Some(ratio);
        }
        if let Some(taken) = step.taken() {
            return self.of(taken);
        }
        match (&step.bound.op, &step.args[..]) {
            (Op::Arith(op, ..), [a, b]) => {
                let (a, b) = (self.of(a)?, self.of(b)?);
                match op {
                    Arith::Add => a.add(&b),
                    Arith::Sub => a.add(&b.scale(&-one())),
                    Arith::Mul => a.multiply(&b),
                    Arith::Div => a.divide(&b),
                }
                .and_then(Ratio::plain)
            }
            (Op::Neg(_), [x]) => Some(self.of(x)?.scale(&-one())),
            (Op::Call { function, .. }, [new, old]) if is_change(function) => {
                self.of(new)?.divide(&self.of(old)?)?.add(&Ratio::constant(-one()))?.plain()
            }
            (Op::Along { agg: Agg::Sum, .. }, args) => {
                let is_there =
                    |x: &&Step<'_>| !matches!(x.value, Value::Missing | Value::NotApplicable);
                let mut all = Ratio::constant(Number::default());
                for arg in args.iter().filter(is_there) {
                    all = all.add(&self.of(arg)?)?;
                }
                Some(all)
            }
            (Op::Aggregate { .. }, _) => self.of_sum(step, false),
            _ if self.is_below(step) => {
                // What is rounded is not solved for here, but may be of other figures that are given.
                let (inner, digits) = rounded(step)?;
                let inner = self.of(inner).filter(Ratio::is_constant)?;
                Some(Ratio::constant(inner.b.round(digits)))
            }
            _ => Some(Ratio::constant(step.value.figure()?.value.clone())),
        }
    }

    /// A cell that is looked for, or that is taken to hold another figure.
    fn of_cell(&self, cell: Cell) -> Option<Ratio> {
        match Some(cell) == self.cell {
            true => Some(Ratio::unknown()),
            false => self.given(cell).map(|value| Ratio::constant(value.clone())),
        }
    }

    /// The rows of an aggregate.
    fn parts<'a>(&'a self, step: &'a Step<'_>) -> impl Iterator<Item = &'a Part> {
        let sum = self.sums.iter().find(|s| std::ptr::eq(s.step.bound, step.bound));
        sum.into_iter().flat_map(|s| &s.parts)
    }

    /// A sum in which the cell is a part once, or in a part; that part before it is rounded, where this is
    /// asked for.
    fn of_sum(&self, step: &Step<'_>, is_unrounded: bool) -> Option<Ratio> {
        let mut sum = Ratio::constant(step.value.figure()?.value.clone());
        let mut is_seen = false;
        for part in self.parts(step) {
            let changed = match (part.cell, &part.made) {
                (Some(cell), _) => self.of_cell(cell),
                (None, Some(made)) if part.cells_within().any(|cell| self.is_it(cell)) => {
                    let formula = match &made.formula {
                        Formula::Rounded(inner, _) if is_unrounded => inner,
                        formula => formula,
                    };
                    Some(self.of_formula(formula, made)?)
                }
                _ => None,
            };
            let Some(changed) = changed else { continue };
            if !changed.is_constant() && std::mem::replace(&mut is_seen, true) {
                return None;
            }
            sum = sum.add(&changed)?.add(&Ratio::constant(-&part.figure.value))?;
        }
        sum.plain()
    }

    /// What a row adds, by the unknown cell.
    fn of_formula(&self, formula: &Formula, made: &Made) -> Option<Ratio> {
        let of = |formula: &Formula| self.of_formula(formula, made);
        match formula {
            Formula::Figure(at) => {
                let (cell, value) = made.cells.get(*at)?;
                Some(self.of_cell(*cell).unwrap_or_else(|| Ratio::constant(value.clone())))
            }
            Formula::Constant(n) => Some(Ratio::constant(n.clone())),
            Formula::Sum(all) => {
                let mut sum = Ratio::constant(Number::default());
                for one in all {
                    sum = sum.add(&of(one)?)?;
                }
                Some(sum)
            }
            Formula::Negative(x) => Some(of(x)?.scale(&-one())),
            Formula::Product(pair) => of(&pair[0])?.multiply(&of(&pair[1])?),
            Formula::Quotient(pair) => of(&pair[0])?.divide(&of(&pair[1])?),
            Formula::Rounded(x, digits) => {
                let inner = of(x)?.plain().filter(Ratio::is_constant)?;
                Some(Ratio::constant(inner.b.round(*digits)))
            }
        }
        .and_then(Ratio::plain)
    }

    /// To how many digits the part of a sum is rounded that the cell is in.
    fn rounded_part(&self, step: &Step<'_>) -> Option<i32> {
        if !matches!(step.bound.op, Op::Aggregate { .. }) {
            return None;
        }
        let own = |part: &&Part| part.cells_within().any(|cell| Some(cell) == self.cell);
        match self.parts(step).find(own)?.made.as_ref()?.formula {
            Formula::Rounded(_, digits) => Some(digits),
            _ => None,
        }
    }

    fn is_it(&self, cell: Cell) -> bool {
        Some(cell) == self.cell || self.given(cell).is_some()
    }

    fn given(&self, cell: Cell) -> Option<&Number> {
        self.given.iter().find(|(of, _)| *of == cell).map(|(_, value)| value)
    }

    fn is_below(&self, step: &Step<'_>) -> bool {
        let is_in = |part: &Part| {
            part.cell.into_iter().chain(part.cells_within()).any(|cell| self.is_it(cell))
        };
        let mut found = false;
        step.walk(&mut |s| {
            found |= s.cell.is_some_and(|cell| self.is_it(cell)) || self.parts(s).any(is_in);
        });
        found
    }

    fn residual(&self, c: &Comparison<'_, '_>) -> Option<Ratio> {
        let (left, right) = (self.of(c.left)?, self.of(c.right)?);
        left.add(&right.scale(&-one()))?.plain()
    }

    /// Left minus right before what has the cell in it is rounded, and by how much that may differ.
    fn unrounded(&self, c: &Comparison<'_, '_>) -> Option<(Ratio, Number)> {
        let mut off = Number::default();
        let mut side = |step| match rounded(step).filter(|(inner, _)| self.is_below(inner)) {
            Some((inner, digits)) => {
                off = &off + &Number::decimal(5, digits.saturating_add(1));
                self.of(inner)
            }
            None => match self.rounded_part(step) {
                Some(digits) => {
                    off = &off + &Number::decimal(5, digits.saturating_add(1));
                    self.of_sum(step, true)
                }
                None => self.of(step),
            },
        };
        let (left, right) = (side(c.left)?, side(c.right)?);
        Some((left.add(&right.scale(&-one()))?.plain()?, off))
    }
}

/// The cell that a step reads, or whose text it reads as a figure.
pub fn cell_of(step: &Step<'_>) -> Option<Cell> {
    match (&step.bound.op, &step.args[..]) {
        (Op::Read { .. }, [text]) if step.cell.is_none() => text.cell,
        _ => step.cell,
    }
}

/// What a step rounds, and to how many digits, where the rule says that.
fn rounded<'s, 't>(step: &'s Step<'t>) -> Option<(&'s Step<'t>, i32)> {
    let Op::Call { function, .. } = &step.bound.op else { return None };
    match &step.args[..] {
        _ if function.name != "round" => None,
        [inner] => Some((inner, 0)),
        [inner, digits] if is_literal(digits.bound) => {
            Some((inner, i32::try_from(digits.value.figure()?.value.to_i64()?).ok()?))
        }
        _ => None,
    }
}

/// What a cell may be for left minus right to be in `allowed`, where some cells hold other figures; none
/// where it does not decide that, or not in a way that can be solved.
pub fn would_be(
    c: &Comparison<'_, '_>,
    sums: &[Sum<'_, '_>],
    (cell, given): (Cell, &[(Cell, Number)]),
    allowed: &Interval,
) -> Option<Interval> {
    let (residual, off) = Unknown { cell: Some(cell), given, sums }.unrounded(c)?;
    let allowed = if off.is_zero() {
        allowed.clone()
    } else {
        // What is half way may be rounded to either side.
        allowed.add(&Interval { lo: End::Open(-&off), hi: End::Open(off) })
    };
    (!residual.is_constant()).then(|| residual.inverse(&allowed)).flatten()
}

/// Left minus right where some cells hold other figures.
pub fn residual_with(
    c: &Comparison<'_, '_>,
    sums: &[Sum<'_, '_>],
    given: &[(Cell, Number)],
) -> Option<Number> {
    let residual = Unknown { cell: None, given, sums }.residual(c)?;
    residual.is_constant().then_some(residual.b)
}

/// Whether both sides are computed of cells and constants alone.
pub fn is_of_cells(c: &Comparison<'_, '_>, sums: &[Sum<'_, '_>]) -> bool {
    let is_all = |of: &Sum<'_, '_>| {
        of.count == of.parts.len() as u64 && of.parts.iter().all(Part::is_of_cells)
    };
    let is_sum =
        |step: &Step<'_>| sums.iter().any(|s| std::ptr::eq(s.step.bound, step.bound) && is_all(s));
    is_made_of_cells(c.left, &is_sum) && is_made_of_cells(c.right, &is_sum)
}

/// Left minus right by the places of cells, where both sides are computed of these and constants alone.
pub fn formula(c: &Comparison<'_, '_>, sums: &[Sum<'_, '_>], cells: &[Cell]) -> Option<Formula> {
    let [left, right] = [c.left, c.right].map(|side| formula_of(side, sums, cells));
    Some(Formula::Sum(vec![left?, Formula::Negative(Box::new(right?))]))
}

/// A step by the places of cells, where it is computed of these and constants alone.
pub fn formula_of(step: &Step<'_>, sums: &[Sum<'_, '_>], cells: &[Cell]) -> Option<Formula> {
    let of = |step: &Step<'_>| formula_of(step, sums, cells);
    let place = |cell: Cell| cells.iter().position(|own| *own == cell);
    let figure = |cell: Cell| place(cell).map(Formula::Figure);
    if let Some(cell) = cell_of(step) {
        return figure(cell);
    }
    if let Some(taken) = step.taken() {
        return of(taken);
    }
    if let Some((inner, digits)) = rounded(step) {
        return Some(Formula::Rounded(Box::new(of(inner)?), digits));
    }
    Some(match (&step.bound.op, &step.args[..]) {
        (Op::Arith(op, ..), [a, b]) => {
            let (a, b) = (of(a)?, of(b)?);
            match op {
                Arith::Add => Formula::Sum(vec![a, b]),
                Arith::Sub => Formula::Sum(vec![a, Formula::Negative(Box::new(b))]),
                Arith::Mul => Formula::Product(Box::new([a, b])),
                Arith::Div => Formula::Quotient(Box::new([a, b])),
            }
        }
        (Op::Neg(_), [x]) => Formula::Negative(Box::new(of(x)?)),
        (Op::Call { function, .. }, [new, old]) if is_change(function) => Formula::Sum(vec![
            Formula::Quotient(Box::new([of(new)?, of(old)?])),
            Formula::Constant(-one()),
        ]),
        (Op::Along { agg: Agg::Sum, .. }, args) => {
            let is_there =
                |x: &&Step<'_>| !matches!(x.value, Value::Missing | Value::NotApplicable);
            Formula::Sum(args.iter().filter(is_there).map(of).collect::<Option<_>>()?)
        }
        (Op::Aggregate { .. }, _) => {
            let sum = sums.iter().find(|s| std::ptr::eq(s.step.bound, step.bound))?;
            let part = |part: &Part| match &part.made {
                Some(made) => made.formula.at(&|at| place(made.cells.get(at)?.0)),
                None => figure(part.cell?),
            };
            Formula::Sum(sum.parts.iter().map(part).collect::<Option<_>>()?)
        }
        (Op::Const(_), _) => Formula::Constant(step.value.figure()?.value.clone()),
        _ => return None,
    })
}

fn is_made_of_cells(step: &Step<'_>, is_sum: &dyn Fn(&Step<'_>) -> bool) -> bool {
    if let Some(taken) = step.taken() {
        return is_made_of_cells(taken, is_sum);
    }
    if let Some((inner, _)) = rounded(step) {
        return is_made_of_cells(inner, is_sum);
    }
    match &step.bound.op {
        _ if cell_of(step).is_some() => true,
        Op::Const(_) => true,
        Op::Arith(..) | Op::Neg(_) | Op::Along { agg: Agg::Sum, .. } => {
            step.args.iter().all(|arg| is_made_of_cells(arg, is_sum))
        }
        Op::Call { function, .. } if is_change(function) => {
            step.args.iter().all(|arg| is_made_of_cells(arg, is_sum))
        }
        Op::Aggregate { .. } => is_sum(step),
        _ => false,
    }
}

/// Whether a function is a quotient less one.
fn is_change(function: &Function) -> bool {
    function.name == "change"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    #[test]
    fn shares_and_changes_are_solved() {
        let (x, of) = (Ratio::unknown(), |text: &str| Ratio::constant(n(text)));
        let zero = Interval::point(Number::default());
        let solved = |r: Option<Ratio>| r.and_then(Ratio::plain).and_then(|r| r.inverse(&zero));
        let point = |text: &str| Some(Interval::point(n(text)));
        let minus = |a: &Ratio, b: &Ratio| a.add(&b.scale(&n("-1")));
        // 0.2 = x / 40, 0.2 = 8 / x, 0.5 = (x - 20) / 20, 0.5 = (30 - x) / x.
        assert_eq!(solved(minus(&of("0.2"), &x.divide(&of("40")).unwrap())), point("8"));
        assert_eq!(solved(minus(&of("0.2"), &of("8").divide(&x).unwrap())), point("40"));
        let change = minus(&x, &of("20")).unwrap().divide(&of("20")).unwrap();
        assert_eq!(solved(minus(&of("0.5"), &change)), point("30"));
        let change = minus(&of("30"), &x).unwrap().divide(&x).unwrap();
        assert_eq!(solved(minus(&of("0.5"), &change)), point("20"));
        assert!(x.multiply(&x).is_none(), "a square has two roots");
        assert!(of("1").divide(&of("0")).is_none());
    }

    #[test]
    fn ranges_are_turned_over() {
        let share = Ratio::constant(n("8")).divide(&Ratio::unknown()).unwrap();
        let range = share.inverse(&Interval { lo: End::Closed(n("0.1")), hi: End::Open(n("0.2")) });
        assert_eq!(range, Some(Interval { lo: End::Open(n("40")), hi: End::Closed(n("80")) }));
        let both_sides = Interval::closed(n("-1"), n("1"));
        assert_eq!(share.inverse(&both_sides), None, "it is beyond 8 or below -8");
    }
}
