//! Comments in a text that speak to this program, each with the block that it means.
//!
//! A comment within a block means that block: a paragraph, a heading, an item of a list without the
//! lists in it, a row of a table. One that stands alone means the block right after it, be that a whole
//! table or list; other comments between them do not count.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::read::format::Comment;
use crate::read::text::document::{self, ADDRESS, END, START};
use crate::read::text::events::{Rows, walk};
use crate::read::text::html_text;
use crate::read::text::inline::is_inline;
use crate::source::{FlatMap, Span};
use crate::width::to_u32;

/// The comments of a Markdown document; in its code there are none.
pub fn markdown(source: &str) -> Vec<Comment> {
    let mut blocks = Blocks::new();
    if !source.contains(ADDRESS) {
        return blocks.comments;
    }
    let mut html: Option<(Flat, Span)> = None;
    walk(source, Rows::All, &mut |event, range| {
        let span = span(&range);
        match event {
            Event::Start(Tag::HtmlBlock) => html = Some((Flat::default(), span)),
            Event::Html(text) => {
                if let Some((flat, _)) = &mut html {
                    flat.put(&text, range.start);
                }
            }
            Event::End(TagEnd::HtmlBlock) => {
                if let Some((flat, span)) = html.take() {
                    blocks.pass(&flat, span);
                }
            }
            Event::InlineHtml(text) if text.starts_with(START) => {
                blocks.within(&Flat::of_inline(&text, range.start));
            }
            Event::Rule => {
                blocks.start(span, false);
                blocks.end();
            }
            Event::Start(tag) if !is_inline(tag.to_end()) => {
                blocks.start(span, matches!(tag, Tag::TableCell));
            }
            Event::End(tag) if !is_inline(tag) => blocks.end(),
            _ => {}
        }
    });
    blocks.comments
}

/// The comments of a plain text, whose blocks are parted by blank lines.
pub fn plain(source: &str) -> Vec<Comment> {
    let mut blocks = Blocks::new();
    if !source.contains(ADDRESS) {
        return blocks.comments;
    }
    for range in paragraphs(source) {
        let text = source.get(range.clone()).unwrap_or_default().to_string();
        let map = FlatMap::identity(range.start as u64);
        blocks.pass(&Flat { text, map }, span(&range));
    }
    blocks.comments
}

/// The comments of a web page; in its scripts there are none.
pub fn html(source: &str) -> Vec<Comment> {
    let mut all: Vec<Comment> = Vec::new();
    if !source.contains(ADDRESS) {
        return all;
    }
    html_text::comments(source, &mut |range| {
        let text = source.get(range.clone()).unwrap_or_default().to_string();
        let end = text.len();
        let flat = Flat { text, map: FlatMap::identity(range.start as u64) };
        all.extend(flat.comment(0..end));
    });
    let page = document::html(source);
    let (text, breaks) = (&*page.text, page.breaks.as_deref().unwrap_or_default());
    for comment in &mut all {
        let at = page.map.flat(comment.span.start).min(text.len());
        let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
        let end = before.trim_end().len();
        comment.is_alone = before.get(end..).is_some_and(|space| space.contains('\n'));
        // Behind the end of a block, the next one is meant.
        let from = if comment.is_alone { text.len() - behind.trim_start().len() } else { end };
        let next = breaks.partition_point(|edge| (*edge as usize) < from.max(1));
        let to = breaks.get(next).map_or(text.len(), |edge| *edge as usize);
        let last = next.checked_sub(1).and_then(|n| breaks.get(n)).map_or(0, |at| *at as usize);
        let from = if comment.is_alone { from } else { last };
        let own = text.get(from..to).unwrap_or_default();
        let from = to - own.trim_start().len();
        comment.block = (!own.trim().is_empty()).then(|| page.map.span(from..to));
    }
    all
}

/// What stands between blank lines; those within a comment part nothing.
fn paragraphs(source: &str) -> Vec<Range<usize>> {
    let (comments, _) = comments_in(source);
    let mut comments = comments.iter().peekable();
    let (mut all, mut start, mut at) = (Vec::new(), None, 0);
    for line in source.split_inclusive('\n') {
        while comments.next_if(|comment| comment.end <= at).is_some() {}
        let is_inside = comments.peek().is_some_and(|comment| comment.start < at);
        if !is_inside && line.trim().is_empty() {
            all.extend(start.take().map(|start| start..at));
        } else {
            start.get_or_insert(at);
        }
        at += line.len();
    }
    all.extend(start.map(|start| start..source.len()));
    all
}

fn span(range: &Range<usize>) -> Span {
    Span::new(range.start as u64, range.end as u64)
}

/// HTML without the signs of the quotations and lists that it stands in.
#[derive(Default)]
struct Flat {
    text: String,
    map: FlatMap,
}

