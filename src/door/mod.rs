//! The library's way in: a request, sinks that take findings, an outcome.

mod extract;
mod list;

pub use extract::{ExtractAsk, extract};
pub use list::{describe, list, plan};

use std::collections::HashMap;
use std::io::Write;

use crate::engine::check::Check;
use crate::engine::env::Filled;
use crate::engine::faults::{MIXED_PERCENT_MARKS, ROW_COUNT, VACUOUS_CHECK};
use crate::engine::hydrate::{Hydrator, Suggestions, Taker, bare};
use crate::engine::locate::Locator;
use crate::engine::run::{Job, Ran, run as run_engine};
use crate::engine::scan::Sizes;
use crate::engine::table::Rows;
use crate::expr::functions::Context;
use crate::fault::{Fault, Severity};
use crate::finding::{CheckSummary, Facts, Finding, Label, Place, Role, Sink, Summary};
use crate::project::build::{Built, build};
use crate::project::files::FileBook;
use crate::project::load::load;
use crate::project::{self, BAD_COMPRESSION, BAD_ENCODING, INTERNAL, UNREADABLE_FILE};
use crate::read::csv::faults::{BARE_CR, MIXED_LINE_ENDS, RECORD_TOO_LONG};
use crate::source::{FileId, Files, Problem, Span};
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
    /// Bytes of a stretch, for tests.
    pub stretch: Option<u64>,
    /// Bytes of a block, for tests.
    pub block: Option<usize>,
    /// Worker threads; as many as there are cores where none is said.
    pub jobs: Option<usize>,
    /// Without loops, row by row: slow, and what the fast way is compared with in tests.
    pub exact: bool,
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
        if let Err(e) = self.out.write_all(&bytes) {
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
}

/// A project that has been read: rules, files, what can be run.
pub struct Project {
    /// The files.
    pub book: FileBook,
    /// Tables and checks.
    pub built: Built,
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
        let mut project =
            Project { book: FileBook::default(), built: Built::default(), rule_files: Vec::new(), first_data: 0, problems: Vec::new(), today: today(request) };
        let (rules, found, problems) = match load(&request.rule_files, &request.paths, &mut project.book) {
            Ok(loaded) => loaded,
            Err(problem) => {
                project.problems.push(problem);
                return project;
            }
        };
        project.rule_files = found.rules;
        project.first_data = project.book.len();
        project.problems = problems;
        project.built = build(&rules, &request.data, &|id| wanted(&request.checks, id), &mut project.book);
        project.problems.append(&mut project.built.problems);
        project.problems.sort_by_key(|p| p.at.map(|(f, s)| (f, s.start)));
        project
    }

    /// Whether a rule is wrong, so that nothing is judged.
    pub fn is_broken(&self) -> bool {
        let data = [&UNREADABLE_FILE, &BAD_ENCODING, &BAD_COMPRESSION];
        self.problems.iter().any(|p| !data.contains(&p.fault)) || self.built.tables.is_empty()
    }
}

fn today(request: &Request) -> i32 {
    let read = request.today.as_deref().and_then(|t| Reading::new(Type::Date).read(t).ok().map(Value::into_owned));
    match read {
        Some(Value::Date(d)) => d.first,
        _ => project::today(),
    }
}

/// Whether a check is asked for: patterns with `*`, `!` leaves out.
pub fn wanted(patterns: &[String], id: &str) -> bool {
    let fits = |p: &str| glob::Pattern::new(p).is_ok_and(|g| g.matches(id));
    let (no, yes): (Vec<&String>, Vec<&String>) = patterns.iter().partition(|p| p.starts_with('!'));
    (yes.is_empty() || yes.iter().any(|p| fits(p))) && !no.iter().any(|p| fits(&p[1..]))
}

/// Carries out a request; findings go to the sinks as they are made.
pub fn run(request: &Request, sinks: &mut [SinkSlot<'_>]) -> Outcome {
    let project = Project::open(request);
    let facts =
        Facts { version: env!("CARGO_PKG_VERSION").into(), today: crate::value::Days::day(project.today).to_text(), rule_files: project.rule_files.clone() };
    for slot in sinks.iter_mut() {
        slot.write(|s, out| s.begin(&facts, out));
    }
    let mut outcome = Outcome::default();
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
    outcome.told = problems.iter().map(|p| crate::render::words::problem_line(p, &project.book)).collect();
    outcome.problems = problems;
    for slot in sinks.iter_mut() {
        slot.write(|s, out| s.end(&outcome.summary, out));
        if slot.error.is_none() {
            slot.error = slot.out.flush().err();
        }
    }
    outcome
}

/// Gives findings to sinks, counted and capped.
struct Counter<'c, 's> {
    sinks: &'c mut [SinkSlot<'s>],
    book: &'c FileBook,
    cap: Option<u64>,
    counts: HashMap<String, u64>,
    order: Vec<String>,
    shown: HashMap<String, u64>,
    totals: [u64; 3],
    worst: Option<Severity>,
    unconfirmed: u64,
}

