//! The files that `init` is asked to look at.

use crate::compile::discover::{NotFound, files, no_file};
use crate::compile::guess::extension;
use crate::compile::members;
use crate::files::UNREADABLE_FILE;
use crate::files::sources::{Sources, portable, shown};
use crate::read::formats;
use crate::source::Problem;
use crate::source::tree::{Glob, Kind};

/// The paths of all files, sorted where a pattern or a directory names them, and what is left out of
/// directories.
///
/// # Errors
/// What is not there.
pub fn paths(named: &[String], book: &Sources) -> Result<(Vec<String>, Vec<String>), Vec<Problem>> {
    let (mut all, mut problems, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    for name in named.iter().map(|name| portable(name)) {
        let here = match book.tree().kind(&name) {
            Some(Kind::Directory) => in_directory(&name, book, &mut remarks),
            _ if book.is_archive(&name) => members::tables(&name, book),
            _ => files("", &name, book)
                .map_err(|why| match why {
                    NotFound::Files(problem) => problem,
                    NotFound::Pattern(p) => Problem::nowhere(&UNREADABLE_FILE, p.message),
                })
                .map(|found| found.0.into_iter().map(|p| p.0).collect()),
        };
        let is_directory = book.tree().kind(&name) == Some(Kind::Directory);
        let is_there = |path: &String| book.is_input(path) || book.tree().kind(path).is_some();
        match here {
            Ok(here) if here.is_empty() && is_directory => {
                let message = format!("there is no data file in `{name}`");
                let help = "name the data files, or a pattern like `data/*.csv`";
                problems.push(Problem::nowhere(&UNREADABLE_FILE, message).help(help));
            }
            Ok(here) if here.is_empty() => problems.push(no_file(&name, None, book)),
            Ok(here) if here.iter().all(is_there) => all.extend(here),
            Ok(here) => {
                let absent = here.iter().find(|path| !is_there(path)).map(String::as_str);
                problems.push(no_file(&name, absent, book));
            }
            Err(problem) => problems.push(problem),
        }
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|path| seen.insert(path.clone()));
    if problems.is_empty() { Ok((all, remarks)) } else { Err(problems) }
}

/// The data files of a directory, without hidden ones; what else is in it is named.
fn in_directory(
    directory: &str,
    book: &Sources,
    remarks: &mut Vec<String>,
) -> Result<Vec<String>, Problem> {
    /// Others that are named.
    const MOST: usize = 10;
    let here = format!("{}/", directory.trim_end_matches('/'));
    let list = |pattern: &str| {
        let glob = Glob::new(&here, pattern).map_err(|m| Problem::nowhere(&UNREADABLE_FILE, m))?;
        book.list(&glob)
    };
    let name = |path: &String| shown(path).strip_prefix(&here).unwrap_or(path).to_string();
    let is_table = |path: &String| {
        let ending = extension(path);
        // Texts, pages and settings lie beside data more often than they are data.
        let is_other = |name: &str| matches!(name, "html" | "yaml" | "toml");
        let format = formats::by_ending(ending, true);
        ending != "txt" && format.is_some_and(|own| !own.is_prose && !is_other(own.name))
    };
    let all = list("*")?.into_iter().filter(|path| !name(path).starts_with('.'));
    let (tables, others): (Vec<String>, Vec<String>) = all.partition(is_table);
    let mut left: Vec<String> = others.iter().map(name).collect();
    let below = list("*/*")?;
    let below = below.iter().filter_map(|path| Some(format!("{}/", name(path).split_once('/')?.0)));
    left.extend(below.filter(|path| !path.starts_with('.')));
    left.dedup();
    if !left.is_empty() && !tables.is_empty() {
        let more = left.len().saturating_sub(MOST);
        left.truncate(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        remarks.push(format!("Left out of {here}: {}{more}.", left.join(", ")));
    }
    Ok(tables.into_iter().map(|path| shown(&path)).collect())
}
