//! The files of a run: opened once, known by number, read at any place.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::files::archive;
use crate::files::engines::Engines;
use crate::files::git::blobs::NotFetched;
use crate::files::inflate::{self, Limits};
use crate::files::machine::{Machine, Spool};
pub use crate::files::paths::{portable, shown};
use crate::files::tree::archives::Refused;
use crate::files::tree::disk::{Disk, Outside};
use crate::files::tree::{Archives, OldSide};
use crate::files::{FILE_CHANGED, NOT_FETCHED, OUTSIDE_ROOT, UNREADABLE_FILE};
use crate::report::{At, Excerpt, SourceText};
use crate::source::tree::{Glob, Kind, Stamp, Tree};
use crate::source::{
    Addresses, Bytes, FileId, Files, LineIndex, Problem, column_from, counted_line, text_of,
};
use crate::width::{to_u32, to_usize};

#[derive(Clone)]
struct Entry {
    path: Arc<str>,
    bytes: Option<Arc<dyn Bytes>>,
    /// The bytes as they are stored, compressed or not; none of a text that is in no file.
    stored: Option<Arc<dyn Bytes>>,
    derived: bool,
    stamp: Option<Stamp>,
    lines: Option<Arc<LineIndex>>,
    /// What its reader knows of its cells, where it is no text.
    addresses: Option<Arc<dyn Addresses>>,
    /// A file of the old version.
    is_old: bool,
}

/// All files of a run, and where they come from.
pub struct Sources {
    /// Shared, until it differs, by all tables that read a file.
    entries: Vec<Arc<Entry>>,
    tree: Arc<dyn Tree>,
    machine: Machine,
    limits: Limits,
    /// The directory of the rules: empty, or ending in `/`.
    root: String,
    /// The old version of the files, and whether it is what is opened now.
    old: Option<OldSide>,
    is_within_old: bool,
    without_input: bool,
    /// Standard input and pipes, which can be read only once, by path.
    streams: HashMap<String, Arc<dyn Bytes>>,
    columns: Columns,
    engines: Engines,
}

impl Default for Sources {
    fn default() -> Self {
        Sources::new(Arc::new(Disk::default()), Limits::default())
    }
}

impl Sources {
    /// No file yet; the archives of the tree are looked into.
    pub fn new(tree: Arc<dyn Tree>, limits: Limits) -> Sources {
        Sources {
            entries: Vec::new(),
            tree: Arc::new(Archives::over(tree, limits)),
            machine: Machine,
            limits,
            root: String::new(),
            old: None,
            is_within_old: false,
            without_input: false,
            streams: HashMap::new(),
            columns: Columns::default(),
            engines: Engines::default(),
        }
    }

    /// The engines that hold tables, as they are.
    pub fn held(&self) -> &Engines {
        &self.engines
    }

    /// The engines that hold tables.
    pub fn engines(&mut self) -> &mut Engines {
        &mut self.engines
    }

    /// Where the files come from.
    pub fn tree(&self) -> &dyn Tree {
        &**self.shared_tree()
    }

    /// Where the files come from, to be read by others too.
    pub fn shared_tree(&self) -> &Arc<dyn Tree> {
        self.old.as_ref().filter(|_| self.is_within_old).map_or(&self.tree, |old| &old.tree)
    }

    /// The old version of the files.
    pub fn old(&self) -> Option<&OldSide> {
        self.old.as_ref()
    }

    /// Says where the rules stand.
    pub fn set_root(&mut self, directory: String) {
        self.root = directory;
    }

    /// Says what the old version of the files is.
    pub fn set_old(&mut self, old: OldSide) {
        let tree = Arc::new(Archives::over(old.tree, self.limits));
        self.old = Some(OldSide { tree, ..old });
    }

    /// Says that `-` is nothing: another run has read it.
    pub fn refuse_input(&mut self) {
        self.without_input = true;
    }

    /// Finds and opens files of the old version.
    pub fn within_old<R>(&mut self, open: impl FnOnce(&mut Sources) -> R) -> R {
        self.is_within_old = self.old.is_some();
        let opened = open(self);
        self.is_within_old = false;
        opened
    }

