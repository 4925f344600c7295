//! `crossfoot explain`.

use std::io;

use crossfoot::api::{describe_check, describe_topic, topics};
use crossfoot::render::{Format, Options, sink};
use crossfoot::source::did_you_mean;
use crossfoot::{Project, SinkSlot};

use super::args::{ExplainArgs, Global};
use super::output;
use super::status::{CLEAN, INCOMPLETE};

/// Prints all that a name stands for: a kind of finding, a check of the rules, a function, a key, a
/// finding; the exit status.
pub fn run(args: &ExplainArgs, global: &Global) -> u8 {
    let faults = crossfoot::faults();
    if let Some(fault) = faults.iter().find(|f| f.name == args.name) {
        return output::print(fault.page);
    }
    let project = Project::heads(&args.input.request());
    let meanings = [describe_check(&project, &args.name), describe_topic(&args.name)];
    let text = meanings.into_iter().flatten().collect::<Vec<_>>().join("\n");
    if !text.is_empty() {
        return output::print(&text);
    }
    if is_fingerprint(&args.name) {
        return finding(args, global);
    }
    let checks = project.built.checks.iter().map(|c| c.id.as_str());
    let names = faults.iter().map(|f| f.name).chain(checks).chain(topics());
    let help = did_you_mean(&args.name, names).map_or_else(
        || "`crossfoot list` lists the checks, docs/ the functions and keys".to_string(),
        |n| format!("did you mean `{n}`?"),
    );
    output::report(&format!(
        "error: there is no finding, check, function or key called `{}`\n  help: {help}\n",
        args.name
    ));
    INCOMPLETE
}

/// Whether a name is the fingerprint of a finding, or how one begins.
fn is_fingerprint(name: &str) -> bool {
    (8..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Runs the rules and prints the findings with a fingerprint, whole.
fn finding(args: &ExplainArgs, global: &Global) -> u8 {
    let mut request = args.input.request();
    request.fingerprint = Some(args.name.clone());
    let options = Options { quiet: true, ..output::options(global, true) };
    let mut slots = [SinkSlot {
        sink: sink(Format::Full, options),
        out: Box::new(io::BufWriter::new(io::stdout().lock())),
        capped: false,
        error: None,
    }];
    let outcome = crossfoot::run(&request, &mut slots);
    if outcome.summary.has_findings() {
        return CLEAN;
    }
    output::report(&format!(
        "error: no finding of these rules has the fingerprint {}\n  help: the figures may have been mended, or the finding is of other rules: name them with --config\n",
        args.name
    ));
    INCOMPLETE
}
