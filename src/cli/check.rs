//! `crossfoot check`.

use std::io;

use crossfoot::render::{Format, Options, sink, words};
use crossfoot::{Outcome, SinkSlot};

use super::args::{CheckArgs, Global};
use super::output::{self, Target};
use super::progress::Progress;
use super::status::{CLEAN, FOUND, INCOMPLETE};

/// Runs the checks; the exit status.
pub fn run(args: &CheckArgs, global: &Global) -> u8 {
    let mut request = args.input.request();
    request.paths.clone_from(&args.paths);
    request.max_per_check = (args.max_per_check > 0).then_some(args.max_per_check);
    request.chunk = args.chunk;
    request.jobs = args.jobs;
    request.memory = args.memory;
    request.exact = args.exact;
    request.block = args.block;
    let formats =
        if args.format.is_empty() { vec![(Format::Full, None)] } else { args.format.clone() };
    let color = output::color(global, output::stdout_is_terminal());
    let options = Options { color, width: output::width() };
    if let Some(path) = formats.iter().enumerate().find_map(|(n, f)| {
        f.1.as_ref().filter(|p| formats[..n].iter().any(|g| g.1.as_ref() == Some(*p)))
    }) {
        output::tell(&format!("error[output-failed]: two outputs would be written to `{path}`\n"));
        return INCOMPLETE;
    }
    let mut targets = Vec::new();
    let mut slots = Vec::new();
    for (format, path) in &formats {
        let out: Box<dyn io::Write> = match path {
            None => Box::new(io::BufWriter::new(io::stdout().lock())),
            Some(path) => match Target::open(path) {
                Ok((target, file)) => {
                    targets.push((slots.len(), target));
                    Box::new(file)
                }
                Err(e) => {
                    output::tell(&format!(
                        "error[output-failed]: `{path}` cannot be written: {e}\n"
                    ));
                    return INCOMPLETE;
                }
            },
        };
        let plain = Options { color: color && path.is_none(), ..options };
        slots.push(SinkSlot {
            sink: sink(*format, plain),
            out,
            capped: !format.row().complete,
            error: None,
        });
    }
    let progress = Progress::start(!global.quiet);
    request.watcher = Some(progress.watcher());
    let outcome = crossfoot::run(&request, &mut slots);
    drop(progress);
    let written = close(slots, targets, &outcome.files);
    if !formats.iter().any(|f| f.0.row().writes_problems) {
        outcome.told.iter().for_each(|line| output::tell(line));
    }
    report(&outcome, args, global);
    if !written || !outcome.problems.is_empty() {
        INCOMPLETE
    } else if args.fail_on.fails(outcome.worst) {
        FOUND
    } else {
        CLEAN
    }
}

/// Puts output files in their places; whether all was written.
fn close(slots: Vec<SinkSlot<'_>>, targets: Vec<(usize, Target)>, inputs: &[String]) -> bool {
    let mut good = true;
    let mut errors: Vec<Option<io::Error>> = slots.into_iter().map(|s| s.error).collect();
    for (slot, target) in targets {
        let path = target.path.clone();
        let error = errors[slot].take().or_else(|| target.replaces(inputs));
        let closed = target.close(error.is_none());
        if let Some(e) = error.or(closed.err()) {
            output::tell(&format!("error[output-failed]: `{path}` cannot be written: {e}\n"));
            good = false;
        }
    }
    for e in errors.into_iter().flatten() {
        good = false;
        if e.kind() != io::ErrorKind::BrokenPipe {
            output::tell(&format!(
                "error[output-failed]: standard output cannot be written: {e}\n"
            ));
        }
    }
    good
}

/// Problems and the summary, on standard error.
fn report(outcome: &Outcome, args: &CheckArgs, global: &Global) {
    if args.statistics {
        output::tell(&words::statistics(&outcome.summary));
    }
    if !global.quiet {
        output::tell(&words::summary(&outcome.summary));
    }
}
