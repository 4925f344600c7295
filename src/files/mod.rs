//! The only way to the disk, the clock, temporary files and other programs.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where the disk and the clock are reached"
)]
pub mod archive;
pub mod digest;
pub mod engines;
pub mod git;
mod gzip;
pub mod inflate;
pub mod machine;
mod paths;
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
crate::fault!(BAD_ARCHIVE, Error, "bad-archive", "an archive, or a member of it, cannot be read");
crate::fault!(
    NOT_FETCHED,
    Error,
    "not-fetched",
    "a file of the old version is a pointer of Git LFS"
);
crate::fault!(
    OUTSIDE_ROOT,
    Error,
    "outside-root",
    "a file lies outside of the directory that --root names"
);

crate::fault!(GIT_MISSING, Error, "git-missing", "the program `git` cannot be run");
crate::fault!(GIT_FAILED, Error, "git-failed", "the program `git` ended with an error");
crate::fault!(
    NOT_A_REPOSITORY,
    Error,
    "not-a-repository",
    "the working directory is in no git repository that can be read"
);
crate::fault!(
    UNKNOWN_REVISION,
    Error,
    "unknown-revision",
    "the repository has no such branch, tag or commit"
);
crate::fault!(
    NO_COMMON_COMMIT,
    Error,
    "no-common-commit",
    "the histories of two revisions have no commit in common"
);
crate::fault!(OUTPUT_FAILED, Error, "output-failed", "what was found cannot be written");

/// The names of the faults of files.
pub static FAULTS: &[&Fault] = &[
    &UNREADABLE_FILE,
    &FILE_CHANGED,
    &BAD_ENCODING,
    &BAD_COMPRESSION,
    &INFLATES_TOO_FAR,
    &BAD_ARCHIVE,
    &OUTSIDE_ROOT,
    &NOT_FETCHED,
    &SCRATCH_FAILED,
    &OUTPUT_FAILED,
    &GIT_MISSING,
    &GIT_FAILED,
    &NOT_A_REPOSITORY,
    &UNKNOWN_REVISION,
    &NO_COMMON_COMMIT,
];
