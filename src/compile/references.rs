//! References of several columns as checks, which look rows up.

use crate::compile::names::no_table;
use crate::expr::parse::{parse_expr, parse_unit};
use crate::expr::print::name as quoted;
use crate::report::schedule::TrivialBelow;
use crate::rules::{CheckRule, Code, Reference, RuleSet, Spanned, TableRule};
use crate::source::{FlatMap, Problem, Snippet};

/// The checks that the references of all tables are.
pub fn checks(rules: &RuleSet, problems: &mut Vec<Problem>) -> Vec<CheckRule> {
    let mut all = Vec::new();
    for table in &rules.tables {
        for (number, reference) in table.references.iter().enumerate() {
            let Some(target) = rules.tables.iter().find(|t| t.name.value == reference.table.value)
            else {
                let Spanned { value, span } = &reference.table;
                let names = rules.tables.iter().map(|t| t.name.value.as_str());
                problems.push(no_table(value, names, table.file, *span));
                continue;
            };
            all.extend(check(table, number, reference, target));
        }
    }
    all
}

/// The message where rows are counted, which says less than what is not there; none where a key is looked
/// up, which has its own.
fn message(reference: &Reference, target: &TableRule) -> Option<String> {
    let is_counted = target.key.len() != reference.columns.len();
    let is_plain = reference.columns.iter().all(|c| !c.value.contains(['{', '}']));
    let value = |c: &Spanned<String>| format!("{} `{{row.{}}}`", c.value, c.value);
    let values: Vec<String> = reference.columns.iter().map(value).collect();
    (is_counted && is_plain)
        .then(|| format!("`{}` has no row with {}", target.name.value, values.join(" and ")))
}

/// A row without one of the values refers to nothing. The columns go with those of the key of the other
/// table; where that has none of so many columns, with those of the same names.
fn check(
    table: &TableRule,
    number: usize,
    reference: &Reference,
    target: &TableRule,
) -> Option<CheckRule> {
    let columns: Vec<String> = reference.columns.iter().map(|c| quoted(&c.value)).collect();
    let own = |column: &String| format!("row.{column}");
    let is_there: Vec<String> =
        columns.iter().map(|column| format!("{} is not missing", own(column))).collect();
    let other = quoted(&target.name.value);
    let assert = match target.key.first().filter(|_| target.key.len() == columns.len()) {
        Some(key) => {
            // What is looked up has the key that it is looked up by; where nothing is, that is reported.
            let keys: Vec<String> = columns.iter().map(own).collect();
            let (key, first) = (quoted(&key.value), keys.first()?);
            format!("{other}[{}].{key} = {first}", keys.join(", "))
        }
        None => {
            let same = |column: &String| format!("{other}.{column} = {}", own(column));
            let same: Vec<String> = columns.iter().map(same).collect();
            format!("count({other} where {}) > 0", same.join(" and "))
        }
    };
    let message = message(reference, target);
    let snippet = |text: String| {
        // All of it stands where the reference does.
        let mut map = FlatMap::default();
        (0..).zip(text.bytes()).for_each(|(at, _)| map.push(at, reference.span.start));
        Snippet { text, file: table.file, map }
    };
    let unit = snippet(format!("{} as row", quoted(&table.name.value)));
    let (filter, assert) = (snippet(is_there.join(" and ")), snippet(assert));
    let each = Code { tree: parse_unit(&unit.text).0?, snippet: unit };
    let filter = Code { tree: parse_expr(&filter.text).0, snippet: filter };
    let assert = Code { tree: parse_expr(&assert.text).0, snippet: assert };
    let name = match number {
        0 => format!("{}.references", table.name.value),
        n => format!("{}.references.{}", table.name.value, n + 1),
    };
    Some(CheckRule {
        file: table.file,
        id: Spanned { value: name, span: reference.span },
        asserts: vec![assert],
        each: vec![each],
        filter: Some(filter),
        order: None,
        title: None,
        help: None,
        url: None,
        tags: Vec::new(),
        severity: reference.severity,
        message: message.map(snippet),
        was: None,
        said: Vec::new(),
        footing: None,
        trivial_below: TrivialBelow::default(),
        examples: Vec::new(),
    })
}
