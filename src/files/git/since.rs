//! Which revision a run is compared with.

use std::path::Path;
use std::sync::Arc;

use crate::files::git::checkout::Checkout;
use crate::files::git::run::Git;
use crate::files::tree::git::Revision;
use crate::files::tree::old_side::OldSide;
use crate::files::{NO_COMMON_COMMIT, UNKNOWN_REVISION};
use crate::source::tree::Tree;
use crate::source::{Problem, did_you_mean};

/// The revision that a run is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// As it was written: a branch, a tag, a commit.
    pub reference: String,
    /// The revision itself, and not where the histories of it and of HEAD part.
    pub exact: bool,
}

/// The files of a revision of the repository that a directory lies `inside`, seen `from` another; an
/// empty path is the working directory.
///
/// # Errors
/// Where git is not there or fails, and where there is no such revision.
pub fn old_side(
    since: &Since,
    (inside, from): (&Path, &Path),
    root: Option<&str>,
) -> Result<OldSide, Problem> {
    let git = Git::at(inside);
    let checkout = Checkout::of(&git, Some(from).filter(|from| *from != inside), root)?;
    let commit = commit(&git, since)?;
    let name = match &commit {
        Some(commit) => {
            format!("{} ({})", since.reference, commit.get(..7).unwrap_or(commit))
        }
        None => format!("{} (no commit yet)", since.reference),
    };
    let tree = Revision::open(checkout.clone(), commit.as_deref())?;
    let unmoved: Option<Arc<dyn Tree>> = match tree.has_moved(".toml") {
        true => Some(Arc::new(Revision::unmoved(checkout, commit.as_deref())?)),
        false => None,
    };
    let moved = tree.moved();
    Ok(OldSide { tree: Arc::new(tree), name, commit, unmoved, moved })
}

/// The commit; none in a repository whose first commit is still to be made.
fn commit(git: &Git, since: &Since) -> Result<Option<String>, Problem> {
    let wanted = resolve(git, &since.reference)?;
    let head = resolve(git, "HEAD")?;
    match (wanted, head) {
        (None, None) if matches!(since.reference.as_str(), "HEAD" | "@") => Ok(None),
        (None, _) => Err(unknown(git, &since.reference)?),
        (Some(wanted), None) => Ok(Some(wanted)),
        (Some(wanted), _) if since.exact => Ok(Some(wanted)),
        (Some(wanted), Some(head)) => {
            let answer = git.ask(&["merge-base", &wanted, &head])?;
            let first = answer.line().lines().next().map(str::to_string);
            match first.filter(|_| answer.success) {
                Some(base) => Ok(Some(base)),
                None if answer.complaint.is_empty() => Err(unrelated(git, &since.reference)?),
                None => Err(answer.problem("find the commit where the histories part")),
            }
        }
    }
}

/// The commit that a reference names.
fn resolve(git: &Git, reference: &str) -> Result<Option<String>, Problem> {
    // No reference begins with `-`, and none may be taken for an option.
    if reference.is_empty() || reference.starts_with('-') {
        return Ok(None);
    }
    let answer = git.ask(&["rev-parse", "--verify", &format!("{reference}^{{commit}}")])?;
    let line = answer.line();
    if !answer.success && answer.complaint.contains("is ambiguous") {
        let message = format!("several commits begin with `{reference}`");
        return Err(Problem::nowhere(&UNKNOWN_REVISION, message).help("write more of its digits"));
    }
    let is_commit = answer.success && line.len() >= 40 && line.bytes().all(is_hexadecimal);
    Ok(is_commit.then_some(line))
}

fn is_hexadecimal(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn is_shallow(git: &Git) -> Result<bool, Problem> {
    Ok(git.ask(&["rev-parse", "--is-shallow-repository"])?.line() == "true")
}

const FETCH_ALL: &str = "this clone does not hold the whole history: check out with `fetch-depth: 0`, or run \
     `git fetch --unshallow`";

fn unknown(git: &Git, reference: &str) -> Result<Problem, Problem> {
    if reference.is_empty() {
        let help = "in CI, the variable that should hold it is empty in this kind of run";
        let message = "no revision is named: the text behind the option is empty";
        return Ok(Problem::nowhere(&UNKNOWN_REVISION, message).help(help));
    }
    let message = format!("there is no revision `{reference}` in this repository");
    let problem = Problem::nowhere(&UNKNOWN_REVISION, message);
    if reference.len() >= 40 && reference.bytes().all(|b| b == b'0') {
        return Ok(problem.help("the zeros stand for none: the branch was new when it was pushed"));
    }
    let listed = git.ask(&["for-each-ref", "--format=%(refname:short)"])?;
    let names = String::from_utf8_lossy(&listed.output).into_owned();
    let remote = names.lines().find(|n| n.ends_with(&format!("/{reference}")));
    let near = remote.or_else(|| did_you_mean(reference, names.lines()));
    Ok(problem.help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if is_shallow(git)? => FETCH_ALL.into(),
        None => "`git branch --all` and `git tag` list what there is; `git fetch` gets more".into(),
    }))
}

fn unrelated(git: &Git, reference: &str) -> Result<Problem, Problem> {
    let message = format!("HEAD and `{reference}` have no commit in common");
    let problem = Problem::nowhere(&NO_COMMON_COMMIT, message);
    Ok(problem.help(if is_shallow(git)? {
        FETCH_ALL
    } else {
        "`--since-exact` compares with the revision itself"
    }))
}
