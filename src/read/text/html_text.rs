//! The text of a web page, with the way back to its bytes through tags and entities.

use std::ops::Range;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use crate::read::shift::Shift;
use crate::read::text::inline::is_struck;

/// A part of the text of a page.
pub enum Piece<'p> {
    /// A text that stands in these bytes, byte by byte, or as a whole where it is an entity.
    Text(&'p str, Range<usize>),
    /// A line ends within a paragraph.
    Break(usize),
    /// A cell of a row ends.
    Cell(usize),
    /// A row or an item begins or ends.
    Row(usize),
    /// A paragraph, a heading or another block begins or ends.
    Block(usize),
    /// What follows is, or is not, prose whose figures are listed: no table, no code.
    Listed(bool),
}

/// Elements that have no text.
const EMPTY: [&str; 13] = [
    "area", "base", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose text is none of the page, or is not seen.
const UNSEEN: [&str; 8] =
    ["script", "style", "title", "template", "noscript", "textarea", "svg", "head"];
/// Elements within a line.
const INLINE: [&str; 34] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img",
];
/// Elements whose figures are none of the prose.
const UNLISTED: [&str; 5] = ["code", "pre", "kbd", "samp", "math"];

fn is_one(name: &[u8], of: &[&str]) -> bool {
    of.iter().any(|one| one.as_bytes() == name)
}

/// Whether a browser shows nothing of an element.
fn is_hidden(tag: &StartTag<usize>) -> bool {
    if tag.self_closing || is_one(&tag.name, &EMPTY) || tag.name.as_slice() == b"br" {
        return false;
    }
    let style = tag.attributes.get(b"style".as_slice());
    let is_none = style.is_some_and(|style| {
        let style = String::from_utf8_lossy(&style.value).to_ascii_lowercase();
        style.split_ascii_whitespace().collect::<String>().contains("display:none")
    });
    // A head that nobody closes would hide the page.
    let is_unseen = is_one(&tag.name, &UNSEEN) && tag.name.as_slice() != b"head";
    is_unseen || is_none || tag.attributes.contains_key(b"hidden".as_slice())
}

/// Visits the text of a page, or of a part of one, in order; `lists_tables` where the figures of cells are
/// listed, but for those of headers.
pub fn visit(text: &str, lists_tables: bool, take: &mut dyn FnMut(Piece<'_>)) {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut page = Page { lists_tables, ..Page::default() };
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                page.start(&tag, take);
                page.shift(&tag, text);
            }
            Token::EndTag(tag) => page.end(&tag.name, tag.span.start, take),
            Token::String(part) if page.hidden.is_none() => {
                let value = String::from_utf8_lossy(&part.value);
                let shift = page.shift;
                let mut take = |piece: Piece<'_>| shifted(shift, piece, take);
                pieces(text, &value, part.span.start..part.span.end, &mut take);
            }
            _ => {}
        }
    }
}

/// Visits where the comments of a page stand.
pub fn comments(text: &str, take: &mut dyn FnMut(Range<usize>)) {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        let Token::Comment(comment) = token else { continue };
        let Some(before) = text.get(..comment.span.start) else { continue };
        let begins = text.get(before.len()..).is_some_and(|rest| rest.starts_with("<!--"));
        let start = if begins { Some(before.len()) } else { before.rfind("<!--") };
        let Some(rest) = start.and_then(|start| text.get(start..)) else { continue };
        let start = text.len() - rest.len();
        take(start..rest.find("-->").map_or(text.len(), |end| start + end + 3));
    }
}

#[derive(Default)]
struct Page {
    /// The element whose text nobody sees, or is struck out, and how many of its name are open within it.
    hidden: Option<(Vec<u8>, usize)>,
    /// Blocks that are open within it.
    blocks: usize,
    /// Whether a cell is open, and whether it is one of a header.
    in_cell: bool,
    in_head: bool,
    lists_tables: bool,
    /// How the text at hand is set.
    shift: Option<Shift>,
    /// Elements that are open whose figures are none of the prose.
    unlisted: usize,
}

