//! Which files have another name now.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::files::git::run::Git;
use crate::source::Problem;

/// With more files gone, those that git does not know yet are not compared with them.
const MOST: usize = 1000;

/// New names by old ones. Files that were moved in the index or in a commit are the same where
/// half of their lines are; files that git does not know yet, where their content is.
///
/// # Errors
/// Where git fails.
pub fn renames(git: &Git, top: &str, commit: &str) -> Result<BTreeMap<String, String>, Problem> {
    let args = ["diff-index", "-z", "--raw", "--no-abbrev", "--diff-filter=RD", "-M50%", commit];
    let answer = git.get(&args, "compare the files with the revision")?;
    let (mut moved, mut gone) = (BTreeMap::new(), Vec::new());
    let mut parts = answer.parts();
    while let Some(facts) = parts.next() {
        // `:100644 000000 OLD NEW D`
        let mut words = facts.split(' ');
        let (id, status) = (words.nth(2).unwrap_or_default(), words.nth(1).unwrap_or_default());
        let Some(old) = parts.next() else { break };
        if !status.starts_with('R') {
            gone.push((id.to_string(), old));
        } else if let Some(new) = parts.next() {
            moved.insert(old, new);
        }
    }
    if (1..=MOST).contains(&gone.len()) {
        // Moves are a convenience: where their contents cannot be had, the files are new.
        let untracked = git.ask(&["ls-files", "-z", "--others", "--exclude-standard"])?;
        let untracked: Vec<String> = untracked.parts().collect();
        moved.extend(unknown_to_git(git, top, &gone, &untracked).unwrap_or_default());
    }
    Ok(moved)
}

/// Files that are gone and have the content of a file that git does not know yet.
fn unknown_to_git(
    git: &Git,
    top: &str,
    gone: &[(String, String)],
    untracked: &[String],
) -> std::io::Result<BTreeMap<String, String>> {
    let mut moved = BTreeMap::new();
    if untracked.is_empty() {
        return Ok(moved);
    }
    let mut sizes = git.talk(&["cat-file", "--batch-check=%(objectsize)"])?;
    let mut by_size: BTreeMap<u64, Vec<&(String, String)>> = BTreeMap::new();
    for file in gone {
        if let Ok(size) = sizes.ask(&file.0)?.parse() {
            by_size.entry(size).or_default().push(file);
        }
    }
    let mut hashes = git.talk(&["hash-object", "--stdin-paths"])?;
    for new in untracked.iter().filter(|path| !path.contains('\n')) {
        let Ok(meta) = fs::symlink_metadata(Path::new(top).join(new)) else { continue };
        let Some(same) = by_size.get(&meta.len()).filter(|_| meta.is_file()) else { continue };
        let id = hashes.ask(new)?;
        let free = same.iter().find(|(own, old)| *own == id && !moved.contains_key(old));
        if let Some((_, old)) = free {
            moved.insert(old.clone(), new.clone());
        }
    }
    Ok(moved)
}
