//! What Parquet and Arrow IPC have in common: groups of rows that are decoded one by one.

use std::ops::Range;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::read::format::Refusal;
use crate::source::Bytes;
use crate::width::to_usize;

/// Rows as they are decoded, or why they cannot be, in words.
pub type Batches = Box<dyn Iterator<Item = Result<RecordBatch, String>> + Send>;

/// A file of groups of rows.
pub trait Groups: Send + Sync {
    /// What its columns are called, and what they hold.
    fn schema(&self) -> &SchemaRef;

    /// The rows of each group.
    fn rows(&self) -> &[u64];

    /// Decodes some rows of a group, `most` at once: of the columns of the schema those that are
    /// wanted, in their order.
    ///
    /// # Errors
    /// Why they cannot be decoded.
    fn read(
        &self,
        group: usize,
        rows: Range<u64>,
        wanted: &[bool],
        most: usize,
    ) -> Result<Batches, String>;
}

/// Reads a part of a file whole; what reaches beyond its end is never made room for.
///
/// # Errors
/// That it is not all there.
pub fn part(bytes: &dyn Bytes, from: u64, len: u64) -> std::io::Result<Vec<u8>> {
    let cut = || {
        let message = format!("it has no {len} bytes from byte {from} on");
        std::io::Error::new(std::io::ErrorKind::UnexpectedEof, message)
    };
    if from.checked_add(len).is_none_or(|end| end > bytes.len()) {
        return Err(cut());
    }
    let mut part = vec![0; to_usize(len)];
    let mut filled = 0;
    while let Some(rest) = part.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match bytes.read_at(from + filled as u64, rest)? {
            0 => return Err(cut()),
            n => filled += n,
        }
    }
    Ok(part)
}

/// A file that is not what it should be.
pub fn damaged(message: impl Into<String>) -> Refusal {
    Refusal::Damaged {
        message: message.into(),
        help: "check that the file is complete: the program that writes it may still have it open"
            .into(),
    }
}

/// Carries out what other people's decoders do: where one panics, that is an error like others.
///
/// # Errors
/// What it gives, and that it failed.
pub fn guarded<T>(decode: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode));
    result.unwrap_or_else(|_| Err("its decoder failed".into()))
}
