//! What may have happened to several cells of a failing equation, in words.

use crate::explain;
use crate::explain::cells::{Running, running, subtotals, swapped};
use crate::explain::{
    Apart, Change, Effect, Item, LIKELY, RARE, Totals, Unknown, totals, two_slips,
};
use crate::expr::bound::Allowance;
use crate::findings::beside::{Left, Why};
use crate::findings::failed::Failed;
use crate::findings::inverse::{residual_with, would_be};
use crate::findings::shared::Shared;
use crate::findings::solved::{Solved, factor, unknown};
use crate::findings::was::Former;
use crate::report::Suspect;
use crate::value::{Interval, Number};

/// What may have happened, and the cells that it happened to.
#[derive(Debug, Clone)]
pub struct Hint {
    /// As a question.
    pub question: String,
    /// As what is likely, where chance hardly makes it.
    pub claim: Option<String>,
    pub suspects: Vec<Suspect>,
}

/// Cells of a product or a quotient among which pairs are looked for.
const MOST_CELLS: usize = 12;

/// Running totals that are no coincidence: beside the first part, so many at least.
const LEAST_RUNNING: usize = 3;

/// One item that is the difference, or two figures of a share, are worth a question where less than one in
/// so many totals has such.
const SELDOM: u64 = 5;

/// Cells that are named in a sentence.
const MOST_NAMED: usize = 3;

/// What hints are looked for in.
pub struct Hints<'h, 'f, 'm> {
    pub failed: &'h Failed<'f, 'm>,
    pub solved: &'h Solved,
    /// The cell that could be any figure of its size by chance, where cells do not enter alike.
    pub any: Option<usize>,
    /// What left minus right may be.
    pub allowed: &'h Interval,
    /// What is stated minus what follows.
    pub difference: &'h Number,
    /// The items of both, as they add to that.
    pub items: &'h [Item],
    pub shared: Option<&'h Shared>,
    pub was: Option<&'h Former>,
    /// Whether it is among the first findings of its check.
    pub is_early: bool,
}

