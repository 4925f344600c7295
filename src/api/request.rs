//! What a run is asked for, and where its findings go.

use std::io::Write;
use std::sync::Arc;

use crate::compile::versions::OldFile;
pub use crate::files::git::since::Since;
use crate::files::inflate::Limits;
use crate::files::sources::{Sources, cannot};
use crate::files::tree::{Disk, OldSide};
use crate::report::Sink;
use crate::source::tree::Tree;
use crate::source::{Problem, Watcher};

/// What a run is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Rule files that were named.
    pub rule_files: Vec<String>,
    /// Rule files, directories and data files that were named.
    pub paths: Vec<String>,
    /// Data files are checked without rules: their structure only.
    pub no_rules: bool,
    /// Tables read from elsewhere: name and path.
    pub data: Vec<(String, String)>,
    /// Where sources are: their names, and a profile, an address or the file of a database.
    pub sources: Vec<(String, String)>,
    /// Old versions to compare with: a table where one is named, and a path.
    pub old_files: Vec<OldFile>,
    /// Only these checks: patterns with `*`; `!` leaves out.
    pub checks: Vec<String>,
    /// Only findings of these rows or groups, by their keys.
    pub rows: Vec<String>,
    /// Only the finding with this fingerprint, or those with one that begins so.
    pub fingerprint: Option<String>,
    /// The baseline; the one beside the first rule file where none is named.
    pub baseline: Option<String>,
    /// No baseline is read.
    pub no_baseline: bool,
    /// Whether the outcome lists all findings as entries of a baseline.
    pub entries: bool,
    /// What `today()` gives, ISO; the date of the machine where none is said.
    pub today: Option<String>,
    /// Findings shown of each check by sinks that are capped.
    pub max_per_check: Option<u64>,
    /// Bytes of a chunk, for tests.
    pub chunk: Option<u64>,
    /// Bytes of a block, for tests.
    pub block: Option<usize>,
    /// Tables of an engine with no more rows are fetched whole at once, for tests.
    pub whole_rows: Option<u64>,
    /// Bytes of memory that the run may take; beyond them, keys and groups go to temporary files.
    pub memory: Option<u64>,
    /// The SHA-256 of large files is computed, too.
    pub hash_all: bool,
    /// Worker threads; as many as there are cores where none is said.
    pub jobs: Option<usize>,
    /// Without loops, row by row: slow, and what the fast way is compared with in tests.
    pub exact: bool,
    /// Bytes that a compressed file may hold; else so many as [`Limits`] says.
    pub max_inflate: Option<u64>,
    /// The directory of the disk outside of which no file is read; another tree bounds itself.
    pub root: Option<String>,
    /// The revision in git that the run is compared with.
    pub since: Option<Since>,
    /// Standard input is not read: another run has read it.
    pub without_input: bool,
    /// Comments in texts accept nothing, and are not looked at.
    pub without_comments: bool,
    /// Nor do they compare figures: rules that are proposed know nothing of the tables that they name.
    pub without_bindings: bool,
    /// Where files come from; the disk where none is said.
    pub tree: Option<Arc<dyn Tree>>,
    /// The old version that it is compared with.
    pub old: Option<OldSide>,
    /// Findings of checks that the old version does not have are shown and do not count.
    pub new_checks_report: bool,
    /// Findings count whether or not the old version has them.
    pub all: bool,
    /// What the report is called; else as the rules say.
    pub title: Option<String>,
    /// What is said of the report beside: a name and a text.
    pub meta: Vec<(String, String)>,
    /// The command that makes the run again.
    pub command: Option<String>,
    /// Whether a report names the commit of the working tree: git is asked for it.
    pub names_commit: bool,
    /// Who waits for the run: gets its progress, and may stop it.
    pub watcher: Option<Arc<dyn Watcher>>,
}

impl Request {
    /// The same for a run that this one is compared with: without an old version, a baseline and
    /// standard input, which this one has read.
    pub(crate) fn beside(&self) -> Request {
        Request {
            old: None,
            since: None,
            old_files: Vec::new(),
            without_input: true,
            without_comments: true,
            no_baseline: true,
            baseline: None,
            entries: false,
            ..self.clone()
        }
    }
}

/// Where the files of a request come from.
pub(crate) fn tree(request: &Request) -> Result<Arc<dyn Tree>, Problem> {
    Ok(match (&request.tree, &request.root) {
        (Some(tree), _) => Arc::clone(tree),
        (None, None) => Arc::new(Disk::default()),
        (None, Some(root)) => Arc::new(Disk::below(root).map_err(|e| cannot(root, &e))?),
    })
}

/// The files of a request.
pub(crate) fn book(request: &Request) -> Result<Sources, Problem> {
    let tree = tree(request)?;
    let limits = request.max_inflate.map_or_else(Limits::default, Limits::up_to);
    let mut book = Sources::new(tree, limits);
    book.engines().give(&request.sources, request.root.is_some());
    book.engines().fetch_whole(request.whole_rows);
    book.engines().keep_within(request.memory);
    book.engines().watched_by(request.watcher.clone());
    if request.without_input {
        book.refuse_input();
        book.engines().refuse();
    }
    Ok(book)
}

/// A sink and where its bytes go.
pub struct SinkSlot<'a> {
    /// What writes the findings in its format.
    pub sink: Box<dyn Sink + 'a>,
    /// Where its bytes go.
    pub out: Box<dyn Write + 'a>,
    /// Whether it shows no more than the asked number per check.
    pub capped: bool,
    /// What went wrong when writing; nothing is written after it.
    pub error: Option<std::io::Error>,
}

impl SinkSlot<'_> {
    pub(crate) fn write(&mut self, make: impl FnOnce(&mut dyn Sink, &mut Vec<u8>)) {
        if self.error.is_some() {
            return;
        }
        let mut bytes = Vec::new();
        make(&mut *self.sink, &mut bytes);
        self.put(&bytes);
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) {
        if self.error.is_none()
            && let Err(e) = self.out.write_all(bytes)
        {
            self.error = Some(e);
        }
    }
}
