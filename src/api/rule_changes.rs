//! How today's rules differ from those of the old version, and what they hide of today's data.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::api::known::{accepted_of, met_in};
use crate::api::project::Project;
use crate::api::request::Request;
use crate::compile::{NO_CHECKS, UNKNOWN_CHECK};
use crate::files::sources::Sources;
use crate::files::tree::{OldSide, WithRules};
use crate::report::{Change, RuleChange};
use crate::rules::changes::{Difference, Part, differences, lines};
use crate::rules::walk::read;
use crate::source::FileId;
use crate::source::tree::Tree;

/// What became of the rules since the old version.
#[derive(Debug, Default)]
pub(crate) struct RulesSince {
    /// The differences, worded.
    pub changes: Vec<RuleChange>,
    /// Ids of checks and contracts that the old version does not have.
    pub added: BTreeSet<String>,
    /// Allowances of rule files that the old version does not have as they are today, by name.
    pub allowances: BTreeSet<String>,
    /// What is wrong with the rules of the old version: then nothing is known of it.
    pub wrong: Option<String>,
}

/// Compares the rules of a run with those of the old version. Files of another folder that come
/// without rules say nothing of how they were; a commit without rules had none.
pub(crate) fn rules_since(project: &Project, side: &OldSide, request: &Request) -> RulesSince {
    let now = request.beside();
    let by = |rules: &Arc<dyn Tree>| {
        let data = Arc::clone(project.book.shared_tree());
        let tree: Arc<dyn Tree> = Arc::new(WithRules { data, rules: Arc::clone(rules) });
        let then = Request { tree: Some(Arc::clone(&tree)), ..now.clone() };
        let files = Project::open(&then).rule_files;
        (then, texts(tree, &files))
    };
    let (mut then, mut texts_then) = by(&side.tree);
    // A rule file may have moved to where none is looked for.
    let unmoved = side.unmoved.as_ref().map(by);
    if let Some(unmoved) = unmoved.filter(|(_, texts)| texts.len() > texts_then.len()) {
        (then, texts_then) = unmoved;
    }
    if texts_then.is_empty() && side.commit.is_none() {
        return RulesSince::default();
    }
    if let Some(wrong) = texts_then.iter().find_map(|text| first_problem(text)) {
        let wrong = Some(format!("its rules are wrong there: {wrong}"));
        return RulesSince { wrong, ..RulesSince::default() };
    }
    let texts_now = texts(Arc::clone(project.book.shared_tree()), &project.rule_files);
    let all = differences(&texts_then, &texts_now, &side.moved);
    let mut hidden = hidden(&all, &now, &then);
    let is_allowance = |d: &Difference| d.part == Part::Allowance && d.change != Change::Removed;
    if all.iter().any(is_allowance) {
        let accepted = accepted_of(project, &now);
        for (d, hides) in all.iter().zip(&mut hidden).filter(|(d, _)| is_allowance(d)) {
            let of = project.allowances.all.iter().zip(&accepted);
            let own = of.filter(|(a, _)| a.block.is_none() && a.subject() == d.name);
            *hides = Some(own.map(|(_, count)| count).sum());
        }
    }
    let name = |d: &Difference| d.name.clone();
    let places = places(project);
    let placed = |d: &Difference, change: RuleChange| {
        let place = places.get(&(d.part, d.name.clone()));
        let place = place.filter(|_| d.change != Change::Removed).cloned();
        RuleChange { file: place.clone().map(|p| p.0), line: place.map(|p| p.1), ..change }
    };
    let of_rules = all.iter().zip(&hidden).map(|(d, hides)| placed(d, d.report(*hides)));
    let added = all.iter().filter(|d| d.change == Change::Added && is_check(d.part)).map(name);
    RulesSince {
        added: added.collect(),
        allowances: all.iter().filter(|d| is_allowance(d)).map(name).collect(),
        changes: of_rules.chain(baseline_change(project, side)).collect(),
        wrong: None,
    }
}

/// The first mistake of a rule file, whatever the data are.
fn first_problem(text: &str) -> Option<String> {
    let (_, problems) = read(text, FileId(0), "");
    problems.into_iter().next().map(|problem| problem.message)
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
    let file = (change != Change::Removed).then_some(path);
    let line = file.as_ref().map(|_| 1);
    let (hides, loosens) = (Some(added), added > 0);
    (!is_same).then_some(RuleChange { change, what, hides, loosens, file, line })
}

/// Where the parts of today's rules stand: file and line.
fn places(project: &Project) -> BTreeMap<(Part, String), (String, u64)> {
    let mut all = BTreeMap::new();
    for path in &project.rule_files {
        let of_file = texts(Arc::clone(project.book.shared_tree()), std::slice::from_ref(path));
        let lines = of_file.iter().flat_map(|text| lines(text));
        all.extend(lines.map(|(part, line)| (part, (path.clone(), line))));
    }
    all
}

fn texts(tree: Arc<dyn Tree>, paths: &[String]) -> Vec<String> {
    let mut book = Sources::new(tree, Default::default());
    // A file that cannot be read is a problem of the run already.
    paths.iter().filter_map(|path| book.open_text(path, None).ok()).map(|(_, text)| text).collect()
}

fn is_check(part: Part) -> bool {
    matches!(part, Part::Check | Part::Contract)
}

/// For each difference that may demand less, the findings in today's data that the rules of the old version
/// make and today's do not.
fn hidden(all: &[Difference], now: &Request, then: &Request) -> Vec<Option<u64>> {
    let is_loosened = |d: &Difference| d.loosens && d.part != Part::Allowance;
    let mut counts: Vec<Option<u64>> = all.iter().map(|d| is_loosened(d).then_some(0)).collect();
    if counts.iter().all(Option::is_none) {
        return counts;
    }
    // What was edited of a table, or of what holds its rows, is seen by all that read it.
    let is_of_data = |d: &Difference| matches!(d.part, Part::Table | Part::Source);
    let is_whole = all.iter().any(|d| is_loosened(d) && is_of_data(d));
    let found = |request: &Request, name: fn(&Difference) -> &String| {
        let names = || all.iter().filter(|d| is_loosened(d)).map(|d| name(d).clone()).collect();
        let checks = if is_whole { request.checks.clone() } else { names() };
        let request = Request { checks, ..request.clone() };
        let mut project = Project::open(&request);
        project.problems.retain(|p| p.fault != &UNKNOWN_CHECK && p.fault != &NO_CHECKS);
        met_in(&project, &request)
    };
    let still: HashSet<_> = found(now, |d| &d.name).into_iter().map(|met| met.what).collect();
    for met in found(then, |d| &d.then) {
        let is_of_check = |d: &Difference| is_check(d.part) && d.first == met.what.check;
        let is_of_table = |d: &Difference| d.part == Part::Table && met.tables.contains(&d.first);
        let position = |is_of: &dyn Fn(&Difference) -> bool| {
            all.iter().position(|d| is_loosened(d) && is_of(d))
        };
        let of = position(&is_of_check).or_else(|| position(&is_of_table));
        if let Some(Some(count)) = of.and_then(|of| counts.get_mut(of))
            && !still.contains(&met.what)
        {
            *count += 1;
        }
    }
    counts
}
