//! Any bytes as a Parquet or an Arrow file: read to the end or refused.
#![no_main]

use std::sync::Arc;

use crossfoot::read::block::Block;
use crossfoot::read::columnar::{ARROW, PARQUET};
use crossfoot::read::format::{Options, open};
use crossfoot::read::reader::{BlockSize, Context, Step, Wanted};
use libfuzzer_sys::fuzz_target;

// A panic that is caught is none to stop at; one that is not still is.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |input: (bool, &[u8])| {
    let (is_arrow, mut bytes) = (input.0, input.1.to_vec());
    // The first and the last bytes are those of the format, so that more is looked at than these.
    let (format, magic) = if is_arrow { (&ARROW, &b"ARROW1\0\0"[..]) } else { (&PARQUET, &b"PAR1"[..]) };
    bytes.splice(0..0, magic.iter().copied());
    bytes.extend_from_slice(if is_arrow { &magic[..6] } else { magic });
    // Decoders are not ours; what panics in them is refused.
    let Ok(reader) = open(format, Arc::new(bytes), &Options::default()) else { return };
    let (wanted, size) = (Wanted { places: true, ..Wanted::default() }, BlockSize { usual: 4096, longest: 1 << 20 });
    let chunk = reader.head().body..reader.end();
    let Ok(mut cursor) = reader.cursor(chunk, &Context::default(), &wanted, size) else { return };
    let (mut block, mut blocks) = (Block::default(), 0);
    while blocks < 64 && cursor.next(&mut block).is_ok_and(|step| step == Step::Rows) {
        blocks += 1;
        let addresses = reader.addresses().expect("cells are numbered");
        for row in 0..block.rows() {
            let _ = addresses.address(block.row_span(row));
        }
    }
});
