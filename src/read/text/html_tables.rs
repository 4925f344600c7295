//! Finds the tables of a web page: rows and columns that a cell spans are resolved, and each cell
//! keeps the bytes that its text stands in.

use std::collections::BTreeMap;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use crate::expr::marks::superscript;
use crate::read::text::tables::MdCell;
use crate::source::Span;

/// Columns that a cell may span, and rows: as the standard for HTML has it.
const MOST_COLUMNS: usize = 1000;
const MOST_ROWS: usize = 65_534;
/// Bytes that may be kept for the cells which others span. Cells as such take their own in the file.
const MOST_SPANNED: usize = 1 << 28;

/// A table of a page.
#[derive(Debug, Default)]
pub struct HtmlTable {
    pub id: Option<String>,
    /// The headings it stands under, the nearest last; its caption last of all.
    pub headings: Vec<String>,
    /// Whether the last of them is its caption.
    pub has_caption: bool,
    /// All of it; its first tag where it is not closed.
    pub span: Span,
    /// How many rows name its columns: those of its head, or the first that are names alone.
    pub head: usize,
    /// Its rows where they are kept, else the last one.
    pub rows: Vec<Vec<MdCell>>,
    is_kept: bool,
    count: usize,
    pub is_closed: bool,
    /// Its cells span more than is kept.
    pub is_too_large: bool,
    /// Cells that go on in the rows below, by their first column.
    reaching: BTreeMap<usize, Reach>,
    has_head: bool,
    in_head: bool,
    /// Whether all rows before were names of columns.
    is_at_top: bool,
    /// Where the row at hand begins, and whether it has had names alone, while there is one.
    row: Option<(u64, bool)>,
    /// The column of the cell at hand, while there is one.
    cell: Option<usize>,
    caption: Option<String>,
    spanned: usize,
}

/// A cell that goes on in rows below its own.
#[derive(Debug)]
struct Reach {
    columns: usize,
    /// How many rows, the one at hand included.
    rows: usize,
}

impl HtmlTable {
    fn start_row(&mut self, at: u64) {
        self.end_row();
        self.end_caption();
        self.row = Some((at, true));
        self.count += 1;
        if !self.is_kept && self.rows.len() > 1 {
            self.rows.remove(0);
        }
        self.rows.push(Vec::new());
    }

    fn end_row(&mut self) {
        self.cell = None;
        let Some((_, has_names)) = self.row else { return };
        while let Some(next) = self.next_reaching() {
            self.blank_up_to(next);
            self.reach_over();
        }
        self.row = None;
        let cells = self.rows.last().map_or(&[][..], Vec::as_slice);
        let is_blank = cells.iter().all(|cell| cell.text.trim().is_empty());
        self.is_at_top &= self.in_head || has_names;
        self.head += usize::from(self.is_at_top && !is_blank);
        self.reaching.retain(|_, reach| {
            reach.rows = reach.rows.saturating_sub(1);
            reach.rows > 0
        });
    }

    fn width(&self) -> usize {
        self.rows.last().map_or(0, Vec::len)
    }

    /// The next column of the row at hand, from where it ends, that a cell above reaches into.
    fn next_reaching(&self) -> Option<usize> {
        self.reaching.range(self.width()..).next().map(|(column, _)| *column)
    }

    /// Repeats the cell above in its first column, where the row at hand ends, and leaves the others
    /// of its columns blank.
    fn reach_over(&mut self) {
        let column = self.width();
        let Some(columns) = self.reaching.get(&column).map(|reach| reach.columns) else { return };
        let above = self.rows.len().checked_sub(2).and_then(|row| self.rows.get(row));
        let cell = above.and_then(|row| row.get(column)).cloned().unwrap_or_default();
        self.add_spanned(MdCell { is_repeated: true, ..cell });
        self.blank_up_to(column + columns);
    }

    fn blank_up_to(&mut self, column: usize) {
        let at = self.row.map_or(0, |row| row.0);
        while self.width() < column && !self.is_too_large {
            self.add_spanned(MdCell { span: Span::new(at, at), ..MdCell::default() });
        }
    }

    fn add_spanned(&mut self, cell: MdCell) {
        self.spanned += size_of::<MdCell>() + cell.text.len();
        self.is_too_large |= self.spanned > MOST_SPANNED;
        if self.is_too_large {
            self.reaching.clear();
        } else if let Some(row) = self.rows.last_mut() {
            row.push(cell);
        }
    }

