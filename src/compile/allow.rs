//! Allowances of rule files, bound to the rows and groups of the checks that they speak of.

use std::sync::atomic::AtomicBool;

use crate::compile::names::no_table;
use crate::expr::bind::{BoundCheck, CONSTANT_ASSERTION, CheckInput, NO_ROW_AT_HAND, Written};
use crate::expr::bound::{Bound, Op};
use crate::expr::catalog::Catalog;
use crate::expr::parse::parse_unit;
use crate::expr::tree::{Expr, Unit};
use crate::findings::allowance::{Allowance, Block, Filter};
use crate::findings::place;
use crate::report::{Acceptance, AcceptedBy, Place};
use crate::rules::toml::BAD_VALUE;
use crate::rules::{AllowRule, CheckRule, Code, RuleSet};
use crate::source::{FileId, Files, FlatMap, Problem, Snippet, Span, wanted};
use crate::value::Days;

/// The rows of each table, as an `each` would have them.
pub struct Rows(Vec<Option<(Snippet, Unit)>>);

impl Rows {
    /// Of the tables of some rules.
    pub fn new(rules: &RuleSet) -> Rows {
        let rows = |table: &crate::rules::TableRule| {
            let text = format!("`{}`", table.name.value);
            let map = FlatMap::identity(table.name.span.start);
            let unit = parse_unit(&text).0?;
            Some((Snippet { text, file: table.file, map }, unit))
        };
        Rows(rules.tables.iter().map(rows).collect())
    }

    /// The rows of one table.
    pub fn of(&self, number: usize) -> Option<(&Snippet, &Unit)> {
        self.0.get(number)?.as_ref().map(|(snippet, unit)| (snippet, unit))
    }
}

/// What a `where` is bound to.
enum Of {
    Check(String),
    Table(usize),
}

/// The `where` of an allowance, for the rows or groups of one check or table.
pub struct Target<'r> {
    allowance: usize,
    of: Of,
    /// Whether the check is named, and not only fits a pattern.
    is_named: bool,
    /// What is to be bound.
    pub input: CheckInput<'r>,
}

/// What has to be bound for the allowances of some rules.
pub fn targets<'r>(
    rules: &'r RuleSet,
    checks: &[(&'r CheckRule, CheckInput<'r>)],
    rows: &'r Rows,
    catalog: &Catalog,
) -> Vec<Target<'r>> {
    let mut all = Vec::new();
    for (allowance, rule) in rules.allowances.iter().enumerate() {
        let Some(filter) = &rule.filter else { continue };
        let asserts = vec![Written { snippet: &filter.snippet, tree: &filter.tree }];
        for (check, input) in checks.iter().filter(|(check, _)| of_check(rule, check)) {
            let input = CheckInput { asserts: asserts.clone(), ..input.clone() };
            let id = check.id.value.clone();
            all.push(Target { allowance, is_named: names(rule, &id), of: Of::Check(id), input });
        }
        for (number, (table, unit)) in catalog.tables.iter().zip(&rows.0).enumerate() {
            let contracts = table.column_names().chain(["key"]);
            let ids = contracts.map(|column| format!("{}.{column}", table.name));
            let is_meant = |id: &String| is_listed(rule, id);
            let of_table = rule.table.as_ref().is_none_or(|t| t.value == table.name);
            let ids: Vec<String> = ids.filter(|_| of_table).filter(is_meant).collect();
            let Some((snippet, tree)) = unit.as_ref().filter(|_| !ids.is_empty()) else { continue };
            let each = vec![Written { snippet, tree }];
            let is_named = ids.iter().any(|id| names(rule, id));
            let asserts = asserts.clone();
            let input = CheckInput { each, filter: None, order: None, asserts };
            all.push(Target { allowance, of: Of::Table(number), is_named, input });
        }
    }
    all
}

fn is_listed(rule: &AllowRule, id: &str) -> bool {
    let patterns: Vec<String> = rule.checks.iter().map(|c| c.value.clone()).collect();
    wanted(&patterns, id)
}

/// Whether an allowance speaks of findings of a check.
fn of_check(rule: &AllowRule, check: &CheckRule) -> bool {
    let table = check.each.first().map(|unit| unit.tree.table.name.text.as_str());
    is_listed(rule, &check.id.value)
        && rule.table.as_ref().is_none_or(|wanted| table == Some(wanted.value.as_str()))
}

/// Whether a name is written as it is.
fn names(rule: &AllowRule, id: &str) -> bool {
    rule.checks.iter().any(|check| check.value == id)
}

