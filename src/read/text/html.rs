//! Web pages: one of their tables, or the rows that a pattern finds in their text.

use std::sync::{Arc, OnceLock};

use crate::read::format::{Container, Format, Options, Refusal};
use crate::read::frame::Header;
use crate::read::note::{FaultText, MALFORMED};
use crate::read::reader::{Malformed, Reader};
use crate::read::text::comments;
use crate::read::text::container::of_pattern;
use crate::read::text::document::Markup;
use crate::read::text::extract::Flat;
use crate::read::text::html_tables::{HtmlTable, tables};
use crate::read::text::reader::DocumentRows;
use crate::read::text::table_rows::{TextTable, not_found, rows_of};
use crate::read::text::tables::select;
use crate::source::{Bytes, Invalid, Span, whole_text};

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
    open: |bytes| Ok(Box::new(Page::open(bytes)?)),
    comments: comments::html,
};

/// A page and its tables.
struct Page {
    bytes: Arc<dyn Bytes>,
    text: Arc<String>,
    /// Without its tags, for patterns.
    flat: OnceLock<Flat>,
    invalid: Option<Invalid>,
    /// Its tables, without their rows.
    tables: Vec<HtmlTable>,
}

impl Page {
    fn open(bytes: Arc<dyn Bytes>) -> std::io::Result<Page> {
        let (text, invalid) = whole_text(&*bytes)?;
        let (tables, flat) = (tables(&text, None), OnceLock::new());
        Ok(Page { bytes, text: Arc::new(text), flat, invalid, tables })
    }
}

impl Container for Page {
    fn tables(&self) -> Vec<String> {
        (1..=self.tables.len()).map(|n| format!("table {n}")).collect()
    }

    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        let mut rows = match (&options.pattern, choose(&self.tables, options.at.as_deref())) {
            (Some(pattern), _) => {
                let flat = self.flat.get_or_init(|| Flat::new(&self.text, Markup::Html));
                of_pattern((&self.bytes, flat), Markup::Html, pattern, options)
            }
            (None, Err(why)) => not_found(&self.text, why, options),
            (None, Ok(number)) => self.rows(number, options)?,
        };
        rows.markup = Markup::Html;
        rows.language = options.writing.number.language;
        rows.note_invalid(self.invalid, options);
        Ok(Arc::new(rows))
    }
}

impl Page {
    fn rows(&self, number: usize, options: &Options) -> Result<DocumentRows, Refusal> {
        let table = tables(&self.text, Some(number)).into_iter().nth(number).unwrap_or_default();
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
        let width = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let rows = table.rows.into_iter().filter(|row| !row.is_empty());
        let table = TextTable {
            headings: &table.headings,
            span: table.span,
            width,
            rows: rows.map(|row| (row, None)).collect(),
        };
        Ok(rows_of(&table, &self.text, &options))
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
        help: "look at its `rowspan` and `colspan`: a number may have too many digits",
    }
}

/// The number of the table that `at` names: `#id`, `## Heading`, a caption, `table 2`; without `at`
/// of the only one.
fn choose(all: &[HtmlTable], at: Option<&str>) -> Result<usize, (String, Option<String>)> {
    let by_id = |id: &str| all.iter().position(|table| table.id.as_deref() == Some(id));
    if let Some(number) = at.and_then(|at| at.strip_prefix('#')).and_then(by_id) {
        return Ok(number);
    }
    let captioned = |table: &&HtmlTable| table.has_caption;
    let mut captions = all.iter().filter(captioned).filter_map(|table| table.headings.last());
    let name = at.map(|at| at.trim_start_matches('#').trim());
    let by_caption = captions.any(|caption| Some(caption.as_str()) == name);
    // Else tables with a caption and those without stand under a heading alike.
    let named = all.iter().map(|table| match table.headings.split_last() {
        Some((_, headings)) if table.has_caption && !by_caption => headings,
        _ => &table.headings,
    });
    select(&named.collect::<Vec<_>>(), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_named_by_its_id_its_caption_or_its_number() {
        let page = "<h2>Costs</h2><table id=t><caption>By year</caption><tr><td>1</table>\
                    <h2>Sales</h2><table><tr><td>2</table>\
                    <table><caption>By month</caption><tr><td>3</table>";
        let all = tables(page, None);
        let first = |at: &str| choose(&all, Some(at)).map(|number| number == 0);
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
}
