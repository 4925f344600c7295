//! A line of a file as it is drawn: cut to the width, everything in it visible, with the way from
//! the file's bytes to columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::render::options::Options;
use crate::report::text::{escape, escape_byte};
use crate::report::{At, Excerpt, SourceText};
use crate::source::Span;

/// A line, or a part of one.
#[derive(Debug)]
pub struct Window {
    /// What is drawn of it.
    pub text: String,
    /// Where each character of the file begins in `text`, and where in the file.
    characters: Vec<(usize, u64)>,
    /// One past the last byte of the file that is drawn, and where that is in `text`.
    end: (u64, usize),
    /// The place that it was made for.
    pub place: At,
}

/// Columns of a tab.
const TAB: usize = 4;

impl Window {
    /// What is drawn of the line in which a place begins, beside which `words` columns are needed.
    pub fn new(
        place: At,
        (words, room): (usize, usize),
        options: Options,
        sources: &dyn SourceText,
    ) -> Option<Window> {
        let excerpt = sources.excerpt(&place, 0)?;
        let (text, characters, end) = visible(&excerpt, place.span().start);
        let mut window = Window { text, characters, end, place };
        let dots = if options.ascii { "..." } else { "…" };
        window.cut(words, room, excerpt.first_column > 0, dots);
        Some(window)
    }

    /// Whether all of the span is drawn.
    pub fn holds(&self, span: Span) -> bool {
        let start = self.characters.first().map_or(self.end.0, |c| c.1);
        start <= span.start && span.end <= self.end.0
    }

    /// The columns of a span: to the end of the line, or of what is shown of it; at least one.
    pub fn columns(&self, span: Span) -> (usize, usize) {
        let column = |at: usize| self.text.get(..at).unwrap_or_default().width();
        let start = self.at(span.start);
        let end = self.at(span.end).max(start);
        (column(start), column(end).max(column(start) + 1))
    }

    /// Where a byte of the file is in the text.
    pub fn at(&self, offset: u64) -> usize {
        if offset >= self.end.0 {
            return self.end.1;
        }
        let next = self.characters.partition_point(|c| c.1 <= offset);
        next.checked_sub(1).and_then(|n| self.characters.get(n)).map_or(0, |c| c.0)
    }

    /// Keeps so much of the line as there is room for, with `…` where it is cut.
    fn cut(&mut self, words: usize, room: usize, is_cut_before: bool, dots: &str) {
        let at = self.at(self.place.span().start);
        let (before, span) = self.columns(self.place.span());
        let is_wide = self.text.width() > room;
        // The span, a blank and the words beside it want their place.
        let wanted = (span - before + 1 + words).min(room * 2 / 3);
        let (mut from, mut to) = (0, self.text.len());
        if is_wide || before + wanted > room {
            let most = if is_wide { room / 3 } else { room };
            let spare = room - wanted - dots.width();
            from = self.back(at, most.min(spare));
            to = self.forward(from, room - 2 * dots.width());
        }
        let head = if from > 0 || is_cut_before { dots } else { "" };
        let tail = if to < self.text.len() { dots } else { "" };
        let shown = self.text.get(from..to).unwrap_or_default();
        let text = format!("{head}{shown}{tail}");
        let next = self.characters.iter().find(|c| c.0 >= to).map_or(self.end.0, |c| c.1);
        self.characters.retain(|c| (from..to).contains(&c.0));
        self.characters.iter_mut().for_each(|c| c.0 = c.0 - from + head.len());
        self.end = (next, head.len() + shown.len());
        self.text = text;
    }

    /// The first character that is no more than `room` columns before `at`.
    fn back(&self, at: usize, room: usize) -> usize {
        let before = self.characters.iter().rev().map(|c| c.0).filter(|c| *c <= at);
        let fits = |c: &usize| self.text.get(*c..at).is_some_and(|t| t.width() <= room);
        before.take_while(fits).last().unwrap_or(at)
    }

    /// The end of the last character that is no more than `room` columns after `from`.
    fn forward(&self, from: usize, room: usize) -> usize {
        let ends = self.characters.iter().map(|c| c.0).filter(|c| *c > from);
        let ends = ends.chain(std::iter::once(self.text.len()));
        let fits = |c: &usize| self.text.get(from..*c).is_some_and(|t| t.width() <= room);
        ends.take_while(fits).last().unwrap_or(self.text.len())
    }
}

/// The line of an excerpt in which a byte stands, in which everything can be seen; where its
/// characters begin, and its end. Tabs become blanks.
fn visible(excerpt: &Excerpt, byte: u64) -> (String, Vec<(usize, u64)>, (u64, usize)) {
    let bytes = line_of(excerpt, byte);
    let (mut text, mut characters) = (String::new(), Vec::new());
    let (mut at, mut columns) = (bytes.1, 0);
    for chunk in bytes.0.utf8_chunks() {
        for c in chunk.valid().chars() {
            characters.push((text.len(), at));
            at += c.len_utf8() as u64;
            let start = text.len();
            match c {
                '\t' => text.push_str(&" ".repeat(TAB - columns % TAB)),
                c if escape(c, &mut text) => {}
                c => text.push(c),
            }
            columns += match c.width() {
                Some(width) if text.len() - start == c.len_utf8() => width,
                _ => text.len() - start,
            };
        }
        for byte in chunk.invalid() {
            characters.push((text.len(), at));
            at += 1;
            escape_byte(u32::from(*byte), &mut text);
        }
    }
    let end = (at, text.len());
    (text, characters, end)
}

/// The bytes of the line in which a byte stands, without its end, and where they begin.
fn line_of(excerpt: &Excerpt, byte: u64) -> (&[u8], u64) {
    let at = usize::try_from(byte.saturating_sub(excerpt.start)).unwrap_or(usize::MAX);
    let (before, after) = excerpt.bytes.split_at_checked(at).unwrap_or((&excerpt.bytes, &[]));
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    let end = after.iter().position(|b| *b == b'\n').map_or(excerpt.bytes.len(), |n| at + n);
    let line = excerpt.bytes.get(start..end).unwrap_or_default();
    (line.strip_suffix(b"\r").unwrap_or(line), excerpt.start + start as u64)
}
