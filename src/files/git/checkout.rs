//! Where the working directory lies in a repository, and what may be read of it.

use std::fs;
use std::path::Path;

use crate::files::NOT_A_REPOSITORY;
use crate::files::git::run::{Answer, Git};
use crate::files::sources::{cannot, portable};
use crate::source::Problem;
use crate::source::tree::resolve;

/// A directory in a repository.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The working tree, absolute, without a `/` behind it.
    pub top: String,
    /// The directory that paths are seen from, absolute, with a `/` behind it.
    here: String,
    extent: Extent,
}

/// What `--root` lets be read.
#[derive(Debug, Clone)]
enum Extent {
    All,
    /// A directory of the repository, ending in `/`.
    Below(String),
    Nothing,
}

impl Checkout {
    /// Looks for the repository of a directory; paths are seen from there, or from another.
    ///
    /// # Errors
    /// Where there is none, or git refuses to read it, or there is no such `root`.
    pub fn of(git: &Git, from: Option<&Path>, root: Option<&str>) -> Result<Checkout, Problem> {
        let top = git.ask(&["rev-parse", "--show-toplevel"])?;
        if !top.success || top.line().is_empty() {
            return Err(no_repository(&top));
        }
        let top = top.line().trim_end_matches('/').to_string();
        let here = match from {
            None => {
                let answer =
                    git.get(&["rev-parse", "--show-prefix"], "name the working directory")?;
                format!("{top}/{}", answer.line())
            }
            Some(from) => {
                let from =
                    if from.as_os_str().is_empty() { ".".into() } else { from.to_string_lossy() };
                format!("{}/", real(&from).map_err(|e| cannot(&from, &e))?)
            }
        };
        let extent = root.map_or(Ok(Extent::All), |root| extent(&top, root))?;
        Ok(Checkout { top, here, extent })
    }

    /// The path below the top of the repository, without a `/` behind it; none outside of it.
    pub fn in_repository(&self, path: &str) -> Option<String> {
        let path = portable(path);
        let whole = if Path::new(&path).is_absolute() {
            let start = if path.starts_with('/') { "/" } else { "" };
            resolve(start, path.trim_start_matches('/'))
        } else {
            resolve(&self.here, &path)
        };
        // A link outside of the repository may lead into it.
        below(&self.top, &whole).or_else(|| below(&self.top, &real(&whole).ok()?))
    }

    /// Whether `--root` lets a path of the repository be read.
    pub fn allows(&self, path: &str) -> bool {
        match &self.extent {
            Extent::All => true,
            Extent::Below(root) => format!("{path}/").starts_with(root.as_str()),
            Extent::Nothing => false,
        }
    }
}

/// What lies below a directory, which has no `/` behind it.
fn below(top: &str, path: &str) -> Option<String> {
    let rest = path.strip_prefix(top)?;
    if rest.is_empty() { Some(String::new()) } else { Some(rest.strip_prefix('/')?.to_string()) }
}

/// A path with all links followed, as git writes it.
fn real(path: &str) -> std::io::Result<String> {
    let real = portable(&fs::canonicalize(path)?.to_string_lossy());
    Ok(real.strip_prefix("//?/").unwrap_or(&real).to_string())
}

fn extent(top: &str, root: &str) -> Result<Extent, Problem> {
    let root = real(root).map_err(|e| cannot(root, &e))?;
    let top = real(&format!("{top}/")).map_err(|e| cannot(top, &e))?;
    if below(root.trim_end_matches('/'), &top).is_some() {
        return Ok(Extent::All);
    }
    Ok(below(&top, &root).map_or(Extent::Nothing, |inner| Extent::Below(format!("{inner}/"))))
}

fn no_repository(answer: &Answer) -> Problem {
    let complaint = &answer.complaint;
    if complaint.contains("safe.directory") {
        let advice = complaint.lines().map(str::trim).find(|l| l.starts_with("git config"));
        let help = advice.map_or("let its owner run crossfoot".to_string(), |command| {
            format!("if you trust it: `{command}`")
        });
        let message = "git does not read this repository, as it belongs to another user";
        return Problem::nowhere(&NOT_A_REPOSITORY, message).help(help);
    }
    if complaint.contains("must be run in a work tree") {
        let message = "the working directory is in a repository without checked-out files";
        return Problem::nowhere(&NOT_A_REPOSITORY, message)
            .help("check out the branch (`git worktree add`), and run crossfoot there");
    }
    if !complaint.contains("not a git repository") {
        return answer.problem("find the repository");
    }
    Problem::nowhere(&NOT_A_REPOSITORY, "the working directory is in no git repository").help(
        "go into the folder of the rules, where it is in one; `--old` takes files instead of a revision",
    )
}
