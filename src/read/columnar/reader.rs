//! The rows of a file that is stored column by column.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::DataType;

use crate::fault::Fault;
use crate::read::block::{Block, Cells, Places, TypedColumn};
use crate::read::columnar::cells::{cells, unread};
use crate::read::columnar::faults::FAULTS;
use crate::read::columnar::groups::{Batches, Groups, damaged, guarded};
use crate::read::columnar::leaves::{Leaf, leaves};
use crate::read::format::Refusal;
use crate::read::grid::Irregular;
use crate::read::note::{DUPLICATE_COLUMN_NAME, FaultText, NamedBy, Note, duplicate_name};
use crate::read::reader::{
    BlockSize, Context, Cursor, Head, HeaderCell, Order, ReadError, Reader, Step, Wanted,
};
use crate::report::Subject;
use crate::source::{Address, Addresses, Bytes, FileId, Span};
use crate::width::{to_u32, to_usize};

/// A file that is said to have more rows is refused: their numbers alone would fill a memory.
const MOST_ROWS: u64 = 1 << 36;

/// Rows of a block at most.
const MOST_IN_BLOCK: usize = 8192;

/// Rows of a chunk where groups are larger: each worker passes over the pages before its own.
const MOST_IN_CHUNK: u64 = 1 << 18;

/// Chunks at most, about.
const MOST_CHUNKS: u64 = 1 << 16;

/// Rows that are read at once to be shown: findings often stand near each other.
const SHOWN: u64 = 64;

/// About how many bytes of a text file a cell takes: blocks have as many rows as those of such.
const CELL: usize = 4;

/// The cells of a file. They are numbered row by row, the names of the columns first. Spans are ranges
/// of these numbers.
struct Table {
    groups: Arc<dyn Groups>,
    leaves: Vec<Leaf>,
    /// The first row of each group; at last, that of none.
    starts: Vec<u64>,
    /// Columns of the schema.
    roots: usize,
    /// Bytes of the file.
    size: u64,
    /// The columns of the key by which its rows are known; none where they are numbered.
    key: Vec<u32>,
    /// For each column of which some cells are not here, a bit for each row that has one.
    cells: Vec<Option<Vec<u64>>>,
    /// The rows that were last read to be shown, and the first of them.
    shown: Mutex<(u64, Block)>,
}

impl Table {
    fn width(&self) -> u64 {
        self.leaves.len() as u64
    }

    fn rows(&self) -> u64 {
        self.starts.last().copied().unwrap_or_default()
    }

    /// The cells of a row.
    fn row_span(&self, row: u64) -> Span {
        Span::new((row + 1) * self.width(), (row + 2) * self.width())
    }

    /// The first row whose cells begin at or after a number.
    fn row_from(&self, number: u64) -> u64 {
        number.div_ceil(self.width()).saturating_sub(1)
    }

    /// The group of a row, and where it begins.
    fn group(&self, row: u64) -> (usize, u64) {
        let group = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
        (group, self.starts.get(group).copied().unwrap_or_default())
    }

    /// The columns of the schema that must be decoded for some of its columns.
    fn roots(&self, wanted: &Wanted) -> Vec<bool> {
        let mut roots = vec![false; self.roots];
        for (field, leaf) in self.leaves.iter().enumerate() {
            if wanted.columns.get(field).copied().unwrap_or(true)
                && let Some(root) = roots.get_mut(leaf.root)
            {
                *root = true;
            }
        }
        roots
    }

    /// Reads rows of one group.
    fn read(&self, rows: Range<u64>, roots: &[bool], most: usize) -> Result<Batches, ReadError> {
        let (group, first) = self.group(rows.start);
        let own = rows.start - first..rows.end - first;
        let read = guarded(|| self.groups.read(group, own, roots, most));
        read.map_err(|words| self.failed(rows.start, &words))
    }

