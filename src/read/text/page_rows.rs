//! The rows of a table of a web page, read in pieces whenever they are asked for.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::fault::Fault;
use crate::read::block::Block;
use crate::read::format::Options;
use crate::read::grid::Irregular;
use crate::read::note::Note;
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Figure, Head, Order, ReadError, Reader, Step, Wanted,
};
use crate::read::text::document::Markup;
use crate::read::text::figures;
use crate::read::text::html_tables::{HtmlTable, rows};
use crate::read::text::reader::{DocumentRows, plain};
use crate::read::text::table_rows::{Framed, Rows, push};
use crate::read::text::tables::MdCell;
use crate::source::{Bytes, FileId};
use crate::value::NumberFormat;

/// Pieces of a chunk, about: those at its ends are read twice.
const PIECES: u64 = 16;

/// The rows of a table, of which those of a piece are held.
pub struct Pieces {
    text: Arc<String>,
    table: Arc<HtmlTable>,
    /// A piece and its rows, while the table is looked through.
    last: RefCell<(usize, Vec<Vec<MdCell>>)>,
}

impl Pieces {
    /// The rows of a table in a text.
    pub fn new(text: &Arc<String>, table: &Arc<HtmlTable>) -> Pieces {
        let (text, table) = (text.clone(), table.clone());
        Pieces { text, table, last: RefCell::new((usize::MAX, Vec::new())) }
    }
}

impl Rows for Pieces {
    fn total(&self) -> usize {
        self.table.filled
    }

    fn visit(&self, row: usize, take: &mut dyn FnMut(&[MdCell])) {
        let before = self.table.starts.partition_point(|start| start.row <= row);
        let Some(piece) = before.checked_sub(1) else { return };
        let Some(start) = self.table.starts.get(piece) else { return };
        let mut last = self.last.borrow_mut();
        if last.0 != piece {
            *last = (piece, rows(&self.text, &self.table, piece));
        }
        if let Some(cells) = last.1.get(row - start.row) {
            take(cells);
        }
    }
}

/// Reads the rows of a table.
pub struct PageRows {
    head: Head,
    /// What is out of order; its places name no file yet.
    pub notes: Vec<Note>,
    text: Arc<String>,
    table: Arc<HtmlTable>,
    /// The texts of the columns behind its own, which are the same in all rows.
    same: Vec<String>,
    /// The rows of the table, of those with cells.
    body: Range<usize>,
    /// Those of them that are blank or like the header, and so no rows.
    blank: Vec<usize>,
    below: u64,
    /// The number of the first row of each piece; at last, of all rows.
    firsts: Vec<u64>,
    is_indented: bool,
    number: NumberFormat,
    /// The rows that were last read to be shown.
    shown: Mutex<Option<Shown>>,
}

/// Rows that are held, with their numbers.
type Shown = Arc<(Range<u64>, DocumentRows)>;

impl PageRows {
    /// The rows of a table between those that its rule leaves out.
    pub fn new(pieces: Pieces, framed: Framed, options: &Options) -> PageRows {
        let Pieces { text, table, .. } = pieces;
        let Framed { head, mut notes, same, header, body, below } = framed;
        let mut blank = Vec::new();
        for (row, span) in table.blank.iter().filter(|_| table.widest > 1) {
            if body.contains(row) {
                notes.push(Note::blank_row((FileId(0), *span, None)));
                blank.push(*row);
            }
        }
        let is_again = |row: &usize, like: &usize| body.contains(row) && header.0.contains(like);
        for (row, span, _) in
            table.repeats.alike.iter().filter(|(row, _, like)| is_again(row, like))
        {
            notes.push(Note::repeated_header((FileId(0), *span, None)));
            blank.push(*row);
        }
        blank.sort_unstable();
        let first = |row: usize| {
            let above = row.clamp(body.start, body.end.max(body.start));
            (above - body.start - blank.partition_point(|own| *own < above)) as u64
        };
        let rows = table.starts.iter().map(|start| start.row).chain([table.filled]);
        let firsts = rows.map(first).collect();
        let (is_indented, number) = (options.indented, options.writing.number.clone());
        let shown = Mutex::default();
        PageRows {
            head,
            notes,
            text,
            table,
            same,
            body,
            blank,
            below,
            firsts,
            is_indented,
            number,
            shown,
        }
    }

