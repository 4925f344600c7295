//! The library's way in: a request, sinks that take findings, an outcome.

mod counter;
mod extract;
mod list;

pub use extract::{ExtractRequest, extract};
pub use list::{describe, list, plan};

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::Arc;

use crate::api::counter::Counter;
use crate::compile::build::{Compiled, build};
use crate::compile::load::load;
use crate::compile::{DOES_NOT_FIT, INTERNAL, INTERRUPTED, UNKNOWN_CHECK};
use crate::engine::data::job::{Job, Sizes};
use crate::engine::data::memory::Memory;
use crate::engine::data::table::Table;
use crate::engine::pass::ran::Ran;
use crate::engine::pass::run::run as run_engine;
use crate::engine::states::env::Filled;
use crate::expr::functions::Context;
use crate::fault::{Fault, Severity};
use crate::files::inflate::Limits;
use crate::files::machine::Machine;
use crate::files::sources::{Sources, cannot};
use crate::files::tree::Disk;
use crate::files::{
    BAD_COMPRESSION, BAD_ENCODING, INFLATES_TOO_FAR, OUTSIDE_ROOT, SCRATCH_FAILED, UNREADABLE_FILE,
};
use crate::findings::hydrate::FindingSink;
use crate::findings::maker::FindingMaker;
use crate::findings::tables::TableFindings;
use crate::read::csv::faults::RECORD_TOO_LONG;
use crate::read::reader::Order;
use crate::report::{CheckSummary, Facts, Sink, Summary};
use crate::source::tree::Tree;
use crate::source::{FileId, Files, Problem, Watcher, did_you_mean};
use crate::value::{Reading, Type, Value};

/// What a run is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Rule files that were named.
    pub rule_files: Vec<String>,
    /// Rule files, directories and data files that were named.
    pub paths: Vec<String>,
    /// Tables read from elsewhere: name and path.
    pub data: Vec<(String, String)>,
    /// Only these checks: patterns with `*`; `!` leaves out.
    pub checks: Vec<String>,
    /// What `today()` gives, ISO; the date of the machine where none is said.
    pub today: Option<String>,
    /// Findings shown of each check by sinks that are capped.
    pub max_per_check: Option<u64>,
    /// Bytes of a chunk, for tests.
    pub chunk: Option<u64>,
    /// Bytes of a block, for tests.
    pub block: Option<usize>,
    /// Bytes of memory that the run may take; beyond them, keys and groups go to temporary files.
    pub memory: Option<u64>,
    /// Worker threads; as many as there are cores where none is said.
    pub jobs: Option<usize>,
    /// Without loops, row by row: slow, and what the fast way is compared with in tests.
    pub exact: bool,
    /// Bytes that a compressed file may hold; else so many as [`Limits`] says.
    pub max_inflate: Option<u64>,
    /// The directory of the disk outside of which no file is read; another tree bounds itself.
    pub root: Option<String>,
    /// Where files come from; the disk where none is said.
    pub tree: Option<Arc<dyn Tree>>,
    /// Whoever waits for the run: is told how far it is, and may stop it.
    pub watcher: Option<Arc<dyn Watcher>>,
}

/// A sink and where its bytes go.
pub struct SinkSlot<'a> {
    /// The renderer.
    pub sink: Box<dyn Sink + 'a>,
    /// Where its bytes go.
    pub out: Box<dyn Write + 'a>,
    /// Whether it shows no more than the asked number per check.
    pub capped: bool,
    /// What went wrong when writing; nothing is written after it.
    pub error: Option<std::io::Error>,
}

impl SinkSlot<'_> {
    fn write(&mut self, make: impl FnOnce(&mut dyn Sink, &mut Vec<u8>)) {
        if self.error.is_some() {
            return;
        }
        let mut bytes = Vec::new();
        make(&mut *self.sink, &mut bytes);
        self.put(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        if self.error.is_none()
            && let Err(e) = self.out.write_all(bytes)
        {
            self.error = Some(e);
        }
    }
}

