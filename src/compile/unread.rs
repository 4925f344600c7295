//! Texts of which nothing is read but the figures that their comments compare.

use crate::compile::open::OpenTable;
use crate::expr::bind::{NO_ROW_AT_HAND, UNKNOWN_TABLE};
use crate::read::text::TABLE_NOT_FOUND;
use crate::rules::{CheckRule, RuleSet, TableRule};
use crate::source::{Files, Problem};

/// A text that no rule reads, or of which a rule asks nothing, need not have a table.
pub fn leave(rule: &TableRule, checks: &[CheckRule], table: &mut OpenTable) {
    let has_none = table.notes.iter().any(|note| note.fault == &TABLE_NOT_FOUND);
    let is_left = match rule.undeclared {
        true => has_none || !table.problems.is_empty(),
        false => has_none && asks_nothing(rule) && !checks.iter().any(|c| names(c, rule)),
    };
    if is_left {
        let comments = std::mem::take(&mut table.comments);
        *table = OpenTable { comments, absent: true, open: true, ..OpenTable::default() };
    }
}

/// Whether a rule says no more of a table than where it is and how it is written.
fn asks_nothing(rule: &TableRule) -> bool {
    let is_framed = !rule.frame_keys.is_empty() || rule.heading.is_some() || rule.parent.is_some();
    let is_shaped = rule.filter.is_some() || rule.unpivot.is_some() || !rule.fill.is_empty();
    let is_asked = rule.has_contract() || !rule.references.is_empty();
    rule.at.is_none() && !is_framed && !is_shaped && !is_asked
}

/// Whether a check may ask a table.
fn names(check: &CheckRule, rule: &TableRule) -> bool {
    let asserts = check.asserts.iter().map(|code| &code.snippet);
    let units = check.each.iter().map(|code| &code.snippet);
    let all = asserts.chain(units).chain(check.filter.iter().map(|code| &code.snippet));
    all.into_iter().any(|snippet| snippet.text.contains(rule.name.value.as_str()))
}

/// Problems of which one says of each text that no rule reads that its comments ask for tables: what helps is one
/// rule for it.
pub fn once(mut problems: Vec<Problem>, rules: &RuleSet, files: &dyn Files) -> Vec<Problem> {
    let texts = rules.tables.iter().filter(|rule| rule.undeclared);
    for path in texts.map(|rule| rule.path.value.text.as_str()) {
        let of_text = |problem: &Problem| {
            let is_here = problem.at.is_some_and(|(file, _)| files.path(file) == path);
            // `count(t)` of no table has no rows.
            is_here && [&UNKNOWN_TABLE, &NO_ROW_AT_HAND].contains(&problem.fault)
        };
        let names_one = |problem: &Problem| of_text(problem) && problem.fault == &UNKNOWN_TABLE;
        let Some(first) = problems.iter().position(names_one) else { continue };
        let mut number = 0;
        problems.retain_mut(|problem| {
            let is_first = number == first;
            number += 1;
            if is_first {
                problem.help = Some(format!(
                    "no rule reads this text: name it in the rule file beside its tables, \
                     `[data.text]` with `path = \"{path}\"`"
                ));
            }
            is_first || !of_text(problem)
        });
    }
    problems
}
