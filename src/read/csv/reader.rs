//! A delimited file as a reader: heads are read once, cursors walk chunks block by block.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::fault::{Fault, Severity};
use crate::read::block::{Block, Cells};
use crate::read::csv::cells;
use crate::read::csv::dialect::Dialect;
use crate::read::csv::faults::{self, FAULTS, RAGGED, SUSPICIOUS_DELIMITER};
use crate::read::csv::header::{HeaderRead, read_header};
use crate::read::csv::tail::{Tail, tail};
use crate::read::csv::walk::Walker;
use crate::read::frame::Frame;
use crate::read::grid::{Grid, Irregular};
use crate::read::note::{NamedBy, Note, Spot};
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, MAX_RECORD, Order, ReadError, Reader, Step, Wanted,
};
use crate::report::Subject;
use crate::source::{Bytes, FileId, Span};
use crate::width::to_usize;

/// A file whose records are lines of fields.
pub struct CsvReader {
    bytes: Arc<dyn Bytes>,
    dialect: Dialect,
    head: Head,
    /// The bytes of the head, for the words of its faults.
    head_bytes: Vec<u8>,
    names: Vec<String>,
    walker: Walker,
    tail: Tail,
    skip: Option<u32>,
    has_header: bool,
}

impl CsvReader {
    /// Reads the head of a file; all of it where a rule says how its table ends.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(bytes: Arc<dyn Bytes>, dialect: Dialect, frame: &Frame) -> io::Result<CsvReader> {
        let mut size = 1 << 16;
        let most = usize::try_from(bytes.len()).unwrap_or(usize::MAX);
        let (head, head_bytes) = loop {
            // It is kept, and of many files most are small.
            let mut head = vec![0; size.min(most)];
            let n = bytes.read_at(0, &mut head)?;
            head.truncate(n);
            let at_end = n as u64 == bytes.len() || size >= MAX_RECORD;
            match read_header(&head, at_end, &dialect, frame) {
                HeaderRead::Done(header) => break (header, head),
                HeaderRead::NeedMore => size *= 4,
            }
        };
        let walker = Walker::new(dialect, &head, &head_bytes);
        let names = head.columns.iter().map(|c| c.name.clone()).collect();
        let tail = if frame.has_end() && head.readable {
            let named = head.columns.iter().filter(|column| !column.name.trim().is_empty());
            tail(&*bytes, head.body, &dialect, (frame, named.count()))?
        } else {
            Tail { end: bytes.len(), ..Tail::default() }
        };
        let (skip, has_header) = (frame.skip, frame.header.is_written());
        Ok(CsvReader { bytes, dialect, head, head_bytes, names, walker, tail, skip, has_header })
    }

    fn text(&self, irregular: &Irregular, block: &[u8], base: u64) -> FaultText {
        let context = faults::Context {
            block,
            base,
            names: &self.names,
            dialect: &self.dialect,
            skip: self.skip,
            has_header: self.has_header,
        };
        faults::word(irregular, &context)
    }

    /// Reads `len` bytes from `offset`, fewer at the end; whether the file ends with them.
    fn fill(&self, offset: u64, len: usize, buffer: &mut Vec<u8>) -> Result<bool, ReadError> {
        let wrong = |error| ReadError { offset, error };
        let len = len.min(to_usize(self.tail.end.saturating_sub(offset)));
        buffer.resize(len, 0);
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let n = self.bytes.read_at(offset + filled as u64, rest).map_err(wrong)?;
            if n == 0 {
                break;
            }
            filled += n;
        }
        buffer.truncate(filled);
        let end = offset + filled as u64;
        if filled < len && end < self.tail.end {
            let message = "it ends here, but was longer when it was opened";
            return Err(wrong(io::Error::new(io::ErrorKind::UnexpectedEof, message)));
        }
        Ok(end >= self.tail.end)
    }

    /// Makes a block of what has been walked.
    fn finish(&self, block: &mut Block, at: u64, len: usize) {
        block.at = at;
        block.len = len as u64;
        block.read = len as u64;
        block.lines_are_records = lines_are_records(&block.grid, &block.bytes);
        block.bytes.truncate(len);
        block.quote = self.dialect.quote;
        block.cells = Cells::Delimited;
        block.is_cut = false;
        block.places = None;
        let Dialect { escape, short, headings, .. } = self.dialect;
        if escape.is_some() || short || headings {
            cells::laid_out(block, &self.dialect);
        }
    }
}

