//! Proposals are tried on the data before they are written: by the engine, on all rows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::api::outcome::Outcome;
use crate::api::request::{Request, SinkSlot};
use crate::api::run::run;
use crate::compile::NO_CHECKS;
use crate::fault::Severity;
use crate::files::tree::Overlay;
use crate::propose::rules::{Demand, Proposal, Rules, State};
use crate::propose::slips::slips;
use crate::propose::table::Table;
use crate::propose::text;
use crate::render::words::location;
use crate::report::{CheckSummary, Facts, Finding, Sink, SourceText, Summary, Tally};
use crate::source::Problem;
use crate::source::tree::Tree;
use crate::width::to_usize;

/// Findings of each check that are looked at.
const SHOWN: u64 = 3;
/// Sums that rounding hardly explains in more than one of so many rows are not written.
const UNLIKELY: u64 = 10;
/// Proposals of a table that are written although they fail.
const MOST_NEARLY: usize = 6;
/// How often what fails is taken out and the rest tried again.
const ROUNDS: usize = 4;

/// What proposals are tried on.
pub struct Trial<'a> {
    pub request: &'a Request,
    pub tree: Arc<dyn Tree>,
    /// The rule file that they will be written to.
    pub name: &'a str,
    /// Files of which only parts are looked at.
    pub parts: &'a [(String, String)],
}

/// A finding, as far as it matters here.
pub struct Found {
    pub check: String,
    fault: &'static str,
    pub severity: Severity,
    table: Option<String>,
    place: String,
    message: String,
}

/// Keeps findings.
struct Keeper(Arc<Mutex<Vec<Found>>>);

impl Sink for Keeper {
    fn begin(&mut self, _: &Facts, _: &mut Vec<u8>) {}
    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}
    fn keeps(&self) -> bool {
        true
    }
    fn keep(&mut self, finding: &Finding, sources: &dyn SourceText) {
        let place = finding.labels.first().map(|l| location(sources, &l.place.at));
        let found = Found {
            check: finding.check().to_string(),
            fault: finding.fault().name,
            severity: finding.severity,
            table: finding.table().map(str::to_string),
            place: place.unwrap_or_default(),
            message: finding.message.clone(),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(found);
    }
    fn problem(&mut self, _: &Problem, _: &dyn SourceText, _: &mut Vec<u8>) {}
    fn end(&mut self, _: &Summary, _: &mut Vec<u8>) {}
}

impl Trial<'_> {
    /// Tries all proposals, takes out what fails, and says what `check` will find.
    ///
    /// # Errors
    /// What kept the rules from being run, in words: a fault of this program.
    pub fn run(&self, tables: &[Table], rules: &mut Rules) -> Result<Vec<String>, Vec<String>> {
        let mut nearly = vec![0; tables.len()];
        for round in 1.. {
            let (outcome, found) = self.once(tables, rules);
            // A table that nothing can be asked of is no fault.
            if outcome.problems.iter().any(|p| p.fault != &NO_CHECKS) {
                if round < ROUNDS && self.drop_broken(&outcome, tables, rules) {
                    continue;
                }
                return Err(outcome.problem_lines);
            }
            let tallies: BTreeMap<&str, &CheckSummary> =
                outcome.summary.checks.iter().map(|c| (c.id.as_str(), c)).collect();
            let is_part = |t: &Table| self.parts.iter().any(|part| t.files.paths.contains(&part.0));
            let are_parts = tables.iter().map(is_part).collect();
            let mut judge =
                Judge { tables, found: &found, tallies, nearly: &mut nearly, are_parts };
            if !judge.judge(rules) || round >= ROUNDS {
                say_findings(tables, rules, &outcome, &found);
                break;
            }
        }
        Ok(Vec::new())
    }

    fn once(&self, tables: &[Table], rules: &Rules) -> (Outcome, Vec<Found>) {
        self.tried(text::write(tables, rules, self.name, &[]))
    }

    /// Runs a rule file, and gives what is found.
    pub fn tried(&self, rules: String) -> (Outcome, Vec<Found>) {
        let path = self.name.to_string();
        let mut tree = Overlay::new(Arc::clone(&self.tree));
        tree.insert(&path, rules);
        for (path, text) in self.parts {
            tree.insert(path, text.clone());
        }
        let request = Request {
            rule_files: vec![path],
            tree: Some(Arc::new(tree)),
            root: None,
            max_per_check: Some(SHOWN),
            no_baseline: true,
            without_comments: true,
            without_bindings: true,
            ..self.request.clone()
        };
        let found = Arc::new(Mutex::new(Vec::new()));
        let keeper: Box<dyn Sink> = Box::new(Keeper(Arc::clone(&found)));
        let out = Box::new(Vec::new());
        let outcome =
            run(&request, &mut [SinkSlot { sink: keeper, out, capped: true, error: None }]);
        let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
        (outcome, found)
    }

    /// Takes out the checks that a rule cannot have; whether there are any.
    fn drop_broken(&self, outcome: &Outcome, tables: &[Table], rules: &mut Rules) -> bool {
        let problems = outcome.problem_lines.join("\n");
        let text = text::write(tables, rules, self.name, &[]);
        let lines: Vec<&str> = text.lines().collect();
        // The check that stands at the line of a problem.
        let at_line = |problem: &String| {
            let place = problem.strip_prefix(self.name)?.strip_prefix(':')?;
            let line: usize = place.split(':').next()?.parse().ok()?;
            let above = lines.get(..line)?.iter().rev();
            let head = above.into_iter().find(|line| line.starts_with('['))?;
            Some(head.strip_prefix("[check.")?.strip_suffix(']')?.trim_matches('"').to_string())
        };
        let broken: Vec<String> = outcome.problem_lines.iter().filter_map(at_line).collect();
        let mut any = false;
        for check in &mut rules.checks {
            let named = format!("`{}`", check.what.id);
            let is_named = problems.contains(&named) || broken.contains(&check.what.id);
            if check.state == State::Made && is_named {
                check.state = State::Dropped;
                any = true;
            }
        }
        any
    }
}