    /// Whether a path means standard input, which has no old version.
    pub fn is_input(&self, path: &str) -> bool {
        path == "-" && !self.is_within_old && !self.without_input
    }

    /// Whether a path leads into an archive.
    pub fn is_in_archive(&self, path: &str) -> bool {
        archive::split(path, |path| self.is_file(path)).is_some()
    }

    /// Whether a path names an archive.
    pub fn is_archive(&self, path: &str) -> bool {
        archive::is_archive(path) && self.is_file(path)
    }

    fn is_file(&self, path: &str) -> bool {
        self.tree().kind(path).is_some_and(Kind::is_readable)
    }

    /// How the path of a file is shown that is opened now: `HEAD~1:data/a.csv` in an old version.
    fn shown_here(&self, path: &str) -> String {
        let Some(old) = self.old.as_ref().filter(|_| self.is_within_old) else {
            return shown(path);
        };
        match old.tree.real_path(path) {
            Some(real) => shown(&real),
            None => format!("{}:{}", old.name, shown(path)),
        }
    }

    /// Files of this version, by number.
    pub fn current(&self) -> impl Iterator<Item = FileId> {
        let files = self.entries.iter().enumerate().filter(|(_, e)| !e.is_old);
        files.map(|(n, _)| FileId(to_u32(n)))
    }

    /// The bytes of a file as they are stored, compressed or not; none of a text that is in no file.
    pub fn as_stored(&self, file: FileId) -> Option<&dyn Bytes> {
        self.entries.get(file.0 as usize)?.stored.as_deref()
    }

    /// The machine of the run.
    pub fn machine(&self) -> Machine {
        self.machine
    }

    /// The files that fit a pattern.
    ///
    /// # Errors
    /// A problem that names the pattern's directory.
    pub fn list(&self, glob: &Glob) -> Result<Vec<String>, Problem> {
        let directory = if glob.directory.is_empty() { "." } else { &glob.directory };
        self.tree().list(glob).map_err(|e| cannot(directory, &e))
    }

    /// The paths of all files, as they are shown, each once.
    pub fn paths(&self) -> Vec<String> {
        let mut met = HashSet::new();
        let paths = self.entries.iter().map(|entry| &*entry.path);
        paths.filter(|path| met.insert(*path)).map(str::to_string).collect()
    }

    /// Opens a data file: inflated by its ending, decoded as declared; `-` is standard input.
    ///
    /// # Errors
    /// A problem that names the path and what to do.
    pub fn open(&mut self, path: &str, encoding: Option<&str>) -> Result<FileId, Problem> {
        let (bytes, stamp, kind) = self.stored(path)?;
        let stored = Some(bytes.clone());
        let is_utf8 = |e: &str| e.eq_ignore_ascii_case("utf-8") || e.eq_ignore_ascii_case("utf8");
        let foreign = encoding.filter(|e| !is_utf8(e));
        let shown = self.shown_here(path);
        // An old version may lie elsewhere, compressed where the one of today is not.
        let real = self.tree().real_path(path).unwrap_or_else(|| shown.clone());
        let is_coded = kind != Kind::Buffer && (foreign.is_some() || inflate::is_packed(&real));
        let bytes = if is_coded {
            let mut spool = Spool::default();
            inflate::unpack(&real, bytes, foreign, self.limits, &mut spool)?;
            spool.finish()
        } else {
            bytes
        };
        self.entries.push(Arc::new(Entry {
            path: shown.into(),
            bytes: Some(bytes),
            stored,
            derived: is_coded || kind == Kind::Member,
            stamp: stamp.filter(|_| !self.is_within_old),
            lines: None,
            addresses: None,
            is_old: self.is_within_old,
        }));
        Ok(FileId(to_u32(self.entries.len()) - 1))
    }

