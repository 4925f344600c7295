//! Texts that patterns are looked for in: each is read once, for all of the tables that read it, and
//! several at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compile::discover::Paths;
use crate::compile::guess::declared_or_guessed;
use crate::compile::options::{files, named, options};
use crate::compile::refused;
use crate::engine::data::parallel::in_parallel;
use crate::files::sources::Sources;
use crate::read::format::{self, Comment, Format, Options, Refusal};
use crate::read::pattern::{Placeholder, Values};
use crate::read::reader::Reader;
use crate::rules::{RuleSet, TableRule};
use crate::source::{Bytes, FileId, Files, LineIndex, Problem, whole_text};

/// A text as a table reads it.
pub struct TextOf {
    pub file: FileId,
    pub comments: Vec<Comment>,
    pub reader: Arc<dyn Reader>,
}

/// The files that a path names, and the placeholders in it.
type Found = Arc<(Paths, Vec<Placeholder>)>;

/// What was read, by table and path; what is not in it has to be opened alone.
#[derive(Default)]
pub struct Texts {
    /// By the folder of the rules and the path in them.
    found: BTreeMap<(String, String), Found>,
    options: BTreeMap<String, Options>,
    read: BTreeMap<String, BTreeMap<String, TextOf>>,
}

/// A table that reads texts.
struct Reading<'r> {
    rule: &'r TableRule,
    found: Found,
    formats: Vec<&'static Format>,
    options: Options,
}

/// A text that is to be read.
struct Job {
    path: String,
    file: FileId,
    bytes: Arc<dyn Bytes>,
    format: &'static Format,
    /// The tables that read it, by number.
    of: Vec<usize>,
}

/// What a text gave.
struct Given {
    lines: LineIndex,
    comments: Vec<Comment>,
    readers: Vec<Result<Arc<dyn Reader>, Refusal>>,
}

impl Texts {
    /// Reads the texts of all tables with patterns that need no values of other tables.
    pub fn read(rules: &RuleSet, data: &[(String, String)], book: &mut Sources) -> Texts {
        let mut texts = Texts::default();
        let readings = texts.readings(rules, data, book);
        let jobs = jobs(&readings, book);
        let own = || readings.iter().map(|reading| reading.options.clone()).collect();
        let mut workers: Vec<Vec<Options>> = (0..book.machine().cores()).map(|_| own()).collect();
        let given = in_parallel(&mut workers, jobs.len(), &|options, n| {
            jobs.get(n).and_then(|job| job.read(options))
        });
        for (job, given) in jobs.into_iter().zip(given) {
            let Some(Given { lines, comments, readers }) = given else { continue };
            book.set_lines(job.file, lines);
            let mut files = [job.file].into_iter();
            for (number, reader) in job.of.into_iter().zip(readers) {
                let (Some(reading), Ok(reader)) = (readings.get(number), reader) else { continue };
                // Each table has a number of its own for a file.
                let file = files.next().unwrap_or_else(|| book.again(job.file));
                let text = TextOf { file, comments: comments.clone(), reader };
                let of_table = texts.read.entry(reading.rule.name.value.clone()).or_default();
                of_table.insert(job.path.clone(), text);
            }
        }
        let options = readings.into_iter().map(|r| (r.rule.name.value.clone(), r.options));
        texts.options = options.collect();
        texts
    }

