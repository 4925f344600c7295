//! Entries by key in temporary files: runs that were sorted in memory, and are merged into one.
//!
//! An entry is a hash, the bytes of its key, and a packed value. A run is sorted by hash and key.
//! Where each page of a run starts is kept in memory, so that a key is found with one read.
//! [`Spilled`] is what a state keeps of its entries beyond its share of memory.

use std::borrow::Borrow;
use std::hash::BuildHasher;
use std::io;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::data::memory::{Failure, Memory};
use crate::engine::states::pack::{pack, unpack};
use crate::source::ScratchFile;
use crate::width::{to_u32, to_usize};

/// Bytes of a page; an entry that is longer has one of its own.
const PAGE: usize = 4 << 10;
/// Pages of a run that are kept in memory.
const CACHED: usize = 128;
/// Bytes that are written or read in order at once.
const CHUNK: usize = 64 << 10;
/// Runs of one level; they become one of the next.
const WIDTH: usize = 16;
/// Bytes before the key: hash, length of the key, length of the value.
const HEAD: usize = 16;

/// The hash that entries of a key are sorted by.
pub fn hash(key: &[u8]) -> u64 {
    foldhash::quality::FixedState::with_seed(0x0f11e).hash_one(key)
}

/// A value that a state can put on disk by its key.
pub trait Spill: Serialize + DeserializeOwned {
    /// Joins what the same key came to in later rows.
    fn join(&mut self, later: Self);
}

/// A key that stands alone.
impl Spill for () {
    fn join(&mut self, (): ()) {}
}

/// The entries of a state that were put on disk: runs while the state is filled, the earliest first,
/// then one run. Runs of a level are merged where there are many.
#[derive(Debug)]
pub struct Spilled<V> {
    runs: Vec<(u32, Run)>,
    value: PhantomData<fn() -> V>,
}

impl<V> Default for Spilled<V> {
    fn default() -> Self {
        Spilled { runs: Vec::new(), value: PhantomData }
    }
}

impl<V: Spill> Spilled<V> {
    /// Whether nothing was put on disk.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// How many entries there are; once they are merged, how many keys.
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|(_, run)| run.entries).sum()
    }

    /// Puts entries with different keys on disk, under the hashes of their keys.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn push<T: Borrow<V>>(
        &mut self,
        entries: impl IntoIterator<Item = (Box<[u8]>, T)>,
        memory: &Memory<'_>,
    ) -> io::Result<()> {
        let hashed = |(key, value): (Box<[u8]>, T)| (hash(&key), key, value);
        self.push_hashed(entries.into_iter().map(hashed).collect(), memory)
    }

    /// Puts entries on disk that are sorted by other hashes than those of their keys.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn push_hashed<T: Borrow<V>>(
        &mut self,
        mut entries: Vec<(u64, Box<[u8]>, T)>,
        memory: &Memory<'_>,
    ) -> io::Result<()> {
        entries.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut writer = Writer::new(memory, entries.len() as u64)?;
        for (hash, key, value) in &entries {
            writer.put(*hash, key, &pack(value.borrow())?)?;
        }
        self.push_run(writer.finish()?, memory)
    }

    /// Adds a run that is later than all.
    ///
    /// # Errors
    /// Where merging fails.
    pub fn push_run(&mut self, run: Run, memory: &Memory<'_>) -> io::Result<()> {
        self.runs.push((0, run));
        while let Some(&(level, _)) = self.runs.last()
            && self.runs.iter().rev().take_while(|r| r.0 == level).count() >= WIDTH
        {
            let runs = self.runs.split_off(self.runs.len() - WIDTH);
            self.runs.push((level + 1, merge::<V>(&runs, memory)?));
        }
        Ok(())
    }

    /// Merges all into one run.
    ///
    /// # Errors
    /// Where merging fails.
    pub fn finish(&mut self, memory: &Memory<'_>) -> io::Result<()> {
        if self.runs.len() > 1 {
            self.runs = vec![(0, merge::<V>(&self.runs, memory)?)];
        }
        Ok(())
    }

    /// The one run of all entries, once they are merged; none if there is none.
    pub fn merged(&self) -> Option<&Run> {
        self.runs.first().map(|(_, run)| run)
    }

    /// The value of a key in the latest run that has it.
    pub fn find(&self, key: &[u8]) -> Option<V> {
        self.find_hashed(hash(key), key)
    }

    /// The value of a key that was put on disk under another hash than its own.
    pub fn find_hashed(&self, hash: u64, key: &[u8]) -> Option<V> {
        self.runs.iter().rev().find_map(|(_, run)| run.find(hash, key, |value| unpack(value).ok()))
    }
}

/// A page, and its number.
type Page = Option<(usize, Arc<[u8]>)>;

/// A sorted run.
pub struct Run {
    file: Box<dyn ScratchFile>,
    /// The hash of the first entry of each page, and where it starts.
    page_index: Vec<(u64, u64)>,
    cache: Vec<Mutex<Page>>,
    filter: Filter,
    /// How many entries there are.
    pub entries: u64,
    failure: Failure,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("entries", &self.entries).finish_non_exhaustive()
    }
}

