//! Habits of rounding, and of stating changes, with which a failing equation agrees.

use std::cmp::Ordering;

use crate::explain::equation::{Linear, Term};
use crate::explain::{RARE, totals};
use crate::expr::bound::{Allowance, Op};
use crate::expr::tree::Arith;
use crate::findings::failed::Failed;
use crate::findings::roles::is_literal;
use crate::findings::shared::{Shared, spot};
use crate::findings::solved::{Solved, factor};
use crate::findings::trace::Step;
use crate::value::figure::implied_interval;
use crate::value::{Figure, Interval, Number, Rounding, Type};
use crate::width::to_i32;

/// What habits are looked for in.
pub struct Habits<'h, 'm> {
    pub failed: &'h Failed<'h, 'm>,
    pub solved: &'h Solved,
    pub shared: Option<&'h Shared>,
}

/// Bases that figures are rounded to, with how many figures are at least multiples by no chance.
const BASES: [(i64, usize); 6] = [(1000, 4), (100, 4), (50, 4), (10, 4), (5, 4), (3, 5)];

impl<'h, 'm> Habits<'h, 'm> {
    /// The habit of which this follows exactly.
    pub fn exact(&self) -> Option<String> {
        self.of_stated().or_else(|| self.of_change())
    }

    /// Rounding to multiples of three or five, which figures are by chance more seldom than one is a slip
    /// away from another.
    pub fn to_fives(&self) -> Option<String> {
        self.to_a_base(5)
    }

    /// Those with which the equation agrees as other equations would that are off by as little.
    pub fn rough(&self) -> Option<String> {
        self.made_to_add_up().or_else(|| self.to_a_base(i64::MAX)).or_else(|| self.cut_off())
    }

