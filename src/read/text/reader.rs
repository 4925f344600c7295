//! Rows found in a document, held compactly and read like those of any other format.
//!
//! A document is looked through once, when it is opened. A row then takes eight bytes, and eight for
//! each cell: most cells are read as they stand in the text of the document, which is held anyway.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::fault::Fault;
use crate::read::block::{Block, Cells, Places};
use crate::read::format::Options;
use crate::read::grid::{FieldSpan, Irregular};
use crate::read::note::Note;
use crate::read::pattern::Writing;
use crate::read::reader::{
    BlockSize, Context, Cursor, FaultText, Figure, Head, Order, ReadError, Reader, Step, Wanted,
};
use crate::read::text::document::{Document, Markup};
use crate::read::text::extract::Cell;
use crate::read::text::{figures, sentence};
use crate::report::Quote;
use crate::source::{Bytes, FileId, Invalid, Span, whole_text};
use crate::value::Hedge;
use crate::value::NumberFormat;
use crate::width::to_usize;

/// Rows of a block: enough to be worth a call.
const ROWS: u64 = 4096;

/// The place of a cell that is not there: it is blank, and stands where its row does.
const NOWHERE: FieldSpan = FieldSpan { start: 1, end: 0 };

/// The rows of one document, in order. There may be thousands of documents, and most patterns have no row
/// in most of them: what only rows need is apart.
pub struct DocumentRows {
    /// Rows of one pattern in many texts have the same one.
    head: Arc<Head>,
    source: Source,
    /// How many of the columns are found for each row.
    width: usize,
    found: Option<Box<Found>>,
    /// Sentences that its rows stand in; none where they are those of a table.
    prose: Option<Prose>,
    /// How the document is marked up that a table stands in.
    pub markup: Markup,
    /// How its figures are written.
    pub writing: Arc<Writing>,
}

/// What was found in a document.
pub struct Found {
    /// What is out of order in it; its places name no file yet.
    pub notes: Vec<Note>,
    /// Where the rows stand in the source.
    rows: Vec<FieldSpan>,
    /// Where their cells stand in the source, row by row.
    cells: Vec<FieldSpan>,
    /// The texts of the columns behind them, which are the same in all rows.
    same: Vec<String>,
    /// By number, the cells that are not read as they stand: where their texts are in `texts`.
    rewritten: Vec<(usize, FieldSpan)>,
    texts: String,
    /// By number, the cells with a hedge.
    hedges: Vec<(usize, Hedge)>,
    /// Rows below the table that are none of it.
    pub below: u64,
}

/// Nothing at all.
static NOTHING: Found = Found::new();

impl Found {
    const fn new() -> Found {
        Found {
            notes: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            same: Vec::new(),
            rewritten: Vec::new(),
            texts: String::new(),
            hedges: Vec::new(),
            below: 0,
        }
    }
}

/// The text of a document.
enum Source {
    /// Held: its cells are read as they stand in it.
    Text(Arc<String>),
    /// Read again where it is asked for: the texts of all cells are held.
    Bytes(Arc<dyn Bytes>),
}

impl Source {
    fn text(&self) -> Arc<String> {
        match self {
            Source::Text(text) => text.clone(),
            Source::Bytes(bytes) => {
                Arc::new(whole_text(&**bytes).map_or_else(|_| String::new(), |(text, _)| text))
            }
        }
    }

    /// What is held of it.
    fn held(&self) -> &str {
        match self {
            Source::Text(text) => text,
            Source::Bytes(_) => "",
        }
    }
}

/// How sentences of a document are found.
#[derive(Debug)]
pub struct Prose {
    /// How it is marked up.
    markup: Markup,
    /// What stands between items, each of which is quoted alone.
    split: Option<Box<str>>,
    /// The document without its mark-up, which is taken away once more when the first sentence is
    /// asked for.
    flat: OnceLock<Box<Document<'static>>>,
}

impl Prose {
    /// The sentences of a document.
    pub fn new(markup: Markup, split: Option<String>) -> Prose {
        Prose { markup, split: split.map(String::into_boxed_str), flat: OnceLock::new() }
    }
}

