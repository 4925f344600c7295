//! The look for the rows of groups in their tables.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::engine::data::check::columns;
use crate::engine::data::directory::BlockHead;
use crate::engine::data::job::Job;
use crate::engine::data::parallel::in_parallel;
use crate::engine::fast::decode;
use crate::engine::fast::dict::{Dict, Limit, OVER};
use crate::engine::fast::sums;
use crate::engine::pass::locate::Kept;
use crate::engine::pass::prefilter::Prefilter;
use crate::engine::pass::ran::Ran;
use crate::engine::pass::scan::{Buffers, Visit, revisit};
use crate::engine::states::env::{At, Filled, UnitRow};
use crate::engine::states::groups::Group;
use crate::engine::states::{Map, decode as values_of, with_key};
use crate::expr::bound::{Bound, GroupsDef, StateDef, StateId};
use crate::expr::choose::{argument, chooses};
use crate::expr::eval::eval;
use crate::expr::tree::Agg;
use crate::findings::terms::{
    MOST_KEPT, MOST_KEPT_IN_ALL, MOST_TERMS, TermRows, Terms, decisive, is_same, takes_cells,
};
use crate::source::RowId;
use crate::value::Value;
use crate::width::{to_u32, to_usize};

/// Blocks that a worker takes at once.
const BLOCKS_AT_ONCE: usize = 8;

impl Terms {
    /// Reads the tables of the wanted groups once each.
    #[expect(clippy::disallowed_methods, reason = "what is gathered is kept by group")]
    pub fn gather(&mut self, job: &Job<'_>, ran: &Ran<'_>) {
        for table in 0..job.tables.len() {
            let mut groups = Vec::new();
            for (state, keys) in
                self.wanted.iter().filter(|(s, _)| job.defs.all[**s].table() == table)
            {
                for (key, slots) in keys {
                    groups.push(Wanted {
                        state: *state,
                        key: key.clone(),
                        slots: slots.iter().map(|s| s.0).collect(),
                    });
                }
            }
            if groups.is_empty() {
                continue;
            }
            groups.sort_unstable_by(|a, b| (a.state, &a.key).cmp(&(b.state, &b.key)));
            for ((group, slot), found) in Search::new(job, ran, table, &groups).run() {
                let wanted = &groups[group];
                let slots =
                    self.wanted.get_mut(&wanted.state).and_then(|keys| keys.get_mut(&wanted.key));
                if let Some((_, terms)) =
                    slots.and_then(|slots| slots.iter_mut().find(|s| s.0 == slot))
                {
                    *terms = found;
                }
            }
        }
    }
}

/// A group whose rows are looked for.
struct Wanted {
    state: StateId,
    key: Vec<u8>,
    slots: Vec<usize>,
}

/// Rows by group and slot.
type Found = BTreeMap<(usize, usize), TermRows>;

/// Rows by group and slot, with how many there are where the run counted them.
type Expected = BTreeMap<(usize, usize), (TermRows, Option<u64>)>;

/// Keys that are looked up by number; beyond them each row's own is.
const MOST_KEYS: Limit = Limit { keys: 1 << 22, bytes: 64 << 20 };

/// The look for rows of groups in one table.
struct Search<'s> {
    job: &'s Job<'s>,
    ran: &'s Ran<'s>,
    table: usize,
    groups: &'s [Wanted],
    /// The states, each with its groups by key.
    states: Vec<(StateId, Map<&'s [u8], usize>)>,
    needed: Vec<bool>,
    /// How many rows of each aggregate are kept.
    limits: BTreeMap<(usize, usize), usize>,
    /// What each aggregate that single rows decide comes to.
    results: BTreeMap<(usize, usize), Value<'static>>,
    /// For lines that hold a key, where each key is a text.
    prefilter: Option<Prefilter>,
}

/// A dictionary for each state whose keys are texts, and which codes are wanted.
type Dicts = Vec<Option<(Dict, Vec<Option<usize>>)>>;

/// What a worker has of its own.
struct Worker {
    dicts: Dicts,
    room: Buffers,
    /// The bytes of a block.
    bytes: Vec<u8>,
}

