//! What a browser does with words in a line: those that are struck out are no part of what is said, and
//! figures set high or low are none of the digits before them.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use crate::read::shift::Shift;
use crate::read::text::elements::hides;

/// Whether words in an element are struck out.
pub fn is_struck(name: &[u8]) -> bool {
    matches!(name, b"del" | b"s" | b"strike")
}

/// Whether a block of text begins or ends here: anything but a cell of a row and words in a line.
pub(super) fn is_edge(event: &Event<'_>) -> bool {
    let tag = match event {
        Event::Start(tag) => tag.to_end(),
        Event::End(tag) => *tag,
        _ => return false,
    };
    tag != TagEnd::TableCell && !is_inline(tag)
}

/// Whether what ends there stands within a line of text.
pub(super) fn is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// The events of a Markdown document without what is struck out.
pub(super) struct Inline<'s> {
    source: &'s str,
    /// Texts that are open between `~~`.
    struck: usize,
    /// The element that strikes out, and how many of its name are open.
    element: Option<(String, usize)>,
    shift: Option<Shift>,
}

impl<'s> Inline<'s> {
    /// Of a document.
    pub fn new(source: &'s str) -> Inline<'s> {
        Inline { source, struck: 0, element: None, shift: None }
    }

    /// Hands an event on, or what is to be seen of it.
    pub fn pass(
        &mut self,
        event: Event<'_>,
        range: Range<usize>,
        visit: &mut dyn FnMut(Event<'_>, Range<usize>),
    ) {
        match &event {
            Event::Start(Tag::Strikethrough) if self.is_struck(&range) => self.struck += 1,
            Event::End(TagEnd::Strikethrough) if self.is_struck(&range) => {
                self.struck = self.struck.saturating_sub(1);
            }
            // `500~600 and 700~800`: signs that stay.
            Event::Start(Tag::Strikethrough) => tilde(range.start..range.start + 1, visit),
            Event::End(TagEnd::Strikethrough) => tilde(range.end - 1..range.end, visit),
            Event::InlineHtml(tag) => {
                self.tag(tag, range.start);
                visit(event, range);
            }
            Event::Text(_) | Event::Code(_) | Event::InlineMath(_)
                if self.struck > 0 || self.element.is_some() => {}
            Event::Text(text) if self.shift.is_some() => self.shifted(text, range, visit),
            _ => {
                if is_edge(&event) || matches!(event, Event::End(TagEnd::TableCell)) {
                    (self.struck, self.element, self.shift) = (0, None, None);
                }
                visit(event, range);
            }
        }
    }

    /// Whether what stands between tildes is struck out: between two on each side it always is.
    fn is_struck(&self, range: &Range<usize>) -> bool {
        let own = self.source.get(range.clone()).unwrap_or_default();
        let before = self.source.get(..range.start).unwrap_or_default();
        let behind = self.source.get(range.end..).unwrap_or_default();
        own.starts_with("~~")
            || !before.ends_with(char::is_alphanumeric)
                && !behind.starts_with(char::is_alphanumeric)
    }

    /// Takes the tag of an element in the line.
    fn tag(&mut self, tag: &str, start: usize) {
        let Some(inner) = tag.strip_prefix('<') else { return };
        let name = inner.strip_prefix('/').unwrap_or(inner);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let closes = inner.starts_with('/');
        let name = name.get(..end).unwrap_or_default().to_ascii_lowercase();
        if Shift::of(name.as_bytes()).is_some() {
            let before = self.source.get(..start).unwrap_or_default();
            let shift = Shift::of(name.as_bytes()).filter(|_| Shift::is_behind(before));
            self.shift = if closes { None } else { shift };
        }
        match &mut self.element {
            Some((open, count)) if *open == name => {
                *count = if closes { *count - 1 } else { *count + 1 };
                if *count == 0 {
                    self.element = None;
                }
            }
            None if !closes && (is_struck(name.as_bytes()) || hides(tag)) => {
                self.element = Some((name, 1));
            }
            _ => {}
        }
    }

    /// Hands a text on whose digits are shifted.
    fn shifted(
        &self,
        text: &CowStr<'_>,
        range: Range<usize>,
        visit: &mut dyn FnMut(Event<'_>, Range<usize>),
    ) {
        if text.len() != range.len() {
            visit(Event::Text(text.clone()), range);
            return;
        }
        for (at, c) in text.char_indices() {
            let shown = self.shift.and_then(|shift| shift.digit(c)).unwrap_or(c);
            let place = range.start + at..range.start + at + c.len_utf8();
            visit(Event::Text(shown.to_string().into()), place);
        }
    }
}

fn tilde(range: Range<usize>, visit: &mut dyn FnMut(Event<'_>, Range<usize>)) {
    visit(Event::Text("~".into()), range);
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data is small")]
mod tests {
    use crate::read::text::document::{html, markdown};

    fn words(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_struck_out_is_not_said() {
        for (source, wanted) in [
            ("Of ~~800~~ 899 people", "Of 899 people"),
            ("~8~ 9, **~~1~~2**, a~~b~~c", "9, 2, ac"),
            ("500~600 and 700~800, ~5 and ~6", "500~600 and 700~800, ~5 and ~6"),
            ("<del>7</del> 8 <S class=x>1 <b>2</b></S>3 <strike>4</strike>", "8 3"),
            ("<s>old <s>older</s> old</s> new", "new"),
            ("An <s>open 1\n\nAnd 2", "An And 2"),
            ("A <span hidden>9</span>1, <b style=\"display: none\">2 <b>3</b></b>4", "A 1, 4"),
            ("| ~~1~~ 2 | <del>3</del>4 |\n|-|-|\n| <s>5 | 6 |", "2 | 4 | | 6 |"),
        ] {
            assert_eq!(words(&markdown(source).text), wanted, "{source}");
        }
        for (source, wanted) in [
            ("<p>Of <del>700</del> 711, <s>1</s>2, <strike>3 <b>4</b></strike>5", "Of 711, 2, 5"),
            ("<p>An <s>open 1.</p><p>And 2.</p>", "An And 2."),
            ("<del><p>Old 9.</p><p>Old 10.</p></del> New 11.", "New 11."),
            ("a <s>b <s>c</s> d</s> e", "a e"),
        ] {
            assert_eq!(words(&html(source).text), wanted, "{source}");
        }
    }

    #[test]
    fn digits_set_high_or_low_are_none_of_those_before_them() {
        let source = "899<sup>34</sup> of 7<sub>2</sub>, 10<sup>6</sup>, H<sub>2</sub>O, 5 km<sup>2</sup>, 1<sup>st</sup>";
        let wanted = "899³⁴ of 7₂, 10⁶, H2O, 5 km2, 1st";
        for document in [markdown(source), html(source)] {
            assert_eq!(document.text.trim(), wanted);
            for (own, raw) in [("⁴", "4"), ("₂", "2"), ("H2O", "H<sub>2</sub>O")] {
                let at = document.text.find(own).expect("a text");
                let span = document.map.span(at..at + own.len());
                assert_eq!(source[span.start as usize..span.end as usize].replace('\n', ""), raw);
            }
        }
    }
}
