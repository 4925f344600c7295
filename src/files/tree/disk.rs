//! The disk. The only file of the library that touches it, and the only one that knows systems
//! apart.

use std::collections::BTreeSet;
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::tree::{Entry, Glob, Kind, Opened, Stamp, Tree};
use crate::source::{Bytes, ScratchFile};

/// The disk, or what lies below one directory of it.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    root: Option<PathBuf>,
}

impl Disk {
    /// Refuses whatever lies outside of a directory when all links are followed.
    ///
    /// # Errors
    /// Where there is no such directory.
    pub fn below(root: &str) -> io::Result<Disk> {
        let root = fs::canonicalize(root)?;
        if !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Disk { root: Some(root) })
    }

    /// What is not there lies where the nearest directory above it lies.
    fn is_outside(&self, path: &str) -> bool {
        let Some(root) = &self.root else { return false };
        let above = Path::new(path).ancestors().map(native);
        above.filter_map(|p| fs::canonicalize(p).ok()).next().is_none_or(|p| !p.starts_with(root))
    }

    fn entries(&self, directory: &str) -> io::Result<Vec<Entry>> {
        if self.is_outside(directory) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, Outside));
        }
        let mut all = Vec::new();
        for entry in fs::read_dir(native(Path::new(directory)))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let is_link = kind.is_symlink();
            let is_directory = if is_link { entry.path().is_dir() } else { kind.is_dir() };
            let name = entry.file_name().to_string_lossy().into_owned();
            all.push(Entry { name, is_directory, is_link });
        }
        Ok(all)
    }
}

/// The working directory has no name in a path.
fn native(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// Why a directory outside of the root is not listed.
#[derive(Debug)]
pub struct Outside;

impl std::fmt::Display for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it lies outside of --root")
    }
}

impl std::error::Error for Outside {}

impl Tree for Disk {
    fn open(&self, path: &str) -> io::Result<Opened> {
        let nothing = |kind| Opened { bytes: Arc::new(Vec::new()), stamp: None, kind };
        if self.is_outside(path) {
            return Ok(nothing(Kind::Outside));
        }
        // Looked at before it is opened: opening a pipe waits for whoever writes to it.
        let kind = kind_of(fs::metadata(path)?.file_type());
        if !kind.is_readable() {
            return Ok(nothing(kind));
        }
        let file = File::open(path)?;
        let meta = file.metadata()?;
        let bytes = Arc::new(DiskFile { file, len: meta.len() });
        Ok(Opened { bytes, stamp: Some(stamp_of(&meta)), kind })
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        let mut found: Vec<(bool, String)> = glob
            .walk(&|directory| self.entries(directory))?
            .into_iter()
            .map(|(path, linked)| (linked, path))
            .collect();
        // Of two names of one file, the one that no link leads to is kept; without links it has one.
        found.sort();
        let mut met = BTreeSet::new();
        if found.iter().any(|(linked, _)| *linked) {
            found.retain(|(_, path)| fs::canonicalize(path).map_or(true, |real| met.insert(real)));
        }
        let mut paths: Vec<String> = found.into_iter().map(|f| f.1).collect();
        paths.sort();
        Ok(paths)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        if self.is_outside(path) {
            return Some(Kind::Outside);
        }
        match fs::metadata(path) {
            Ok(meta) => Some(kind_of(meta.file_type())),
            // A broken link, or what may not be looked at, is there: opening it says why it fails.
            Err(e) if is_missing(&e) => fs::symlink_metadata(path).is_ok().then_some(Kind::File),
            Err(_) => Some(Kind::File),
        }
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        fs::metadata(path).ok().map(|meta| stamp_of(&meta))
    }
}

