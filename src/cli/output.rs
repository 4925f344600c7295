//! Where output goes: standard output, files that appear whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crossfoot::files::tree::disk::{Outlet, temporary_beside};
use crossfoot::render::{Format, Options};
use crossfoot::report::text::printable;
use tempfile::TempPath;

use super::args::{Global, When};
use super::outlet;
use super::status::{CLEAN, INCOMPLETE};

/// Whether standard output is a terminal.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Why a report cannot go to standard output.
pub fn unshown(formats: &[(Format, Option<String>)]) -> Option<String> {
    let to_stdout: Vec<Format> = formats.iter().filter(|f| f.1.is_none()).map(|f| f.0).collect();
    let name = to_stdout.iter().find(|format| format.is_binary())?.row().name;
    let why = match to_stdout.len() {
        1 if !stdout_is_terminal() => return None,
        1 => "a terminal cannot show it",
        _ => "nothing else can follow it on standard output",
    };
    Some(format!(
        "error[output-failed]: `{name}` is no text, and {why}\n  help: write it to a file: --format {name}=report.{name}\n"
    ))
}

/// What standard output can show.
pub fn options(global: &Global, verbose: bool) -> Options {
    let is_terminal = stdout_is_terminal();
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let is_dumb = variable("TERM").is_some_and(|t| t == "dumb");
    let color = match global.color {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal && !is_dumb && variable("NO_COLOR").is_none(),
    };
    let said = variable("COLUMNS").and_then(|c| c.parse().ok());
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(w, _)| usize::from(w.0));
    Options {
        color,
        width: said.or_else(terminal).map_or(UNKNOWN_WIDTH, |columns: usize| columns.max(40)),
        wraps: is_terminal,
        ascii: is_dumb || !is_utf8(&variable),
        verbose,
        quiet: global.quiet,
        omits_accepted: false,
    }
}

/// The file that GitHub shows as the summary of a job.
pub fn job_summary() -> Option<String> {
    std::env::var("GITHUB_STEP_SUMMARY").ok().filter(|path| !path.is_empty())
}

/// What is written to standard output in one piece, at the end.
#[derive(Default)]
pub struct Collected(Vec<u8>);

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(&std::mem::take(&mut self.0))?;
        out.flush()
    }
}

/// Columns where nobody says how many there are.
const UNKNOWN_WIDTH: usize = 80;

/// Whether the locale has more than ASCII: by the first variable that decides it.
fn is_utf8(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| variable(name));
    locale.is_none_or(|l| {
        let l = l.to_ascii_lowercase();
        l.contains("utf-8") || l.contains("utf8") || !(l.contains('.') || l == "c" || l == "posix")
    })
}

/// Prints to standard output; a closed pipe ends quietly.
pub fn print(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => CLEAN,
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => INCOMPLETE,
        Err(e) => {
            failed_to_print(&e);
            INCOMPLETE
        }
    }
}

/// Writes to standard error; there is nowhere to complain if that fails.
pub fn report(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Says that a file cannot be written.
pub fn failed(path: &str, e: &io::Error) {
    let path = printable(path);
    report(&format!("error[output-failed]: `{path}` cannot be written: {e}\n"));
}

fn failed_to_print(e: &io::Error) {
    report(&format!("error[output-failed]: standard output cannot be written: {e}\n"));
}

/// Whether no file would be written twice; says which one would.
pub fn are_distinct<'p>(paths: impl Iterator<Item = &'p str>) -> bool {
    let mut seen = Vec::new();
    for path in paths {
        let real = Outlet::of(Path::new(path)).ok();
        let is_same = |(p, r): &(&str, Option<Outlet>)| *p == path || (r.is_some() && *r == real);
        if seen.iter().any(is_same) {
            let path = printable(path);
            report(&format!("error[output-failed]: two outputs would be written to `{path}`\n"));
            return false;
        }
        seen.push((path, real));
    }
    true
}

/// A file beside a report that may show only some findings: it is kept where that is so.
pub struct Beside {
    /// The number of the output that is the report.
    pub report: usize,
    /// The number of the output that writes all findings.
    pub all: usize,
    target: Target,
}

/// The path of a file beside a report: `report.html` has `report.findings.jsonl`.
fn path_beside(report: &str) -> Option<PathBuf> {
    let is_file = matches!(Outlet::of(Path::new(report)), Ok(Outlet::File(_)));
    is_file.then(|| Path::new(report).with_extension("findings.jsonl"))
}

