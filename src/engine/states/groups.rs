//! Groups of rows with their aggregates.

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};

use crate::engine::data::memory::{LEAST, Memory};
use crate::engine::states::Map;
use crate::engine::states::accumulate::{Accumulator, Blanks};
use crate::engine::states::aside::AsideRows;
use crate::engine::states::kept::{KeptCell, KeptRow, size};
use crate::engine::states::pack::{pack, unpack};
use crate::engine::states::runs::{Runs, part_key, split_part};
use crate::engine::states::spill::{Run, Spill, Spilled, Writer};
use crate::engine::states::values::Values;
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
    /// What each aggregate keeps of all groups, by their places.
    values: Vec<Values>,
    key: Vec<u8>,
    /// About how many bytes the keys take, and what the aggregates keep otherwise.
    bytes: u64,
    /// Groups that were put on disk.
    spilled: Spilled<Group>,
    /// Keys of `count(distinct …)`, and values that are put in order, on disk: by group and slot.
    parts: Spilled<()>,
    /// Rows that aggregates keep, on disk likewise.
    kept: Spilled<()>,
    /// How many values and rows were put on disk.
    written: u64,
    /// Keys of the finished groups on disk, by first row.
    by_row: Spilled<Keys>,
    /// Records that are no rows, and that an `only` may mean.
    pub aside: AsideRows,
}

impl Groups {
    /// No groups yet.
    pub fn new(def: &GroupsDef) -> Groups {
        let empty = def.slots.iter().map(Accumulator::new).collect();
        Groups { empty, values: def.slots.iter().map(Values::of).collect(), ..Groups::default() }
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
        let slots = def.slots.iter().zip(&mut self.values);
        for ((slot, values), acc) in slots.zip(&mut group.slots) {
            let before = acc.bytes;
            feed(slot, (acc, values, to_u32(at)), env, row);
            self.bytes += acc.bytes - before;
        }
    }

    /// Joins a group that was made elsewhere, of other rows; its place among all.
    pub fn join(&mut self, keys: Keys, first: RowId, rows: u64, slots: Vec<Accumulator>) -> u32 {
        crate::engine::states::encode(&keys, &mut self.key);
        let group = Group { keys, first, rows, slots };
        if let Some(&at) = self.map.get(&self.key[..]) {
            let known = &mut self.all[at as usize];
            let before = known.bytes();
            known.join(group);
            self.bytes += known.bytes() - before;
            return at;
        }
        let at = to_u32(self.all.len());
        self.bytes += group.bytes() + 2 * self.key.len() as u64;
        self.map.insert(self.key.clone().into(), at);
        self.all.push(group);
        at
    }

    /// Joins what each aggregate kept of groups that were joined; `places`: their places by the numbers
    /// that they had.
    pub fn join_values(&mut self, later: Vec<Values>, places: &[u32]) {
        for (values, later) in self.values.iter_mut().zip(later) {
            values.append(later, places);
        }
    }

    /// Takes the groups of later rows.
    pub fn merge(&mut self, later: Groups) {
        self.undecided = self.undecided.max(later.undecided);
        self.blanks.add(&later.blanks);
        let join = |group: Group| self.join(group.keys, group.first, group.rows, group.slots);
        let places: Vec<u32> = later.all.into_iter().map(join).collect();
        self.join_values(later.values, &places);
    }

    /// About how many bytes they take.
    pub fn bytes(&self) -> u64 {
        let each = 2 * size_of::<Group>() + 128 + self.empty.len() * size_of::<Accumulator>();
        let values: u64 = self.values.iter().map(Values::bytes).sum();
        self.bytes
            + values
            + self.all.first().map_or(0, |g| g.keys.len() * size_of::<Value<'_>>() + each) as u64
                * self.all.len() as u64
    }

    /// Puts what is there on disk.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, memory: &Memory<'_>, share: u64) -> io::Result<()> {
        let map = std::mem::take(&mut self.map);
        let mut runs = Runs::new(&mut self.kept, memory, share);
        #[expect(clippy::disallowed_methods, reason = "they are sorted before they are written")]
        for (key, at) in map.iter() {
            for (slot, acc) in self.all[*at as usize].slots.iter_mut().enumerate() {
                for row in acc.take_kept() {
                    self.written += 1;
                    runs.add(&[&part_key(key, slot), &self.written.to_be_bytes()], &pack(&row)?)?;
                }
            }
        }
        runs.write()?;
        let mut keys: Vec<&[u8]> = vec![&[]; self.all.len()];
        #[expect(clippy::disallowed_methods, reason = "each by itself")]
        map.iter().for_each(|(key, at)| keys[*at as usize] = key);
        let values = self.values.iter_mut().map(Values::take_all).collect();
        self.spill_values(values, &|group| keys[group as usize].into(), (memory, share))?;
        let groups = map.into_iter().map(|(key, at)| (key, &self.all[at as usize]));
        self.spilled.push(groups, memory)?;
        (self.all, self.bytes) = (Vec::new(), 0);
        Ok(())
    }

    /// Puts on disk what each aggregate kept of groups with these keys.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill_values<'k>(
        &mut self,
        values: Vec<Values>,
        key: &dyn Fn(u32) -> Cow<'k, [u8]>,
        (memory, share): (&Memory<'_>, u64),
    ) -> io::Result<()> {
        let mut runs = Runs::new(&mut self.parts, memory, share);
        for (slot, values) in values.into_iter().enumerate() {
            self.empty[slot].widen(&values);
            values.each(|group, own, value| {
                let of = part_key(&key(group), slot);
                let Some(value) = value else { return runs.add(&[&of, own], &[]) };
                self.written += 1;
                runs.add(&[&of, own, &self.written.to_be_bytes()], value)
            })?;
        }
        runs.write()
    }

