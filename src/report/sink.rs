//! What a renderer is, and what it is given.

use std::sync::Arc;

use crate::report::collection::{Collection, Limit};
use crate::report::document::{Document, JsonFinding};
use crate::report::finding::Finding;
use crate::report::place::{At, Position};
use crate::report::summary::{Facts, Summary};
use crate::source::{Addresses, FileId, Problem, Span};

/// Lines of the sources, for renderers that quote them.
pub trait SourceText: Sync {
    /// The file's path as it is shown: relative, with `/`.
    fn path(&self, file: FileId) -> &str;
    /// The text of the lines around a byte range of a file and the line number of the first:
    /// whole physical lines, lossily decoded, at most `context` lines before and after, with the
    /// byte offset of the first. Very long lines are cut to a window around the span.
    fn excerpt(&self, at: &At, context: u64) -> Option<Excerpt>;
    /// What is known of the cells of a file that is no text.
    fn addresses(&self, _file: FileId) -> Option<&dyn Addresses> {
        None
    }
}

/// Some lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The bytes, line ends included.
    pub bytes: Vec<u8>,
    /// Where they start in the file.
    pub start: u64,
    /// The number of the first line.
    pub first_line: u64,
    /// Characters cut away before `bytes` in its first line.
    pub first_column: u64,
}

/// A renderer. Sees one finding at a time; they are written in order, but made on many cores. One
/// that [keeps](Sink::keeps) findings gets them in order and writes them after the last.
pub trait Sink: Sync {
    /// Before the first finding.
    fn begin(&mut self, facts: &Facts, out: &mut Vec<u8>);
    /// One finding; `first`: it is the first of all.
    fn finding(&self, finding: &Finding, first: bool, sources: &dyn SourceText, out: &mut Vec<u8>);
    /// Whether it writes a finding; it gets no others.
    fn takes(&self, _finding: &Finding) -> bool {
        true
    }
    /// Whether it writes the whole document: certificates, coverage and exhibits are made for it.
    fn is_document(&self) -> bool {
        false
    }
    /// Whether it lists the figures of texts that no check depends on.
    fn lists_figures(&self) -> bool {
        self.is_document()
    }
    /// Whether it keeps findings and writes them together, after the last one.
    fn keeps(&self) -> bool {
        false
    }
    /// Whether it may show only some of many findings, and should have a file beside it with all.
    fn is_limited(&self) -> bool {
        false
    }
    /// Before anything else: the name of that file.
    fn set_beside(&mut self, _name: &str) {}
    /// How many findings it got and does not show.
    fn held_back(&self) -> u64 {
        0
    }
    /// Keeps a finding.
    fn keep(&mut self, _finding: &Finding, _sources: &dyn SourceText) {}
    /// After the last finding: writes what was kept.
    fn write_kept(&mut self, _summary: &Summary, _sources: &dyn SourceText, _out: &mut Vec<u8>) {}
    /// A problem of the rules or the run (exit status 2).
    fn problem(&mut self, problem: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>);
    /// After the last.
    fn end(&mut self, summary: &Summary, out: &mut Vec<u8>);
}

/// A renderer of a saved run, which gets the findings as they are read.
pub trait SavedSink {
    /// What is known before the first finding.
    fn begin(&mut self, document: &Document, out: &mut Vec<u8>);
    /// How many findings it shows of an old run that this one is compared with.
    fn old_limit(&self) -> Option<Limit> {
        None
    }
    /// Whether it may show only some of many findings, and should have a file beside it with all.
    fn is_limited(&self) -> bool {
        false
    }
    /// Before anything else: the name of that file.
    fn set_beside(&mut self, _name: &str) {}
    /// How many findings it got and does not show.
    fn held_back(&self) -> u64 {
        0
    }
    /// Before anything else: the old run.
    fn compare_with(&mut self, _old: &Arc<Collection>) {}
    /// One finding, in order.
    fn finding(&mut self, finding: JsonFinding<'static>, out: &mut Vec<u8>);
    /// After the last: the document but for its findings.
    fn end(&mut self, document: Document, out: &mut Vec<u8>);
}

/// Where a span of a file stands that is small enough to be looked at from its start.
pub fn in_text(sources: &dyn SourceText, file: FileId, span: Span) -> At {
    At::bytes(file, span, position(sources, file, span.start))
}

fn position(sources: &dyn SourceText, file: FileId, offset: u64) -> Position {
    let (mut line, mut column, mut at) = (1, 1, 0);
    // An excerpt of a long span is cut: what stands before the offset is read piece by piece.
    while at < offset {
        let piece = Span::new(at, offset.min(at + PIECE));
        let start = Position { line: 1, column: 1 };
        let piece_at = At::bytes(file, piece, start);
        let Some(excerpt) = sources.excerpt(&piece_at, 0) else { break };
        let bytes = excerpt.bytes.iter().zip(excerpt.start..);
        for (byte, _) in bytes.filter(|(_, n)| (piece.start..piece.end).contains(n)) {
            match byte {
                b'\n' => (line, column) = (line + 1, 1),
                byte if byte & 0xC0 != 0x80 => column += 1,
                _ => {}
            }
        }
        at = piece.end;
    }
    Position { line, column }
}

/// Bytes that an excerpt shows without a cut.
const PIECE: u64 = 1024;
