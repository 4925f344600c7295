//! Any text is read as YAML, TOML, front matter, Markdown and a web page or refused; places lie within it.
#![no_main]

use std::sync::Arc;

use crossfoot::read::block::Block;
use crossfoot::read::format::{Options, open};
use crossfoot::read::formats::find;
use crossfoot::read::reader::{Context, Wanted};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &[u8])| {
    let names = ["yaml", "toml", "markdown", "html"];
    let Some(format) = find(names[usize::from(input.0 % 4)]) else { panic!("a format") };
    let ways = [None, Some("/*"), Some("/a/*"), Some("/*/a/*"), Some("front"), Some("front/*"), Some("table 1")];
    let at = ways[usize::from(input.1 % 7)];
    let options = Options { at: at.map(str::to_string), ..Options::default() };
    let Ok(reader) = open(format, Arc::new(input.2.to_vec()), &options) else { return };
    if !reader.head().readable {
        return;
    }
    let wanted = Wanted { places: true, ..Wanted::default() };
    let mut block = Block::default();
    let read = reader.again(0..reader.end(), &Context::default(), &wanted, &mut block);
    read.expect("rows that are held");
    for row in 0..block.rows() {
        assert!(block.row_span(row).end <= input.2.len() as u64);
        for field in 0..reader.head().columns.len() {
            assert!(block.cell_span(row, field).end <= input.2.len() as u64);
            block.unquoted(block.field(row, field));
        }
    }
});
