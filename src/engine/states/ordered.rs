//! Rows in an order that is not that of the file, and what each sees of the others: kept as bytes that
//! sort as their keys do, in temporary files where they do not fit in memory.

use std::io;

use crate::engine::data::memory::{LEAST, Memory};
use crate::engine::states::entries::{ALL_ALIKE, Entries, alike};
use crate::engine::states::pack::{pack_into, unpack};
use crate::engine::states::seen::{WindowValue, plus};
use crate::engine::states::sort_key;
use crate::engine::states::spill::{Spilled, Writer, front};
use crate::expr::bound::WindowDef;
use crate::expr::eval::{Env, eval};
use crate::expr::tree::WindowFunction;
use crate::source::RowId;
use crate::value::{Number, Type, Value, Why};

/// The rows of one definition.
#[derive(Default)]
pub struct Ordered {
    /// Of each row its group and its place in the order, and its value.
    rows: Entries,
    /// Which rows they are: rows that follow each other, and the number of the first.
    runs: Vec<(RowId, u32)>,
    /// Rows of which nobody knows the group.
    open: Vec<(RowId, Why)>,
    seen: Seen,
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

/// What one row sees.
enum Sight<T> {
    Row(T),
    Rank(u64),
    Itself,
    Sum(Value<'static>),
}

impl Ordered {
    /// Keeps a row with its group and value.
    pub fn keep(&mut self, def: &WindowDef, env: &dyn Env, row: RowId) {
        self.key.clear();
        let mut open = None;
        for by in &def.by {
            let by = eval(by, env);
            open = open.max(why_open(&by));
            sort_key::put_group(&by, &mut self.key);
        }
        if let Some(why) = open {
            return self.open.push((row, why));
        }
        let value = eval(&def.value, env);
        self.packed.clear();
        if def.window == WindowFunction::Rank {
            sort_key::put(&value, true, &mut self.key);
            if !sort_key::is_value(&value) {
                pack_into(&value, &mut self.packed);
            }
        } else {
            self.put_order(def, env);
            pack_into(&value, &mut self.packed);
        }
        match self.runs.last() {
            Some((first, from)) if row.0 == first.0 + u64::from(self.rows.len() - from) => {}
            _ => self.runs.push((row, self.rows.len())),
        }
        self.rows.push(&self.key, &self.packed);
    }

    /// Texts by which rows are grouped too are the same in all of a group.
    fn put_order(&mut self, def: &WindowDef, env: &dyn Env) {
        for (order, descending) in &def.order {
            let is_of_group =
                order.ty == Type::Text && def.by.iter().any(|group| group.op == order.op);
            if !is_of_group {
                sort_key::put(&eval(order, env), *descending, &mut self.key);
            }
        }
    }

    /// Takes the rows that later chunks kept.
    pub fn merge(&mut self, later: Ordered) {
        let before = self.rows.len();
        self.runs.extend(later.runs.into_iter().map(|(row, from)| (row, before + from)));
        self.rows.append(later.rows);
        self.open.extend(later.open);
    }

