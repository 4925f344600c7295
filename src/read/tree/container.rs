//! YAML and TOML as formats, and the front matter of Markdown.

use std::sync::Arc;

use crate::read::format::{Container, Format, Options, Refusal, undeclared};
use crate::read::nested::Plan;
use crate::read::nested::pointer::{Pointer, step_to_rows};
use crate::read::note::{FaultText, MALFORMED, NamedBy, Note, TABLE_NOT_FOUND};
use crate::read::reader::{Head, Malformed, Reader};
use crate::read::tree::faults::FAULTS;
use crate::read::tree::find::{Finder, learn};
use crate::read::tree::held::Held;
use crate::read::tree::in_pieces::in_pieces;
use crate::read::tree::language::Language;
use crate::read::tree::notes::{not_a_row, twice, unread};
use crate::read::tree::pieces::PIECE;
use crate::read::tree::rows::TreeRows;
use crate::read::tree::value::{Location, Parsed, Value, What};
use crate::report::Subject;
use crate::source::{Bytes, FileId, Span, did_you_mean, whole_text};

/// YAML, in one document or several.
pub static YAML: Format = Format {
    name: "yaml",
    about: "YAML: the maps of a list, which `at` names",
    endings: &["yaml", "yml"],
    keys: &["at"],
    faults: FAULTS,
    is_prose: false,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(Document { bytes, language: Language::Yaml })),
    comments: |_| Vec::new(),
};

/// TOML.
pub static TOML: Format = Format {
    name: "toml",
    about: "TOML: the tables of an array, which `at` names",
    endings: &["toml"],
    keys: &["at"],
    faults: FAULTS,
    is_prose: false,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(Document { bytes, language: Language::Toml })),
    comments: |_| Vec::new(),
};

/// A text.
struct Document {
    bytes: Arc<dyn Bytes>,
    language: Language,
}

impl Container for Document {
    fn tables(&self) -> Vec<String> {
        let Ok((whole, _)) = whole_text(&*self.bytes) else { return vec![String::new()] };
        let text = whole.strip_prefix('\u{FEFF}').unwrap_or(&whole);
        let Ok(parsed) = self.language.parse(text, Location::whole(0)) else {
            return vec![String::new()];
        };
        let is_list = |document: &Value| matches!(document.what, What::List(_));
        match parsed.documents.as_slice() {
            [only] if !is_list(only) => pointers(only),
            [only] => {
                let nested = pointers(only).into_iter().filter(|at| at != "/*");
                std::iter::once(String::new()).chain(nested).collect()
            }
            _ => vec![String::new()],
        }
    }

    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        if let Some(refused) = undeclared(&*self.bytes) {
            return Err(refused);
        }
        let pointer = options.at.as_deref().map(|at| (at, Pointer::parse(at)));
        if let Some(rows) = in_pieces((&self.bytes, PIECE), self.language, &pointer, options)? {
            return Ok(Arc::new(rows));
        }
        let (whole, invalid) = whole_text(&*self.bytes)?;
        // A byte order mark is no part of the text.
        let text = whole.strip_prefix('\u{FEFF}').unwrap_or(&whole);
        let place = Location::whole((whole.len() - text.len()) as u64);
        let parsed = self.language.parse(text, place)?;
        let mut rows = rows(&parsed, pointer, (text, place), options);
        rows.notes.extend(invalid.map(|invalid| Note::not_utf8(invalid, &options.path)));
        Ok(Arc::new(rows))
    }
}

/// The front matter of a Markdown document as a table: `at` is what follows `front`. None where it
/// begins with none.
///
/// # Errors
/// Where it is no YAML or TOML.
pub fn front_matter(
    document: &str,
    at: &str,
    options: &Options,
) -> Result<Option<TreeRows>, Refusal> {
    let start = document.len() - document.strip_prefix('\u{FEFF}').unwrap_or(document).len();
    let rest = document.get(start..).unwrap_or_default();
    let (fence, language) = match rest.lines().next().map(str::trim_end) {
        Some("---") => ("---", Language::Yaml),
        Some("+++") => ("+++", Language::Toml),
        _ => return Ok(None),
    };
    let begin = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let mut end = begin;
    let closes =
        |line: &str| line.trim_end() == fence || fence == "---" && line.trim_end() == "...";
    let mut lines = rest.get(begin..).unwrap_or_default().split_inclusive('\n');
    let closed = lines.by_ref().find_map(|line| {
        let is_end = closes(line);
        end += if is_end { 0 } else { line.len() };
        is_end.then_some(())
    });
    if closed.is_none() {
        let words = FaultText {
            message: "the front matter that begins here is never closed".into(),
            label: "begins here".into(),
            help: Some(format!("close it with a line `{fence}`")),
            odd: None,
        };
        let span = Span::new(start as u64, (start + fence.len()) as u64);
        return Err(Refusal::Malformed(Box::new(Malformed { fault: &MALFORMED, span, words })));
    }
    let text = rest.get(begin..end).unwrap_or_default();
    let place = Location::whole((start + begin) as u64);
    let parsed = language.parse(text, place)?;
    Ok(Some(rows(&parsed, Some((at, Pointer::parse(at))), (text, place), options)))
}

