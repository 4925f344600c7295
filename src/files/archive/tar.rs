//! TAR archives.

use std::io;
use std::sync::Arc;

use tar::EntryType;

use crate::files::archive::index::{Fault, Index, Member, Place, UNPACK};
use crate::source::{Bytes, Seeker};
use crate::width::to_usize;

/// Bytes of a block; archives end with blocks of zeros.
const BLOCK: u64 = 512;
/// No name of a member is longer, nor what else is said of it.
const LONGEST_NAME: u64 = 1 << 20;

/// Lists the members of an archive.
///
/// # Errors
/// That it cannot be read, or is cut short.
pub fn index(bytes: &Arc<dyn Bytes>) -> Result<Index, Fault> {
    let end = names_are_short(bytes)?;
    if !is_blank(&**bytes, end).map_err(Fault::damaged)? {
        return Err(Fault::damaged("the blocks that end it are missing"));
    }
    let mut archive = tar::Archive::new(Seeker::new(Arc::clone(bytes)));
    let mut index = Index::default();
    for entry in archive.entries_with_seek().map_err(Fault::damaged)? {
        let entry = entry.map_err(Fault::damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let member = match entry.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Regular | EntryType::Continuous => {
                Member::File(Place::Tar { from: entry.raw_file_position(), len: entry.size() })
            }
            EntryType::Symlink | EntryType::Link => Member::Other("a link", UNPACK),
            EntryType::GNUSparse => Member::Other("a file with holes", UNPACK),
            _ => Member::Other("no regular file", UNPACK),
        };
        index.add(&name, member)?;
    }
    Ok(index)
}

/// Looks at the headers alone: long names are read into memory. Gives where the members end.
fn names_are_short(bytes: &Arc<dyn Bytes>) -> Result<u64, Fault> {
    let mut archive = tar::Archive::new(Seeker::new(Arc::clone(bytes)));
    let entries = archive.entries_with_seek().map_err(Fault::damaged)?.raw(true);
    let mut end = 0;
    for entry in entries {
        let entry = entry.map_err(Fault::damaged)?;
        let header = entry.header();
        let (from, len) = (entry.raw_file_position(), entry.size());
        let is_name = matches!(
            header.entry_type(),
            EntryType::GNULongName
                | EntryType::GNULongLink
                | EntryType::XHeader
                | EntryType::XGlobalHeader
        );
        if is_name && len > LONGEST_NAME {
            return Err(Fault::damaged(format!("the name of a member has {len} bytes")));
        }
        end = from.saturating_add(len.div_ceil(BLOCK).saturating_mul(BLOCK));
        if end > bytes.len() {
            return Err(Fault::damaged("a member goes on behind its end"));
        }
    }
    Ok(end)
}

/// Whether a block of zeros begins at an offset.
fn is_blank(bytes: &dyn Bytes, at: u64) -> io::Result<bool> {
    let mut block = vec![0; to_usize(BLOCK)];
    Ok(bytes.read_at(at, &mut block)? > 0 && block.iter().all(|byte| *byte == 0))
}

/// The bytes of one member.
pub struct Part {
    bytes: Arc<dyn Bytes>,
    from: u64,
    len: u64,
}

impl Part {
    /// A range of other bytes.
    pub fn new(bytes: &Arc<dyn Bytes>, from: u64, len: u64) -> Part {
        Part { bytes: Arc::clone(bytes), from, len }
    }
}

impl Bytes for Part {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = to_usize(self.len.saturating_sub(at).min(buf.len() as u64));
        self.bytes.read_at(self.from.saturating_add(at), buf.get_mut(..left).unwrap_or_default())
    }
}
