//! Raw findings to findings, in order, with places, words and working.
//!
//! They are sorted, and only those that are shown become findings: on all cores, a batch at a time,
//! each worker with the blocks it has read.

use crate::engine::data::check::Kind;
use crate::engine::data::classes::{Class, RawKind};
use crate::engine::data::job::OverflowOfKeys;
use crate::engine::data::parallel::in_parallel;
use crate::engine::pass::locate::{Finders, RowFinder};
use crate::engine::pass::names;
use crate::engine::pass::ran::RawUnitFinding;
use crate::engine::states::Map;
use crate::engine::states::env::{Missed, UnitRow};
use crate::expr::bound::{Bound, Op};
use crate::expr::ids::{AssertionId, CheckId, ColumnId};
use crate::fault::Severity;
use crate::findings::maker::FindingMaker;
use crate::findings::noted::NotedFindings;
use crate::findings::place;
use crate::findings::repeated;
use crate::findings::rows::{First, WantedRow};
use crate::findings::shared_cells::{OtherRows, SharedCells};
use crate::findings::shared_files::SharedFiles;
use crate::findings::terms::Terms;
use crate::findings::wanted::Wanted;
use crate::findings::working;
use crate::report::{Finding, RawFinding};
use crate::source::RowId;

/// The first findings, which are made at once: those that are explained are among them.
const BATCH: usize = 8192;
/// Later findings that are made and handed over at once: few enough to stay in the cache of a core.
const WAVE: usize = 512;
/// Raw findings whose other places are looked up at once.
const LOOKAHEAD: usize = 64 * BATCH;

/// Takes findings; says beforehand whether one more of a check is worth making.
pub trait FindingSink {
    /// Whether a finding of this check would be shown; counts it either way.
    fn wants(&mut self, check: &str, severity: Severity) -> bool;
    /// Findings that are wanted, in order.
    fn take(&mut self, findings: Vec<Finding>);
    /// A wanted finding of this check became part of another one.
    fn joined(&mut self, check: &str, severity: Severity);
    /// So many more findings of this check, none of which would be shown.
    fn more(&mut self, check: &str, severity: Severity, count: u64);
    /// A raw finding that the exact evaluator does not confirm: a fault of crossfoot itself.
    fn unconfirmed(&mut self);
}

/// How many findings were wanted and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Written {
    pub all: u64,
    pub written: u64,
}

/// The first of two equal keys and the places of its cells, by table, row and demand.
type Firsts = Map<(usize, RowId, AssertionOf), First>;
/// A check and its assertion.
type AssertionOf = (CheckId, AssertionId);

impl<'h, 'j> FindingMaker<'h, 'j> {
    /// Makes all wanted findings, in order: tables, then what has no place in one; fewer if it is
    /// asked to stop on the way.
    pub fn all(
        &self,
        raw: Vec<Vec<RawFinding>>,
        extra: Vec<Vec<Finding>>,
        taker: &mut dyn FindingSink,
    ) -> Written {
        let mut terms = Terms::default();
        let (wanted, others) = self.wanted(raw, extra, &mut terms, taker);
        let mut ordinals = Map::default();
        let mut workers: Vec<Vec<Box<dyn RowFinder + '_>>> =
            (0..self.job.jobs).map(|_| self.finders()).collect();
        // Equations are solved before any of them has words.
        let near = &wanted[..wanted.len().min(BATCH)];
        self.want_terms_of_holding(near, &mut terms);
        terms.gather(self.job, self.ran);
        let (watch, mut written) = (self.job.watch, 0);
        let mut noted = self.notes_findings.then(NotedFindings::default);
        let mut causes = self.causes(near, &terms, &mut workers);
        watch.will_write(wanted.len() as u64);
        let stops = watch.stops();
        for reach in wanted.chunks(LOOKAHEAD) {
            let firsts = self.firsts(reach);
            for wave in waves(reach, written == 0) {
                if watch.stops() > stops {
                    return Written { all: wanted.len() as u64, written };
                }
                let mut made = self.make_all(wave, &mut workers, (&terms, &firsts));
                for (wanted, finding) in wave.iter().zip(&mut made) {
                    let Some(finding) = finding else {
                        taker.unconfirmed();
                        continue;
                    };
                    tell_apart(finding, &mut ordinals);
                    say_rows(finding, wanted, &others);
                    let all = noted.iter_mut();
                    all.for_each(|n| note(n, wanted, &others, finding.fingerprint()));
                }
                // They are all among the first.
                let causes = std::mem::take(&mut causes);
                self.explain_several(causes, &mut made, &mut workers, &mut |lead| {
                    noted.iter_mut().for_each(|n| n.join(lead));
                    lead.crossed.iter().for_each(|f| taker.joined(f.check(), f.severity));
                });
                repeated::withdraw(&mut made);
                taker.take(made.into_iter().flatten().collect());
                watch.wrote(wave.len() as u64);
                written += wave.len() as u64;
            }
        }
        if let Some(mut noted) = noted {
            noted.terms = terms;
            // A maker makes its findings once.
            let _ = self.noted.set(noted);
        }
        Written { all: wanted.len() as u64, written }
    }

