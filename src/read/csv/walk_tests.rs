use super::super::FAULTS;
use super::super::header::{HeaderRead, read_header};
use super::*;
use crate::read::frame::Frame;
use crate::read::grid::{FieldSpan, unquote};
use crate::read::reader::FaultText;
use proptest::prelude::*;

fn walker(text: &[u8], dialect: Dialect) -> (Head, Walker) {
    let HeaderRead::Done(header) = read_header(text, true, &dialect, &Frame::default()) else {
        panic!("the header of a whole file is known")
    };
    let walker = Walker::new(dialect, &header, text);
    (header, walker)
}

fn body<'a>(text: &'a [u8], header: &Head) -> &'a [u8] {
    &text[header.body as usize..]
}

/// The walk of a whole file at once.
fn whole(text: &[u8], dialect: Dialect) -> (Head, Grid) {
    let (header, walker) = walker(text, dialect);
    let mut grid = Grid::default();
    let body = body(text, &header);
    assert_eq!(walker.walk(body, true, usize::MAX, &mut grid), body.len());
    (header, spelled(&grid))
}

/// The grid with every count written out and no buffers.
fn spelled(grid: &Grid) -> Grid {
    let rows = 0..grid.rows;
    let lines = rows.clone().map(|r| grid.lines_before(r)).collect();
    let records = rows.map(|r| grid.records_before(r)).collect();
    Grid { lines, records, index: Vec::new(), is_text: false, ..grid.clone() }
}