    /// The bytes of a file as they are stored.
    fn stored(&mut self, path: &str) -> Result<(Arc<dyn Bytes>, Option<Stamp>, Kind), Problem> {
        if self.is_input(path) {
            let input = self.stream(path, |machine| machine.standard_input())?;
            return Ok((input, None, Kind::File));
        }
        let opened = self.tree().open(path).map_err(|e| cannot(path, &e))?;
        let real = self.tree().real_path(path);
        let path = real.as_deref().unwrap_or(path);
        match refused(path, opened.kind) {
            Some(problem) => Err(problem),
            None if opened.kind == Kind::Pipe => {
                Ok((self.stream(path, |machine| machine.pipe(path))?, None, Kind::Pipe))
            }
            None => Ok((opened.bytes, opened.stamp, opened.kind)),
        }
    }

    /// What a stream gave when it was read; reads it where it was not.
    fn stream(
        &mut self,
        path: &str,
        read: impl FnOnce(Machine) -> io::Result<Arc<dyn Bytes>>,
    ) -> Result<Arc<dyn Bytes>, Problem> {
        if let Some(bytes) = self.streams.get(path) {
            return Ok(bytes.clone());
        }
        let bytes = read(self.machine).map_err(|e| cannot(path, &e))?;
        self.streams.insert(path.to_string(), bytes.clone());
        Ok(bytes)
    }

    /// Opens a text that is held whole, with its lines counted; bytes that are not UTF-8 are
    /// replaced, which the caller reports.
    ///
    /// # Errors
    /// A problem that names the path and what to do.
    pub fn open_text(
        &mut self,
        path: &str,
        encoding: Option<&str>,
    ) -> Result<(FileId, String), Problem> {
        let id = self.open(path, encoding)?;
        let entry = Arc::make_mut(&mut self.entries[id.0 as usize]);
        let mut all = Vec::new();
        if let Some(bytes) = &entry.bytes {
            if bytes.len() > u64::from(u32::MAX) {
                return Err(too_long(path));
            }
            all = vec![0; to_usize(bytes.len())];
            let n = bytes.read_at(0, &mut all).map_err(|e| cannot(path, &e))?;
            all.truncate(n);
        }
        entry.lines = Some(Arc::new(LineIndex::new(&all)));
        Ok((id, text_of(all).0))
    }

    /// Says where the lines of a text begin.
    pub fn set_lines(&mut self, file: FileId, lines: LineIndex) {
        if let Some(entry) = self.entries.get_mut(file.0 as usize) {
            Arc::make_mut(entry).lines = Some(Arc::new(lines));
        }
    }

    /// Another number for a file, which another table reads.
    pub fn again(&mut self, file: FileId) -> FileId {
        let Some(entry) = self.entries.get(file.0 as usize).cloned() else { return file };
        self.entries.push(entry);
        FileId(to_u32(self.entries.len()) - 1)
    }

    /// Says what spans of a file mean that is no text.
    pub fn set_addresses(&mut self, file: FileId, addresses: Arc<dyn Addresses>) {
        if let Some(entry) = self.entries.get_mut(file.0 as usize) {
            Arc::make_mut(entry).addresses = Some(addresses);
        }
    }

    /// Has another text of the same length shown in place of a file's.
    pub fn show_as(&mut self, file: FileId, text: String) {
        if let Some(entry) = self.entries.get_mut(file.0 as usize) {
            Arc::make_mut(entry).bytes = Some(Arc::new(text.into_bytes()));
        }
    }

    /// Adds a text that is in no file.
    pub fn add_text(&mut self, path: &str, text: &str) -> FileId {
        let bytes: Arc<dyn Bytes> = Arc::new(text.as_bytes().to_vec());
        self.entries.push(Arc::new(Entry {
            path: path.into(),
            bytes: Some(bytes),
            stored: None,
            derived: false,
            stamp: None,
            lines: Some(Arc::new(LineIndex::new(text.as_bytes()))),
            addresses: None,
            is_old: false,
        }));
        FileId(to_u32(self.entries.len()) - 1)
    }

