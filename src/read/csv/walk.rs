//! The exact walk: whole records of a block into a grid, and everything that is out of order.

use crate::fault::Fault;
use crate::read::csv::anomalies::{BOM, anomalies, suspicious};
use crate::read::csv::conflict::{self, Conflict};
use crate::read::csv::dialect::Dialect;
use crate::read::csv::faults::{self, irregular};
use crate::read::csv::record::{Record, Scanner, Status, Stray};
use crate::read::csv::swallowed;
use crate::read::grid::{Grid, Irregular, LineEnd, NO_COLUMN, unquote};
use crate::read::note::SHORT_ROW;
use crate::read::reader::{Head, MAX_RECORD};
use crate::simd::Path;
use crate::source::count_lines;
use crate::width::{to_u32, to_usize};

/// Walks the records of one file. It keeps nothing between blocks, so that any cut gives the same.
#[derive(Debug, Clone)]
pub struct Walker {
    pub(crate) dialect: Dialect,
    pub(crate) width: usize,
    /// The cells of the records that name the columns; none where a record like them is a row.
    header: Vec<Vec<Vec<u8>>>,
    pub(crate) limit: usize,
    /// By its first byte, whether a record may be no plain row.
    odd_starts: [bool; 256],
}

impl Walker {
    /// A walker for the records that follow `header`; `head` holds the header's bytes.
    pub fn new(dialect: Dialect, header: &Head, head: &[u8]) -> Walker {
        let bytes = head.get(to_usize(header.span.start)..to_usize(header.span.end)).unwrap_or(&[]);
        let names = if dialect.repeated { Vec::new() } else { records(bytes, &dialect) };
        let odd_starts = odd_starts(&dialect, &names);
        let width = header.columns.len();
        Walker { dialect, width, header: names, limit: MAX_RECORD, odd_starts }
    }

    /// Whether a record that begins with this byte may be no plain row.
    #[inline]
    pub(crate) fn may_be_odd(&self, first: u8) -> bool {
        self.odd_starts.get(usize::from(first)).is_some_and(|odd| *odd)
    }

    /// Whether a record with all its fields is a comment, a header, a blank row or the mark of a
    /// conflict.
    pub(crate) fn is_odd(&self, block: &[u8], start: usize, end: usize) -> bool {
        let first = block.get(start);
        (self.dialect.comment.is_some() && first == self.dialect.comment.as_ref())
            || self.is_header(block, start, end)
            || self.is_blank(block.get(start..end).unwrap_or_default())
            || conflict::mark(block, start).is_some()
    }

    /// How many columns a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Walks whole records of `block`, which begins where a record does; returns the offset of the
    /// first that is left for later.
    ///
    /// Records that start at or after `stop` are left, and one that the block does not hold whole.
    /// `last`: the block ends the file, so everything before `stop` is taken. If nothing was taken,
    /// come again with a longer block; [`MAX_RECORD`] bytes always are enough.
    /// Where there are no columns (an empty or unreadable file) all bytes are passed over.
    pub fn walk(&self, block: &[u8], last: bool, stop: usize, grid: &mut Grid) -> usize {
        grid.clear(self.width);
        if self.width == 0 {
            return block.len();
        }
        if let Some(consumed) = self.fast(block, last, stop, grid, Path::Best) {
            return consumed;
        }
        self.walk_exactly(block, last, stop, grid)
    }

    /// Like [`Walker::walk`], without its short cuts.
    pub fn walk_exactly(&self, block: &[u8], last: bool, stop: usize, grid: &mut Grid) -> usize {
        grid.clear(self.width);
        // Offsets are 32 bits wide.
        let (block, last) = match block.get(..u32::MAX as usize) {
            Some(part) if part.len() < block.len() => (part, false),
            _ => (block, last),
        };
        let mut dirty = suspicious(block, last);
        let mut scanner = Scanner::new(block, last, &self.dialect, self.limit, self.width);
        let mut at = 0;
        while at < stop && at < block.len() {
            if self.dialect.comment.is_some() && block.get(at) == self.dialect.comment.as_ref() {
                let Some(line) = scanner.line(at) else { break };
                passed(&line, grid);
                dirty |= line.how == LineEnd::None;
                at = line.next();
                continue;
            }
            if let Some(found) = conflict::at(block, at, last) {
                let (record, aux) = match found {
                    Conflict::Whole(record) => (record, 1),
                    Conflict::Lone(record) => (record, 0),
                    Conflict::Unfinished => break,
                };
                let kept = grid.ends.len();
                RecordSink { walker: self, block, record, kept, dirty: false }.conflict(aux, grid);
                at = record.next();
                continue;
            }
            let kept = grid.ends.len();
            let Some(mut record) = scanner.record(at, &mut grid.ends) else {
                grid.ends.truncate(kept);
                break;
            };
            self.fill_up(block, &mut record, grid);
            // A record or a comment that is cut may be so within a character: neither half is text.
            dirty |= record.status != Status::Whole;
            let row = record.status == Status::Whole && record.fields == self.width;
            if row && !dirty && scanner.strays.is_empty() && self.is_plain(block, &record) {
                taken(&record, grid);
            } else {
                RecordSink { walker: self, block, record, kept, dirty }.file(&scanner.strays, grid);
            }
            at = record.next();
        }
        at
    }

