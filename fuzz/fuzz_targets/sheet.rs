//! Any bytes as a workbook, and any texts as the parts of one: read to the end or refused.
#![no_main]

use std::io::{Cursor, Write};
use std::sync::Arc;

use crossfoot::read::frame::{Frame, Header};
use crossfoot::read::block::Block;
use crossfoot::read::format::{Options, Refusal, open};
use crossfoot::read::reader::{BlockSize, Context, Step, Wanted};
use crossfoot::read::sheet::XLSX;
use libfuzzer_sys::fuzz_target;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Parts of an XLSX file and of an ODS file.
const PARTS: [&str; 7] = [
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/worksheets/sheet1.xml",
    "content.xml",
];

const BOOK: &str = "<workbook><sheets><sheet name='A' r:id='r'/></sheets></workbook>";
const RELATIONS: &str = "<Relationships><Relationship Id='r' Type='x/worksheet' Target='worksheets/sheet1.xml'/></Relationships>";

fn read(bytes: Vec<u8>, options: &Options) {
    let reader = match open(&XLSX, Arc::new(bytes), options) {
        Ok(reader) => reader,
        Err(Refusal::Panicked) => panic!("a reader panicked"),
        Err(_) => return,
    };
    let (wanted, size) = (Wanted { places: true, ..Wanted::default() }, BlockSize { usual: 4096, longest: 1 << 20 });
    let chunk = reader.head().body..reader.end();
    let mut cursor = reader.cursor(chunk, &Context::default(), &wanted, size).expect("a cursor");
    let (mut block, mut blocks) = (Block::default(), 0);
    while cursor.next(&mut block).expect("rows") == Step::Rows && blocks < 64 {
        blocks += 1;
        for fault in &block.grid.faults {
            assert!(!reader.word(fault, &block).message.is_empty());
        }
        if let Some(addresses) = reader.addresses() {
            for row in 0..block.rows() {
                let _ = addresses.address(block.row_span(row));
            }
        }
    }
}

fuzz_target!(|input: (u8, Option<&str>, &[u8], &str)| {
    let (mask, at, bytes, text) = input;
    let options = Options {
        at: at.map(str::to_string),
        figures_stored: mask & 1 > 0,
        frame: Frame { header: Header::Rows(u32::from(mask & 2 > 0)), ..Frame::default() },
        ..Options::default()
    };
    // Decoders of binary files are not ours; what panics in them is refused.
    if !bytes.starts_with(b"\xD0\xCF") {
        read(bytes.to_vec(), &options);
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let own = usize::from(mask >> 2) % PARTS.len();
    for (n, part) in PARTS.iter().enumerate() {
        let text = match *part {
            _ if n == own => text,
            "xl/workbook.xml" => BOOK,
            "xl/_rels/workbook.xml.rels" => RELATIONS,
            _ => continue,
        };
        zip.start_file(*part, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("its text");
    }
    read(zip.finish().expect("an archive").into_inner(), &options);
});
