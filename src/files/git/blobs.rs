//! Contents of files by their number in git.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::files::git::run::{Dialogue, Git};
use crate::files::git::store::Store;
use crate::files::tree::disk::Disk;
use crate::source::tree::Tree;
use crate::source::{Bytes, Problem};

/// A pointer is not longer.
const LONGEST_POINTER: u64 = 1 << 10;

/// The contents that a repository holds, and those that Git LFS keeps beside it.
#[derive(Debug)]
pub struct Blobs {
    git: Git,
    /// Where Git LFS keeps contents.
    lfs: PathBuf,
    reader: Mutex<Reader>,
}

/// The process that is asked, and what it gave.
#[derive(Debug, Default)]
struct Reader {
    process: Option<Dialogue>,
    store: Store,
}

/// Git LFS has not fetched the content that a pointer stands for.
#[derive(Debug)]
pub struct NotFetched {
    /// The revision.
    pub commit: String,
}

impl std::fmt::Display for NotFetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it is a Git LFS pointer")
    }
}

impl std::error::Error for NotFetched {}

impl Blobs {
    /// Of the repository with its top at `top`.
    ///
    /// # Errors
    /// Where git fails.
    pub fn of(git: &Git, top: &str) -> Result<Blobs, Problem> {
        let common = git.get(&["rev-parse", "--git-common-dir"], "find its own folder")?.line();
        // A relative path is relative to the top, where this git runs.
        let common = Path::new(top).join(common);
        let storage = git.ask(&["config", "--type=path", "--get", "lfs.storage"])?.line();
        let storage = if storage.is_empty() { "lfs" } else { storage.as_str() };
        let lfs = common.join(storage).join("objects");
        Ok(Blobs { git: git.clone(), lfs, reader: Mutex::default() })
    }

    /// The bytes as git stores them.
    ///
    /// # Errors
    /// Where git does not have them.
    pub fn stored(&self, id: &str) -> io::Result<Arc<dyn Bytes>> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        // A process that failed is not asked again.
        let mut process = match reader.process.take() {
            Some(process) => process,
            None => self.git.talk(&["cat-file", "--batch"])?,
        };
        let answer = process.ask(id)?;
        let len = answer.rsplit_once(' ').and_then(|(_, len)| len.parse().ok());
        let stored = match len {
            Some(len) => reader.store.put(len, |to| process.copy(len, to))?,
            None => {
                reader.process = Some(process);
                return Err(io::Error::other("git does not have its content (a partial clone?)"));
            }
        };
        reader.process = Some(process);
        Ok(stored)
    }

    /// The bytes of a file, those of Git LFS too.
    ///
    /// # Errors
    /// Where they are not there; [`NotFetched`] where Git LFS has them elsewhere.
    pub fn content(&self, id: &str, commit: &str) -> io::Result<Arc<dyn Bytes>> {
        let bytes = self.stored(id)?;
        let Some(object) = pointed_at(&*bytes)? else { return Ok(bytes) };
        let [first, second] = [0..2, 2..4].map(|part| object.get(part).unwrap_or_default());
        let path = self.lfs.join(first).join(second).join(&object);
        let kept = Disk::default().open(&path.to_string_lossy());
        kept.map(|opened| opened.bytes)
            .map_err(|_| io::Error::other(NotFetched { commit: commit.to_string() }))
    }
}

/// What a pointer of Git LFS points at: a SHA-256 in hexadecimal digits; none where it is none.
fn pointed_at(bytes: &dyn Bytes) -> io::Result<Option<String>> {
    if bytes.len() > LONGEST_POINTER {
        return Ok(None);
    }
    let mut text = vec![0; crate::width::to_usize(bytes.len())];
    bytes.read_at(0, &mut text)?;
    if !text.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&text);
    let object = text.lines().find_map(|line| line.strip_prefix("oid sha256:"));
    let is_object = |o: &str| o.len() == 64 && o.bytes().all(|b| b.is_ascii_hexdigit());
    // A pointer that names nothing is the content of no file.
    Ok(Some(object.filter(|o| is_object(o)).unwrap_or("0".repeat(64).as_str()).to_string()))
}
