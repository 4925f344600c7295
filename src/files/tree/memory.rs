//! A tree in memory: a map from paths to bytes.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::source::tree::{Entry, Glob, Kind, Opened, Stamp, Tree, resolve};

/// Files in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, Arc<Vec<u8>>>,
}

impl Memory {
    /// Adds a file, or puts other bytes in its place.
    pub fn insert(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.insert(resolve("", path), Arc::new(bytes));
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(&resolve("", path));
    }

    fn entries(&self, directory: &str) -> Vec<Entry> {
        let start = match resolve("", directory).as_str() {
            "." => String::new(),
            "/" => "/".to_string(),
            path => format!("{path}/"),
        };
        let below = self.files.keys().filter_map(|path| path.strip_prefix(start.as_str()));
        let entries = below.map(|rest| match rest.split_once('/') {
            Some((name, _)) => (name.to_string(), true),
            None => (rest.to_string(), false),
        });
        let entries: BTreeMap<String, bool> = entries.collect();
        let entry = |(name, is_directory)| Entry { name, is_directory, is_link: false };
        entries.into_iter().map(entry).collect()
    }
}

impl Tree for Memory {
    fn open(&self, path: &str) -> io::Result<Opened> {
        match self.files.get(&resolve("", path)) {
            Some(bytes) => {
                Ok(Opened { bytes: bytes.clone(), stamp: self.stamp(path), kind: Kind::File })
            }
            None if self.kind(path).is_some() => {
                Ok(Opened { bytes: Arc::new(Vec::new()), stamp: None, kind: Kind::Directory })
            }
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        Ok(glob.walk(&|directory| Ok(self.entries(directory)))?.into_keys().collect())
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        if self.files.contains_key(&resolve("", path)) {
            return Some(Kind::File);
        }
        (!self.entries(path).is_empty()).then_some(Kind::Directory)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let bytes = self.files.get(&resolve("", path))?;
        Some(Stamp { len: bytes.len() as u64, modified: 0, identity: 0 })
    }
}
