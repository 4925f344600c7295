//! Marks to findings, in order, with places, words and working.
//!
//! Marks are sorted, and only those that are shown become findings: on all cores, a wave at a time,
//! each worker with the blocks it has read.

mod about;
mod row;
mod unit;

use std::cell::RefCell;
use std::sync::OnceLock;

use self::row::RowMark;
use super::classes::{self, Class, RawKind};
use super::env::{At, UnitRow};
use super::locate::Locator;
use super::place;
use super::run::{Job, Ran, UnitMark};
use super::states::Map;
use super::suggest::Suggestions;
use super::table::Rows;
use super::terms::Terms;
use super::workers::in_parallel;
use super::working;
use crate::expr::bound::{Bound, Op};
use crate::expr::ids::{CheckId, ColumnId};
use crate::fault::Severity;
use crate::finding::{Finding, Label, Mark, Place, Role};
use crate::read::csv::FAULTS as CSV_FAULTS;
use crate::source::{FileId, Files, RowId};
use crate::value::Value;

/// Findings that are made and handed over at once.
const WAVE: usize = 8192;
/// Marks whose other places are looked up at once.
const REACH: usize = 64 * WAVE;

/// Takes findings; says beforehand whether one more of a check is worth making.
pub trait Taker {
    /// Whether a finding of this check would be shown; counts it either way.
    fn wants(&mut self, check: &str, severity: Severity) -> bool;
    /// Findings that are wanted, in order.
    fn take(&mut self, findings: Vec<Finding>);
    /// So many more findings of this check, none of which would be shown.
    fn more(&mut self, check: &str, severity: Severity, count: u64);
    /// A mark that the exact evaluator does not confirm: a fault of crossfoot itself.
    fn unconfirmed(&mut self);
}

/// How many findings were wanted and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Written {
    pub all: u64,
    pub written: u64,
}

/// Makes findings.
pub struct Hydrator<'h, 'j> {
    job: &'h Job<'j>,
    ran: &'h Ran<'j>,
    files: &'h dyn Files,
    /// What has been proposed for a misspelt key.
    suggestions: Suggestions,
    /// Per check and assertion the place that asks for it.
    rules: Vec<Vec<OnceLock<Place>>>,
}

/// A finding that is wanted.
enum Wanted {
    Row(RowMark),
    Unit(UnitMark, u64),
    Ready(Box<Finding>),
}

/// Places of the first of two equal keys, by table, row and column.
type Firsts = Map<(usize, RowId, usize), Place>;

impl<'h, 'j> Hydrator<'h, 'j> {
    /// Over what was run.
    pub fn new(job: &'h Job<'j>, ran: &'h Ran<'j>, files: &'h dyn Files) -> Self {
        let rules = job.checks.iter().map(|c| c.asserts.iter().map(|_| OnceLock::new()).collect()).collect();
        Hydrator { job, ran, files, suggestions: Suggestions::default(), rules }
    }

    /// Makes all wanted findings, in order: tables, then what has no place in one; fewer if it is
    /// asked to stop on the way.
    pub fn all(&self, marks: Vec<Vec<Mark>>, extra: Vec<Vec<Finding>>, taker: &mut dyn Taker) -> Written {
        let mut terms = Terms::default();
        let wanted = self.wanted(marks, extra, &mut terms, taker);
        terms.gather(self.job, self.ran);
        let mut ordinals = Map::default();
        let mut desks: Vec<Vec<Locator<'_>>> = (0..self.job.jobs).map(|_| self.locators()).collect();
        let (watch, mut written) = (self.job.watch, 0);
        watch.will_write(wanted.len() as u64);
        let stops = watch.stops();
        for reach in wanted.chunks(REACH) {
            let firsts = self.firsts(reach);
            for wave in reach.chunks(WAVE) {
                if watch.stops() > stops {
                    return Written { all: wanted.len() as u64, written };
                }
                let size = (wave.len() / (4 * desks.len())).max(1);
                let made = in_parallel(&mut desks, wave.len().div_ceil(size), &|locators, n| {
                    let chunk = &wave[n * size..wave.len().min((n + 1) * size)];
                    chunk.iter().map(|w| self.make(w, locators, &terms, &firsts)).collect::<Vec<_>>()
                });
                let mut findings = Vec::with_capacity(wave.len());
                for finding in made.into_iter().flatten() {
                    match finding {
                        Some(mut f) => {
                            tell_apart(&mut f, &mut ordinals);
                            findings.push(f);
                        }
                        None => taker.unconfirmed(),
                    }
                }
                taker.take(findings);
                watch.wrote(wave.len() as u64);
                written += wave.len() as u64;
            }
        }
        Written { all: wanted.len() as u64, written }
    }