/// What becomes of proposals after a run.
struct Judge<'a> {
    tables: &'a [Table],
    found: &'a [Found],
    tallies: BTreeMap<&'a str, &'a CheckSummary>,
    nearly: &'a mut [usize],
    /// Tables of which only parts were tried.
    are_parts: Vec<bool>,
}

impl Judge<'_> {
    /// Takes out what fails; whether anything does.
    fn judge(&mut self, rules: &mut Rules) -> bool {
        let mut any = false;
        for (number, table) in self.tables.iter().enumerate() {
            let Some(own) = rules.tables.get_mut(number) else { continue };
            let name = table.files.name.as_str();
            if let Some(key) = &mut own.key
                && self.try_one((number, &format!("{name}.key")), None, None, key)
            {
                any = true;
                // A key asks for values too.
                for column in &key.what {
                    let required = Proposal::new(Demand::Required, "a part of the key".into());
                    own.demands.entry(*column).or_default().insert(0, required);
                }
            }
            for (column, demands) in &mut own.demands {
                let column = table.column(*column).map_or("", |c| c.name());
                let id = format!("{name}.{column}");
                for demand in demands {
                    let fault = fault(&demand.what);
                    any |= self.try_one((number, &id), Some(fault), None, demand);
                }
            }
        }
        for check in &mut rules.checks {
            let (table, id) = (check.what.table, check.what.id.clone());
            let beside = Some(check.what.beside as u64);
            any |= self.try_one((table, &id), None, beside, check);
        }
        any
    }

    /// Takes out a proposal that fails; whether it does. `beside`: of a check, how often the same
    /// holds in others.
    fn try_one<T>(
        &mut self,
        (table, check): (usize, &str),
        faults: Option<&[&str]>,
        beside: Option<u64>,
        proposal: &mut Proposal<T>,
    ) -> bool {
        if proposal.state != State::Made {
            return false;
        }
        let is_own =
            |f: &&Found| f.check == check && faults.is_none_or(|all| all.contains(&f.fault));
        let findings: Vec<&Found> = self.found.iter().filter(is_own).collect();
        let fails: Vec<&&Found> =
            findings.iter().filter(|f| f.severity == Severity::Error).collect();
        let summary = self.tallies.get(check).copied();
        let tally = summary.map(|c| &c.tally);
        let vacuous = findings.iter().any(|f| f.fault == "vacuous-check");
        if vacuous || tally.is_some_and(|t| t.held + beside.unwrap_or(0) == 0) {
            proposal.state = State::Dropped;
            return true;
        }
        if fails.is_empty() {
            let is_part = self.tables.get(table).is_some_and(|t| !t.is_whole);
            if let Some(tally) = tally.filter(|_| is_part) {
                // The sample is where it comes from; all rows are what speaks for it.
                proposal.support = match self.are_parts.get(table) {
                    Some(true) => format!("all {} that were tried", tally.cases),
                    _ => format!("{0} of {0} rows", tally.cases),
                };
            }
            // What rounding could explain, but hardly does in so many rows, is something else.
            let unlikely = summary.filter(|_| faults.is_none()).is_some_and(|c| {
                c.severity == Severity::Error && c.failing() * UNLIKELY > c.tally.cases
            });
            if unlikely {
                proposal.state = State::Dropped;
            }
            return unlikely;
        }
        let here = fails.len() as u64;
        // The tally counts all that a column is asked for.
        let shown = self.found.iter().filter(|f| f.check == check).count() as u64;
        let all_shown = summary.is_some_and(|c| c.failing() <= shown);
        let failed = match tally {
            Some(_) if faults.is_some() && all_shown => here,
            tally => tally.map_or(u64::MAX, |t| t.failed.max(here)),
        };
        let (cases, may) = tally.map_or((0, 0), |tally| bounds(tally, here, beside));
        let count = self.nearly.get_mut(table);
        proposal.state = match count {
            Some(count) if *count < MOST_NEARLY && failed <= may => {
                *count += 1;
                State::Nearly(not_in(&fails, failed, cases))
            }
            _ => State::Dropped,
        };
        true
    }
}

