//! The traits through which bytes arrive and go.

use crate::source::address::Addresses;
use crate::source::lines::column_from;
use crate::source::span::FileId;

/// Bytes that can be read at any place, more than once. Implemented by `files/`.
pub trait Bytes: Send + Sync {
    /// Length in bytes.
    fn len(&self) -> u64;
    /// Whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Fills `buf` from offset `at`; returns fewer bytes only at the end.
    ///
    /// # Errors
    /// Whatever reading the file gave.
    fn read_at(&self, at: u64, buf: &mut [u8]) -> std::io::Result<usize>;
}

impl Bytes for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }
    fn read_at(&self, at: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(self.as_slice().len());
        let n = buf.len().min(self.as_slice().len() - from);
        buf[..n].copy_from_slice(&self[from..from + n]);
        Ok(n)
    }
}

/// The files of a run. Implemented by `files/`.
pub trait Files: Sync {
    /// The path as it is shown: relative, with `/`.
    fn path(&self, file: FileId) -> String;
    /// The bytes (inflated, decoded), where the file could be opened.
    fn bytes(&self, file: FileId) -> Option<std::sync::Arc<dyn Bytes>>;
    /// Whether the bytes are inflated or decoded, and not those on disk.
    fn derived(&self, file: FileId) -> bool;
    /// What spans of the file mean, where it is no text.
    fn addresses(&self, _file: FileId) -> Option<std::sync::Arc<dyn Addresses>> {
        None
    }
    /// The physical line (from 1) of an offset.
    fn line(&self, file: FileId, offset: u64) -> u64;
    /// The column (in characters, from 1) of an offset.
    fn column(&self, file: FileId, offset: u64) -> u64 {
        let bytes = self.bytes(file);
        bytes.map_or(1, |bytes| {
            column_from(&|at, buf| bytes.read_at(at, buf).unwrap_or(0), offset, (0, 1)).0
        })
    }
    /// The directory of the rules, from which a finding's identity names files, wherever the run was
    /// started: empty, or ending in `/`.
    fn root(&self) -> &str {
        ""
    }
}

/// Buffers on disk for what does not fit in memory. Implemented by `files/`.
pub trait Scratch: Sync {
    /// A new file that nobody else sees and that is gone with the run.
    ///
    /// # Errors
    /// Whatever the system says.
    fn file(&self) -> std::io::Result<Box<dyn ScratchFile>>;
}

/// A file of a [`Scratch`]: written from its start to its end, then read at any place.
pub trait ScratchFile: Bytes {
    /// Writes all of `bytes` behind what is there.
    ///
    /// # Errors
    /// Whatever writing the file gave.
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()>;
}

/// There is no space for temporary files.
impl Scratch for () {
    fn file(&self) -> std::io::Result<Box<dyn ScratchFile>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}
