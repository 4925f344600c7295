//! Files that are no tables, whatever they are called: known by their first bytes.

use crate::source::Bytes;

/// So many bytes are enough to know a file by.
const ENOUGH: usize = 1 << 10;

const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// What a file is that is no table as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    pub what: &'static str,
    /// How its data can be had.
    pub help: &'static str,
    /// The format that reads it.
    pub format: Option<&'static str>,
}

/// What a file is instead of a table; none where it may be a table. A text may begin like anything
/// but a pointer of Git LFS.
pub fn foreign(bytes: &dyn Bytes, is_prose: bool) -> Option<Foreign> {
    let mut head = vec![0; ENOUGH];
    let n = bytes.read_at(0, &mut head).ok()?;
    head.truncate(n);
    known(&head).filter(|_| !is_prose || head.starts_with(LFS_POINTER))
}

const LFS: &str = "fetch the file itself: `git lfs pull`, or `lfs: true` where CI checks out";
const ANOTHER: &str = "name the file that holds the table as CSV";

/// What files begin with.
const STARTS: [(&[u8], Foreign); 10] = [
    (LFS_POINTER, other("a Git LFS pointer, not the file it stands for", LFS)),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        readable("an old Excel workbook (XLS)", "read it as one: format = \"xls\"", "xls"),
    ),
    (b"%PDF-", other("a PDF document", ANOTHER)),
    (b"PAR1", readable("a Parquet file", "read it as one: format = \"parquet\"", "parquet")),
    (b"ARROW1", readable("an Arrow IPC file", "read it as one: format = \"arrow\"", "arrow")),
    (b"SQLite format 3\0", other("an SQLite database", ANOTHER)),
    (b"\x1F\x8B\x08", other("a gzip archive", "let its name end in `.gz`")),
    (b"\x28\xB5\x2F\xFD", other("a Zstandard archive", "let its name end in `.zst`")),
    (b"BZh", other("a bzip2 archive", "unpack it")),
    (b"7z\xBC\xAF\x27\x1C", other("a 7z archive", "unpack it")),
];

const fn other(what: &'static str, help: &'static str) -> Foreign {
    Foreign { what, help, format: None }
}

const fn readable(what: &'static str, help: &'static str, format: &'static str) -> Foreign {
    Foreign { what, help, format: Some(format) }
}

/// What a file is that begins with `head`.
fn known(head: &[u8]) -> Option<Foreign> {
    if head.starts_with(b"PK\x03\x04") {
        let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
        return Some(if holds(b"[Content_Types].xml") || holds(b"xl/") {
            readable("an Excel workbook (XLSX)", "read it as one: format = \"xlsx\"", "xlsx")
        } else if holds(b"opendocument.spreadsheet") {
            readable("an OpenDocument spreadsheet (ODS)", "read it as one: format = \"ods\"", "ods")
        } else {
            other("a ZIP archive", "let its name end in `.zip`")
        });
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let begins = |tag: &[u8]| {
        text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            && text.get(tag.len()).is_some_and(|b| matches!(b, b'>' | b' ' | b'\n' | b'\r' | b'\t'))
    };
    if begins(b"<!doctype html") || begins(b"<html") {
        return Some(readable(
            "an HTML page",
            "look at it in a browser: if it is an error page, download the data again; if the table \
             stands in it, add format = \"html\"",
            "html",
        ));
    }
    if begins(b"<?xml") {
        // The page of a browser may be written as XML.
        let is_page = memchr::memmem::find(text, b"<html").is_some();
        let format = is_page.then_some("html");
        return Some(Foreign { format, ..other("an XML document", ANOTHER) });
    }
    STARTS.iter().find(|(start, _)| head.starts_with(start)).map(|(_, found)| *found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let what = |head: &[u8]| known(head).map(|found| found.what);
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
