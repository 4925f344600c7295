//! A path that names an archive as a whole.

use crate::compile::UNCLEAR_ARCHIVE;
use crate::compile::guess::extension;
use crate::files::UNREADABLE_FILE;
use crate::files::sources::{Sources, shown};
use crate::read::formats;
use crate::source::Problem;
use crate::source::tree::Glob;

/// Members that are listed.
const LISTED: usize = 10;

/// The members of an archive that hold tables: those whose names say so; where none does, those in any
/// format that is known; where there is none, all.
///
/// # Errors
/// An archive that cannot be read.
pub fn tables(archive: &str, book: &Sources) -> Result<Vec<String>, Problem> {
    let glob = Glob::new(&format!("{archive}/"), "**/*")
        .map_err(|message| Problem::nowhere(&UNREADABLE_FILE, message))?;
    let all = book.list(&glob)?;
    let format = |path: &String| formats::by_ending(extension(path), true);
    let is_table = |path: &&String| format(path).is_some_and(|f| !f.is_prose);
    let is_known = |path: &&String| format(path).is_some();
    let mut found: Vec<String> = all.iter().filter(is_table).cloned().collect();
    if found.is_empty() {
        found = all.iter().filter(is_known).cloned().collect();
    }
    Ok(if found.is_empty() { all } else { found })
}

/// The one table of an archive that a path names as a whole; the path itself where it names none.
///
/// # Errors
/// `unclear-archive` where there is not exactly one table in it.
pub fn only_table(path: String, book: &Sources) -> Result<String, Problem> {
    if !book.is_archive(&path) {
        return Ok(path);
    }
    let found = tables(&path, book)?;
    if let [only] = &found[..] {
        return Ok(only.clone());
    }
    let path = shown(&path);
    let inner = |member: &String| {
        let member = shown(member);
        member.strip_prefix(&format!("{path}/")).unwrap_or(&member).to_string()
    };
    let mut names: Vec<String> = found.iter().take(LISTED).map(inner).collect();
    let more = found.len() - names.len();
    names.extend((more > 0).then(|| format!("{more} more")));
    let (message, help) = match &names[..] {
        [] => (format!("there is no file in `{path}`"), "check where it comes from".into()),
        [first, between @ ..] => {
            let archive = path.rsplit('/').next().unwrap_or(&path);
            let (last, between) = between.split_last().map_or(("", between), |(l, b)| (l, b));
            let all = std::iter::once(first).chain(between).map(String::as_str);
            let all = all.collect::<Vec<_>>().join(", ");
            (
                format!("`{path}` holds {} files, and nothing says which is meant", found.len()),
                format!(
                    "name one, as in `{archive}/{first}`, or several by a pattern; it holds {all} and {last}"
                ),
            )
        }
    };
    Err(Problem::nowhere(&UNCLEAR_ARCHIVE, message).help(help))
}