    fn make(&self, wanted: &Wanted, locators: &mut [Locator<'_>], terms: &Terms, firsts: &Firsts) -> Option<Finding> {
        match wanted {
            Wanted::Ready(f) => Some(f.as_ref().clone()),
            Wanted::Row(r) => self.of_row(r, locators, terms, self.first_key(r).and_then(|key| firsts.get(&key))),
            Wanted::Unit(u, nth) => self.of_unit(u, *nth, locators, terms),
        }
    }

    fn locators(&self) -> Vec<Locator<'h>> {
        (0..self.job.tables.len()).map(|t| Locator::new(&self.job.tables[t], &self.ran.tables[t].directory, self.job.paths)).collect()
    }

    /// Counts all marks, and keeps those that are to be shown.
    fn wanted(&self, marks: Vec<Vec<Mark>>, extra: Vec<Vec<Finding>>, terms: &mut Terms, taker: &mut dyn Taker) -> Vec<Wanted> {
        let (mut wanted, mut numbers) = (Vec::new(), Map::default());
        let mut nth = |name: Name| {
            let n: &mut u64 = numbers.entry(name).or_insert(0);
            *n += 1;
            *n - 1
        };
        let mut locators = self.locators();
        for (table, (mut marks, extra)) in marks.into_iter().zip(extra).enumerate() {
            wanted.extend(extra.into_iter().filter(|f| taker.wants(&f.check, f.severity)).map(|f| Wanted::Ready(Box::new(f))));
            classes::sort(&mut marks);
            let classes = &self.ran.classes[table];
            let columns: Vec<String> = self.job.tables[table].columns.iter().map(|c| format!("{}.{}", self.job.tables[table].name, c.name)).collect();
            for mark in marks {
                let Some(class) = classes.get(mark.class).copied() else {
                    taker.unconfirmed();
                    continue;
                };
                let (id, severity) = self.name_of(&columns, &class);
                if taker.wants(id, severity) {
                    let mut asked = RowMark { table, mark, class, nth: 0 };
                    self.want_terms(&asked, &mut locators, terms);
                    asked.nth = nth((class.kind, class.check, class.column));
                    wanted.push(Wanted::Row(asked));
                }
            }
            for (class, count) in self.ran.beyond[table].iter().filter_map(|(n, count)| Some((classes.get(*n)?, *count))) {
                let (id, severity) = self.name_of(&columns, class);
                taker.more(id, severity, count);
            }
        }
        for unit in &self.ran.units {
            let check = &self.job.checks[unit.check];
            let severity = if unit.improbable { Severity::Warning } else { check.severity };
            if taker.wants(&check.id, severity) {
                self.want_terms_of_unit(unit, &mut locators, terms);
                wanted.push(Wanted::Unit(unit.clone(), nth((RawKind::Failed, CheckId::new(unit.check), None))));
            }
        }
        wanted
    }

