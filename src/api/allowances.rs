//! What the allowances of a run name.

use crate::api::facts::faults;
use crate::compile::UNKNOWN_CHECK;
use crate::engine::data::table::Table;
use crate::rules::toml::BAD_VALUE;
use crate::rules::{AllowRule, RuleSet};
use crate::source::{Problem, did_you_mean, wanted};

/// Names in allowances that mean no check, contract or fault, and a `where` of what has no row.
pub(crate) fn wrong_names<'a>(
    allowances: impl Iterator<Item = &'a AllowRule>,
    rules: &RuleSet,
    tables: &[Table],
) -> Vec<Problem> {
    let mut naming = allowances.filter(|rule| !rule.checks.is_empty()).peekable();
    if naming.peek().is_none() {
        return Vec::new();
    }
    let known = Known::new(rules, tables);
    naming.flat_map(|rule| known.wrong(rule)).collect()
}

/// All names that findings can have.
struct Known<'k> {
    of_rows: Vec<String>,
    of_faults: Vec<&'static str>,
    /// Tables whose columns are not known, since they are not part of the run or cannot be read.
    unopened: Vec<&'k str>,
}

impl<'k> Known<'k> {
    fn new(rules: &'k RuleSet, tables: &[Table]) -> Known<'k> {
        let mut of_rows: Vec<String> = rules.check_names().map(str::to_string).collect();
        for table in tables {
            let names = table.columns.iter().map(|c| c.name.as_str()).chain(["key", "rows"]);
            of_rows.extend(names.map(|column| format!("{}.{column}", table.name)));
        }
        for rule in &rules.tables {
            let name = &rule.name.value;
            of_rows.extend(rule.columns.iter().map(|c| format!("{name}.{}", c.name.value)));
        }
        of_rows.extend(rules.table_names().map(str::to_string));
        let is_open = |name: &&str| tables.iter().any(|t| t.name == *name && !t.unread);
        let unopened = rules.table_names().filter(|name| !is_open(name)).collect();
        Known { of_rows, of_faults: faults().iter().map(|f| f.name).collect(), unopened }
    }

    fn wrong(&self, rule: &AllowRule) -> Vec<Problem> {
        let mut problems = Vec::new();
        for check in &rule.checks {
            let name = check.value.strip_prefix('!').unwrap_or(&check.value);
            let pattern = [name.to_string()];
            let is_row = self.of_rows.iter().any(|id| wanted(&pattern, id));
            let is_fault = self.of_faults.iter().any(|id| wanted(&pattern, id));
            let table = name.split_once('.').map(|(table, _)| table);
            if is_row || table.is_some_and(|table| self.unopened.contains(&table)) {
                continue;
            }
            if !is_fault {
                let known = self.of_rows.iter().map(String::as_str);
                let help = did_you_mean(name, known.chain(self.of_faults.iter().copied()));
                let message = format!("there is no check, contract or finding called `{name}`");
                let problem = Problem::new(&UNKNOWN_CHECK, rule.file, check.span, message);
                problems.push(problem.label("unknown").help(help.map_or_else(
                    || "`crossfoot list` lists the checks".to_string(),
                    |near| format!("did you mean `{near}`?"),
                )));
            } else if let Some(code) = &rule.filter {
                let message =
                    format!("`where` needs the row of a check, and `{name}` is a kind of finding");
                let problem = Problem::new(&BAD_VALUE, rule.file, code.snippet.whole(), message);
                let help = "name the check that it is found by, or the finding's `fingerprint`";
                problems.push(problem.help(help));
            }
        }
        problems
    }
}
