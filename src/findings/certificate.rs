//! Certificates of assertions: every step with its exact value and its cells, so that a program of
//! its own can compute the verdict again.

use crate::engine::data::batch::{read, read_hedged};
use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::states::env::{At, Filled, UnitRow, group_of};
use crate::explain::equation::Cell;
use crate::expr::bound::{Allowance, Bound, GroupsDef, Op, Slot, StateDef, StateId};
use crate::expr::choose::argument;
use crate::expr::eval::negate;
use crate::expr::print::{aggregate_word, window_word};
use crate::expr::tree::{Agg, WindowFunction};
use crate::findings::about::Proof;
use crate::findings::exact::{cell_place, made, word};
use crate::findings::labels::of_cell;
use crate::findings::naming::{groups_of_only, naming_column};
use crate::findings::place;
use crate::findings::rest;
use crate::findings::terms::{TermRows, Terms, row_name};
use crate::findings::trace::Step;
use crate::findings::working::{self, UnitCell};
use crate::report::certificate::{Certificate, Exact, Operation, Rest, Within};
use crate::report::{At as PlaceAt, Place};
use crate::shape::Source;
use crate::source::{FileId, Files, Span};
use crate::value::{Value, Why};
use crate::width::to_usize;

/// Makes the certificate of one finding.
pub(crate) struct Certifier<'m, 'j, 't> {
    job: &'m Job<'j>,
    files: &'m dyn Files,
    finders: &'m mut Finders<'t>,
    terms: &'m Terms,
    /// What it takes as given, each once.
    given: Vec<String>,
    /// What is read of other rows by its name: what is the same is called the same.
    named: Vec<(Bound, String)>,
}

/// What steps were evaluated over, and what they are called.
struct Scope<'s> {
    env: &'s At<'s>,
    at: &'s [UnitCell],
    /// The row at hand, with its table.
    row: Option<(usize, &'s Located)>,
    /// The assertion whose text they stand in; none for what is evaluated in another row.
    proof: Option<&'s Proof<'s>>,
}

impl<'m, 'j, 't> Certifier<'m, 'j, 't> {
    pub fn new(
        job: &'m Job<'j>,
        files: &'m dyn Files,
        finders: &'m mut Finders<'t>,
        terms: &'m Terms,
    ) -> Self {
        Certifier { job, files, finders, terms, given: Vec::new(), named: Vec::new() }
    }

    /// The certificate of an assertion that was judged.
    pub fn of_proof(mut self, proof: &Proof<'_>) -> Certificate {
        let demand = self.of_step(&proof.trace.root, proof);
        self.certificate(demand)
    }

    /// The certificate of this demand.
    pub fn certificate(self, demand: Operation) -> Certificate {
        let given = (!self.given.is_empty()).then(|| self.given.join("; "));
        Certificate { demand, given }
    }

    /// A step of an assertion.
    pub fn of_step(&mut self, step: &Step<'_>, proof: &Proof<'_>) -> Operation {
        let (env, at, row) = (proof.env, proof.at, proof.row);
        self.step(step, &Scope { env, at, row, proof: Some(proof) })
    }

    /// A part of a key that was looked for.
    pub fn of_key(&mut self, part: &Bound, proof: &Proof<'_>) -> Operation {
        let trace = working::trace(part, proof.env, proof.at);
        let (env, at, row) = (proof.env, proof.at, proof.row);
        self.step(&trace.root, &Scope { env, at, row, proof: None })
    }

    /// Says what is not to be computed again.
    pub fn takes(&mut self, what: String) {
        if !self.given.contains(&what) {
            self.given.push(what);
        }
    }

