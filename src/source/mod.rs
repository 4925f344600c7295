//! Where things stand: files, spans, rows, and the traits through which bytes arrive.
//!
//! Everything is half-open: a span is `start..end` in bytes of the (inflated) file.

pub mod tree;

use rapidfuzz::distance::osa;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A file of this run: an index into the project's list of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

impl Span {
    /// The span `start..end`.
    pub fn new(start: u64, end: u64) -> Self {
        Span { start, end }
    }
    /// Length in bytes.
    pub fn len(self) -> u64 {
        self.end - self.start
    }
    /// Whether nothing is between the ends.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
    /// The same span moved by `by` bytes.
    pub fn shift(self, by: u64) -> Self {
        Span { start: self.start + by, end: self.end + by }
    }
    /// The smallest span that holds both.
    pub fn join(self, other: Self) -> Self {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A row of a table, ordered as in the file, known before any counting:
/// the number of its chunk and its place in the chunk.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub struct RowId(pub u64);

impl RowId {
    /// Bits that number the rows of one chunk.
    pub const ROW_BITS: u32 = 24;
    /// The `row`-th row of chunk number `chunk`.
    pub fn new(chunk: u64, row: u32) -> Self {
        RowId(chunk << Self::ROW_BITS | u64::from(row))
    }
    /// The number of its chunk.
    pub fn chunk(self) -> u64 {
        self.0 >> Self::ROW_BITS
    }
    /// Its place in the chunk, from 0.
    pub fn row(self) -> u32 {
        (self.0 & ((1 << Self::ROW_BITS) - 1)) as u32
    }
}

/// Bytes that can be read at any place, more than once. Implemented by `project/`.
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
        let from = (at as usize).min(self.as_slice().len());
        let n = buf.len().min(self.as_slice().len() - from);
        buf[..n].copy_from_slice(&self[from..from + n]);
        Ok(n)
    }
}

/// Physical line ends in `text`; a CR whose LF would be `next` is counted with it.
pub fn count_lines(text: &[u8], next: Option<&u8>) -> u32 {
    let mut lines = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        let crlf = text.get(at) == Some(&b'\r')
            && text.get(at + 1).or(next.filter(|_| at + 1 == text.len())) == Some(&b'\n');
        lines += u32::from(!crlf);
    }
    lines
}

/// The files of a run. Implemented by `project/`.
pub trait Files: Sync {
    /// The path as it is shown: relative, with `/`.
    fn path(&self, file: FileId) -> String;
    /// The bytes (inflated, decoded), where the file could be opened.
    fn bytes(&self, file: FileId) -> Option<std::sync::Arc<dyn Bytes>>;
    /// Whether the bytes are inflated or decoded, and not those on disk.
    fn derived(&self, file: FileId) -> bool;
    /// The physical line (from 1) of an offset.
    fn line(&self, file: FileId, offset: u64) -> u64;
}

/// Buffers on disk for what does not fit in memory. Implemented by `project/`.
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

/// There is no room.
impl Scratch for () {
    fn file(&self) -> std::io::Result<Box<dyn ScratchFile>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

/// Whoever waits for a run: is told how far it is, and may ask it to stop.
pub trait Watcher: Send + Sync + std::fmt::Debug {
    /// The passes over the data read so many bytes in all.
    fn will_read(&self, _bytes: u64) {}
    /// So many bytes more have been read.
    fn read(&self, _bytes: u64) {}
    /// Reading is over; so many findings are to be written.
    fn will_write(&self, _findings: u64) {}
    /// So many findings more have been written.
    fn wrote(&self, _findings: u64) {}
    /// How often it has been asked to stop.
    fn stops(&self) -> u32 {
        0
    }
}

/// Nobody waits.
impl Watcher for () {}

/// A map from the offsets of a derived text (mark-up removed, TOML escapes read)
/// back to the bytes of its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlatMap {
    /// `(offset in the derived text, offset in the file)`, ascending; from each piece on, bytes run in step.
    pieces: Vec<(u32, u64)>,
}

impl FlatMap {
    /// The map of a text that stands in its file unchanged from `start`.
    pub fn identity(start: u64) -> Self {
        FlatMap { pieces: vec![(0, start)] }
    }
    /// From offset `flat` of the text on, bytes stand at `file` and after. Offsets must not fall.
    pub fn push(&mut self, flat: u32, file: u64) {
        if let Some(&(f, o)) = self.pieces.last() {
            if o + u64::from(flat - f) == file {
                return;
            }
            if f == flat {
                self.pieces.pop();
            }
        }
        self.pieces.push((flat, file));
    }
    /// The file offset of the byte at `flat`.
    pub fn at(&self, flat: usize) -> u64 {
        let i = self.pieces.partition_point(|p| p.0 as usize <= flat);
        match i.checked_sub(1).map(|i| self.pieces[i]) {
            Some((f, o)) => o + (flat - f as usize) as u64,
            None => flat as u64,
        }
    }
    /// The file span of `range`; its end is one past the last byte's place.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        let start = self.at(range.start);
        let end = if range.is_empty() { start } else { self.at(range.end - 1) + 1 };
        Span { start, end: end.max(start) }
    }
}

