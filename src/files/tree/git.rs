//! One revision of a git repository.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use crate::files::git::blobs::Blobs;
use crate::files::git::checkout::Checkout;
use crate::files::git::renames::renames;
use crate::files::git::run::Git;
use crate::files::tree::disk::Outside;
use crate::source::Problem;
use crate::source::tree::{Entry, Glob, Kind, Opened, Stamp, Tree, resolve};
use crate::width::to_usize;

/// So many links are followed, one after the other.
const MOST_LINKS: usize = 40;

/// The files of a revision, under the names that they have now. Paths outside of the repository
/// name nothing.
#[derive(Debug)]
pub struct Revision {
    checkout: Checkout,
    commit: String,
    blobs: Blobs,
    /// What each directory holds, by its path below the top.
    folders: BTreeMap<String, BTreeMap<String, Node>>,
    /// New names by old ones.
    moved: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
enum Node {
    Folder,
    /// A file, by the number of its content.
    File(String),
    /// A link, by the number of its text.
    Link(String),
}

impl Revision {
    /// Lists the files of a commit; of none there are none.
    ///
    /// # Errors
    /// Where git fails.
    pub fn open(checkout: Checkout, commit: Option<&str>) -> Result<Revision, Problem> {
        Revision::list(checkout, commit, true)
    }

    /// The same under the names that the files had.
    ///
    /// # Errors
    /// Where git fails.
    pub fn unmoved(checkout: Checkout, commit: Option<&str>) -> Result<Revision, Problem> {
        Revision::list(checkout, commit, false)
    }

    /// Whether a file with such an ending has another name now.
    pub fn has_moved(&self, ending: &str) -> bool {
        self.moved.keys().any(|old| old.ends_with(ending))
    }

    /// The paths of files that have other names now, and these, below the top of the repository.
    pub fn moved(&self) -> Vec<(String, String)> {
        self.moved.iter().map(|(old, new)| (old.clone(), new.clone())).collect()
    }

    fn list(
        checkout: Checkout,
        commit: Option<&str>,
        follows_moves: bool,
    ) -> Result<Revision, Problem> {
        let git = Git::at(format!("{}/", checkout.top).as_ref());
        let blobs = Blobs::of(&git, &checkout.top)?;
        let mut revision = Revision {
            checkout,
            commit: commit.unwrap_or_default().to_string(),
            blobs,
            folders: BTreeMap::from([(String::new(), BTreeMap::new())]),
            moved: BTreeMap::new(),
        };
        if let Some(commit) = commit {
            if follows_moves {
                revision.moved = renames(&git, &revision.checkout.top, commit)?;
            }
            let listed = git.get(&["ls-tree", "-r", "-z", commit], "list the files")?;
            listed.parts().for_each(|line| revision.add(&line));
        }
        Ok(revision)
    }

    /// Adds a file as `ls-tree` prints it: `100644 blob ID`, a tab, its path.
    fn add(&mut self, line: &str) {
        let Some((facts, path)) = line.split_once('\t') else { return };
        let Some((mode, id)) = facts.split_once(" blob ") else { return };
        let id = id.to_string();
        let mut node = if mode == "120000" { Node::Link(id) } else { Node::File(id) };
        let mut path = self.moved.get(path).map_or(path, String::as_str).to_string();
        loop {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let is_known = self.folders.contains_key(folder);
            self.folders.entry(folder.to_string()).or_default().insert(name.to_string(), node);
            if is_known {
                break;
            }
            node = Node::Folder;
            path.truncate(folder.len());
        }
    }

    /// What a path of the repository names when all links are followed.
    fn follow(&self, path: &str) -> io::Result<(String, &Node)> {
        let mut path = path.to_string();
        for _ in 0..=MOST_LINKS {
            match self.next_link(&path)? {
                Step::End(node) => return Ok((path, node)),
                Step::Link { folder, id, rest } => {
                    let bytes = self.blobs.stored(id)?;
                    let mut text = vec![0; to_usize(bytes.len())];
                    bytes.read_at(0, &mut text)?;
                    let text = format!("{}/{rest}", String::from_utf8_lossy(&text));
                    path = self.target(folder, &text).ok_or(io::ErrorKind::NotFound)?;
                }
            }
        }
        Err(io::Error::other("a link leads back to itself"))
    }

