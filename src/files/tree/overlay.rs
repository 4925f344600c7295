//! A tree under the buffers of an editor, which have been changed and not been saved.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use crate::files::tree::Memory;
use crate::source::tree::{Glob, Kind, Opened, Stamp, Tree};

/// Buffers over another tree.
#[derive(Debug, Clone)]
pub struct Overlay {
    under: Arc<dyn Tree>,
    buffers: Memory,
}

impl Overlay {
    /// A tree without buffers yet.
    pub fn new(under: Arc<dyn Tree>) -> Overlay {
        Overlay { under, buffers: Memory::default() }
    }

    /// Puts a buffer in the place of a file.
    pub fn insert(&mut self, path: &str, text: String) {
        self.buffers.insert(path, text.into_bytes());
    }

    /// Closes a buffer: the file below is seen again.
    pub fn remove(&mut self, path: &str) {
        self.buffers.remove(path);
    }

    fn is_buffer(&self, path: &str) -> bool {
        self.buffers.kind(path) == Some(Kind::File)
    }
}

impl Tree for Overlay {
    fn open(&self, path: &str) -> io::Result<Opened> {
        if self.is_buffer(path) {
            return Ok(Opened { kind: Kind::Buffer, ..self.buffers.open(path)? });
        }
        self.under.open(path)
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        let all: BTreeSet<String> =
            self.under.list(glob)?.into_iter().chain(self.buffers.list(glob)?).collect();
        Ok(all.into_iter().collect())
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        if self.is_buffer(path) {
            return Some(Kind::Buffer);
        }
        self.under.kind(path).or_else(|| self.buffers.kind(path))
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        if self.is_buffer(path) { self.buffers.stamp(path) } else { self.under.stamp(path) }
    }
}