impl Taker for Counter<'_, '_> {
    fn wants(&mut self, check: &str, severity: Severity) -> bool {
        let n = match self.counts.get_mut(check) {
            Some(n) => n,
            None => {
                self.order.push(check.to_string());
                self.counts.entry(check.to_string()).or_insert(0)
            }
        };
        *n += 1;
        self.totals[severity as usize] += 1;
        self.worst = self.worst.max(Some(severity));
        let capped = self.cap.is_some_and(|cap| *n > cap);
        !capped || self.sinks.iter().any(|s| !s.capped)
    }

    fn take(&mut self, finding: Finding) {
        let n = self.shown.entry(finding.check.clone()).or_insert(0);
        *n += 1;
        let capped = self.cap.is_some_and(|cap| *n > cap);
        for slot in self.sinks.iter_mut().filter(|s| !(capped && s.capped)) {
            slot.write(|s, out| s.finding(&finding, self.book, out));
        }
    }

    fn unconfirmed(&mut self, _check: &str) {
        self.unconfirmed += 1;
    }
}

/// Tells of passes that could not be finished.
fn read_errors(ran: &Ran<'_>, paths: &dyn Fn(FileId) -> String, problems: &mut Vec<Problem>) {
    for e in &ran.errors {
        let too_long = e.error.kind() == std::io::ErrorKind::InvalidData;
        let fault = if too_long { &RECORD_TOO_LONG } else { &UNREADABLE_FILE };
        let message = format!("`{}` cannot be read at byte {}: {}", paths(e.file), e.offset, e.error);
        problems.push(Problem::nowhere(fault, message).help(if too_long {
            "is a quote never closed, or the line end another?"
        } else {
            "what was read before is judged"
        }));
    }
}

