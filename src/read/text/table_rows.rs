//! Tables that stand in a text, whatever shows their cells: their names, and their rows with places.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::fault::Fault;
use crate::read::format::Options;
use crate::read::frame;
use crate::read::note::{
    self, DUPLICATE_COLUMN_NAME, HEADER_MISMATCH, NamedBy, Note, RAGGED_ROW, START_NOT_FOUND,
};
use crate::read::reader::{FaultText, Head, HeaderCell};
use crate::read::text::TABLE_NOT_FOUND;
use crate::read::text::extract::Cell;
use crate::read::text::reader::DocumentRows;
use crate::read::text::tables::MdCell;
use crate::report::Subject;
use crate::source::{FileId, Span};
use crate::value::Hedge;

/// A table of a text.
pub struct TextTable<'t> {
    /// The headings it stands under, the nearest last.
    pub headings: &'t [String],
    /// All of it.
    pub span: Span,
    /// How many columns it has.
    pub width: usize,
    /// Its rows, from the first, each with the place of cells beyond the last column.
    pub rows: Vec<(Vec<MdCell>, Option<Span>)>,
}

/// A table that `at` does not find, with why and what to do.
pub fn not_found(
    text: &Arc<String>,
    (message, help): (String, Option<String>),
    options: &Options,
) -> DocumentRows {
    let message = format!("{message}: {}", options.path);
    let words = FaultText { message, label: String::new(), help, odd: None };
    let mut rows = unreadable(text, (&TABLE_NOT_FOUND, words, Span::default()), options);
    rows.notes.iter_mut().for_each(|note| note.key = Some("at"));
    rows
}

