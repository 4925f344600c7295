//! The machine: the only way to its clock, its environment, its standard input, its temporary
//! files.

use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::files::tree::disk::{DiskFile, open_pipe};
use crate::source::{Bytes, Scratch, ScratchFile};

/// The machine that a run is on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl Machine {
    /// Today's date in UTC, days since 1970-01-01.
    pub fn today(self) -> i32 {
        let days = chrono::Utc::now().timestamp().div_euclid(86_400);
        i32::try_from(days).unwrap_or(i32::MAX)
    }

    /// How many threads it runs at once.
    pub fn cores(self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    /// How many directories lie above the working directory.
    pub fn depth(self) -> usize {
        std::env::current_dir().map_or(0, |d| d.components().count())
    }

    /// The working directory; empty where it is not known.
    pub fn directory(self) -> String {
        std::env::current_dir().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// All of standard input.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn standard_input(self) -> io::Result<Arc<dyn Bytes>> {
        spooled(io::stdin().lock())
    }

    /// All that another program writes into a pipe; waits for it to begin.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn pipe(self, path: &str) -> io::Result<Arc<dyn Bytes>> {
        spooled(open_pipe(path)?)
    }
}

/// Everything of a stream that can be read only once.
fn spooled(mut stream: impl Read) -> io::Result<Arc<dyn Bytes>> {
    let mut spool = Spool::default();
    io::copy(&mut stream, &mut spool)?;
    Ok(spool.finish())
}

/// Temporary files of the system, unlinked as they are made.
impl Scratch for Machine {
    fn file(&self) -> io::Result<Box<dyn ScratchFile>> {
        Ok(Box::new(DiskFile::empty(tempfile::tempfile()?)))
    }
}

/// Spooled texts up to this size stay in memory.
const IN_MEMORY: usize = 16 << 20;

/// Bytes put aside to be read at any place: in memory while few, else in an unlinked file.
#[derive(Debug, Default)]
pub struct Spool {
    memory: Vec<u8>,
    file: Option<DiskFile>,
}

impl Write for Spool {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.memory.len() + buf.len() > IN_MEMORY {
            let mut file = DiskFile::empty(tempfile::tempfile()?);
            file.append(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.append(buf)?,
            None => self.memory.extend_from_slice(buf),
        }
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool {
    /// What was put aside.
    pub fn finish(self) -> Arc<dyn Bytes> {
        match self.file {
            Some(file) => Arc::new(file),
            None => Arc::new(self.memory),
        }
    }
}
