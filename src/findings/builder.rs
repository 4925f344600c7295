//! Workings: both sides of a comparison, the cells that they were computed from, the difference.

mod rows;

use std::collections::BTreeMap;

use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Finders, Located};
use crate::explain::equation::Cell;
use crate::expr::bound::{Allowance, Op, StateId};
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::print::sign;
use crate::expr::tree::{Agg, Cmp};
use crate::findings::about::Proof;
use crate::findings::beside::Beside;
use crate::findings::chain::{self, Line};
use crate::findings::equations::{Part, Sum, range};
use crate::findings::factors;
use crate::findings::failed::Failed;
use crate::findings::figures::{self, Style, plain};
use crate::findings::inverse::cell_of;
use crate::findings::outside::Search;
use crate::findings::roles::{self, Standing};
use crate::findings::solved::{CellFigure, Solved};
use crate::findings::suspects::Explanation;
use crate::findings::terms::Terms;
use crate::findings::trace::{Comparison, Step};
use crate::findings::{labels, required, rounded, windows, working};
use crate::report::{At, Place, Side, Term, Tier, Working};
use crate::source::Files;
use crate::value::{Figure, Hedge, Number, Type, Value};

/// Everything that follows from a failed comparison.
#[derive(Default)]
pub struct WorkingParts {
    pub working: Option<Working>,
    pub explanation: Explanation,
    /// Whether some of its figures are rounded to a base.
    pub has_base: bool,
    /// Whether the difference is below what the check calls trivial.
    pub is_trivial: bool,
}

/// A term that no cell holds.
struct Computed<'m> {
    /// Its number among those that are shown.
    term: usize,
    value: Value<'m>,
    ty: Type,
    /// Whether it says how many times, and is no percentage beside others.
    is_number: bool,
}

/// Builds the working of one finding.
pub(crate) struct WorkingBuilder<'m, 'j, 't> {
    job: &'m Job<'j>,
    files: &'m dyn Files,
    proof: &'m Proof<'m>,
    finders: &'m mut Finders<'t>,
    terms: &'m Terms,
    parts: WorkingParts,
    shown: Vec<Term>,
    /// Terms that are computed: they are written like the others.
    computed: Vec<Computed<'m>>,
    /// How the file of the first figure writes.
    style: Option<Style>,
    sums: Vec<Sum<'m, 'm>>,
    /// The cells among the terms that hold figures.
    cells: Vec<CellFigure>,
    beside: Beside<'m>,
    /// Whether there are cells of an old version.
    reads_old: bool,
    notes: Vec<String>,
    more: u64,
}

impl<'m, 'j, 't> WorkingBuilder<'m, 'j, 't> {
    pub fn new(
        job: &'m Job<'j>,
        files: &'m dyn Files,
        proof: &'m Proof<'m>,
        finders: &'m mut Finders<'t>,
        terms: &'m Terms,
    ) -> Self {
        WorkingBuilder {
            job,
            files,
            proof,
            finders,
            terms,
            parts: WorkingParts::default(),
            shown: Vec::new(),
            computed: Vec::new(),
            style: None,
            sums: Vec::new(),
            cells: Vec::new(),
            beside: Beside::default(),
            reads_old: false,
            notes: Vec::new(),
            more: 0,
        }
    }

    /// With what else is known of its cells.
    #[must_use]
    pub fn with(self, beside: Beside<'m>) -> Self {
        WorkingBuilder { beside, ..self }
    }

