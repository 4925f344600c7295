//! Data files to tables: which files belong together, how they are read, a sample of their rows.

use crate::api::init::InitRequest;
use crate::api::init::delimited::{self, SINGLE_BYTE};
use crate::api::init::documents::Document;
use crate::api::init::found::{Found, no_table};
use crate::api::init::groups::groups;
use crate::api::init::paths::paths;
use crate::api::init::texts;
use crate::compile::NOT_A_TABLE;
use crate::compile::discover::base_of;
use crate::compile::guess::extension;
use crate::files::sources::{Sources, cannot, shown};
use crate::files::{BAD_ENCODING, UNREADABLE_FILE};
use crate::propose::names;
use crate::propose::prose::Text;
use crate::propose::sample::Sample;
use crate::propose::table::{Files as TableFiles, Table};
use crate::read::format::Format;
use crate::read::formats;
use crate::read::reader::{Malformed, ReadError, Reader};
use crate::read::sniff;
use crate::read::text::document::Markup;
use crate::source::tree::relative;
use crate::source::{Bytes, Files, Problem};
use crate::width::to_usize;

/// Bytes of a file by which it is known.
const HEAD: usize = 1 << 18;
/// A file that is longer is tried in parts.
const LARGE: u64 = 1 << 30;
/// Bytes of each part.
const PART: u64 = 16 << 20;

/// The tables that files make.
#[derive(Default)]
pub struct Opened {
    pub tables: Vec<Table>,
    /// Texts with figures.
    pub texts: Vec<Text>,
    /// Parts of files that are too large to be tried whole: their paths and texts.
    pub parts: Vec<(String, String)>,
    /// Files that are left out, and why.
    pub remarks: Vec<String>,
}

