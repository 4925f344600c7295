//! Rows in an order that is not that of the file, and what each sees of the others: kept as bytes that
//! sort as their keys do, in temporary files where they do not fit in memory.
//!
//! A row without a place in the order may stand anywhere among the rows that are alike in what is known of its
//! key: in its group, or in its year where only its month is blank. None of these is known to have a neighbour,
//! a rank or a running sum; a row without a known group may be in any. Rows without a place are sorted before
//! the others that they may stand among.

use std::io;

use crate::engine::data::memory::{LEAST, Memory};
use crate::engine::states::entries::{Entries, alike};
use crate::engine::states::pack::{pack_value, unpack_value};
use crate::engine::states::seen::WindowValue;
use crate::engine::states::sort_key;
use crate::engine::states::spill::{Reader, Spilled, Writer, front};
use crate::engine::states::walk::{Sight, Walk, ordered_by};
use crate::expr::bound::WindowDef;
use crate::expr::eval::{Env, eval};
use crate::expr::tree::WindowFunction;
use crate::source::RowId;
use crate::value::{Number, Value, Why};

/// The rows of one definition.
#[derive(Default)]
pub struct Ordered {
    /// Of each row its group and its place in the order, and its value.
    rows: Entries,
    /// Which rows they are: rows that follow each other, and the number of the first.
    runs: Vec<(RowId, u32)>,
    /// Rows that belong to no group.
    open: Vec<(RowId, Why)>,
    /// A row of which nobody knows the group.
    stray: Option<Unplaced>,
    /// Whether a row has no place.
    has_unplaced: bool,
    seen: Seen,
    /// Rows beside one that has no place: their numbers, that of such a row, and why.
    unplaced: Vec<(u32, u32, Why)>,
    /// Rows in order, each with a key of its own.
    spilled: Spilled<()>,
    /// What rows see, once that is on disk.
    by_row: Spilled<WindowValue>,
    key: Vec<u8>,
    packed: Vec<u8>,
}

/// What rows see, by their number.
#[derive(Default)]
enum Seen {
    /// They are not in order yet.
    #[default]
    Nothing,
    /// The number of another row, from 1; 0: none.
    Rows(Vec<u32>),
    /// The rank; 0: it is no value, and is seen itself.
    Ranks(Vec<u32>),
    /// The place of the running sum.
    Sums(Vec<u32>, Entries),
}

/// A row of which nobody knows where it belongs, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unplaced {
    pub why: Why,
    pub row: RowId,
}

impl Unplaced {
    /// Of two the one that weighs more, or else is met first.
    pub fn or(self, other: Unplaced) -> Unplaced {
        let is_mine = (other.why, self.row) < (self.why, other.row);
        if is_mine { self } else { other }
    }

    /// What any row sees of it.
    pub fn seen(self) -> WindowValue {
        (Value::Unknown(self.why.of_row()), Some(self.row))
    }
}

impl Ordered {
    /// Keeps a row with its group and value; `doubt`: why nobody knows whether it is walked at all.
    pub fn keep(&mut self, def: &WindowDef, env: &dyn Env, row: RowId, doubt: Option<Why>) {
        self.key.clear();
        let mut open = None;
        for by in &def.by {
            let by = eval(by, env);
            open = open.max(why_open(&by).map(|why| (why, by == Value::NotApplicable)));
            sort_key::put_group(&by, &mut self.key);
        }
        if let Some((why, is_of_none)) = open {
            let stray = Unplaced { why, row };
            return match is_of_none {
                true => self.open.push((row, why)),
                false => {
                    self.stray =
                        Some(self.stray.map_or(stray, |stray_before| stray_before.or(stray)))
                }
            };
        }
        let value = eval(&def.value, env);
        self.packed.clear();
        let group = self.key.len();
        let is_rank = def.window == WindowFunction::Rank;
        let open = if is_rank {
            let open = value.cause().filter(|_| sort_key::is_open(&value));
            match open {
                Some(why) => sort_key::put_unplaced(why, &mut self.key),
                None => sort_key::put(&value, true, &mut self.key),
            }
            open
        } else {
            self.put_order(def, env)
        };
        if let Some(why) = doubt {
            self.key.truncate(group);
            sort_key::put_unplaced(why.max(open.unwrap_or(why)), &mut self.key);
        }
        self.has_unplaced |= open.or(doubt).is_some();
        if !is_rank || !sort_key::is_value(&value) {
            pack_value(&value, &mut self.packed);
        }
        match self.runs.last() {
            Some((first, from)) if row.0 == first.0 + u64::from(self.rows.len() - from) => {}
            _ => self.runs.push((row, self.rows.len())),
        }
        self.rows.push(&self.key, &self.packed);
    }

