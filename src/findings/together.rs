//! The fewest cells that together could make everything hold, where failing equations have no other
//! explanation.

use std::collections::{BTreeMap, BTreeSet};

use crate::explain::equation::Linear;
use crate::explain::minimal::{Demand, Found, MOST_IN_ALL, Product, Set, smallest};
use crate::explain::{Effect, Slip, places};
use crate::findings::crossings::Crossing;
use crate::findings::place;
use crate::findings::shared::{Equation, Shared, Spot, spot};
use crate::findings::solved::{Solved, factor};
use crate::report::{Finding, Suspect};
use crate::source::Files;
use crate::value::{Interval, Number};

/// Cells that could be wrong together.
#[derive(Clone)]
pub(crate) struct Together {
    words: String,
    suspects: Vec<Suspect>,
    /// The rules say which of several figures is the least reliable.
    by_weight: bool,
}

/// Assertions that are looked at together.
const MOST_DEMANDS: usize = 400;

impl Together {
    /// Says so in a finding, unless something better is said of it.
    pub fn say(&self, finding: &mut Finding) {
        let is_likely = finding.suspects.iter().any(|suspect| suspect.is_likely);
        if finding.explanation.is_none() || (self.by_weight && !is_likely) {
            finding.explanation = Some(self.words.clone());
            if !self.suspects.is_empty() {
                finding.suspects.clone_from(&self.suspects);
            }
        }
    }
}

/// What is said of each finding that no crossing explains.
pub(crate) fn together(
    shared: &Shared,
    crossings: &[Crossing],
    files: &dyn Files,
) -> BTreeMap<usize, Together> {
    let joined: BTreeSet<usize> =
        crossings.iter().flat_map(|crossing| crossing.members.iter().copied()).collect();
    let is_open = |e: &Equation| e.finding.is_some_and(|n| !joined.contains(&n));
    let mut seen: BTreeSet<(bool, usize)> = BTreeSet::new();
    let (mut all, mut left) = (BTreeMap::new(), MOST_IN_ALL);
    let equations = (0..shared.equations.len()).map(|n| (false, n));
    for key in equations.chain((0..shared.bounds.len()).map(|n| (true, n))) {
        if shared.of(key).is_some_and(is_open) && !seen.contains(&key) {
            let component = Component::around((shared, files), key, &mut seen);
            let findings: Vec<usize> = component.findings().collect();
            if findings.iter().any(|n| joined.contains(n)) {
                continue;
            }
            let Some(found) = component.solve(&mut left) else { continue };
            for finding in findings {
                all.insert(finding, found.clone());
            }
        }
    }
    all
}

/// Assertions that fail and have cells in common, with all others that these cells are in.
struct Component<'s> {
    shared: &'s Shared,
    files: &'s dyn Files,
    failing: Vec<&'s Equation>,
    /// The cells of those that fail, by where they stand.
    spots: BTreeMap<Spot, usize>,
}