    /// The working of a comparison that decided an assertion.
    pub fn build(
        mut self,
        c: &Comparison<'m, 'm>,
        (check, assertion): (CheckId, AssertionId),
    ) -> WorkingParts {
        self.lines(c);
        let c = &Comparison { is_of_shares: figures::are_shares(&self.shown), ..*c };
        let usual = self.style.unwrap_or_default();
        let style = usual.telling_apart(&figures::sides(c));
        for Computed { term, value, ty, is_number } in std::mem::take(&mut self.computed) {
            if let Some(term) = self.shown.get_mut(term) {
                term.value = style.show(&value, if is_number { ty } else { c.shown(ty) });
            }
        }
        let is_open = is_open(c);
        let numbers = c.left.value.figure().zip(c.right.value.figure()).filter(|_| !is_open);
        // What is stated minus what follows, whichever is written first.
        let is_turned = c.op == Cmp::Eq && roles::is_turned(&self.standings(c));
        let difference = numbers.map(|(x, y)| match is_turned {
            true => &y.value - &x.value,
            false => &x.value - &y.value,
        });
        let ty = c.shown_type(c.left);
        let check_rule = self.job.checks.get(check.index());
        self.parts.is_trivial = working::is_trivial(difference.as_ref(), ty, check_rule);
        let beyond: Vec<_> = difference
            .iter()
            .zip(working::allowed(c))
            .map(|(d, allowed)| [(d.abs(), ty), (allowed, ty)])
            .collect();
        let distance = usual.telling_apart(&beyond);
        self.explain(c, (check, assertion), style);
        let rounded = rounded::of(c, self.job, self.proof);
        self.parts.has_base = rounded.has_base;
        self.notes.extend(rounded.notes.into_iter().filter(|_| !is_open));
        let tier = match c.allowance {
            Allowance::Rounding(_) => Tier::Impossible,
            _ => Tier::Exact,
        };
        let [left, right] = [c.left, c.right].map(|side| {
            let hedge = self.hedge(side);
            Side { hedge, ..self.side(c, side, style) }
        });
        self.parts.working = Some(Working {
            headings: roles::headings(c.op, &self.standings(c), [&left, &right]),
            left,
            relation: sign(c.op),
            right,
            exact_difference: difference.as_ref().map(Number::to_text).unwrap_or_default(),
            difference: difference.map(|d| distance.difference(&d, ty)),
            allowance: working::allowance(c, distance, (is_turned, rounded.has_base))
                .filter(|_| !is_open),
            tier,
            required: self.required(c, style),
            terms: self.shown,
            more_terms: self.more,
            notes: self.notes,
        });
        self.parts
    }

    /// What each cell of a comparison would be for it to hold; none where it asks for no change of an
    /// old version, which is no arithmetic.
    pub fn solve(mut self, c: &Comparison<'m, 'm>, of: (CheckId, AssertionId)) -> Option<Solved> {
        self.lines(c);
        if self.reads_old {
            return None;
        }
        let (style, standings) = (self.style.unwrap_or_default(), self.standings(c));
        Failed { comparison: c, of, sums: &self.sums, cells: &self.cells, standings, style }.solve()
    }

    /// What an inequality asks of the cells that it compares.
    pub fn bound(mut self, c: &Comparison<'m, 'm>, of: (CheckId, AssertionId)) -> Option<Solved> {
        self.lines(c);
        if self.reads_old {
            return None;
        }
        let (style, standings) = (self.style.unwrap_or_default(), self.standings(c));
        Failed { comparison: c, of, sums: &self.sums, cells: &self.cells, standings, style }.bound()
    }

    fn lines(&mut self, c: &Comparison<'m, 'm>) {
        for (is_right, side) in [(false, c.left), (true, c.right)] {
            chain::lines(side).iter().for_each(|line| self.line(line, is_right));
        }
    }

    /// The likely explanation of an equation that does not hold.
    fn explain(&mut self, c: &Comparison<'m, 'm>, of: (CheckId, AssertionId), style: Style) {
        let (sums, cells, standings) = (&self.sums, &self.cells, self.standings(c));
        let failed = Failed { comparison: c, of, sums, cells, standings, style };
        let mut beside = self.beside;
        if self.reads_old {
            // What is compared with the old version is to be different from it, or not to be.
            beside = Beside { shared: beside.shared, ..Beside::default() };
        }
        let (job, files, proof) = (self.job, self.files, self.proof);
        let finders = &mut *self.finders;
        let left = Search { beside, job, files, proof, finders }.run(&failed);
        let made = failed.explain(proof, beside, left.as_ref()).unwrap_or_default();
        let too_many = made.too_many.filter(|_| made.words.is_none());
        let note = |n| format!("{n} figures are too many to look for the one that is wrong");
        self.notes.extend(too_many.map(note));
        self.parts.explanation = made;
    }

