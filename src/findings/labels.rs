//! The places of a failed assertion: the stated cell first, then what else was compared, then the
//! cells by which all this was chosen.

mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::data::check::primary_column;
use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Finders, Located};
use crate::explain::equation::Cell;
use crate::expr::bound::{Allowance, Bound, GroupsDef, Op, Slot, StateDef};
use crate::expr::tree::{Agg, Cmp};
use crate::findings::about::Proof;
use crate::findings::factors;
use crate::findings::figures::{Style, in_digits};
use crate::findings::place;
use crate::findings::roles::{self, Standing};
use crate::findings::terms::{Terms, is_same, name_columns, term_column};
use crate::findings::trace::{Comparison, Decided, Step};
use crate::findings::working;
use crate::report::{Label, Place, Role};
use crate::shape::{Rank, Source};
use crate::source::{FileId, Files};
use crate::value::{Type, Value};

/// Rows of an aggregate that are labelled at most.
const MOST_ROWS: usize = 5;

/// Finds the cells that a failed assertion is about.
pub(crate) struct Labeller<'m, 'j, 't> {
    pub job: &'m Job<'j>,
    pub files: &'m dyn Files,
    pub proof: &'m Proof<'m>,
    pub finders: &'m mut Finders<'t>,
    pub terms: &'m Terms,
}

/// A cell that is to be labelled.
struct Spot {
    label: Label,
    cell: Cell,
    /// Whether it stands in the row at hand.
    own: bool,
    /// Whether it stands in the table of the row at hand.
    here: bool,
    /// Whether it stands in an old version.
    is_old: bool,
}

/// The cells of one part of an assertion, the most telling first.
#[derive(Default)]
struct Spots {
    all: Vec<Spot>,
    /// They only say which rows were counted.
    weak: bool,
    /// Nothing is stated by them: something is computed from them.
    computed: bool,
    /// A figure is stated by one of them.
    states: bool,
}

impl Spot {
    /// What comes first: the table at hand, then the order of its file.
    fn at(&self) -> (bool, FileId, u64) {
        let at = self.label.place.at;
        (!self.here, at.file(), at.span().start)
    }
}

/// Sides of `=` can be swapped: the earlier place comes first.
fn sort(spots: &mut [Spot]) {
    spots.sort_by_key(Spot::at);
}

impl<'m> Labeller<'m, '_, '_> {
    /// The labels, the primary one first, and which part of the assertion it belongs to.
    pub fn label(&mut self, decided: &Decided<'_, '_>) -> (Vec<Label>, usize) {
        let mut found: Vec<Spots> = decided
            .by
            .iter()
            .map(|d| match &d.comparison {
                Some(c) => self.comparison(c),
                None => self.predicate(d.step),
            })
            .collect();
        let lead = found
            .iter()
            .position(|s| !s.weak && !s.all.is_empty())
            .or_else(|| found.iter().position(|s| !s.all.is_empty()))
            .unwrap_or(0);
        // A figure that is stated tells more than one that is computed before it.
        let lead = match found.get(lead) {
            Some(first) if first.computed => {
                let stated = found.iter().position(|s| s.states && !s.all.is_empty());
                stated.unwrap_or(lead)
            }
            _ => lead,
        };
        let first = found.get_mut(lead).map(std::mem::take).unwrap_or_default();
        let conditions = self.conditions(decided);
        let others = found.into_iter().filter(|s| !s.weak).flat_map(|s| s.all);
        let mut seen = BTreeSet::new();
        let all = first.all.into_iter().chain(others).chain(conditions);
        let mut spots: Vec<Spot> = all.filter(|spot| seen.insert(spot.cell)).collect();
        // A change is shown where it was made.
        spots.sort_by_key(|s| s.is_old && !s.own);
        let mut labels: Vec<Label> = spots.into_iter().map(|s| s.label).collect();
        if let Some(primary) = labels.first_mut() {
            primary.role = Role::Stated;
        }
        (labels, lead)
    }

    fn predicate(&mut self, step: &Step<'_>) -> Spots {
        let mut all = self.operands(step);
        if all.is_empty() {
            all = self.rows_of(step, MOST_ROWS);
        }
        Spots { all, ..Spots::default() }
    }