    /// About how many bytes they take, and will take when they are put in order.
    pub fn bytes(&self) -> u64 {
        let seen = match &self.seen {
            Seen::Nothing => self.rows.bytes_to_sort() + 4 * u64::from(self.rows.len()),
            Seen::Rows(seen) | Seen::Ranks(seen) => 4 * seen.len() as u64,
            Seen::Sums(places, sums) => 4 * places.len() as u64 + sums.bytes(),
        };
        self.rows.bytes() + 16 * (self.runs.capacity() + self.open.capacity()) as u64 + seen
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
        let open = open.map(|(row, why)| (row.0, Box::default(), (Value::Unknown(why), None)));
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
        if !self.spilled.is_empty() {
            return self.finish_on_disk(def, memory, share);
        }
        let rows = &self.rows;
        let count = rows.len() as usize;
        let (mut numbers, mut sums) = (vec![0; count], Entries::default());
        let mut walk = Walk::new(def);
        for (n, alike) in rows.sorted(jobs) {
            let sight = walk.step(alike, || rows.key(n), n, || unpack(rows.value(n)))?;
            let Some((n, sight)) = sight else { continue };
            numbers[n as usize] = match sight {
                Sight::Row(other) => other + 1,
                Sight::Rank(rank) => crate::width::to_u32(rank),
                Sight::Itself => 0,
                Sight::Sum(sum) => {
                    pack_into(&sum, &mut self.packed);
                    sums.push(&[], &self.packed);
                    sums.len() - 1
                }
            };
        }
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
        let (mut walk, mut seen, mut bytes) = (Walk::new(def), Vec::new(), 0);
        let (mut reader, mut key, mut last) = (run.read(), Vec::new(), Vec::new());
        while let Some((hash, rest, value)) = reader.entry()? {
            std::mem::swap(&mut key, &mut last);
            key.clear();
            key.extend(hash.to_be_bytes());
            key.extend_from_slice(rest);
            let Some((own, row)) = key.split_last_chunk::<8>() else {
                return Err(io::ErrorKind::InvalidData.into());
            };
            let row = RowId(u64::from_be_bytes(*row));
            let alike = alike(own, &last[..last.len().saturating_sub(8)]);
            if let Some(((row, value), sight)) =
                walk.step(alike, || own, (row, value.to_vec()), || unpack(value))?
            {
                let sight = match sight {
                    Sight::Row((other, value)) => (unpack(&value)?, Some(other)),
                    Sight::Rank(rank) => (Value::number(Number::from(rank)), None),
                    Sight::Itself => (unpack(&value)?, None),
                    Sight::Sum(sum) => (sum, None),
                };
                bytes += crate::engine::states::kept::size(&sight.0) + 64;
                seen.push((row.0, Box::default(), sight));
            }
            reader.advance();
            if bytes > LEAST.max(share) {
                self.by_row.push_hashed::<WindowValue>(std::mem::take(&mut seen), memory)?;
                bytes = 0;
            }
        }
        self.by_row.push_hashed::<WindowValue>(seen, memory)?;
        self.by_row.finish(memory)
    }

    /// What a row sees, and the row that it sees; none where it sees nothing.
    pub fn seen(&self, row: RowId) -> Option<WindowValue> {
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
            return Some((Value::Unknown(self.open[open].1), None));
        };
        let value = |bytes: &[u8]| unpack::<Value<'static>>(bytes).ok();
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
    matches!(by, Value::Unknown(_) | Value::NotApplicable).then(|| by.why())
}

/// Goes through rows in order.
struct Walk<'d, T> {
    def: &'d WindowDef,
    /// How many bytes the group takes at the beginning of a key.
    group: usize,
    /// Whether the rows at hand have no value to be ranked by.
    is_of_no_value: bool,
    /// The row before in the group.
    last: Option<T>,
    /// Rows of the group so far, and the rank of the last.
    rank: (u64, u64),
    sum: Value<'static>,
}

impl<'d, T: Clone> Walk<'d, T> {
    fn new(def: &'d WindowDef) -> Walk<'d, T> {
        let (group, is_of_no_value) = (0, false);
        Walk { def, group, is_of_no_value, last: None, rank: (0, 0), sum: Value::Missing }
    }

    /// Goes on to a row whose key begins with so many bytes as that of the row before: which row sees
    /// what now; no row sees nothing. Keys lie far apart in memory: few are looked at.
    fn step<'k>(
        &mut self,
        alike: usize,
        key: impl FnOnce() -> &'k [u8],
        row: T,
        value: impl FnOnce() -> io::Result<Value<'static>>,
    ) -> io::Result<Option<(T, Sight<T>)>> {
        let is_first = self.last.is_none() || alike < self.group;
        let is_rank = self.def.window == WindowFunction::Rank;
        if is_first || is_rank && alike == self.group {
            let key = key();
            self.group = sort_key::len(self.def.by.len(), key);
            self.is_of_no_value = is_rank && sort_key::is_of_no_value(&key[self.group..], true);
        }
        let before = self.last.replace(row.clone()).filter(|_| !is_first);
        Ok(match self.def.window {
            WindowFunction::Prev => before.map(|before| (row, Sight::Row(before))),
            WindowFunction::Next => before.map(|before| (before, Sight::Row(row))),
            WindowFunction::Rank => Some((row, self.rank(is_first, alike == ALL_ALIKE))),
            WindowFunction::Cumulative => {
                if is_first {
                    self.sum = Value::number(Number::default());
                }
                self.sum = plus(&self.sum, &value()?);
                Some((row, Sight::Sum(self.sum.clone())))
            }
        })
    }

    /// 1 for the greatest; equal values share a rank.
    fn rank(&mut self, is_first: bool, is_equal: bool) -> Sight<T> {
        let (count, rank) = if is_first { (0, 0) } else { self.rank };
        self.rank = (count + 1, if is_equal && !is_first { rank } else { count + 1 });
        if self.is_of_no_value { Sight::Itself } else { Sight::Rank(self.rank.1) }
    }
}