    /// A guess where the first record starts after the first line end in `head`; exact unless a
    /// quoted field looks like records. Begin `head` with the byte before the place of interest, so
    /// that a record that starts right there is seen. Its length if no record starts in it.
    pub fn guess(&self, head: &[u8]) -> usize {
        /// Some records must fit in; more only makes the guess surer.
        const ENOUGH: usize = 1 << 18;
        let part = head.get(..ENOUGH).unwrap_or(head);
        let scan = |at| {
            Scanner::new(part, false, &self.dialect, self.limit, 0).record(at, &mut Vec::new())
        };
        let outside = scan(0).filter(|r| r.status == Status::Whole).map(|r| r.next());
        let inside = after_quoted(part, &self.dialect)
            .and_then(|(at, ended)| if ended { Some(at) } else { scan(at).map(|r| r.next()) });
        let best = match (outside, inside) {
            (Some(outside), Some(inside))
                if self.doubt(part, inside) < self.doubt(part, outside) =>
            {
                Some(inside)
            }
            (outside, inside) => outside.or(inside),
        };
        best.or_else(|| memchr::memchr2(b'\n', b'\r', part).map(|at| at + 1)).unwrap_or(head.len())
    }

    /// How many of the next records would be irregular, were `at` the start of one, and how many
    /// bytes would be left that are no whole record.
    fn doubt(&self, head: &[u8], mut at: usize) -> (usize, usize) {
        let mut scanner = Scanner::new(head, false, &self.dialect, self.limit, 0);
        let mut irregular = 0;
        for _ in 0..32 {
            let Some(record) = scanner.record(at, &mut Vec::new()) else {
                return (irregular, head.len() - at);
            };
            let regular = record.status == Status::Whole
                && record.fields == self.width
                && scanner.strays.is_empty();
            irregular += usize::from(!regular);
            at = record.next();
        }
        (irregular, 0)
    }

    /// Whether a record with all its fields is a row without a fault.
    fn is_plain(&self, block: &[u8], record: &Record) -> bool {
        let text = block.get(record.start..record.end).unwrap_or_default();
        !self.is_header(block, record.start, record.end)
            && !self.is_blank(text)
            && (record.inner_lines == 0 || !self.swallows_rows(text))
    }

    /// Whether a quoted field of a row holds lines that look like rows.
    pub(crate) fn swallows_rows(&self, row: &[u8]) -> bool {
        !swallowed::fields(row, &self.dialect, self.width).is_empty()
    }

    /// Whether a record of a table with several columns has nothing but blank cells.
    #[inline]
    pub(crate) fn is_blank(&self, record: &[u8]) -> bool {
        let Dialect { delimiter, quote, .. } = self.dialect;
        let is_sign = |b: &u8| matches!(b, b' ' | b'\t') || *b == delimiter || Some(*b) == quote;
        self.width > 1 && record.iter().all(is_sign) && self.has_blank_cells(record)
    }

    /// Whether a record that holds nothing but delimiters, quotes and blanks has only blank cells.
    fn has_blank_cells(&self, record: &[u8]) -> bool {
        record.split(|b| *b == self.dialect.delimiter).all(|cell| {
            let is_blank = |text: &[u8]| text.iter().all(|b| matches!(b, b' ' | b'\t'));
            let inner =
                self.dialect.quote.and_then(|q| cell.strip_prefix(&[q])?.strip_suffix(&[q]));
            is_blank(inner.unwrap_or(cell))
        })
    }

    #[inline]
    pub(crate) fn is_header(&self, block: &[u8], start: usize, end: usize) -> bool {
        let raw = block.get(start..end).unwrap_or_default();
        let raw = raw.strip_prefix(BOM).unwrap_or(raw);
        self.header.iter().any(|cells| has_cells(raw, cells, &self.dialect))
    }

