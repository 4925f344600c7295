//! The rows that made up the groups of failing checks: one more look at their tables.

use std::cell::RefCell;

use super::env::{At, UnitRow};
use super::locate::Locator;
use super::run::{Job, Ran, columns, primary_column};
use super::scan::scan;
use super::states::{Map, encode, with_key};
use crate::expr::bound::{Bound, StateDef, StateId};
use crate::expr::eval::eval;
use crate::source::RowId;
use crate::value::Value;

/// Rows shown of a sum; the rest is counted.
pub const MOST_TERMS: usize = 50;

/// The rows of one slot of one group.
#[derive(Debug, Clone, Default)]
pub struct TermRows {
    /// The first of them.
    pub rows: Vec<RowId>,
    /// All of them, counted.
    pub count: u64,
}

/// Which rows are wanted, then which they are.
#[derive(Default)]
pub struct Terms {
    /// By state and key of the group: the slots that are asked for.
    wanted: Map<StateId, Map<Vec<u8>, Vec<(usize, TermRows)>>>,
}

impl Terms {
    /// Asks for the rows of an aggregate.
    pub fn want(&mut self, state: StateId, slot: usize, keys: &[Value<'_>]) {
        let mut key = Vec::new();
        encode(keys, &mut key);
        let slots = self.wanted.entry(state).or_default().entry(key).or_default();
        if slots.iter().all(|s| s.0 != slot) {
            slots.push((slot, TermRows::default()));
        }
    }

    /// The rows of an aggregate that was asked for.
    pub fn of(&self, state: StateId, slot: usize, keys: &[Value<'_>]) -> Option<&TermRows> {
        let mut key = Vec::new();
        encode(keys, &mut key);
        self.wanted.get(&state)?.get(&key)?.iter().find(|s| s.0 == slot).map(|s| &s.1)
    }

    /// Reads the tables of the wanted groups once each.
    pub fn gather(&mut self, job: &Job<'_>, ran: &Ran<'_>) {
        for table in 0..job.tables.len() {
            let states: Vec<StateId> = (0..job.defs.all.len()).filter(|&s| job.defs.all[s].table() == table && self.wanted.contains_key(&s)).collect();
            if states.is_empty() {
                continue;
            }
            let mut needed = vec![false; job.tables[table].columns.len()];
            for &s in &states {
                job.defs.all[s].expressions().into_iter().for_each(|e| columns(e, 0, &mut needed));
            }
            let misses = RefCell::new(Vec::new());
            // A table that cannot be read again shows no terms; the run itself told of it.
            let _ = scan(&job.tables[table], job.paths, job.sizes, &mut |visit| {
                visit.batch.decode(&needed);
                for row in 0..visit.batch.rows {
                    let id = RowId(visit.head.first.0 + row as u64);
                    let units = [UnitRow::Batch(&visit.batch, row)];
                    let env = At { shared: &ran.shared, units: &units, row: id, near: &[], misses: &misses };
                    states.iter().for_each(|&s| self.take(s, job, &env, id));
                }
            });
        }
    }

    fn take(&mut self, state: StateId, job: &Job<'_>, env: &At<'_>, id: RowId) {
        let StateDef::Groups(def) = &job.defs.all[state] else { return };
        let keys: Vec<Value<'_>> = def.keys.iter().map(|k| eval(k, env)).collect();
        let Some(groups) = self.wanted.get_mut(&state) else { return };
        let Some(slots) = with_key(&keys, |key| groups.get_mut(key)) else { return };
        let passes = |f: &Option<Bound>| f.as_ref().is_none_or(|f| eval(f, env) == Value::Bool(true));
        if !passes(&def.filter) {
            return;
        }
        for (slot, terms) in slots {
            let wanted = &def.slots[*slot];
            if !slot_values_missing(&wanted.args, env) && passes(&wanted.filter) {
                terms.count += 1;
                if terms.rows.len() < MOST_TERMS {
                    terms.rows.push(id);
                }
            }
        }
    }
}

fn slot_values_missing(args: &[Bound], env: &At<'_>) -> bool {
    args.iter().any(|a| eval(a, env) == Value::Missing)
}

/// What a row is called: the values of its key, else its first text.
pub fn row_name(job: &Job<'_>, table: usize, texts: &[String]) -> String {
    let info = &job.tables[table];
    if !info.key.is_empty() {
        return info.key.iter().map(|&k| texts[k].as_str()).collect::<Vec<_>>().join(", ");
    }
    info.columns.iter().position(|c| c.reading.ty == crate::value::Type::Text && !c.absent).map(|c| texts[c].clone()).unwrap_or_default()
}

/// The cell of a row that an aggregate works on: its texts and the column.
pub fn term_cell(locator: &mut Locator<'_>, args: &[Bound], row: RowId) -> Option<(super::locate::Located, usize)> {
    let located = locator.row(row)?;
    let column = args.iter().find_map(primary_column).unwrap_or(0);
    (column < located.spans.len()).then_some((located, column))
}
