//! What checks ask about, as runs over two versions of the data know it again: which rows and
//! groups are there, and which of them could not be decided.

use std::collections::{BTreeMap, HashSet};

use crate::engine::data::batch::{Batch, read};
use crate::engine::data::check::{Assertion, Check, Kind, columns};
use crate::engine::data::table::Column;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::pass::scan::{Buffers, revisit};
use crate::engine::states::Map;
use crate::engine::states::env::{Filled, UnitRow};
use crate::expr::bound::{Bound, Op};
use crate::expr::choose::choose;
use crate::expr::eval::{Verdict, judge};
use crate::findings::maker::FindingMaker;
use crate::findings::undecided::as_unit;
use crate::report::{Demand, KeyValue, Subject, content};
use crate::source::RowId;
use crate::value::{Value, Why};
use crate::width::to_usize;

/// An answer that could not be decided, by hashes: of what was asked, and of the row or group. There
/// may be as many as there are rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenAnswer {
    asked: u128,
    subject: u128,
}

impl OpenAnswer {
    /// What a check demands of a subject; no demand: whether its `where` chooses it.
    pub fn new(check: &str, demand: Option<&Demand>, subject: &Subject) -> OpenAnswer {
        OpenAnswer { asked: asked(check, demand), subject: subject.hash() }
    }
}

fn asked(check: &str, demand: Option<&Demand>) -> u128 {
    let (kind, text) = match demand {
        None => ("where", ""),
        Some(Demand::Assertion(text)) => ("assert", text.as_str()),
        Some(Demand::Contract(kind)) => ("contract", *kind),
        Some(Demand::Structure) => ("structure", ""),
    };
    content([("check", check), (kind, text)].into_iter())
}

/// An open answer with where it stands in this run.
#[derive(Debug, Clone)]
pub struct Open {
    pub answer: OpenAnswer,
    pub why: Why,
    /// The check, and which of its undecided answers.
    pub at: (usize, usize),
    /// The group or combination; none where it is a row.
    unit: Option<Box<Subject>>,
    /// Columns of the row that the assertion reads, and that are blank.
    pub blank: Vec<String>,
}

/// Rows or groups that are looked for.
type Sought = HashSet<u128>;

/// Takes an open answer, where it stands, its group or combination, and which cells of its row are blank
/// that are compared with the old version.
type TakeOpen<'t> = dyn FnMut(OpenAnswer, (usize, usize), Option<Subject>, Vec<String>) + 't;

/// An undecided answer about a row: the row, the check, and which of its undecided answers.
type OpenRow = (RowId, usize, usize);

impl FindingMaker<'_, '_> {
    /// All answers that could not be decided, those about rows in the order of tables and rows.
    pub fn open_answers(&self) -> Vec<Open> {
        let mut all = Vec::new();
        self.each_open(&mut |answer, at, unit, blank| {
            let why = self.ran.undecided[at.0][at.1].why;
            all.push(Open { answer, why, at, unit: unit.map(Box::new), blank });
        });
        all
    }

    fn each_open(&self, take: &mut TakeOpen<'_>) {
        let mut rows: Vec<Vec<OpenRow>> = vec![Vec::new(); self.job.tables.len()];
        let mut finders = self.finders();
        for (number, undecided) in self.ran.undecided.iter().enumerate() {
            let table = self.job.checks[number].row_table();
            for (nth, one) in undecided.iter().enumerate() {
                if let (Some(table), Some(row)) = (table, one.at.first()) {
                    rows[table].push((*row, number, nth));
                    continue;
                }
                let unit = as_unit(number, one);
                let subject = self.unit_subject(&unit, &self.units_of(&unit, &mut finders));
                let asked = self.asked(number, one.assertion);
                let answer = OpenAnswer { asked, subject: subject.hash() };
                take(answer, (number, nth), Some(subject), Vec::new());
            }
        }
        for (table, mut rows) in rows.into_iter().enumerate() {
            rows.sort_unstable();
            self.each_open_row(table, &rows, take);
        }
    }

    /// The same for rows of a table, which is read once more.
    fn each_open_row(&self, table: usize, rows: &[OpenRow], take: &mut TakeOpen<'_>) {
        let mut rest = rows;
        self.each_block(table, !rows.is_empty(), &mut |batch, first| {
            let own = rest.partition_point(|open| open.0.0 < first.0 + batch.rows as u64);
            let (here, later) = rest.split_at(own);
            rest = later;
            let mut last: Option<(RowId, u128)> = None;
            for &(row, number, nth) in here {
                let known = last.filter(|(before, _)| *before == row).map(|(_, hash)| hash);
                let within = to_usize(row.0.saturating_sub(first.0));
                let subject = known.unwrap_or_else(|| subject_of(batch, within).hash());
                last = Some((row, subject));
                let assertion = self.ran.undecided[number][nth].assertion;
                let blank = self.blank_cells((number, assertion), batch, within);
                let asked = self.asked(number, assertion);
                take(OpenAnswer { asked, subject }, (number, nth), None, blank);
            }
        });
    }