    /// The tables with such patterns, which are compiled on all cores.
    fn readings<'r>(
        &mut self,
        rules: &'r RuleSet,
        data: &[(String, String)],
        book: &Sources,
    ) -> Vec<Reading<'r>> {
        let mut tables = Vec::new();
        for rule in &rules.tables {
            let has_pattern = rule.pattern.is_some() || rule.regex.is_some();
            let instead = data.iter().any(|d| d.0 == rule.name.value);
            if !has_pattern || instead || !named(rule).is_empty() {
                continue;
            }
            let Ok(found) = self.files(rule, None, book) else { continue };
            let format = |(path, _): &(String, Vec<String>)| {
                let format = declared_or_guessed(rule, path).ok()?;
                (!book.is_input(path) && format.takes("pattern")).then_some(format)
            };
            let formats: Option<Vec<&'static Format>> = found.0.iter().map(format).collect();
            tables.extend(formats.map(|formats| (rule, found, formats)));
        }
        let mut workers = vec![(); book.machine().cores()];
        let compiled = in_parallel(&mut workers, tables.len(), &|(), n| {
            let rule = tables.get(n).map(|(rule, ..)| *rule)?;
            options(rule, (true, &mut Vec::new()), &Values::new()).ok()
        });
        let reading = |((rule, found, formats), options): (_, Option<Options>)| {
            Some(Reading { rule, found, formats, options: options? })
        };
        tables.into_iter().zip(compiled).filter_map(reading).collect()
    }

    /// The files of a table, found once for all tables with the same path.
    ///
    /// # Errors
    /// Where the pattern cannot be read, or a directory cannot.
    pub fn files(
        &mut self,
        rule: &TableRule,
        instead: Option<&str>,
        book: &Sources,
    ) -> Result<Found, Problem> {
        if instead.is_some() {
            return files(rule, instead, book).map(Arc::new);
        }
        let key = (rule.base.clone(), rule.path.value.text.clone());
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        let found = Arc::new(files(rule, None, book)?);
        self.found.insert(key, found.clone());
        Ok(found)
    }

    /// How a table reads its texts, if that is known.
    pub fn options(&mut self, rule: &TableRule) -> Option<Options> {
        self.options.remove(&rule.name.value)
    }

    /// A text of a table.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn text(
        &mut self,
        rule: &TableRule,
        format: &Format,
        path: &str,
        options: &mut Options,
        book: &mut Sources,
    ) -> Result<Option<TextOf>, Problem> {
        let of_table = self.read.get_mut(&rule.name.value);
        if let Some(text) = of_table.and_then(|all| all.remove(path)) {
            options.path = Files::path(book, text.file);
            return Ok(Some(text));
        }
        let encoding = rule.encoding.as_ref().map(|e| e.value.as_str());
        let mut comments = Vec::new();
        let file = if format.takes("pattern") {
            let (file, text) = book.open_text(path, encoding)?;
            comments = (format.comments)(&text);
            file
        } else {
            book.open(path, encoding)?
        };
        let Some(bytes) = Files::bytes(book, file) else { return Ok(None) };
        if let Some(problem) = refused::not_a_table(path, &*bytes, format) {
            return Err(problem);
        }
        options.path = Files::path(book, file);
        let reader = format::open(format, bytes, options)
            .map_err(|why| refused::not_read(why, (path, file), format))?;
        Ok(Some(TextOf { file, comments, reader }))
    }
}

/// The texts of some tables, opened; those that cannot be are left out.
fn jobs(readings: &[Reading<'_>], book: &mut Sources) -> Vec<Job> {
    let mut all: BTreeMap<(&str, Option<&str>, &str), Vec<usize>> = BTreeMap::new();
    let mut formats: BTreeMap<&str, &'static Format> = BTreeMap::new();
    for (number, reading) in readings.iter().enumerate() {
        let encoding = reading.rule.encoding.as_ref().map(|e| e.value.as_str());
        for ((path, _), format) in reading.found.0.iter().zip(&reading.formats) {
            all.entry((path, encoding, format.name)).or_default().push(number);
            formats.insert(format.name, format);
        }
    }
    let job = |((path, encoding, format), of): ((&str, Option<&str>, &str), Vec<usize>)| {
        let file = book.open(path, encoding).ok()?;
        let bytes = Files::bytes(book, file)?;
        let format = formats.get(format)?;
        Some(Job { path: path.to_string(), file, bytes, format, of })
    };
    all.into_iter().filter_map(job).collect()
}

impl Job {
    /// Reads the text for the tables with these options, whose paths are set.
    fn read(&self, options: &mut [Options]) -> Option<Given> {
        if refused::not_a_table(&self.path, &*self.bytes, self.format).is_some() {
            return None;
        }
        let (text, _) = whole_text(&*self.bytes).ok()?;
        for number in &self.of {
            options.get_mut(*number)?.path.clone_from(&self.path);
        }
        let own: Vec<&Options> = self.of.iter().filter_map(|number| options.get(*number)).collect();
        let readers = format::open_all(self.format, self.bytes.clone(), &own);
        let lines = LineIndex::new(text.as_bytes());
        Some(Given { lines, comments: (self.format.comments)(&text), readers })
    }
}
