//! Files that cannot be read, in words.

use crate::compile::{INTERNAL, NOT_A_TABLE};
use crate::files::UNREADABLE_FILE;
use crate::read::format::{Format, Refusal};
use crate::read::sniff;
use crate::read::text::PATTERN_SYNTAX;
use crate::source::{Bytes, FileId, Problem};

/// What kept a file from being read.
pub fn not_read(why: Refusal, (path, file): (&str, FileId), format: &Format) -> Problem {
    match why {
        Refusal::Io(e) => {
            Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` cannot be read: {e}"))
        }
        Refusal::Damaged { message, help } => {
            let message = format!("`{path}` cannot be read: {message}");
            Problem::nowhere(&UNREADABLE_FILE, message).help(help)
        }
        Refusal::NoPattern => Problem::nowhere(
            &PATTERN_SYNTAX,
            "a text file needs a `pattern` that says what its rows are",
        )
        .help("for example: pattern = \"{place}: {area:number} km2\""),
        Refusal::Panicked => {
            let message = format!("the decoder for {} files failed on `{path}`", format.name);
            Problem::nowhere(&INTERNAL, message).help("please report it, with the file if you can")
        }
        Refusal::Malformed(why) => {
            let words = why.words;
            let problem = Problem::new(why.fault, file, why.span, words.message);
            Problem { help: words.help, ..problem.label(words.label) }
        }
    }
}

/// A file that is something else than its name says. A text may show a page of HTML, or be about one.
pub fn not_a_table(path: &str, bytes: &dyn Bytes, format: &Format) -> Option<Problem> {
    let found = sniff::foreign(bytes, format.is_prose);
    let sniff::Foreign { what, help, .. } =
        found.filter(|found| format.is_text && found.format != Some(format.name))?;
    let wanted = if format.is_prose { "text" } else { "table" };
    let message = format!("`{path}` is not a {wanted}: it is {what}");
    Some(Problem::nowhere(&NOT_A_TABLE, message).help(help))
}
