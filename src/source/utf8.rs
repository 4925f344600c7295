//! Texts that should be UTF-8 and are not all.

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
