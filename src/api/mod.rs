//! The library's way in: a request, sinks that take findings, an outcome.

mod counter;
mod extract;
mod facts;
mod list;
mod project;
mod request;
mod stages;
mod topics;

pub use extract::{ExtractRequest, extract};
pub use list::{describe as describe_check, list, plan};
pub use project::Project;
pub use request::{Request, SinkSlot};
pub use topics::{describe as describe_topic, names as topics};

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::api::counter::Counter;
use crate::compile::{DOES_NOT_FIT, INTERNAL, INTERRUPTED};
use crate::engine::data::job::{Job, Sizes};
use crate::engine::data::memory::Memory;
use crate::engine::data::table::Table;
use crate::engine::pass::ran::Ran;
use crate::engine::pass::run::run as run_engine;
use crate::engine::pass::undecided::MOST;
use crate::expr::functions::Context;
use crate::fault::{Fault, Severity};
use crate::files::machine::Machine;
use crate::files::{SCRATCH_FAILED, UNREADABLE_FILE};
use crate::findings::hydrate::FindingSink;
use crate::findings::maker::FindingMaker;
use crate::findings::notes::of_notes;
use crate::findings::tables::TableFindings;
use crate::gate::{Asked, Gate};
use crate::read::csv::faults::RECORD_TOO_LONG;
use crate::read::note::Note;
use crate::report::{CheckSummary, Facts, Finding, Standing, Summary};
use crate::source::{FileId, Files, Problem, did_you_mean};

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
    pub problem_lines: Vec<String>,
    /// Which rules were taken for the data files that were named, in words.
    pub chosen_rules: Vec<String>,
    /// Where findings of rows were asked for: the row that has findings and was perhaps meant.
    pub nearest_row: Option<String>,
    /// Paths of all files that were read.
    pub files: Vec<String>,
}

