//! The data of one tree under the rules of another.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use crate::source::tree::{Glob, Kind, Opened, Stamp, Tree};

/// Files of one version, and rule files of another: every path that ends in `.toml`.
#[derive(Debug, Clone)]
pub struct WithRules {
    /// Where all else comes from.
    pub data: Arc<dyn Tree>,
    /// Where rule files come from.
    pub rules: Arc<dyn Tree>,
}

impl WithRules {
    fn tree(&self, path: &str) -> &dyn Tree {
        if path.ends_with(".toml") { &*self.rules } else { &*self.data }
    }
}

impl Tree for WithRules {
    fn open(&self, path: &str) -> io::Result<Opened> {
        self.tree(path).open(path)
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        let is_rule = |path: &String| path.ends_with(".toml");
        let data = self.data.list(glob)?.into_iter().filter(|path| !is_rule(path));
        let rules = self.rules.list(glob)?.into_iter().filter(is_rule);
        Ok(data.chain(rules).collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        self.tree(path).kind(path).or_else(|| self.rules.kind(path))
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.tree(path).stamp(path)
    }

    fn real_path(&self, path: &str) -> Option<String> {
        self.tree(path).real_path(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::tree::Memory;

    #[test]
    fn rules_come_from_one_tree_and_data_from_the_other() {
        let tree = |files: &[(&str, &str)]| {
            let mut tree = Memory::default();
            files.iter().for_each(|(path, text)| tree.insert(path, text.as_bytes().to_vec()));
            Arc::new(tree) as Arc<dyn Tree>
        };
        let data = tree(&[("a.csv", "1"), ("b/x.toml", "2"), ("b/y.csv", "3")]);
        let rules = tree(&[("a.csv", "4"), ("crossfoot.toml", "5"), ("r/z.toml", "6")]);
        let both = WithRules { data, rules };
        let all = both.list(&Glob::new("", "**").expect("a pattern")).expect("files");
        assert_eq!(all, ["a.csv", "b/y.csv", "crossfoot.toml", "r/z.toml"]);
        let text = |path| {
            let opened = both.open(path).ok()?;
            let mut text = [0];
            opened.bytes.read_at(0, &mut text).ok().filter(|n| *n == 1).map(|_| text[0])
        };
        assert_eq!(
            [text("a.csv"), text("b/x.toml"), text("r/z.toml")],
            [Some(b'1'), None, Some(b'6')]
        );
        assert_eq!(
            (both.kind("r"), both.kind("b")),
            (Some(Kind::Directory), Some(Kind::Directory))
        );
    }
}
