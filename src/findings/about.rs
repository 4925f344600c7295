//! Which row, group or cells a finding is about.

use std::borrow::Cow;
use std::sync::Arc;

use crate::engine::data::batch::read;
use crate::engine::data::check::{Assertion, Check, Kind};
use crate::engine::pass::locate::{Located, LocatedFault};
use crate::engine::pass::names;
use crate::engine::pass::ran::RawUnitFinding;
use crate::engine::states::env::{At, Miss, Missed};
use crate::engine::states::groups::Group;
use crate::explain::equation::Cell;
use crate::expr::bind::BoundUnit;
use crate::expr::bound::{Bound, Op, StateDef};
use crate::expr::eval::eval;
use crate::expr::ids::{AssertionId, CheckId, ColumnId};
use crate::fault::{Fault, Severity};
use crate::findings::maker::FindingMaker;
use crate::findings::trace::{Step, Trace};
use crate::findings::working::{self, UnitCell, shown_key};
use crate::plan::needs;
use crate::report::{Demand, Finding, Identity, KeyValue, Subject, content, evidence};
use crate::value::Value;

/// An assertion and what it was asked of: everything that the identity of its findings is made of.
pub(crate) struct Case<'c> {
    pub check: &'c Check,
    pub check_id: CheckId,
    pub number: AssertionId,
    pub assertion: &'c Assertion,
    /// How many findings of the same name come before it.
    pub nth: u64,
    pub table: Option<&'c str>,
    pub subject: Subject,
    pub column: Option<&'c str>,
}

