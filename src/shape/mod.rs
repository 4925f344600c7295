//! From the fields of records to the cells of a table: columns by name, unpivoted and filled ones.
//!
//! A plain layout leaves blocks as they were read.

use std::collections::HashMap;
use std::ops::Range;

use crate::expr::regex::Regex;
use crate::read::block::{Block, Cells};
use crate::read::grid::FieldSpan;
use crate::read::pattern::Placeholder;
use crate::read::reader::{Context, HeaderCell};

/// Where the cells of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A field of the record.
    Field(usize),
    /// The name of the unpivoted column at hand.
    PivotName,
    /// The cell of the unpivoted column at hand.
    PivotValue,
    /// A placeholder of the path; one value per file.
    Path(usize),
    /// Nowhere.
    Nowhere,
}

/// How the records of a table become its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// For each column where its cells come from.
    pub sources: Vec<Source>,
    /// Fields to unpivot, with the names of their columns.
    pub pivot: Vec<(usize, String)>,
    /// Columns where a blank means the cell above.
    pub fill: Vec<usize>,
}

/// What a rule says of the columns of a table.
#[derive(Default)]
pub struct ShapeOptions<'o> {
    /// The columns whose cells become rows, and the names of the columns for their names and cells.
    pub unpivot: Option<(Regex, &'o str, &'o str)>,
    /// Columns where a blank means the cell above.
    pub fill: Vec<&'o str>,
    /// The placeholders of the path.
    pub path: &'o [Placeholder],
}

/// What one file adds to the layout of its table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileLayout {
    /// Fields of this file by the table's field number (files may order columns differently).
    pub fields: Vec<Option<usize>>,
    /// Values of the path's placeholders.
    pub path: Vec<String>,
}

impl Layout {
    /// Finds the columns of a table from those of its first file, with their names, types and
    /// places.
    pub fn plan(fields: &[HeaderCell], options: &ShapeOptions<'_>) -> (Layout, Vec<HeaderCell>) {
        let mut layout = Layout::default();
        let mut columns = Vec::new();
        let derived = |name: &str, ty| HeaderCell { name: name.to_string(), span: None, ty };
        for (at, field) in fields.iter().enumerate() {
            let name = &field.name;
            if options.unpivot.as_ref().is_some_and(|(regex, ..)| regex.is_full_match(name)) {
                layout.pivot.push((at, name.clone()));
                continue;
            }
            layout.sources.push(Source::Field(at));
            columns.push(field.clone());
        }
        if let Some((_, name, value)) = options.unpivot {
            layout.sources.extend([Source::PivotName, Source::PivotValue]);
            columns.extend([derived(name, None), derived(value, None)]);
        }
        for (at, placeholder) in options.path.iter().enumerate() {
            layout.sources.push(Source::Path(at));
            columns.push(derived(&placeholder.name, Some(placeholder.ty)));
        }
        let find = |name: &&str| columns.iter().position(|c: &HeaderCell| c.name == **name);
        layout.fill = options.fill.iter().filter_map(find).collect();
        (layout, columns)
    }

    /// Whether records become rows field by field.
    pub fn is_plain(&self) -> bool {
        let in_place = |(i, s): (usize, &Source)| *s == Source::Field(i) || *s == Source::Nowhere;
        self.pivot.is_empty()
            && self.fill.is_empty()
            && self.sources.iter().enumerate().all(in_place)
    }

    /// Rows made of one record.
    pub fn rows_per_record(&self) -> usize {
        self.pivot.len().max(1)
    }

    /// The unpivoted field that a row shows, if there is one.
    pub fn pivot_of(&self, row: usize) -> Option<&(usize, String)> {
        self.pivot.get(row % self.rows_per_record())
    }

    /// The table's field that a cell comes from, if it comes from one.
    pub fn field_of(&self, row: usize, column: usize) -> Option<usize> {
        match self.sources.get(column)? {
            Source::Field(field) => Some(*field),
            Source::PivotValue => self.pivot_of(row).map(|p| p.0),
            _ => None,
        }
    }
}

impl FileLayout {
    /// The fields of a file by those of the first file of its table: found by their names, at their
    /// own place where that name is written several times.
    pub fn new(table: &[HeaderCell], own: &[HeaderCell], path: Vec<String>) -> FileLayout {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (at, column) in own.iter().enumerate() {
            places.entry(&column.name).or_insert(at);
        }
        let field = |(at, column): (usize, &HeaderCell)| match own.get(at) {
            Some(same) if same.name == column.name => Some(at),
            _ => places.get(column.name.as_str()).copied(),
        };
        FileLayout { fields: table.iter().enumerate().map(field).collect(), path }
    }

