//! Tables in Markdown.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::read::text::document::options;
use crate::source::{Span, did_you_mean};

/// A cell and where its text stands, padding left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MdCell {
    /// Its text.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MdTable {
    /// The headings it stands under, the nearest last.
    pub headings: Vec<String>,
    /// Column names.
    pub header: Vec<MdCell>,
    /// Rows.
    pub rows: Vec<Vec<MdCell>>,
    /// The whole table.
    pub span: Span,
}

/// All tables of a document.
pub fn tables(source: &str) -> Vec<MdTable> {
    let mut all: Vec<MdTable> = Vec::new();
    let mut headings: Vec<(HeadingLevel, String)> = Vec::new();
    let mut cell: Option<MdCell> = None;
    let mut row: Vec<MdCell> = Vec::new();
    let mut in_heading = false;
    for (event, range) in Parser::new_ext(source, options()).into_offset_iter() {
        let span = Span::new(range.start as u64, range.end as u64);
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                headings.retain(|h| h.0 < level);
                headings.push((level, String::new()));
                in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::Table(_)) => all.push(MdTable {
                headings: headings.iter().map(|h| h.1.clone()).collect(),
                span,
                ..MdTable::default()
            }),
            Event::Start(Tag::TableCell) => {
                cell = Some(MdCell { text: String::new(), span: Span::new(span.end, span.end) })
            }
            Event::Text(t) | Event::Code(t) => {
                if let Some(c) = &mut cell {
                    c.span = if c.text.is_empty() { span } else { c.span.join(span) };
                    c.text.push_str(&t);
                } else if let (true, Some(h)) = (in_heading, headings.last_mut()) {
                    h.1.push_str(&t);
                }
            }
            Event::End(TagEnd::TableCell) => row.extend(cell.take()),
            Event::End(TagEnd::TableHead) => {
                if let Some(t) = all.last_mut() {
                    t.header = std::mem::take(&mut row);
                }
            }
            Event::End(TagEnd::TableRow) => {
                if let Some(t) = all.last_mut() {
                    t.rows.push(std::mem::take(&mut row));
                }
            }
            _ => {}
        }
    }
    all
}

/// The table that `at` names: `## Costs`, `table 2`; without `at` the only one.
///
/// # Errors
/// Why there is no such table, and what to do.
pub fn select<'a>(
    tables: &'a [MdTable],
    at: Option<&str>,
) -> Result<&'a MdTable, (String, Option<String>)> {
    let Some(at) = at else {
        return match tables {
            [one] => Ok(one),
            [] => Err(("there is no table in this document".into(), None)),
            many => Err((
                format!("there are {} tables in this document", many.len()),
                Some(
                    "choose one: at = \"table 2\", or the heading above it, at = \"## Costs\""
                        .into(),
                ),
            )),
        };
    };
    if let Some(n) = at.strip_prefix("table ").and_then(|n| n.trim().parse::<usize>().ok()) {
        return n.checked_sub(1).and_then(|i| tables.get(i)).ok_or_else(|| {
            (format!("this document has {} tables, so there is no `{at}`", tables.len()), None)
        });
    }
    let heading = at.trim_start_matches('#').trim();
    let under = tables.iter().find(|t| t.headings.iter().any(|h| h.trim() == heading));
    under.ok_or_else(|| {
        let names: Vec<&str> =
            tables.iter().flat_map(|t| t.headings.iter().map(String::as_str)).collect();
        let help =
            did_you_mean(heading, names.iter().copied()).map(|n| format!("did you mean `{n}`?"));
        (format!("there is no table under a heading `{heading}`"), help)
    })
}