    /// The columns of a row that are blank, and that an assertion compares with the old version.
    fn blank_cells(
        &self,
        (number, assertion): (usize, Option<usize>),
        batch: &Batch<'_>,
        row: usize,
    ) -> Vec<String> {
        let check = &self.job.checks[number];
        let asked = assertion.and_then(|a| check.asserts.get(a)).map(|a| &a.bound);
        let Some(bound) = asked.filter(|bound| compares_versions(bound)) else {
            return Vec::new();
        };
        let mut read_by = vec![false; batch.table.columns.len()];
        columns(bound, 0, &mut read_by);
        let of_columns = batch.table.columns.iter().zip(read_by).enumerate();
        let is_blank = |(n, (column, is_read)): &(usize, (&Column, bool))| {
            *is_read && read(&column.reading, &batch.text(row, *n), false) == Value::Missing
        };
        of_columns.filter(is_blank).map(|(_, (column, _))| column.name.clone()).collect()
    }

    fn asked(&self, number: usize, assertion: Option<usize>) -> u128 {
        let check = &self.job.checks[number];
        let demand = assertion.and_then(|a| check.asserts.get(a)).map(|a| &a.demand);
        asked(&check.id, demand)
    }

    /// For each open answer of another version whether it has an answer here: its row or group is
    /// there, and the assertion is neither open nor without an application to it.
    pub fn are_decided(&self, wanted: &[&Open]) -> Vec<bool> {
        let mut demands: Map<u128, (usize, Option<usize>)> = Map::default();
        for (number, check) in self.job.checks.iter().enumerate() {
            if !self.ran.is_complete(number) {
                continue;
            }
            let all = (0..check.asserts.len()).map(Some).chain([None]);
            demands.extend(all.map(|a| (self.asked(number, a), (number, a))));
        }
        let mut open: HashSet<OpenAnswer> = HashSet::new();
        self.each_open(&mut |answer, _, _, _| {
            open.insert(answer);
        });
        let of = |o: &Open| demands.get(&o.answer.asked).copied();
        let is_open = |o: &Open, number: usize| {
            let of_filter = OpenAnswer { asked: self.asked(number, None), ..o.answer };
            open.contains(&o.answer) || open.contains(&of_filter)
        };
        let candidates = |o: &&Open| of(o).filter(|(number, _)| !is_open(o, *number));
        let mut rows: Vec<Sought> = vec![Sought::default(); self.job.tables.len()];
        let table = |number: usize| self.job.checks[number].row_table();
        for (o, (number, _)) in wanted.iter().filter_map(|o| Some((o, candidates(o)?))) {
            if let Some(table) = table(number) {
                rows[table].insert(o.answer.subject);
            }
        }
        let rows: Vec<_> =
            rows.iter().enumerate().map(|(t, all)| self.rows_there(t, all)).collect();
        let units = wanted.iter().filter_map(|o| Some((candidates(o)?.0, o.unit.as_deref()?)));
        let units: Vec<_> = units.map(|(number, unit)| (Some(number), None, unit)).collect();
        let mut units_there = self.are_there(&units).into_iter();
        let mut finders = self.finders();
        let mut is_decided = |o: &&Open| {
            let Some((number, assertion)) = candidates(o) else { return false };
            match (table(number), &o.unit) {
                (Some(t), _) => rows[t].get(&o.answer.subject).is_some_and(|row| {
                    let row = finders[t].row(*row);
                    let has_answer = |row: &Located| match o.blank.is_empty() {
                        true => self.applies((number, assertion), (t, row)),
                        // What compares with a version that is older still has an answer here where
                        // all is there that it reads.
                        false => self.has_all(t, row, &o.blank),
                    };
                    row.is_none_or(|row| has_answer(&row))
                }),
                // What compares with a version that is older still does not apply.
                (None, Some(_)) => {
                    units_there.next() == Some(true) && !self.is_of_older((number, assertion))
                }
                (None, None) => false,
            }
        };
        wanted.iter().map(&mut is_decided).collect()
    }

    /// Whether what a check asks is about an old version that this one does not have.
    fn is_of_older(&self, (number, assertion): (usize, Option<usize>)) -> bool {
        let check = &self.job.checks[number];
        let assertion = assertion.and_then(|a| check.asserts.get(a)).map(|a| &a.bound);
        check.filter.iter().chain(assertion).any(Bound::is_absent)
    }

