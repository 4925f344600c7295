//! The page about functions, made from their tables.

use crate::expr::functions::{AGGREGATES, FUNCTIONS};

/// The reference page, Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# Functions\n\nGenerated from the function table (`src/expr/functions.rs`); a test keeps it up to date.\nUnless stated otherwise, a missing argument makes the result missing, and an unreadable one makes it unknown.\n\n| function | result | example |\n|---|---|---|\n",
    );
    let cell = |s: &str| s.replace('|', "\\|");
    for f in FUNCTIONS {
        page.push_str(&format!(
            "| `{}` | {} | `{}` |\n",
            f.signature,
            cell(f.doc),
            cell(f.example)
        ));
    }
    page.push_str("\n# Aggregates and neighbours\n\nThey work on many rows: all rows of the check or group, those that share the values after `by`, or those of a named table.\n`where` selects rows. Missing values are left out and counted; an unreadable value makes the result unknown.\n\n| aggregate | result | example |\n|---|---|---|\n");
    for a in AGGREGATES {
        page.push_str(&format!("| `{}` | {} | `{}` |\n", a.name, cell(a.doc), cell(a.example)));
    }
    page
}
