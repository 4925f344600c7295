//! The commit that is checked out, and whether files are as it has them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::files::git::checkout::Checkout;
use crate::files::git::run::Git;
use crate::source::Problem;

/// Paths of one call: a command line holds so many on every system.
const PATHS: usize = 200;

/// The commit that is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its number in full.
    pub commit: String,
    /// Whether some of the files differ from it, or are not in it.
    pub is_modified: bool,
}

/// The commit of the working tree that a directory lies in, and whether it has these files, whose
/// paths are seen from the working directory. None without git, outside of a repository, and before
/// the first commit.
pub fn head(inside: &Path, files: &[String]) -> Option<Head> {
    let git = Git::at(inside);
    let answer = git.ask(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).ok()?;
    let commit = answer.line();
    if !answer.success || commit.is_empty() {
        return None;
    }
    let from = Path::new("");
    let checkout = Checkout::of(&git, Some(from).filter(|from| *from != inside), None).ok()?;
    // What cannot be compared is not said to be the same.
    let is_modified = differs(&checkout, files).unwrap_or(true);
    Some(Head { commit, is_modified })
}

/// Whether some of the files are not as the commit has them.
fn differs(checkout: &Checkout, files: &[String]) -> Result<bool, Problem> {
    let git = Git::at(Path::new(&checkout.top));
    let inside: Option<BTreeSet<String>> =
        files.iter().map(|path| checkout.in_repository(path)).collect();
    let Some(inside) = inside else { return Ok(true) };
    let inside: Vec<&str> = inside.iter().map(String::as_str).collect();
    for paths in inside.chunks(PATHS) {
        let ask = |command: &[&str]| {
            let args = [&["--literal-pathspecs"], command, &["--"], paths].concat();
            git.get(&args, "compare the files with the commit")
        };
        let is_known = ask(&["ls-files", "-z"])?.parts().count() == paths.len();
        let status = ["status", "-z", "--untracked-files=no", "--ignore-submodules=all"];
        if !is_known || !ask(&status)?.output.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
