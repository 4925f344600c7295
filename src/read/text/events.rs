//! A Markdown document as events, parsed piece by piece.
//!
//! The parser keeps a tree of all that it is given, many times the size of the text. So a document is
//! given to it in pieces that end where no block goes on. The middle rows of long tables are left out
//! of what it sees, and are parsed by thousands when the walk comes to their place.

use std::ops::Range;

use pulldown_cmark::{Event, OffsetIter, Options, Parser, Tag};

use crate::read::text::inline::Inline;
use crate::source::FlatMap;

/// Lines in a row that start with `|` and are perhaps a long table.
const LONG: usize = 64;
/// So many of them stay before what is left out: names, their underline, a row.
const BEFORE: usize = 4;
/// Lines parsed at once.
const SLICE: usize = 2048;
/// Bytes parsed at once, up to the next place where a document can be cut.
const PIECE: usize = 1 << 17;

/// What of Markdown is understood: tables and front matter too.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
}

fn parse(source: &str) -> OffsetIter<'_> {
    Parser::new_ext(source, options()).into_offset_iter()
}

/// Takes an event and where it stands in the document.
pub(crate) type Visit<'v> = dyn FnMut(Event<'_>, Range<usize>) + 'v;

/// Rows that are left out of a long table.
#[derive(Debug)]
struct Cut {
    /// Their bytes in the document.
    range: Range<usize>,
    /// The line before them, in what is left.
    before: usize,
    /// The line after them, in what is left.
    after: usize,
}

/// A document without the middle of its long tables.
struct Outline<'s> {
    source: &'s str,
    /// What is left; none where nothing is left out.
    left: Option<String>,
    map: FlatMap,
    cuts: Vec<Cut>,
}

/// Whether the rows in the middle of long tables are visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// All.
    All,
    /// Some at the start and the end of each table: enough where only its names are asked for.
    Few,
}

/// Visits the events of a document in order, without what is struck out.
pub(crate) fn walk(source: &str, rows: Rows, visit: &mut Visit<'_>) {
    let mut inline = Inline::new(source);
    all(source, rows, &mut |event, range| inline.pass(event, range, visit));
}

/// Visits all events of a document in order.
fn all(source: &str, rows: Rows, visit: &mut Visit<'_>) {
    let outline = Outline::new(source);
    let Some(left) = &outline.left else {
        pieces(source, PIECE, visit);
        return;
    };
    let mut cuts = outline.cuts.iter().peekable();
    let mut width = 0;
    pieces(left, PIECE, &mut |event, range| {
        match &event {
            Event::Start(Tag::Table(columns)) => width = columns.len(),
            Event::Start(Tag::TableRow) => {
                if let Some(cut) = cuts.next_if(|cut| cut.after == range.start)
                    && rows == Rows::All
                {
                    outline.rows(cut, width, visit);
                }
            }
            _ => {}
        }
        visit(event, outline.place(range));
    });
}

/// Visits the events of a text, parsed in pieces of about `size` bytes. Whether it defines something
/// that can change what stands elsewhere, in which case it is parsed as a whole.
fn pieces(source: &str, size: usize, visit: &mut Visit<'_>) -> bool {
    if memchr::memmem::find(source.as_bytes(), b"]:").is_some() {
        let events = parse(source);
        let defines = events.reference_definitions().iter().next().is_some();
        events.for_each(|(event, range)| visit(event, range));
        return defines;
    }
    let (mut from, mut wanted) = (0, size);
    while from < source.len() {
        let to = boundary(source, from.saturating_add(wanted)).unwrap_or(source.len());
        if to < source.len() && source.get(from..to).is_some_and(is_open) {
            wanted = 2 * (to - from);
            continue;
        }
        let next = piece(source, from..to, visit);
        wanted = if next < to { 2 * (to - from) } else { size };
        from = next;
    }
    false
}

/// Visits the events of a part of a text up to its end, or up to the line where a block starts that
/// goes on behind the end. Gives where that is.
fn piece(source: &str, part: Range<usize>, visit: &mut Visit<'_>) -> usize {
    // The line behind the part ends its last block as it does in the text.
    let line = source.get(part.end..).and_then(|rest| rest.split_inclusive('\n').next());
    let end = part.end + line.map_or(0, str::len);
    let mut depth = 0_usize;
    for (event, range) in parse(source.get(part.start..end).unwrap_or_default()) {
        let range = part.start + range.start..part.start + range.end;
        match &event {
            Event::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 && range.start >= part.end => break,
            _ if depth == 0 && range.end > part.end => {
                let before = source.get(part.start..range.start).unwrap_or_default();
                return part.start + before.rfind('\n').map_or(0, |at| at + 1);
            }
            _ => {}
        }
        depth += usize::from(matches!(event, Event::Start(_)));
        visit(event, range);
    }
    part.end
}

