//! Any text is compiled as a pattern or refused; what is compiled finds places inside the text.
#![no_main]

use crossfoot::read::pattern::{Pattern, Writing};
use crossfoot::read::text::document::markdown;
use crossfoot::read::text::extract::{EACH_SENTENCE, Spec, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (pattern, text) = input;
    if pattern.len() > 200 || text.len() > 2000 {
        return;
    }
    let Ok(pattern) = Pattern::compile(pattern) else { return };
    let doc = markdown(text);
    let writing = Writing::default();
    for split in [None, Some(";"), Some(EACH_SENTENCE)] {
        let spec = Spec { pattern: &pattern, from: None, to: None, split, writing: &writing };
        let found = extract(&doc, &spec);
        for row in found.rows {
            assert!(row.span.end <= text.len() as u64);
            for cell in row.cells.into_iter().flatten() {
                assert!(cell.span.start <= cell.span.end && cell.span.end <= text.len() as u64);
            }
        }
    }
});
