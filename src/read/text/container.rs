//! Prose and Markdown files: their tables, and the rows that a pattern finds in them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::fault::Fault;
use crate::read::format::{Container, Format, Options, Refusal};
use crate::read::frame;
use crate::read::note::{
    self, DUPLICATE_COLUMN_NAME, HEADER_MISMATCH, INVALID_UTF8, NamedBy, Note, RAGGED_ROW,
    START_NOT_FOUND,
};
use crate::read::pattern::Pattern;
use crate::read::reader::{FaultText, Head, HeaderCell, Reader};
use crate::read::text::comments;
use crate::read::text::document::{Document, markdown, plain};
use crate::read::text::extract::{Cell, NearMiss, Spec, Trouble, visit};
use crate::read::text::reader::{DocumentRows, Prose};
use crate::read::text::tables::{self, MdCell, MdTable, select};
use crate::read::text::{
    FAULTS, ITEM_UNMATCHED, PATTERN_NO_MATCH, SECTION_NOT_FOUND, TABLE_NOT_FOUND,
};
use crate::read::tree;
use crate::report::Subject;
use crate::source::{Bytes, FileId, Invalid, Span, text_of};
use crate::value::Hedge;

/// Plain text.
pub static TEXT: Format = Format {
    name: "text",
    about: "text with a pattern whose matches are the rows",
    endings: &["txt", "text"],
    keys: &["pattern", "regex", "section", "split"],
    faults: FAULTS,
    is_prose: true,
    is_text: true,
    needs_pattern: true,
    open: |bytes| Ok(Box::new(TextFile::open(&*bytes, false)?)),
    comments: comments::plain,
};

/// Markdown: one of its tables, or its text with a pattern.
pub static MARKDOWN: Format = Format {
    name: "markdown",
    about: "Markdown: one of its tables, or its text with a pattern",
    endings: &["md", "markdown"],
    keys: &[
        "at", "pattern", "regex", "section", "split", "header", "skip", "skip_end", "from", "until",
    ],
    faults: FAULTS,
    is_prose: true,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(TextFile::open(&*bytes, true)?)),
    comments: comments::markdown,
};

struct TextFile {
    text: Arc<String>,
    /// What of it was no UTF-8, its bytes replaced.
    invalid: Option<Invalid>,
    is_markdown: bool,
}

impl TextFile {
    fn open(bytes: &dyn Bytes, is_markdown: bool) -> std::io::Result<TextFile> {
        let mut all = vec![0; usize::try_from(bytes.len()).unwrap_or(usize::MAX)];
        let n = bytes.read_at(0, &mut all)?;
        all.truncate(n);
        let (text, invalid) = text_of(all);
        Ok(TextFile { text: Arc::new(text), invalid, is_markdown })
    }
}

impl Container for TextFile {
    fn tables(&self) -> Vec<String> {
        let count = if self.is_markdown { tables::tables(&self.text).len() } else { 0 };
        (1..=count).map(|n| format!("table {n}")).collect()
    }

    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        let mut rows = match &options.pattern {
            Some(pattern) => {
                let doc = if self.is_markdown { markdown(&self.text) } else { plain(&self.text) };
                let prose = Prose::new(self.is_markdown, options.split.clone());
                of_pattern(&self.text, &doc, pattern, options).in_prose(prose)
            }
            None if self.is_markdown => {
                if let Some(at) = options.at.as_deref().and_then(|at| at.strip_prefix(FRONT))
                    && (at.is_empty() || at.starts_with('/'))
                {
                    return front(&self.text, at, options);
                }
                of_table(&self.text, options)
            }
            None => return Err(Refusal::NoPattern),
        };
        rows.notes.extend(self.invalid.map(|invalid| not_utf8(invalid, options)));
        Ok(Arc::new(rows))
    }
}

/// What `at` begins with where the front matter is meant.
const FRONT: &str = "front";

