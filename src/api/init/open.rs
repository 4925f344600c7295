//! Data files to tables: which files belong together, how they are read, a sample of their rows.

use std::sync::Arc;

use crate::api::init::InitRequest;
use crate::compile::NOT_A_TABLE;
use crate::compile::discover::{NotFound, base_of, files, no_file};
use crate::compile::guess::extension;
use crate::compile::members;
use crate::files::sources::{Sources, cannot, portable, shown};
use crate::files::{BAD_ENCODING, UNREADABLE_FILE};
use crate::propose::dialect::{Cut, cut};
use crate::propose::names;
use crate::propose::sample::Sample;
use crate::propose::table::{Files as TableFiles, Table};
use crate::read::csv::{CsvReader, Dialect};
use crate::read::formats;
use crate::read::reader::Reader;
use crate::read::sniff;
use crate::source::tree::{Glob, Kind, relative};
use crate::source::{Bytes, Files, Problem};
use crate::width::to_usize;

/// Bytes of a file by which it is known.
const HEAD: usize = 1 << 18;
/// A file that is longer is tried in parts.
const LARGE: u64 = 1 << 30;
/// Bytes of each part.
const PART: u64 = 16 << 20;

/// What a text is taken for that is not UTF-8.
const SINGLE_BYTE: &str = "windows-1252";

/// The tables that files make.
#[derive(Default)]
pub struct Opened {
    pub tables: Vec<Table>,
    /// Parts of files that are too large to be tried whole: their paths and texts.
    pub parts: Vec<(String, String)>,
    /// Files that are left out, and why.
    pub remarks: Vec<String>,
}

/// A file that holds a table.
struct Found {
    path: String,
    cut: Cut,
    usual: Dialect,
    format: Option<&'static str>,
    encoding: Option<String>,
    bytes: Arc<dyn Bytes>,
    reader: CsvReader,
}

impl Found {
    fn names(&self) -> Vec<&str> {
        self.reader.head().columns.iter().map(|c| c.name.as_str()).collect()
    }

    /// Whether it can be a table with another file.
    fn is_like(&self, other: &Found) -> bool {
        (&self.cut.dialect, &self.cut.frame, &self.encoding)
            == (&other.cut.dialect, &other.cut.frame, &other.encoding)
            && self.format == other.format
            && extension(&self.path) == extension(&other.path)
            && self.names() == other.names()
    }
}