impl Reader for CsvReader {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.tail.end
    }

    fn below(&self) -> u64 {
        self.tail.below
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        Some(&*self.bytes)
    }

    fn size(&self) -> u64 {
        self.bytes.len()
    }

    fn order(&self) -> Order {
        // What an escape sign means depends on what stands before it.
        if self.dialect.escape.is_some() { Order::InOrder } else { Order::Speculative }
    }

    fn faults(&self) -> &'static [&'static Fault] {
        FAULTS
    }

    fn rewritten(&self, cell: &[u8], text: &str) -> Option<Vec<u8>> {
        self.dialect.written(text, cell.first() == self.dialect.quote.as_ref())
    }

    fn notes(&self, file: FileId) -> Vec<Note> {
        let note = |irregular: &Irregular| {
            let fault = *FAULTS.get(usize::from(irregular.kind))?;
            let words = self.text(irregular, &self.head_bytes, 0);
            let span = Span::new(irregular.start.into(), irregular.end.into());
            let place = (file, span, Some(u64::from(irregular.line) + 1));
            let column = usize::try_from(irregular.column).ok().and_then(|c| self.names.get(c));
            let mut note = Note::worded(fault, NamedBy::Fault, Subject::Header, words, place);
            if !self.head.readable && *fault == SUSPICIOUS_DELIMITER {
                // Nothing of the file is read.
                note.severity = Severity::Error;
            }
            let at = note.at.map(|at| Spot { column: column.cloned(), ..at });
            Some(Note { column: column.cloned(), at, ..note })
        };
        let Tail { like_rows, first_like_row: first, .. } = &self.tail;
        let like_rows = (*like_rows > 0).then(|| {
            let place = (file, Span::new(first.start, first.end), None);
            Note::rows_left_out(*like_rows, place)
        });
        self.head.faults.iter().filter_map(note).chain(like_rows).collect()
    }

    fn guess(&self, from: u64, buffer: &mut Vec<u8>) -> Result<u64, ReadError> {
        /// As many bytes are looked at.
        const HEAD: usize = 64 << 10;
        if from <= self.head.body {
            return Ok(self.head.body);
        }
        // The byte before shows whether a record starts right at the border.
        self.fill(from - 1, HEAD, buffer)?;
        Ok(from - 1 + self.walker.guess(buffer) as u64)
    }

    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        _: &Context,
        _: &Wanted,
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        Ok(Box::new(CsvCursor { reader: self, at: chunk.start, to: chunk.end, size }))
    }

    fn again(
        &self,
        range: Range<u64>,
        _: &Context,
        _: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        self.fill(range.start, len, &mut block.bytes)?;
        self.walker.walk(&block.bytes, true, usize::MAX, &mut block.grid);
        self.finish(block, range.start, block.bytes.len());
        Ok(())
    }

    fn word(&self, irregular: &Irregular, block: &Block) -> FaultText {
        let own = usize::try_from(block.len).unwrap_or(usize::MAX).min(block.bytes.len());
        self.text(irregular, block.bytes.get(..own).unwrap_or_default(), block.at)
    }
}

struct CsvCursor<'r> {
    reader: &'r CsvReader,
    /// Where the next record starts.
    at: u64,
    to: u64,
    size: BlockSize,
}

impl Cursor for CsvCursor<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        if self.at >= self.to {
            return Ok(Step::End);
        }
        let (reader, stop) =
            (self.reader, usize::try_from(self.to - self.at).unwrap_or(usize::MAX));
        let mut size = self.size.usual.max(1);
        let consumed = loop {
            let last = reader.fill(self.at, size, &mut block.bytes)?;
            let n = reader.walker.walk(&block.bytes, last, stop, &mut block.grid);
            if n > 0 || last || size >= self.size.longest {
                break n;
            }
            size = (size * 2).min(MAX_RECORD);
        };
        let more = self.at + (consumed as u64) < reader.tail.end;
        let too_long = consumed >= MAX_RECORD && block.grid.total_records <= 1;
        if (too_long || (consumed == 0 && self.size.longest < MAX_RECORD)) && more {
            let error =
                io::Error::new(io::ErrorKind::InvalidData, "a record is longer than 64 MiB");
            return Err(ReadError { offset: self.at, error });
        }
        if consumed == 0 {
            return Ok(Step::End);
        }
        reader.finish(block, self.at, consumed);
        self.at += consumed as u64;
        Ok(Step::Rows)
    }

    fn context(&self) -> Context {
        Context::default()
    }
}

/// Whether each record up to the last row is a line that ends with LF, and there is no other line,
/// and few records are ragged and nothing else is out of order.
fn lines_are_records(grid: &Grid, block: &[u8]) -> bool {
    /// For so many records there may be one that is no row.
    const FEW: u32 = 4;
    let one_by_one = |last: usize| {
        let text = grid
            .starts
            .get(last)
            .and_then(|start| block.get(*start as usize..grid.end(last) as usize));
        grid.lines_before(last) == grid.records_before(last)
            && memchr::memchr(b'\n', text.unwrap_or_default()).is_none()
    };
    grid.line_ends[2] == 0
        && grid.set_aside * FEW <= grid.total_records
        && grid.faults.iter().all(|f| usize::from(f.kind) == RAGGED)
        && grid.rows.checked_sub(1).is_none_or(one_by_one)
}
