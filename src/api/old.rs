//! The old version: today's rules over the data as they were, and what became of its findings.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::api::carry_out::{Given, give_findings, with_job};
use crate::api::comment_changes::{CommentsSince, comments_since};
use crate::api::known::Known;
use crate::api::project::Project;
use crate::api::request::Request;
use crate::api::rule_changes::rules_since;
use crate::compile::{UNKNOWN_CHECK, comments};
use crate::engine::pass::run::run as run_engine;
use crate::files::NOT_FETCHED;
use crate::files::tree::{OldSide, WithRules};
use crate::findings::allowance::Allowances;
use crate::findings::former::RowsNow;
use crate::findings::maker::FindingMaker;
use crate::findings::subjects::{Open, OpenAnswer};
use crate::findings::was::Former;
use crate::gate::{OldFinding, OldFindings};
use crate::report::{CheckSummary, Demand, Fate, Finding, OldVersion, PastFinding, Subject, Tally};
use crate::source::tree::Tree;
use crate::source::{Problem, Watcher};

/// This run beside the old version.
pub(crate) struct Comparison {
    name: String,
    /// For whoever shows it.
    facts: OldVersion,
    /// Answers of this run that could not be decided.
    open: Vec<Open>,
    old: OldRun,
    /// What became of the comments in texts that are checks.
    comments: CommentsSince,
    /// Checks that the old version does not have.
    new_checks: BTreeSet<String>,
    /// What keeps the old version from being known and can be mended.
    pub problems: Vec<Problem>,
}

impl Comparison {
    /// Judges the old version, after this one has been judged.
    pub fn new(
        project: &Project,
        side: &OldSide,
        request: &Request,
        maker: &FindingMaker<'_, '_>,
    ) -> Comparison {
        let rules = rules_since(project, side, request);
        let mut before = open(project, side, request);
        let open = maker.open_answers();
        let is_known = rules.wrong.is_none();
        let unknown = rules.wrong.or_else(|| unknown(&before));
        let mut rule_changes = rules.changes;
        let mut comments = match unknown {
            None => comments_since(project, &before, &request.beside()),
            Some(_) => CommentsSince::default(),
        };
        rule_changes.append(&mut comments.changes);
        let (name, commit) = (side.name.clone(), side.commit.clone());
        let is_known_in_part = unknown.is_some() && is_known && !before.is_broken();
        let facts = OldVersion { name, commit, unknown, is_known_in_part, rule_changes };
        let mended = before.problems.iter().filter(|p| p.fault == &NOT_FETCHED);
        // Places in the rules have other numbers there.
        let problems = mended.map(|p| Problem { at: None, ..p.clone() }).collect();
        let allowances = allowances(&mut before);
        let mut old = match is_known {
            true => run(&before, (request, &allowances), &open, &maker.rows_now()),
            false => OldRun::default(),
        };
        let names = allowances.all.iter().map(|a| a.name());
        old.findings.standing = names.filter(|name| !rules.allowances.contains(name)).collect();
        maker.compare_cells(std::mem::take(&mut old.former));
        old.findings.forget(|check| rules.added.contains(check));
        let (name, new_checks) = (side.name.clone(), rules.added);
        Comparison { name, facts, open, old, comments, new_checks, problems }
    }

    /// What is known of it before the first finding.
    pub fn facts(&self) -> OldVersion {
        self.facts.clone()
    }

    /// Checks and contracts that the old version does not have.
    pub fn new_checks(&self) -> BTreeSet<String> {
        self.new_checks.clone()
    }

    /// The findings of the old version.
    pub fn take_findings(&mut self) -> OldFindings {
        std::mem::take(&mut self.old.findings)
    }

    /// Findings of what could be judged in the old version and cannot be now: of rows and groups,
    /// and of whole checks.
    pub fn lost(&self, maker: &FindingMaker<'_, '_>) -> (Vec<Finding>, Vec<Finding>) {
        let is_lost = |o: &&Open| !o.why.is_unreadable() && self.old.decided.contains(&o.answer);
        let lost: Vec<&Open> = self.open.iter().filter(is_lost).collect();
        let of_rows = match lost.is_empty() {
            true => Vec::new(),
            false => maker.no_longer_decided(&lost, &self.name),
        };
        (of_rows, maker.blanked(&self.old.tallies, &self.name))
    }