    /// Writes where a row stands, as far as that is known; why not all of it is.
    fn put_order(&mut self, def: &WindowDef, env: &dyn Env) -> Option<Why> {
        let group = self.key.len();
        let mut open = None;
        for (order, descending) in ordered_by(def) {
            let value = eval(order, env);
            match (open, value.cause()) {
                (None, None) => sort_key::put(&value, *descending, &mut self.key),
                (before, why) => open = before.max(why),
            }
        }
        match open {
            Some(why) => sort_key::put_unplaced(why, &mut self.key),
            None if self.key.len() == group => sort_key::put_alike(&mut self.key),
            None => {}
        }
        open
    }

    /// Takes the rows that later chunks kept.
    pub fn merge(&mut self, later: Ordered) {
        let before = self.rows.len();
        self.runs.extend(later.runs.into_iter().map(|(row, from)| (row, before + from)));
        self.rows.append(later.rows);
        self.has_unplaced |= later.has_unplaced;
        self.open.extend(later.open);
        self.stray = match (self.stray, later.stray) {
            (Some(mine), Some(other)) => Some(mine.or(other)),
            (mine, other) => mine.or(other),
        };
    }

    /// About how many bytes they take, and will take when they are put in order.
    pub fn bytes(&self) -> u64 {
        let seen = match &self.seen {
            Seen::Nothing => self.rows.bytes_to_sort() + 4 * u64::from(self.rows.len()),
            Seen::Rows(seen) | Seen::Ranks(seen) => 4 * seen.len() as u64,
            Seen::Sums(places, sums) => 4 * places.len() as u64 + sums.bytes(),
        };
        let lists = self.runs.capacity() + self.open.capacity() + self.unplaced.capacity();
        self.rows.bytes() + 16 * lists as u64 + seen
    }

