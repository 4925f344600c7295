//! What this process has open: standard output and standard error, by the paths that lead to them.

use std::fs::File;
use std::io;
use std::path::Path;

use crossfoot::files::tree::disk::{Outlet, once_more};

/// Whether a path leads to standard output, so that no file is opened for it.
pub fn is_stdout(path: &str) -> bool {
    matches!(Outlet::of(Path::new(path)), Ok(Outlet::Descriptor(number, _)) if number == "1")
}

/// Opens what is written where it is: at the place where this process writes on, or else at its end.
///
/// # Errors
/// Whatever the system says.
pub fn open(place: &Path, descriptor: Option<&str>) -> io::Result<File> {
    match descriptor {
        Some("1") => once_more(&io::stdout()),
        Some("2") => once_more(&io::stderr()),
        _ => File::options().append(true).open(place),
    }
}