impl Case<'_> {
    /// A finding of the assertion, without places.
    pub fn finding(&self, fault: &'static Fault, severity: Severity, message: String) -> Finding {
        self.with(self.assertion.demand.clone(), self.subject.clone(), (fault, severity), message)
    }

    /// A finding of a look-up. Each missing key is reported once in a check, by whichever assertion
    /// and row come first; so neither of them is in its identity.
    pub fn reference(
        &self,
        of: &str,
        key: &[Value<'_>],
        fault: &'static Fault,
        message: String,
    ) -> Finding {
        let table = std::iter::once(KeyValue::Text(of.to_string()));
        let subject =
            Subject::Group(table.chain(key.iter().map(|v| KeyValue::new(v, ""))).collect());
        self.with(Demand::Contract("reference"), subject, (fault, self.check.severity), message)
    }

    fn with(
        &self,
        demand: Demand,
        subject: Subject,
        (fault, severity): (&'static Fault, Severity),
        message: String,
    ) -> Finding {
        let identity = Identity {
            table: self.table.map(str::to_string),
            subject,
            ..Identity::new(&self.check.id, demand, fault)
        };
        let mut finding = Finding::new(identity.at(self.column), severity, message);
        finding.assertion = self.number.0;
        finding.title.clone_from(&self.check.title);
        finding.claim = self.assertion.claim().cloned();
        finding.help.clone_from(&self.check.help);
        finding.url.clone_from(&self.check.url);
        finding
    }
}

/// An assertion with its steps, over the row or the units at hand.
pub(crate) struct Proof<'p> {
    pub assertion: &'p Assertion,
    /// The `where` of its check.
    pub filter: Option<&'p Bound>,
    pub trace: Trace<'p>,
    pub env: &'p At<'p>,
    /// The row that it was asked of, with its table.
    pub row: Option<(usize, &'p Located)>,
    /// Where its units stand.
    pub at: &'p [UnitCell],
}

impl Proof<'_> {
    /// A part of the assertion as it is written, on one line.
    pub fn text(&self, b: &Bound) -> String {
        let text = self.assertion.text.get(b.span.clone()).unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What a step is called; a column of a range has no text of its own, so its header names it.
    pub fn name(&self, step: &Step<'_>) -> String {
        let text = self.text(step.bound);
        let column = |cell: Cell| {
            let table = self.env.shared.tables.get(cell.table)?;
            table.columns.get(cell.column).map(|column| column.name.clone())
        };
        match step.cell.filter(|_| text.is_empty()).and_then(column) {
            Some(name) => name,
            // Within `old(a + b)` each column is an old one.
            None if step.bound.op.is_other_version() && !text.starts_with("old(") => {
                format!("old({text})")
            }
            None => text,
        }
    }
}

/// What one unit of a combination stands for.
pub(crate) enum UnitAt<'g> {
    Group(Cow<'g, Group>),
    Row(Arc<Located>),
    Nowhere,
}

/// What a group is called: its keys with their values.
pub(crate) fn group_name(unit: &BoundUnit, group: &Group) -> String {
    let keys = unit.keys.iter().zip(&group.keys);
    keys.map(|(name, value)| format!("{name} = {}", shown_key(value)))
        .collect::<Vec<_>>()
        .join(", ")
}

impl FindingMaker<'_, '_> {
    /// The steps of an assertion over what it was asked of.
    pub(crate) fn proof<'p>(
        &self,
        case: &'p Case<'_>,
        (env, at, row): (&'p At<'p>, &'p [UnitCell], Option<(usize, &'p Located)>),
    ) -> Proof<'p> {
        self.proof_of(case.assertion, case.check.filter.as_ref(), (env, at, row))
    }

    /// The same of an assertion with the `where` of its check.
    pub(crate) fn proof_of<'p>(
        &self,
        assertion: &'p Assertion,
        filter: Option<&'p Bound>,
        (env, at, row): (&'p At<'p>, &'p [UnitCell], Option<(usize, &'p Located)>),
    ) -> Proof<'p> {
        let trace = working::trace(&assertion.bound, env, at);
        Proof { assertion, filter, trace, env, row, at }
    }

    /// A row by its key; by its cells where it has none.
    pub(crate) fn row_subject(&self, table: usize, located: &Located) -> Subject {
        self.key(table, located)
            .map_or_else(|| Subject::Content(self.content(table, located)), Subject::Key)
    }

    /// A row, or of its cell the column that became rows and is called so.
    pub(crate) fn cell_subject(
        &self,
        (table, column): (usize, Option<ColumnId>),
        located: &Located,
    ) -> Subject {
        let names = names::column(&self.job.tables[table]);
        match column.map(ColumnId::index).filter(|column| Some(*column) == names) {
            Some(column) => Subject::Group(self.values(table, &[column], located)),
            None => self.row_subject(table, located),
        }
    }

    /// The values of a row's key, where all of them are there.
    fn key(&self, table: usize, located: &Located) -> Option<Vec<KeyValue>> {
        let key = self.values(table, &self.job.tables[table].key, located);
        let is_whole = !key.is_empty() && !key.contains(&KeyValue::Missing);
        is_whole.then_some(key)
    }

    /// The values of some cells of a row.
    pub(crate) fn values(
        &self,
        table: usize,
        columns: &[usize],
        located: &Located,
    ) -> Vec<KeyValue> {
        let value = |&c: &usize| {
            let text = &located.row.texts[c];
            KeyValue::new(&read(&self.job.tables[table].columns[c].reading, text, false), text)
        };
        columns.iter().map(value).collect()
    }

    fn content(&self, table: usize, located: &Located) -> u128 {
        let columns = self.job.tables[table].columns.iter().zip(&located.row.texts);
        let table = &self.job.tables[table].name;
        let former = |name| self.renames.column(table, name);
        content(
            columns.filter(|(c, _)| !c.absent).map(|(c, text)| (former(&c.name), text.as_str())),
        )
    }

    /// A group by its keys, a combination by those of its rows and groups.
    pub(crate) fn unit_subject(&self, unit: &RawUnitFinding, found: &[UnitAt<'_>]) -> Subject {
        let units = &self.job.checks[unit.check].units;
        if units.is_empty() {
            return Subject::Run;
        }
        let values = |(bound, at): (&crate::expr::bind::BoundUnit, &UnitAt<'_>)| match at {
            UnitAt::Group(group) => group.keys.iter().map(|v| KeyValue::new(v, "")).collect(),
            UnitAt::Row(located) => self
                .key(bound.table, located)
                .unwrap_or_else(|| vec![KeyValue::Content(self.content(bound.table, located))]),
            UnitAt::Nowhere => Vec::new(),
        };
        Subject::Group(units.iter().zip(found).flat_map(values).collect())
    }
}

