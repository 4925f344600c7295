//! The only way to the disk, the clock and temporary files.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where the disk and the clock are reached"
)]
pub mod inflate;
pub mod machine;
pub mod sources;
pub mod tree;

use crate::fault::Fault;

crate::fault!(UNREADABLE_FILE, Error, "unreadable-file", "a file cannot be opened or read");
crate::fault!(FILE_CHANGED, Error, "file-changed", "a file changed while it was read");
crate::fault!(
    SCRATCH_FAILED,
    Error,
    "scratch-failed",
    "a temporary file cannot be written or read"
);
crate::fault!(
    BAD_ENCODING,
    Error,
    "bad-encoding",
    "an encoding is unknown, or the file does not use it"
);
crate::fault!(
    BAD_COMPRESSION,
    Error,
    "bad-compression",
    "a compressed file cannot be decompressed"
);
crate::fault!(
    INFLATES_TOO_FAR,
    Error,
    "inflates-too-far",
    "a compressed file holds more than --max-inflate allows"
);
crate::fault!(
    OUTSIDE_ROOT,
    Error,
    "outside-root",
    "a file lies outside of the directory that --root names"
);

/// The names of the faults of files.
pub static FAULTS: &[&Fault] = &[
    &UNREADABLE_FILE,
    &FILE_CHANGED,
    &BAD_ENCODING,
    &BAD_COMPRESSION,
    &INFLATES_TOO_FAR,
    &OUTSIDE_ROOT,
    &SCRATCH_FAILED,
];
