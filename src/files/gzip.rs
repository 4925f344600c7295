//! The members of a gzip file, one after the other.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

/// What a member begins with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What stands behind the compressed data is none itself.
#[derive(Debug)]
pub struct Trailing;

impl fmt::Display for Trailing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("something follows the compressed data that is not compressed")
    }
}

impl std::error::Error for Trailing {}

/// Inflates all members of a stream. It knows a cut member from bytes behind the last one.
pub struct Members<R>(Option<GzDecoder<BufReader<R>>>);

impl<R: Read> Members<R> {
    /// Those of a stream that begins with one.
    pub fn new(stream: R) -> Members<R> {
        Members(Some(GzDecoder::new(BufReader::new(stream))))
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            let Some(mut rest) = self.0.take().map(GzDecoder::into_inner) else { break };
            let next = rest.fill_buf()?;
            if next.is_empty() {
                break;
            }
            if next.iter().zip(MAGIC).any(|(byte, magic)| *byte != magic) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, Trailing));
            }
            self.0 = Some(GzDecoder::new(rest));
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_follow_each_other_and_nothing_else_does() {
        let read = |bytes: &[u8]| {
            let mut text = String::new();
            Members::new(bytes).read_to_string(&mut text).map(|_| text)
        };
        let (one, two) = (packed("a,b\n"), packed("1,2\n"));
        assert_eq!(read(&one).unwrap(), "a,b\n");
        assert_eq!(read(&[one.clone(), two.clone()].concat()).unwrap(), "a,b\n1,2\n");
        for behind in [&b"garbage"[..], b"\n", &[0; 512], b"a long text behind the last member"] {
            let error = read(&[&one[..], behind].concat()).unwrap_err();
            assert!(error.get_ref().is_some_and(|e| e.is::<Trailing>()), "{error}");
        }
        for cut in [&one[..one.len() - 3], &[&one[..], &two[..9]].concat()] {
            assert_eq!(read(cut).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
