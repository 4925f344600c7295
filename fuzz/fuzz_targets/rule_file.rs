//! A rule file of any text is read, or told what is wrong with it, at places inside it.
#![no_main]

use crossfoot::rules::walk::read;
use crossfoot::source::FileId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (_, problems) = read(text, FileId(0), "");
    for p in problems {
        let (_, span) = p.at.expect("every problem of a rule file has a place");
        assert!(span.start <= span.end && span.end <= text.len() as u64, "{p:?}");
    }
});
