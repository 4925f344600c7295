//! Old files that lie elsewhere, under the paths that they have in the rules of today.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::source::tree::{Glob, Kind, Opened, Stamp, Tree, resolve};

/// A directory in the place of that of the rules, and files in the places of others.
#[derive(Debug, Clone)]
pub struct Moved {
    under: Arc<dyn Tree>,
    /// The directory of the rules: empty, or ending in `/`.
    base: String,
    /// What stands in its place: empty, or ending in `/`.
    directory: Option<String>,
    /// By the path of today.
    files: BTreeMap<String, String>,
}

impl Moved {
    /// Nothing moved yet; paths of rules begin in `base`.
    pub fn new(under: Arc<dyn Tree>, base: &str) -> Moved {
        let directory = None;
        Moved { under, base: base.to_string(), directory, files: BTreeMap::new() }
    }

    /// Looks for all other files in a directory.
    pub fn set_directory(&mut self, path: &str) {
        self.directory = Some(match resolve("", path).as_str() {
            "." => String::new(),
            "/" => "/".into(),
            path => format!("{path}/"),
        });
    }

    /// Puts a file in the place of the one with a path of today.
    pub fn insert(&mut self, path: &str, file: &str) {
        self.files.insert(path.to_string(), file.to_string());
    }

    /// Where a path, or a directory that ends in `/`, may lie: relative to the directory of the
    /// rules, then to the working directory. Where only files are given, the others are as today.
    fn places(&self, path: &str) -> Vec<String> {
        let Some(directory) = &self.directory else { return vec![path.to_string()] };
        let of_rules = path.strip_prefix(self.base.as_str());
        let is_below = |p: &&str| !p.starts_with('/') && *p != ".." && !p.starts_with("../");
        let mut all: Vec<String> = Vec::new();
        for below in of_rules.into_iter().chain([path]).filter(is_below) {
            let place = format!("{directory}{below}");
            if !all.contains(&place) {
                all.push(place);
            }
        }
        all
    }

    /// Where a file is.
    fn place(&self, path: &str) -> Option<String> {
        if let Some(file) = self.files.get(path) {
            return Some(file.clone());
        }
        self.places(path).into_iter().find(|place| self.under.kind(place).is_some())
    }
}

impl Tree for Moved {
    fn open(&self, path: &str) -> io::Result<Opened> {
        let place = self.place(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Opened { stamp: None, ..self.under.open(&place)? })
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        for place in self.places(&glob.directory) {
            let mut there = glob.clone();
            there.directory.clone_from(&place);
            let found = self.under.list(&there)?;
            let today = |path: String| {
                Some(format!("{}{}", glob.directory, path.strip_prefix(place.as_str())?))
            };
            let found: Vec<String> = found.into_iter().filter_map(today).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        self.under.kind(&self.place(path)?)
    }

    fn stamp(&self, _: &str) -> Option<Stamp> {
        None
    }

    fn real_path(&self, path: &str) -> Option<String> {
        self.place(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::tree::Memory;

    #[test]
    fn a_path_is_looked_up_from_the_rules_then_from_the_working_directory() {
        let mut tree = Memory::default();
        for path in ["then/d/a.csv", "then/now/d/b.csv", "elsewhere/c.csv", "secret.csv"] {
            tree.insert(path, Vec::new());
        }
        let mut moved = Moved::new(Arc::new(tree), "now/");
        moved.set_directory("./then");
        moved.insert("now/d/c.csv", "elsewhere/c.csv");
        for (path, place) in [
            ("now/d/a.csv", Some("then/d/a.csv")),
            ("now/d/b.csv", Some("then/now/d/b.csv")),
            ("now/d/c.csv", Some("elsewhere/c.csv")),
            ("d/a.csv", Some("then/d/a.csv")),
            ("../secret.csv", None),
            ("now/d/x.csv", None),
            ("/d/a.csv", None),
        ] {
            assert_eq!(moved.real_path(path).as_deref(), place, "{path}");
            assert_eq!(moved.open(path).is_ok(), place.is_some(), "{path}");
        }
        let below = |directory: &str| {
            moved.list(&Glob::new(directory, "**/*.csv").expect("a pattern")).expect("a list")
        };
        assert_eq!(below("now/d/"), ["now/d/a.csv"]);
        assert_eq!(below("other/"), [""; 0]);
    }
}
