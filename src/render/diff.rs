//! A unified patch: figures for which a finding has a single explanation, as they would be. `git apply`
//! and `patch -p1` take it; what stands before the name of a file is for people.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::render::words::{count, location};
use crate::report::text::printable;
use crate::report::{At, Facts, Finding, Position, Sink, SourceText, Summary, Suspect};
use crate::source::{FileId, Problem, Span};
use crate::width::to_usize;

/// Lines around a change that are shown with it.
const CONTEXT: u64 = 3;

/// A figure and what it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    at: At,
    /// The bytes of the figure.
    span: Span,
    new: String,
    /// What is changed and why.
    words: String,
}

/// Keeps what can be patched.
#[derive(Default)]
pub struct Diff {
    edits: BTreeMap<FileId, Vec<Edit>>,
    /// What has an explanation and cannot be patched, with the reason.
    left_out: Vec<String>,
    /// Findings without a single explanation.
    unexplained: u64,
}

impl Sink for Diff {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}

    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn keeps(&self) -> bool {
        true
    }

    fn keep(&mut self, f: &Finding, sources: &dyn SourceText) {
        if !f.counts {
            return;
        }
        let found = explanation(f);
        if found.is_empty() {
            self.unexplained += 1;
            return;
        }
        let edits: Result<Vec<Edit>, String> =
            found.iter().map(|suspect| edit(f, suspect, sources)).collect();
        match edits {
            Ok(edits) => {
                for edit in edits {
                    self.edits.entry(edit.at.file()).or_default().push(edit);
                }
            }
            Err(why) => self.left_out.push(why),
        }
    }

    fn write_kept(&mut self, _: &Summary, sources: &dyn SourceText, out: &mut Vec<u8>) {
        for (file, edits) in std::mem::take(&mut self.edits) {
            let (edits, apart) = settled(edits);
            self.left_out.extend(apart);
            let mut patch = Patch::default();
            for edit in edits {
                if let Err(why) = patch.add(edit, sources) {
                    self.left_out.push(why);
                }
            }
            patch.write(&printable(sources.path(file)), out);
        }
        for why in &self.left_out {
            line(out, &format!("# not patched: {why}"));
        }
        if self.unexplained > 0 {
            let findings = count(self.unexplained, "finding", "findings");
            line(out, &format!("# {findings} without a single explanation"));
        }
    }

    fn problem(&mut self, _: &Problem, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

/// The cells that explain a finding, where nothing else does: one, or two that changed places.
fn explanation(f: &Finding) -> Vec<&Suspect> {
    let swapped = |s: &&Suspect| s.reason == Some("swapped-cells");
    match &f.suspects[..] {
        [a, b] if swapped(&a) && swapped(&b) => vec![a, b],
        all => all.iter().filter(|s| s.is_likely).take(1).collect(),
    }
}

/// The change of a cell; why there is none otherwise.
fn edit(f: &Finding, s: &Suspect, sources: &dyn SourceText) -> Result<Edit, String> {
    let at = s.place.at;
    let place = location(sources, &at);
    let why = s.reason.map(|reason| format!(", {}", reason.replace('-', " ")));
    let name = if s.name.is_empty() { String::new() } else { format!(" {}:", printable(&s.name)) };
    let words = format!(
        "{place}:{name} {} in place of {}{} [{}]",
        printable(&s.would_be),
        printable(&s.stated),
        why.unwrap_or_default(),
        f.check()
    );
    let no = |why: &str| Err(format!("{words}: {why}"));
    let At::Bytes { file, span, derived, .. } = at else {
        return no("the file is no text");
    };
    let path = sources.path(file);
    if derived {
        return no("the file is compressed, or in another encoding than UTF-8");
    }
    if path == "<stdin>" {
        return no("it was read from standard input");
    }
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return no("the file is in another directory; run it from there");
    }
    if path.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
        return no("the name of the file cannot stand in a patch");
    }
    let digits = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    if !digits(&s.stated) || !digits(&s.would_be) {
        return no("it is written in words");
    }
    let written = bytes(sources, file, span).unwrap_or_default();
    let written = String::from_utf8_lossy(&written);
    let mut found = written.match_indices(s.stated.trim());
    let (Some((n, stated)), None) = (found.next(), found.next()) else {
        return no("the cell is written in another way");
    };
    let start = span.start + n as u64;
    let span = Span::new(start, start + stated.len() as u64);
    Ok(Edit { at, span, new: s.would_be.clone(), words })
}

