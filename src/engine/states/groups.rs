//! Groups of rows with their aggregates.

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};

use crate::engine::data::memory::{LEAST, Memory};
use crate::engine::states::Map;
use crate::engine::states::accumulate::{Accumulator, Blanks, KeptCell, KeptRow, size};
use crate::engine::states::aside::AsideRows;
use crate::engine::states::spill::{Run, Spill, Spilled, Writer, hash, pack, unpack};
use crate::expr::bound::{GroupsDef, Slot};
use crate::expr::choose::{argument, choose};
use crate::expr::eval::{Env, eval};
use crate::source::RowId;
use crate::value::{Value, Why};
use crate::width::{to_u32, to_usize};

/// The keys of a group.
pub type Keys = Vec<Value<'static>>;

/// One group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Group {
    pub keys: Keys,
    /// Its first row.
    pub first: RowId,
    /// Rows in it.
    pub rows: u64,
    pub slots: Vec<Accumulator>,
}

/// All groups of one definition, in order of first appearance; by key in temporary files where they
/// do not fit in memory.
#[derive(Debug, Default)]
pub struct Groups {
    map: Map<Box<[u8]>, u32>,
    all: Vec<Group>,
    /// Why nobody knows of some rows whether they belong to a group, or to which.
    pub undecided: Option<Why>,
    /// Rows that the filter chose, or did not, because a value is missing.
    pub blanks: Blanks,
    empty: Vec<Accumulator>,
    key: Vec<u8>,
    /// About how many bytes the keys take, and what the aggregates keep.
    bytes: u64,
    /// Groups that were put on disk.
    spilled: Spilled<Group>,
    /// Keys of `count(distinct …)` that were put on disk.
    distinct: Spilled<()>,
    /// Keys of the finished groups on disk, by first row.
    by_row: Spilled<Keys>,
    /// Records that are no rows, and that an `only` may mean.
    pub aside: AsideRows,
}

impl Groups {
    /// No groups yet.
    pub fn new(def: &GroupsDef) -> Groups {
        Groups { empty: def.slots.iter().map(Accumulator::new).collect(), ..Groups::default() }
    }

    /// Notes why a row cannot be put into a group.
    pub fn open(&mut self, why: Why) {
        self.undecided = self.undecided.max(Some(why));
    }

    /// Takes one row.
    pub fn take(&mut self, def: &GroupsDef, env: &dyn Env, row: RowId) {
        if let Some(filter) = &def.filter {
            let choice = choose(filter, env);
            self.blanks.count(choice);
            match choice.chosen {
                Ok(true) => {}
                Ok(false) => return,
                Err(why) => return self.open(why),
            }
        }
        let keys: Vec<Value<'_>> = def.keys.iter().map(|k| eval(k, env)).collect();
        let open = keys.iter().filter(|k| **k != Value::Missing).filter_map(Value::cause).max();
        if let Some(why) = open {
            // A row that no aggregate would take leaves nothing open.
            let may_be_taken = |slot: &Slot| {
                let own = slot.filter.as_ref().map(|f| choose(f, env).chosen);
                own != Some(Ok(false))
            };
            if def.slots.is_empty() || def.slots.iter().any(may_be_taken) {
                self.open(why);
            }
            return;
        }
        crate::engine::states::encode(&keys, &mut self.key);
        let at = match self.map.get(&self.key[..]) {
            Some(at) => *at as usize,
            None => {
                let at = self.all.len();
                self.map.insert(self.key.clone().into(), to_u32(at));
                self.bytes += 2 * self.key.len() as u64;
                let keys = keys.into_iter().map(Value::into_owned).collect();
                self.all.push(Group { keys, first: row, rows: 0, slots: self.empty.clone() });
                at
            }
        };
        let group = &mut self.all[at];
        group.rows += 1;
        for (slot, acc) in def.slots.iter().zip(&mut group.slots) {
            let before = acc.bytes;
            feed(slot, acc, env, row);
            self.bytes += acc.bytes - before;
        }
    }

    /// Joins a group that was made elsewhere; none of its rows is in here.
    pub fn join(&mut self, keys: Keys, first: RowId, rows: u64, slots: Vec<Accumulator>) {
        crate::engine::states::encode(&keys, &mut self.key);
        self.bytes += slots.iter().map(|s| s.bytes).sum::<u64>();
        let group = Group { keys, first, rows, slots };
        match self.map.get(&self.key[..]) {
            Some(at) => self.all[*at as usize].join(group),
            None => {
                self.map.insert(self.key.clone().into(), to_u32(self.all.len()));
                self.bytes += 2 * self.key.len() as u64;
                self.all.push(group);
            }
        }
    }

