//! The records of an XLS workbook: where its sheets begin, and of these what calamine leaves out.

use std::collections::HashMap;
use std::sync::Arc;

use crate::read::format::Refusal;
use crate::read::sheet::compound::{Compound, four, two};
use crate::read::sheet::formatting::Formatting;
use crate::read::sheet::number_format::NumberFormat;
use crate::source::Bytes;
use crate::width::to_usize;

/// Kinds of records.
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
const BOUND_SHEET: u16 = 0x0085;
const SST: u16 = 0x00FC;
const FORMAT: u16 = 0x041E;
const XF: u16 = 0x00E0;
const ROW: u16 = 0x0208;
const COL_INFO: u16 = 0x007D;
const FORMULA: u16 = 0x0006;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027E;
const MUL_RK: u16 = 0x00BD;

/// Texts of the version before that of 1997 have a byte for each character, and for their length.
const BIFF5: u16 = 0x0500;

/// The stream of a workbook.
pub struct Biff {
    stream: Vec<u8>,
    /// Where its sheets begin, in order.
    sheets: Vec<usize>,
    /// Bytes that each shared text may take.
    pub texts: Vec<u64>,
    /// The number formats of its cells, by their numbers.
    pub formats: Arc<[NumberFormat]>,
}

impl Biff {
    /// Finds the stream of a file; none where it is no XLS file.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn open(bytes: &dyn Bytes) -> Result<Option<Biff>, Refusal> {
        let Some(file) = Compound::open(bytes)? else { return Ok(None) };
        Ok(file.workbook()?.map(Biff::read))
    }

    /// Reads what all sheets share.
    fn read(stream: Vec<u8>) -> Biff {
        let (mut sheets, mut texts, mut records) = (Vec::new(), Vec::new(), Records(&stream));
        let (mut version, mut own_formats, mut of_cells) = (None, HashMap::new(), Vec::new());
        while let Some((kind, own)) = records.one() {
            match kind {
                EOF => break,
                BOF => version = version.or(two(own, 0)),
                BOUND_SHEET => sheets.extend(four(own, 0).map(to_usize)),
                SST => texts = lengths(&records.parts(own)),
                FORMAT => own_formats.extend(format(own, version == Some(BIFF5))),
                XF => of_cells.push(two(own, 2).unwrap_or(0).into()),
                _ => {}
            }
        }
        let formats = NumberFormat::of_cells(&own_formats, of_cells);
        Biff { stream, sheets, texts, formats }
    }

    /// How many sheets it has, of whatever kind.
    pub fn count(&self) -> usize {
        self.sheets.len()
    }

    /// The records of a sheet up to its end; nothing for those of a chart in it.
    pub fn records(&self, sheet: usize) -> impl Iterator<Item = Option<(u16, &[u8])>> {
        let start = self.sheets.get(sheet).copied().unwrap_or(self.stream.len());
        let mut records = Records(self.stream.get(start..).unwrap_or_default());
        let (mut depth, mut has_begun) = (0_usize, false);
        std::iter::from_fn(move || {
            let (kind, own) = records.one()?;
            match kind {
                BOF => {
                    depth += usize::from(has_begun);
                    has_begun = true;
                }
                EOF => {
                    depth = depth.checked_sub(1)?;
                    return Some(None);
                }
                _ => {}
            }
            Some((depth == 0).then_some((kind, own)))
        })
    }

    /// What calamine leaves out of a sheet.
    pub fn formatting(&self, sheet: usize) -> Formatting {
        let mut all = Formatting::default();
        for (kind, own) in self.records(sheet).flatten() {
            read(kind, own, &mut all);
        }
        all.in_order()
    }
}

/// Takes what a record says of how cells are shown; one that is cut short says nothing.
fn read(kind: u16, own: &[u8], all: &mut Formatting) -> Option<()> {
    let number = |at| two(own, at).map(u32::from);
    let is_set = |at, bit| Some(two(own, at)? & bit != 0);
    match kind {
        FORMULA | NUMBER | RK => all.styles.push(((number(0)?, number(2)?), number(4)?)),
        MUL_RK => {
            let (row, first, count) = (number(0)?, number(2)?, own.len().checked_sub(6)? / 6);
            let style = |nth: usize| number(4 + 6 * nth);
            all.styles
                .extend((first..).zip((0..count).map_while(style)).map(|(c, s)| ((row, c), s)));
        }
        ROW if is_set(12, 1 << 5)? => all.hidden_rows.push(number(0)?),
        COL_INFO if is_set(8, 1)? => all.hidden_columns.push((number(0)?, number(2)?)),
        _ => {}
    }
    Some(())
}