fn judge(project: &Project, request: &Request, sinks: &mut [SinkSlot<'_>], outcome: &mut Outcome, problems: &mut Vec<Problem>) {
    let built = &project.built;
    let paths = |f: FileId| Files::path(&project.book, f);
    let sizes = Sizes { stretch: request.stretch, block: request.block.unwrap_or(Sizes::default().block) };
    let jobs = request.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    let job = Job {
        tables: &built.tables,
        defs: &built.states,
        checks: &built.checks,
        context: Context { today: project.today },
        sizes,
        jobs,
        exact: request.exact,
        paths: &paths,
    };
    let ran = run_engine(&job);
    read_errors(&ran, &paths, problems);
    let mut counter = Counter {
        sinks,
        book: &project.book,
        cap: request.max_per_check,
        counts: HashMap::new(),
        order: Vec::new(),
        shown: HashMap::new(),
        totals: [0; 3],
        worst: None,
        unconfirmed: 0,
    };
    let mut extra = built.findings.clone();
    for (t, findings) in extra.iter_mut().enumerate() {
        findings.extend(line_ends(project, &ran, t));
        findings.extend(percent_marks(project, &ran, t, &paths));
    }
    Hydrator { job: &job, ran: &ran, files: &project.book, suggestions: Suggestions::default() }.all(&extra, &mut counter);
    for finding in row_counts(project, &ran).into_iter().chain(vacuous(project, &ran)) {
        if counter.wants(&finding.check, finding.severity) {
            counter.take(finding);
        }
    }
    if counter.unconfirmed > 0 {
        let message = format!("{} findings of the fast path were not confirmed by the exact one", counter.unconfirmed);
        problems.push(Problem::nowhere(&INTERNAL, message).help("the data changed while it was read, or crossfoot is wrong: please report it"));
    }
    let s = &mut outcome.summary;
    [s.infos, s.warnings, s.errors] = counter.totals;
    outcome.worst = counter.worst;
    s.files = (project.book.len() - project.first_data) as u64;
    s.rows = ran.tables.iter().map(|t| t.rows).sum();
    s.bytes = ran.tables.iter().flat_map(|t| &t.directory).map(|b| u64::from(b.len)).sum();
    s.stages = stage_words(project, &ran);
    summarise(built, &ran, &counter, s);
}

fn summarise(built: &Built, ran: &Ran<'_>, counter: &Counter<'_, '_>, s: &mut Summary) {
    let found = |id: &str| counter.counts.get(id).copied().unwrap_or(0);
    let shown = |id: &str| counter.shown.get(id).copied().unwrap_or(0).min(counter.cap.unwrap_or(u64::MAX));
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
    for id in counter.order.iter().filter(|id| !built.checks.iter().any(|c| c.id == **id)) {
        s.checks.push(CheckSummary {
            id: id.clone(),
            title: None,
            severity: faults().iter().find(|f| f.name == id.as_str()).map_or(Severity::Error, |f| f.severity),
            tally: Default::default(),
            findings: found(id),
            shown: shown(id),
        });
    }
}

/// The stages in words, for `--statistics` and `list --plan`.
pub fn stage_words(project: &Project, ran: &Ran<'_>) -> Vec<String> {
    ran.stages
        .iter()
        .enumerate()
        .map(|(n, s)| {
            let table = &project.built.tables[s.table];
            let checks: Vec<&str> = s.checks.iter().map(|&c| project.built.checks[c].id.as_str()).collect();
            let states = s.states.iter().map(|&id| state_words(project, ran, id)).collect::<Vec<_>>().join(", ");
            let what = if matches!(table.rows, Rows::Whole(_)) { "held in memory" } else { "read in blocks" };
            format!(
                "stage {}: `{}` ({what}); fills: {}; judges: {}",
                n + 1,
                table.name,
                if states.is_empty() { "nothing" } else { &states },
                if checks.is_empty() { "nothing".to_string() } else { checks.join(", ") }
            )
        })
        .collect()
}

fn state_words(project: &Project, ran: &Ran<'_>, id: usize) -> String {
    use crate::expr::bound::StateDef;
    let name = |t: usize, c: usize| project.built.tables[t].columns[c].name.as_str();
    match (&project.built.states.all[id], &ran.shared.filled[id]) {
        (StateDef::Groups(g), Filled::Groups(f)) => format!("{} aggregates in {} groups", g.slots.len(), f.all.len()),
        (StateDef::Groups(g), _) => format!("{} aggregates by {} keys", g.slots.len(), g.keys.len()),
        (StateDef::Index(i), _) if i.columns.is_empty() => "the only row".to_string(),
        (StateDef::Index(i), _) => format!("rows by {}", i.columns.iter().map(|&c| name(i.table, c)).collect::<Vec<_>>().join(", ")),
        (StateDef::Near(_), _) => "neighbours in order".to_string(),
    }
}

fn rule_place(project: &Project, (file, span): (FileId, Span)) -> Place {
    project::csv_table::header_place(&project.book, file, span, project.book.line(file, span.start), None)
}

fn row_counts(project: &Project, ran: &Ran<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for (table, result) in project.built.tables.iter().zip(&ran.tables) {
        let unread = project.problems.iter().any(|p| p.at.is_some_and(|a| a.0 == table.rule.0 && a.1 == table.rule.1)) || table.absent;
        let told = project.built.findings.iter().flatten().any(|f| {
            f.table.as_deref() == Some(&table.name) && f.severity == Severity::Error && f.fault.name != "missing-column" && f.fault.name != "item-unmatched"
        });
        let (min, max) = table.expected;
        let fits = result.rows >= min && max.is_none_or(|m| result.rows <= m);
        if fits || unread || (told && result.rows == 0) {
            continue;
        }
        let rows = |n: u64| format!("{n} row{}", if n == 1 { "" } else { "s" });
        let expected = match max {
            Some(m) if m == min => format!("exactly {}", rows(m)),
            Some(m) if min == 0 => format!("at most {}", rows(m)),
            Some(m) => format!("{min} to {}", rows(m)),
            None => format!("at least {}", rows(min)),
        };
        let mut f = bare(
            &ROW_COUNT,
            format!("{}.rows", table.name),
            Severity::Error,
            format!(
                "`{}` has {}, and {expected} {} expected",
                table.name,
                rows(result.rows),
                if min == 1 && max.is_none_or(|m| m == 1) { "is" } else { "are" }
            ),
        );
        if result.set_aside > 0 {
            f.help = Some(format!("{} records were set aside because they are ragged", result.set_aside));
        }
        f.table = Some(table.name.clone());
        f.labels.push(Label { place: rule_place(project, table.rule), role: Role::Rule, text: "expected here".into() });
        f.fingerprint = xxhash_rust::xxh3::xxh3_128(format!("rows\u{1f}{}", table.name).as_bytes());
        all.push(f);
    }
    all
}

fn vacuous(project: &Project, ran: &Ran<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for (check, tally) in project.built.checks.iter().zip(&ran.tallies) {
        if !check.by_user || check.may_be_vacuous || tally.held + tally.failed > 0 {
            continue;
        }
        let why = vacuous_words(check, tally);
        let severity = if tally.seen > 0 && tally.unknown == 0 { Severity::Warning } else { check.severity };
        let mut f = bare(&VACUOUS_CHECK, check.id.clone(), severity, format!("this check looked at nothing that could hold or fail: {why}"));
        f.title.clone_from(&check.title);
        f.labels.push(Label { place: rule_place(project, check.rule), role: Role::Rule, text: "this check".into() });
        f.fingerprint = xxhash_rust::xxh3::xxh3_128(format!("vacuous\u{1f}{}", check.id).as_bytes());
        all.push(f);
    }
    all
}

fn vacuous_words(check: &Check, tally: &crate::finding::Tally) -> String {
    if tally.seen == 0 {
        return if check.filter.is_some() { "no row passed `where`".into() } else { "there was nothing to judge".into() };
    }
    if tally.unknown == 0 {
        return format!("it did not apply to any of {} cases", tally.seen);
    }
    format!("none of {} could be decided, because values are missing or unreadable", tally.seen)
}

/// Line ends that differ, told once per file.
fn line_ends(project: &Project, ran: &Ran<'_>, table: usize) -> Vec<Finding> {
    let Rows::Csv(parts) = &project.built.tables[table].rows else { return Vec::new() };
    let mut all = Vec::new();
    for (part, counts, firsts) in &ran.tables[table].line_ends {
        let part = &parts[*part as usize];
        let header = &part.header;
        let counts: [u64; 3] = std::array::from_fn(|k| counts[k] + u64::from(header.line_ends[k]));
        let firsts: [_; 3] = std::array::from_fn(|k| header.first_line_end[k].map(|(o, r, l)| (o.into(), r.into(), l.into())).or(firsts[k]));
        let met: Vec<usize> = (0..3).filter(|&k| counts[k] > 0).collect();
        let first = |k: usize| firsts[k].map_or(u64::MAX, |f| f.0);
        let mut tell = |fault: &'static Fault, kind: usize, message: String, label: &str| {
            let Some((offset, _, lines)) = firsts[kind] else { return };
            let mut f = bare(fault, fault.name.into(), fault.severity, message);
            let place = project::csv_table::header_place(&project.book, part.file, Span::new(offset, offset + 1), lines + 1, None);
            f.labels.push(Label { place, role: Role::Stated, text: label.into() });
            f.help = Some("convert the file to one kind of line end".into());
            f.table = Some(project.built.tables[table].name.clone());
            all.push(f);
        };
        const NAMES: [&str; 3] = ["LF", "CRLF", "CR"];
        if met.len() > 1 {
            let mut order = met.clone();
            order.sort_by_key(|&k| first(k));
            let shown: Vec<String> = met.iter().map(|&k| format!("{} with {}", counts[k], NAMES[k])).collect();
            tell(&MIXED_LINE_ENDS, order[1], format!("lines of this file end in different ways: {}", shown.join(", ")), "the first that differs");
        } else if met == [2] {
            tell(&BARE_CR, 2, "the lines of this file end with a lone carriage return".into(), "CR without LF");
        }
    }
    all
}

