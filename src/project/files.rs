//! The files of a run: opened once, known by number, read at any place.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;

use super::{FILE_CHANGED, UNREADABLE_FILE, inflate};
use crate::finding::{Excerpt, Place, Sources};
use crate::source::{Bytes, FileId, Files, LineIndex, Problem, Scratch, ScratchFile};

/// A file on disk.
struct OnDisk {
    file: File,
    len: u64,
}

impl Bytes for OnDisk {
    fn len(&self) -> u64 {
        self.len
    }
    fn read_at(&self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let n = buf.len().min(room);
        self.file.read_at(&mut buf[..n], at)
    }
}

/// What a file looked like when it was opened.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: (i64, i64),
    inode: u64,
}

impl Stamp {
    fn of(meta: &std::fs::Metadata) -> Stamp {
        Stamp { len: meta.len(), modified: (meta.mtime(), meta.mtime_nsec()), inode: meta.ino() }
    }
}

struct Entry {
    path: String,
    bytes: Option<Arc<dyn Bytes>>,
    derived: bool,
    stamp: Option<Stamp>,
    lines: Option<LineIndex>,
}

/// All files of a run.
#[derive(Default)]
pub struct FileBook {
    entries: Vec<Entry>,
}

/// Spooled texts up to this size stay in memory.
const IN_MEMORY: usize = 16 << 20;

impl FileBook {
    /// The paths of all files, as they are shown.
    pub fn paths(&self) -> Vec<String> {
        self.entries.iter().map(|e| e.path.clone()).collect()
    }

    /// Opens a data file: inflated by its ending, decoded as declared; `-` is standard input.
    ///
    /// # Errors
    /// A problem that names the path and what to do.
    pub fn open(&mut self, path: &str, encoding: Option<&str>) -> Result<FileId, Problem> {
        let (bytes, stamp, derived) = open(path, encoding)?;
        self.entries.push(Entry { path: shown(path), bytes: Some(bytes), derived, stamp, lines: None });
        Ok(FileId(self.entries.len() as u32 - 1))
    }

    /// Opens a text that is held whole, with its lines counted; bytes that are not UTF-8 are
    /// replaced, which the caller tells.
    ///
    /// # Errors
    /// A problem that names the path and what to do.
    pub fn open_text(&mut self, path: &str, encoding: Option<&str>) -> Result<(FileId, String), Problem> {
        let id = self.open(path, encoding)?;
        let entry = &mut self.entries[id.0 as usize];
        let mut all = Vec::new();
        if let Some(bytes) = &entry.bytes {
            all = vec![0; bytes.len() as usize];
            let n = bytes.read_at(0, &mut all).map_err(|e| cannot(path, &e))?;
            all.truncate(n);
        }
        entry.lines = Some(LineIndex::new(&all));
        Ok((id, String::from_utf8_lossy(&all).into_owned()))
    }

    /// Adds a text that is in no file.
    pub fn add_text(&mut self, path: &str, text: &str) -> FileId {
        let bytes: Arc<dyn Bytes> = Arc::new(text.as_bytes().to_vec());
        self.entries.push(Entry { path: path.to_string(), bytes: Some(bytes), derived: false, stamp: None, lines: Some(LineIndex::new(text.as_bytes())) });
        FileId(self.entries.len() as u32 - 1)
    }