    fn step(&mut self, step: &Step<'_>, scope: &Scope<'_>) -> Operation {
        match &step.bound.op {
            Op::Const(_) => made("constant", Vec::new(), &step.value),
            Op::Cell { .. } | Op::Written { .. } => self.read(step, scope),
            Op::Key { unit, key } => self.key(step, scope, (*unit, *key)),
            Op::Lookup { .. } => self.look_up(step, scope),
            Op::Aggregate { state, slot, .. } => self.aggregate(step, scope, (*state, *slot)),
            Op::Window { state } => self.window(step, scope, *state),
            Op::Row { .. } => self.leaf("given:row", step, scope),
            Op::File { .. } => self.leaf("given:file", step, scope),
            Op::Absent => self.leaf("given:old", step, scope),
            Op::Member { not, .. } => {
                let op = if *not { "given:not in" } else { "given:in" };
                let args = self.args(step, scope);
                Operation { args, ..self.leaf(op, step, scope) }
            }
            Op::Leads { .. } => {
                let args = self.args(step, scope);
                Operation { args, ..self.leaf("given:leads nowhere", step, scope) }
            }
            // Of some unknown values it is open whether they are missing.
            Op::IsMissing { .. } if matches!(step.value, Value::Unknown(_)) => {
                let args = self.args(step, scope);
                Operation { args, ..self.leaf("given:is missing", step, scope) }
            }
            // What its publisher keeps back is there, and may have bounds, but is not read.
            Op::IsReadable { .. } if self.reads_withheld(step) => {
                let args = self.args(step, scope);
                Operation { args, ..self.leaf("given:is readable", step, scope) }
            }
            Op::IsWithheld { .. } => {
                let args = self.args(step, scope);
                Operation { args, ..self.leaf("given:is withheld", step, scope) }
            }
            op => self.composed(op, step, scope),
        }
    }

    /// Whether an operand may be withheld.
    fn reads_withheld(&self, step: &Step<'_>) -> bool {
        let cells = step.args.iter().filter_map(|arg| arg.cell);
        let mut columns =
            cells.filter_map(|cell| self.job.tables.get(cell.table)?.columns.get(cell.column));
        columns.any(|column| !column.reading.withheld.is_empty())
    }

    fn args(&mut self, step: &Step<'_>, scope: &Scope<'_>) -> Vec<Operation> {
        step.args.iter().map(|arg| self.step(arg, scope)).collect()
    }

    /// What follows from its operands.
    fn composed(&mut self, op: &Op, step: &Step<'_>, scope: &Scope<'_>) -> Operation {
        let mut args = self.args(step, scope);
        let within = match op {
            Op::Compare { allowance, .. } | Op::Between { allowance, .. } => match allowance {
                Allowance::Exact => None,
                Allowance::Rounding(_) => Some(Within::Rounding),
                Allowance::Relative(share) => Some(Within::Share(share.to_text())),
                Allowance::Absolute(_) => args.pop().map(Within::Amount),
            },
            _ => None,
        };
        if let Op::Matches { regex, whole, .. } = op {
            let text = &regex.text;
            let pattern = if *whole { format!("^(?:{text})$") } else { text.clone() };
            args.push(made("constant", Vec::new(), &Value::Text(pattern.into())));
        }
        let within = within.map(Box::new);
        let is_negated = matches!(
            op,
            Op::Between { not: true, .. }
                | Op::InList { not: true, .. }
                | Op::IsMissing { not: true, .. }
                | Op::IsReadable { not: true, .. }
                | Op::Matches { not: true, .. }
        );
        let word = word(op);
        if is_negated {
            let inner = Operation { within, ..made(&word, args, &negate(step.value.clone())) };
            return made("not", vec![inner], &step.value);
        }
        Operation { within, ..made(&word, args, &step.value) }
    }

    /// Something that is not computed, by its name.
    fn leaf(&mut self, op: &str, step: &Step<'_>, scope: &Scope<'_>) -> Operation {
        let name = self.name(step, scope);
        Operation { name, ..made(op, Vec::new(), &step.value) }
    }

    fn name(&mut self, step: &Step<'_>, scope: &Scope<'_>) -> String {
        let Some(proof) = scope.proof else {
            let column = |cell: Cell| {
                let table = self.job.tables.get(cell.table)?;
                table.columns.get(cell.column).map(|column| column.name.clone())
            };
            return step.cell.and_then(column).unwrap_or_default();
        };
        let name = proof.name(step);
        if matches!(
            step.bound.op,
            Op::Aggregate { .. } | Op::Window { .. } | Op::Member { .. } | Op::Leads { .. }
        ) {
            if let Some((_, known)) = self.named.iter().find(|(b, _)| b.same(step.bound)) {
                return known.clone();
            }
            self.named.push((step.bound.clone(), name.clone()));
        }
        name
    }

    /// A cell with its text and its place.
    fn read(&mut self, step: &Step<'_>, scope: &Scope<'_>) -> Operation {
        let made = self.leaf("cell", step, scope);
        let Some(cell) = step.cell else { return made };
        let own = scope.row.filter(|(table, of)| (*table, of.id) == (cell.table, cell.row));
        match own {
            Some((_, located)) => self.stands(made, cell, located),
            None => match self.finders.get_mut(cell.table).and_then(|f| f.row(cell.row)) {
                Some(located) => self.stands(made, cell, &located),
                None => made,
            },
        }
    }

