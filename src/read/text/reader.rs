//! Rows found in a document, held compactly and read like those of any other format.
//!
//! A document is looked through once, when it is opened. A row then takes sixteen bytes a cell
//! beside its text.

use std::collections::HashMap;
use std::ops::Range;

use crate::fault::Fault;
use crate::read::block::{Block, Cells, Places};
use crate::read::grid::{FieldSpan, Irregular};
use crate::read::note::{Note, Spot};
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, Order, ReadError, Reader, Step, Wanted,
};
use crate::source::{Bytes, FileId, Span};
use crate::value::Hedge;
use crate::width::to_usize;

/// Rows of a block: enough to be worth a call.
const ROWS: u64 = 4096;

/// A cell of a document.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// Its text, in the texts of all cells.
    text: FieldSpan,
    /// Where it stands in the file.
    place: FieldSpan,
}

/// A cell as it is found.
#[derive(Debug, Clone, Copy)]
pub struct FoundCell<'c> {
    pub text: &'c str,
    /// Where it stands in the file.
    pub span: Span,
    /// What a word before it makes of it.
    pub hedge: Hedge,
}

/// The rows of one document, in order.
#[derive(Debug, Default)]
pub struct DocumentRows {
    head: Head,
    /// What is out of order in the document; its places name no file yet.
    pub notes: Vec<Note>,
    width: usize,
    texts: Vec<u8>,
    cells: Vec<Cell>,
    rows: Vec<FieldSpan>,
    hedges: HashMap<(usize, usize), Hedge>,
    /// The text that was put last, and where: the cells of a column often repeat it.
    last: Vec<FieldSpan>,
}

impl DocumentRows {
    /// No rows yet.
    pub fn new(head: Head) -> DocumentRows {
        let width = head.columns.len();
        DocumentRows { head, width, last: vec![FieldSpan::default(); width], ..Default::default() }
    }

    /// Takes the next row; missing cells are blank and stand where the row does.
    pub fn push<'c>(&mut self, span: Span, cells: impl IntoIterator<Item = FoundCell<'c>>) {
        let row = self.rows.len();
        self.rows.push(narrow(span));
        let from = self.cells.len();
        for (field, cell) in cells.into_iter().take(self.width).enumerate() {
            let text = self.put(field, cell.text);
            self.cells.push(Cell { text, place: narrow(cell.span) });
            if cell.hedge != Hedge::None {
                self.hedges.insert((row, field), cell.hedge);
            }
        }
        let blank = Cell { text: FieldSpan::default(), place: narrow(span) };
        self.cells.resize(from + self.width, blank);
    }

    fn put(&mut self, field: usize, text: &str) -> FieldSpan {
        let same = |last: &&mut FieldSpan| {
            self.texts.get(last.start as usize..last.end as usize) == Some(text.as_bytes())
        };
        if let Some(last) = self.last.get_mut(field).filter(same) {
            return *last;
        }
        let start = offset(self.texts.len() as u64);
        self.texts.extend_from_slice(text.as_bytes());
        let span = FieldSpan { start, end: offset(self.texts.len() as u64) };
        if let Some(last) = self.last.get_mut(field) {
            *last = span;
        }
        span
    }

    /// Puts some rows into a block.
    fn load(&self, rows: Range<u64>, wanted: &Wanted, block: &mut Block) {
        let (from, to) = (to_usize(rows.start), to_usize(rows.end).min(self.rows.len()));
        let cells = self.cells.get(from * self.width..to * self.width).unwrap_or_default();
        block.bytes.clear();
        let (mut spans, mut width) = match std::mem::take(&mut block.cells) {
            Cells::Spans { spans, width } => (spans, width),
            _ => (Vec::new(), 0),
        };
        spans.clear();
        width = self.width.max(width.min(self.width));
        let mut last: Vec<(FieldSpan, FieldSpan)> = vec![Default::default(); self.width];
        for (n, cell) in cells.iter().enumerate() {
            let known = &mut last[n % self.width];
            if known.0 != cell.text {
                let text = self.texts.get(cell.text.start as usize..cell.text.end as usize);
                let start = offset(block.bytes.len() as u64);
                block.bytes.extend_from_slice(text.unwrap_or_default());
                *known = (cell.text, FieldSpan { start, end: offset(block.bytes.len() as u64) });
            }
            spans.push(known.1);
        }
        block.cells = Cells::Spans { width, spans };
        block.grid.clear(0);
        block.grid.rows = to - from;
        block.grid.total_records = offset((to - from) as u64);
        (block.at, block.len, block.read, block.quote) = (rows.start, (to - from) as u64, 0, None);
        block.lines_are_records = false;
        block.hedges.clear();
        let own = (from..to).flat_map(|row| (0..self.width).map(move |field| (row, field)));
        if !self.hedges.is_empty() {
            let hedge =
                |(row, field)| Some(((row - from, field), *self.hedges.get(&(row, field))?));
            block.hedges.extend(own.filter_map(hedge));
        }
        block.places = wanted.places.then(|| Places {
            rows: self.rows[from..to].iter().copied().map(widen).collect(),
            cells: cells.iter().map(|cell| widen(cell.place)).collect(),
        });
    }
}

/// Documents are opened up to 4 GiB.
fn offset(at: u64) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn narrow(span: Span) -> FieldSpan {
    FieldSpan { start: offset(span.start), end: offset(span.end) }
}

fn widen(span: FieldSpan) -> Span {
    Span::new(span.start.into(), span.end.into())
}

impl Reader for DocumentRows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.rows.len() as u64
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        None
    }

    fn size(&self) -> u64 {
        0
    }

    fn order(&self) -> Order {
        Order::InOrder
    }

    fn faults(&self) -> &'static [&'static Fault] {
        &[]
    }

    fn notes(&self, file: FileId) -> Vec<Note> {
        let here = |note: &Note| {
            let at = note.at.clone().map(|at| Spot { file, ..at });
            Note { at, ..note.clone() }
        };
        self.notes.iter().map(here).collect()
    }

    fn guess(&self, from: u64, _: &mut Vec<u8>) -> Result<u64, ReadError> {
        Ok(from)
    }

    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        _: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        let to = chunk.end.min(self.end());
        Ok(Box::new(RowsCursor { rows: self, at: chunk.start, to, wanted: wanted.clone() }))
    }

    fn again(
        &self,
        range: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        self.load(range, wanted, block);
        Ok(())
    }

    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText { message: String::new(), label: String::new(), help: None }
    }
}

struct RowsCursor<'r> {
    rows: &'r DocumentRows,
    at: u64,
    to: u64,
    wanted: Wanted,
}

impl Cursor for RowsCursor<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        if self.at >= self.to {
            return Ok(Step::End);
        }
        let to = self.to.min(self.at + ROWS);
        self.rows.load(self.at..to, &self.wanted, block);
        self.at = to;
        Ok(Step::Rows)
    }

    fn context(&self) -> Context {
        Context::default()
    }
}
