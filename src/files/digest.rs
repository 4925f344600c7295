//! What identifies the content of files: their SHA-256.

use std::io;

use sha2::{Digest, Sha256};

use crate::files::sources::Sources;
use crate::source::{Bytes, FileId, Watcher};

/// Files of more bytes are hashed only when that is asked for: one thread hashes less than the others
/// judge in the same time.
pub const LARGE: u64 = 64 << 20;

/// Bytes read at once.
const BLOCK: usize = 1 << 18;

/// Works, and reads files beside it in a thread of its own. Gives the SHA-256 of each file, in 64
/// hexadecimal digits; none of one that has more than `most` bytes, is in no file or cannot be read to its
/// end, and of those that are left when the run is asked to stop.
pub fn beside<T>(
    book: &Sources,
    (files, most): (&[FileId], u64),
    watch: &dyn Watcher,
    work: impl FnOnce() -> T,
) -> (T, Vec<Option<String>>) {
    std::thread::scope(|scope| {
        let hash = |file: &FileId| {
            let bytes = book.as_stored(*file).filter(|bytes| bytes.len() <= most)?;
            sha256(bytes, watch).ok()
        };
        let all = move || files.iter().map(hash).collect();
        let digests = scope.spawn(all);
        let done = work();
        (done, digests.join().unwrap_or_default())
    })
}

/// # Errors
/// Whatever the system says; `Interrupted` where the run is asked to stop.
fn sha256(bytes: &dyn Bytes, watch: &dyn Watcher) -> io::Result<String> {
    let (mut hasher, mut block, mut at) = (Sha256::new(), vec![0; BLOCK], 0);
    while at < bytes.len() {
        if watch.stops() > 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = bytes.read_at(at, &mut block)?;
        let read = block.get(..n).filter(|read| !read.is_empty());
        hasher.update(read.ok_or(io::ErrorKind::UnexpectedEof)?);
        at += n as u64;
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::files::inflate::Limits;
    use crate::files::tree::memory::Memory;

    #[test]
    fn bytes_have_the_hash_that_others_give_them() {
        let of = |bytes: Vec<u8>| sha256(&bytes, &()).expect("bytes in memory");
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(of(Vec::new()), empty);
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of(b"abc".to_vec()), abc);
        let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
        assert_eq!(of(vec![b'a'; 1_000_000]), million);
    }

    #[test]
    fn large_files_are_left_out() {
        let mut tree = Memory::default();
        let names = ["ab", "abc"];
        names.iter().for_each(|name| tree.insert(name, name.as_bytes().to_vec()));
        let mut book = Sources::new(Arc::new(tree), Limits::default());
        let files = names.map(|name| book.open(name, None).expect("a file"));
        let hashed = |most| beside(&book, (&files, most), &(), || ()).1;
        assert_eq!(hashed(2).iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
        assert!(hashed(u64::MAX).iter().all(Option::is_some));
    }
}