    fn start_cell(&mut self, tag: &StartTag<usize>) {
        if self.row.is_none() {
            self.start_row(tag.span.start as u64);
        }
        if let Some((_, has_names)) = &mut self.row {
            *has_names &= tag.name.as_slice() == b"th";
        }
        while self.reaching.contains_key(&self.width()) {
            self.reach_over();
        }
        let (column, after) = (self.width(), tag.span.end as u64);
        let columns = spanned(tag, "colspan", MOST_COLUMNS);
        let rows = spanned(tag, "rowspan", MOST_ROWS);
        self.reaching.remove(&column);
        if rows > 1 {
            self.reaching.insert(column, Reach { columns, rows });
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(MdCell { span: Span::new(after, after), ..MdCell::default() });
        }
        self.blank_up_to(column + columns);
        self.cell = Some(column);
    }

    fn end_caption(&mut self) {
        if let Some(caption) = self.caption.take() {
            self.headings.push(caption.trim().to_string());
            self.has_caption = true;
        }
    }

    fn start_body(&mut self) {
        self.end_row();
        self.end_caption();
        self.is_at_top &= !self.has_head;
        self.in_head = false;
        // No cell reaches over the end of a part of the table.
        self.reaching.clear();
    }

    fn close(&mut self, at: u64, is_closed: bool) {
        self.end_row();
        self.end_caption();
        self.is_closed = is_closed;
        if is_closed {
            self.span = Span::new(self.span.start, at);
        }
        if self.head == self.count && !self.has_head {
            self.head = 1;
        }
    }

    /// Adds a text to the cell or the caption at hand.
    fn add(&mut self, text: &str, span: Span) {
        if let Some(caption) = &mut self.caption {
            add(caption, text);
            return;
        }
        let cell = self.cell.and_then(|column| self.rows.last_mut()?.get_mut(column));
        let Some(cell) = cell else { return };
        let was_empty = cell.text.is_empty();
        add(&mut cell.text, text);
        if !span.is_empty() && !cell.text.is_empty() {
            cell.span = if was_empty { span } else { cell.span.join(span) };
        }
    }
}

/// How many columns or rows a cell spans.
fn spanned(tag: &StartTag<usize>, name: &str, most: usize) -> usize {
    let value = tag.attributes.get(name.as_bytes());
    let count = value.and_then(|v| std::str::from_utf8(&v.value).ok()?.trim().parse::<u64>().ok());
    match count.map(|count| usize::try_from(count).unwrap_or(most)) {
        // To the end of its part of the table.
        Some(0) if name == "rowspan" => most,
        Some(count) => usize::clamp(count, 1, most),
        None => 1,
    }
}

/// Reads a page.
#[derive(Default)]
struct Parser {
    kept: Option<usize>,
    /// All tables, by where they begin.
    tables: Vec<HtmlTable>,
    /// Those that are open, by number.
    open: Vec<usize>,
    /// The headings above, with their levels.
    headings: Vec<(u8, String)>,
    /// The heading at hand.
    heading: Option<(u8, String)>,
    /// The element whose text nobody sees, and how many of its name are open within it.
    hidden: Option<(Vec<u8>, usize)>,
    /// Elements `sup` that are open.
    raised: usize,
}

/// The tables of a page, by where they begin; of the one with the number `kept` with its rows.
pub fn tables(text: &str, kept: Option<usize>) -> Vec<HtmlTable> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut parser = Parser { kept, ..Parser::default() };
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => parser.start(&tag),
            Token::EndTag(tag) => parser.end(&tag.name, tag.span.end as u64),
            Token::String(part) => {
                let span = part.span.start..part.span.end;
                parser.text(text, &String::from_utf8_lossy(&part.value), span);
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    while let Some(number) = parser.open.pop() {
        parser.close(number, text.len() as u64, false);
    }
    parser.tables
}

const TEMPLATE: &[u8] = b"template";

