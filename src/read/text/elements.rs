//! Elements of web pages: what they span, whether anybody sees them, and their texts.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// Where a word may be parted at the end of a line; elsewhere nothing is shown of it.
const SOFT_HYPHEN: char = '\u{ad}';

/// How many columns or rows a cell spans.
pub fn spanned(tag: &StartTag<usize>, name: &str, most: usize) -> usize {
    let value = tag.attributes.get(name.as_bytes());
    let count = value.and_then(|v| std::str::from_utf8(&v.value).ok()?.trim().parse::<u64>().ok());
    match count.map(|count| usize::try_from(count).unwrap_or(most)) {
        // To the end of its part of the table.
        Some(0) if name == "rowspan" => most,
        Some(count) => usize::clamp(count, 1, most),
        None => 1,
    }
}

/// The level of a heading.
pub fn level(name: &[u8]) -> Option<u8> {
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
const UNSEEN: [&str; 5] = ["script", "style", "title", "template", "noscript"];
/// Elements that hold others of a table.
const PARTS: [&str; 10] =
    ["html", "body", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"];

fn is_one(name: &[u8], of: &[&str]) -> bool {
    of.iter().any(|one| one.as_bytes() == name)
}

/// Whether a browser shows nothing of an element: keys to sort by stand in such.
pub fn is_hidden(tag: &StartTag<usize>) -> bool {
    if tag.self_closing || is_one(&tag.name, &EMPTY) {
        return false;
    }
    if is_one(&tag.name, &UNSEEN) {
        return true;
    }
    !is_one(&tag.name, &PARTS) && asks_to_be_hidden(tag, &["display:none"])
}

/// Whether a browser shows nothing of a row, a cell or another part of a table.
pub fn is_part_hidden(tag: &StartTag<usize>) -> bool {
    asks_to_be_hidden(tag, &["display:none", "visibility:collapse"])
}

/// Whether a browser shows nothing of the element that a tag within a text begins.
pub fn hides(tag: &str) -> bool {
    let tokens = Tokenizer::new_with_emitter(tag, DefaultEmitter::<usize>::new_with_span());
    let first = tokens.map(|Ok(token)| token).next();
    matches!(first, Some(Token::StartTag(tag)) if is_hidden(&tag))
}

fn asks_to_be_hidden(tag: &StartTag<usize>, styles: &[&str]) -> bool {
    let style = tag.attributes.get(b"style".as_slice()).map(|style| {
        let style = String::from_utf8_lossy(&style.value).to_ascii_lowercase();
        style.split_ascii_whitespace().collect::<String>()
    });
    tag.attributes.contains_key(b"hidden".as_slice())
        || style.is_some_and(|own| styles.iter().any(|style| own.contains(style)))
}

/// How deep a part of a table stands in it: rows in parts, and cells in rows.
pub fn depth(name: &[u8]) -> Option<u8> {
    match name {
        b"thead" | b"tbody" | b"tfoot" => Some(0),
        b"tr" => Some(1),
        b"td" | b"th" => Some(2),
        _ => None,
    }
}

/// Adds a text; white space in a page is a space.
pub fn add(all: &mut String, text: &str) {
    keep_break(all, text);
    for c in text.chars().filter(|c| *c != SOFT_HYPHEN) {
        let c = if c.is_ascii_whitespace() { ' ' } else { c };
        if c != ' ' || (!all.is_empty() && !all.ends_with([' ', '\n'])) {
            all.push(c);
        }
    }
}

/// Ends a line in a text, which stands between words as a space does: but digits on both sides are those of two
/// figures, and no group of thousands.
pub fn add_break(all: &mut String) {
    let own = all.trim_end_matches(' ').len();
    if all.get(..own).is_some_and(|own| own.ends_with(|c: char| c.is_ascii_digit())) {
        all.truncate(own);
        all.push('\n');
    } else {
        add(all, " ");
    }
}

/// What becomes of a break where a text ends, now that it is known what follows.
pub fn keep_break(all: &mut String, text: &str) {
    let next = text.trim_start_matches(|c: char| c.is_ascii_whitespace()).chars().next();
    if all.ends_with('\n') && next.is_some_and(|c| !c.is_ascii_digit()) {
        all.pop();
        all.push(' ');
    }
}
