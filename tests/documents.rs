//! Documents at random, in small blocks and chunks: what is cut is reported, and rows are what another
//! reader of JSON makes of them.

use std::sync::Arc;

use crossfoot::read::block::Block;
use crossfoot::read::format::{self, Options};
use crossfoot::read::formats::find;
use crossfoot::read::reader::{BlockSize, Context, Reader, Step, Wanted};
use crossfoot::source::FileId;

const LONGEST: usize = 1 << 20;

fn open(format: &str, text: &str, at: Option<&str>) -> Result<Arc<dyn Reader>, String> {
    let options = Options { at: at.map(str::to_string), ..Options::default() };
    let bytes = Arc::new(text.as_bytes().to_vec());
    format::open(find(format).expect("a format"), bytes, &options).map_err(|e| format!("{e:?}"))
}

/// What a reader gives.
#[derive(Debug, Default, PartialEq)]
struct Read {
    rows: Vec<Vec<String>>,
    faults: Vec<&'static str>,
    error: Option<String>,
}

/// Reads a file in chunks and blocks of so many bytes, as the engine does.
fn read(reader: &dyn Reader, chunk: u64, usual: usize) -> Read {
    let size = BlockSize { usual, longest: LONGEST };
    let mut read = Read::default();
    let (mut from, mut context, mut block) =
        (reader.head().body, Context::default(), Block::default());
    let width = reader.head().columns.len();
    while reader.head().readable && from < reader.end() {
        let to = (from / chunk * chunk + chunk).min(reader.end());
        let mut cursor =
            reader.cursor(from..to, &context, &Wanted::default(), size).expect("a cursor");
        loop {
            match cursor.next(&mut block) {
                Ok(Step::Rows) => {}
                Ok(Step::End) => break,
                Err(error) => {
                    read.error = Some(error.error.to_string());
                    return read;
                }
            }
            from = block.at + block.len;
            for row in 0..block.rows() {
                let cell = |field| {
                    let text = block.unquoted(block.field(row, field)).into_owned();
                    String::from_utf8(text).expect("a text")
                };
                read.rows.push((0..width).map(cell).collect());
            }
            let faults = reader.faults();
            read.faults.extend(block.grid.faults.iter().map(|f| faults[usize::from(f.kind)].name));
        }
        context = cursor.context();
        from = from.max(to);
    }
    read
}

/// Chunks and blocks: small ones end between any two tokens.
const SIZES: [(u64, usize); 4] = [(1 << 20, 1 << 16), (1, 1), (7, 3), (16, 64)];

