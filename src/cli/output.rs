//! Where output goes: standard output, files that appear whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crossfoot::files::tree::disk::temporary_beside;
use tempfile::TempPath;

use super::args::{Global, When};
use super::status::{CLEAN, INCOMPLETE};

/// Whether to use colour on a stream.
pub fn color(global: &Global, terminal: bool) -> bool {
    match global.color {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    }
}

/// Columns to draw in: what `COLUMNS` says, those of the terminal, or 100.
pub fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(w, _)| usize::from(w.0));
    said.or_else(terminal).map_or(100, |columns| columns.max(40))
}

/// Whether standard output is a terminal.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Prints to standard output; a closed pipe ends quietly.
pub fn print(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => CLEAN,
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => INCOMPLETE,
        Err(e) => {
            report(&format!("error[output-failed]: standard output cannot be written: {e}\n"));
            INCOMPLETE
        }
    }
}

/// Writes to standard error; there is nowhere to complain if that fails.
pub fn report(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
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
    temporary: Option<TempPath>,
}

impl Target {
    /// Opens a file for writing: a temporary one beside it, or the thing itself where it is no
    /// regular file.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn open(path: &str) -> io::Result<(Target, BufWriter<File>)> {
        let special = std::fs::metadata(path).is_ok_and(|m| !m.is_file());
        if special {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok((Target { path: path.to_string(), temporary: None }, BufWriter::new(file)));
        }
        let (file, temporary) = temporary_beside(Path::new(path))?.into_parts();
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.to_path_buf());
        Ok((Target { path: path.to_string(), temporary: Some(temporary) }, BufWriter::new(file)))
    }

    /// Why it must not take its place: it is a file that the run has read.
    pub fn replaces(&self, inputs: &[String]) -> Option<io::Error> {
        let own = std::fs::canonicalize(&self.path).ok().filter(|_| self.temporary.is_some())?;
        let is_input =
            inputs.iter().any(|input| std::fs::canonicalize(input).is_ok_and(|i| i == own));
        is_input.then(|| io::Error::other("it is an input of this run and was left unchanged"))
    }

    /// Puts the file in its place, or takes it away where writing failed.
    ///
    /// # Errors
    /// Why it cannot be put in its place.
    pub fn close(self, good: bool) -> io::Result<()> {
        let Some(temporary) = self.temporary else { return Ok(()) };
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).retain(|t| *t != *temporary);
        if good { temporary.persist(&self.path).map_err(|e| e.error) } else { temporary.close() }
    }
}