/// Says of most keys that are not in a run that they are not, with a byte a key (Bloom, Space/Time
/// Trade-offs in Hash Coding with Allowable Errors); says nothing where that is too much.
#[derive(Debug, Default)]
struct Filter {
    bits: Vec<u64>,
}

impl Filter {
    fn new(entries: u64, memory: &Memory<'_>) -> Filter {
        let fits = memory.share(16).is_some_and(|share| entries <= share);
        Filter {
            bits: if fits {
                vec![0; to_usize((entries / 8).next_power_of_two())]
            } else {
                Vec::new()
            },
        }
    }

    /// Four bits of the hash's word.
    fn word(&self, hash: u64) -> (usize, u64) {
        let spread = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bits = (0..4).fold(0, |bits, n| bits | 1 << (spread >> (40 + 6 * n) & 63));
        (to_usize(spread) & self.bits.len().wrapping_sub(1), bits)
    }

    fn add(&mut self, hash: u64) {
        let (at, bits) = self.word(hash);
        if let Some(word) = self.bits.get_mut(at) {
            *word |= bits;
        }
    }

    fn may_hold(&self, hash: u64) -> bool {
        let (at, bits) = self.word(hash);
        self.bits.get(at).is_none_or(|word| word & bits == bits)
    }
}

/// A run that is being written; entries come sorted.
pub struct Writer<'w> {
    memory: &'w Memory<'w>,
    file: Box<dyn ScratchFile>,
    buffer: Vec<u8>,
    written: u64,
    page_index: Vec<(u64, u64)>,
    filter: Filter,
    entries: u64,
}

impl<'w> Writer<'w> {
    /// An empty run; no more than so many entries will come.
    ///
    /// # Errors
    /// Where no temporary file can be made.
    pub fn new(memory: &'w Memory<'w>, entries: u64) -> io::Result<Writer<'w>> {
        let filter = Filter::new(entries, memory);
        Ok(Writer {
            memory,
            file: memory.file()?,
            buffer: Vec::with_capacity(CHUNK),
            written: 0,
            page_index: Vec::new(),
            filter,
            entries: 0,
        })
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn put(&mut self, hash: u64, key: &[u8], value: &[u8]) -> io::Result<()> {
        let at = self.written + self.buffer.len() as u64;
        if self.page_index.last().is_none_or(|f| at - f.1 >= PAGE as u64) {
            self.page_index.push((hash, at));
        }
        self.buffer.extend_from_slice(&hash.to_le_bytes());
        self.buffer.extend_from_slice(&to_u32(key.len()).to_le_bytes());
        self.buffer.extend_from_slice(&to_u32(value.len()).to_le_bytes());
        self.buffer.extend_from_slice(key);
        self.buffer.extend_from_slice(value);
        self.filter.add(hash);
        self.entries += 1;
        if self.buffer.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.append(&self.buffer)?;
        self.memory.wrote(self.buffer.len() as u64);
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Writes what is left and makes the run readable.
    ///
    /// # Errors
    /// Where its end cannot be written.
    pub fn finish(mut self) -> io::Result<Run> {
        self.flush()?;
        let cache = (0..CACHED.min(self.page_index.len())).map(|_| Mutex::new(None)).collect();
        Ok(Run {
            file: self.file,
            page_index: self.page_index,
            cache,
            filter: self.filter,
            entries: self.entries,
            failure: self.memory.failure().clone(),
        })
    }
}

/// Hash, key and value of the entry at the start of `bytes`, and its length.
fn entry(bytes: &[u8]) -> Option<(u64, &[u8], &[u8], usize)> {
    let (hash, rest) = bytes.split_first_chunk::<8>()?;
    let (key, rest) = rest.split_first_chunk::<4>()?;
    let (value, rest) = rest.split_first_chunk::<4>()?;
    let (key, value) = (u32::from_le_bytes(*key) as usize, u32::from_le_bytes(*value) as usize);
    Some((
        u64::from_le_bytes(*hash),
        rest.get(..key)?,
        rest.get(key..key + value)?,
        HEAD + key + value,
    ))
}

impl Run {
    /// What `read` makes of the value of a key. A failure to read is noted, and nothing is found.
    pub fn find<T>(
        &self,
        hash: u64,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        if !self.filter.may_hold(hash) {
            return None;
        }
        // Entries with this hash may start on the page before.
        let mut number = self.page_index.partition_point(|f| f.0 < hash).saturating_sub(1);
        while self.page_index.get(number).is_some_and(|f| f.0 <= hash) {
            let page = self.page(number)?;
            let mut bytes = &page[..];
            while let Some((h, k, value, len)) = entry(bytes) {
                if h == hash && k == key {
                    return read(value);
                }
                if h > hash {
                    return None;
                }
                bytes = &bytes[len..];
            }
            number += 1;
        }
        None
    }

