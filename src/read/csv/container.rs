//! CSV and TSV as formats: a file is one table.

use std::sync::Arc;

use crate::read::csv::dialect::Dialect;
use crate::read::csv::faults::FAULTS;
use crate::read::csv::reader::CsvReader;
use crate::read::format::{Container, Format, Options, Refusal};
use crate::read::reader::Reader;
use crate::source::Bytes;

const KEYS: &[&str] = &[
    "delimiter",
    "quote",
    "escape",
    "header",
    "skip",
    "skip_end",
    "from",
    "until",
    "short",
    "repeated",
    "comment",
];

/// Fields between commas.
pub static CSV: Format = Format {
    name: "csv",
    about: "fields separated by commas, or by another `delimiter`",
    endings: &["csv", "txt"],
    keys: KEYS,
    faults: FAULTS,
    is_prose: false,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(Delimited { bytes, usual: Dialect::default() })),
    comments: |_| Vec::new(),
};

/// Fields between tabs.
pub static TSV: Format = Format {
    name: "tsv",
    about: "fields separated by tabs",
    endings: &["tsv", "tab"],
    keys: KEYS,
    faults: FAULTS,
    is_prose: false,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(Delimited { bytes, usual: Dialect::tsv() })),
    comments: |_| Vec::new(),
};

/// A file of delimited fields.
struct Delimited {
    bytes: Arc<dyn Bytes>,
    /// What a rule need not say.
    usual: Dialect,
}

impl Container for Delimited {
    fn tables(&self) -> Vec<String> {
        vec![String::new()]
    }

    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        let dialect = Dialect {
            delimiter: options.delimiter.unwrap_or(self.usual.delimiter),
            is_declared: options.delimiter.is_some(),
            quote: options.quote.unwrap_or(self.usual.quote),
            comment: options.comment,
            escape: options.escape,
            short: options.short,
            headings: options.headings,
            repeated: options.repeated,
        };
        Ok(Arc::new(CsvReader::open(self.bytes.clone(), dialect, &options.frame)?))
    }
}
