//! What probably went wrong where figures do not add up: words, and the cells that may be wrong.

use std::collections::BTreeSet;

use crate::explain::equation::{Cell, Constraint, Linear, Operand};
use crate::explain::formula::Difference;
use crate::explain::{self, Effect, Item, Slip, Unknown};
use crate::expr::bound::{Allowance, Op};
use crate::expr::eval::Verdict;
use crate::expr::tree::Cmp;
use crate::findings::about::Proof;
use crate::findings::beside::{Beside, Left};
use crate::findings::equations::{Part, Sum, constraint, factors};
use crate::findings::failed::Failed;
use crate::findings::habits::Habits;
use crate::findings::hints::{Hint, Hints};
use crate::findings::inverse::{formula, is_of_cells, would_be};
use crate::findings::meets::meets;
use crate::findings::roles::Standing;
use crate::findings::solved::{CellFigure, Solved, factor, unknown};
use crate::findings::trace::Trace;
use crate::report::Suspect;
use crate::value::{End, Figure, Interval, Number};

/// What is said of an equation that does not hold.
#[derive(Default)]
pub struct Explanation {
    pub words: Option<String>,
    pub suspects: Vec<Suspect>,
    /// How many figures there are, where they are too many to be solved for.
    pub too_many: Option<u64>,
}

/// Cells of an equation that are solved for.
const MOST_CELLS: usize = 1_000;

/// The same where each of them is solved for by going through all of it.
const MOST_INVERTED: usize = 200;

/// Cells that are named.
pub const MOST_SUSPECTS: usize = 3;

impl Failed<'_, '_> {
    /// What auditors try first, then the cells that one slip explains, then what may have been done to
    /// several.
    pub fn explain(
        &self,
        proof: &Proof<'_>,
        Beside { shared, was, is_early, .. }: Beside<'_>,
        left: Option<&Left>,
    ) -> Option<Explanation> {
        let (x, y) = self.sides()?;
        let made = constraint(self.comparison, self.sums);
        debug_assert!(made.as_ref().is_none_or(|(made, _)| agrees(&proof.trace, made.holds)));
        let solved = made.as_ref().map(|(made, _)| self.solved(made)).unwrap_or_default();
        let allowed = made.as_ref().map(|(made, _)| made.allowed.clone());
        let count = made.as_ref().map(|(made, _)| made.count);
        let mut items = made.map(|made| self.items(made)).unwrap_or_default();
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
        let any = solved.any(self.stated_cell());
        let hints = Hints {
            failed: self,
            solved: &solved,
            any,
            allowed: &allowed.unwrap_or_else(|| Interval::point(Number::default())),
            difference: &(&stated.value - &follows.value),
            items: &items,
            shared,
            was,
            is_early,
        };
        let habits = Habits { failed: self, solved: &solved, shared };
        let mut found = explain::suspects(&solved.unknowns, any, &others);
        // What is allowed may depend on the figure itself.
        let fails = |s: &explain::Suspect| {
            let (cell, suspect) = solved.cells.get(s.index).zip(solved.suspect(s))?;
            meets(proof, self.sums, cell.cell, &suspect.would_be).map(|holds| !holds)
        };
        found.retain(|s| s.slip.is_none() || fails(s) != Some(true));
        let by_unit = || {
            let finest = solved.unknowns.iter().map(|unknown| unknown.decimals).max();
            let unit = Number::pow10(-finest.unwrap_or_default());
            explain::by_unit(&stated.value, &follows.value, &unit).map(Told::in_words)
        };
        let told = self.told(proof, (&hints, &habits, left), &mut found);
        // Where the point of any of several figures may have slipped, a unit may be another one.
        let told = match told {
            Some(told) if is_any_point(&found) => Some(told.or_asked(by_unit())),
            told => told.or_else(by_unit),
        };
        let too_many = count.filter(|n| solved.cells.is_empty() && *n > MOST_INVERTED as u64);
        Some(Explanation { too_many, ..told.unwrap_or_default().with(&solved, &found) })
    }

