//! The rows of a sheet.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::fault::Fault;
use crate::read::block::{Block, Cells as BlockCells, Places};
use crate::read::format::{Options, Refusal};
use crate::read::frame::Frame;
use crate::read::grid::{FieldSpan, Irregular};
use crate::read::note::{self, FaultText, HEADER_MISMATCH, NamedBy, Note, START_NOT_FOUND};
use crate::read::reader::{
    BlockSize, Context, Cursor, Head, HeaderCell, Order, ReadError, Reader, Step, Wanted,
};
use crate::read::sheet::book::{Book, SheetName};
use crate::read::sheet::cells::Cell;
use crate::read::sheet::faults::{FAULTS, FORMULA_WITHOUT_VALUE, STALE_FORMULA};
use crate::read::sheet::framed::{Framed, framed, header_texts, title};
use crate::read::sheet::notes;
use crate::read::sheet::select::{self, Selected};
use crate::read::sheet::stale::{self, Wrong};
use crate::read::sheet::table::Table;
use crate::report::Subject;
use crate::source::{Addresses, Bytes, FileId, Span};
use crate::width::{to_u32, to_usize};

/// Cells of a block at most: a sheet may be wide, and nearly empty.
const MOST_CELLS: u64 = 1 << 18;

/// Reads a sheet that is held whole.
pub struct SheetReader {
    head: Head,
    table: Option<Arc<Table>>,
    /// The row of the sheet that records are counted from.
    body: u32,
    /// Rows that have cells, the header included.
    rows: u64,
    /// Rows below the table.
    below: u64,
    /// Rows that are like the header.
    repeated: BTreeSet<u64>,
    /// What is wrong with formulas, by the number of their cell.
    wrong: BTreeMap<u64, Wrong>,
    notes: Vec<Note>,
}

impl SheetReader {
    /// One without a table.
    pub fn missing(note: Note) -> SheetReader {
        let (head, wrong) = (Head::default(), BTreeMap::new());
        let (repeated, notes) = (BTreeSet::new(), vec![note]);
        SheetReader { head, table: None, body: 0, rows: 0, below: 0, repeated, wrong, notes }
    }

    /// Reads the cells that were selected.
    ///
    /// # Errors
    /// That they cannot be read, or that there are none.
    pub fn open(
        book: &mut dyn Book,
        selected: &Selected,
        options: &Options,
    ) -> Result<SheetReader, Refusal> {
        let point = options.decimal.and_then(|sign| u8::try_from(sign).ok()).unwrap_or(b'.');
        let cells = book.cells(selected.sheet, point, options.figures_stored)?;
        let names: Vec<SheetName> = book.sheets().to_vec();
        let sheet = names.get(selected.sheet).cloned();
        let sheet = sheet.unwrap_or(SheetName { name: String::new(), is_hidden: false });
        let Some(used) = cells.used(selected.area) else {
            return Err(no_cells(&sheet.name, &names, options));
        };
        let frame = selected.frame(&options.frame);
        let framed = match framed(&cells, selected.area, used, &frame) {
            Ok(framed) => framed,
            Err(why) => {
                let words = note::start_not_found(why);
                return Ok(SheetReader::missing(whole_file(&START_NOT_FOUND, words, options)));
            }
        };
        let wrong = stale::wrong(book, (selected.sheet, &cells), framed.area)?;
        let mut table = Table::new((selected.sheet, &sheet.name), cells, framed.area);
        let texts = header_texts(&table.cells, &framed)?;
        let head = match head(&table, (&framed, &texts), &frame) {
            Ok(head) => head,
            Err(given) => {
                let words = note::header_mismatch(given, to_usize(table.width));
                return Ok(SheetReader::missing(whole_file(&HEADER_MISMATCH, words, options)));
            }
        };
        if let Some((row, start)) = title(&table.cells, &framed, &frame) {
            let skip = row.saturating_sub(selected.area.rows.0);
            let number = table.number(start);
            let span = Span::new(number, number + 1);
            let mut reader = SheetReader::missing(notes::title(row, skip, &options.path, span));
            reader.table = Some(Arc::new(table));
            return Ok(reader);
        }
        let (path, span) = (options.path.as_str(), head.span);
        let repeated = match options.repeated {
            true => BTreeSet::new(),
            false => table.like_header(&texts, framed.body),
        };
        let mut told = about_names(&table, (&head, framed.body), &repeated);
        if options.at.is_none() {
            told.extend(notes::other_sheets(&names, selected.sheet, path, span));
        }
        if let Some(rows) = selected.rows.filter(|rows| rows.totals > 0 && !frame.has_end()) {
            let last = table.cells.nth(framed.area.rows.1).saturating_sub(table.first);
            told.push(notes::totals(rows.totals, path, table.row_span(last as u64)));
        }
        told.extend(table.numbers_as_texts(&head, framed.body));
        told.extend(notes::hidden(&table.cells, (&sheet, framed.area), (path, span)));
        let reader = SheetReader::of_table((head, table), (&framed, wrong), told);
        Ok(SheetReader { repeated, ..reader })
    }

