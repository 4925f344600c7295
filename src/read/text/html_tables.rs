//! Finds the tables of a web page: what a cell spans is resolved, and each keeps the bytes of its text. A page
//! is looked through once; the rows of a table are then read in pieces, so that memory holds a few of these.

use std::borrow::Cow;
use std::collections::BTreeMap;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use crate::read::shift::Shift;
use crate::read::text::elements::{
    add, add_break, depth, is_hidden, is_part_hidden, level, spanned,
};
use crate::read::text::inline::is_struck;
use crate::read::text::repeats::Repeats;
use crate::read::text::tables::MdCell;
use crate::source::Span;
use crate::width::to_usize;

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
    /// How many of its rows have cells.
    pub filled: usize,
    /// The most cells that a row has.
    pub widest: usize,
    /// Rows of which all cells are blank: their numbers among those with cells, and where they stand.
    pub blank: Vec<(usize, Span)>,
    /// Rows that are like one of the first.
    pub repeats: Repeats,
    /// Where its pieces begin.
    pub starts: Vec<Start>,
    pub is_closed: bool,
    /// Its cells span more than is kept.
    pub is_too_large: bool,
    /// A piece has so many bytes, or a few more.
    piece: u64,
    /// All rows where they are kept, else the last two.
    rows: Vec<Vec<MdCell>>,
    is_kept: bool,
    count: usize,
    /// Whether some cell goes on in the rows below.
    pub reaches_down: bool,
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
    /// How deep the part stands that nobody sees, while there is one.
    left_out: Option<u8>,
    spanned: usize,
}

/// Where a piece of a table begins, with what its rows depend on.
#[derive(Debug)]
pub struct Start {
    /// The tag that begins its first row.
    pub at: u64,
    /// The number of this row, of those with cells.
    pub row: usize,
    /// The row above, where cells of it go on.
    above: Vec<MdCell>,
    reaching: BTreeMap<usize, Reach>,
}

/// A cell that goes on in rows below its own.
#[derive(Debug, Clone)]
struct Reach {
    columns: usize,
    /// How many rows, the one at hand included.
    rows: usize,
}

impl HtmlTable {
    fn start_row(&mut self, at: u64) {
        self.end_row();
        self.end_caption();
        self.start_piece(at);
        self.row = Some((at, true));
        self.count += 1;
        if !self.is_kept && self.rows.len() > 1 {
            self.rows.remove(0);
        }
        self.rows.push(Vec::new());
    }

