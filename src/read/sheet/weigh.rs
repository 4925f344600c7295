//! What an XLS file would take in memory. Its decoder makes room for every cell between the first and
//! the last of a sheet, repeats a text for each cell that shows it, and follows the sectors of the file
//! wherever they lead: all of it is looked at before, along the same way.

use crate::read::format::Refusal;
use crate::read::sheet::package::{damaged, room, too_large};
use crate::source::Bytes;
use crate::width::to_usize;

/// Bytes that the decoder takes for a cell, filled or not, and for its formula.
const CELL: u64 = 32;
const FORMULA: u64 = 24;

/// Rows and columns of an XLS sheet.
const ROWS: u32 = 1 << 16;
const COLUMNS: u32 = 1 << 8;

/// What ends a chain of sectors.
const END: u32 = 0xFFFF_FFFE;
/// Numbers from here on are those of no sector.
const NONE: u32 = 0xFFFF_FFFC;

/// Streams that are shorter stand in sectors of 64 bytes.
const SHORT: usize = 4096;

/// Refuses a file that would fill the memory. What is no XLS file is left to the decoder.
///
/// # Errors
/// That it would, or that it cannot be read.
pub fn weigh(bytes: &dyn Bytes) -> Result<(), Refusal> {
    let Some(file) = Compound::open(bytes)? else { return Ok(()) };
    let Some(stream) = file.workbook()? else { return Ok(()) };
    let mut left = Left(room(bytes.len()));
    let globals = Globals::read(&stream);
    for start in globals.sheets {
        weigh_sheet(stream.get(start..).unwrap_or_default(), &globals.texts, &mut left)?;
    }
    Ok(())
}

/// Bytes that may still be taken.
struct Left(u64);

impl Left {
    fn take(&mut self, bytes: u64) -> Result<(), Refusal> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn fours(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .chunks_exact(4)
        .filter_map(|four| four.first_chunk().map(|four| u32::from_le_bytes(*four)))
}

/// A file of sectors, of which some form streams.
struct Compound<'b> {
    bytes: &'b dyn Bytes,
    head: Vec<u8>,
    sector: usize,
    /// For each sector the next one of its stream.
    next: Vec<u32>,
}

