//! Which rule files a run uses.

use std::path::{Path, PathBuf};

use super::NO_RULES;
use crate::source::Problem;

/// What a run was pointed at.
#[derive(Debug, Default)]
pub struct Found {
    /// Rule files, as paths relative to the working directory.
    pub rules: Vec<String>,
    /// Data files to check without rules.
    pub data: Vec<String>,
}

/// Finds rule files: those named, those in named directories, else the nearest `crossfoot.toml`
/// or `rules/*.toml` upwards.
///
/// # Errors
/// `no-rules`.
pub fn find(config: &[String], paths: &[String]) -> Result<Found, Problem> {
    let mut found = Found { rules: config.to_vec(), data: Vec::new() };
    for path in paths {
        let p = Path::new(path);
        if p.is_dir() {
            let inside = in_directory(p);
            if inside.is_empty() {
                return Err(none(&format!("there is no rule file in `{path}`")));
            }
            found.rules.extend(inside);
        } else if path.ends_with(".toml") {
            found.rules.push(path.clone());
        } else {
            found.data.push(path.clone());
        }
    }
    if found.rules.is_empty() && found.data.is_empty() {
        let mut directory = PathBuf::new();
        let depth = std::env::current_dir().map_or(0, |d| d.components().count());
        for _ in 0..=depth {
            found.rules = in_directory(if directory.as_os_str().is_empty() { Path::new(".") } else { &directory });
            if !found.rules.is_empty() {
                return Ok(found);
            }
            directory.push("..");
        }
        return Err(none("there is no crossfoot.toml or rules/*.toml in this directory or its parents"));
    }
    Ok(found)
}

fn none(message: &str) -> Problem {
    Problem::nowhere(&NO_RULES, message).help("write a crossfoot.toml, name a rule file, or name a data file to check only its structure")
}

/// `crossfoot.toml` and `rules/*.toml` of a directory, sorted; for a directory of rule files, those.
fn in_directory(directory: &Path) -> Vec<String> {
    let text = |p: &Path| super::files::shown(&p.to_string_lossy());
    let single = directory.join("crossfoot.toml");
    let mut all = Vec::new();
    if single.is_file() {
        all.push(text(&single));
    }
    let mut rules = toml_files(&directory.join("rules"));
    if all.is_empty() && rules.is_empty() && directory != Path::new(".") && !directory.ends_with("..") {
        rules = toml_files(directory);
    }
    rules.sort();
    all.extend(rules.iter().map(|p| text(p)));
    all
}

fn toml_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "toml") && p.is_file()).collect()
}

/// The directory of a rule file: `""` or ending in `/`.
pub fn base_of(path: &str) -> String {
    path.rfind('/').map_or_else(String::new, |at| path[..=at].to_string())
}

/// A path of a rule file relative to the working directory, `a/../b` made short.
pub fn resolve(base: &str, path: &str) -> String {
    if path == "-" || path.starts_with('/') {
        return path.to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    let joined = format!("{base}{path}");
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let short = parts.join("/");
    match (joined.starts_with('/'), short.is_empty()) {
        (true, _) => format!("/{short}"),
        (false, true) => ".".into(),
        (false, false) => short,
    }
}

/// The files that a pattern with `*`, `?` or `[…]` names, sorted; a plain path names itself.
pub fn expand(path: &str) -> Vec<String> {
    if !path.contains(['*', '?', '[']) || Path::new(path).exists() {
        return vec![path.to_string()];
    }
    let mut all: Vec<String> =
        glob::glob(path).map(|g| g.filter_map(Result::ok).map(|p| super::files::shown(&p.to_string_lossy())).collect()).unwrap_or_default();
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn paths_are_made_short() {
        for (base, path, short) in [
            ("", "a/../b.csv", "b.csv"),
            ("rules/", "../data/b.csv", "data/b.csv"),
            ("x/y/", "../../../b.csv", "../b.csv"),
            ("../", "../b.csv", "../../b.csv"),
            ("./", "a/./b.csv", "a/b.csv"),
            ("rules/", "..", "."),
            ("/x/", "../b.csv", "/b.csv"),
            ("rules/", "/x/../b.csv", "/x/../b.csv"),
        ] {
            assert_eq!(resolve(base, path), short, "{base} and {path}");
        }
    }
}