    /// Begins a piece with the row that begins here, where the last one is long enough.
    fn start_piece(&mut self, at: u64) {
        if self.starts.last().is_none_or(|last| at.saturating_sub(last.at) >= self.piece) {
            let above = self.rows.last().filter(|_| !self.reaching.is_empty());
            let (above, reaching) = (above.cloned().unwrap_or_default(), self.reaching.clone());
            self.starts.push(Start { at, row: self.filled, above, reaching });
        }
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
        self.widest = self.widest.max(cells.len());
        if let Some(span) = cells.iter().map(|cell| cell.span).reduce(Span::join) {
            self.blank.extend(is_blank.then_some((self.filled, span)));
            self.repeats.take(self.filled, span, cells);
            self.filled += 1;
        }
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

    /// Repeats the cell above where the row at hand ends; the others of its columns are blank.
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
            let span = Span::new(at, at);
            self.add_spanned(MdCell { span, is_repeated: true, ..MdCell::default() });
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

    fn start_cell(&mut self, tag: &StartTag<usize>, span: Span) {
        if self.row.is_none() {
            self.start_row(span.start);
        }
        if let Some((_, has_names)) = &mut self.row {
            *has_names &= tag.name.as_slice() == b"th";
        }
        while self.reaching.contains_key(&self.width()) {
            self.reach_over();
        }
        let (column, after) = (self.width(), span.end);
        let columns = spanned(tag, "colspan", MOST_COLUMNS);
        let rows = spanned(tag, "rowspan", MOST_ROWS);
        self.reaching.remove(&column);
        if rows > 1 {
            self.reaches_down = true;
            self.reaching.insert(column, Reach { columns, rows });
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(MdCell { span: Span::new(after, after), ..MdCell::default() });
        }
        self.blank_up_to(column + columns);
        self.cell = Some(column);
    }

    /// Whether a tag that begins is, or stands in, what nobody sees of the table.
    fn leaves_out(&mut self, tag: &StartTag<usize>) -> bool {
        let Some(depth) = depth(&tag.name) else { return self.left_out.is_some() };
        if self.left_out.is_some_and(|own| own < depth) {
            return true;
        }
        self.left_out = is_part_hidden(tag).then_some(depth);
        match self.left_out {
            Some(0) => self.start_body(),
            Some(1) => self.end_row(),
            Some(_) => self.cell = None,
            None => return false,
        }
        true
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
        self.left_out = None;
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

    /// The text of the cell at hand.
    fn cell_text(&self) -> &str {
        let cell = self.cell.and_then(|column| self.rows.last()?.get(column));
        cell.map_or("", |cell| cell.text.as_str())
    }

    /// Ends a line of the cell or the caption at hand.
    fn end_line(&mut self) {
        let cell = self.cell.and_then(|column| self.rows.last_mut()?.get_mut(column));
        match &mut self.caption {
            _ if self.left_out.is_some() => {}
            Some(caption) => add(caption, " "),
            None => cell.into_iter().for_each(|cell| add_break(&mut cell.text)),
        }
    }

    /// Adds a text to the cell or the caption at hand.
    fn add(&mut self, text: &str, span: Span) {
        if self.left_out.is_some() {
            return;
        }
        if let Some(caption) = &mut self.caption {
            add(caption, text);
            return;
        }
        let cell = self.cell.and_then(|column| self.rows.last_mut()?.get_mut(column));
        let Some(cell) = cell else { return };
        cell.add(text, span);
    }
}

/// Reads a page.
#[derive(Default)]
struct Parser {
    /// Where the text begins that is read.
    base: u64,
    /// Bytes of a piece.
    piece: u64,
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
    /// Whether digits are set low: those in `sub` that are no part of a name.
    is_low: bool,
}

/// The tables of a page, by where they begin, without their rows; they are cut into pieces of so many
/// bytes, or a few more.
pub fn tables(text: &str, piece: u64) -> Vec<HtmlTable> {
    let mut parser = Parser { piece, ..Parser::default() };
    parser.read(text);
    parser.tables
}

/// The rows with cells in a piece of a table.
pub fn rows(text: &str, table: &HtmlTable, piece: usize) -> Vec<Vec<MdCell>> {
    let Some(start) = table.starts.get(piece) else { return Vec::new() };
    let last = if table.is_closed { table.span.end } else { text.len() as u64 };
    let end = table.starts.get(piece + 1).map_or(last, |next| next.at);
    let own = text.get(to_usize(start.at)..to_usize(end)).unwrap_or_default();
    let part = HtmlTable {
        rows: vec![start.above.clone()],
        reaching: start.reaching.clone(),
        is_kept: true,
        ..HtmlTable::default()
    };
    let mut parser =
        Parser { base: start.at, tables: vec![part], open: vec![0], ..Parser::default() };
    parser.read(own);
    let rows = parser.tables.swap_remove(0).rows.into_iter().skip(1);
    rows.filter(|row| !row.is_empty()).collect()
}

const TEMPLATE: &[u8] = b"template";

impl Parser {
    /// Reads a text to its end.
    fn read(&mut self, text: &str) {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(text, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => self.start(&tag),
                Token::EndTag(tag) => self.end(&tag.name, self.base + tag.span.end as u64),
                Token::String(part) => {
                    let span = part.span.start..part.span.end;
                    self.text(text, &String::from_utf8_lossy(&part.value), span);
                }
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        while let Some(number) = self.open.pop() {
            self.close(number, self.base + text.len() as u64, false);
        }
    }

    /// Where a tag stands in the page.
    fn place(&self, tag: &StartTag<usize>) -> Span {
        Span::new(tag.span.start as u64, tag.span.end as u64).shift(self.base)
    }

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
            None if is_hidden(tag) || is_struck(name) => self.hidden = Some((name.to_vec(), 1)),
            None => {}
        }
        if let Some(level) = level(name) {
            self.heading = Some((level, String::new()));
        }
        let span = self.place(tag);
        if name == b"table" {
            return self.start_table(tag);
        }
        if name == b"sup" {
            self.raised += 1;
        }
        let Some(table) = self.table() else { return };
        if table.leaves_out(tag) {
            return;
        }
        let is_low = name == b"sub" && Shift::is_behind(table.cell_text());
        match name {
            b"caption" => table.caption = Some(String::new()),
            b"thead" => {
                table.start_body();
                (table.in_head, table.has_head) = (true, true);
            }
            b"tbody" | b"tfoot" => table.start_body(),
            b"tr" => table.start_row(span.start),
            b"td" | b"th" => table.start_cell(tag, span),
            b"br" | b"p" | b"div" | b"li" => table.end_line(),
            _ => {}
        }
        self.is_low |= is_low;
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
            span: self.place(tag),
            is_at_top: true,
            piece: self.piece,
            ..HtmlTable::default()
        });
    }

    /// What a cell left open ends with it.
    fn leave_cell(&mut self) {
        (self.raised, self.is_low, self.hidden) = (0, false, None);
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
            b"sub" => self.is_low = false,
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
        table.left_out = table.left_out.filter(|own| depth(name).is_none_or(|depth| depth > *own));
        match name {
            b"caption" => table.end_caption(),
            b"thead" | b"tbody" | b"tfoot" => table.start_body(),
            b"tr" => table.end_row(),
            b"td" | b"th" => table.cell = None,
            b"p" | b"div" | b"li" => table.end_line(),
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
        let low = self.is_low.then_some(Shift::Low);
        let shift = if self.raised > 0 { Some(Shift::High) } else { low };
        let span = Span::new(start as u64, end as u64).shift(self.base);
        let Some(table) = self.table() else { return };
        let shifted = |shift: Shift| Cow::Owned(shift.text(text));
        table.add(&shift.map_or(Cow::Borrowed(text), shifted), span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of all tables, whose pieces have a row each: they must be those of one piece.
    fn all(page: &str) -> Vec<(HtmlTable, Vec<Vec<MdCell>>)> {
        let in_pieces = |piece: u64| {
            let of_table = |table: HtmlTable| {
                let pieces = 0..table.starts.len();
                let rows: Vec<_> =
                    pieces.flat_map(|piece| super::rows(page, &table, piece)).collect();
                (table, rows)
            };
            tables(page, piece).into_iter().map(of_table).collect::<Vec<_>>()
        };
        let (whole, pieces) = (in_pieces(u64::MAX), in_pieces(1));
        for ((whole, rows), (in_pieces, same)) in whole.iter().zip(&pieces) {
            assert_eq!((rows, rows.len()), (same, in_pieces.filled), "{page}");
            assert!(whole.starts.len() <= 1 && in_pieces.starts.len() == in_pieces.count);
        }
        pieces
    }

    fn rows(page: &str) -> Vec<String> {
        let texts = |row: &Vec<MdCell>| {
            row.iter().map(|cell| cell.text.trim().to_string()).collect::<Vec<_>>().join("|")
        };
        all(page).iter().flat_map(|(_, rows)| rows.iter().map(texts)).collect()
    }

    #[test]
    fn rows_and_columns_that_cells_span() {
        let page = "<table><tr><th rowspan=2>Region<th colspan=2>2020<tr><th>Men<th>Women\
                    <tr><td>North<td>1<td>2</table>";
        assert_eq!(rows(page), ["Region|2020|", "Region|Men|Women", "North|1|2"]);
        let (table, rows_of) = &all(page)[0];
        assert_eq!((table.head, rows_of[1][0].is_repeated), (2, true));
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
            all[0].1[0].iter().map(|cell| (cell.text.as_str(), &page[place(cell)])).collect();
        let wanted = [("12.9\u{a0}km ", "12.9&nbsp;<b>km"), ("1,234ᵃ", "1,234<sup>a"), ("", "")];
        assert_eq!(cells, wanted);
        let table = &all[0].0;
        assert_eq!((table.id.as_deref(), table.headings.join("/")), (Some("t"), "Costs".into()));
    }

    #[test]
    fn what_a_browser_does_not_show_is_not_read() {
        let page = "<table><tr><td><span style=\"display: none\">009</span>9<template><td>t</template>\
                    <td><p hidden>x<td>y<!-- z --><style>td {}</style><td>3<sup>2,q</sup></table>";
        assert_eq!(rows(page), ["9||y|3²,ᑫ".replace('ᑫ', " q")]);
        let page = "<table><thead><tr><th>k<th hidden>w<th>v</thead><tr><td rowspan=3>a<td hidden>0</td><td>1</td></tr>\
                    <tr style='Display : none'><td>b<p>x<table><tr><td>in</table></tr>\
                    <tr><td hidden>0<td>2<tr><td>3<tr style=visibility:collapse><td>4<td>5\
                    <tbody hidden><tr><td>c<td>6</tr></tbody><tfoot><tr><td>d<td>7</table>";
        assert_eq!(rows(page), ["k|v", "a|1", "a|2", "a|3", "d|7", "in"]);
    }

    #[test]
    fn rows_that_name_columns() {
        let head = |page: &str| tables(page, 1)[0].head;
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
            all(page).iter().map(|(t, _)| (t.headings.join("/"), t.is_closed)).collect();
        assert_eq!(found, [("A".into(), true), ("A".into(), true), ("B".into(), false)]);
        assert_eq!(rows(page), ["xy", "in", "z"]);
    }

    #[test]
    fn spans_that_would_fill_the_memory() {
        let text = "x".repeat(10_000);
        let page = format!("<table><tr><td rowspan=0>{text}{}</table>", "<tr>".repeat(100_000));
        assert!(tables(&page, 1 << 18)[0].is_too_large);
        let page = format!("<table><tr>{}</table>", "<td colspan=1000>".repeat(20_000));
        assert!(tables(&page, 1 << 18)[0].is_too_large);
    }
}