/// Opens the files that were named.
///
/// # Errors
/// Files that are not there or cannot be read; that none of them is a table.
pub fn tables(ask: &InitRequest, book: &mut Sources) -> Result<Opened, Vec<Problem>> {
    let (paths, mut remarks) = paths(&ask.files, book)?;
    let (mut found, mut left_out, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    let base = ask.output.as_deref().map(base_of).unwrap_or_default();
    let mut texts: Vec<Text> = Vec::new();
    for path in paths {
        let text = texts::text(&path, &relative(&base, &path), book);
        let (is_text, is_plain) =
            (text.is_some(), text.as_ref().is_some_and(|text| text.markup == Markup::Plain));
        texts.extend(text);
        if is_plain {
            continue;
        }
        match open(&path, None, book) {
            Err(problem) if is_text && problem.fault == &NOT_A_TABLE => {}
            Ok((tables, more)) => {
                found.extend(tables);
                remarks.extend(more);
            }
            Err(problem) if problem.fault == &NOT_A_TABLE => left_out.push(problem),
            Err(problem) => problems.push(problem),
        }
    }
    if found.is_empty() && texts.is_empty() {
        problems.append(&mut left_out);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    remarks.extend(left_out.into_iter().map(|p| format!("Left out: {}.", p.message)));
    let mut opened = Opened { remarks, texts, ..Opened::default() };
    for (path, group) in groups(found, book) {
        opened.add(&relative(&base, &path), group, book).map_err(|p| vec![p])?;
    }
    Ok(opened)
}

/// The tables of a file, with what is said of others in it.
fn open(
    path: &str,
    encoding: Option<&str>,
    book: &mut Sources,
) -> Result<(Vec<Found>, Vec<String>), Problem> {
    if path == "-" {
        let message = "standard input has no name for a rule file";
        return Err(Problem::nowhere(&UNREADABLE_FILE, message)
            .help("save what the other program writes in a file, and name that"));
    }
    let file = book.open(path, encoding)?;
    let Some(bytes) = Files::bytes(book, file) else {
        return Err(no_table(path, "it cannot be read", "name a file"));
    };
    let mut head = vec![0; HEAD];
    let n = bytes.read_at(0, &mut head).map_err(|e| cannot(path, &e))?;
    head.truncate(n);
    if head.trim_ascii().is_empty() {
        return Err(no_table(path, "it is empty", "check where it comes from"));
    }
    let (format, is_named) = format_of(path, &*bytes, &head)?;
    if format.is_none_or(|format| format.is_text) {
        if encoding.is_none()
            && let Some(encoding) = delimited::wide(&head)
        {
            return open(path, Some(encoding), book);
        }
        if delimited::is_binary(&head) {
            let what = "it has control characters, so it is no text";
            return Err(no_table(path, what, "name a file that holds text"));
        }
        if encoding.is_none() && !delimited::is_utf8(&head) {
            match open(path, Some(SINGLE_BYTE), book) {
                // It is no text in any encoding: what is wrong is found in it.
                Err(problem) if problem.fault == &BAD_ENCODING => {}
                opened => return opened,
            }
        }
    }
    match format {
        None => {
            let found = delimited::found((path, file), encoding, bytes, &head)?;
            Ok((vec![found], Vec::new()))
        }
        Some(format) => Document { path, file, format, is_named, encoding, bytes }.tables(),
    }
}

/// The format of a file that is no fields between signs, and whether a rule must name it: that which
/// it begins like, else that of its name.
fn format_of(
    path: &str,
    bytes: &dyn Bytes,
    head: &[u8],
) -> Result<(Option<&'static Format>, bool), Problem> {
    let named = formats::by_ending(extension(path), true).filter(|format| !format.needs_pattern);
    let known = match sniff::foreign(bytes, named.is_some_and(|format| format.is_prose)) {
        Some(sniff::Foreign { what, help, format: None }) => {
            return Err(no_table(path, &format!("it is {what}"), help));
        }
        Some(foreign) => foreign.format,
        None => notation(head).filter(|_| {
            named.is_none_or(|format| matches!(format.name, "csv" | "tsv" | "json" | "ndjson"))
        }),
    };
    // A program that reads workbooks looks for itself which kind one is.
    let is_book = |format: &Format| format.takes("figures");
    let known = known.and_then(formats::find);
    let known = known.filter(|own| !(is_book(own) && named.is_some_and(is_book)));
    let format = known.or(named).filter(|format| !matches!(format.name, "csv" | "tsv"));
    let is_named = format.is_some_and(|own| named.is_none_or(|named| named.name != own.name));
    Ok((format, is_named))
}

/// JSON, by how a file begins: a document, or an object on each line.
fn notation(head: &[u8]) -> Option<&'static str> {
    let body = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let is_object = |text: &[u8]| {
        text.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
    };
    let in_list = |text: &[u8]| is_object(text.trim_ascii_start());
    if body.strip_prefix(b"[").is_some_and(in_list) {
        return Some("json");
    }
    let mut lines = body.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let is_line = |line: &[u8]| is_object(line) && line.ends_with(b"}");
    let first = lines.next().is_some_and(is_line);
    match first && lines.next().is_some_and(is_object) {
        true => Some("ndjson"),
        false => is_object(body).then_some("json"),
    }
}

impl Opened {
    /// Makes a table of files.
    fn add(&mut self, path: &str, group: Vec<Found>, book: &mut Sources) -> Result<(), Problem> {
        let mut group = group;
        let mut sample = read(&group)?;
        if !sample.is_text
            && group.iter().all(|f| f.encoding.is_none() && f.reader.bytes().is_some())
        {
            let again = group.iter().map(|f| again(f, book));
            if let Some(again) = again.collect::<Option<Vec<Found>>>() {
                sample = read(&again)?;
                group = again;
            }
        }
        let taken: Vec<String> = self.tables.iter().map(|t| t.files.name.clone()).collect();
        let mut remarks = Vec::new();
        for file in group.iter().filter(|f| is_cut(f)) {
            remarks.push(format!(
                "{} has {} MB: only its first, middle and last {} MB were looked at.",
                shown(&file.path),
                file.bytes.len() >> 20,
                PART >> 20
            ));
            self.parts.push((file.path.clone(), part(file)?));
        }
        let paths = group.iter().map(|f| f.path.clone()).collect();
        let first = group.into_iter().next();
        let Some(first) = first else { return Ok(()) };
        let of_several = first.path != path && path.contains(['*', '{']);
        let common = of_several.then(|| names::of_pattern(path));
        let name = names::table(common.as_deref().unwrap_or(path), &[]);
        let label = sample.heading.as_ref().or(first.label.as_ref()).filter(|_| first.at.is_some());
        let name = label
            .map_or(name.clone(), |label| format!("{name}_{}", label.replace(['.', '/'], "_")));
        let name = names::table(&name, &taken);
        let files = TableFiles {
            name,
            path: path.to_string(),
            paths,
            at: first.at,
            cut: first.cut,
            usual: first.usual,
            format: first.format,
            encoding: first.encoding,
            remarks,
        };
        self.tables.push(Table::new(files, sample));
        Ok(())
    }
}

fn read(group: &[Found]) -> Result<Sample, Problem> {
    let readers: Vec<&dyn Reader> = group.iter().map(|f| &*f.reader).collect();
    let mut sample = Sample::read(&readers).map_err(|(nth, e)| unread(group.get(nth), &e))?;
    for (n, column) in sample.columns.iter_mut().enumerate() {
        column.is_stored_text = group.iter().all(|f| f.texts.get(n) == Some(&true));
    }
    // The headings above a table are the same in each of its rows.
    let above = sample.columns.iter().find(|column| column.is_heading);
    sample.heading = above.map(|column| column.text(0).to_string());
    sample.columns.retain(|column| !column.is_heading);
    Ok(sample)
}

/// Why a file cannot be read on.
fn unread(file: Option<&Found>, e: &ReadError) -> Problem {
    let cause = e.error.get_ref().and_then(|cause| cause.downcast_ref::<Malformed>());
    let (Some(file), Some(why)) = (file, cause) else {
        return cannot(file.map_or("", |file| &file.path), &e.error);
    };
    let words = &why.words;
    let problem = Problem::new(why.fault, file.file, why.span, words.message.clone());
    Problem { help: words.help.clone(), ..problem.label(words.label.clone()) }
}

/// The table of a file of fields once more, in the encoding of texts that are not UTF-8.
fn again(found: &Found, book: &mut Sources) -> Option<Found> {
    open(&found.path, Some(SINGLE_BYTE), book).ok()?.0.into_iter().next()
}

/// Whether a file is so large that only parts of it are tried.
fn is_cut(file: &Found) -> bool {
    file.bytes.len() > LARGE && file.is_records
}

/// The start of a file, and a part of its middle and its end, cut where records begin.
fn part(file: &Found) -> Result<String, Problem> {
    let (reader, bytes) = (&file.reader, &file.bytes);
    let mut buffer = Vec::new();
    let mut guess = |from: u64| {
        let guessed = reader.guess(from, &mut buffer);
        guessed.map_err(|e| cannot(&file.path, &e.error))
    };
    let middle = bytes.len() / 2;
    let spans = [
        (0, guess(PART)?),
        (guess(middle)?, guess(middle + PART)?),
        (guess(bytes.len() - PART)?, bytes.len()),
    ];
    let mut text = Vec::new();
    for (from, to) in spans {
        let mut part = vec![0; to_usize(to.saturating_sub(from))];
        let n = bytes.read_at(from, &mut part).map_err(|e| cannot(&file.path, &e))?;
        part.truncate(n);
        text.append(&mut part);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}
