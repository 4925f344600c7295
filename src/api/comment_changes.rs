//! How the comments in today's texts differ from those of the old version: those that accept findings,
//! and those that are checks.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::known::accepted_of;
use crate::api::project::Project;
use crate::api::request::Request;
use crate::compile::comments;
use crate::compile::compared::Compared;
use crate::report::{Change, Fate, RuleChange};
use crate::rules::changes::{Difference, Part};
use crate::source::{FileId, Files, Span};

/// What became of the comments since the old version.
#[derive(Debug, Default)]
pub(crate) struct CommentsSince {
    /// The differences, worded.
    pub changes: Vec<RuleChange>,
    /// What became of the findings of checks that no comment of today is.
    pub lost: BTreeMap<String, Fate>,
    /// Checks that have another name today, as the figure in their comment is another one.
    pub renamed: BTreeMap<String, String>,
}

/// Compares the comments of both versions. One that has moved within its text is the same, and so is
/// one that compares another figure of the text with what it was compared with: the figure is data.
pub(crate) fn comments_since(now: &Project, then: &Project, request: &Request) -> CommentsSince {
    let mut since = compared(now, then);
    since.changes.extend(accepting(now, then, request));
    since
}

/// Comments that accept findings.
fn accepting(now: &Project, then: &Project, request: &Request) -> Vec<RuleChange> {
    let mut all: BTreeMap<(String, Option<i32>), (i64, Option<(FileId, Span)>)> = BTreeMap::new();
    for (project, one) in [(now, 1), (then, -1)] {
        let (comments, _) = comments::read(&project.built.comments, &project.book);
        for comment in comments {
            let (count, place) = all.entry(comment.name()).or_default();
            *count += one;
            if one > 0 {
                *place = place.or(Some((comment.rule.file, comment.rule.span)));
            }
        }
    }
    all.retain(|_, (count, _)| *count != 0);
    let is_added = all.values().any(|(count, _)| *count > 0);
    let accepted = if is_added { accepted_of(now, request) } else { Vec::new() };
    let hides = |name: &String| {
        let of = now.allowances.all.iter().zip(&accepted).filter(|(allowance, _)| {
            let path = allowance.block.as_ref().map(|block| &block.path);
            path.is_some_and(|path| format!("{} in {path}", allowance.subject()) == *name)
        });
        of.map(|(_, count)| count).sum()
    };
    type Place = Option<(FileId, Span)>;
    let change = |((name, _), (count, place)): ((String, Option<i32>), (i64, Place))| {
        let change = if count > 0 { Change::Added } else { Change::Removed };
        let hides = (count > 0).then(|| hides(&name));
        let difference = Difference::of_comment(Part::Allowance, name, change, count > 0);
        at(now, place.filter(|_| count > 0), difference.report(hides))
    };
    all.into_iter().map(change).collect()
}

/// Comments that are checks.
fn compared(now: &Project, then: &Project) -> CommentsSince {
    let mut since = CommentsSince::default();
    let all = |project: &'_ Project| project.built.compared.clone().unwrap_or_default();
    let (then_all, now_all) = (&all(then), &all(now));
    let (mut gone, mut come) = paired(then_all, now_all, &mut since.renamed);
    let today: BTreeSet<&String> = now_all.iter().filter_map(|c| c.check.as_ref()).collect();
    // What is called as before and demands something else was edited.
    for new in &mut come {
        let is_it = |old: &&Compared| old.path == new.path && old.check == new.check;
        let Some(old) = gone.iter().position(is_it).filter(|_| new.check.is_some()) else {
            since.changes.push(worded(now, new, Change::Added, false));
            continue;
        };
        let old = gone.remove(old);
        since.lost.extend(old.check.clone().map(|check| (check, Fate::NotJudged)));
        since.changes.push(worded(now, new, Change::Edited, true));
    }
    for old in gone {
        // With the text, its figures are gone.
        let is_there = now.book.tree().kind(&old.path).is_some();
        let fate = if is_there { Fate::NotJudged } else { Fate::Gone };
        let lost = old.check.clone().filter(|check| !today.contains(check));
        since.lost.extend(lost.map(|check| (check, fate)));
        since.changes.push(worded(now, old, Change::Removed, is_there));
    }
    since
}

/// Comments of the old version and of today without those that demand the same of the same text.
fn paired<'c>(
    then: &'c [Compared],
    now: &'c [Compared],
    renamed: &mut BTreeMap<String, String>,
) -> (Vec<&'c Compared>, Vec<&'c Compared>) {
    let (mut gone, mut come): (Vec<_>, Vec<_>) = (then.iter().collect(), now.iter().collect());
    // First those that have the same name, too.
    for is_named in [true, false] {
        let mut of: BTreeMap<(&str, &str, Option<&str>), Vec<&Compared>> = BTreeMap::new();
        fn key(c: &Compared, is_named: bool) -> (&str, &str, Option<&str>) {
            (&c.path, &c.demand, c.check.as_deref().filter(|_| is_named))
        }
        for new in come.iter().rev() {
            of.entry(key(new, is_named)).or_default().push(new);
        }
        let mut met: BTreeSet<(FileId, Span)> = BTreeSet::new();
        gone.retain(|old| {
            let Some(new) = of.get_mut(&key(old, is_named)).and_then(Vec::pop) else { return true };
            met.insert(new.at);
            if let (Some(then), Some(now)) = (&old.check, &new.check)
                && then != now
            {
                renamed.insert(then.clone(), now.clone());
            }
            false
        });
        come.retain(|new| !met.contains(&new.at));
    }
    (gone, come)
}

fn worded(now: &Project, of: &Compared, change: Change, loosens: bool) -> RuleChange {
    let name = of.check.clone().unwrap_or_else(|| format!("`{}` in {}", of.demand, of.path));
    let difference = Difference::of_comment(Part::Check, name, change, loosens);
    at(now, Some(of.at).filter(|_| change != Change::Removed), difference.report(None))
}

/// The same with the place of a comment of today.
fn at(now: &Project, place: Option<(FileId, Span)>, change: RuleChange) -> RuleChange {
    let file = place.map(|(file, _)| Files::path(&now.book, file));
    let line = place.map(|(file, span)| Files::line(&now.book, file, span.start));
    RuleChange { file, line, ..change }
}
