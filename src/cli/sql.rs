//! `crossfoot sql`.

use crossfoot::Project;
use crossfoot::render::words;

use super::args::{Global, SqlArgs};
use super::output;
use super::status::INCOMPLETE;

/// Prints what would be sent to a database; the exit status.
pub fn run(args: &SqlArgs, _: &Global) -> u8 {
    let mut request = args.input.request();
    request.checks.extend(args.checks.iter().cloned());
    let project = Project::heads(&request);
    for p in &project.problems {
        output::report(&words::problem_line(p, &project.book));
    }
    if project.is_broken() {
        return INCOMPLETE;
    }
    let print = if args.plan { crossfoot::api::where_it_runs } else { crossfoot::api::sql };
    let printed = output::print(&print(&project, &args.dialect));
    if project.problems.is_empty() { printed } else { INCOMPLETE }
}
