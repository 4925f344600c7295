//! Workings: both sides of a comparison, the cells that they were computed from, the difference.

use std::cmp::Ordering;

use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::states::env::{At, UnitRow, group_of};
use crate::explain;
use crate::explain::equation::Cell;
use crate::expr::bound::{Allowance, Bound, GroupsDef, Op, Slot, StateDef, StateId};
use crate::expr::choose::argument;
use crate::expr::eval::Verdict;
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::print::sign;
use crate::expr::tree::{Agg, Arith, Cmp};
use crate::findings::about::Proof;
use crate::findings::chain::{self, Line};
use crate::findings::equations::{Part, Sum, equation, range};
use crate::findings::factors::OfRow;
use crate::findings::figures::{self, Style, as_written, plain};
use crate::findings::labels;
use crate::findings::place;
use crate::findings::roles::{self, Standing};
use crate::findings::terms::{TermRows, Terms, naming_column, row_name, term_column};
use crate::findings::trace::{Comparison, Step, Trace};
use crate::findings::{aside, blanks, rounded, working};
use crate::report::{Place, Side, Term, Tier, Working};
use crate::source::Files;
use crate::value::{Number, Type, Value};

/// Everything that follows from a failed comparison.
#[derive(Default)]
pub struct WorkingParts {
    pub working: Option<Working>,
    /// The likely explanation.
    pub explanation: Option<String>,
    /// Whether some of its figures are rounded to a base.
    pub has_base: bool,
    /// Whether the difference is below what the check calls trivial.
    pub is_trivial: bool,
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
    /// Terms that are computed, by their number: they are written like the others.
    computed: Vec<(usize, Value<'m>, Type)>,
    /// How the file of the first figure writes.
    style: Option<Style>,
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
            computed: Vec::new(),
            style: None,
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
        for (is_right, side) in [(false, c.left), (true, c.right)] {
            for line in chain::lines(side) {
                self.line(&line, is_right);
            }
        }
        let usual = self.style.unwrap_or_default();
        let style = usual.telling_apart(&figures::sides(c));
        for (n, value, ty) in std::mem::take(&mut self.computed) {
            if let Some(term) = self.shown.get_mut(n) {
                term.value = style.show(&value, ty);
            }
        }
        let is_withheld = [c.left, c.right].iter().any(|side| side.value.cause().is_some());
        let numbers = c.left.value.figure().zip(c.right.value.figure()).filter(|_| !is_withheld);
        // What is stated minus what follows, whichever is written first.
        let is_turned = c.op == Cmp::Eq
            && matches!(self.standings(c), [Standing::Follows, Standing::Stated(_)]);
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
        self.notes.extend(rounded.notes.into_iter().filter(|_| !is_withheld));
        let tier = match c.allowance {
            Allowance::Rounding(_) => Tier::Impossible,
            _ => Tier::Exact,
        };
        self.parts.working = Some(Working {
            left: self.side(c, c.left, style),
            relation: sign(c.op),
            right: self.side(c, c.right, style),
            exact_difference: difference.as_ref().map(Number::to_text).unwrap_or_default(),
            difference: difference.map(|d| distance.difference(&d, ty)),
            allowance: working::allowance(c, distance).filter(|_| !is_withheld),
            tier,
            required: self.required(c, style),
            terms: self.shown,
            more_terms: self.more,
            notes: self.notes,
        });
        self.parts
    }