    /// The first of all that may be said.
    fn told(
        &self,
        proof: &Proof<'_>,
        (hints, habits, left): (&Hints<'_, '_, '_>, &Habits<'_, '_>, Option<&Left>),
        found: &mut [explain::Suspect],
    ) -> Option<Told> {
        if let Some(blank) = hints.blank(found) {
            found.iter_mut().for_each(|s| s.likely = false);
            return Some(Told::of_hint(blank));
        }
        let of_old = hints.of_old(found);
        let is_likely = of_old.as_ref().is_some_and(|(_, is_likely)| *is_likely);
        let told = hints.subtotals().or_else(|| of_old.map(|(hint, _)| hint));
        // The only negative figure, or one a thousand times too large, comes before an item that is the
        // difference by chance.
        let one = Number::from(1i64);
        let stands_out = found.first().is_some_and(|s| s.likely && s.one_in < one);
        let by_item = || hints.by_one_item().or_else(|| hints.left_outside(left));
        let told = told.or_else(|| by_item().filter(|_| !stands_out)).map(Told::of_hint);
        let rounded = || {
            let stated = self.forgotten_rounding(proof, hints.difference);
            stated.or_else(|| habits.rounded())
        };
        let told = told
            .or_else(|| rounded().map(Told::in_words))
            .or_else(|| habits.exact().or_else(|| habits.to_fives()).map(Told::in_words));
        // Where something else explains it as well, no cell is likely.
        let is_all = hints.solved.unsolved.is_empty() && self.adds_cells();
        found.iter_mut().for_each(|s| s.likely &= is_all && (told.is_none() || is_likely));
        let several = || hints.by_several_items().or_else(|| hints.two_slips());
        told.or_else(|| questions(hints.solved, found, hints.of_cells(), &|| habits.rough()))
            .or_else(|| several().map(Told::of_hint))
    }

    /// Whether what is added up are cells, or made of cells that are known: these could be wrong as well.
    fn adds_cells(&self) -> bool {
        self.sums.iter().flat_map(|sum| &sum.parts).all(Part::is_of_cells)
    }

    /// What may be counted twice or left out: rows of sums, and what a stated figure follows from.
    fn items(&self, (made, mut items): (Constraint, Vec<Item>)) -> Vec<Item> {
        if self.stated().is_none() {
            return items;
        }
        let stated = self.stated_cell();
        let seen: BTreeSet<Cell> = items.iter().filter_map(|item| item.cell).collect();
        let item = |operand: &Operand| {
            let is_new = |cell: &Cell| Some(*cell) != stated && !seen.contains(cell);
            let cell = operand.cell.filter(is_new)?;
            let CellFigure { name, text, .. } = self.cells.iter().find(|f| f.cell == cell)?;
            let amount = &operand.factor * &operand.value;
            Some(Item { name: name.clone(), text: text.clone(), amount, cell: Some(cell) })
        };
        items.extend(made.operands.iter().filter_map(item));
        items
    }

    /// What each sum would have to hold more for the equation to hold.
    pub fn missing(&self) -> Option<Vec<(&Sum<'_, '_>, Interval)>> {
        self.sides()?;
        let (made, _) = constraint(self.comparison, self.sums)?;
        let range = made.allowed.sub(&Interval::point(made.residual));
        let factors = factors(self.comparison, self.sums)?;
        let amount = |(sum, factor): (_, Number)| {
            Some((sum, range.scale(&Number::from(1i64).checked_div(&factor)?)))
        };
        Some(factors.into_iter().filter_map(amount).collect())
    }

    /// What one more term of the computed side would have to be, where several enter alike; with the column
    /// that they are in, if that is one.
    pub fn missing_term(&self) -> Option<(Interval, Option<(usize, usize)>)> {
        self.stated()?;
        let stated = self.stated_cell();
        let (made, _) = constraint(self.comparison, self.sums)?;
        let is_stated = |o: &&Operand| o.cell == stated;
        let follows: Vec<&Operand> = made.operands.iter().filter(|o| !is_stated(o)).collect();
        let (first, others) = follows.split_first().filter(|(_, others)| !others.is_empty())?;
        let is_sum = others.iter().all(|o| o.factor == first.factor);
        let columns: Option<BTreeSet<(usize, usize)>> =
            follows.iter().map(|o| o.cell.map(|cell| (cell.table, cell.column))).collect();
        let columns = columns.filter(|_| is_sum)?;
        let range = made.allowed.sub(&Interval::point(made.residual.clone()));
        let by = Number::from(1i64).checked_div(&first.factor)?;
        let column = columns.first().copied().filter(|_| columns.len() == 1);
        Some((range.scale(&by), column))
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
        let (constraint, _) = constraint(self.comparison, self.sums)?;
        Some(self.solved(&constraint))
    }

    /// The same of an inequality, which leaves each cell all that it may be.
    pub fn bound(&self) -> Option<Solved> {
        let c = self.comparison;
        let (x, y) = c.left.value.figure().zip(c.right.value.figure())?;
        let (mut constraint, _) =
            constraint(c, self.sums).filter(|_| !x.withheld && !y.withheld)?;
        let open = |end: &End| end.at().map_or(End::Unbounded, |at| End::Open(at.clone()));
        let allowed = &mut constraint.allowed;
        match c.op {
            Cmp::Le => allowed.lo = End::Unbounded,
            Cmp::Lt => (allowed.lo, allowed.hi) = (End::Unbounded, open(&allowed.hi)),
            Cmp::Ge => allowed.hi = End::Unbounded,
            Cmp::Gt => (allowed.hi, allowed.lo) = (End::Unbounded, open(&allowed.lo)),
            Cmp::Eq | Cmp::Ne => return None,
        }
        let mut solved = Solved { style: self.style, ..Solved::default() };
        let any = Interval { lo: End::Unbounded, hi: End::Unbounded };
        let mut seen = BTreeSet::new();
        for figure in self.cells.iter().filter(|figure| seen.insert(figure.cell)) {
            solved.unknowns.push(unknown(figure, &any, self.style));
            solved.cells.push(figure.clone());
        }
        let cells: Vec<Cell> = solved.cells.iter().map(|figure| figure.cell).collect();
        let linear = Linear::of(&constraint, &cells)?;
        solved.is_whole = linear.constant.is_some();
        solved.linear = Some(linear);
        Some(solved)
    }

    /// The cells that are solved for, each once, and those that are not: where there are many, it may be a plain
    /// sum without those that its parts are computed of.
    fn cells_to_solve(&self) -> (Vec<&CellFigure>, Vec<&CellFigure>) {
        let mut seen = BTreeSet::new();
        let cells: Vec<&CellFigure> =
            self.cells.iter().filter(|figure| seen.insert(figure.cell)).collect();
        if cells.len() <= MOST_INVERTED {
            return (cells, Vec::new());
        }
        let parts = self.sums.iter().flat_map(|sum| &sum.parts);
        let within: BTreeSet<Cell> = parts.flat_map(Part::cells_within).collect();
        cells.into_iter().partition(|figure| !within.contains(&figure.cell))
    }

    fn solved(&self, constraint: &Constraint) -> Solved {
        let mut solved = Solved { style: self.style, ..Solved::default() };
        if self.sums.iter().any(|s| s.count > s.parts.len() as u64) {
            // What is not at hand could explain it as well.
            return solved;
        }
        let (cells, others) = self.cells_to_solve();
        solved.unsolved.extend(others.into_iter().cloned());
        let linear = Linear::of(constraint, &cells.iter().map(|f| f.cell).collect::<Vec<_>>());
        let most = if linear.is_some() { MOST_CELLS } else { MOST_INVERTED };
        if cells.len() > most {
            return solved;
        }
        let all = cells.len();
        for (at, figure) in cells.into_iter().enumerate() {
            let range = match &linear {
                Some(linear) => linear.would_be(at),
                None => {
                    let of = (figure.cell, &[][..]);
                    would_be(self.comparison, self.sums, of, &constraint.allowed)
                }
            };
            let exact = Interval::point(Number::default());
            // With fewer decimals only rounding allows more.
            let is_by_digits = matches!(self.comparison.allowance, Allowance::Rounding(_))
                && constraint.allowed != exact;
            let exact = (is_by_digits && Some(figure.cell) == self.stated_cell())
                .then(|| match &linear {
                    Some(linear) => linear.would_be_exactly(at),
                    None => would_be(self.comparison, self.sums, (figure.cell, &[]), &exact)
                        .and_then(|point| point.lo.at().cloned()),
                })
                .flatten();
            // Without an end, such as beside "more than", nearly any figure would do.
            let has_ends = |r: &Interval| r.lo.at().is_some() && r.hi.at().is_some();
            if let Some(range) = range.filter(has_ends) {
                let exact = exact.map(|exact| &exact * &factor(figure.ty));
                solved.unknowns.push(Unknown { exact, ..unknown(figure, &range, self.style) });
                solved.cells.push(figure.clone());
            } else {
                solved.unsolved.push(figure.clone());
            }
        }
        let cells: Vec<Cell> = solved.cells.iter().map(|figure| figure.cell).collect();
        solved.linear = Linear::of(constraint, &cells);
        solved.is_whole = match &solved.linear {
            Some(linear) => linear.constant.is_some(),
            None => cells.len() == all && is_of_cells(self.comparison, self.sums),
        };
        // Where a sum has no rows, these may be what is wrong.
        solved.is_whole &= self.sums.iter().all(|sum| !sum.adds || sum.count > 0);
        if solved.linear.is_none() && solved.is_whole {
            let formula = formula(self.comparison, self.sums, &cells);
            let allowed = constraint.allowed.clone();
            solved.difference = formula.map(|formula| Difference { formula, allowed });
        }
        self.add_blanks(&mut solved);
        solved
    }

    /// What the sums leave out.
    fn add_blanks(&self, solved: &mut Solved) {
        solved.leaves_out = self.sums.iter().any(|sum| sum.missing > 0);
        solved.blanks = self.sums.iter().filter_map(|sum| sum.blank.clone()).collect();
        solved.blank = self.blank(solved);
    }

    /// The only cell without a value, and what it would be: a figure like all others of its sum.
    fn blank(&self, solved: &Solved) -> Option<(CellFigure, Unknown)> {
        let missing = self.sums.iter().map(|sum| sum.missing).fold(0, u64::saturating_add);
        let sum = self.sums.iter().find(|sum| sum.blank.is_some()).filter(|_| missing == 1)?;
        let figure = sum.blank.as_ref()?;
        let all = self.missing()?;
        let (_, amount) = all.iter().find(|(of, _)| std::ptr::eq(of.step, sum.step))?;
        let decimals = solved.unknowns.iter().map(|unknown| unknown.decimals).max()?;
        let would_be = amount.scale(&factor(figure.ty));
        let value = Number::default();
        let unknown = Unknown { value, decimals, in_words: false, would_be, exact: None };
        let middle = unknown.middle()?;
        // Much smaller or larger than all others it would be no figure of this sum.
        let amount = middle.checked_div(&factor(figure.ty))?;
        let values = || sum.parts.iter().map(|part| &part.figure.value).filter(|n| !n.is_zero());
        let sizes = values().map(Number::abs).min().zip(values().map(Number::abs).max());
        let twice = |n: &Number| n * &Number::from(2i64);
        let is_like = sizes.is_some_and(|(least, most)| {
            twice(&amount.abs()) >= least && amount.abs() <= twice(&most)
        }) && values().all(|value| value.signum() == amount.signum());
        let is_written = explain::places(&middle, decimals) == Some(decimals);
        (is_like && is_written).then(|| (figure.clone(), unknown))
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
        let figure = self.cells.iter().find(|figure| figure.cell == stated)?;
        let unknown = unknown(figure, &Interval::point(Number::default()), self.style);
        let half = Number::decimal(5, unknown.decimals.saturating_add(1));
        let text = &figure.text;
        ((difference * &factor(figure.ty)).abs() <= half)
            .then(|| format!("{text} is the same, rounded: add `within rounding` if it may be"))
    }
}

/// What is said, and the cells that are named first.
#[derive(Default)]
struct Told {
    words: Option<String>,
    first: Vec<Suspect>,
}

impl Told {
    fn of_hint(hint: Hint) -> Told {
        Told { words: Some(hint.question), first: hint.suspects }
    }

