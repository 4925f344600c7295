//! Marks to findings, in order, with places, words and working.

use std::cell::RefCell;

use super::check::{Assertion, Check, Kind};
use super::env::{At, Miss, Missed, UnitRow};
use super::faults;
use super::locate::{Located, Locator, fault_column};
use super::run::{Job, NO_COLUMN, Ran, UnitMark, mark};
use super::suggest::Suggestions;
use super::table::Rows;
use super::terms::{Terms, row_name};
use super::words::Words;
use super::{place, working};
use crate::expr::bound::{Bound, Op};
use crate::expr::eval::{Verdict, eval, judge};
use crate::fault::{Fault, Severity};
use crate::finding::{Finding, Label, Mark, Place, Role};
use crate::read::csv::faults::Context as FaultContext;
use crate::read::csv::{FAULTS as CSV_FAULTS, tell};
use crate::source::{FileId, Files, RowId, Span};
use crate::value::Value;

/// Takes findings; says beforehand whether one more of a check is worth making.
pub trait Taker {
    /// Whether a finding of this check would be shown; counts it either way.
    fn wants(&mut self, check: &str, severity: Severity) -> bool;
    /// A finding that is wanted.
    fn take(&mut self, finding: Finding);
    /// A mark that the exact evaluator does not confirm: a fault of crossfoot itself.
    fn unconfirmed(&mut self, check: &str);
}

/// Makes findings.
pub struct Hydrator<'h, 'j> {
    /// What was run.
    pub job: &'h Job<'j>,
    /// What was found.
    pub ran: &'h Ran<'j>,
    /// The files.
    pub files: &'h dyn Files,
    /// What has been proposed for a misspelt key.
    pub suggestions: Suggestions,
}

/// A mark of a check's assertion, wanted and waiting for its working.
enum Wanted {
    Row(usize, Mark),
    Unit(UnitMark),
    Ready(Box<Finding>),
}

impl<'h, 'j> Hydrator<'h, 'j> {
    /// Makes all wanted findings, in order: tables, then what has no place in one.
    pub fn all(&self, extra: &[Vec<Finding>], taker: &mut dyn Taker) {
        let mut terms = Terms::default();
        let mut wanted = Vec::new();
        for table in 0..self.job.tables.len() {
            self.collect(table, extra, &mut wanted, &mut terms, taker);
        }
        for unit in &self.ran.units {
            let check = &self.job.checks[unit.check];
            let severity = if unit.improbable { Severity::Warning } else { check.severity };
            if taker.wants(&check.id, severity) {
                self.want_terms_of_unit(unit, &mut terms);
                wanted.push(Wanted::Unit(unit.clone()));
            }
        }
        terms.gather(self.job, self.ran);
        let mut ordinals = std::collections::HashMap::new();
        let mut locators: Vec<Locator<'_>> = (0..self.job.tables.len()).map(|t| self.locator(t)).collect();
        for w in wanted {
            let finding = match w {
                Wanted::Ready(f) => Some(*f),
                Wanted::Row(table, m) => self.of_row(table, m, &mut locators, &terms),
                Wanted::Unit(u) => self.of_unit(&u, &mut locators, &terms),
            };
            match finding {
                Some(mut f) => {
                    fingerprint(&mut f, &mut ordinals);
                    taker.take(f);
                }
                None => taker.unconfirmed("a finding"),
            }
        }
    }

