//! Where files come from: a [`Tree`] is one snapshot, of a disk, of a disk under the buffers of an
//! editor, of a map in a test.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::source::bytes::Bytes;

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// The text of an editor: UTF-8, whatever encoding its file has.
    Buffer,
    /// A file in an archive: its bytes stand in no file of its path.
    Member,
    /// A directory, whose entries can be listed.
    Directory,
    /// A device, such as a disk or a terminal.
    Device,
    /// A named pipe.
    Pipe,
    /// A socket, which cannot be opened as a file.
    Socket,
    /// Something outside of the directory that the tree is confined to; it may not exist.
    Outside,
}

impl Kind {
    /// Whether it can be read at any place, more than once.
    pub fn is_readable(self) -> bool {
        matches!(self, Kind::File | Kind::Buffer | Kind::Member)
    }
}

/// What a file looks like from outside; another stamp means that it has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Bytes.
    pub len: u64,
    /// Nanoseconds since 1970, where the system knows.
    pub modified: i128,
    /// The number that the system gives the file, or 0.
    pub identity: u64,
}

/// A file that has been opened.
pub struct Opened {
    /// Its bytes as they are stored: never inflated or decoded. None unless it is readable; a pipe
    /// is not, as it can be read only once.
    pub bytes: Arc<dyn Bytes>,
    /// What it looked like, where it can change.
    pub stamp: Option<Stamp>,
    /// What it is; anything that is not readable has no bytes.
    pub kind: Kind,
}

/// One snapshot of files. Paths are relative to the working directory and written with `/`.
pub trait Tree: Send + Sync + std::fmt::Debug {
    /// Opens a file.
    ///
    /// # Errors
    /// Whatever the system says.
    fn open(&self, path: &str) -> io::Result<Opened>;
    /// The files that fit, sorted; a file that is met under several names is there once.
    ///
    /// # Errors
    /// Where a directory cannot be read, so that files may be missing.
    fn list(&self, glob: &Glob) -> io::Result<Vec<String>>;
    /// What a path names; none where there is nothing.
    fn kind(&self, path: &str) -> Option<Kind>;
    /// What the file looks like now.
    fn stamp(&self, path: &str) -> Option<Stamp>;
    /// Where a file of the disk lies that has another path here.
    fn real_path(&self, _path: &str) -> Option<String> {
        None
    }
}

/// A pattern of paths below a directory: `*`, `?`, `[…]`, and `**` for any depth.
#[derive(Debug, Clone)]
pub struct Glob {
    /// Where the pattern begins: empty, or ending in `/`. Nothing in it is a pattern.
    pub directory: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone)]
enum Segment {
    Name(String),
    Pattern(glob::Pattern),
    AnyDepth,
}

/// An entry of a directory.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Without the directory.
    pub name: String,
    /// Whether it is a directory, or a link to one.
    pub is_directory: bool,
    /// Whether it is a link.
    pub is_link: bool,
}

/// The entries of a directory, which is empty or ends in `/`.
pub type Entries<'e> = dyn Fn(&str) -> io::Result<Vec<Entry>> + 'e;

/// Files, and whether a link led to them.
type Found = BTreeMap<String, bool>;

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(directory: &str, pattern: &str) -> Result<Glob, String> {
        let mut segments = Vec::new();
        for text in pattern.split('/').filter(|s| !s.is_empty()) {
            segments.push(match text {
                "**" => Segment::AnyDepth,
                text if text.contains(['*', '?', '[']) => {
                    let read = glob::Pattern::new(text);
                    Segment::Pattern(
                        read.map_err(|e| format!("`{text}` is not a pattern of names: {}", e.msg))?,
                    )
                }
                text => Segment::Name(text.to_string()),
            });
        }
        if matches!(segments.last(), Some(Segment::AnyDepth)) {
            let any = glob::Pattern::new("*").map_err(|e| e.msg.to_string())?;
            segments.push(Segment::Pattern(any));
        }
        Ok(Glob { directory: directory.to_string(), segments })
    }

    /// Where a part of the pattern names archives, in front of its last part: the pattern of these, and
    /// what goes on within them, whose directory is yet to be said.
    pub fn through(&self, is_archive: impl Fn(&str) -> bool) -> Vec<(Glob, Glob)> {
        let cut = |at: usize| {
            let (upper, inner) = self.segments.split_at_checked(at + 1)?;
            let text = match upper.last()? {
                Segment::Name(name) => name,
                Segment::Pattern(pattern) => pattern.as_str(),
                Segment::AnyDepth => return None,
            };
            let glob = |segments: &[Segment]| Glob {
                directory: self.directory.clone(),
                segments: segments.to_vec(),
            };
            (is_archive(text) && !inner.is_empty()).then(|| (glob(upper), glob(inner)))
        };
        (0..self.segments.len()).filter_map(cut).collect()
    }

    /// All files that fit, with whether a link led to them. Links to directories are followed
    /// where a name or a `*` meets them, and never by `**`.
    ///
    /// # Errors
    /// Where a directory is there and cannot be read.
    pub fn walk(&self, entries: &Entries<'_>) -> io::Result<Found> {
        let mut found = Found::new();
        step(&self.directory, &self.segments, entries, false, &mut found)?;
        Ok(found)
    }
}

