//! Runs a request: the engine, findings to sinks, counts.

use std::collections::BTreeSet;
use std::path::Path;

use crate::api::carry_out::{Collector, Given, give_findings, with_job};
use crate::api::counter::Counter;
use crate::api::coverage;
use crate::api::old::Comparison;
use crate::api::outcome::Outcome;
use crate::api::project::Project;
use crate::api::request::{Request, SinkSlot};
use crate::api::summary::summarise;
use crate::api::{facts, figures};
use crate::compile::{INTERNAL, INTERRUPTED, NO_CHECKS};
use crate::engine::pass::ran::Ran;
use crate::engine::pass::run::run as run_engine;
use crate::engine::pass::undecided::MOST;
use crate::files::digest;
use crate::files::git::head::{Head, head};
use crate::files::{SCRATCH_FAILED, UNREADABLE_FILE};
use crate::findings::hydrate::FindingSink;
use crate::findings::maker::FindingMaker;
use crate::gate::{Asked, Gate, is_same};
use crate::read::csv::faults::RECORD_TOO_LONG;
use crate::read::reader::Malformed;
use crate::report::coverage::RunFacts;
use crate::report::{Facts, OldVersion, RawFinding};
use crate::source::{FileId, Files, Problem, did_you_mean};

/// Carries out a request; findings go to the sinks as they are made.
pub fn run(request: &Request, sinks: &mut [SinkSlot<'_>]) -> Outcome {
    run_project(&Project::open(request), request, sinks)
}

/// Carries out a request on a project that was opened before, or whose tables were made by hand.
pub fn run_project(project: &Project, request: &Request, sinks: &mut [SinkSlot<'_>]) -> Outcome {
    let mut outcome = Outcome {
        files: project.book.paths(),
        chosen_rules: project.chosen_rules.clone(),
        ..Outcome::default()
    };
    let mut problems = project.problems.clone();
    problems.extend(project.no_checks.clone().filter(|_| problems.is_empty()));
    if project.is_broken() {
        begin(&facts_of(project, request, sinks, None), sinks);
    } else if sinks.iter().any(|slot| slot.sink.is_document()) {
        let (ids, mut files) = coverage::files(project);
        let watch = request.watcher.as_deref().unwrap_or(&());
        let most = if request.hash_all { u64::MAX } else { digest::LARGE };
        let ((), digests) = digest::beside(&project.book, (&ids, most), watch, || {
            judge(project, request, sinks, &mut outcome, &mut problems);
        });
        files.iter_mut().zip(digests).for_each(|(file, digest)| file.sha256 = digest);
        outcome.summary.coverage.files = files;
    } else {
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

fn facts_of(
    project: &Project,
    request: &Request,
    sinks: &[SinkSlot<'_>],
    old: Option<OldVersion>,
) -> Facts {
    let head = head_of(project, request, sinks);
    let mut run = RunFacts {
        title: project.title.clone(),
        modified: head.as_ref().is_some_and(|head| head.is_modified),
        commit: head.map(|head| head.commit),
        command: request.command.clone(),
        ..RunFacts::default()
    };
    run.say(request.title.as_ref(), &request.meta);
    Facts {
        version: env!("CARGO_PKG_VERSION").into(),
        today: crate::value::Days::day(project.today).to_text(),
        rule_files: project.rule_files.clone(),
        rules: facts::of_rules(&project.built.checks, &project.tags, &project.book),
        old,
        run,
    }
}

/// The commit of the working tree that holds the rules, where an output names it.
fn head_of(project: &Project, request: &Request, sinks: &[SinkSlot<'_>]) -> Option<Head> {
    let is_named = sinks.iter().any(|slot| slot.sink.is_document());
    if !request.names_commit || request.tree.is_some() || !is_named {
        return None;
    }
    let (_, files) = coverage::files(project);
    let paths: Vec<String> = files.into_iter().map(|file| file.path).collect();
    head(Path::new(&project.directory(request)), &paths)
}

fn begin(facts: &Facts, sinks: &mut [SinkSlot<'_>]) {
    sinks.iter_mut().for_each(|slot| slot.write(|s, out| s.begin(facts, out)));
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
        let cause = e.error.get_ref().and_then(|cause| cause.downcast_ref::<Malformed>());
        if let Some(Malformed { fault, span, words }) = cause {
            let help = words.help.as_deref().unwrap_or_default();
            let problem = Problem::new(fault, e.file, *span, words.message.clone());
            problems.push(problem.label(&words.label).help(format!("{help}{left_out}")));
            continue;
        }
        let (file, offset) = (paths(e.file), e.offset);
        let cannot = || match Files::addresses(&project.book, e.file) {
            // The error says where, in a file without bytes that mean anything.
            Some(_) => format!("`{file}` cannot be read: {}", e.error),
            None => format!("`{file}` cannot be read at byte {offset}: {}", e.error),
        };
        let (fault, message, help) = match e.error.kind() {
            std::io::ErrorKind::Interrupted => (
                &INTERRUPTED,
                format!("stopped at byte {offset} of `{file}`"),
                "what was found before is shown",
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

/// Runs the checks and gives their findings to the sinks.
fn judge(
    project: &Project,
    request: &Request,
    sinks: &mut [SinkSlot<'_>],
    outcome: &mut Outcome,
    problems: &mut Vec<Problem>,
) {
    let accepts = !project.allowances.is_empty() || !project.baseline.entries.is_empty();
    let gate = gate(request, sinks).accepting(accepts);
    let most_raw = gate.most_raw(request.max_per_check.filter(|_| sinks.iter().all(|s| s.capped)));
    let most = match project.book.old() {
        Some(_) => (None, usize::MAX),
        None => (most_raw, MOST),
    };
    with_job(project, request, most, |job| {
        let mut ran = run_engine(job);
        let raw = std::mem::take(&mut ran.raw);
        read_errors(project, &ran, job.paths, problems);
        let is_whole = request.rows.is_empty() && request.fingerprint.is_none();
        let has_exhibits = is_whole && sinks.iter().any(|slot| slot.sink.is_document());
        let maker = FindingMaker::new(job, &ran, &project.book)
            .accepting(&project.allowances)
            .renamed(&project.built.renames)
            .certifying(sinks.iter().any(|slot| slot.sink.is_document()))
            .with_exhibits(has_exhibits);
        let mut old = project.book.old().map(|s| Comparison::new(project, s, request, &maker));
        let facts = facts_of(project, request, sinks, old.as_ref().map(Comparison::facts));
        let changes = facts.old.iter().flat_map(|old| &old.rule_changes);
        outcome.rules_loosened = changes.filter(|change| change.loosens).count() > 0;
        begin(&facts, sinks);
        let gate = gate
            .comparing(old.as_mut().map(Comparison::take_findings))
            .counting_all(request.all)
            .only_reporting(reported(request, old.as_ref()));
        let given = Given { job, ran: &ran };
        let found = Found { project, request, given: &given, maker: &maker, old: old.as_ref() };
        if sinks.iter().any(|slot| slot.sink.is_document()) {
            outcome.summary.coverage.tables = coverage::tables(project, &ran);
        }
        if sinks.iter().any(|slot| slot.sink.lists_figures()) {
            outcome.summary.coverage.texts = figures::of_texts(project);
        }
        found.report(raw, (gate, sinks), outcome, problems);
    });
}

/// What was found, before it has words.
struct Found<'f, 'h, 'j> {
    project: &'f Project,
    request: &'f Request,
    given: &'f Given<'h, 'j>,
    maker: &'f FindingMaker<'h, 'j>,
    old: Option<&'f Comparison>,
}

impl Found<'_, '_, '_> {
    /// Gives all findings to the sinks, and counts them.
    fn report(
        &self,
        raw: Vec<Vec<RawFinding>>,
        (gate, sinks): (Gate, &mut [SinkSlot<'_>]),
        outcome: &mut Outcome,
        problems: &mut Vec<Problem>,
    ) {
        let Found { project, request, given, maker, old } = *self;
        let (job, ran) = (given.job, given.ran);
        let most_places = if sinks.iter().any(|s| !s.capped) { MOST } else { 1 };
        let mut counter = Counter::new(sinks, (gate, project), job.jobs, request.entries);
        let written = give_findings(project, given, maker, (raw, most_places), &mut counter);
        if written.written < written.all {
            problems.push(stopped(written.written, written.all));
        }
        if let Some(error) = job.memory.failure().get() {
            problems.push(Problem::nowhere(&SCRATCH_FAILED, scratch(error)).help(SCRATCH_HELP));
        }
        if let Some(old) = old {
            problems.extend(old.problems.clone());
            let (of_rows, of_checks) = old.lost(maker);
            counter.take(maker.under_former_names(of_rows));
            counter.whole(maker.under_former_names(of_checks));
        }
        outcome.is_whole = problems.is_empty() && is_whole(project, request, ran);
        counter.late(project.allowances.findings(outcome.is_whole));
        if counter.unconfirmed > 0 {
            problems.push(unconfirmed(counter.unconfirmed));
        }
        outcome.entries = std::mem::take(&mut counter.entries);
        problems.extend(unknown_rows(counter.gate.asked(), maker));
        let s = &mut outcome.summary;
        ([s.infos, s.warnings, s.errors], outcome.worst) = counter.gate.totals();
        (s.versions, s.accepted) = counter.gate.known();
        if let (Some(old), Some(findings)) = (old, counter.gate.old()) {
            s.take_past(old.past(given, maker, findings));
        }
        s.exhibits = maker.exhibits();
        s.spilled = job.memory.written();
        summarise(project, ran, &counter.gate, s);
        old.into_iter().for_each(|old| old.note_fewer(maker, &mut s.checks));
        let known = &counter.accepted_undecided;
        let counting = s.checks.iter().filter(|check| !known.contains(&check.id));
        outcome.undecided = match old.filter(|_| !request.all) {
            Some(old) => old.newly_undecided(counting, &reported(request, Some(old))),
            None => counting.map(|check| check.tally.undecided).sum(),
        };
    }
}

/// Whether all rules were asked for, and judged to the end: what was not found is not there then.
fn is_whole(project: &Project, request: &Request, ran: &Ran<'_>) -> bool {
    request.checks.is_empty()
        && request.rows.is_empty()
        && request.fingerprint.is_none()
        && !project.is_part
        && (0..project.built.checks.len()).all(|check| ran.is_complete(check))
}

/// Checks whose findings are shown and do not count.
fn reported(request: &Request, old: Option<&Comparison>) -> BTreeSet<String> {
    old.filter(|_| request.new_checks_report).map(Comparison::new_checks).unwrap_or_default()
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

/// Names among which the one that was perhaps meant is looked for.
const MOST_NAMES: usize = 10_000;

/// The rows that were asked for and are not there: nothing is left to be checked of them.
fn unknown_rows(asked: &Asked, maker: &FindingMaker<'_, '_>) -> Vec<Problem> {
    let rows: Vec<&str> = asked.without_findings().collect();
    if rows.is_empty() || !maker.has_all_rows() {
        return Vec::new();
    }
    // A combination is named by its parts.
    let mut sought: BTreeSet<&str> = rows.iter().flat_map(|row| row.split(';')).collect();
    sought.extend(&rows);
    let mut names = BTreeSet::new();
    maker.each_name(&mut |name| {
        sought.retain(|row| !is_same(row, name));
        if names.len() < MOST_NAMES && !names.contains(name) {
            names.insert(name.to_string());
        }
    });
    let is_lost =
        |row: &&str| sought.contains(row) && row.split(';').any(|part| sought.contains(part));
    let problem = |row: &str| {
        let message = format!("there is no row `{row}` in what is checked");
        let near = did_you_mean(row, names.iter().map(String::as_str));
        let help = near.map_or_else(
            || {
                "a row is named by its key, and a group by what makes it: --row 'region = North'"
                    .into()
            },
            |near| format!("did you mean `{near}`?"),
        );
        Problem::nowhere(&NO_CHECKS, message).help(help)
    };
    rows.into_iter().filter(is_lost).map(problem).collect()
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