/// Whether a line that is perhaps the start of metadata has no end in a part: with an end it is one,
/// and without it is a rule.
fn is_open(part: &str) -> bool {
    let starts = |sign: &str| {
        let next_line = |at: usize| {
            let rest = part.get(at + sign.len()..)?.trim_start_matches([' ', '\t']);
            rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r']))
        };
        let is_blank = |line: &str| line.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']);
        part.rmatch_indices(sign).find_map(|(at, _)| next_line(at).filter(|line| !is_blank(line)))
    };
    let ends = |sign: &str, line: &str| line.trim_end_matches([' ', '\r']) == sign;
    ["---", "+++"]
        .iter()
        .any(|sign| starts(sign).is_some_and(|rest| !rest.split('\n').any(|line| ends(sign, line))))
}

/// The first place from `from` on where a line starts with a letter or a heading after a blank line:
/// there only code, HTML and metadata can go on, and each of them knows its end.
fn boundary(source: &str, from: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut was_blank = false;
    let mut at = from + memchr::memchr(b'\n', bytes.get(from..)?)? + 1;
    for line in source.get(at..)?.split_inclusive('\n') {
        if was_blank && line.starts_with(|c: char| c.is_alphabetic() || c == '#') {
            return Some(at);
        }
        was_blank = line.trim().is_empty();
        at += line.len();
    }
    None
}

impl<'s> Outline<'s> {
    fn new(source: &'s str) -> Outline<'s> {
        let mut outline = Outline { source, left: None, map: FlatMap::default(), cuts: Vec::new() };
        let middles = middles(source);
        if middles.is_empty() || u32::try_from(source.len()).is_err() {
            return outline;
        }
        let (mut left, mut at) = (String::new(), 0);
        for middle in middles {
            outline.put(&mut left, at..middle.range.start);
            at = middle.range.end;
            let before = left.len() - middle.line_before;
            outline.cuts.push(Cut { range: middle.range, before, after: left.len() });
        }
        outline.put(&mut left, at..source.len());
        if outline.is_exact(&left) {
            outline.left = Some(left);
        }
        outline
    }

    fn put(&mut self, left: &mut String, range: Range<usize>) {
        self.map.push(u32::try_from(left.len()).unwrap_or(u32::MAX), range.start as u64);
        left.push_str(self.source.get(range).unwrap_or_default());
    }

    /// Whether the lines around each cut are rows of one table, so that those between are too, and
    /// nothing that is defined elsewhere changes what stands in them.
    fn is_exact(&self, left: &str) -> bool {
        let mut notes = false;
        let (mut cuts, mut row_before) = (self.cuts.iter().peekable(), None);
        let refers_to = pieces(left, PIECE, &mut |event, range| match event {
            Event::Start(Tag::FootnoteDefinition(_)) => notes = true,
            Event::Start(Tag::Table(_)) => row_before = None,
            Event::Start(Tag::TableRow) => {
                let fits = |cut: &&Cut| cut.after == range.start && row_before == Some(cut.before);
                cuts.next_if(fits);
                row_before = Some(range.start);
            }
            _ => {}
        });
        let defines = notes || refers_to;
        let refers = |cut: &Cut| self.text(cut).contains('[');
        cuts.peek().is_none() && !(defines && self.cuts.iter().any(refers))
    }

    fn text(&self, cut: &Cut) -> &'s str {
        self.source.get(cut.range.clone()).unwrap_or_default()
    }

    /// Where a range of what is left stands in the document; an empty one ends what is before it.
    fn place(&self, range: Range<usize>) -> Range<usize> {
        let at = |flat: usize| usize::try_from(self.map.at(flat)).unwrap_or(usize::MAX);
        let end = range.end.checked_sub(1).map_or(0, |last| at(last) + 1);
        if range.is_empty() { end..end } else { at(range.start)..end }
    }

