//! Rule files → rule set.

use crate::compile::discover::{self, Found};
use crate::files::sources::Sources;
use crate::rules::RuleSet;
use crate::rules::walk::read;
use crate::source::Problem;

/// Reads all rule files of a run; data files without rules become tables of their own.
///
/// # Errors
/// Where no rule file is found.
pub fn load(
    config: &[String],
    paths: &[String],
    book: &mut Sources,
) -> Result<(RuleSet, Found, Vec<Problem>), Problem> {
    let found = discover::find(config, paths, book)?;
    let mut rules = RuleSet::default();
    let mut problems = Vec::new();
    for path in &found.rules {
        match book.open_text(path, None) {
            Ok((file, text)) => {
                let (set, found) = read(&text, file, &discover::base_of(path));
                problems.extend(found);
                problems.extend(rules.merge(set));
            }
            Err(problem) => problems.push(problem),
        }
    }
    for path in &found.data {
        let text = rule_for(path, &rules);
        let file = book.add_text("the command line", &text);
        let (set, found) = read(&text, file, "");
        problems.extend(found);
        problems.extend(rules.merge(set));
    }
    Ok((rules, found, problems))
}

/// A rule file that declares one table and nothing else.
fn rule_for(path: &str, rules: &RuleSet) -> String {
    let stem = path
        .rsplit('/')
        .next()
        .unwrap_or(path)
        .split('.')
        .next()
        .filter(|s| !s.is_empty() && *s != "-")
        .unwrap_or("data");
    let mut name = stem.to_string();
    let mut n = 2;
    while rules.tables.iter().any(|t| t.name.value == name) {
        name = format!("{stem}-{n}");
        n += 1;
    }
    format!("[data.{}]\npath = {}\n", quoted(&name), quoted(path))
}

/// A text as a TOML string; a file name may hold any sign, a line end too.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_quoted_whatever_is_in_them() {
        assert_eq!(quoted("a\nb\"c\\\u{7f}é"), "\"a\\u000Ab\\\"c\\\\\\u007Fé\"");
        let rules = rule_for("a\n\u{1}.csv", &RuleSet::default());
        let (set, problems) = read(&rules, crate::source::FileId(0), "");
        assert!(problems.is_empty());
        assert_eq!(set.tables[0].path.value.text, "a\n\u{1}.csv");
    }
}