    /// That the rows from some on cannot be decoded.
    fn failed(&self, row: u64, words: &str) -> ReadError {
        let (group, first) = self.group(row);
        let (nth, row_of) = (group + 1, row - first + 1);
        let message = format!("group {nth} of its rows, from row {row_of} on: {words}");
        ReadError { offset: self.row_span(row).start, error: std::io::Error::other(message) }
    }

    /// Puts rows that were decoded into a block.
    fn fill(
        &self,
        block: &mut Block,
        (batch, first): (&RecordBatch, u64),
        (wanted, roots): (&Wanted, &[bool]),
    ) -> Result<(), String> {
        let rows = batch.num_rows();
        block.bytes.clear();
        block.grid.clear(0);
        (block.grid.rows, block.grid.total_records) = (rows, to_u32(rows));
        block.hedges.clear();
        let decoded = roots.iter().enumerate().filter(|(_, is)| **is).map(|(root, _)| root);
        let decoded: Vec<usize> = decoded.collect();
        let columns = guarded(|| {
            let column = |(field, leaf): (usize, &Leaf)| -> TypedColumn {
                let is_wanted = wanted.columns.get(field).copied().unwrap_or(true);
                let found = leaf.of(batch, &decoded).filter(|_| is_wanted);
                found.map_or_else(|| unread(rows), |found| cells(&found, &mut block.bytes))
            };
            Ok(self.leaves.iter().enumerate().map(column).collect())
        })?;
        block.cells = Cells::Columns(columns);
        // What is stored as text is looked at when it is decoded, and other texts are made here.
        block.grid.is_text = true;
        let (start, end) = (self.row_span(first).start, self.row_span(first + rows as u64).start);
        (block.at, block.len) = (start, end - start);
        block.read = self.bytes(first + rows as u64) - self.bytes(first);
        (block.quote, block.lines_are_records) = (None, false);
        block.places = wanted.places.then(|| Places {
            rows: (first..first + rows as u64).map(|row| self.row_span(row)).collect(),
            cells: (start..end).map(|number| Span::new(number, number + 1)).collect(),
            ..Places::default()
        });
        Ok(())
    }

    /// Bytes of the file that stand before a row, if all take the same.
    fn bytes(&self, row: u64) -> u64 {
        let share = u128::from(self.size) * u128::from(row) / u128::from(self.rows().max(1));
        u64::try_from(share).unwrap_or(self.size)
    }
}

impl Addresses for Table {
    fn address(&self, span: Span) -> Address {
        let is_cell = span.len() == 1;
        let column = is_cell.then(|| to_u32(span.start % self.width()));
        let row = (span.start / self.width()).checked_sub(1).map(|row| {
            let (group, first) = self.group(row);
            (to_u32(group), row - first)
        });
        match self.key.is_empty() {
            true => Address::Record { row, column },
            false => Address::Keyed { row, column },
        }
    }

    fn sheet(&self, _: u32) -> &str {
        ""
    }

    fn column(&self, column: u32) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.leaves.get(column as usize)?.name.as_str()))
    }

    fn key(&self, group: u32, row: u64) -> Vec<(String, String)> {
        let name = |column| Addresses::column(self, column).unwrap_or_default().into_owned();
        let text = |column| self.text(group, to_u32(row), column).unwrap_or_default().into_owned();
        self.key.iter().map(|column| (name(*column), text(*column))).collect()
    }

    fn text(&self, group: u32, row: u32, column: u32) -> Option<Cow<'_, str>> {
        let row = self.starts.get(group as usize)? + u64::from(row);
        if row >= *self.starts.get(group as usize + 1)? {
            return None;
        }
        if !self.has_cell(row, column) {
            return Some(Cow::Borrowed("…"));
        }
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, block) = &mut *shown;
        if !(*first..*first + block.rows() as u64).contains(&row) {
            let rows = self.around(row);
            block.grid.rows = 0;
            self.again(rows.clone(), &Wanted::default(), block).ok()?;
            *first = rows.start;
        }
        let (Cells::Columns(columns), row) = (&block.cells, to_usize(row - *first)) else {
            return None;
        };
        let own = columns.get(column as usize)?;
        // A column that was not fetched.
        let root = self.leaves.get(column as usize).map_or(0, |leaf| leaf.root);
        let field = self.groups.schema().fields().get(root);
        if !self.key.is_empty() && field.is_some_and(|field| *field.data_type() == DataType::Null) {
            return Some(Cow::Borrowed("…"));
        }
        let mut text = Vec::new();
        match own.texts.get(row) {
            Some(span) => text.extend_from_slice(&block.unquoted(*span)),
            None => own.column.put_value(row, '.', &mut text),
        }
        Some(Cow::Owned(String::from_utf8_lossy(&text).into_owned()))
    }
}