    /// The field of this file that is the table's `field`.
    pub fn own(&self, field: usize) -> Option<usize> {
        self.fields.get(field).copied().flatten()
    }

    fn is_in_order(&self) -> bool {
        self.fields.iter().enumerate().all(|(i, f)| *f == Some(i))
    }
}

/// Lays the cells of one file out by the columns of its table, block by block.
pub struct Shaper<'t> {
    layout: &'t Layout,
    file: &'t FileLayout,
    plain: bool,
    cells: Vec<FieldSpan>,
    /// The last text of each filled column, carried over blocks.
    filled: Vec<Vec<u8>>,
}

impl<'t> Shaper<'t> {
    /// A shaper for one file, which goes on where `context` was left.
    pub fn new(layout: &'t Layout, file: &'t FileLayout, context: &Context) -> Shaper<'t> {
        let mut filled = context.filled.clone();
        filled.resize(layout.fill.len(), Vec::new());
        let plain = layout.is_plain() && file.is_in_order();
        Shaper { layout, file, plain, cells: Vec::new(), filled }
    }

    /// Whether blocks serve as they are read.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// What the next block depends on.
    pub fn filled(&self) -> &[Vec<u8>] {
        &self.filled
    }

    /// The cells of a block by column, row-major; texts that stand nowhere in the block are put
    /// behind it. None where the block serves as it is.
    pub fn shape(&mut self, block: &mut Block) -> Option<&[FieldSpan]> {
        if self.plain && !matches!(block.cells, Cells::Columns(_)) {
            return None;
        }
        let width = self.layout.sources.len();
        let Block { bytes, grid, cells, .. } = block;
        self.cells.clear();
        let path: Vec<FieldSpan> = self.file.path.iter().map(|p| put(bytes, p)).collect();
        let names: Vec<FieldSpan> = self.layout.pivot.iter().map(|p| put(bytes, &p.1)).collect();
        let field = |row: usize, field: usize| match (self.file.own(field), &*cells) {
            (None, _) => FieldSpan::default(),
            (Some(f), Cells::Delimited) => grid.field(row, f),
            (Some(f), Cells::Spans { width, spans }) => {
                spans.get(row * width + f).copied().unwrap_or_default()
            }
            (Some(f), Cells::Columns(columns)) => {
                columns.get(f).and_then(|c| c.texts.get(row)).copied().unwrap_or_default()
            }
        };
        for row in 0..grid.rows {
            for pivot in 0..self.layout.rows_per_record() {
                for source in &self.layout.sources {
                    self.cells.push(match *source {
                        Source::Field(f) => field(row, f),
                        Source::PivotName => names.get(pivot).copied().unwrap_or_default(),
                        Source::PivotValue => {
                            let of = self.layout.pivot.get(pivot);
                            of.map_or_else(FieldSpan::default, |of| field(row, of.0))
                        }
                        Source::Path(p) => path.get(p).copied().unwrap_or_default(),
                        Source::Nowhere => FieldSpan::default(),
                    });
                }
            }
        }
        for (&column, last) in self.layout.fill.iter().zip(&mut self.filled) {
            fill(&mut self.cells, column, width, bytes, last);
        }
        Some(&self.cells)
    }
}

/// Puts a text behind the bytes of a block.
fn put(bytes: &mut Vec<u8>, text: &str) -> FieldSpan {
    let start = bytes.len();
    bytes.extend_from_slice(text.as_bytes());
    span(start..bytes.len())
}

/// Blocks are shorter than 4 GiB.
fn span(range: Range<usize>) -> FieldSpan {
    let narrow = |at| u32::try_from(at).unwrap_or(u32::MAX);
    FieldSpan { start: narrow(range.start), end: narrow(range.end) }
}

/// Blank cells of a column get the text above them.
fn fill(
    cells: &mut [FieldSpan],
    column: usize,
    width: usize,
    bytes: &mut Vec<u8>,
    last: &mut Vec<u8>,
) {
    let start = bytes.len();
    bytes.extend_from_slice(last);
    let mut above = span(start..bytes.len());
    for cell in cells.iter_mut().skip(column).step_by(width.max(1)) {
        let text = bytes.get(cell.start as usize..cell.end as usize);
        if matches!(text, Some(b"" | b"\"\"")) {
            *cell = above;
        } else {
            above = *cell;
        }
    }
    last.clear();
    last.extend_from_slice(bytes.get(above.start as usize..above.end as usize).unwrap_or(&[]));
}
