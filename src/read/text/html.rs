//! Web pages: one of their tables, or the rows that a pattern finds in their text.

use std::sync::{Arc, OnceLock};

use crate::read::format::{Container, Format, Options, Refusal};
use crate::read::frame::Header;
use crate::read::note::{FaultText, MALFORMED, Note};
use crate::read::reader::{Malformed, Reader};
use crate::read::text::comments;
use crate::read::text::container::of_pattern;
use crate::read::text::document::Markup;
use crate::read::text::extract::Flat;
use crate::read::text::html_tables::{HtmlTable, tables};
use crate::read::text::page_rows::{PageRows, Pieces};
use crate::read::text::reader::DocumentRows;
use crate::read::text::table_rows::{TextTable, framed, not_found};
use crate::read::text::tables::select;
use crate::report::text::printable;
use crate::source::{Bytes, Invalid, Span, did_you_mean, whole_text};

/// A web page: one of its tables, or its text with a pattern.
pub static HTML: Format = Format {
    name: "html",
    about: "a web page: one of its tables, or its text with a pattern",
    endings: &["html", "htm", "xhtml"],
    keys: &[
        "at", "pattern", "regex", "section", "split", "header", "skip", "skip_end", "from",
        "until", "short",
    ],
    faults: super::FAULTS,
    is_prose: false,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(Page::open(bytes, PIECE)?)),
    comments: comments::html,
};

/// Bytes of a piece of a table, about.
const PIECE: u64 = 256 << 10;

/// A page and its tables.
struct Page {
    bytes: Arc<dyn Bytes>,
    text: Arc<String>,
    /// Without its tags, for patterns.
    flat: OnceLock<Flat>,
    invalid: Option<Invalid>,
    /// Its tables, without their rows.
    tables: Vec<Arc<HtmlTable>>,
}

impl Page {
    /// Opens a page, whose tables are read in pieces of about so many bytes.
    fn open(bytes: Arc<dyn Bytes>, piece: u64) -> std::io::Result<Page> {
        let (text, invalid) = whole_text(&*bytes)?;
        let (tables, flat) = (tables(&text, piece), OnceLock::new());
        let tables = tables.into_iter().map(Arc::new).collect();
        Ok(Page { bytes, text: Arc::new(text), flat, invalid, tables })
    }
}

impl Container for Page {
    fn tables(&self) -> Vec<String> {
        (1..=self.tables.len()).map(|n| format!("table {n}")).collect()
    }

    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        let chosen = choose(&self.tables, options.at.as_deref());
        let mut rows = match (&options.pattern, chosen) {
            (Some(pattern), _) => {
                let flat = self.flat.get_or_init(|| Flat::new(&self.text, Markup::Html));
                of_pattern((&self.bytes, flat), Markup::Html, pattern, options)
            }
            (None, Err(why)) => not_found(&self.text, why, options),
            (None, Ok(table)) => match self.rows(table, options)? {
                Ok(rows) => return Ok(Arc::new(rows)),
                Err(unread) => *unread,
            },
        };
        rows.markup = Markup::Html;
        rows.writing = options.writing.clone();
        rows.note_invalid(self.invalid, options);
        Ok(Arc::new(rows))
    }
}

impl Page {
    /// The rows of a table; where it is not clear which they are, that alone.
    fn rows(
        &self,
        table: &Arc<HtmlTable>,
        options: &Options,
    ) -> Result<Result<PageRows, Box<DocumentRows>>, Refusal> {
        if !table.is_closed {
            return Err(unclosed(table.span));
        }
        if table.is_too_large {
            return Err(too_large());
        }
        let mut options = options.clone();
        if options.frame.is_open() && table.head > 1 {
            options.frame.header = Header::Rows(u32::try_from(table.head).unwrap_or(1));
        }
        let pieces = Pieces::new(&self.text, table);
        let (span, width) = (table.span, table.widest);
        let table = TextTable { headings: &table.headings, span, width, rows: &pieces };
        let framed = match framed(&table, &self.text, &options) {
            Ok(framed) => framed,
            Err(unread) => return Ok(Err(unread)),
        };
        let mut rows = PageRows::new(pieces, framed, &options);
        rows.notes.extend(self.invalid.map(|invalid| Note::not_utf8(invalid, &options.path)));
        Ok(Ok(rows))
    }
}

