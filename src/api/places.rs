//! Places in one text, by line and character.

use std::cell::Cell;

use crate::files::sources::Sources;
use crate::report::document::prose::ProsePlace;
use crate::source::{FileId, Files, Span};
use crate::width::to_usize;

/// Finds places in a text; those that are asked for in order take one walk through long lines.
pub struct Places<'a> {
    book: &'a Sources,
    file: FileId,
    text: &'a str,
    /// Where the last one was, and how many characters of its line stand before it.
    last: Cell<(usize, u64)>,
}

impl<'a> Places<'a> {
    /// In the text of a file.
    pub fn new(book: &'a Sources, file: FileId, text: &'a str) -> Places<'a> {
        Places { book, file, text, last: Cell::new((0, 0)) }
    }

    /// The path of the file.
    pub fn path(&self) -> String {
        Files::path(self.book, self.file)
    }

    /// The place of some bytes.
    pub fn of(&self, span: Span) -> ProsePlace {
        let at = to_usize(span.start).min(self.text.len());
        let (last, before) = self.last.get();
        let between = self.text.get(last.min(at)..last.max(at)).unwrap_or_default();
        let count = |text: &str| text.chars().count() as u64;
        let column = match between.rfind('\n') {
            None if at >= last => before + count(between),
            None => before.saturating_sub(count(between)),
            Some(line) if at >= last => count(between.get(line + 1..).unwrap_or_default()),
            Some(_) => {
                let before = self.text.get(..at).unwrap_or_default();
                count(before.rsplit('\n').next().unwrap_or_default())
            }
        };
        self.last.set((at, column));
        let line = Files::line(self.book, self.file, span.start);
        ProsePlace { start: span.start, end: span.end, line, column: column + 1 }
    }
}