    fn locator(&self, table: usize) -> Locator<'h> {
        Locator::new(&self.job.tables[table], &self.ran.tables[table].directory, self.job.paths)
    }

    fn collect(&self, table: usize, extra: &[Vec<Finding>], wanted: &mut Vec<Wanted>, terms: &mut Terms, taker: &mut dyn Taker) {
        for f in &extra[table] {
            if taker.wants(&f.check, f.severity) {
                wanted.push(Wanted::Ready(Box::new(f.clone())));
            }
        }
        let mut marks = self.ran.marks[table].clone();
        marks
            .sort_unstable_by_key(|m| (m.row, m.kind != mark::STRUCTURE, m.aux * u64::from(m.kind == mark::STRUCTURE), m.column, m.check, m.assertion, m.kind));
        let mut locator = self.locator(table);
        for m in marks {
            let (id, severity) = self.name_of(table, &m);
            if !taker.wants(&id, severity) {
                continue;
            }
            let sums =
                matches!(m.kind, mark::FAILED | mark::IMPROBABLE) && has_aggregates(&self.job.checks[m.check as usize].asserts[m.assertion as usize].bound);
            if sums && let Some(located) = locator.row(m.row) {
                let units = [UnitRow::Located(&located.row, table)];
                let bound = &self.job.checks[m.check as usize].asserts[m.assertion as usize].bound;
                self.with_env(&units, m.row, |env| working::aggregates(bound, env).iter().for_each(|(s, slot, keys)| terms.want(*s, *slot, keys)));
            }
            wanted.push(Wanted::Row(table, m));
        }
    }

    fn name_of(&self, table: usize, m: &Mark) -> (String, Severity) {
        match m.kind {
            mark::STRUCTURE => {
                let fault = CSV_FAULTS[m.check as usize % CSV_FAULTS.len()];
                (fault.name.to_string(), fault.severity)
            }
            mark::UNREADABLE => (self.column_id(table, m.column as usize), Severity::Error),
            mark::IMPROBABLE => (self.job.checks[m.check as usize].id.clone(), Severity::Warning),
            _ => (self.job.checks[m.check as usize].id.clone(), self.job.checks[m.check as usize].severity),
        }
    }

    fn column_id(&self, table: usize, column: usize) -> String {
        format!("{}.{}", self.job.tables[table].name, self.job.tables[table].columns[column].name)
    }

    /// Runs `f` with the environment of a row: neighbours that were kept, misses thrown away.
    fn with_env<T>(&self, units: &[UnitRow<'_>], row: RowId, f: impl FnOnce(&At<'_>) -> T) -> T {
        let misses = RefCell::new(Vec::new());
        let near: Vec<_> = (0..self.job.defs.all.len()).filter_map(|s| self.ran.neighbours.get(&(s, row.0)).map(|n| (s, n.clone()))).collect();
        let env = At { shared: &self.ran.shared, units, row, near: &near, misses: &misses };
        f(&env)
    }

    fn of_row(&self, table: usize, m: Mark, locators: &mut [Locator<'_>], terms: &Terms) -> Option<Finding> {
        if m.kind == mark::STRUCTURE {
            return self.structure(table, &m, &mut locators[table]);
        }
        let located = locators[table].row(m.row)?;
        match m.kind {
            mark::UNREADABLE => self.unreadable(table, m.column as usize, &located),
            mark::DUPLICATE => self.duplicate(table, &m, &located, &mut locators[table]),
            mark::MISSED => self.missed(table, &m, &located),
            _ => self.failed_row(table, &m, &located, locators, terms),
        }
    }

    fn structure(&self, table: usize, m: &Mark, locator: &mut Locator<'_>) -> Option<Finding> {
        let found = locator.fault(m.row, m.check as u8, m.aux)?;
        let part = locator.bytes(found.part)?;
        let names: Vec<String> = part.header.columns.iter().map(|c| c.name.clone()).collect();
        let told = tell(&found.irregular, &FaultContext { block: &found.block, base: found.base, names: &names, dialect: &part.dialect });
        let fault = CSV_FAULTS[found.irregular.kind as usize % CSV_FAULTS.len()];
        let span = Span::new(found.base + u64::from(found.irregular.start), found.base + u64::from(found.irregular.end));
        let mut place = place::at(self.files, part.file, span, found.line);
        place.record = (fault.name != "blank-row").then_some(found.record);
        place.column_name = fault_column(&found.irregular).and_then(|c| names.get(c).cloned());
        let mut finding = bare(fault, fault.name.to_string(), fault.severity, told.message);
        finding.labels.push(Label { place, role: Role::Stated, text: told.label });
        finding.help = told.help;
        finding.table = Some(self.job.tables[table].name.clone());
        Some(finding)
    }

    /// The place of a cell.
    fn cell_place(&self, table: usize, column: usize, located: &Located) -> Place {
        let line = if located.lines[column] > 0 { located.lines[column] } else { self.files.line(located.file, located.spans[column].start) };
        let mut place = place::at(self.files, located.file, located.spans[column], line);
        place.record = located.record;
        place.column_name = Some(self.job.tables[table].columns[column].name.clone());
        place
    }

    fn row_place(&self, located: &Located) -> Place {
        let line = if located.line > 0 { located.line } else { self.files.line(located.file, located.span.start) };
        let mut place = place::at(self.files, located.file, located.span, line);
        place.record = located.record;
        place
    }

    fn about(&self, finding: &mut Finding, table: usize, located: &Located) {
        finding.table = Some(self.job.tables[table].name.clone());
        let key = row_name(self.job, table, &located.row.texts);
        finding.key = (!key.is_empty() && !self.job.tables[table].key.is_empty()).then_some(key);
    }

    fn unreadable(&self, table: usize, column: usize, located: &Located) -> Option<Finding> {
        let info = &self.job.tables[table].columns[column];
        let unread = info.reading.read_hedged(&located.row.texts[column], located.row.hedges[column]).err()?;
        let mut finding = bare(unread.fault, self.column_id(table, column), Severity::Error, unread.message);
        finding.labels.push(Label { place: self.cell_place(table, column, located), role: Role::Stated, text: unread.label });
        finding.help = unread.help;
        self.about(&mut finding, table, located);
        Some(finding)
    }

    fn duplicate(&self, table: usize, m: &Mark, located: &Located, locator: &mut Locator<'_>) -> Option<Finding> {
        let check = &self.job.checks[m.check as usize];
        let assertion = &check.asserts[m.assertion as usize];
        let Kind::Unique { columns } = &assertion.kind else { return None };
        let text = columns.iter().map(|&c| located.row.texts[c].as_str()).collect::<Vec<_>>().join(", ");
        let first = locator.row(RowId(m.aux))?;
        let what = if columns.len() > 1 { "these values stand" } else { "this value stands" };
        let names: Vec<&str> = columns.iter().map(|&c| self.job.tables[table].columns[c].name.as_str()).collect();
        let message = format!("`{text}` is the {} of an earlier row", names.join(", "));
        let mut finding = self.of_check(check, assertion, message);
        let column = columns.first().copied()?;
        finding.labels.push(Label { place: self.cell_place(table, column, located), role: Role::Stated, text: "again here".into() });
        finding.labels.push(Label { place: self.cell_place(table, column, &first), role: Role::First, text: format!("{what} first here") });
        self.about(&mut finding, table, located);
        self.rule_label(&mut finding, assertion);
        Some(finding)
    }

    /// A finding of a check without places.
    fn of_check(&self, check: &Check, assertion: &Assertion, message: String) -> Finding {
        let mut f = bare(assertion.fault, check.id.clone(), check.severity, message);
        f.title.clone_from(&check.title);
        f.help.clone_from(&check.help);
        f.url.clone_from(&check.url);
        f
    }

    fn rule_label(&self, finding: &mut Finding, assertion: &Assertion) {
        let (file, span) = assertion.rule;
        let place = place::at(self.files, file, span, self.files.line(file, span.start));
        finding.labels.push(Label { place, role: Role::Rule, text: "asked for here".into() });
    }

    fn missed(&self, table: usize, m: &Mark, located: &Located) -> Option<Finding> {
        let check = &self.job.checks[m.check as usize];
        let assertion = &check.asserts[m.assertion as usize];
        let units = [UnitRow::Located(&located.row, table)];
        let miss = self.ran.misses.get(m.aux as usize)?;
        let mut finding = self.with_env(&units, m.row, |env| self.of_miss(check, assertion, miss, env));
        let place = if m.column == NO_COLUMN { self.row_place(located) } else { self.cell_place(table, m.column as usize, located) };
        finding.labels.push(Label { place, role: Role::Stated, text: "no such key".into() });
        self.about(&mut finding, table, located);
        self.rule_label(&mut finding, assertion);
        Some(finding)
    }

    fn of_miss(&self, check: &Check, assertion: &Assertion, miss: &Miss, env: &At<'_>) -> Finding {
        let Words { message, help } = self.miss_words(assertion, miss, env);
        let mut finding = self.of_check(check, assertion, message);
        finding.fault = match miss.what {
            Missed::NotFound => &faults::UNKNOWN_REFERENCE,
            Missed::Several => &faults::DUPLICATE_KEY,
            Missed::OnlySeveral => &faults::MORE_THAN_ONE,
        };
        finding.help = help.or(finding.help);
        finding
    }

    fn miss_words(&self, assertion: &Assertion, miss: &Miss, env: &At<'_>) -> Words {
        let of = self.job.tables[working::table_of(env, miss.state)].name.clone();
        let mut key = None;
        assertion.bound.walk(&mut |b| match &b.op {
            Op::Lookup { state, key: parts, .. } if *state == miss.state && b.span.start == miss.at => {
                key = Some(parts.iter().map(|p| eval(p, env).to_text()).collect::<Vec<_>>().join(", "));
            }
            Op::Aggregate { state, key: parts, .. } if *state == miss.state && miss.what == Missed::OnlySeveral => {
                key = key.take().or_else(|| Some(parts.iter().map(|p| eval(p, env).to_text()).collect::<Vec<_>>().join(", ")));
            }
            _ => {}
        });
        let key = key.unwrap_or_default();
        super::words::miss(miss.what, &of, &key, || self.suggestions.of(miss.state, &key, super::words::known_names(env, miss.state)))
    }

    fn failed_row(&self, table: usize, m: &Mark, located: &Located, locators: &mut [Locator<'_>], terms: &Terms) -> Option<Finding> {
        let check = &self.job.checks[m.check as usize];
        let assertion = &check.asserts[m.assertion as usize];
        let units = [UnitRow::Located(&located.row, table)];
        let finding = self.with_env(&units, m.row, |env| {
            if !self.confirms(assertion, m.kind, env) {
                return None;
            }
            let mut finding = self.word(check, assertion, m.kind, env, Some((table, located)), locators, terms);
            let column = if m.column == NO_COLUMN { None } else { Some(m.column as usize) };
            let place = column.map_or_else(|| self.row_place(located), |c| self.cell_place(table, c, located));
            let text = super::words::label(check, assertion, env, self.job, table);
            finding.labels.insert(0, Label { place, role: Role::Stated, text });
            Some(finding)
        });
        let mut finding = finding?;
        self.about(&mut finding, table, located);
        self.rule_label(&mut finding, assertion);
        Some(finding)
    }

    /// Every finding is proved again by the exact evaluator before it is shown.
    fn confirms(&self, assertion: &Assertion, kind: u8, env: &At<'_>) -> bool {
        match assertion.kind {
            Kind::Like { .. } | Kind::Unique { .. } => true,
            _ if kind == mark::IMPROBABLE => judge(&assertion.bound, env) == Verdict::Holds,
            _ => judge(&assertion.bound, env) == Verdict::Fails,
        }
    }

    /// Message, working, explanation and operands of a failed assertion.
    #[allow(clippy::too_many_arguments)]
    fn word(
        &self,
        check: &Check,
        assertion: &Assertion,
        kind: u8,
        env: &At<'_>,
        row: Option<(usize, &Located)>,
        locators: &mut [Locator<'_>],
        terms: &Terms,
    ) -> Finding {
        let mut made = super::words::working(self.job, self.files, assertion, env, row, locators, terms);
        let message = super::words::message(check, assertion, kind, env, row.map(|r| (r.0, &r.1.row)), made.working.as_ref(), self.job);
        let mut finding = self.of_check(check, assertion, message);
        if kind == mark::IMPROBABLE {
            finding.fault = &faults::IMPROBABLE_ROUNDING;
            finding.severity = Severity::Warning;
            if let Some(w) = &mut made.working {
                w.tier = crate::finding::Tier::Improbable;
            }
            finding.help = Some("the difference is more than three standard deviations of rounding: look for a figure that is off".into());
        }
        finding.help = self.suggested(&assertion.bound, env).or(finding.help);
        finding.explanation = made.explanation;
        finding.labels.extend(made.labels);
        finding.working = made.working;
        finding
    }

    /// The name that a value which is no member of a list in the data was perhaps meant to be.
    fn suggested(&self, bound: &Bound, env: &At<'_>) -> Option<String> {
        let Op::Member { state, value, not: false } = &bound.op else { return None };
        self.suggestions.of(*state, &eval(value, env).to_text(), super::words::known_names(env, *state))
    }

    fn unit_rows<'u>(&'u self, unit: &UnitMark, rows: &'u [Option<Located>]) -> Vec<UnitRow<'u>> {
        let check = &self.job.checks[unit.check];
        check
            .units
            .iter()
            .zip(&unit.at)
            .zip(rows)
            .map(|((bound, at), located)| match (bound.groups, located) {
                (Some(state), _) => match &self.ran.shared.filled[state] {
                    super::env::Filled::Groups(g) => UnitRow::Group(&g.all[at.0 as usize].keys),
                    _ => UnitRow::Group(&[]),
                },
                (None, Some(located)) => UnitRow::Located(&located.row, bound.table),
                (None, None) => UnitRow::Kept(&[]),
            })
            .collect()
    }

    fn rows_of(&self, unit: &UnitMark, locators: &mut [Locator<'_>]) -> Vec<Option<Located>> {
        let check = &self.job.checks[unit.check];
        check.units.iter().zip(&unit.at).map(|(bound, at)| if bound.groups.is_some() { None } else { locators[bound.table].row(*at) }).collect()
    }

    fn want_terms_of_unit(&self, unit: &UnitMark, terms: &mut Terms) {
        let mut locators: Vec<Locator<'_>> = (0..self.job.tables.len()).map(|t| self.locator(t)).collect();
        let rows = self.rows_of(unit, &mut locators);
        let units = self.unit_rows(unit, &rows);
        let bound: &Bound = &self.job.checks[unit.check].asserts[unit.assertion].bound;
        let row = unit.at.first().copied().unwrap_or(RowId(0));
        self.with_env(&units, row, |env| working::aggregates(bound, env).iter().for_each(|(s, slot, keys)| terms.want(*s, *slot, keys)));
    }

    fn of_unit(&self, unit: &UnitMark, locators: &mut [Locator<'_>], terms: &Terms) -> Option<Finding> {
        let check = &self.job.checks[unit.check];
        let assertion = &check.asserts[unit.assertion];
        let rows = self.rows_of(unit, locators);
        let units = self.unit_rows(unit, &rows);
        let row = unit.at.first().copied().unwrap_or(RowId(0));
        let kind = if unit.improbable { mark::IMPROBABLE } else { mark::FAILED };
        let mut finding = self.with_env(&units, row, |env| match &unit.miss {
            Some(miss) => Some(self.of_miss(check, assertion, miss, env)),
            None if !self.confirms(assertion, kind, env) => None,
            None => Some(self.word(check, assertion, kind, env, None, locators, terms)),
        })?;
        self.place_unit(&mut finding, unit, &rows, locators);
        self.rule_label(&mut finding, assertion);
        Some(finding)
    }

    /// A group stands at its first row, a combination at its rows.
    fn place_unit(&self, finding: &mut Finding, unit: &UnitMark, rows: &[Option<Located>], locators: &mut [Locator<'_>]) {
        let check = &self.job.checks[unit.check];
        let mut names = Vec::new();
        for ((bound, at), located) in check.units.iter().zip(&unit.at).zip(rows) {
            finding.table.get_or_insert_with(|| self.job.tables[bound.table].name.clone());
            match (bound.groups, located) {
                (Some(state), _) => {
                    let super::env::Filled::Groups(groups) = &self.ran.shared.filled[state] else { continue };
                    let group = &groups.all[at.0 as usize];
                    names.push(bound.keys.iter().zip(&group.keys).map(|(n, v)| format!("{n} = {}", shown_key(v))).collect::<Vec<_>>().join(", "));
                    let placed = finding.labels.iter().any(|l| l.role != Role::Rule);
                    if let (Some(first), false) = (locators[bound.table].row(group.first), placed) {
                        finding.labels.push(Label { place: self.row_place(&first), role: Role::Stated, text: "the first row of the group".into() });
                    }
                }
                (None, Some(located)) => {
                    names.push(row_name(self.job, bound.table, &located.row.texts));
                    finding.labels.push(Label { place: self.row_place(located), role: Role::Stated, text: format!("`{}`", bound.name) });
                }
                _ => {}
            }
        }
        if !names.is_empty() {
            finding.key = Some(names.join("; "));
        }
    }
}

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

/// A finding with nothing but its name and message.
pub fn bare(fault: &'static Fault, check: String, severity: Severity, message: String) -> Finding {
    Finding {
        check,
        assertion: 0,
        fault,
        severity,
        title: None,
        message,
        labels: Vec::new(),
        working: None,
        explanation: None,
        help: None,
        url: None,
        table: None,
        key: None,
        fingerprint: 0,
    }
}

/// Stable over moved rows: check, assertion, fault, table, key (or message where there is none) and
/// column, with an ordinal among equals.
fn fingerprint(f: &mut Finding, ordinals: &mut std::collections::HashMap<u128, u64>) {
    let column = f.labels.first().and_then(|l| l.place.column_name.clone()).unwrap_or_default();
    let what = f.key.clone().unwrap_or_else(|| f.message.clone());
    let parts = [f.check.as_str(), f.fault.name, f.table.as_deref().unwrap_or(""), what.as_str(), column.as_str()];
    let named = format!("{}\u{1f}{}", f.assertion, parts.join("\u{1f}"));
    let base = xxhash_rust::xxh3::xxh3_128(named.as_bytes());
    let n = ordinals.entry(base).or_insert(0);
    f.fingerprint = if *n == 0 { base } else { xxhash_rust::xxh3::xxh3_128(format!("{named}\u{1f}{n}").as_bytes()) };
    *n += 1;
}

/// The file of a table's first part, for findings about the table as a whole.
pub fn first_file(rows: &Rows) -> Option<FileId> {
    match rows {
        Rows::Csv(parts) => parts.first().map(|p| p.file),
        Rows::Whole(rows) => rows.first().map(|r| r.file),
    }
}
