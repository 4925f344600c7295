//! Tables in Markdown.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::read::text::document::is_break;
use crate::read::text::elements::{add, add_break, keep_break};
use crate::read::text::events::{Rows, walk};
use crate::report::text::printable;
use crate::source::{Span, did_you_mean};

/// A cell and where its text stands, padding left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MdCell {
    pub text: String,
    pub span: Span,
    /// Whether the cell above or to the left goes on here.
    pub is_repeated: bool,
}

impl MdCell {
    /// Adds a text of a page that stands in `span`; a break between lines stands nowhere.
    pub fn add(&mut self, text: &str, span: Span) {
        let was_empty = self.text.is_empty();
        add(&mut self.text, text);
        if !span.is_empty() && !self.text.is_empty() {
            self.span = if was_empty { span } else { self.span.join(span) };
        }
    }
}

/// A table, without its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MdTable {
    /// The headings it stands under, the nearest last.
    pub headings: Vec<String>,
    /// Column names.
    pub header: Vec<MdCell>,
    /// The whole table.
    pub span: Span,
}

/// All tables of a document.
pub fn tables(source: &str) -> Vec<MdTable> {
    let mut all: Vec<MdTable> = Vec::new();
    let mut headings: Vec<(HeadingLevel, String)> = Vec::new();
    let mut cells = Cells::default();
    let mut in_heading = false;
    walk(source, Rows::Few, &mut |event, range| {
        let span = Span::new(range.start as u64, range.end as u64);
        match &event {
            Event::Start(Tag::Heading { level, .. }) => {
                headings.retain(|h| h.0 < *level);
                headings.push((*level, String::new()));
                in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::Table(_)) => all.push(MdTable {
                headings: headings.iter().map(|h| h.1.clone()).collect(),
                span,
                ..MdTable::default()
            }),
            Event::Text(text) | Event::Code(text) if in_heading => {
                if let Some(heading) = headings.last_mut() {
                    heading.1.push_str(text);
                }
            }
            Event::End(TagEnd::TableHead) => {
                if let Some(table) = all.last_mut() {
                    table.header = std::mem::take(&mut cells.row);
                }
            }
            Event::End(TagEnd::TableRow) => cells.row.clear(),
            _ => cells.take(&event, span),
        }
    });
    all
}

/// Visits the rows of a table of a document, from the first to the last, each with the place of
/// cells beyond the last column, which are none of its cells.
pub fn rows(source: &str, of: &MdTable, visit: &mut dyn FnMut(&[MdCell], Option<Span>)) {
    let mut cells = Cells::default();
    let mut is_it = false;
    walk(source, Rows::All, &mut |event, range| {
        let span = Span::new(range.start as u64, range.end as u64);
        match &event {
            Event::Start(Tag::Table(_)) => is_it = span == of.span,
            Event::End(TagEnd::Table) => is_it = false,
            Event::End(TagEnd::TableHead) => cells.row.clear(),
            Event::End(TagEnd::TableRow) => {
                if is_it {
                    visit(&cells.row, beyond(source, cells.end..range.end));
                }
                cells.row.clear();
            }
            _ if is_it => cells.take(&event, span),
            _ => {}
        }
    });
}

/// What stands in a row after its last cell, apart from the sign that ends it.
fn beyond(source: &str, rest: Range<usize>) -> Option<Span> {
    let is_rule = |c: char| c == '|' || c.is_whitespace();
    let text = source.get(rest.clone())?;
    let more = text.trim_start_matches(is_rule);
    let start = rest.start + text.len() - more.len();
    let more = more.trim_end_matches(is_rule);
    (!more.is_empty()).then(|| Span::new(start as u64, (start + more.len()) as u64))
}

/// A cell without the references to footnotes that it ends with: `1,300[^3]`.
fn without_notes(mut cell: MdCell) -> MdCell {
    while let Some(at) = cell.text.rfind("[^") {
        let note = cell.text.get(at..).unwrap_or_default();
        if at == 0 || !note.ends_with(']') || note.contains(char::is_whitespace) {
            break;
        }
        let end = cell.span.end.saturating_sub(note.len() as u64);
        cell.span = Span::new(cell.span.start, end.max(cell.span.start));
        cell.text.truncate(at);
    }
    cell
}

