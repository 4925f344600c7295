//! Reading a table block by block.

use crate::engine::data::batch::{Batch, View};
use crate::engine::data::directory::{BlockHead, Position};
use crate::engine::data::job::{Chunk, ScanError, Sizes};
use crate::engine::data::table::{Table, TableFile};
use crate::engine::data::typed;
use crate::engine::fast::decode::SLACK;
use crate::engine::pass::filter::kept;
use crate::read::block::{Block, Cells, Column};
use crate::read::reader::MAX_RECORD;
use crate::read::reader::{BlockSize, Context, Order, Step, Wanted};
use crate::shape::Shaper;
use crate::source::{FileId, RowId, Watcher};
use crate::width::to_u32;

/// A block that is being visited.
pub struct Visit<'b> {
    pub batch: Batch<'b>,
    /// Where it is.
    pub head: BlockHead,
    /// What it depends on.
    pub context: &'b Context,
    /// The number of its chunk.
    pub chunk: u64,
}

/// Rows of a chunk at most, where a format counts rows: their numbers have [`RowId::ROW_BITS`].
const MOST_ROWS: u64 = 1 << 22;

/// The chunks of a table, in order.
pub fn chunks(table: &Table, sizes: Sizes) -> Vec<Chunk> {
    let mut all = Vec::new();
    for (part, file) in table.files.iter().enumerate().filter(|(_, f)| f.reader.head().readable) {
        let (body, end) = (file.reader.head().body, file.reader.end());
        let (size, mut from) = match file.reader.order() {
            Order::Speculative => {
                let size = sizes.chunk_size(end);
                (size, body / size * size)
            }
            Order::Independent | Order::InOrder => {
                let most = (1 << RowId::ROW_BITS) / table.layout.rows_per_record() as u64;
                let usual = file.reader.chunk().unwrap_or(MOST_ROWS);
                // Counted from the first row on, a chunk is a whole group of rows.
                (sizes.chunk.unwrap_or(usual).clamp(1, MOST_ROWS.min(most).max(1)), body)
            }
        };
        while from < end {
            let to = from.saturating_add(size).min(end);
            all.push(Chunk { part: to_u32(part), number: all.len() as u64 + 1, from, to });
            from = from.saturating_add(size);
        }
    }
    all
}

/// What is used again from block to block and from chunk to chunk.
#[derive(Default)]
pub struct Buffers {
    block: Block,
    columns: Vec<Option<Column>>,
    /// They came with their values: no room for those of a block that is decoded.
    typed: bool,
    /// What the rows of the next chunk depend on, if it goes on in the same file.
    context: Option<Context>,
    /// A buffer for what is looked at to guess where a chunk begins.
    head: Vec<u8>,
    /// Columns of the table whose cells are looked at; all where it is empty.
    read: Vec<bool>,
}

/// Where the first record of a chunk seems to start; exact for the first of a file.
///
/// # Errors
/// Where the file cannot be read.
pub fn guess(table: &Table, chunk: Chunk, buffers: &mut Buffers) -> Result<u64, ScanError> {
    let Some(file) = table.files.get(chunk.part as usize) else { return Ok(chunk.from) };
    match file.reader.order() {
        Order::Speculative => file.reader.guess(chunk.from, &mut buffers.head),
        Order::Independent | Order::InOrder => Ok(chunk.from),
    }
    .map_err(|error| ScanError::of(file, error))
}

