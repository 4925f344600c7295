//! Documents at random, in small blocks and chunks: what is cut is told, and rows are what another
//! reader of JSON makes of them.

use std::sync::Arc;

use crossfoot::read::block::Block;
use crossfoot::read::format::{self, Options};
use crossfoot::read::formats::find;
use crossfoot::read::reader::{BlockSize, Context, Reader, Step, Wanted};

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
                    let is_noted = !reader.notes(crossfoot::source::FileId(0)).is_empty();
                    let found = read(&*reader, chunk, block);
                    assert!(is_noted || found.error.is_some(), "{cut} in {chunk}, {block}");
                }
            }
        }
    }
}