    fn standings<'s, 't2>(&self, c: &Comparison<'s, 't2>) -> [Standing<'s, 't2>; 2] {
        [c.left, c.right].map(|side| roles::of(side, self.proof.env.shared.defs))
    }

    /// For a stated share: what its numerator would have to be.
    fn required(&self, c: &Comparison<'_, '_>, style: Style) -> Option<String> {
        let stated = |step: &Step<'_>| self.side(c, step, style).value;
        required::of(c, self.standings(c), (self.proof, style), &stated)
    }

    /// A side; a figure that is read from a cell stands as it is written there.
    fn side(&self, c: &Comparison<'_, '_>, step: &Step<'_>, style: Style) -> Side {
        let ty = c.shown_type(step);
        let expression = self.proof.text(step.bound);
        let range = match c.allowance {
            Allowance::Rounding(_) => range(step).and_then(|r| style.interval(&r, ty)),
            _ => None,
        };
        let is_right = std::ptr::eq(step, c.right);
        let is_open = range.is_none() && step.is_by_partial_dates();
        let known = step.value.figure().filter(|f| !f.withheld && !is_open);
        let own = || self.shown.iter().filter(|t| t.right == is_right);
        let cell = own().find(|t| t.name == expression && t.part_of.is_empty());
        let cell = cell.filter(|t| t.place.is_some());
        let written = cell
            .or_else(|| factors::taken_alone(own(), &expression, (step, self.proof)))
            .filter(|_| ty != Type::Percent || c.is_of_shares || step.bound.ty == Type::Percent)
            .and_then(|t| figures::of_cell(&t.value, &step.value, ty));
        let ends = is_open.then(|| style.between(&step.value, ty)).flatten();
        Side {
            expression,
            value: written.or(ends).unwrap_or_else(|| style.show(&step.value, ty)),
            hedge: None,
            exact: known.map(|f| f.value.to_text()).unwrap_or_default(),
            range: range
                .or_else(|| style.range(&step.value, ty))
                .filter(|_| known.is_some() || is_open),
        }
    }

    /// A line of the working; before it the rows of an aggregate.
    fn line(&mut self, line: &Line<'m, 'm>, right: bool) {
        match &line.step.bound.op {
            Op::Aggregate { state, slot, .. } => self.aggregate(line.step, *state, *slot, right),
            Op::Along { agg, .. } => self.along(line.step, *agg),
            Op::Window { state } => self.window(line.step, *state, right),
            _ => {}
        }
        let cell = line.step.cell.and_then(|cell| {
            let (pivot, text, place) = self.written(cell)?;
            if let Some(figure) = line.step.value.figure() {
                self.see(cell, pivot, &text);
                let (name, ty) = (self.proof.name(line.step), line.step.bound.ty);
                self.found(cell, name, (&text, &place), (figure, ty));
            }
            Some((text, place))
        });
        // A text that is read as a figure.
        if let Some((cell, figure)) = cell_of(line.step).zip(line.step.value.figure())
            && line.step.cell.is_none()
            && let Some((_, text, place)) = self.written(cell)
        {
            let name = line.step.args.first().map_or(String::new(), |text| self.proof.name(text));
            self.found(cell, name, (&text, &place), (figure, line.step.bound.ty));
        }
        self.push(
            line,
            right,
            line.part_of.map(|of| self.proof.text(of.bound)).unwrap_or_default(),
            cell,
        );
    }

