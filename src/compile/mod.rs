//! From rule files and headers of data to what the engine runs: tables and checks.

pub mod allow;
mod bases;
mod bindings;
pub mod build;
pub mod choose;
mod codes;
pub mod comments;
pub mod compared;
pub mod contracts;
mod contradictions;
pub mod dates;
mod differing;
pub mod discover;
pub mod filters;
mod footing;
mod given;
pub mod guess;
pub mod held;
mod left_out;
mod lists;
pub mod load;
mod look_ahead;
mod marks;
mod melt;
pub mod members;
pub mod names;
pub mod open;
pub mod options;
mod order;
mod places;
mod precision;
mod probe;
pub mod reading;
mod references;
pub mod refused;
mod renames;
pub mod said;
mod stated;
pub mod tables;
mod texts;
mod unread;
pub mod versions;

use crate::fault::Fault;

crate::fault!(NO_RULES, Error, "no-rules", "no rule file was found");
crate::fault!(NO_CHECKS, Error, "no-checks", "nothing is left to be checked");
crate::fault!(NOT_A_TABLE, Error, "not-a-table", "a file is something else than its name says");
crate::fault!(INTERRUPTED, Error, "interrupted", "the run was stopped before its end");
crate::fault!(UNKNOWN_DATA, Error, "unknown-data", "--data names a table that no rule declares");
crate::fault!(
    UNCLEAR_OLD_FILE,
    Error,
    "unclear-old-file",
    "--old names a file, and nothing says whose old version it is"
);
crate::fault!(
    UNCLEAR_ARCHIVE,
    Error,
    "unclear-archive",
    "a path names an archive that does not hold exactly one table"
);
crate::fault!(
    /// Beside the path of the table.
    NO_OLD_VERSION, Info, "no-old-version", "a table that is compared with its old version has none");
crate::fault!(UNKNOWN_CHECK, Error, "unknown-check", "--check or an allowance names no check");
crate::fault!(
    /// `<!-- crossfoot: … -->`.
    BAD_COMMENT, Error, "bad-comment", "a comment in a text that is meant for crossfoot cannot be read");
crate::fault!(INTERNAL, Error, "internal-error", "crossfoot got two different results");
crate::fault!(
    /// At the header.
    MISSING_COLUMN, Error, "missing-column", "a declared column is not in the data");
crate::fault!(
    /// At the header.
    UNEXPECTED_COLUMN, Error, "unexpected-column", "the data has a column that the rules do not declare");

crate::fault!(
    /// At the heading.
    EMPTY_HEADING, Warning, "empty-heading", "no row stands under a heading");

crate::fault!(
    /// At the path in the rule.
    FILE_LEFT_OUT, Warning, "file-left-out", "a file is not read, as a part of its name is not of the type of a placeholder");
crate::fault!(
    /// At the row where the first of them stands again.
    REPEATED_CODE, Error, "repeated-code", "a code that shows which rows stand under which stands in several rows");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[
    &NO_RULES,
    &NO_CHECKS,
    &NOT_A_TABLE,
    &INTERRUPTED,
    &UNKNOWN_DATA,
    &UNCLEAR_OLD_FILE,
    &UNCLEAR_ARCHIVE,
    &NO_OLD_VERSION,
    &UNKNOWN_CHECK,
    &BAD_COMMENT,
    &INTERNAL,
    &MISSING_COLUMN,
    &UNEXPECTED_COLUMN,
    &EMPTY_HEADING,
    &REPEATED_CODE,
    &FILE_LEFT_OUT,
];