    fn comparison(&mut self, c: &Comparison<'_, '_>) -> Spots {
        let (mut stated, mut operands) = (Vec::new(), Vec::new());
        for side in [c.left, c.right] {
            match roles::of(side, self.proof.env.shared.defs) {
                Standing::Stated(step) => stated.extend(self.stated(step, c)),
                Standing::Required => {}
                Standing::Follows => {
                    let mut of_side = self.operands(side);
                    of_side.sort_by_key(|spot| !spot.own);
                    operands.push(of_side);
                }
            }
        }
        if c.op == Cmp::Eq {
            // What is asked of a row is shown in it.
            stated.sort_by_key(|spot| (!spot.own, spot.at()));
            // Of two figures, the one in a text is the claim.
            stated.sort_by_key(|spot| !spot.here && !self.is_prose(spot.cell));
            let firsts: Vec<_> = operands.iter().map(|side| side.first().map(Spot::at)).collect();
            if let [Some(a), Some(b)] = firsts[..]
                && b < a
            {
                operands.reverse();
            }
        }
        let mut operands: Vec<Spot> = operands.into_iter().flatten().collect();
        operands.extend(c.amount.map(|a| self.operands(a)).unwrap_or_default());
        let (mut weak, computed) = (false, stated.is_empty());
        let states = !computed && c.left.value.figure().is_some();
        if stated.is_empty() {
            let (mut counted, is_weak) = self.counted(c, operands.is_empty());
            weak = is_weak;
            counted.append(&mut operands);
            operands = counted;
        }
        stated.append(&mut operands);
        Spots { all: stated, weak, computed, states }
    }

    /// For a comparison without a stated cell: the cell by which rows were counted, else the first
    /// cell that was added.
    fn counted(&mut self, c: &Comparison<'_, '_>, nothing_else: bool) -> (Vec<Spot>, bool) {
        let mut spots = Vec::new();
        let mut weak = false;
        for side in [c.left, c.right] {
            let Some((_, slot)) = self.slot(side) else { continue };
            if !matches!(slot.agg, Agg::Count | Agg::Any | Agg::All) {
                continue;
            }
            let own: Vec<Spot> = self.outer(side).into_iter().filter(|s| s.own).collect();
            weak |= own.is_empty() && slot.filter.is_none() && slot.residual.is_none();
            spots.extend(if own.is_empty() { self.rows_of(side, MOST_ROWS) } else { own });
        }
        if spots.is_empty() && nothing_else {
            for side in [c.left, c.right] {
                let mut below = Vec::new();
                side.walk(&mut |step| below.push(step));
                let first = below.into_iter().find_map(|step| {
                    self.rows_of(step, 1).into_iter().next().or_else(|| self.at_hand(step))
                });
                spots.extend(first);
            }
            if c.op == Cmp::Eq {
                sort(&mut spots);
            }
            spots.truncate(1);
        }
        (spots, weak)
    }

    /// The cells that are read for a step, without those that say which rows are meant.
    fn operands(&mut self, step: &Step<'_>) -> Vec<Spot> {
        let mut spots: Vec<Spot> = Vec::new();
        match &step.bound.op {
            Op::Cell { .. }
            | Op::Written { .. }
            | Op::Key { .. }
            | Op::Lookup { .. }
            | Op::Window { .. }
            | Op::Aggregate { .. } => {
                let text = self.proof.name(step);
                spots.extend(self.spot(step, Role::Operand, |_, _, _| text));
            }
            Op::If { .. } => spots.extend(step.taken().into_iter().flat_map(|t| self.operands(t))),
            _ => spots.extend(step.args.iter().flat_map(|a| self.operands(a))),
        }
        spots
    }

    fn is_prose(&self, cell: Cell) -> bool {
        let table = self.job.tables.get(cell.table);
        table.and_then(|t| t.columns.get(cell.column)).is_some_and(|c| c.reading.number.prose)
    }

    fn stated(&mut self, step: &Step<'_>, c: &Comparison<'_, '_>) -> Option<Spot> {
        let rounded = matches!(c.allowance, Allowance::Rounding(_));
        let job = self.job;
        // Beside a row of today an old cell says what was there.
        let was = step.bound.op.is_other_version() && step.cell.is_some_and(|c| self.is_old(c));
        let was = if was { "was " } else { "" };
        self.spot(step, Role::Stated, |cell, written, pivot| {
            let of = job.tables.get(cell.table).and_then(|t| t.reading(pivot, cell.column));
            let style = of.map(|r| Style::of(&r.number, written)).unwrap_or_default();
            let is_share = of.is_some_and(|r| r.ty == Type::Percent);
            let ty = if is_share { Type::Percent } else { step.bound.ty };
            match style.range(&step.value, ty).filter(|_| rounded) {
                Some((lo, hi)) => format!("{was}{written} ({lo} to {hi})"),
                None if written.is_empty() => format!("{was}blank"),
                None => format!("{was}{written}"),
            }
        })
    }

    fn spot(
        &mut self,
        step: &Step<'_>,
        role: Role,
        text: impl FnOnce(Cell, &str, usize) -> String,
    ) -> Option<Spot> {
        let cell = match &step.bound.op {
            Op::Aggregate { .. } => self.chosen(step)?,
            _ => step.cell?,
        };
        self.at(cell, role, |written, pivot| text(cell, written, pivot))
    }