    /// Reads a table, with the formulas of it that are wrong and what is noted of it.
    fn of_table(
        (head, mut table): (Head, Table),
        (framed, wrong): (&Framed, BTreeMap<(u32, u32), Wrong>),
        notes: Vec<Note>,
    ) -> SheetReader {
        let wrong = wrong.into_iter().map(|(at, wrong)| (table.number(at), wrong)).collect();
        let rows = table.cells.nth(framed.area.rows.1.saturating_add(1)) - table.first;
        let (rows, below, body) = (rows as u64, framed.below, framed.body);
        let repeated = BTreeSet::new();
        let mut reader =
            SheetReader { head, table: None, body, rows, below, repeated, wrong, notes };
        table.blank = reader.blank_rows(&table);
        for (run, (first, last)) in (table.first_blank()..).zip(&table.blank) {
            let place = (FileId(0), Span::new(run, run + 1), None);
            reader.notes.push(Note::blank_rows(u64::from(last - first) + 1, place));
        }
        reader.table = Some(Arc::new(table));
        reader
    }

    fn load(&self, range: Range<u64>, wanted: &Wanted, block: &mut Block) {
        let Some(table) = &self.table else { return };
        let width = table.width;
        block.bytes.clear();
        block.grid.clear(1);
        block.hedges.clear();
        let (mut spans, mut places) = (Vec::new(), Places::default());
        let before = self.records_up_to(table, range.start);
        let mut cells: Vec<Cell<'_>> = Vec::new();
        for row in range.start..range.end {
            cells.clear();
            cells.extend(table.row(row));
            let line = row - range.start;
            // Rows without any cell count as those of blank cells do.
            let record = self.records_before(table, row) - before;
            block.grid.total_records = record + 1;
            if self.is_blank(table, row, &cells) || self.repeated.contains(&row) {
                continue;
            }
            let mut own = cells.iter().peekable();
            for column in (table.area.columns.0..).take(to_usize(width)) {
                let start = block.bytes.len();
                if let Some(cell) = own.next_if(|cell| cell.column == column) {
                    block.bytes.extend_from_slice(cell.text);
                }
                spans.push(FieldSpan { start: to_u32(start), end: to_u32(block.bytes.len()) });
            }
            let span = table.row_span(row);
            if wanted.places {
                places.rows.push(span);
                places.cells.extend((span.start..span.end).map(|n| Span::new(n, n + 1)));
            }
            self.faults(span, (line, record), block);
            block.grid.starts.push(to_u32(line * width));
            block.grid.ends.push(to_u32((line + 1) * width));
            block.grid.records.push(record);
            block.grid.rows += 1;
        }
        block.cells = BlockCells::Spans { width: to_usize(width), spans };
        (block.at, block.len) = (range.start * width, (range.end - range.start) * width);
        (block.read, block.quote, block.lines_are_records) =
            (block.bytes.len() as u64, None, false);
        block.places = wanted.places.then_some(places);
    }

