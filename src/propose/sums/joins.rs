//! Which rows of a table belong to a row of another.

use std::collections::HashMap;

use crate::propose::rules::{Demand, Rules};
use crate::propose::table::Table;

/// A column by which rows belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct On {
    /// Of the rows that are many.
    pub from: usize,
    /// The table that it refers to, and the column of that which counts: the region of a district.
    pub through: Option<(usize, usize)>,
    /// Of the row that they belong to.
    pub to: usize,
}

/// How rows of one table belong to a row of another, or of the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    pub from: usize,
    pub to: usize,
    pub on: Vec<On>,
}

/// Rows that belong to a row, by the values of the columns of the join.
type Groups<'t> = Vec<(usize, Vec<usize>)>;

/// A column that refers to the key of a table.
type Reference = ((usize, usize), (usize, usize));

/// All ways in which rows may belong to a row of a table with a key: by a reference, by columns that
/// have the names of those of the key, by what they refer to.
pub fn joins(tables: &[Table], rules: &Rules) -> Vec<Join> {
    let references = references(rules);
    let mut all: Vec<Join> = Vec::new();
    for (to, target) in tables.iter().enumerate().filter(|(_, t)| !t.key.is_empty()) {
        for (from, table) in tables.iter().enumerate() {
            let finder = Finder { tables, references: &references, from, to };
            let on: Option<Vec<On>> = target.key.iter().map(|key| finder.on(*key)).collect();
            let is_finer = |on: &Vec<On>| {
                let is_met = |c: &usize| on.iter().any(|o| o.from == *c && o.through.is_none());
                table.key.is_empty() || !table.key.iter().all(is_met)
            };
            all.extend(on.filter(is_finer).map(|on| Join { from, to, on }));
        }
    }
    all
}

fn references(rules: &Rules) -> Vec<Reference> {
    let tables = rules.tables.iter().enumerate();
    let demands = tables.flat_map(|(table, own)| {
        own.demands.iter().flat_map(move |(column, all)| {
            all.iter().map(move |demand| ((table, *column), &demand.what))
        })
    });
    let reference = |(at, demand): ((usize, usize), &Demand)| match demand {
        Demand::In(table, column) => Some((at, (*table, *column))),
        _ => None,
    };
    demands.filter_map(reference).collect()
}

struct Finder<'a> {
    tables: &'a [Table],
    references: &'a [Reference],
    from: usize,
    to: usize,
}

impl Finder<'_> {
    /// How rows meet a column of the key.
    fn on(&self, key: usize) -> Option<On> {
        let own = |column: usize| On { from: column, through: None, to: key };
        let refers = self
            .references
            .iter()
            .find(|((table, _), to)| *table == self.from && *to == (self.to, key));
        if let Some(((_, column), _)) = refers {
            return Some(own(*column));
        }
        if self.from == self.to {
            return None;
        }
        if let Some(column) = self.named(self.from, key) {
            return Some(own(column));
        }
        let through = |((table, column), (other, _)): &Reference| {
            let is_own = *table == self.from && *other != self.to && *other != self.from;
            let its = is_own.then(|| self.meets(*other, key)).flatten()?;
            Some(On { from: *column, through: Some((*other, its)), to: key })
        };
        self.references.iter().find_map(through)
    }

    /// The column of a table that has the name of one of the key, or refers to it, or to the same.
    fn meets(&self, table: usize, key: usize) -> Option<usize> {
        let goal = |at: (usize, usize)| self.references.iter().find(|r| r.0 == at).map(|r| r.1);
        let wanted = [Some((self.to, key)), goal((self.to, key))];
        let refers = self
            .references
            .iter()
            .find(|((own, _), to)| *own == table && wanted.contains(&Some(*to)));
        refers.map(|((_, column), _)| *column).or_else(|| self.named(table, key))
    }

    fn named(&self, table: usize, key: usize) -> Option<usize> {
        let name = self.tables.get(self.to)?.column(key)?.name();
        let own = self.tables.get(table)?;
        own.usable().into_iter().find(|c| own.column(*c).is_some_and(|c| c.name() == name))
    }
}

impl Join {
    /// The rows that belong to each row that has some.
    pub fn groups(&self, tables: &[Table]) -> Option<Groups<'_>> {
        let (from, to) = (tables.get(self.from)?, tables.get(self.to)?);
        let through: Vec<Option<HashMap<&str, usize>>> =
            self.on.iter().map(|on| index(tables, on)).collect();
        let mut rows: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
        for row in 0..from.rows {
            let value = |(on, index): (&On, &Option<HashMap<&'_ str, usize>>)| {
                let own = text(from, on.from, row)?;
                match (on.through, index) {
                    (Some((table, column)), Some(index)) => {
                        text(tables.get(table)?, column, *index.get(own)?)
                    }
                    _ => Some(own),
                }
            };
            let key: Option<Vec<&str>> = self.on.iter().zip(&through).map(value).collect();
            if let Some(key) = key {
                rows.entry(key).or_default().push(row);
            }
        }
        let group = |row: usize| {
            let key: Option<Vec<&str>> = self.on.iter().map(|on| text(to, on.to, row)).collect();
            Some((row, rows.get(&key?)?.clone()))
        };
        Some((0..to.rows).filter_map(group).collect())
    }

    /// The condition that chooses the rows; `row` is what the other is called.
    pub fn condition(&self, tables: &[Table], row: &str) -> String {
        let called = |table: usize, column: usize| {
            tables.get(table).map_or_else(String::new, |t| t.called(column))
        };
        let one = |on: &On| {
            let own = called(self.from, on.from);
            let own = match on.through {
                Some((table, column)) => {
                    let name = tables.get(table).map_or("", |t| t.files.name.as_str());
                    format!("{name}[{own}].{}", called(table, column))
                }
                None => own,
            };
            format!("{own} = {row}.{}", called(self.to, on.to))
        };
        self.on.iter().map(one).collect::<Vec<_>>().join(" and ")
    }

    /// Whether all rows of all its tables are known.
    pub fn is_whole(&self, tables: &[Table]) -> bool {
        let through = self.on.iter().filter_map(|on| on.through).map(|(table, _)| table);
        let mut all = through.chain([self.from, self.to]);
        all.all(|table| tables.get(table).is_some_and(|t| t.is_whole))
    }
}

/// The rows of the table that a column refers to, by their key.
fn index<'t>(tables: &'t [Table], on: &On) -> Option<HashMap<&'t str, usize>> {
    let table = tables.get(on.through?.0)?;
    let key = *table.key.first()?;
    Some((0..table.rows).filter_map(|row| Some((text(table, key, row)?, row))).collect())
}

fn text(table: &Table, column: usize, row: usize) -> Option<&str> {
    let column = table.column(column)?;
    column.value(row)?;
    Some(column.sample.text(row).trim())
}