fn unclosed(table: Span) -> Refusal {
    let words = FaultText {
        message: "the table that begins here is never closed".into(),
        label: "begins here".into(),
        help: Some(
            "the page may be cut: download it again, or close the table with `</table>`".into(),
        ),
        odd: None,
    };
    Refusal::Malformed(Box::new(Malformed { fault: &MALFORMED, span: table, words }))
}

fn too_large() -> Refusal {
    Refusal::Damaged {
        message: "cells of the table span more rows and columns than are read".into(),
        help: "look at its `rowspan` and `colspan`: a number may have too many digits".into(),
    }
}

/// The number of the table that `at` names: `#id`, `## Heading`, a caption, `table 2`; without `at`
/// of the only one.
fn choose<'t>(
    all: &'t [Arc<HtmlTable>],
    at: Option<&str>,
) -> Result<&'t Arc<HtmlTable>, (String, Option<String>)> {
    let by_id = |id: &str| all.iter().find(|table| table.id.as_deref() == Some(id));
    // `##` begins the name of a heading.
    let id = at.and_then(|at| at.strip_prefix('#')).filter(|id| !id.starts_with(['#', ' ']));
    if let Some(table) = id.and_then(by_id) {
        return Ok(table);
    }
    let captioned = |table: &&Arc<HtmlTable>| table.has_caption;
    let mut captions = all.iter().filter(captioned).filter_map(|table| table.headings.last());
    let name = at.map(|at| at.trim_start_matches('#').trim());
    let by_caption = captions.any(|caption| Some(caption.as_str()) == name);
    // Else tables with a caption and those without stand under a heading alike.
    let named = all.iter().map(|table| match table.headings.split_last() {
        Some((_, headings)) if table.has_caption && !by_caption => headings,
        _ => &table.headings,
    });
    let number = select(&named.collect::<Vec<_>>(), at);
    let number = number.map_err(|why| id.map_or(why, |id| no_id(all, id)))?;
    all.get(number).ok_or_else(|| ("the page has no such table".to_string(), None))
}