    /// The findings of a wave, on all cores.
    fn make_all(
        &self,
        wave: &[Wanted],
        workers: &mut [Vec<Box<dyn RowFinder + '_>>],
        (terms, firsts): (&Terms, &Firsts),
    ) -> Vec<Option<Finding>> {
        let size = (wave.len() / (4 * workers.len())).max(1);
        let made = in_parallel(workers, wave.len().div_ceil(size), &|finders, n| {
            let chunk = &wave[n * size..wave.len().min((n + 1) * size)];
            chunk.iter().map(|w| self.make(w, finders, terms, firsts)).collect::<Vec<_>>()
        });
        made.into_iter().flatten().collect()
    }

    /// A finding with the sentence that it is about.
    fn make(
        &self,
        wanted: &Wanted,
        finders: &mut Finders<'_>,
        terms: &Terms,
        firsts: &Firsts,
    ) -> Option<Finding> {
        let mut finding = self.unquoted(wanted, finders, terms, firsts)?;
        self.quote(&mut finding);
        self.remark(&mut finding);
        Some(finding)
    }

    fn unquoted(
        &self,
        wanted: &Wanted,
        finders: &mut Finders<'_>,
        terms: &Terms,
        firsts: &Firsts,
    ) -> Option<Finding> {
        match wanted {
            Wanted::Ready(f) => {
                let mut finding = f.as_ref().clone();
                finding.rename(self.renames);
                Some(finding)
            }
            Wanted::Row(r) => {
                let first = self.first_key(r).and_then(|key| firsts.get(&key));
                let mut finding = self.of_row(r, finders, terms, first)?;
                finding.key = finding.key.filter(|_| !self.is_of_name(r));
                finding.rename(self.renames);
                self.accept_row(&mut finding, r, finders);
                Some(finding)
            }
            Wanted::Unit(u, nth) => {
                let mut finding = self.of_unit(u, *nth, finders, terms)?;
                finding.rename(self.renames);
                self.accept_unit(&mut finding, u, finders);
                Some(finding)
            }
        }
    }

    /// Whether it is about the name of a column that became rows, and not about a row.
    fn is_of_name(&self, asked: &WantedRow) -> bool {
        let column = asked.class.column.map(ColumnId::index);
        column.is_some()
            && column == names::column(&self.job.tables[asked.table])
            && (asked.class.kind == RawKind::Unreadable
                || !self.job.checks[asked.class.check.index()].by_user)
    }

    pub(crate) fn finders(&self) -> Vec<Box<dyn RowFinder + 'h>> {
        (0..self.job.tables.len()).map(|table| (self.finder)(table)).collect()
    }