    /// With the other cells, the likeliest first, up to as many as are named.
    fn with(self, solved: &Solved, found: &[explain::Suspect]) -> Explanation {
        let Told { words, first: mut suspects } = self;
        suspects.truncate(MOST_SUSPECTS);
        let mut others = found.iter().filter_map(|s| solved.suspect(s));
        while suspects.len() < MOST_SUSPECTS
            && let Some(suspect) = others.next()
        {
            if suspects.iter().all(|s| s.place != suspect.place) {
                suspects.push(suspect);
            }
        }
        Explanation { words, suspects, too_many: None }
    }

    /// With another question.
    fn or_asked(self, other: Option<Told>) -> Told {
        let words: Vec<String> =
            [self.words, other.and_then(|other| other.words)].into_iter().flatten().collect();
        Told { words: Some(words.join(" Or: ")).filter(|words| !words.is_empty()), ..self }
    }

    fn in_words(words: String) -> Told {
        Told { words: Some(words), first: Vec::new() }
    }
}

/// The cells that a slip explains beside what may have been done to several: likely is only what alone
/// explains it, and a habit of rounding comes before what is not. Nothing where there is nothing to say.
fn questions(
    solved: &Solved,
    found: &mut [explain::Suspect],
    mut hints: Vec<Hint>,
    habit: &dyn Fn() -> Option<String>,
) -> Option<Told> {
    let is_likely = hints.is_empty() && found.first().is_some_and(|s| s.likely);
    let is_claimed = hints.iter().any(|hint| hint.claim.is_some());
    let habit = Some(habit).filter(|_| !is_likely && !is_claimed).and_then(|habit| habit());
    if let Some(habit) = habit {
        found.iter_mut().for_each(|s| s.likely = false);
        return Some(Told::in_words(habit));
    }
    if hints.is_empty() {
        return solved.words(found).map(Told::in_words);
    }
    let is_alone = hints.len() == 1 && found.iter().all(|s| s.slip.is_none());
    found.iter_mut().for_each(|s| s.likely = false);
    if !is_alone {
        let cells = hints.iter_mut().flat_map(|hint| &mut hint.suspects);
        cells.for_each(|s| s.is_likely = false);
    }
    let claim = hints.first().and_then(|hint| hint.claim.clone()).filter(|_| is_alone);
    let by_slips = solved.words(found);
    // A slip that is worth a question comes first.
    let asked = explain::worth_asking(found);
    let asked = asked.into_iter().filter_map(|s| solved.suspect(s)).filter(|_| by_slips.is_some());
    let mut first: Vec<Suspect> = asked.collect();
    for hint in &mut hints {
        // Half of what was done says nothing.
        if first.len() + hint.suspects.len().min(MOST_SUSPECTS) <= MOST_SUSPECTS {
            first.append(&mut hint.suspects);
        }
    }
    let questions = by_slips.into_iter().chain(hints.into_iter().map(|hint| hint.question));
    let words = claim.unwrap_or_else(|| questions.collect::<Vec<_>>().join(" Or: "));
    Some(Told { words: Some(words), first })
}

/// Whether the same power of ten explains several figures, and no other slip one.
fn is_any_point(found: &[explain::Suspect]) -> bool {
    let asked = explain::worth_asking(found);
    let power = |s: &&explain::Suspect| match s.slip {
        Some(Slip::Power(n)) => n.abs(),
        _ => 0,
    };
    let mut powers = asked.iter().map(power);
    let first = powers.next().filter(|power| *power > 0);
    asked.len() > 1 && powers.all(|power| Some(power) == first)
}

/// Whether the equation of an assertion that is a single comparison comes to the same verdict.
fn agrees(trace: &Trace<'_>, holds: bool) -> bool {
    !matches!(trace.root.bound.op, Op::Compare { .. }) || holds == (trace.verdict == Verdict::Holds)
}
