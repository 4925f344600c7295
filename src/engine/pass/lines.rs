//! Lines that hold one of several texts: few rows of many are found again without reading the others.

use aho_corasick::{AhoCorasick, Input};

use crate::engine::data::directory::{BlockHead, Directory};
use crate::engine::data::table::Table;
use crate::engine::pass::locate::read_bytes;
use crate::engine::pass::scan::Visit;
use crate::engine::states::Map;
use crate::read::block::Cells;
use crate::width::to_u32;

/// Texts that are looked for at once.
const MOST_TEXTS: usize = 1_000;

/// Reading a line by itself costs so many times what it costs among others.
const DEARER: usize = 4;

/// Texts of which a wanted row holds one.
pub struct LineSearch {
    automaton: AhoCorasick,
    texts: Vec<String>,
}

/// What one worker knows of the files, and its room.
#[derive(Default)]
pub struct LineRoom {
    /// Parts of the table whose cells stand in their lines as they are, but for quotes: which.
    quotes: Map<u32, Option<u8>>,
    bytes: Vec<u8>,
}

impl LineSearch {
    /// A search for texts; none where there are too many of them, or one says nothing.
    pub fn new(texts: Vec<String>) -> Option<LineSearch> {
        if texts.len() > MOST_TEXTS || texts.iter().any(String::is_empty) {
            return None;
        }
        let automaton = AhoCorasick::new(&texts).ok()?;
        Some(LineSearch { automaton, texts })
    }

    /// The lines of a block that hold one of the texts, each as a block of its own; none where they
    /// cannot be found so, or are so many that the block is better read whole.
    pub fn blocks(
        &self,
        (table, directory, head): (&Table, &Directory, &BlockHead),
        room: &mut LineRoom,
    ) -> Option<Vec<BlockHead>> {
        let quote = *room.quotes.get(&head.part)?;
        // A quote in a quoted cell is written twice, so that the text does not stand as it is.
        let has_quote = |text: &String| quote.is_some_and(|quote| text.as_bytes().contains(&quote));
        if !head.plain || self.texts.iter().any(has_quote) {
            return None;
        }
        let bytes = &mut room.bytes;
        read_bytes(table.files.get(head.part as usize)?.reader.bytes()?, head, bytes)?;
        let (mut found, mut held) = (Vec::new(), 0);
        let (mut at, mut line) = (0, 0);
        while let Some(text) = self.automaton.find(Input::new(bytes).range(at..)) {
            let start =
                memchr::memrchr(b'\n', bytes.get(at..text.start())?).map_or(at, |n| at + n + 1);
            let end = memchr::memchr(b'\n', bytes.get(text.end()..)?);
            let end = end.map_or(bytes.len(), |n| text.end() + n + 1);
            line += memchr::memchr_iter(b'\n', bytes.get(at..start)?).count();
            if let Some(row) = directory.row_of(head, line) {
                let lines = to_u32(line);
                let row = head.at_row(row as u64, start as u64, lines, lines);
                found.push(BlockHead { len: to_u32(end - start), ..row });
            }
            held += end - start;
            (at, line) = (end, line + 1);
        }
        (held * DEARER <= bytes.len()).then_some(found)
    }
}

impl LineRoom {
    /// Notes how the cells of a file stand in its lines.
    pub fn note(&mut self, visit: &Visit<'_>) {
        let block = visit.batch.block;
        if block.lines_are_records && matches!(block.cells, Cells::Delimited) {
            self.quotes.insert(visit.head.part, block.quote);
        }
    }
}