    /// What the words around a figure of a text say of it.
    fn hedge(&mut self, step: &Step<'_>) -> Option<&'static str> {
        let cell = step.cell?;
        let own = self.proof.row.filter(|(t, of)| (*t, of.id) == (cell.table, cell.row));
        let hedge = match own {
            Some((_, located)) => located.row.hedges.get(cell.column).copied(),
            None => {
                let located = self.finders.get_mut(cell.table)?.row(cell.row)?;
                located.row.hedges.get(cell.column).copied()
            }
        };
        hedge.filter(|hedge| *hedge != Hedge::Plain)?.words()
    }

    /// A cell as it is written, with its place, and the number of its column among those that became rows.
    fn written(&mut self, cell: Cell) -> Option<(usize, String, Place)> {
        let own = self.proof.row.filter(|(t, of)| (*t, of.id) == (cell.table, cell.row));
        let found;
        let located = match own {
            Some((_, located)) => located,
            None => {
                found = self.finders.get_mut(cell.table)?.row(cell.row)?;
                &*found
            }
        };
        let (text, place) = self.of_cell(cell, located)?;
        Some((located.row.pivot, text, place))
    }

    /// Notes a cell that could be wrong: those of an old version are as they were.
    fn found(
        &mut self,
        cell: Cell,
        name: String,
        (text, place): (&str, &Place),
        (figure, ty): (&Figure, Type),
    ) {
        let Some(table) = self.job.tables.get(cell.table) else { return };
        if table.old_of.is_some() {
            self.reads_old = true;
            return;
        }
        let of = table.columns.get(cell.column);
        let column = || of.map(|c| c.name.clone());
        let name = Some(name).filter(|name| !name.is_empty()).or_else(column).unwrap_or_default();
        let (text, place) = (text.to_string(), place.clone());
        let (figure, reliability) = (figure.clone(), of.map_or(1, |c| c.reliability));
        let stored = self.stored(&place);
        self.cells.push(CellFigure { cell, name, text, place, figure, ty, reliability, stored });
    }

    /// A cell without a value, unless its row has nothing but a name: that is a heading.
    fn blank(
        &mut self,
        cell: Cell,
        name: String,
        (text, place): (String, Place),
        ty: Type,
    ) -> Option<CellFigure> {
        let table = self.job.tables.get(cell.table).filter(|table| table.old_of.is_none())?;
        let located = self.finders.get_mut(cell.table)?.row(cell.row)?;
        let columns = table.columns.iter().enumerate();
        let is_cell = |at: usize| table.layout.is_of_record(at);
        let columns = columns.filter(|(at, column)| !column.absent && is_cell(*at));
        let texts: Vec<&String> = columns.filter_map(|(n, _)| located.row.texts.get(n)).collect();
        let filled = texts.iter().filter(|text| !text.trim().is_empty()).count();
        if filled < 2 && texts.len() > 2 {
            return None;
        }
        let figure = Figure::exact(Number::default());
        Some(CellFigure { cell, name, text, place, figure, ty, reliability: 1, stored: None })
    }

    /// What is stored in a cell of a workbook that shows another figure.
    fn stored(&self, place: &Place) -> Option<Number> {
        let At::Cells { file, range, .. } = place.at else { return None };
        let all = self.files.addresses(file)?;
        Number::parse(&all.stored(range.sheet, range.rows.0, range.columns.0)?)
    }

    /// Notes how a file writes its figures.
    fn see(&mut self, cell: Cell, pivot: usize, text: &str) {
        let reading = self.job.tables.get(cell.table).and_then(|t| t.reading(pivot, cell.column));
        let style = reading.map(|reading| Style::of(&reading.number, text));
        match (&mut self.style, style) {
            (Some(seen), Some(style)) => seen.join(style),
            (seen, style) => *seen = style.or(*seen),
        }
    }

    /// The text of a cell and its place.
    fn of_cell(&self, cell: Cell, located: &Located) -> Option<(String, Place)> {
        labels::of_cell(self.job, self.files, cell, located)
    }

    fn push(
        &mut self,
        line: &Line<'m, 'm>,
        right: bool,
        part_of: String,
        cell: Option<(String, Place)>,
    ) {
        let step = line.step;
        let alone = || {
            let own = self.shown.iter().filter(|t| t.right == right);
            let taken =
                factors::taken_alone(own, &self.proof.text(step.bound), (step, self.proof))?;
            figures::of_cell(&taken.value, &step.value, step.bound.ty)
        };
        let is_open = step.is_by_partial_dates();
        let ends = || self.style.unwrap_or_default().between(&step.value, step.bound.ty);
        let computed = || is_open.then(ends).flatten().or_else(alone).unwrap_or_default();
        let (text, place) =
            cell.map_or_else(|| (computed(), None), |(text, place)| (text, Some(place)));
        if text.is_empty() {
            let (term, value, ty) = (self.shown.len(), step.value.clone(), step.bound.ty);
            let is_number = line.is_factor && matches!(step.bound.op, Op::Const(_));
            self.computed.push(Computed { term, value, ty, is_number });
        }
        self.shown.push(Term {
            right,
            name: self.proof.name(step),
            sign: line.sign,
            value: text,
            number: step
                .value
                .figure()
                .filter(|f| !f.withheld && !is_open)
                .map(|f| f.value.clone()),
            place,
            part_of,
        });
    }

    /// What a row adds to those before it, or is ranked by.
    fn window(&mut self, step: &'m Step<'m>, state: StateId, right: bool) {
        for (term, computed) in
            windows::terms((step, state, right), self.proof, self.job, self.files)
        {
            let nth = self.shown.len();
            let made = |(value, ty)| Computed { term: nth, value, ty, is_number: false };
            self.computed.extend(computed.map(made));
            self.shown.push(term);
        }
    }

    /// What is remarkable about the values of a row that an aggregate took; those of a sum are its
    /// parts. Their lines stand already.
    fn along(&mut self, step: &'m Step<'m>, agg: Agg) {
        let of = self.proof.text(step.bound);
        let taken = |x: &&Step<'_>| !matches!(x.value, Value::Missing | Value::NotApplicable);
        let mut blanks = step.args.iter().filter(|x| !taken(x));
        let (first, others) = (blanks.next(), blanks.count() as u64);
        let missing = others + u64::from(first.is_some());
        if agg == Agg::Sum {
            let lines = self.shown.iter().filter(|t| t.part_of == of && !t.value.is_empty());
            let lines: BTreeMap<&str, &str> = lines.map(|t| (&*t.name, &*t.value)).collect();
            let part = |x: &Step<'m>| {
                let (name, figure) = (self.proof.name(x), x.value.figure()?.clone());
                let text = lines.get(&*name).map(|text| text.to_string());
                let text = text.unwrap_or_else(|| plain(&figure.value));
                Some(Part { name, text, figure, cell: x.cell, made: None })
            };
            let parts: Vec<Part> = step.args.iter().filter(taken).filter_map(part).collect();
            let count = parts.len() as u64;
            let blank = first.filter(|_| others == 0).and_then(|x| {
                let (cell, name) = (x.cell?, self.proof.name(x));
                let (_, text, place) = self.written(cell)?;
                self.blank(cell, name, (text, place), x.bound.ty)
            });
            self.sums.push(Sum { step, adds: true, parts, count, missing, blank });
        }
        let note = match missing {
            0 => return,
            1 => format!("{of}: 1 missing value was left out"),
            n => format!("{of}: {n} missing values were left out"),
        };
        self.notes.push(note);
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// Whether a side is no one figure: it is withheld, or between two ends by dates without their day.
fn is_open(c: &Comparison<'_, '_>) -> bool {
    let is_rounded = matches!(c.allowance, Allowance::Rounding(_));
    [c.left, c.right]
        .iter()
        .any(|side| side.value.cause().is_some() || !is_rounded && side.is_by_partial_dates())
}
