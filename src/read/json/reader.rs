//! A file of JSON as a reader: one document, or a value on each line.

use std::ops::Range;
use std::sync::Arc;

use crate::fault::Fault;
use crate::read::block::Block;
use crate::read::format::{Options, Refusal};
use crate::read::grid::Irregular;
use crate::read::json::look::{Looked, look};
use crate::read::json::nav::{Nav, Next};
use crate::read::json::plan::Plan;
use crate::read::json::scan::{Stop, Text};
use crate::read::json::walk::Walk;
use crate::read::json::words::{FAULTS, earlier, stopped, word};
use crate::read::nested::Origin;
use crate::read::nested::pointer::Way;
use crate::read::note::Note;
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, MAX_RECORD, Order, ReadError, Reader, Step, Wanted,
};
use crate::source::{Bytes, FileId};
use crate::width::to_usize;

/// A file of JSON.
pub struct JsonReader {
    source: Arc<dyn Bytes>,
    plan: Plan,
    origins: Vec<Origin>,
    head: Head,
    /// Where the first row stands in the document.
    start: Nav,
    notes: Vec<Note>,
    is_lines: bool,
    order: Order,
}

impl JsonReader {
    /// Looks at the start of a file.
    ///
    /// # Errors
    /// Where it cannot be read, or is no JSON before its first row.
    pub fn open(
        source: Arc<dyn Bytes>,
        options: &Options,
        is_lines: bool,
    ) -> Result<JsonReader, Refusal> {
        let Looked { plan, head, start, notes } = look(&source, options, is_lines)?;
        // The name of a row, where it has one, stands before it.
        let is_alone = is_lines || plan.is_flat() && !plan.is_named;
        let order = if is_alone { Order::Speculative } else { Order::InOrder };
        let origins = plan.origins();
        Ok(JsonReader { source, plan, origins, head, start, notes, is_lines, order })
    }

    /// Reads `len` bytes from `offset`, fewer at the end; whether the file ends with them.
    fn fill(&self, offset: u64, len: usize, buffer: &mut Vec<u8>) -> Result<bool, ReadError> {
        let failed = |error| ReadError { offset, error };
        buffer.resize(len, 0);
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.source.read_at(offset + filled as u64, rest).map_err(failed)? {
                0 => break,
                n => filled += n,
            }
        }
        buffer.truncate(filled);
        let end = offset + filled as u64;
        if filled < len && end < self.source.len() {
            let message = "it ends here, but was longer when it was opened";
            let error = std::io::Error::new(std::io::ErrorKind::UnexpectedEof, message);
            return Err(failed(error));
        }
        Ok(end >= self.source.len())
    }

    /// Where a document goes on.
    fn nav(&self, context: &Context) -> Nav {
        match context.reader.is_empty() {
            true => self.start.clone(),
            false => postcard::from_bytes(&context.reader).unwrap_or_else(|_| self.start.clone()),
        }
    }

    /// Walks the rows at the start of a text into a block; gives how far it came, and what kept it
    /// from going on. Without `stop` the block is all of the text.
    fn walk(
        &self,
        (bytes, last, base): (Vec<u8>, bool, u64),
        stop: Option<usize>,
        (nav, wanted): (&mut Nav, &Wanted),
        block: &mut Block,
    ) -> (usize, Option<ReadError>) {
        let mut walk = Walk::new(&self.plan, &self.origins, block, wanted.places);
        let text = Text { bytes: &bytes, last, base };
        let before = stop.unwrap_or(usize::MAX);
        let (len, found) = match self.is_lines {
            true => (walk.lines(&text, before), None),
            false => walk.document(&text, before, nav),
        };
        // White space behind the last row leads to a row that is not there.
        let len = stop.map_or(bytes.len(), |_| len);
        walk.count_lines(&text, len);
        let found = match found {
            Some(Stop::More) | None => None,
            Some(found) => Some(stopped(found, &text)),
        };
        walk.finish(bytes, base, len);
        (len, found)
    }

    /// A document that is one array can be cut wherever a row seems to start: behind a closing
    /// bracket and a comma, with the name that the first row begins with.
    fn row_in(&self, text: &[u8]) -> Option<usize> {
        let name = self.plan.rows.first_literal();
        let space = |b: &u8| matches!(b, b' ' | b'\n' | b'\t' | b'\r');
        let before = |text: &[u8], byte: u8| {
            let at = text.iter().rposition(|b| !space(b))?;
            (text.get(at) == Some(&byte)).then_some(at)
        };
        let row = |at: usize| {
            let start = before(text.get(..at)?, b'{')?;
            let comma = before(text.get(..start)?, b',')?;
            before(text.get(..comma)?, b'}').map(|_| start)
        };
        memchr::memmem::find_iter(text, name).find_map(row)
    }
}

