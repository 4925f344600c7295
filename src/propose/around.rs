//! What stands around a table of a page or of a text, and says that its figures are rounded, or in which language
//! they are written.

use crate::propose::units;
use crate::read::text::document::Markup;
use crate::value::Language;

/// So many bytes before and after a table are looked at.
pub const NEAR: usize = 4096;

/// The headings, captions and paragraphs before and after a table that say so: what stands beyond the tables,
/// or the heading, next to it is not about it.
pub fn lines((before, after): (&str, &str), markup: Markup) -> Vec<String> {
    let (before, after) = match markup {
        Markup::Html => (page_before(before), page_after(after)),
        _ => (text_before(before), text_after(after)),
    };
    let mut found = Vec::new();
    for part in [before, after] {
        let flat = markup.flat(part);
        let said =
            flat.text.split("\n\n").map(str::trim).filter(|line| units::state_rounding(line));
        found.extend(said.map(str::to_string));
    }
    found
}

/// The language that a page names, or that most words of the text are in.
pub fn language(text: &str, markup: Markup) -> Language {
    let named = || {
        let start = text.to_ascii_lowercase().find("<html")?;
        let tag = text.get(start..)?.split('>').next()?;
        let value = tag.get(tag.to_ascii_lowercase().find(" lang=")? + " lang=".len()..)?;
        let value = value.trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(value.len());
        Language::find(&value.get(..end)?.to_ascii_lowercase())
    };
    let named = Some(markup).filter(|markup| *markup == Markup::Html).and_then(|_| named());
    named.unwrap_or_else(|| Language::of_text(&markup.flat(text).text))
}

/// What follows the last table, without a tag that is cut at either end.
fn page_before(text: &str) -> &str {
    let small = text.to_ascii_lowercase();
    let start = small.rfind("</table").unwrap_or(0);
    let start = text.get(start..).and_then(|rest| rest.find('<')).map_or(start, |at| start + at);
    let end = text.rfind('<').filter(|at| text.get(*at..).is_some_and(|tag| !tag.contains('>')));
    text.get(start..end.unwrap_or(text.len())).unwrap_or_default()
}

/// What stands before the next table, or heading.
fn page_after(text: &str) -> &str {
    let small = text.to_ascii_lowercase();
    let ends = ["<table", "<h1", "<h2", "<h3", "<h4", "<h5", "<h6"];
    let end = ends.iter().filter_map(|tag| small.find(tag)).min();
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// The lines after the last table; what stands before the table in its own line is no more than its edge.
fn text_before(text: &str) -> &str {
    let text = text.get(..text.rfind('\n').map_or(0, |at| at + 1)).unwrap_or_default();
    let start = text.rfind("\n|").and_then(|at| Some(at + 1 + text.get(at + 1..)?.find('\n')? + 1));
    text.get(start.unwrap_or(0)..).unwrap_or_default()
}

/// The lines before the next table, or heading.
fn text_after(text: &str) -> &str {
    let text = text.get(text.find('\n').unwrap_or(text.len())..).unwrap_or_default();
    let end = ["\n#", "\n|"].iter().filter_map(|sign| text.find(sign)).min();
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}
