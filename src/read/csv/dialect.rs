//! How a file is cut into fields.

/// The signs of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between fields.
    pub delimiter: u8,
    /// Whether the rules say so.
    pub is_declared: bool,
    /// Around fields that hold delimiters, quotes or line ends.
    pub quote: Option<u8>,
    /// Lines that start with this byte are no records.
    pub comment: Option<u8>,
    /// What takes the meaning from the sign after it.
    pub escape: Option<u8>,
    /// Whether fields that a record lacks at its end are missing; else it is no row.
    pub short: bool,
    /// Whether a record with a single field is a heading, and so lacks nothing.
    pub headings: bool,
    /// Whether a record that is like the header is a row.
    pub repeated: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect {
            delimiter: b',',
            is_declared: false,
            quote: Some(b'"'),
            comment: None,
            escape: None,
            short: false,
            headings: false,
            repeated: false,
        }
    }
}

impl Dialect {
    /// Tab-separated.
    pub fn tsv() -> Dialect {
        Dialect { delimiter: b'\t', ..Dialect::default() }
    }

    /// A text as a field, within quotes where it must be or `is_quoted`; none where it cannot be one.
    pub fn written(&self, text: &str, is_quoted: bool) -> Option<Vec<u8>> {
        let is_any = |byte: Option<u8>| byte.is_some_and(|byte| text.as_bytes().contains(&byte));
        let is_line = text.bytes().any(|b| matches!(b, b'\n' | b'\r'));
        let starts_comment = self.comment.is_some() && text.bytes().next() == self.comment;
        let is_special =
            is_line || starts_comment || is_any(Some(self.delimiter)) || is_any(self.quote);
        if is_any(self.escape) || (self.escape.is_some() && is_any(self.quote)) {
            return None;
        }
        if !is_quoted && !is_special {
            return Some(text.as_bytes().to_vec());
        }
        let quote = self.quote?;
        let mut field = vec![quote];
        for byte in text.bytes() {
            field.extend((byte == quote).then_some(quote));
            field.push(byte);
        }
        field.push(quote);
        Some(field)
    }
}
