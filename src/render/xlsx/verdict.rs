//! What crossfoot says of a finding, in a few words.

use crate::render::xlsx::figure::float;
use crate::report::AcceptedBy;
use crate::report::document::{JsonAcceptance, JsonFinding, JsonWorking};

/// The verdict.
pub fn verdict(f: &JsonFinding<'_>) -> &'static str {
    match (&*f.fault, &f.working) {
        ("undecided", _) => "undecided",
        ("vacuous-check", _) => "nothing tested",
        ("weak-check", _) => "weak",
        _ if f.is_trivial => "trivial difference",
        (_, None) => "not met",
        (_, Some(working)) => match &*working.tier {
            "impossible" => "beyond rounding",
            "improbable" => "improbable",
            "possible" => "left open",
            _ if working.relation == "=" && working.difference.is_some() => "differs",
            _ => "not met",
        },
    }
}

/// Whether the right side is what is stated, and the left one what follows.
pub fn is_swapped(w: &JsonWorking<'_>) -> bool {
    if w.relation != "=" {
        return false;
    }
    match float(&w.left.exact).zip(float(&w.right.exact)) {
        // The difference is what is stated minus what follows, whichever is written first.
        Some((left, right)) if left != right && !w.exact_difference.is_empty() => {
            (left < right) != w.exact_difference.starts_with('-')
        }
        _ => is_cell(w, "right") && !is_cell(w, "left"),
    }
}

/// Whether a side is one cell, and nothing is computed.
fn is_cell(w: &JsonWorking<'_>, side: &str) -> bool {
    let mut terms = w.terms.iter().filter(|t| t.side == side);
    terms.next().is_some_and(|t| t.part_of.is_empty() && t.place.is_some())
        && terms.next().is_none()
}

/// Why a finding is accepted, and by whom.
pub fn accepted(a: &JsonAcceptance<'_>) -> String {
    let reason = a.reason.as_deref().unwrap_or(match a.kind {
        AcceptedBy::Baseline => "in the baseline",
        AcceptedBy::Allowance | AcceptedBy::Comment => "no reason given",
    });
    a.by.as_ref().map_or_else(|| reason.to_string(), |by| format!("{reason} ({by})"))
}
