use super::super::FAULTS;
use super::*;

fn read_as(text: &[u8], dialect: Dialect) -> Head {
    framed(text, dialect, &Frame::default())
}

fn framed(text: &[u8], dialect: Dialect, frame: &Frame) -> Head {
    let HeaderRead::Done(header) = read_header(text, true, &dialect, frame) else {
        panic!("the header of a whole file is known")
    };
    header
}

fn read(text: &[u8]) -> Head {
    read_as(text, Dialect::default())
}

fn found(header: &Head) -> Vec<(&'static str, u32, u32, u32)> {
    header.faults.iter().map(|f| (FAULTS[f.kind as usize].name, f.start, f.end, f.line)).collect()
}

fn names(header: &Head) -> Vec<&str> {
    header.columns.iter().map(|c| c.name.as_str()).collect()
}

#[test]
fn names_without_quotes_in_one_form() {
    let header = read("a,\"b, \"\"c\"\"\",e\u{301}\n1,2,3\n".as_bytes());
    assert_eq!(names(&header), ["a", "b, \"c\"", "é"]);
    assert_eq!((header.body, header.line, header.header_line, found(&header)), (17, 2, 1, vec![]));
    assert_eq!(header.columns[1].span, Some(Span::new(2, 12)));
    assert_eq!((header.span, header.line_ends), (Span::new(0, 16), [1, 0, 0]));
}

#[test]
fn odd_names_at_their_places() {
    let header = read(b"\xef\xbb\xbfa,a,A, b,,a\n");
    assert_eq!(
        found(&header),
        [
            ("byte-order-mark", 0, 3, 0),
            ("duplicate-column-name", 5, 6, 0),
            ("similar-column-name", 7, 8, 0),
            ("padded-column-name", 9, 11, 0),
            ("blank-column-name", 12, 12, 0)
        ]
    );
    assert_eq!((header.faults[1].aux, header.faults[2].aux), (0, 0));
    assert_eq!(names(&header), ["a", "a", "A", " b", "column 5", "a"]);
}

#[test]
fn what_is_wrong_in_the_header_record_is_told() {
    assert_eq!(
        found(&read(b"a\xFF,b\0,c\"d\n")),
        [("invalid-utf8", 1, 2, 0), ("nul-byte", 4, 5, 0), ("stray-quote", 7, 8, 0)]
    );
    assert_eq!(found(&read(b"\"a\nb\",c\x01\n")), [("control-character", 7, 8, 1)]);
    let unclosed = read(b"a,\"b,c\n1,2,3\n");
    assert_eq!(found(&unclosed), [("unclosed-quote", 2, 3, 0)]);
    assert_eq!((names(&unclosed), unclosed.body, unclosed.line), (vec!["a", "b", "c"], 7, 2));
}

#[test]
fn lines_before_the_header() {
    let dialect = Dialect { comment: Some(b'#'), ..Dialect::default() };
    let frame = Frame { skip: Some(2), ..Frame::default() };
    let header = framed(b"A \"title\r\n\r\n# note\n \na,b\n1,2\n", dialect, &frame);
    assert_eq!(
        (names(&header), header.header_line, header.line, header.body),
        (vec!["a", "b"], 5, 6, 25)
    );
    assert_eq!(found(&header), [("blank-row", 19, 20, 3)]);
    assert_eq!((header.line_ends, header.first_line_end[0]), ([3, 2, 0], Some((18, 0, 2))));
}

#[test]
fn a_file_without_a_header_has_numbered_columns() {
    let frame = Frame { header: Header::Rows(0), ..Frame::default() };
    let header = framed(b"\xEF\xBB\xBF\n1,2\n", Dialect::default(), &frame);
    assert_eq!(names(&header), ["column 1", "column 2"]);
    assert_eq!((header.body, header.line, header.span), (4, 2, Span::new(4, 4)));
}