    /// Files that are no longer what they were when they were opened.
    pub fn changed(&self) -> Vec<Problem> {
        let now = |e: &Entry| std::fs::metadata(&e.path).ok().map(|m| Stamp::of(&m));
        let differs = self.entries.iter().filter(|e| e.stamp.is_some() && now(e) != e.stamp);
        differs
            .map(|e| Problem::nowhere(&FILE_CHANGED, format!("`{}` changed while it was read", e.path)).help("run again when no program is writing to it"))
            .collect()
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// What opening gives: bytes, a stamp for files on disk, whether the bytes are derived.
type Opened = (Arc<dyn Bytes>, Option<Stamp>, bool);

fn open(path: &str, encoding: Option<&str>) -> Result<Opened, Problem> {
    let (reader, stamp, plain): (Box<dyn Read>, Option<Stamp>, Option<File>) = if path == "-" {
        (Box::new(io::stdin()), None, None)
    } else {
        let file = File::open(path).map_err(|e| cannot(path, &e))?;
        let meta = file.metadata().map_err(|e| cannot(path, &e))?;
        if meta.is_dir() {
            return Err(Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` is a directory")).help("name a file, or a pattern like `data/*.csv`"));
        }
        let regular = meta.is_file();
        let twin = if regular { Some(file.try_clone().map_err(|e| cannot(path, &e))?) } else { None };
        (Box::new(file), regular.then(|| Stamp::of(&meta)), twin)
    };
    let utf8 = encoding.is_none_or(|e| e.eq_ignore_ascii_case("utf-8") || e.eq_ignore_ascii_case("utf8"));
    let packed = inflate::is_packed(path);
    if let (Some(file), Some(stamp), true, false) = (plain, stamp, utf8, packed) {
        return Ok((Arc::new(OnDisk { file, len: stamp.len }), Some(stamp), false));
    }
    let mut spool = Spool::default();
    inflate::unpack(path, reader, if utf8 { None } else { encoding }, &mut spool)?;
    let bytes = spool.finish().map_err(|e| cannot(path, &e))?;
    Ok((bytes, stamp, packed || !utf8))
}

fn cannot(path: &str, e: &io::Error) -> Problem {
    let (message, help) = match e.kind() {
        io::ErrorKind::NotFound => (format!("there is no file `{path}`"), "check the path; it is relative to the rule file that names it"),
        io::ErrorKind::PermissionDenied => (format!("no permission to read `{path}`"), "check its permissions"),
        io::ErrorKind::IsADirectory => (format!("`{path}` is a directory"), "name a file"),
        _ => (format!("`{path}` cannot be read: {e}"), "check the file and the disk"),
    };
    Problem::nowhere(&UNREADABLE_FILE, message).help(help)
}

/// Bytes put aside to be read at any place: in memory while few, else in an unlinked file.
#[derive(Default)]
pub struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
}

impl Write for Spool {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.memory.len() + buf.len() > IN_MEMORY {
            let mut file = tempfile::tempfile()?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.write(buf),
            None => self.memory.write(buf),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool {
    fn finish(self) -> io::Result<Arc<dyn Bytes>> {
        match self.file {
            Some(file) => {
                let len = file.metadata()?.len();
                Ok(Arc::new(OnDisk { file, len }))
            }
            None => Ok(Arc::new(self.memory)),
        }
    }
}

/// Temporary files of the system, unlinked as they are made.
pub struct TempFiles;

impl Scratch for TempFiles {
    fn file(&self) -> io::Result<Box<dyn ScratchFile>> {
        Ok(Box::new(OnDisk { file: tempfile::tempfile()?, len: 0 }))
    }
}

impl ScratchFile for OnDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.len += bytes.len() as u64;
        Ok(())
    }
}

/// A path as it is shown: with `/`, without `./`.
pub fn shown(path: &str) -> String {
    if path == "-" {
        return "<stdin>".into();
    }
    path.replace('\\', "/").strip_prefix("./").map_or_else(|| path.to_string(), str::to_string)
}

impl Files for FileBook {
    fn path(&self, file: FileId) -> String {
        self.entries.get(file.0 as usize).map(|e| e.path.clone()).unwrap_or_default()
    }
    fn bytes(&self, file: FileId) -> Option<Arc<dyn Bytes>> {
        self.entries.get(file.0 as usize)?.bytes.clone()
    }
    fn derived(&self, file: FileId) -> bool {
        self.entries.get(file.0 as usize).is_some_and(|e| e.derived)
    }
    fn line(&self, file: FileId, offset: u64) -> u64 {
        self.entries.get(file.0 as usize).and_then(|e| e.lines.as_ref()).map_or(1, |l| l.line(offset))
    }
}

/// Excerpts are cut to this many bytes around a place.
const WINDOW: u64 = 2048;

impl Sources for FileBook {
    fn path(&self, file: FileId) -> &str {
        self.entries.get(file.0 as usize).map_or("", |e| e.path.as_str())
    }

    fn excerpt(&self, place: &Place, context: u64) -> Option<Excerpt> {
        let bytes = self.entries.get(place.file.0 as usize)?.bytes.as_ref()?;
        let from = place.span.start.saturating_sub(WINDOW);
        let to = (place.span.end.min(place.span.start + WINDOW) + WINDOW).min(bytes.len());
        let mut all = vec![0; (to - from) as usize];
        let n = bytes.read_at(from, &mut all).ok()?;
        all.truncate(n);
        let at = ((place.span.start - from) as usize).min(all.len());
        let starts: Vec<usize> = std::iter::once(0).chain(memchr::memchr_iter(b'\n', &all[..at]).map(|i| i + 1)).collect();
        let first = starts.len().saturating_sub(1 + context as usize);
        let start = starts[first];
        let mut line_end = ((place.span.end - from) as usize).min(all.len());
        for _ in 0..=context {
            line_end = memchr::memchr(b'\n', &all[line_end..]).map_or(all.len(), |i| line_end + i + 1);
        }
        let before = (starts.len() - 1 - first) as u64;
        let own = starts[starts.len() - 1];
        let characters = all[own..at].iter().filter(|b| **b & 0xC0 != 0x80).count() as u64;
        let cut = if before == 0 { place.column.saturating_sub(1 + characters) } else { 0 };
        Some(Excerpt { bytes: all[start..line_end].to_vec(), start: from + start as u64, first_line: place.line - before, first_column: cut })
    }
}
