//! Any bytes are read to their end or refused; how they are cut changes neither rows nor faults, and
//! each block is the same when it is read again.
#![no_main]

use std::sync::Arc;

use crossfoot::read::block::Block;
use crossfoot::read::format::Options;
use crossfoot::read::json::JsonReader;
use crossfoot::read::reader::{BlockSize, Context, Reader, Step, Wanted};
use libfuzzer_sys::fuzz_target;

/// Rows with their places, faults, lines, and whether the file was read to its end.
type Seen = (Vec<(u64, Vec<String>)>, Vec<(u8, u64)>, u64, bool);

fn read(reader: &JsonReader, usual: usize) -> Seen {
    let size = BlockSize { usual, longest: 64 << 20 };
    let wanted = Wanted { places: true, ..Wanted::default() };
    let (mut rows, mut faults, mut lines) = (Vec::new(), Vec::new(), 0);
    if !reader.head().readable {
        return (rows, faults, lines, true);
    }
    let width = reader.head().columns.len();
    let (mut block, mut again) = (Block::default(), Block::default());
    let mut context = Context::default();
    let chunk = reader.head().body..reader.end();
    let Ok(mut cursor) = reader.cursor(chunk, &context, &wanted, size) else { panic!("a cursor") };
    loop {
        match cursor.next(&mut block) {
            Ok(Step::End) => return (rows, faults, lines, true),
            Ok(Step::Rows) => {}
            // What was read before the error depends on the cut.
            Err(_) => return (Vec::new(), Vec::new(), 0, false),
        }
        for row in 0..block.rows() {
            let text = |field| String::from_utf8_lossy(&block.unquoted(block.field(row, field))).into_owned();
            rows.push((block.row_span(row).start, (0..width).map(text).collect()));
            for field in 0..width {
                assert!(block.cell_span(row, field).end <= reader.end());
            }
        }
        faults.extend(block.grid.faults.iter().map(|f| (f.kind, block.at + u64::from(f.start))));
        for fault in &block.grid.faults {
            assert!(!reader.word(fault, &block).message.is_empty());
        }
        lines += u64::from(block.grid.total_lines);
        let range = block.at..block.at + block.len;
        reader.again(range, &context, &wanted, &mut again).expect("a block that was read");
        assert_eq!(format!("{:?}", again.cells), format!("{:?}", block.cells));
        assert_eq!(again.grid.faults, block.grid.faults);
        assert_eq!(again.grid.total_lines, block.grid.total_lines);
        context = cursor.context();
    }
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (cut, how, bytes) = (usize::from(input.0) + 1, input.1, input.2);
    let at = ["", "/*", "/a/*", "/*/a/*", "/a/*/b", "/0/*", "a"].get(usize::from(how % 8));
    let options = Options { at: at.map(|at| (*at).to_string()), ..Options::default() };
    let is_lines = how & 8 != 0;
    let Ok(reader) = JsonReader::open(Arc::new(bytes.to_vec()), &options, is_lines) else { return };
    let whole = read(&reader, 1 << 20);
    assert_eq!(read(&reader, cut), whole);
    // A document of which all was read is one that another reader takes too.
    if whole.3 && !is_lines && reader.head().readable && whole.1.is_empty() {
        let judge: Result<serde_json::Value, _> = serde_json::from_slice(bytes);
        assert!(judge.is_ok() || judge.is_err_and(|e| e.to_string().contains("out of range") || e.to_string().contains("recursion")));
    }
});
