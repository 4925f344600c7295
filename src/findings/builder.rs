//! Workings: both sides of a comparison, the cells that they were computed from, the difference.

use std::cmp::Ordering;

use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::states::env::{At, Filled, UnitRow, group_of};
use crate::explain;
use crate::explain::equation::Cell;
use crate::expr::bound::{Allowance, Bound, GroupsDef, Op, Slot, StateDef, StateId};
use crate::expr::choose::argument;
use crate::expr::eval::Verdict;
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::print::sign;
use crate::expr::tree::{Agg, Arith, Cmp};
use crate::findings::about::Proof;
use crate::findings::equations::{Part, Sum, equation};
use crate::findings::labels;
use crate::findings::place;
use crate::findings::roles::{self, Standing};
use crate::findings::terms::{TermRows, Terms, row_name, term_column};
use crate::findings::trace::{Comparison, Leaf, Step, Trace};
use crate::findings::working::{self, show};
use crate::findings::{aside, blanks};
use crate::report::{Place, Side, Term, Tier, Working};
use crate::source::Files;
use crate::value::{Figure, Type, Value};

/// Everything that follows from a failed comparison.
#[derive(Default)]
pub struct WorkingParts {
    pub working: Option<Working>,
    /// The likely explanation.
    pub explanation: Option<String>,
}

/// Aggregates whose rows are shown.
const SHOWN: [Agg; 8] =
    [Agg::Sum, Agg::Only, Agg::Count, Agg::Min, Agg::Max, Agg::First, Agg::Last, Agg::Mean];

