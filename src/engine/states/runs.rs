//! What aggregates keep of their groups on its way to temporary files, by group and aggregate.

use std::io;

use crate::engine::data::memory::{LEAST, Memory};
use crate::engine::states::entries::Entries;
use crate::engine::states::spill::{Run, Spilled, Writer, front, hash};
use crate::width::to_u32;

/// Entries on their way to the disk: they are written in order, a part of what a state may hold at a
/// time.
pub struct Runs<'r> {
    entries: Entries,
    to: &'r mut Spilled<()>,
    memory: &'r Memory<'r>,
    share: u64,
}

impl<'r> Runs<'r> {
    /// No entries yet.
    pub fn new(to: &'r mut Spilled<()>, memory: &'r Memory<'r>, share: u64) -> Runs<'r> {
        Runs { entries: Entries::default(), to, memory, share }
    }

    /// Adds an entry; the parts of its key stand one behind the other.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn add(&mut self, key: &[&[u8]], value: &[u8]) -> io::Result<()> {
        self.entries.push(&key.concat(), value);
        let bytes = self.entries.bytes() + self.entries.bytes_to_sort();
        if bytes > LEAST.max(self.share / 4) { self.write() } else { Ok(()) }
    }

    /// Writes those that are left.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn write(&mut self) -> io::Result<()> {
        let entries = std::mem::take(&mut self.entries);
        if entries.is_empty() {
            return Ok(());
        }
        self.to.push_run(sorted_run(&entries, self.memory)?, self.memory)
    }
}

/// The beginning of keys of a group's slot: they sort by the hash of the group, and by slot.
pub fn part_key(group: &[u8], slot: usize) -> Vec<u8> {
    let (len, slot) = (to_u32(group.len()).to_be_bytes(), to_u32(slot).to_be_bytes());
    [&hash(group).to_be_bytes()[..], &len, group, &slot].concat()
}

/// The key of the group, the slot, and how long the beginning is, behind the hash.
pub fn split_part(entry: &[u8]) -> Option<(&[u8], usize, usize)> {
    let (len, rest) = entry.split_first_chunk::<4>()?;
    let len = u32::from_be_bytes(*len) as usize;
    let (group, rest) = rest.split_at_checked(len)?;
    Some((group, u32::from_be_bytes(*rest.first_chunk()?) as usize, len + 8))
}

/// Entries in the order of their keys, which take eight bytes or more and are there once.
///
/// # Errors
/// Where a temporary file fails.
fn sorted_run(entries: &Entries, memory: &Memory<'_>) -> io::Result<Run> {
    let mut writer = Writer::new(memory, 0)?;
    for (n, _) in entries.sorted(1) {
        let (hash, rest) = front(entries.key(n));
        writer.put(hash, rest, entries.value(n))?;
    }
    writer.finish()
}
