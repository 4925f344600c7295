//! Pieces of text taken out of files, with the way back to their bytes.

use crate::source::span::{FileId, Span};
use crate::width::to_u32;

/// A map from the offsets of a derived text (mark-up removed, TOML escapes read)
/// back to the bytes of its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlatMap {
    /// `(offset in the derived text, offset in the file)`, ascending; from each piece on, bytes run in step.
    pieces: Vec<(u32, u64)>,
    /// Where the file ends, where that is known: what the text has beyond it stands at its end.
    end: Option<u64>,
}

impl FlatMap {
    /// The map of a text that stands in its file unchanged from `start`.
    pub fn identity(start: u64) -> Self {
        FlatMap { pieces: vec![(0, start)], end: None }
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
    /// The place in the text of the byte at `file`; of what is left out of it, the next one.
    pub fn flat(&self, file: u64) -> usize {
        let next = self.pieces.partition_point(|p| p.1 <= file);
        let Some(&(flat, start)) = next.checked_sub(1).and_then(|n| self.pieces.get(n)) else {
            return self.pieces.first().map_or(0, |p| p.0 as usize);
        };
        let at = usize::try_from(file - start).unwrap_or(usize::MAX).saturating_add(flat as usize);
        self.pieces.get(next).map_or(at, |p| at.min(p.0 as usize))
    }
    /// The map of what stands from `start` on.
    #[must_use]
    pub fn from(&self, start: usize) -> FlatMap {
        let mut map = FlatMap { end: self.end, ..FlatMap::identity(self.at(start)) };
        for (flat, file) in self.pieces.iter().filter(|piece| piece.0 as usize > start) {
            map.push(flat - to_u32(start), *file);
        }
        map
    }
    /// The same for a file that ends there.
    #[must_use]
    pub fn up_to(self, end: u64) -> FlatMap {
        FlatMap { end: Some(end), ..self }
    }
    /// The file span of `range`; its end is one past the last byte's place.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        let within = |at: u64| self.end.map_or(at, |end| at.min(end));
        let start = within(self.at(range.start));
        let end = if range.is_empty() { start } else { within(self.at(range.end - 1) + 1) };
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
