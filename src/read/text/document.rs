//! Documents flattened to text, with the way back to their bytes.

use std::borrow::Cow;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::read::text::events::{Rows, walk};
use crate::read::text::html_text::{self, Piece};
use crate::read::text::inline::is_edge;
use crate::source::FlatMap;
use crate::width::{to_u32, to_usize};

/// How a comment begins.
pub(super) const START: &str = "<!--";
/// How a comment ends.
pub(super) const END: &str = "-->";
/// How a comment begins that is meant for this program.
pub(super) const ADDRESS: &str = "crossfoot:";

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

/// Lines at the start of a text by which it is known.
const LINES: usize = 40;

/// How a text is marked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Not at all.
    Plain,
    Markdown,
    /// A web page.
    Html,
}

impl Markup {
    /// By the ending of a file's name.
    pub fn of_ending(ending: &str) -> Markup {
        match ending.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Markup::Markdown,
            "html" | "htm" | "xhtml" => Markup::Html,
            _ => Markup::Plain,
        }
    }

    /// A text without its mark-up.
    pub fn flat(self, text: &str) -> Document<'_> {
        match self {
            Markup::Plain => Document { text: without_comments(text), ..plain(text) },
            Markup::Markdown => markdown(text),
            Markup::Html => html(text),
        }
    }
}

/// Whether a file is running text rather than fields between signs.
pub fn is_prose(source: &str) -> bool {
    // A comment that speaks to this program stands in no table.
    let mut comments = source.split(START).skip(1);
    if comments.any(|comment| comment.trim_start().starts_with(ADDRESS)) {
        return true;
    }
    let lines: Vec<&str> = source.lines().filter(|l| !l.trim().is_empty()).take(LINES).collect();
    let signs = |line: &&str, sign: char| line.matches(sign).count();
    let is_cut = ['\t', ';', '|'].iter().any(|sign| {
        let first = lines.first().map_or(0, |line| signs(line, *sign));
        first > 0 && lines.iter().all(|line| signs(line, *sign) == first)
    });
    let is_sentence = |line: &&&str| {
        let words = line.split_whitespace().filter(|word| word.contains(char::is_alphabetic));
        words.count() >= 4 && line.chars().filter(|c| c.is_lowercase()).count() * 2 > line.len()
    };
    let said = lines.iter().filter(is_sentence).count();
    !is_cut && said > 0 && said * 2 >= lines.len()
}

/// Plain text is itself.
pub fn plain(text: &str) -> Document<'_> {
    Document { text: text.into(), map: FlatMap::identity(0), breaks: None }
}

/// A plain text in which the comments that speak to this program are blank.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains(ADDRESS) {
        return text.into();
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(START) {
        let (before, comment) = rest.split_at(at);
        let length = comment.find(END).map_or(comment.len(), |end| end + END.len());
        let (comment, behind) = comment.split_at(length);
        let is_ours =
            comment.get(START.len()..).is_some_and(|c| c.trim_start().starts_with(ADDRESS));
        out.push_str(before);
        match is_ours {
            true => out.extend(std::iter::repeat_n(' ', length)),
            false => out.push_str(comment),
        }
        rest = behind;
    }
    out.push_str(rest);
    out.into()
}

/// Markdown without its mark-up: paragraphs end with a blank line, table cells with ` | `.
pub fn markdown(source: &str) -> Document<'static> {
    let mut d = Flattener::new(source);
    let mut html_block = HtmlBlock::default();
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
            Event::InlineHtml(tag) if is_break(&tag) => d.put("\n", range.end..range.end),
            Event::Html(part) => html_block.put(&part, range),
            Event::End(TagEnd::HtmlBlock) => html_block.flush(&mut d),
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

/// The text of a web page: paragraphs end with a blank line, table cells with ` | `.
pub fn html(source: &str) -> Document<'static> {
    let mut d = Flattener::new(source);
    html_text::visit(source, false, &mut |piece| d.take(piece, &|range| range));
    d.breaks.dedup();
    d.document()
}

/// Whether a tag is a line break.
pub(super) fn is_break(tag: &str) -> bool {
    tag.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br"))
}

/// A block of HTML in a Markdown document, without the signs of what it stands in.
#[derive(Default)]
pub(super) struct HtmlBlock {
    text: String,
    map: FlatMap,
    /// Where its last line ends in the document.
    end: usize,
}

impl HtmlBlock {
    /// Takes a line.
    pub fn put(&mut self, line: &str, range: std::ops::Range<usize>) {
        self.map.push(to_u32(self.text.len()), range.start as u64);
        self.text.push_str(line);
        self.end = range.end;
    }

    /// Hands the text of the block on.
    pub fn flush(&mut self, to: &mut Flattener<'_>) {
        let HtmlBlock { text, map, end } = std::mem::take(self);
        html_text::visit(&text, false, &mut |piece| {
            to.take(piece, &|range| {
                let span = map.span(range);
                to_usize(span.start)..to_usize(span.end)
            });
        });
        to.end("\n\n", end);
    }
}

/// Takes the mark-up away from a document, or from a block of one.
pub(super) struct Flattener<'s> {
    source: &'s str,
    text: String,
    map: FlatMap,
    breaks: Vec<u32>,
    /// Where the white space at the end of the text begins, and how many lines end in it.
    space: usize,
    lines: usize,
}

