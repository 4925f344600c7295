//! Where the cells of a table come from, and how its records become rows.

use std::cell::LazyCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::expr::marks::Marks;
use crate::expr::regex::Regex;
use crate::read::block::Block;
use crate::read::pattern::Placeholder;
use crate::read::reader::HeaderCell;
use crate::shape::headings::Headings;
use crate::shape::hierarchy::{Codes, Hierarchy, Rank};
use crate::value::Type;
use crate::width::to_usize;

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
    /// The last heading above the row.
    Heading,
    /// Where the row stands in the hierarchy.
    Hierarchy(Rank),
    /// The marks of the cell in this column.
    Marks(usize),
    /// Nowhere.
    Nowhere,
}

/// How the records of a table become its rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// For each column where its cells come from.
    pub sources: Vec<Source>,
    /// Fields that say what stands around a record, and are no cells of it.
    pub around: Vec<usize>,
    /// Fields to unpivot, with the names of their columns.
    pub pivot: Vec<(usize, String)>,
    /// Columns where a blank means the cell above.
    pub fill: Vec<usize>,
    /// Columns of texts without the white space around them.
    pub trim: Vec<usize>,
    /// Columns of figures without their marks.
    pub marked: Vec<Marked>,
    /// Which records are headings, where some are.
    pub headings: Option<Headings>,
    /// What shows the hierarchy of the rows.
    pub hierarchy: Option<Hierarchy>,
    /// A condition says which records are rows.
    pub is_filtered: bool,
}

/// A column of figures that may have marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The column.
    pub column: usize,
    /// How its figures are marked; where its cells are those of columns that became rows, of each.
    pub of: Vec<Option<Stripped>>,
}

/// What is stripped from figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stripped {
    /// Their marks.
    pub marks: Arc<Marks>,
    /// Texts that stand for no value, or a withheld one, and have no marks.
    pub whole: Vec<String>,
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
    /// The name of the column for headings, and which records are some.
    pub heading: Option<(&'o str, Headings)>,
    /// The column that shows a hierarchy; how, where by its codes.
    pub parent: Option<(&'o str, Option<Codes>)>,
    /// Whether the table has several files, each with numbers of its own.
    pub has_files: bool,
    /// Whether a condition says which records are rows.
    pub is_filtered: bool,
}

/// What one file adds to the layout of its table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileLayout {
    /// Fields of this file by the table's field number (files may order columns differently).
    /// Most files have those of the one before them, and share them.
    pub fields: Arc<[Option<usize>]>,
    /// Values of the path's placeholders.
    pub path: Vec<String>,
    /// The number of the file, from 1, where its table has several.
    pub number: Option<u32>,
    /// The kinds of faults of records that are set aside and hold no label: blank ones, and those that
    /// repeat the header.
    pub without_labels: Vec<u8>,
}

