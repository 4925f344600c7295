//! Values as bytes, to be kept in little memory and in temporary files.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value as bytes for a temporary file.
///
/// # Errors
/// If it cannot be written so.
pub fn pack<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(io::Error::other)
}

/// Writes a value as such bytes in the place of others.
pub fn pack_into<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    out.clear();
    // A value can always be written: it holds texts and numbers only.
    *out = postcard::to_extend(value, std::mem::take(out)).unwrap_or_default();
}

/// The value of such bytes.
///
/// # Errors
/// If they are none.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    postcard::from_bytes(bytes).map_err(io::Error::other)
}
