//! Files of the container of old Office programs: sectors, of which some form the stream of a workbook.

use crate::read::format::Refusal;
use crate::read::sheet::package::damaged;
use crate::source::Bytes;
use crate::width::to_usize;

/// What ends a chain of sectors.
const END: u32 = 0xFFFF_FFFE;
/// Numbers from here on are those of no sector.
const NONE: u32 = 0xFFFF_FFFC;

/// Streams that are shorter stand in sectors of 64 bytes.
const SHORT: usize = 4096;

/// The number of two bytes at a place.
pub fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The number of four bytes at a place.
pub fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn fours(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .chunks_exact(4)
        .filter_map(|four| four.first_chunk().map(|four| u32::from_le_bytes(*four)))
}

/// A file of sectors, of which some form streams.
pub struct Compound<'b> {
    bytes: &'b dyn Bytes,
    head: Vec<u8>,
    sector: usize,
    /// For each sector the next one of its stream.
    next: Vec<u32>,
}

impl<'b> Compound<'b> {
    /// Opens a file; none where it is of no such container.
    ///
    /// # Errors
    /// That its sectors go in a circle, or that it cannot be read.
    pub fn open(bytes: &'b dyn Bytes) -> Result<Option<Compound<'b>>, Refusal> {
        let mut head = vec![0; 512];
        let n = bytes.read_at(0, &mut head)?;
        head.truncate(n);
        let sector = match two(&head, 30) {
            Some(9) => 512,
            Some(12) => 4096,
            _ => return Ok(None),
        };
        let mut file = Compound { bytes, head, sector, next: Vec::new() };
        let most = to_usize(bytes.len()) / sector + 1;
        let mut tables: Vec<u32> = fours(file.head.get(76..).unwrap_or_default()).collect();
        let mut further = four(&file.head, 68).unwrap_or(END);
        while further < NONE {
            tables.extend(fours(&file.read(further)?));
            further = tables.pop().unwrap_or(END);
            if tables.len() > most {
                return Err(circle());
            }
        }
        for table in tables.into_iter().filter(|table| *table < NONE) {
            file.next.extend(fours(&file.read(table)?));
        }
        Ok(Some(file))
    }

    fn read(&self, number: u32) -> Result<Vec<u8>, Refusal> {
        let mut sector = vec![0; self.sector];
        let at = (u64::from(number) + 1) * self.sector as u64;
        let n = self.bytes.read_at(at, &mut sector)?;
        sector.truncate(n);
        Ok(sector)
    }

    /// The first bytes of a stream, all of it where it is shorter.
    fn stream(&self, start: u32, most: usize) -> Result<Vec<u8>, Refusal> {
        chain((start, &self.next), most, |number, out| {
            out.extend(self.read(number)?);
            Ok(())
        })
    }

    /// The stream of the workbook.
    ///
    /// # Errors
    /// That its sectors go in a circle, or that it cannot be read.
    pub fn workbook(&self) -> Result<Option<Vec<u8>>, Refusal> {
        let field = |at| four(&self.head, at).unwrap_or(END);
        let entries = self.stream(field(48), usize::MAX)?;
        let place = |entry: &[u8]| {
            let length = match self.sector {
                512 => four(entry, 120)?.into(),
                _ => u64::from_le_bytes(*entry.get(120..)?.first_chunk()?),
            };
            Some((four(entry, 116)?, to_usize(length)))
        };
        let is_named = |entry: &[u8], name: &str| {
            let own = entry.chunks_exact(2).take(32).map(|unit| two(unit, 0).unwrap_or(0));
            let own = char::decode_utf16(own.take_while(|unit| *unit != 0));
            own.flatten().collect::<String>().eq_ignore_ascii_case(name)
        };
        let mut all = entries.chunks_exact(128);
        let Some((root, root_length)) = all.next().and_then(place) else { return Ok(None) };
        let find = |name| entries.chunks_exact(128).find(|entry| is_named(entry, name));
        // The decoder reads these, too.
        let short = self.stream(root, if field(64) > 0 { root_length } else { 0 })?;
        let found = find("Workbook").or_else(|| find("Book")).and_then(place);
        let Some((start, length)) = found else { return Ok(None) };
        if length >= SHORT {
            return self.stream(start, length).map(Some);
        }
        let table = self.stream(field(60), to_usize(field(64)).saturating_mul(self.sector))?;
        let table: Vec<u32> = fours(&table).collect();
        let part = |number: u32, out: &mut Vec<u8>| {
            let at = to_usize(number) * 64;
            out.extend(short.get(at..(at + 64).min(short.len())).unwrap_or_default());
            Ok(())
        };
        chain((start, &table), length, part).map(Some)
    }
}

fn circle() -> Refusal {
    damaged("the workbook is damaged: its sectors go in a circle")
}

/// Follows sectors from the first on.
fn chain(
    (start, next): (u32, &[u32]),
    most: usize,
    mut read: impl FnMut(u32, &mut Vec<u8>) -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    let (mut at, mut out, mut met) = (start, Vec::new(), 0);
    while at != END && out.len() < most {
        read(at, &mut out)?;
        met += 1;
        if met > next.len() {
            return Err(circle());
        }
        let Some(further) = next.get(to_usize(at)) else { break };
        at = *further;
    }
    out.truncate(most);
    Ok(out)
}
