//! Which rule files a run uses.

use std::collections::BTreeSet;
use std::path::Path;

use crate::compile::NO_RULES;
use crate::compile::members::only_table;
use crate::files::UNREADABLE_FILE;
use crate::files::sources::{Sources, outside, portable};
use crate::read::pattern::{PatternProblem, Placeholder};
use crate::read::text::path::PathPattern;
use crate::source::tree::{Glob, Kind, resolve};
use crate::source::{Problem, did_you_mean};
use crate::value::Type;

/// What a run was pointed at.
#[derive(Debug, Default)]
pub struct Found {
    /// Rule files, as paths relative to the working directory.
    pub rules: Vec<String>,
    /// Data files that were named.
    pub data: Vec<String>,
}

/// Finds rule files: those named, those in named directories, else, where no data file is named,
/// the nearest `crossfoot.toml` and `rules/*.toml` upwards.
///
/// # Errors
/// `no-rules`, or where a directory cannot be read.
pub fn find(config: &[String], paths: &[String], book: &Sources) -> Result<Found, Problem> {
    let mut found = Found { rules: config.iter().map(|p| portable(p)).collect(), data: Vec::new() };
    for path in &paths.iter().flat_map(|p| expanded(portable(p), book)).collect::<Vec<_>>() {
        if book.tree().kind(path) == Some(Kind::Directory) {
            let inside = in_directory(path, book)?;
            if inside.is_empty() {
                let message = format!("there is no rule file in `{path}`");
                return Err(none(&message, meant(path, book)));
            }
            found.rules.extend(inside);
        } else if path.ends_with(".toml") {
            found.rules.push(path.clone());
        } else if path.ends_with(".yml") || path.ends_with(".yaml") {
            return Err(none("YAML is neither rules nor a table", Some(path.clone())));
        } else {
            // Where its table is not clear, the error names the rule that is made for it.
            found.data.push(only_table(path.clone(), book).unwrap_or_else(|_| path.clone()));
        }
    }
    if found.rules.is_empty() && found.data.is_empty() {
        let is_there = |rules: &Result<Vec<String>, _>| !rules.as_ref().is_ok_and(Vec::is_empty);
        let Some(rules) = upwards(".", book).find(is_there) else {
            let message = match book.tree().kind(".") {
                Some(Kind::Outside) => {
                    "this directory lies outside of --root, where no rules are looked for"
                }
                _ => "there is no crossfoot.toml or rules/*.toml in this directory or its parents",
            };
            return Err(none(message, meant(".", book)));
        };
        found.rules = rules?;
    }
    once(&mut found.rules);
    once(&mut found.data);
    Ok(found)
}

/// Leaves a file once that is named twice, or by itself and with its directory.
fn once(paths: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    paths.retain(|path| seen.insert(resolve("", path)));
}

/// The files that fit a pattern, as a shell would name them; the path itself where none does, or where
/// parts of the path are values of the table.
fn expanded(path: String, book: &Sources) -> Vec<String> {
    if path == "-" || book.tree().kind(&path).is_some() {
        return vec![path];
    }
    match files("", &path, book) {
        Ok((paths, placeholders)) if placeholders.is_empty() && !paths.is_empty() => {
            paths.into_iter().map(|(path, _)| path).collect()
        }
        _ => vec![path],
    }
}

/// The rule files of a directory, of its parent, and so on: `crossfoot.toml` and `rules/*.toml`.
pub fn upwards(
    directory: &str,
    book: &Sources,
) -> impl Iterator<Item = Result<Vec<String>, Problem>> {
    let up =
        |directory: &String| (directory != "/").then(|| resolve(&format!("{directory}/"), ".."));
    let depth = book.machine().depth() + directory.split('/').count();
    std::iter::successors(Some(resolve("", directory)), up)
        .take(depth + 1)
        // Data that come in an archive bring no rules with them.
        .filter(|directory| !book.is_in_archive(&format!("{directory}/")))
        .take_while(|directory| book.tree().kind(directory) != Some(Kind::Outside))
        .map(|directory| rules_of(&directory, book))
}