impl<'s> Component<'s> {
    fn around(
        (shared, files): (&'s Shared, &'s dyn Files),
        key: (bool, usize),
        seen: &mut BTreeSet<(bool, usize)>,
    ) -> Component<'s> {
        let mut component =
            Component { shared, files, failing: Vec::new(), spots: BTreeMap::new() };
        let mut open = vec![key];
        while let Some(key) = open.pop() {
            let equation = shared.of(key).filter(|e| e.finding.is_some());
            let Some(equation) = equation.filter(|_| seen.insert(key)) else { continue };
            component.failing.push(equation);
            for spot in equation.solved.cells.iter().map(spot) {
                let number = component.spots.len();
                if component.spots.contains_key(&spot) {
                    continue;
                }
                component.spots.insert(spot, number);
                open.extend(shared.at(&spot).map(|(key, _)| key));
            }
        }
        // In the order of the file.
        component.spots.values_mut().zip(0..).for_each(|(number, n)| *number = n);
        component
    }

    fn findings(&self) -> impl Iterator<Item = usize> {
        self.failing.iter().filter_map(|e| e.finding)
    }

    /// The smallest set of cells, if there is one; nothing where there is nothing to say.
    fn solve(&self, left: &mut usize) -> Option<Together> {
        // What is computed of other figures could be wrong as well, and a value that is missing could be any.
        let is_known = |e: &&Equation| e.solved.is_whole && !e.solved.leaves_out;
        if self.spots.len() < 2 || !self.failing.iter().all(is_known) {
            return None;
        }
        let keys: BTreeSet<(bool, usize)> =
            self.spots.keys().flat_map(|spot| self.shared.at(spot).map(|(key, _)| key)).collect();
        if keys.len() > MOST_DEMANDS {
            return Some(too_many());
        }
        let (mut demands, mut products) = (Vec::new(), Vec::new());
        for key in keys {
            let equation = self.shared.of(key)?;
            match &equation.solved.linear {
                Some(linear) => demands.push(self.demand(&equation.solved, linear)),
                None if equation.finding.is_some() => products.push(self.product(&equation.solved)),
                None => demands.extend(self.alone(&equation.solved)),
            }
        }
        match smallest(&demands, &products, &self.weights(), left) {
            Found::Sets(sets, by_weight) => self.said(&sets, by_weight),
            Found::TooMany => Some(too_many()),
            Found::None => None,
        }
    }

    /// How reliable each cell is, by its number.
    fn weights(&self) -> Vec<u32> {
        let weight = |spot: &Spot| {
            let (key, index) = self.shared.at(spot).next()?;
            Some(self.shared.of(key)?.solved.cells.get(index)?.reliability)
        };
        self.spots.keys().map(|spot| weight(spot).unwrap_or(1)).collect()
    }

    fn demand(&self, solved: &Solved, linear: &Linear) -> Demand {
        let term = |term: &crate::explain::equation::Term| {
            let number = self.spots.get(&spot(solved.cells.get(term.at)?))?;
            Some((*number, term.factor.clone()))
        };
        let terms = linear.terms.iter().filter_map(term).collect();
        let (residual, allowed) = (linear.residual.clone(), linear.allowed.clone());
        Demand { terms, residual, allowed }
    }

    /// A product or a quotient that fails.
    fn product<'p>(&self, solved: &'p Solved) -> Product<'p> {
        let numbers: Vec<Option<usize>> =
            solved.cells.iter().map(|cell| self.spots.get(&spot(cell)).copied()).collect();
        let holds = move |changes: &[(usize, Number)]| {
            let changed = |(number, by): &(usize, Number)| {
                let at = numbers.iter().position(|own| *own == Some(*number))?;
                Some((at, &solved.cells.get(at)?.figure.value + by))
            };
            solved.holds_with(&changes.iter().filter_map(changed).collect::<Vec<_>>())
        };
        Product { alone: self.alone(solved), holds: Box::new(holds) }
    }

    /// What a product or a quotient asks of each of its cells, the others as they are.
    fn alone(&self, solved: &Solved) -> Vec<Demand> {
        let cells = solved.cells.iter().zip(&solved.unknowns);
        let demand = |(figure, unknown): (_, &crate::explain::Unknown)| {
            let number = self.spots.get(&spot(figure))?;
            let terms = vec![(*number, factor(figure.ty))];
            let (residual, allowed) = (unknown.value.clone(), unknown.would_be.clone());
            Some(Demand { terms, residual, allowed })
        };
        cells.filter_map(demand).collect()
    }

    /// What is said of the smallest sets: nothing where several would do and none of them is made of
    /// slips alone.
    fn said(&self, sets: &[Set], by_weight: bool) -> Option<Together> {
        let cells = |set: &Set| set.iter().map(|(number, by)| self.changed(*number, by)).collect();
        let all: Vec<Vec<Changed<'_>>> = sets.iter().filter_map(cells).collect();
        let is_slips = |set: &&Vec<Changed<'_>>| set.iter().all(|c| c.slip.is_some());
        let slips = all.iter().filter(is_slips).filter(|set| set.len() > 1);
        let set = only(all.iter()).or_else(|| only(slips))?;
        let set = Some(set).filter(|set| is_written(set))?;
        // Bounds of single cells say already what is wrong with each of them.
        let is_equation =
            |linear: &Linear| linear.allowed.lo.at().is_some() && linear.allowed.hi.at().is_some();
        let is_shared = self
            .failing
            .iter()
            .any(|e| e.solved.cells.len() > 1 && e.solved.linear.as_ref().is_none_or(is_equation));
        let set = Some(set).filter(|set| is_shared || set.iter().all(|c| c.range.is_point()))?;
        let set = Some(set).filter(|set| set.len() == 1 || self.is_news(set))?;
        let is_only = all.len() == 1;
        let names: Vec<String> = set.iter().filter_map(|c| self.named(c, set)).collect();
        let would_be: Vec<String> = set.iter().filter_map(Changed::would_be).collect();
        let (name, change) = (in_words(&names), would_be.join(", "));
        let words = match (&set[..], is_only) {
            ([_], true) if by_weight => {
                format!(
                    "of the figures that alone could be wrong here, {name} is by the rules the least reliable: {change}"
                )
            }
            (_, true) if by_weight => {
                format!(
                    "of the figures that could be wrong here, {name} together are by the rules the least reliable: {change}"
                )
            }
            ([_], _) => format!(
                "by what else is checked, {name} is the only figure that can be wrong here: {change}"
            ),
            (_, true) => {
                format!("no figure alone makes everything hold; {name} together would: {change}")
            }
            _ => format!("no figure alone makes everything hold; are {name} wrong: {change}?"),
        };
        let suspects = set.iter().filter_map(Changed::suspect);
        let suspects = suspects.filter(|_| set.len() > 1 || by_weight).collect();
        Some(Together { words, suspects, by_weight })
    }

    /// A cell with what is written in it; with its place, unless all that fails has all cells of the set.
    fn named(&self, changed: &Changed<'_>, set: &[Changed<'_>]) -> Option<String> {
        let figure = changed.solved.cells.get(changed.index)?;
        let spots: BTreeSet<Spot> =
            set.iter().filter_map(|c| Some(spot(c.solved.cells.get(c.index)?))).collect();
        let has_all = |e: &&Equation| spots.is_subset(&e.all_cells());
        match self.failing.iter().all(has_all) {
            true => changed.solved.as_it_is(changed.index),
            false => {
                let at = place::words(self.files, &figure.place);
                Some(format!("{} ({}, {at})", figure.name, figure.text))
            }
        }
    }

    /// Whether several cells are said more of than what each of them breaks by itself, and than that it
    /// would be less, or more.
    fn is_news(&self, set: &[Changed<'_>]) -> bool {
        let is_alone = |e: &&&Equation| e.solved.cells.len() == 1;
        let alone: BTreeSet<Spot> = self
            .failing
            .iter()
            .filter(is_alone)
            .flat_map(|e| e.solved.cells.iter().map(spot))
            .collect();
        let breaks = |c: &Changed<'_>| {
            c.solved.cells.get(c.index).is_some_and(|cell| alone.contains(&spot(cell)))
        };
        let has_ends = |c: &Changed<'_>| c.range.lo.at().and(c.range.hi.at()).is_some();
        let is_point = |c: &Changed<'_>| c.range.is_point();
        set.iter().all(is_point) || (set.iter().all(has_ends) && !set.iter().all(breaks))
    }

    fn changed(&self, number: usize, by: &Interval) -> Option<Changed<'s>> {
        let (spot, _) = self.spots.iter().find(|(_, n)| **n == number)?;
        let (key, index) = self.shared.at(spot).next()?;
        let solved = &self.shared.of(key)?.solved;
        let figure = solved.cells.get(index)?;
        let ty = factor(figure.ty);
        let range = Interval::point(figure.figure.value.clone()).add(by).scale(&ty);
        let range = in_decimals(range, solved.unknowns.get(index)?.decimals);
        let only = range.lo.at().filter(|_| range.is_point());
        let slip = only.and_then(|value| solved.unknowns.get(index)?.slip_from(value));
        // A figure of one digit is one slip away from any other, and a digit is easily replaced.
        let slip = slip.filter(|slip| *slip != Slip::Replaced && !solved.is_short(index));
        Some(Changed { solved, index, range, slip })
    }
}