#[test]
fn a_document_that_is_cut_anywhere_is_told() {
    let whole = [
        (r#"[{"a":1},{"a":2} , {"b":[1,{"c":"x"}]}]"#, None),
        (r#"{"x":{"y":1},"rows":[{"a":1},{"a":2}],"z":[1,2],"id":7}"#, Some("/rows")),
        (r#"{"o":[{"l":[{"a":1}],"n":1},{"n":2,"l":[]}]}"#, Some("/o/*/l/*")),
        (r#"{"k":{"a":1},"l":{"a":null}}"#, Some("/*")),
        (r#"{"k":{"a":1}}"#, Some("/k")),
    ];
    for (text, at) in whole {
        for (chunk, block) in SIZES {
            for behind in ["", "\n", " \n "] {
                let text = format!("{text}{behind}");
                let reader = open("json", &text, at).expect("a document");
                let found = read(&*reader, chunk, block);
                assert_eq!((found.error, found.faults.len()), (None, 0), "{text}");
            }
            for end in 1..text.len() {
                for behind in ["", "\n"] {
                    let cut = format!("{}{behind}", &text[..end]);
                    let Ok(reader) = open("json", &cut, at) else { continue };
                    let is_noted = !reader.notes(FileId(0)).is_empty();
                    let found = read(&*reader, chunk, block);
                    assert!(is_noted || found.error.is_some(), "{cut} in {chunk}, {block}");
                }
            }
        }
    }
}

/// Rows of a file beyond those that columns are taken from, behind 1,100 others.
fn late(other: &str, last: &str) -> String {
    format!("{}{last}\n", format!("{other}\n").repeat(1_100))
}

/// The last row, by name, with what was out of order in the file and the words for it.
fn last(format: &str, text: &str, at: Option<&str>) -> (Vec<String>, Vec<String>) {
    let reader = open(format, text, at).expect("a document");
    let size = BlockSize { usual: 1 << 16, longest: LONGEST };
    let chunk = reader.head().body..reader.end();
    let mut cursor =
        reader.cursor(chunk, &Context::default(), &Wanted::default(), size).expect("a cursor");
    let (mut row, mut words, mut block) = (Vec::new(), Vec::new(), Block::default());
    while cursor.next(&mut block).expect("a block") == Step::Rows {
        let names = reader.head().columns.iter().enumerate();
        if let Some(end) = block.rows().checked_sub(1) {
            let cell = |field| {
                String::from_utf8_lossy(&block.unquoted(block.field(end, field))).into_owned()
            };
            row = names.map(|(at, column)| format!("{}={}", column.name, cell(at))).collect();
        }
        for fault in &block.grid.faults {
            let text = reader.word(fault, &block);
            words.push(format!("{}; {}", text.message, text.help.unwrap_or_default()));
        }
    }
    (row, words)
}

#[test]
fn members_behind_the_rows_are_read_wherever_they_first_stand() {
    let lines = late(r#"{"id":1,"lines":[{"x":2}]}"#, r#"{"lines":[{"x":1}],"id":9999}"#);
    let all = format!("[{}]", lines.trim_end().replace('\n', ","));
    let expected = ["x=1", "parent/id=9999"].map(str::to_string).to_vec();
    assert_eq!(last("ndjson", &lines, Some("/lines/*")), (expected.clone(), vec![]));
    assert_eq!(last("json", &all, Some("/*/lines")), (expected, vec![]));
    let (row, words) =
        last("ndjson", &late(r#"{"id":1,"l":[{"x":2}]}"#, r#"{"l":[{"x":1}],"b":9}"#), Some("/l"));
    assert_eq!(row, ["x=1", "parent/id="]);
    assert_eq!(words.len(), 1);
    assert!(words[0].contains("\"b\" is first seen here"), "{words:?}");
    assert!(words[0].ends_with("columns.\"parent/b\" = {}"), "{words:?}");
}

#[test]
fn what_is_no_object_as_it_was_is_told() {
    for value in ["\"text\"", "[1]", "7"] {
        let text = late(r#"{"a":{"c":1}}"#, &format!(r#"{{"a":{value}}}"#));
        let (row, words) = last("ndjson", &text, None);
        assert_eq!(row, ["a/c="]);
        assert_eq!(words.len(), 1, "{value}");
        assert!(words[0].contains("is of another kind here: `a` is no column"), "{words:?}");
        let text =
            late(r#"{"a":{"c":1},"l":[{"x":1}]}"#, &format!(r#"{{"a":{value},"l":[{{"x":1}}]}}"#));
        let (row, words) = last("ndjson", &text, Some("/l"));
        assert_eq!(
            (row, words.len()),
            (vec!["x=1".to_string(), "parent/a/c=".into()], 1),
            "{value}"
        );
    }
    let (row, words) = last("ndjson", &late(r#"{"a":{"c":1}}"#, r#"{"a":null}"#), None);
    assert_eq!((row, words), (vec!["a/c=".to_string()], vec![]));
    let (_, words) = last("ndjson", &late(r#"{"a":{"c":1}}"#, r#"{"a":{"city":1}}"#), None);
    assert!(words[0].ends_with("columns.\"a/city\" = {}"), "{words:?}");
}

#[test]
fn of_what_stands_twice_the_last_is_read_and_it_is_told() {
    let cases: [(&str, Option<&str>, &[&str], usize); 9] = [
        (r#"{"a":{"x":1},"a":{"y":2}}"#, None, &["a/x=", "a/y=2"], 1),
        (r#"{"a":{"x":1},"a":null}"#, None, &["a/x="], 1),
        (r#"{"a":null,"a":{"x":1,"x":2}}"#, None, &["a/x=2"], 2),
        (r#"{"a":{"x":1},"a":{"x":2}}"#, None, &["a/x=2"], 1),
        (r#"{"r":[{"v":1}],"id":1,"id":2}"#, Some("/r"), &["v=1", "parent/id=2"], 1),
        (r#"{"id":1,"r":[{"v":1}],"id":null}"#, Some("/r"), &["v=1", "parent/id="], 1),
        (
            r#"{"o":{"x":1},"r":[{"v":1}],"o":{"y":2}}"#,
            Some("/r"),
            &["v=1", "parent/o/x=", "parent/o/y=2"],
            1,
        ),
        (r#"{"l":[],"r":[{"v":1}],"l":[]}"#, Some("/r"), &["v=1"], 1),
        (r#"{"r":{"k":{"v":1},"k":{"v":2}}}"#, Some("/r/*"), &["v=2", "key=k"], 1),
    ];
    for (row, at, expected, twice) in cases {
        let (read, words) = last("ndjson", row, at);
        assert_eq!(
            (read, words.len()),
            (expected.iter().map(|s| s.to_string()).collect(), twice),
            "{row}"
        );
        let (document, at) = match at {
            None => (format!("[{row}]"), None),
            Some(at) => (row.to_string(), Some(at)),
        };
        let notes = open("json", &document, at).expect("a document").notes(FileId(0)).len();
        let (read, words) = last("json", &document, at);
        assert_eq!(
            (read, words.len() + notes),
            (expected.iter().map(|s| s.to_string()).collect(), twice),
            "{document}"
        );
    }
}

#[test]
fn small_files_that_are_made_to_grow_stay_small() {
    let text = "x".repeat(1 << 20);
    let aliases = format!("name: &a {text}\nrows:\n{}", "- {a: *a, l: &l [*a]}\n".repeat(20_000));
    let names = format!(
        r#"[{{"{text}":{{{}"z":1}}}}]"#,
        (0..9_000).map(|n| format!(r#""{n}":1,"#)).collect::<String>()
    );
    let rows = format!("{{\"{text}\": {{\"y\": [{}{{}}]}}}}", "{\"a\":1},".repeat(20_000));
    let keys: String = (0..60_000).map(|n| format!("k{n}: {{v: 1}}\n")).collect();
    for (format, text, at, columns) in [
        ("yaml", &aliases, "/rows", 3),
        ("yaml", &rows, "/*/y", 2),
        ("json", &names, "/*", 1),
        ("yaml", &names, "/*", 1),
        ("json", &rows, "/*/y", 2),
        ("yaml", &keys, "/*", 2),
    ] {
        let begun = std::time::Instant::now();
        let reader = open(format, text, Some(at)).expect("a document");
        assert_eq!(reader.head().columns.len(), columns, "{format} {at}");
        let mut block = Block::default();
        let wanted = Wanted { places: true, ..Wanted::default() };
        let size = BlockSize { usual: 1 << 20, longest: 64 << 20 };
        let chunk = reader.head().body..reader.end();
        let mut cursor =
            reader.cursor(chunk, &Context::default(), &wanted, size).expect("a cursor");
        while cursor.next(&mut block).expect("a block") == Step::Rows {
            assert!(block.bytes.len() < 4 << 20, "{format} {at}: {}", block.bytes.len());
        }
        assert!(begun.elapsed().as_secs() < 20, "{format} {at}: {:?}", begun.elapsed());
    }
}

use proptest::prelude::*;
use serde_json::{Map, Value};

/// Values as they are written: names with escapes, figures, what is within what.
fn value(depth: u32) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-c\"\\\\é/ \n{}\\[\\],:]{0,5}".prop_map(Value::from),
    ];
    match depth {
        0 => leaf.boxed(),
        _ => prop_oneof![
            4 => leaf,
            1 => prop::collection::vec(value(depth - 1), 0..3).prop_map(Value::from),
            2 => object(depth - 1).prop_map(Value::Object),
        ]
        .boxed(),
    }
}

fn object(depth: u32) -> BoxedStrategy<Map<String, Value>> {
    let name = prop::sample::select(vec!["a", "b", "é\"", "x~y", "line\n"]).prop_map(String::from);
    prop::collection::vec((name, value(depth)), 0..4)
        .prop_map(|members| members.into_iter().collect())
        .boxed()
}

/// The cells of an object by the rules of the manual: names joined by `/`, containers as they are
/// written where other rows have values.
fn cells(object: &Map<String, Value>, prefix: &str, to: &mut Vec<(String, String)>) {
    for (name, value) in object {
        let name = format!("{prefix}{name}");
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if let Value::Object(inner) = value {
            cells(inner, &format!("{name}/"), to);
        }
        to.push((name, text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, rng_seed: proptest::test_runner::RngSeed::Fixed(2026), ..ProptestConfig::default() })]

    #[test]
    fn rows_are_what_another_reader_of_json_makes_of_them(
        rows in prop::collection::vec(object(3), 1..6),
        (chunk, block) in prop::sample::select(SIZES.to_vec()),
    ) {
        let lines: Vec<String> =
            rows.iter().map(|row| serde_json::to_string(row).expect("JSON")).collect();
        let array = format!(" [{} ]\n", lines.join(" ,\n"));
        for (format, text, at) in [
            ("ndjson", format!("{}\n", lines.join("\n")), None),
            ("json", array.clone(), None),
            ("json", format!("{{\"z\": [1], \"rows\": {array}, \"y\": []}}"), Some("/rows")),
            ("json", format!("[[{}], {array}]", lines[0]), Some("/1/*")),
            ("yaml", array.clone(), None),
        ] {
            let reader = open(format, &text, at).expect("a document");
            let names: Vec<&str> = reader.head().columns.iter().map(|c| c.name.as_str()).collect();
            let found = read(&*reader, chunk, block);
            prop_assert_eq!(&found.error, &None);
            prop_assert!(found.faults.is_empty(), "{:?}", found.faults);
            if !reader.head().readable {
                continue;
            }
            prop_assert_eq!(found.rows.len(), rows.len(), "{}", text);
            for (row, found) in rows.iter().zip(&found.rows) {
                let mut expected = Vec::new();
                cells(row, "", &mut expected);
                for (name, text) in names.iter().zip(found) {
                    let own = expected.iter().find(|cell| cell.0 == *name);
                    prop_assert_eq!(text, own.map_or("", |cell| &cell.1), "{} {}", format, name);
                }
                // What is no column is an object in all rows, or nothing.
                for (name, text) in expected.iter().filter(|cell| !names.contains(&&*cell.0)) {
                    prop_assert!(text.is_empty() || text.starts_with('{'), "{} {}", format, name);
                }
            }
        }
    }
}