fn none(message: &str, meant: Option<String>) -> Problem {
    let Some(path) = meant else {
        return Problem::nowhere(&NO_RULES, message).help(
            "write a crossfoot.toml, name a rule file, or name a data file to check only its structure",
        );
    };
    let help = if path.ends_with(".toml") {
        format!("name it: crossfoot check {path}; or call it crossfoot.toml, so that it is found")
    } else {
        "rules are written in TOML: write them in crossfoot.toml or rules/*.toml".into()
    };
    Problem::nowhere(&NO_RULES, format!("{message}; `{path}` is not read")).help(help)
}

/// Names that people give to rule files, and that are not looked for.
const MEANT: [&str; 8] = [
    "rules.toml",
    ".crossfoot.toml",
    "crossfoot.yml",
    "crossfoot.yaml",
    ".crossfoot.yml",
    ".crossfoot.yaml",
    "crossfoot.json",
    "crossfoot.tml",
];
/// Endings of files in `rules/` that are not read.
const ENDINGS: [&str; 5] = ["yml", "yaml", "json", "tml", "txt"];

/// A file of a directory that was perhaps meant as its rules.
fn meant(directory: &str, book: &Sources) -> Option<String> {
    let here = prefix(directory);
    let named = MEANT.iter().map(|name| format!("{here}{name}"));
    let is_file = |path: &String| book.tree().kind(path).is_some_and(Kind::is_readable);
    let in_rules = || {
        let folder = format!("{here}rules/");
        let globs = ENDINGS.iter().filter_map(|e| Glob::new(&folder, &format!("*.{e}")).ok());
        globs.filter_map(|glob| book.list(&glob).ok()).flatten().next()
    };
    named.into_iter().find(is_file).or_else(in_rules)
}

/// `crossfoot.toml` and `rules/*.toml` of a directory, sorted.
fn rules_of(directory: &str, book: &Sources) -> Result<Vec<String>, Problem> {
    let here = prefix(directory);
    let single = format!("{here}crossfoot.toml");
    let mut all = Vec::new();
    if book.tree().kind(&single).is_some_and(Kind::is_readable) {
        all.push(single);
    }
    all.extend(toml_files(&format!("{here}rules/"), book)?);
    Ok(all)
}

/// The rule files of a directory that was named: all `*.toml` of a directory of rule files.
fn in_directory(directory: &str, book: &Sources) -> Result<Vec<String>, Problem> {
    let rules = rules_of(directory, book)?;
    let here = prefix(directory);
    if rules.is_empty() && !here.is_empty() { toml_files(&here, book) } else { Ok(rules) }
}

/// What stands before the names of the files of a directory.
fn prefix(directory: &str) -> String {
    match resolve("", directory).as_str() {
        "." => String::new(),
        "/" => "/".into(),
        path => format!("{path}/"),
    }
}

fn toml_files(directory: &str, book: &Sources) -> Result<Vec<String>, Problem> {
    Glob::new(directory, "*.toml").map_or(Ok(Vec::new()), |glob| book.list(&glob))
}

/// The directory of a rule file: `""` or ending in `/`.
pub fn base_of(path: &str) -> String {
    path.rfind('/').map_or_else(String::new, |at| path[..=at].to_string())
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || Path::new(path).is_absolute()
}

/// Cuts a pattern into the directory where it begins and what is below it; no part of the base is
/// a pattern.
fn split<'p>(base: &str, pattern: &'p str) -> (String, &'p str) {
    if is_absolute(pattern) {
        let end = pattern.find('/').map_or(0, |n| n + 1);
        return (pattern[..end].to_string(), &pattern[end..]);
    }
    let mut directory = base.to_string();
    let mut rest = pattern;
    while let Some((first @ ("" | "." | ".."), after)) = rest.split_once('/') {
        directory = format!("{}/", resolve(&directory, first));
        rest = after;
    }
    (prefix(&directory), rest)
}

/// Paths with the values of their placeholders.
pub type Paths = Vec<(String, Vec<String>)>;

/// Why the files of a path cannot be found.
pub enum NotFound {
    /// What is wrong with the pattern, at its place in the path.
    Pattern(PatternProblem),
    /// What is wrong with the files.
    Files(Problem),
}

