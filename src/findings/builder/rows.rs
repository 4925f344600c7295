//! The rows of aggregates, in a working.

use crate::engine::pass::locate::Located;
use crate::engine::states::env::group_of;
use crate::explain::equation::Cell;
use crate::expr::bound::{GroupsDef, Slot, StateDef, StateId};
use crate::expr::tree::Agg;
use crate::findings::builder::{Computed, WorkingBuilder};
use crate::findings::equations::{Made, Part, Sum};
use crate::findings::factors::{self, Within};
use crate::findings::figures::plain;
use crate::findings::naming::{groups_of_only, naming_column};
use crate::findings::solved::CellFigure;
use crate::findings::terms::{TermRows, row_name, takes_cells, term_column};
use crate::findings::trace::Step;
use crate::findings::{aside, blanks, place, working};
use crate::report::Term;
use crate::value::{Figure, Type, Value};

impl<'m> WorkingBuilder<'m, '_, '_> {
    /// The rows of an aggregate, and what is remarkable about them.
    pub(super) fn aggregate(
        &mut self,
        step: &'m Step<'m>,
        state: StateId,
        slot: usize,
        right: bool,
    ) {
        let (env, keys) = (self.proof.env, step.key());
        let Some(StateDef::Groups(def)) = env.shared.defs.all.get(state) else { return };
        let Some(of_slot) = def.slots.get(slot) else { return };
        let name = self.proof.text(step.bound);
        let missing = blanks::no_row(step, &keys, self.proof);
        // That nothing is counted is what a reference says in its own words.
        let is_said = of_slot.agg == Agg::Count && self.proof.assertion.claim().is_some();
        if missing.is_empty() && !is_said {
            let of = self.job.tables.get(def.table).map_or("", |t| t.name.as_str());
            let remarks = blanks::left_out(env, (state, slot), &keys, (of, &name));
            remarks.into_iter().for_each(|note| self.note(note));
        }
        let blanks = blanks::of_aggregate(step, env, self.job, &name);
        missing.into_iter().chain(blanks).for_each(|note| self.note(note));
        let aside = aside::note(def.table, env.shared, self.job);
        if let Some(note) = aside.filter(|note| !self.notes.contains(note)) {
            self.notes.insert(0, note);
        }
        // What decides `any` and `all` is labelled.
        let is_shown = !matches!(of_slot.agg, Agg::Any | Agg::All);
        let rows = self.terms.counted(env, state, slot, &keys);
        if let Some(rows) = rows.filter(|_| is_shown) {
            let parts = self.rows(&rows, (def, of_slot), right, &name);
            let adds = of_slot.agg == Agg::Sum;
            if adds || (of_slot.agg == Agg::Only && parts.len() == 1) {
                let count = if adds { rows.count } else { 1 };
                let slots = group_of(env, state, &keys);
                let counts = slots.and_then(|group| Some(group.slots.get(slot)?.counts));
                let missing = counts.map_or(0, |counts| counts.missing);
                let blank =
                    (adds && missing == 1).then(|| self.blank_of(&rows, (def, of_slot))).flatten();
                self.sums.push(Sum { step, adds, parts, count, missing, blank });
            }
        }
    }

    /// The cell of the row that has no value for a sum.
    fn blank_of(
        &mut self,
        rows: &TermRows,
        (def, slot): (&GroupsDef, &Slot),
    ) -> Option<CellFigure> {
        let finder = self.finders.get_mut(def.table)?;
        let (located, shown) = (rows.located_blank(&mut **finder)?, rows.located(&mut **finder));
        let naming = naming_column(self.job, (def.table, groups_of_only(def, slot)), &shown);
        let name = self.called(&located, (def.table, naming));
        let cell = Cell { table: def.table, row: located.id, column: term_column(&slot.args) };
        let written = self.of_cell(cell, &located)?;
        let ty = slot.args.first().map_or(Type::Number, |a| a.ty);
        self.blank(cell, name, written, ty)
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
        let shown = rows.located(&mut **finder);
        let rest = rows.located_rest(&mut **finder);
        let naming = naming_column(self.job, (def.table, groups_of_only(def, slot)), &shown);
        let mut taken = Taken { def, slot, naming, right, of, parts: Vec::new(), seen: Vec::new() };
        for (n, located) in shown.iter().chain(&rest).enumerate() {
            self.row(located, n < shown.len(), &mut taken);
        }
        taken.parts
    }

