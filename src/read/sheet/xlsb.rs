//! The records of an XLSB workbook: its number formats, and of its sheets what calamine leaves out.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

use crate::read::format::Refusal;
use crate::read::sheet::cells::Area;
use crate::read::sheet::compound::{four, two};
use crate::read::sheet::formatting::Formatting;
use crate::read::sheet::number_format::NumberFormat;
use crate::read::sheet::package::{Package, damaged, relations, unreadable};
use crate::width::to_usize;

/// Kinds of records.
const ROW: u16 = 0x00;
const CELL_RK: u16 = 0x02;
const CELL_REAL: u16 = 0x05;
const FORMULA_NUMBER: u16 = 0x09;
const COL_INFO: u16 = 0x3C;
const MERGE_CELL: u16 = 0xB0;
const BUNDLE_SHEET: u16 = 0x9C;
const FORMAT: u16 = 0x2C;
const XF: u16 = 0x2F;
const BEGIN_CELL_XFS: u16 = 0x269;
const END_CELL_XFS: u16 = 0x26A;

/// The length of a text that is not there.
const NO_TEXT: u32 = u32::MAX;

/// The parts of a workbook.
pub struct Parts {
    package: Package,
    /// The part of each sheet, in order.
    sheets: Vec<String>,
    /// The number formats of its cells, by their numbers.
    pub formats: Arc<[NumberFormat]>,
}

impl Parts {
    /// Reads what all sheets share.
    ///
    /// # Errors
    /// That the workbook cannot be read.
    pub fn open(mut package: Package) -> Result<Parts, Refusal> {
        const BOOK: &str = "xl/workbook.bin";
        let related: HashMap<String, String> =
            relations(&mut package, BOOK)?.into_iter().map(|(id, _, to)| (id, to)).collect();
        let (mut sheets, mut own_formats, mut of_cells) = (Vec::new(), HashMap::new(), Vec::new());
        walk(&mut package, BOOK, |kind, own| {
            if kind == BUNDLE_SHEET
                && let Some(id) = wide(own, 8)
            {
                sheets.push(related.get(&id).cloned().unwrap_or_default());
            }
        })?;
        let mut in_cells = false;
        walk(&mut package, "xl/styles.bin", |kind, own| match kind {
            FORMAT => own_formats.extend(format(own)),
            BEGIN_CELL_XFS => in_cells = true,
            END_CELL_XFS => in_cells = false,
            XF if in_cells => of_cells.push(two(own, 2).unwrap_or(0).into()),
            _ => {}
        })?;
        walk(&mut package, "xl/sharedStrings.bin", |_, _| {})?;
        let formats = NumberFormat::of_cells(&own_formats, of_cells);
        Ok(Parts { package, sheets, formats })
    }

    /// What calamine leaves out of a sheet.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn formatting(&mut self, sheet: usize) -> Result<Formatting, Refusal> {
        let (mut all, mut row) = (Formatting::default(), 0);
        let part = self.sheets.get(sheet).cloned().unwrap_or_default();
        let is_there = walk(&mut self.package, &part, |kind, own| {
            read(kind, own, &mut row, &mut all);
        })?;
        if !is_there {
            return Err(damaged(format!("the workbook lacks the part `{part}`")));
        }
        Ok(all.in_order())
    }
}

/// Takes what a record says of how cells are shown; one that is cut short says nothing.
fn read(kind: u16, own: &[u8], row: &mut u32, all: &mut Formatting) -> Option<()> {
    let number = |at| four(own, at);
    match kind {
        ROW => {
            *row = number(0)?;
            if own.get(11)? & 1 << 4 != 0 {
                all.hidden_rows.push(*row);
            }
        }
        // Beside the style stands whether a cell shows how it is pronounced.
        CELL_RK | CELL_REAL | FORMULA_NUMBER => {
            all.styles.push(((*row, number(0)?), number(4)? & 0x00FF_FFFF));
        }
        COL_INFO if own.get(16)? & 1 != 0 => all.hidden_columns.push((number(0)?, number(4)?)),
        MERGE_CELL => {
            let (rows, columns) = ((number(0)?, number(4)?), (number(8)?, number(12)?));
            all.merged.push(Area { rows, columns });
        }
        _ => {}
    }
    Some(())
}

/// The number of a format, and what its code says.
fn format(own: &[u8]) -> Option<(u32, NumberFormat)> {
    Some((two(own, 0)?.into(), NumberFormat::parse(&wide(own, 2)?)))
}

/// The text that begins at a place, behind its length.
fn wide(own: &[u8], at: usize) -> Option<String> {
    let length = four(own, at).filter(|length| *length != NO_TEXT)?;
    let text = own.get(at + 4..)?.get(..to_usize(length).checked_mul(2)?)?;
    let units = text.chunks_exact(2).filter_map(|unit| two(unit, 0));
    Some(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect())
}

/// Walks the records of a part; whether there is such a part.
fn walk(
    package: &mut Package,
    name: &str,
    mut take: impl FnMut(u16, &[u8]),
) -> Result<bool, Refusal> {
    let Some(mut part) = package.bytes(name)? else { return Ok(false) };
    let mut own = Vec::new();
    while let Some(kind) = record(&mut part, &mut own).map_err(|e| unreadable(&e))? {
        take(kind, &own);
    }
    Ok(true)
}

/// Reads the next record: its kind and its bytes.
fn record(part: &mut impl Read, own: &mut Vec<u8>) -> io::Result<Option<u16>> {
    own.clear();
    let Some(kind) = packed(part, 2)? else { return Ok(None) };
    let Some(size) = packed(part, 4)? else { return Ok(None) };
    if part.by_ref().take(size.into()).read_to_end(own)? < to_usize(size) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(u16::try_from(kind).ok())
}

/// A number of at most so many bytes, seven bits in each, the last ones first; none at the end.
fn packed(part: &mut impl Read, most: u32) -> io::Result<Option<u32>> {
    let mut number = 0;
    for nth in 0..most {
        let mut byte = [0];
        if part.read(&mut byte)? == 0 {
            return Ok(None);
        }
        let [byte] = byte;
        number |= u32::from(byte & 0x7F) << (7 * nth);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Ok(Some(number))
}