impl Page {
    fn start(&mut self, tag: &StartTag<usize>, take: &mut dyn FnMut(Piece<'_>)) {
        let name: &[u8] = &tag.name;
        match &mut self.hidden {
            Some((hidden, open)) => {
                *open += usize::from(hidden == name && !tag.self_closing);
                self.blocks += usize::from(is_block(name));
                return;
            }
            None if is_hidden(tag) || is_struck(name) => {
                (self.hidden, self.blocks) = (Some((name.to_vec(), 1)), 0);
                return;
            }
            None => {}
        }
        let is_cell = matches!(name, b"td" | b"th");
        if is_cell || name == b"tr" {
            self.leave_cell(tag.span.start, is_cell, take);
        }
        edge(name, tag.span.start, take);
        self.in_cell |= is_cell;
        if name == b"th" {
            self.in_head = true;
            take(Piece::Listed(false));
        }
        if self.is_unlisted(name) && !tag.self_closing {
            self.unlisted += 1;
            take(Piece::Listed(false));
        }
    }

    fn end(&mut self, name: &[u8], at: usize, take: &mut dyn FnMut(Piece<'_>)) {
        if Shift::of(name).is_some() {
            self.shift = None;
        }
        if let Some((hidden, open)) = &mut self.hidden {
            // What is struck out ends with the block around it.
            let is_left = is_struck(hidden) && is_block(name) && self.blocks == 0;
            if is_block(name) {
                self.blocks = self.blocks.saturating_sub(1);
            }
            if hidden == name {
                *open = open.saturating_sub(1);
            }
            if *open == 0 || is_left {
                self.hidden = None;
            }
            if !is_left {
                return;
            }
        }
        if matches!(name, b"td" | b"th" | b"tr" | b"table") {
            self.leave_cell(at, matches!(name, b"td" | b"th"), take);
        }
        if self.is_unlisted(name) && self.unlisted > 0 {
            self.unlisted -= 1;
            take(Piece::Listed(self.unlisted == 0));
        }
        match name {
            b"td" | b"th" | b"br" => {}
            name => edge(name, at, take),
        }
    }

    fn is_unlisted(&self, name: &[u8]) -> bool {
        is_one(name, &UNLISTED) || name == b"table" && !self.lists_tables
    }

    /// Ends the cell that is open, if one is; another may follow in its row.
    fn leave_cell(&mut self, at: usize, has_next: bool, take: &mut dyn FnMut(Piece<'_>)) {
        if std::mem::take(&mut self.in_head) && self.unlisted == 0 {
            take(Piece::Listed(true));
        }
        if std::mem::take(&mut self.in_cell) && has_next {
            take(Piece::Cell(at));
        }
    }

    /// How a text is set behind a tag.
    fn shift(&mut self, tag: &StartTag<usize>, text: &str) {
        let shift = Shift::of(&tag.name).filter(|_| !tag.self_closing);
        if shift.is_some() {
            let before = text.get(..tag.span.start).unwrap_or_default();
            self.shift = shift.filter(|_| Shift::is_behind(before));
        } else if is_block(&tag.name) {
            self.shift = None;
        }
    }
}

/// Whether an element stands in no line.
fn is_block(name: &[u8]) -> bool {
    !is_one(name, &INLINE) && !is_one(name, &EMPTY) && name != b"br"
}

/// Hands a piece on, with its digits as they are set.
fn shifted(shift: Option<Shift>, piece: Piece<'_>, take: &mut dyn FnMut(Piece<'_>)) {
    let (Some(shift), Piece::Text(text, range)) = (shift, &piece) else { return take(piece) };
    if text.len() != range.len() {
        return take(piece);
    }
    for (at, c) in text.char_indices() {
        let place = range.start + at..range.start + at + c.len_utf8();
        let shown = shift.digit(c).unwrap_or(c);
        take(Piece::Text(shown.encode_utf8(&mut [0; 4]), place));
    }
}

/// What begins or ends with an element.
fn edge(name: &[u8], at: usize, take: &mut dyn FnMut(Piece<'_>)) {
    match name {
        b"br" => take(Piece::Break(at)),
        b"td" | b"th" | b"html" | b"body" => {}
        b"tr" | b"li" | b"dt" | b"dd" | b"option" => take(Piece::Row(at)),
        name if is_one(name, &INLINE) => {}
        _ => take(Piece::Block(at)),
    }
}

/// The parts of a text that stand in the page as they are, and the entities between them.
fn pieces(source: &str, value: &str, span: Range<usize>, take: &mut dyn FnMut(Piece<'_>)) {
    let raw = source.get(span.clone()).unwrap_or_default();
    if raw == value {
        take(Piece::Text(value, span));
        return;
    }
    let (mut r, mut v) = (0, 0);
    while let Some(rest) = raw.get(r..).filter(|rest| !rest.is_empty()) {
        let left = value.get(v..).unwrap_or_default();
        let plain = rest.find(['&', '\r']).unwrap_or(rest.len());
        if let Some(own) = rest.get(..plain).filter(|own| !own.is_empty() && left.starts_with(own))
        {
            take(Piece::Text(own, span.start + r..span.start + r + plain));
            (r, v) = (r + plain, v + plain);
            continue;
        }
        // A line end is one character.
        if rest.starts_with('\r') {
            v += usize::from(!rest.starts_with("\r\n") && left.starts_with('\n'));
            r += 1;
            continue;
        }
        let most = reference(rest);
        // Some names of entities need no `;`: `&notit;` is `¬it;`.
        let fit = (1..=most).rev().find_map(|n| Some((n, meant(left, rest.get(n..)?)?)));
        let Some((length, count)) = fit else {
            // The places within are lost, and nothing of the text is.
            take(Piece::Text(left, span.start + r..span.end));
            return;
        };
        let own = left.get(..count).unwrap_or_default();
        take(Piece::Text(own, span.start + r..span.start + r + length));
        (r, v) = (r + length, v + count);
    }
}

/// The bytes of what begins a text and is written for something else: an entity, a line end.
fn reference(raw: &str) -> usize {
    let first = raw.chars().next().map_or(1, char::len_utf8);
    let Some(rest) = raw.strip_prefix('&') else { return first };
    let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(rest.len());
    let end = if rest.get(name..).is_some_and(|r| r.starts_with(';')) { name + 1 } else { name };
    first + end
}

/// The bytes at the start of a text that an entity stands for, when `raw` follows it.
fn meant(left: &str, raw: &str) -> Option<usize> {
    let next = raw.get(..raw.find(['&', '\r']).unwrap_or(raw.len())).unwrap_or_default();
    let ends = left.char_indices().map(|(at, _)| at).chain([left.len()]).take(3);
    let fits = |end: &usize| left.get(*end..).is_some_and(|rest| rest.starts_with(next));
    // At the end of the text all of it is meant.
    if raw.is_empty() { Some(left.len()) } else { ends.skip(1).find(fits) }
}