/// A piece of text taken out of a file, with the way back to its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The text as it is meant (escapes read).
    pub text: String,
    /// The file it stands in.
    pub file: FileId,
    /// From offsets of `text` to bytes of the file.
    pub map: FlatMap,
}

impl Snippet {
    /// Where a range of the text stands in the file.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.map.span(range)
    }
    /// Where the whole text stands.
    pub fn whole(&self) -> Span {
        self.map.span(0..self.text.len())
    }
}

/// The starts of the lines of a text held in memory.
#[derive(Debug, Clone, Default)]
pub struct LineIndex {
    starts: Vec<u64>,
}

impl LineIndex {
    /// Indexes `text`; LF, CRLF and lone CR end a line.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', text) {
            if text[at] == b'\n' || text.get(at + 1) != Some(&b'\n') {
                starts.push(at as u64 + 1);
            }
        }
        LineIndex { starts }
    }
    /// The line (from 1) that holds `offset`.
    pub fn line(&self, offset: u64) -> u64 {
        self.starts.partition_point(|&s| s <= offset) as u64
    }
    /// The offset at which `line` (from 1) starts.
    pub fn start(&self, line: u64) -> u64 {
        self.starts[(line as usize - 1).min(self.starts.len() - 1)]
    }
}

/// Something wrong with a rule file or with the run itself, at its place.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Its name.
    pub fault: &'static Fault,
    /// Where: a file and a span in it; `None` only where there is no such file to point into.
    pub at: Option<(FileId, Span)>,
    /// What is wrong, one sentence.
    pub message: String,
    /// A few words that stand at the span; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that matter, with a few words each.
    pub related: Vec<(FileId, Span, String)>,
}

impl Problem {
    /// A problem at `span` of `file`.
    pub fn new(
        fault: &'static Fault,
        file: FileId,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Problem {
            fault,
            at: Some((file, span)),
            message: message.into(),
            label: String::new(),
            help: None,
            related: Vec::new(),
        }
    }
    /// A problem of the run as a whole.
    pub fn nowhere(fault: &'static Fault, message: impl Into<String>) -> Self {
        Problem {
            fault,
            at: None,
            message: message.into(),
            label: String::new(),
            help: None,
            related: Vec::new(),
        }
    }
    /// Adds the few words that stand at the span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
    /// Adds another place.
    #[must_use]
    pub fn related(mut self, file: FileId, span: Span, words: impl Into<String>) -> Self {
        self.related.push((file, span, words.into()));
        self
    }
}

/// The candidate nearest to `name` in spelling, if one is near enough to propose.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = |text: &'_ str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (spelling, own) = (osa::BatchComparator::new(lower(name)), Letters::of(name));
    let distance = |candidate: &'a str| {
        let limit = 1 + own.count.min(candidate.chars().count()) / 4;
        if own.distance_at_least(Letters::of(candidate)) > limit {
            return None;
        }
        let near = osa::Args::default().score_cutoff(limit);
        let distance = if candidate.is_ascii() {
            spelling.distance_with_args(
                candidate.bytes().map(|b| char::from(b.to_ascii_lowercase())),
                &near,
            )
        } else {
            spelling.distance_with_args(lower(candidate), &near)
        };
        Some((distance?, candidate))
    };
    candidates.into_iter().filter_map(distance).min().map(|(_, c)| c)
}

/// How many letters a name has, and which; a bit may stand for several letters.
#[derive(Clone, Copy)]
struct Letters {
    count: usize,
    set: u64,
}

impl Letters {
    fn of(name: &str) -> Letters {
        let add = |l: Letters, letter: u32| Letters {
            count: l.count + 1,
            set: l.set | 1 << (letter % 64),
        };
        let none = Letters { count: 0, set: 0 };
        if name.is_ascii() {
            return name.bytes().map(|b| u32::from(b.to_ascii_lowercase())).fold(none, add);
        }
        name.chars().flat_map(char::to_lowercase).map(u32::from).fold(none, add)
    }

    /// An edit makes a name longer by one at most, and puts in or takes out one letter at most.
    fn distance_at_least(self, other: Letters) -> usize {
        let (gone, new) =
            ((self.set & !other.set).count_ones(), (other.set & !self.set).count_ones());
        self.count.abs_diff(other.count).max(gone as usize).max(new as usize)
    }
}