impl Hints<'_, '_, '_> {
    /// The figures that could be any other by chance: all, or the one of which that is known.
    fn counted(&self) -> &[Unknown] {
        let all = &self.solved.unknowns;
        self.any.and_then(|any| all.get(any)).map_or(all, std::slice::from_ref)
    }

    fn totals(&self) -> Totals {
        totals(self.counted())
    }

    /// How many figures would do in one of the cells.
    fn width(&self, totals: &Totals) -> u64 {
        self.counted().iter().map(|u| u.width(&totals.unit)).min().unwrap_or(1)
    }

    fn is_below(&self, ways: u64, one_in: u64) -> bool {
        let totals = self.totals();
        totals.is_below(ways.saturating_mul(self.width(&totals)), one_in)
    }

    /// What a change does to other equations, and how many of its cells fail as before.
    fn effect(&self, changes: &[(usize, Number)]) -> (Effect, u32) {
        let of = self.failed.of;
        let own = ((of.0.index(), of.1.index()), self.solved);
        self.shared.map(|shared| shared.effect_of_all(own, changes)).unwrap_or_default()
    }

    /// Whether a change breaks nothing that holds.
    fn is_safe(&self, changes: &[(usize, Number)]) -> bool {
        self.effect(changes).0.breaks == 0
    }

    /// The only cell that has no value; beside it cells that a slip explains.
    pub fn blank(&self, found: &[explain::Suspect]) -> Option<Hint> {
        let (_, suspect) = self.solved.blank_suspect()?;
        let (figure, unknown) = self.solved.blank.as_ref()?;
        let own = (self.failed.of.0.index(), self.failed.of.1.index());
        let middle = unknown.middle()?;
        let is_other = self.shared.is_some_and(|s| !s.agree((own, self.solved), figure, &middle));
        if is_other {
            return None;
        }
        let blank = format!("{} is blank: it would be {}", suspect.name, suspect.would_be);
        let mut slips = found.to_vec();
        slips.iter_mut().for_each(|s| s.likely = false);
        let question = match self.solved.words(&slips) {
            Some(slips) => format!("{blank}. Or: {slips}"),
            None => blank,
        };
        Some(Hint { question, claim: None, suspects: vec![suspect] })
    }

    /// Lines that are sums of others among the parts.
    pub fn subtotals(&self) -> Option<Hint> {
        let found = subtotals(self.solved.linear.as_ref()?);
        let lines = found.iter().map(|(_, lines)| lines);
        let lines = lines.min().filter(|_| self.is_below(1, RARE))?;
        let named = |(at, _): &(usize, usize)| self.solved.as_it_is(*at);
        let names: Vec<String> = found.iter().filter_map(named).collect();
        let said = match &names[..] {
            [one] => format!(
                "the difference is {one}, itself the sum of the {lines} lines above: is it counted twice?"
            ),
            many if many.len() <= MOST_NAMED => format!(
                "the difference is {} together, themselves sums of the lines above: are they counted twice?",
                in_words(many)
            ),
            many => format!(
                "the difference is {} and {} more together, themselves sums of the lines above: are they counted twice?",
                in_words(many.get(..MOST_NAMED)?),
                many.len() - MOST_NAMED
            ),
        };
        let suspect =
            |(at, _): &(usize, usize)| self.solved.because(*at, (None, "subtotal-counted"), false);
        let suspects = found.iter().filter_map(suspect).collect();
        Some(Hint { question: said, claim: None, suspects })
    }

    /// The only cell that was another figure in the old version, with which the equation holds.
    /// Whether that figure is the likely one already.
    pub fn of_old(&self, found: &[explain::Suspect]) -> Option<(Hint, bool)> {
        let was = self.was?;
        let before = |at: usize| {
            let (cell, unknown) = (self.solved.cells.get(at)?, self.solved.unknowns.get(at)?);
            let was = was.get(&cell.cell)?;
            let holds = unknown.would_be.contains(&(&was.value * &factor(cell.ty)));
            (holds && self.is_safe(&[(at, was.value.clone())])).then_some((at, was))
        };
        let mut all = (0..self.solved.cells.len()).filter_map(before);
        let (at, was) = all.next().filter(|_| all.next().is_none())?;
        let text = &was.text;
        let first = found.first().filter(|s| s.likely && s.index == at);
        let ty = self.solved.cells.get(at)?.ty;
        let first = first.filter(|s| s.would_be == &was.value * &factor(ty));
        if first.is_some() {
            let claim = self.solved.words(found)?;
            let question = format!("{claim}; it was {text} in the old version");
            return Some((Hint { question, claim: None, suspects: Vec::new() }, true));
        }
        let name = self.solved.as_it_is(at)?;
        let question = format!(
            "{name} was {text} in the old version, with which this holds: is it wrong now, or was another figure to change with it?"
        );
        let suspect = self.solved.because(at, (Some(&was.value), "old-version"), false);
        Some((Hint { question, claim: None, suspects: suspect.into_iter().collect() }, false))
    }

    /// One item that is the difference.
    pub fn by_one_item(&self) -> Option<Hint> {
        self.apart(&Apart::by_one(self.difference, self.items)?)
    }

    /// A cell beside the sum that is the difference.
    pub fn left_outside(&self, left: Option<&Left>) -> Option<Hint> {
        let Left { figure, at, why, ways } = left?;
        let amount = figure.figure.value.abs();
        let is_item = self.items.iter().any(|item| item.amount.abs() == amount);
        if is_item || !self.is_below(*ways, RARE) {
            return None;
        }
        let name = match figure.name.as_str() {
            "" => format!("{} ({at})", figure.text),
            name => format!("{name} ({}, {at})", figure.text),
        };
        let question = match why {
            Why::Where => format!(
                "the difference is {name}, which `where` leaves out: is it part of the sum?"
            ),
            Why::Group => {
                format!("the difference is {name}, which is not in this group: is it part of it?")
            }
            Why::List => {
                format!("the difference is {name}, which is not added: is it part of the sum?")
            }
        };
        let alone = Solved {
            cells: vec![figure.clone()],
            unknowns: vec![unknown(figure, &Interval::point(Number::default()), self.failed.style)],
            style: self.failed.style,
            ..Solved::default()
        };
        let suspect = alone.because(0, (None, "not-in-sum"), false)?;
        Some(Hint { question, claim: None, suspects: vec![suspect] })
    }

    /// A few items that are the difference together.
    pub fn by_several_items(&self) -> Option<Hint> {
        self.apart(&Apart::by_several(self.difference, self.items, &self.totals())?)
    }

    fn apart(&self, apart: &Apart) -> Option<Hint> {
        let reason = if apart.counted { "counted-twice" } else { "left-out" };
        let suspect = |n: &usize| {
            let cell = self.items.get(*n)?.cell?;
            let at = self.solved.cells.iter().position(|figure| figure.cell == cell)?;
            self.solved.because(at, (None, reason), false)
        };
        // A small difference is one of the items by chance.
        let ways = (self.items.len() as u64).saturating_mul(2);
        let is_below = |one_in| apart.items.len() > 1 || self.is_below(ways, one_in);
        // What rounding may explain wants more than a coincidence.
        let is_rounding = self.allowed.contains(self.difference);
        if !is_below(if is_rounding { RARE } else { SELDOM }) {
            return None;
        }
        let suspects = apart.items.iter().filter(|_| is_below(RARE)).filter_map(suspect).collect();
        Some(Hint { question: apart.words(self.items)?, claim: None, suspects })
    }

    /// Whatever else may have happened to several cells.
    pub fn of_cells(&self) -> Vec<Hint> {
        self.swapped().into_iter().chain(self.running()).collect()
    }

    /// Two cells that changed places.
    fn swapped(&self) -> Option<Hint> {
        let is_short = |at: usize| self.solved.is_short(at);
        let (found, ways) = match &self.solved.linear {
            Some(linear) => swapped(linear, &is_short),
            None => self.swapped_factors(),
        };
        let [pair] = found[..] else { return None };
        let value = |at: usize| self.solved.cells.get(at).map(|cell| cell.figure.value.clone());
        let [a, b] = pair;
        let (of_a, of_b) = (value(a)?, value(b)?);
        let is_alike = self.solved.cells.get(a)?.ty == self.solved.cells.get(b)?.ty;
        let (effect, still) = self.effect(&[(a, of_b.clone()), (b, of_a.clone())]);
        // What else of these cells fails, and would as well then, speaks against it.
        let is_contrary = still > 0 && effect.mends == 0;
        let is_safe = is_alike && effect.breaks == 0 && !is_contrary;
        let one_in = if self.any.is_some() { SELDOM } else { RARE };
        if !is_safe || !self.is_below(ways, one_in) {
            return None;
        }
        let mut pair = [(a, of_b), (b, of_a)];
        pair.sort_by_key(|(at, _)| self.solved.cells.get(*at).map(|figure| figure.cell));
        let is_likely = still == 0 && self.is_below(ways, LIKELY);
        let names: Vec<String> =
            pair.iter().filter_map(|(at, _)| self.solved.as_it_is(*at)).collect();
        let names = in_words(&names);
        let suspect = |(at, value): &(usize, Number)| {
            self.solved.because(*at, (Some(value), "swapped-cells"), is_likely)
        };
        Some(Hint {
            question: format!("are {names} swapped?"),
            claim: is_likely.then(|| format!("{names} are likely swapped")),
            suspects: pair.iter().filter_map(suspect).collect(),
        })
    }

    /// The same in products and quotients.
    fn swapped_factors(&self) -> (Vec<[usize; 2]>, u64) {
        let cells = &self.solved.cells;
        let (mut found, mut ways) = (Vec::new(), 0);
        if cells.len() > MOST_CELLS {
            return (found, ways);
        }
        for (b, of_b) in cells.iter().enumerate() {
            for (a, of_a) in cells.iter().enumerate().take(b) {
                let is_short = self.solved.is_short(a) || self.solved.is_short(b);
                if is_short || of_a.ty != of_b.ty || of_a.figure.value == of_b.figure.value {
                    continue;
                }
                ways += 1;
                let (x, y) = (of_b.figure.value.clone(), of_a.figure.value.clone());
                let given = [(of_a.cell, x), (of_b.cell, y)];
                let (c, sums) = (self.failed.comparison, self.failed.sums);
                let residual = residual_with(c, sums, &given);
                if residual.is_some_and(|residual| self.allowed.contains(&residual)) {
                    found.push([a, b]);
                }
            }
        }
        (found, ways)
    }

    /// Two cells each of which holds a slip.
    pub fn two_slips(&self) -> Option<Hint> {
        // What rounding allows depends on the digits of both, and many pairs are near to each other.
        let is_exact = self.solved.unknowns.iter().all(|unknown| unknown.would_be.is_point())
            && matches!(self.failed.comparison.allowance, Allowance::Exact);
        if !self.is_early || !is_exact {
            return None;
        }
        let cells = &self.solved.cells;
        let raw = |at: usize, digits: &Number| digits.checked_div(&factor(cells.get(at)?.ty));
        let other = |(own, digits): (usize, &Number), at: usize| {
            let (value, cell) = (raw(own, digits)?, cells.get(at)?);
            let range = match &self.solved.linear {
                Some(linear) => linear.would_be_with(at, (own, &value))?,
                None => {
                    let (c, sums) = (self.failed.comparison, self.failed.sums);
                    would_be(c, sums, (cell.cell, &[(cells.get(own)?.cell, value)]), self.allowed)?
                }
            };
            Some(range.scale(&factor(cell.ty)))
        };
        let (found, ways) = two_slips(&self.solved.unknowns, &other);
        let [pair] = &found[..] else { return None };
        let changes = pair.iter().map(|(at, digits, _)| Some((*at, raw(*at, digits)?)));
        let is_safe = self.is_safe(&changes.collect::<Option<Vec<_>>>()?);
        if !is_safe || !self.is_below(ways, RARE) {
            return None;
        }
        let suspect = |(at, digits, slip): &Change| {
            let change = (digits.clone(), Some(*slip));
            let suspect = self.solved.changed(*at, change, Effect::default())?;
            Some(Suspect { is_likely: false, ..suspect })
        };
        let [a, b] = pair.each_ref().map(suspect);
        let (a, b) = (a?, b?);
        let change = |s: &Suspect| format!("{} be {} instead of {}", s.name, s.would_be, s.stated);
        let why = |s: &Suspect| format!(" ({})", s.why.unwrap_or_default());
        let of_first = if a.why == b.why { String::new() } else { why(&a) };
        let of_second = why(&b).replace(")", if a.why == b.why { ", in both)" } else { ")" });
        let question = format!("should {}{of_first}, and {}{of_second}?", change(&a), change(&b));
        Some(Hint { question, claim: None, suspects: vec![a, b] })
    }

    /// Cells that hold what stands before them as well.
    fn running(&self) -> Option<Hint> {
        let (Running { cells, last, is_total }, ways) = running(self.solved.linear.as_ref()?)?;
        if !self.is_below(ways, RARE) || !self.is_safe(&cells) {
            return None;
        }
        let name = self.solved.as_it_is(last)?;
        // What stands before a single one may be missing from the total instead.
        let is_likely = cells.len() >= LEAST_RUNNING && self.is_below(ways, LIKELY);
        let suspect = |(at, value): &(usize, Number)| {
            self.solved.because(*at, (Some(value), "running-total"), is_likely)
        };
        let suspects: Vec<Suspect> = cells.iter().filter_map(suspect).collect();
        let (question, claim) = match &suspects[..] {
            [one] => {
                let alone = format!("without what stands before it, it would be {}", one.would_be);
                (format!("is {name} a running total? {alone}"), String::new())
            }
            _ if is_total => (
                format!("are the parts running totals? The last of them, {name}, is the total"),
                format!(
                    "the parts are likely running totals: the last of them, {name}, is the total"
                ),
            ),
            _ => return None,
        };
        Some(Hint { question, claim: is_likely.then_some(claim), suspects })
    }
}

/// "a, b and c".
fn in_words(names: &[String]) -> String {
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}
