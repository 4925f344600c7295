//! What checks ask about, as runs over two versions of the data know it again: which rows and
//! groups are there, and which of them could not be decided.

use std::collections::{BTreeMap, HashSet};

use crate::engine::data::batch::{Batch, read};
use crate::engine::pass::locate::Located;
use crate::engine::pass::scan::{Buffers, revisit};
use crate::engine::states::env::{Filled, UnitRow};
use crate::expr::eval::{Verdict, judge};
use crate::findings::about::UnitAt;
use crate::findings::maker::FindingMaker;
use crate::findings::undecided::as_unit;
use crate::report::{Demand, KeyValue, Subject, content};
use crate::source::RowId;
use crate::value::{Value, Why};

/// An answer that could not be decided, by what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OpenAnswer {
    /// The check's id.
    pub check: String,
    /// The assertion, as its demand is printed; none where the check's `where` is open.
    pub demand: Option<String>,
    /// The hash of the row or group.
    pub subject: u128,
}

/// An open answer with where it stands in this run.
#[derive(Debug, Clone)]
pub struct Open {
    pub answer: OpenAnswer,
    pub subject: Subject,
    pub why: Why,
    /// The check, and which of its undecided answers.
    pub at: (usize, usize),
}

/// The demand of an assertion, as [`OpenAnswer`] has it.
pub fn demand_text(demand: &Demand) -> String {
    match demand {
        Demand::Assertion(text) => text.clone(),
        Demand::Contract(kind) => (*kind).to_string(),
        Demand::Structure => String::new(),
    }
}

/// A row or group of one unit of a check that is looked for: its values, and what they are of.
type Sought = HashSet<u128>;

impl FindingMaker<'_, '_> {
    /// All answers that could not be decided.
    pub fn open_answers(&self) -> Vec<Open> {
        let mut finders = self.finders();
        let mut all = Vec::new();
        for (number, undecided) in self.ran.undecided.iter().enumerate() {
            let check = &self.job.checks[number];
            for (nth, one) in undecided.iter().enumerate() {
                let found = self.units_of(&as_unit(number, one), &mut finders);
                let subject = match (check.row_table(), &found[..]) {
                    (Some(table), [UnitAt::Row(located)]) => self.row_subject(table, located),
                    _ => self.unit_subject(&as_unit(number, one), &found),
                };
                let demand = one.assertion.and_then(|a| check.asserts.get(a));
                let answer = OpenAnswer {
                    check: check.id.clone(),
                    demand: demand.map(|a| demand_text(&a.demand)),
                    subject: subject.hash(),
                };
                all.push(Open { answer, subject, why: one.why, at: (number, nth) });
            }
        }
        all
    }

    /// For each open answer of another version whether it has an answer here: its row or group is
    /// there, and the assertion is neither open nor without an application to it.
    pub fn are_decided(&self, wanted: &[&Open]) -> Vec<bool> {
        let number = |o: &Open| self.job.checks.iter().position(|c| c.id == o.answer.check);
        let numbers: Vec<Option<usize>> = wanted.iter().map(|o| number(o)).collect();
        let subjects: Vec<_> =
            wanted.iter().zip(&numbers).map(|(o, number)| (*number, None, &o.subject)).collect();
        let are_there = self.are_there(&subjects);
        let open: HashSet<OpenAnswer> = self.open_answers().into_iter().map(|o| o.answer).collect();
        let mut rows: Vec<Sought> = vec![Sought::default(); self.job.tables.len()];
        let table = |number: Option<usize>| self.job.checks.get(number?)?.row_table();
        for (o, number) in wanted.iter().zip(&numbers) {
            if let Some(table) = table(*number) {
                rows[table].insert(o.answer.subject);
            }
        }
        let rows: Vec<_> =
            rows.iter().enumerate().map(|(t, all)| self.rows_there(t, all)).collect();
        let mut finders = self.finders();
        let mut applies = |o: &Open, number: Option<usize>| {
            let row = table(number).and_then(|t| finders[t].row(*rows[t].get(&o.answer.subject)?));
            number.zip(row).is_none_or(|(number, row)| self.applies(number, &o.answer, &row))
        };
        let is_decided = |((o, is_there), number): ((&&Open, bool), &Option<usize>)| {
            let of_filter = OpenAnswer { demand: None, ..o.answer.clone() };
            let is_open = open.contains(&o.answer) || open.contains(&of_filter);
            is_there && !is_open && applies(o, *number)
        };
        wanted.iter().zip(are_there).zip(&numbers).map(is_decided).collect()
    }

    /// Whether what a check asks of rows applies to this one.
    fn applies(&self, number: usize, answer: &OpenAnswer, row: &Located) -> bool {
        let check = &self.job.checks[number];
        let is_asked = |text: &String| {
            check.asserts.iter().find(|a| demand_text(&a.demand) == *text).map(|a| &a.bound)
        };
        let asked = answer.demand.as_ref().map_or(check.filter.as_ref(), is_asked);
        let (Some(bound), Some(table)) = (asked, check.row_table()) else { return true };
        let units = [UnitRow::Located(&row.row, table)];
        self.with_env(&units, row.id, |env| judge(bound, env)) != Verdict::NotApplicable
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
        if sought.is_empty() {
            return found;
        }
        let (info, directory) = (&self.job.tables[table], &self.ran.tables[table].directory);
        let mut buffers = Buffers::default();
        for head in directory.blocks() {
            let path = (self.job.paths)(info.files[head.part as usize].file);
            let context = directory.context(head);
            // A table that cannot be read again has no rows to be found; the run itself says so.
            let _ = revisit(info, &path, (*head, &context), &mut buffers, &mut |visit| {
                for row in 0..visit.batch.rows {
                    let hash = subject_of(&visit.batch, row).hash();
                    if sought.contains(&hash) {
                        found.entry(hash).or_insert(RowId(visit.head.first.0 + row as u64));
                    }
                }
            });
        }
        found
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

/// A row of a block by its key; by its cells where it has none.
fn subject_of(batch: &Batch<'_>, row: usize) -> Subject {
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
