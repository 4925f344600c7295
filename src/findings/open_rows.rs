//! The rows that keep aggregates from being decided: one more look at their tables.

use std::cell::RefCell;

use crate::engine::data::check::columns;
use crate::engine::data::job::Job;
use crate::engine::fast::decode;
use crate::engine::pass::ran::Ran;
use crate::engine::pass::scan::{Buffers, Visit, revisit};
use crate::engine::states::env::{At, UnitRow};
use crate::engine::states::{Map, encode, with_key};
use crate::expr::bound::{Bound, GroupsDef, StateDef, StateId};
use crate::expr::choose::choose;
use crate::expr::eval::{Env, eval};
use crate::source::RowId;
use crate::value::{Value, Why};

/// An aggregate that is undecided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct OpenAggregate {
    pub state: StateId,
    pub slot: usize,
    /// The encoded key of its group.
    key: Vec<u8>,
    pub why: Why,
}

impl OpenAggregate {
    /// The aggregate of the group with these keys.
    pub fn new(state: StateId, slot: usize, keys: &[Value<'_>], why: Why) -> OpenAggregate {
        let mut key = Vec::new();
        encode(keys, &mut key);
        OpenAggregate { state, slot, key, why }
    }
}

/// For aggregates that are asked for, the first row that keeps each from being decided.
#[derive(Default)]
pub(crate) struct OpenRows {
    rows: Map<OpenAggregate, Option<RowId>>,
}

/// The aggregates of one state: by key, with the number of each in a list.
type OfState<'w> = (StateId, &'w GroupsDef, Map<&'w [u8], Vec<usize>>);

impl OpenRows {
    /// Asks for the row of an aggregate.
    pub fn want(&mut self, aggregate: OpenAggregate) {
        self.rows.entry(aggregate).or_insert(None);
    }

    /// The row that was found.
    pub fn of(&self, aggregate: &OpenAggregate) -> Option<RowId> {
        self.rows.get(aggregate).copied().flatten()
    }

    /// Looks for the rows, through each table once at most.
    #[expect(clippy::disallowed_methods, reason = "what is found is kept by aggregate")]
    pub fn search(&mut self, job: &Job<'_>, ran: &Ran<'_>) {
        for table in 0..job.tables.len() {
            let of_table = self.rows.keys().filter(|a| job.defs.all[a.state].table() == table);
            let wanted: Vec<OpenAggregate> = of_table.cloned().collect();
            let found = first_rows(job, ran, table, &wanted);
            self.rows.extend(wanted.into_iter().zip(found));
        }
    }
}

fn first_rows(
    job: &Job<'_>,
    ran: &Ran<'_>,
    table: usize,
    wanted: &[OpenAggregate],
) -> Vec<Option<RowId>> {
    let mut found = vec![None; wanted.len()];
    let mut needed = vec![false; job.tables[table].columns.len()];
    let mut states: Vec<OfState<'_>> = Vec::new();
    for (n, aggregate) in wanted.iter().enumerate() {
        let StateDef::Groups(def) = &job.defs.all[aggregate.state] else { continue };
        if states.iter().all(|s| s.0 != aggregate.state) {
            let all = job.defs.all[aggregate.state].expressions();
            all.into_iter().for_each(|e| columns(e, 0, &mut needed));
            states.push((aggregate.state, def, Map::default()));
        }
        for of_state in states.iter_mut().filter(|s| s.0 == aggregate.state) {
            of_state.2.entry(&aggregate.key[..]).or_default().push(n);
        }
    }
    let (info, directory) = (&job.tables[table], &ran.tables[table].directory);
    let mut buffers = Buffers::default();
    for head in directory.blocks() {
        if found.iter().all(Option::is_some) {
            break;
        }
        let path = (job.paths)(info.files[head.part as usize].file);
        let context = directory.context(head);
        // A table that cannot be read again gives no places; the run itself says so.
        let _ = revisit(info, &path, (*head, &context), &mut buffers, &mut |visit| {
            decode::columns(&mut visit.batch, &needed);
            look_at(visit, ran, &states, wanted, &mut found);
        });
    }
    found
}

fn look_at(
    visit: &Visit<'_>,
    ran: &Ran<'_>,
    states: &[OfState<'_>],
    wanted: &[OpenAggregate],
    found: &mut [Option<RowId>],
) {
    let misses = RefCell::new(Vec::new());
    for row in 0..visit.batch.rows {
        let id = RowId(visit.head.first.0 + row as u64);
        let units = [UnitRow::Batch(&visit.batch, row)];
        let env = At { shared: &ran.shared, units: &units, row: id, window: &[], misses: &misses };
        for (state, def, by_key) in states {
            let keys: Vec<Value<'_>> = def.keys.iter().map(|k| eval(k, &env)).collect();
            let of_any_group = keys.iter().any(|k| *k != Value::Missing && k.cause().is_some());
            let of_group = with_key(&keys, |key| by_key.get(key)).into_iter().flatten().copied();
            let candidates: Vec<usize> = match of_any_group {
                true => (0..wanted.len()).filter(|n| wanted[*n].state == *state).collect(),
                false => of_group.collect(),
            };
            for n in candidates.into_iter().filter(|n| found[*n].is_none()).collect::<Vec<_>>() {
                let is_open = open_part(def, wanted[n].slot, wanted[n].why, &env).is_some();
                found[n] = is_open.then_some(id);
            }
        }
    }
}

/// The part of an aggregate that is undecided for a row: a key, a condition or an argument; where
/// nothing is there to aggregate, the argument that a row leaves blank.
pub(crate) fn open_part<'d>(
    def: &'d GroupsDef,
    slot: usize,
    why: Why,
    env: &dyn Env,
) -> Option<&'d Bound> {
    let slot = def.slots.get(slot)?;
    let conditions: Vec<&Bound> = def.filter.iter().chain(&slot.filter).collect();
    if conditions.iter().any(|c| choose(c, env).chosen == Ok(false)) {
        return None;
    }
    if why == Why::Missing {
        let is_taken =
            slot.residual.is_none() && conditions.iter().all(|c| choose(c, env).chosen == Ok(true));
        return slot.args.iter().find(|b| is_taken && eval(b, env) == Value::Missing);
    }
    let is_it = |own: Why| own.leads_to(why);
    let open = conditions.iter().copied().find(|c| choose(c, env).chosen.is_err_and(is_it));
    let mut read = def.keys.iter().chain(&slot.args);
    open.or_else(|| read.find(|b| eval(b, env).cause().is_some_and(is_it)))
}
