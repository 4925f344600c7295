//! Which columns the checks of a run read.

use std::collections::{BTreeSet, HashSet};

use crate::compile::build::Compiled;
use crate::engine::data::check::{Check, Kind};
use crate::expr::bound::{Bound, Op, StateDef, StateId};
use crate::findings::allowance::Allowances;
use crate::findings::template;
use crate::plan::needs;
use crate::shape::Source;

/// The columns that checks and contracts read, by table and number: in assertions, conditions,
/// groups, orders and messages, in what they look up, and in what sums and windows are made of.
pub fn columns(built: &Compiled) -> BTreeSet<(usize, usize)> {
    let mut walk = Walk { built, seen: HashSet::new(), read: BTreeSet::new() };
    built.checks.iter().for_each(|check| walk.check(check));
    for (number, table) in built.tables.iter().enumerate() {
        table.filter.iter().for_each(|filter| walk.expression(&filter.condition, &[number]));
    }
    walk.all()
}

/// What is read of tables, by whom.
pub struct Reads {
    /// All columns that are read.
    pub all: BTreeSet<(usize, usize)>,
    /// Those that each check reads, by its number.
    pub by_check: Vec<BTreeSet<(usize, usize)>>,
    /// Those that checks read of other rows than the one which is judged.
    pub of_other_rows: BTreeSet<(usize, usize)>,
    /// Those by which allowances choose findings.
    pub of_allowances: BTreeSet<(usize, usize)>,
}

impl Reads {
    /// What a run reads.
    pub fn of(built: &Compiled, allowances: &Allowances) -> Reads {
        let of_allowances = of_allowances(built, allowances);
        let mut all = columns(built);
        all.extend(&of_allowances);
        let others = built.checks.iter().flat_map(|check| of_other_rows(built, check));
        let by_check = built.checks.iter().map(|check| of_check(built, check)).collect();
        Reads { all, by_check, of_other_rows: others.collect(), of_allowances }
    }
}

/// The columns by which allowances choose findings.
fn of_allowances(built: &Compiled, allowances: &Allowances) -> BTreeSet<(usize, usize)> {
    let mut walk = Walk { built, seen: HashSet::new(), read: BTreeSet::new() };
    for filter in allowances.all.iter().filter_map(|allowance| allowance.filter.as_ref()) {
        filter.of_tables.iter().for_each(|(table, e)| walk.expression(e, &[*table]));
        for (id, e) in &filter.of_checks {
            let check = built.checks.iter().find(|check| check.id == *id);
            let units = check.map_or(&[][..], |check| &check.units);
            walk.expression(e, &units.iter().map(|unit| unit.table).collect::<Vec<_>>());
        }
    }
    walk.all()
}

/// The columns that each check reads, by its id.
pub fn by_check(built: &Compiled) -> Vec<(String, BTreeSet<(usize, usize)>)> {
    built.checks.iter().map(|check| (check.id.clone(), of_check(built, check))).collect()
}

/// The columns that a check reads.
fn of_check(built: &Compiled, check: &Check) -> BTreeSet<(usize, usize)> {
    let mut walk = Walk { built, seen: HashSet::new(), read: BTreeSet::new() };
    walk.check(check);
    walk.all()
}

/// The columns that a check reads of other rows than the one which is judged.
fn of_other_rows(built: &Compiled, check: &Check) -> BTreeSet<(usize, usize)> {
    let mut walk = Walk { built, seen: HashSet::new(), read: BTreeSet::new() };
    let tables: Vec<usize> = check.units.iter().map(|unit| unit.table).collect();
    let groups = check.units.iter().filter_map(|unit| unit.groups);
    needs(check.expressions()).into_iter().chain(groups).for_each(|s| walk.state(s, &tables));
    // The column that a look-up gives stands in the expression.
    check.expressions().for_each(|e| {
        e.walk(&mut |b| {
            if let Op::Lookup { state, column: Some(column), .. } = b.op {
                let table = built.states.all.get(state).map(StateDef::table);
                walk.read.extend(table.map(|table| (table, column)));
            }
        });
    });
    let unique = check.asserts.iter().flat_map(|assertion| match &assertion.kind {
        Kind::Unique { columns } => columns.clone(),
        _ => Vec::new(),
    });
    walk.read.extend(unique.filter_map(|column| Some((check.row_table()?, column))));
    walk.all()
}

