//! `crossfoot init`.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crossfoot::Request;
use crossfoot::api::{InitRequest, init};

use super::args::{Global, InitArgs};
use super::output;
use super::status::{CLEAN, INCOMPLETE};

/// Writes a first rule file; the exit status.
pub fn run(args: &InitArgs, global: &Global) -> u8 {
    if is_refused(args.output.as_ref()) {
        return INCOMPLETE;
    }
    let request =
        Request { max_inflate: args.max_inflate, root: args.root.clone(), ..Request::default() };
    let files = args.files.iter().map(|path| from_here(path)).collect();
    let ask = InitRequest { files, output: args.output.clone() };
    let proposed = match init(&request, &ask) {
        Ok(proposed) => proposed,
        Err(text) => {
            output::report(&text);
            return INCOMPLETE;
        }
    };
    let remarks: String = proposed.remarks.iter().map(|r| format!("{r}\n")).collect();
    put(args.output.as_deref(), &proposed.text, &remarks, global)
}

/// A path below the working directory as it is seen from there: rules are read on other machines too.
fn from_here(path: &str) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_ref().and_then(|here| Path::new(path).strip_prefix(here).ok()?.to_str());
    below.filter(|below| !below.is_empty()).unwrap_or(path).to_string()
}

/// Whether a file that is to be written is there already, which is said.
pub fn is_refused(path: Option<&String>) -> bool {
    let there = path.filter(|path| std::fs::symlink_metadata(path).is_ok());
    there.map(|path| refuse(path)).is_some()
}

/// Writes rules to a file that is not there yet, or to standard output; the exit status.
pub fn put(path: Option<&str>, text: &str, remarks: &str, global: &Global) -> u8 {
    let Some(path) = path else { return output::print(text) };
    match write(path, text) {
        Ok(()) if global.quiet => CLEAN,
        Ok(()) => {
            output::report(&format!("{remarks}wrote {path}\n"));
            CLEAN
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => refuse(path),
        Err(e) => {
            output::failed(path, &e);
            INCOMPLETE
        }
    }
}

/// Writes a file that is not there yet, whole or not at all.
fn write(path: &str, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
    if written.is_err() {
        // What is half written would be taken for the rules.
        let _ = std::fs::remove_file(path);
    }
    written
}

fn refuse(path: &str) -> u8 {
    output::report(&format!(
        "error[output-failed]: `{path}` exists, and is not overwritten\n  help: name another file with -o, or look at the rules first: leave -o out\n"
    ));
    INCOMPLETE
}