/// The files that a path names, sorted, with the values of its placeholders; a path that is the
/// name of a file is that file, whatever signs are in it.
///
/// # Errors
/// Where the pattern cannot be read, or a directory cannot.
pub fn files(
    base: &str,
    path: &str,
    book: &Sources,
) -> Result<(Paths, Vec<Placeholder>), NotFound> {
    let plain = resolve(base, path);
    let only = |path| only_table(path, book).map_err(NotFound::Files);
    let itself = || Ok((vec![(only(plain.clone())?, Vec::new())], Vec::new()));
    if path == "-" {
        return itself();
    }
    match book.tree().kind(&plain) {
        Some(Kind::Outside) => return Err(NotFound::Files(outside(&plain))),
        Some(_) => return itself(),
        None => {}
    }
    let (directory, rest) = split(base, path);
    let lead = path.len() - rest.len();
    let in_path = |mut p: PatternProblem| {
        p.span = p.span.start + lead..p.span.end + lead;
        NotFound::Pattern(p)
    };
    let Some(pattern) = PathPattern::compile(rest).map_err(in_path)? else { return itself() };
    if book.tree().kind(&directory) == Some(Kind::Outside) {
        return Err(NotFound::Files(outside(&directory)));
    }
    let mut all = BTreeSet::new();
    for glob in &pattern.globs {
        let wrong = |message| PatternProblem { span: 0..rest.len(), message, help: None };
        let glob = Glob::new(&directory, glob).map_err(|message| in_path(wrong(message)))?;
        all.extend(book.list(&glob).map_err(NotFound::Files)?);
    }
    let values = |path: String| {
        let values = pattern.matches(path.strip_prefix(directory.as_str())?)?;
        Some(only(path).map(|path| (path, values)))
    };
    let found: Result<Paths, NotFound> = all.into_iter().filter_map(values).collect();
    Ok((found?, pattern.placeholders))
}

/// Files that fit a path but for a text that is not of the type of its placeholder: `2O21.csv` is none of
/// `{year:year}.csv`. Names without digits stand for something else.
pub fn misfits(base: &str, path: &str, book: &Sources) -> Vec<(String, String, Type)> {
    let (directory, rest) = split(base, path);
    let Ok(Some(pattern)) = PathPattern::compile(rest) else { return Vec::new() };
    let globs = pattern.globs.iter().filter_map(|glob| Glob::new(&directory, glob).ok());
    let all: BTreeSet<String> = globs.filter_map(|glob| book.list(&glob).ok()).flatten().collect();
    let misfit = |path: String| {
        let (placeholder, text) = pattern.misfit(path.strip_prefix(directory.as_str())?)?;
        let has_digit = text.contains(|c: char| c.is_ascii_digit());
        has_digit.then_some((path, text, placeholder.ty))
    };
    all.into_iter().filter_map(misfit).collect()
}

/// No file has the path that a rule names; `path` is where it would be, unless it is a pattern.
pub fn no_file(written: &str, path: Option<&str>, book: &Sources) -> Problem {
    let Some(path) = path else {
        let message = format!("no file matches `{written}`");
        return Problem::nowhere(&UNREADABLE_FILE, message)
            .help("check the pattern; add `optional = true` if there may be no file");
    };
    let slashes = written.replace('\\', "/");
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let beside = Glob::new(&folder, "*").ok().and_then(|glob| book.list(&glob).ok());
    let beside = beside.unwrap_or_default();
    let names = beside.iter().filter_map(|p| p.strip_prefix(folder.as_str()));
    // A name that is not UTF-8 cannot be written in a rule.
    let names = names.filter(|name| !name.contains(char::REPLACEMENT_CHARACTER));
    let help = match did_you_mean(name, names) {
        _ if slashes != written => format!("write `/` between the parts of a path: {slashes}"),
        Some(near) => format!("did you mean `{near}`?"),
        None => "check the path; in a rule file it is relative to that file".to_string(),
    };
    Problem::nowhere(&UNREADABLE_FILE, format!("there is no file `{path}`")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_begin_where_their_signs_do() {
        let cut = |base, path| split(base, path);
        assert_eq!(cut("rules/", "../data/*.csv"), (String::new(), "data/*.csv"));
        assert_eq!(cut("", "../*.csv"), ("../".into(), "*.csv"));
        assert_eq!(cut("[a]/", "./{x}.csv"), ("[a]/".into(), "{x}.csv"));
        assert_eq!(cut("a/", "/b/*.csv"), ("/".into(), "b/*.csv"));
    }
}