    /// Gives a record that lacks fields at its end the empty ones, where rules allow that.
    fn fill_up(&self, block: &[u8], record: &mut Record, grid: &mut Grid) {
        let Dialect { short, headings, .. } = self.dialect;
        let lacks = record.status == Status::Whole && record.fields < self.width;
        if !lacks || !(short || (headings && record.fields == 1)) {
            return;
        }
        let text = block.get(record.start..record.end).unwrap_or_default();
        if self.is_blank(text) {
            return;
        }
        // A row of one field may be a heading.
        if record.fields > 1 || !headings {
            let line = grid.total_lines;
            let fields = to_u32(record.fields);
            let range = record.start..record.end;
            grid.faults.push(irregular(&SHORT_ROW, range, grid.total_records, line, fields));
        }
        grid.ends.extend(std::iter::repeat_n(to_u32(record.end), self.width - record.fields));
        record.fields = self.width;
    }
}

/// The cells of the records that a header is written in, quotes off.
fn records(header: &[u8], dialect: &Dialect) -> Vec<Vec<Vec<u8>>> {
    let mut scanner = Scanner::new(header, true, dialect, MAX_RECORD, usize::MAX);
    let (mut at, mut all) = (0, Vec::new());
    while at < header.len() {
        let mut ends = Vec::new();
        let Some(record) = scanner.record(at, &mut ends) else { break };
        let mut start = record.start;
        let cell = |end: &u32| {
            let end = to_usize(*end);
            let raw = header.get(start..end).unwrap_or_default();
            start = end + 1;
            unquote(raw, dialect.quote).into_owned()
        };
        let cells: Vec<Vec<u8>> = ends.iter().map(cell).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            all.push(cells);
        }
        at = record.next();
    }
    all
}

/// Whether a record has these cells, with quotes or without.
fn has_cells(mut record: &[u8], cells: &[Vec<u8>], dialect: &Dialect) -> bool {
    let mut rest = cells.iter().peekable();
    while let Some(cell) = rest.next() {
        let quoted = dialect.quote.filter(|quote| record.first() == Some(quote));
        let after = match quoted {
            None => record.strip_prefix(cell.as_slice()),
            Some(quote) => after_quoted_cell(record.get(1..).unwrap_or_default(), cell, quote),
        };
        record = match (after, rest.peek()) {
            (Some([]), None) => return true,
            (Some([delimiter, after @ ..]), Some(_)) if *delimiter == dialect.delimiter => after,
            _ => return false,
        };
    }
    false
}

/// What stands behind a cell and its closing quote.
fn after_quoted_cell<'r>(mut record: &'r [u8], cell: &[u8], quote: u8) -> Option<&'r [u8]> {
    for byte in cell {
        record = record.strip_prefix(&[*byte])?;
        if *byte == quote {
            record = record.strip_prefix(&[quote])?;
        }
    }
    record.strip_prefix(&[quote])
}

/// With which bytes the records begin that [`Walker::is_odd`] looks for.
fn odd_starts(dialect: &Dialect, header: &[Vec<Vec<u8>>]) -> [bool; 256] {
    let mut odd = [false; 256];
    let of_header = header.iter().map(|cells| cells.first()?.first().copied());
    let mark = BOM.first().copied().filter(|_| !header.is_empty());
    let signs = [b' ', b'\t', b'<', b'=', b'>', dialect.delimiter].map(Some);
    let more = [mark, dialect.quote, dialect.comment];
    for byte in of_header.chain(signs).chain(more).flatten() {
        if let Some(odd) = odd.get_mut(usize::from(byte)) {
            *odd = true;
        }
    }
    odd
}

/// Where the text goes on after the quoted field that `head` is supposed to begin in, and whether
/// its record ended with it.
fn after_quoted(head: &[u8], dialect: &Dialect) -> Option<(usize, bool)> {
    let quote = dialect.quote?;
    let mut at = 0;
    loop {
        at += memchr::memchr(quote, head.get(at..)?)? + 1;
        if head.get(at) != Some(&quote) {
            break;
        }
        at += 1;
    }
    match *head.get(at)? {
        b'\n' => Some((at + 1, true)),
        b'\r' => Some((at + 1 + usize::from(*head.get(at + 1)? == b'\n'), true)),
        byte if byte == dialect.delimiter => Some((at + 1, false)),
        _ => None,
    }
}

/// Counts the lines of a record, a blank line or a comment.
#[inline]
fn passed(record: &Record, grid: &mut Grid) {
    grid.note_line_end(record.how, record.end, grid.total_lines + record.inner_lines);
    grid.total_lines += record.lines();
}

/// A record whose fields are in the grid becomes a row.
#[inline]
pub(crate) fn taken(record: &Record, grid: &mut Grid) {
    grid.starts.push(to_u32(record.start));
    grid.lines.push(grid.total_lines);
    grid.records.push(grid.total_records);
    grid.rows += 1;
    passed(record, grid);
    grid.total_records += 1;
}

