//! Compressed and foreign bytes → UTF-8 bytes in a spool.

use std::io::{Read, Write};

use super::files::Spool;
use super::{BAD_COMPRESSION, BAD_ENCODING, UNREADABLE_FILE};
use crate::source::Problem;

/// Whether the file's ending says that it is compressed.
pub fn is_packed(path: &str) -> bool {
    path.ends_with(".gz") || path.ends_with(".zst")
}

/// Inflates and decodes everything that `reader` gives.
///
/// # Errors
/// `bad-compression`, `bad-encoding` or `unreadable-file`, with the path.
pub fn unpack(path: &str, reader: Box<dyn Read>, encoding: Option<&str>, spool: &mut Spool) -> Result<(), Problem> {
    let mut reader: Box<dyn Read> = if path.ends_with(".gz") {
        Box::new(flate2::read::MultiGzDecoder::new(reader))
    } else if path.ends_with(".zst") {
        let decoder = zstd::stream::read::Decoder::new(reader).map_err(|e| packed(path, &e))?;
        Box::new(decoder)
    } else {
        reader
    };
    let mut decoder = match encoding {
        None => None,
        Some(label) => {
            let wanted = encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                Problem::nowhere(&BAD_ENCODING, format!("unknown encoding `{label}`"))
                    .help("encodings are utf-8, utf-16le, utf-16be, latin1, windows-1252, iso-8859-2, ibm866, shift_jis and others")
            })?;
            Some(wanted.new_decoder())
        }
    };
    let mut buffer = vec![0; 1 << 16];
    let mut text = String::with_capacity(3 << 16);
    loop {
        let n = reader.read(&mut buffer).map_err(|e| packed(path, &e))?;
        match &mut decoder {
            None => spool.write_all(&buffer[..n]).map_err(|e| full(path, &e))?,
            Some(decoder) => {
                text.clear();
                let (_, _, broken) = decoder.decode_to_string(&buffer[..n], &mut text, n == 0);
                if broken {
                    return Err(Problem::nowhere(&BAD_ENCODING, format!("`{path}` is not valid in its declared encoding, {}", encoding.unwrap_or("")))
                        .help("change `encoding`, or save the file as UTF-8"));
                }
                spool.write_all(text.as_bytes()).map_err(|e| full(path, &e))?;
            }
        }
        if n == 0 {
            return Ok(());
        }
    }
}

fn packed(path: &str, e: &std::io::Error) -> Problem {
    if is_packed(path) {
        return Problem::nowhere(&BAD_COMPRESSION, format!("`{path}` cannot be decompressed: {e}")).help("the file may be truncated, or may not be compressed despite its extension");
    }
    Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` cannot be read: {e}")).help("check the file and the disk")
}

fn full(path: &str, e: &std::io::Error) -> Problem {
    Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` cannot be copied to a temporary file: {e}"))
        .help("free disk space where temporary files go (TMPDIR names the folder)")
}