/// The column that is read where a second reading of it is.
fn of_rounded(built: &Compiled, (table, column): (usize, usize)) -> Option<(usize, usize)> {
    let of = built.tables.get(table)?.columns.get(column)?.rounded?;
    Some((table, of))
}

/// The columns of a table that are read where a view of it is.
fn of_view(built: &Compiled, (view, column): (usize, usize)) -> Vec<(usize, usize)> {
    let Some(table) = built.tables.get(view) else { return Vec::new() };
    let Some((of, base)) = table.view_of.and_then(|of| Some((of, built.tables.get(of)?))) else {
        return Vec::new();
    };
    let place = |field: &(usize, String)| {
        base.layout.sources.iter().position(|source| *source == Source::Field(field.0))
    };
    match table.layout.sources.get(column) {
        Some(Source::PivotValue) => {
            table.layout.pivot.iter().filter_map(place).map(|column| (of, column)).collect()
        }
        _ if column < base.columns.len() => vec![(of, column)],
        _ => Vec::new(),
    }
}

struct Walk<'b> {
    built: &'b Compiled,
    /// States that were walked, with the tables of the rows that they were asked from.
    seen: HashSet<(StateId, Vec<usize>)>,
    read: BTreeSet<(usize, usize)>,
}

impl Walk<'_> {
    /// What was read, and what is read with it.
    fn all(mut self) -> BTreeSet<(usize, usize)> {
        let rounded: Vec<_> =
            self.read.iter().filter_map(|read| of_rounded(self.built, *read)).collect();
        self.read.extend(rounded);
        let of_views: Vec<_> =
            self.read.iter().flat_map(|read| of_view(self.built, *read)).collect();
        self.read.extend(of_views);
        self.read
    }

    fn check(&mut self, check: &Check) {
        let tables: Vec<usize> = check.units.iter().map(|unit| unit.table).collect();
        for state in check.units.iter().filter_map(|unit| unit.groups) {
            self.state(state, &tables);
        }
        check.expressions().for_each(|e| self.expression(e, &tables));
        let own = check.asserts.iter().flat_map(|assertion| match &assertion.kind {
            Kind::Assert => Vec::new(),
            Kind::Demand { column, .. } | Kind::Like { column, .. } => vec![*column],
            Kind::Unique { columns } => columns.clone(),
        });
        let table = check.row_table();
        let own = own.chain(check.typed).filter_map(|column| Some((table?, column)));
        self.read.extend(own);
        self.message(check);
    }

    fn message(&mut self, check: &Check) {
        let Some(message) = &check.message else { return };
        for (_, name) in template::placeholders(message) {
            let found = check.units.iter().filter(|unit| unit.groups.is_none()).find_map(|unit| {
                let own = name.strip_prefix(unit.name.as_str()).and_then(|n| n.strip_prefix('.'));
                let columns = &self.built.tables.get(unit.table)?.columns;
                let at = columns.iter().position(|c| c.name == own.unwrap_or(name))?;
                Some((unit.table, at))
            });
            self.read.extend(found);
        }
    }

    /// What an expression reads of rows of these tables, and of what it asks.
    fn expression(&mut self, e: &Bound, tables: &[usize]) {
        e.walk(&mut |b| {
            if let Op::Cell { unit, column, .. }
            | Op::Written { unit, column }
            | Op::Items { unit, column, .. } = b.op
            {
                self.read.extend(tables.get(unit).map(|table| (*table, column)));
            }
            if let Op::Lookup { state, column: Some(column), .. } = b.op {
                let table = self.built.states.all.get(state).map(StateDef::table);
                self.read.extend(table.map(|table| (table, column)));
            }
        });
        needs([e]).into_iter().for_each(|state| self.state(state, tables));
    }

    fn state(&mut self, id: StateId, tables: &[usize]) {
        let Some(def) = self.built.states.all.get(id) else { return };
        if !self.seen.insert((id, tables.to_vec())) {
            return;
        }
        let own = def.table();
        def.expressions().into_iter().for_each(|e| self.expression(e, &[own]));
        match def {
            StateDef::Groups(groups) => {
                for residual in groups.slots.iter().filter_map(|slot| slot.residual.as_ref()) {
                    let outer = tables.iter().copied().take(residual.source);
                    let all: Vec<usize> = outer.chain([own]).collect();
                    self.expression(&residual.condition, &all);
                }
            }
            StateDef::Index(index) => {
                self.read.extend(index.columns.iter().map(|column| (own, *column)));
            }
            StateDef::Window(window) => window.groups.iter().for_each(|&s| self.state(s, &[own])),
        }
    }
}