impl Layout {
    /// Finds the columns of a table from those of its first file, with their names, types and
    /// places.
    pub fn plan(fields: &[HeaderCell], options: &ShapeOptions<'_>) -> (Layout, Vec<HeaderCell>) {
        let mut layout = Layout { is_filtered: options.is_filtered, ..Layout::default() };
        let mut columns = Vec::new();
        let derived = |name: &str, ty| HeaderCell {
            name: name.to_string(),
            span: None,
            ty,
            is_around: false,
        };
        for (at, field) in fields.iter().enumerate() {
            let name = &field.name;
            layout.around.extend(field.is_around.then_some(at));
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
        if let Some((name, headings)) = &options.heading {
            layout.headings = Some(headings.clone());
            layout.sources.push(Source::Heading);
            columns.push(derived(name, Some(Type::Text)));
        }
        if let Some((name, codes)) = &options.parent
            && let Some(field) = fields.iter().position(|field| field.name == *name)
        {
            let column = layout.sources.iter().position(|s| *s == Source::Field(field));
            let first = layout.sources.len();
            let codes = codes.clone();
            layout.hierarchy = column.map(|column| Hierarchy { field, column, first, codes });
            for (rank, ty, suffix) in Rank::ALL {
                // Numbers of several files name the file, too.
                let ty = if options.has_files && rank != Rank::Level { Type::Text } else { ty };
                layout.sources.push(Source::Hierarchy(rank));
                columns.push(derived(&format!("{name}.{suffix}"), Some(ty)));
            }
        }
        let find = |name: &&str| columns.iter().position(|c: &HeaderCell| c.name == **name);
        layout.fill = options.fill.iter().filter_map(find).collect();
        (layout, columns)
    }

    /// Whether each record becomes a row, field by field.
    pub fn is_plain(&self) -> bool {
        self.is_in_place() && self.trim.is_empty()
    }

    /// Whether what a row holds depends on the rows before it.
    pub fn is_in_order(&self) -> bool {
        let by_indent = self.hierarchy.as_ref().is_some_and(|h| h.codes.is_none());
        !self.fill.is_empty() || self.headings.is_some() || by_indent
    }

    /// Whether the cells of a row are the fields of a record in their order, but for the white space
    /// around them.
    pub fn is_in_place(&self) -> bool {
        let in_place = |(i, s): (usize, &Source)| *s == Source::Field(i) || *s == Source::Nowhere;
        self.pivot.is_empty()
            && self.fill.is_empty()
            && !self.is_filtered
            && self.headings.is_none()
            && self.hierarchy.is_none()
            && self.sources.iter().enumerate().all(in_place)
    }

    /// The fields of a file that are cells of its records and the table has, beside the first.
    pub fn fields_beside_first(&self, file: &FileLayout) -> Vec<usize> {
        let fields = self.sources.iter().filter_map(|source| match source {
            Source::Field(field) => Some(*field),
            _ => None,
        });
        let all = fields.chain(self.pivot.iter().map(|p| p.0));
        // Records without cells of their own are known by what stands around them.
        let has_own = self.around.first() != Some(&0);
        let own = all.filter(|field| !(has_own && self.around.contains(field)));
        own.filter_map(|field| file.own(field)).filter(|field| *field > 0).collect()
    }

    /// Whether the cells of a column stand in the records themselves, and are not derived or the same
    /// in all that one thing encloses.
    pub fn is_of_record(&self, column: usize) -> bool {
        match self.sources.get(column) {
            Some(Source::Field(field)) => !self.around.contains(field),
            Some(Source::PivotName | Source::PivotValue) => true,
            _ => false,
        }
    }

    /// Rows made of one record.
    pub fn rows_per_record(&self) -> usize {
        self.pivot.len().max(1)
    }

    /// Whether the cells of a column differ in the rows that one record becomes.
    pub fn is_made(&self, column: usize) -> bool {
        match self.sources.get(column) {
            Some(Source::PivotName | Source::PivotValue) => true,
            Some(Source::Marks(of)) => *of != column && self.is_made(*of),
            _ => false,
        }
    }

    /// How many rows of a table a block has.
    pub fn rows_in(&self, block: &Block) -> usize {
        block.chosen.as_ref().map_or(block.rows() * self.rows_per_record(), Vec::len)
    }

    /// The number that a row of a block has among all that its records become.
    fn number_in(block: &Block, row: usize) -> usize {
        let of = |chosen: &Vec<u32>| chosen.get(row).map(|number| to_usize(u64::from(*number)));
        block.chosen.as_ref().map_or(Some(row), of).unwrap_or(usize::MAX)
    }

    /// The record of a block that a row is made of.
    pub fn record_in(&self, block: &Block, row: usize) -> usize {
        Layout::number_in(block, row) / self.rows_per_record()
    }

    /// How many records of a block became rows of a table.
    pub fn records_with_rows_in(&self, block: &Block) -> u64 {
        let rows = 0..block.chosen.as_ref().map_or(0, Vec::len);
        let is_first = |row: &usize| {
            let before = row.checked_sub(1).map(|before| self.record_in(block, before));
            before != Some(self.record_in(block, *row))
        };
        match block.chosen {
            Some(_) => rows.filter(is_first).count() as u64,
            None => block.rows() as u64,
        }
    }

    /// Which of the columns that became rows a row of a block shows.
    pub fn pivot_in(&self, block: &Block, row: usize) -> usize {
        Layout::number_in(block, row) % self.rows_per_record()
    }

    /// The first row of a block that is made of a record, or of one after it.
    pub fn first_row_in(&self, block: &Block, record: usize) -> usize {
        let first = record * self.rows_per_record();
        let before = |chosen: &Vec<u32>| {
            chosen.partition_point(|number| to_usize(u64::from(*number)) < first)
        };
        block.chosen.as_ref().map_or(first, before)
    }

    /// The table's field that a cell comes from, if it comes from one; in rows of so many columns, that
    /// of this one.
    pub fn field_of(&self, pivot: usize, column: usize) -> Option<usize> {
        match self.sources.get(column)? {
            Source::Field(field) => Some(*field),
            Source::PivotValue => self.pivot.get(pivot).map(|p| p.0),
            Source::Marks(of) if *of != column => self.field_of(pivot, *of),
            Source::Hierarchy(_) => self.hierarchy.as_ref().map(|h| h.field),
            _ => None,
        }
    }
}

impl FileLayout {
    /// The fields of a file by those of the first file of its table: found by their names, at their
    /// own place where that name is written several times.
    pub fn new(table: &[HeaderCell], own: &[HeaderCell], path: Vec<String>) -> FileLayout {
        // Most files have the columns of the first one in the same order.
        let places = LazyCell::new(|| -> HashMap<&str, usize> {
            own.iter().enumerate().rev().map(|(at, column)| (column.name.as_str(), at)).collect()
        });
        let field = |(at, column): (usize, &HeaderCell)| match own.get(at) {
            Some(same) if same.name == column.name => Some(at),
            _ => places.get(column.name.as_str()).copied(),
        };
        let fields = table.iter().enumerate().map(field).collect();
        FileLayout { fields, path, number: None, without_labels: Vec::new() }
    }

    /// The field of this file that is the table's `field`.
    pub fn own(&self, field: usize) -> Option<usize> {
        self.fields.get(field).copied().flatten()
    }

    pub(super) fn is_in_order(&self) -> bool {
        self.fields.iter().enumerate().all(|(i, f)| *f == Some(i))
    }
}
