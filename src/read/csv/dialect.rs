//! How a file is cut into fields.

/// The signs of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between fields.
    pub delimiter: u8,
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
}
