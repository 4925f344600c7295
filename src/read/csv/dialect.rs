//! How a file is cut into fields.

/// The signs of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between fields.
    pub delimiter: u8,
    /// Around fields that hold delimiters, quotes or line ends.
    pub quote: Option<u8>,
    /// Whether the first record names the columns.
    pub header: bool,
    /// Physical lines before the header, where a rule says how many.
    pub skip: Option<u32>,
    /// Lines that start with this byte are no records.
    pub comment: Option<u8>,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect { delimiter: b',', quote: Some(b'"'), header: true, skip: None, comment: None }
    }
}

impl Dialect {
    /// Tab-separated.
    pub fn tsv() -> Dialect {
        Dialect { delimiter: b'\t', ..Dialect::default() }
    }
}