/// The level of a heading.
fn level(name: &[u8]) -> Option<u8> {
    match name {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// Elements that have no text.
const EMPTY: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose text is none of the page.
const UNSEEN: [&str; 4] = ["script", "style", "title", "template"];
/// Elements that hold others of a table.
const PARTS: [&str; 10] =
    ["html", "body", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"];

fn is_one(name: &[u8], of: &[&str]) -> bool {
    of.iter().any(|one| one.as_bytes() == name)
}

/// Whether a browser shows nothing of an element: keys to sort by stand in such.
fn is_hidden(tag: &StartTag<usize>) -> bool {
    if tag.self_closing || is_one(&tag.name, &EMPTY) {
        return false;
    }
    if is_one(&tag.name, &UNSEEN) {
        return true;
    }
    let style = tag.attributes.get(b"style".as_slice());
    let is_none = style.is_some_and(|style| {
        let style = String::from_utf8_lossy(&style.value).to_ascii_lowercase();
        style.split_ascii_whitespace().collect::<String>().contains("display:none")
    });
    let is_hidden = is_none || tag.attributes.contains_key(b"hidden".as_slice());
    is_hidden && !is_one(&tag.name, &PARTS)
}

impl Parser {
    /// The innermost open table.
    fn table(&mut self) -> Option<&mut HtmlTable> {
        self.open.last().and_then(|number| self.tables.get_mut(*number))
    }

    fn start(&mut self, tag: &StartTag<usize>) {
        let name: &[u8] = &tag.name;
        if self.is_in_template() && name != TEMPLATE {
            return;
        }
        match &mut self.hidden {
            Some((hidden, open)) if hidden == name => *open += usize::from(!tag.self_closing),
            Some(_) => {}
            None if is_hidden(tag) => self.hidden = Some((name.to_vec(), 1)),
            None => {}
        }
        if let Some(level) = level(name) {
            self.heading = Some((level, String::new()));
        }
        let at = tag.span.start as u64;
        if name == b"table" {
            return self.start_table(tag);
        }
        if name == b"sup" {
            self.raised += 1;
        }
        let Some(table) = self.table() else { return };
        match name {
            b"caption" => table.caption = Some(String::new()),
            b"thead" => {
                table.start_body();
                (table.in_head, table.has_head) = (true, true);
            }
            b"tbody" | b"tfoot" => table.start_body(),
            b"tr" => table.start_row(at),
            b"td" | b"th" => table.start_cell(tag),
            b"br" | b"p" | b"div" | b"li" => table.add(" ", Span::new(at, at)),
            _ => {}
        }
        if matches!(name, b"tr" | b"td" | b"th") {
            self.leave_cell();
        }
    }

    fn start_table(&mut self, tag: &StartTag<usize>) {
        let number = self.tables.len();
        self.open.push(number);
        let id = tag.attributes.get(b"id".as_slice());
        self.tables.push(HtmlTable {
            id: id.map(|id| String::from_utf8_lossy(&id.value).into_owned()),
            headings: self.headings.iter().map(|heading| heading.1.clone()).collect(),
            span: Span::new(tag.span.start as u64, tag.span.end as u64),
            is_at_top: true,
            is_kept: self.kept == Some(number),
            ..HtmlTable::default()
        });
    }

    /// What a cell left open ends with it.
    fn leave_cell(&mut self) {
        self.raised = 0;
        self.hidden = None;
    }

    /// Whether what stands here is no part of the page before a script takes it.
    fn is_in_template(&self) -> bool {
        self.hidden.as_ref().is_some_and(|hidden| hidden.0 == TEMPLATE)
    }

    fn end(&mut self, name: &[u8], at: u64) {
        if self.is_in_template() && name != TEMPLATE {
            return;
        }
        if let Some((hidden, open)) = &mut self.hidden
            && hidden == name
        {
            *open = open.saturating_sub(1);
            if *open == 0 {
                self.hidden = None;
            }
        }
        if level(name).is_some()
            && let Some((level, text)) = self.heading.take()
        {
            self.headings.retain(|heading| heading.0 < level);
            self.headings.push((level, text.trim().to_string()));
        }
        match name {
            b"sup" => self.raised = self.raised.saturating_sub(1),
            b"td" | b"th" | b"tr" => self.leave_cell(),
            b"table" => {
                self.leave_cell();
                if let Some(number) = self.open.pop() {
                    self.close(number, at, true);
                }
                return;
            }
            _ => {}
        }
        let Some(table) = self.table() else { return };
        match name {
            b"caption" => table.end_caption(),
            b"thead" | b"tbody" | b"tfoot" => table.start_body(),
            b"tr" => table.end_row(),
            b"td" | b"th" => table.cell = None,
            _ => {}
        }
    }

    fn close(&mut self, number: usize, at: u64, is_closed: bool) {
        if let Some(table) = self.tables.get_mut(number) {
            table.close(at, is_closed);
        }
    }

    /// Takes some text, whose bytes stand in `span`.
    fn text(&mut self, source: &str, text: &str, span: std::ops::Range<usize>) {
        if self.hidden.is_some() {
            return;
        }
        if let Some((_, heading)) = &mut self.heading {
            add(heading, text);
        }
        let raw = source.get(span.clone()).unwrap_or_default();
        let is_space = |c: char| c.is_ascii_whitespace();
        let start = span.start + (raw.len() - raw.trim_start_matches(is_space).len());
        let end = (span.start + raw.trim_end_matches(is_space).len()).max(start);
        let is_raised = self.raised > 0;
        if let Some(table) = self.table() {
            let span = Span::new(start as u64, end as u64);
            if is_raised { table.add(&raised(text), span) } else { table.add(text, span) }
        }
    }
}

/// Adds a text; white space in a page is a space.
fn add(all: &mut String, text: &str) {
    for c in text.chars() {
        let c = if c.is_ascii_whitespace() { ' ' } else { c };
        if c != ' ' || (!all.is_empty() && !all.ends_with(' ')) {
            all.push(c);
        }
    }
}

/// A text set high: a mark at a figure must not read as one of its digits.
fn raised(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let high = superscript(c);
        out.extend((c.is_alphanumeric() && high.is_none()).then_some(' '));
        out.push(high.unwrap_or(c));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::width::to_usize;

    fn all(page: &str) -> Vec<HtmlTable> {
        let count = tables(page, None).len();
        (0..count).map(|number| tables(page, Some(number)).swap_remove(number)).collect()
    }

    fn rows(page: &str) -> Vec<String> {
        let texts = |row: &Vec<MdCell>| {
            row.iter().map(|cell| cell.text.trim().to_string()).collect::<Vec<_>>().join("|")
        };
        all(page).iter().flat_map(|table| table.rows.iter().map(texts)).collect()
    }

    #[test]
    fn rows_and_columns_that_cells_span() {
        let page = "<table><tr><th rowspan=2>Region<th colspan=2>2020<tr><th>Men<th>Women\
                    <tr><td>North<td>1<td>2</table>";
        assert_eq!(rows(page), ["Region|2020|", "Region|Men|Women", "North|1|2"]);
        let table = &all(page)[0];
        assert_eq!((table.head, table.rows[1][0].is_repeated), (2, true));
        let page = "<table><tr><td rowspan=0 colspan=2>a<td>1<tr><td>2<tr><td>3</table>";
        assert_eq!(rows(page), ["a||1", "a||2", "a||3"]);
        assert_eq!(rows("<table><td>1<td>2<tr><td>3"), ["1|2", "3"]);
        let page = "<table><tbody><tr><td>1<td rowspan=9>x<tbody><tr><td>2</table>";
        assert_eq!(rows(page), ["1|x", "2"]);
        let page = "<table><tr><td>1<td>2<td rowspan=2>x<tr><td>3</table>";
        assert_eq!(rows(page), ["1|2|x", "3||x"]);
    }

    #[test]
    fn cells_keep_their_text_and_their_bytes() {
        let page = "<script>'<td>'</script><table id=t><caption>Costs</caption>\
                    <tr><td>\n  12.9&nbsp;<b>km</b>\n <td>1,234<sup>a</sup><td></table>";
        let all = all(page);
        let place = |cell: &MdCell| to_usize(cell.span.start)..to_usize(cell.span.end);
        let cells: Vec<(&str, &str)> =
            all[0].rows[0].iter().map(|cell| (cell.text.as_str(), &page[place(cell)])).collect();
        let wanted = [("12.9\u{a0}km ", "12.9&nbsp;<b>km"), ("1,234ᵃ", "1,234<sup>a"), ("", "")];
        assert_eq!(cells, wanted);
        assert_eq!((all[0].id.as_deref(), all[0].headings.join("/")), (Some("t"), "Costs".into()));
    }

    #[test]
    fn what_a_browser_does_not_show_is_not_read() {
        let page = "<table><tr><td><span style=\"display: none\">009</span>9<template><td>t</template>\
                    <td><p hidden>x<td>y<!-- z --><style>td {}</style><td>3<sup>2,q</sup></table>";
        assert_eq!(rows(page), ["9||y|3²,ᑫ".replace('ᑫ', " q")]);
    }

    #[test]
    fn rows_that_name_columns() {
        let head = |page: &str| tables(page, None)[0].head;
        for (page, rows) in [
            ("<table><thead><tr><td>a<tr><td>b</thead><tr><th>c</table>", 2),
            ("<table><tr><th>a<tr><th>b<tr><th>c<td>1</table>", 2),
            ("<table><tr><th>a<tr><th>b</table>", 1),
            ("<table><tr><td>a<tr><td>1</table>", 0),
            ("<table><thead><tr><th><tr><th>a</thead><tr><td>1</table>", 1),
        ] {
            assert_eq!(head(page), rows, "{page}");
        }
    }

    #[test]
    fn tables_within_tables_and_tables_without_end() {
        let page = "<h2>A</h2><table><tr><td>x<table><tr><td>in</table>y</table>\
                    <h2>B</h2><table><tr><td>z";
        let found: Vec<(String, bool)> =
            all(page).iter().map(|t| (t.headings.join("/"), t.is_closed)).collect();
        assert_eq!(found, [("A".into(), true), ("A".into(), true), ("B".into(), false)]);
        assert_eq!(rows(page), ["xy", "in", "z"]);
    }

    #[test]
    fn spans_that_would_fill_the_memory() {
        let text = "x".repeat(10_000);
        let page = format!("<table><tr><td rowspan=0>{text}{}</table>", "<tr>".repeat(100_000));
        assert!(tables(&page, Some(0))[0].is_too_large);
        let page = format!("<table><tr>{}</table>", "<td colspan=1000>".repeat(20_000));
        assert!(tables(&page, Some(0))[0].is_too_large);
    }
}
