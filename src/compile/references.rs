//! References of several columns as checks, which look rows up.

use crate::compile::names::no_table;
use crate::expr::parse::{parse_expr, parse_unit};
use crate::expr::print::name as quoted;
use crate::report::schedule::TrivialBelow;
use crate::rules::{CheckRule, Code, Reference, RuleSet, Said, Spanned, TableRule};
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

/// What is reported; nothing where names hold signs of a message.
fn message(reference: &Reference, target: &TableRule, names: &[&str]) -> Option<String> {
    let is_plain = reference.columns.iter().all(|c| !c.value.contains(['{', '}']));
    let value = |(own, name): (&Spanned<String>, &&str)| format!("{name} `{{row.{}}}`", own.value);
    let values: Vec<String> = reference.columns.iter().zip(names).map(value).collect();
    is_plain.then(|| format!("`{}` has no row with {}", target.name.value, values.join(" and ")))
}

/// That a row of the other table has these values, in its key or in columns of these names.
fn assertion(columns: &[String], other: &str, (theirs, is_by_key): (&[&str], bool)) -> String {
    if is_by_key {
        let keys: Vec<String> = columns.iter().map(|column| format!("row.{column}")).collect();
        return format!("{other}[{}] is not missing", keys.join(", "));
    }
    let same = |(own, theirs): (&String, &&str)| format!("{other}.{} = row.{own}", quoted(theirs));
    let same: Vec<String> = columns.iter().zip(theirs).map(same).collect();
    format!("count({other} where {}) > 0", same.join(" and "))
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
    let is_there: Vec<String> =
        columns.iter().map(|column| format!("row.{column} is not missing")).collect();
    let is_by_key = target.key.len() == columns.len();
    let theirs = if is_by_key { &target.key } else { &reference.columns };
    let theirs: Vec<&str> = theirs.iter().map(|name| name.value.as_str()).collect();
    let assert = assertion(&columns, &quoted(&target.name.value), (&theirs, is_by_key));
    let message = message(reference, target, &theirs);
    let said = format!("{} in {}", columns.join(", "), target.name.value);
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
        optional: false,
        was: None,
        said: vec![Said::Figures(said)],
        footing: None,
        trivial_below: TrivialBelow::default(),
        examples: Vec::new(),
    })
}
