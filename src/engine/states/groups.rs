//! Groups of rows with their aggregates.

use super::Map;

use super::accumulate::{Accumulator, KeptCell, KeptRow};
use crate::expr::bound::{GroupsDef, Slot};
use crate::expr::eval::{Env, eval};
use crate::source::RowId;
use crate::value::Value;

/// One group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its keys.
    pub keys: Vec<Value<'static>>,
    /// Its first row.
    pub first: RowId,
    /// Rows in it.
    pub rows: u64,
    /// Its aggregates.
    pub slots: Vec<Accumulator>,
}

/// All groups of one definition, in order of first appearance.
#[derive(Debug, Default)]
pub struct Groups {
    map: Map<Box<[u8]>, u32>,
    /// The groups.
    pub all: Vec<Group>,
    /// Rows of which nobody knows whether they belong to a group, or to which.
    pub undecided: u64,
    empty: Vec<Accumulator>,
    key: Vec<u8>,
}

impl Groups {
    /// No groups yet.
    pub fn new(def: &GroupsDef) -> Groups {
        Groups { empty: def.slots.iter().map(Accumulator::new).collect(), ..Groups::default() }
    }

    /// Takes one row.
    pub fn take(&mut self, def: &GroupsDef, env: &dyn Env, row: RowId) {
        if let Some(filter) = &def.filter {
            match eval(filter, env) {
                Value::Bool(true) => {}
                Value::Bool(false) | Value::NotApplicable => return,
                _ => {
                    self.undecided += 1;
                    return;
                }
            }
        }
        let keys: Vec<Value<'_>> = def.keys.iter().map(|k| eval(k, env)).collect();
        if keys.iter().any(|k| matches!(k, Value::Unknown | Value::Possible | Value::NotApplicable)) {
            self.undecided += 1;
            return;
        }
        super::encode(&keys, &mut self.key);
        let at = match self.map.get(&self.key[..]) {
            Some(at) => *at as usize,
            None => {
                let at = self.all.len();
                self.map.insert(self.key.clone().into(), at as u32);
                let keys = keys.into_iter().map(Value::into_owned).collect();
                self.all.push(Group { keys, first: row, rows: 0, slots: self.empty.clone() });
                at
            }
        };
        let group = &mut self.all[at];
        group.rows += 1;
        for (slot, acc) in def.slots.iter().zip(&mut group.slots) {
            feed(slot, acc, env, row);
        }
    }

    /// Joins a group that was made elsewhere; none of its rows is in here.
    pub fn join(&mut self, keys: Vec<Value<'static>>, first: RowId, rows: u64, slots: Vec<Accumulator>) {
        super::encode(&keys, &mut self.key);
        match self.map.get(&self.key[..]) {
            Some(at) => {
                let group = &mut self.all[*at as usize];
                group.first = group.first.min(first);
                group.rows += rows;
                group.slots.iter_mut().zip(slots).for_each(|(mine, theirs)| mine.merge(theirs));
            }
            None => {
                self.map.insert(self.key.clone().into(), self.all.len() as u32);
                self.all.push(Group { keys, first, rows, slots });
            }
        }
    }

    /// Takes the groups of later rows.
    pub fn merge(&mut self, later: Groups) {
        self.undecided += later.undecided;
        for group in later.all {
            self.join(group.keys, group.first, group.rows, group.slots);
        }
    }

    /// Puts the groups in order of first appearance.
    pub fn finish(&mut self) {
        if self.all.is_sorted_by_key(|g| g.first) {
            return;
        }
        let mut order: Vec<u32> = (0..self.all.len() as u32).collect();
        order.sort_by_key(|&at| self.all[at as usize].first);
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| places[*old as usize] = new as u32);
        self.map.values_mut().for_each(|at| *at = places[*at as usize]);
        self.all.sort_by_key(|g| g.first);
    }

    /// The group whose key is encoded so.
    pub fn by_key(&self, key: &[u8]) -> Option<&Group> {
        self.map.get(key).map(|at| &self.all[*at as usize])
    }

    /// The group with these keys.
    pub fn find(&self, keys: &[Value<'_>]) -> Option<usize> {
        super::with_key(keys, |key| self.map.get(key).map(|at| *at as usize))
    }

    /// What a slot gives over no rows.
    pub fn of_nothing(&self, slot: usize) -> Value<'_> {
        if self.undecided > 0 { Value::Unknown } else { self.empty[slot].finish() }
    }
}

/// Gives one row to one aggregate.
fn feed(slot: &Slot, acc: &mut Accumulator, env: &dyn Env, row: RowId) {
    if let Some(filter) = &slot.filter {
        match eval(filter, env) {
            Value::Bool(true) => {}
            Value::Bool(false) | Value::NotApplicable => {
                if slot.args.iter().any(|a| matches!(eval(a, env), Value::Unknown)) {
                    acc.counts.left_out += 1;
                }
                return;
            }
            _ => {
                acc.counts.undecided += 1;
                return;
            }
        }
    }
    if slot.args.len() == 1 && slot.residual.is_none() {
        acc.take(&[eval(&slot.args[0], env)]);
        return;
    }
    let args: Vec<Value<'_>> = slot.args.iter().map(|a| eval(a, env)).collect();
    match &slot.residual {
        None => acc.take(&args),
        Some(residual) => acc.kept.push(KeptRow {
            row,
            cells: residual.columns.iter().map(|&c| KeptCell::new(c, env.cell(0, c, false).into_owned(), env.cell(0, c, true).into_owned())).collect(),
            args: args.into_iter().map(Value::into_owned).collect(),
        }),
    }
}
