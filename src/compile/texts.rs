//! Texts that patterns are looked for in: each is read once, for all of the tables that read it, and
//! several at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compile::guess::declared_or_guessed;
use crate::compile::options::{files, named, options};
use crate::compile::refused;
use crate::engine::data::parallel::in_parallel;
use crate::files::sources::{Sources, refused as refused_kind};
use crate::read::format::{self, Comment, Format, Options, Refusal};
use crate::read::pattern::Values;
use crate::read::reader::Reader;
use crate::rules::{RuleSet, TableRule};
use crate::source::{Bytes, FileId, Files, LineIndex, Problem, whole_text};

/// A text as a table reads it.
pub struct TextOf {
    pub file: FileId,
    pub comments: Vec<Comment>,
    pub reader: Arc<dyn Reader>,
}

/// What was read, by table and path; what is not in it has to be opened alone.
#[derive(Default)]
pub struct Texts {
    options: BTreeMap<String, Options>,
    read: BTreeMap<(String, String), TextOf>,
}

/// A table that reads texts.
struct Reading<'r> {
    rule: &'r TableRule,
    paths: Vec<(String, &'static Format)>,
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
        let mut workers = vec![(); book.machine().cores()];
        let tables = tables(rules, data, book);
        let compiled = in_parallel(&mut workers, tables.len(), &|(), n| {
            let rule = tables.get(n).map(|(rule, _)| *rule)?;
            options(rule, (true, &mut Vec::new()), &Values::new()).ok()
        });
        let with_options = tables.into_iter().zip(compiled);
        let readings: Vec<Reading<'_>> = with_options
            .filter_map(|((rule, paths), options)| Some(Reading { rule, paths, options: options? }))
            .collect();
        let jobs = jobs(&readings, book);
        let given = in_parallel(&mut workers, jobs.len(), &|(), n| {
            jobs.get(n).and_then(|job| job.read(&readings))
        });
        let mut texts = Texts::default();
        for (job, given) in jobs.into_iter().zip(given) {
            let Some(Given { lines, comments, readers }) = given else { continue };
            book.set_lines(job.file, lines);
            let mut files = [job.file].into_iter();
            for (number, reader) in job.of.into_iter().zip(readers) {
                let (Some(reading), Ok(reader)) = (readings.get(number), reader) else { continue };
                // Each table has a number of its own for a file.
                let file = files.next().unwrap_or_else(|| book.again(job.file));
                let text = TextOf { file, comments: comments.clone(), reader };
                texts.read.insert((reading.rule.name.value.clone(), job.path.clone()), text);
            }
        }
        let options = readings.into_iter().map(|r| (r.rule.name.value.clone(), r.options));
        texts.options = options.collect();
        texts
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
        if let Some(text) = self.read.remove(&(rule.name.value.clone(), path.to_string())) {
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

/// The tables with such patterns, and their paths.
fn tables<'r>(
    rules: &'r RuleSet,
    data: &[(String, String)],
    book: &Sources,
) -> Vec<(&'r TableRule, Vec<(String, &'static Format)>)> {
    let paths = |rule: &'r TableRule| {
        let has_pattern = rule.pattern.is_some() || rule.regex.is_some();
        if !has_pattern || !named(rule).is_empty() {
            return None;
        }
        let instead = data.iter().any(|d| d.0 == rule.name.value);
        let paths = files(rule, None, book).ok().filter(|_| !instead)?.0;
        let readable = |path: &String| {
            let kind = book.tree().kind(path)?;
            (!book.is_input(path) && kind.is_readable() && refused_kind(path, kind).is_none())
                .then_some(())
        };
        let with_format = |(path, _): (String, Vec<String>)| {
            readable(&path)?;
            let format = declared_or_guessed(rule, &path).ok()?;
            format.takes("pattern").then_some((path, format))
        };
        let paths: Option<Vec<_>> = paths.into_iter().map(with_format).collect();
        Some((rule, paths.filter(|paths| !paths.is_empty())?))
    };
    rules.tables.iter().filter_map(paths).collect()
}

/// The texts of some tables, opened; those that cannot be are left out.
fn jobs(readings: &[Reading<'_>], book: &mut Sources) -> Vec<Job> {
    let mut all: BTreeMap<(&str, Option<&str>, &str), Vec<usize>> = BTreeMap::new();
    let mut formats: BTreeMap<&str, &'static Format> = BTreeMap::new();
    for (number, reading) in readings.iter().enumerate() {
        let encoding = reading.rule.encoding.as_ref().map(|e| e.value.as_str());
        for (path, format) in &reading.paths {
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
    fn read(&self, readings: &[Reading<'_>]) -> Option<Given> {
        if refused::not_a_table(&self.path, &*self.bytes, self.format).is_some() {
            return None;
        }
        let (text, _) = whole_text(&*self.bytes).ok()?;
        let own = self.of.iter().filter_map(|number| readings.get(*number));
        let options: Vec<Options> = own
            .map(|reading| Options { path: self.path.clone(), ..reading.options.clone() })
            .collect();
        let readers = format::open_all(self.format, self.bytes.clone(), &options);
        let lines = LineIndex::new(text.as_bytes());
        Some(Given { lines, comments: (self.format.comments)(&text), readers })
    }
}
