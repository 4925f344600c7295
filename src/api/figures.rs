//! Figures of texts that no check depends on.

use std::collections::BTreeMap;

use crate::api::cells::{self, HeldCells};
use crate::api::project::Project;
use crate::api::reads;
use crate::findings::place;
use crate::read::reader::Reader;
use crate::report::coverage::{TextFacts, UnreadFigure};
use crate::source::{FileId, Files};

/// So many of a text are named.
const NAMED: usize = 1000;
/// So many of all texts are named, those of the first texts: each takes some 300 bytes of a report.
const NAMED_IN_ALL: usize = 20_000;

/// The texts of today, by path: the figures in them that are in no column which a check reads.
pub fn of_texts(project: &Project) -> Vec<TextFacts> {
    let read = reads::columns(&project.built);
    let mut texts: BTreeMap<String, Vec<(FileId, &dyn Reader, Vec<usize>)>> = BTreeMap::new();
    for (number, table) in project.built.tables.iter().enumerate().filter(|t| t.1.is_declared()) {
        for file in &table.files {
            let path = Files::path(&project.book, file.file);
            let columns = cells::columns(table, file);
            let is_read = |column: &&(usize, usize)| read.contains(&(number, column.1));
            let fields = columns.iter().filter(is_read).map(|column| column.0).collect();
            texts.entry(path).or_default().push((file.file, &*file.reader, fields));
        }
    }
    let mut left = NAMED_IN_ALL;
    let mut facts = Vec::new();
    for (path, tables) in texts {
        let of_text = of_text(project, path, &tables, left.min(NAMED));
        left -= of_text.as_ref().map_or(0, |facts| facts.unread.len());
        facts.extend(of_text);
    }
    facts
}

/// The figures of a text, at most `named` of those that no check depends on by name.
fn of_text(
    project: &Project,
    path: String,
    tables: &[(FileId, &dyn Reader, Vec<usize>)],
    named: usize,
) -> Option<TextFacts> {
    let (file, first, _) = tables.first()?;
    let mut cells: Vec<HeldCells<'_>> = Vec::new();
    for (_, reader, fields) in tables {
        cells.extend(HeldCells::of(*reader, &|field| fields.contains(&field)));
    }
    let mut facts = TextFacts { path, figures: 0, unread_count: 0, unread: Vec::new() };
    let is_text = first.figures(&mut |figure| {
        facts.figures += 1;
        // All of them go on to this figure.
        let met = cells.iter_mut().map(|cells| cells.meet(figure.span));
        if met.filter(Option::is_some).count() > 0 {
            return;
        }
        facts.unread_count += 1;
        if facts.unread.len() < named {
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