impl Reader for JsonReader {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.source.len()
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        Some(&*self.source)
    }

    fn size(&self) -> u64 {
        // Of a table without rows nothing is read.
        if self.head.readable || self.head.body == 0 { self.source.len() } else { 0 }
    }

    fn order(&self) -> Order {
        self.order
    }

    fn has_null(&self) -> bool {
        true
    }

    fn faults(&self) -> &'static [&'static Fault] {
        FAULTS
    }

    fn rewritten(&self, cell: &[u8], text: &str) -> Option<Vec<u8>> {
        let is_plain = !text.contains(|c: char| c.is_control() || matches!(c, '"' | '\\'));
        let is_text = cell.first() == Some(&b'"');
        (is_plain && is_text).then(|| format!("\"{text}\"").into_bytes())
    }

    fn notes(&self, file: FileId) -> Vec<Note> {
        self.notes.iter().map(|note| note.in_file(file)).collect()
    }

    fn guess(&self, from: u64, buffer: &mut Vec<u8>) -> Result<u64, ReadError> {
        /// As many bytes are looked at at once.
        const HEAD: usize = 64 << 10;
        if from <= self.head.body {
            return Ok(self.head.body);
        }
        let mut at = from - 1;
        loop {
            // The byte before shows whether a line starts right at the border.
            let last = self.fill(at, HEAD, buffer)?;
            let found = match self.is_lines {
                true => memchr::memchr(b'\n', buffer).map(|end| end + 1),
                false => self.row_in(buffer),
            };
            match found {
                Some(found) => return Ok(at + found as u64),
                None if last || !self.is_lines => return Ok(at + buffer.len() as u64),
                None => at += buffer.len() as u64,
            }
        }
    }

    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        context: &Context,
        wanted: &Wanted,
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        let (nav, wanted) = (self.nav(context), wanted.clone());
        let (at, to) = (chunk.start, chunk.end);
        Ok(Box::new(JsonCursor { reader: self, at, to, has_walked: false, nav, wanted, size }))
    }

    fn again(
        &self,
        range: Range<u64>,
        context: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let mut bytes = std::mem::take(&mut block.bytes);
        self.fill(range.start, to_usize(range.end - range.start), &mut bytes)?;
        // It ends where a token does, so nothing can follow that belongs to it.
        let text = (bytes, true, range.start);
        self.walk(text, None, (&mut self.nav(context), wanted), block);
        Ok(())
    }

    fn pointer(
        &self,
        block: &Block,
        row: usize,
        field: Option<usize>,
        record: u64,
    ) -> Option<String> {
        let known = block.places.as_ref().and_then(|places| places.ways.get(row))?;
        let known = Way::pointer(known.as_deref());
        let is_counted = !self.is_lines
            && self.order == Order::Speculative
            && self.start.frames.last().is_some_and(|frame| frame.is_array);
        let own = match known.rsplit_once('/') {
            // A chunk does not know how many elements stand before it.
            Some((before, _)) if is_counted => format!("{before}/{}", record.saturating_sub(1)),
            _ => known,
        };
        let origin = field.and_then(|field| self.origins.get(field));
        self.plan.pointer_of(origin.copied(), &own)
    }

    fn earlier(&self, irregular: &Irregular, block: &Block) -> Option<Range<usize>> {
        let own = to_usize(block.len).min(block.bytes.len());
        earlier(irregular, block.bytes.get(..own).unwrap_or_default())
    }

    fn word(&self, irregular: &Irregular, block: &Block) -> FaultText {
        let own = to_usize(block.len).min(block.bytes.len());
        word(irregular, block.bytes.get(..own).unwrap_or_default(), &self.plan)
    }
}

struct JsonCursor<'r> {
    reader: &'r JsonReader,
    /// Where it goes on.
    at: u64,
    to: u64,
    has_walked: bool,
    nav: Nav,
    wanted: Wanted,
    size: BlockSize,
}

impl JsonCursor<'_> {
    /// Whether all rows that start in the chunk were read; what stands behind them is passed over
    /// up to the next row, or to the end of the document.
    fn is_done(&self) -> bool {
        let is_between = !self.reader.is_lines && self.nav.next != Next::Row;
        if self.at >= self.reader.source.len() {
            // A chunk that begins here was read with the one before it.
            return !self.has_walked || !is_between || self.nav.next == Next::Nothing;
        }
        self.at >= self.to && !is_between
    }
}

impl Cursor for JsonCursor<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        if self.is_done() {
            return Ok(Step::End);
        }
        let reader = self.reader;
        let stop = to_usize(self.to.saturating_sub(self.at));
        let mut size = self.size.usual.max(1);
        loop {
            let mut bytes = std::mem::take(&mut block.bytes);
            let last = reader.fill(self.at, size, &mut bytes)?;
            let base = self.at;
            let nav = (&mut self.nav, &self.wanted);
            let (len, found) = reader.walk((bytes, last, base), Some(stop), nav, block);
            if len > 0 {
                self.at += len as u64;
                self.has_walked = true;
                return Ok(Step::Rows);
            }
            if let Some(found) = found {
                return Err(found);
            }
            if last {
                return Ok(Step::End);
            }
            if size >= self.size.longest {
                let (message, offset) = ("a value is longer than 64 MiB", self.at);
                let error = std::io::Error::new(std::io::ErrorKind::InvalidData, message);
                return Err(ReadError { offset, error });
            }
            size = (size * 2).min(MAX_RECORD);
        }
    }

    fn context(&self) -> Context {
        let reader = self.reader;
        // All rows of one array depend on the same.
        let is_usual = reader.order == Order::Speculative
            && self.nav.next == Next::Row
            && self.nav.frames.last().is_some_and(|f| f.is_array);
        let is_same = reader.is_lines || is_usual;
        let bytes = if is_same { Vec::new() } else { self.nav_bytes() };
        Context { reader: bytes, ..Context::default() }
    }
}

impl JsonCursor<'_> {
    fn nav_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(&self.nav).unwrap_or_default()
    }
}
