//! How today's rules differ from those of the old version, and what they hide of today's data.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::api::known::{accepted_of, findings_of};
use crate::api::project::Project;
use crate::api::request::Request;
use crate::compile::{NO_CHECKS, UNKNOWN_CHECK, comments};
use crate::files::sources::Sources;
use crate::files::tree::{OldSide, WithRules};
use crate::gate::OldFinding;
use crate::report::{Change, RuleChange};
use crate::rules::changes::{Difference, Part, differences};
use crate::source::tree::Tree;

/// What became of the rules since the old version.
#[derive(Debug, Default)]
pub(crate) struct RulesSince {
    /// The differences, worded.
    pub changes: Vec<RuleChange>,
    /// Ids of checks and contracts that the old version does not have.
    pub added: BTreeSet<String>,
}

/// Compares the rules of a run with those of the old version. Files of another folder that come
/// without rules say nothing of how they were; a commit without rules had none.
pub(crate) fn rules_since(project: &Project, side: &OldSide, request: &Request) -> RulesSince {
    let rules: Arc<dyn Tree> = Arc::clone(&side.tree);
    let tree: Arc<dyn Tree> =
        Arc::new(WithRules { data: Arc::clone(project.book.shared_tree()), rules });
    let now = request.beside();
    let then = Request { tree: Some(Arc::clone(&tree)), ..now.clone() };
    let before = Project::open(&then);
    let texts_then = texts(tree, &before.rule_files);
    if texts_then.is_empty() && side.commit.is_none() {
        return RulesSince::default();
    }
    let texts_now = texts(Arc::clone(project.book.shared_tree()), &project.rule_files);
    let all = differences(&texts_then, &texts_now);
    let mut hidden = hidden(&all, &now, &then);
    let is_allowance = |d: &Difference| d.part == Part::Allowance && d.change != Change::Removed;
    if all.iter().any(is_allowance) {
        let accepted = accepted_of(project, &now);
        let of = |d: &Difference| (d.name.clone(), accepted.get(&d.name).copied().unwrap_or(0));
        hidden.extend(all.iter().filter(|d| is_allowance(d)).map(of));
    }
    let name = |d: &Difference| d.name.clone();
    let of_rules = all.iter().map(|d| d.report(hidden.get(&d.name).copied()));
    let added = all.iter().filter(|d| d.change == Change::Added && is_check(d.part)).map(name);
    RulesSince {
        added: added.collect(),
        changes: of_rules.chain(baseline_change(project, side)).collect(),
    }
}

/// Comments in texts that accept findings, and were not in the old version or are no longer there.
/// One that has moved within its text is the same.
pub(crate) fn comment_changes(now: &Project, then: &Project) -> Vec<RuleChange> {
    let mut counts: BTreeMap<(String, Option<i32>), i64> = BTreeMap::new();
    for (project, one) in [(now, 1), (then, -1)] {
        let (comments, _) = comments::read(&project.built.comments, &project.book);
        comments.iter().for_each(|c| *counts.entry(c.name()).or_default() += one);
    }
    let differing = counts.into_iter().filter(|(_, count)| *count != 0);
    let change = |((name, _), count): ((String, Option<i32>), i64)| {
        let (change, loosens) =
            if count > 0 { (Change::Added, true) } else { (Change::Removed, false) };
        Difference { part: Part::Allowance, name, change, loosens }.report(None)
    };
    differing.map(change).collect()
}

/// Entries that the baseline has gained or lost.
fn baseline_change(project: &Project, side: &OldSide) -> Option<RuleChange> {
    let path = project.baseline.path.clone()?;
    let lines = |tree: &Arc<dyn Tree>| -> Option<BTreeSet<String>> {
        let text = texts(Arc::clone(tree), std::slice::from_ref(&path)).pop()?;
        Some(text.lines().filter(|line| !line.starts_with('#')).map(str::to_string).collect())
    };
    let (then, now) = (lines(&side.tree), lines(project.book.shared_tree()));
    let change = match (&then, &now) {
        (None, None) => return None,
        (None, Some(_)) => Change::Added,
        (Some(_), None) => Change::Removed,
        (Some(_), Some(_)) => Change::Edited,
    };
    let (then, now) = (then.unwrap_or_default(), now.unwrap_or_default());
    let added = now.difference(&then).count() as u64;
    let what = format!("baseline {path}");
    let is_same = then == now && change == Change::Edited;
    (!is_same).then_some(RuleChange { change, what, hides: Some(added), loosens: added > 0 })
}

fn texts(tree: Arc<dyn Tree>, paths: &[String]) -> Vec<String> {
    let mut book = Sources::new(tree, Default::default());
    // A file that cannot be read is a problem of the run already.
    paths.iter().filter_map(|path| book.open_text(path, None).ok()).map(|(_, text)| text).collect()
}

fn is_check(part: Part) -> bool {
    matches!(part, Part::Check | Part::Contract)
}

/// Findings in today's data, by check, that the rules of the old version make and today's do not.
fn hidden(all: &[Difference], now: &Request, then: &Request) -> BTreeMap<String, u64> {
    let loosened = |d: &&Difference| d.loosens && is_check(d.part);
    let checks: Vec<String> = all.iter().filter(loosened).map(|d| d.name.clone()).collect();
    if checks.is_empty() {
        return BTreeMap::new();
    }
    let found = |request: &Request| {
        let request = Request { checks: checks.clone(), ..request.clone() };
        let mut project = Project::open(&request);
        project.problems.retain(|p| p.fault != &UNKNOWN_CHECK && p.fault != &NO_CHECKS);
        findings_of(&project, &request)
    };
    let what = |f: &OldFinding| {
        (f.identity.check.clone(), f.identity.subject.hash(), f.identity.column.clone())
    };
    let still: HashSet<_> = found(now).all().map(what).collect();
    let mut counts: BTreeMap<String, u64> = checks.iter().map(|id| (id.clone(), 0)).collect();
    for finding in found(then).all().map(what).filter(|f| !still.contains(f)) {
        if let Some(n) = counts.get_mut(&finding.0) {
            *n += 1;
        }
    }
    counts
}