impl Table {
    /// Whether a cell is here.
    fn has_cell(&self, row: u64, column: u32) -> bool {
        let Some(Some(rows)) = self.cells.get(column as usize) else { return true };
        rows.get(to_usize(row / 64)).is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }

    /// Some rows around one, of the same group.
    fn around(&self, row: u64) -> Range<u64> {
        let (group, first) = self.group(row);
        let start = first + (row - first) / SHOWN * SHOWN;
        let end = self.starts.get(group + 1).copied().unwrap_or(start);
        start..(start + SHOWN).min(end)
    }

    /// Reads rows again, all of one group.
    fn again(&self, rows: Range<u64>, wanted: &Wanted, block: &mut Block) -> Result<(), ReadError> {
        let (roots, most) = (self.roots(wanted), to_usize(rows.end - rows.start));
        let mut batches = self.read(rows.clone(), &roots, most)?;
        let failed = |words: String| self.failed(rows.start, &words);
        let batch = guarded(|| batches.next().transpose()).map_err(failed)?;
        let batch = batch.filter(|batch| batch.num_rows() == most);
        let batch =
            batch.ok_or_else(|| failed("it has fewer rows than it is said to have".into()))?;
        self.fill(block, (&batch, rows.start), (wanted, &roots)).map_err(failed)
    }
}

/// Reads a file of groups of rows.
pub struct ColumnarReader {
    head: Head,
    table: Arc<Table>,
}

impl ColumnarReader {
    /// Finds the columns, those by which its rows are known among them.
    ///
    /// # Errors
    /// That there are none, or what of them is not read.
    pub fn open(
        groups: Arc<dyn Groups>,
        size: u64,
        (key, cells): (&[String], Vec<Option<Vec<u64>>>),
    ) -> Result<ColumnarReader, Refusal> {
        let schema = groups.schema().clone();
        let leaves = leaves(&schema).map_err(|message| Refusal::Damaged {
            message,
            help: "leave the column out of the file, or store it as text".into(),
        })?;
        if leaves.is_empty() {
            return Err(damaged("it has no columns"));
        }
        let mut starts = vec![0_u64];
        for rows in groups.rows() {
            let start = starts.last().copied().unwrap_or_default().saturating_add(*rows);
            starts.push(start);
        }
        let rows = starts.last().copied().unwrap_or_default();
        if rows > MOST_ROWS {
            return Err(damaged(format!("it is said to have {rows} rows")));
        }
        let roots = schema.fields().len();
        let of_key = |name: &String| leaves.iter().position(|leaf| leaf.name == *name);
        let key = key.iter().filter_map(of_key).map(to_u32).collect();
        let table =
            Table { groups, leaves, starts, roots, size, key, cells, shown: Mutex::default() };
        let column = |(number, leaf): (u64, &Leaf)| HeaderCell {
            name: leaf.name.clone(),
            span: Some(Span::new(number, number + 1)),
            ty: None,
            is_around: false,
        };
        let head = Head {
            columns: (0..).zip(&table.leaves).map(column).collect(),
            body: table.width(),
            line: 1,
            span: Span::new(0, table.width()),
            readable: true,
            ..Head::default()
        };
        Ok(ColumnarReader { head, table: Arc::new(table) })
    }
}