    /// Calls `each` with the values of the keys that begin so, in a run that is sorted by their [`front`].
    /// A failure is noted, and ends it.
    pub fn each_of(&self, beginning: &[u8], mut each: impl FnMut(&[u8]) -> io::Result<()>) {
        let (hash, rest) = front(beginning);
        let page = self.page_index.partition_point(|f| f.0 < hash).saturating_sub(1);
        let at = self.page_index.get(page).map_or(0, |f| f.1);
        let mut reader = Reader { at, ..self.read() };
        let mut read = || {
            while let Some((own, key, value)) = reader.entry()? {
                if (own, key) >= (hash, rest) {
                    if own > hash || !key.starts_with(rest) {
                        break;
                    }
                    each(value)?;
                }
                reader.advance();
            }
            Ok(())
        };
        if let Err(error) = read() {
            let _ = self.failure.set(error);
        }
    }

    /// The hash of the entry that starts at an offset, and where the next one starts.
    pub fn hash_at(&self, at: u64) -> Option<(u64, u64)> {
        let number = self.page_index.partition_point(|f| f.1 <= at).checked_sub(1)?;
        let page = self.page(number)?;
        let (hash, _, _, len) = entry(page.get(to_usize(at - self.page_index[number].1)..)?)?;
        Some((hash, at + len as u64))
    }

    fn page(&self, number: usize) -> Option<Arc<[u8]>> {
        let slot = &self.cache[number % self.cache.len()];
        let held = || slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((n, page)) = &*held()
            && *n == number
        {
            return Some(page.clone());
        }
        let from = self.page_index[number].1;
        let to = self.page_index.get(number + 1).map_or(self.file.len(), |f| f.1);
        let mut page = vec![0; to_usize(to - from)];
        if let Err(e) = fill(&*self.file, from, &mut page) {
            let _ = self.failure.set(e);
            return None;
        }
        let page: Arc<[u8]> = page.into();
        *held() = Some((number, page.clone()));
        Some(page)
    }

    /// All entries in order.
    pub fn read(&self) -> Reader<'_> {
        Reader { run: self, at: 0, buffer: Vec::new(), from: 0 }
    }
}

/// The entries of a run in order.
pub struct Reader<'r> {
    run: &'r Run,
    /// Where the bytes behind the buffer start in the file.
    at: u64,
    buffer: Vec<u8>,
    from: usize,
}

impl Reader<'_> {
    /// The entry at hand; none behind the last.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn entry(&mut self) -> io::Result<Option<(u64, &[u8], &[u8])>> {
        while entry(&self.buffer[self.from..]).is_none() {
            let left = self.run.file.len() - self.at;
            if left == 0 {
                return Ok(None);
            }
            self.buffer.drain(..self.from);
            self.from = 0;
            let (start, more) = (self.buffer.len(), to_usize(left.min(CHUNK as u64)));
            self.buffer.resize(start + more, 0);
            fill(&*self.run.file, self.at, &mut self.buffer[start..])?;
            self.at += more as u64;
        }
        Ok(entry(&self.buffer[self.from..]).map(|(hash, key, value, _)| (hash, key, value)))
    }

    /// Goes on to the next entry.
    pub fn advance(&mut self) {
        self.from += entry(&self.buffer[self.from..]).map_or(0, |e| e.3);
    }
}

/// The first eight bytes of a key, in the place of a hash, and the others: a run of such keys is in
/// their order.
pub fn front(key: &[u8]) -> (u64, &[u8]) {
    key.split_first_chunk::<8>()
        .map_or((0, key), |(front, rest)| (u64::from_be_bytes(*front), rest))
}

/// Merges runs, the earliest first.
fn merge<V: Spill>(runs: &[(u32, Run)], memory: &Memory<'_>) -> io::Result<Run> {
    let mut writer = Writer::new(memory, runs.iter().map(|(_, run)| run.entries).sum())?;
    let mut readers: Vec<Reader<'_>> = runs.iter().map(|(_, run)| run.read()).collect();
    let (mut key, mut value) = (Vec::new(), Vec::new());
    loop {
        let mut least: Option<u64> = None;
        for reader in &mut readers {
            if let Some((h, k, _)) = reader.entry()?
                && least.is_none_or(|l| (h, k) < (l, &key[..]))
            {
                least = Some(h);
                key.clear();
                key.extend_from_slice(k);
            }
        }
        let Some(hash) = least else { return writer.finish() };
        let mut first = true;
        for reader in &mut readers {
            while let Some((h, k, packed)) = reader.entry()?
                && h == hash
                && k == key
            {
                if first {
                    value.clear();
                    value.extend_from_slice(packed);
                    first = false;
                } else {
                    let mut earlier: V = unpack(&value)?;
                    earlier.join(unpack(packed)?);
                    value = pack(&earlier)?;
                }
                reader.advance();
            }
        }
        writer.put(hash, &key, &value)?;
    }
}

/// Reads as many bytes as `buffer` holds.
///
/// # Errors
/// Where the file cannot be read, or ends before.
pub fn fill(file: &dyn ScratchFile, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(at + filled as u64, &mut buffer[filled..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => filled += n,
        }
    }
    Ok(())
}
