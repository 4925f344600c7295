//! The old version that a run is compared with.

use std::sync::Arc;

use crate::source::tree::Tree;

/// Where the old version of the data comes from.
#[derive(Debug, Clone)]
pub struct OldSide {
    /// Its files, under the paths that they have now.
    pub tree: Arc<dyn Tree>,
    /// For people: `HEAD~1 (3fb2c1a)`, or a path.
    pub name: String,
    /// The commit in full, where it is one.
    pub commit: Option<String>,
    /// Its files under the paths that they had, where a rule file has moved: rules are found by their
    /// paths.
    pub unmoved: Option<Arc<dyn Tree>>,
    /// The paths of files that have moved, and those that they have now.
    pub moved: Vec<(String, String)>,
}

impl OldSide {
    /// One that is no commit.
    pub fn new(tree: Arc<dyn Tree>, name: impl Into<String>) -> OldSide {
        OldSide { tree, name: name.into(), commit: None, unmoved: None, moved: Vec::new() }
    }
}
