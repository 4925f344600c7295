//! Figures of texts that no rule reads.

use std::collections::BTreeMap;

use crate::api::project::Project;
use crate::findings::place;
use crate::read::block::{Block, Cells};
use crate::read::reader::{BlockSize, Context, Cursor, Reader, Step, Wanted};
use crate::report::coverage::{TextFacts, UnreadFigure};
use crate::source::{FileId, Files, Span};

/// So many of a text are named.
const NAMED: usize = 1000;

/// The texts of today, by path: the figures in them that no placeholder of a pattern reads.
pub fn of_texts(project: &Project) -> Vec<TextFacts> {
    let mut texts: BTreeMap<String, Vec<(FileId, &dyn Reader)>> = BTreeMap::new();
    for table in project.built.tables.iter().filter(|table| table.is_declared()) {
        for file in &table.files {
            let path = Files::path(&project.book, file.file);
            texts.entry(path).or_default().push((file.file, &*file.reader));
        }
    }
    texts.into_iter().filter_map(|(path, tables)| of_text(project, path, &tables)).collect()
}

fn of_text(project: &Project, path: String, tables: &[(FileId, &dyn Reader)]) -> Option<TextFacts> {
    let (file, first) = tables.first()?;
    let mut cells: Vec<ReadCells<'_>> =
        tables.iter().filter_map(|(_, reader)| ReadCells::of(*reader)).collect();
    let mut facts = TextFacts { path, figures: 0, unread_count: 0, unread: Vec::new() };
    let is_text = first.figures(&mut |figure| {
        facts.figures += 1;
        // All of them go on to this figure.
        let met = cells.iter_mut().map(|cells| cells.meet(figure.span));
        if met.filter(|met| *met).count() > 0 {
            return;
        }
        facts.unread_count += 1;
        if facts.unread.len() < NAMED {
            let line = Files::line(&project.book, *file, figure.span.start);
            let from = place::at(&project.book, *file, figure.span, line).at.from();
            facts.unread.push(UnreadFigure {
                text: figure.text.to_string(),
                start: figure.span.start,
                end: figure.span.end,
                line: from.line,
                column: from.column,
                around: (figure.around)(),
            });
        }
    });
    is_text.then_some(facts)
}

/// The cells that the rows of a text have, in the order of the text.
struct ReadCells<'r> {
    cursor: Box<dyn Cursor + 'r>,
    block: Block,
    /// Those of the block.
    spans: Vec<Span>,
    /// How many of them are behind.
    at: usize,
}

impl<'r> ReadCells<'r> {
    fn of(reader: &'r dyn Reader) -> Option<ReadCells<'r>> {
        let wanted = Wanted { places: true, ..Wanted::default() };
        let size = BlockSize { usual: 1 << 16, longest: 1 << 16 };
        let cursor = reader.cursor(0..reader.end(), &Context::default(), &wanted, size).ok()?;
        Some(ReadCells { cursor, block: Block::default(), spans: Vec::new(), at: 0 })
    }

    /// Whether a cell holds some of a span; no later one begins before it.
    fn meet(&mut self, span: Span) -> bool {
        loop {
            while let Some(cell) = self.spans.get(self.at) {
                if cell.end > span.start {
                    return cell.start < span.end;
                }
                self.at += 1;
            }
            if !matches!(self.cursor.next(&mut self.block), Ok(Step::Rows)) {
                return false;
            }
            self.take_block();
        }
    }

    fn take_block(&mut self) {
        (self.at, self.spans) = (0, Vec::new());
        let (Cells::Spans { spans, .. }, Some(places)) = (&self.block.cells, &self.block.places)
        else {
            return;
        };
        // A cell that is not there is blank, and has the place of its row.
        let there = spans.iter().zip(&places.cells).filter(|(text, _)| text.end > text.start);
        self.spans.extend(there.map(|(_, place)| *place));
        self.spans.sort();
    }
}