impl Beside {
    /// Opens the file beside a report, and gives its name and where to write; nothing where the report
    /// is no regular file.
    ///
    /// # Errors
    /// Why it cannot be written, which is reported.
    pub fn open<'p>(
        report: usize,
        path: &str,
        others: impl Iterator<Item = &'p str>,
    ) -> Result<Option<(Beside, String, BufWriter<File>)>, ()> {
        let Some(beside) = path_beside(path) else { return Ok(None) };
        let name = beside.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let beside = beside.to_string_lossy();
        let others: Vec<&str> = others.collect();
        if !are_distinct(others.into_iter().chain([&*beside])) {
            return Err(());
        }
        match Target::open(&beside) {
            Ok((target, file)) => {
                Ok(Some((Beside { report, all: report + 1, target }, name, file)))
            }
            Err(e) => {
                failed(&beside, &e);
                Err(())
            }
        }
    }
}

/// Keeps the files beside reports that do not show all findings, and says so; the others are taken
/// away. `held_back` says how many findings an output does not show.
pub fn keep(
    besides: Vec<Beside>,
    held_back: impl Fn(usize) -> u64,
    errors: &mut [Option<io::Error>],
    targets: &mut Vec<(usize, Target)>,
) -> String {
    let mut lines = String::new();
    for Beside { report, all, target } in besides {
        match held_back(report) {
            0 => {
                // A file that is not wanted may fail; where it cannot be taken away it stays.
                let _ = target.close(false);
                errors.get_mut(all).map(Option::take);
            }
            n => {
                let path = printable(&target.path);
                lines.push_str(&format!("{n} findings are not in the report: `{path}` has all\n"));
                targets.push((all, target));
            }
        }
    }
    lines
}

/// Puts output files in their places, each of which belongs to an output that may have failed;
/// whether all was written.
pub fn close(
    mut errors: Vec<Option<io::Error>>,
    targets: Vec<(usize, Target)>,
    inputs: &[String],
) -> bool {
    let mut good = true;
    for (slot, target) in targets {
        let path = target.path.clone();
        let error = errors.get_mut(slot).and_then(Option::take);
        let error = error.or_else(|| target.replaces(inputs));
        let closed = target.close(error.is_none());
        if let Some(e) = error.or(closed.err()) {
            failed(&path, &e);
            good = false;
        }
    }
    for e in errors.into_iter().flatten() {
        good = false;
        if e.kind() != io::ErrorKind::BrokenPipe {
            failed_to_print(&e);
        }
    }
    good
}

/// Temporary files that are being written.
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Takes away what is being written: the run ends here.
pub fn abandon() {
    for temporary in OPEN.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = std::fs::remove_file(temporary);
    }
}

/// A file that takes its place only when it is complete.
pub struct Target {
    /// The path as it was asked for.
    pub path: String,
    /// The file that will be replaced, and the one that replaces it.
    replaced: Option<(PathBuf, TempPath)>,
}

impl Target {
    /// Opens a file for writing: a temporary one beside what links lead to, or the thing itself where
    /// that is no regular file or is open already.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn open(path: &str) -> io::Result<(Target, BufWriter<File>)> {
        let in_place = |place: &Path, descriptor| {
            let file = outlet::open(place, descriptor)?;
            Ok((Target { path: path.to_string(), replaced: None }, BufWriter::new(file)))
        };
        match Outlet::of(Path::new(path))? {
            Outlet::InPlace(place) => in_place(&place, None),
            Outlet::Descriptor(number, place) => in_place(&place, Some(&number)),
            Outlet::File(real) => {
                let (file, temporary) = temporary_beside(&real)?.into_parts();
                OPEN.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.to_path_buf());
                let replaced = Some((real, temporary));
                Ok((Target { path: path.to_string(), replaced }, BufWriter::new(file)))
            }
        }
    }

    /// Opens a file for writing after what is in it.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn append(path: &str) -> io::Result<(Target, BufWriter<File>)> {
        let file = File::options().append(true).create(true).open(path)?;
        Ok((Target { path: path.to_string(), replaced: None }, BufWriter::new(file)))
    }

    /// Why it must not take its place: it is a file that the run has read.
    pub fn replaces(&self, inputs: &[String]) -> Option<io::Error> {
        let own = std::fs::canonicalize(&self.path).ok().filter(|_| self.replaced.is_some())?;
        let is_input =
            inputs.iter().any(|input| std::fs::canonicalize(input).is_ok_and(|i| i == own));
        is_input.then(|| io::Error::other("it is an input of this run and was left unchanged"))
    }

    /// Puts the file in its place, or takes it away where writing failed.
    ///
    /// # Errors
    /// Why it cannot be put in its place.
    pub fn close(self, good: bool) -> io::Result<()> {
        let Some((real, temporary)) = self.replaced else { return Ok(()) };
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).retain(|t| *t != *temporary);
        if good { temporary.persist(real).map_err(|e| e.error) } else { temporary.close() }
    }
}
