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
    pub rows: &'t dyn Rows,
}

/// The rows of a table, whether they are held or read when they are asked for.
pub trait Rows {
    fn total(&self) -> usize;

    /// Gives the cells of a row, by its number from 0.
    fn visit(&self, row: usize, take: &mut dyn FnMut(&[MdCell]));
}

/// Rows that are held, each with the place of cells beyond the last column.
pub type HeldRows = Vec<(Vec<MdCell>, Option<Span>)>;

impl Rows for HeldRows {
    fn total(&self) -> usize {
        self.len()
    }

    fn visit(&self, row: usize, take: &mut dyn FnMut(&[MdCell])) {
        if let Some((cells, _)) = self.get(row) {
            take(cells);
        }
    }
}

/// Rows in which a cell of a column without a name is looked for.
const LOOKED_AT: usize = 10_000;

/// What is made of the cells of a row.
fn of_row<T: Default>(rows: &dyn Rows, row: usize, of: impl Fn(&[MdCell]) -> T) -> T {
    let mut made = T::default();
    rows.visit(row, &mut |cells| made = of(cells));
    made
}

/// A table between the rows that its rule leaves out.
pub struct Framed {
    pub head: Head,
    /// What is out of order in its names, and beside it.
    pub notes: Vec<Note>,
    /// The texts of the columns behind its own, which are the same in all rows.
    pub same: Vec<String>,
    /// The rows that name its columns, and their texts; none where one that is like them is a row.
    pub header: (Vec<usize>, Vec<Vec<String>>),
    /// The numbers of its rows.
    pub body: Range<usize>,
    /// Rows below them that are none of it.
    pub below: u64,
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
    rows.found().notes.iter_mut().for_each(|note| note.key = Some("at"));
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
    rows.found().notes.push(Note::worded(
        fault,
        NamedBy::Table,
        subject,
        words,
        (FileId(0), span, None),
    ));
    rows
}

/// What a cell adds to the name of its column: one that goes on from above has done so there.
fn name(cell: &MdCell) -> String {
    if cell.is_repeated { String::new() } else { frame::name(cell.text.trim()) }
}

/// A table between the rows that its rule leaves out, and what its columns are called.
///
/// # Errors
/// What is read where they cannot be known.
pub fn framed(
    table: &TextTable<'_>,
    text: &Arc<String>,
    options: &Options,
) -> Result<Framed, Box<DocumentRows>> {
    let (rows, width) = (table.rows, table.width);
    let unread = |why, words| Box::new(unreadable(text, (why, words, table.span), options));
    let first = |row: usize| {
        of_row(rows, row, |cells| {
            let mut texts = cells.iter().map(|cell| cell.text.trim());
            texts.find(|text| !text.is_empty()).map(str::to_string)
        })
    };
    let filled = |within: Range<usize>| within.filter_map(|row| Some((row, first(row)?)));
    let cut = options.frame.cut(rows.total(), filled);
    let cut = cut.map_err(|why| unread(&START_NOT_FOUND, note::start_not_found(why)))?;
    let held = cut.header.iter();
    let held: Vec<Vec<MdCell>> = held.map(|row| of_row(rows, *row, <[MdCell]>::to_vec)).collect();
    let header: Vec<&[MdCell]> = held.iter().map(Vec::as_slice).collect();
    let texts: Vec<Vec<String>> = header.iter().map(|row| row.iter().map(name).collect()).collect();
    let names = match options.frame.header.names(&texts, width) {
        Ok(names) => names,
        Err(given) => {
            return Err(unread(&HEADER_MISMATCH, note::header_mismatch(given, width)));
        }
    };
    let mut head = head(table, text, (&names, &header));
    head.above = cut.above() as u64;
    let mut notes = same_names(&names, header.last().copied().unwrap_or_default());
    let filled = |row: usize| {
        of_row(rows, row, |cells| cells.iter().filter(|c| !c.text.trim().is_empty()).count())
    };
    // What stands below a name that spans it is not beside all names.
    let is_spanned = |column: usize| {
        let cell = header.last().and_then(|row| row.get(column));
        cell.is_some_and(|cell| cell.is_repeated)
    };
    notes.extend(head.unnamed(|column| {
        if is_spanned(column) {
            return None;
        }
        let of = |cells: &[MdCell]| {
            let cell = cells.get(column).filter(|cell| !cell.text.trim().is_empty());
            cell.filter(|cell| !cell.is_repeated).map(|cell| cell.span)
        };
        cut.body.clone().take(LOOKED_AT).find_map(|row| of_row(rows, row, of))
    }));
    let named = names.iter().filter(|name| !name.is_empty()).count();
    if let Some((row, count)) = cut.like_rows(named, &filled) {
        let span = of_row(rows, row, span_of);
        notes.push(Note::rows_left_out(count, (FileId(0), span, None)));
    }
    let below = (rows.total() - cut.body.end) as u64;
    let header = if options.repeated { Default::default() } else { (cut.header, texts) };
    Ok(Framed { head, notes, same: above(table), header, body: cut.body, below })
}

/// Where the cells of a row stand.
fn span_of(cells: &[MdCell]) -> Span {
    cells.iter().map(|cell| cell.span).reduce(Span::join).unwrap_or_default()
}

/// Puts a row behind others.
pub fn push(rows: &mut DocumentRows, cells: &[MdCell], is_indented: bool) {
    let own = cells.iter().map(|cell| {
        let text = match is_indented {
            true => cell.text.trim_end().trim_start_matches(|c: char| c.is_ascii_whitespace()),
            false => cell.text.trim(),
        };
        Some(Cell { text: text.into(), span: cell.span, hedge: Hedge::None })
    });
    rows.push(span_of(cells), own);
}

/// The rows of a table that is held, between those that its rule leaves out.
pub fn rows_of(
    table: &TextTable<'_>,
    held: &HeldRows,
    text: &Arc<String>,
    options: &Options,
) -> DocumentRows {
    let framed = match framed(table, text, options) {
        Ok(framed) => framed,
        Err(rows) => return *rows,
    };
    let (width, mut rows) = (table.width, DocumentRows::new(framed.head, text, framed.same));
    (rows.found().notes, rows.found().below) = (framed.notes, framed.below);
    for (cells, more) in held.get(framed.body).unwrap_or_default() {
        if width > 1 && more.is_none() && cells.iter().all(|c| c.text.trim().is_empty()) {
            rows.found().notes.push(Note::blank_row((FileId(0), span_of(cells), None)));
            continue;
        }
        let own = cells.iter().map(|cell| cell.text.as_str());
        if more.is_none() && frame::like(&framed.header.1, own).is_some() {
            rows.found().notes.push(Note::repeated_header((FileId(0), span_of(cells), None)));
            continue;
        }
        push(&mut rows, cells, options.indented);
        rows.found().notes.extend(more.map(|more| too_many(text, more, width)));
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
        is_around: false,
    });
    // What the table calls its own goes first.
    let name = |(at, name): (usize, String)| match names.contains(&name) {
        true => frame::number(names.len() + at),
        false => name,
    };
    let headings = parents(table.headings.len()).enumerate().map(name);
    let headings = headings.map(|name| HeaderCell { name, span: None, ty: None, is_around: true });
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