/// The front matter of a document, or the part of it that a pointer behind `front` names.
fn front(text: &str, at: &str, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
    if let Some(rows) = tree::front_matter(text, at, options)? {
        return Ok(Arc::new(rows));
    }
    let message = format!("the document begins with no front matter: {}", options.path);
    let help = "front matter stands between two lines `---` (YAML) or `+++` (TOML)".to_string();
    let words = FaultText { message, label: String::new(), help: Some(help), odd: None };
    let subject = Subject::File(options.path.clone());
    let place = (FileId(0), Span::default(), None);
    let note = Note::worded(&TABLE_NOT_FOUND, NamedBy::Table, subject, words, place);
    let empty = Arc::new(String::new());
    let mut rows = DocumentRows::new(Head { readable: false, ..readable() }, &empty, Vec::new());
    rows.notes.push(Note { key: Some("at"), ..note });
    Ok(Arc::new(rows))
}

fn not_utf8(invalid: Invalid, options: &Options) -> Note {
    let Invalid { first, count } = invalid;
    let more = if count > 1 { format!("; it is the first of {count}") } else { String::new() };
    let words = FaultText {
        message: format!("byte {first} is not valid UTF-8 and is read as `?`{more}"),
        label: "not UTF-8".into(),
        help: Some(
            "save the file as UTF-8, or declare its encoding, such as encoding = \"windows-1252\""
                .into(),
        ),
        odd: None,
    };
    let subject = Subject::File(options.path.clone());
    let first = first as u64;
    let place = (FileId(0), Span::new(first, first + 1), None);
    Note::worded(&INVALID_UTF8, NamedBy::Fault, subject, words, place)
}

fn of_pattern(
    source: &Arc<String>,
    doc: &Document<'_>,
    pattern: &Pattern,
    options: &Options,
) -> DocumentRows {
    let column = |placeholder: &crate::read::pattern::Placeholder| HeaderCell {
        name: placeholder.name.clone(),
        span: None,
        ty: Some(placeholder.ty),
    };
    let columns: Vec<HeaderCell> = pattern.placeholders.iter().map(column).collect();
    let mut rows = DocumentRows::new(Head { columns, ..readable() }, source, Vec::new());
    let spec = Spec {
        pattern,
        from: options.section.0.as_deref(),
        to: options.section.1.as_deref(),
        split: options.split.as_deref(),
    };
    let (troubles, near) = visit(doc, &spec, &mut |row| {
        rows.push(row.span, row.cells.iter().copied());
    });
    rows.notes = troubles.iter().filter_map(|t| note(t, near.first(), options)).collect();
    rows
}

fn readable() -> Head {
    Head { readable: true, header_line: 1, line: 1, ..Head::default() }
}

/// The note of what kept rows from being found.
fn note(trouble: &Trouble, nearest: Option<&NearMiss>, options: &Options) -> Option<Note> {
    let file = || Subject::File(options.path.clone());
    let (fault, subject, span, words) = match trouble {
        Trouble::Unmatched { span, text, near } => {
            let (span, words) = unmatched(*span, text, near.as_ref());
            (&ITEM_UNMATCHED, Subject::Claim(text.clone()), span, words)
        }
        Trouble::NoSection { text } => {
            let words = FaultText {
                message: format!(
                    "the text `{}` of `section` was not found in {}",
                    shorten(text),
                    options.path
                ),
                label: "not in this file".into(),
                help: None,
                odd: None,
            };
            (&SECTION_NOT_FOUND, file(), Span::default(), words)
        }
        Trouble::NoMatch if !options.must_match => return None,
        Trouble::NoMatch => {
            let (span, words) = no_match(nearest, options);
            (&PATTERN_NO_MATCH, file(), span, words)
        }
    };
    let place = (FileId(0), span, None);
    let note = Note::worded(fault, NamedBy::Table, subject, words, place);
    Some(Note { key: Some("pattern"), ..note })
}

fn unmatched(span: Span, text: &str, near: Option<&NearMiss>) -> (Span, FaultText) {
    let (at, label) = match near {
        None => (span, "does not match".to_string()),
        Some(n) if n.failed_at.is_empty() => (span, format!("{} is missing", n.expected)),
        Some(n) => (n.failed_at, format!("expected {}", n.expected)),
    };
    let message = format!("this item does not match the pattern: `{}`", shorten(text));
    let help = near.map(departs);
    (at, FaultText { message, label, help, odd: None })
}