impl<'s> Search<'s> {
    fn new(job: &'s Job<'s>, ran: &'s Ran<'s>, table: usize, groups: &'s [Wanted]) -> Search<'s> {
        let mut states: Vec<(StateId, Map<&[u8], usize>)> = Vec::new();
        let mut needed = vec![false; job.tables[table].columns.len()];
        for (n, group) in groups.iter().enumerate() {
            if states.last().is_none_or(|s| s.0 != group.state) {
                states.push((group.state, Map::default()));
                // Few rows are wanted: beside their keys, cells are read when they are asked for.
                match text_keys_of(job, group.state) {
                    Some(keys) => keys.into_iter().for_each(|c| needed[c] = true),
                    None => job.defs.all[group.state]
                        .expressions()
                        .into_iter()
                        .for_each(|e| columns(e, 0, &mut needed)),
                }
            }
            if let Some((_, keys)) = states.last_mut() {
                keys.insert(&group.key, n);
            }
        }
        Search {
            job,
            ran,
            table,
            groups,
            states,
            needed,
            limits: BTreeMap::new(),
            results: BTreeMap::new(),
            prefilter: None,
        }
    }

    fn worker(&self) -> Worker {
        let bytes = self
            .job
            .memory
            .share(8 * self.job.jobs * self.states.len())
            .map_or(MOST_KEYS.bytes, |share| MOST_KEYS.bytes.min(to_usize(share)));
        let limit = Limit { keys: MOST_KEYS.keys.min(bytes / 32).max(1), bytes };
        let dict = |keys| (Dict::new(keys, limit), Vec::new());
        let dicts = self.states.iter().map(|(state, _)| text_keys_of(self.job, *state).map(dict));
        Worker { dicts: dicts.collect(), room: Buffers::default(), bytes: Vec::new() }
    }

    /// What is found, in order of the file; a table that cannot be read again shows no terms, and
    /// the run itself words of it.
    fn run(mut self) -> Vec<((usize, usize), TermRows)> {
        let mut all = self.expected();
        self.limits = all.iter().map(|(at, t)| (*at, self.limit(t.1))).collect();
        self.results = self.results();
        if all.values().all(|(_, expected)| expected.is_some()) {
            self.prefilter = self.prefilter();
        }
        self.look(&mut all);
        // A key may be written otherwise than it reads: with a quote in it, or a mark.
        if self.prefilter.take().is_some() && self.are_open(&all) {
            all = self.expected();
            self.look(&mut all);
        }
        all.into_iter()
            .map(|(at, (terms, expected))| {
                let count = expected.unwrap_or(terms.count);
                let TermRows { rows: all, blank, giving, .. } = terms;
                let made = TermRows { count, blank, giving, ..TermRows::default() };
                (at, made.keeping(all, self.limit(expected)))
            })
            .collect()
    }

    /// Goes through the table as far as it should take, then little by little, until there is nothing
    /// left to find.
    fn look(&self, all: &mut Expected) {
        let blocks: Vec<&[BlockHead]> =
            self.ran.tables[self.table].directory.blocks().chunks(BLOCKS_AT_ONCE).collect();
        let mut workers: Vec<Worker> = (0..self.job.jobs).map(|_| self.worker()).collect();
        let (mut from, mut count) = (0, first_way(all, blocks.len()));
        while from < blocks.len() && self.are_open(all) {
            let wave = &blocks[from..blocks.len().min(from + count)];
            let found = in_parallel(&mut workers, wave.len(), &|worker, n| {
                let mut found = Found::new();
                wave[n].iter().for_each(|head| self.look_in(head, worker, &mut found));
                found
            });
            for (at, found) in found.into_iter().flatten() {
                let (terms, expected) = all.entry(at).or_default();
                terms.count += found.count;
                let room = self.limit(*expected).saturating_sub(terms.rows.len());
                terms.rows.extend(found.rows.into_iter().take(room));
                terms.blank = terms.blank.take().or(found.blank);
                terms.giving = match self.agg(at) {
                    Some(Agg::Last) => found.giving.or(terms.giving.take()),
                    _ => terms.giving.take().or(found.giving),
                };
            }
            (from, count) = (from + count, (from + count) / 8 + 1);
        }
    }

    /// Looks in a block: in all of it, or in those of its lines that hold a key.
    fn look_in(&self, head: &BlockHead, worker: &mut Worker, found: &mut Found) {
        let table = &self.job.tables[self.table];
        let directory = &self.ran.tables[self.table].directory;
        let path = (self.job.paths)(table.files[head.part as usize].file);
        let context = directory.context(head);
        let Worker { dicts, room, bytes } = worker;
        let lines = self.prefilter.as_ref();
        let lines = lines.and_then(|p| p.blocks((table, directory), head, bytes));
        for head in lines.unwrap_or_else(|| vec![*head]) {
            let _ = revisit(table, &path, (head, &context), room, &mut |visit| {
                self.visit(dicts, visit, found)
            });
        }
    }

    /// For lines with the keys of the groups, where each has a text that can be looked for.
    fn prefilter(&self) -> Option<Prefilter> {
        let text = |group: &Wanted| {
            text_keys_of(self.job, group.state)?;
            let texts = values_of(&group.key).into_iter().filter_map(|value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            });
            texts.max_by_key(|text| text.len())
        };
        let texts: Option<BTreeSet<Cow<'_, str>>> = self.groups.iter().map(text).collect();
        Prefilter::new(&texts?.iter().map(AsRef::as_ref).collect::<Vec<&str>>())
    }

