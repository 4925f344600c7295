//! Texts that should be UTF-8 and are not all.

use std::io;

use crate::source::Bytes;

/// Bytes of a text that are no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid {
    /// Where the first of them stands.
    pub first: usize,
    /// How many there are.
    pub count: usize,
}

/// Bytes as a text, a `?` for each that is no UTF-8: all others stay where they are.
pub fn text_of(bytes: Vec<u8>) -> (String, Option<Invalid>) {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return (text, None),
        Err(error) => error,
    };
    let first = error.utf8_error().valid_up_to();
    let mut text = String::with_capacity(error.as_bytes().len());
    let mut count = 0;
    for chunk in error.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        count += chunk.invalid().len();
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    (text, Some(Invalid { first, count }))
}

/// All of a file as a text, a `?` for each byte that is no UTF-8.
///
/// # Errors
/// Where it cannot be read.
pub fn whole_text(bytes: &dyn Bytes) -> io::Result<(String, Option<Invalid>)> {
    let mut all = vec![0; usize::try_from(bytes.len()).unwrap_or(usize::MAX)];
    let n = bytes.read_at(0, &mut all)?;
    all.truncate(n);
    Ok(text_of(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf8_move_nothing() {
        assert_eq!(text_of(b"caf\xc3\xa9".to_vec()), ("café".into(), None));
        let invalid = Some(Invalid { first: 3, count: 3 });
        assert_eq!(text_of(b"caf\xe9 \xe2\x82 x".to_vec()), ("caf? ?? x".into(), invalid));
    }
}
