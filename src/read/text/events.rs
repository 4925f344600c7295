//! A Markdown document as events, its long tables parsed slice by slice.
//!
//! The parser keeps a tree of the whole document, many times the size of a long table. So the
//! middle rows of long tables are left out of what it sees, and are parsed by thousands when the
//! walk comes to their place.

use std::ops::Range;

use pulldown_cmark::{Event, OffsetIter, Options, Parser, Tag};

use crate::source::FlatMap;

/// Lines in a row that start with `|` and are perhaps a long table.
const LONG: usize = 64;
/// So many of them stay before what is left out: names, their underline, a row.
const BEFORE: usize = 4;
/// Lines parsed at once.
const SLICE: usize = 2048;

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

/// Visits the events of a document in order.
pub(crate) fn walk(source: &str, rows: Rows, visit: &mut Visit<'_>) {
    let outline = Outline::new(source);
    let Some(left) = &outline.left else {
        parse(source).for_each(|(event, range)| visit(event, range));
        return;
    };
    let mut cuts = outline.cuts.iter().peekable();
    let mut width = 0;
    for (event, range) in parse(left) {
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
    }
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
        let events = parse(left);
        let mut defines = events.reference_definitions().iter().next().is_some();
        let (mut cuts, mut row_before) = (self.cuts.iter().peekable(), None);
        for (event, range) in events {
            match event {
                Event::Start(Tag::FootnoteDefinition(_)) => defines = true,
                Event::Start(Tag::Table(_)) => row_before = None,
                Event::Start(Tag::TableRow) => {
                    let fits =
                        |cut: &&Cut| cut.after == range.start && row_before == Some(cut.before);
                    cuts.next_if(fits);
                    row_before = Some(range.start);
                }
                _ => {}
            }
        }
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
    let mut run: Vec<usize> = Vec::new();
    let mut at = 0;
    let mut end_run = |run: &mut Vec<usize>| {
        if let (true, [.., before, from], Some(to)) =
            (run.len() >= LONG, run.get(..=BEFORE).unwrap_or_default(), run.last())
        {
            all.push(Middle { range: *from..*to, line_before: from - before });
        }
        run.clear();
    };
    for line in source.split_inclusive('\n') {
        if is_row(line) {
            run.push(at);
        } else {
            end_run(&mut run);
        }
        at += line.len();
    }
    end_run(&mut run);
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
        walk(source, Rows::All, &mut |event, range| all.push(format!("{range:?} {event:?}")));
        all
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
    }
}