impl Reader for ColumnarReader {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        (self.table.rows() + 1) * self.table.width()
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        None
    }

    fn addresses(&self) -> Option<Arc<dyn Addresses>> {
        Some(self.table.clone())
    }

    fn size(&self) -> u64 {
        self.table.size
    }

    fn order(&self) -> Order {
        Order::Independent
    }

    fn chunk(&self) -> Option<u64> {
        let first = self.table.groups.rows().first().copied().unwrap_or_default();
        let least = self.table.rows() / MOST_CHUNKS;
        Some(first.clamp(1, MOST_IN_CHUNK).max(least) * self.table.width())
    }

    fn has_null(&self) -> bool {
        true
    }

    fn is_decimal(&self, field: usize) -> bool {
        self.table.leaves.get(field).is_some_and(|leaf| leaf.is_decimal)
    }

    fn faults(&self) -> &'static [&'static Fault] {
        FAULTS
    }

    fn notes(&self, file: FileId) -> Vec<Note> {
        let names: Vec<String> = self.head.columns.iter().map(|c| c.name.clone()).collect();
        let mut known = HashMap::new();
        let again = names.iter().enumerate().find_map(|(at, name)| {
            let first = *known.entry(name).or_insert(at);
            (first != at).then_some((first, at))
        });
        let Some((first, second)) = again else { return Vec::new() };
        let words = duplicate_name(&names, (first, second));
        let span = Span::new(second as u64, second as u64 + 1);
        let fault = &DUPLICATE_COLUMN_NAME;
        let place = (file, span, None);
        let note = Note::worded(fault, NamedBy::Fault, Subject::Header, words, place);
        vec![Note { column: names.get(second).cloned(), ..note }]
    }

    fn guess(&self, from: u64, _: &mut Vec<u8>) -> Result<u64, ReadError> {
        Ok(from)
    }

    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        let table = &self.table;
        let rows = table.row_from(chunk.start)..table.row_from(chunk.end).min(table.rows());
        let most = (size.usual / (CELL * table.leaves.len())).clamp(1, MOST_IN_BLOCK);
        let (wanted, roots) = (wanted.clone(), table.roots(wanted));
        Ok(Box::new(Rows { table, rows, wanted, roots, most, open: None }))
    }

    fn again(
        &self,
        range: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let rows = self.table.row_from(range.start)..self.table.row_from(range.end);
        self.table.again(rows, wanted, block)
    }

    fn word(&self, _: &Irregular, _: &Block) -> FaultText {
        FaultText::default()
    }
}

/// A walk over some rows.
struct Rows<'r> {
    table: &'r Table,
    rows: Range<u64>,
    wanted: Wanted,
    roots: Vec<bool>,
    /// Rows of a block.
    most: usize,
    /// Rows of one group that are being decoded, and where they end.
    open: Option<(Batches, u64)>,
}

impl Cursor for Rows<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        let start = self.rows.start;
        if start >= self.rows.end {
            return Ok(Step::End);
        }
        let (mut batches, end) = match self.open.take().filter(|(_, end)| start < *end) {
            Some(open) => open,
            None => {
                let (group, _) = self.table.group(start);
                let end = self.table.starts.get(group + 1).copied().unwrap_or(self.rows.end);
                let end = end.min(self.rows.end);
                (self.table.read(start..end, &self.roots, self.most)?, end)
            }
        };
        let failed = |words: String| self.table.failed(start, &words);
        let batch = guarded(|| batches.next().transpose()).map_err(failed)?;
        let batch = batch.filter(|batch| (1..=end - start).contains(&(batch.num_rows() as u64)));
        let batch =
            batch.ok_or_else(|| failed("it has other rows than it is said to have".into()))?;
        self.table.fill(block, (&batch, start), (&self.wanted, &self.roots)).map_err(failed)?;
        self.rows.start += batch.num_rows() as u64;
        self.open = Some((batches, end));
        Ok(Step::Rows)
    }

    fn context(&self) -> Context {
        Context::default()
    }
}