    /// An operation that reads a cell of this row.
    fn stands(&mut self, made: Operation, cell: Cell, located: &Located) -> Operation {
        let Some((text, place)) = of_cell(self.job, self.files, cell, located) else { return made };
        let place = self.is_written(cell, located).then(|| self.narrowed(place, &text, located));
        let place = place.flatten().map(|place| cell_place(self.files, &place));
        if place.is_none() {
            self.takes("cells that were filled in, or are written in another notation".into());
        }
        Operation { text: Some(text), place, ..made }
    }

    /// The place of the text of a cell within it, where marks or white space are left out; none where
    /// it does not stand there as it is.
    fn narrowed(&self, place: Place, text: &str, located: &Located) -> Option<Place> {
        let PlaceAt::Bytes { file, span, from, .. } = place.at else { return Some(place) };
        let start = span.start.checked_sub(located.span.start).map(to_usize);
        let held = start.and_then(|at| located.bytes.get(at..at + to_usize(span.len())));
        let read = held.is_none().then(|| self.bytes(file, span)).flatten();
        let Some(raw) = held.or(read.as_deref()) else { return Some(place) };
        let own = raw.trim_ascii();
        let quoted = || format!("\"{}\"", text.replace('"', "\"\""));
        if own == text.as_bytes() || own == quoted().as_bytes() {
            return Some(place);
        }
        let at = memchr::memmem::find(raw, text.as_bytes()).filter(|_| !text.is_empty())?;
        let start = span.start + at as u64;
        let span = Span::new(start, start + text.len() as u64);
        Some(place::at(self.files, file, span, from.line))
    }

    /// The bytes of a cell of a file whose rows do not hold theirs.
    fn bytes(&self, file: FileId, span: Span) -> Option<Vec<u8>> {
        /// Longer cells are not looked at.
        const MOST: u64 = 1 << 16;
        let bytes = self.files.bytes(file).filter(|_| span.len() <= MOST)?;
        let mut raw = vec![0; to_usize(span.len())];
        let n = bytes.read_at(span.start, &mut raw).ok()?;
        (n == raw.len()).then_some(raw)
    }

    /// Whether the text of a cell stands in its place, and was not filled in.
    fn is_written(&self, cell: Cell, located: &Located) -> bool {
        let Some(table) = self.job.tables.get(cell.table) else { return false };
        let span = located.spans.get(cell.column).copied().unwrap_or(located.span);
        let text = located.row.texts.get(cell.column).map_or("", String::as_str);
        // A cell that stands nowhere has the place of its row, one that was filled in a blank one.
        let is_nowhere = span == located.span && text.is_empty() && !span.is_empty();
        let from = span.start.checked_sub(located.span.start).map(to_usize);
        let own = from.and_then(|from| located.bytes.get(from..from + to_usize(span.len())));
        let is_filled = table.layout.fill.contains(&cell.column)
            && !text.is_empty()
            && own.is_none_or(|own| own.trim_ascii().is_empty());
        let source = table.layout.sources.get(cell.column);
        let is_made = matches!(
            source,
            Some(
                Source::PivotName
                    | Source::Path(_)
                    | Source::Heading
                    | Source::Hierarchy(_)
                    | Source::Nowhere
            )
        );
        !is_nowhere && !is_filled && !is_made
    }

    /// The value of a cell of a row, as it is read.
    pub fn cell(&mut self, cell: Cell, located: &Located) -> Operation {
        let columns = self.job.tables.get(cell.table).and_then(|t| t.columns.get(cell.column));
        let (text, hedge) =
            (located.row.texts.get(cell.column), located.row.hedges.get(cell.column));
        let (Some(column), Some(text)) = (columns, text) else {
            return Operation::new("cell", Exact::Missing);
        };
        let reading = column.reading_of(located.row.pivot);
        let value = match hedge {
            Some(hedge) => read_hedged(reading, text, false, *hedge),
            None => read(reading, text, false),
        };
        let made = Operation { name: column.name.clone(), ..made("cell", Vec::new(), &value) };
        self.stands(made, cell, located)
    }