    /// A row of an aggregate: a term where it is shown, and a part of a sum where it has a number.
    fn row(&mut self, located: &Located, is_shown: bool, taken: &mut Taken<'_>) -> Option<()> {
        let Taken { def, slot, naming, right, of, .. } = *taken;
        let is_cell = takes_cells(slot);
        let cell = Cell { table: def.table, row: located.id, column: term_column(&slot.args) };
        let old = working::old_cell(slot, self.proof.env, (def.table, located));
        let old = old.and_then(|c| Some((c, self.finders.get_mut(c.table)?.row(c.row)?)));
        let (cell, row) = old.as_ref().map_or((cell, located), |(c, row)| (*c, row));
        let (text, place) = self.of_cell(cell, row)?;
        let style = self.style.unwrap_or_default();
        let (values, worked) = factors::values(slot, (def.table, located), self.proof.env, style);
        if slot.distinct && taken.seen.contains(&values) {
            return None;
        }
        let name = self.called(located, (def.table, naming));
        let figure = values.first().and_then(Value::figure).cloned();
        let ty = slot.args.first().map_or(Type::Number, |a| a.ty);
        if let Some(figure) = &figure {
            self.see(cell, row.row.pivot, &text);
            if is_cell {
                self.found(cell, name.clone(), (&text, &place), (figure, ty));
            }
        }
        if is_shown {
            let counted = working::counted(self.job, cell, (row.row.pivot, &text));
            let computed = figure.as_ref().filter(|_| !is_cell);
            let (term, is_number) = (self.shown.len(), false);
            let made =
                |f: &Figure| Computed { term, value: Value::Number(f.clone()), ty, is_number };
            self.computed.extend(computed.map(made));
            let table = self.job.tables.get(def.table).filter(|_| slot.args.is_empty());
            self.shown.push(Term {
                right,
                name: match (&worked, name.as_str()) {
                    (None, _) => name.clone(),
                    (Some(worked), "") => worked.clone(),
                    (Some(worked), _) => format!("{name}: {worked}"),
                },
                sign: if slot.agg == Agg::Sum { "+" } else { "" },
                value: if slot.args.is_empty() { String::new() } else { counted },
                number: figure.as_ref().map(|f| f.value.clone()),
                place: Some(table.map_or(place, |t| place::of_row(self.files, t, located))),
                part_of: of.to_string(),
            });
        }
        taken.seen.extend(slot.distinct.then_some(values));
        let figure = figure?;
        let text = if is_cell { text } else { plain(&figure.value) };
        let adds = matches!(slot.agg, Agg::Sum | Agg::Only);
        let is_made = is_shown && adds && !is_cell && old.is_none();
        let made = is_made.then(|| self.made(slot, (def.table, located), &name)).flatten();
        taken.parts.push(Part { name, text, figure, cell: is_cell.then_some(cell), made });
        Some(())
    }

    /// What a row is called: by the column that the rows are known by, else as its table calls it.
    fn called(&self, located: &Located, (table, naming): (usize, Option<usize>)) -> String {
        let texts = &located.row.texts;
        let named = naming.and_then(|column| texts.get(column)).cloned();
        named.unwrap_or_else(|| row_name(self.job, table, texts))
    }

    /// What a row adds by the cells that it is computed of, each of which may be wrong.
    fn made(&mut self, slot: &Slot, of: (usize, &Located), row: &str) -> Option<Made> {
        let (made, within) = factors::made(slot, of, self.proof)?;
        for Within { cell, name, figure, ty } in within {
            let is_own = (cell.table, cell.row) == (of.0, of.1.id);
            let (text, place) = match is_own {
                true => self.of_cell(cell, of.1)?,
                false => self.written(cell).map(|(_, text, place)| (text, place))?,
            };
            let name = if row.is_empty() { name } else { format!("{row}, {name}") };
            self.found(cell, name, (&text, &place), (&figure, ty));
        }
        Some(made)
    }
}

/// The rows of an aggregate as they are gone through.
struct Taken<'a> {
    def: &'a GroupsDef,
    slot: &'a Slot,
    /// The column that rows are called by, if their key is not.
    naming: Option<usize>,
    right: bool,
    /// What the aggregate is called.
    of: &'a str,
    parts: Vec<Part>,
    /// Of distinct values those that came before.
    seen: Vec<Vec<Value<'static>>>,
}