/// Where a text departs from the pattern, and what is written for what stands there.
fn departs(near: &NearMiss) -> String {
    let said = format!("expected `{}`, found `{}`", near.expected, near.found);
    let name = near.expected.strip_prefix('{').and_then(|rest| rest.split_once(":percent}"));
    match name.filter(|_| near.found.contains("percentage p")) {
        Some((name, _)) => format!(
            "{said}; write `{{{name}:number}} percentage points`, and compare with `{name} * 1pp`"
        ),
        None => said,
    }
}

fn no_match(near: Option<&NearMiss>, options: &Options) -> (Span, FaultText) {
    let span =
        near.map_or(Span::default(), |n| if n.failed_at.is_empty() { n.span } else { n.failed_at });
    let help = near.map_or_else(
        || "`crossfoot extract` shows what a pattern matches".to_string(),
        |n| format!("closest match: {}", departs(n)),
    );
    let label = near.map_or(String::new(), |n| format!("expected {}", n.expected));
    let (table, path) = (&options.table, &options.path);
    let message = format!("the pattern of `{table}` has no match in {path}");
    (span, FaultText { message, label, help: Some(help), odd: None })
}

fn shorten(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() > 60 { flat.chars().take(57).collect::<String>() + "…" } else { flat }
}

fn of_table(text: &Arc<String>, options: &Options) -> DocumentRows {
    let all = tables::tables(text);
    match select(&all, options.at.as_deref()) {
        Ok(table) => rows_of(table, text, options),
        Err((message, help)) => {
            let message = format!("{message}: {}", options.path);
            let words = FaultText { message, label: String::new(), help, odd: None };
            let note = (&TABLE_NOT_FOUND, words, Span::default());
            let mut rows = unreadable(text, note, options);
            rows.notes.iter_mut().for_each(|note| note.key = Some("at"));
            rows
        }
    }
}

/// A table of which nothing can be read, and why.
fn unreadable(
    text: &Arc<String>,
    (fault, words, span): (&'static Fault, FaultText, Span),
    options: &Options,
) -> DocumentRows {
    let subject = Subject::File(options.path.clone());
    let mut rows = DocumentRows::new(Head { readable: false, ..readable() }, text, Vec::new());
    rows.notes.push(Note::worded(fault, NamedBy::Table, subject, words, (FileId(0), span, None)));
    rows
}

/// The rows of a table, between those that its rule leaves out.
fn rows_of(table: &MdTable, text: &Arc<String>, options: &Options) -> DocumentRows {
    let mut all: Vec<(Vec<MdCell>, Option<Span>)> = vec![(table.header.clone(), None)];
    tables::rows(text, table, &mut |row, more| all.push((row.to_vec(), more)));
    let first = |row: usize| {
        let cells = all.get(row)?.0.iter();
        cells.map(|cell| cell.text.trim()).find(|cell| !cell.is_empty())
    };
    let Some(cut) = options.frame.cut(all.len(), &first) else {
        return unreadable(
            text,
            (&START_NOT_FOUND, note::start_not_found(false), table.span),
            options,
        );
    };
    let width = table.header.len();
    let header: Vec<&[MdCell]> =
        cut.header.iter().filter_map(|row| all.get(*row)).map(|row| row.0.as_slice()).collect();
    let texts: Vec<Vec<String>> =
        header.iter().map(|row| row.iter().map(|cell| frame::name(&cell.text)).collect()).collect();
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
    for (row, more) in all.get(cut.body).unwrap_or_default() {
        let span = row.iter().map(|c| c.span).reduce(Span::join).unwrap_or_default();
        let cells = row.iter().map(|c| {
            let text = c.text.trim();
            Some(Cell { text, span: c.span, hedge: Hedge::None })
        });
        rows.push(span, cells);
        rows.notes.extend(more.map(|more| too_many(text, more, width)));
    }
    rows
}

/// The texts of the headings above a table, as its rows have them.
fn above(table: &MdTable) -> Vec<String> {
    table.headings.iter().rev().chain(table.headings.last()).cloned().collect()
}

/// The names of the columns of a table, and where they stand.
fn head(table: &MdTable, text: &str, (names, header): (&[String], &[&[MdCell]])) -> Head {
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
    Head { columns, span, header_line: lines as u64 + 1, ..readable() }
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
