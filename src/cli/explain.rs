//! `crossfoot explain`.

use crossfoot::Project;
use crossfoot::api::{describe_check, describe_topic, topics};
use crossfoot::source::did_you_mean;

use super::args::{ExplainArgs, Global};
use super::output;
use super::status::INCOMPLETE;

/// Prints all that a name stands for: a kind of finding, a check of the rules, a function, a key;
/// the exit status.
pub fn run(args: &ExplainArgs, _: &Global) -> u8 {
    let faults = crossfoot::faults();
    if let Some(fault) = faults.iter().find(|f| f.name == args.name) {
        return output::print(fault.page);
    }
    let project = Project::open(&args.input.request());
    let meanings = [describe_check(&project, &args.name), describe_topic(&args.name)];
    let text = meanings.into_iter().flatten().collect::<Vec<_>>().join("\n");
    if !text.is_empty() {
        return output::print(&text);
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