    /// The likely explanation of an equation that does not hold.
    fn explain(
        &mut self,
        c: &Comparison<'_, '_>,
        of: (CheckId, AssertionId),
        style: Style,
    ) -> Option<()> {
        let (x, y) = c.left.value.figure().zip(c.right.value.figure())?;
        if c.op != Cmp::Eq || x.withheld || y.withheld {
            return None;
        }
        let made = equation(of, c, &self.sums);
        debug_assert!(made.as_ref().is_none_or(|(e, _)| agrees(&self.proof.trace, e.holds)));
        let mut items = made.map(|(_, items)| items).unwrap_or_default();
        let swapped = match self.standings(c) {
            [Standing::Stated(_), Standing::Follows] => false,
            [Standing::Follows, Standing::Stated(_)] => true,
            _ => x.value > y.value,
        };
        let (stated, follows) = if swapped { (y, x) } else { (x, y) };
        if swapped {
            items.iter_mut().for_each(|i| i.amount = -&i.amount);
        }
        let ty = c.shown_type(c.left);
        let show = |n: &Number| style.number(n, ty);
        self.parts.explanation = explain::nearest(&stated.value, &follows.value, &items, &show)
            .or_else(|| self.forgotten_rounding(c, &(&x.value - &y.value)));
        Some(())
    }

    /// Whether rounding the stated figure to its written digits explains the difference.
    fn forgotten_rounding(&self, c: &Comparison<'_, '_>, difference: &Number) -> Option<String> {
        let exact = matches!(c.allowance, Allowance::Exact);
        let computed = [c.left, c.right].iter().any(|s| !s.args.is_empty());
        let (table, located) = self.proof.row?;
        let cells = [c.left, c.right].into_iter().filter_map(|s| s.cell);
        let is_own = |cell: &Cell| (cell.table, cell.row) == (table, located.id);
        let stated = cells.into_iter().find(is_own).filter(|_| exact && computed)?;
        let text = located.row.texts.get(stated.column)?;
        let digits = text.rsplit_once(['.', ',']).map(|(_, digits)| digits)?;
        let decimals = digits.bytes().take_while(u8::is_ascii_digit).count();
        let half = Number::decimal(5, i32::try_from(decimals).ok()? + 1);
        (difference.abs() <= half)
            .then(|| format!("{text} is the same, rounded: add `within rounding` if it may be"))
    }

    fn text(&self, b: &Bound) -> String {
        self.proof.text(b)
    }

    fn standings<'s, 't2>(&self, c: &Comparison<'s, 't2>) -> [Standing<'s, 't2>; 2] {
        [c.left, c.right].map(|side| roles::of(side, self.proof.env.shared.defs))
    }

    /// For a stated share: what its numerator would have to be.
    fn required(&self, c: &Comparison<'_, '_>, style: Style) -> Option<String> {
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
        if [stated, share].iter().any(|side| side.value.cause().is_some()) {
            return None;
        }
        let range = figure.interval().scale(&whole.value);
        let (lo, hi) = (range.lo.at()?, range.hi.at()?);
        let (lo, hi) = if lo > hi { (hi, lo) } else { (lo, hi) };
        let is_whole = part.value.figure()?.value.is_integer();
        let (lo, hi) = if is_whole { (lo.ceil(), hi.floor()) } else { (lo.clone(), hi.clone()) };
        let ty = part.bound.ty;
        let end = |n: &Number| style.number(n, ty);
        let fits = match lo.cmp(&hi) {
            Ordering::Greater => ": no whole number fits".to_string(),
            Ordering::Equal => format!(" needs {}", end(&lo)),
            _ => format!(" needs {} to {}", end(&lo), end(&hi)),
        };
        let stated = self.side(c, stated, style).value;
        let value = style.show(&part.value, ty);
        let share = style.show(&share.value, c.shown_type(share));
        let (whole, part) = (style.number(&whole.value, Type::Number), self.text(part.bound));
        Some(format!("{stated} of {whole}{fits}; {part} is {value} ({share})"))
    }

    /// A side; a figure that is read from a cell stands as it is written there.
    fn side(&self, c: &Comparison<'_, '_>, step: &Step<'_>, style: Style) -> Side {
        let ty = c.shown_type(step);
        let expression = self.text(step.bound);
        let range = match c.allowance {
            Allowance::Rounding(_) => range(step).and_then(|r| style.interval(&r, ty)),
            _ => None,
        };
        let is_right = std::ptr::eq(step, c.right);
        let known = step.value.figure().filter(|f| !f.withheld);
        let cell = self.shown.iter().find(|t| t.right == is_right && t.name == expression);
        let written = cell
            .filter(|t| t.place.is_some() && t.number.is_some() && t.part_of.is_empty())
            .filter(|_| ty != Type::Percent || step.bound.ty == Type::Percent)
            .and_then(|t| as_written(&t.value, ty));
        Side {
            expression,
            value: written.unwrap_or_else(|| style.show(&step.value, ty)),
            exact: known.map(|f| f.value.to_text()).unwrap_or_default(),
            range: range.or_else(|| style.range(&step.value, ty)).filter(|_| known.is_some()),
        }
    }

