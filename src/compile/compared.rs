//! What comments that compare figures demand, so that two versions of a text can be compared.

use std::ops::Range;

use crate::expr::print::print;
use crate::expr::tree::{Expr, Kind, Name, each_mut};
use crate::source::{FileId, Span};

/// A comment that compares figures of its text.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The text, as it was opened.
    pub path: String,
    /// What it demands, whatever its figures are: these are data.
    pub demand: String,
    /// The check that it is; none where a figure of it does not stand in the text.
    pub check: Option<String>,
    /// Where it stands.
    pub at: (FileId, Span),
}

/// An expression with `_` for each figure of the text.
pub(super) fn demand<'r>(tree: &Expr, figures: impl Iterator<Item = &'r Range<usize>>) -> String {
    let (mut tree, figures) = (tree.clone(), figures.collect::<Vec<_>>());
    each_mut(&mut tree, &mut |part| {
        if matches!(&part.kind, Kind::Ref(_)) && figures.contains(&&part.span) {
            part.kind = Kind::Ref(vec![Name { text: "_".into(), span: part.span.clone() }]);
        }
    });
    print(&tree)
}