/// The lines that a fault of the file stands in: a record that is no row has no cells to know it by.
/// In a document, which may be one line, the row, or the place itself.
pub(crate) fn faulty_lines<'b>(found: &LocatedFault<'b>) -> &'b [u8] {
    if found.block.is_cut {
        let (grid, start) = (&found.block.grid, found.irregular.start);
        let row = grid.starts.partition_point(|s| *s <= start).checked_sub(1);
        let row = row.map(|row| (grid.starts[row], grid.end(row))).filter(|row| start < row.1);
        let (from, to) = row.unwrap_or((start, found.irregular.end));
        return found.block.bytes.get(from as usize..to as usize).unwrap_or_default();
    }
    let is_end = |b: &u8| matches!(b, b'\n' | b'\r');
    let (start, end) = (found.irregular.start as usize, found.irregular.end as usize);
    // Behind its own bytes a block may have texts that were filled in.
    let len = usize::try_from(found.block.len).unwrap_or(usize::MAX);
    let block = found.block.bytes.get(..len).unwrap_or(&found.block.bytes);
    let before = block.get(..start).unwrap_or_default();
    let after = block.get(end..).unwrap_or_default();
    let from = before.iter().rposition(is_end).map_or(0, |i| i + 1);
    let to = after.iter().position(is_end).map_or(block.len(), |i| end + i);
    block.get(from..to).unwrap_or_default()
}

/// The key that a look-up or an `only` did not find, or found twice.
pub(crate) fn missed_key<'v>(
    check: &'v Check,
    assertion: &'v Assertion,
    miss: &Miss,
    env: &'v At<'_>,
) -> Vec<Value<'v>> {
    missed_parts(check, assertion, miss, env).iter().map(|part| eval(part, env)).collect()
}

/// The parts of that key.
pub(crate) fn missed_parts<'v>(
    check: &'v Check,
    assertion: &'v Assertion,
    miss: &Miss,
    env: &'v At<'_>,
) -> &'v [Bound] {
    let mut key: Option<&[Bound]> = None;
    // An assertion's own look-up at the same place of its text is likelier than the filter's.
    let own = check.filter.iter().chain([&assertion.bound]);
    let windows = needs(check.expressions());
    let windows = windows.iter().map(|state| &env.shared.defs.all[*state]);
    let windows = windows.filter(|def| matches!(def, StateDef::Window(_)));
    for bound in windows.flat_map(StateDef::expressions).chain(own) {
        bound.walk(&mut |b| match &b.op {
            Op::Lookup { key: parts, .. }
                if b.op.looks_in(miss.state) && b.span.start == miss.at =>
            {
                key = Some(parts)
            }
            Op::Aggregate { state, key: parts, .. }
                if *state == miss.state && miss.what == Missed::OnlySeveral =>
            {
                key = key.or(Some(parts))
            }
            _ => {}
        });
    }
    key.unwrap_or_default()
}

/// The parts of a key that a row missed on its way into a state, where the row alone gives it.
pub(crate) fn parts_within<'v>(def: &'v StateDef, miss: &Miss, env: &At<'_>) -> &'v [Bound] {
    let mut found: &[Bound] = &[];
    for bound in def.expressions() {
        bound.walk(&mut |b| {
            if let Op::Lookup { key, .. } = &b.op
                && b.op.looks_in(miss.state)
                && found.is_empty()
                && key.iter().map(|part| eval(part, env)).eq(miss.key.iter().cloned())
            {
                found = key;
            }
        });
    }
    found
}

/// The hash of what an assertion compared: both sides, or the cells that it reads where it has no sides.
pub(crate) fn compared(proof: &Proof<'_>) -> u64 {
    let decided = proof.trace.decided();
    let comparisons: Vec<_> = decided.by.iter().filter_map(|d| d.comparison).collect();
    if !comparisons.is_empty() && proof.assertion.kind == Kind::Assert {
        let sides = comparisons.iter().flat_map(|c| [c.left, c.right]);
        return evidence(&sides.map(|side| side.value.to_text()).collect::<Vec<_>>());
    }
    let mut columns = Vec::new();
    if let Kind::Like { column, .. } = proof.assertion.kind {
        columns.push(column);
    }
    proof.assertion.bound.walk(&mut |b| {
        if let Op::Cell { unit: 0, column, .. }
        | Op::Written { unit: 0, column }
        | Op::Items { unit: 0, column, .. } = b.op
        {
            columns.push(column);
        }
    });
    let texts: Vec<&str> = proof.row.map_or_else(Vec::new, |(_, located)| {
        columns.iter().filter_map(|&c| located.row.texts.get(c).map(String::as_str)).collect()
    });
    evidence(&texts)
}
