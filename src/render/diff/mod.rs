//! A unified patch: figures for which a finding has a single explanation, as they would be, and cells in
//! the form that the rules declare. `git apply` and `patch -p1` take it; what stands before the name of a
//! file is for people.

mod patch;

use std::collections::BTreeMap;

use crate::render::diff::patch::{Edit, Patch, bytes, line};
use crate::render::words::{count, location};
use crate::report::text::printable;
use crate::report::{At, Facts, Finding, Fix, Sink, SourceText, Summary, Suspect};
use crate::source::{Problem, Span};

/// Keeps what can be patched.
#[derive(Default)]
pub struct Diff {
    /// By the path of their file, which several tables may read.
    edits: BTreeMap<String, Vec<Edit>>,
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
        let edits: Result<Vec<Edit>, String> = match &f.fix {
            Some(fix) => fixed(f.check(), fix, sources).map(|edit| vec![edit]),
            None if found.is_empty() => {
                self.unexplained += 1;
                return;
            }
            None => found.iter().map(|suspect| edit(f, suspect, sources)).collect(),
        };
        self.take(edits, sources);
    }

    fn write_kept(&mut self, _: &Summary, sources: &dyn SourceText, out: &mut Vec<u8>) {
        self.write(sources, out);
        if self.unexplained > 0 {
            let findings = count(self.unexplained, "finding", "findings");
            line(out, &format!("# {findings} without a single explanation"));
        }
    }

    fn problem(&mut self, _: &Problem, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

impl Diff {
    /// Takes a fix of a cell that a check asks for.
    pub fn add(&mut self, check: &str, fix: &Fix, sources: &dyn SourceText) {
        self.take(fixed(check, fix, sources).map(|edit| vec![edit]), sources);
    }

    /// Takes what is no change, with the reason.
    pub fn leave_out(&mut self, why: String) {
        self.left_out.push(why);
    }

    fn take(&mut self, edits: Result<Vec<Edit>, String>, sources: &dyn SourceText) {
        match edits {
            Ok(edits) => {
                for edit in edits {
                    let path = sources.path(edit.at.file()).to_string();
                    self.edits.entry(path).or_default().push(edit);
                }
            }
            Err(why) => self.left_out.push(why),
        }
    }

    /// Writes the patch.
    pub fn write(&mut self, sources: &dyn SourceText, out: &mut Vec<u8>) {
        for (path, edits) in std::mem::take(&mut self.edits) {
            let (edits, apart) = settled(edits);
            self.left_out.extend(apart);
            let mut patch = Patch::default();
            for edit in edits {
                if let Err(why) = patch.add(edit, sources) {
                    self.left_out.push(why);
                }
            }
            patch.write(&printable(&path), out);
        }
        for why in &self.left_out {
            line(out, &format!("# not patched: {why}"));
        }
    }
}

/// What a fix changes, and why.
pub fn fix_words(check: &str, fix: &Fix, sources: &dyn SourceText) -> String {
    let column = fix.place.cell.as_ref().and_then(|cell| cell.column.as_deref());
    format!(
        "{}: {}: {} in place of {}, {} [{}]",
        location(sources, &fix.place.at),
        printable(column.unwrap_or_default()),
        visible(&fix.new),
        visible(&fix.old),
        fix.kind.replace('-', " "),
        printable(check),
    )
}

/// A text with marks around it where white space is part of what it says.
fn visible(text: &str) -> String {
    let shown = printable(text);
    let is_bare = !text.contains(char::is_whitespace) && shown == text;
    if is_bare { text.to_string() } else { format!("`{}`", shown.replace('\u{a0}', "\\u{a0}")) }
}

/// The change of a cell by a fix; why there is none otherwise.
fn fixed(check: &str, fix: &Fix, sources: &dyn SourceText) -> Result<Edit, String> {
    let (at, words) = (fix.place.at, fix_words(check, fix, sources));
    let new = fix.written.clone().and_then(|new| patchable(&at, sources).map(|()| new));
    match new {
        Ok(new) => Ok(Edit { at, span: at.span(), new, words }),
        Err(why) => Err(format!("{words}: {why}")),
    }
}

/// Whether a patch can change what stands at a place.
fn patchable(at: &At, sources: &dyn SourceText) -> Result<(), &'static str> {
    let At::Bytes { file, derived, .. } = *at else { return Err("the file is no text") };
    let path = sources.path(file);
    if derived {
        return Err("the file is compressed, or in another encoding than UTF-8");
    }
    if path == "<stdin>" {
        return Err("it was read from standard input");
    }
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err("the file is in another directory; run it from there");
    }
    if path.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
        return Err("the name of the file cannot stand in a patch");
    }
    Ok(())
}

/// The cells that explain a finding, where nothing else does: one, or two that changed places.
fn explanation(f: &Finding) -> Vec<&Suspect> {
    let swapped = |s: &&Suspect| s.reason == Some("swapped-cells");
    match &f.suspects[..] {
        // One of two cells alone would only move what is wrong.
        [a, b, rest @ ..] if swapped(&a) && swapped(&b) => {
            let is_single = rest.is_empty() || (a.is_likely && b.is_likely);
            if is_single { vec![a, b] } else { Vec::new() }
        }
        all => {
            let likely = all.iter().filter(|s| s.is_likely).collect::<Vec<_>>();
            // Some of several cells alone would only move it likewise.
            if likely.len() == 1 { likely } else { Vec::new() }
        }
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
    if let Err(why) = patchable(&at, sources) {
        return no(why);
    }
    let digits = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    if !digits(&s.stated) || !digits(&s.would_be) {
        return no("it is written in words");
    }
    let span = at.span();
    let written = bytes(sources, at.file(), span).unwrap_or_default();
    let written = String::from_utf8_lossy(&written);
    let mut found = written.match_indices(s.stated.trim());
    let (Some((n, stated)), None) = (found.next(), found.next()) else {
        return no("the cell is written in another way");
    };
    let start = span.start + n as u64;
    let span = Span::new(start, start + stated.len() as u64);
    Ok(Edit { at, span, new: s.would_be.clone().into_bytes(), words })
}

/// The changes in order, each once; those that contradict each other are left out.
fn settled(mut edits: Vec<Edit>) -> (Vec<Edit>, Vec<String>) {
    edits.sort_by(|a, b| (a.span, &a.new, &a.words).cmp(&(b.span, &b.new, &b.words)));
    edits.dedup_by(|a, b| (a.span, &a.new) == (b.span, &b.new));
    // Sorted by where they begin, those that meet are next to each other.
    let before = edits.iter().scan(0, |end: &mut u64, edit| {
        let before = *end;
        *end = before.max(edit.span.end);
        Some(before)
    });
    let after = edits.iter().skip(1).map(|edit| edit.span.start).chain([u64::MAX]);
    let apart = |((edit, before), after): ((&Edit, u64), u64)| {
        before <= edit.span.start && edit.span.end <= after
    };
    let apart: Vec<bool> = edits.iter().zip(before).zip(after).map(apart).collect();
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
