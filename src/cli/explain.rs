//! `crossfoot explain`.

use crossfoot::Project;
use crossfoot::source::did_you_mean;

use super::args::{ExplainArgs, Global};
use super::output;
use super::status::INCOMPLETE;

/// Prints the page of a built-in name, or what a check says; the exit status.
pub fn run(args: &ExplainArgs, _: &Global) -> u8 {
    let faults = crossfoot::faults();
    if let Some(fault) = faults.iter().find(|f| f.name == args.name) {
        return output::print(fault.page);
    }
    let project = Project::open(&args.input.request());
    if let Some(text) = crossfoot::api::describe(&project, &args.name) {
        return output::print(&text);
    }
    let checks: Vec<String> = project.built.checks.iter().map(|c| c.id.clone()).collect();
    let names = faults.iter().map(|f| f.name).chain(checks.iter().map(String::as_str));
    let help = did_you_mean(&args.name, names).map_or_else(
        || "`crossfoot list` lists the checks".to_string(),
        |n| format!("did you mean `{n}`?"),
    );
    output::report(&format!(
        "error: there is no finding or check called `{}`\n  help: {help}\n",
        args.name
    ));
    INCOMPLETE
}
