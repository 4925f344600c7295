//! Prose and Markdown files: their tables, and the rows that a pattern finds in them.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::read::format::{Container, Format, Options, Refusal};
use crate::read::note::{NamedBy, Note};
use crate::read::pattern::Pattern;
use crate::read::reader::{FaultText, Head, HeaderCell, Reader};
use crate::read::text::comments;
use crate::read::text::document::Markup;
use crate::read::text::extract::{Cell, Flat, Spec, Trouble, visit_in};
use crate::read::text::near::NearMiss;
use crate::read::text::reader::{DocumentRows, Prose};
use crate::read::text::searched::Searched;
use crate::read::text::table_rows::{TextTable, not_found, rows_of, shorten};
use crate::read::text::tables::{self, select};
use crate::read::text::{
    FAULTS, ITEM_UNMATCHED, PATTERN_NO_MATCH, SECTION_NOT_FOUND, SENTENCE_IN_DOUBT, TABLE_NOT_FOUND,
};
use crate::read::tree;
use crate::report::Subject;
use crate::source::{Bytes, FileId, Invalid, Span, whole_text};
use crate::value::Type;

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
    open: |bytes| Ok(Box::new(TextFile::open(bytes, false)?)),
    comments: comments::plain,
};

/// Markdown: one of its tables, or its text with a pattern.
pub static MARKDOWN: Format = Format {
    name: "markdown",
    about: "Markdown: one of its tables, or its text with a pattern",
    endings: &["md", "markdown"],
    keys: &[
        "at", "pattern", "regex", "section", "split", "header", "skip", "skip_end", "from",
        "until", "short",
    ],
    faults: FAULTS,
    is_prose: true,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(TextFile::open(bytes, true)?)),
    comments: comments::markdown,
};

struct TextFile {
    bytes: Arc<dyn Bytes>,
    text: Arc<String>,
    /// Without its mark-up, for patterns.
    flat: OnceLock<Flat>,
    /// What of it was no UTF-8, its bytes replaced.
    invalid: Option<Invalid>,
    is_markdown: bool,
}

impl TextFile {
    fn open(bytes: Arc<dyn Bytes>, is_markdown: bool) -> std::io::Result<TextFile> {
        let (text, invalid) = whole_text(&*bytes)?;
        let (text, flat) = (Arc::new(text), OnceLock::new());
        Ok(TextFile { bytes, text, flat, invalid, is_markdown })
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
                let markup = if self.is_markdown { Markup::Markdown } else { Markup::Plain };
                let flat = self.flat.get_or_init(|| Flat::new(&self.text, markup));
                of_pattern((&self.bytes, flat), markup, pattern, options)
            }
            None if self.is_markdown => {
                if let Some(at) = options.at.as_deref().and_then(|at| at.strip_prefix(FRONT))
                    && (at.is_empty() || at.starts_with('/'))
                {
                    return front(&self.text, at, options);
                }
                of_table(&self.text, options)
            }
            None if options.undeclared || !comments::plain(&self.text).is_empty() => {
                let help = "its figures are checked where a comment behind one compares it, or a rule has a `pattern`";
                let words = ("there is no table in this text".into(), Some(help.into()));
                not_found(&self.text, words, options)
            }
            None => return Err(Refusal::NoPattern),
        };
        rows.writing = options.writing.clone();
        rows.note_invalid(self.invalid, options);
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
    rows.found().notes.push(Note { key: Some("at"), ..note });
    Ok(Arc::new(rows))
}

/// The rows that a pattern finds in a text, which is not held for them.
pub fn of_pattern(
    (bytes, flat): (&Arc<dyn Bytes>, &Flat),
    markup: Markup,
    pattern: &Pattern,
    options: &Options,
) -> DocumentRows {
    let column = |placeholder: &crate::read::pattern::Placeholder| HeaderCell {
        name: placeholder.name.clone(),
        span: None,
        ty: Some(placeholder.ty),
        is_around: false,
    };
    let columns = || pattern.placeholders.iter().map(column).collect();
    let head = || Arc::new(Head { columns: columns(), ..readable() });
    let mut rows = DocumentRows::of_bytes(pattern.head.get_or_init(head).clone(), bytes);
    let spec = Spec {
        pattern,
        from: options.section.0.as_deref(),
        to: options.section.1.as_deref(),
        split: options.split.as_deref(),
        writing: &options.writing,
    };
    let searched = Searched::in_flat(flat, &spec);
    let (troubles, near) = visit_in(&searched, options.must_match, &mut |row| {
        let on_one_line =
            |cell: Cell<'_>| Cell { text: on_one_line(&cell.text).into_owned().into(), ..cell };
        rows.push(row.span, row.cells.into_iter().map(|cell| cell.map(on_one_line)));
    });
    let notes: Vec<Note> = troubles.iter().filter_map(|t| note(t, near.first(), options)).collect();
    if !notes.is_empty() {
        rows.found().notes = notes;
    }
    rows.in_prose(Prose::new(markup, options.split.clone()))
}