    /// A line of the working; before it the rows of an aggregate.
    fn line(&mut self, line: &Line<'m, 'm>, right: bool) {
        match &line.step.bound.op {
            Op::Aggregate { state, slot, .. } => self.aggregate(line.step, *state, *slot, right),
            Op::Along { agg, .. } => self.along(line.step, *agg),
            _ => {}
        }
        let cell = line.step.cell.and_then(|cell| {
            let own = self.proof.row.filter(|(t, of)| (*t, of.id) == (cell.table, cell.row));
            let (text, place) = match own {
                Some((_, located)) => self.of_cell(cell, located),
                None => {
                    let located = self.finders.get_mut(cell.table)?.row(cell.row)?;
                    self.of_cell(cell, &located)
                }
            }?;
            if line.step.value.figure().is_some() {
                self.see(cell, &text);
            }
            Some((text, place))
        });
        self.push(
            line,
            right,
            line.part_of.map(|of| self.text(of.bound)).unwrap_or_default(),
            cell,
        );
    }

    /// Notes how a file writes its figures.
    fn see(&mut self, cell: Cell, text: &str) {
        let reading =
            self.job.tables.get(cell.table).and_then(|t| t.reading(cell.row, cell.column));
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
        let (text, place) = cell.map_or((String::new(), None), |(text, place)| (text, Some(place)));
        if text.is_empty() {
            self.computed.push((self.shown.len(), step.value.clone(), step.bound.ty));
        }
        self.shown.push(Term {
            right,
            name: self.proof.name(step),
            sign: line.sign,
            value: text,
            number: step.value.figure().filter(|f| !f.withheld).map(|f| f.value.clone()),
            place,
            part_of,
        });
    }