/// Builds the working of one finding.
pub(crate) struct WorkingBuilder<'m, 'j, 't> {
    job: &'m Job<'j>,
    files: &'m dyn Files,
    proof: &'m Proof<'m>,
    finders: &'m mut Finders<'t>,
    terms: &'m Terms,
    parts: WorkingParts,
    shown: Vec<Term>,
    sums: Vec<Sum<'m, 'm>>,
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
            sums: Vec::new(),
            notes: Vec::new(),
            more: 0,
        }
    }

    /// The working of a comparison that decided an assertion.
    pub fn build(
        mut self,
        c: &Comparison<'m, 'm>,
        (check, assertion): (CheckId, AssertionId),
    ) -> WorkingParts {
        let proof = self.proof;
        let (left, right) = (self.side(c, c.left), self.side(c, c.right));
        for (is_right, side) in [(false, c.left), (true, c.right)] {
            for leaf in side.leaves() {
                self.leaf(&leaf, is_right);
            }
        }
        let numbers = c.left.value.figure().zip(c.right.value.figure());
        let difference = numbers.map(|(x, y)| {
            let d = Value::number(&x.value - &y.value);
            let shown = show(&d, c.shown_type(c.left));
            if shown.ends_with(" %") { shown.replace(" %", " pp") } else { shown }
        });
        if let (Cmp::Eq, Some((x, y))) = (c.op, numbers) {
            let made = equation((check, assertion), c, &self.sums);
            debug_assert!(made.as_ref().is_none_or(|(e, _)| agrees(&proof.trace, e.holds)));
            let mut items = made.map(|(_, items)| items).unwrap_or_default();
            let [left, right] = self.standings(c);
            let swapped = match (&left, &right) {
                (Standing::Stated(_), Standing::Follows) => false,
                (Standing::Follows, Standing::Stated(_)) => true,
                _ => x.value > y.value,
            };
            let (stated, follows) = if swapped { (y, x) } else { (x, y) };
            if swapped {
                items.iter_mut().for_each(|i| i.amount = -&i.amount);
            }
            self.parts.explanation = explain::nearest(&stated.value, &follows.value, &items);
        }
        let tier = match c.allowance {
            Allowance::Rounding(_) => Tier::Impossible,
            _ => Tier::Exact,
        };
        let required = self.required(c);
        self.parts.working = Some(Working {
            left,
            relation: sign(c.op),
            right,
            difference,
            allowance: working::allowance(c),
            tier,
            required,
            terms: self.shown,
            more_terms: self.more,
            notes: self.notes,
        });
        self.parts
    }

    fn text(&self, b: &Bound) -> String {
        self.proof.text(b)
    }

    fn standings<'s, 't2>(&self, c: &Comparison<'s, 't2>) -> [Standing<'s, 't2>; 2] {
        [c.left, c.right].map(|side| roles::of(side, self.proof.env.shared.defs))
    }

    /// For a stated share: what its numerator would have to be.
    fn required(&self, c: &Comparison<'_, '_>) -> Option<String> {
        if c.op != Cmp::Eq || !matches!(c.allowance, Allowance::Rounding(_)) {
            return None;
        }
        let (stated, share) = match self.standings(c) {
            [Standing::Stated(_), Standing::Follows] => (c.left, c.right),
            [Standing::Follows, Standing::Stated(_)] => (c.right, c.left),
            _ => return None,
        };
        let (Op::Arith(Arith::Div, ..), [part, whole]) = (&share.bound.op, &share.args[..]) else {
            return None;
        };
        let (figure, whole) = (stated.value.figure()?, whole.value.figure()?);
        let range = figure.interval().scale(&whole.value);
        let (lo, hi) = (range.lo.at()?, range.hi.at()?);
        let is_whole = part.value.figure()?.value.is_integer();
        let (lo, hi) = if is_whole { (lo.ceil(), hi.floor()) } else { (lo.clone(), hi.clone()) };
        let fits = match lo.cmp(&hi) {
            Ordering::Greater => "no whole number fits".to_string(),
            Ordering::Equal => format!("needs {}", lo.display()),
            Ordering::Less => format!("needs {} to {}", lo.display(), hi.display()),
        };
        let stated = show(&stated.value, stated.bound.ty);
        let value = show(&part.value, part.bound.ty);
        let share = show(&share.value, c.shown_type(share));
        let (whole, part) = (whole.value.display(), self.text(part.bound));
        Some(format!("{stated} of {whole} {fits}; {part} is {value} ({share})"))
    }

    fn side(&self, c: &Comparison<'_, '_>, step: &Step<'_>) -> Side {
        let ty = c.shown_type(step);
        Side {
            expression: self.text(step.bound),
            value: show(&step.value, ty),
            exact: step.value.figure().map(|f| f.value.to_text()).unwrap_or_default(),
            range: working::show_range(&step.value, ty),
        }
    }

    fn leaf(&mut self, leaf: &Leaf<'m, 'm>, right: bool) {
        match &leaf.step.bound.op {
            Op::Aggregate { state, slot, .. } => {
                return self.aggregate(leaf, *state, *slot, right);
            }
            Op::Along { agg, .. } => return self.along(leaf, *agg, right),
            _ => {}
        }
        let cell = leaf.step.cell.and_then(|cell| {
            let own = self.proof.row.filter(|(t, of)| (*t, of.id) == (cell.table, cell.row));
            match own {
                Some((_, located)) => self.of_cell(cell, located),
                None => {
                    let located = self.finders.get_mut(cell.table)?.row(cell.row)?;
                    self.of_cell(cell, &located)
                }
            }
        });
        self.push(leaf, right, cell);
    }

    /// The text of a cell and its place.
    fn of_cell(&self, cell: Cell, located: &Located) -> Option<(String, Place)> {
        labels::of_cell(self.job, self.files, cell, located)
    }

    fn push(&mut self, leaf: &Leaf<'_, '_>, right: bool, cell: Option<(String, Place)>) {
        let step = leaf.step;
        let (text, place) = cell.map_or((String::new(), None), |(text, place)| (text, Some(place)));
        self.shown.push(Term {
            right,
            name: self.proof.name(step),
            sign: leaf.sign,
            value: if text.is_empty() { show(&step.value, step.bound.ty) } else { text },
            number: step.value.figure().map(|f| f.value.clone()),
            place,
            part_of: String::new(),
        });
    }

    /// The values of a row that an aggregate over them took; those of a sum are its parts.
    fn along(&mut self, leaf: &Leaf<'m, 'm>, agg: Agg, right: bool) {
        let of = self.text(leaf.step.bound);
        let sign = if agg == Agg::Sum { "+" } else { "" };
        let (mut parts, mut left_out) = (Vec::new(), 0u64);
        for step in &leaf.step.args {
            if matches!(step.value, Value::Missing | Value::NotApplicable) {
                left_out += 1;
                continue;
            }
            let at = self.shown.len();
            self.leaf(&Leaf { step, sign }, right);
            let Some(term) = self.shown.get_mut(at..).and_then(|t| t.last_mut()) else { continue };
            term.part_of.clone_from(&of);
            if let Some(figure) = step.value.figure() {
                let (name, text) = (term.name.clone(), term.value.clone());
                parts.push(Part { name, text, figure: figure.clone(), cell: step.cell });
            }
        }
        if agg == Agg::Sum {
            let count = parts.len() as u64;
            self.sums.push(Sum { step: leaf.step, parts, count });
        }
        if left_out > 0 {
            let what = if left_out == 1 { "value was" } else { "values were" };
            self.notes.push(format!("{of}: {left_out} missing {what} left out"));
        }
        self.push(leaf, right, None);
    }

    fn aggregate(&mut self, leaf: &Leaf<'m, 'm>, state: StateId, slot: usize, right: bool) {
        let (env, keys) = (self.proof.env, leaf.step.key());
        let Some(StateDef::Groups(def)) = env.shared.defs.all.get(state) else { return };
        let Some(of_slot) = def.slots.get(slot) else { return };
        let name = self.text(leaf.step.bound);
        self.remarks(state, slot, &keys, def.table, &name);
        self.blanks(state, (def, of_slot), &keys, slot, &name);
        let aside = aside::note(def.table, env.shared, self.job);
        if let Some(note) = aside.filter(|note| !self.notes.contains(note)) {
            self.notes.insert(0, note);
        }
        let is_shown = SHOWN.contains(&of_slot.agg);
        let rows = self.terms.counted(env, state, slot, &keys);
        if let Some(rows) = rows.filter(|_| is_shown) {
            let parts = self.rows(&rows, (def, of_slot), right, &name);
            if of_slot.agg == Agg::Sum {
                self.sums.push(Sum { step: leaf.step, parts, count: rows.count });
            }
        }
        self.push(leaf, right, None);
    }

    /// The rows of an aggregate as terms; those that have a number as parts of a sum.
    fn rows(
        &mut self,
        rows: &TermRows,
        (def, slot): (&GroupsDef, &Slot),
        right: bool,
        of: &str,
    ) -> Vec<Part> {
        self.more += rows.count.saturating_sub(rows.rows.len() as u64);
        let Some(finder) = self.finders.get_mut(def.table) else { return Vec::new() };
        let located = rows.located(&mut **finder);
        let naming = naming_column(self.job, def.table, &located);
        let column = term_column(&slot.args);
        let mut parts = Vec::new();
        for located in &located {
            let cell = Cell { table: def.table, row: located.id, column };
            let Some((text, place)) = self.of_cell(cell, located) else { continue };
            let named = naming.and_then(|c| located.row.texts.get(c));
            let name =
                named.cloned().unwrap_or_else(|| row_name(self.job, def.table, &located.row.texts));
            let figure = self.figure(slot, def.table, located);
            let counts = slot.args.is_empty();
            // What is computed in the row has no text of its own.
            let is_cell = matches!(slot.args.first().map(|a| &a.op), Some(Op::Cell { .. }));
            let text = match &figure {
                Some(figure) if !is_cell => figure.value.display(),
                _ => text,
            };
            self.shown.push(Term {
                right,
                name: name.clone(),
                sign: if slot.agg == Agg::Sum { "+" } else { "" },
                value: if counts { String::new() } else { text.clone() },
                number: figure.as_ref().map(|f| f.value.clone()),
                place: Some(match counts {
                    true => place::of_row(self.files, &self.job.tables[def.table], located),
                    false => place,
                }),
                part_of: of.to_string(),
            });
            let Some(figure) = figure else { continue };
            parts.push(Part { name, text, figure, cell: is_cell.then_some(cell) });
        }
        parts
    }

    /// What a row gives to an aggregate.
    fn figure(&self, slot: &Slot, table: usize, located: &Located) -> Option<Figure> {
        let units = [UnitRow::Located(&located.row, table)];
        let env = At { units: &units, row: located.id, window: &[], ..*self.proof.env };
        argument(slot.args.first()?, &env).figure().cloned()
    }

    /// Notes rows that a condition chose, or did not, because a value is missing.
    fn blanks(
        &mut self,
        state: StateId,
        (def, of_slot): (&GroupsDef, &Slot),
        keys: &[Value<'_>],
        slot: usize,
        name: &str,
    ) {
        let group = group_of(self.proof.env, state, keys);
        let own = group.and_then(|g| g.slots.get(slot).map(|s| s.counts.blanks));
        let own = own.unwrap_or_default();
        let mut notes: Vec<String> =
            blanks::notes(&own, of_slot.filter.as_ref(), def.table, self.job)
                .into_iter()
                .map(|note| format!("{name}: {note}"))
                .collect();
        if let Some(Filled::Groups(all)) = self.proof.env.shared.filled.get(state) {
            notes.extend(blanks::notes(&all.blanks, def.filter.as_ref(), def.table, self.job));
        }
        for note in notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    fn remarks(
        &mut self,
        state: StateId,
        slot: usize,
        keys: &[Value<'_>],
        table: usize,
        name: &str,
    ) {
        let Some(group) = group_of(self.proof.env, state, keys) else {
            self.notes.push(if keys.is_empty() {
                format!("{name}: there are no rows")
            } else {
                let key = keys.iter().map(Value::to_text).collect::<Vec<_>>().join(", ");
                let of = self.job.tables.get(table).map_or("", |t| t.name.as_str());
                format!("{name}: no row of `{of}` has {key}")
            });
            return;
        };
        let Some(counts) = group.slots.get(slot).map(|s| s.counts) else { return };
        let missing = match counts.missing {
            1 => "missing value was left out",
            _ => "missing values were left out",
        };
        let unreadable = "unreadable cells were left out, as asked";
        for (n, what) in [(counts.missing, missing), (counts.left_out, unreadable)] {
            let note = format!("{name}: {n} {what}");
            if n > 0 && !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }
}

/// Whether the equation of an assertion that is a single comparison comes to the same verdict.
fn agrees(trace: &Trace<'_>, holds: bool) -> bool {
    !matches!(trace.root.bound.op, Op::Compare { .. }) || holds == (trace.verdict == Verdict::Holds)
}

/// In a table without a key, the first text column that distinguishes its rows.
fn naming_column(job: &Job<'_>, table: usize, rows: &[Located]) -> Option<usize> {
    let info = job.tables.get(table)?;
    if info.key.len() == 1 {
        return None;
    }
    let differs = |c: usize| {
        let mut texts = rows.iter().take(4).filter_map(|r| r.row.texts.get(c));
        let first = texts.next();
        texts.any(|t| Some(t) != first)
    };
    let mut columns = info.columns.iter().enumerate();
    columns.find(|(c, of)| of.reading.ty == Type::Text && !of.absent && differs(*c)).map(|c| c.0)
}
