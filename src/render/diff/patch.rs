//! Changes of a file as a unified patch: lines with those around them.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::report::{At, Position, SourceText};
use crate::source::{FileId, Span};
use crate::width::to_usize;

/// Lines around a change that are shown with it.
const CONTEXT: u64 = 3;

/// Bytes of a file and what would stand in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub at: At,
    /// The bytes that go.
    pub span: Span,
    pub new: Vec<u8>,
    /// What is changed and why.
    pub words: String,
}

pub(super) fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

/// Some bytes of a file, few enough to be shown at once.
pub(super) fn bytes(sources: &dyn SourceText, file: FileId, span: Span) -> Option<Vec<u8>> {
    let at = At::bytes(file, span, Position { line: 1, column: 1 });
    let excerpt = sources.excerpt(&at, 0)?;
    let from = to_usize(span.start.checked_sub(excerpt.start)?);
    excerpt.bytes.get(from..from + to_usize(span.len())).map(<[u8]>::to_vec)
}

/// A line of a file.
struct Line {
    start: u64,
    bytes: Vec<u8>,
    /// What changes in it: bytes of it, and what takes their place.
    edits: Vec<(Range<usize>, Vec<u8>)>,
}

impl Line {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn changed(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let mut edits: Vec<_> = self.edits.iter().collect();
        edits.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
        for (at, new) in edits {
            bytes.splice(at.clone(), new.iter().copied());
        }
        bytes
    }
}

/// The changes of one file, with the lines around them.
#[derive(Default)]
pub(super) struct Patch {
    lines: BTreeMap<u64, Line>,
    words: Vec<String>,
}

impl Patch {
    pub fn add(&mut self, edit: Edit, sources: &dyn SourceText) -> Result<(), String> {
        let mut contexts = (0..=CONTEXT).rev();
        let lines = contexts.find_map(|context| whole_lines(&edit.at, context, sources));
        let is_odd = |l: &(u64, Line)| {
            let text = l.1.bytes.strip_suffix(b"\n").unwrap_or(&l.1.bytes);
            text.strip_suffix(b"\r").unwrap_or(text).contains(&b'\r')
        };
        let Some(lines) = lines else {
            return Err(format!("{}: the line is too long", edit.words));
        };
        if lines.iter().any(is_odd) {
            return Err(format!("{}: lines do not end with a line feed", edit.words));
        }
        let end = lines.last().map_or(0, |(_, line)| line.end());
        if end < edit.span.end {
            return Err(format!("{}: the cell has too many lines", edit.words));
        }
        let mut new = edit.new;
        for (number, line) in lines {
            let line = self.lines.entry(number).or_insert(line);
            // What takes the place of several lines stands in the first of them.
            let (from, to) = (edit.span.start.max(line.start), edit.span.end.min(line.end()));
            if from < to || from == to && edit.span.is_empty() && from < line.end() {
                let range = to_usize(from - line.start)..to_usize(to - line.start);
                line.edits.push((range, std::mem::take(&mut new)));
            }
        }
        self.words.push(edit.words);
        Ok(())
    }

    pub fn write(&self, path: &str, out: &mut Vec<u8>) {
        if self.words.is_empty() {
            return;
        }
        for words in &self.words {
            line(out, &format!("# {words}"));
        }
        // A path with blanks ends with a tab, by which programs know where it ends.
        let end = if path.contains(' ') { "\t" } else { "" };
        line(out, &format!("--- a/{path}{end}"));
        line(out, &format!("+++ b/{path}{end}"));
        let mut hunk: Vec<(u64, &Line)> = Vec::new();
        let mut more = 0;
        for (number, line) in &self.lines {
            if hunk.last().is_some_and(|(last, _)| last + 1 != *number) {
                more += write_hunk(&std::mem::take(&mut hunk), more, out);
            }
            hunk.push((*number, line));
        }
        write_hunk(&hunk, more, out);
    }
}

/// Lines that follow each other, of a file that has `more` lines before them than it had; how many more
/// these are then.
fn write_hunk(hunk: &[(u64, &Line)], more: i64, out: &mut Vec<u8>) -> i64 {
    let Some((first, _)) = hunk.first() else { return 0 };
    let (mut body, mut own) = (Vec::new(), 0);
    for group in hunk.chunk_by(|a, b| a.1.edits.is_empty() == b.1.edits.is_empty()) {
        let is_changed = group.iter().any(|(_, line)| !line.edits.is_empty());
        for (_, line) in group {
            marked(if is_changed { b'-' } else { b' ' }, &line.bytes, &mut body);
        }
        // Lines may have become one, or one several.
        let new: Vec<u8> = group.iter().flat_map(|(_, line)| line.changed()).collect();
        let mut added = 0;
        for line in new.split_inclusive(|b| *b == b'\n').filter(|_| is_changed) {
            marked(b'+', line, &mut body);
            added += 1;
        }
        own += if is_changed { added - group.len() as i64 } else { 0 };
    }
    let count = hunk.len();
    let (start, new) =
        (first.saturating_add_signed(more), (count as u64).saturating_add_signed(own));
    line(out, &format!("@@ -{first},{count} +{start},{new} @@"));
    out.append(&mut body);
    own
}

fn marked(mark: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(mark);
    out.extend_from_slice(bytes);
    if !bytes.ends_with(b"\n") {
        line(out, "\n\\ No newline at end of file");
    }
}

/// The line of a place and lines around it, with their numbers; none where one of them is cut.
fn whole_lines(at: &At, context: u64, sources: &dyn SourceText) -> Option<Vec<(u64, Line)>> {
    let excerpt = sources.excerpt(at, context)?;
    let (file, start) = (at.file(), excerpt.start);
    let end = start + excerpt.bytes.len() as u64;
    let before = start.checked_sub(1).and_then(|n| bytes(sources, file, Span::new(n, start)));
    let is_start = start == 0 || before.as_deref() == Some(b"\n");
    let is_end = excerpt.bytes.ends_with(b"\n")
        || bytes(sources, file, Span::new(end, end + 1)).is_none_or(|b| b.is_empty());
    let (mut at, mut all) = (start, Vec::new());
    for (number, bytes) in
        (excerpt.first_line..).zip(excerpt.bytes.split_inclusive(|b| *b == b'\n'))
    {
        all.push((number, Line { start: at, bytes: bytes.to_vec(), edits: Vec::new() }));
        at += bytes.len() as u64;
    }
    (is_start && is_end && !all.is_empty()).then_some(all)
}