    /// Takes the groups of later rows.
    pub fn merge(&mut self, later: Groups) {
        self.undecided = self.undecided.max(later.undecided);
        self.blanks.add(&later.blanks);
        for group in later.all {
            self.join(group.keys, group.first, group.rows, group.slots);
        }
    }

    /// About how many bytes they take.
    pub fn bytes(&self) -> u64 {
        let each = 2 * size_of::<Group>() + 128 + self.empty.len() * size_of::<Accumulator>();
        self.bytes
            + self.all.first().map_or(0, |g| g.keys.len() * size_of::<Value<'_>>() + each) as u64
                * self.all.len() as u64
    }

    /// Puts what is there on disk.
    ///
    /// # Errors
    /// Where a temporary file fails, or one group alone takes more than `share` bytes.
    pub fn spill(&mut self, memory: &Memory<'_>, share: u64) -> io::Result<()> {
        let map = std::mem::take(&mut self.map);
        let mut distinct = Vec::new();
        #[expect(clippy::disallowed_methods, reason = "they are sorted before they are written")]
        for (key, &at) in map.iter() {
            let group = &mut self.all[at as usize];
            for (n, slot) in group.slots.iter_mut().enumerate() {
                let values = slot.take_distinct().into_iter();
                distinct.extend(values.map(|v| (hash(key), distinct_key(key, n, &v), ())));
            }
            if group.slots.iter().map(|s| s.bytes).sum::<u64>() > share.max(LEAST) {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
        }
        let groups = map.into_iter().map(|(key, at)| (key, &self.all[at as usize]));
        self.spilled.push(groups, memory)?;
        self.all.clear();
        self.bytes = 0;
        if distinct.is_empty() { Ok(()) } else { self.distinct.push_hashed(distinct, memory) }
    }

    /// Puts the groups in order of first appearance.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn finish(&mut self, memory: &Memory<'_>, share: u64) -> io::Result<()> {
        if !self.spilled.is_empty() {
            return self.finish_on_disk(memory, share);
        }
        if self.all.is_sorted_by_key(|g| g.first) {
            return Ok(());
        }
        let mut order: Vec<u32> = (0..to_u32(self.all.len())).collect();
        order.sort_by_key(|&at| self.all[at as usize].first);
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| places[*old as usize] = to_u32(new));
        #[expect(clippy::disallowed_methods, reason = "each by itself")]
        self.map.values_mut().for_each(|at| *at = places[*at as usize]);
        self.all.sort_by_key(|g| g.first);
        Ok(())
    }

    fn finish_on_disk(&mut self, memory: &Memory<'_>, share: u64) -> io::Result<()> {
        self.spill(memory, share)?;
        (self.map, self.all) = (Map::default(), Vec::new());
        self.distinct.finish(memory)?;
        if let Some(distinct) = self.distinct.merged() {
            self.spilled.push_run(self.count_distinct(distinct, memory)?, memory)?;
        }
        self.distinct = Spilled::default();
        self.spilled.finish(memory)?;
        let Some(by_key) = self.spilled.merged() else { return Ok(()) };
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let mut reader = by_key.read();
        while let Some((_, _, packed)) = reader.entry()? {
            let group: Group = unpack(packed)?;
            bytes += 48 + group.keys.iter().map(size).sum::<u64>();
            rows.push((group.first.0, Box::default(), group.keys));
            reader.advance();
            if bytes > share {
                self.by_row.push_hashed(std::mem::take(&mut rows), memory)?;
                bytes = 0;
            }
        }
        self.by_row.push_hashed(rows, memory)?;
        self.by_row.finish(memory)
    }

    /// Groups with nothing but counts of distinct keys, to be joined to the others.
    fn count_distinct(&self, distinct: &Run, memory: &Memory<'_>) -> io::Result<Run> {
        let mut writer = Writer::new(memory, distinct.entries)?;
        let mut counted: Option<(u64, Vec<u8>, Vec<u64>)> = None;
        let mut put = |counted: Option<(u64, Vec<u8>, Vec<u64>)>| {
            let Some((hash, key, counts)) = counted else { return Ok(()) };
            let mut slots = self.empty.clone();
            slots
                .iter_mut()
                .zip(counts)
                .filter(|c| c.1 > 0)
                .for_each(|(slot, n)| slot.put_distinct(n));
            writer.put(
                hash,
                &key,
                &pack(&Group { keys: Vec::new(), first: RowId(u64::MAX), rows: 0, slots })?,
            )
        };
        let mut reader = distinct.read();
        while let Some((hash, entry, _)) = reader.entry()? {
            let Some((key, slot)) = split_distinct(entry) else {
                return Err(io::ErrorKind::InvalidData.into());
            };
            if counted.as_ref().is_none_or(|c| c.1 != key) {
                put(counted.replace((hash, key.to_vec(), vec![0; self.empty.len()])))?;
            }
            if let Some((_, _, counts)) = &mut counted {
                counts[slot] += 1;
            }
            reader.advance();
        }
        put(counted)?;
        writer.finish()
    }

