//! Findings that have one cause: failing equations that meet in a cell, that two cells would mend if
//! they changed places, or that all count a row too often.
//!
//! Equal differences of a row and a column meet in one cell, whatever was done to it: that names the
//! cell without any model of slips. Only where one cell alone would mend the same findings are they
//! one.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::pass::locate::Finders;
use crate::explain::equation::Cell;
use crate::explain::{self, Effect, LIKELY, Slip, totals};
use crate::findings::shared::{At, Equation, Shared, Spot, spot};
use crate::findings::solved::CellFigure;
use crate::report::Suspect;
use crate::source::FileId;
use crate::value::Number;

/// Several findings that have one cause.
pub(crate) struct Crossing {
    /// The numbers of the findings, in order.
    pub members: Vec<usize>,
    pub cause: Cause,
}

/// Why several equations fail.
pub(crate) enum Cause {
    /// This cell is wrong.
    Cell(Cell, Suspect),
    /// These two cells are swapped.
    Swap(Box<[(Cell, Suspect); 2]>),
    /// A row is counted too often.
    Row(Cell, Suspect),
    /// Cells of one row or column hold the same slip.
    Line { cells: Vec<(Cell, Suspect)>, slip: Slip, is_row: bool },
    /// The figures of a row stand one column too far to one side.
    Shifted { cells: Vec<(Cell, Suspect)>, is_left: bool },
    /// A row holds zeros; what it would hold, also in words.
    Zeros { cells: Vec<(Cell, Suspect)>, names: String },
    /// This cell has no value.
    Blank(Cell, Suspect),
    /// A row is not there, in words.
    Missing(String),
}

/// What failing equations have in common.
#[derive(Default)]
pub(crate) struct Crossings {
    pub found: Vec<Crossing>,
    /// Findings that several cells would mend, each together with another finding: so that none of these
    /// cells is the cause, with those that are asked about.
    pub contested: BTreeMap<usize, Vec<(Cell, Suspect)>>,
}

/// Finds what failing equations have in common.
pub(crate) struct Search<'s> {
    pub shared: &'s Shared,
    pub equations: &'s [Equation],
    /// Where each cell of failing equations is met.
    pub met: BTreeMap<Spot, Vec<At>>,
    /// Tables of which all equations are known, those that hold as well.
    pub small: BTreeSet<usize>,
    /// Equations that have a cause.
    pub used: BTreeSet<usize>,
    pub found: Vec<Crossing>,
    contested: BTreeMap<usize, Vec<(Cell, Suspect)>>,
}

/// The equations that a cell mends by one value.
type Candidate = (BTreeSet<usize>, Spot, Number);

/// Two cells that changed places, with the equations that this explains.
type SwapOfMany = ([At; 2], BTreeSet<usize>);

/// Whether two cells stand one below the other.
fn is_below(a: &CellFigure, b: &CellFigure) -> bool {
    let Some((a, b)) = a.place.cell.as_ref().zip(b.place.cell.as_ref()) else { return false };
    let apart = a.record.zip(b.record).map(|(x, y)| x.abs_diff(y));
    a.column == b.column && apart == Some(1)
}

/// Cells that could have changed places with one, at most.
const MOST_PARTNERS: usize = 100;

/// The findings that have one cause.
pub(crate) fn crossings(
    shared: &Shared,
    small: BTreeSet<usize>,
    finders: &mut Finders<'_>,
) -> Crossings {
    let equations = &shared.equations[..];
    let fails = |at: &&At| equations.get(at.0).is_some_and(|e| e.finding.is_some());
    let failing = |at: &Vec<At>| at.iter().filter(fails).copied().collect::<Vec<At>>();
    let met = shared.met.iter().map(|(spot, at)| (*spot, failing(at))).collect();
    let (used, found, contested) = (BTreeSet::new(), Vec::new(), BTreeMap::new());
    let mut search = Search { shared, equations, met, small, used, found, contested };
    search.rows();
    search.lines();
    search.shifts();
    search.blanks();
    search.cells();
    search.swaps(finders);
    search.missing_rows();
    Crossings { found: search.found, contested: search.contested }
}

