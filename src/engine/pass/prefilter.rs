//! Lines of a block that hold one of some texts: where few rows of a table are looked for, the others
//! need not be read.

use std::ops::Range;

use aho_corasick::packed::Searcher;

use crate::engine::data::directory::{BlockHead, Directory};
use crate::engine::data::table::Table;
use crate::engine::pass::locate::read_bytes;
use crate::width::to_u32;

/// Texts that are looked for at once: more take longer than reading the lines.
const MOST_TEXTS: usize = 64;

/// Lines that each have one before it is better to read all: one of so many.
const LEAST_APART: usize = 24;

/// Lines that are looked at before that is decided.
const LEAST_LINES: usize = 512;

/// Finds lines that hold one of some texts.
pub struct Prefilter(Searcher);

impl Prefilter {
    /// For lines with one of these texts; none where there are too many, one is empty, or the
    /// processor has no instructions for it.
    pub fn new(texts: &[&str]) -> Option<Prefilter> {
        let is_usable = (1..=MOST_TEXTS).contains(&texts.len()) && !texts.contains(&"");
        is_usable.then(|| Searcher::new(texts).map(Prefilter)).flatten()
    }

    /// The lines of a block that hold one, each as a block of its own; none where it is better read as a
    /// whole.
    pub fn blocks(
        &self,
        (table, directory): (&Table, &Directory),
        head: &BlockHead,
        bytes: &mut Vec<u8>,
    ) -> Option<Vec<BlockHead>> {
        let reader = &table.files.get(head.part as usize)?.reader;
        let of = reader.bytes().filter(|_| head.plain && table.layout.is_plain())?;
        read_bytes(of, head, bytes)?;
        let lines = self.lines(bytes)?.into_iter();
        let as_block = |(line, at): (usize, Range<usize>)| {
            let row = directory.row_of(head, line)?;
            let before = head.at_row(row as u64, at.start as u64, to_u32(line), to_u32(line));
            Some(BlockHead { len: to_u32(at.len()), ..before })
        };
        Some(lines.filter_map(as_block).collect())
    }

    /// The lines that hold one, each with its number from 0 and its bytes, the end included; none where
    /// they are so many that it is better to read all.
    fn lines(&self, bytes: &[u8]) -> Option<Vec<(usize, Range<usize>)>> {
        let (mut found, mut number, mut counted) = (Vec::new(), 0, 0);
        while let Some(hit) = self.0.find(bytes.get(counted..)?) {
            let hit = counted + hit.start();
            let before = bytes.get(counted..hit)?;
            number += memchr::memchr_iter(b'\n', before).count();
            let start = memchr::memrchr(b'\n', before).map_or(counted, |at| counted + at + 1);
            let rest = bytes.get(hit..)?;
            let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |at| hit + at + 1);
            found.push((number, start..end));
            (number, counted) = (number + 1, end);
            if number > LEAST_LINES && found.len() * LEAST_APART > number {
                return None;
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_with_their_numbers() {
        let prefilter = Prefilter::new(&["ab", "x"]).expect("two texts");
        let text = b"ab,1\nno\n\n1,cab,ab\nno\nx";
        let lines = prefilter.lines(text).expect("few lines");
        let shown: Vec<_> = lines.iter().map(|(n, at)| (*n, &text[at.clone()])).collect();
        assert_eq!(shown, [(0, &b"ab,1\n"[..]), (3, b"1,cab,ab\n"), (5, b"x")]);
        assert_eq!(prefilter.lines(b"none\nhere").map(|lines| lines.len()), Some(0));
    }

    #[test]
    fn where_many_lines_have_one_all_are_read() {
        let prefilter = Prefilter::new(&["ab"]).expect("a text");
        assert!(prefilter.lines(&b"ab\n".repeat(LEAST_LINES)).is_some());
        assert!(prefilter.lines(&b"ab\n".repeat(LEAST_LINES + 1)).is_none());
        let rare = [&b"ab\n"[..], &b"no\n".repeat(LEAST_APART + 1)].concat();
        assert!(prefilter.lines(&rare.repeat(100)).is_some());
    }

    #[test]
    fn some_texts_cannot_be_looked_for() {
        assert!(Prefilter::new(&[]).is_none());
        assert!(Prefilter::new(&["a", ""]).is_none());
        assert!(Prefilter::new(&["a"; MOST_TEXTS + 1]).is_none());
    }
}