    /// Counts all raw findings, and keeps those that are to be shown, with the other rows of their cells.
    fn wanted(
        &self,
        raw: Vec<Vec<RawFinding>>,
        extra: Vec<Vec<Finding>>,
        terms: &mut Terms,
        taker: &mut dyn FindingSink,
    ) -> (Vec<Wanted>, OtherRows) {
        let (mut wanted, mut numbers) = (Vec::new(), Map::default());
        let mut nth = |name: Name| {
            let n: &mut u64 = numbers.entry(name).or_insert(0);
            *n += 1;
            *n - 1
        };
        let mut finders = self.finders();
        let mut shared = SharedFiles::new(self.job, self.ran);
        let mut cells = SharedCells::default();
        for (table, (mut raw, extra)) in raw.into_iter().zip(extra).enumerate() {
            wanted.extend(
                extra
                    .into_iter()
                    .filter(|f| taker.wants(f.check(), f.severity))
                    .map(|f| Wanted::Ready(Box::new(f))),
            );
            self.ran.classes[table].sort(&mut raw);
            let classes = &self.ran.classes[table];
            let columns = self.contracts(table);
            let of_keys = self.of_keys(table, &raw);
            for raw in raw {
                let Some(class) = classes.get(raw.class).copied() else {
                    taker.unconfirmed();
                    continue;
                };
                let (id, severity) = self.name_of((table, &columns), &class);
                if class.kind == RawKind::Structure && !shared.is_first(table, &raw, id) {
                    continue;
                }
                let may_share = classes.is_shared(raw.class);
                if may_share && !cells.is_first(table, (&raw, &class), &mut finders) {
                    continue;
                }
                if taker.wants(id, severity) {
                    let of_key = of_keys.get(&(raw.class, raw.aux)).copied();
                    let mut asked = WantedRow { table, raw, class, nth: 0, of_key };
                    self.want_terms(&asked, &mut finders, terms);
                    asked.nth = nth((class.kind, class.check, class.column));
                    wanted.push(Wanted::Row(asked));
                }
            }
            for (class, count) in self.ran.overflow[table]
                .iter()
                .filter_map(|(n, count)| Some((classes.get(*n)?, *count)))
            {
                let (id, severity) = self.name_of((table, &columns), class);
                taker.more(id, severity, count);
            }
        }
        self.wanted_units(&mut finders, terms, taker, &mut wanted, &mut nth);
        (wanted, cells.others)
    }

    /// How many rows have each key that stands nowhere, by its class and hash: those that were not kept, too.
    fn of_keys(&self, table: usize, raw: &[RawFinding]) -> OverflowOfKeys {
        let mut all = self.ran.overflow_of_keys[table].clone();
        for raw in raw.iter().filter(|raw| self.ran.classes[table].names_key(raw)) {
            *all.entry((raw.class, raw.aux)).or_default() += 1;
        }
        all
    }

    /// Units that are to be shown.
    fn wanted_units(
        &self,
        finders: &mut Finders<'_>,
        terms: &mut Terms,
        taker: &mut dyn FindingSink,
        wanted: &mut Vec<Wanted>,
        nth: &mut dyn FnMut(Name) -> u64,
    ) {
        for (n, unit) in self.ran.units.iter().enumerate() {
            // Several `only` of one group are one finding, which names all rows.
            let before = n.checked_sub(1).and_then(|n| self.ran.units.get(n));
            if before.is_some_and(|b| is_again(b, unit)) {
                continue;
            }
            let check = &self.job.checks[unit.check];
            let severity = if unit.improbable { Severity::Warning } else { check.severity };
            if taker.wants(&check.id, severity) {
                self.want_terms_of_unit(unit, finders, terms);
                wanted.push(Wanted::Unit(
                    unit.clone(),
                    nth((RawKind::Failed, CheckId::new(unit.check), None)),
                ));
            }
        }
    }

    /// What findings of a table's columns are called.
    fn contracts(&self, table: usize) -> Vec<String> {
        let table = &self.job.tables[table];
        table.columns.iter().map(|c| format!("{}.{}", table.name, c.name)).collect()
    }

    /// Asks for the rows of the sums that a failed row is compared with.
    fn want_terms(&self, asked: &WantedRow, finders: &mut Finders<'_>, terms: &mut Terms) {
        let (class, row) = (&asked.class, asked.raw.row);
        if !matches!(class.kind, RawKind::Failed | RawKind::Improbable | RawKind::Missed) {
            return;
        }
        // The row of another table is none that the assertion is asked of.
        if self.is_of_other_row(asked) {
            return;
        }
        let bound = &self.job.checks[class.check.index()].asserts[class.assertion.index()].bound;
        if has_aggregates(bound)
            && let Some(located) = finders[asked.table].row(row)
        {
            let units = [UnitRow::Located(&located.row, asked.table)];
            self.with_env(&units, row, |env| {
                working::aggregates(bound, env)
                    .iter()
                    .for_each(|(s, slot, keys)| terms.want(*s, *slot, keys))
            });
        }
    }

    fn name_of<'n>(
        &'n self,
        (table, columns): (usize, &'n [String]),
        class: &Class,
    ) -> (&'n str, Severity) {
        let check = || &self.job.checks[class.check.index()];
        match class.kind {
            RawKind::Structure => {
                let fault = self.job.tables[table].faults().get(class.check.index());
                fault.map_or(("", Severity::Error), |f| (f.name, f.severity))
            }
            RawKind::Unreadable => {
                (class.column.map_or("", |c| &columns[c.index()]), Severity::Error)
            }
            RawKind::Improbable => (&check().id, Severity::Warning),
            RawKind::Failed | RawKind::Duplicate | RawKind::Missed => {
                (&check().id, check().severity_of(class.assertion.index()))
            }
        }
    }