    /// Of two figures of cells, the one with fewer decimals as that which the other was rounded to.
    fn coarser(&self) -> Option<(usize, Number, i32)> {
        let of = |side: &'h Step<'m>| match (&side.bound.op, &side.args[..]) {
            (Op::Call { function, .. }, [of, ..]) if function.name == "round" => of,
            _ => side,
        };
        let (left, right) = (of(self.failed.comparison.left), of(self.failed.comparison.right));
        let decimals = |side: &Step<'_>| {
            let at = self.solved.cells.iter().position(|figure| Some(figure.cell) == side.cell);
            let written = at.and_then(|at| Some(self.solved.unknowns.get(at)?.decimals));
            let value = || side.cell.and(side.value.figure())?.value.decimals();
            written.or_else(|| value().map(to_i32))
        };
        let (of_left, of_right) = (decimals(left)?, decimals(right)?);
        match of_left.cmp(&of_right) {
            Ordering::Less => self.of_sides([left, right]),
            Ordering::Equal => None,
            Ordering::Greater => self.of_sides([right, left]),
        }
    }

    fn stated(&self) -> Option<(usize, Number, i32)> {
        self.of_sides(self.failed.stated()?)
    }

    /// The place of the stated cell among those that are solved for, what follows for it in the digits
    /// that are written, and how many decimals it has.
    fn of_sides(&self, [stated, follows]: [&Step<'_>; 2]) -> Option<(usize, Number, i32)> {
        let cell = self.failed.cell_of(stated)?;
        let at = self.solved.cells.iter().position(|figure| figure.cell == cell)?;
        let (figure, unknown) = (self.solved.cells.get(at)?, self.solved.unknowns.get(at)?);
        let follows = &follows.value.figure()?.value * &factor(figure.ty);
        Some((at, follows, unknown.decimals))
    }

    /// The stated figure was rounded twice, or cut off.
    fn of_stated(&self) -> Option<String> {
        let (at, follows, decimals) = self.stated().or_else(|| self.coarser())?;
        let stated = &self.solved.unknowns.get(at)?.value;
        let is_rounding =
            matches!(self.failed.comparison.allowance, Allowance::Exact | Allowance::Rounding(_));
        if !is_rounding || *stated == follows.round(decimals) {
            return None;
        }
        if follows == follows.round(decimals) {
            return self.of_hundreds(at, &follows);
        }
        let (text, ty) = (&self.solved.cells.get(at)?.text, self.solved.cells.get(at)?.ty);
        let shown = |n: &Number| match n.decimals() {
            Some(own) if own <= 6 => self.solved.written(at, n).unwrap_or_default(),
            _ => format!("≈ {}", self.solved.style.written(&n.round(6), 0, ty)),
        };
        let between = follows.round(decimals + 1);
        if between.round(decimals) == *stated {
            let (of, between) = (shown(&follows), shown(&between));
            return Some(format!("{text} is {of} rounded twice, to {between} first"));
        }
        (follows.truncate(decimals) == *stated)
            .then(|| format!("{text} is {}, cut off instead of rounded", shown(&follows)))
    }

    /// The stated figure is in full hundreds or thousands, and what follows is not.
    fn of_hundreds(&self, at: usize, follows: &Number) -> Option<String> {
        // One total in ten ends with a zero.
        const UNITS: [(i32, &str); 2] = [(3, "thousands"), (2, "hundreds")];
        let (cell, unknown) = (self.solved.cells.get(at)?, self.solved.unknowns.get(at)?);
        let is_rounded = |(zeros, _): &(i32, &str)| {
            let is_long = unknown.value.abs() >= Number::pow10(zeros + 1);
            is_long && follows.round(-zeros) == unknown.value
        };
        // What is stored has other digits than zeros there.
        if cell.stored.as_ref().is_some_and(|stored| *stored != cell.figure.value) {
            return None;
        }
        let (_, units) = UNITS.into_iter().find(is_rounded)?;
        let follows = self.solved.written(at, follows)?;
        Some(format!("{} is {follows}, rounded to {units}", cell.text))
    }

    /// Rounding that an equation does not allow for: of what is stated, or of what it is made of.
    pub fn rounded(&self) -> Option<String> {
        let of_stated = || {
            let (at, follows, decimals) = self.stated()?;
            let cell = self.solved.cells.get(at)?;
            let off = (&self.solved.unknowns.get(at)?.value - &follows).abs();
            let is_same = matches!(self.failed.comparison.allowance, Allowance::Exact)
                && off <= Number::decimal(5, decimals + 1);
            is_same.then(|| {
                format!("{} is the same, rounded: add `within rounding` if it may be", cell.text)
            })
        };
        of_stated().or_else(|| self.rounded_parts()).or_else(|| self.stored())
    }

    /// Figures of a workbook that add up as they are stored, to more digits than are shown.
    fn stored(&self) -> Option<String> {
        /// Parts of a unit of the last digit that is shown, which computing in binary leaves.
        const DUST: i32 = 6;
        let linear = self.solved.linear.as_ref()?;
        let cells = || linear.terms.iter().filter_map(|term| self.solved.cells.get(term.at));
        if !matches!(self.failed.comparison.allowance, Allowance::Exact)
            || cells().all(|cell| cell.stored.is_none())
        {
            return None;
        }
        let mut off = linear.constant.clone()?;
        for term in &linear.terms {
            let stored = self.solved.cells.get(term.at)?.stored.as_ref();
            off = &off + &(&term.factor * stored.unwrap_or(&term.value));
        }
        let units = linear.terms.iter().filter_map(|term| self.unit(term));
        let finest = units.min()?;
        (off.abs() <= &finest * &Number::pow10(-DUST)).then(|| {
            "the figures add up as they are stored, with more digits than are shown: add `within rounding`".into()
        })
    }

    /// A total that has more decimals than any of the figures that it is made of, which were rounded then.
    fn rounded_parts(&self) -> Option<String> {
        let (linear, (at, ..)) = (self.solved.linear.as_ref()?, self.stated()?);
        let all = &self.solved.unknowns;
        let others = all.iter().enumerate().filter(|(n, _)| *n != at);
        let finest = others.map(|(_, unknown)| unknown.decimals).max()?;
        let is_asked =
            matches!(self.failed.comparison.allowance, Allowance::Exact) && linear.terms.len() > 2;
        if !is_asked || all.get(at)?.decimals <= finest || linear.constant.is_none() {
            return None;
        }
        let half =
            |term: &Term| Some(&(&self.unit(term)? * &term.factor.abs()) * &Number::decimal(5, 1));
        let halves: Option<Vec<Number>> = linear.terms.iter().map(half).collect();
        let most = halves?.iter().fold(Number::default(), |sum, half| &sum + half);
        (linear.residual.abs() <= most).then(|| {
            let text = &self.solved.cells.get(at).map_or("", |cell| &cell.text);
            format!(
                "{text} has more decimals than the figures that it is made of: add `within rounding` if these were rounded"
            )
        })
    }

    /// A change in percent where one in points is stated, or the other way round.
    fn of_change(&self) -> Option<String> {
        let (at, _, decimals) = self.stated()?;
        let [_, follows] = self.failed.stated()?;
        let value = |step: &Step<'_>| Some(step.value.figure()?.value.clone());
        let stated = &self.solved.unknowns.get(at)?.value;
        let figure = self.solved.cells.get(at)?;
        let is_stated = |n: &Number| (n * &factor(figure.ty)).round(decimals) == *stated;
        let text = &figure.text;
        if let Some([to, from]) = change_of(follows) {
            let points = &value(to)? - &value(from)?;
            return (to.bound.ty == figure.ty && is_stated(&points)).then(|| {
                format!("{text} is the difference: is it in points, and not in percent?")
            });
        }
        let (Op::Arith(Arith::Sub, ..), [to, from]) = (&follows.bound.op, &follows.args[..]) else {
            return None;
        };
        let change = &value(to)? - &value(from)?;
        let change = change.checked_div(&value(from)?)?;
        let is_plain = figure.ty != Type::Percent;
        let percent = if is_plain { &change * &Number::from(100i64) } else { change };
        (to.cell.is_some() && from.cell.is_some() && is_stated(&percent)).then(|| {
            format!("{text} is the change in percent of the first: is it not the difference?")
        })
    }

    /// The units in which the cells are written, in the order of the terms.
    fn unit(&self, term: &Term) -> Option<Number> {
        let (cell, unknown) = (self.solved.cells.get(term.at)?, self.solved.unknowns.get(term.at)?);
        Number::pow10(-unknown.decimals).checked_div(&factor(cell.ty))
    }

    /// The same of all of them, where it is.
    fn common_unit(&self, linear: &Linear) -> Option<Number> {
        let mut units = linear.terms.iter().map(|term| self.unit(term));
        let first = units.next()??;
        units.all(|unit| unit.as_ref() == Some(&first)).then_some(first)
    }

    /// Whether so small a difference is hardly met by chance: by so many units of the last digit.
    fn is_rare(&self, units: usize) -> bool {
        totals(&self.solved.unknowns).is_below(units as u64, RARE)
    }

    /// The range of left minus right by how each figure was rounded.
    fn range(&self, linear: &Linear, of: &dyn Fn(&Term) -> Rounding) -> Option<Interval> {
        let mut range = Interval::point(linear.constant.clone()?);
        for term in &linear.terms {
            let figure = implied_interval(&term.value, &self.unit(term)?, of(term));
            range = range.add(&figure.scale(&term.factor));
        }
        Some(range)
    }

    /// Parts that were cut off.
    fn cut_off(&self) -> Option<String> {
        let linear = self.solved.linear.as_ref()?;
        self.common_unit(linear)?;
        if !matches!(self.failed.comparison.allowance, Allowance::Rounding(_))
            || !self.is_rare(linear.terms.len())
        {
            return None;
        }
        let agrees = |of: &dyn Fn(&Term) -> Rounding| {
            self.range(linear, of).is_some_and(|range| range.contains(&Number::default()))
        };
        let lists = linear.lists();
        for (list, _) in &lists {
            let factor = &list.first()?.factor;
            let of_list = |term: &Term| match term.factor == *factor {
                true => Rounding::Truncate,
                false => Rounding::Nearest,
            };
            if agrees(&of_list) {
                return Some("agrees if the parts were cut off instead of rounded".into());
            }
        }
        (!lists.is_empty() && agrees(&|_| Rounding::Truncate))
            .then(|| "agrees if all figures were cut off instead of rounded".into())
    }

    /// Figures that are all multiples of a base.
    fn to_a_base(&self, most: i64) -> Option<String> {
        let linear = self.solved.linear.as_ref()?;
        let nonzero = || linear.terms.iter().filter(|term| !term.value.is_zero());
        let unit = &self.common_unit(linear)?;
        // Counts are rounded to threes, for nobody to be known by them; other figures are not.
        let is_usual = |base: i64| base % 3 != 0 || *unit >= Number::from(1i64);
        let is_multiple = |base: i64| {
            let step = unit * &Number::from(base);
            nonzero().all(|term| term.value.is_multiple_of(&step))
        };
        let known = |&(base, least): &(i64, usize)| {
            is_usual(base) && nonzero().count() >= least && is_multiple(base)
        };
        let (base, _) = BASES.into_iter().find(known).filter(|(base, _)| *base <= most)?;
        let half = &(unit * &Number::from(base)) * &Number::decimal(5, 1);
        let each = linear.terms.iter().map(|term| &half * &term.factor.abs());
        let most = each.fold(Number::default(), |sum, n| &sum + &n);
        let step = unit * &Number::from(base);
        let shown = self
            .solved
            .style
            .number(&(&step * &factor(self.solved.cells.first()?.ty)), Type::Number);
        (linear.constant.is_some() && linear.residual.abs() <= most)
            .then(|| format!("agrees if all its figures are rounded to multiples of {shown}"))
    }

    /// Shares that were made to add up to a hundred.
    fn made_to_add_up(&self) -> Option<String> {
        let (at, follows, decimals) = self.stated()?;
        let (figure, unknown) = (self.solved.cells.get(at)?, self.solved.unknowns.get(at)?);
        let rounded = follows.round(decimals);
        let is_next = (&rounded - &unknown.value).abs() == Number::pow10(-decimals);
        let shared = self.shared.filter(|_| is_next)?;
        let adds_up = |&(n, _): &(usize, usize)| {
            let equation = shared.equations.get(n).filter(|e| e.finding.is_none());
            equation
                .and_then(|e| e.solved.linear.as_ref())
                .is_some_and(|linear| is_whole(linear, figure.ty))
        };
        let is_made = shared.met.get(&spot(figure)).is_some_and(|at| at.iter().any(adds_up));
        let shown = self.solved.written(at, &rounded)?;
        is_made.then(|| {
            format!(
                "{} would be {shown} if the figures were not made to add up to 100 %",
                figure.text
            )
        })
    }
}