    fn are_open(&self, all: &Expected) -> bool {
        all.iter().any(|(at, t)| self.is_open(*at, t))
    }

    /// Whether there may be more to find of an aggregate.
    fn is_open(&self, at: (usize, usize), (terms, expected): &(TermRows, Option<u64>)) -> bool {
        let Some(count) = expected else { return true };
        let lacks = match self.agg(at) {
            Some(Agg::Last) => true,
            Some(Agg::Min | Agg::Max) => terms.giving.is_none(),
            _ => false,
        };
        terms.count < *count && (lacks || terms.rows.len() < self.limit(*expected))
    }

    fn agg(&self, (group, slot): (usize, usize)) -> Option<Agg> {
        let StateDef::Groups(def) = &self.job.defs.all[self.groups.get(group)?.state] else {
            return None;
        };
        def.slots.get(slot).map(|slot| slot.agg)
    }

    /// How many rows of an aggregate are kept: all of them, or those that are shown.
    fn limit(&self, expected: Option<u64>) -> usize {
        let most = MOST_KEPT.min(MOST_KEPT_IN_ALL / self.groups.len().max(1));
        expected.map(to_usize).filter(|n| *n <= most).map_or(MOST_TERMS, |n| n.max(MOST_TERMS))
    }

    /// The wanted groups by number, with what the run made of them.
    fn filled(&self) -> impl Iterator<Item = (usize, &Wanted, &GroupsDef, Option<Cow<'_, Group>>)> {
        self.groups.iter().enumerate().filter_map(|(n, group)| {
            let of = (&self.job.defs.all[group.state], &self.ran.shared.filled[group.state]);
            let (StateDef::Groups(def), Filled::Groups(filled)) = of else { return None };
            Some((n, group, def, filled.by_key(&group.key)))
        })
    }

    /// How many rows each wanted aggregate has, where the run counted them.
    fn expected(&self) -> Expected {
        let mut all = Expected::new();
        for (n, group, def, filled) in self.filled() {
            for &slot in &group.slots {
                // Rows with a condition of their own were kept: there is nothing to look for.
                if def.slots[slot].residual.is_some() {
                    all.insert((n, slot), (TermRows::default(), Some(0)));
                    continue;
                }
                let counted = !matches!(def.slots[slot].agg, Agg::Any | Agg::All);
                let counts = filled.as_ref().map(|g| g.slots[slot].counts).unwrap_or_default();
                all.insert(
                    (n, slot),
                    (TermRows::default(), counted.then_some(counts.taken + counts.unreadable)),
                );
            }
        }
        all
    }

