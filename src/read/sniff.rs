//! Files that are no tables, whatever they are called: known by their first bytes.

use crate::source::Bytes;

/// So many bytes are enough to know a file by.
const ENOUGH: usize = 1 << 10;

const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// What a file is instead of a table, and how its data can be had; none where it may be a table. A
/// text may begin like anything but a pointer of Git LFS.
pub fn foreign(bytes: &dyn Bytes, is_prose: bool) -> Option<(&'static str, &'static str)> {
    let mut head = vec![0; ENOUGH];
    let n = bytes.read_at(0, &mut head).ok()?;
    head.truncate(n);
    known(&head).filter(|_| !is_prose || head.starts_with(LFS_POINTER))
}

/// What a file is that begins with `head`.
fn known(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const LFS: &str = "fetch the file itself: `git lfs pull`, or `lfs: true` where CI checks out";
    const SAVE: &str = "save the sheet as CSV in the program that made it";
    const DOWNLOAD: &str =
        "look at it in a browser: it may be an error page; download the data again";
    const ANOTHER: &str = "name the file that holds the table as CSV";
    let starts: [(&[u8], &str, &str); 9] = [
        (LFS_POINTER, "a Git LFS pointer, not the file it stands for", LFS),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel workbook (XLS)", SAVE),
        (b"%PDF-", "a PDF document", ANOTHER),
        (b"PAR1", "a Parquet file", ANOTHER),
        (b"SQLite format 3\0", "an SQLite database", ANOTHER),
        (b"\x1F\x8B\x08", "a gzip archive", "let its name end in `.gz`"),
        (b"\x28\xB5\x2F\xFD", "a Zstandard archive", "let its name end in `.zst`"),
        (b"BZh", "a bzip2 archive", "unpack it"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive", "unpack it"),
    ];
    if head.starts_with(b"PK\x03\x04") {
        let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
        return Some(if holds(b"[Content_Types].xml") || holds(b"xl/") {
            ("an Excel workbook (XLSX)", SAVE)
        } else if holds(b"opendocument.spreadsheet") {
            ("an OpenDocument spreadsheet (ODS)", SAVE)
        } else {
            ("a ZIP archive", "unpack it")
        });
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let begins = |tag: &[u8]| {
        text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            && text.get(tag.len()).is_some_and(|b| matches!(b, b'>' | b' ' | b'\n' | b'\r' | b'\t'))
    };
    if begins(b"<!doctype html") || begins(b"<html") {
        return Some(("an HTML page", DOWNLOAD));
    }
    if begins(b"<?xml") {
        return Some(("an XML document", ANOTHER));
    }
    let own = starts.iter().find(|(start, ..)| head.starts_with(start));
    own.map(|(_, what, help)| (*what, *help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let what = |head: &[u8]| known(head).map(|found| found.0);
        assert_eq!(
            what(b"PK\x03\x04\x14\0\x06\0[Content_Types].xml"),
            Some("an Excel workbook (XLSX)")
        );
        assert_eq!(what(b"PK\x03\x04\x14\0data.csv"), Some("a ZIP archive"));
        assert_eq!(what(b"%PDF-1.7\n"), Some("a PDF document"));
        assert_eq!(what(b"\xEF\xBB\xBF\n<!DOCTYPE HTML>\n"), Some("an HTML page"));
        assert_eq!(what(b"<html lang=\"en\">"), Some("an HTML page"));
        assert_eq!(
            what(b"version https://git-lfs.github.com/spec/v1\n").map(|w| &w[..9]),
            Some("a Git LFS")
        );
        for table in
            [&b"id,name\n1,<html>\n"[..], b"<htmlish>,b\n", b"version,date\n", b"", b"PK,name\n"]
        {
            assert_eq!(what(table), None);
        }
    }
}
