//! A report of a saved run.

use std::io::{self, Write};
use std::sync::Arc;

use crate::api::request::{Request, book};
use crate::files::UNREADABLE_FILE;
use crate::files::sources::{Sources, shown};
use crate::findings::allowance::FAULTS as ALLOWANCES;
use crate::render::words::{compared, problem_line};
use crate::report::collection::Collection;
use crate::report::compare::{Comparison, old_version};
use crate::report::coverage::RunFacts;
use crate::report::document::{self, Document, JsonFinding, Take};
use crate::report::notes::{BAD_NOTES, Notes};
use crate::report::text::{printable, printable_lines};
use crate::report::{OldVersion, SavedSink};
use crate::source::{FileId, Files, Problem, Span};

/// What a report is made of.
#[derive(Debug, Clone, Default)]
pub struct ReportRequest {
    /// How files are read.
    pub files: Request,
    /// The saved run; `-` is standard input.
    pub new: String,
    /// The one that it is compared with.
    pub old: Option<String>,
    /// A CSV file of notes on its findings.
    pub notes: Option<String>,
    /// What the report is called.
    pub title: Option<String>,
    /// What is said of it beside: a name and a text.
    pub meta: Vec<(String, String)>,
}

/// A renderer of a saved run, and where its bytes go.
pub struct ReportSlot<'a> {
    /// What writes it in its format.
    pub sink: Box<dyn SavedSink + 'a>,
    /// Where its bytes go.
    pub out: Box<dyn Write + 'a>,
    /// What went wrong when writing; nothing is written after it.
    pub error: Option<io::Error>,
}

impl ReportSlot<'_> {
    fn write(&mut self, make: impl FnOnce(&mut dyn SavedSink, &mut Vec<u8>)) {
        let mut bytes = Vec::new();
        make(&mut *self.sink, &mut bytes);
        if self.error.is_none() {
            self.error = self.out.write_all(&bytes).err();
        }
    }
}

/// How it went.
#[derive(Debug, Default)]
pub struct ReportOutcome {
    /// What kept it from being made, in words; what was written is then not whole.
    pub problems: Vec<String>,
    /// The name of each of these problems.
    pub faults: Vec<&'static str>,
    /// What is odd but keeps nothing from being made, in words.
    pub warnings: Vec<String>,
    /// Where two runs are compared: how many findings are new and so on, in words.
    pub compared: Option<String>,
    /// Paths of all files that were read.
    pub files: Vec<String>,
}