impl<'b> Compound<'b> {
    fn open(bytes: &'b dyn Bytes) -> Result<Option<Compound<'b>>, Refusal> {
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
    fn workbook(&self) -> Result<Option<Vec<u8>>, Refusal> {
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

/// Records: what each is, its bytes, and those of the records that go on with it.
struct Records<'s>(&'s [u8]);

impl<'s> Records<'s> {
    fn one(&mut self) -> Option<(u16, &'s [u8])> {
        let (kind, length) = (two(self.0, 0)?, two(self.0, 2)?);
        let (own, rest) = self.0.get(4..)?.split_at_checked(usize::from(length))?;
        self.0 = rest;
        Some((kind, own))
    }

    fn parts(&mut self, first: &'s [u8]) -> Vec<&'s [u8]> {
        const GOES_ON: u16 = 0x003C;
        let mut parts = vec![first];
        while two(self.0, 0) == Some(GOES_ON) {
            let Some((_, own)) = self.one() else { break };
            parts.push(own);
        }
        parts
    }
}

/// What all sheets share.
#[derive(Default)]
struct Globals {
    /// Where they begin.
    sheets: Vec<usize>,
    /// Bytes that each shared text may take.
    texts: Vec<u64>,
}

impl Globals {
    fn read(stream: &[u8]) -> Globals {
        let (mut globals, mut records) = (Globals::default(), Records(stream));
        while let Some((kind, own)) = records.one() {
            match kind {
                0x000A => break,
                0x0085 => globals.sheets.extend(four(own, 0).map(to_usize)),
                0x00FC => globals.texts = lengths(&records.parts(own)),
                _ => {}
            }
        }
        globals
    }
}

/// The bytes that shared texts may take, each of up to three for a character.
fn lengths(parts: &[&[u8]]) -> Vec<u64> {
    let mut at = Parts { parts, own: parts.first().and_then(|p| p.get(8..)).unwrap_or_default() };
    let mut all = Vec::new();
    while let Some(length) = at.text() {
        all.push(3 * u64::from(length));
    }
    all
}

/// A place in a record and those that go on with it.
struct Parts<'p, 's> {
    parts: &'p [&'s [u8]],
    own: &'s [u8],
}

impl Parts<'_, '_> {
    fn further(&mut self) -> Option<()> {
        self.parts = self.parts.get(1..)?;
        self.own = self.parts.first()?;
        Some(())
    }

    fn pass(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > self.own.len() {
            bytes -= self.own.len();
            self.further()?;
        }
        self.own = self.own.get(bytes..)?;
        Some(())
    }

    /// Passes over a text; gives its characters.
    fn text(&mut self) -> Option<u16> {
        if self.own.is_empty() {
            self.further()?;
        }
        let (characters, flags) = (two(self.own, 0)?, *self.own.get(2)?);
        let (has_runs, has_more) = (flags & 8 != 0, flags & 4 != 0);
        let mut after = 3;
        let runs = if has_runs { two(self.own, after)? } else { 0 };
        after += if has_runs { 2 } else { 0 };
        let more = if has_more { four(self.own, after)? } else { 0 };
        after += if has_more { 4 } else { 0 };
        self.own = self.own.get(after..)?;
        let (mut left, mut width) = (usize::from(characters), usize::from(flags & 1) + 1);
        loop {
            let here = left.min(self.own.len() / width);
            self.own = self.own.get(here * width..)?;
            left -= here;
            if left == 0 {
                break;
            }
            self.further()?;
            // Each part says anew how wide its characters are.
            let (flags, rest) = self.own.split_first()?;
            (self.own, width) = (rest, usize::from(flags & 1) + 1);
        }
        self.pass(usize::from(runs) * 4)?;
        self.pass(to_usize(more))?;
        Some(characters)
    }
}

/// Rows and columns of some cells: the first and the last.
type Bounds = Option<((u32, u32), (u32, u32))>;

fn add(bounds: &mut Bounds, row: u32, column: u32) {
    let ((top, left), (bottom, right)) = bounds.unwrap_or(((row, column), (row, column)));
    *bounds = Some(((top.min(row), left.min(column)), (bottom.max(row), right.max(column))));
}

fn area(bounds: Bounds) -> u64 {
    let of = |((top, left), (bottom, right)): ((u32, u32), (u32, u32))| {
        u64::from(bottom - top + 1) * u64::from(right - left + 1)
    };
    bounds.map_or(0, of)
}

/// Takes what a sheet would: its cells, its formulas, and the texts that are repeated.
fn weigh_sheet(stream: &[u8], texts: &[u64], left: &mut Left) -> Result<(), Refusal> {
    let (mut cells, mut formulas, mut records) = (None, None, Records(stream));
    let (mut depth, mut has_begun) = (0_usize, false);
    while let Some((kind, own)) = records.one() {
        left.take(1)?;
        match kind {
            0x0809 if has_begun => depth += 1,
            0x0809 => has_begun = true,
            0x000A if depth == 0 => break,
            0x000A => depth -= 1,
            _ => {}
        }
        if depth > 0 {
            continue;
        }
        if kind == 0x0200 && !has_fitting_dimensions(own) {
            return Err(too_large());
        }
        let is_cell =
            matches!(kind, 0x0006 | 0x00BD | 0x00D6 | 0x00FD | 0x0203 | 0x0204 | 0x0205 | 0x027E);
        let (Some(row), Some(column), true) = (two(own, 0), two(own, 2), is_cell) else { continue };
        let (row, column) = (u32::from(row), u32::from(column));
        add(&mut cells, row, column);
        match kind {
            0x0006 => add(&mut formulas, row, column),
            0x00BD => {
                let last = own.len().checked_sub(2).and_then(|at| two(own, at));
                add(&mut cells, row, last.map_or(column, u32::from));
            }
            0x00FD => {
                let text = four(own, 6).and_then(|number| texts.get(to_usize(number)));
                left.take(text.copied().unwrap_or(0))?;
            }
            _ => {}
        }
    }
    left.take(area(cells) * CELL + area(formulas) * FORMULA)
}

/// Whether a sheet can have the size that a record names: the decoder makes room for all of it.
fn has_fitting_dimensions(own: &[u8]) -> bool {
    let wide = |at| two(own, at).map(u32::from);
    let ends = match own.len() {
        10 => [wide(0), wide(2), wide(4), wide(6)],
        14 | 16 => [four(own, 0), four(own, 4), wide(8), wide(10)],
        // The decoder refuses it.
        _ => return true,
    };
    let [Some(top), Some(bottom), Some(_), Some(right)] = ends else { return true };
    bottom == 0 || right == 0 || top <= bottom && bottom <= ROWS && right <= COLUMNS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("a short record");
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn cell(kind: u16, row: u16, column: u16, rest: &[u8]) -> Vec<u8> {
        record(kind, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], rest].concat())
    }

    /// A workbook of one sheet with these records, and of one shared text of so many characters.
    fn workbook(records: &[Vec<u8>], characters: u16) -> Vec<u8> {
        let text = [&[0; 8][..], &characters.to_le_bytes(), &[0]].concat();
        let text = [text, vec![b'x'; usize::from(characters)]].concat();
        let (first, more) = text.split_at(text.len().min(8_000));
        let mut globals = record(0x0809, &[0; 16]);
        globals.extend(record(0x00FC, first));
        for part in more.chunks(8_000) {
            globals.extend(record(0x003C, &[&[0], part].concat()));
        }
        let start = u32::try_from(globals.len() + 18).expect("a short stream");
        globals.extend(record(
            0x0085,
            &[&start.to_le_bytes()[..], &[0, 0, 2, 0, b'S', b'1']].concat(),
        ));
        globals.extend(record(0x000A, &[]));
        let sheet = [record(0x0809, &[0; 16]), records.concat(), record(0x000A, &[])].concat();
        [globals, sheet].concat()
    }

    /// The file of a stream: its sectors follow the table of sectors and the directory.
    fn file(stream: &[u8]) -> Vec<u8> {
        let length = stream.len().max(SHORT);
        let count = length.div_ceil(512);
        let tables = (count + 2).div_ceil(127);
        let word = |n: usize| u32::try_from(n).expect("a small file").to_le_bytes();
        let mut head = vec![0; 512];
        head[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
        (head[26], head[30], head[32]) = (3, 9, 6);
        head[48..52].copy_from_slice(&word(tables));
        head[60..64].copy_from_slice(&END.to_le_bytes());
        head[68..72].copy_from_slice(&END.to_le_bytes());
        head[76..].fill(0xFF);
        for table in 0..tables {
            head[76 + 4 * table..80 + 4 * table].copy_from_slice(&word(table));
        }
        let mut next = vec![[0xFF; 4]; tables * 128];
        next[tables] = END.to_le_bytes();
        for at in 0..count {
            let last = at + 1 == count;
            next[tables + 1 + at] = if last { END.to_le_bytes() } else { word(tables + 2 + at) };
        }
        let entry = |name: &str, start: [u8; 4], length: usize| {
            let mut entry = vec![0; 128];
            for (at, unit) in name.encode_utf16().enumerate() {
                entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes());
            }
            entry[116..120].copy_from_slice(&start);
            entry[120..124].copy_from_slice(&word(length));
            entry
        };
        let root = entry("Root Entry", END.to_le_bytes(), 0);
        let own = entry("Workbook", word(tables + 1), length);
        let mut all = [head, next.concat(), root, own, vec![0; 256], stream.to_vec()].concat();
        all.resize(512 * (1 + tables + 1 + count), 0);
        all
    }

    fn is_refused(bytes: Vec<u8>) -> bool {
        weigh(&bytes).is_err()
    }

    #[test]
    fn what_would_fill_the_memory() {
        let number = |row, column| cell(0x0203, row, column, &[0; 8]);
        assert!(!is_refused(file(&workbook(&[number(0, 0), number(9, 9)], 5))));
        assert!(!is_refused(file(&workbook(&[number(65_535, 65_535)], 5))), "one cell, far out");
        assert!(is_refused(file(&workbook(&[number(0, 0), number(65_535, 65_535)], 5))));
        assert!(is_refused(file(&workbook(&[number(0, 0), number(65_535, 255)], 5))));
        let size = |rows: u32, columns: u16| {
            let ends = [&[0; 4][..], &rows.to_le_bytes(), &[0; 2], &columns.to_le_bytes(), &[0; 2]];
            record(0x0200, &ends.concat())
        };
        assert!(!is_refused(file(&workbook(&[size(65_536, 256)], 5))));
        assert!(is_refused(file(&workbook(&[size(65_537, 256)], 5))));
        assert!(is_refused(file(&workbook(&[size(65_536, 257)], 5))));
        // A long text that many cells show.
        let shows = |count: u16| -> Vec<Vec<u8>> {
            (0..count).map(|row| cell(0x00FD, row, 0, &[0; 4])).collect()
        };
        assert!(!is_refused(file(&workbook(&shows(9), 65_535))));
        assert!(is_refused(file(&workbook(&shows(2_000), 65_535))));
        assert!(!is_refused(file(&workbook(&shows(2_000), 600))));
    }

    #[test]
    fn sectors_in_a_circle() {
        let mut bytes = file(&workbook(&[], 5));
        // The directory goes on with itself.
        bytes[516..520].copy_from_slice(&1_u32.to_le_bytes());
        assert!(is_refused(bytes));
        assert!(!is_refused(b"no workbook".to_vec()) && !is_refused(Vec::new()));
    }
}
