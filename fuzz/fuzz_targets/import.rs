//! Any text is refused as a schema, at a place inside it, or becomes rules that are read without an error.
#![no_main]

use crossfoot::import::{Import, Input, KINDS, Linked};
use crossfoot::rules::walk::read;
use crossfoot::source::{FileId, Problem, Span};
use libfuzzer_sys::fuzz_target;

/// No schema finds another.
struct Alone(Problem);

impl Linked for Alone {
    fn read(&mut self, _: &str) -> Result<Input, Problem> {
        Err(self.0.clone())
    }
}

fuzz_target!(|input: (u8, &str)| {
    let (kind, text) = input;
    let from = KINDS.get(usize::from(kind) % (KINDS.len() + 1)).map(|kind| kind.name);
    let (file, path) = (FileId(0), "schema".to_string());
    let mut import = Import::default();
    let nothing = Problem::new(&crossfoot::import::FAULTS[0], file, Span::new(0, 0), "it is not there");
    let end = text.len() as u64;
    match import.add(&Input { file, path, text: text.to_string() }, from, &mut Alone(nothing)) {
        Ok(()) => {
            let (rules, _) = import.write();
            let (_, problems) = read(&rules, file, "");
            assert!(problems.is_empty(), "{rules}\n{problems:?}");
        }
        Err(problem) => {
            let (_, span) = problem.at.expect("a place");
            assert!(span.start <= span.end && span.end <= end, "{problem:?}");
        }
    }
});
