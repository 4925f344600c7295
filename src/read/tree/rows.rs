//! Rows of a document, read like those of any other format.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::fault::Fault;
use crate::read::block::{Block, Cells, Places};
use crate::read::format::Refusal;
use crate::read::grid::Irregular;
use crate::read::nested::pointer::Way;
use crate::read::nested::{Origin, Plan};
use crate::read::note::Note;
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, Order, ReadError, Reader, Step, Wanted,
};
use crate::read::tree::find::Finder;
use crate::read::tree::held::Held;
use crate::read::tree::pieces::Pieces;
use crate::source::{Bytes, FileId};
use crate::width::to_u32;

/// Rows of a block: enough to be worth a call.
const ROWS: u64 = 4096;

/// The rows of a document.
pub struct TreeRows {
    plan: Plan,
    origins: Vec<Origin>,
    head: Head,
    /// What is out of order; places name no file yet.
    pub notes: Vec<Note>,
    /// Its rows were not found, so that nothing is known of them.
    pub is_lost: bool,
    /// How many values should be rows.
    records: u64,
    source: Source,
}

/// Where the rows come from.
enum Source {
    Whole(Arc<Held>),
    /// They are read in pieces; the last one that was read to be shown.
    Pieces(Pieces, Mutex<Option<Arc<Held>>>),
}

impl TreeRows {
    /// Holds the rows of a document.
    pub fn whole(plan: Plan, head: Head, held: Held) -> TreeRows {
        let records = held.records.end;
        TreeRows::new(plan, head, (records, Source::Whole(Arc::new(held))))
    }

    /// Reads the rows of a document in pieces.
    pub fn in_pieces(plan: Plan, head: Head, pieces: Pieces) -> TreeRows {
        let records = pieces.all();
        TreeRows::new(plan, head, (records, Source::Pieces(pieces, Mutex::default())))
    }

    fn new(plan: Plan, head: Head, (records, source): (u64, Source)) -> TreeRows {
        let origins = plan.origins();
        let head = Head { columns: plan.header(), ..head };
        TreeRows { plan, origins, head, notes: Vec::new(), is_lost: false, records, source }
    }

    /// The rows that are held around one; `last` are those that were.
    fn held(&self, record: u64, last: Option<Arc<Held>>) -> Result<Arc<Held>, ReadError> {
        let pieces = match (&self.source, last) {
            (Source::Whole(held), _) => return Ok(held.clone()),
            (_, Some(held)) if held.records.contains(&record) => return Ok(held),
            (Source::Pieces(pieces, _), _) => pieces,
        };
        let failed = |error| ReadError { offset: record, error };
        let held = piece(pieces, pieces.of(record), &self.plan);
        held.map(Arc::new).map_err(|refusal| {
            failed(match refusal {
                Refusal::Io(error) => error,
                _ => std::io::Error::other("it is another one than when it was opened"),
            })
        })
    }

    /// Those around a row that is shown.
    fn shown(&self, record: u64) -> Result<Arc<Held>, ReadError> {
        let Source::Pieces(_, last) = &self.source else { return self.held(record, None) };
        let known = last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let held = self.held(record, known)?;
        *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
        Ok(held)
    }

    /// Puts some rows into a block, of which `around` gives those that are held.
    fn load(
        &self,
        records: Range<u64>,
        wanted: &Wanted,
        block: &mut Block,
        around: &mut dyn FnMut(u64) -> Result<Arc<Held>, ReadError>,
    ) -> Result<(), ReadError> {
        let all = records.end.min(self.records).saturating_sub(records.start);
        let width = self.origins.len();
        block.bytes.clear();
        block.grid.clear(0);
        let (mut spans, mut at) = (Vec::new(), records.start);
        let mut places = Places::default();
        while at < records.start + all {
            let held = around(at)?;
            let own = at..held.records.end.min(records.start + all);
            let (rows, cells) = held.part(&own);
            held.put(cells, &mut block.bytes, &mut spans);
            let numbers = rows.iter().map(|row| to_u32(row.record - records.start));
            block.grid.records.extend(numbers);
            if wanted.places {
                places.rows.extend(rows.iter().map(|row| row.span));
                places.cells.extend(cells.iter().map(|cell| cell.1));
            }
            // What is held has rows wherever it is asked for.
            at = own.end.max(at + 1);
        }
        block.cells = Cells::Spans { width, spans };
        let grid = &mut block.grid;
        (grid.rows, grid.total_records) = (grid.records.len(), to_u32(all));
        grid.set_aside = to_u32(all) - to_u32(grid.rows);
        (block.at, block.len, block.read, block.quote) = (records.start, all, 0, None);
        block.lines_are_records = false;
        block.hedges.clear();
        block.places = wanted.places.then_some(places);
        Ok(())
    }
}

/// The rows of a piece of a document.
///
/// # Errors
/// Where it cannot be read.
pub fn piece(pieces: &Pieces, number: usize, plan: &Plan) -> Result<Held, Refusal> {
    let own = pieces.read(number)?;
    let parsed = pieces.language.parse(&own.text, own.place)?;
    let first = pieces.records(number).start;
    let mut finder = Finder::of_piece(first);
    for document in &parsed.documents {
        finder.find(&plan.pointer, document);
    }
    Ok(Held::new(plan, &finder.found, first, (own.text, own.place)))
}

impl Reader for TreeRows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.records
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        None
    }

    fn size(&self) -> u64 {
        // What is held is not read again; a table that was lost is not an empty one.
        match &self.source {
            Source::Whole(_) => u64::from(self.is_lost),
            Source::Pieces(pieces, _) => pieces.size(),
        }
    }

    fn order(&self) -> Order {
        Order::Independent
    }

    fn chunk(&self) -> Option<u64> {
        /// Pieces of a chunk, about: those at its ends are read twice.
        const PIECES: u64 = 16;
        let Source::Pieces(pieces, _) = &self.source else { return None };
        Some((self.records * PIECES / (pieces.count() as u64).max(1)).max(1))
    }

    fn has_null(&self) -> bool {
        true
    }

    fn faults(&self) -> &'static [&'static Fault] {
        &[]
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
        Ok(Box::new(TreeCursor { rows: self, at, to, wanted: wanted.clone(), held: None }))
    }

    fn again(
        &self,
        range: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        self.load(range, wanted, block, &mut |record| self.shown(record))
    }

    fn pointer(&self, block: &Block, row: usize, field: Option<usize>, _: u64) -> Option<String> {
        let record = block.at + u64::from(block.grid.records_before(row));
        let held = self.shown(record).ok()?;
        let own = held.rows.get(held.row_of(record))?;
        let origin = field.and_then(|field| self.origins.get(field));
        self.plan.pointer_of(origin.copied(), &Way::pointer(own.way.as_deref()))
    }

    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText::default()
    }
}

struct TreeCursor<'r> {
    rows: &'r TreeRows,
    at: u64,
    to: u64,
    wanted: Wanted,
    /// The piece at hand.
    held: Option<Arc<Held>>,
}

impl Cursor for TreeCursor<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        if self.at >= self.to {
            return Ok(Step::End);
        }
        let (rows, held) = (self.rows, &mut self.held);
        let to = self.to.min(self.at + ROWS);
        rows.load(self.at..to, &self.wanted, block, &mut |record| {
            let own = rows.held(record, held.take())?;
            *held = Some(own.clone());
            Ok(own)
        })?;
        self.at = to;
        Ok(Step::Rows)
    }

    fn context(&self) -> Context {
        Context::default()
    }
}