/// Some bytes of a file, few enough to be shown at once.
fn bytes(sources: &dyn SourceText, file: FileId, span: Span) -> Option<Vec<u8>> {
    let at = At::bytes(file, span, Position { line: 1, column: 1 });
    let excerpt = sources.excerpt(&at, 0)?;
    let from = to_usize(span.start.checked_sub(excerpt.start)?);
    excerpt.bytes.get(from..from + to_usize(span.len())).map(<[u8]>::to_vec)
}

/// The changes in order, each once; those that contradict each other are left out.
fn settled(mut edits: Vec<Edit>) -> (Vec<Edit>, Vec<String>) {
    edits.sort_by(|a, b| (a.span, &a.new, &a.words).cmp(&(b.span, &b.new, &b.words)));
    edits.dedup_by(|a, b| (a.span, &a.new) == (b.span, &b.new));
    let meets = |a: &Edit, b: &Edit| a.span.start < b.span.end && b.span.start < a.span.end;
    let is_apart = |n: usize, edit: &Edit| {
        let mut others = edits.iter().enumerate().filter(|(other, _)| *other != n);
        others.all(|(_, other)| !meets(edit, other))
    };
    let apart: Vec<bool> = edits.iter().enumerate().map(|(n, edit)| is_apart(n, edit)).collect();
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for (edit, apart) in edits.into_iter().zip(apart) {
        match apart {
            true => kept.push(edit),
            false => {
                left_out.push(format!("{}: other findings ask for another figure", edit.words))
            }
        }
    }
    (kept, left_out)
}

/// A line of a file.
struct Line {
    start: u64,
    bytes: Vec<u8>,
    /// What changes in it: bytes of it, and what takes their place.
    edits: Vec<(Range<usize>, String)>,
}

impl Line {
    fn changed(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let mut edits: Vec<_> = self.edits.iter().collect();
        edits.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
        for (at, new) in edits {
            bytes.splice(at.clone(), new.bytes());
        }
        bytes
    }
}

/// The changes of one file, with the lines around them.
#[derive(Default)]
struct Patch {
    lines: BTreeMap<u64, Line>,
    words: Vec<String>,
}

impl Patch {
    fn add(&mut self, edit: Edit, sources: &dyn SourceText) -> Result<(), String> {
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
        for (number, line) in lines {
            let line = self.lines.entry(number).or_insert(line);
            let end = line.start + line.bytes.len() as u64;
            if line.start <= edit.span.start && edit.span.end <= end {
                let from = to_usize(edit.span.start - line.start);
                line.edits.push((from..from + to_usize(edit.span.len()), edit.new.clone()));
            }
        }
        self.words.push(edit.words);
        Ok(())
    }

    fn write(&self, path: &str, out: &mut Vec<u8>) {
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
        for (number, line) in &self.lines {
            if hunk.last().is_some_and(|(last, _)| last + 1 != *number) {
                write_hunk(&std::mem::take(&mut hunk), out);
            }
            hunk.push((*number, line));
        }
        write_hunk(&hunk, out);
    }
}

/// Lines that follow each other. No line is added or taken away, so both sides have their numbers.
fn write_hunk(hunk: &[(u64, &Line)], out: &mut Vec<u8>) {
    let Some((first, _)) = hunk.first() else { return };
    let count = hunk.len();
    line(out, &format!("@@ -{first},{count} +{first},{count} @@"));
    for group in hunk.chunk_by(|a, b| a.1.edits.is_empty() == b.1.edits.is_empty()) {
        let is_changed = group.iter().any(|(_, line)| !line.edits.is_empty());
        for (_, line) in group {
            marked(if is_changed { b'-' } else { b' ' }, &line.bytes, out);
        }
        for (_, line) in group.iter().filter(|_| is_changed) {
            marked(b'+', &line.changed(), out);
        }
    }
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
