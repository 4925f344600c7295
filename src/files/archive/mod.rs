//! Files within a ZIP or TAR archive: an index of its members, and their bytes, within bounds.

mod index;
mod tar;
mod zip;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::files::archive::index::{DOWNLOAD, Fault, Index, Member, Place};
use crate::files::inflate::{self, Limits};
use crate::files::machine::Spool;
use crate::files::{BAD_ARCHIVE, BAD_COMPRESSION};
use crate::source::tree::{Entry, Kind};
use crate::source::{Bytes, Problem};

/// Endings of archives, and whether what has them is a ZIP archive.
const ENDINGS: [(&str, bool); 5] =
    [(".zip", true), (".tar", false), (".tar.gz", false), (".tgz", false), (".tar.zst", false)];

/// Whether the name of a file says that it is an archive of files.
pub fn is_archive(path: &str) -> bool {
    ending(path).is_some()
}

fn ending(path: &str) -> Option<bool> {
    let path = path.to_ascii_lowercase();
    let own = ENDINGS.iter().find(|e| path.ends_with(e.0))?;
    Some(own.1)
}

/// A path that goes on behind a file which is an archive: that of the archive, and that within it.
pub fn split(path: &str, is_file: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let cuts = path.match_indices('/').filter_map(|(at, _)| path.split_at_checked(at));
    let cuts = cuts.map(|(archive, rest)| (archive, rest.trim_start_matches('/')));
    cuts.into_iter().find(|(archive, _)| is_archive(archive) && is_file(archive))
}

/// An archive that has been opened.
pub struct Archive {
    path: String,
    /// Its bytes, decompressed where all of it is.
    bytes: Arc<dyn Bytes>,
    limits: Limits,
    index: Index,
    unpacking: Mutex<Unpacking>,
}

/// A ZIP archive, and what has been unpacked of it.
#[derive(Default)]
struct Unpacking {
    zip: Option<zip::ZipArchive>,
    /// By the number of the member its length, and its bytes while they are in use.
    done: BTreeMap<usize, (u64, Weak<dyn Bytes>)>,
}

impl Archive {
    /// Lists the members of an archive.
    ///
    /// # Errors
    /// `bad-archive` where it cannot be read, and what decompressing it gives.
    pub fn open(path: &str, bytes: Arc<dyn Bytes>, limits: Limits) -> Result<Archive, Problem> {
        let is_zip = ending(path).unwrap_or_default();
        let bytes = match inflate::is_packed(path) && !is_zip {
            true => {
                let mut spool = Spool::default();
                inflate::unpack(path, bytes, None, limits, &mut spool)?;
                spool.finish()
            }
            false => bytes,
        };
        let index = || match is_zip {
            true => zip::index(&bytes).map(|(index, zip)| (index, Some(zip))),
            false => tar::index(&bytes).map(|index| (index, None)),
        };
        // Decoders are other people's code: where one panics, the archive is refused.
        let index = std::panic::catch_unwind(std::panic::AssertUnwindSafe(index))
            .unwrap_or_else(|_| Err(Fault::damaged("its decoder failed")));
        let (index, zip) = index.map_err(|fault| {
            let message = format!("`{path}` cannot be read as an archive: {}", fault.message);
            Problem::nowhere(&BAD_ARCHIVE, message).help(fault.help)
        })?;
        let unpacking = Mutex::new(Unpacking { zip, ..Unpacking::default() });
        Ok(Archive { path: path.to_string(), bytes, limits, index, unpacking })
    }

    /// What a path within it names; none where there is nothing.
    pub fn kind(&self, member: &str) -> Option<Kind> {
        if self.index.0.contains_key(member) || self.archive_within(member).is_some() {
            return Some(Kind::Member);
        }
        (member.is_empty() || !self.entries(member).is_empty()).then_some(Kind::Directory)
    }