    /// Visits the rows that were left out, by slices under a header of their own.
    fn rows(&self, cut: &Cut, width: usize, visit: &mut Visit<'_>) {
        let header = format!("|{}\n|{}\n", "x|".repeat(width), "-|".repeat(width));
        let (mut slice, mut start) = (String::new(), cut.range.start);
        let mut lines = self.text(cut).split_inclusive('\n').peekable();
        while lines.peek().is_some() {
            slice.clear();
            slice.push_str(&header);
            lines.by_ref().take(SLICE).for_each(|line| slice.push_str(line));
            let body = header.len()..slice.len();
            // A row ends otherwise where the document does.
            slice.push_str("|x|\n");
            let mut in_body = false;
            for (event, range) in parse(&slice) {
                if matches!(event, Event::Start(Tag::TableRow)) {
                    if range.start >= body.end {
                        break;
                    }
                    in_body = true;
                }
                if in_body {
                    let at = |offset: usize| start + offset.saturating_sub(body.start);
                    visit(event, at(range.start)..at(range.end));
                }
            }
            start += body.len();
        }
    }
}

/// Lines that are perhaps the middle of a long table.
struct Middle {
    range: Range<usize>,
    /// The length of the line before them.
    line_before: usize,
}

/// Of each long run of lines that start with `|` all but some at its start and the last.
fn middles(source: &str) -> Vec<Middle> {
    let mut all = Vec::new();
    // Of the run at hand: its length, where its first lines start, and its last.
    let (mut lines, mut first, mut last) = (0, [0; BEFORE + 1], 0);
    let mut end_run = |lines: usize, [.., before, from]: [usize; BEFORE + 1], to: usize| {
        if lines >= LONG {
            all.push(Middle { range: from..to, line_before: from - before });
        }
    };
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        if is_row(line) {
            if let Some(start) = first.get_mut(lines) {
                *start = at;
            }
            (lines, last) = (lines + 1, at);
        } else {
            end_run(lines, first, last);
            lines = 0;
        }
        at += line.len();
    }
    end_run(lines, first, last);
    all
}

