//! Compressed and foreign bytes → UTF-8 bytes in a spool.

use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::files::gzip::{Members, Trailing};
use crate::files::machine::Spool;
use crate::files::{BAD_COMPRESSION, BAD_ENCODING, INFLATES_TOO_FAR, UNREADABLE_FILE};
use crate::source::{Bytes, Problem, Seeker};

/// How far a compressed file may inflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that it may hold.
    pub most: u64,
    /// How many times its own size it may hold, where that is more than `free`.
    pub times: u64,
    /// Bytes that any file may hold.
    pub free: u64,
}

impl Default for Limits {
    /// Far beyond what data compress to, and short of what fills a disk.
    fn default() -> Self {
        Limits { most: 16 << 30, times: 1000, free: 64 << 20 }
    }
}

impl Limits {
    /// A size that was asked for, however well the file is compressed.
    pub fn up_to(most: u64) -> Limits {
        Limits { most, times: u64::MAX, free: most }
    }

    fn allows(&self, packed: u64, inflated: u64) -> bool {
        inflated <= self.most && inflated <= self.free.max(packed.saturating_mul(self.times))
    }
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstandard,
}

/// Whether the file's ending says that it is compressed.
pub fn is_packed(path: &str) -> bool {
    packing(path).is_some()
}

fn packing(path: &str) -> Option<Packing> {
    match path.rsplit_once('.')?.1 {
        ending if ending.eq_ignore_ascii_case("gz") => Some(Packing::Gzip),
        ending if ending.eq_ignore_ascii_case("tgz") => Some(Packing::Gzip),
        ending if ending.eq_ignore_ascii_case("zst") => Some(Packing::Zstandard),
        _ => None,
    }
}

/// Inflates and decodes all of `bytes`.
///
/// # Errors
/// `bad-compression`, `inflates-too-far`, `bad-encoding` or `unreadable-file`, with the path.
pub fn unpack(
    path: &str,
    bytes: Arc<dyn Bytes>,
    encoding: Option<&str>,
    limits: Limits,
    spool: &mut Spool,
) -> Result<(), Problem> {
    let packed_len = bytes.len();
    let mut reader = inflated(path, Seeker::new(bytes))?;
    let mut decoder = encoding.map(decoder).transpose()?;
    let mut buffer = vec![0; 1 << 16];
    let mut text = String::with_capacity(3 << 16);
    let mut all = 0;
    loop {
        let n = match reader.read(&mut buffer) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) if all > 0 && is_no_frame(&e) => return Err(trailing(path)),
            read => read.map_err(|e| packed(path, &e))?,
        };
        let piece = buffer.get(..n).unwrap_or_default();
        all += n as u64;
        if is_packed(path) && !limits.allows(packed_len, all) {
            return Err(too_far(path, packed_len, &limits));
        }
        match &mut decoder {
            None => spool.write_all(piece).map_err(|e| full(path, &e))?,
            Some(decoder) => {
                text.clear();
                let (_, _, broken) = decoder.decode_to_string(piece, &mut text, n == 0);
                if broken {
                    return Err(wrong_encoding(path, encoding.unwrap_or_default()));
                }
                spool.write_all(text.as_bytes()).map_err(|e| full(path, &e))?;
            }
        }
        if n == 0 {
            return Ok(());
        }
    }
}

fn inflated(path: &str, stream: Seeker) -> Result<Box<dyn Read>, Problem> {
    Ok(match packing(path) {
        Some(Packing::Gzip) => Box::new(Members::new(stream)),
        Some(Packing::Zstandard) => {
            Box::new(zstd::stream::read::Decoder::new(stream).map_err(|e| packed(path, &e))?)
        }
        None => Box::new(stream),
    })
}

/// How much of an archive has been unpacked.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes of the archive.
    pub packed: u64,
    /// Bytes that other members gave.
    pub before: u64,
}

