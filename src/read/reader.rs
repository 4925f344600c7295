//! What the engine knows of a format: readers that cut a file into blocks of rows.
//!
//! A format is a row of [`crate::read::formats::FORMATS`]. Its reader is opened once a file; a cursor walks
//! one chunk of it, block by block: one dynamic call a block, none a row.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use crate::fault::Fault;
use crate::read::block::Block;
use crate::read::frame;
use crate::read::grid::Irregular;
pub use crate::read::note::FaultText;
use crate::read::note::{
    BLANK_COLUMN_NAME, DUPLICATE_COLUMN_NAME, NamedBy, Note, blank_column_name, duplicate_name,
};
use crate::report::{Quote, Subject};
use crate::source::{Addresses, Bytes, FileId, Span};
use crate::value::{NumberFormat, Type};

/// A record is not longer than this: 64 MiB. One that has no end within it is cut there and set aside.
pub const MAX_RECORD: usize = 64 << 20;

/// How the chunks of a file depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// A chunk's start can be guessed, and the guess is checked when the chunk before it is done.
    Speculative,
    /// Every chunk stands alone: a record starts at each place, as where rows are counted.
    Independent,
    /// A chunk can only be read when all before it were.
    InOrder,
}

/// A column's name and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderCell {
    /// The name: quotes off, NFC; `column 1` and so on in files without a header.
    pub name: String,
    /// Its bytes in the file, quotes included; without a header, those of the first record's cell.
    /// None where the format names the column.
    pub span: Option<Span>,
    /// The type that the format gives its cells.
    pub ty: Option<Type>,
    /// Whether it says what encloses a row or stands above it, and is no cell of the row itself.
    pub is_around: bool,
}

/// What is known of a file before its records are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The columns; none where there is nothing to read.
    pub columns: Vec<HeaderCell>,
    /// Where the records start: a byte of the file, or 0 where it has none.
    pub body: u64,
    /// Physical line (from 1) of the names.
    pub header_line: u64,
    /// Physical line (from 1) of the first record.
    pub line: u64,
    /// What is out of order, by place; offsets count from the start of the file, lines from 0.
    pub faults: Vec<Irregular>,
    /// Where the names are written, their line end left out; empty where the file has none.
    pub span: Span,
    /// Records above the names that are none of the table.
    pub above: u64,
    /// Whether the records can be read at all.
    pub readable: bool,
    /// Lines before the records that end with LF, CRLF, CR.
    pub line_ends: [u32; 3],
    /// Where the first of each stands: offset, records before (none), lines before.
    pub first_line_end: [Option<(u32, u32, u32)>; 3],
}

impl Head {
    /// The first name of a column that another has.
    pub fn duplicate(&self) -> Option<Note> {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        let mut first = HashMap::new();
        let mut columns = self.columns.iter().enumerate();
        let (same, at, column) = columns.find_map(|(at, column)| {
            let same = *first.entry(&column.name).or_insert(at);
            (same != at).then_some((same, at, column))
        })?;
        let words = duplicate_name(&names, (same, at));
        let place = (FileId(0), column.span.unwrap_or_default(), None);
        let fault = &DUPLICATE_COLUMN_NAME;
        let note = Note::worded(fault, NamedBy::Fault, Subject::Header, words, place);
        Some(Note { column: Some(column.name.clone()), ..note })
    }

    /// Columns without a name beside such that have one: `filled` finds their first cell that is not blank. The
    /// first column may go without, as the one of labels often does.
    pub fn unnamed(&self, filled: impl Fn(usize) -> Option<Span>) -> Vec<Note> {
        let is_blank = |(at, column): (usize, &HeaderCell)| column.name == frame::number(at);
        if self.columns.iter().enumerate().all(is_blank) {
            return Vec::new();
        }
        let blank = self.columns.iter().enumerate().skip(1).filter(|column| is_blank(*column));
        let note = |(at, column): (usize, &HeaderCell)| {
            let words = blank_column_name(at, "in no column that has a name");
            let place = (FileId(0), filled(at)?, None);
            let note =
                Note::worded(&BLANK_COLUMN_NAME, NamedBy::Fault, Subject::Header, words, place);
            Some(Note { column: Some(column.name.clone()), ..note })
        };
        blank.filter_map(note).collect()
    }
}

/// What a cursor carries from block to block, so that any block can be read again alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// What the format carries: an enclosing object, a heading.
    pub reader: Vec<u8>,
    /// The last text of each column that fills its blanks from above; none where nobody knows it.
    pub filled: Vec<Option<Vec<u8>>>,
    /// The last heading among the rows.
    pub heading: Heading,
    /// The rows above in a hierarchy, from the outermost.
    pub parents: Vec<RowAbove>,
    /// How many records stand before, where rows of a hierarchy are numbered.
    pub records: u64,
}

/// A heading that stands above rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    pub text: String,
    /// Whether no row came after it yet.
    pub is_open: bool,
    /// Whether a record that may be another one was set aside since.
    pub is_unknown: bool,
}

/// A row that others stand under.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowAbove {
    /// How far it is indented.
    pub indent: u32,
    /// The number of its record, from 1.
    pub record: u64,
    pub text: Vec<u8>,
    /// Whether it is a record that was set aside, of which this is not known.
    pub is_unknown: bool,
}

/// What of the rows is wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The fields that are read; all where the list is shorter.
    pub columns: Vec<bool>,
    /// Whether the places of cells are wanted; only when rows are read again.
    pub places: bool,
}

/// Sizes of blocks, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct BlockSize {
    /// As many are read at once where records are short.
    pub usual: usize,
    /// A record may have so many.
    pub longest: usize,
}

/// Why a file cannot be read on.
#[derive(Debug)]
pub struct ReadError {
    /// Where, in bytes.
    pub offset: u64,
    /// What the system said; `InvalidData` where a record is too long.
    pub error: io::Error,
}

