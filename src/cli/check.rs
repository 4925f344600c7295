//! `crossfoot check`.

use std::fs::File;
use std::io;

use crossfoot::render::{Format, Options, sink, words};
use crossfoot::report::text::printable;
use crossfoot::{Outcome, Request, Since, SinkSlot};

use super::args::{CheckArgs, Global, NewChecks};
use super::fix;
use super::output::{self, Beside, Collected, Target};
use super::progress::Progress;
use super::status::{CLEAN, FOUND, INCOMPLETE};

/// Runs the checks: the exit status, and the files that were read; none where nothing could be run.
/// `again` is the command that runs them again.
pub fn run(args: &CheckArgs, global: &Global, again: &str) -> (u8, Option<Vec<String>>) {
    let formats = formats(args);
    if let Some(error) = args.wrong_fail_on() {
        output::report(&error);
        return (INCOMPLETE, None);
    }
    let mut request = request(args);
    let fixed = match args.fix {
        true if args.diff => return (fix::show(&request, global.quiet), None),
        true => fix::write(&request, global.quiet),
        false => CLEAN,
    };
    if fixed == INCOMPLETE {
        return (INCOMPLETE, None);
    }
    let Some(Outputs { mut slots, mut targets, besides }) = outputs(&formats, args, global) else {
        return (INCOMPLETE, None);
    };
    request.command = Some(again.to_string());
    request.names_commit = true;
    let progress = Progress::start(!global.quiet);
    request.watcher = Some(progress.watcher());
    let outcome = crossfoot::run(&request, &mut slots);
    drop(progress);
    let held_back: Vec<u64> = slots.iter().map(|slot| slot.sink.held_back()).collect();
    let mut errors: Vec<_> = slots.into_iter().map(|slot| slot.error).collect();
    let kept = output::keep(besides, |n| held_back[n], &mut errors, &mut targets);
    let written = output::close(errors, targets, &outcome.files);
    if !formats.iter().any(|f| f.0.row().writes_problems) {
        outcome.problem_lines.iter().for_each(|line| output::report(line));
    }
    if !global.quiet {
        output::report(&kept);
    }
    let is_printed = formats.contains(&(Format::Full, None)) || !args.row.is_empty();
    report(&outcome, args, global.quiet, is_printed);
    let status = if !written || !outcome.problems.is_empty() {
        INCOMPLETE
    } else if fixed == FOUND || args.fails(&outcome) {
        FOUND
    } else if outcome.summary.has_unjudged() {
        // Whatever is accepted: that nothing was found there says nothing.
        INCOMPLETE
    } else {
        CLEAN
    };
    (status, Some(outcome.files))
}

/// What is written, and where.
fn formats(args: &CheckArgs) -> Vec<(Format, Option<String>)> {
    let asked = args.format.iter().cloned();
    let all: Vec<_> = asked.chain(args.diff.then_some((Format::Diff, None))).collect();
    if all.is_empty() { vec![(Format::Full, None)] } else { all }
}

fn request(args: &CheckArgs) -> Request {
    let mut request = args.input.request();
    request.paths.clone_from(&args.paths);
    request.no_rules = args.no_rules;
    request.since = since(args);
    request.no_baseline = args.no_baseline;
    request.rows.clone_from(&args.row);
    request.max_per_check = (args.max_per_check > 0).then_some(args.max_per_check);
    request.chunk = args.chunk;
    request.hash_all = args.hash_all;
    request.jobs = args.jobs;
    request.memory = args.memory;
    request.exact = args.exact;
    request.all = args.all;
    request.new_checks_report = args.new_checks == NewChecks::Report;
    request.block = args.block;
    request.title.clone_from(&args.about.title);
    request.meta.clone_from(&args.about.meta);
    request
}

fn since(args: &CheckArgs) -> Option<Since> {
    let given = [(&args.since, false), (&args.since_exact, true)];
    let given = given.into_iter().find_map(|(text, exact)| Some((text.clone()?, exact)));
    given.map(|(reference, exact)| Since { reference, exact })
}

/// Where the report goes: a slot for each format, the files behind some of them, and files beside
/// those.
#[derive(Default)]
struct Outputs {
    slots: Vec<SinkSlot<'static>>,
    targets: Vec<(usize, Target)>,
    besides: Vec<Beside>,
}