    /// Puts the groups in order of first appearance.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn finish(&mut self, memory: &Memory<'_>, (jobs, share): (usize, u64)) -> io::Result<()> {
        if !self.spilled.is_empty() || !self.parts.is_empty() {
            return self.finish_on_disk(memory, share);
        }
        self.settle(jobs);
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
        self.kept.finish(memory)?;
        self.parts.finish(memory)?;
        let parts = std::mem::take(&mut self.parts);
        if let Some(parts) = parts.merged() {
            self.spilled.push_run(self.settled(parts, memory)?, memory)?;
        }
        self.spilled.finish(memory)?;
        let Some(by_key) = self.spilled.merged() else { return Ok(()) };
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let mut reader = by_key.read();
        while let Some((_, _, packed)) = reader.entry()? {
            let group: Group = unpack(packed)?;
            bytes += 48 + group.keys.iter().map(size).sum::<u64>();
            rows.push((group.first.0, Box::default(), group.keys));
            reader.advance();
            if bytes > LEAST.max(share) {
                self.by_row.push_hashed(std::mem::take(&mut rows), memory)?;
                bytes = 0;
            }
        }
        self.by_row.push_hashed(rows, memory)?;
        self.by_row.finish(memory)
    }

    /// Finds once what comes of all values of each group.
    fn settle(&mut self, jobs: usize) {
        let Groups { all, empty, values, .. } = self;
        for (slot, values) in values.iter_mut().enumerate() {
            let with = (all.len(), jobs);
            empty[slot].widen(values);
            values.take_all().settle(
                with,
                |count| empty[slot].search(count),
                |group, value| {
                    all[group as usize].slots[slot].settle_as(value);
                },
            );
        }
    }

    /// Groups with nothing but what came of their keys and values, to be joined to the others.
    fn settled(&self, parts: &Run, memory: &Memory<'_>) -> io::Result<Run> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let mut writer = Writer::new(memory, parts.entries)?;
        let (mut ahead, mut reader) = (parts.read(), parts.read());
        let (mut of, mut at): (Vec<u8>, Option<(u64, Vec<u8>)>) = (Vec::new(), None);
        let mut slots = self.empty.clone();
        while let Some((hash, entry, _)) = reader.entry()? {
            let (key, slot, len) = split_part(entry).ok_or_else(invalid)?;
            of.clear();
            of.extend_from_slice(&entry[..len]);
            if at.as_ref().is_none_or(|at| at.1 != key) {
                let next = (hash, key.to_vec());
                if let Some((hash, key)) = at.replace(next) {
                    let own = std::mem::replace(&mut slots, self.empty.clone());
                    writer.put(hash, &key, &pack(&Group::of_slots(own))?)?;
                }
            }
            let mut count = 0;
            while ahead.entry()?.is_some_and(|(_, entry, _)| entry.starts_with(&of)) {
                count += 1;
                ahead.advance();
            }
            let acc = slots.get_mut(slot).ok_or_else(invalid)?;
            let (mut search, mut last) = (acc.search(count), Vec::new());
            for _ in 0..count {
                let Some((_, entry, value)) = reader.entry()? else { break };
                let own = &entry[len..];
                let (key, met) = own.split_last_chunk::<8>().unwrap_or((own, &[0; 8]));
                search.show(key == last, u64::from_be_bytes(*met), || value.to_vec());
                last.clear();
                last.extend_from_slice(key);
                reader.advance();
            }
            acc.settle_as(search.found());
        }
        if let Some((hash, key)) = at {
            writer.put(hash, &key, &pack(&Group::of_slots(slots))?)?;
        }
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

    /// Calls `each` with the rows that an aggregate of a group keeps.
    pub fn each_kept(&self, group: &Group, slot: usize, mut each: impl FnMut(&KeptRow)) {
        group.slots[slot].kept.iter().for_each(&mut each);
        let Some(run) = self.kept.merged() else { return };
        let mut key = Vec::new();
        crate::engine::states::encode(&group.keys, &mut key);
        run.each_of(&part_key(&key, slot), |row| {
            each(&unpack(row)?);
            Ok(())
        });
    }

    /// What a slot gives for a key that no row has; a part that does not apply is that of no row at all.
    pub fn of_nothing(&self, slot: usize, key: &[Value<'_>]) -> Value<'_> {
        let empty = &self.empty[slot];
        match self.undecided.filter(|_| !key.contains(&Value::NotApplicable)) {
            Some(why) => empty.finish_beside(why),
            None => empty.finish(),
        }
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

impl Group {
    /// What is known of a group's slots alone.
    fn of_slots(slots: Vec<Accumulator>) -> Group {
        Group { keys: Vec::new(), first: RowId(u64::MAX), rows: 0, slots }
    }

    /// About how many bytes its aggregates keep.
    fn bytes(&self) -> u64 {
        self.slots.iter().map(|slot| slot.bytes).sum()
    }
}

/// Gives one row to one aggregate.
fn feed(
    slot: &Slot,
    (acc, values, group): (&mut Accumulator, &mut Values, u32),
    env: &dyn Env,
    row: RowId,
) {
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
        return acc.take(&[argument(arg, env)], (values, group));
    }
    let args: Vec<Value<'_>> = slot.args.iter().map(|a| argument(a, env)).collect();
    match &slot.residual {
        None => acc.take(&args, (values, group)),
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
