//! A document that is one long list of rows, in pieces: each is read for itself, behind what stands
//! before the first row, so that memory does not grow with the document. Where a piece could mean
//! something else than it does as a part of the whole, the document is read whole.

use std::io::{self, BufRead, BufReader};
use std::ops::Range;
use std::sync::Arc;

use crate::read::tree::language::Language;
use crate::read::tree::value::Location;
use crate::source::{Bytes, Invalid, Seeker, text_of};
use crate::width::to_usize;

/// Bytes of a piece, about.
pub const PIECE: u64 = 256 << 10;

/// What stands before the first row may have so many: each piece is read behind it.
const MOST_HEAD: u64 = 16 << 10;

/// A row is not longer.
const MOST_LINE: usize = 64 << 20;

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where the pieces of a document are.
pub struct Pieces {
    bytes: Arc<dyn Bytes>,
    pub language: Language,
    /// Where its text begins, and what stands before the first row ends.
    head: Range<u64>,
    /// Where each begins, and the number of its first row; at last, those of none.
    starts: Vec<(u64, u64)>,
}

/// The text of a piece.
pub struct Piece {
    pub text: String,
    pub place: Location,
    /// Where its own rows stand.
    pub rows: Range<u64>,
    pub invalid: Option<Invalid>,
}

/// What a line is among the rows of a list.
enum Line {
    /// It begins a row.
    Begins,
    /// It belongs to the row at hand, or to nothing.
    GoesOn,
    /// It belongs to something else.
    Other,
}

/// Knows the lines that begin rows.
enum Marker {
    /// The indentation of their dashes.
    Yaml(Option<usize>),
    /// The header that each has.
    Toml(Option<Vec<u8>>),
}

impl Marker {
    fn line(&mut self, line: &[u8]) -> Line {
        match self {
            Marker::Yaml(indent) => {
                let own = line.iter().position(|b| *b != b' ').unwrap_or(line.len());
                let text = line.get(own..).unwrap_or_default();
                let begins = text.starts_with(b"- ") || text.trim_ascii_end() == b"-";
                let is_nothing = text.trim_ascii().is_empty() || text.starts_with(b"#");
                match *indent {
                    None if !begins => Line::GoesOn,
                    None => {
                        *indent = Some(own);
                        Line::Begins
                    }
                    Some(of) if own == of && begins => Line::Begins,
                    Some(of) if own > of || is_nothing => Line::GoesOn,
                    Some(_) => Line::Other,
                }
            }
            Marker::Toml(header) => {
                let text = line.split(|b| *b == b'#').next().unwrap_or_default().trim_ascii();
                let is_header = text.starts_with(b"[[") && text.ends_with(b"]]");
                match header {
                    Some(header) if header == text => Line::Begins,
                    None if is_header => {
                        *header = Some(text.to_vec());
                        Line::Begins
                    }
                    // What another header begins is seen when the piece is read.
                    _ => Line::GoesOn,
                }
            }
        }
    }
}

