//! Names that have changed since fingerprints were made: `was` of checks, tables and columns.

use std::collections::BTreeMap;

use crate::report::identity::{Demand, Identity};

/// Names of today with those under which fingerprints are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// Checks of the rules.
    pub checks: BTreeMap<String, String>,
    /// Tables.
    pub tables: BTreeMap<String, String>,
    /// Columns by table.
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
    /// Assertions by check, as they are printed.
    pub demands: BTreeMap<(String, String), String>,
}

impl Renames {
    /// Whether nothing was renamed.
    pub fn is_empty(&self) -> bool {
        self.checks.is_empty() && self.tables.is_empty() && self.columns.is_empty()
    }

    /// The name of a table under which fingerprints are made.
    pub fn table<'n>(&'n self, table: &'n str) -> &'n str {
        self.tables.get(table).map_or(table, String::as_str)
    }

    /// That of a column.
    pub fn column<'n>(&'n self, table: &str, column: &'n str) -> &'n str {
        self.columns.get(table).and_then(|c| c.get(column)).map_or(column, String::as_str)
    }

    /// An identity under its former names; none where it has no others.
    pub(crate) fn of(&self, identity: &Identity) -> Option<Identity> {
        if self.is_empty() {
            return None;
        }
        let table = identity.table.as_deref();
        let mut former = identity.clone();
        former.check = self.check(&identity.check, table);
        if let Demand::Assertion(text) = &identity.demand {
            let known = self.demands.get(&(identity.check.clone(), text.clone()));
            former.demand = Demand::Assertion(known.unwrap_or(text).clone());
        }
        former.column = identity.column.as_ref().map(|column| {
            table.map_or(column.as_str(), |table| self.column(table, column)).to_string()
        });
        former.table = table.map(|table| self.table(table).to_string());
        (former != *identity).then_some(former)
    }

    /// A check of the rules, or the contract of a column, `table.column`.
    fn check(&self, check: &str, table: Option<&str>) -> String {
        let contract = table.and_then(|t| Some((t, check.strip_prefix(t)?.strip_prefix('.')?)));
        match contract {
            Some((table, column)) => {
                format!("{}.{}", self.table(table), self.column(table, column))
            }
            None => self.checks.get(check).map_or(check, String::as_str).to_string(),
        }
    }
}