/// Opens the outputs; none where one cannot be written, which is reported.
fn outputs(
    formats: &[(Format, Option<String>)],
    args: &CheckArgs,
    global: &Global,
) -> Option<Outputs> {
    let destinations = destinations(formats);
    if !are_possible(formats, &destinations, args) {
        return None;
    }
    let is_whole = args.verbose || !args.row.is_empty();
    let quiet = global.quiet || !args.row.is_empty();
    let on_terminal = Options { quiet, ..output::options(global, is_whole) };
    let in_file = Options { color: false, wraps: false, ascii: false, ..on_terminal };
    let mut outputs = Outputs::default();
    let Outputs { slots, targets, besides } = &mut outputs;
    let mut is_taken = false;
    for (format, wanted) in destinations {
        let options = if wanted == To::Stdout { on_terminal } else { in_file };
        let out: Box<dyn io::Write> = match wanted {
            // A second report follows the first one whole.
            To::Stdout if std::mem::replace(&mut is_taken, true) => Box::new(Collected::default()),
            To::Stdout => Box::new(io::BufWriter::new(io::stdout().lock())),
            To::File(ref path) => file(Target::open(path), path, slots.len(), targets)?,
            To::End(ref path) => file(Target::append(path), path, slots.len(), targets)?,
        };
        let options = Options { omits_accepted: args.omits_accepted(format), ..options };
        let (mut made, capped) = (sink(format, options), !format.row().complete);
        let mut all = None;
        if let To::File(path) = &wanted
            && made.is_limited()
            && let Some((beside, name, file)) =
                Beside::open(slots.len(), path, paths(formats)).ok()?
        {
            made.set_beside(&name);
            besides.push(beside);
            all = Some(SinkSlot {
                sink: sink(Format::Jsonl, options),
                out: Box::new(file),
                capped: false,
                error: None,
            });
        }
        slots.push(SinkSlot { sink: made, out, capped, error: None });
        slots.extend(all);
    }
    Some(outputs)
}

/// The file of the output with this number; none where it cannot be written, which is reported.
fn file(
    opened: io::Result<(Target, io::BufWriter<File>)>,
    path: &str,
    output: usize,
    targets: &mut Vec<(usize, Target)>,
) -> Option<Box<dyn io::Write>> {
    let opened = opened.map_err(|e| output::failed(path, &e));
    let (target, file) = opened.ok()?;
    targets.push((output, target));
    Some(Box::new(file))
}

fn paths(formats: &[(Format, Option<String>)]) -> impl Iterator<Item = &str> {
    formats.iter().filter_map(|f| f.1.as_deref())
}

/// Whether the outputs can be written as they are asked for; says why not.
fn are_possible(
    formats: &[(Format, Option<String>)],
    destinations: &[(Format, To)],
    args: &CheckArgs,
) -> bool {
    if !output::are_distinct(paths(formats)) {
        return false;
    }
    if let Some(error) = output::unshown(formats) {
        output::report(&error);
        return false;
    }
    let is_written = |format: Format| destinations.iter().any(|(f, _)| *f == format);
    let unused = args.accepted.iter().filter_map(|a| a.0).find(|f| !is_written(*f));
    if let Some(format) = unused {
        let name = format.row().name;
        output::report(&format!(
            "error: `--accepted {name}=` is about a report that is not written: add `--format {name}`\n"
        ));
    }
    unused.is_none()
}

/// Where a report goes.
#[derive(PartialEq, Eq)]
enum To {
    Stdout,
    File(String),
    /// After what is in the file.
    End(String),
}

/// The formats that were asked for, and the summary of a job of GitHub beside its annotations.
fn destinations(formats: &[(Format, Option<String>)]) -> Vec<(Format, To)> {
    let asked = formats.iter().map(|(f, path)| (*f, path.clone().map_or(To::Stdout, To::File)));
    let summary = output::job_summary().filter(|_| formats.iter().any(|f| f.0 == Format::Github));
    asked.chain(summary.map(|path| (Format::Markdown, To::End(path)))).collect()
}

/// What the report on standard output does not say, on standard error.
fn report(outcome: &Outcome, args: &CheckArgs, is_quiet: bool, is_printed: bool) {
    if args.statistics {
        output::report(&words::statistics(&outcome.summary));
    }
    if !is_quiet {
        for line in &outcome.chosen_rules {
            output::report(&format!("{}\n", printable(line)));
        }
    }
    if !args.row.is_empty() && !outcome.summary.has_findings() && outcome.problems.is_empty() {
        let text = format!("no finding of row `{}`", args.row.join("`, `"));
        output::report(&format!("{}\n", printable(&text)));
    }
    if !is_quiet && !is_printed {
        output::report(&words::summary(&outcome.summary));
        if let Some(counts) = &outcome.summary.versions {
            output::report(&words::compared(counts, "the old version"));
            output::report(&words::fewer_judged(&outcome.summary));
        }
        output::report(&words::held_back(&outcome.summary));
    }
}