#[test]
fn nothing_to_read() {
    for text in [&b""[..], b"\n\n", b"\xEF\xBB\xBF"] {
        let header = read(text);
        assert_eq!(
            header.faults.last().map(|f| FAULTS[f.kind as usize].name),
            Some("empty-file"),
            "{text:?}"
        );
        assert!(!header.readable && header.columns.is_empty());
    }
    for text in
        [&b"\xFF\xFEa\0,\0b\0\n\0"[..], b"\xFE\xFF\0a\0,\0b", b"a\0,\0b\0\n\0", b"\0a\0,\0b\0\n"]
    {
        let header = read(text);
        assert_eq!(found(&header), [("undeclared-encoding", 0, 2, 0)]);
        assert!(!header.readable);
    }
    assert!(read(b"a\0,b\n1,2\n").readable);
    assert!(read(&[0; 70]).readable);
}

#[test]
fn one_column_with_another_delimiter_in_its_name() {
    for (text, sign) in [(&b"a;b;c,d\n"[..], b';'), (b"a\tb\n", b'\t'), (b"a|b\n", b'|')] {
        let header = read_as(text, Dialect { delimiter: b':', ..Dialect::default() });
        assert_eq!(
            (FAULTS[header.faults[0].kind as usize].name, header.faults[0].aux),
            ("suspicious-delimiter", sign.into())
        );
    }
    assert_eq!(found(&read(b"\"a;b\"\n1\n")), []);
    assert_eq!(found(&read(b"a;b,c\n")), []);
}

#[test]
fn more_bytes_give_the_same_header() {
    let text = [&b"\xEF\xBB\xBF\r\n\"a\r\n\"\"b\",c\r\n"[..], &b"1,2\r\n".repeat(20)].concat();
    let all = read(&text);
    for n in 0..text.len() {
        if let HeaderRead::Done(header) =
            read_header(&text[..n], false, &Dialect::default(), &Frame::default())
        {
            assert_eq!(header, all, "from {n} bytes");
            assert!(n >= 64);
        }
    }
    assert_eq!((all.body, all.line), (17, 4));
}

#[test]
fn tables_begin_where_the_rule_says() {
    let text = b"Title, of it\n\"two\nlines\"\n\nRegion,2020,,\n,Men,Women,All\nN,1,2,3\n";
    let regex = |text: &str| crate::expr::regex::Regex::new(text).ok();
    let all = "Region;2020 / Men;2020 / Women;2020 / All";
    for (frame, wanted, above) in [
        (Frame { from: regex("^Reg"), header: Header::Rows(2), ..Frame::default() }, all, 3),
        (Frame { skip: Some(3), header: Header::Rows(2), ..Frame::default() }, all, 3),
        (Frame { header: Header::Lines(vec![5, 6]), ..Frame::default() }, all, 3),
        (Frame { skip: Some(4), ..Frame::default() }, "column 1;Men;Women;All", 4),
        (Frame { header: Header::Lines(vec![6]), ..Frame::default() }, "column 1;Men;Women;All", 4),
    ] {
        let head = framed(text, Dialect::default(), &frame);
        assert_eq!((names(&head).join(";").as_str(), head.above), (wanted, above), "{frame:?}");
        assert_eq!(&text[to_usize(head.body)..], b"N,1,2,3\n", "{frame:?}");
    }
    let given = Header::Names(["a", "b", "c", "d"].map(str::to_string).to_vec());
    let head = framed(
        text,
        Dialect::default(),
        &Frame { skip: Some(5), header: given, ..Frame::default() },
    );
    assert_eq!((names(&head), head.body), (vec!["a", "b", "c", "d"], 55));
    let few = Header::Names(vec!["a".into()]);
    let head =
        framed(text, Dialect::default(), &Frame { skip: Some(5), header: few, ..Frame::default() });
    assert_eq!(found(&head), [("header-mismatch", 55, 62, 6)]);
    for frame in [
        Frame { from: regex("nowhere"), ..Frame::default() },
        Frame { skip: Some(50), ..Frame::default() },
    ] {
        let head = framed(text, Dialect::default(), &frame);
        assert_eq!((found(&head)[0].0, head.readable), ("start-not-found", false));
    }
}
