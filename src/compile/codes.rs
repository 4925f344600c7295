//! The codes of a table that show which of its rows stand under which.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::data::table::TableFile;
use crate::files::UNREADABLE_FILE;
use crate::read::block::Block;
use crate::read::reader::{BlockSize, Context, MAX_RECORD, ReadError, Reader, Step, Wanted};
use crate::shape::Layout;
use crate::source::Problem;

/// Reads all codes of a table whose codes show which rows stand under which.
///
/// # Errors
/// A file that cannot be read.
pub fn read(layout: &mut Layout, files: &[TableFile]) -> Result<(), Problem> {
    let Some(hierarchy) = layout.hierarchy.as_mut().filter(|h| h.codes.is_some()) else {
        return Ok(());
    };
    let mut all = BTreeSet::new();
    for file in files.iter().filter(|file| file.reader.head().readable) {
        let Some(field) = file.layout.own(hierarchy.field) else { continue };
        let take = &mut |block: &Block, row: usize| {
            let text = block.unquoted(block.field(row, field));
            all.insert(text.trim_ascii().to_vec());
        };
        each_row(&*file.reader, take).map_err(|e| {
            let message = format!("the file cannot be read: {}", e.error);
            Problem::nowhere(&UNREADABLE_FILE, message)
        })?;
    }
    all.remove(&b""[..]);
    hierarchy.codes = Some(Arc::new(all));
    Ok(())
}

/// Visits all rows of a file.
fn each_row(reader: &dyn Reader, take: &mut dyn FnMut(&Block, usize)) -> Result<(), ReadError> {
    let size = BlockSize { usual: 1 << 20, longest: MAX_RECORD };
    let range = reader.head().body..reader.end();
    let mut cursor = reader.cursor(range, &Context::default(), &Wanted::default(), size)?;
    let mut block = Block::default();
    while cursor.next(&mut block)? == Step::Rows {
        (0..block.rows()).for_each(|row| take(&block, row));
    }
    Ok(())
}