impl Flat {
    /// HTML within a line of text: the parser leaves the signs of quotations in it.
    fn of_inline(text: &str, start: usize) -> Flat {
        let (mut flat, mut at) = (Flat::default(), start);
        for (n, line) in text.split_inclusive('\n').enumerate() {
            let own = if n == 0 { line } else { line.trim_start_matches([' ', '\t', '>']) };
            flat.put(own, at + line.len() - own.len());
            at += line.len();
        }
        flat
    }

    /// Adds a line that stands at a place.
    fn put(&mut self, line: &str, start: usize) {
        self.map.push(to_u32(self.text.len()), start as u64);
        self.text.push_str(line);
    }

    /// The comment at a range, if it is meant for this program.
    fn comment(&self, range: Range<usize>) -> Option<Comment> {
        let whole = self.text.get(range.clone())?;
        let inner = whole.strip_prefix(START)?;
        let closed = inner.strip_suffix(END);
        let inner = closed.unwrap_or(inner);
        let words = inner.trim_start().strip_prefix(ADDRESS)?;
        let start = range.start + START.len() + (inner.len() - words.len());
        let mut map = FlatMap::default();
        let mut at = 0;
        for line in words.split_inclusive('\n') {
            map.push(to_u32(at), self.map.at(start + at));
            at += line.len();
        }
        let first_line = whole.lines().next().map_or(0, str::len);
        let end = closed.map_or(range.start + first_line, |_| range.end);
        Some(Comment {
            span: self.map.span(range.start..end),
            words: words.to_string(),
            map,
            is_closed: closed.is_some(),
            is_alone: false,
            block: None,
        })
    }
}

/// The comments in a text, and whether nothing else stands there. The last may have no end.
fn comments_in(text: &str) -> (Vec<Range<usize>>, bool) {
    let (mut all, mut at, mut is_alone) = (Vec::new(), 0, true);
    while let Some((before, rest)) = text.get(at..).and_then(|rest| rest.split_once(START)) {
        is_alone &= before.trim().is_empty();
        let start = at + before.len();
        let length = rest.find(END).map_or(rest.len(), |n| n + END.len());
        at = start + START.len() + length;
        all.push(start..at);
    }
    let is_alone = is_alone && text.get(at..).is_none_or(|rest| rest.trim().is_empty());
    (all, is_alone)
}

/// The blocks that have begun and not ended, from the document inwards.
struct Blocks {
    comments: Vec<Comment>,
    open: Vec<Open>,
}

/// A block; the blocks in it are siblings.
#[derive(Default)]
struct Open {
    span: Span,
    is_cell: bool,
    /// Comments that stand alone and mean the next of the blocks in it.
    waiting: Vec<usize>,
    /// Comments that mean its own text, before the first of the blocks in it.
    own: Vec<usize>,
}

impl Blocks {
    fn new() -> Blocks {
        Blocks { comments: Vec::new(), open: vec![Open::default()] }
    }

    fn start(&mut self, span: Span, is_cell: bool) {
        if let Some(parent) = self.open.last_mut() {
            for waiting in parent.waiting.drain(..) {
                if let Some(comment) = self.comments.get_mut(waiting) {
                    comment.block = Some(span);
                }
            }
            for own in parent.own.drain(..) {
                if let Some(block) = self.comments.get_mut(own).and_then(|c| c.block.as_mut()) {
                    block.end = block.end.min(span.start);
                }
            }
        }
        self.open.push(Open { span, is_cell, ..Open::default() });
    }

    fn end(&mut self) {
        self.open.pop();
    }

    /// Takes the comments of a block that holds nothing but comments and text.
    fn pass(&mut self, flat: &Flat, span: Span) {
        let (ranges, is_alone) = comments_in(&flat.text);
        if !is_alone {
            self.start(span, false);
        }
        for comment in ranges.into_iter().filter_map(|range| flat.comment(range)) {
            let waiting = self.open.last_mut().filter(|_| is_alone);
            waiting.into_iter().for_each(|open| open.waiting.push(self.comments.len()));
            let block = (!is_alone).then_some(span);
            self.comments.push(Comment { is_alone, block, ..comment });
        }
        if !is_alone {
            self.end();
        }
    }

