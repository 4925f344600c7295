//! A tree whose archives are looked into: `bundle.zip/data/a.csv` is a file.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::files::archive::{self, Archive};
use crate::files::inflate::Limits;
use crate::source::Problem;
use crate::source::tree::{Glob, Kind, Opened, Stamp, Tree};

/// Another tree, and what its archives hold.
pub struct Archives {
    under: Arc<dyn Tree>,
    limits: Limits,
    /// Archives that have been opened, with what they looked like then.
    opened: Mutex<BTreeMap<String, (Option<Stamp>, Result<Arc<Archive>, Problem>)>>,
}

impl std::fmt::Debug for Archives {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archives").field("under", &self.under).finish_non_exhaustive()
    }
}

/// Why an archive, or a member of one, is not opened.
#[derive(Debug)]
pub struct Refused(pub Problem);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Refused {}

fn refused(problem: Problem) -> io::Error {
    io::Error::other(Refused(problem))
}

impl Archives {
    /// No archive opened yet.
    pub fn over(under: Arc<dyn Tree>, limits: Limits) -> Archives {
        Archives { under, limits, opened: Mutex::default() }
    }

    fn is_file(&self, path: &str) -> bool {
        self.under.kind(path).is_some_and(Kind::is_readable)
    }

    /// The archive that a path leads into, and the path in it; none where the path is one of the tree
    /// itself.
    fn split<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let within = archive::split(path, |path| self.is_file(path))?;
        // In some trees a file is there by its name with a `/` behind it, too.
        (within.1.is_empty() || self.under.kind(path).is_none()).then_some(within)
    }

    /// An archive, opened once while it does not change, and what it looks like.
    fn archive(&self, path: &str) -> io::Result<(Arc<Archive>, Option<Stamp>)> {
        let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.under.stamp(path);
        if all.get(path).is_none_or(|known| known.0 != stamp) {
            let bytes = self.under.open(path)?.bytes;
            let archive = Archive::open(path, bytes, self.limits).map(Arc::new);
            all.insert(path.to_string(), (stamp, archive));
        }
        let (stamp, archive) = all.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok((archive.clone().map_err(refused)?, *stamp))
    }

    /// The members of an archive that fit a pattern below a directory of it.
    fn members(&self, path: &str, glob: &Glob, all: &mut BTreeSet<String>) -> io::Result<()> {
        let (archive, _) = self.archive(path)?;
        let below = |directory: &str| {
            let inner = directory.strip_prefix(path).unwrap_or_default();
            Ok(archive.entries(inner.trim_start_matches('/')))
        };
        all.extend(glob.walk(&below)?.into_keys());
        Ok(())
    }
}

impl Tree for Archives {
    fn open(&self, path: &str) -> io::Result<Opened> {
        let Some((archive, member)) = self.split(path) else { return self.under.open(path) };
        let (archive, stamp) = self.archive(archive)?;
        match archive.read(member).map_err(refused)? {
            Some(bytes) => Ok(Opened { bytes, stamp, kind: Kind::Member }),
            None if archive.kind(member) == Some(Kind::Directory) => {
                Ok(Opened { bytes: Arc::new(Vec::new()), stamp: None, kind: Kind::Directory })
            }
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        let mut all: BTreeSet<String> = self.under.list(glob)?.into_iter().collect();
        if let Some((archive, _)) = self.split(&glob.directory) {
            self.members(archive, glob, &mut all)?;
        }
        for (archives, mut inner) in glob.through(archive::is_archive) {
            for path in self.under.list(&archives)? {
                inner.directory = format!("{path}/");
                self.members(&path, &inner, &mut all)?;
            }
        }
        Ok(all.into_iter().collect())
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        let Some((archive, member)) = self.split(path) else { return self.under.kind(path) };
        // What cannot be opened is there: opening it says why it fails.
        self.archive(archive).map_or(Some(Kind::Member), |(archive, _)| archive.kind(member))
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let within = self.split(path).map_or(path, |within| within.0);
        self.under.stamp(within)
    }

    fn real_path(&self, path: &str) -> Option<String> {
        let real = |(archive, member)| Some(format!("{}/{member}", self.under.real_path(archive)?));
        self.split(path).map_or_else(|| self.under.real_path(path), real)
    }
}