    /// Whether a row has a value in each of these columns.
    fn has_all(&self, table: usize, row: &Located, columns: &[String]) -> bool {
        let mut own = self.job.tables[table].columns.iter().zip(&row.row.texts);
        let is_there = |(column, text): (&Column, &String)| {
            !columns.contains(&column.name) || read(&column.reading, text, false) != Value::Missing
        };
        own.all(is_there)
    }

    /// Whether what a check asks of rows applies to this one.
    fn applies(
        &self,
        (number, assertion): (usize, Option<usize>),
        (table, row): (usize, &Located),
    ) -> bool {
        let check = &self.job.checks[number];
        let asked = match assertion {
            Some(a) => check.asserts.get(a).map(|a| &a.bound),
            None => check.filter.as_ref(),
        };
        let Some(bound) = asked else { return true };
        let units = [UnitRow::Located(&row.row, table)];
        self.with_env(&units, row.id, |env| judge(bound, env)) != Verdict::NotApplicable
    }

    /// For each demand of a check on a row whether it holds: not where the check no longer chooses the
    /// row, or asks nothing of it since a cell is blank. Of anything but rows, and of neighbours,
    /// nothing is known here, and it is taken to hold.
    pub fn hold(&self, wanted: &[(usize, &Demand, &Subject)]) -> Vec<bool> {
        let mut rows: Vec<Sought> = vec![Sought::default(); self.job.tables.len()];
        let table = |number: usize| self.job.checks[number].row_table();
        for (number, _, subject) in wanted {
            if let Some(table) = table(*number) {
                rows[table].insert(subject.hash());
            }
        }
        let rows: Vec<_> =
            rows.iter().enumerate().map(|(t, all)| self.rows_there(t, all)).collect();
        let mut finders = self.finders();
        let mut holds = |(number, demand, subject): &(usize, &Demand, &Subject)| {
            let check = &self.job.checks[*number];
            let assertion = check.asserts.iter().find(|a| a.demand == **demand)?;
            let table = table(*number)?;
            let row = finders[table].row(*rows[table].get(&subject.hash())?)?;
            Some(self.holds(check, assertion, (table, &row)))
        };
        wanted.iter().map(|one| holds(one).unwrap_or(true)).collect()
    }

    fn holds(&self, check: &Check, assertion: &Assertion, (table, row): (usize, &Located)) -> bool {
        let is_window = |b: &Bound| matches!(b.op, Op::Window { .. });
        let mut has_window = false;
        check.expressions().for_each(|e| e.walk(&mut |b| has_window |= is_window(b)));
        let is_blank = |column: usize| {
            let reading = &self.job.tables[table].columns[column].reading;
            read(reading, &row.row.texts[column], false) == Value::Missing
        };
        if has_window {
            return true;
        }
        if let Kind::Like { column, .. } = assertion.kind {
            return !is_blank(column);
        }
        let units = [UnitRow::Located(&row.row, table)];
        self.with_env(&units, row.id, |env| {
            let is_chosen = check.filter.as_ref().is_none_or(|f| choose(f, env).chosen == Ok(true));
            is_chosen && assertion.asks(judge(&assertion.bound, env)) == Verdict::Holds
        })
    }

    /// The row or group of an open answer of this run.
    pub(crate) fn subject(&self, open: &Open, finders: &mut Finders<'_>) -> Option<Subject> {
        if let Some(unit) = &open.unit {
            return Some((**unit).clone());
        }
        let table = self.job.checks[open.at.0].row_table()?;
        let row = *self.ran.undecided[open.at.0][open.at.1].at.first()?;
        Some(self.row_subject(table, &*finders[table].row(row)?))
    }

    /// For each subject of a check, or of a table where no check is meant, whether it is there.
    pub fn are_there(&self, wanted: &[(Option<usize>, Option<usize>, &Subject)]) -> Vec<bool> {
        let mut rows: Vec<Sought> = vec![Sought::default(); self.job.tables.len()];
        let mut groups: BTreeMap<usize, Sought> = BTreeMap::new();
        let parts: Vec<Vec<Part>> =
            wanted.iter().map(|(check, table, s)| self.parts(*check, *table, s)).collect();
        for part in parts.iter().flatten() {
            match *part {
                Part::Row(table, hash) => rows[table].insert(hash),
                Part::Group(state, hash) => groups.entry(state).or_default().insert(hash),
            };
        }
        let rows: Vec<BTreeMap<u128, RowId>> =
            rows.iter().enumerate().map(|(table, sought)| self.rows_there(table, sought)).collect();
        let there: BTreeMap<usize, Sought> =
            groups.keys().map(|s| (*s, self.groups_there(*s))).collect();
        let is_there = |part: &Part| match part {
            Part::Row(table, hash) => rows[*table].contains_key(hash),
            Part::Group(state, hash) => there.get(state).is_some_and(|all| all.contains(hash)),
        };
        parts.iter().map(|parts| parts.iter().all(is_there)).collect()
    }