    /// Takes a comment within the block at hand; that of a cell is its row.
    fn within(&mut self, flat: &Flat) {
        let Some(comment) = flat.comment(0..flat.text.len()) else { return };
        let block = self.open.iter().rev().find(|open| !open.is_cell).map(|open| open.span);
        let here = self.open.last_mut().filter(|open| !open.is_cell);
        here.into_iter().for_each(|open| open.own.push(self.comments.len()));
        self.comments.push(Comment { block, ..comment });
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data is small")]
mod tests {
    use super::*;

    /// Each comment's words with the text of its block.
    fn of(comments: fn(&str) -> Vec<Comment>, source: &str) -> Vec<(String, Option<String>)> {
        let text = |span: Span| source[span.start as usize..span.end as usize].trim().to_string();
        let one = |c: Comment| {
            let words = c.words.trim().to_string();
            let first = words.split_whitespace().next().unwrap_or_default().len();
            let lead = c.words.len() - c.words.trim_start().len();
            assert_eq!(text(c.map.span(lead..lead + first)), words[..first], "{source:?}");
            assert!(text(c.span).starts_with(START), "{source:?}");
            (words, c.block.map(text))
        };
        comments(source).into_iter().map(one).collect()
    }

    #[test]
    fn a_comment_means_its_block_or_the_next_one() {
        let c = "<!-- crossfoot: x -->";
        let cases = [
            (
                format!("One.\n\nTwo {c} **two**\ntwo.\n\nThree.\n"),
                vec![Some("Two … **two**\ntwo.")],
            ),
            (format!("One.\n\n{c}\nTwo.\n\nThree.\n"), vec![Some("Two.")]),
            (format!("{c}\n<!-- more -->\n\n{c} {c}\n\nTwo.\n"), vec![Some("Two."); 3]),
            (format!("One.\n{c}\n"), vec![None]),
            (format!("{c}\n\n---\n\nTwo.\n"), vec![Some("---")]),
            (format!("# One {c}\n\nTwo.\n"), vec![Some("# One …")]),
            (format!("- a {c}\n  - b\n  - c\n- d\n"), vec![Some("- a …")]),
            (format!("- a\n\n  b {c}\n\n  c\n"), vec![Some("b …")]),
            (format!("- a\n\n  {c}\n\n- b\n"), vec![None]),
            (format!("{c}\n\n- a\n- b\n\nc\n"), vec![Some("- a\n- b")]),
            (format!("|a|b|\n|-|-|\n|1|2 {c}|\n|3|4|\n"), vec![Some("|1|2 …|")]),
            (format!("|a|b {c}|\n|-|-|\n|1|2|\n"), vec![Some("|a|b …|")]),
            (format!("{c}\n|a|b|\n|-|-|\n|1|2|\n\nc\n"), vec![Some("|a|b|\n|-|-|\n|1|2|")]),
            (format!("> {c}\n> Two.\n>\n> Three.\n"), vec![Some("Two.")]),
            (format!("{c} Two.\n\nThree.\n"), vec![Some("… Two.")]),
            (format!("```\n{c}\n```\n\n    {c}\n\n`{c}`\n"), vec![]),
            (format!("---\na: {c}\n---\n\nTwo.\n"), vec![]),
        ];
        for (source, wanted) in cases {
            let found: Vec<_> = of(markdown, &source).into_iter().map(|f| f.1).collect();
            let wanted: Vec<Option<String>> =
                wanted.into_iter().map(|w| w.map(|w| w.replace('…', c))).collect();
            assert_eq!(found, wanted, "{source}");
        }
    }

    #[test]
    fn a_comment_of_several_lines_keeps_its_places() {
        let sources = [
            "> a <!-- crossfoot:\n>   allow\n> b --> c\n",
            "> <!--   crossfoot:\n>   allow\n> b -->\n> c\n",
            "- a <!-- crossfoot:\r\n  allow\r\n  b --> c\r\n",
        ];
        for source in sources {
            let found = of(markdown, source);
            assert_eq!(found.len(), 1, "{source}");
            assert_eq!(found[0].0.split_whitespace().collect::<Vec<_>>(), ["allow", "b"]);
        }
    }

    #[test]
    fn a_plain_text_has_paragraphs() {
        let c = "<!-- crossfoot: a\n\nb -->";
        let source = format!("One\none.\n \nTwo {c} two.\n\n{c}\n\n<!-- x -->\n\nThree.\n");
        let blocks: Vec<_> = of(plain, &source).into_iter().map(|f| f.1).collect();
        assert_eq!(blocks, [Some(format!("Two {c} two.")), Some("Three.".into())]);
        assert_eq!(of(plain, &format!("One.\n{c}\n"))[0].1, Some(format!("One.\n{c}")));
    }

    #[test]
    fn a_comment_without_an_end_is_one() {
        for find in [markdown, plain] {
            let found = find("a\n\n<!-- crossfoot: allow x\n\nb\n");
            assert_eq!(found.len(), 1);
            assert!(!found[0].is_closed);
            assert_eq!(found[0].span, Span::new(3, 26));
        }
    }

    #[test]
    fn other_comments_are_left_alone() {
        for find in [markdown, plain] {
            assert_eq!(find("a <!-- x --> <b> crossfoot: <!-- of crossfoot: -->\n"), []);
        }
    }
}