    /// A key of a group, as its first row gives it.
    fn key(
        &mut self,
        step: &Step<'_>,
        scope: &Scope<'_>,
        (unit, key): (usize, usize),
    ) -> Operation {
        let name = self.name(step, scope);
        let unit = scope.at.get(unit).copied();
        let groups = unit.and_then(|u| scope.env.shared.defs.all.get(u.groups?));
        let of_first = match (unit, groups) {
            (Some(unit), Some(StateDef::Groups(def))) => def.keys.get(key).and_then(|bound| {
                let located = self.finders.get_mut(unit.table)?.row(unit.row)?;
                Some(self.in_row(bound, (unit.table, &located), scope, &step.value))
            }),
            _ => None,
        };
        let made = of_first.unwrap_or_else(|| made("given:key", Vec::new(), &step.value));
        Operation { name, ..made }
    }

    /// An expression over another row; its value alone where that was found in another way.
    fn in_row(
        &mut self,
        bound: &Bound,
        (table, located): (usize, &Located),
        scope: &Scope<'_>,
        value: &Value<'_>,
    ) -> Operation {
        let units = [UnitRow::Located(&located.row, table)];
        let at = [UnitCell { table, row: located.id, groups: None }];
        let env = At { units: &units, row: located.id, window: &[], ..*scope.env };
        let trace = working::trace(bound, &env, &at);
        if trace.root.value != *value {
            return made("given:value", Vec::new(), value);
        }
        let row = Some((table, located));
        self.step(&trace.root, &Scope { env: &env, at: &at, row, proof: None })
    }

    /// A look-up: its key against that of the row that it found, and the cell.
    fn look_up(&mut self, step: &Step<'_>, scope: &Scope<'_>) -> Operation {
        let name = self.name(step, scope);
        let Op::Lookup { state, column, .. } = &step.bound.op else {
            return self.leaf("given:look-up", step, scope);
        };
        let keys = self.args(step, scope);
        let (filled, def) =
            (scope.env.shared.filled.get(*state), scope.env.shared.defs.all.get(*state));
        let (Some(Filled::Index(index)), Some(StateDef::Index(def))) = (filled, def) else {
            return Operation { name, ..made("given:look-up", keys, &step.value) };
        };
        let table = self.job.tables.get(def.table).map_or("", |t| t.name.as_str());
        let is_whole = step.args.iter().all(|key| key.value.cause().is_none());
        let found = index.find(&step.key()).filter(|found| is_whole && !found.many);
        let located = found.and_then(|found| self.finders.get_mut(def.table)?.row(found.row));
        let Some(located) = located.filter(|_| step.value.cause() != Some(Why::NotMatched)) else {
            self.takes(format!("that no single row of `{table}` has this key"));
            return Operation { name, ..made("given:look-up", keys, &step.value) };
        };
        if !step.args.is_empty() {
            self.takes(format!("that one row of `{table}` has this key"));
        }
        let at = |column| Cell { table: def.table, row: located.id, column };
        let same = |(key, column): (Operation, &usize)| {
            let args = vec![key, self.cell(at(*column), &located)];
            made("same", args, &Value::Bool(true))
        };
        let mut args: Vec<Operation> = keys.into_iter().zip(&def.columns).map(same).collect();
        if let Some(column) = column {
            let cell = made("cell", Vec::new(), &step.value);
            args.push(self.stands(cell, at(*column), &located));
        }
        Operation { name, ..made("look-up", args, &step.value) }
    }

    /// The value of the row before or after, where it is a cell.
    fn window(&mut self, step: &Step<'_>, scope: &Scope<'_>, state: StateId) -> Operation {
        let def = match scope.env.shared.defs.all.get(state) {
            Some(StateDef::Window(def)) => def,
            _ => return self.leaf("given:window", step, scope),
        };
        let word = window_word(def.window);
        let is_neighbour = matches!(def.window, WindowFunction::Prev | WindowFunction::Next);
        let is_cell = matches!(def.value.op, Op::Cell { .. });
        let name = self.name(step, scope);
        match step.cell.filter(|_| is_neighbour && is_cell) {
            Some(cell) => {
                self.takes(format!("which row `{name}` reads"));
                let of_cell = made("cell", Vec::new(), &step.value);
                let of_cell = match self.finders.get_mut(cell.table).and_then(|f| f.row(cell.row)) {
                    Some(located) => self.stands(of_cell, cell, &located),
                    None => of_cell,
                };
                Operation { name, ..made(word, vec![of_cell], &step.value) }
            }
            None => Operation { name, ..made(&format!("given:{word}"), Vec::new(), &step.value) },
        }
    }