/// Opens the files that were named.
///
/// # Errors
/// Files that are not there or cannot be read; that none of them is a table.
pub fn tables(ask: &InitRequest, book: &mut Sources) -> Result<Opened, Vec<Problem>> {
    let (paths, mut remarks) = paths(&ask.files, book)?;
    let (mut found, mut left_out, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        match open(&path, None, book) {
            Ok(file) => found.push(file),
            Err(problem) if problem.fault == &NOT_A_TABLE => left_out.push(problem),
            Err(problem) => problems.push(problem),
        }
    }
    if found.is_empty() {
        problems.append(&mut left_out);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    remarks.extend(left_out.into_iter().map(|p| format!("Left out: {}.", p.message)));
    let mut opened = Opened { remarks, ..Opened::default() };
    let base = ask.output.as_deref().map(base_of).unwrap_or_default();
    for (path, group) in groups(found, book) {
        opened.add(&relative(&base, &path), group, book).map_err(|p| vec![p])?;
    }
    Ok(opened)
}

/// The paths of all files, sorted where a pattern or a directory names them, and what is left out of
/// directories.
fn paths(named: &[String], book: &Sources) -> Result<(Vec<String>, Vec<String>), Vec<Problem>> {
    let (mut all, mut problems, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    for name in named.iter().map(|name| portable(name)) {
        let here = match book.tree().kind(&name) {
            Some(Kind::Directory) => in_directory(&name, book, &mut remarks),
            _ if book.is_archive(&name) => members::tables(&name, book),
            _ => files("", &name, book)
                .map_err(|why| match why {
                    NotFound::Files(problem) => problem,
                    NotFound::Pattern(p) => Problem::nowhere(&UNREADABLE_FILE, p.message),
                })
                .map(|found| found.0.into_iter().map(|p| p.0).collect()),
        };
        let is_directory = book.tree().kind(&name) == Some(Kind::Directory);
        let is_there = |path: &String| book.is_input(path) || book.tree().kind(path).is_some();
        match here {
            Ok(here) if here.is_empty() && is_directory => {
                let message = format!("there is no CSV or TSV file in `{name}`");
                let help = "name the data files, or a pattern like `data/*.csv`";
                problems.push(Problem::nowhere(&UNREADABLE_FILE, message).help(help));
            }
            Ok(here) if here.is_empty() => problems.push(no_file(&name, None, book)),
            Ok(here) if here.iter().all(is_there) => all.extend(here),
            Ok(here) => {
                let absent = here.iter().find(|path| !is_there(path)).map(String::as_str);
                problems.push(no_file(&name, absent, book));
            }
            Err(problem) => problems.push(problem),
        }
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|path| seen.insert(path.clone()));
    if problems.is_empty() { Ok((all, remarks)) } else { Err(problems) }
}

/// The delimited files of a directory, without hidden ones; what else is in it is named.
fn in_directory(
    directory: &str,
    book: &Sources,
    remarks: &mut Vec<String>,
) -> Result<Vec<String>, Problem> {
    /// Others that are named.
    const MOST: usize = 10;
    let here = format!("{}/", directory.trim_end_matches('/'));
    let list = |pattern: &str| {
        let glob = Glob::new(&here, pattern).map_err(|m| Problem::nowhere(&UNREADABLE_FILE, m))?;
        book.list(&glob)
    };
    let name = |path: &String| shown(path).strip_prefix(&here).unwrap_or(path).to_string();
    let is_table = |path: &String| {
        let ending = extension(path);
        ending != "txt" && usual(ending).is_some()
    };
    let all = list("*")?.into_iter().filter(|path| !name(path).starts_with('.'));
    let (tables, others): (Vec<String>, Vec<String>) = all.partition(is_table);
    let mut left: Vec<String> = others.iter().map(name).collect();
    let below = list("*/*")?;
    let below = below.iter().filter_map(|path| Some(format!("{}/", name(path).split_once('/')?.0)));
    left.extend(below.filter(|path| !path.starts_with('.')));
    left.dedup();
    if !left.is_empty() && !tables.is_empty() {
        let more = left.len().saturating_sub(MOST);
        left.truncate(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        remarks.push(format!("Left out of {here}: {}{more}.", left.join(", ")));
    }
    Ok(tables.into_iter().map(|path| shown(&path)).collect())
}

/// How files with an ending are usually cut, and the format that it shows.
fn usual(ending: &str) -> Option<Dialect> {
    match formats::by_ending(ending, false)?.name {
        "tsv" => Some(Dialect::tsv()),
        "csv" => Some(Dialect::default()),
        _ => None,
    }
}

/// What kept a file from being a table.
fn no_table(path: &str, what: &str, help: &str) -> Problem {
    let message = format!("`{}` is not a table: {what}", shown(path));
    Problem::nowhere(&NOT_A_TABLE, message).help(help.to_string())
}

fn open(path: &str, encoding: Option<&str>, book: &mut Sources) -> Result<Found, Problem> {
    if path == "-" {
        let message = "standard input has no name for a rule file";
        return Err(Problem::nowhere(&UNREADABLE_FILE, message)
            .help("save what the other program writes in a file, and name that"));
    }
    let file = book.open(path, encoding)?;
    let Some(bytes) = Files::bytes(book, file) else {
        return Err(no_table(path, "it cannot be read", "name a file"));
    };
    if let Some(sniff::Foreign { what, help, .. }) = sniff::foreign(&*bytes, false) {
        return Err(no_table(path, &format!("it is {what}"), help));
    }
    let mut head = vec![0; HEAD];
    let n = bytes.read_at(0, &mut head).map_err(|e| cannot(path, &e))?;
    head.truncate(n);
    if let Some(what) = notation(path, &head) {
        let help = "name CSV or TSV files; rules for others are written by hand";
        return Err(no_table(path, &format!("it is {what}"), help));
    }
    let other = formats::by_ending(extension(path), true);
    if let Some(format) = other.filter(|_| usual(extension(path)).is_none()) {
        if format.is_prose {
            let help = "rules for texts are written with a `pattern`: see docs/fact-check.md";
            return Err(no_table(path, "it is a text", help));
        }
        let what = format!("it is {}, and only CSV and TSV are looked at", format.name);
        let help = "rules for it are written by hand: see docs/rules.md";
        return Err(no_table(path, &what, help));
    }
    if head.trim_ascii().is_empty() {
        return Err(no_table(path, "it is empty", "check where it comes from"));
    }
    if encoding.is_none()
        && let Some(encoding) = wide(&head)
    {
        return open(path, Some(encoding), book);
    }
    if is_binary(&head) {
        let what = "it has control characters, so it is no text";
        return Err(no_table(path, what, "name a file that holds text"));
    }
    if encoding.is_none() && !is_utf8(&head) {
        match open(path, Some(SINGLE_BYTE), book) {
            // It is no text in any encoding: what is wrong is found in it.
            Err(problem) if problem.fault == &BAD_ENCODING => {}
            opened => return opened,
        }
    }
    found(path, encoding, bytes, &head)
}

/// Another notation than that of records with fields, by the ending of the file or how it begins.
fn notation(path: &str, head: &[u8]) -> Option<&'static str> {
    let known = match extension(path) {
        "json" | "geojson" | "topojson" => Some("JSON"),
        "jsonl" | "ndjson" => Some("lines of JSON"),
        "yaml" | "yml" => Some("YAML"),
        "toml" => Some("TOML"),
        _ => None,
    };
    let body = head.trim_ascii_start();
    let is_object = |text: &[u8]| {
        text.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
    };
    let is_json = is_object(body)
        || body.strip_prefix(b"[").is_some_and(|rest| is_object(rest.trim_ascii_start()));
    known.or(is_json.then_some("JSON"))
}

/// A file with what is known of how it is cut.
fn found(
    path: &str,
    encoding: Option<&str>,
    bytes: Arc<dyn Bytes>,
    head: &[u8],
) -> Result<Found, Problem> {
    let own = usual(extension(path));
    let format = own.is_none().then_some("csv");
    let usual = own.unwrap_or_default();
    let mut cut = cut(head, head.len() as u64 == bytes.len(), &usual);
    let read = |cut: &Cut| {
        CsvReader::open(bytes.clone(), cut.dialect, &cut.frame).map_err(|e| cannot(path, &e))
    };
    let mut reader = read(&cut)?;
    if !reader.head().readable && cut.frame.skip.is_none() {
        // What stands first looks like a title, and is none.
        cut.frame.skip = Some(0);
        reader = read(&cut)?;
    }
    if !reader.head().readable {
        let what = "it has no line that names columns";
        return Err(no_table(path, what, "check where it comes from"));
    }
    let encoding = encoding.map(str::to_string);
    Ok(Found { path: path.to_string(), cut, usual, format, encoding, bytes, reader })
}

/// Whether bytes are UTF-8, but for fewer places than there are characters that only UTF-8 writes so.
fn is_utf8(head: &[u8]) -> bool {
    let (mut good, mut broken) = (0, 0);
    for chunk in head.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // A character may be cut at the end.
    let cut = std::str::from_utf8(head).err().is_some_and(|e| e.error_len().is_none());
    cut || broken == 0 || broken < good
}

/// Whether so many bytes are control characters that it is no text.
fn is_binary(head: &[u8]) -> bool {
    let odd = |b: &&u8| matches!(b, 0..=8 | 14..=26 | 28..=31);
    head.iter().filter(odd).count() * 50 > head.len()
}

/// The encoding of a text of two bytes a character.
fn wide(head: &[u8]) -> Option<&'static str> {
    let pairs = head.get(..head.len().min(256)).unwrap_or(head).as_chunks::<2>().0;
    let nuls = |of: fn(&[u8; 2]) -> bool| {
        pairs.len() > 1 && pairs.iter().filter(|p| of(p)).count() * 10 >= pairs.len() * 8
    };
    if head.starts_with(b"\xFF\xFE") || nuls(|p| p[1] == 0 && p[0] != 0) {
        Some("utf-16le")
    } else if head.starts_with(b"\xFE\xFF") || nuls(|p| p[0] == 0 && p[1] != 0) {
        Some("utf-16be")
    } else {
        None
    }
}

/// Files that are one table, with its path; in the order in which they were named.
fn groups(found: Vec<Found>, book: &Sources) -> Vec<(String, Vec<Found>)> {
    let mut groups: Vec<Vec<Found>> = Vec::new();
    for file in found {
        let like = groups.iter_mut().find(|g| g.first().is_some_and(|first| first.is_like(&file)));
        match like {
            Some(group) => group.push(file),
            None => groups.push(vec![file]),
        }
    }
    let mut all = Vec::new();
    for group in groups {
        let paths: Vec<&str> = group.iter().map(|f| f.path.as_str()).collect();
        match pattern(&paths, book) {
            Some(pattern) => all.push((pattern, group)),
            None => all.extend(group.into_iter().map(|f| (f.path.clone(), vec![f]))),
        }
    }
    all
}

/// A pattern that means exactly these files.
fn pattern(paths: &[&str], book: &Sources) -> Option<String> {
    let (first, rest) = paths.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let same = |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let start = rest.iter().map(|path| same(first, path)).min()?;
    let reversed = |path: &str| path.chars().rev().collect::<String>();
    let end = rest.iter().map(|path| same(&reversed(first), &reversed(path))).min()?;
    let shortest = paths.iter().map(|path| path.chars().count()).min()?;
    let end = end.min(shortest - start.min(shortest));
    let length = first.chars().count();
    let prefix: String = first.chars().take(start).collect();
    let suffix: String = first.chars().skip(length - end).collect();
    let differs = |path: &&str| -> String {
        path.chars().skip(start).take(path.chars().count() - start - end).collect()
    };
    let middles: Vec<String> = paths.iter().map(differs).collect();
    let is_digit = |c: char| c.is_ascii_digit();
    let (plain, ending) = (prefix.trim_end_matches(is_digit), suffix.trim_start_matches(is_digit));
    let odd = |text: &str| text.contains(['*', '?', '[', ']', '{', '}', ',']);
    if middles.iter().any(|m| m.contains('/')) || odd(&prefix) || odd(&suffix) {
        return None;
    }
    let means = |pattern: &String| {
        let mut sorted: Vec<&str> = paths.to_vec();
        sorted.sort_unstable();
        let found = files("", pattern, book).ok();
        found.is_some_and(|f| f.0.iter().map(|p| p.0.as_str()).eq(sorted.iter().copied()))
    };
    let either = format!("{prefix}{{{}}}{suffix}", middles.join(","));
    let words = Some(either).filter(|_| !middles.iter().any(|m| odd(m)));
    // `20*.csv` reads like a rule about years, and is an accident.
    let any = [format!("{plain}*{ending}"), format!("{prefix}*{suffix}")];
    any.into_iter().chain(words).find(means)
}

impl Opened {
    /// Makes a table of files.
    fn add(&mut self, path: &str, group: Vec<Found>, book: &mut Sources) -> Result<(), Problem> {
        let mut group = group;
        let mut sample = read(&group)?;
        if !sample.is_text && group.iter().all(|f| f.encoding.is_none()) {
            let again = group.iter().map(|f| open(&f.path, Some(SINGLE_BYTE), book));
            if let Ok(again) = again.collect::<Result<Vec<Found>, _>>() {
                sample = read(&again)?;
                group = again;
            }
        }
        let taken: Vec<String> = self.tables.iter().map(|t| t.files.name.clone()).collect();
        let mut remarks = Vec::new();
        for file in group.iter().filter(|f| f.bytes.len() > LARGE) {
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
        let name = names::table(common.as_deref().unwrap_or(path), &taken);
        let files = TableFiles {
            name,
            path: path.to_string(),
            paths,
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
    let readers: Vec<&dyn Reader> = group.iter().map(|f| &f.reader as &dyn Reader).collect();
    let path = group.first().map_or("", |f| f.path.as_str());
    Sample::read(&readers).map_err(|e| cannot(path, &e.error))
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