/// Writes a saved run in other formats.
pub fn report(request: &ReportRequest, slots: &mut [ReportSlot<'_>]) -> ReportOutcome {
    let mut outcome = ReportOutcome::default();
    match book(&request.files) {
        Ok(mut book) => {
            if let Err(problems) = made(request, &mut book, slots, &mut outcome) {
                outcome.problems = problems.iter().map(|p| problem_line(p, &book)).collect();
                outcome.faults = problems.iter().map(|p| p.fault.name).collect();
            }
            outcome.files = book.paths();
        }
        Err(problem) => {
            outcome.problems.push(problem_line(&problem, &Sources::default()));
            outcome.faults.push(problem.fault.name);
        }
    }
    outcome
}

fn made(
    request: &ReportRequest,
    book: &mut Sources,
    slots: &mut [ReportSlot<'_>],
    outcome: &mut ReportOutcome,
) -> Result<(), Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    let old = request.old.as_deref().map(|path| old(path, book, slots)).transpose().map_err(one)?;
    let notes = request.notes.as_deref().map(|path| notes(path, book)).transpose().map_err(one)?;
    let file = open(book, &request.new).map_err(one)?;
    let name = Files::path(book, file);
    let mut writer =
        Writer { request, slots, old, notes: notes.unwrap_or_default(), has_begun: false };
    let read = read(book, file, &mut |document, finding| writer.finding(document, finding));
    let mut document = read.map_err(one)?;
    let problems = [writer.notes.problems(), book.changed()].concat();
    if !problems.is_empty() {
        return Err(problems);
    }
    let path = request.notes.as_deref().map(shown).unwrap_or_default();
    outcome.warnings.extend(unknown(&writer.notes, &path, &name));
    writer.begin(&document);
    if let Some(old) = writer.old.take() {
        outcome.warnings.extend(old.oddities(&document, &name));
        old.comparison.finish(&mut document);
        let counts = &document.summary.counts.versions;
        outcome.compared = counts.as_ref().map(|counts| compared(counts, &old.version.name));
        document.old = Some(old.version);
    }
    writer.end(document);
    Ok(())
}

/// Reads notes.
fn notes(path: &str, book: &mut Sources) -> Result<Notes, Problem> {
    let help = "name a CSV file with the columns fingerprint, cleared_by and note";
    let (file, text) = book.open_text(path, None).map_err(|problem| problem.help(help))?;
    let invalid = text.find(char::REPLACEMENT_CHARACTER).map(|at| at as u64);
    if let Some(at) = invalid {
        let message = "this is no UTF-8";
        let help = "save the file as \"CSV UTF-8\"";
        return Err(Problem::new(&BAD_NOTES, file, Span::new(at, at), message).help(help));
    }
    Ok(Notes::read(file, &text))
}

/// Says of which notes there is no finding; of many, the first.
fn unknown(notes: &Notes, path: &str, run: &str) -> Vec<String> {
    const MOST: usize = 5;
    let unknown = notes.unknown();
    let line = |(line, digits): &(u64, &str)| {
        format!("{path}:{line}: warning: `{run}` has no finding {digits}, so this note is left out")
    };
    let mut said: Vec<String> = unknown.iter().take(MOST).map(line).collect();
    if unknown.len() > MOST {
        said.push(format!("{path}: warning: and {} more notes like that", unknown.len() - MOST));
    }
    said.iter().map(|text| format!("{}\n", printable(text))).collect()
}

/// The run that another one is compared with.
struct Old {
    version: OldVersion,
    today: String,
    comparison: Comparison,
}

/// Reads the old run; the renderers that show it get what they show.
fn old(path: &str, book: &mut Sources, slots: &mut [ReportSlot<'_>]) -> Result<Old, Problem> {
    let file = open(book, path)?;
    let limit = slots.iter().find_map(|slot| slot.sink.old_limit());
    let mut shown = Collection::new(limit);
    let mut comparison = Comparison::without(ALLOWANCES);
    let document = read(book, file, &mut |_, finding| {
        comparison.add(&finding);
        if limit.is_some() {
            shown.add(finding);
        }
    })?;
    let (version, today) =
        (old_version(&Files::path(book, file), &document), document.today.clone());
    shown.complete(document);
    let shown = Arc::new(shown);
    slots.iter_mut().for_each(|slot| slot.sink.compare_with(&shown));
    Ok(Old { version, today, comparison })
}

impl Old {
    /// Signs that these are not an old and a new run of one project.
    fn oddities(&self, new: &Document, name: &str) -> Vec<String> {
        let old = &self.version.name;
        let mut said = Vec::new();
        if self.today > new.today {
            said.push(format!(
                "warning: `{old}` is of {}, later than `{name}` of {}\n  help: the old run comes first\n",
                self.today, new.today
            ));
        }
        if self.comparison.has_other_rules(new) {
            said.push(format!(
                "warning: `{name}` has none of the checks that found something in `{old}`\n  help: name two runs of the same rules\n"
            ));
        }
        said.iter().map(|text| printable_lines(text) + "\n").collect()
    }
}

/// Opens a saved run, as UTF-16 where a shell has written it so.
fn open(book: &mut Sources, path: &str) -> Result<FileId, Problem> {
    let with_help = |problem: Problem| match problem.fault == &UNREADABLE_FILE {
        true => problem.help("name a file that `crossfoot check --format json=FILE` wrote"),
        false => problem,
    };
    let file = book.open(path, None).map_err(with_help)?;
    let mut first = [0; 2];
    let read = book.bytes(file).map(|bytes| bytes.read_at(0, &mut first));
    match (read, first) {
        (Some(Ok(2)), [0xFF, 0xFE]) => book.open(path, Some("utf-16le")).map_err(with_help),
        (Some(Ok(2)), [0xFE, 0xFF]) => book.open(path, Some("utf-16be")).map_err(with_help),
        _ => Ok(file),
    }
}

fn read(book: &Sources, file: FileId, take: &mut Take<'_>) -> Result<Document, Problem> {
    match book.bytes(file) {
        Some(bytes) => document::read(&*bytes, file, take).map_err(|problem| *problem),
        None => Err(Problem::nowhere(&UNREADABLE_FILE, "the saved run is gone")),
    }
}

/// Gives a run to the renderers, with what is said of it beside.
struct Writer<'w, 's> {
    request: &'w ReportRequest,
    slots: &'w mut [ReportSlot<'s>],
    old: Option<Old>,
    notes: Notes,
    has_begun: bool,
}

impl Writer<'_, '_> {
    fn finding(&mut self, document: &Document, mut finding: JsonFinding<'static>) {
        self.begin(document);
        if let Some(old) = &mut self.old {
            old.comparison.judge(&mut finding);
        }
        if let Some(note) = self.notes.of(&finding.fingerprint) {
            finding.note = Some(note);
        }
        if let Some((last, others)) = self.slots.split_last_mut() {
            for slot in others {
                slot.write(|sink, out| sink.finding(finding.clone(), out));
            }
            last.write(|sink, out| sink.finding(finding, out));
        }
    }

    /// Begins, where no finding has come before.
    fn begin(&mut self, document: &Document) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let head = Document {
            version: document.version,
            crossfoot: document.crossfoot.clone(),
            today: document.today.clone(),
            rules: document.rules.clone(),
            run: self.run(&document.run),
            old: self
                .old
                .as_ref()
                .map_or_else(|| document.old.clone(), |old| Some(old.version.clone())),
            ..Document::default()
        };
        self.slots.iter_mut().for_each(|slot| slot.write(|sink, out| sink.begin(&head, out)));
    }

    /// Who and what made it, with what is said of it now.
    fn run(&self, run: &RunFacts) -> RunFacts {
        let mut run = run.clone();
        run.say(self.request.title.as_ref(), &self.request.meta);
        run
    }

    fn end(self, mut document: Document) {
        document.run = self.run(&document.run);
        if let Some((last, others)) = self.slots.split_last_mut() {
            for slot in others {
                slot.write(|sink, out| sink.end(document.clone(), out));
            }
            last.write(|sink, out| sink.end(document, out));
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.error.is_none()) {
            slot.error = slot.out.flush().err();
        }
    }
}