    /// What stands in a directory of it, which may end in `/`.
    pub fn entries(&self, directory: &str) -> Vec<Entry> {
        let directory = directory.trim_end_matches('/');
        let start = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let paths = self.index.0.range(start.clone()..).map(|(path, _)| path);
        let below = paths.map_while(|path| path.strip_prefix(start.as_str()));
        let named = below.map(|rest| match rest.split_once('/') {
            Some((name, _)) => (name.to_string(), true),
            None => (rest.to_string(), false),
        });
        let named: BTreeMap<String, bool> = named.collect();
        let entry = |(name, is_directory)| Entry { name, is_directory, is_link: false };
        named.into_iter().map(entry).collect()
    }

    /// An archive among its members that a path goes through.
    fn archive_within<'p>(&self, member: &'p str) -> Option<&'p str> {
        Some(split(member, |archive| self.index.0.contains_key(archive))?.0)
    }

    /// The bytes of a member; none where there is none of this path.
    ///
    /// # Errors
    /// `bad-archive` where it is no file that can be read, `bad-compression` and `inflates-too-far`.
    pub fn read(&self, member: &str) -> Result<Option<Arc<dyn Bytes>>, Problem> {
        let path = format!("{}/{member}", self.path);
        let unreadable = |why: &str, help: &str| {
            let message = format!("`{path}` cannot be read: {why}");
            Problem::nowhere(&BAD_ARCHIVE, message).help(help)
        };
        if let Some(inner) = self.archive_within(member) {
            let why = format!("`{inner}` is an archive within an archive");
            return Err(unreadable(&why, "unpack the outer archive"));
        }
        match self.index.0.get(member) {
            None => Ok(None),
            Some(Member::Other(what, help)) => Err(unreadable(&format!("it is {what}"), help)),
            Some(Member::File(Place::Tar { from, len })) => {
                Ok(Some(Arc::new(tar::Part::new(&self.bytes, *from, *len))))
            }
            Some(Member::File(Place::Zip(number))) => self.unpack(&path, *number).map(Some),
        }
    }

    /// The bytes of a member of a ZIP archive; all members count against what may be unpacked.
    fn unpack(&self, path: &str, number: usize) -> Result<Arc<dyn Bytes>, Problem> {
        let mut unpacking = self.unpacking.lock().unwrap_or_else(PoisonError::into_inner);
        let Unpacking { zip, done } = &mut *unpacking;
        if let Some(bytes) = done.get(&number).and_then(|known| known.1.upgrade()) {
            return Ok(bytes);
        }
        let others = done.iter().filter(|(other, _)| **other != number);
        let before = others.map(|(_, (len, _))| len).sum();
        let broken = |why: String| {
            Problem::nowhere(&BAD_COMPRESSION, format!("`{path}` cannot be decompressed: {why}"))
                .help(DOWNLOAD)
        };
        let zip = zip.as_mut().ok_or_else(|| broken("its archive is gone".into()))?;
        let reader = zip::member(zip, number).map_err(broken)?;
        let sizes = inflate::Sizes { packed: self.bytes.len(), before };
        let bytes = inflate::put_aside(path, reader, (&self.path, sizes), self.limits)
            .map_err(|p| if p.fault == &BAD_COMPRESSION { p.help(DOWNLOAD) } else { p })?;
        done.insert(number, (bytes.len(), Arc::downgrade(&bytes)));
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_on_behind_archives() {
        let all = |path| split(path, |_| true);
        assert_eq!(all("d/b.zip/x/a.csv"), Some(("d/b.zip", "x/a.csv")));
        assert_eq!(all("b.TAR.GZ/a.csv"), Some(("b.TAR.GZ", "a.csv")));
        assert_eq!(all("b.zip/c.tgz/a.csv"), Some(("b.zip", "c.tgz/a.csv")));
        assert_eq!(
            (all("b.zip"), all("b.zip/"), all("b.gz/a.csv")),
            (None, Some(("b.zip", "")), None)
        );
        assert_eq!(
            split("b.zip/c.tgz/a.csv", |a| a.ends_with("tgz")),
            Some(("b.zip/c.tgz", "a.csv"))
        );
    }
}