/// From what to what a side is the relative change, as a share or times a constant.
fn change_of<'s, 't>(side: &'s Step<'t>) -> Option<[&'s Step<'t>; 2]> {
    match (&side.bound.op, &side.args[..]) {
        (Op::Arith(Arith::Mul, ..), [a, b]) => match (is_literal(a.bound), is_literal(b.bound)) {
            (true, false) => change_of(b),
            (false, true) => change_of(a),
            _ => None,
        },
        (Op::Arith(Arith::Div, ..), [change, of]) => {
            let [to, from] = difference_of(change)?;
            from.bound.same(of.bound).then_some([to, from])
        }
        (Op::Arith(Arith::Sub, ..), [ratio, one]) if is_one(one) => {
            let (Op::Arith(Arith::Div, ..), [to, from]) = (&ratio.bound.op, &ratio.args[..]) else {
                return None;
            };
            Some([to, from])
        }
        _ => None,
    }
}

/// What a step is the difference of, but for a constant factor.
fn difference_of<'s, 't>(step: &'s Step<'t>) -> Option<[&'s Step<'t>; 2]> {
    match (&step.bound.op, &step.args[..]) {
        (Op::Arith(Arith::Sub, ..), [to, from]) => Some([to, from]),
        (Op::Arith(Arith::Mul, ..), [a, b]) if is_literal(a.bound) => difference_of(b),
        (Op::Arith(Arith::Mul, ..), [a, b]) if is_literal(b.bound) => difference_of(a),
        _ => None,
    }
}

fn is_one(step: &Step<'_>) -> bool {
    let is_one = |figure: &Figure| figure.value == Number::from(1i64);
    is_literal(step.bound) && step.value.figure().is_some_and(is_one)
}

/// Whether figures that enter alike add up to a hundred.
fn is_whole(linear: &Linear, ty: Type) -> bool {
    let Some(first) = linear.terms.first() else { return false };
    let hundred = Number::from(if ty == Type::Percent { 1i64 } else { 100 });
    let is_alike = linear.terms.iter().all(|term| term.factor == first.factor);
    let whole =
        linear.constant.as_ref().map(|constant| (constant + &(&first.factor * &hundred)).is_zero());
    linear.terms.len() > 1 && is_alike && whole == Some(true)
}