impl Search<'_> {
    pub fn unknown(&self, (n, i): At) -> Option<&explain::Unknown> {
        self.equations.get(n)?.solved.unknowns.get(i)
    }

    pub fn cell(&self, (n, i): At) -> Option<&CellFigure> {
        self.equations.get(n)?.solved.cells.get(i)
    }

    /// Cells that mend several equations by one value.
    fn cells(&mut self) {
        let mut candidates: Vec<Candidate> = Vec::new();
        for (cell, at) in self.met.iter().filter(|(_, at)| at.len() > 1) {
            let Some((value, mended)) = self.common(at) else { continue };
            if !self.breaks(at, &value) {
                candidates.push((mended, *cell, value));
            }
        }
        candidates.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.1.cmp(&b.1)));
        let mut by_set: BTreeMap<&BTreeSet<usize>, usize> = BTreeMap::new();
        candidates.iter().for_each(|(mended, ..)| *by_set.entry(mended).or_default() += 1);
        let are_coincidences = self.are_coincidences(by_set.len());
        let mut swaps = None;
        for candidate @ (mended, spot, value) in &candidates {
            let is_free = mended.is_disjoint(&self.used);
            let rivals = || self.rivals(candidate, &candidates);
            if is_free && self.meet_unsolved(mended) {
                self.used.extend(mended);
            } else if let Some(rivals) = Some(is_free).filter(|is| *is).and_then(|_| rivals()) {
                let swaps = swaps.get_or_insert_with(|| self.swaps_of_many());
                if !self.swapped_instead(mended, swaps) {
                    self.contest(&rivals, are_coincidences);
                }
            } else if is_free && by_set.get(mended) == Some(&1) && self.differ(mended) {
                let suspect = self.suspect(*spot, value, mended.len());
                let reason = suspect.as_ref().and_then(|(_, s)| s.reason);
                // A replaced digit explains nearly any difference.
                let is_slip = reason.is_some_and(|reason| reason != Slip::Replaced.name());
                if are_coincidences && !is_slip {
                    continue;
                }
                if !is_slip {
                    let swaps = swaps.get_or_insert_with(|| self.swaps_of_many());
                    if self.swapped_instead(mended, swaps) {
                        continue;
                    }
                }
                self.found.extend(suspect.map(|(cell, s)| Crossing {
                    members: self.findings(mended),
                    cause: Cause::Cell(cell, s),
                }));
                self.used.extend(mended);
            } else if is_free && by_set.get(mended).is_some_and(|n| *n > 1) {
                // Several cells would do: what is found in fewer of these equations is no better.
                self.used.extend(mended);
            }
        }
    }

    /// Cells without a value about which several equations agree.
    fn blanks(&mut self) {
        for equations in self.shared.blanks.values().filter(|of| of.len() > 1) {
            let all: BTreeSet<usize> = equations.iter().copied().collect();
            let first = all.first().and_then(|n| self.equations.get(*n));
            let Some((first, (figure, unknown))) =
                first.and_then(|e| Some((e, e.solved.blank.as_ref()?)))
            else {
                continue;
            };
            let Some(value) = unknown.middle().filter(|_| first.finding.is_some()) else {
                continue;
            };
            let agree = self.shared.agree((first.demand, &first.solved), figure, &value);
            if !agree || !all.is_disjoint(&self.used) || !self.differ(&all) {
                continue;
            }
            let suspect = first.solved.blank_suspect();
            let cause = suspect.map(|(cell, suspect)| Cause::Blank(cell, suspect));
            let members = self.findings(&all);
            self.found.extend(cause.map(|cause| Crossing { members, cause }));
            self.used.extend(all);
        }
    }

    /// The candidates that mend as many equations as one does, some of the same and some others, and so on from
    /// each of them: it is among them. None where it has no rival.
    fn rivals<'c>(
        &self,
        own: &'c Candidate,
        candidates: &'c [Candidate],
    ) -> Option<Vec<&'c Candidate>> {
        let is_like = |c: &&Candidate| {
            c.0.len() == own.0.len() && c.0.is_disjoint(&self.used) && self.differ(&c.0)
        };
        let alike: Vec<&Candidate> = candidates.iter().filter(is_like).collect();
        let mut all = own.0.clone();
        loop {
            let meet: Vec<&Candidate> =
                alike.iter().filter(|c| !c.0.is_disjoint(&all)).copied().collect();
            let before = all.len();
            all.extend(meet.iter().flat_map(|c| &c.0));
            if all.len() == before {
                return (meet.contains(&own) && before > own.0.len()).then_some(meet);
            }
        }
    }

    /// Leaves equations apart, each of which several cells would mend together with another one.
    fn contest(&mut self, rivals: &[&Candidate], are_coincidences: bool) {
        for (mended, spot, value) in rivals {
            self.used.extend(mended);
            let suspect = self.suspect(*spot, value, mended.len());
            let suspect = suspect.filter(|_| !are_coincidences);
            for finding in self.findings(mended) {
                let asked = self.contested.entry(finding).or_default();
                asked.extend(
                    suspect.clone().map(|(cell, s)| (cell, Suspect { is_likely: false, ..s })),
                );
            }
        }
    }

    /// Whether equations agree in what they ask of a cell no more often than differences of their size do by
    /// chance: where most rows and most columns of a table are off, some are off by the same.
    fn are_coincidences(&self, agreements: usize) -> bool {
        /// Of fewer cells for each agreement, none is a coincidence.
        const FEW: usize = 3;
        /// Agreements of which one may be a coincidence.
        const ONE_IN: u64 = 4;
        let tested = || self.met.values().filter(|at| at.len() > 1).filter_map(|at| at.first());
        let count = tested().count();
        if count <= agreements.saturating_mul(FEW) {
            return false;
        }
        let size = |at: &At| {
            let unknown = self.unknown(*at)?;
            let off = (&unknown.middle()? - &unknown.value).abs();
            off.checked_div(&unknown.unit())?.floor().to_i64()
        };
        let mut sizes: Vec<u64> = tested().filter_map(size).map(i64::unsigned_abs).collect();
        sizes.sort_unstable();
        // Differences have two signs.
        let sizes = sizes.get(sizes.len() / 2).map_or(0, |median| median.saturating_mul(2));
        (count as u64).saturating_mul(ONE_IN) > (agreements as u64).saturating_mul(sizes)
    }

    /// Whether two cells in changed places explain these equations and one more, which is then said.
    fn swapped_instead(&mut self, mended: &BTreeSet<usize>, swaps: &[SwapOfMany]) -> bool {
        let fits = |(_, all): &&SwapOfMany| {
            all.len() > mended.len() && all.is_superset(mended) && all.is_disjoint(&self.used)
        };
        let mut swaps = swaps.iter().filter(fits);
        let Some(([x, y], all)) = swaps.next().filter(|_| swaps.next().is_none()) else {
            return false;
        };
        let is_likely = self.is_seldom_swapped([x.0, y.0]);
        let pair = self.swap(*x, *y, is_likely).zip(self.swap(*y, *x, is_likely));
        let members = self.findings(all);
        self.found
            .extend(pair.map(|(a, b)| Crossing { members, cause: Cause::Swap(Box::new([a, b])) }));
        self.used.extend(all);
        true
    }

    /// Pairs of cells that mend at least three equations if they change places, each once.
    fn swaps_of_many(&self) -> Vec<SwapOfMany> {
        let by_value = self.by_value();
        let mut pairs: BTreeMap<[Spot; 2], SwapOfMany> = BTreeMap::new();
        let failing = |spot: &Spot| self.met.get(spot).into_iter().flatten().map(|at| at.0);
        for own in by_value.values().flatten() {
            for other in self.partners(*own, &by_value) {
                let spots = [*own, other].map(|at| self.cell(at).map(spot));
                let [Some(a), Some(b)] = spots else { continue };
                let all: BTreeSet<usize> = failing(&a).chain(failing(&b)).collect();
                if all.len() > 2 && self.hold_swapped([*own, other]) {
                    pairs.insert([a.min(b), a.max(b)], ([*own, other], all));
                }
            }
        }
        pairs.into_values().collect()
    }

    /// Whether all equations of two cells hold where these change places.
    fn hold_swapped(&self, pair: [At; 2]) -> bool {
        let figures = pair.map(|at| self.cell(at));
        let [Some(a), Some(b)] = figures else { return false };
        let value = |figure: &CellFigure| figure.figure.value.clone();
        self.shared.hold_with(&[(spot(a), value(b)), (spot(b), value(a))])
    }

    /// Cells of failing equations that have no cause yet, by their figures.
    fn by_value(&self) -> BTreeMap<Number, Vec<At>> {
        let mut by_value: BTreeMap<Number, Vec<At>> = BTreeMap::new();
        let fails = |(n, e): &(usize, &Equation)| e.finding.is_some() && !self.used.contains(n);
        for (n, equation) in self.equations.iter().enumerate().filter(fails) {
            for (i, unknown) in equation.solved.unknowns.iter().enumerate() {
                by_value.entry(unknown.value.clone()).or_default().push((n, i));
            }
        }
        by_value
    }

    /// Whether another figure in a cell would break what holds.
    fn breaks(&self, at: &[At], value: &Number) -> bool {
        let own = at.first().and_then(|(n, i)| Some((self.equations.get(*n)?, *i)));
        own.is_some_and(|(e, i)| self.shared.effect((e.demand, &e.solved), i, value).breaks > 0)
    }

    /// The value by which a cell mends most of its equations, at least two, and which ones.
    fn common(&self, at: &[At]) -> Option<(Number, BTreeSet<usize>)> {
        let mends = |value: &Number| -> BTreeSet<usize> {
            let does = |at: &&At| self.unknown(**at).is_some_and(|u| u.would_be.contains(value));
            at.iter().filter(does).map(|(n, _)| *n).collect()
        };
        let values = at.iter().filter_map(|at| self.unknown(*at)?.middle());
        let all = values.map(|value| (mends(&value), value));
        let best = all.max_by(|(a, x), (b, y)| a.len().cmp(&b.len()).then(y.cmp(x)))?;
        (best.0.len() > 1).then_some((best.1, best.0))
    }

    /// Whether they ask different things, or the same of different rows: not one question twice.
    fn differ(&self, equations: &BTreeSet<usize>) -> bool {
        let mut all = equations.iter().map(|n| self.all_cells(*n));
        all.next().is_some_and(|first| all.any(|other| other != first))
    }

    fn all_cells(&self, n: usize) -> BTreeSet<Spot> {
        self.equations.get(n).map(Equation::all_cells).unwrap_or_default()
    }

    /// Whether they meet in a cell of which is not known what it would be.
    fn meet_unsolved(&self, equations: &BTreeSet<usize>) -> bool {
        let unsolved = |n: &usize| self.equations.get(*n).map(|e| &e.solved.unsolved);
        let mut open = equations.iter().filter_map(unsolved).flatten().map(spot);
        open.any(|spot| equations.iter().all(|n| self.all_cells(*n).contains(&spot)))
    }

    fn suspect(&self, spot: Spot, value: &Number, mended: usize) -> Option<(Cell, Suspect)> {
        let (n, index) = *self.met.get(&spot)?.first()?;
        let solved = &self.equations.get(n)?.solved;
        let slip = solved.unknowns.get(index)?.slip_from(value);
        let mends = u32::try_from(mended.saturating_sub(1)).unwrap_or(u32::MAX);
        let effect = Effect { mends, breaks: 0 };
        Some((solved.cells.get(index)?.cell, solved.changed(index, (value.clone(), slip), effect)?))
    }

    pub fn findings(&self, equations: &BTreeSet<usize>) -> Vec<usize> {
        equations.iter().filter_map(|n| self.equations.get(*n)?.finding).collect()
    }

    /// Rows without whose figures several columns would add up.
    fn rows(&mut self) {
        let mut by_row: BTreeMap<(FileId, u64), BTreeMap<usize, Spot>> = BTreeMap::new();
        for (spot, at) in &self.met {
            for &(n, i) in at {
                let Some(unknown) = self.unknown((n, i)) else { continue };
                let record = self.cell((n, i)).and_then(|f| f.place.cell.as_ref()?.record);
                let solved = self.equations.get(n).map(|equation| &equation.solved);
                let goes = !unknown.value.is_zero()
                    && unknown.would_be.contains(&Number::default())
                    && solved.is_some_and(|solved| solved.is_one_of_several(i));
                if let Some(record) = record.filter(|_| goes) {
                    by_row.entry((spot.0, record)).or_default().insert(n, *spot);
                }
            }
        }
        let mut rows: Vec<_> = by_row.into_iter().filter(|(_, of)| of.len() > 1).collect();
        // Of two equal rows the later one is once too often.
        rows.sort_by_key(|(row, of)| (std::cmp::Reverse(of.len()), std::cmp::Reverse(*row)));
        for (_, of) in rows {
            let mended: BTreeSet<usize> = of.keys().copied().collect();
            let spots: BTreeSet<Spot> = of.values().copied().collect();
            let first = of.values().next().filter(|_| spots.len() > 1);
            let is_whole = self.is_whole_check(&mended);
            let Some(first) = first.filter(|_| is_whole && mended.is_disjoint(&self.used)) else {
                continue;
            };
            let suspect = self.suspect(*first, &Number::default(), mended.len());
            let members = self.findings(&mended);
            let cause = |(cell, s)| {
                Cause::Row(cell, Suspect { is_likely: false, reason: None, why: None, ..s })
            };
            self.found.extend(suspect.map(|s| Crossing { members, cause: cause(s) }));
            self.used.extend(&mended);
        }
    }

    /// Whether these are all the failing equations of the checks that ask them.
    pub fn is_whole_check(&self, equations: &BTreeSet<usize>) -> bool {
        let demand = |n: usize| self.equations.get(n).map(|e| e.demand);
        let asked: BTreeSet<_> = equations.iter().filter_map(|n| demand(*n)).collect();
        let failing = self.equations.iter().filter(|e| e.finding.is_some());
        failing.filter(|e| asked.contains(&e.demand)).count() == equations.len()
    }

    /// Pairs of cells in two equations, each of which would be what the other is.
    fn swaps(&mut self, finders: &mut Finders<'_>) {
        let by_value = self.by_value();
        let mut pairs: BTreeMap<(usize, usize), Vec<[At; 2]>> = BTreeMap::new();
        for own in by_value.values().flatten() {
            for other in self.partners(*own, &by_value) {
                pairs.entry((own.0, other.0)).or_default().push([*own, other]);
            }
        }
        for ((a, b), pairs) in pairs {
            if self.used.contains(&a) || self.used.contains(&b) {
                continue;
            }
            let Some([x, y]) = self.closest(&pairs, finders) else { continue };
            let is_likely = self.is_seldom_swapped([a, b]);
            let swap = self.swap(x, y, is_likely).zip(self.swap(y, x, is_likely));
            if let Some((x, y)) = swap {
                let members = self.findings(&BTreeSet::from([a, b]));
                self.found.push(Crossing { members, cause: Cause::Swap(Box::new([x, y])) });
                self.used.extend([a, b]);
            }
        }
    }

    /// The cells of later equations with which a cell could have changed places.
    fn partners(&self, own: At, by_value: &BTreeMap<Number, Vec<At>>) -> Vec<At> {
        let Some(unknown) = self.unknown(own) else { return Vec::new() };
        let (Some(low), Some(high)) = (unknown.would_be.lo.at(), unknown.would_be.hi.at()) else {
            return Vec::new();
        };
        let near = by_value.range(low.clone()..=high.clone()).flat_map(|(_, at)| at);
        let fits = |other: &&At| {
            other.0 > own.0
                && self.unknown(**other).is_some_and(|u| {
                    u.value != unknown.value
                        && u.would_be.contains(&unknown.value)
                        && unknown.would_be.contains(&u.value)
                })
        };
        near.filter(fits).take(MOST_PARTNERS).copied().collect()
    }

    /// The only pair in one row, in rows that differ in one cell more, or one below the other: far apart,
    /// figures that fit are a coincidence.
    fn closest(&self, pairs: &[[At; 2]], finders: &mut Finders<'_>) -> Option<[At; 2]> {
        const MOST_APART: usize = 2;
        let mut near = Vec::new();
        for pair in pairs.iter().take(MOST_PARTNERS) {
            let [Some(a), Some(b)] = pair.map(|at| self.cell(at)) else { continue };
            let (own, other) = (a.cell, b.cell);
            let mut texts =
                |cell: Cell| Some(finders.get_mut(cell.table)?.row(cell.row)?.row.texts.clone());
            let is_short = |f: &CellFigure| f.text.bytes().filter(u8::is_ascii_digit).count() < 2;
            // Figures of one digit are alike by chance.
            if is_short(a)
                || is_short(b)
                || own == other
                || own.table != other.table
                || spot(a).0 != spot(b).0
            {
                continue;
            }
            let Some((x, y)) = texts(own).zip(texts(other)) else { continue };
            let apart = x.iter().zip(&y).filter(|(x, y)| x != y).count();
            let apart = if is_below(a, b) { apart.min(MOST_APART) } else { apart };
            if apart <= MOST_APART {
                near.push((apart, *pair));
            }
        }
        let least = near.iter().map(|(apart, _)| *apart).min()?;
        let mut best = near.iter().filter(|(apart, _)| *apart == least);
        let only = best.next().filter(|_| best.next().is_none())?;
        Some(only.1)
    }

    /// A cell that would be what another one is.
    fn swap(&self, (n, i): At, other: At, is_likely: bool) -> Option<(Cell, Suspect)> {
        let solved = &self.equations.get(n)?.solved;
        let would_be = self.unknown(other)?.value.clone();
        let effect = Effect { mends: 1, breaks: 0 };
        let suspect = solved.changed(i, (would_be, None), effect)?;
        Some((
            solved.cells.get(i)?.cell,
            Suspect { reason: Some("swapped-cells"), is_likely, ..suspect },
        ))
    }

    /// Whether chance hardly makes two neighbours of two equations as far apart as their differences are.
    fn is_seldom_swapped(&self, of: [usize; 2]) -> bool {
        let unknowns = |n: usize| self.equations.get(n).map(|e| e.solved.unknowns.as_slice());
        let [a, b] = of.map(|n| unknowns(n).unwrap_or_default());
        let pairs = a.len().min(b.len()) as u64;
        totals(&[a, b].concat()).is_below(pairs, LIKELY)
    }
}
