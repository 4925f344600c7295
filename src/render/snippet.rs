//! The lines of a file that labels need, as they are drawn: cut to the width, everything in them
//! visible, with the way from the file's bytes to what is drawn.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthStr;

use crate::report::text::{escape, escape_byte};
use crate::report::{At, Excerpt, SourceText};
use crate::source::Span;

/// The windows of one file. What miette takes for its offsets are those of the drawn windows, one
/// after the other.
pub struct Drawn {
    name: String,
    windows: Vec<Window>,
}

/// Some lines of the file, or a part of one.
struct Window {
    /// Where it begins in all that is drawn.
    base: usize,
    text: String,
    /// Where each character of the file begins in `text`, and where in the file.
    characters: Vec<(usize, u64)>,
    /// One past the last byte of the file that is drawn, and where that is in `text`.
    end: (u64, usize),
    /// The place that it was made for.
    place: At,
}

impl Drawn {
    /// What is drawn of one file for these places.
    pub fn new(name: String, places: &[At], sources: &dyn SourceText, width: usize) -> Drawn {
        let mut windows: Vec<Window> = Vec::new();
        for place in places {
            if windows.iter().any(|w| w.holds(place.span())) {
                continue;
            }
            let excerpt = sources.excerpt(place, 0);
            windows.extend(excerpt.map(|excerpt| Window::new(*place, &excerpt, width)));
        }
        windows.sort_by_key(|w| w.place.span());
        let mut base = 0;
        for window in &mut windows {
            window.base = base;
            // Windows don't touch, so that no span is in two of them.
            base += window.text.len() + 1;
        }
        Drawn { name, windows }
    }

    /// Where a place is drawn: to the end of its first line, or of what is shown of it.
    pub fn span(&self, place: &At) -> Option<SourceSpan> {
        let own = self.windows.iter().find(|w| w.place.span() == place.span());
        let window = own.or_else(|| self.windows.iter().find(|w| w.holds(place.span())))?;
        let start = window.at(place.span().start);
        let end = window.at(place.span().end).max(start);
        let line = window.text.get(start..end).and_then(|t| t.find('\n'));
        let end = line.map_or(end, |n| start + n);
        Some(SourceSpan::new((window.base + start).into(), end - start))
    }
}

impl Window {
    fn new(place: At, excerpt: &Excerpt, width: usize) -> Window {
        let (text, characters) = visible(excerpt);
        let end = (excerpt.start + excerpt.bytes.len() as u64, text.len());
        let mut window = Window { base: 0, text, characters, end, place };
        let room = width.saturating_sub(12).max(40);
        if window.text.lines().any(|line| line.width() > room) {
            window.cut(room, excerpt.first_column > 0);
        }
        window
    }

    /// Whether all of the span is drawn.
    fn holds(&self, span: Span) -> bool {
        let start = self.characters.first().map_or(self.end.0, |c| c.1);
        start <= span.start && span.end <= self.end.0
    }

    /// Where a byte of the file is in the text.
    fn at(&self, offset: u64) -> usize {
        if offset >= self.end.0 {
            return self.end.1;
        }
        let next = self.characters.partition_point(|c| c.1 <= offset);
        next.checked_sub(1).and_then(|n| self.characters.get(n)).map_or(0, |c| c.0)
    }

    /// Keeps so much of the first line as there is room for, with `…` where it is cut.
    fn cut(&mut self, room: usize, is_cut_before: bool) {
        let at = self.at(self.place.span().start);
        let (before, after) = self.text.split_at_checked(at).unwrap_or((&self.text, ""));
        let line = before.rfind('\n').map_or(0, |n| n + 1);
        let line_end = after.find('\n').map_or(self.text.len(), |n| at + n);
        let whole = self.text.get(line..line_end).unwrap_or_default();
        let (mut from, mut to) = (line, line_end);
        if whole.width() > room {
            from = self.back(line, at, room / 3);
            to = self.forward(from, line_end, room);
        }
        let dots = |is: bool| if is { "…" } else { "" };
        let head = dots(from > line || line == 0 && is_cut_before);
        let shown = self.text.get(from..to).unwrap_or_default();
        let text = format!("{head}{shown}{}\n", dots(to < line_end));
        let next = self.characters.iter().find(|c| c.0 >= to).map_or(self.end.0, |c| c.1);
        self.characters.retain(|c| (from..to).contains(&c.0));
        self.characters.iter_mut().for_each(|c| c.0 = c.0 - from + head.len());
        self.end = (next, head.len() + shown.len());
        self.text = text;
    }

    /// The first character that is no more than `room` columns before `at`.
    fn back(&self, line: usize, at: usize, room: usize) -> usize {
        let before = self.characters.iter().rev().map(|c| c.0).filter(|c| (line..=at).contains(c));
        let fits = |c: &usize| self.text.get(*c..at).is_some_and(|t| t.width() <= room);
        before.take_while(fits).last().unwrap_or(at)
    }

    /// The end of the last character that is no more than `room` columns after `from`.
    fn forward(&self, from: usize, line_end: usize, room: usize) -> usize {
        let ends = self.characters.iter().map(|c| c.0).filter(|c| (from + 1..line_end).contains(c));
        let ends = ends.chain(std::iter::once(line_end));
        let fits = |c: &usize| self.text.get(from..*c).is_some_and(|t| t.width() <= room);
        ends.take_while(fits).last().unwrap_or(line_end)
    }
}

/// The text of an excerpt in which everything can be seen, and where its characters begin. Line
/// ends and tabs stay: miette draws them.
fn visible(excerpt: &Excerpt) -> (String, Vec<(usize, u64)>) {
    let (mut text, mut characters) = (String::new(), Vec::new());
    let mut at = excerpt.start;
    for chunk in excerpt.bytes.utf8_chunks() {
        let mut rest = chunk.valid().chars().peekable();
        while let Some(c) = rest.next() {
            characters.push((text.len(), at));
            at += c.len_utf8() as u64;
            match c {
                '\n' | '\t' => text.push(c),
                '\r' if matches!(rest.peek(), None | Some('\n')) => text.push(' '),
                c if escape(c, &mut text) => {}
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            characters.push((text.len(), at));
            at += 1;
            escape_byte(u32::from(*byte), &mut text);
        }
    }
    (text, characters)
}

impl SourceCode for Drawn {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let holds = |w: &&Window| w.base <= start && end <= w.base + w.text.len();
        let window = self.windows.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let before = window.text.get(..start - window.base).unwrap_or_default();
        let is_first = !before.contains('\n');
        let column = if is_first { window.place.from().column.saturating_sub(1) } else { 0 };
        let lines = window.text.matches('\n').count().max(1);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            window.text.as_bytes(),
            SourceSpan::new(window.base.into(), window.text.len()),
            usize::try_from(window.place.from().line.saturating_sub(1)).unwrap_or(usize::MAX),
            usize::try_from(column).unwrap_or(usize::MAX),
            lines,
        )))
    }
}
