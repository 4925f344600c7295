//! What has to be known of all rows of a table before the first of them is judged: headings that no row
//! follows, and the texts of a column.

use std::collections::BTreeSet;

use crate::compile::EMPTY_HEADING;
use crate::engine::data::table::{Column, TableFile};
use crate::files::UNREADABLE_FILE;
use crate::read::block::Block;
use crate::read::note::{FaultText, NamedBy, Note};
use crate::read::reader::{
    BlockSize, Context, Heading, MAX_RECORD, ReadError, Reader, Step, Wanted,
};
use crate::report::Subject;
use crate::shape::{Kind, Layout, Source, first_cell};
use crate::source::{FileId, Problem, Span};

/// Headings that are listed.
const LISTED: usize = 6;

/// Counts the headings of a table, and finds those that no row follows.
///
/// # Errors
/// A file that cannot be read.
pub fn headings(layout: &mut Layout, files: &[TableFile]) -> Result<Vec<Note>, Problem> {
    let mut notes = Vec::new();
    let Some(mut headings) = layout.headings.clone() else { return Ok(notes) };
    for file in files.iter().filter(|file| file.reader.head().readable) {
        let others = layout.fields_beside_first(&file.layout);
        let (mut above, mut last) = (Heading::default(), None);
        let take = &mut |block: &Block, row: usize, _| {
            let (first, is_alone) = first_cell(block, row, &others);
            let kind = headings.step(&mut above, &first, is_alone);
            if kind == Kind::Heading {
                headings.count += 1;
                if headings.first.len() < LISTED {
                    headings.first.push(first.clone());
                }
                last = Some((block.row_span(row), above.text.clone()));
                return;
            }
            // A heading may end the one above it, which then has no rows.
            let is_its_row = kind == Kind::Row && !(above.text.is_empty() && last.is_some());
            let none = last.take().filter(|_| !is_its_row);
            notes.extend(none.map(|(span, text)| empty_heading(&text, (file.file, span))));
        };
        let wanted = Wanted { places: true, ..Wanted::default() };
        each_row(&*file.reader, &wanted, take).map_err(unreadable)?;
        notes.extend(last.map(|(span, text)| empty_heading(&text, (file.file, span))));
    }
    layout.headings = Some(headings);
    Ok(notes)
}

/// The texts of a column of a table, for a pattern in which they may stand; none where the table has
/// no such column of its own.
///
/// # Errors
/// A file that cannot be read.
pub fn column_values(
    (columns, layout): (&[Column], &Layout),
    files: &[TableFile],
    column: &str,
) -> Result<Option<Vec<String>>, Problem> {
    let number = columns.iter().position(|own| own.name == column);
    let source = number.and_then(|number| layout.sources.get(number));
    let Some(Source::Field(field)) = source else { return Ok(None) };
    let mut all = BTreeSet::new();
    for file in files.iter().filter(|file| file.reader.head().readable) {
        let Some(field) = file.layout.own(*field) else { continue };
        let take = &mut |block: &Block, row: usize, _| {
            let text = block.unquoted(block.field(row, field));
            all.insert(String::from_utf8_lossy(text.trim_ascii()).into_owned());
        };
        each_row(&*file.reader, &Wanted::default(), take).map_err(unreadable)?;
    }
    Ok(Some(all.into_iter().collect()))
}

fn empty_heading(text: &str, (file, span): (FileId, Span)) -> Note {
    let words = FaultText {
        message: format!("no row stands under the heading `{text}`"),
        label: "nothing below it".into(),
        help: Some(
            "rows may be missing; if it is no heading, say with `matches` which are, or with `end` \
             where they end"
                .into(),
        ),
        odd: None,
    };
    let subject = Subject::Claim(text.to_string());
    Note::worded(&EMPTY_HEADING, NamedBy::Table, subject, words, (file, span, None))
}

pub(super) fn unreadable(e: ReadError) -> Problem {
    Problem::nowhere(&UNREADABLE_FILE, format!("the file cannot be read: {}", e.error))
}

/// Visits all rows of a file, with the numbers of their records, from 1.
pub(super) fn each_row(
    reader: &dyn Reader,
    wanted: &Wanted,
    take: &mut dyn FnMut(&Block, usize, u64),
) -> Result<(), ReadError> {
    let size = BlockSize { usual: 1 << 20, longest: MAX_RECORD };
    let range = reader.head().body..reader.end();
    let mut cursor = reader.cursor(range, &Context::default(), wanted, size)?;
    let (mut block, mut before) = (Block::default(), 0);
    while cursor.next(&mut block)? == Step::Rows {
        for row in 0..block.rows() {
            take(&block, row, before + u64::from(block.grid.records_before(row)) + 1);
        }
        before += u64::from(block.grid.total_records);
    }
    Ok(())
}