    /// Files that are no longer what they were when they were opened.
    pub fn changed(&self) -> Vec<Problem> {
        // A file has an entry for each table that reads it.
        let mut met = HashSet::new();
        let opened = self.entries.iter().map(|e| (&*e.path, e.stamp));
        let handed = self.engines.handed().iter().map(|(path, stamp)| (path.as_str(), *stamp));
        let all = opened.chain(handed).filter(|own| met.insert(*own));
        let differs = all.filter(|(path, was)| was.is_some() && self.tree.stamp(path) != *was);
        let problem = |(path, _): (&str, Option<Stamp>)| {
            Problem::nowhere(&FILE_CHANGED, format!("`{path}` changed while it was read"))
                .help("run again when no program is writing to it")
        };
        differs.map(problem).collect()
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

/// Why something that is there is no file to read.
pub fn refused(path: &str, kind: Kind) -> Option<Problem> {
    let (what, help) = match kind {
        Kind::File | Kind::Buffer | Kind::Member | Kind::Pipe => return None,
        Kind::Outside => return Some(outside(path)),
        Kind::Directory => ("a directory", "name a file, or a pattern like `data/*.csv`"),
        Kind::Device => ("a device", USE_INPUT),
        Kind::Socket => ("a socket", USE_INPUT),
    };
    Some(Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` is {what}")).help(help))
}

const USE_INPUT: &str = "name a file; what another program writes is read as `-`, standard input";

/// A path that --root refuses.
pub fn outside(path: &str) -> Problem {
    Problem::nowhere(&OUTSIDE_ROOT, format!("`{path}` lies outside of --root"))
        .help("move the file, or name a directory with --root that holds all files of the rules")
}

fn too_long(path: &str) -> Problem {
    let message = format!("`{path}` is longer than 4 GiB, and is read as text");
    Problem::nowhere(&UNREADABLE_FILE, message).help("cut it into several files")
}

/// Why a file or a directory cannot be read.
pub fn cannot(path: &str, e: &io::Error) -> Problem {
    if e.get_ref().is_some_and(|e| e.is::<Outside>()) {
        return outside(path);
    }
    if let Some(Refused(problem)) = e.get_ref().and_then(|e| e.downcast_ref()) {
        return problem.clone();
    }
    if let Some(pointer) = e.get_ref().and_then(|e| e.downcast_ref::<NotFetched>()) {
        return not_fetched(path, pointer);
    }
    let (message, help) = match e.kind() {
        io::ErrorKind::NotFound if path.contains(char::REPLACEMENT_CHARACTER) => {
            (format!("the name of `{path}` is not UTF-8"), "give the file another name")
        }
        io::ErrorKind::NotFound => (
            format!("there is no file `{path}`"),
            "check the path; in a rule file it is relative to that file",
        ),
        io::ErrorKind::PermissionDenied => {
            (format!("no permission to read `{path}`"), "check its permissions")
        }
        io::ErrorKind::IsADirectory => (format!("`{path}` is a directory"), "name a file"),
        _ => (format!("`{path}` cannot be read: {e}"), "check the file and the disk"),
    };
    Problem::nowhere(&UNREADABLE_FILE, message).help(help)
}

fn not_fetched(path: &str, NotFetched { commit }: &NotFetched) -> Problem {
    let short = commit.get(..7).unwrap_or(commit);
    let message = format!("`{path}` in {short} is a Git LFS pointer, and its content is not here");
    Problem::nowhere(&NOT_FETCHED, message)
        .help(format!("fetch what it stands for: `git lfs fetch origin {commit}`"))
}

impl Files for Sources {
    fn root(&self) -> &str {
        &self.root
    }
    fn path(&self, file: FileId) -> String {
        self.entries.get(file.0 as usize).map(|e| e.path.to_string()).unwrap_or_default()
    }
    fn bytes(&self, file: FileId) -> Option<Arc<dyn Bytes>> {
        self.entries.get(file.0 as usize)?.bytes.clone()
    }
    fn derived(&self, file: FileId) -> bool {
        self.entries.get(file.0 as usize).is_some_and(|e| e.derived)
    }
    fn addresses(&self, file: FileId) -> Option<Arc<dyn Addresses>> {
        self.entries.get(file.0 as usize)?.addresses.clone()
    }
    fn line(&self, file: FileId, offset: u64) -> u64 {
        let Some(entry) = self.entries.get(file.0 as usize) else { return 1 };
        match (&entry.lines, &entry.bytes) {
            (Some(lines), _) => lines.line(offset),
            (None, Some(bytes)) => counted_line(&**bytes, offset),
            (None, None) => 1,
        }
    }
    fn column(&self, file: FileId, offset: u64) -> u64 {
        let Some(bytes) = Files::bytes(self, file) else { return 1 };
        let mut all = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.range((file.0, 0)..=(file.0, offset)).next_back();
        let known = before.map_or((0, 1), |((_, offset), column)| (*offset, *column));
        let read = |at, buf: &mut [u8]| bytes.read_at(at, buf).unwrap_or(0);
        let (column, is_far) = column_from(&read, offset, known);
        if is_far {
            all.insert((file.0, offset), column);
        }
        column
    }
}

/// Columns that are known, by file and offset: some lines are as long as their file.
type Columns = Mutex<BTreeMap<(u32, u64), u64>>;

/// Excerpts are cut to this many bytes around a place.
const WINDOW: u64 = 2048;

impl SourceText for Sources {
    fn path(&self, file: FileId) -> &str {
        self.entries.get(file.0 as usize).map_or("", |e| &*e.path)
    }

    fn addresses(&self, file: FileId) -> Option<&dyn Addresses> {
        self.entries.get(file.0 as usize)?.addresses.as_deref()
    }

    fn excerpt(&self, at: &At, context: u64) -> Option<Excerpt> {
        let At::Bytes { file, span, from: position, .. } = *at else { return None };
        let bytes = self.entries.get(file.0 as usize)?.bytes.as_ref()?;
        let from = span.start.saturating_sub(WINDOW);
        let to = (span.end.min(span.start + WINDOW) + WINDOW).min(bytes.len());
        let mut all = vec![0; to_usize(to - from)];
        let n = bytes.read_at(from, &mut all).ok()?;
        all.truncate(n);
        let at = to_usize(span.start - from).min(all.len());
        // Its own line, then those before it.
        let mut ends = memchr::memchr_iter(b'\n', &all[..at]).rev();
        let own = ends.next().map_or(0, |end| end + 1);
        let (mut start, mut before) = (own, 0);
        while before < context && start > 0 {
            start = ends.next().map_or(0, |end| end + 1);
            before += 1;
        }
        let mut line_end = to_usize(span.end - from).min(all.len());
        for _ in 0..=context {
            line_end =
                memchr::memchr(b'\n', &all[line_end..]).map_or(all.len(), |i| line_end + i + 1);
        }
        let characters = all[own..at].iter().filter(|b| **b & 0xC0 != 0x80).count() as u64;
        let cut = if before == 0 { position.column.saturating_sub(1 + characters) } else { 0 };
        all.truncate(line_end);
        all.drain(..start);
        Some(Excerpt {
            bytes: all,
            start: from + start as u64,
            first_line: position.line - before,
            first_column: cut,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_file_is_shown_with_its_version_and_is_no_file_of_today() {
        let tree = |text: &str| {
            let mut tree = crate::files::tree::Memory::default();
            tree.insert("d/a.csv", text.into());
            Arc::new(tree)
        };
        let mut book = Sources::new(tree("new"), Limits::default());
        book.set_old(OldSide::new(tree("older"), "HEAD~1"));
        let new = book.open("./d/a.csv", None).expect("a file");
        let old = book.within_old(|book| book.open("./d/a.csv", None)).expect("an old file");
        assert_eq!(
            (Files::path(&book, new), Files::path(&book, old)),
            ("d/a.csv".into(), "HEAD~1:d/a.csv".into())
        );
        let len = |file| Files::bytes(&book, file).map(|b| b.len());
        assert_eq!((len(new), len(old)), (Some(3), Some(5)));
        assert_eq!(book.current().collect::<Vec<_>>(), [new]);
        assert!(book.changed().is_empty());
    }
}
