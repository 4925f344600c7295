//! To be written.
pub fn json_schema() -> String { String::new() }