    /// A cell; its text is said, and which of the columns that became rows its row shows.
    fn at(
        &mut self,
        cell: Cell,
        role: Role,
        text: impl FnOnce(&str, usize) -> String,
    ) -> Option<Spot> {
        let own = self.proof.at.iter().any(|u| (u.table, u.row) == (cell.table, cell.row));
        let found;
        let located = match self.proof.row {
            Some((table, located)) if (table, located.id) == (cell.table, cell.row) => located,
            _ => {
                found = self.finders.get_mut(cell.table)?.row(cell.row)?;
                &found
            }
        };
        let (written, place) = of_cell(self.job, self.files, cell, located)?;
        let text = text(&written, located.row.pivot);
        let here = self.proof.at.iter().any(|u| u.table == cell.table);
        let is_old = self.is_old(cell);
        Some(Spot { label: Label { place, role, text }, cell, own, here, is_old })
    }

    fn is_old(&self, cell: Cell) -> bool {
        self.job.tables.get(cell.table).is_some_and(|t| t.old_of.is_some())
    }

    fn slot(&self, step: &Step<'_>) -> Option<(&'m GroupsDef, &'m Slot)> {
        let Op::Aggregate { state, slot, .. } = &step.bound.op else { return None };
        let defs = self.proof.env.shared.defs;
        let StateDef::Groups(def) = defs.all.get(*state)? else { return None };
        Some((def, def.slots.get(*slot)?))
    }

    /// The rows that an aggregate took.
    fn located(&mut self, step: &Step<'_>) -> Option<(Vec<Arc<Located>>, u64)> {
        let (def, _) = self.slot(step)?;
        let Op::Aggregate { state, slot, .. } = &step.bound.op else { return None };
        let rows = self.terms.counted(self.proof.env, *state, *slot, &step.key())?;
        let finder = self.finders.get_mut(def.table)?;
        Some((rows.located(&mut **finder), rows.count))
    }

    /// The one cell that `only`, `first`, `last`, `min` or `max` gives.
    fn chosen(&mut self, step: &Step<'_>) -> Option<Cell> {
        let (def, slot) = self.slot(step)?;
        let Op::Aggregate { state, slot: n, .. } = &step.bound.op else { return None };
        let column = primary_column(slot.args.first()?)?;
        let rows = self.terms.counted(self.proof.env, *state, *n, &step.key())?;
        let row = rows.giving(slot.agg).or_else(|| {
            // Rows with a condition of their own were not looked at when they were found.
            let is_extreme = matches!(slot.agg, Agg::Min | Agg::Max);
            let finder = self.finders.get_mut(def.table).filter(|_| is_extreme)?;
            let mut kept = rows.located(&mut **finder);
            kept.extend(rows.located_rest(&mut **finder));
            let is_it = |row: &&Arc<Located>| {
                let of = (def.table, &***row);
                let (values, _) = factors::values(slot, of, self.proof.env, Style::default());
                values.first().is_some_and(|value| is_same(value, &step.value))
            };
            Some(kept.iter().find(is_it)?.id)
        })?;
        Some(Cell { table: def.table, row, column })
    }

    /// The cells by which the parts of the assertion were chosen.
    fn conditions(&mut self, decided: &Decided<'_, '_>) -> Vec<Spot> {
        let mut spots = Vec::new();
        if let Some(filter) = self.proof.filter {
            let trace = working::trace(filter, self.proof.env, self.proof.at);
            let mut reasons = Vec::new();
            reasons_of(&trace.root, &mut reasons);
            reasons.into_iter().for_each(|step| spots.extend(self.because(step)));
        }
        for condition in &decided.because {
            spots.extend(self.because(condition));
        }
        for decider in &decided.by {
            let mut below = Vec::new();
            decider.step.walk(&mut |step| below.push(step));
            below.into_iter().for_each(|step| spots.extend(self.outer(step)));
        }
        spots
    }

    /// The cells that say which rows an aggregate or a look-up means; conditions that are no
    /// equality first.
    fn outer(&mut self, step: &Step<'_>) -> Vec<Spot> {
        let mut spots = Vec::new();
        if let Some(residual) = self.slot(step).and_then(|(_, slot)| slot.residual.as_ref()) {
            let mut cells = Vec::new();
            residual.condition.walk(&mut |b| {
                if let Op::Cell { unit, column, .. } | Op::Written { unit, column } = b.op
                    && unit < residual.source
                    && let Some(at) = self.proof.at.get(unit).filter(|u| u.groups.is_none())
                {
                    cells.push(Cell { table: at.table, row: at.row, column });
                }
            });
            spots.extend(cells.into_iter().filter_map(|cell| self.condition(cell)));
        }
        // That a row has its own key explains nothing.
        let by_key = matches!(step.bound.op, Op::Aggregate { .. } | Op::Lookup { .. });
        if by_key && !step.bound.op.is_other_version() {
            spots.extend(step.args.iter().flat_map(|key| self.because(key)));
        }
        spots
    }

