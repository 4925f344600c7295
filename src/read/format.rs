//! What a format is: a row of a table, which opens files.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use crate::fault::Fault;
use crate::read::frame::Frame;
use crate::read::note::{FaultText, MALFORMED};
use crate::read::pattern::{Pattern, Writing};
use crate::read::reader::{Malformed, Reader};
use crate::source::{Bytes, FlatMap, Span};

/// A format that data are read from.
#[derive(Debug)]
pub struct Format {
    /// Its name in rule files.
    pub name: &'static str,
    /// What it is, for help.
    pub about: &'static str,
    /// Endings of its files, in lower case.
    pub endings: &'static [&'static str],
    /// Keys of a table's rule that not every format takes.
    pub keys: &'static [&'static str],
    /// What can be wrong with its files.
    pub faults: &'static [&'static Fault],
    /// Its files are texts: held whole, their cells written as people write.
    pub is_prose: bool,
    /// Its files are texts of any kind; others are known by more than their first bytes.
    pub is_text: bool,
    /// Its rows are the matches of a pattern, without which it cannot be read.
    pub needs_pattern: bool,
    /// Opens a file, once for all of its tables.
    pub open: fn(Arc<dyn Bytes>) -> Result<Box<dyn Container>, Refusal>,
    /// Finds the comments in one of its files that speak to this program; only prose has some.
    pub comments: fn(&str) -> Vec<Comment>,
}

/// A comment in a text that speaks to this program: `<!-- crossfoot: … -->`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// All of it; where its end is missing, its first line.
    pub span: Span,
    /// What stands behind `crossfoot:`.
    pub words: String,
    /// From offsets of `words` to bytes of the file.
    pub map: FlatMap,
    /// Whether it has an end.
    pub is_closed: bool,
    /// Whether it stands alone, and so means what follows it.
    pub is_alone: bool,
    /// The block of the text that it means; none where nothing follows it.
    pub block: Option<Span>,
}

impl Format {
    /// Whether a key of a rule has a meaning in it.
    pub fn takes(&self, key: &str) -> bool {
        self.keys.contains(&key)
    }
}

/// A file that has been opened.
pub trait Container {
    /// The names of its tables; one without a name where a file is a table.
    fn tables(&self) -> Vec<String>;

    /// Opens one of them.
    ///
    /// # Errors
    /// Why it cannot be read; a table that is not there is a note of its reader.
    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal>;
}

/// What a rule says of how a file is read; each format takes what it knows.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Between fields; the usual one of the format where none is given.
    pub delimiter: Option<u8>,
    /// Around fields; `Some(None)` where quotes have no meaning.
    pub quote: Option<Option<u8>>,
    /// Where the table stands in the file, and what names its columns.
    pub frame: Frame,
    /// What takes the meaning from the sign after it.
    pub escape: Option<u8>,
    /// Whether fields that a record lacks at its end are missing.
    pub short: bool,
    /// Whether a record with a single field is a heading.
    pub headings: bool,
    /// Whether no-break spaces before a text show its place in a hierarchy.
    pub indented: bool,
    /// Whether a record that is like the header is a row.
    pub repeated: bool,
    /// Lines that start with this byte are no records.
    pub comment: Option<u8>,
    /// The table within the file.
    pub at: Option<String>,
    /// What the rows of a text match.
    pub pattern: Option<Arc<Pattern>>,
    /// The texts between which a section of the file stands.
    pub section: (Option<String>, Option<String>),
    /// What separates items, each of which must match as a whole.
    pub split: Option<String>,
    /// The columns that a rule declares.
    pub declared: Vec<String>,
    /// Whether no rule reads the file.
    pub undeclared: bool,
    /// Whether a file in which nothing matches is out of order.
    pub must_match: bool,
    /// The decimal sign that figures are given with, where the format stores numbers.
    pub decimal: Option<char>,
    /// How the figures of a text are written.
    pub writing: Arc<Writing>,
    /// Whether figures are given as they are stored, and not as they are shown.
    pub figures_stored: bool,
    /// What messages call the table.
    pub table: String,
    /// What messages call the file.
    pub path: String,
}

/// Why a file cannot be read.
#[derive(Debug)]
pub enum Refusal {
    /// What the system said.
    Io(io::Error),
    /// Nothing says what its rows are.
    NoPattern,
    /// It is not what it should be, or not whole.
    Damaged {
        /// What is wrong, behind "cannot be read".
        message: String,
        /// What to do.
        help: Cow<'static, str>,
    },
    /// A decoder that is not ours panicked.
    Panicked,
    /// It is not what it should be.
    Malformed(Box<Malformed>),
}

/// Opens a table of a file. Decoders are other people's code: where one panics, the file is refused.
///
/// # Errors
/// Why the file, or the table in it, cannot be read.
pub fn open(
    format: &Format,
    bytes: Arc<dyn Bytes>,
    options: &Options,
) -> Result<Arc<dyn Reader>, Refusal> {
    let open = || (format.open)(bytes).and_then(|container| container.table(options));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(open)).unwrap_or(Err(Refusal::Panicked))
}

/// Opens several tables of a file that is read once; those that it does not give have to be opened alone.
pub fn open_all(
    format: &Format,
    bytes: Arc<dyn Bytes>,
    all: &[&Options],
) -> Vec<Result<Arc<dyn Reader>, Refusal>> {
    let open = || -> Vec<Result<Arc<dyn Reader>, Refusal>> {
        let Ok(container) = (format.open)(bytes) else { return Vec::new() };
        all.iter().map(|options| container.table(options)).collect()
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(open)).unwrap_or_default()
}

/// How many bytes show that a text is UTF-16, if it is: its mark, or every second byte is NUL.
pub fn utf16(head: &[u8]) -> Option<usize> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some(2);
    }
    let pairs = head.as_chunks::<2>().0;
    let nuls = |of: fn(&[u8; 2]) -> bool| {
        pairs.len() > 1 && pairs.iter().filter(|p| of(p)).count() * 10 >= pairs.len() * 8
    };
    (nuls(|p| p[0] == 0 && p[1] != 0) || nuls(|p| p[1] == 0 && p[0] != 0)).then_some(2)
}

/// That a document is UTF-16, and nothing says so.
pub fn undeclared(bytes: &dyn Bytes) -> Option<Refusal> {
    let mut head = [0; 64];
    let n = bytes.read_at(0, &mut head).ok()?;
    let marked = utf16(head.get(..n)?)?;
    let words = FaultText {
        message: "the file looks like UTF-16, but no encoding is declared".into(),
        label: "not UTF-8".into(),
        help: Some(
            "add `encoding = \"utf-16le\"` (or \"utf-16be\") to the table's rules, or save the file as UTF-8".into(),
        ),
        odd: None,
    };
    let span = Span::new(0, marked as u64);
    Some(Refusal::Malformed(Box::new(Malformed { fault: &MALFORMED, span, words })))
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal::Io(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_refuses_its_file() {
        let format = Format { open: |_| panic!("a decoder's own fault"), ..crate::read::csv::CSV };
        let opened = open(&format, Arc::new(Vec::new()), &Options::default());
        assert!(matches!(opened, Err(Refusal::Panicked)));
    }
}