    /// What the aggregates that single rows decide come to: `min` and `max`, and `any` and `all` where one
    /// row was enough.
    fn results(&self) -> BTreeMap<(usize, usize), Value<'static>> {
        let mut all = BTreeMap::new();
        for (n, group, def, filled) in self.filled() {
            let Some(found) = filled else { continue };
            let decided = group.slots.iter().filter_map(|&slot| {
                let (agg, value) = (def.slots[slot].agg, found.slots[slot].finish());
                let is_one = matches!(agg, Agg::Min | Agg::Max) || decisive(agg, &value).is_some();
                is_one.then(|| ((n, slot), value.into_owned()))
            });
            all.extend(decided);
        }
        all
    }

    fn visit(&self, dicts: &mut Dicts, visit: &mut Visit<'_>, found: &mut Found) {
        decode::columns(&mut visit.batch, &self.needed);
        let misses = RefCell::new(Vec::new());
        for ((state, wanted), dict) in self.states.iter().zip(dicts) {
            let StateDef::Groups(def) = &self.job.defs.all[*state] else { continue };
            if let Some((dict, known)) = dict {
                dict.encode(&visit.batch);
                for code in known.len()..dict.codes_known() {
                    known
                        .push(with_key(&dict.values(to_u32(code)), |key| wanted.get(key).copied()));
                }
            }
            for row in 0..visit.batch.rows {
                let code = dict
                    .as_ref()
                    .map(|(dict, known)| (dict.codes[row], known))
                    .filter(|c| c.0 != OVER);
                let known = code.map(|(code, known)| known[code as usize]);
                if known == Some(None) {
                    continue;
                }
                let id = RowId(visit.head.first.0 + row as u64);
                let units = [UnitRow::Batch(&visit.batch, row)];
                let env = At {
                    shared: &self.ran.shared,
                    units: &units,
                    row: id,
                    window: &[],
                    misses: &misses,
                };
                let group = match known {
                    Some(group) => group,
                    None => {
                        let keys: Vec<Value<'_>> = def.keys.iter().map(|k| eval(k, &env)).collect();
                        // A row without a known key is in no group.
                        let is_known = |k: &Value<'_>| *k == Value::Missing || k.cause().is_none();
                        let known = keys.iter().all(is_known);
                        known.then(|| with_key(&keys, |key| wanted.get(key).copied())).flatten()
                    }
                };
                if let Some(group) = group {
                    self.take(group, def, &env, found, || Kept::of(visit, row));
                }
            }
        }
    }

    fn take(
        &self,
        group: usize,
        def: &GroupsDef,
        env: &At<'_>,
        found: &mut Found,
        keep: impl Fn() -> Option<Kept>,
    ) {
        let passes = |f: &Option<Bound>| chooses(f.as_ref(), env);
        if !passes(&def.filter) {
            return;
        }
        for &slot in &self.groups[group].slots {
            let wanted = &def.slots[slot];
            let gives = |value: &Value<'_>| {
                wanted.args.first().is_some_and(|a| is_same(&argument(a, env), value))
            };
            if wanted.residual.is_some() || !passes(&wanted.filter) {
                continue;
            }
            if slot_values_missing(&wanted.args, env) {
                if wanted.agg == Agg::Sum && takes_cells(wanted) {
                    let terms = found.entry((group, slot)).or_default();
                    terms.blank = terms.blank.take().or_else(|| Some((env.row, keep())));
                }
                continue;
            }
            let gives = match wanted.agg {
                Agg::Last => true,
                _ => self.results.get(&(group, slot)).is_none_or(gives),
            };
            if gives || matches!(wanted.agg, Agg::Min | Agg::Max) {
                let terms = found.entry((group, slot)).or_default();
                terms.count += 1;
                match wanted.agg {
                    Agg::Last => terms.giving = Some((env.row, keep())),
                    Agg::Min | Agg::Max if gives && terms.giving.is_none() => {
                        terms.giving = Some((env.row, keep()));
                    }
                    _ => {}
                }
                let most = self.limits.get(&(group, slot)).copied().unwrap_or(MOST_TERMS);
                if terms.rows.len() < most {
                    terms.rows.push((env.row, keep()));
                }
            }
        }
    }
}

/// The key columns of a state whose groups have texts as keys.
fn text_keys_of(job: &Job<'_>, state: StateId) -> Option<Vec<usize>> {
    match &job.defs.all[state] {
        StateDef::Groups(def) => sums::text_keys(def),
        _ => None,
    }
}

/// How far to look at first, if the rows of the wanted groups stand evenly in the file.
fn first_way(all: &Expected, blocks: usize) -> usize {
    let way = |expected: &Option<u64>| match expected {
        Some(n) if *n > MOST_KEPT as u64 => blocks * MOST_TERMS / to_usize(*n) + 1,
        _ => blocks,
    };
    all.values().map(|t| way(&t.1)).max().unwrap_or(1).max(1)
}

fn slot_values_missing(args: &[Bound], env: &At<'_>) -> bool {
    args.iter().any(|a| matches!(argument(a, env), Value::Missing | Value::NotApplicable))
}