    /// Whether nothing stands in a row of several columns; a formula that lost its value does.
    fn is_blank(&self, table: &Table, row: u64, cells: &[Cell<'_>]) -> bool {
        let span = table.row_span(row);
        let is_blank = |cell: &Cell<'_>| cell.text.trim_ascii().is_empty();
        cells.is_empty()
            || table.width > 1
                && self.wrong.range(span.start..span.end).next().is_none()
                && cells.iter().all(is_blank)
    }

    /// Records before a row.
    fn records_before(&self, table: &Table, row: u64) -> u32 {
        table.sheet_row(row).map_or(0, |own| own.saturating_sub(self.body))
    }

    /// Records up to the row with cells that stands above a row, it included.
    fn records_up_to(&self, table: &Table, row: u64) -> u32 {
        let above = row.checked_sub(1).and_then(|above| table.sheet_row(above));
        above.map_or(0, |above| (above + 1).saturating_sub(self.body))
    }

    /// The rows of a table that have nothing in any cell, first and last of those that follow each other.
    fn blank_rows(&self, table: &Table) -> Vec<(u32, u32)> {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let (mut next, mut cells) = (self.body, Vec::new());
        let first = self.head.body / table.width;
        for row in first..self.rows {
            let Some(own) = table.sheet_row(row) else { break };
            cells.clear();
            cells.extend(table.row(row));
            let end = if self.is_blank(table, row, &cells) { own + 1 } else { own };
            if next < end {
                match runs.last_mut().filter(|last| last.1 + 1 == next) {
                    Some(last) => last.1 = end - 1,
                    None => runs.push((next, end - 1)),
                }
            }
            next = own + 1;
        }
        runs
    }

    /// What is wrong with the formulas of a row.
    fn faults(&self, row: Span, (line, record): (u64, u32), block: &mut Block) {
        for (number, wrong) in self.wrong.range(row.start..row.end) {
            let fault = match wrong {
                Wrong::WithoutValue { .. } => &FORMULA_WITHOUT_VALUE,
                Wrong::Stale { .. } => &STALE_FORMULA,
            };
            let kind = FAULTS.iter().position(|own| *own == fault).unwrap_or(0);
            let start = to_u32(line * row.len() + (number - row.start));
            block.grid.faults.push(Irregular {
                kind: u8::try_from(kind).unwrap_or(0),
                start,
                end: start + 1,
                record,
                line: 0,
                aux: 0,
                column: to_u32(number - row.start),
            });
        }
    }

    /// The first row that begins at or after a cell.
    fn row_from(&self, number: u64) -> u64 {
        let width = self.table.as_ref().map_or(1, |table| table.width);
        number.div_ceil(width)
    }
}

/// What is out of order with the names of columns, and rows that are like them.
fn about_names(table: &Table, (head, body): (&Head, u32), repeated: &BTreeSet<u64>) -> Vec<Note> {
    let mut notes: Vec<Note> = head.duplicate().into_iter().collect();
    let place = |row: &u64| (FileId(0), table.row_span(*row), None);
    notes.extend(repeated.iter().map(|row| Note::repeated_header(place(row))));
    notes.extend(head.unnamed(|column| table.first_filled(column, body)));
    notes
}

/// The columns and their names.
///
/// # Errors
/// How many names the rule gives, where they are not as many.
fn head(
    table: &Table,
    (framed, texts): (&Framed, &[Vec<String>]),
    frame: &Frame,
) -> Result<Head, usize> {
    let names = frame.header.names(texts, to_usize(table.width))?;
    let row = |number: u32| (table.cells.nth(number).saturating_sub(table.first)) as u64;
    // Where a name stands in several rows, the last says most.
    let place = |column: usize| {
        let is_filled = |row: &Vec<String>| row.get(column).is_some_and(|text| !text.is_empty());
        let nth = texts.iter().rposition(is_filled).or(texts.len().checked_sub(1))?;
        let start = row(*framed.header.get(nth)?) * table.width + column as u64;
        Some(Span::new(start, start + 1))
    };
    let columns = names.into_iter().enumerate();
    let columns =
        columns.map(|(n, name)| HeaderCell { name, span: place(n), ty: None, is_around: false });
    let span = framed.header.iter().map(|number| table.row_span(row(*number)));
    Ok(Head {
        columns: columns.collect(),
        body: row(framed.body) * table.width,
        header_line: framed.header.last().map_or(0, |row| u64::from(*row) + 1),
        line: 1,
        span: span.reduce(Span::join).unwrap_or_default(),
        above: framed.above,
        readable: true,
        ..Head::default()
    })
}

fn no_cells(sheet: &str, all: &[SheetName], options: &Options) -> Refusal {
    // What could be a cell is perhaps the name of a sheet that is not there.
    if let Some(at) = options.at.as_deref().filter(|at| select::is_cell(at)) {
        let message = format!(
            "there is no sheet, name or table `{at}`, and the cell `{at}` of the sheet `{sheet}` is blank"
        );
        return Refusal::Damaged { message, help: select::listed(all).into() };
    }
    Refusal::Damaged {
        message: match options.at.as_deref() {
            Some(at) => format!("there are no cells in `{at}`"),
            None => format!("the sheet `{sheet}` has no cells"),
        },
        help: "say which cells are meant: at = \"Sheet1\" or at = \"Sheet1!A3:F40\"".into(),
    }
}

/// A note about a file in which there is no table.
fn whole_file(fault: &'static Fault, words: FaultText, options: &Options) -> Note {
    let (subject, place) =
        (Subject::File(options.path.clone()), (FileId(0), Span::default(), None));
    Note { at: None, ..Note::worded(fault, NamedBy::Table, subject, words, place) }
}

impl Reader for SheetReader {
    fn head(&self) -> &Head {
        &self.head
    }