impl DocumentRows {
    /// No rows yet. The last columns of `head` have the texts of `same` in every row.
    pub fn new(
        head: impl Into<Arc<Head>>,
        source: &Arc<String>,
        same: Vec<String>,
    ) -> DocumentRows {
        DocumentRows::of(head.into(), Source::Text(source.clone()), same)
    }

    /// No rows yet of a text that is not held.
    pub fn of_bytes(head: Arc<Head>, bytes: &Arc<dyn Bytes>) -> DocumentRows {
        DocumentRows::of(head, Source::Bytes(bytes.clone()), Vec::new())
    }

    fn of(head: Arc<Head>, source: Source, same: Vec<String>) -> DocumentRows {
        let mut rows = DocumentRows {
            width: head.columns.len().saturating_sub(same.len()),
            head,
            source,
            found: None,
            prose: None,
            markup: Markup::Markdown,
            writing: Arc::default(),
        };
        if !same.is_empty() {
            rows.found().same = same;
        }
        rows
    }

    /// What was found in it, to be added to.
    pub fn found(&mut self) -> &mut Found {
        self.found.get_or_insert_with(|| Box::new(Found::new()))
    }

    fn seen(&self) -> &Found {
        self.found.as_deref().unwrap_or(&NOTHING)
    }

    /// Reports bytes of the file that are no UTF-8.
    pub fn note_invalid(&mut self, invalid: Option<Invalid>, options: &Options) {
        if let Some(invalid) = invalid {
            self.found().notes.push(Note::not_utf8(invalid, &options.path));
        }
    }

    /// Whose rows stand in sentences, and are all there: many texts have few each.
    #[must_use]
    pub fn in_prose(mut self, prose: Prose) -> DocumentRows {
        if let Some(found) = &mut self.found {
            found.rows.shrink_to_fit();
            found.cells.shrink_to_fit();
            found.rewritten.shrink_to_fit();
            found.texts.shrink_to_fit();
            found.hedges.shrink_to_fit();
        }
        DocumentRows { prose: Some(prose), ..self }
    }

    /// Takes the next row; cells that are not there are blank and stand where the row does.
    pub fn push<'c>(&mut self, span: Span, cells: impl IntoIterator<Item = Option<Cell<'c>>>) {
        let DocumentRows { width, source, found, .. } = self;
        let (width, held) = (*width, source.held());
        let found = found.get_or_insert_with(|| Box::new(Found::new()));
        found.rows.push(narrow(span));
        let after = found.cells.len() + width;
        for cell in cells.into_iter().take(width) {
            let Some(cell) = cell else {
                found.cells.push(NOWHERE);
                continue;
            };
            let (number, place) = (found.cells.len(), narrow(cell.span));
            found.cells.push(place);
            if part(held, place) != cell.text {
                let start = offset(found.texts.len() as u64);
                found.texts.push_str(&cell.text);
                let end = offset(found.texts.len() as u64);
                found.rewritten.push((number, FieldSpan { start, end }));
            }
            if cell.hedge != Hedge::None {
                found.hedges.push((number, cell.hedge));
            }
        }
        found.cells.resize(after, NOWHERE);
    }

    /// Puts some rows into a block.
    pub fn load(&self, rows: Range<u64>, wanted: &Wanted, block: &mut Block) {
        let found = self.seen();
        let (from, to) = (to_usize(rows.start), to_usize(rows.end).min(found.rows.len()));
        let own = from * self.width..to * self.width;
        let width = self.width + found.same.len();
        block.bytes.clear();
        let mut spans = match std::mem::take(&mut block.cells) {
            Cells::Spans { spans, .. } => spans,
            _ => Vec::new(),
        };
        spans.clear();
        let same: Vec<FieldSpan> = found.same.iter().map(|text| put(block, text)).collect();
        let mut rewritten = within(&found.rewritten, &own).iter().peekable();
        let mut places = Vec::new();
        for row in from..to {
            let here = found.rows.get(row).copied().unwrap_or_default();
            for number in row * self.width..(row + 1) * self.width {
                let place = found.cells.get(number).copied().unwrap_or(NOWHERE);
                let text = match rewritten.next_if(|cell| cell.0 == number) {
                    Some((_, text)) => part(&found.texts, *text),
                    None => part(self.source.held(), place),
                };
                spans.push(put(block, text));
                if wanted.places {
                    places.push(widen(if place == NOWHERE { here } else { place }));
                }
            }
            spans.extend(&same);
            if wanted.places {
                places.extend(same.iter().map(|_| widen(here)));
            }
        }
        block.cells = Cells::Spans { width, spans };
        block.grid.clear(0);
        block.grid.rows = to - from;
        block.grid.total_records = offset((to - from) as u64);
        (block.at, block.len, block.read, block.quote) = (rows.start, (to - from) as u64, 0, None);
        (block.lines_are_records, block.is_cut) = (false, false);
        block.hedges.clear();
        let of_block = |n: usize| (n / self.width.max(1) - from, n % self.width.max(1));
        block.hedges.extend(within(&found.hedges, &own).iter().map(|(n, h)| (of_block(*n), *h)));
        block.places = wanted.places.then(|| Places {
            rows: found.rows[from..to].iter().copied().map(widen).collect(),
            cells: places,
            ways: Vec::new(),
        });
    }
}