/// Percentages with and without a sign in one column, told once.
fn percent_marks(project: &Project, ran: &Ran<'_>, table: usize, paths: &dyn Fn(FileId) -> String) -> Vec<Finding> {
    let info = &project.built.tables[table];
    let mut locator = Locator::new(info, &ran.tables[table].directory, paths);
    let mut all = Vec::new();
    for (column, marked, bare_row) in &ran.tables[table].percent_marks {
        let (Some(marked), Some(bare_row)) = (marked, bare_row) else { continue };
        let (later, first) = if marked > bare_row { (marked, bare_row) } else { (bare_row, marked) };
        let (Some(later), Some(first)) = (locator.row(*later), locator.row(*first)) else { continue };
        let name = &info.columns[*column].name;
        let mut f = bare(
            &MIXED_PERCENT_MARKS,
            format!("{}.{name}", info.name),
            Severity::Warning,
            format!("`{name}` holds percentages with and without a percent sign; all are read as percentages"),
        );
        for (row, role) in [(&later, Role::Stated), (&first, Role::First)] {
            let mut place = project::csv_table::header_place(&project.book, row.file, row.spans[*column], row.lines[*column], Some(name));
            place.record = row.record;
            f.labels.push(Label { place, role, text: String::new() });
        }
        f.help = Some("write all in one way; fractions such as 0.2 are `type = \"number\"`".into());
        f.table = Some(info.name.clone());
        all.push(f);
    }
    all
}

/// All built-in names.
pub fn faults() -> Vec<&'static Fault> {
    let rooms: [&[&Fault]; 8] = [
        crate::read::csv::FAULTS,
        crate::read::text::FAULTS,
        crate::value::read::FAULTS,
        crate::engine::faults::FAULTS,
        crate::rules::toml::FAULTS,
        crate::expr::parse::FAULTS,
        crate::expr::bind::FAULTS,
        crate::project::FAULTS,
    ];
    rooms.concat()
}