    fn end(&self) -> u64 {
        self.rows * self.table.as_ref().map_or(1, |table| table.width)
    }

    fn bytes(&self) -> Option<&dyn Bytes> {
        None
    }

    fn below(&self) -> u64 {
        self.below
    }

    fn addresses(&self) -> Option<Arc<dyn Addresses>> {
        self.table.as_ref().map(|table| table.clone() as Arc<dyn Addresses>)
    }

    fn size(&self) -> u64 {
        self.table.as_ref().map_or(0, |table| table.cells.size())
    }

    fn order(&self) -> Order {
        Order::Independent
    }

    fn has_null(&self) -> bool {
        true
    }

    fn merged_rows(&self) -> Vec<(u32, u32)> {
        let merged = self.table.iter().flat_map(|table| &table.cells.merged);
        merged.map(|area| area.rows).filter(|(first, last)| first < last).collect()
    }

    fn errors(&self) -> BTreeSet<String> {
        self.table.as_ref().map(|table| table.cells.errors.clone()).unwrap_or_default()
    }

    fn faults(&self) -> &'static [&'static Fault] {
        FAULTS
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
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        let rows = self.row_from(chunk.start)..self.row_from(chunk.end);
        Ok(Box::new(Rows { of: self, rows, wanted: wanted.clone(), usual: size.usual }))
    }

    fn again(
        &self,
        range: Range<u64>,
        _: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        self.load(self.row_from(range.start)..self.row_from(range.end), wanted, block);
        Ok(())
    }

    fn word(&self, irregular: &Irregular, block: &Block) -> FaultText {
        let number = block.at + u64::from(irregular.start);
        self.wrong.get(&number).map(Wrong::words).unwrap_or_default()
    }
}

/// A walk over some rows.
struct Rows<'r> {
    of: &'r SheetReader,
    rows: Range<u64>,
    wanted: Wanted,
    usual: usize,
}

impl Cursor for Rows<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        let Some(table) = self.of.table.as_ref().filter(|_| !self.rows.is_empty()) else {
            return Ok(Step::End);
        };
        let (start, mut bytes) = (self.rows.start, 0);
        let most = (MOST_CELLS / table.width).max(1);
        while self.rows.start < self.rows.end
            && (self.rows.start == start || bytes < self.usual && self.rows.start - start < most)
        {
            let cells = table.row(self.rows.start);
            bytes += cells.map(|cell| cell.text.len() + 1).sum::<usize>();
            self.rows.start += 1;
        }
        self.of.load(start..self.rows.start, &self.wanted, block);
        Ok(Step::Rows)
    }

    fn context(&self) -> Context {
        Context::default()
    }
}