    /// An aggregate with its rows.
    fn aggregate(
        &mut self,
        step: &Step<'_>,
        scope: &Scope<'_>,
        (state, slot): (StateId, usize),
    ) -> Operation {
        let name = self.name(step, scope);
        let def = match scope.env.shared.defs.all.get(state) {
            Some(StateDef::Groups(def)) => def,
            _ => return self.leaf("given:aggregate", step, scope),
        };
        let Some(of_slot) = def.slots.get(slot) else {
            return self.leaf("given:aggregate", step, scope);
        };
        let word = aggregate_word(of_slot.agg);
        let keys = step.key();
        let rows = self.terms.counted(scope.env, state, slot, &keys);
        let is_simple = !of_slot.distinct
            && !of_slot.is_natural
            && !matches!(of_slot.agg, Agg::Median | Agg::Mode | Agg::Stddev | Agg::Quantile);
        let is_known = !matches!(step.value, Value::Unknown(_));
        let Some(rows) = rows.filter(|_| is_simple && is_known) else {
            let made = made(&format!("given:{word}"), Vec::new(), &step.value);
            return Operation { name, ..made };
        };
        self.takes(format!("which rows `{name}` takes"));
        let (args, values) = self.rows(&rows, (def, of_slot), scope);
        let listed = args.len() as u64;
        let group = group_of(scope.env, state, &keys);
        let squares = group.as_ref().and_then(|g| scope.env.squares(state, slot, g));
        let left = rows.count.saturating_sub(listed);
        let rest = (left > 0)
            .then(|| rest::of(of_slot.agg, &step.value, (rows.count, left), &values, squares));
        Operation { name, rest, ..made(word, args, &step.value) }
    }

    /// The demand that an aggregate takes one row.
    pub fn several(&mut self, step: &Step<'_>, proof: &Proof<'_>) -> Option<Operation> {
        let Op::Aggregate { state, slot, .. } = &step.bound.op else { return None };
        let (env, at, row) = (proof.env, proof.at, proof.row);
        let StateDef::Groups(def) = env.shared.defs.all.get(*state)? else { return None };
        let of_slot = def.slots.get(*slot)?;
        let rows = self.terms.counted(env, *state, *slot, &step.key())?;
        let scope = Scope { env, at, row, proof: Some(proof) };
        let name = self.name(step, &scope);
        self.takes(format!("which rows `{name}` takes"));
        let (args, _) = self.rows(&rows, (def, of_slot), &scope);
        let count = rows.count.saturating_sub(args.len() as u64);
        let rest = (count > 0).then(|| Rest { count, ..Rest::default() });
        Some(Operation { name, rest, ..made("one row", args, &Value::Bool(false)) })
    }

    /// The rows that an aggregate took, with what each gives; none of rows that are only counted
    /// where they cannot all be listed.
    fn rows(
        &mut self,
        rows: &TermRows,
        (def, slot): (&GroupsDef, &Slot),
        scope: &Scope<'_>,
    ) -> (Vec<Operation>, Vec<Value<'static>>) {
        let is_counted = slot.agg == Agg::Count && rows.count > rows.rows.len() as u64;
        let Some(finder) = self.finders.get_mut(def.table).filter(|_| !is_counted) else {
            return Default::default();
        };
        let located = rows.located(&mut **finder);
        let naming = naming_column(self.job, (def.table, groups_of_only(def, slot)), &located);
        let (mut operations, mut values) = (Vec::new(), Vec::new());
        for located in &located {
            let units = [UnitRow::Located(&located.row, def.table)];
            let env = At { units: &units, row: located.id, window: &[], ..*scope.env };
            let (operation, value) = match slot.args.first() {
                Some(arg) => {
                    let value = argument(arg, &env).into_owned();
                    (self.in_row(arg, (def.table, located), scope, &value), value)
                }
                None => (self.row(def.table, located), Value::Bool(true)),
            };
            let texts = &located.row.texts;
            let name = naming
                .and_then(|c| texts.get(c).cloned())
                .unwrap_or_else(|| row_name(self.job, def.table, texts));
            operations.push(Operation { name, ..operation });
            values.push(value);
        }
        (operations, values)
    }

    /// A row that is counted.
    fn row(&self, table: usize, located: &Located) -> Operation {
        let of = self.job.tables.get(table);
        let place = of.map(|of| cell_place(self.files, &place::of_row(self.files, of, located)));
        Operation { place, ..made("row", Vec::new(), &Value::Bool(true)) }
    }
}
