//! What an XLS file would take in memory. Its decoder makes room for every cell between the first and
//! the last of a sheet, repeats a text for each cell that shows it, and follows the sectors of the file
//! wherever they lead: all of it is looked at before, along the same way.

use crate::read::format::Refusal;
use crate::read::sheet::biff::Biff;
use crate::read::sheet::compound::{four, two};
use crate::read::sheet::package::too_large;
use crate::width::to_usize;

/// Bytes that the decoder takes for a cell, filled or not, and for its formula.
const CELL: u64 = 32;
const FORMULA: u64 = 24;

/// Rows and columns of an XLS sheet.
const ROWS: u32 = 1 << 16;
const COLUMNS: u32 = 1 << 8;

/// Refuses a workbook that would take more than so many bytes.
///
/// # Errors
/// That it would.
pub fn weigh(book: &Biff, room: u64) -> Result<(), Refusal> {
    let mut left = Left(room);
    (0..book.count()).try_for_each(|sheet| weigh_sheet(book, sheet, &mut left))
}

/// Bytes that may still be taken.
struct Left(u64);

impl Left {
    fn take(&mut self, bytes: u64) -> Result<(), Refusal> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
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
fn weigh_sheet(book: &Biff, sheet: usize, left: &mut Left) -> Result<(), Refusal> {
    let (mut cells, mut formulas) = (None, None);
    for record in book.records(sheet) {
        left.take(1)?;
        let Some((kind, own)) = record else { continue };
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
                let text = four(own, 6).and_then(|number| book.texts.get(to_usize(number)));
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
    use crate::read::sheet::package::room;

    const END: u32 = 0xFFFF_FFFE;
    const SHORT: usize = 4096;

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
        let room = room(bytes.len() as u64);
        match Biff::open(&bytes) {
            Ok(Some(book)) => weigh(&book, room).is_err(),
            Ok(None) => false,
            Err(_) => true,
        }
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
