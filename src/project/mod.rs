//! The only way to disk and clock: finds rule files, opens data, builds what the engine runs.

pub mod build;
pub mod contracts;
pub mod csv_table;
pub mod discover;
pub mod files;
pub mod inflate;
pub mod load;
pub mod machine;
pub mod prose_table;
pub mod tables;
pub mod tree;

use crate::fault::Fault;

crate::fault!(
    /// The run.
    NO_RULES, Error, "no-rules", "no rule file was found");
crate::fault!(
    /// The run.
    UNREADABLE_FILE, Error, "unreadable-file", "a file cannot be opened or read");
crate::fault!(
    /// The run.
    FILE_CHANGED, Error, "file-changed", "a file changed while it was read");
crate::fault!(
    /// The run.
    INTERRUPTED, Error, "interrupted", "the run was stopped before its end");
crate::fault!(
    /// The run.
    DOES_NOT_FIT, Error, "does-not-fit", "what a check must keep does not fit in the allowed memory");
crate::fault!(
    /// The run.
    SCRATCH_FAILED, Error, "scratch-failed", "a temporary file cannot be written or read");
crate::fault!(
    /// The run.
    BAD_ENCODING, Error, "bad-encoding", "an encoding is unknown, or the file does not use it");
crate::fault!(
    /// The run.
    BAD_COMPRESSION, Error, "bad-compression", "a compressed file cannot be decompressed");
crate::fault!(
    /// The run.
    INFLATES_TOO_FAR, Error, "inflates-too-far", "a compressed file holds more than --max-inflate allows");
crate::fault!(
    /// The run.
    OUTSIDE_ROOT, Error, "outside-root", "a file lies outside of the directory that --root names");
crate::fault!(
    /// The run.
    UNKNOWN_DATA, Error, "unknown-data", "--data names a table that no rule declares");
crate::fault!(
    /// The run.
    UNKNOWN_CHECK, Error, "unknown-check", "--check names no check");
crate::fault!(
    /// The run.
    INTERNAL, Error, "internal-error", "crossfoot got two different results");
crate::fault!(
    /// At the header.
    MISSING_COLUMN, Error, "missing-column", "a declared column is not in the data");
crate::fault!(
    /// At the header.
    UNEXPECTED_COLUMN, Error, "unexpected-column", "the data has a column that the rules do not declare");

/// The names of this room.
pub static FAULTS: &[&Fault] = &[
    &NO_RULES,
    &UNREADABLE_FILE,
    &FILE_CHANGED,
    &INTERRUPTED,
    &DOES_NOT_FIT,
    &SCRATCH_FAILED,
    &BAD_ENCODING,
    &BAD_COMPRESSION,
    &INFLATES_TOO_FAR,
    &OUTSIDE_ROOT,
    &UNKNOWN_DATA,
    &UNKNOWN_CHECK,
    &INTERNAL,
    &MISSING_COLUMN,
    &UNEXPECTED_COLUMN,
];