    /// Asks for the rows of the sums that a failed row is compared with.
    fn want_terms(&self, asked: &RowMark, locators: &mut [Locator<'_>], terms: &mut Terms) {
        let (class, row) = (&asked.class, asked.mark.row);
        if !matches!(class.kind, RawKind::Failed | RawKind::Improbable) {
            return;
        }
        let bound = &self.job.checks[class.check.index()].asserts[class.assertion.index()].bound;
        if has_aggregates(bound)
            && let Some(located) = locators[asked.table].row(row)
        {
            let units = [UnitRow::Located(&located.row, asked.table)];
            self.with_env(&units, row, |env| working::aggregates(bound, env).iter().for_each(|(s, slot, keys)| terms.want(*s, *slot, keys)));
        }
    }

    fn name_of<'n>(&'n self, columns: &'n [String], class: &Class) -> (&'n str, Severity) {
        let check = || &self.job.checks[class.check.index()];
        match class.kind {
            RawKind::Structure => {
                let fault = CSV_FAULTS[class.check.index() % CSV_FAULTS.len()];
                (fault.name, fault.severity)
            }
            RawKind::Unreadable => (class.column.map_or("", |c| &columns[c.index()]), Severity::Error),
            RawKind::Improbable => (&check().id, Severity::Warning),
            RawKind::Failed | RawKind::Duplicate | RawKind::Missed => (&check().id, check().severity),
        }
    }

    fn first_key(&self, asked: &RowMark) -> Option<(usize, RowId, usize)> {
        let column = asked.class.column.filter(|_| asked.class.kind == RawKind::Duplicate)?;
        Some((asked.table, RowId(asked.mark.aux), column.index()))
    }

    /// The first rows of doubled keys stand anywhere: they are looked up in the order of the file,
    /// so that each block is read once.
    fn firsts(&self, wanted: &[Wanted]) -> Firsts {
        let mut keys: Vec<_> = wanted.iter().filter_map(|w| if let Wanted::Row(r) = w { self.first_key(r) } else { None }).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut desks: Vec<Vec<Locator<'_>>> = (0..self.job.jobs).map(|_| self.locators()).collect();
        let size = (keys.len() / (4 * desks.len())).clamp(1, WAVE);
        let places = in_parallel(&mut desks, keys.len().div_ceil(size), &|locators, n| {
            let chunk = &keys[n * size..keys.len().min((n + 1) * size)];
            let place = |&(table, row, column): &(usize, RowId, usize)| {
                locators[table].row(row).map(|located| place::of_cell(self.files, &self.job.tables[table], column, &located))
            };
            chunk.iter().map(place).collect::<Vec<_>>()
        });
        keys.iter().copied().zip(places.into_iter().flatten()).filter_map(|(key, place)| Some((key, place?))).collect()
    }

    /// Runs `f` with the environment of a row: neighbours that were kept, misses thrown away.
    fn with_env<T>(&self, units: &[UnitRow<'_>], row: RowId, f: impl FnOnce(&At<'_>) -> T) -> T {
        let misses = RefCell::new(Vec::new());
        let near: Vec<_> = (0..self.job.defs.all.len()).filter_map(|s| self.ran.neighbours.get(&(s, row.0)).map(|n| (s, n.clone()))).collect();
        let env = At { shared: &self.ran.shared, units, row, near: &near, misses: &misses };
        f(&env)
    }

    fn rule_label(&self, finding: &mut Finding, check: usize, assertion: usize) {
        let place = self.rules[check][assertion].get_or_init(|| {
            let (file, span) = self.job.checks[check].asserts[assertion].rule;
            place::at(self.files, file, span, self.files.line(file, span.start))
        });
        finding.labels.push(Label { place: place.clone(), role: Role::Rule, text: "required here".into() });
    }
}

/// What findings are counted by: kind of mark, check, column.
type Name = (RawKind, CheckId, Option<ColumnId>);

fn has_aggregates(bound: &Bound) -> bool {
    let mut found = false;
    bound.walk(&mut |b| found |= matches!(b.op, Op::Aggregate { .. }));
    found
}

pub(super) fn shown_key(v: &Value<'_>) -> String {
    match v {
        Value::Missing => "(blank)".into(),
        other => other.to_text(),
    }
}

/// Findings with the same identity are told apart by their order.
fn tell_apart(f: &mut Finding, seen: &mut Map<u128, u64>) {
    let before = seen.entry(f.fingerprint()).or_insert(0);
    if *before > 0 {
        f.repeats(*before);
    }
    *before += 1;
}

/// The file of a table's first part, for findings about the table as a whole.
pub fn first_file(rows: &Rows) -> Option<FileId> {
    match rows {
        Rows::Csv(parts) => parts.first().map(|p| p.file),
        Rows::Whole(rows) => rows.first().map(|r| r.file),
    }
}
