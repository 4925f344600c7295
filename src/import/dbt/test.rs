//! The tests of dbt, of dbt_utils and of dbt_expectations.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::import::dbt::known::Known;
use crate::import::dbt::null::Purpose;
use crate::import::dbt::sql;
use crate::import::document::{map, shown, text, truth};
use crate::import::rules::{Check, Table, slug};
use crate::read::tree::value::{Value, What};
use crate::value::Number;

/// A test with its arguments.
pub struct Test<'v> {
    /// Without the name of its package.
    pub kind: String,
    /// What it is called in the schema.
    pub name: Option<&'v str>,
    value: &'v Value,
    arguments: Option<&'v Value>,
    /// The arguments that were read.
    read: RefCell<BTreeSet<&'static str>>,
}

/// Arguments that change no verdict.
const ABOUT: [&str; 19] = [
    "alias",
    "arguments",
    "column_name",
    "config",
    "database",
    "description",
    "docs",
    "group",
    "is_raw",
    "limit",
    "meta",
    "model",
    "name",
    "quote_columns",
    "schema",
    "store_failures",
    "store_failures_as",
    "tags",
    "test_name",
];

/// How findings of a test count, and which rows it is for.
#[derive(Clone, Default)]
pub struct How {
    pub filter: Option<String>,
    pub is_warning: bool,
}

impl How {
    /// Some rows of a table, as an aggregate chooses them: ` where …`.
    pub fn chosen(&self) -> String {
        self.filter.as_ref().map_or_else(String::new, |filter| format!(" where {filter}"))
    }
}

impl<'v> Test<'v> {
    pub fn new(value: &'v Value) -> Test<'v> {
        let member = |name: &str| map(value).and_then(|m| m.get(name)).map(|m| &m.value);
        // Either `- unique`, `- unique: {…}`, or `- name: …, test_name: unique`.
        let named = member("test_name").and_then(text);
        let first = map(value).and_then(|m| m.members.first());
        let (kind, arguments) = match (text(value), named, first) {
            (Some(kind), ..) => (kind, None),
            (None, Some(kind), _) => (kind, Some(value)),
            (None, None, Some(first)) => (&*first.name, Some(&first.value)),
            (None, None, None) => ("", None),
        };
        let kind = short(kind);
        let mut test = Test { kind, name: None, value, arguments, read: RefCell::default() };
        test.name = test.get("name").and_then(text);
        test
    }

    /// An argument: of the test itself, of its `arguments`, or of its `config`.
    pub fn get(&self, name: &'static str) -> Option<&'v Value> {
        self.read.borrow_mut().insert(name);
        let own = map(self.arguments?)?;
        let beside = map(self.value).filter(|_| own.get("test_name").is_none());
        let inner = |key: &str| own.get(key).and_then(|m| map(&m.value));
        let all = [Some(own), inner("arguments"), inner("config"), beside];
        let found = all.into_iter().flatten().find_map(|map| map.get(name));
        found.map(|m| &m.value).filter(|value| !matches!(value.what, What::Null))
    }

    pub fn text(&self, name: &'static str) -> Option<&'v str> {
        self.get(name).and_then(text)
    }

    pub fn number(&self, name: &'static str) -> Option<&'v str> {
        self.text(name).filter(|text| Number::parse(text).is_some())
    }

    pub fn truth(&self, name: &'static str) -> Option<bool> {
        self.get(name).and_then(truth)
    }

    /// The numbers `min_value` and `max_value`, of which there is one at least.
    ///
    /// # Errors
    /// That there is none, or that one is no number.
    pub fn bounds(&self) -> Result<(Option<&'v str>, Option<&'v str>), String> {
        let both = (self.number("min_value"), self.number("max_value"));
        let said = |key| self.get(key).is_some();
        let are_read =
            said("min_value") == both.0.is_some() && said("max_value") == both.1.is_some();
        if !are_read || both == (None, None) {
            return Err("its bounds are no numbers".into());
        }
        Ok(both)
    }

    /// Whether a bound itself is not allowed.
    pub fn is_strict(&self) -> bool {
        self.truth("inclusive") == Some(false) || self.truth("strictly") == Some(true)
    }

    /// That a figure is between `min_value` and `max_value`.
    ///
    /// # Errors
    /// As for the bounds.
    pub fn between(&self, figure: &str) -> Result<Vec<String>, String> {
        let (low, high) = self.bounds()?;
        let (above, below) = if self.is_strict() { (">", "<") } else { (">=", "<=") };
        let low = low.map(|n| format!("{figure} {above} {n}"));
        let high = high.map(|n| format!("{figure} {below} {n}"));
        Ok(low.into_iter().chain(high).collect())
    }

    pub fn what(&self) -> String {
        format!("the test {}", shown(self.value))
    }

    /// How it counts.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn how(&self, table: &Table, known: &mut Known) -> Result<How, String> {
        if self.truth("enabled") == Some(false) {
            return Err("it is not enabled".into());
        }
        for key in ["error_if", "warn_if", "mostly", "group_by", "group_by_columns"] {
            if let Some(value) = self.get(key) {
                return Err(format!("`{key}` {} cannot be said", shown(value)));
            }
        }
        let mut chosen = Vec::new();
        for sql in [self.text("where"), self.text("row_condition")].into_iter().flatten() {
            chosen.push(declared(sql::condition(sql, Purpose::Choose)?, table, known));
        }
        let filter = match chosen.as_slice() {
            [first, second] => Some(format!("({first}) and ({second})")),
            _ => chosen.pop(),
        };
        let is_warning = self.text("severity").is_some_and(|s| s.eq_ignore_ascii_case("warn"));
        Ok(How { filter, is_warning })
    }

    /// That nothing is asked for which was not translated.
    ///
    /// # Errors
    /// The argument that nobody has read.
    pub fn is_read(&self) -> Result<(), String> {
        let own = self.arguments.and_then(map);
        let inner = |key: &str| own.and_then(|own| own.get(key)).and_then(|m| map(&m.value));
        let read = self.read.borrow();
        for member in [own, inner("arguments"), inner("config")]
            .into_iter()
            .flatten()
            .flat_map(|map| &map.members)
        {
            let is_known = read.contains(&*member.name) || ABOUT.contains(&&*member.name);
            if !is_known && !matches!(member.value.what, What::Null) {
                return Err(format!("`{}` {} cannot be said", member.name, shown(&member.value)));
            }
        }
        Ok(())
    }
}

/// The name of a test without that of its package, `expect_column_values_to_` and the like.
fn short(kind: &str) -> String {
    kind.rsplit('.').next().unwrap_or(kind).to_string()
}

/// A condition; the columns that it names must be columns of the table.
pub fn declared(condition: sql::Condition, table: &Table, known: &mut Known) -> String {
    let asked = condition.columns.into_iter().map(|name| (table.name.clone(), name));
    known.asked.extend(asked);
    condition.text
}

/// A check, which is called as its test.
pub fn put(test: &Test<'_>, check: Check, how: How, table: &mut Table) {
    let id = test.name.map_or(check.id.clone(), slug);
    // Without rows there is nothing to choose from: what is counted chooses for itself.
    let filter = how.filter.filter(|_| check.each.is_some());
    let filter = match (check.filter, filter) {
        (Some(own), Some(filter)) => Some(format!("({own}) and ({filter})")),
        (own, filter) => own.or(filter),
    };
    table.check(Check { id, filter, is_warning: how.is_warning, ..check });
}