    /// How many groups there are.
    pub fn len(&self) -> u64 {
        if self.is_on_disk() { self.by_row.len() } else { self.all.len() as u64 }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they are on disk.
    pub fn is_on_disk(&self) -> bool {
        !self.by_row.is_empty()
    }

    /// The group at a place, in order of first appearance: its name, and the place of the next.
    /// Places start with 0.
    pub fn at(&self, place: u64) -> Option<(RowId, u64)> {
        match self.by_row.merged() {
            Some(by_row) => by_row.hash_at(place).map(|(row, next)| (RowId(row), next)),
            None => (place < self.all.len() as u64).then_some((RowId(place), place + 1)),
        }
    }

    /// The group of this name.
    pub fn named(&self, name: RowId) -> Option<Cow<'_, Group>> {
        if self.is_on_disk() {
            self.find(&self.by_row.find_hashed(name.0, &[])?)
        } else {
            self.all.get(to_usize(name.0)).map(Cow::Borrowed)
        }
    }

    /// The group whose key is encoded so.
    pub fn by_key(&self, key: &[u8]) -> Option<Cow<'_, Group>> {
        if self.is_on_disk() {
            self.spilled.find(key).map(Cow::Owned)
        } else {
            self.map.get(key).map(|at| Cow::Borrowed(&self.all[*at as usize]))
        }
    }

    /// The group with these keys.
    pub fn find(&self, keys: &[Value<'_>]) -> Option<Cow<'_, Group>> {
        crate::engine::states::with_key(keys, |key| self.by_key(key))
    }

    /// What a slot gives over no rows.
    pub fn of_nothing(&self, slot: usize) -> Value<'_> {
        self.undecided.map_or_else(|| self.empty[slot].finish(), Value::Unknown)
    }
}

impl Spill for Group {
    /// Takes what the same group came to elsewhere.
    fn join(&mut self, other: Group) {
        self.first = self.first.min(other.first);
        self.rows += other.rows;
        self.slots.iter_mut().zip(other.slots).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

impl Spill for Keys {
    /// A row is the first of one group only.
    fn join(&mut self, _later: Self) {}
}

/// A distinct key of a slot of a group as bytes that sort by group and slot.
fn distinct_key(group: &[u8], slot: usize, value: &[u8]) -> Box<[u8]> {
    [&to_u32(group.len()).to_be_bytes(), group, &to_u32(slot).to_be_bytes(), value].concat().into()
}

/// The key of the group, and the slot.
fn split_distinct(entry: &[u8]) -> Option<(&[u8], usize)> {
    let (len, rest) = entry.split_first_chunk::<4>()?;
    let (group, rest) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
    Some((group, u32::from_be_bytes(*rest.first_chunk()?) as usize))
}

/// Gives one row to one aggregate.
fn feed(slot: &Slot, acc: &mut Accumulator, env: &dyn Env, row: RowId) {
    let mut open = None;
    if let Some(filter) = &slot.filter {
        let choice = choose(filter, env);
        acc.counts.blanks.count(choice);
        match choice.chosen {
            Ok(true) => {}
            Ok(false) => {
                if slot.args.iter().any(|a| matches!(argument(a, env), Value::Unknown(_))) {
                    acc.counts.left_out += 1;
                }
                return;
            }
            // What also depends on outer rows may be false all the same.
            Err(why) if slot.residual.is_some() => open = Some(why),
            Err(why) => return acc.counts.open(why),
        }
    }
    if let ([arg], None) = (&slot.args[..], &slot.residual) {
        return acc.take(&[argument(arg, env)]);
    }
    let args: Vec<Value<'_>> = slot.args.iter().map(|a| argument(a, env)).collect();
    match &slot.residual {
        None => acc.take(&args),
        Some(residual) => acc.keep(KeptRow {
            row,
            open,
            cells: residual
                .columns
                .iter()
                .map(|&c| {
                    KeptCell::new(
                        c,
                        env.cell(0, c, false).into_owned(),
                        env.cell(0, c, true).into_owned(),
                    )
                })
                .collect(),
            args: args.into_iter().map(Value::into_owned).collect(),
        }),
    }
}
