//! `was`: the names under which fingerprints are made.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::expr::bind::BoundCheck;
use crate::expr::lex::{Token, lex};
use crate::expr::parse::parse_expr;
use crate::expr::print::{name, print};
use crate::report::Renames;
use crate::rules::toml::BAD_VALUE;
use crate::rules::{CheckRule, Code, RuleSet, Spanned};
use crate::source::{FileId, Problem};

/// The renames of all tables, columns and checks; a former name that something else has is a
/// mistake.
pub fn of_rules(rules: &RuleSet, problems: &mut Vec<Problem>) -> Renames {
    let checks = rules.checks.iter().map(|c| (c.file, &c.id, &c.was));
    let tables = rules.tables.iter().map(|t| (t.file, &t.name, &t.was));
    let mut renames = Renames {
        checks: names("check", checks, problems),
        tables: names("table", tables, problems),
        ..Renames::default()
    };
    for table in &rules.tables {
        let columns = table.columns.iter().map(|c| (table.file, &c.name, &c.was));
        let columns = names("column", columns, problems);
        if !columns.is_empty() {
            renames.columns.insert(table.name.value.clone(), columns);
        }
    }
    renames
}

fn names<'r>(
    what: &str,
    all: impl Iterator<Item = (FileId, &'r Spanned<String>, &'r Option<Spanned<String>>)> + Clone,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, String> {
    let mut former: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: BTreeMap<&str, &str> =
        all.clone().map(|(_, n, _)| (&*n.value, &*n.value)).collect();
    for (file, name, was) in all {
        let Some(was) = was else { continue };
        if let Some(other) = taken.insert(&was.value, &name.value) {
            let message = match other == was.value {
                true => {
                    format!("there is a {what} `{other}`, so `{}` was not called so", name.value)
                }
                false => format!("`{other}` was called `{}` too", was.value),
            };
            let help = "fingerprints of the two would be the same: a former name belongs to one";
            let problem = Problem::new(&BAD_VALUE, file, was.span, message);
            problems.push(problem.label("taken").help(help));
        }
        former.insert(name.value.clone(), was.value.clone());
    }
    former
}

/// Adds the assertions of a check as they would be printed with the former names.
pub fn add_demands(renames: &mut Renames, rule: &CheckRule, bound: &BoundCheck) {
    if renames.tables.is_empty() && renames.columns.is_empty() {
        return;
    }
    let aliases = rule.each.iter().filter_map(|u| u.tree.alias.as_ref());
    let aliases: Vec<&str> = aliases.map(|a| a.text.as_str()).collect();
    for (code, columns) in rule.asserts.iter().zip(&bound.former) {
        let is_table = |text: &str| !aliases.contains(&text);
        let today = print(&code.tree);
        let former =
            printed(code, columns, &|text| renames.tables.get(text).filter(|_| is_table(text)));
        if let Some(former) = former.filter(|former| *former != today) {
            renames.demands.insert((rule.id.value.clone(), today), former);
        }
    }
}

/// An assertion with other names: of the columns that stand at these places, and of tables.
fn printed<'n, T>(
    code: &Code<T>,
    columns: &[(Range<usize>, String)],
    table: &dyn Fn(&str) -> Option<&'n String>,
) -> Option<String> {
    let text = &code.snippet.text;
    let mut places: BTreeMap<usize, (usize, &str)> =
        columns.iter().map(|(span, was)| (span.start, (span.end, was.as_str()))).collect();
    let (tokens, _) = lex(text);
    for (n, token) in tokens.iter().enumerate() {
        let is_path = n
            .checked_sub(1)
            .and_then(|n| tokens.get(n))
            .is_some_and(|t| t.token == Token::Sign("."));
        if let (Token::Name(word, _), false) = (&token.token, is_path)
            && let Some(was) = table(word)
        {
            places.entry(token.span.start).or_insert((token.span.end, was));
        }
    }
    let (mut former, mut at) = (String::new(), 0);
    for (start, (end, was)) in places {
        former.push_str(text.get(at..start)?);
        former.push_str(&name(was));
        at = end;
    }
    former.push_str(text.get(at..)?);
    let (tree, errors) = parse_expr(&former);
    errors.is_empty().then(|| print(&tree))
}
