//! JSON and lines of JSON as formats: a file is one table.

use std::sync::Arc;

use crate::read::format::{Container, Format, Options, Refusal, undeclared};
use crate::read::json::look;
use crate::read::json::reader::JsonReader;
use crate::read::json::words::FAULTS;
use crate::read::reader::Reader;
use crate::source::Bytes;

/// One document, whose rows are the elements of an array or the values of an object.
pub static JSON: Format = Format {
    name: "json",
    about: "JSON: the objects of an array, which `at` names",
    endings: &["json", "geojson"],
    keys: &["at"],
    faults: FAULTS,
    is_prose: false,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(Json { bytes, is_lines: false })),
    comments: |_| Vec::new(),
};

/// A value on each line.
pub static NDJSON: Format = Format {
    name: "ndjson",
    about: "an object of JSON on each line, or rows within it that `at` names",
    endings: &["ndjson", "jsonl"],
    keys: &["at"],
    faults: FAULTS,
    is_prose: false,
    is_text: true,
    needs_pattern: false,
    open: |bytes| Ok(Box::new(Json { bytes, is_lines: true })),
    comments: |_| Vec::new(),
};

struct Json {
    bytes: Arc<dyn Bytes>,
    is_lines: bool,
}

impl Container for Json {
    fn tables(&self) -> Vec<String> {
        let all = if self.is_lines { Vec::new() } else { look::places(&*self.bytes) };
        if all.is_empty() { vec![String::new()] } else { all }
    }

    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        if let Some(refused) = undeclared(&*self.bytes) {
            return Err(refused);
        }
        Ok(Arc::new(JsonReader::open(self.bytes.clone(), options, self.is_lines)?))
    }
}
