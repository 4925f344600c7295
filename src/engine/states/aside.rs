//! Which keys stand in records that are no rows.

use std::collections::{BTreeSet, HashMap};

use crate::engine::data::aside::Aside;
use crate::engine::data::table::Table;
use crate::engine::states::encode;
use crate::expr::bound::{Allowance, Bound, GroupsDef, Op};
use crate::expr::tree::{Agg, Cmp};
use crate::value::Value;
use crate::width::to_u32;

/// Records by their numbers, in order; none stands for all records.
type Records = Option<Vec<u32>>;

/// The keys that may stand in the records of a table that are no rows.
#[derive(Debug, Default)]
pub struct AsideKeys {
    /// For each column the values that it may have, with their records in order.
    columns: Vec<(usize, HashMap<Box<[u8]>, Vec<u32>>)>,
    /// Nobody knows their cells: any key may stand in one.
    any: bool,
}

impl AsideKeys {
    /// Each cell of a record may be that of each of these columns.
    pub fn of(columns: impl IntoIterator<Item = usize>, table: &Table, aside: &Aside) -> AsideKeys {
        let values = |column: usize| {
            let mut values: HashMap<Box<[u8]>, Vec<u32>> = HashMap::new();
            let Some(of) = table.columns.get(column) else { return (column, values) };
            let mut key = Vec::new();
            for (record, cells) in aside.records.iter().enumerate() {
                for value in cells.iter().filter_map(|c| of.reading.read(c).ok()) {
                    encode(&[value], &mut key);
                    let records = values.entry(key.as_slice().into()).or_default();
                    if records.last() != Some(&to_u32(record)) {
                        records.push(to_u32(record));
                    }
                }
            }
            (column, values)
        };
        AsideKeys { columns: columns.into_iter().map(values).collect(), any: aside.unknown }
    }

    /// Whether a record holds all parts of a key, of which each column has one.
    pub fn may_hold(&self, key: &[Value<'_>]) -> bool {
        let parts = self.columns.iter().zip(key).map(|(of, part)| self.with(of.0, part));
        let records = parts.fold(None, both);
        self.any || (!key.is_empty() && records.is_some_and(|records| !records.is_empty()))
    }

    /// The records that may have a value in a column.
    fn with(&self, column: usize, value: &Value<'_>) -> Records {
        let mut key = Vec::new();
        encode(std::slice::from_ref(value), &mut key);
        let (_, values) = self.columns.iter().find(|of| of.0 == column)?;
        Some(values.get(key.as_slice()).cloned().unwrap_or_default())
    }

    /// The records that may meet a condition: all, but for its comparisons of a column with what
    /// the rule says.
    fn meeting(&self, condition: &Bound) -> Records {
        match &condition.op {
            Op::And(all) => all.iter().map(|part| self.meeting(part)).fold(None, both),
            Op::Or(all) => all.iter().map(|part| self.meeting(part)).reduce(either)?,
            Op::Compare { op: Cmp::Eq, left, right, allowance: Allowance::Exact } => {
                self.equal(left, right).or_else(|| self.equal(right, left))
            }
            Op::InList { not: false, value, list } => {
                list.iter().map(|one| self.equal(value, one)).reduce(either)?
            }
            _ => None,
        }
    }

    fn equal(&self, column: &Bound, value: &Bound) -> Records {
        match (&column.op, &value.op) {
            (
                Op::Cell { unit: 0, column, ranges: false },
                Op::Const(value @ (Value::Text(_) | Value::Number(_))),
            ) => self.with(*column, value),
            _ => None,
        }
    }
}

fn both(a: Records, b: Records) -> Records {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.into_iter().filter(|r| b.binary_search(r).is_ok()).collect()),
        (a, b) => a.or(b),
    }
}

fn either(a: Records, b: Records) -> Records {
    let all: BTreeSet<u32> = a?.into_iter().chain(b?).collect();
    Some(all.into_iter().collect())
}

/// The records that are no rows, and that an `only` may mean.
#[derive(Debug, Default)]
pub struct AsideRows {
    keys: AsideKeys,
    /// For each `only` among the aggregates the records that may meet its conditions.
    slots: Vec<Option<Records>>,
}

impl AsideRows {
    /// Those of the aggregates of a table.
    pub fn of(def: &GroupsDef, table: &Table, aside: &Aside) -> AsideRows {
        let is_only = |agg: Agg| agg == Agg::Only;
        let is_empty = aside.records.is_empty() && !aside.unknown;
        if is_empty || !def.slots.iter().any(|slot| is_only(slot.agg)) {
            return AsideRows::default();
        }
        let mut columns = BTreeSet::new();
        let conditions =
            || def.filter.iter().chain(def.slots.iter().filter_map(|s| s.filter.as_ref()));
        for read in def.keys.iter().chain(conditions()) {
            read.walk(&mut |b| {
                if let Op::Cell { unit: 0, column, .. } = b.op {
                    columns.insert(column);
                }
            });
        }
        let keys = AsideKeys::of(columns, table, aside);
        let of_all = def.filter.as_ref().and_then(|f| keys.meeting(f));
        let of_slot = |own: Option<&Bound>| both(of_all.clone(), own.and_then(|f| keys.meeting(f)));
        let slots = def.slots.iter();
        let slots = slots.map(|s| is_only(s.agg).then(|| of_slot(s.filter.as_ref()))).collect();
        AsideRows { keys, slots }
    }

    /// Whether a record may be the row that an `only` did not find.
    pub fn may_be(&self, def: &GroupsDef, slot: usize, key: &[Value<'_>]) -> bool {
        let Some(Some(records)) = self.slots.get(slot) else { return false };
        if key.contains(&Value::NotApplicable) {
            return false;
        }
        let parts = def.keys.iter().zip(key).map(|(of, part)| match of.op {
            Op::Cell { column, .. } => self.keys.with(column, part),
            _ => None,
        });
        let records = parts.fold(records.clone(), both);
        self.keys.any || records.is_none_or(|records| !records.is_empty())
    }
}
