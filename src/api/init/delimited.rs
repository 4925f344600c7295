//! Files of fields between signs: how they are cut, and in which encoding they are written.

use std::sync::Arc;

use crate::api::init::found::{Found, no_table};
use crate::compile::guess::extension;
use crate::files::sources::cannot;
use crate::propose::below;
use crate::propose::dialect::{Cut, cut, first_lines, last_lines};
use crate::read::csv::{CsvReader, Dialect};
use crate::read::formats;
use crate::read::reader::Reader;
use crate::source::{Bytes, FileId, Problem};
use crate::width::to_usize;

/// What a text is taken for that is not UTF-8.
pub const SINGLE_BYTE: &str = "windows-1252";

/// How files with an ending are usually cut, and the format that it shows.
fn usual(ending: &str) -> Option<Dialect> {
    match formats::by_ending(ending, false)?.name {
        "tsv" => Some(Dialect::tsv()),
        "csv" => Some(Dialect::default()),
        _ => None,
    }
}

/// A file with what is known of how it is cut.
///
/// # Errors
/// That it cannot be read, or has no line that names columns.
pub fn found(
    (path, file): (&str, FileId),
    encoding: Option<&str>,
    bytes: Arc<dyn Bytes>,
    head: &[u8],
) -> Result<Found, Problem> {
    let own = usual(extension(path));
    let format = own.is_none().then_some("csv");
    let usual = own.unwrap_or_default();
    let mut cut = cut(head, head.len() as u64 == bytes.len(), &usual);
    let read = |cut: &Cut| {
        CsvReader::open(bytes.clone(), cut.dialect, &cut.frame).map_err(|e| cannot(path, &e))
    };
    let mut reader = read(&cut)?;
    if !reader.head().readable && cut.frame.skip.is_none() {
        // What stands first looks like a title, and is none.
        cut.frame.skip = Some(0);
        reader = read(&cut)?;
    }
    if !reader.head().readable {
        let what = "it has no line that names columns";
        return Err(no_table(path, what, "check where it comes from"));
    }
    let last =
        last_lines(&last_part(&*bytes, &reader).map_err(|e| cannot(path, &e))?, &cut.dialect);
    let first = first_lines(head, &cut.dialect);
    if let Some((until, below)) = below::find(&last, reader.head().columns.len(), &first) {
        (cut.frame.until, cut.below) = (Some(until), below);
        reader = read(&cut)?;
    }
    let encoding = encoding.map(str::to_string);
    let reader = Arc::new(reader);
    let path = path.to_string();
    let (at, label, texts) = (None, None, Vec::new());
    Ok(Found {
        path,
        file,
        at,
        label,
        cut,
        usual,
        format,
        encoding,
        bytes,
        reader,
        is_records: true,
        texts,
    })
}

/// How a file ends, from the start of a record on.
fn last_part(bytes: &dyn Bytes, reader: &CsvReader) -> std::io::Result<Vec<u8>> {
    const LAST: u64 = 1 << 16;
    let (body, end) = (reader.head().body, bytes.len());
    let mut from = body;
    if end.saturating_sub(body) > LAST {
        from = reader.guess(end - LAST, &mut Vec::new()).map_err(|e| e.error)?;
    }
    let mut part = vec![0; to_usize(end.saturating_sub(from))];
    let n = bytes.read_at(from, &mut part)?;
    part.truncate(n);
    Ok(part)
}

/// Whether bytes are UTF-8, but for fewer places than there are characters that only UTF-8 writes so.
pub fn is_utf8(head: &[u8]) -> bool {
    let (mut good, mut broken) = (0, 0);
    for chunk in head.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // A character may be cut at the end.
    let cut = std::str::from_utf8(head).err().is_some_and(|e| e.error_len().is_none());
    cut || broken == 0 || broken < good
}

/// Whether so many bytes are control characters that it is no text.
pub fn is_binary(head: &[u8]) -> bool {
    let odd = |b: &&u8| matches!(b, 0..=8 | 14..=26 | 28..=31);
    head.iter().filter(odd).count() * 50 > head.len()
}

/// The encoding of a text of two bytes a character.
pub fn wide(head: &[u8]) -> Option<&'static str> {
    let pairs = head.get(..head.len().min(256)).unwrap_or(head).as_chunks::<2>().0;
    let nuls = |of: fn(&[u8; 2]) -> bool| {
        pairs.len() > 1 && pairs.iter().filter(|p| of(p)).count() * 10 >= pairs.len() * 8
    };
    if head.starts_with(b"\xFF\xFE") || nuls(|p| p[1] == 0 && p[0] != 0) {
        Some("utf-16le")
    } else if head.starts_with(b"\xFE\xFF") || nuls(|p| p[0] == 0 && p[1] != 0) {
        Some("utf-16be")
    } else {
        None
    }
}
