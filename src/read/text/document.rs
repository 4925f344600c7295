//! Documents flattened to text, with the way back to their bytes.

use std::borrow::Cow;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::read::text::events::{Rows, walk};
use crate::source::FlatMap;
use crate::width::to_u32;

/// A text without mark-up and the map to the bytes of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'s> {
    pub text: Cow<'s, str>,
    /// From its offsets to bytes of the file.
    pub map: FlatMap,
    /// Where its paragraphs, headings, items and rows begin and end; none where only the text itself
    /// tells.
    pub breaks: Option<Vec<u32>>,
}

/// Plain text is itself.
pub fn plain(text: &str) -> Document<'_> {
    Document { text: text.into(), map: FlatMap::identity(0), breaks: None }
}

/// Markdown without its mark-up: paragraphs end with a blank line, table cells with ` | `.
pub fn markdown(source: &str) -> Document<'static> {
    let mut d = Flattener::new(source);
    let mut in_metadata = false;
    walk(source, Rows::All, &mut |event, range| {
        if is_edge(&event) {
            d.breaks.push(to_u32(d.text.len()));
        }
        match event {
            Event::Start(Tag::MetadataBlock(_)) => in_metadata = true,
            Event::End(TagEnd::MetadataBlock(_)) => in_metadata = false,
            _ if in_metadata => {}
            Event::Text(t) | Event::Code(t) | Event::InlineMath(t) | Event::DisplayMath(t) => {
                d.put(&t, range)
            }
            Event::SoftBreak | Event::HardBreak => d.put("\n", range),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Table,
            ) => d.put("\n\n", range.end..range.end),
            Event::End(TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => {
                d.put("\n", range.end..range.end)
            }
            Event::End(TagEnd::TableCell) => d.put(" | ", range.end..range.end),
            _ => {}
        }
    });
    d.breaks.dedup();
    d.document()
}

/// Whether a block of text begins or ends here: anything but a cell of a row and words in a line.
pub(super) fn is_edge(event: &Event<'_>) -> bool {
    let tag = match event {
        Event::Start(tag) => tag.to_end(),
        Event::End(tag) => *tag,
        _ => return false,
    };
    !matches!(
        tag,
        TagEnd::TableCell
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// Takes the mark-up away from a document, or from a block of one.
pub(super) struct Flattener<'s> {
    source: &'s str,
    text: String,
    map: FlatMap,
    breaks: Vec<u32>,
}

impl<'s> Flattener<'s> {
    /// Of this document; nothing is flattened yet.
    pub fn new(source: &'s str) -> Flattener<'s> {
        Flattener { source, text: String::new(), map: FlatMap::default(), breaks: Vec::new() }
    }

    /// Bytes that were put.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// What was put.
    pub fn document(self) -> Document<'static> {
        Document { text: self.text.into(), map: self.map, breaks: Some(self.breaks) }
    }

    /// Takes a text that stands in this range of the document.
    pub fn put(&mut self, text: &str, range: std::ops::Range<usize>) {
        // Code stands inside its backticks; an entity is longer than what it stands for.
        let raw = self.source.get(range.clone()).unwrap_or("");
        let inside = if raw.len() > text.len() { raw.find(text).unwrap_or(0) } else { 0 };
        self.map.push(to_u32(self.text.len()), (range.start + inside) as u64);
        self.text.push_str(text);
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data is small")]
mod tests {
    use super::*;

    #[test]
    fn spans_survive_mark_up() {
        let source = "# Héad\n\nA **12.5%** of `code` &ndash; [link](x) end.\n";
        let d = markdown(source);
        for word in ["12.5%", "code", "link", "end.", "Héad"] {
            let at = d.text.find(word).unwrap();
            let span = d.map.span(at..at + word.len());
            assert_eq!(&source[span.start as usize..span.end as usize], word);
        }
        assert!(d.text.contains("A 12.5% of code – link end."));
    }
}