/// Walks one chunk from the record at `start`; returns where the first record after it starts.
/// Blocks grow to hold a record, up to `longest` bytes.
///
/// # Errors
/// Where the file cannot be read, a record is too long, or the run was asked to stop.
pub fn walk(
    table: &Table,
    path: &str,
    (chunk, start, before): (Chunk, u64, Position),
    (sizes, longest, watch): (Sizes, usize, &dyn Watcher),
    buffers: &mut Buffers,
    visit: &mut dyn FnMut(&mut Visit<'_>),
) -> Result<u64, ScanError> {
    let Some(file) = table.files.get(chunk.part as usize) else { return Ok(start) };
    let known = buffers.context.take().filter(|_| start > file.reader.head().body);
    let mut context = known.unwrap_or_default();
    if file.reader.order() == Order::Speculative {
        // Where each chunk stands alone, the one before it may be another one.
        context.reader.clear();
    }
    let size = BlockSize { usual: sizes.block, longest };
    let wrong = |error| ScanError::of(file, error);
    let wanted = buffers.wanted(table, file);
    let mut cursor = file.reader.cursor(start..chunk.to, &context, &wanted, size).map_err(wrong)?;
    let mut shaper = Shaper::new(&table.layout, &file.layout, &context);
    let (mut offset, mut at, mut row) = (start, before, 0u32);
    loop {
        if offset < chunk.to && watch.stops() > 0 {
            let error = std::io::ErrorKind::Interrupted.into();
            return Err(ScanError { file: file.file, offset, error });
        }
        if cursor.next(&mut buffers.block).map_err(wrong)? == Step::End {
            break;
        }
        let head = buffers.head(chunk, row, at);
        let of = Of { table, file, path, chunk: chunk.number, head, context: &context };
        buffers.visit(of, &mut shaper, visit);
        let block = &buffers.block;
        let rows = table.layout.rows_in(block);
        row += to_u32(rows);
        at.rows += rows as u64;
        at.records += u64::from(block.grid.total_records);
        at.lines += u64::from(block.grid.total_lines);
        offset = block.at + block.len;
        watch.read(block.read);
        context = shaper.carry(cursor.context());
    }
    buffers.context = (offset < file.reader.end()).then_some(context);
    Ok(offset)
}

/// Lays a block out by the columns of its table, and leaves out what the rule says is no row.
pub fn lay_out(
    (table, file, path): (&Table, &TableFile, &str),
    records_before: u64,
    shaper: &mut Shaper<'_>,
    block: &mut Block,
) {
    shaper.shape(block);
    let Some(filter) = &table.filter else { return };
    let width = table.columns.len();
    let cells = shaper.cells().unwrap_or_default();
    let batch = Batch {
        table,
        file,
        block,
        bytes: &block.bytes,
        view: View::Cells(cells, width),
        rows: table.layout.rows_in(block),
        columns: vec![None; width],
        quote: block.quote,
        records_before,
        path,
    };
    if let Some(kept) = kept(filter, &batch) {
        match filter.by_row {
            true => shaper.choose(block, &kept),
            false => shaper.keep(block, &kept),
        }
        block.grid.left_out += to_u32(kept.iter().filter(|kept| !**kept).count());
    }
}

/// Visits a block that was walked before.
///
/// # Errors
/// Where the file cannot be read.
pub fn revisit(
    table: &Table,
    path: &str,
    (head, context): (BlockHead, &Context),
    buffers: &mut Buffers,
    visit: &mut dyn FnMut(&mut Visit<'_>),
) -> Result<(), ScanError> {
    let Some(file) = table.files.get(head.part as usize) else { return Ok(()) };
    let range = head.offset..head.offset + u64::from(head.len);
    file.reader
        .again(range, context, &Wanted::default(), &mut buffers.block)
        .map_err(|error| ScanError::of(file, error))?;
    let of = Of { table, file, path, chunk: head.first.chunk(), head, context };
    buffers.visit(of, &mut Shaper::new(&table.layout, &file.layout, context), visit);
    Ok(())
}

/// What a block belongs to.
struct Of<'b> {
    table: &'b Table,
    file: &'b TableFile,
    path: &'b str,
    chunk: u64,
    head: BlockHead,
    context: &'b Context,
}

impl Buffers {
    /// For walks that look at some columns of a table.
    pub fn reading(read: Vec<bool>) -> Buffers {
        Buffers { read, ..Buffers::default() }
    }

    /// The fields of a file that are looked at; all where rows are laid out anew.
    fn wanted(&self, table: &Table, file: &TableFile) -> Wanted {
        if self.read.is_empty() || !table.layout.is_in_place() {
            return Wanted::default();
        }
        let mut columns = vec![false; file.reader.head().columns.len()];
        for (column, _) in self.read.iter().enumerate().filter(|(_, is_read)| **is_read) {
            let field = table.layout.field_of(0, column).and_then(|field| file.layout.own(field));
            if let Some(wanted) = field.and_then(|field| columns.get_mut(field)) {
                *wanted = true;
            }
        }
        Wanted { columns, places: false }
    }

    fn head(&self, chunk: Chunk, row: u32, at: Position) -> BlockHead {
        BlockHead {
            part: chunk.part,
            offset: self.block.at,
            len: u32::try_from(self.block.len).unwrap_or(u32::MAX),
            first: RowId::new(chunk.number, row),
            records_before: at.records,
            lines_before: at.lines,
            plain: self.block.lines_are_records,
            context: 0,
        }
    }

    /// Shows the block that was read.
    fn visit(
        &mut self,
        of: Of<'_>,
        shaper: &mut Shaper<'_>,
        visit: &mut dyn FnMut(&mut Visit<'_>),
    ) {
        let (table, width) = (of.table, of.table.columns.len());
        let mut columns = std::mem::take(&mut self.columns);
        let typed = matches!(self.block.cells, Cells::Columns(_));
        if typed {
            columns = typed::take(&mut self.block, table, of.file);
        } else if std::mem::take(&mut self.typed) {
            columns.clear();
        }
        self.typed = typed;
        columns.resize(width, None);
        lay_out((table, of.file, of.path), of.head.records_before, shaper, &mut self.block);
        let rows = table.layout.rows_in(&self.block);
        self.block.bytes.resize(self.block.bytes.len() + SLACK, 0);
        let block = &self.block;
        let view = match (shaper.cells(), &block.cells) {
            (Some(cells), _) => View::Cells(cells, width),
            (None, Cells::Spans { width, spans }) => View::Cells(spans, *width),
            (None, Cells::Columns(columns)) => {
                let own =
                    |column| table.layout.field_of(0, column).and_then(|f| of.file.layout.own(f));
                View::Columns((0..width).map(|column| columns.get(own(column)?)).collect())
            }
            (None, _) => View::Grid(&block.grid),
        };
        let batch = Batch {
            table,
            file: of.file,
            block,
            bytes: &block.bytes,
            view,
            rows,
            columns,
            quote: block.quote,
            records_before: of.head.records_before,
            path: of.path,
        };
        let mut seen = Visit { batch, head: of.head, context: of.context, chunk: of.chunk };
        visit(&mut seen);
        self.columns = seen.batch.columns;
    }
}

/// Reads a table from start to end, in order.
///
/// # Errors
/// Where a file cannot be read.
pub fn scan(
    table: &Table,
    paths: &dyn Fn(FileId) -> String,
    (sizes, watch): (Sizes, &dyn Watcher),
    visit_block: &mut dyn FnMut(&mut Visit<'_>),
) -> Result<(), ScanError> {
    let mut buffers = Buffers::default();
    let (mut current, mut at, mut before) = (u32::MAX, 0, Position::default());
    for chunk in chunks(table, sizes) {
        let Some(file) = table.files.get(chunk.part as usize) else { continue };
        if current != chunk.part {
            current = chunk.part;
            at = file.reader.head().body;
            before = before.of_next_file(file);
        }
        if at >= chunk.to {
            continue;
        }
        let mut sum = before;
        at = walk(
            table,
            &paths(file.file),
            (chunk, at, before),
            (sizes, MAX_RECORD, watch),
            &mut buffers,
            &mut |visit| {
                add(&mut sum, visit);
                visit_block(visit);
            },
        )?;
        before = sum;
    }
    Ok(())
}

/// Goes on behind a block.
pub fn add(position: &mut Position, visit: &Visit<'_>) {
    position.rows += visit.batch.rows as u64;
    position.records += u64::from(visit.batch.block.grid.total_records);
    position.lines += u64::from(visit.batch.block.grid.total_lines);
}