    /// What is remarkable about the values of a row that an aggregate took; those of a sum are its
    /// parts. Their lines stand already.
    fn along(&mut self, step: &'m Step<'m>, agg: Agg) {
        let of = self.text(step.bound);
        let taken = |x: &&Step<'_>| !matches!(x.value, Value::Missing | Value::NotApplicable);
        if agg == Agg::Sum {
            let part = |x: &Step<'m>| {
                let (name, figure) = (self.proof.name(x), x.value.figure()?.clone());
                let line = self.shown.iter().rfind(|t| t.part_of == of && t.name == name);
                let text = line.map(|t| t.value.clone()).filter(|text| !text.is_empty());
                let text = text.unwrap_or_else(|| plain(&figure.value));
                Some(Part { name, text, figure, cell: x.cell })
            };
            let parts: Vec<Part> = step.args.iter().filter(taken).filter_map(part).collect();
            let count = parts.len() as u64;
            self.sums.push(Sum { step, parts, count });
        }
        let note = match step.args.iter().filter(|x| !taken(x)).count() {
            0 => return,
            1 => format!("{of}: 1 missing value was left out"),
            n => format!("{of}: {n} missing values were left out"),
        };
        self.notes.push(note);
    }

    /// The rows of an aggregate, and what is remarkable about them.
    fn aggregate(&mut self, step: &'m Step<'m>, state: StateId, slot: usize, right: bool) {
        let (env, keys) = (self.proof.env, step.key());
        let Some(StateDef::Groups(def)) = env.shared.defs.all.get(state) else { return };
        let Some(of_slot) = def.slots.get(slot) else { return };
        let name = self.text(step.bound);
        let missing = blanks::no_row(step, &keys, self.proof);
        if missing.is_empty() {
            self.remarks(state, slot, &keys, def.table, &name);
        }
        let blanks = blanks::of_aggregate(step, env, self.job, &name);
        missing.into_iter().chain(blanks).for_each(|note| self.note(note));
        let aside = aside::note(def.table, env.shared, self.job);
        if let Some(note) = aside.filter(|note| !self.notes.contains(note)) {
            self.notes.insert(0, note);
        }
        let is_shown = SHOWN.contains(&of_slot.agg);
        let rows = self.terms.counted(env, state, slot, &keys);
        if let Some(rows) = rows.filter(|_| is_shown) {
            let parts = self.rows(&rows, (def, of_slot), right, &name);
            if of_slot.agg == Agg::Sum {
                self.sums.push(Sum { step, parts, count: rows.count });
            }
        }
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
        let mut seen: Vec<Vec<Value<'static>>> = Vec::new();
        // What is computed in the row has no text of its own.
        let is_cell = matches!(slot.args.first().map(|a| &a.op), Some(Op::Cell { .. }));
        for located in &located {
            let cell = Cell { table: def.table, row: located.id, column };
            let old = working::old_cell(slot, self.proof.env, (def.table, located));
            let old = old.and_then(|c| Some((c, self.finders.get_mut(c.table)?.row(c.row)?)));
            let (cell, shown) = old.as_ref().map_or((cell, located), |(c, row)| (*c, row));
            let Some((text, place)) = self.of_cell(cell, shown) else { continue };
            let (values, worked) = self.values(slot, def.table, located);
            if slot.distinct && seen.contains(&values) {
                continue;
            }
            let texts = &located.row.texts;
            let named = naming.and_then(|c| texts.get(c)).cloned();
            let name = named.unwrap_or_else(|| row_name(self.job, def.table, texts));
            let figure = values.first().and_then(Value::figure).cloned();
            if figure.is_some() {
                self.see(cell, &text);
            }
            let computed = figure.as_ref().filter(|_| !is_cell);
            let ty = slot.args.first().map_or(Type::Number, |a| a.ty);
            self.computed
                .extend(computed.map(|f| (self.shown.len(), Value::Number(f.clone()), ty)));
            let table = self.job.tables.get(def.table).filter(|_| slot.args.is_empty());
            self.shown.push(Term {
                right,
                name: match (&worked, name.as_str()) {
                    (None, _) => name.clone(),
                    (Some(worked), "") => worked.clone(),
                    (Some(worked), _) => format!("{name}: {worked}"),
                },
                sign: if slot.agg == Agg::Sum { "+" } else { "" },
                value: if slot.args.is_empty() { String::new() } else { text.clone() },
                number: figure.as_ref().map(|f| f.value.clone()),
                place: Some(table.map_or(place, |t| place::of_row(self.files, t, located))),
                part_of: of.to_string(),
            });
            seen.push(values);
            let Some(figure) = figure else { continue };
            let text = if is_cell { text } else { plain(&figure.value) };
            parts.push(Part { name, text, figure, cell: is_cell.then_some(cell) });
        }
        parts
    }

    /// What a row gives to an aggregate, and how its cells make it.
    fn values(
        &self,
        slot: &Slot,
        table: usize,
        located: &Located,
    ) -> (Vec<Value<'static>>, Option<String>) {
        let units = [UnitRow::Located(&located.row, table)];
        let env = At { units: &units, row: located.id, window: &[], ..*self.proof.env };
        let style = self.style.unwrap_or_default();
        let of_row = OfRow { env: &env, texts: &located.row.texts, style };
        let worked = slot.args.first().and_then(|a| of_row.worked(a));
        (slot.args.iter().map(|a| argument(a, &env).into_owned()).collect(), worked)
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
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
            if n > 0 {
                self.note(format!("{name}: {n} {what}"));
            }
        }
    }
}

/// Whether the equation of an assertion that is a single comparison comes to the same verdict.
fn agrees(trace: &Trace<'_>, holds: bool) -> bool {
    !matches!(trace.root.bound.op, Op::Compare { .. }) || holds == (trace.verdict == Verdict::Holds)
}