    fn first_key(&self, asked: &WantedRow) -> Option<(usize, RowId, AssertionOf)> {
        let Class { kind: RawKind::Duplicate, check, assertion, .. } = asked.class else {
            return None;
        };
        Some((asked.table, RowId(asked.raw.aux), (check, assertion)))
    }

    /// The first rows of doubled keys stand anywhere: they are looked up in the order of the file,
    /// so that each block is read once.
    fn firsts(&self, wanted: &[Wanted]) -> Firsts {
        let mut keys: Vec<_> = wanted
            .iter()
            .filter_map(|w| if let Wanted::Row(r) = w { self.first_key(r) } else { None })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let mut workers: Vec<Vec<Box<dyn RowFinder + '_>>> =
            (0..self.job.jobs).map(|_| self.finders()).collect();
        let size = (keys.len() / (4 * workers.len())).clamp(1, BATCH);
        let places = in_parallel(&mut workers, keys.len().div_ceil(size), &|finders, n| {
            let chunk = &keys[n * size..keys.len().min((n + 1) * size)];
            let place = |&(table, row, (check, assertion)): &(usize, RowId, AssertionOf)| {
                let kind = &self.job.checks[check.index()].asserts[assertion.index()].kind;
                let Kind::Unique { columns } = kind else { return None };
                let located = finders[table].row(row)?;
                let table = &self.job.tables[table];
                let cell = |&c: &usize| place::of_cell(self.files, table, c, &located);
                let places = columns.iter().map(cell).collect();
                Some(First { row: located, places })
            };
            chunk.iter().map(place).collect::<Vec<_>>()
        });
        keys.iter()
            .copied()
            .zip(places.into_iter().flatten())
            .filter_map(|(key, place)| Some((key, place?)))
            .collect()
    }
}

/// What is made and handed over at once.
fn waves(reach: &[Wanted], is_first: bool) -> impl Iterator<Item = &[Wanted]> {
    let (first, rest) = reach.split_at(if is_first { reach.len().min(BATCH) } else { 0 });
    std::iter::once(first).filter(|first| !first.is_empty()).chain(rest.chunks(WAVE))
}

/// Says of how many more rows the cell of a finding is.
fn say_rows(finding: &mut Finding, wanted: &Wanted, others: &OtherRows) {
    let Wanted::Row(asked) = wanted else { return };
    match others.get(&(asked.table, asked.raw.row, asked.raw.class)).map_or(0, Vec::len) {
        0 => {}
        1 => finding.add_help("one more row has this cell".to_string()),
        n => finding.add_help(format!("{n} more rows have this cell")),
    }
}

/// Notes a finding for exhibits, with the other rows of its cell.
fn note(noted: &mut NotedFindings, wanted: &Wanted, others: &OtherRows, fingerprint: u128) {
    match wanted {
        Wanted::Row(asked) => {
            let (table, row) = (asked.table, asked.raw.row);
            let others = others.get(&(table, row, asked.raw.class));
            for row in std::iter::once(&row).chain(others.into_iter().flatten()) {
                noted.row(table, *row, asked.class, fingerprint);
            }
        }
        Wanted::Unit(unit, _) => noted.unit(unit, fingerprint),
        Wanted::Ready(_) => {}
    }
}

/// Whether an `only` missed in the same way as the one before it.
fn is_again(before: &RawUnitFinding, unit: &RawUnitFinding) -> bool {
    let several = |u: &RawUnitFinding| {
        u.miss.as_ref().filter(|m| m.what == Missed::OnlySeveral).map(|m| m.state)
    };
    several(unit).is_some()
        && several(unit) == several(before)
        && (unit.check, unit.assertion, &unit.at) == (before.check, before.assertion, &before.at)
}

/// What findings are counted by: kind, check, column.
type Name = (RawKind, CheckId, Option<ColumnId>);

fn has_aggregates(bound: &Bound) -> bool {
    let mut found = false;
    bound.walk(&mut |b| found |= matches!(b.op, Op::Aggregate { .. }));
    found
}

/// Findings with the same identity are words apart by their order.
fn tell_apart(f: &mut Finding, seen: &mut Map<u128, u64>) {
    let before = seen.entry(f.fingerprint()).or_insert(0);
    if *before > 0 {
        f.repeats(*before);
    }
    *before += 1;
}