impl Pieces {
    /// Cuts a document into pieces of so many bytes or a few more; none where it has only one, or is
    /// no list alone.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn cut(
        bytes: &Arc<dyn Bytes>,
        language: Language,
        size: u64,
    ) -> io::Result<Option<Pieces>> {
        if bytes.len() < 2 * size {
            return Ok(None);
        }
        let mut lines = BufReader::with_capacity(1 << 16, Seeker::new(bytes.clone()));
        let mut marker = match language {
            Language::Yaml => Marker::Yaml(None),
            Language::Toml => Marker::Toml(None),
        };
        let (mut line, mut at, mut rows) = (Vec::new(), 0, 0);
        let (mut base, mut starts): (u64, Vec<(u64, u64)>) = (0, Vec::new());
        loop {
            line.clear();
            let length = lines.read_until(b'\n', &mut line)?;
            if length == 0 {
                break;
            }
            let mark = if at == 0 && line.starts_with(MARK) { MARK.len() } else { 0 };
            base += mark as u64;
            match marker.line(line.get(mark..).unwrap_or_default()) {
                Line::Other => return Ok(None),
                Line::Begins => {
                    let begins = at + mark as u64;
                    if starts.last().is_none_or(|(start, _)| begins - start >= size) {
                        starts.push((begins, rows));
                    }
                    rows += 1;
                }
                Line::GoesOn => {}
            }
            at += length as u64;
            let is_far = starts.is_empty() && at > MOST_HEAD;
            if is_far || line.len() > MOST_LINE {
                return Ok(None);
            }
        }
        let first = starts.first().map_or(base, |(start, _)| *start);
        let has_several = starts.len() > 1;
        starts.push((at, rows));
        let head = base..first;
        let pieces = Pieces { bytes: bytes.clone(), language, head, starts };
        Ok(has_several.then_some(pieces))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Bytes of all of them.
    pub fn size(&self) -> u64 {
        self.bytes.len()
    }

    /// How many rows they have.
    pub fn all(&self) -> u64 {
        self.starts.last().map_or(0, |(_, rows)| *rows)
    }

    /// The rows of a piece, by number.
    pub fn records(&self, piece: usize) -> Range<u64> {
        let number = |piece: usize| self.starts.get(piece).map_or(self.all(), |(_, rows)| *rows);
        number(piece)..number(piece + 1)
    }

    /// The piece that a row is in.
    pub fn of(&self, record: u64) -> usize {
        self.starts.partition_point(|(_, first)| *first <= record).saturating_sub(1)
    }

    /// The text of a piece.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&self, piece: usize) -> io::Result<Piece> {
        let start = |piece: usize| self.starts.get(piece).map_or(0, |(start, _)| *start);
        let rows = start(piece)..start(piece + 1);
        let (mut all, head) = (Vec::new(), to_usize(self.head.end - self.head.start));
        for range in [&self.head, &rows] {
            let from = all.len();
            all.resize(from + to_usize(range.end.saturating_sub(range.start)), 0);
            let n = self.bytes.read_at(range.start, all.get_mut(from..).unwrap_or_default())?;
            all.truncate(from + n);
        }
        let (text, invalid) = text_of(all);
        let place = Location::parted(self.head.start, head, rows.start);
        let shown = |first: usize| to_usize(place.span(first..first).start);
        let invalid = invalid.map(|invalid| Invalid { first: shown(invalid.first), ..invalid });
        Ok(Piece { text, place, rows, invalid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, language: Language) -> Vec<String> {
        let bytes: Arc<dyn Bytes> = Arc::new(text.as_bytes().to_vec());
        let Some(pieces) = Pieces::cut(&bytes, language, 1).expect("a text") else {
            return Vec::new();
        };
        let text = |piece| pieces.read(piece).expect("a piece").text;
        (0..pieces.count()).map(text).collect()
    }

    #[test]
    fn lists_are_cut_where_their_rows_begin() {
        for (text, pieces) in [
            ("- a: 1\n- a: 2\n\n# x\n- a: 3", &["- a: 1\n", "- a: 2\n\n# x\n", "- a: 3"][..]),
            (
                "r:\n  - a: 1\n    b: 2\n  -\n   a: 2\n",
                &["r:\n  - a: 1\n    b: 2\n", "r:\n  -\n   a: 2\n"],
            ),
            ("- a: 1\n- a: 2\nb: 3\n", &[]),
            ("r:\n  - a: 1\n  - a: 2\ns: 3\n", &[]),
            ("a: 1\nb: 2\n", &[]),
            ("- a\n", &[]),
            ("", &[]),
        ] {
            assert_eq!(cut(text, Language::Yaml), pieces, "{text}");
        }
        let text = "x = 1\n[[r]]\na = 1\n[[ r ]]\n[[r]] # more\na = 2\n[r.s]\nb = 1\n";
        let pieces =
            ["x = 1\n[[r]]\na = 1\n[[ r ]]\n", "x = 1\n[[r]] # more\na = 2\n[r.s]\nb = 1\n"];
        assert_eq!(cut(text, Language::Toml), pieces);
    }
}
