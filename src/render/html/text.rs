//! Texts of the data in a page: cut, with everything in them visible, apart from the direction of
//! the text around them. What is escaped is escaped by `maud`.

use maud::{Markup, html};

use crate::render::words::ending;
use crate::report::document::JsonPlace;
use crate::report::text::{Limits, PEOPLE, cut, cut_sentence, printable};

/// Characters of a cell that are shown; the rest of it is folded away.
const CELL: usize = 80;

/// Characters of a text that the page has at all.
const MOST: usize = 4_000;

/// Of a sentence, when it is shown whole.
const WHOLE: Limits = Limits { cell: MOST, sentence: MOST };

/// A text in one line, cut.
pub fn short(text: &str, most: usize) -> String {
    printable(&cut(text, most, None)).into_owned()
}

/// A name or a short text.
pub fn name(text: &str) -> Markup {
    html! { bdi { (short(text, CELL)) } }
}

/// An expression of a rule, or the name of an addend.
pub fn expression(text: &str) -> Markup {
    html! { bdi { (short(text, 240)) } }
}

/// A text of a cell, with the rest of a long one folded away.
pub fn cell(text: &str) -> Markup {
    let shown = short(text, CELL);
    let is_cut = text.len() > CELL && text.chars().count() > CELL;
    html! {
        bdi { (shown) }
        @if is_cut {
            details class="rest" {
                summary { (text.chars().count()) " characters" }
                bdi { (short(text, MOST)) }
            }
        }
    }
}

/// A sentence, in which what stands between backticks is quoted.
pub fn sentence(text: &str) -> Markup {
    quoted(&printable(&cut_sentence(text, PEOPLE, None)))
}

/// The whole of a sentence that is cut where it is shown first, folded away.
pub fn rest(text: &str) -> Markup {
    let is_cut = cut_sentence(text, PEOPLE, None) != text;
    html! {
        @if is_cut {
            details class="rest" {
                summary { "the whole sentence" }
                (quoted(&printable(&cut_sentence(text, WHOLE, None))))
            }
        }
    }
}

fn quoted(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html! { bdi { (text) } };
    }
    html! {
        @for (n, part) in parts.iter().enumerate() {
            @if n % 2 == 1 { code { bdi { (part) } } } @else { (part) }
        }
    }
}

/// A path, with the line and the column, or the cell of a sheet.
pub fn place(p: &JsonPlace<'_>) -> Markup {
    html! { code class="at" { bdi { (short(&p.file, 200)) } (behind(p)) } }
}

/// What stands behind the path.
fn behind(p: &JsonPlace<'_>) -> Markup {
    let behind = p.behind();
    html! { @if p.sheet.is_some() { bdi { (short(&behind, 60)) } } @else { (behind) } }
}

/// A path, with a line and a column where they are known.
pub fn at(path: &str, line: Option<u64>, column: Option<u64>) -> Markup {
    let rest = [line, column].into_iter().flatten().map(|n| format!(":{n}"));
    html! { code class="at" { bdi { (short(path, 200)) } (rest.collect::<String>()) } }
}

/// A place with no more of its folders than distinguish it from other files, for where the whole
/// path has no room.
pub fn short_place(p: &JsonPlace<'_>, files: &[&str]) -> Markup {
    let file = ending(&p.file, files.iter().copied());
    html! {
        code class="at" title=(short(&p.file, 200)) { bdi { (short(file, 28)) } (behind(p)) }
    }
}

/// An address as a link where it is one, else a text.
pub fn address(text: &str) -> Markup {
    let is_plain = text.len() < 2_000 && text.bytes().all(|b| b.is_ascii_graphic());
    let is_link = is_plain && (text.starts_with("https://") || text.starts_with("http://"));
    html! {
        @if is_link { a href=(text) rel="noreferrer" { bdi { (short(text, 200)) } } }
        @else { bdi { (short(text, 500)) } }
    }
}
