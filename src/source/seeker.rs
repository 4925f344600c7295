//! Bytes as a stream, for decoders that ask for one.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use crate::source::bytes::Bytes;

/// The bytes of a file, read from anywhere.
pub struct Seeker {
    bytes: Arc<dyn Bytes>,
    at: u64,
}

impl Seeker {
    /// From the start of a file.
    pub fn new(bytes: Arc<dyn Bytes>) -> Seeker {
        Seeker { bytes, at: 0 }
    }
}

impl Read for Seeker {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read_at(self.at, buf)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Seeker {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