/// Carries out a request; findings go to the sinks as they are made.
pub fn run(request: &Request, sinks: &mut [SinkSlot<'_>]) -> Outcome {
    run_project(&Project::open(request), request, sinks)
}

/// Carries out a request on a project that was opened before, or whose tables were made by hand.
pub fn run_project(project: &Project, request: &Request, sinks: &mut [SinkSlot<'_>]) -> Outcome {
    let facts = Facts {
        version: env!("CARGO_PKG_VERSION").into(),
        today: crate::value::Days::day(project.today).to_text(),
        rule_files: project.rule_files.clone(),
        rules: facts::of_rules(&project.built.checks, &project.tags, &project.book),
        old: None,
    };
    for slot in sinks.iter_mut() {
        slot.write(|s, out| s.begin(&facts, out));
    }
    let mut outcome = Outcome {
        files: project.book.paths(),
        chosen_rules: project.chosen_rules.clone(),
        ..Outcome::default()
    };
    let mut problems = project.problems.clone();
    problems.extend(project.no_checks.clone().filter(|_| problems.is_empty()));
    if !project.is_broken() {
        judge(project, request, sinks, &mut outcome, &mut problems);
    }
    problems.extend(project.book.changed());
    outcome.summary.problems = problems.len() as u64;
    for slot in sinks.iter_mut() {
        slot.write(|s, out| s.write_kept(&outcome.summary, &project.book, out));
    }
    for problem in &problems {
        for slot in sinks.iter_mut() {
            slot.write(|s, out| s.problem(problem, &project.book, out));
        }
    }
    outcome.problem_lines =
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

/// The problems of passes that could not be finished, with the checks that were not judged.
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
    // Here all earlier problems are files that could not be opened; the last of them says it for all.
    if let Some(last) = problems.last_mut().filter(|_| ran.errors.is_empty()) {
        last.help = Some(format!("{}{left_out}", last.help.as_deref().unwrap_or_default()));
    }
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
        let problem = Problem::nowhere(fault, message).help(format!("{help}{left_out}"));
        problems.push(Problem { path: Some(file), ..problem });
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
    let jobs = request.jobs.unwrap_or_else(|| project.book.machine().cores()).max(1);
    let memory = Memory::new(request.memory, jobs, &Machine);
    let all_places = sinks.iter().any(|s| !s.capped);
    let gate = gate(request, sinks);
    let job = Job {
        tables: &built.tables,
        defs: &built.states,
        checks: &built.checks,
        context: Context { today: project.today },
        sizes: sizes(request, &memory),
        jobs,
        exact: request.exact,
        memory,
        most_raw: gate.most_raw(request.max_per_check.filter(|_| sinks.iter().all(|s| s.capped))),
        watch: request.watcher.as_deref().unwrap_or(&()),
        paths: &paths,
    };
    let mut ran = run_engine(&job);
    let raw = std::mem::take(&mut ran.raw);
    read_errors(project, &ran, &paths, problems);
    let mut counter = Counter::new(sinks, &project.book, gate, jobs);
    let of_tables = TableFindings { job: &job, ran: &ran, files: &project.book };
    let extra = of_columns_and_files(project, &of_tables);
    let swallowed = of_tables.swallowed(&raw);
    let maker = FindingMaker::new(&job, &ran, &project.book);
    let written = maker.all(raw, extra, &mut counter);
    if written.written < written.all {
        problems.push(stopped(written.written, written.all));
    }
    if let Some(error) = job.memory.failure().get() {
        problems.push(Problem::nowhere(&SCRATCH_FAILED, scratch(error)).help(SCRATCH_HELP));
    }
    let explained = |table: &Table, rows| is_explained(project, table, rows);
    let late = maker.unread_texts().into_iter();
    for finding in late.chain(of_tables.row_counts(&explained, &swallowed)) {
        if counter.wants(finding.check(), finding.severity) {
            counter.take(vec![finding]);
        }
    }
    counter.whole(maker.undecided(if all_places { MOST } else { 1 }, &explained));
    if counter.unconfirmed > 0 {
        problems.push(unconfirmed(counter.unconfirmed));
    }
    outcome.nearest_row = nearest_row(request, &counter.gate);
    let s = &mut outcome.summary;
    ([s.infos, s.warnings, s.errors], outcome.worst) = counter.gate.totals();
    (s.versions, s.accepted) = counter.gate.known();
    s.spilled = job.memory.written();
    summarise(project, &ran, &counter.gate, s);
}

/// Per table what was found while opening it, and what is reported once for a file or a column.
fn of_columns_and_files(project: &Project, of_tables: &TableFindings<'_>) -> Vec<Vec<Finding>> {
    let notes = project.built.notes.iter().enumerate();
    let of_table = |(t, notes): (usize, &Vec<Note>)| {
        let mut findings = of_notes(notes, &project.book);
        findings.extend(of_tables.uneven(t));
        findings.extend(of_tables.line_ends(t));
        findings.extend(of_tables.percent_signs(t));
        findings.extend(of_tables.once(t));
        findings.extend(of_tables.empty_selections(t));
        findings
    };
    notes.map(of_table).collect()
}

fn gate(request: &Request, sinks: &[SinkSlot<'_>]) -> Gate {
    let asked = Asked::new(&request.rows, request.fingerprint.as_deref());
    if asked.is_all() {
        // What no sink holds back is not said to be held back.
        Gate::new(request.max_per_check.filter(|_| sinks.iter().any(|s| s.capped)))
    } else {
        Gate::asking(asked)
    }
}

fn nearest_row(request: &Request, gate: &Gate) -> Option<String> {
    let row = request.rows.first()?;
    did_you_mean(row, gate.asked().met()).map(str::to_string)
}

fn sizes(request: &Request, memory: &Memory) -> Sizes {
    let usual = Sizes::default();
    Sizes {
        chunk: request.chunk,
        block: request.block.unwrap_or(usual.block),
        most: memory.chunk(usual.most),
    }
}

fn stopped(written: u64, all: u64) -> Problem {
    Problem::nowhere(&INTERRUPTED, format!("stopped after {written} of {all} findings"))
        .help("the findings shown are correct, but there are more")
}

fn unconfirmed(findings: u64) -> Problem {
    let message =
        format!("{findings} findings could not be confirmed when they were computed again");
    Problem::nowhere(&INTERNAL, message).help(
        "either the data changed while it was read, or this is a bug in crossfoot: please report it",
    )
}

/// Whether a problem or a finding accounts for the number of a table's rows.
fn is_explained(project: &Project, table: &Table, rows: u64) -> bool {
    let by_finding = project.built.notes.iter().flatten().any(|f| {
        f.table == table.name
            && f.severity == Severity::Error
            && f.fault.name != "missing-column"
            && f.fault.name != "item-unmatched"
    });
    table.unread || (by_finding && rows == 0)
}

/// Rows of all files; those of a file that several tables read are counted once.
fn rows_read(project: &Project, ran: &Ran<'_>) -> u64 {
    let mut by_file: BTreeMap<String, u64> = BTreeMap::new();
    for (table, result) in project.built.tables.iter().zip(&ran.tables) {
        for (file, own) in table.files.iter().zip(&result.rows_of_files) {
            let rows = by_file.entry(Files::path(&project.book, file.file)).or_default();
            *rows = (*rows).max(*own);
        }
    }
    by_file.values().sum()
}

fn summarise(project: &Project, ran: &Ran<'_>, gate: &Gate, s: &mut Summary) {
    let built = &project.built;
    // A file that several tables read is one file.
    let paths = project.book.paths();
    s.files = paths.iter().skip(project.first_data).collect::<HashSet<_>>().len() as u64;
    s.rows = rows_read(project, ran);
    s.bytes = ran.tables.iter().map(|t| t.bytes).sum();
    s.stages = stages::words(project, ran);
    for (number, (check, tally)) in built.checks.iter().zip(&ran.tallies).enumerate() {
        s.checks.push(CheckSummary {
            id: check.id.clone(),
            title: check.title.clone(),
            severity: check.severity,
            standing: Some(Standing::of(tally, ran.is_complete(number))),
            seen: tally.seen(),
            tally: *tally,
            findings: gate.found(&check.id),
            shown: gate.shown(&check.id),
            whole: gate.about_whole(&check.id),
            known: gate.known_of(&check.id),
        });
    }
    let checks: HashSet<&str> = built.checks.iter().map(|c| c.id.as_str()).collect();
    let severities: HashMap<&str, Severity> =
        faults().iter().map(|f| (f.name, f.severity)).collect();
    for id in gate.names().iter().filter(|id| !checks.contains(id.as_str())) {
        s.checks.push(CheckSummary {
            id: id.clone(),
            title: None,
            severity: severities.get(id.as_str()).copied().unwrap_or(Severity::Error),
            standing: None,
            seen: 0,
            tally: Default::default(),
            findings: gate.found(id),
            shown: gate.shown(id),
            whole: 0,
            known: gate.known_of(id),
        });
    }
}

/// All built-in names.
pub fn faults() -> Vec<&'static Fault> {
    let lists: [&[&Fault]; 9] = [
        crate::read::csv::FAULTS,
        crate::read::text::FAULTS,
        crate::value::unread::FAULTS,
        crate::engine::faults::FAULTS,
        crate::rules::toml::FAULTS,
        crate::expr::parse::FAULTS,
        crate::expr::bind::FAULTS,
        crate::files::FAULTS,
        crate::compile::FAULTS,
    ];
    lists.concat()
}