impl<'s> Flattener<'s> {
    /// Of this document; nothing is flattened yet.
    pub fn new(source: &'s str) -> Flattener<'s> {
        let (text, map, breaks) = (String::new(), FlatMap::default(), Vec::new());
        Flattener { source, text, map, breaks, space: 0, lines: 0 }
    }

    /// Bytes that were put.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// What was put.
    pub fn document(self) -> Document<'static> {
        let map = self.map.up_to(self.source.len() as u64);
        Document { text: self.text.into(), map, breaks: Some(self.breaks) }
    }

    /// Takes a piece of a page; `place` says where its bytes are in the document.
    pub fn take(
        &mut self,
        piece: Piece<'_>,
        place: &dyn Fn(std::ops::Range<usize>) -> std::ops::Range<usize>,
    ) {
        match piece {
            Piece::Text(text, range) => {
                self.put_within(text, place(range));
            }
            Piece::Break(at) => self.put_at("\n", place(at..at).start),
            Piece::Cell(at) => self.put_at(" | ", place(at..at).start),
            Piece::Row(at) => self.end("\n", place(at..at).start),
            Piece::Block(at) => self.end("\n\n", place(at..at).start),
            Piece::Listed(_) => {}
        }
    }

    fn put_at(&mut self, text: &str, at: usize) {
        self.map.push(to_u32(self.text.len()), at as u64);
        self.push(text);
    }

    fn push(&mut self, text: &str) {
        let own = text.trim_end_matches([' ', '\t', '\r', '\n']).len();
        if own > 0 {
            (self.space, self.lines) = (self.text.len() + own, 0);
        }
        self.lines += text.get(own..).unwrap_or_default().matches('\n').count();
        self.text.push_str(text);
    }

    /// Ends a block with a sign, once, where any text stands before.
    fn end(&mut self, sign: &str, at: usize) {
        if self.space == 0 {
            return;
        }
        // White space before the end of a block is none of its text.
        if self.breaks.last().is_none_or(|last| (*last as usize) < self.space) {
            self.breaks.push(to_u32(self.space));
        }
        if self.lines < sign.len() {
            self.put_at(sign, at);
        }
    }

    /// Takes a text that stands in this range of the document.
    pub fn put(&mut self, text: &str, range: std::ops::Range<usize>) {
        // Code stands inside its backticks; an entity is longer than what it stands for.
        let raw = self.source.get(range.clone()).unwrap_or("");
        let inside = if raw.len() > text.len() { raw.find(text).unwrap_or(0) } else { 0 };
        self.put_within(text, range.start + inside..range.end);
    }

    /// Takes a text that may be longer than what stands for it, such as `&nGt;`: whatever is beyond stands
    /// at the last byte of that.
    fn put_within(&mut self, text: &str, range: std::ops::Range<usize>) {
        self.map.push(to_u32(self.text.len()), range.start as u64);
        if let Some(last) = range.end.checked_sub(1).filter(|last| *last >= range.start) {
            for beyond in range.len()..text.len() {
                self.map.push(to_u32(self.text.len() + beyond), last as u64);
            }
        }
        self.push(text);
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data is small")]
mod tests {
    use super::*;

    #[test]
    fn nothing_stands_beyond_the_end_of_a_file() {
        for source in ["j )", "# j", "<p>j</p>"] {
            for document in [markdown(source), html(source)] {
                let whole = document.map.span(0..document.text.len());
                let behind = document.map.span(document.text.len()..document.text.len());
                let end = source.len() as u64;
                assert!(whole.end <= end && behind.end <= end, "{source}: {whole:?}, {behind:?}");
            }
        }
    }

    #[test]
    fn a_page_is_its_text_with_places() {
        let source = "<html><head><title>No 1</title><style>p { left: 2px }</style></head><body>\n\
            <h1>Fl&ouml;&szlig;e</h1>\n<p>Fell by <b>52.1</b>&nbsp;percent &amp; <i>m</i>ore;<br>then\r\n 7.</p>\
            <script>var a = '<p>3</p>';</script><div hidden>4</div><ul><li>One<li>Two</ul>\
            <table><tr><td>5<td>6</td></tr></table> x &lt; 8 &notit; &#x41;B";
        let d = html(source);
        let words: Vec<&str> =
            d.text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect();
        assert_eq!(
            words,
            [
                "Flöße",
                "Fell by 52.1\u{a0}percent & more;",
                "then",
                "7.",
                "One",
                "Two",
                "5 | 6 |",
                "x < 8 ¬it; AB"
            ]
        );
        for (word, raw) in [
            ("52.1\u{a0}percent", "52.1</b>&nbsp;percent"),
            ("more", "m</i>ore"),
            ("Flöße", "Fl&ouml;&szlig;e"),
            ("B", "B"),
            ("7.", "7."),
        ] {
            let at = d.text.rfind(word).expect("a word");
            let span = d.map.span(at..at + word.len());
            assert_eq!(&source[span.start as usize..span.end as usize], raw);
        }
    }

    #[test]
    fn html_in_markdown_is_read() {
        let source = "One.\n\n<p>Block <b>88</b> percent\nhere.</p>\n\n> <div>\n> 5&nbsp;km</div>\n\nTwo<br>three.\n";
        let d = markdown(source);
        let at = d.text.find("88 percent").expect("a text");
        let span = d.map.span(at..at + 10);
        assert_eq!(&source[span.start as usize..span.end as usize], "88</b> percent");
        assert!(d.text.contains("5\u{a0}km") && d.text.contains("Two\nthree"), "{:?}", d.text);
    }

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
