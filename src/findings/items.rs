//! Items of cells that are lists, of which one is not what the contract demands.

use crate::engine::data::check::Kind;
use crate::engine::data::job::Job;
use crate::expr::bound::{Op, StateId};
use crate::expr::eval::failing_items;
use crate::findings::about::Proof;
use crate::findings::place;
use crate::report::{Label, Role};
use crate::source::Files;

/// Items that are labelled at most.
const MOST: usize = 5;
/// Items that the message names at most.
const NAMED: usize = 3;

/// The message where items fail; none where the assertion is about no items.
pub(crate) fn message(proof: &Proof<'_>, job: &Job<'_>) -> Option<String> {
    let (column, words, found) = found(proof)?;
    let (table, located) = proof.row?;
    // A cell with one item is one like others.
    let is_alone = |text: &String| located.row.texts.get(column).is_some_and(|t| t.trim() == text);
    if found.iter().any(|(_, text)| is_alone(text)) {
        return None;
    }
    let name = &job.tables.get(table)?.columns.get(column)?.name;
    let blank = found.iter().filter(|(_, text)| text.is_empty()).count();
    let shown = |text: &String| match text.as_str() {
        "" if blank > 1 => "blank ones".to_string(),
        "" => "a blank one".to_string(),
        text => format!("`{text}`"),
    };
    let mut all: Vec<String> = Vec::new();
    for (_, text) in &found {
        let text = shown(text);
        if !all.contains(&text) {
            all.push(text);
        }
    }
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    all.extend((more > 0).then(|| format!("{more} more")));
    let last = all.pop()?;
    let there = if all.is_empty() && found.len() == 1 { "is" } else { "are" };
    let all = if all.is_empty() { last } else { format!("{} and {last}", all.join(", ")) };
    Some(format!("each item of `{name}` {words}, but there {there} {all}"))
}

/// Labels at the items that fail.
pub(crate) fn labels(proof: &Proof<'_>, job: &Job<'_>, files: &dyn Files) -> Vec<Label> {
    let Some((column, words, found)) = found(proof) else { return Vec::new() };
    let Some((table, located)) = proof.row else { return Vec::new() };
    let Some(of) = job.tables.get(table) else { return Vec::new() };
    let label = |(n, (at, _)): (usize, (std::ops::Range<usize>, String))| {
        let role = if n == 0 { Role::Stated } else { Role::Operand };
        let place = place::of_part(files, of, (column, at), located);
        Label { place, role, text: words.to_string() }
    };
    let mut labels: Vec<Label> = found.into_iter().take(MOST).enumerate().map(label).collect();
    // Items that have no places of their own are all at that of their cell.
    labels.dedup_by(|a, b| a.place == b.place);
    labels
}

/// The first item that is not where it was looked for, and where that was.
pub(crate) fn sought(proof: &Proof<'_>) -> Option<(StateId, String)> {
    let Op::Items { each, .. } = &proof.assertion.bound.op else { return None };
    let Op::Member { state, not: false, .. } = each.as_ref()?.op else { return None };
    let (_, text) = failing_items(&proof.assertion.bound, proof.env).into_iter().next()?;
    Some((state, text))
}

type Found<'p> = (usize, &'p str, Vec<(std::ops::Range<usize>, String)>);

fn found<'p>(proof: &'p Proof<'_>) -> Option<Found<'p>> {
    let Kind::Demand { column, words } = &proof.assertion.kind else { return None };
    let found = failing_items(&proof.assertion.bound, proof.env);
    (!found.is_empty()).then_some((*column, words, found))
}