/// A document that cannot be read from some place on, with the words for it: the cause of a
/// [`ReadError`], or why a file cannot be opened.
#[derive(Debug)]
pub struct Malformed {
    pub fault: &'static Fault,
    /// Where it shows.
    pub span: Span,
    pub words: FaultText,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words.message)
    }
}

impl std::error::Error for Malformed {}

impl From<Malformed> for ReadError {
    fn from(malformed: Malformed) -> ReadError {
        let offset = malformed.span.start;
        ReadError { offset, error: io::Error::new(io::ErrorKind::InvalidData, malformed) }
    }
}

/// What a cursor gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The block holds the next rows.
    Rows,
    /// The chunk is at its end.
    End,
}

/// A figure in running text.
pub struct Figure<'f> {
    /// As it is written, without mark-up.
    pub text: &'f str,
    /// Its bytes in the file.
    pub span: Span,
    /// Some of what stands before it.
    pub before: &'f str,
    /// Some of what stands behind it.
    pub behind: &'f str,
    /// Gives the sentence that it stands in, cut where it is long.
    pub around: &'f dyn Fn() -> String,
}

/// Reads the records of one file.
pub trait Reader: Send + Sync {
    /// Columns and where the records start.
    fn head(&self) -> &Head;

    /// The end of the records: a byte of the file, or the number of rows where it has no bytes.
    fn end(&self) -> u64;

    /// The bytes of the file, where its blocks are ranges of them.
    fn bytes(&self) -> Option<&dyn Bytes>;

    /// Records below the table that are none of it.
    fn below(&self) -> u64 {
        0
    }

    /// What its spans mean where the file is no text.
    fn addresses(&self) -> Option<Arc<dyn Addresses>> {
        None
    }

    /// Bytes that one walk over the records reads.
    fn size(&self) -> u64;

    /// How chunks depend on each other.
    fn order(&self) -> Order;

    /// How much of a file that has no bytes makes a chunk, where the format knows what is read at once.
    fn chunk(&self) -> Option<u64> {
        None
    }

    /// Whether the format can say that a cell has no value: a blank cell is missing then, whatever
    /// texts mean that there is none.
    fn has_null(&self) -> bool {
        false
    }

    /// The first and the last row of cells that are merged over several rows.
    fn merged_rows(&self) -> Vec<(u32, u32)> {
        Vec::new()
    }

    /// Whether a cell may stand in several rows, at one place.
    fn has_shared_cells(&self) -> bool {
        false
    }

    /// How many of its first rows the file marks as names of columns; 0 where it marks none.
    fn named_rows(&self) -> usize {
        0
    }

    /// What cells hold whose formulas failed, such as `#N/A`: no text, either.
    fn errors(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// Whether the figures of a field are decimals where they are stored, and no binary numbers.
    fn is_decimal(&self, _field: usize) -> bool {
        false
    }

    /// The faults that [`Irregular::kind`] numbers.
    fn faults(&self) -> &'static [&'static Fault];

    /// What is out of order before the records, and in the file as a whole.
    fn notes(&self, _file: FileId) -> Vec<Note> {
        Vec::new()
    }

    /// The bytes that stand for a text in the place of a cell, quoted and escaped as these bytes of it
    /// are; none where the format has no such cells, or none that hold the text.
    fn rewritten(&self, _cell: &[u8], _text: &str) -> Option<Vec<u8>> {
        None
    }

    /// Visits all figures in running text, in order; gives whether there can be such. Those in tables
    /// are none.
    fn figures(&self, _take: &mut dyn FnMut(&Figure<'_>)) -> bool {
        false
    }

    /// How the figures in running text are written; none where there can be no such.
    fn number_format(&self) -> Option<&NumberFormat> {
        None
    }

    /// The sentence that states what stands here; none where the rows are no parts of sentences.
    fn quote(&self, _span: Span) -> Option<Quote> {
        None
    }

    /// Where the first record at or after `from` seems to start; only called where the order is
    /// [`Order::Speculative`]. `buffer` is for what is looked at.
    ///
    /// # Errors
    /// Where the file cannot be read.
    fn guess(&self, from: u64, buffer: &mut Vec<u8>) -> Result<u64, ReadError>;

    /// Walks the records that start from `from` on and before `to`; a record starts at `from`.
    ///
    /// # Errors
    /// Where the file cannot be read.
    fn cursor<'r>(
        &'r self,
        chunk: std::ops::Range<u64>,
        context: &Context,
        wanted: &Wanted,
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError>;

    /// Reads the rows again that stood in a block, or in a line of one whose lines are records.
    ///
    /// # Errors
    /// Where the file cannot be read, or is shorter than it was.
    fn again(
        &self,
        range: std::ops::Range<u64>,
        context: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError>;

    /// Where a row or a cell of it stands in its document, as a JSON pointer; `record` is the number
    /// of the row, from 1. Only of blocks that were read again with their places.
    fn pointer(
        &self,
        _block: &Block,
        _row: usize,
        _field: Option<usize>,
        _record: u64,
    ) -> Option<String> {
        None
    }

    /// Where in a block the same stands first, of what stands twice.
    fn earlier(&self, _irregular: &Irregular, _block: &Block) -> Option<std::ops::Range<usize>> {
        None
    }

    /// The words of something out of order in a block.
    fn word(&self, irregular: &Irregular, block: &Block) -> FaultText;
}

/// A walk over one chunk of a file.
pub trait Cursor: Send {
    /// Reads the next rows into `block`, whose buffers are reused.
    ///
    /// # Errors
    /// Where the file cannot be read on.
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError>;

    /// What the rows after the last block depend on.
    fn context(&self) -> Context;
}
