//! A tree some of whose files have other bytes in places.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::source::Bytes;
use crate::source::tree::{Glob, Kind, Opened, Stamp, Tree, resolve};
use crate::width::to_usize;

/// Bytes that go, from here to there, and those that take their place.
pub type Edit = (u64, u64, Vec<u8>);

/// Another tree with edits of its files.
#[derive(Debug, Clone)]
pub struct Edited {
    under: Arc<dyn Tree>,
    edits: BTreeMap<String, Vec<Edit>>,
}

impl Edited {
    /// With the edits of each path, in order; they do not meet.
    pub fn over(under: Arc<dyn Tree>, edits: BTreeMap<String, Vec<Edit>>) -> Edited {
        Edited { under, edits }
    }
}

impl Tree for Edited {
    fn open(&self, path: &str) -> io::Result<Opened> {
        let opened = self.under.open(path)?;
        Ok(match self.edits.get(&resolve("", path)) {
            Some(edits) => Opened { bytes: Arc::new(Spliced::new(opened.bytes, edits)), ..opened },
            None => opened,
        })
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        self.under.list(glob)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        self.under.kind(path)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.under.stamp(path)
    }

    fn real_path(&self, path: &str) -> Option<String> {
        self.under.real_path(path)
    }
}

/// A part of edited bytes.
#[derive(Debug)]
enum Part {
    /// As they are, from here on.
    Own(u64),
    New(Vec<u8>),
}

/// Bytes with others in places.
pub struct Spliced {
    under: Arc<dyn Bytes>,
    /// Where each part begins, and how long it is.
    parts: Vec<(u64, u64, Part)>,
    len: u64,
}

impl Spliced {
    /// With edits in order, which do not meet.
    pub fn new(under: Arc<dyn Bytes>, edits: &[Edit]) -> Spliced {
        let (mut parts, mut at, mut len) = (Vec::new(), 0, 0);
        let mut put = |part_len: u64, part| {
            parts.push((len, part_len, part));
            len += part_len;
        };
        for (from, to, new) in edits {
            put(from.saturating_sub(at), Part::Own(at));
            put(new.len() as u64, Part::New(new.clone()));
            at = *to;
        }
        put(under.len().saturating_sub(at), Part::Own(at));
        Spliced { under, parts, len }
    }
}

impl Bytes for Spliced {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let first = self.parts.partition_point(|(start, len, _)| start + len <= at);
        let mut done = 0;
        for (start, len, part) in self.parts.get(first..).unwrap_or_default() {
            let from = (at + done as u64).saturating_sub(*start);
            let rest = buf.get_mut(done..).unwrap_or_default();
            let wanted = rest.len().min(to_usize(len.saturating_sub(from)));
            let rest = rest.get_mut(..wanted).unwrap_or_default();
            let read = match part {
                Part::Own(own) => self.under.read_at(own + from, rest)?,
                Part::New(new) => {
                    let new = new.get(to_usize(from)..).unwrap_or_default();
                    rest.iter_mut().zip(new).for_each(|(to, from)| *to = *from);
                    rest.len()
                }
            };
            done += read;
            if read < wanted || done == buf.len() {
                break;
            }
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edited_bytes_are_read_from_any_place() {
        let under: Arc<dyn Bytes> = Arc::new(b"0123456789".to_vec());
        let edits = [(0, 1, b"ab".to_vec()), (4, 6, Vec::new()), (9, 10, b"xyz".to_vec())];
        let (all, spliced) = (b"ab123678xyz", Spliced::new(under, &edits));
        assert_eq!(spliced.len(), all.len() as u64);
        for from in 0..=all.len() {
            for len in 0..=all.len() + 1 {
                let mut buf = vec![0; len];
                let n = spliced.read_at(from as u64, &mut buf).expect("bytes");
                let wanted = &all[from..all.len().min(from + len)];
                assert_eq!(&buf[..n], wanted, "{len} from {from}");
            }
        }
    }
}