/// The number of a format, and what its code says.
fn format(own: &[u8], is_old: bool) -> Option<(u32, NumberFormat)> {
    let (id, text) = (two(own, 0)?, own.get(2..)?);
    // Letters that are no ASCII are literals, of whatever language.
    let narrow = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect();
    let code: String = match is_old {
        true => narrow(text.get(1..)?.get(..usize::from(*text.first()?))?),
        false => {
            let (length, text) = (usize::from(two(text, 0)?), text.get(2..)?);
            let (flags, text) = text.split_first()?;
            match flags & 1 {
                0 => narrow(text.get(..length)?),
                _ => {
                    let units = text.get(..2 * length)?.chunks_exact(2).filter_map(|c| two(c, 0));
                    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
                }
            }
        }
    };
    Some((id.into(), NumberFormat::parse(&code)))
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
        let mut parts = vec![first];
        while two(self.0, 0) == Some(CONTINUE) {
            let Some((_, own)) = self.one() else { break };
            parts.push(own);
        }
        parts
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::sheet::decimal::Decimal;
    use crate::read::sheet::number_format::Style;
    use crate::read::sheet::serial::Epoch;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("a short record");
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn numbers(all: &[u16]) -> Vec<u8> {
        all.iter().flat_map(|n| n.to_le_bytes()).collect()
    }

    /// What the format of a cell shows of 0.1285.
    fn shown(book: &Biff, style: Option<u32>) -> String {
        let value = Decimal::parse(b"0.1285").expect("a number");
        let style_of = Style { point: b'.', epoch: Epoch::Day1900, stored: false };
        let mut out = Vec::new();
        book.formats[to_usize(style.expect("a style"))].write(value, style_of, &mut out);
        String::from_utf8(out).expect("a text")
    }

    #[test]
    fn cells_have_the_formats_of_their_styles() {
        let code = |id: u16, text: &[u8]| [&id.to_le_bytes()[..], text].concat();
        for (version, codes) in [
            (0x0600, [code(164, b"\x03\x00\x000.0"), code(165, b"\x02\x00\x010\x00%\x00")]),
            (0x0500, [code(164, b"\x030.0"), code(165, b"\x020%")]),
        ] {
            let own = [numbers(&[0, 164]), numbers(&[0, 165]), numbers(&[0, 10])];
            let mut globals = record(BOF, &numbers(&[version, 5, 0, 0, 0, 0, 0, 0]));
            globals.extend(codes.iter().flat_map(|code| record(FORMAT, code)));
            globals.extend(own.iter().flat_map(|xf| record(XF, xf)));
            let start = u32::try_from(globals.len() + 14 + 4).expect("a short stream");
            globals.extend(record(BOUND_SHEET, &[&start.to_le_bytes()[..], &[0; 6]].concat()));
            globals.extend(record(EOF, &[]));
            let sheet = [
                record(BOF, &[0; 16]),
                record(ROW, &numbers(&[1, 0, 0, 0, 0, 0, 1 << 5, 0])),
                record(COL_INFO, &numbers(&[2, 3, 0, 0, 1])),
                record(MUL_RK, &numbers(&[1, 0, 1, 0, 0, 2, 0, 0, 1])),
                // A chart in the sheet has numbers of its own.
                record(BOF, &[0; 16]),
                record(NUMBER, &numbers(&[0, 0, 2, 0, 0, 0, 0])),
                record(EOF, &[]),
                record(NUMBER, &numbers(&[0, 0, 0, 0, 0, 0, 0])),
                record(NUMBER, &numbers(&[0])),
                record(EOF, &[]),
                record(NUMBER, &numbers(&[5, 0, 0, 0, 0, 0, 0])),
            ];
            let book = Biff::read([globals, sheet.concat()].concat());
            assert_eq!(book.count(), 1);
            let mut formatting = book.formatting(0);
            let own = [(0, 0), (1, 0), (1, 1)].map(|at| formatting.style(at));
            assert_eq!(own.map(|style| shown(&book, style)), ["0.1", "13%", "12.85%"]);
            assert_eq!((formatting.style((1, 0)), formatting.style((5, 0))), (Some(1), None));
            assert_eq!(formatting.hidden_rows, [1]);
            assert_eq!(formatting.hidden_columns, [(2, 3)]);
        }
    }
}