/// A table of which nothing can be read, and why.
fn unreadable(
    text: &Arc<String>,
    (fault, words, span): (&'static Fault, FaultText, Span),
    options: &Options,
) -> DocumentRows {
    let subject = Subject::File(options.path.clone());
    let head = Head { readable: false, ..Head::default() };
    let mut rows = DocumentRows::new(head, text, Vec::new());
    rows.notes.push(Note::worded(fault, NamedBy::Table, subject, words, (FileId(0), span, None)));
    rows
}

/// What a cell adds to the name of its column: one that goes on from above has done so there.
fn name(cell: &MdCell) -> String {
    if cell.is_repeated { String::new() } else { frame::name(cell.text.trim()) }
}

/// The rows of a table, between those that its rule leaves out.
pub fn rows_of(table: &TextTable<'_>, text: &Arc<String>, options: &Options) -> DocumentRows {
    let all = &table.rows;
    let first = |row: usize| {
        let cells = all.get(row)?.0.iter();
        cells.map(|cell| cell.text.trim()).find(|cell| !cell.is_empty())
    };
    let filled = |rows: Range<usize>| rows.filter_map(|row| Some((row, first(row)?)));
    let Some(cut) = options.frame.cut(all.len(), filled) else {
        return unreadable(
            text,
            (&START_NOT_FOUND, note::start_not_found(false), table.span),
            options,
        );
    };
    let width = table.width;
    let header: Vec<&[MdCell]> =
        cut.header.iter().filter_map(|row| all.get(*row)).map(|row| row.0.as_slice()).collect();
    let texts: Vec<Vec<String>> = header.iter().map(|row| row.iter().map(name).collect()).collect();
    let names = match options.frame.header.names(&texts, width) {
        Ok(names) => names,
        Err(given) => {
            let words = note::header_mismatch(given, width);
            return unreadable(text, (&HEADER_MISMATCH, words, table.span), options);
        }
    };
    let mut head = head(table, text, (&names, &header));
    head.above = cut.above() as u64;
    let mut rows = DocumentRows::new(head, text, above(table));
    rows.notes = same_names(&names, header.last().copied().unwrap_or_default());
    rows.below = (all.len() - cut.body.end) as u64;
    let filled = |row: usize| {
        let cells = all.get(row).map_or(&[][..], |row| row.0.as_slice());
        cells.iter().filter(|cell| !cell.text.trim().is_empty()).count()
    };
    let named = names.iter().filter(|name| !name.is_empty()).count();
    if let Some((row, count)) = cut.like_rows(named, &filled) {
        let cells = all.get(row).map_or(&[][..], |row| row.0.as_slice());
        let span = cells.iter().map(|cell| cell.span).reduce(Span::join).unwrap_or_default();
        rows.notes.push(Note::rows_left_out(count, (FileId(0), span, None)));
    }
    for (row, more) in all.get(cut.body).unwrap_or_default() {
        let span = row.iter().map(|c| c.span).reduce(Span::join).unwrap_or_default();
        if width > 1 && more.is_none() && row.iter().all(|c| c.text.trim().is_empty()) {
            rows.notes.push(Note::blank_row((FileId(0), span, None)));
            continue;
        }
        let cells = row.iter().map(|c| {
            let text = match options.indented {
                true => c.text.trim_end().trim_start_matches(|c: char| c.is_ascii_whitespace()),
                false => c.text.trim(),
            };
            let text = text.into();
            Some(Cell { text, span: c.span, hedge: Hedge::None })
        });
        rows.push(span, cells);
        rows.notes.extend(more.map(|more| too_many(text, more, width)));
    }
    rows
}

/// The texts of the headings above a table, as its rows have them.
fn above(table: &TextTable<'_>) -> Vec<String> {
    table.headings.iter().rev().chain(table.headings.last()).cloned().collect()
}

/// The names of the columns of a table, and where they stand.
fn head(table: &TextTable<'_>, text: &str, (names, header): (&[String], &[&[MdCell]])) -> Head {
    let place = |column: usize| {
        let filled = |row: &&&[MdCell]| row.get(column).is_some_and(|c| !c.text.trim().is_empty());
        let row = header.iter().rev().find(filled).or(header.last());
        row.and_then(|row| row.get(column)).map(|cell| cell.span)
    };
    let own = names.iter().enumerate().map(|(column, name)| HeaderCell {
        name: name.clone(),
        span: place(column),
        ty: None,
    });
    let headings =
        parents(table.headings.len()).map(|name| HeaderCell { name, span: None, ty: None });
    let columns: Vec<HeaderCell> = own.chain(headings).collect();
    let span = header.iter().flat_map(|row| row.iter()).map(|c| c.span).reduce(Span::join);
    let span = span.unwrap_or_default();
    let before = usize::try_from(span.start).ok().and_then(|n| text.as_bytes().get(..n));
    let lines = memchr::memchr_iter(b'\n', before.unwrap_or_default()).count();
    Head { columns, span, header_line: lines as u64 + 1, readable: true, ..Head::default() }
}

/// Names of columns that stand before, each with the place where it stands again.
fn same_names(names: &[String], header: &[MdCell]) -> Vec<Note> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let same = *first.entry(name).or_insert(at);
        if same == at || !all.is_empty() {
            continue;
        }
        let words = note::duplicate_name(names, (same, at));
        let place = (FileId(0), header.get(at).map_or(Span::default(), |cell| cell.span), None);
        let fault = &DUPLICATE_COLUMN_NAME;
        let note = Note::worded(fault, NamedBy::Fault, Subject::Header, words, place);
        all.push(Note { column: Some(name.clone()), ..note });
    }
    all
}

/// A text on one line, cut where it is long.
pub fn shorten(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() > 60 { flat.chars().take(57).collect::<String>() + "…" } else { flat }
}

/// Cells of a row that are in no column.
fn too_many(text: &str, span: Span, columns: usize) -> Note {
    let range = usize::try_from(span.start).ok().zip(usize::try_from(span.end).ok());
    let cells = range.and_then(|(from, to)| text.get(from..to)).unwrap_or_default();
    let cells = shorten(cells);
    let words = FaultText {
        message: format!("this row has more cells than the {columns} of the header: `{cells}`"),
        label: "in no column, and not read".into(),
        help: Some("add a column to the header, or write `\\|` where a cell holds a `|`".into()),
        odd: None,
    };
    let place = (FileId(0), span, None);
    Note::worded(&RAGGED_ROW, NamedBy::Fault, Subject::Claim(cells), words, place)
}

/// `parent.heading`, `parent.parent.heading`, … and `parent` itself: the headings a table stands under.
fn parents(depth: usize) -> impl Iterator<Item = String> {
    (1..=depth)
        .map(|n| format!("{}heading", "parent.".repeat(n)))
        .chain((depth > 0).then(|| "parent".to_string()))
}