/// Puts aside a member of an archive, as it is decompressed; the members together must keep to the
/// limits of a file.
///
/// # Errors
/// `bad-compression`, `inflates-too-far` or `unreadable-file`, with a path.
pub fn put_aside(
    path: &str,
    mut member: impl Read,
    (archive, sizes): (&str, Sizes),
    limits: Limits,
) -> Result<Arc<dyn Bytes>, Problem> {
    let (mut spool, mut buffer, mut all) = (Spool::default(), vec![0; 1 << 16], sizes.before);
    loop {
        let n = match member.read(&mut buffer) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(|e| broken(path, &e))?,
        };
        all += n as u64;
        if n == 0 {
            return Ok(spool.finish());
        }
        if !limits.allows(sizes.packed, all) {
            return Err(too_far(archive, sizes.packed, &limits));
        }
        let piece = buffer.get(..n).unwrap_or_default();
        spool.write_all(piece).map_err(|e| full(path, &e))?;
    }
}

fn decoder(label: &str) -> Result<encoding_rs::Decoder, Problem> {
    let find = |label: &str| encoding_rs::Encoding::for_label(label.as_bytes());
    let wanted = find(label).ok_or_else(|| {
        let plain = label.replace(['-', '_', ' '], "").to_lowercase();
        let spelt = [plain.clone(), plain.replace("cp", "windows-"), label.replace('_', "-")];
        let help = match spelt.iter().find(|name| find(name).is_some()) {
            Some(name) => format!("write encoding = \"{name}\""),
            None => "encodings are utf-8, utf-16le, utf-16be, latin1, windows-1252, iso-8859-2, ibm866, shift_jis and others".into(),
        };
        Problem::nowhere(&BAD_ENCODING, format!("unknown encoding `{label}`")).help(help)
    })?;
    Ok(wanted.new_decoder())
}

fn too_far(path: &str, packed: u64, limits: &Limits) -> Problem {
    let message = if limits.times == u64::MAX || limits.most <= packed.saturating_mul(limits.times)
    {
        format!("`{path}` has more than {} bytes when decompressed", limits.most)
    } else {
        format!(
            "`{path}` has {packed} bytes, and more than {} times as many when decompressed",
            limits.times
        )
    };
    Problem::nowhere(&INFLATES_TOO_FAR, message)
        .help("if the file is as it should be, raise the limit: --max-inflate 64GB")
}

fn wrong_encoding(path: &str, encoding: &str) -> Problem {
    let message = format!("`{path}` is not valid in its declared encoding, {encoding}");
    Problem::nowhere(&BAD_ENCODING, message).help("change `encoding`, or save the file as UTF-8")
}

fn packed(path: &str, e: &io::Error) -> Problem {
    if is_packed(path) {
        return broken(path, e);
    }
    Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` cannot be read: {e}"))
        .help("check the file and the disk")
}

/// Whether Zstandard data does not begin where a frame should.
fn is_no_frame(e: &io::Error) -> bool {
    e.to_string().contains("Unknown frame descriptor")
}

fn trailing(path: &str) -> Problem {
    Problem::nowhere(&BAD_COMPRESSION, format!("`{path}` cannot be decompressed: {Trailing}"))
        .help("remove what follows, or compress the file again as a whole")
}

fn broken(path: &str, e: &io::Error) -> Problem {
    if e.get_ref().is_some_and(|own| own.is::<Trailing>()) {
        return trailing(path);
    }
    Problem::nowhere(&BAD_COMPRESSION, format!("`{path}` cannot be decompressed: {e}"))
        .help("the file may be truncated, or may not be compressed despite its extension")
}

fn full(path: &str, e: &io::Error) -> Problem {
    Problem::nowhere(
        &UNREADABLE_FILE,
        format!("`{path}` cannot be copied to a temporary file: {e}"),
    )
    .help("free disk space where temporary files go (TMPDIR names the folder)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_bytes_and_times() {
        let usual = Limits::default();
        assert!(usual.allows(100, 64 << 20) && !usual.allows(100, (64 << 20) + 1));
        assert!(usual.allows(1 << 20, 1000 << 20) && !usual.allows(1 << 20, (1000 << 20) + 1));
        assert!(usual.allows(1 << 30, 16 << 30) && !usual.allows(1 << 30, (16 << 30) + 1));
        assert!(Limits::up_to(500).allows(1, 500) && !Limits::up_to(500).allows(1, 501));
    }
}
