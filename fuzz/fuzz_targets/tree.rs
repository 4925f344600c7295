//! Any text is read as YAML, TOML, front matter, Markdown and a web page or refused; places lie within it.
//! How it is cut changes neither rows nor faults, and each block is the same when it is read again.
#![no_main]

use std::sync::Arc;

use crossfoot::read::block::Block;
use crossfoot::read::format::{Options, open};
use crossfoot::read::formats::find;
use crossfoot::read::reader::{BlockSize, Context, Reader, Step, Wanted};
use libfuzzer_sys::fuzz_target;

/// Rows with their places, and faults; none where it cannot be read to its end.
type Seen = Option<(Vec<(u64, Vec<String>)>, Vec<(u8, u64)>)>;

fn read(reader: &dyn Reader, end: u64, usual: usize) -> Seen {
    let (wanted, size) = (Wanted { places: true, ..Wanted::default() }, BlockSize { usual, longest: 1 << 20 });
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let (mut block, mut again, mut context) = (Block::default(), Block::default(), Context::default());
    let chunk = reader.head().body..reader.end();
    let mut cursor = reader.cursor(chunk, &context, &wanted, size).ok()?;
    while cursor.next(&mut block).ok()? == Step::Rows {
        for row in 0..block.rows() {
            assert!(block.row_span(row).end <= end);
            for field in 0..reader.head().columns.len() {
                assert!(block.cell_span(row, field).end <= end);
            }
            let text = |field| String::from_utf8_lossy(&block.unquoted(block.field(row, field))).into_owned();
            rows.push((block.row_span(row).start, (0..reader.head().columns.len()).map(text).collect()));
        }
        for fault in &block.grid.faults {
            assert!(!reader.word(fault, &block).message.is_empty());
            faults.push((fault.kind, block.at + u64::from(fault.start)));
        }
        reader.again(block.at..block.at + block.len, &context, &wanted, &mut again).expect("a block that was read");
        assert_eq!(format!("{:?}", again.cells), format!("{:?}", block.cells));
        assert_eq!(again.grid.faults, block.grid.faults);
        context = cursor.context();
    }
    Some((rows, faults))
}

fuzz_target!(|input: (u8, u8, u8, &[u8])| {
    let names = ["yaml", "toml", "markdown", "html"];
    let Some(format) = find(names[usize::from(input.0 % 4)]) else { panic!("a format") };
    let ways = [None, Some("/*"), Some("/a/*"), Some("/*/a/*"), Some("front"), Some("front/*"), Some("table 1")];
    let at = ways[usize::from(input.1 % 7)];
    let options = Options { at: at.map(str::to_string), ..Options::default() };
    let Ok(reader) = open(format, Arc::new(input.3.to_vec()), &options) else { return };
    if !reader.head().readable {
        return;
    }
    let end = input.3.len() as u64;
    let whole = read(&*reader, end, 1 << 20);
    assert_eq!(read(&*reader, end, usize::from(input.2) + 1), whole);
});