/// That no table has an `id`, and which there are.
fn no_id(all: &[Arc<HtmlTable>], id: &str) -> (String, Option<String>) {
    /// More are not listed.
    const MOST: usize = 8;
    let ids = || all.iter().filter_map(|table| table.id.as_deref());
    let listed: Vec<String> = ids().take(MOST).map(|id| format!("`#{}`", printable(id))).collect();
    let help = match did_you_mean(id, ids()) {
        Some(near) => format!("did you mean `#{near}`?"),
        None if listed.is_empty() => {
            "no table has an `id`; name it by its number, at = \"table 1\", or by the heading above it".into()
        }
        None => format!("tables have the ids {}", listed.join(", ")),
    };
    (format!("no table has the id `{id}`"), Some(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::regex::Regex;
    use crate::read::block::Block;
    use crate::read::frame::Frame;
    use crate::read::reader::{BlockSize, Context, Step, Wanted};
    use crate::source::FileId;

    #[test]
    fn a_table_is_named_by_its_id_its_caption_or_its_number() {
        let page = "<h2>Costs</h2><table id=t><caption>By year</caption><tr><td>1</table>\
                    <h2>Sales</h2><table><tr><td>2</table>\
                    <table><caption>By month</caption><tr><td>3</table>";
        let all: Vec<Arc<HtmlTable>> = tables(page, PIECE).into_iter().map(Arc::new).collect();
        let first = |at: &str| choose(&all, Some(at)).map(|table| Arc::ptr_eq(table, &all[0]));
        for (at, is_first) in [
            ("#t", true),
            ("## Costs", true),
            ("By year", true),
            ("table 1", true),
            ("table 2", false),
        ] {
            assert_eq!(first(at), Ok(is_first), "{at}");
        }
        assert!(choose(&all, Some("#x")).is_err() && choose(&all, None).is_err());
        let (message, _) = choose(&all, Some("## Sales")).expect_err("two tables");
        assert_eq!(message, "2 tables stand under a heading `Sales`");
    }

    /// All that a reader gives: its columns, its notes, and its cells with their places.
    fn all(reader: &dyn Reader) -> Vec<String> {
        let head = reader.head();
        let mut seen = vec![format!("{head:?} {:?} {}", reader.notes(FileId(0)), reader.below())];
        let (wanted, mut block) = (Wanted { places: true, ..Wanted::default() }, Block::default());
        reader.again(0..reader.end(), &Context::default(), &wanted, &mut block).expect("rows");
        for row in 0..block.rows() {
            seen.push(format!("{:?}", block.row_span(row)));
            for field in 0..head.columns.len() {
                let text = block.unquoted(block.field(row, field)).into_owned();
                let text = String::from_utf8(text).expect("a text");
                seen.push(format!("{text} {:?}", block.cell_span(row, field)));
            }
        }
        seen
    }

    /// The texts of all rows, walked in chunks.
    fn walked(reader: &dyn Reader, chunk: u64) -> Vec<String> {
        let (size, mut texts) = (BlockSize { usual: 1, longest: 1 }, Vec::new());
        for from in (0..reader.end()).step_by(usize::try_from(chunk).expect("a few")) {
            let range = from..(from + chunk).min(reader.end());
            let wanted = Wanted::default();
            let mut cursor =
                reader.cursor(range, &Context::default(), &wanted, size).expect("a cursor");
            let mut block = Block::default();
            while cursor.next(&mut block).expect("rows") == Step::Rows {
                texts.extend((0..block.rows()).map(|row| {
                    let field = |field| block.unquoted(block.field(row, field)).into_owned();
                    let fields = (0..reader.head().columns.len()).map(field);
                    String::from_utf8(fields.collect::<Vec<_>>().join(&b'|')).expect("a text")
                }));
            }
        }
        texts
    }

    #[test]
    fn pieces_are_read_as_the_whole_is() {
        let page = "<h1>Costs</h1><table id=a><caption>By year</caption>\
                    <thead><tr><th rowspan=2>Town<th colspan=2>2026<tr><th>net<th>gross</thead>\
                    <tr><td>Bonn &amp; Köln<td>1<td>2<tr><td> <td><td> \
                    <tr><td rowspan=3>Kiel<td>3<td><table><tr><td>x</table>4<tr></tr><tr><td>5<td>6\
                    <tr><td colspan=2>7<tr><td>Source: us<tr><td>8<td>9<td>10</table>";
        let regex = |text: &str| Regex::new(text).ok();
        for (frame, rows) in [
            (Frame::default(), 7),
            (Frame { from: regex("Bonn"), header: Header::Rows(1), ..Frame::default() }, 6),
            (Frame { until: regex("Source"), ..Frame::default() }, 5),
            (Frame { skip_end: 3, skip: Some(1), ..Frame::default() }, 4),
            (Frame { header: Header::Rows(0), ..Frame::default() }, 9),
        ] {
            let at = Some("#a".to_string());
            let options = Options { at, frame: frame.clone(), ..Options::default() };
            let open = |size| {
                let page = Page::open(Arc::new(page.as_bytes().to_vec()), size).expect("a page");
                page.table(&options).expect("a table")
            };
            let whole = open(u64::MAX);
            assert_eq!(whole.end(), rows, "{frame:?}");
            for size in [1, 40, 100] {
                let pieces = open(size);
                assert_eq!(all(&*pieces), all(&*whole), "{frame:?} {size}");
                for chunk in [1, 3, 100] {
                    assert_eq!(walked(&*pieces, chunk), walked(&*whole, 100), "{frame:?} {size}");
                }
            }
        }
    }
}
