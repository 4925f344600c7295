//! `crossfoot list`.

use crossfoot::Project;
use crossfoot::render::words;

use super::args::{Global, ListArgs};
use super::output;
use super::status::INCOMPLETE;

/// Lists checks and tables, or the plan; the exit status.
pub fn run(args: &ListArgs, _: &Global) -> u8 {
    let mut request = args.input.request();
    request.paths.clone_from(&args.paths);
    let project = Project::heads(&request);
    let mut text = String::new();
    if args.allowed {
        text.push_str(&crossfoot::api::allowed(&project));
    } else if args.plan {
        text.push_str(&crossfoot::api::plan(&project));
    } else {
        text.push_str(&crossfoot::api::list(&project));
    }
    let printed = output::print(&text);
    for p in &project.problems {
        output::report(&words::problem_line(p, &project.book));
    }
    if project.problems.is_empty() { printed } else { INCOMPLETE }
}
