//! Message templates: `{place}: {left} stated, {right} listed`.

use std::ops::Range;

use crate::engine::data::check::Check;
use crate::engine::data::job::Job;
use crate::engine::states::env::{At, UnitRow};
use crate::findings::working::shown_key;
use crate::report::Working;

/// Placeholders that the working fills, beside the columns and keys of what is judged.
pub const WORKING: [&str; 3] = ["left", "right", "difference"];

/// The placeholders of a template: their places, braces included, and their names. `{{` is a brace.
pub fn placeholders(template: &str) -> Vec<(Range<usize>, &str)> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(open) = template[from..].find('{').map(|n| from + n) {
        if template[open..].starts_with("{{") {
            from = open + 2;
            continue;
        }
        let Some(close) = template[open..].find('}').map(|n| open + n) else { break };
        all.push((open..close + 1, &template[open + 1..close]));
        from = close + 1;
    }
    all
}

/// The template with its placeholders filled for the units at hand.
pub fn fill(
    template: &str,
    check: &Check,
    env: &At<'_>,
    working: Option<&Working>,
    job: &Job<'_>,
) -> String {
    let (mut out, mut from) = (String::new(), 0);
    for (range, name) in placeholders(template) {
        out.push_str(&template[from..range.start].replace("{{", "{").replace("}}", "}"));
        let value = of_working(name, working).or_else(|| of_units(name, check, env, job));
        out.push_str(value.as_deref().unwrap_or("(none)"));
        from = range.end;
    }
    out.push_str(&template[from..].replace("{{", "{").replace("}}", "}"));
    out
}

fn of_working(name: &str, working: Option<&Working>) -> Option<String> {
    let working = working?;
    match name {
        "left" => Some(working.left.value.clone()),
        "right" => Some(working.right.value.clone()),
        "difference" => working.difference.clone(),
        _ => None,
    }
}

/// `column` of the first unit that has it, or `unit.column`.
fn of_units(name: &str, check: &Check, env: &At<'_>, job: &Job<'_>) -> Option<String> {
    check.units.iter().zip(env.units).find_map(|(unit, row)| {
        let name =
            name.strip_prefix(unit.name.as_str()).and_then(|n| n.strip_prefix('.')).unwrap_or(name);
        match row {
            UnitRow::Located(row, table) => job.tables[*table]
                .columns
                .iter()
                .position(|c| c.name == name)
                .map(|c| row.texts[c].clone()),
            UnitRow::Group(keys) => {
                unit.keys.iter().position(|k| k == name).map(|k| shown_key(&keys[k]))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_and_braces_kept() {
        let names: Vec<&str> =
            placeholders("{place}: {{no}} {left} {open").iter().map(|h| h.1).collect();
        assert_eq!(names, ["place", "left"]);
        assert!(placeholders("none").is_empty());
    }
}