    /// Where a link leads; it names files as they were called when it was made.
    fn target(&self, folder: &str, text: &str) -> Option<String> {
        let whole = if text.starts_with('/') {
            text.to_string()
        } else {
            resolve(&format!("{}/{folder}/", self.checkout.top), text)
        };
        let old = self.checkout.in_repository(&whole)?;
        Some(self.moved.get(&old).cloned().unwrap_or(old))
    }

    /// Goes down a path as far as its first link.
    fn next_link<'t, 'p>(&'t self, path: &'p str) -> io::Result<Step<'t, 'p>> {
        let mut folder = "";
        let mut node = &Node::Folder;
        let parts = path.split('/').filter(|p| !p.is_empty());
        for name in parts {
            let children = self.folders.get(folder).filter(|_| matches!(node, Node::Folder));
            node = children.and_then(|c| c.get(name)).ok_or(io::ErrorKind::NotFound)?;
            let start = if folder.is_empty() { 0 } else { folder.len() + 1 };
            let end = start + name.len();
            if let Node::Link(id) = node {
                let rest = path.get(end..).unwrap_or_default().trim_start_matches('/');
                return Ok(Step::Link { folder, id, rest });
            }
            folder = path.get(..end).unwrap_or_default();
        }
        Ok(Step::End(node))
    }

    /// What a path relative to the working directory names; none where `--root` does not let it be
    /// read.
    fn find(&self, path: &str) -> io::Result<Option<(String, &Node)>> {
        let path = self.checkout.in_repository(path).ok_or(io::ErrorKind::NotFound)?;
        if !self.checkout.allows(&path) {
            return Ok(None);
        }
        Ok(Some(self.follow(&path)?).filter(|(real, _)| self.checkout.allows(real)))
    }

    fn entries(&self, directory: &str) -> io::Result<Vec<Entry>> {
        let outside = || io::Error::new(io::ErrorKind::PermissionDenied, Outside);
        let (folder, _) = self.find(directory)?.ok_or_else(outside)?;
        let children = self.folders.get(&folder).ok_or(io::ErrorKind::NotFound)?;
        let entry = |(name, node): (&String, &Node)| {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let is_link = matches!(node, Node::Link(_));
            let leads_to = if is_link { self.follow(&path).ok().map(|f| f.1) } else { Some(node) };
            let is_directory = matches!(leads_to, Some(Node::Folder));
            Entry { name: name.clone(), is_directory, is_link }
        };
        Ok(children.iter().map(entry).collect())
    }
}

/// What a path comes to first.
enum Step<'t, 'p> {
    End(&'t Node),
    Link { folder: &'p str, id: &'t str, rest: &'p str },
}

impl Tree for Revision {
    fn open(&self, path: &str) -> io::Result<Opened> {
        let opened = |bytes, kind| Ok(Opened { bytes, stamp: None, kind });
        match self.find(path)? {
            Some((_, Node::File(id))) => opened(self.blobs.content(id, &self.commit)?, Kind::File),
            Some(_) => opened(Arc::new(Vec::new()), Kind::Directory),
            None => opened(Arc::new(Vec::new()), Kind::Outside),
        }
    }

    fn list(&self, glob: &Glob) -> io::Result<Vec<String>> {
        let found = glob.walk(&|directory| self.entries(directory))?;
        let mut found: Vec<(bool, String)> = found.into_iter().map(|(p, l)| (l, p)).collect();
        // Of two names of one file, the one that no link leads to is kept.
        found.sort();
        let mut met = BTreeSet::new();
        found.retain(|(_, path)| match self.find(path) {
            Ok(Some((real, _))) => met.insert(real),
            _ => true,
        });
        let mut paths: Vec<String> = found.into_iter().map(|f| f.1).collect();
        paths.sort();
        Ok(paths)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        match self.find(path) {
            Ok(Some((_, Node::File(_)))) => Some(Kind::File),
            Ok(Some(_)) => Some(Kind::Directory),
            Ok(None) => Some(Kind::Outside),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(_) => Some(Kind::File),
        }
    }

    /// A revision never changes.
    fn stamp(&self, _: &str) -> Option<Stamp> {
        None
    }
}