/// What binding the targets of each allowance came to.
pub fn filters(
    rules: &RuleSet,
    targets: &[Target<'_>],
    bound: Vec<Option<BoundCheck>>,
    problems: &mut Vec<Problem>,
) -> Vec<Option<Filter>> {
    let text = |code: &Code<_>| code.snippet.text.clone();
    let mut all: Vec<Option<Filter>> = rules
        .allowances
        .iter()
        .map(|rule| {
            let filter = rule.filter.as_ref()?;
            Some(Filter { text: text(filter), ..Filter::default() })
        })
        .collect();
    // A `where` that fits some of the checks of a pattern is right, unless it fits one that is named.
    let mut is_wrong = vec![false; all.len()];
    for (target, bound) in targets.iter().zip(bound) {
        let condition = bound.and_then(|b| b.asserts.into_iter().next());
        let Some(filter) = all.get_mut(target.allowance).and_then(Option::as_mut) else { continue };
        match (condition, &target.of) {
            (Some(bound), Of::Check(id)) => {
                filter.of_checks.insert(id.clone(), bound);
            }
            (Some(bound), Of::Table(number)) => {
                filter.of_tables.insert(*number, bound);
            }
            (None, _) => is_wrong[target.allowance] |= target.is_named,
        }
    }
    for ((rule, filter), is_wrong) in rules.allowances.iter().zip(&all).zip(is_wrong) {
        let (Some(code), Some(filter)) = (&rule.filter, filter) else { continue };
        let fits_none = filter.of_checks.is_empty() && filter.of_tables.is_empty();
        tidy(code, is_wrong || fits_none, problems);
        let bound = filter.of_checks.values().chain(filter.of_tables.values());
        if bound.into_iter().any(has_window) {
            let message = "the `where` of an allowance cannot look at the rows before and after";
            let problem = Problem::new(&BAD_VALUE, rule.file, code.snippet.whole(), message);
            problems.push(problem.help("name the row by its key or its own columns"));
        }
    }
    all
}

/// Leaves one problem for each part of a `where` that is wrong, in the words of an allowance.
fn tidy(code: &Code<Expr>, is_wrong: bool, problems: &mut Vec<Problem>) {
    let whole = code.snippet.whole();
    let own = |p: &Problem| {
        let (file, span) = p.at?;
        (file == code.snippet.file && whole.start <= span.start && span.end <= whole.end)
            .then_some(span)
    };
    // That a pattern fits a check without rows as well explains less than what is wrong elsewhere.
    let is_vague = |p: &Problem| p.fault == &NO_ROW_AT_HAND || p.fault == &CONSTANT_ASSERTION;
    let is_explained = problems.iter().any(|p| own(p).is_some() && !is_vague(p));
    let mut seen: Vec<Span> = Vec::new();
    problems.retain_mut(|problem| {
        let Some(span) = own(problem) else { return true };
        let overlaps = |s: &Span| s.start < span.end && span.start < s.end;
        if !is_wrong || (is_explained && is_vague(problem)) || seen.iter().any(overlaps) {
            return false;
        }
        seen.push(span);
        if problem.fault == &CONSTANT_ASSERTION {
            problem.message = "nothing in this `where` depends on the row or group".into();
            problem.help = Some("leave it out: the allowance accepts all findings then".into());
        } else if problem.fault == &NO_ROW_AT_HAND {
            problem.help =
                Some("the check is judged once and has no row: leave `where` out".into());
        }
        true
    });
}

/// Neighbouring rows are known while a table is read, and no longer when a finding is worded.
fn has_window(bound: &Bound) -> bool {
    let mut found = false;
    bound.walk(&mut |b| found |= matches!(b.op, Op::Window { .. }));
    found
}

/// The allowances of some rules.
pub fn make(
    rules: &RuleSet,
    filters: Vec<Option<Filter>>,
    files: &dyn Files,
    problems: &mut Vec<Problem>,
) -> Vec<Allowance> {
    let mut made = Vec::new();
    for (rule, filter) in rules.allowances.iter().zip(filters) {
        if let Some(table) = &rule.table
            && !rules.table_names().any(|name| name == table.value)
        {
            problems.push(no_table(&table.value, rules.table_names(), rule.file, table.span));
        }
        made.push(allowance(rule, filter, None, files));
    }
    made
}

/// The allowance that a rule file or, for a block, a comment in a text makes.
pub(crate) fn allowance(
    rule: &AllowRule,
    filter: Option<Filter>,
    block: Option<Block>,
    files: &dyn Files,
) -> Allowance {
    let at = |file: FileId, span: Span| place::at(files, file, span, files.line(file, span.start));
    let place: Place = at(rule.file, rule.span);
    let mut made = Allowance {
        checks: rule.checks.iter().map(|c| c.value.clone()).collect(),
        table: rule.table.as_ref().map(|t| t.value.clone()),
        fingerprint: rule.fingerprint.as_ref().map(|f| f.value.clone()),
        filter,
        acceptance: Acceptance {
            kind: if block.is_some() { AcceptedBy::Comment } else { AcceptedBy::Allowance },
            reason: Some(rule.reason.clone()),
            by: rule.by.clone(),
            until: rule.until.as_ref().map(|u| Days::day(u.value).to_text()),
            any_value: rule.any_value,
            allowance: None,
            place: Some(place.clone()),
        },
        block,
        place,
        until: rule.until.as_ref().map(|u| (u.value, at(rule.file, u.span))),
        used: AtomicBool::new(false),
    };
    made.acceptance.allowance = Some(made.name());
    made
}
