//! The form that filters findings: it is there where a script runs, and is worked by keyboard as any
//! other form is.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::render::html::text::short;
use crate::render::html::ticks;
use crate::render::html::view::View;

/// Findings from which on a filter is of use.
const LEAST: usize = 4;

/// The form; nothing where there is little to filter.
pub fn form(view: &View<'_>) -> Markup {
    if view.items().count() < LEAST {
        return html! {};
    }
    let severities = ["error", "warning", "info"].into_iter();
    let there: BTreeSet<&str> = view.items().map(|i| ticks::class(&i.finding.severity)).collect();
    let severities = severities
        .filter(|s| there.contains(s))
        .map(|s| (s.to_string(), if s == "info" { "note" } else { s }.to_string()));
    let there: BTreeSet<&str> = view.items().map(|i| view.sorted(i)).collect();
    let statuses =
        [("new", "new"), ("changed", "changed"), ("open", "still open"), ("accepted", "accepted")];
    let statuses = statuses.into_iter().filter(|s| there.contains(s.0));
    let statuses = statuses.map(|(value, word)| (value.to_string(), word.to_string()));
    let checks = view.groups.iter().map(|g| {
        let name = short(g.check, 200);
        (name.clone(), name)
    });
    html! {
        form class="filter" hidden aria-label="Filter the findings" {
            label { "Text" input type="search" name="text" autocomplete="off"; }
            (choice("Severity", "severity", severities.collect()))
            (choice("Status", "status", statuses.collect()))
            (choice("Check", "check", checks.collect()))
            button type="reset" { "Show all" }
            output aria-live="polite" {}
        }
    }
}

fn choice(label: &str, name: &str, values: Vec<(String, String)>) -> Markup {
    // One value leaves nothing to choose.
    if values.len() < 2 {
        return html! {};
    }
    html! {
        label {
            (label)
            select name=(name) {
                option value="" { "all" }
                @for (value, word) in values { option value=(value) { (word) } }
            }
        }
    }
}