    /// Puts the rows on disk in order.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, memory: &Memory<'_>) -> io::Result<()> {
        if self.rows.is_empty() && self.open.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let runs = std::mem::take(&mut self.runs);
        let mut writer = Writer::new(memory, 0)?;
        let mut key = Vec::new();
        for (n, _) in rows.sorted(1) {
            key.clear();
            key.extend_from_slice(rows.key(n));
            // Every key takes more than the eight bytes that runs are sorted by, and none is there twice.
            key.extend(row_of(&runs, n).0.to_be_bytes());
            let (hash, rest) = front(&key);
            writer.put(hash, rest, rows.value(n))?;
        }
        self.spilled.push_run(writer.finish()?, memory)?;
        if self.open.is_empty() {
            return Ok(());
        }
        let open = std::mem::take(&mut self.open).into_iter();
        let open =
            open.map(|(row, why)| (row.0, Box::default(), (Value::Unknown(why.of_row()), None)));
        self.by_row.push_hashed::<WindowValue>(open.collect(), memory)
    }

    /// All rows are there: each sees what it sees.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn finish(
        &mut self,
        def: &WindowDef,
        memory: &Memory<'_>,
        (jobs, share): (usize, u64),
    ) -> io::Result<()> {
        if self.stray.is_some() {
            *self = Ordered { stray: self.stray, ..Ordered::default() };
            return Ok(());
        }
        if !self.spilled.is_empty() {
            return self.finish_on_disk(def, memory, share);
        }
        let rows = &self.rows;
        let count = rows.len() as usize;
        let (mut numbers, mut sums) = (vec![0; count], Entries::default());
        let (mut walk, mut unplaced) = (Walk::new(def, self.has_unplaced), Vec::new());
        let mut sorted = rows.sorted(jobs).peekable();
        while let Some((n, alike)) = sorted.next() {
            let (after, value) = (sorted.peek().map(|next| next.1), || unpack_value(rows.value(n)));
            let mut see = |n: u32, sight: Sight<u32>| {
                numbers[n as usize] = match sight {
                    Sight::Row(other) => other + 1,
                    Sight::Rank(rank) => crate::width::to_u32(rank),
                    Sight::Itself => 0,
                    Sight::Unplaced(why, other) => {
                        unplaced.push((n, other, why));
                        0
                    }
                    Sight::Sum(sum) => {
                        pack_value(&sum, &mut self.packed);
                        sums.push(&[], &self.packed);
                        sums.len() - 1
                    }
                };
                Ok(())
            };
            walk.step((alike, after), || rows.key(n), n, value, &mut see)?;
        }
        unplaced.sort_unstable_by_key(|unplaced: &(u32, u32, Why)| unplaced.0);
        self.unplaced = unplaced;
        self.seen = match def.window {
            WindowFunction::Prev | WindowFunction::Next => Seen::Rows(numbers),
            WindowFunction::Rank => Seen::Ranks(numbers),
            WindowFunction::Cumulative => Seen::Sums(numbers, sums),
        };
        self.rows.drop_keys();
        Ok(())
    }

    fn finish_on_disk(
        &mut self,
        def: &WindowDef,
        memory: &Memory<'_>,
        share: u64,
    ) -> io::Result<()> {
        self.spill(memory)?;
        self.spilled.finish(memory)?;
        let spilled = std::mem::take(&mut self.spilled);
        let Some(run) = spilled.merged() else { return Ok(()) };
        let mut walk = Walk::new(def, self.has_unplaced);
        let (mut reader, mut seen, mut bytes) = (run.read(), Vec::new(), 0);
        let (mut at_hand, mut before) = (take(&mut reader)?, 0);
        while let Some((key, row, value)) = at_hand {
            let next = take(&mut reader)?;
            let after = next.as_ref().map(|next| alike(&next.0, &key));
            let own = value.clone();
            let mut see = |(row, value): Kept, sight: Sight<Kept>| {
                let sight = match sight {
                    Sight::Row((other, value)) => (unpack_value(&value)?, Some(other)),
                    Sight::Rank(rank) => (Value::number(Number::from(rank)), None),
                    Sight::Itself => (unpack_value(&value)?, None),
                    Sight::Sum(sum) => (sum, None),
                    Sight::Unplaced(why, (row, _)) => Unplaced { why, row }.seen(),
                };
                bytes += crate::engine::states::kept::size(&sight.0) + 64;
                seen.push((row.0, Box::default(), sight));
                Ok(())
            };
            walk.step((before, after), || &key, (row, value), || unpack_value(&own), &mut see)?;
            if bytes > LEAST.max(share) {
                self.by_row.push_hashed::<WindowValue>(std::mem::take(&mut seen), memory)?;
                bytes = 0;
            }
            (at_hand, before) = (next, after.unwrap_or(0));
        }
        self.by_row.push_hashed::<WindowValue>(seen, memory)?;
        self.by_row.finish(memory)
    }

    /// What a row sees, and the row that it sees; none where it sees nothing.
    pub fn seen(&self, row: RowId) -> Option<WindowValue> {
        if let Some(stray) = self.stray {
            return Some(stray.seen());
        }
        if !self.by_row.is_empty() {
            return self.by_row.find_hashed(row.0, &[]);
        }
        let of_run = |at: usize| {
            let (first, from) = self.runs[at];
            let n = u64::from(from) + (row.0 - first.0);
            let end = self.runs.get(at + 1).map_or(self.rows.len(), |next| next.1);
            u32::try_from(n).ok().filter(|n| *n < end)
        };
        let run = self.runs.partition_point(|run| run.0 <= row).checked_sub(1);
        let Some(n) = run.and_then(of_run) else {
            let open = self.open.binary_search_by_key(&row, |open| open.0).ok()?;
            return Some((Value::Unknown(self.open[open].1.of_row()), None));
        };
        if let Ok(at) = self.unplaced.binary_search_by_key(&n, |unplaced| unplaced.0) {
            let (_, other, why) = self.unplaced[at];
            return Some(Unplaced { why, row: row_of(&self.runs, other) }.seen());
        }
        let value = |bytes: &[u8]| unpack_value(bytes).ok();
        match &self.seen {
            Seen::Nothing => None,
            Seen::Rows(seen) => {
                let other = seen.get(n as usize)?.checked_sub(1)?;
                Some((value(self.rows.value(other))?, Some(row_of(&self.runs, other))))
            }
            Seen::Ranks(ranks) => Some(match ranks.get(n as usize)? {
                0 => (value(self.rows.value(n))?, None),
                rank => (Value::number(Number::from(*rank)), None),
            }),
            Seen::Sums(places, sums) => Some((value(sums.value(*places.get(n as usize)?))?, None)),
        }
    }
}

/// The row of a number.
fn row_of(runs: &[(RowId, u32)], n: u32) -> RowId {
    let run = runs.partition_point(|run| run.1 <= n).checked_sub(1).and_then(|at| runs.get(at));
    run.map_or(RowId(0), |(first, from)| RowId(first.0 + u64::from(n - from)))
}

/// Why nobody knows the group of a row with such a value.
pub fn why_open(by: &Value<'_>) -> Option<Why> {
    by.cause().filter(|_| *by != Value::Missing)
}

/// A row that is put in order from disk, and its value.
type Kept = (RowId, Vec<u8>);

/// The next row of a run in order: its key, which row it is, and its value.
fn take(reader: &mut Reader<'_>) -> io::Result<Option<(Vec<u8>, RowId, Vec<u8>)>> {
    let Some((hash, rest, value)) = reader.entry()? else { return Ok(None) };
    let mut key = hash.to_be_bytes().to_vec();
    key.extend_from_slice(rest);
    let Some((own, row)) = key.split_last_chunk::<8>() else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let (len, row) = (own.len(), RowId(u64::from_be_bytes(*row)));
    key.truncate(len);
    let taken = (key, row, value.to_vec());
    reader.advance();
    Ok(Some(taken))
}