/// A record that is not plain, on its way into the grid.
pub(crate) struct RecordSink<'a> {
    pub walker: &'a Walker,
    pub block: &'a [u8],
    pub record: Record,
    /// Where its fields begin in the grid.
    pub kept: usize,
    pub dirty: bool,
}

impl RecordSink<'_> {
    pub fn file(&self, strays: &[Stray], grid: &mut Grid) {
        let record = &self.record;
        let raw = self.block.get(record.start..record.end).unwrap_or_default();
        if record.status == Status::Whole && self.walker.is_blank(raw) {
            grid.ends.truncate(self.kept);
            self.report(&faults::BLANK_ROW, record.start..record.end, 0, NO_COLUMN, grid);
            passed(record, grid);
            return;
        }
        let from = grid.faults.len();
        for stray in strays {
            let aux = u32::from(stray.closing);
            self.report(
                &faults::STRAY_QUOTE,
                stray.at..stray.at + 1,
                aux,
                to_u32(stray.field),
                grid,
            );
        }
        let row = self.verdict(grid);
        if row && record.inner_lines > 0 {
            for found in swallowed::fields(raw, &self.walker.dialect, self.walker.width) {
                let range = record.start + found.range.start..record.start + found.range.end;
                let lines = to_u32(found.lines);
                self.report(&faults::SWALLOWED_ROWS, range, lines, to_u32(found.column), grid);
            }
        }
        if self.dirty {
            self.content(row, grid);
        }
        if let Some(new) = grid.faults.get_mut(from..) {
            new.sort_by_key(|f| (f.start, f.kind));
        }
        if row {
            taken(record, grid);
        } else {
            grid.ends.truncate(self.kept);
            grid.set_aside += 1;
            passed(record, grid);
            grid.total_records += 1;
        }
    }

    /// A conflict is set aside as one record: which of its sides is right is not known.
    fn conflict(&self, aux: u32, grid: &mut Grid) {
        let range = self.record.start..self.record.end;
        self.report(&faults::MERGE_CONFLICT, range, aux, NO_COLUMN, grid);
        grid.set_aside += 1;
        passed(&self.record, grid);
        grid.total_records += 1;
    }

    /// Whether the record is a row; if not, why.
    fn verdict(&self, grid: &mut Grid) -> bool {
        let record = &self.record;
        let fields = record.fields.try_into().unwrap_or(u32::MAX);
        let whole = record.start..record.end;
        match record.status {
            Status::Unclosed { quote } => {
                let column = fields.saturating_sub(1);
                self.report(&faults::UNCLOSED_QUOTE, quote..quote + 1, 0, column, grid);
            }
            Status::TooLong => self.report(
                &faults::RECORD_TOO_LONG,
                record.start..record.start,
                0,
                NO_COLUMN,
                grid,
            ),
            Status::Whole if record.fields != self.walker.width => {
                self.report(&crate::read::note::RAGGED_ROW, whole, fields, NO_COLUMN, grid)
            }
            Status::Whole if self.walker.is_header(self.block, record.start, record.end) => {
                if self.walker.width == 1 {
                    // A name may well be one of the values.
                    self.report(&faults::REPEATED_NAME, whole, fields, 0, grid);
                    return true;
                }
                self.report(&faults::REPEATED_HEADER, whole, fields, NO_COLUMN, grid)
            }
            Status::Whole => return true,
        }
        false
    }

    /// Looks at each cell of a row, or at all of a record that is none, for what is no text.
    fn content(&self, row: bool, grid: &mut Grid) {
        let (start, end) = (self.record.start, self.record.end);
        if !suspicious(self.block.get(start..end).unwrap_or_default(), true) {
            return;
        }
        if !row {
            self.cell(start, end, NO_COLUMN, grid);
            return;
        }
        let mut at = start;
        for column in 0..self.walker.width {
            let Some(&end) = grid.ends.get(self.kept + column) else {
                break;
            };
            self.cell(at, end as usize, to_u32(column), grid);
            at = end as usize + 1;
        }
    }

    fn cell(&self, start: usize, end: usize, column: u32, grid: &mut Grid) {
        let text = self.block.get(start..end).unwrap_or_default();
        if suspicious(text, true) {
            for odd in anomalies(text) {
                self.report(odd.fault, start + odd.start..start + odd.end, odd.count, column, grid);
            }
        }
    }

    fn report(
        &self,
        fault: &'static Fault,
        range: std::ops::Range<usize>,
        aux: u32,
        column: u32,
        grid: &mut Grid,
    ) {
        let before = self.block.get(self.record.start..range.start).unwrap_or_default();
        let line = grid.total_lines + count_lines(before, self.block.get(range.start));
        grid.faults
            .push(Irregular { column, ..irregular(fault, range, grid.total_records, line, aux) });
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data is small")]
#[path = "walk_tests.rs"]
mod tests;
