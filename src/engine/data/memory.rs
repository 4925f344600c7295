//! How much memory keys and groups may take, and where they go beyond it.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::source::{Scratch, ScratchFile};

/// Bytes that a run needs beside keys and groups: code, rules, and blocks for each worker.
const BASE: u64 = 8 << 20;
const EACH_WORKER: u64 = 2 << 20;

/// The error of a temporary file, unlike those of data.
pub fn scratch_failed(error: io::Error) -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, error.to_string())
}

/// What cannot go to a temporary file may always take so many bytes.
pub const LEAST: u64 = 64 << 10;

/// The memory of a run.
pub struct Memory<'m> {
    /// Bytes for what grows with keys and groups; none: as many as it takes.
    limit: Option<u64>,
    /// What states that are filled hold.
    held: AtomicU64,
    scratch: &'m dyn Scratch,
    /// Bytes that were written to temporary files.
    written: AtomicU64,
    /// The first time that a temporary file failed.
    failure: Failure,
}

/// Where the first failure of a temporary file is noted.
pub type Failure = Arc<OnceLock<io::Error>>;

impl<'m> Memory<'m> {
    /// A run of so many workers that may take `size` bytes in all.
    pub fn new(size: Option<u64>, jobs: usize, scratch: &'m dyn Scratch) -> Memory<'m> {
        let limit = size.map(|size| {
            (size.saturating_sub(BASE + EACH_WORKER * jobs as u64) / 3 * 2).max(size / 4)
        });
        Memory {
            limit,
            held: AtomicU64::new(0),
            scratch,
            written: AtomicU64::new(0),
            failure: Failure::default(),
        }
    }

    /// Bytes that each of `among` may hold; none: as many as it takes.
    pub fn share(&self, among: usize) -> Option<u64> {
        let free =
            |limit: u64| limit.saturating_sub(self.held.load(Ordering::Relaxed)).max(limit / 8);
        self.limit.map(|limit| free(limit) / among.max(1) as u64)
    }

    /// Notes what a filled state goes on to hold.
    pub fn hold(&self, bytes: u64) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes of a chunk: where memory is little, what is under way must be, too.
    pub fn chunk(&self, usual: u64) -> u64 {
        self.limit.map_or(usual, |limit| usual.min((limit / 256).max(128 << 10)))
    }

    /// A new temporary file.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn file(&self) -> io::Result<Box<dyn ScratchFile>> {
        self.scratch.file()
    }

    /// Counts bytes written to temporary files.
    pub fn wrote(&self, bytes: u64) {
        self.written.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes written to temporary files.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Where the first failure is noted.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }
}