/// How many cases speak for or against a proposal, and how many may be slips.
fn bounds(tally: &Tally, failed: u64, beside: Option<u64>) -> (u64, u64) {
    let cases = match beside {
        Some(beside) => tally.held + tally.failed.max(failed) + beside,
        None => tally.cases,
    };
    // Two sums beside it are enough.
    let is_led = beside.is_some_and(|held| held > 1);
    (cases, slips(to_usize(cases)).max(usize::from(is_led)) as u64)
}

/// Where a proposal fails.
fn not_in(fails: &[&&Found], failed: u64, cases: u64) -> String {
    let places: Vec<&str> = fails.iter().map(|f| f.place.as_str()).collect();
    let more = failed.saturating_sub(places.len() as u64);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let held = cases.saturating_sub(failed);
    format!("Nearly holds ({held} of {cases}); not at {}{more}", places.join(", "))
}

/// The faults that show that a demand is not met.
fn fault(demand: &Demand) -> &'static [&'static str] {
    match demand {
        Demand::Required => &["missing-value"],
        Demand::Unique => &["duplicate-value"],
        Demand::In(..) => &["unknown-reference"],
        Demand::OneOf(_) => &["not-one-of"],
    }
}

/// Says for each table what will be found of it.
fn say_findings(tables: &[Table], rules: &mut Rules, outcome: &Outcome, found: &[Found]) {
    let counts: BTreeMap<&str, u64> =
        outcome.summary.checks.iter().map(|c| (c.id.as_str(), c.findings)).collect();
    for (table, own) in tables.iter().zip(&mut rules.tables) {
        let name = table.files.name.as_str();
        let is_own =
            |f: &&Found| f.severity >= Severity::Warning && f.table.as_deref() == Some(name);
        let mut by_check: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
        for finding in found.iter().filter(is_own) {
            by_check.entry(finding.check.as_str()).or_default().push(finding);
        }
        let mut lines = Vec::new();
        for (check, findings) in by_check {
            for f in &findings {
                lines.push(format!("  {}: {}[{check}] {}", f.place, f.severity.word(), f.message));
            }
            let all = counts.get(check).copied().unwrap_or(0);
            let more = all.saturating_sub(findings.len() as u64);
            if more > 0 {
                lines.push(format!("  and {more} more of {check}"));
            }
        }
        let are_notes = |f: &&Found| f.check == "ragged-row" && f.message.contains("has 1 field,");
        if found.iter().filter(is_own).any(|f| are_notes(&f)) {
            let words = [
                "Lines of one field may be notes below the table, which are no rows. Take them",
                "out, or accept all rows of this table that have too many or too few fields:",
                "  [[allow]]",
                "  check  = \"ragged-row\"",
            ];
            lines.extend(words.iter().map(|words| (*words).to_string()));
            lines.push(format!("  table  = \"{name}\""));
            lines.push("  reason = \"notes below the table\"".to_string());
        }
        if !lines.is_empty() {
            lines.insert(0, "What will be found today, to be mended in the data:".to_string());
        }
        own.findings = lines;
    }
}