fn is_missing(e: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(e.kind(), NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

fn kind_of(file: FileType) -> Kind {
    match file {
        f if f.is_file() => Kind::File,
        f if f.is_dir() => Kind::Directory,
        f => special(f),
    }
}

fn stamp_of(meta: &Metadata) -> Stamp {
    let epoch = std::time::UNIX_EPOCH;
    let nanoseconds = |d: std::time::Duration| i128::try_from(d.as_nanos()).unwrap_or(i128::MAX);
    let modified = meta.modified().map_or(0, |time| match time.duration_since(epoch) {
        Ok(after) => nanoseconds(after),
        Err(before) => -nanoseconds(before.duration()),
    });
    Stamp { len: meta.len(), modified, identity: identity(meta) }
}

/// A pipe, read from its start to its end; waits for whoever writes to it.
///
/// # Errors
/// Whatever the system says.
pub fn open_pipe(path: &str) -> io::Result<impl io::Read> {
    File::open(path)
}

/// A file on disk, read and written at given places.
#[derive(Debug)]
pub struct DiskFile {
    file: File,
    len: u64,
}

impl DiskFile {
    /// An empty file, to be written.
    pub fn empty(file: File) -> DiskFile {
        DiskFile { file, len: 0 }
    }
}

impl Bytes for DiskFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        let buf = buf.get_mut(..wanted).unwrap_or_default();
        fill(buf, at, |buf, at| read_once(&self.file, buf, at))
    }
}

/// Reads until `buf` is full or the end is met: one call of the system may give less than it was
/// asked for, and gives at most 2 GiB.
fn fill(
    buf: &mut [u8],
    at: u64,
    read: impl Fn(&mut [u8], u64) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match read(rest, at + done as u64) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

impl ScratchFile for DiskFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match write_once(&self.file, rest, self.len) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    rest = rest.get(n..).unwrap_or_default();
                    self.len += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
mod system {
    use std::fs::{File, FileType, Metadata};
    use std::io;
    use std::os::fd::AsFd;
    use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, PermissionsExt, fchown};

    use crate::source::tree::Kind;

    pub fn read_once(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
        file.read_at(buf, at)
    }

    pub fn write_once(file: &File, bytes: &[u8], at: u64) -> io::Result<usize> {
        file.write_at(bytes, at)
    }

    pub fn identity(meta: &Metadata) -> u64 {
        meta.ino()
    }

    pub fn special(file: FileType) -> Kind {
        match file {
            f if f.is_fifo() => Kind::Pipe,
            f if f.is_socket() => Kind::Socket,
            _ => Kind::Device,
        }
    }

    /// Gives a new file to whom the one belongs that it will replace.
    pub fn keep_owner(new: &File, meta: &Metadata) -> io::Result<()> {
        let (own, owner) = (new.metadata()?, (meta.uid(), meta.gid()));
        if (own.uid(), own.gid()) == owner {
            return Ok(());
        }
        fchown(new, Some(owner.0), Some(owner.1)).map_err(|_| {
            io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to another user")
        })
    }

    /// An output may be read by whom the mask of the user lets read, as any new file.
    pub fn as_any_file<'b>(
        builder: &'b mut tempfile::Builder<'static, 'static>,
    ) -> &'b mut tempfile::Builder<'static, 'static> {
        builder.permissions(std::fs::Permissions::from_mode(0o666))
    }

    /// What is open once more, at the place where it is now.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn once_more(open: &impl AsFd) -> io::Result<File> {
        Ok(open.as_fd().try_clone_to_owned()?.into())
    }
}

#[cfg(windows)]
mod system {
    use std::fs::{File, FileType, Metadata};
    use std::io;
    use std::os::windows::fs::FileExt;

    use crate::source::tree::Kind;

    pub fn read_once(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
        file.seek_read(buf, at)
    }

    pub fn write_once(file: &File, bytes: &[u8], at: u64) -> io::Result<usize> {
        file.seek_write(bytes, at)
    }

    pub fn identity(_: &Metadata) -> u64 {
        0
    }

    pub fn special(_: FileType) -> Kind {
        Kind::Device
    }

    pub fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
        Ok(())
    }

    pub fn as_any_file<'b>(
        builder: &'b mut tempfile::Builder<'static, 'static>,
    ) -> &'b mut tempfile::Builder<'static, 'static> {
        builder
    }

    /// No path leads to what is open.
    ///
    /// # Errors
    /// Always.
    pub fn once_more<T>(_: &T) -> io::Result<File> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

pub use system::once_more;
use system::{as_any_file, identity, keep_owner, read_once, special, write_once};

/// What the path of an output leads to when all links are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlet {
    /// A file that is there or will be, and is replaced as a whole.
    File(PathBuf),
    /// A device, a pipe, or anything else that is written where it is.
    InPlace(PathBuf),
    /// What this process has open under that number, such as standard output under `1`.
    Descriptor(String, PathBuf),
}