/// The cells of the row at hand.
#[derive(Default)]
struct Cells {
    row: Vec<MdCell>,
    cell: Option<MdCell>,
    /// The end of the last cell, padding included.
    end: usize,
}

impl Cells {
    fn take(&mut self, event: &Event<'_>, span: Span) {
        match event {
            Event::Start(Tag::TableCell) => {
                self.cell =
                    Some(MdCell { span: Span::new(span.end, span.end), ..MdCell::default() });
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(cell) = &mut self.cell {
                    cell.span = if cell.text.is_empty() { span } else { cell.span.join(span) };
                    keep_break(&mut cell.text, text);
                    cell.text.push_str(text);
                }
            }
            // A line break stands between words.
            Event::InlineHtml(tag) if is_break(tag) => {
                self.cell.iter_mut().for_each(|cell| add_break(&mut cell.text));
            }
            Event::End(TagEnd::TableCell) => {
                self.end = usize::try_from(span.end).unwrap_or(usize::MAX);
                self.row.extend(self.cell.take().map(without_notes));
            }
            _ => {}
        }
    }
}

/// The number of the table that `at` names, `## Costs` or `table 2`, among tables by the headings they
/// stand under; without `at` of the only one.
///
/// # Errors
/// Why there is no such table, and what to do.
pub fn select(tables: &[&[String]], at: Option<&str>) -> Result<usize, (String, Option<String>)> {
    let Some(at) = at else {
        return match tables.len() {
            1 => Ok(0),
            0 => Err(("there is no table in this document".into(), None)),
            many => Err((
                format!("there are {many} tables in this document"),
                Some(
                    "choose one: at = \"table 2\", or the heading above it, at = \"## Costs\""
                        .into(),
                ),
            )),
        };
    };
    if let Some(n) = at.strip_prefix("table ").and_then(|n| n.trim().parse::<usize>().ok()) {
        return n.checked_sub(1).filter(|n| *n < tables.len()).ok_or_else(|| {
            (format!("this document has {} tables, so there is no `{at}`", tables.len()), None)
        });
    }
    let heading = at.trim_start_matches('#').trim();
    match under(tables, heading).as_slice() {
        [only] => Ok(*only),
        [] => {
            let names = tables.iter().flat_map(|headings| headings.iter().map(String::as_str));
            let near = did_you_mean(heading, names).map(|n| format!("did you mean `{n}`?"));
            let help = near.or_else(|| choices(tables));
            Err((format!("there is no table under a heading `{heading}`"), help))
        }
        several => {
            let message = format!("{} tables stand under a heading `{heading}`", several.len());
            let shown = several.iter().take(3).map(|n| format!("at = \"table {}\"", n + 1));
            let shown: Vec<String> = shown.collect();
            Err((message, Some(format!("choose one by its number: {}", shown.join(" or ")))))
        }
    }
}

/// How the first of the tables can be named: by the heading above it, or by its number.
fn choices(tables: &[&[String]]) -> Option<String> {
    let name = |(n, headings): (usize, &&[String])| match headings.last() {
        Some(heading) => format!("at = \"{}\"", printable(heading.trim())),
        None => format!("at = \"table {}\"", n + 1),
    };
    let shown: Vec<String> = tables.iter().enumerate().take(3).map(name).collect();
    let others = if tables.len() > shown.len() { ", …" } else { "" };
    (!shown.is_empty()).then(|| format!("write {}{others}", shown.join(" or ")))
}

/// The numbers of the tables that a heading is the nearest one of; where it is that of none, of those
/// that stand somewhere under it.
fn under(tables: &[&[String]], heading: &str) -> Vec<usize> {
    let is_it = |h: &String| h.trim() == heading;
    let numbers = |is: &dyn Fn(&[String]) -> bool| -> Vec<usize> {
        tables.iter().enumerate().filter(|(_, all)| is(all)).map(|(number, _)| number).collect()
    };
    let nearest = numbers(&|all| all.last().is_some_and(is_it));
    if nearest.is_empty() { numbers(&|all| all.iter().any(is_it)) } else { nearest }
}