    /// Notes at each check that fewer rows or groups of it are decided than before.
    pub fn note_fewer(&self, maker: &FindingMaker<'_, '_>, checks: &mut [CheckSummary]) {
        for (number, words) in maker.fewer_judged(&self.old.tallies) {
            if let Some(check) = checks.get_mut(number) {
                check.fewer_judged = Some(words);
            }
        }
    }

    /// How many answers are undecided beyond those of the same checks in the old version.
    pub fn newly_undecided<'s>(
        &self,
        checks: impl Iterator<Item = &'s CheckSummary>,
        reported: &BTreeSet<String>,
    ) -> u64 {
        let more = |check: &CheckSummary| {
            let before = self.old.tallies.get(&check.id).map_or(0, |tally| tally.undecided);
            check.tally.undecided.saturating_sub(before)
        };
        checks.filter(|check| !reported.contains(&check.id)).map(more).sum()
    }

    /// What became of the findings of the old version that this run does not have.
    pub fn past(
        &self,
        given: &Given<'_, '_>,
        maker: &FindingMaker<'_, '_>,
        old: &OldFindings,
    ) -> Vec<PastFinding> {
        fates((given, maker), (&self.open, &self.comments), old)
    }
}

/// What is known of the old version.
#[derive(Default)]
struct OldRun {
    /// Its findings.
    pub findings: OldFindings,
    /// The counts of each check that was carried out on all of it, by id.
    pub tallies: BTreeMap<String, Tally>,
    /// Answers, open now, that could be decided then.
    pub decided: HashSet<OpenAnswer>,
    /// Cells that were other figures.
    pub former: Former,
}

/// Reads the old version by today's rules. Checks that its columns do not allow are left out.
fn open(project: &Project, side: &OldSide, request: &Request) -> Project {
    let tree: Arc<dyn Tree> = Arc::new(WithRules {
        data: Arc::clone(&side.tree),
        rules: Arc::clone(project.book.shared_tree()),
    });
    let by = |checks: Vec<String>| Request {
        tree: Some(Arc::clone(&tree)),
        checks,
        watcher: request
            .watcher
            .clone()
            .map(|watcher| Arc::new(Silent(watcher)) as Arc<dyn Watcher>),
        ..request.beside()
    };
    let opened = Project::open(&by(request.checks.clone()));
    let at = opened.problems.iter().filter_map(|p| p.at);
    let mut left_out: Vec<String> =
        at.filter_map(|at| Some(format!("!{}", opened.check_at(at)?))).collect();
    if left_out.is_empty() {
        return opened;
    }
    left_out.dedup();
    let mut again = Project::open(&by([request.checks.clone(), left_out].concat()));
    // What it is about may be gone with its check.
    again.problems.retain(|p| p.fault != &UNKNOWN_CHECK);
    again
}

/// Whoever waits for the run may stop it; how far the old version is, is not shown.
#[derive(Debug)]
struct Silent(Arc<dyn Watcher>);

impl Watcher for Silent {
    fn stops(&self) -> u32 {
        self.0.stops()
    }
}

/// Why nothing, or not all, is known of the old version.
fn unknown(old: &Project) -> Option<String> {
    let first = old.problems.first()?;
    Some(match old.problems.len() {
        1 => first.message.clone(),
        n => format!("{}, and {} more problems", first.message, n - 1),
    })
}

/// What accepts findings of the old version: allowances of today and comments in its texts. Today's rules may
/// make no sense of these, which then accept nothing.
fn allowances(old: &mut Project) -> Allowances {
    let mut allowances = std::mem::take(&mut old.allowances);
    let (comments, _) = comments::read(&old.built.comments, &old.book);
    allowances.all.extend(comments.iter().map(|comment| comment.allowance(&old.book)));
    allowances
}