/// Links to links, beyond which they lead in a circle.
const MOST_LINKS: usize = 40;

impl Outlet {
    /// Follows the links of a path. What they lead to at the end need not be there.
    ///
    /// # Errors
    /// Where a folder is missing, or links lead in a circle.
    pub fn of(path: &Path) -> io::Result<Outlet> {
        let mut path = path.to_path_buf();
        for _ in 0..MOST_LINKS {
            let directory = fs::canonicalize(native(path.parent().unwrap_or(Path::new(""))))?;
            let Some(name) = path.file_name() else { return Ok(Outlet::InPlace(path)) };
            let here = directory.join(name);
            // These look like links to whatever is open, which may be a file that somebody writes to.
            if is_of_own_descriptors(&directory) {
                return Ok(Outlet::Descriptor(name.to_string_lossy().into_owned(), here));
            }
            match fs::read_link(&here) {
                Ok(target) if !directory.starts_with("/proc") => path = directory.join(target),
                _ if fs::metadata(&here).is_ok_and(|meta| !meta.is_file()) => {
                    return Ok(Outlet::InPlace(here));
                }
                _ if directory == Path::new("/dev") || directory.starts_with("/proc") => {
                    return Ok(Outlet::InPlace(here));
                }
                _ => return Ok(Outlet::File(here)),
            }
        }
        Err(io::Error::other("its links lead in a circle"))
    }
}

fn is_of_own_descriptors(directory: &Path) -> bool {
    let lists = ["/proc/self/fd", "/dev/fd"];
    lists.iter().any(|list| fs::canonicalize(list).is_ok_and(|own| own == directory))
}

/// A new file beside the one that it will replace, under a name that nobody can know before, and with
/// the permissions of that one.
///
/// # Errors
/// Whatever the system says.
pub fn temporary_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let directory = native(path.parent().unwrap_or(Path::new("")));
    let mut builder = tempfile::Builder::new();
    let new = as_any_file(builder.prefix(".crossfoot-").suffix(".part")).tempfile_in(directory)?;
    if let Ok(meta) = fs::metadata(path) {
        new.as_file().set_permissions(meta.permissions())?;
    }
    Ok(new)
}

/// Puts other bytes into a file, whole or not at all. Links are followed, permissions and owner kept.
///
/// # Errors
/// Where the file is no longer as it was, may not be written, or cannot be.
pub fn replace(path: &str, bytes: &dyn Bytes, was: Option<Stamp>) -> io::Result<()> {
    let real = fs::canonicalize(path)?;
    let meta = fs::metadata(&real)?;
    if meta.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let mut new = temporary_beside(&real)?;
    let (mut piece, mut at) = (vec![0; 1 << 20], 0);
    loop {
        let n = bytes.read_at(at, &mut piece)?;
        if n == 0 {
            break;
        }
        new.write_all(piece.get(..n).unwrap_or_default())?;
        at += n as u64;
    }
    keep_owner(new.as_file(), &meta)?;
    new.as_file().set_permissions(meta.permissions())?;
    new.as_file().sync_all()?;
    if was != Some(stamp_of(&fs::metadata(&real)?)) {
        return Err(io::Error::other("it was changed by another program in the meantime"));
    }
    new.persist(&real).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_changed_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("t.csv");
        fs::write(&path, "a\n1\n").expect("a file");
        let path = path.to_string_lossy();
        let was = Disk::default().stamp(&path);
        let new = b"a\n2\n".to_vec();
        replace(&path, &new, was).expect("unchanged");
        let again = replace(&path, &b"a\n3\n".to_vec(), was).expect_err("changed");
        assert_eq!(again.to_string(), "it was changed by another program in the meantime");
        assert_eq!(fs::read(&*path).expect("a file"), new);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_reading_that_gives_little_is_repeated() {
        let all: Vec<u8> = (0..100).collect();
        let three = |buf: &mut [u8], at: u64| {
            let few = buf.len().min(3);
            all.read_at(at, &mut buf[..few])
        };
        let mut buf = [0; 64];
        assert_eq!(fill(&mut buf, 10, three).expect("read"), 64);
        assert_eq!(buf[..], all[10..74]);
        assert_eq!(fill(&mut buf, 90, three).expect("read"), 10);
    }
}
