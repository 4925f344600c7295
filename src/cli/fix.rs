//! `crossfoot check --fix`: cells are written in the form that the rules declare.

use crossfoot::render::words::count;
use crossfoot::{Fixed, Request};

use super::output;
use super::progress::Progress;
use super::status::{CLEAN, FOUND, INCOMPLETE};

/// Fixes what can be fixed, and lists it on standard error; the exit status by what was done.
pub fn write(request: &Request, is_quiet: bool) -> u8 {
    let fixed = run(request, true, is_quiet);
    let lines = |word: &str, all: &[String]| -> String {
        all.iter().map(|line| format!("{word} {line}\n")).collect()
    };
    let Fixed { changed, refused, .. } = &fixed;
    output::report(&lines("fixed", changed));
    let is_refused_whole = changed.is_empty() && !fixed.problem_lines.is_empty();
    if !is_quiet && !is_refused_whole {
        output::report(&lines("not fixed", refused));
        let cells = |n: usize| count(n as u64, "cell", "cells");
        let said = match (changed.len(), refused.len()) {
            (0, 0) => "nothing to fix".to_string(),
            (done, 0) => format!("{} fixed", cells(done)),
            (done, not) => format!("{} fixed, {not} not", cells(done)),
        };
        output::report(&format!("{said}\n\n"));
    }
    status(&fixed)
}

/// Prints what would be fixed as a patch, and writes nothing; the exit status.
pub fn show(request: &Request, is_quiet: bool) -> u8 {
    let fixed = run(request, false, is_quiet);
    let printed = output::print(&String::from_utf8_lossy(&fixed.patch));
    printed.max(match fixed.refused.is_empty() {
        true => status(&fixed),
        false => status(&fixed).max(FOUND),
    })
}

/// Fixes, or finds what would be fixed; what kept it from being done stands on standard error.
fn run(request: &Request, writes: bool, is_quiet: bool) -> Fixed {
    let progress = Progress::start(!is_quiet);
    let request = Request { watcher: Some(progress.watcher()), ..request.clone() };
    let fixed = crossfoot::fix(&request, writes);
    drop(progress);
    fixed.problem_lines.iter().for_each(|line| output::report(line));
    fixed
}

fn status(fixed: &Fixed) -> u8 {
    if !fixed.problem_lines.is_empty() {
        INCOMPLETE
    } else if fixed.changed.is_empty() {
        CLEAN
    } else {
        FOUND
    }
}