    /// How many there are.
    fn count(&self) -> u64 {
        self.firsts.last().copied().unwrap_or(0)
    }

    /// The piece that a row is in.
    fn piece(&self, row: u64) -> usize {
        self.firsts.partition_point(|first| *first <= row).saturating_sub(1)
    }

    /// The rows of a piece.
    fn of_piece(&self, piece: usize) -> Range<u64> {
        let first = |piece: usize| self.firsts.get(piece).copied().unwrap_or(self.count());
        first(piece)..first(piece + 1)
    }

    /// Reads some rows.
    fn held(&self, range: &Range<u64>) -> DocumentRows {
        let head = Head { columns: self.head.columns.clone(), ..Head::default() };
        let mut held = DocumentRows::new(head, &self.text, self.same.clone());
        for piece in self.piece(range.start)..=self.piece(range.end.max(range.start + 1) - 1) {
            let Some(start) = self.table.starts.get(piece) else { break };
            let cells = (start.row..).zip(rows(&self.text, &self.table, piece));
            let is_row =
                |row: &usize| self.body.contains(row) && self.blank.binary_search(row).is_err();
            let own = cells.filter(|(row, _)| is_row(row));
            for (_, (_, cells)) in
                (self.of_piece(piece).start..).zip(own).filter(|(row, _)| range.contains(row))
            {
                push(&mut held, &cells, self.is_indented);
            }
        }
        held
    }

    /// Reads the pieces that some rows are in.
    fn around(&self, range: &Range<u64>) -> Shown {
        let last = self.of_piece(self.piece(range.end.max(range.start + 1) - 1));
        let whole = self.of_piece(self.piece(range.start)).start..last.end;
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match &*shown {
            Some(known) if known.0 == whole => known.clone(),
            _ => shown.insert(Arc::new((whole.clone(), self.held(&whole)))).clone(),
        }
    }
}

impl Reader for PageRows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.count()
    }

    fn below(&self) -> u64 {
        self.below
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        None
    }

    fn size(&self) -> u64 {
        self.table.span.len()
    }

    fn order(&self) -> Order {
        Order::Independent
    }

    fn has_shared_cells(&self) -> bool {
        self.table.reaches_down
    }

    fn named_rows(&self) -> usize {
        self.table.head
    }

    fn chunk(&self) -> Option<u64> {
        let pieces = self.table.starts.len() as u64;
        Some((self.count() * PIECES / pieces.max(1)).max(1))
    }

    fn faults(&self) -> &'static [&'static Fault] {
        &[]
    }

    fn rewritten(&self, _: &[u8], text: &str) -> Option<Vec<u8>> {
        plain(text)
    }

    fn notes(&self, file: FileId) -> Vec<Note> {
        self.notes.iter().map(|note| note.in_file(file)).collect()
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
        let (at, to) = (chunk.start, chunk.end.min(self.end()));
        Ok(Box::new(PageCursor { rows: self, at, to, wanted: wanted.clone() }))
    }

    fn again(
        &self,
        range: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let shown = self.around(&range);
        let first = shown.0.start;
        let own = range.start.saturating_sub(first)..range.end.saturating_sub(first);
        shown.1.load(own, wanted, block);
        block.at = range.start;
        Ok(())
    }

    fn figures(&self, take: &mut dyn FnMut(&Figure<'_>)) -> bool {
        figures::visit(&self.text, (Markup::Html, &self.number, figures::Where::Tables), take);
        true
    }

    fn number_format(&self) -> Option<&NumberFormat> {
        Some(&self.number)
    }

    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText::default()
    }
}

struct PageCursor<'r> {
    rows: &'r PageRows,
    at: u64,
    to: u64,
    wanted: Wanted,
}

impl Cursor for PageCursor<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        if self.at >= self.to {
            return Ok(Step::End);
        }
        let piece = self.rows.of_piece(self.rows.piece(self.at));
        let own = self.at..self.to.min(piece.end.max(self.at + 1));
        self.rows.held(&own).load(0..own.end - own.start, &self.wanted, block);
        (block.at, self.at) = (own.start, own.end);
        Ok(Step::Rows)
    }

    fn context(&self) -> Context {
        Context::default()
    }
}
