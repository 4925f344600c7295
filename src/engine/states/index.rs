//! Rows by key, for look-ups and membership.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use serde::{Deserialize, Serialize};

use crate::engine::data::memory::Memory;
use crate::engine::states::Map;
use crate::engine::states::aside::AsideKeys;
use crate::engine::states::kept::size;
use crate::engine::states::spill::{Spill, Spilled, hash};
use crate::engine::states::unknown_keys::{UnknownKeys, UnknownRows};
use crate::expr::bound::IndexDef;
use crate::expr::eval::Env;
use crate::source::RowId;
use crate::value::{Value, Why};

/// A row that can be found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    pub row: RowId,
    /// Whether another row has the same key.
    pub many: bool,
    /// Values of the kept columns, in the order of the definition.
    pub kept: Vec<Value<'static>>,
}

/// The rows of a table by key; in temporary files where they do not fit in memory.
#[derive(Debug, Default)]
pub struct Index {
    map: Map<Box<[u8]>, Entry>,
    key: Vec<u8>,
    names: Names,
    /// About how many bytes the entries take.
    bytes: u64,
    spilled: Spilled<Entry>,
    /// Keys in records that are no rows.
    pub aside: AsideKeys,
    /// Rows of which a part of the key is not known.
    unknown: UnknownKeys,
}

/// Texts of the first keys, for "did you mean".
#[derive(Debug, Default)]
struct Names {
    all: Vec<String>,
    /// Their hashes: a key that comes again in a later chunk is no new name.
    hashes: Vec<u64>,
    known: HashSet<u64>,
    bytes: usize,
    full: bool,
}

/// What stands between the parts of a key in [`Index::names`].
pub const BETWEEN_PARTS: char = '\u{1f}';

const MOST_NAMES: usize = 20_000;
const MOST_NAME_BYTES: usize = 4 << 20;

impl Names {
    fn add(&mut self, hash: u64, name: impl FnOnce() -> String) {
        if self.full || !self.known.insert(hash) {
            return;
        }
        let name = name();
        self.bytes += name.len();
        self.full = self.all.len() == MOST_NAMES || self.bytes > MOST_NAME_BYTES;
        if !self.full {
            self.all.push(name);
            self.hashes.push(hash);
        }
    }
}

impl Index {
    /// Takes one row; one with a missing key cannot be found.
    pub fn take(&mut self, def: &IndexDef, env: &dyn Env, row: RowId) {
        let keys: Vec<Value<'_>> = def.columns.iter().map(|&c| env.cell(0, c, false)).collect();
        if keys.iter().any(|k| k.cause().is_some()) {
            return self.unknown.take(&keys, row);
        }
        crate::engine::states::encode(&keys, &mut self.key);
        if let Some(entry) = self.map.get_mut(&self.key[..]) {
            entry.many = true;
            return;
        }
        let kept =
            def.keep.iter().map(|&(c, ranges)| env.cell(0, c, ranges).into_owned()).collect();
        let entry = Entry { row, many: false, kept };
        self.bytes += weight(&self.key, &entry);
        self.map.insert(self.key.clone().into(), entry);
        if !self.names.full && !keys.is_empty() {
            self.names.add(hash(&self.key), || {
                let parts: Vec<String> = keys.iter().map(Value::to_text).collect();
                parts.join(BETWEEN_PARTS.encode_utf8(&mut [0; 4]))
            });
        }
    }

    /// Takes the rows of later chunks.
    pub fn merge(&mut self, later: Index) {
        self.unknown.merge(later.unknown);
        for (key, mut entry) in later.map {
            let bytes = weight(&key, &entry);
            match self.map.entry(key) {
                hashbrown::hash_map::Entry::Occupied(mut known) => known.get_mut().many = true,
                hashbrown::hash_map::Entry::Vacant(free) => {
                    entry.kept.shrink_to_fit();
                    self.bytes += bytes;
                    free.insert(entry);
                }
            }
        }
        for (name, hash) in later.names.all.into_iter().zip(later.names.hashes) {
            self.names.add(hash, || name);
        }
        self.names.full |= later.names.full;
    }

    /// About how many bytes the entries take.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts what is there on disk.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, memory: &Memory<'_>) -> io::Result<()> {
        self.bytes = 0;
        self.spilled.push(std::mem::take(&mut self.map), memory)
    }

    /// All rows are there.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn finish(&mut self, memory: &Memory<'_>) -> io::Result<()> {
        (self.names.known, self.names.hashes) = (HashSet::new(), Vec::new());
        if !self.is_on_disk() {
            return Ok(());
        }
        self.spill(memory)?;
        self.spilled.finish(memory)
    }

    /// The entry with this key.
    pub fn find(&self, keys: &[Value<'_>]) -> Option<Cow<'_, Entry>> {
        crate::engine::states::with_key(keys, |key| {
            if self.is_on_disk() {
                self.spilled.find(key).map(Cow::Owned)
            } else {
                self.map.get(key).map(Cow::Borrowed)
            }
        })
    }

    /// Whether a value stands in its column.
    ///
    /// # Errors
    /// Why that is not known.
    pub fn holds(&self, value: &Value<'_>) -> Result<bool, Why> {
        let key = std::slice::from_ref(value);
        match self.find(key) {
            Some(_) => Ok(true),
            None => self.doubt(key).map_or(Ok(false), Err),
        }
    }

    /// Why a row may have a key that was not found.
    pub fn doubt(&self, key: &[Value<'_>]) -> Option<Why> {
        let unknown = self.unknown.with(key).map(|rows| rows.why);
        unknown.or_else(|| self.aside.may_hold(key).then_some(Why::SetAside))
    }

    /// The rows that may have a key, of which a part of theirs is not known.
    pub fn unknown_with(&self, key: &[Value<'_>]) -> Option<UnknownRows> {
        self.unknown.with(key)
    }

    /// Texts of the first keys, for "did you mean".
    pub fn names(&self) -> &[String] {
        &self.names.all
    }

    /// Whether these are all keys.
    pub fn has_all_names(&self) -> bool {
        !self.names.full
    }

    /// Whether it is on disk.
    pub fn is_on_disk(&self) -> bool {
        !self.spilled.is_empty()
    }
}

/// About how many bytes an entry takes, while its map grows and when it is sorted.
fn weight(key: &[u8], entry: &Entry) -> u64 {
    (key.len() + 3 * size_of::<(Box<[u8]>, Entry)>() + 32) as u64
        + entry.kept.iter().map(size).sum::<u64>()
}

impl Spill for Entry {
    /// A key that comes again stands for several rows.
    fn join(&mut self, _later: Entry) {
        self.many = true;
    }
}
