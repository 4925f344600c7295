//! What a check asks, and what becomes of it where its data is in a database.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::data::check::{Assertion, Check, Kind};
use crate::engine::data::table::Table;
use crate::expr::bind::BoundUnit;
use crate::expr::bound::{Bound, Op, StateDef, StateId, States};
use crate::plan::needs;
use crate::sql::cells::name_of;
use crate::sql::decimal::Unsaid;
use crate::sql::dialect::Dialect;

/// What is in a database, and what is asked of it.
#[derive(Clone, Copy)]
pub struct Input<'i> {
    pub tables: &'i [Table],
    pub states: &'i States,
    /// What stands behind `from` for a table.
    pub from: &'i dyn Fn(usize) -> String,
}

/// What becomes of a check where its data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The id of the check.
    pub check: String,
    /// What the statement is for, a line for each demand.
    pub demands: Vec<String>,
    /// What names suspects; none where nothing of the check can be sent.
    pub sql: Option<String>,
    /// What is fetched and judged here.
    pub kept: Vec<Kept>,
}

/// A demand that is judged here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub demand: String,
    pub why: String,
    /// Tables, and the columns of each that are fetched.
    pub columns: Vec<(String, Vec<String>)>,
}

/// One thing that a check asks.
pub enum Demanded<'c> {
    /// A column whose cells must be of its type.
    Typed(usize),
    /// An assertion, or what a contract asks.
    Asserted(&'c Assertion),
}

impl Demanded<'_> {
    /// In words.
    pub fn words(&self, check: &Check, tables: &[Table]) -> String {
        let column = |at: usize| {
            let table = check.row_table().and_then(|t| tables.get(t));
            table.map_or_else(String::new, |t| name_of(t, at).to_string())
        };
        match self {
            Demanded::Typed(at) => format!("`{}` can be read", column(*at)),
            Demanded::Asserted(a) => match &a.kind {
                Kind::Assert => a.text.split_whitespace().collect::<Vec<_>>().join(" "),
                Kind::Demand { column: at, words } => format!("`{}` {words}", column(*at)),
                Kind::Like { column: at, name } => format!("`{}` must be {name}", column(*at)),
                Kind::Unique { columns } => {
                    let names: Vec<String> =
                        columns.iter().map(|at| format!("`{}`", column(*at))).collect();
                    format!("{} must be unique", names.join(", "))
                }
            },
        }
    }

    /// That it is judged here, and what is fetched for it.
    pub fn kept(&self, check: &Check, input: Input<'_>, why: &Unsaid, dialect: &Dialect) -> Kept {
        let bounds: Vec<&Bound> = match self {
            Demanded::Typed(_) => check.filter.iter().collect(),
            Demanded::Asserted(a) => check.filter.iter().chain([&a.bound]).collect(),
        };
        let mut read = columns(&bounds, &check.units, input.states);
        let own: Vec<usize> = match self {
            Demanded::Typed(column) => vec![*column],
            Demanded::Asserted(a) => match &a.kind {
                Kind::Assert => Vec::new(),
                Kind::Demand { column, .. } | Kind::Like { column, .. } => vec![*column],
                Kind::Unique { columns } => columns.clone(),
            },
        };
        if let Some(table) = check.row_table() {
            read.entry(table).or_default().extend(own);
            let key = input.tables.get(table).map_or(&[][..], |t| &t.key[..]);
            read.entry(table).or_default().extend(key);
        }
        let named = |(table, columns): (usize, BTreeSet<usize>)| {
            let table = input.tables.get(table)?;
            let mut names: Vec<String> =
                columns.into_iter().map(|c| name_of(table, c).to_string()).collect();
            names.dedup();
            Some((table.name.clone(), names))
        };
        Kept {
            demand: self.words(check, input.tables),
            why: why.words(dialect),
            columns: read.into_iter().filter_map(named).collect(),
        }
    }
}

/// The columns that expressions read, those of other rows included, by table.
fn columns(
    bounds: &[&Bound],
    units: &[BoundUnit],
    states: &States,
) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut all: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut take = |b: &Bound, tables: &dyn Fn(usize) -> Option<usize>| {
        b.walk(&mut |b| {
            if let Op::Cell { unit, column, .. }
            | Op::Written { unit, column }
            | Op::Items { unit, column, .. } = b.op
                && let Some(table) = tables(unit)
            {
                all.entry(table).or_default().insert(column);
            }
        });
    };
    let unit = |n: usize| units.get(n).map(|u| u.table);
    bounds.iter().for_each(|b| take(b, &unit));
    let mut open: Vec<StateId> = needs(bounds.iter().copied());
    open.extend(units.iter().filter_map(|u| u.groups));
    let mut seen = BTreeSet::new();
    while let Some(state) = open.pop() {
        let Some(def) = states.all.get(state).filter(|_| seen.insert(state)) else { continue };
        let table = def.table();
        def.reads().into_iter().for_each(|b| take(b, &|n| (n == 0).then_some(table)));
        open.extend(needs(def.reads()));
    }
    for state in seen {
        if let Some(StateDef::Index(index)) = states.all.get(state) {
            let own = all.entry(index.table).or_default();
            own.extend(index.columns.iter().chain(index.keep.iter().map(|k| &k.0)));
        }
    }
    all
}