/// How a run went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was counted.
    pub summary: Summary,
    /// The worst severity found.
    pub worst: Option<Severity>,
    /// What kept something from being carried out; the exit status is then 2.
    pub problems: Vec<Problem>,
    /// The problems in words, for where no renderer shows them.
    pub told: Vec<String>,
    /// Paths of all files that were read.
    pub files: Vec<String>,
}

/// A project that has been read: rules, files, what can be run.
pub struct Project {
    /// The files.
    pub book: Sources,
    /// Tables and checks.
    pub built: Compiled,
    /// Paths of the rule files.
    pub rule_files: Vec<String>,
    /// The number of the first file that is data.
    pub first_data: usize,
    /// Problems of rules and data.
    pub problems: Vec<Problem>,
    /// What `today()` gives.
    pub today: i32,
}

impl Project {
    /// Reads rules and headers; problems are kept, not thrown.
    pub fn open(request: &Request) -> Project {
        let (book, refused) = match book(request) {
            Ok(book) => (book, None),
            Err(problem) => (Sources::default(), Some(problem)),
        };
        let mut project = Project {
            book,
            built: Compiled::default(),
            rule_files: Vec::new(),
            first_data: 0,
            problems: Vec::new(),
            today: today(request),
        };
        if let Some(problem) = refused {
            project.problems.push(problem);
            return project;
        }
        let (rules, found, problems) =
            match load(&request.rule_files, &request.paths, &mut project.book) {
                Ok(loaded) => loaded,
                Err(problem) => {
                    project.problems.push(problem);
                    return project;
                }
            };
        project.rule_files = found.rules;
        project.first_data = project.book.len();
        project.problems = problems;
        let ids = RefCell::new(Vec::new());
        let asked = |id: &str| {
            ids.borrow_mut().push(id.to_string());
            wanted(&request.checks, id)
        };
        project.built = build(&rules, &request.data, &asked, &mut project.book);
        project.problems.append(&mut project.built.problems);
        if project.problems.is_empty() {
            project.problems.extend(
                request.checks.iter().filter_map(|pattern| nothing_meant(pattern, &ids.borrow())),
            );
        }
        project.problems.sort_by_key(|p| p.at.map(|(f, s)| (f, s.start)));
        project
    }

    /// Whether a rule is wrong, so that nothing is judged.
    pub fn is_broken(&self) -> bool {
        let data =
            [&UNREADABLE_FILE, &BAD_ENCODING, &BAD_COMPRESSION, &INFLATES_TOO_FAR, &OUTSIDE_ROOT];
        self.problems.iter().any(|p| !data.contains(&p.fault)) || self.built.tables.is_empty()
    }
}

/// The files of a request.
fn book(request: &Request) -> Result<Sources, Problem> {
    let tree = match (&request.tree, &request.root) {
        (Some(tree), _) => Arc::clone(tree),
        (None, None) => Arc::new(Disk::default()),
        (None, Some(root)) => Arc::new(Disk::below(root).map_err(|e| cannot(root, &e))?),
    };
    Ok(Sources::new(tree, request.max_inflate.map_or_else(Limits::default, Limits::up_to)))
}

fn today(request: &Request) -> i32 {
    let read = request
        .today
        .as_deref()
        .and_then(|t| Reading::new(Type::Date).read(t).ok().map(Value::into_owned));
    match read {
        Some(Value::Date(d)) => d.first,
        _ => Machine.today(),
    }
}

/// Whether a check is asked for: patterns with `*`, `!` leaves out.
pub fn wanted(patterns: &[String], id: &str) -> bool {
    let fits = |p: &str| glob::Pattern::new(p).is_ok_and(|g| g.matches(id));
    let (no, yes): (Vec<&String>, Vec<&String>) = patterns.iter().partition(|p| p.starts_with('!'));
    (yes.is_empty() || yes.iter().any(|p| fits(p))) && !no.iter().any(|p| fits(&p[1..]))
}