/// Name, span in the file, record and line (both from 0, counted behind the header) of each fault.
type Found = (&'static str, u32, u32, u32, u32);

fn found_as(text: &[u8], dialect: Dialect) -> Vec<Found> {
    let (header, grid) = whole(text, dialect);
    let base = header.body as u32;
    let found = |f: &Irregular, base: u32| {
        (FAULTS[f.kind as usize].name, f.start + base, f.end + base, f.record, f.line)
    };
    header
        .faults
        .iter()
        .map(|f| found(f, 0))
        .chain(grid.faults.iter().map(|f| found(f, base)))
        .collect()
}

fn found(text: &[u8]) -> Vec<Found> {
    found_as(text, Dialect::default())
}

/// The words of the first fault behind the header.
fn words(text: &[u8]) -> FaultText {
    let (header, grid) = whole(text, Dialect::default());
    let names: Vec<String> = header.columns.iter().map(|c| c.name.clone()).collect();
    let context = faults::Context {
        block: body(text, &header),
        base: header.body,
        names: &names,
        dialect: &Dialect::default(),
        skip: None,
        has_header: true,
    };
    faults::word(&grid.faults[0], &context)
}

#[test]
fn ragged_and_blank_records() {
    assert_eq!(
        found(b"a,b\n1,2,3\n4,5\n6\n"),
        [("ragged-row", 4, 9, 0, 0), ("ragged-row", 14, 15, 2, 2)]
    );
    assert_eq!(
        found(b"a,b\n\n1,2\n \t\n"),
        [("blank-row", 4, 4, 0, 0), ("blank-row", 9, 11, 1, 2)]
    );
    assert_eq!(found(b"a,b\n\"x\ny\",1\n2\n"), [("ragged-row", 12, 13, 1, 2)]);
    let (_, grid) = whole(b"a,b\n1,2,3\n4,5\n6\n\n", Dialect::default());
    assert_eq!((grid.rows, grid.set_aside, grid.total_records, grid.total_lines), (1, 2, 3, 4));
    assert!(words(b"a,b\n1,2,\n").help.is_some_and(|h| h.contains("extra `,`")));
    assert!(words(b"title\n1,2,\n").help.is_some_and(|h| h.contains("skip")));
}

#[test]
fn a_blank_line_is_a_record_of_one_column() {
    let (_, grid) = whole(b"a\n1\n\n2\n", Dialect::default());
    assert_eq!((grid.rows, grid.faults.len()), (3, 0));
    assert_eq!(grid.field(1, 0), FieldSpan { start: 2, end: 2 });
}

#[test]
fn stray_quotes_are_told_once_a_field_and_the_record_stays() {
    assert_eq!(
        found(b"a,b\n1,x\"y\"\n2,\"z\"w\"\n"),
        [("stray-quote", 7, 8, 0, 0), ("stray-quote", 15, 16, 1, 1)]
    );
    assert_eq!(whole(b"a,b\n1,x\"y\n2,\"z\"w\n", Dialect::default()).1.rows, 2);
    let (_, grid) = whole(b"a,b\n\"1\n1\",x\"y\n", Dialect::default());
    assert_eq!((grid.faults[0].line, grid.faults[0].column), (1, 1));
    assert!(words(b"a,b\n1, \"x\"\n").help.is_some_and(|h| h.contains("remove the spaces before")));
    assert!(
        words(b"a,b\n\"1\" ,2\n").help.is_some_and(|h| h.contains("remove the spaces between"))
    );
    assert!(words(b"a,b\n5\" pipe,2\n").help.is_some_and(|h| h.contains("twice")));
    let plain = Dialect { quote: None, ..Dialect::default() };
    assert_eq!(found_as(b"a,b\n1,x\"y\n", plain), []);
}

#[test]
fn an_unclosed_quote_is_told_where_it_opens_and_takes_one_line() {
    // To the end of the file.
    assert_eq!(
        found(b"a,b\n1,\"x\n2,y\n3\n"),
        [("unclosed-quote", 6, 7, 0, 0), ("ragged-row", 13, 14, 2, 2)]
    );
    // To the quote that opens a later field.
    assert_eq!(found(b"a,b\n1,\"x\n2,\"y\"\n3,z\n"), [("unclosed-quote", 6, 7, 0, 0)]);
    let (_, grid) = whole(b"a,b\n1,\"x\r\n2,\"y\"\r\n3,z\r\n", Dialect::default());
    assert_eq!(
        (grid.rows, grid.lines, grid.records, grid.line_ends),
        (2, vec![1, 2], vec![1, 2], [0, 3, 0])
    );
    // In the second line of its record.
    assert_eq!(found(b"a,b\n\"1\n1\",\"x\n2,y\n"), [("unclosed-quote", 10, 11, 0, 1)]);
    assert_eq!(found(b"a,b\n1,\""), [("unclosed-quote", 6, 7, 0, 0)]);
    // What else is wrong in the line is words, too.
    assert_eq!(
        found(b"a,b\n\xFFx\"1,\"x\n2,y\n").iter().map(|f| f.0).collect::<Vec<_>>(),
        ["invalid-utf8", "stray-quote", "unclosed-quote"]
    );
}

#[test]
fn a_repeated_header_is_no_row() {
    assert_eq!(found(b"a,b\n1,2\na,b\n3,4\n"), [("repeated-header", 8, 11, 1, 1)]);
    assert_eq!(
        found(b"a,b\n\xEF\xBB\xBFa,b\n3,4\n"),
        [("repeated-header", 4, 10, 0, 0), ("stray-bom", 4, 7, 0, 0)]
    );
    assert_eq!(found_as(b"a,b\na,b\n", Dialect { repeated: true, ..Dialect::default() }), []);
}

#[test]
fn what_is_no_text_is_told_once_a_cell() {
    assert_eq!(
        found(b"a,b\n1,\xFFx\xFE\n2,x\0\0\n"),
        [("invalid-utf8", 6, 7, 0, 0), ("nul-byte", 13, 15, 1, 1)]
    );
    assert_eq!(
        found(b"a,b\n\xFF,\xFF\n"),
        [("invalid-utf8", 4, 5, 0, 0), ("invalid-utf8", 6, 7, 0, 0)]
    );
    assert_eq!(
        found(b"a,b\n\"x\ny\x01\",\xEF\xBF\xBD\n"),
        [("control-character", 8, 9, 0, 1), ("replacement-character", 11, 14, 0, 1)]
    );
    assert_eq!(found("a,b\n1,\u{feff}x\n".as_bytes()), [("stray-bom", 6, 9, 0, 0)]);
    // In a record that is no row, and cut within a character at the end of the file.
    assert_eq!(
        found(b"a,b\n\xFF\n1,\xC3"),
        [("ragged-row", 4, 5, 0, 0), ("invalid-utf8", 4, 5, 0, 0), ("invalid-utf8", 8, 9, 1, 1)]
    );
    let words = words(b"a,b\n1,\xE9x\n");
    assert!(words.message.starts_with("byte 6 is not valid UTF-8 (E9)"), "{}", words.message);
    assert!(words.help.is_some_and(|h| h.contains("`é`")));
}

#[test]
fn lines_and_records_count_apart() {
    let (_, grid) = whole(b"a,b\n\"x\ny\",1\n\n2,3\r4,5\r\n6,7", Dialect::default());
    assert_eq!(grid.lines, [0, 3, 4, 5]);
    assert_eq!(grid.records, [0, 1, 2, 3]);
    assert_eq!(grid.line_ends, [2, 1, 1]);
    assert_eq!(grid.first_line_end, [Some((7, 0, 1)), Some((16, 2, 4)), Some((12, 1, 3))]);
    let (_, grid) = whole(b"a,b\r1,2\r\r\n3,4\r", Dialect::default());
    assert_eq!((grid.rows, grid.line_ends, grid.total_lines), (2, [0, 1, 2], 3));
}

#[test]
fn comments_are_lines_and_no_records() {
    let dialect = Dialect { comment: Some(b'#'), ..Dialect::default() };
    let text = b"# \"top\na,b\n#1,\"2\n3,4\n\"#5\",6\n#";
    assert_eq!(found_as(text, dialect), []);
    let (header, grid) = whole(text, dialect);
    assert_eq!((header.header_line, header.line), (2, 3));
    assert_eq!(
        (grid.rows, grid.lines, grid.records, grid.total_lines),
        (2, vec![1, 2], vec![0, 1], 3)
    );
}

#[test]
fn ten_thousand_columns() {
    let names: Vec<String> = (0..10_000).map(|i| format!("c{i}")).collect();
    let text = format!(
        "{}\n{}\n{}\n",
        names.join(","),
        vec!["1"; 10_000].join(","),
        vec!["1"; 9_999].join(",")
    );
    let (header, grid) = whole(text.as_bytes(), Dialect::default());
    assert_eq!((header.columns.len(), grid.rows, grid.set_aside), (10_000, 1, 1));
    assert_eq!(grid.faults[0].aux, 9_999);
}

#[test]
fn a_record_without_end_is_cut() {
    let (header, walker) =
        walker(b"a,b\n1,2\n3333333333333333,4\n5,\"66666666666666\n7,8\n", Dialect::default());
    let walker = Walker { limit: 10, ..walker };
    let text = b"1,2\n3333333333333333,4\n5,\"66666666666666\n7,8\n";
    let mut grid = Grid::default();
    walker.walk(text, true, usize::MAX, &mut grid);
    let names: Vec<_> =
        grid.faults.iter().map(|f| (FAULTS[f.kind as usize].name, f.start)).collect();
    assert_eq!(names[..2], [("record-too-long", 4), ("unclosed-quote", 25)]);
    assert_eq!(grid.starts[0], 0);
    assert_eq!(text[*grid.starts.last().unwrap() as usize..][..3], *b"7,8");
    assert_eq!(header.columns.len(), 2);
}

#[test]
fn guesses_see_quoted_fields() {
    let (_, walker) = walker(b"a,b\n", Dialect::default());
    assert_eq!(walker.guess(b"34,5\n6,7\n8,9\n"), 5);
    assert_eq!(walker.guess(b"\n6,7\n8,9\n"), 1);
    let inside = b"text, more\nand more, yes\n\",5\n6,7\n8,9\n";
    assert_eq!(walker.guess(inside), 29);
    assert_eq!(walker.guess(b"34,\"x\ny\"\n6,7\n8,9\n"), 9);
    assert_eq!(walker.guess(b"no end"), 6);
    assert_eq!(walker.guess(b""), 0);
}

/// Bytes that often make records, and often break them.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(b"a1,\"\n\r #".to_vec()).prop_map(|b| vec![b]),
        1 => prop::sample::select(b"\xC3\xA9\xEF\xBB\xBF\xBD\0\x01;\t".to_vec()).prop_map(|b| vec![b]),
        3 => prop::sample::select(vec!["1,2\n", "\"x\",y\r\n", "\"a\nb\",c\n", "h,k\n", "é,ü\n", "\"\"\"\",\"\"\n"]).prop_map(|s| s.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn dialects() -> impl Strategy<Value = Dialect> {
    (
        prop::sample::select(vec![b',', b';', b'1']),
        prop::option::of(Just(b'"')),
        any::<bool>(),
        prop::option::of(Just(b'#')),
        prop::option::weighted(0.2, Just(b'\\')),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(delimiter, quote, repeated, comment, escape, short, headings)| Dialect {
            delimiter,
            is_declared: false,
            quote,
            comment,
            escape,
            short,
            headings,
            repeated,
        })
}

/// What a walk in blocks of `cut` bytes (growing by as much) with a stop every `stop` bytes gives, put together.
fn in_blocks(walker: &Walker, body: &[u8], cut: usize, stop: usize) -> Grid {
    let mut sum = Grid { width: walker.width(), ..Grid::default() };
    let (mut at, mut part) = (0, Grid::default());
    while at < body.len() {
        let mut end = (at + cut).min(body.len());
        let consumed = loop {
            let n = walker.walk(&body[at..end], end == body.len(), stop, &mut part);
            if n > 0 || end == body.len() {
                break n;
            }
            end = (end + cut).min(body.len());
        };
        part = spelled(&part);
        let (base, lines, records) = (at as u32, sum.total_lines, sum.total_records);
        sum.rows += part.rows;
        sum.starts.extend(part.starts.iter().map(|s| s + base));
        sum.ends.extend(part.ends.iter().map(|s| s + base));
        sum.lines.extend(part.lines.iter().map(|l| l + lines));
        sum.records.extend(part.records.iter().map(|r| r + records));
        sum.faults.extend(part.faults.iter().map(|f| Irregular {
            start: f.start + base,
            end: f.end + base,
            line: f.line + lines,
            record: f.record + records,
            ..*f
        }));
        for kind in 0..3 {
            sum.line_ends[kind] += part.line_ends[kind];
            let first =
                part.first_line_end[kind].map(|(o, r, l)| (o + base, r + records, l + lines));
            sum.first_line_end[kind] = sum.first_line_end[kind].or(first);
        }
        sum.total_lines += part.total_lines;
        sum.total_records += part.total_records;
        sum.set_aside += part.set_aside;
        // A block of exactly what was consumed gives the same: findings are worded from one.
        let mut again = Grid::default();
        assert_eq!(walker.walk(&body[at..at + consumed], true, usize::MAX, &mut again), consumed);
        assert_eq!(spelled(&again), part);
        at += consumed;
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_cut_gives_the_same(text in hostile(), dialect in dialects(), cut in 1usize..40, stop in 1usize..50, limit in prop_oneof![Just(MAX_RECORD), 8usize..40]) {
        let full = [b"h,k\n", &text[..]].concat();
        let (header, walker) = walker(&full, dialect);
        let walker = Walker { limit, ..walker };
        let body = body(&full, &header);
        let mut grid = Grid::default();
        prop_assert_eq!(walker.walk(body, true, usize::MAX, &mut grid), body.len());
        prop_assert_eq!(in_blocks(&walker, body, cut, stop), spelled(&grid));
    }

    #[test]
    fn short_cuts_change_nothing(text in hostile(), dialect in dialects(), stop in 1usize..200, last in any::<bool>()) {
        let full = [b"h,k\n", &text[..]].concat();
        let (header, walker) = walker(&full, dialect);
        prop_assume!(header.readable);
        let body = body(&full, &header);
        let (mut exact, mut fast) = (Grid::default(), Grid::default());
        let consumed = walker.walk_exactly(body, last, stop, &mut exact);
        for path in [Path::Best, Path::Portable] {
            fast.clear(walker.width());
            if let Some(n) = walker.fast(body, last, stop, &mut fast, path) {
                prop_assert_eq!(n, consumed);
                prop_assert_eq!(spelled(&fast), spelled(&exact));
            }
        }
    }

    #[test]
    fn spans_tile_the_file(text in hostile(), dialect in dialects()) {
        let full = [b"h,k\n", &text[..]].concat();
        let (header, grid) = whole(&full, dialect);
        let body = body(&full, &header);
        let mut at = 0;
        for row in 0..grid.rows {
            prop_assert!(grid.starts[row] >= at);
            let fields: Vec<FieldSpan> = (0..grid.width).map(|f| grid.field(row, f)).collect();
            prop_assert_eq!(fields.len(), grid.width);
            let mut from = grid.starts[row];
            for field in fields {
                prop_assert_eq!(field.start, from);
                from = field.end + 1;
                prop_assert!(field.end == grid.end(row) || body[field.end as usize] == dialect.delimiter);
            }
            at = grid.end(row);
            prop_assert_eq!(from, at + 1);
            prop_assert_eq!(grid.lines[row], count_lines(&body[..grid.starts[row] as usize], None));
        }
        prop_assert_eq!(grid.total_lines, count_lines(body, None));
        prop_assert_eq!(grid.total_records, grid.rows as u32 + grid.set_aside);
        for fault in &grid.faults {
            prop_assert!(fault.start <= fault.end && fault.end as usize <= body.len());
            prop_assert_eq!(fault.line, count_lines(&body[..fault.start as usize], body.get(fault.start as usize)));
        }
    }

    #[test]
    fn agrees_with_the_csv_crate(text in hostile(), quote in prop::option::of(Just(b'"'))) {
        let dialect = Dialect { quote, ..Dialect::default() };
        let full = [b"h,k\n", &text[..]].concat();
        let (header, grid) = whole(&full, dialect);
        let named = |f: &Irregular, names: &[&str]| names.contains(&FAULTS[f.kind as usize].name);
        // Narrow lines above wider ones may be a title, of which no table begins.
        let is_title = header.faults.iter().any(|f| named(f, &["title-lines"]));
        if is_title || !header.readable || grid.faults.iter().any(|f| named(f, &["unclosed-quote"])) {
            return Ok(());
        }
        // A header that is repeated as it is written is no row to us, but with quotes it is.
        let header_again = |r: &[Vec<u8>]| r[0].strip_prefix(BOM).unwrap_or(&r[0]) == b"h" && r[1] == b"k";
        // Nor is a record without values.
        let no_row = |r: &[Vec<u8>]| {
            header_again(r) || r.iter().flatten().all(|b| matches!(b, b' ' | b'\t'))
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).quoting(quote.is_some()).from_reader(&full[..]);
        let theirs: Vec<Vec<Vec<u8>>> = reader.byte_records()
            .map(|r| r.unwrap().iter().map(<[u8]>::to_vec).collect::<Vec<_>>())
            .filter(|r| r.len() == 2 && !no_row(r))
            .collect();
        let body = body(&full, &header);
        let ours: Vec<Vec<Vec<u8>>> = (0..grid.rows)
            .map(|r| (0..grid.width).map(|f| grid.field(r, f)).map(|f| unquote(&body[f.start as usize..f.end as usize], quote).into_owned()).collect::<Vec<_>>())
            .filter(|r| !no_row(r))
            .collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn no_bytes_make_it_panic(text in prop::collection::vec(any::<u8>(), 0..200), head in 0usize..200) {
        let at_end = head >= text.len();
        let head = &text[..head.min(text.len())];
        if let HeaderRead::Done(header) = read_header(head, at_end, &Dialect::default(), &Frame::default()) {
            let walker = Walker::new(Dialect::default(), &header, head);
            let names: Vec<String> = header.columns.iter().map(|c| c.name.clone()).collect();
            let mut grid = Grid::default();
            walker.walk(&text, true, usize::MAX, &mut grid);
            prop_assert!(walker.guess(&text) <= text.len());
            for fault in &grid.faults {
                let context = faults::Context {
                    block: &text,
                    base: 0,
                    names: &names,
                    dialect: &Dialect::default(),
                    skip: None,
                    has_header: true,
                };
                prop_assert!(!faults::word(fault, &context).message.is_empty());
            }
        }
    }
}
