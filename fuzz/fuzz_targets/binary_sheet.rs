//! Any bytes as an XLS workbook, and as a part of an XLSB workbook: read to the end or refused.
#![no_main]

use std::io::{Cursor, Write};
use std::sync::Arc;

use crossfoot::read::block::Block;
use crossfoot::read::format::{Options, open};
use crossfoot::read::reader::{BlockSize, Context, Step, Wanted};
use crossfoot::read::sheet::XLS;
use libfuzzer_sys::fuzz_target;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const RELATIONS: &str = "<Relationships><Relationship Id='r' Type='x/worksheet' Target='worksheets/sheet1.bin'/></Relationships>";

/// Records: each with its kind, its size and its bytes.
const BOOK: &[u8] = b"\x83\x01\x00\x99\x01\x08\0\0\0\0\0\0\0\0\x8f\x01\x00\x9c\x01\x14\0\0\0\0\x01\0\0\0\x01\0\0\0r\0\x01\0\0\0A\0\x90\x01\x00\x9d\x01\x00\x84\x01\x00";
/// A row with the number 7 of the style 1.
const SHEET: &[u8] = b"\x81\x01\x00\x94\x01\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x91\x01\x00\x00\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\x0c\0\0\0\0\x01\0\0\0\x1e\0\0\0\x92\x01\x00\x82\x01\x00";
/// The format `0%` for the style 1.
const STYLES: &[u8] = b"\x96\x02\x00\xe7\x04\x04\x01\0\0\0\x2c\x0a\xa4\0\x02\0\0\0\x30\0\x25\0\xe8\x04\x00\xe9\x04\x04\x02\0\0\0\x2f\x04\0\0\0\0\x2f\x04\0\0\xa4\0\xea\x04\x00\x97\x02\x00";

const PARTS: [(&str, &[u8]); 4] = [
    ("xl/workbook.bin", BOOK),
    ("xl/worksheets/sheet1.bin", SHEET),
    ("xl/styles.bin", STYLES),
    ("xl/_rels/workbook.bin.rels", RELATIONS.as_bytes()),
];

fn read(bytes: Vec<u8>) {
    let options = Options { at: Some("A".into()), ..Options::default() };
    for options in [options, Options::default()] {
        // The decoder is not ours; what panics in it is refused.
        let Ok(reader) = open(&XLS, Arc::new(bytes.clone()), &options) else { continue };
        let (wanted, size) = (Wanted { places: true, ..Wanted::default() }, BlockSize { usual: 4096, longest: 1 << 20 });
        let chunk = reader.head().body..reader.end();
        let mut cursor = reader.cursor(chunk, &Context::default(), &wanted, size).expect("a cursor");
        let (mut block, mut blocks) = (Block::default(), 0);
        while cursor.next(&mut block).expect("rows") == Step::Rows && blocks < 64 {
            blocks += 1;
        }
    }
}

// A panic that is caught is none to stop at; one that is not still is.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |input: (u8, &[u8])| {
    let (kind, bytes) = input;
    let own = usize::from(kind % 4);
    if own == 3 {
        let magic = &b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..];
        return read([magic, bytes.get(magic.len()..).unwrap_or_default()].concat());
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (n, (name, usual)) in PARTS.iter().enumerate() {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(if n == own { bytes } else { usual }).expect("its bytes");
    }
    read(zip.finish().expect("an archive").into_inner());
});