/// The rows of documents that follow each other in one text.
fn rows(
    parsed: &Parsed,
    at: Option<(&str, Option<Pointer>)>,
    (text, place): (&str, Location),
    options: &Options,
) -> TreeRows {
    let is_one = parsed.documents.len() == 1;
    let usual = |document: &Value| match document.what {
        // Of several documents each is a row, or a list of them.
        What::Map(_) if !is_one => Pointer::root(),
        _ => Pointer::elements(),
    };
    let pointer = match (&at, parsed.documents.first()) {
        (Some((_, pointer)), _) => pointer.clone().unwrap_or_default(),
        (None, Some(document)) => usual(document),
        (None, None) => Pointer::elements(),
    };
    let has_slash = at.as_ref().is_none_or(|(_, pointer)| pointer.is_some());
    // Only a list says by itself that it holds rows.
    let is_map = |value: &Value| matches!(value.what, What::Map(_));
    let says_nothing = at.is_none() && is_one && parsed.documents.iter().all(is_map);
    let documents = || parsed.documents.iter().filter(|_| has_slash && !says_nothing);
    let mut finder = Finder::default();
    for document in documents() {
        finder.find(&pointer, document);
    }
    let mut plan = Plan::new(pointer);
    let too_many = learn(&mut plan, &finder.found);
    let readable = finder.reached && !finder.found.is_empty();
    let head = Head { readable, header_line: 1, line: 1, ..Head::default() };
    let held = Held::new(&plan, &finder.found, 0, (text.to_string(), place));
    let like_a_name = plan.like_a_name();
    let mut rows = TreeRows::whole(plan, head, held);
    rows.notes.extend(parsed.twice.iter().map(twice));
    rows.notes.extend(too_many.map(unread));
    rows.notes.extend(like_a_name);
    rows.notes.extend(rows.head().duplicate());
    let not_rows = finder.found.iter().filter(|row| !matches!(row.value.what, What::Map(_)));
    rows.notes.extend(not_rows.map(|row| not_a_row(row.value)));
    if !finder.reached && !parsed.documents.is_empty() {
        rows.is_lost = true;
        let known: Vec<String> = parsed.documents.iter().flat_map(pointers).collect();
        let at = at.as_ref().map(|(at, _)| *at);
        rows.notes.push(not_found(at, has_slash, &known, options));
    }
    rows
}

fn not_found(at: Option<&str>, has_slash: bool, known: &[String], options: &Options) -> Note {
    let path = &options.path;
    let message = match at {
        Some(at) => format!("there is nothing at `{at}`: {path}"),
        None => format!("the document is no list, so its rows must be named: {path}"),
    };
    let like = at.and_then(|at| did_you_mean(at, known.iter().map(String::as_str)));
    let help = match (at, like, known) {
        (Some(at), ..) if !has_slash => {
            Some(format!("write `/{at}`: a pointer begins with a slash"))
        }
        (_, Some(like), _) => Some(format!("did you mean `{like}`?")),
        (_, None, []) => None,
        (_, None, [only]) => Some(format!("add at = \"{only}\"")),
        (_, None, several) => {
            let all: Vec<String> = several.iter().take(6).map(|p| format!("`{p}`")).collect();
            Some(format!("rows may be at {}", all.join(", ")))
        }
    };
    let words = FaultText { message, label: String::new(), help, odd: None };
    let place = (FileId(0), Span::default(), None);
    let subject = Subject::File(path.clone());
    let note = Note::worded(&TABLE_NOT_FOUND, NamedBy::Table, subject, words, place);
    Note { key: Some("at"), ..note }
}

/// Pointers to the maps in lists and maps of a document, as they come.
fn pointers(root: &Value) -> Vec<String> {
    /// So many are enough to choose from.
    const MOST: usize = 200;
    let (mut found, mut open) = (Vec::new(), vec![(root, String::new())]);
    let is_map = |value: &Value| matches!(value.what, What::Map(_));
    while let Some((value, pointer)) = open.pop().filter(|_| found.len() < MOST) {
        match &value.what {
            What::List(list) => {
                let rows = format!("{pointer}/*");
                let first = list.items.first();
                if list.items.iter().any(is_map) && !found.contains(&rows) {
                    found.push(rows.clone());
                }
                open.extend(first.map(|item| (item, rows)));
            }
            What::Map(map) => {
                if map.members.len() > 1 && map.members.iter().all(|m| is_map(&m.value)) {
                    found.push(format!("{pointer}/*"));
                }
                let way = |name: &str| format!("{pointer}{}", step_to_rows(name));
                open.extend(map.members.iter().rev().map(|m| (&m.value, way(&m.name))));
            }
            _ => {}
        }
    }
    found
}