/// The entries for some cells, out of a list by the number of the cell.
fn within<'l, T>(list: &'l [(usize, T)], cells: &Range<usize>) -> &'l [(usize, T)] {
    let before = |end: usize| list.partition_point(|entry| entry.0 < end);
    list.get(before(cells.start)..before(cells.end)).unwrap_or_default()
}

fn put(block: &mut Block, text: &str) -> FieldSpan {
    let start = offset(block.bytes.len() as u64);
    block.bytes.extend_from_slice(text.as_bytes());
    FieldSpan { start, end: offset(block.bytes.len() as u64) }
}

fn part(text: &str, span: FieldSpan) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
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

/// A text as a cell shows it where none of its signs means something else; none otherwise.
pub(super) fn plain(text: &str) -> Option<Vec<u8>> {
    /// Signs by which Markdown and HTML mean something.
    const MARKS: &[char] = &['|', '\\', '`', '*', '_', '~', '<', '>', '[', ']', '&', '!', '#', '$'];
    let is_plain = !text.contains(|c: char| c.is_control() || MARKS.contains(&c));
    is_plain.then(|| text.as_bytes().to_vec())
}

impl Reader for DocumentRows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.seen().rows.len() as u64
    }

    fn below(&self) -> u64 {
        self.seen().below
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

    fn rewritten(&self, _: &[u8], text: &str) -> Option<Vec<u8>> {
        plain(text).filter(|_| self.prose.is_none())
    }

    fn notes(&self, file: FileId) -> Vec<Note> {
        self.seen().notes.iter().map(|note| note.in_file(file)).collect()
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

    fn figures(&self, take: &mut dyn FnMut(&Figure<'_>)) -> bool {
        let markup = self.prose.as_ref().map_or(self.markup, |prose| prose.markup);
        figures::visit(
            &self.source.text(),
            (markup, &self.writing.number, figures::Where::Tables),
            take,
        );
        true
    }

    fn number_format(&self) -> Option<&NumberFormat> {
        Some(&self.writing.number)
    }

    fn quote(&self, span: Span) -> Option<Quote> {
        let prose = self.prose.as_ref()?;
        let document = prose.flat.get_or_init(|| {
            let text = self.source.text();
            let Document { text, map, breaks } = prose.markup.flat(&text);
            Box::new(Document { text: text.into_owned().into(), map, breaks })
        });
        let last = span.end.checked_sub(1).filter(|last| *last >= span.start)?;
        let figure = document.map.flat(span.start)..document.map.flat(last) + 1;
        sentence::quote(document, figure, prose.split.as_deref(), sentence::MOST)
    }

    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText { message: String::new(), label: String::new(), help: None, odd: None }
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