/// One row of figures that stand in a text, each in a column of its own.
pub fn of_bound(
    source: &Arc<String>,
    markup: Markup,
    columns: Vec<(String, Type)>,
    cells: Vec<Cell<'_>>,
) -> DocumentRows {
    let column = |(name, ty)| HeaderCell { name, span: None, ty: Some(ty), is_around: false };
    let columns = columns.into_iter().map(column).collect();
    let starts = cells.iter().map(|cell| cell.span.start).min();
    let ends = cells.iter().map(|cell| cell.span.end).max();
    let mut rows = DocumentRows::new(Head { columns, ..readable() }, source, Vec::new());
    rows.push(Span::new(starts.unwrap_or(0), ends.unwrap_or(0)), cells.into_iter().map(Some));
    rows.markup = markup;
    rows.in_prose(Prose::new(markup, None))
}

/// A text whose line ends are spaces: where a line of prose ends says nothing.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return text.into();
    }
    text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ").into()
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
        Trouble::Doubtful { at, word, readings } => {
            let words = doubtful(word, readings);
            let subject =
                readings.first().map_or_else(file, |(_, text)| Subject::Claim(text.clone()));
            (&SENTENCE_IN_DOUBT, subject, *at, words)
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
        Some(n) => (n.failed_at, format!("expected {}", n.wanted(""))),
    };
    let message = format!("this item does not match the pattern: `{}`", shorten(text));
    let help = near.map(departs);
    (at, FaultText { message, label, help, odd: None })
}

/// A match that depends on whether a sentence ends behind a word.
fn doubtful(word: &str, readings: &[(Span, String)]) -> FaultText {
    let all: Vec<String> = readings.iter().map(|r| format!("`{}`", shorten(&r.1))).collect();
    let readings = match all.as_slice() {
        [only] => format!("{only} matches only in one of the two readings"),
        _ => format!("the readings are {}", all.join(" and ")),
    };
    FaultText {
        message: format!("no row is read: that depends on whether a sentence ends after `{word}`"),
        label: "does a sentence end here?".into(),
        help: Some(format!(
            "{readings}; write more of the words beside a placeholder, or `{{name:text}}` for one \
             that may go beyond its sentence"
        )),
        odd: None,
    }
}

/// Where a text departs from the pattern, and what would read what stands there.
fn departs(near: &NearMiss) -> String {
    let unseen = near.unseen.as_ref().map_or(String::new(), |unseen| format!(": {unseen}"));
    format!("expected {}, found `{}`{unseen}", near.wanted("`"), near.found)
}

fn no_match(near: Option<&NearMiss>, options: &Options) -> (Span, FaultText) {
    let span =
        near.map_or(Span::default(), |n| if n.failed_at.is_empty() { n.span } else { n.failed_at });
    let help = near.map_or_else(
        || "`crossfoot extract` shows what a pattern matches".to_string(),
        |n| format!("closest match: {}", departs(n)),
    );
    let label = near.map_or(String::new(), |n| format!("expected {}", n.wanted("")));
    let (table, path) = (&options.table, &options.path);
    let message = format!("the pattern of `{table}` has no match in {path}");
    (span, FaultText { message, label, help: Some(help), odd: None })
}

fn of_table(text: &Arc<String>, options: &Options) -> DocumentRows {
    let all = tables::tables(text);
    let headings: Vec<&[String]> = all.iter().map(|table| table.headings.as_slice()).collect();
    let found = select(&headings, options.at.as_deref());
    let Some(table) = found.as_ref().ok().and_then(|number| all.get(*number)) else {
        return not_found(text, found.err().unwrap_or_default(), options);
    };
    let mut rows = vec![(table.header.clone(), None)];
    tables::rows(text, table, &mut |row, more| rows.push((row.to_vec(), more)));
    let (headings, span, width) = (&table.headings, table.span, table.header.len());
    rows_of(&TextTable { headings, span, width, rows: &rows }, &rows, text, options)
}