/// Takes the first segment in one directory; `linked` says whether a link led here.
fn step(
    directory: &str,
    segments: &[Segment],
    entries: &Entries<'_>,
    linked: bool,
    found: &mut Found,
) -> io::Result<()> {
    let Some((first, rest)) = segments.split_first() else { return Ok(()) };
    if matches!(first, Segment::AnyDepth) {
        step(directory, rest, entries, linked, found)?;
    }
    for entry in there(entries(directory))? {
        let path = format!("{directory}{}", entry.name);
        let linked = linked || entry.is_link;
        match first {
            Segment::AnyDepth => {
                if entry.is_directory && !entry.is_link {
                    step(&format!("{path}/"), segments, entries, linked, found)?;
                }
                continue;
            }
            Segment::Name(name) if *name != entry.name => continue,
            Segment::Pattern(pattern) if !pattern.matches(&entry.name) => continue,
            Segment::Name(_) | Segment::Pattern(_) => {}
        }
        if !rest.is_empty() && entry.is_directory {
            step(&format!("{path}/"), rest, entries, linked, found)?;
        } else if rest.is_empty() && !entry.is_directory {
            found.entry(path).and_modify(|l| *l &= linked).or_insert(linked);
        }
    }
    Ok(())
}

/// A directory that is not there has no entries.
fn there(entries: io::Result<Vec<Entry>>) -> io::Result<Vec<Entry>> {
    match entries {
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        entries => entries,
    }
}

/// A path of a rule file relative to the working directory, `a/../b` made short.
pub fn resolve(base: &str, path: &str) -> String {
    if path == "-" || path.starts_with('/') {
        return path.to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    let joined = format!("{base}{path}");
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let short = parts.join("/");
    match (joined.starts_with('/'), short.is_empty()) {
        (true, _) => format!("/{short}"),
        (false, true) => ".".into(),
        (false, false) => short,
    }
}

/// A directory as paths are resolved, empty or ending in `/`: `./` is none.
pub fn directory(path: &str) -> String {
    match resolve("", path).as_str() {
        "." => String::new(),
        "/" => "/".into(),
        path => format!("{path}/"),
    }
}

/// A path as it is seen from a directory, which is empty or ends in `/`; as it is where only one of
/// them is absolute.
pub fn relative(directory: &str, path: &str) -> String {
    if directory.starts_with('/') != path.starts_with('/') && !directory.is_empty() {
        return path.to_string();
    }
    let parts = directory.split_inclusive('/').zip(path.split_inclusive('/'));
    let common: usize = parts.take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
    let (up, rest) = (directory.get(common..), path.get(common..));
    let up = up.map_or(0, |up| up.matches('/').count());
    format!("{}{}", "../".repeat(up), rest.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_a_directory() {
        for (directory, path, seen) in [
            ("", "a/b.csv", "a/b.csv"),
            ("a/", "a/b.csv", "b.csv"),
            ("rules/", "data/b.csv", "../data/b.csv"),
            ("a/b/", "a/c/d.csv", "../c/d.csv"),
            ("a/", "ab/c.csv", "../ab/c.csv"),
            ("/x/a/", "/x/b.csv", "../b.csv"),
            ("a/", "/x/b.csv", "/x/b.csv"),
            ("", "/x/b.csv", "/x/b.csv"),
        ] {
            assert_eq!(relative(directory, path), seen, "{directory} and {path}");
        }
    }

    #[test]
    fn paths_are_made_short() {
        for (base, path, short) in [
            ("", "a/../b.csv", "b.csv"),
            ("rules/", "../data/b.csv", "data/b.csv"),
            ("x/y/", "../../../b.csv", "../b.csv"),
            ("../", "../b.csv", "../../b.csv"),
            ("./", "a/./b.csv", "a/b.csv"),
            ("rules/", "..", "."),
            ("/x/", "../b.csv", "/b.csv"),
            ("rules/", "/x/../b.csv", "/x/../b.csv"),
        ] {
            assert_eq!(resolve(base, path), short, "{base} and {path}");
        }
    }
}