/// Whether a line is a row wherever a table goes on: it starts with `|` and is not blank otherwise,
/// and no lone CR ends it sooner.
fn is_row(line: &str) -> bool {
    let text = line.trim_end_matches(['\r', '\n']);
    text.starts_with('|')
        && text.contains(|c| !matches!(c, '|' | ' ' | '\t'))
        && !text.contains('\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line() -> impl Strategy<Value = String> {
        let rows = [
            "|a|b|c|",
            "| 1 | `x` |",
            "|a\\|b|c",
            "|",
            "||",
            "|`a|b`|c|",
            "|<b>x</b>|-->|",
            "|*a|b*|",
            "|[x][r]|[^n]|d|e|f|",
            "|[x](y)|&amp;|",
            "| ü | \\",
            "|a|b|c|  ",
            "|---|---|",
            "| - |",
            "|<!--|x|",
        ];
        prop::sample::select(rows.to_vec()).prop_map(str::to_string)
    }

    /// A long run of lines with a few odd ones; before and behind it whatever may hold it.
    fn document() -> impl Strategy<Value = String> {
        let before = [
            "",
            "# H\n\n",
            "```\n",
            "<!--\n",
            "<div>\n",
            "- a\n",
            "> q\n",
            "text\n",
            "---\nt: 1\n",
            "    \n",
            "[r]: u\n\n",
            "[^n]: note\n\n",
        ];
        let head = ["|a|b|c|\n|-|:-:|-|\n", "|a|b|\n|-|-|\n", "|a|b|\n|-|\n", ""];
        let after =
            ["", "\n", "text\n", "- a\n", "\n```\n", "-->\n", "[r]: u\n", "\n[r]: u\n", "---\n"];
        let ends = ["\n", "\r\n", "\n", "\r"];
        let table = (
            prop::sample::select(before.to_vec()),
            prop::sample::select(head.to_vec()),
            prop::collection::vec(line(), 1..4),
            prop::collection::vec((0..200usize, line()), 0..4),
            prop_oneof![Just(10usize), Just(90), Just(200)],
            prop::sample::select(after.to_vec()),
            (prop::sample::select(ends.to_vec()), any::<bool>()),
        );
        let text = |(before, head, lines, odd, n, after, (end, last)): (
            &str,
            &str,
            Vec<String>,
            Vec<(usize, String)>,
            usize,
            &str,
            (&str, bool),
        )| {
            let mut rows: Vec<String> = lines.iter().cycle().take(n).cloned().collect();
            for (at, line) in odd {
                if let Some(row) = rows.get_mut(at) {
                    *row = line;
                }
            }
            let body = rows.join(end) + if last { end } else { "" };
            format!("{before}{head}{body}{after}")
        };
        prop::collection::vec(table.prop_map(text), 1..4).prop_map(|all| all.concat())
    }

    fn events(source: &str) -> Vec<String> {
        let mut all = Vec::new();
        super::all(source, Rows::All, &mut |event, range| all.push(format!("{range:?} {event:?}")));
        all
    }

    /// Blocks that may go on over blank lines, between paragraphs where a text can be cut.
    fn blocks() -> impl Strategy<Value = String> {
        let all = [
            "Text\n",
            "Text *a\nb* `c\n",
            "# H\n",
            "é\n---\n",
            "Text\n===\n",
            "\n",
            " \t\n",
            "\r\n",
            "```\n",
            "   ~~~~ x\n",
            "> ```\n",
            "- ```\n\n  a\n",
            "- a\n",
            "- a\n\n  - b\n",
            "1. a\n",
            "   b\n",
            "    code\n",
            "> q\n",
            "<!--\n",
            "-->\n",
            "<script>\n",
            "</script>\n",
            "<div>\n",
            "<b>\n",
            "---\n",
            "+++\n",
            "---\nt: 1\n---\n",
            "|a|b|\n|-|-|\n|1|2|\n",
            "a|b\n-|-\n1|2\n",
            "***\n",
            "a  \nb\\\nc\n",
            "[x][r] [r]\n",
            "[r]: u\n",
            "[^n]: a\n",
            "[^n]\n",
            "\r",
        ];
        let block = prop_oneof![
            6 => prop::sample::select(all.to_vec()),
            4 => Just("\nText\n"),
        ];
        prop::collection::vec(block, 0..24).prop_map(|all| all.concat())
    }

    #[test]
    fn long_tables_are_left_out_and_others_are_not() {
        let rows = "|1|2|\n".repeat(200);
        let is_cut = |text: &str| Outline::new(text).left.is_some();
        assert!(is_cut(&format!("# H\n\n|a|b|\n|-|-|\n{rows}\nend\n")));
        assert!(is_cut(&format!("|a|b|\n|-|-|\n{}", "|[1](x)|2|\n".repeat(200))));
        assert!(!is_cut(&format!("```\n|a|b|\n|-|-|\n{rows}```\n")));
        assert!(!is_cut(&format!("[r]: u\n\n|a|b|\n|-|-|\n{}", "|[1][r]|2|\n".repeat(200))));
        assert!(!is_cut(&rows));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn in_pieces_is_as_a_whole(source in document()) {
            let whole: Vec<String> =
                parse(&source).map(|(event, range)| format!("{range:?} {event:?}")).collect();
            let pieces = events(&source);
            let differs = pieces.iter().zip(&whole).find(|(a, b)| a != b);
            prop_assert_eq!(differs, None);
            prop_assert_eq!(pieces.len(), whole.len());
        }

        #[test]
        fn pieces_are_as_the_whole(source in blocks(), size in 1..60usize) {
            let whole: Vec<String> =
                parse(&source).map(|(event, range)| format!("{range:?} {event:?}")).collect();
            let mut all = Vec::new();
            pieces(&source, size, &mut |event, range| all.push(format!("{range:?} {event:?}")));
            prop_assert_eq!(all, whole);
        }
    }

    #[test]
    fn a_text_is_cut_where_no_block_goes_on() {
        assert_eq!(boundary("a\n\nb\n", 0), Some(3));
        assert_eq!(boundary("a\nb\n\n- c\n\n  d\n \n# e\n", 0), Some(16));
        assert_eq!(boundary("a\n\n1. b\n", 0), None);
        // A part of code that is left open ends where the code starts.
        let source = "a\n\n  ```\n\nb\n";
        assert_eq!(piece(source, 0..11, &mut |_, _| {}), 3);
        assert_eq!(piece(source, 0..3, &mut |_, _| {}), 3);
        // What starts metadata shows behind it.
        for part in ["---\na: 1\n", "a\n\n---\na\n\n---\n\n---  \r\nb\n", "+++\na\n---\n"] {
            assert!(is_open(part), "{part:?}");
        }
        for part in ["---\na: 1\n---\nb\n\n---\n\n", "a\n\n---\n \nb\n", "|---|\n|a|\n", "----"] {
            assert!(!is_open(part), "{part:?}");
        }
    }
}