    fn because(&mut self, step: &Step<'_>) -> Vec<Spot> {
        let mut cells = Vec::new();
        step.walk(&mut |s| {
            if !matches!(s.bound.op, Op::Key { .. }) {
                cells.extend(s.cell);
            }
        });
        cells.into_iter().filter_map(|cell| self.condition(cell)).collect()
    }

    fn condition(&mut self, cell: Cell) -> Option<Spot> {
        // The number of a row in its hierarchy is written nowhere.
        let sources = &self.job.tables.get(cell.table)?.layout.sources;
        if matches!(sources.get(cell.column), Some(Source::Hierarchy(Rank::Id | Rank::Parent))) {
            return None;
        }
        let name = &self.job.tables.get(cell.table)?.columns.get(cell.column)?.name;
        // Rows of a pair stand in several places: their keys are shown there.
        let is_at_hand = matches!(self.proof.at, [u] if (u.table, u.row) == (cell.table, cell.row));
        let is_key = is_at_hand && name_columns(self.job, cell.table).contains(&cell.column);
        let is = if self.is_old(cell) { "was" } else { "is" };
        self.at(cell, if is_key { Role::Key } else { Role::Condition }, |text, _| {
            let text = if text.is_empty() { "blank" } else { text };
            format!("because `{name}` {is} {text}")
        })
    }
}

/// The parts of a condition that chose the row; that a value is there tells nothing.
fn reasons_of<'s, 't>(step: &'s Step<'t>, reasons: &mut Vec<&'s Step<'t>>) {
    match &step.bound.op {
        Op::And(_) => step.args.iter().for_each(|part| reasons_of(part, reasons)),
        Op::Or(_) => {
            let true_ones = step.args.iter().filter(|part| part.value == Value::Bool(true));
            true_ones.for_each(|part| reasons_of(part, reasons));
        }
        Op::IsMissing { not: true, .. }
        | Op::IsReadable { not: false, .. }
        | Op::IsWithheld { not: true, .. } => {}
        _ => reasons.push(step),
    }
}

/// The column of the counted rows that a condition looks at.
pub(crate) fn condition_column(slot: &Slot) -> Option<usize> {
    let of_unit = |b: &Bound, source: usize| {
        let mut found = None;
        b.walk(&mut |b| {
            if let Op::Cell { unit, column, .. } | Op::Written { unit, column } = b.op
                && unit == source
            {
                found = found.or(Some(column));
            }
        });
        found
    };
    let residual = slot.residual.as_ref().and_then(|r| of_unit(&r.condition, r.source));
    residual.or_else(|| slot.filter.as_ref().and_then(|f| of_unit(f, 0)))
}

/// The text of a cell and its place.
pub(crate) fn of_cell(
    job: &Job<'_>,
    files: &dyn Files,
    cell: Cell,
    located: &Located,
) -> Option<(String, Place)> {
    let table = job.tables.get(cell.table)?;
    let text = located.row.texts.get(cell.column)?.clone();
    let place = place::of_cell(files, table, cell.column, located);
    Some((in_digits(text, &place, files), place))
}

/// Labels for the rows that each `only` of an expression found, where there are several.
pub(crate) fn of_only(labeller: &mut Labeller<'_, '_, '_>) -> Vec<Label> {
    let proof = labeller.proof;
    let mut labels: Vec<Label> = Vec::new();
    let mut steps = Vec::new();
    proof.trace.root.walk(&mut |step| steps.push(step));
    for step in steps {
        let Some((def, slot)) = labeller.slot(step).filter(|(_, s)| s.agg == Agg::Only) else {
            continue;
        };
        let Some((rows, count)) = labeller.located(step).filter(|(_, n)| *n > 1) else { continue };
        let column = term_column(&slot.args);
        for row in rows.iter().take(MOST_ROWS) {
            let cell = Cell { table: def.table, row: row.id, column };
            let text = |_: &str, _| format!("one of {count} rows");
            let spot = labeller.at(cell, Role::Operand, text);
            labels.extend(spot.map(|s| s.label));
        }
    }
    labels.sort_by_key(|l| (l.place.at.file(), l.place.at.span().start));
    labels.dedup_by(|a, b| a.place == b.place);
    if let Some(first) = labels.first_mut() {
        first.role = Role::Stated;
    }
    labels
}