/// A cell of a set, with what it could be in the digits that are written.
#[derive(Clone)]
struct Changed<'s> {
    solved: &'s Solved,
    index: usize,
    range: Interval,
    slip: Option<Slip>,
}

impl Changed<'_> {
    fn shown(&self, value: &Number) -> Option<String> {
        self.solved.written(self.index, value)
    }

    /// "it would be 31 (two digits are swapped)".
    fn would_be(&self) -> Option<String> {
        let name = &self.solved.cells.get(self.index)?.name;
        let why = self.slip.map(|slip| format!(" ({})", slip.words())).unwrap_or_default();
        Some(match (self.range.lo.at(), self.range.hi.at()) {
            (Some(low), Some(high)) if low == high => format!("{name} {}{why}", self.shown(low)?),
            (Some(low), Some(high)) => {
                format!("{name} {} to {}", self.shown(low)?, self.shown(high)?)
            }
            (Some(low), None) => format!("{name} {} or more", self.shown(low)?),
            (None, Some(high)) => format!("{name} {} or less", self.shown(high)?),
            (None, None) => format!("{name} anything"),
        })
    }

    /// With the figure that it could be that is nearest to what is written.
    fn suspect(&self) -> Option<Suspect> {
        let own = &self.solved.unknowns.get(self.index)?.value;
        let ends = [self.range.lo.at(), self.range.hi.at()];
        let nearest = ends.into_iter().flatten().min_by_key(|end| (*end - own).abs())?;
        let change = (nearest.clone(), self.slip);
        let suspect = self.solved.changed(self.index, change, Effect::default())?;
        Some(Suspect { reason: suspect.reason.or(Some("together")), is_likely: false, ..suspect })
    }
}

/// Whether the figures that cells would be can be written with the decimals that the finest has.
fn is_written(set: &[Changed<'_>]) -> bool {
    let finest = set.iter().flat_map(|c| &c.solved.unknowns).map(|u| u.decimals).max();
    let is_short = |value: &Number| finest.is_some_and(|d| places(value, d) == Some(d));
    set.iter().all(|c| !c.range.is_point() || c.range.lo.at().is_some_and(is_short))
}

/// Of what a figure would be those that have so many decimals, where there are any.
fn in_decimals(range: Interval, decimals: i32) -> Interval {
    let fitting = range.multiples(&Number::pow10(-decimals)).filter(|(low, high)| low <= high);
    fitting.map_or(range, |(low, high)| Interval::closed(low, high))
}

/// The one of them, if there is no other.
fn only<'a, T: 'a>(mut all: impl Iterator<Item = &'a T>) -> Option<&'a T> {
    all.next().filter(|_| all.next().is_none())
}

fn in_words(names: &[String]) -> String {
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}

/// That a bound was reached.
fn too_many() -> Together {
    let words = "too many figures hang together here to try which of them could be wrong together";
    Together { words: words.into(), suspects: Vec::new(), by_weight: false }
}