    /// The rows and groups that a subject is made of.
    fn parts(&self, check: Option<usize>, table: Option<usize>, subject: &Subject) -> Vec<Part> {
        let of_row = |table: usize| vec![Part::Row(table, subject.hash())];
        let Some(check) = check.map(|c| &self.job.checks[c]) else {
            return match subject {
                Subject::Key(_) | Subject::Content(_) => table.map(of_row).unwrap_or_default(),
                _ => Vec::new(),
            };
        };
        if let Some(table) = check.row_table() {
            return match subject {
                Subject::Key(_) | Subject::Content(_) => of_row(table),
                _ => Vec::new(),
            };
        }
        let Subject::Group(mut values) = subject.clone() else { return Vec::new() };
        let mut parts = Vec::new();
        for unit in &check.units {
            let is_content = matches!(values.first(), Some(KeyValue::Content(_)));
            let width = match unit.groups {
                Some(_) => unit.keys.len(),
                None if is_content => 1,
                None => self.job.tables[unit.table].key.len(),
            };
            let rest = values.split_off(width.min(values.len()));
            let own = std::mem::replace(&mut values, rest);
            parts.push(match (unit.groups, &own[..]) {
                (Some(state), _) => Part::Group(state, Subject::Group(own).hash()),
                (None, [KeyValue::Content(hash)]) => {
                    Part::Row(unit.table, Subject::Content(*hash).hash())
                }
                (None, _) => Part::Row(unit.table, Subject::Key(own).hash()),
            });
        }
        parts
    }

    /// Those of the rows that are in the table.
    fn rows_there(&self, table: usize, sought: &Sought) -> BTreeMap<u128, RowId> {
        let mut found = BTreeMap::new();
        self.each_block(table, !sought.is_empty(), &mut |batch, first| {
            for row in 0..batch.rows {
                let hash = subject_of(batch, row).hash();
                if sought.contains(&hash) {
                    found.entry(hash).or_insert(RowId(first.0 + row as u64));
                }
            }
        });
        found
    }

    /// Reads a table once more, if that is needed: each block with its first row. One that cannot be
    /// read again has no rows to be found; the run itself says so.
    pub(crate) fn each_block(
        &self,
        table: usize,
        needed: bool,
        look: &mut dyn FnMut(&Batch<'_>, RowId),
    ) {
        let (info, directory) = (&self.job.tables[table], &self.ran.tables[table].directory);
        let mut buffers = Buffers::default();
        for head in directory.blocks().iter().filter(|_| needed) {
            let path = (self.job.paths)(info.files[head.part as usize].file);
            let context = directory.context(head);
            let _ = revisit(info, &path, (*head, &context), &mut buffers, &mut |visit| {
                look(&visit.batch, visit.head.first);
            });
        }
    }

    fn groups_there(&self, state: usize) -> Sought {
        let Filled::Groups(groups) = &self.ran.shared.filled[state] else {
            return Sought::default();
        };
        let of_keys = |keys: &[Value<'_>]| {
            Subject::Group(keys.iter().map(|v| KeyValue::new(v, "")).collect()).hash()
        };
        let mut found = Sought::default();
        let mut place = 0;
        while let Some((name, next)) = groups.at(place) {
            found.extend(groups.named(name).map(|group| of_keys(&group.keys)));
            place = next;
        }
        found
    }
}

/// Whether an assertion reads cells of the old version of its row.
fn compares_versions(bound: &Bound) -> bool {
    let mut found = false;
    bound.walk(&mut |b| found |= b.op.is_other_version());
    found
}

/// A row of a block by its key; by its cells where it has none.
pub(crate) fn subject_of(batch: &Batch<'_>, row: usize) -> Subject {
    let table = batch.table;
    let value = |&column: &usize| {
        let text = batch.text(row, column);
        KeyValue::new(&read(&table.columns[column].reading, &text, false), &text)
    };
    let key: Vec<KeyValue> = table.key.iter().map(value).collect();
    if !key.is_empty() && !key.contains(&KeyValue::Missing) {
        return Subject::Key(key);
    }
    let texts: Vec<_> = (0..table.columns.len()).map(|c| batch.text(row, c)).collect();
    let columns = table.columns.iter().zip(&texts).filter(|(column, _)| !column.absent);
    Subject::Content(content(columns.map(|(column, text)| (column.name.as_str(), &**text))))
}

/// A row of a table, or a group of a state, by its hash.
#[derive(Debug, Clone, Copy)]
enum Part {
    Row(usize, u128),
    Group(usize, u128),
}