/// Judges the old version; `open` are the answers of this run that could not be decided.
fn run(
    old: &Project,
    (request, allowances): (&Request, &Allowances),
    open: &[Open],
    now: &RowsNow,
) -> OldRun {
    if old.is_broken() {
        return OldRun::default();
    }
    with_job(old, request, (None, usize::MAX), |job| {
        let mut ran = run_engine(job);
        let raw = std::mem::take(&mut ran.raw);
        let maker = FindingMaker::new(job, &ran, &old.book)
            .accepting(allowances)
            .renamed(&old.built.renames);
        let mut known = Known { allowances, findings: OldFindings::default() };
        give_findings(old, &Given { job, ran: &ran }, &maker, (raw, 1), &mut known);
        let complete = (0..job.checks.len()).filter(|number| ran.is_complete(*number));
        let tallies: BTreeMap<String, Tally> =
            complete.map(|n| (job.checks[n].id.clone(), ran.tallies[n])).collect();
        // A cell that cannot be read is a finding of its own.
        let asked: Vec<&Open> = open.iter().filter(|o| !o.why.is_unreadable()).collect();
        let decided = maker.are_decided(&asked);
        let decided = asked.iter().zip(decided).filter(|(_, is_decided)| *is_decided);
        let decided = decided.map(|(o, _)| o.answer).collect();
        OldRun { decided, findings: known.findings, tallies, former: maker.former(now) }
    })
}

/// What became of the findings of the old version that this run does not have.
fn fates(
    (given, maker): (&Given<'_, '_>, &FindingMaker<'_, '_>),
    (open, comments): (&[Open], &CommentsSince),
    old: &OldFindings,
) -> Vec<PastFinding> {
    let (job, ran) = (given.job, given.ran);
    let gone: Vec<&OldFinding> = old.not_found().collect();
    let called = |id: &String| job.checks.iter().position(|c| c.id == *id);
    let check = |f: &OldFinding| called(&f.identity.check);
    let table = |f: &OldFinding| {
        let name = f.identity.table.as_deref()?;
        job.tables.iter().position(|t| t.name == name)
    };
    let subjects: Vec<(Option<usize>, Option<usize>, &Subject)> =
        gone.iter().map(|f| (check(f), table(f), &f.identity.subject)).collect();
    let are_there = maker.are_there(&subjects);
    let of_checks = gone.iter().filter_map(|f| Some((check(f)?, f)));
    let demands: Vec<(usize, &Demand, &Subject)> =
        of_checks.map(|(n, f)| (n, &f.identity.demand, &f.identity.subject)).collect();
    let mut hold = maker.hold(&demands).into_iter();
    let open: HashSet<OpenAnswer> = open.iter().map(|o| o.answer).collect();
    let in_part = old.found_in_part();
    // Rows of one content fail alike: where fewer do, there are fewer.
    let is_one_less =
        |f: &OldFinding| f.identity.subject.is_content() && in_part.contains(&f.shared);
    let mut fate = |(f, there): (&&OldFinding, bool)| {
        let holds = check(f).and_then(|_| hold.next()).unwrap_or(true);
        let id = &f.identity;
        let is_complete = match (check(f), table(f)) {
            (Some(number), _) => ran.is_complete(number),
            (None, Some(table)) => !ran.unfinished[table] && !job.tables[table].unread,
            (None, None) => true,
        };
        let is_open = |demand: Option<&Demand>| {
            open.contains(&OpenAnswer::new(&id.check, demand, &id.subject))
        };
        let is_table_gone = id.table.is_some() && table(f).is_none();
        if let Some(fate) = comments.lost.get(&id.check) {
            *fate
        } else if let Some(now) = comments.renamed.get(&id.check).and_then(called) {
            fate_of(&ran.tallies[now], ran.is_complete(now))
        } else if !is_complete || is_open(None) || is_open(Some(&id.demand)) {
            Fate::NotJudged
        } else if !there || is_table_gone {
            Fate::Gone
        } else if holds {
            Fate::Settled
        } else if is_one_less(f) {
            Fate::Gone
        } else {
            Fate::NotJudged
        }
    };
    gone.iter().zip(are_there).map(|(f, there)| past(f, fate((f, there)))).collect()
}

/// What became of a finding about a figure that another one stands for today.
fn fate_of(tally: &Tally, is_complete: bool) -> Fate {
    match tally {
        tally if !is_complete || tally.undecided > 0 => Fate::NotJudged,
        tally if tally.failed > 0 => Fate::Gone,
        _ => Fate::Settled,
    }
}

fn past(f: &OldFinding, fate: Fate) -> PastFinding {
    PastFinding {
        fate,
        check: f.identity.check.clone(),
        fault: f.identity.fault.name.to_string(),
        severity: f.severity,
        table: f.identity.table.clone(),
        key: f.key.clone(),
        message: f.message.clone(),
        fingerprint: format!("{:032x}", f.fingerprint),
    }
}