/// A name after `--check` that means no check: a slip that would leave all checks out.
fn nothing_meant(pattern: &str, ids: &[String]) -> Option<Problem> {
    let name = pattern.strip_prefix('!').unwrap_or(pattern);
    if ids.iter().any(|id| wanted(&[name.to_string()], id)) {
        return None;
    }
    let help = did_you_mean(name, ids.iter().map(String::as_str)).map_or_else(
        || "`crossfoot list` lists them".to_string(),
        |near| format!("did you mean `{near}`?"),
    );
    Some(Problem::nowhere(&UNKNOWN_CHECK, format!("there is no check called `{name}`")).help(help))
}

/// Carries out a request; findings go to the sinks as they are made.
pub fn run(request: &Request, sinks: &mut [SinkSlot<'_>]) -> Outcome {
    let project = Project::open(request);
    let facts = Facts {
        version: env!("CARGO_PKG_VERSION").into(),
        today: crate::value::Days::day(project.today).to_text(),
        rule_files: project.rule_files.clone(),
    };
    for slot in sinks.iter_mut() {
        slot.write(|s, out| s.begin(&facts, out));
    }
    let mut outcome = Outcome { files: project.book.paths(), ..Outcome::default() };
    let mut problems = project.problems.clone();
    if !project.is_broken() {
        judge(&project, request, sinks, &mut outcome, &mut problems);
    }
    problems.extend(project.book.changed());
    for problem in &problems {
        for slot in sinks.iter_mut() {
            slot.write(|s, out| s.problem(problem, &project.book, out));
        }
    }
    outcome.summary.problems = problems.len() as u64;
    outcome.told =
        problems.iter().map(|p| crate::render::words::problem_line(p, &project.book)).collect();
    outcome.problems = problems;
    for slot in sinks.iter_mut() {
        slot.write(|s, out| s.end(&outcome.summary, out));
        if slot.error.is_none() {
            slot.error = slot.out.flush().err();
        }
    }
    outcome
}

fn scratch(error: &std::io::Error) -> String {
    format!("a temporary file cannot be written or read: {error}")
}

const SCRATCH_HELP: &str =
    "free disk space where temporary files go (TMPDIR names the folder), or raise --memory";

/// Tells of passes that could not be finished, and of the checks that could not be judged for it.
fn read_errors(
    project: &Project,
    ran: &Ran<'_>,
    paths: &dyn Fn(FileId) -> String,
    problems: &mut Vec<Problem>,
) {
    let names: Vec<&str> =
        ran.left_out.iter().map(|&c| project.built.checks[c].id.as_str()).collect();
    let left_out = if names.is_empty() {
        String::new()
    } else {
        format!("; not checked: {}", names.join(", "))
    };
    for e in &ran.errors {
        let (file, offset) = (paths(e.file), e.offset);
        let cannot = || format!("`{file}` cannot be read at byte {offset}: {}", e.error);
        let (fault, message, help) = match e.error.kind() {
            std::io::ErrorKind::Interrupted => (
                &INTERRUPTED,
                format!("stopped at byte {offset} of `{file}`"),
                "what was found before is shown",
            ),
            std::io::ErrorKind::OutOfMemory => (
                &DOES_NOT_FIT,
                format!("what must be kept of `{file}` does not fit in --memory"),
                "raise --memory",
            ),
            std::io::ErrorKind::StorageFull => (&SCRATCH_FAILED, scratch(&e.error), SCRATCH_HELP),
            std::io::ErrorKind::InvalidData => {
                (&RECORD_TOO_LONG, cannot(), "look for an unclosed quote or unusual line ends")
            }
            _ => (&UNREADABLE_FILE, cannot(), "what was read before was checked"),
        };
        problems.push(Problem::nowhere(fault, message).help(format!("{help}{left_out}")));
    }
}

fn judge(
    project: &Project,
    request: &Request,
    sinks: &mut [SinkSlot<'_>],
    outcome: &mut Outcome,
    problems: &mut Vec<Problem>,
) {
    let built = &project.built;
    let paths = |f: FileId| Files::path(&project.book, f);
    let usual = Sizes::default();
    let jobs = request.jobs.unwrap_or_else(|| project.book.machine().cores()).max(1);
    let memory = Memory::new(request.memory, jobs, &Machine);
    let sizes = Sizes {
        chunk: request.chunk,
        block: request.block.unwrap_or(usual.block),
        most: memory.chunk(usual.most),
    };
    let job = Job {
        tables: &built.tables,
        defs: &built.states,
        checks: &built.checks,
        context: Context { today: project.today },
        sizes,
        jobs,
        exact: request.exact,
        memory,
        most_raw: request.max_per_check.filter(|_| sinks.iter().all(|s| s.capped)),
        watch: request.watcher.as_deref().unwrap_or(&()),
        paths: &paths,
    };
    let mut ran = run_engine(&job);
    let marks = std::mem::take(&mut ran.marks);
    read_errors(project, &ran, &paths, problems);
    // What no sink holds back is not said to be held back.
    let cap = request.max_per_check.filter(|_| sinks.iter().any(|s| s.capped));
    let mut counter = Counter::new(sinks, &project.book, cap, jobs);
    let of_tables = TableFindings { job: &job, ran: &ran, files: &project.book };
    let mut extra = built.findings.clone();
    for (t, findings) in extra.iter_mut().enumerate() {
        findings.extend(of_tables.line_ends(t));
        findings.extend(of_tables.percent_signs(t));
    }
    let written = FindingMaker::new(&job, &ran, &project.book).all(marks, extra, &mut counter);
    if written.written < written.all {
        let message = format!("stopped after {} of {} findings", written.written, written.all);
        problems.push(
            Problem::nowhere(&INTERRUPTED, message)
                .help("the findings shown are correct, but there are more"),
        );
    }
    if let Some(error) = job.memory.failure().get() {
        problems.push(Problem::nowhere(&SCRATCH_FAILED, scratch(error)).help(SCRATCH_HELP));
    }
    let row_counts = of_tables.row_counts(&|table, rows| is_explained(project, table, rows));
    for finding in row_counts.into_iter().chain(of_tables.vacuous()) {
        if counter.wants(&finding.check, finding.severity) {
            counter.take(vec![finding]);
        }
    }
    if counter.unconfirmed > 0 {
        let message = format!(
            "{} findings could not be confirmed when they were computed again",
            counter.unconfirmed
        );
        problems.push(Problem::nowhere(&INTERNAL, message).help("either the data changed while it was read, or this is a bug in crossfoot: please report it"));
    }
    let s = &mut outcome.summary;
    [s.infos, s.warnings, s.errors] = counter.totals;
    outcome.worst = counter.worst;
    s.files = (project.book.len() - project.first_data) as u64;
    s.rows = ran.tables.iter().map(|t| t.rows).sum();
    s.bytes = ran.tables.iter().map(|t| t.bytes).sum();
    s.stages = stage_words(project, &ran);
    s.spilled = job.memory.written();
    summarise(built, &ran, &counter, s);
}

/// Whether a problem or a finding accounts for the number of a table's rows.
fn is_explained(project: &Project, table: &Table, rows: u64) -> bool {
    let unread = project.problems.iter().any(|p| p.at == Some(table.rule));
    let by_finding = project.built.findings.iter().flatten().any(|f| {
        f.table.as_deref() == Some(&table.name)
            && f.severity == Severity::Error
            && f.fault.name != "missing-column"
            && f.fault.name != "item-unmatched"
    });
    unread || (by_finding && rows == 0)
}

fn summarise(built: &Compiled, ran: &Ran<'_>, counter: &Counter<'_, '_>, s: &mut Summary) {
    let found = |id: &str| counter.counts.get(id).copied().unwrap_or(0);
    let shown =
        |id: &str| counter.shown.get(id).copied().unwrap_or(0).min(counter.cap.unwrap_or(u64::MAX));
    for (check, tally) in built.checks.iter().zip(&ran.tallies) {
        s.checks.push(CheckSummary {
            id: check.id.clone(),
            title: check.title.clone(),
            severity: check.severity,
            tally: *tally,
            findings: found(&check.id),
            shown: shown(&check.id),
        });
    }
    let checks: HashSet<&str> = built.checks.iter().map(|c| c.id.as_str()).collect();
    let severities: HashMap<&str, Severity> =
        faults().iter().map(|f| (f.name, f.severity)).collect();
    for id in counter.order.iter().filter(|id| !checks.contains(id.as_str())) {
        s.checks.push(CheckSummary {
            id: id.clone(),
            title: None,
            severity: severities.get(id.as_str()).copied().unwrap_or(Severity::Error),
            tally: Default::default(),
            findings: found(id),
            shown: shown(id),
        });
    }
}

/// The stages in words, for `--statistics`.
pub fn stage_words(project: &Project, ran: &Ran<'_>) -> Vec<String> {
    ran.stages
        .iter()
        .enumerate()
        .map(|(n, s)| {
            let table = &project.built.tables[s.table];
            let checks: Vec<&str> =
                s.checks.iter().map(|&c| project.built.checks[c].id.as_str()).collect();
            let states = s
                .states
                .iter()
                .map(|&id| state_words(project, ran, id))
                .collect::<Vec<_>>()
                .join(", ");
            let is_held = table.files.iter().all(|f| f.reader.order() == Order::InOrder);
            let what = if is_held { "held in memory" } else { "read in blocks" };
            format!(
                "stage {}: `{}` ({what}); collects: {}; checks: {}",
                n + 1,
                table.name,
                if states.is_empty() { "nothing" } else { &states },
                if checks.is_empty() { "nothing".to_string() } else { checks.join(", ") }
            )
        })
        .collect()
}

fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn on_disk(is: bool) -> &'static str {
    if is { " (in temporary files)" } else { "" }
}

fn state_words(project: &Project, ran: &Ran<'_>, id: usize) -> String {
    use crate::expr::bound::StateDef;
    let name = |t: usize, c: usize| project.built.tables[t].columns[c].name.as_str();
    match (&project.built.states.all[id], &ran.shared.filled[id]) {
        (StateDef::Groups(g), Filled::Groups(f)) => format!(
            "{} in {}{}",
            counted(g.slots.len() as u64, "aggregate"),
            counted(f.len(), "group"),
            on_disk(f.is_on_disk())
        ),
        (StateDef::Groups(g), _) => format!(
            "{} by {}",
            counted(g.slots.len() as u64, "aggregate"),
            counted(g.keys.len() as u64, "key")
        ),
        (StateDef::Index(i), _) if i.columns.is_empty() => "the only row".to_string(),
        (StateDef::Index(i), filled) => {
            let disk = matches!(filled, Filled::Index(index) if index.is_on_disk());
            format!(
                "rows by {}{}",
                i.columns.iter().map(|&c| name(i.table, c)).collect::<Vec<_>>().join(", "),
                on_disk(disk)
            )
        }
        (StateDef::Window(_), _) => "neighbouring rows in order".to_string(),
    }
}

/// All built-in names.
pub fn faults() -> Vec<&'static Fault> {
    let rooms: [&[&Fault]; 9] = [
        crate::read::csv::FAULTS,
        crate::read::text::FAULTS,
        crate::value::read::FAULTS,
        crate::engine::faults::FAULTS,
        crate::rules::toml::FAULTS,
        crate::expr::parse::FAULTS,
        crate::expr::bind::FAULTS,
        crate::files::FAULTS,
        crate::compile::FAULTS,
    ];
    rooms.concat()
}
