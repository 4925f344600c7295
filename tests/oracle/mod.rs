//! A second opinion: rows by the `csv` crate, conditions by the scalar meaning, other rows by
//! looking at all of them. Slow, short, and nothing of the engine's scan.

mod conditions;

use std::cell::Cell;
use std::collections::BTreeMap;

use crossfoot::Project;
use crossfoot::engine::data::check::{Check, Kind};
use crossfoot::expr::bound::{Bound, GroupsDef, Op, StateDef, StateId, WindowDef};
use crossfoot::expr::compare::compare;
use crossfoot::expr::eval::{Env, Found, Verdict, eval, judge};
use crossfoot::expr::functions::Context;
use crossfoot::expr::tree::{Agg, Cmp, WindowFunction};
use crossfoot::value::{Figure, Number, Reading, Type, Value, Why};

use conditions::{Truth, choice, truth};

/// Texts of the rows of each table; a record with another number of fields is no row.
pub struct Oracle<'o> {
    project: &'o Project,
    tables: Vec<Vec<Vec<String>>>,
    /// Those of the other records.
    aside: Vec<Vec<Vec<String>>>,
    context: Context,
}

/// Held, failed, unknown, not applicable, and the rows (from 0) that failed, by assertion.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub struct Opinion {
    pub held: u64,
    pub failed: u64,
    pub unknown: u64,
    pub not_applicable: u64,
    pub rows: Vec<usize>,
}

/// What stands for the units of an expression: a row, or the keys of a group.
#[derive(Clone)]
enum Unit {
    Row(usize, usize),
    Group(Vec<Value<'static>>),
}

struct At<'a> {
    oracle: &'a Oracle<'a>,
    units: Vec<Unit>,
    /// The filter of the check: window_values walk over the rows that pass it.
    missed: &'a Cell<bool>,
}

/// What stands for a cell that is filled from above, where a record between them was set aside.
const UNKNOWN: &str = "\u{0}";

fn same(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Missing, Value::Missing) => true,
        (Value::Text(x), Value::Text(y)) => x == y,
        _ => compare(Cmp::Eq, a, b) == Value::Bool(true),
    }
}

fn blank(v: &Value<'_>) -> bool {
    matches!(v, Value::Missing | Value::Unknown(_) | Value::NotApplicable)
}

fn is_unknown(v: &Value<'_>) -> bool {
    matches!(v, Value::Unknown(_))
}

impl<'o> Oracle<'o> {
    pub fn new(project: &'o Project, files: &[&str]) -> Oracle<'o> {
        let read = |(table, text): (usize, &&str)| {
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
            let width = reader.headers().expect("a header").len();
            let records = reader
                .records()
                .map(|r| r.expect("a record").iter().map(str::to_string).collect::<Vec<_>>());
            // A record without values is no row.
            let is_row = |r: &Vec<String>| width == 1 || r.iter().any(|c| !c.trim().is_empty());
            let fill = &project.built.tables[table].layout.fill;
            let (mut rows, mut aside): (Vec<Vec<String>>, Vec<Vec<String>>) = Default::default();
            let mut above = vec![String::new(); width];
            for mut record in records {
                if record.len() != width {
                    above.iter_mut().for_each(|cell| *cell = UNKNOWN.to_string());
                    aside.push(record);
                } else if is_row(&record) {
                    for &column in fill {
                        if record[column].is_empty() {
                            record[column].clone_from(&above[column]);
                        }
                        above[column].clone_from(&record[column]);
                    }
                    rows.push(record);
                }
            }
            (rows, aside)
        };
        let (tables, aside) = files.iter().enumerate().map(read).unzip();
        Oracle { project, tables, aside, context: Context { today: project.today } }
    }

    fn reading(&self, table: usize, column: usize) -> &Reading {
        &self.project.built.tables[table].columns[column].reading
    }

    fn cell(&self, table: usize, row: usize, column: usize, ranges: bool) -> Value<'static> {
        if self.tables[table][row][column] == UNKNOWN {
            return Value::Unknown(Why::SetAside);
        }
        let reading = Reading { ranges, ..self.reading(table, column).clone() };
        reading
            .read(&self.tables[table][row][column])
            .map_or(Value::Unknown(Why::Unreadable), Value::into_owned)
    }

    fn on<T>(&self, units: Vec<Unit>, f: impl FnOnce(&At<'_>) -> T) -> T {
        f(&At { oracle: self, units, missed: &Cell::new(false) })
    }

    fn on_row<T>(&self, table: usize, row: usize, f: impl FnOnce(&At<'_>) -> T) -> T {
        self.on(vec![Unit::Row(table, row)], f)
    }

    fn value(&self, table: usize, row: usize, e: &Bound) -> Value<'static> {
        self.on_row(table, row, |env| eval(e, env).into_owned())
    }

    fn passes(&self, table: usize, row: usize, filter: &Option<Bound>) -> bool {
        self.chosen(table, row, filter) == Truth::Yes
    }

    fn chosen(&self, table: usize, row: usize, filter: &Option<Bound>) -> Truth {
        filter.as_ref().map_or(Truth::Yes, |f| self.on_row(table, row, |env| choice(f, env)))
    }

    /// What a row gives to an aggregate.
    fn argument(&self, table: usize, row: usize, e: &Bound) -> Value<'static> {
        if e.ty != Type::Boolean {
            return self.value(table, row, e);
        }
        match self.on_row(table, row, |env| truth(e, env)) {
            Truth::Yes => Value::Bool(true),
            Truth::No => Value::Bool(false),
            Truth::Off | Truth::Blank => Value::Missing,
            Truth::Broken => Value::Unknown(Why::Unreadable),
        }
    }

    /// What each check comes to, by its name.
    pub fn opinions(&self) -> BTreeMap<String, Opinion> {
        let mut all = BTreeMap::new();
        for check in &self.project.built.checks {
            let mut opinion = Opinion::default();
            match (&check.units[..], check.row_table()) {
                (_, Some(table)) => self.rows(check, table, &mut opinion),
                ([unit], None) => {
                    self.groups(check, unit.table, unit.groups.expect("groups"), &mut opinion)
                }
                _ => self.on(Vec::new(), |env| {
                    check.asserts.iter().for_each(|a| opinion.count(judge(&a.bound, env), 0))
                }),
            }
            all.insert(check.id.clone(), opinion);
        }
        all
    }

    fn rows(&self, check: &Check, table: usize, opinion: &mut Opinion) {
        for row in 0..self.tables[table].len() {
            match self.chosen(table, row, &check.filter) {
                Truth::Yes => {}
                Truth::No | Truth::Off | Truth::Blank => continue,
                Truth::Broken => {
                    opinion.unknown += check.asserts.len() as u64;
                    continue;
                }
            }
            for assertion in &check.asserts {
                let verdict = match &assertion.kind {
                    Kind::Unique { columns } => self.unique(table, row, columns),
                    _ => self.on_row(table, row, |env| judge(&assertion.bound, env)),
                };
                // A contract asks nothing of a cell that is blank or not of its type.
                let verdict = match verdict {
                    Verdict::Unknown(why) if !check.by_user && !why.leaves_row_open() => {
                        Verdict::NotApplicable
                    }
                    verdict => verdict,
                };
                opinion.count(verdict, row);
            }
            if let Some(column) = check.typed {
                let cell = self.cell(table, row, column, false);
                // That nobody knows a cell is no fault of it.
                let is_readable = !is_unknown(&cell) || cell == Value::Unknown(Why::SetAside);
                opinion.count(if is_readable { Verdict::Holds } else { Verdict::Fails }, row);
            }
        }
    }

    fn unique(&self, table: usize, row: usize, columns: &[usize]) -> Verdict {
        let key = |row: usize| {
            columns.iter().map(|&c| self.cell(table, row, c, false)).collect::<Vec<_>>()
        };
        let mine = key(row);
        if mine.contains(&Value::Missing) {
            return Verdict::NotApplicable;
        }
        if mine.iter().any(is_unknown) {
            return Verdict::Unknown(Why::Unreadable);
        }
        let seen = (0..row).any(|other| {
            key(other).iter().zip(&mine).all(|(a, b)| a != &Value::Missing && same(a, b))
        });
        if seen { Verdict::Fails } else { Verdict::Holds }
    }

    fn groups(&self, check: &Check, table: usize, state: StateId, opinion: &mut Opinion) {
        let StateDef::Groups(def) = &self.project.built.states.all[state] else {
            panic!("no groups")
        };
        let mut seen: Vec<Vec<Value<'static>>> = Vec::new();
        for row in (0..self.tables[table].len()).filter(|r| self.passes(table, *r, &def.filter)) {
            let keys: Vec<Value<'static>> =
                def.keys.iter().map(|k| self.value(table, row, k)).collect();
            if keys.iter().any(is_unknown)
                || seen.iter().any(|k| k.iter().zip(&keys).all(|(a, b)| same(a, b)))
            {
                continue;
            }
            seen.push(keys.clone());
            self.on(vec![Unit::Group(keys)], |env| {
                check.asserts.iter().for_each(|a| opinion.count(judge(&a.bound, env), row))
            });
        }
    }

    /// The rows of a group, and whether one is in doubt.
    fn members(&self, def: &GroupsDef, key: &[Value<'_>]) -> (Vec<usize>, bool) {
        let (mut rows, mut doubt) = (Vec::new(), false);
        for row in 0..self.tables[def.table].len() {
            match self.chosen(def.table, row, &def.filter) {
                Truth::Yes => {}
                Truth::No | Truth::Off | Truth::Blank => continue,
                Truth::Broken => {
                    doubt |= !key.contains(&Value::NotApplicable);
                    continue;
                }
            }
            let keys: Vec<Value<'static>> =
                def.keys.iter().map(|k| self.value(def.table, row, k)).collect();
            doubt |= keys.iter().any(is_unknown) && !key.contains(&Value::NotApplicable);
            if keys.iter().zip(key).all(|(a, b)| same(a, b)) {
                rows.push(row);
            }
        }
        (rows, doubt)
    }

    fn aggregate(
        &self,
        def: &GroupsDef,
        slot: usize,
        key: &[Value<'_>],
        outer: &[Unit],
    ) -> Value<'static> {
        let (rows, other_rows) = self.members(def, key);
        // Of what cannot be read something is there.
        let (mut doubt, mut unread) = (false, false);
        let slot = &def.slots[slot];
        let mut values = Vec::new();
        for row in rows {
            let own = self.chosen(def.table, row, &slot.filter);
            let between = slot.residual.as_ref().map_or(Truth::Yes, |residual| {
                let mut units = outer.to_vec();
                units.resize(residual.source, Unit::Group(Vec::new()));
                units.push(Unit::Row(def.table, row));
                self.on(units, |env| choice(&residual.condition, env))
            });
            match Truth::all(&[own, between]) {
                Truth::Yes => {}
                Truth::No | Truth::Off | Truth::Blank => continue,
                Truth::Broken => {
                    doubt = true;
                    continue;
                }
            }
            match slot.args.first().map(|a| self.argument(def.table, row, a)) {
                Some(Value::Unknown(_)) => unread = true,
                Some(Value::Missing) => {}
                // `any(t where …)`: a row that is chosen is enough.
                None if slot.agg == Agg::Any => values.push(Value::Bool(true)),
                value => values.push(value.unwrap_or(Value::Missing)),
            }
        }
        let decisive = Value::Bool(slot.agg == Agg::Any);
        if matches!(slot.agg, Agg::Any | Agg::All) && values.contains(&decisive) {
            return decisive;
        }
        let never_blank = matches!(slot.agg, Agg::Sum | Agg::Count | Agg::Any | Agg::All);
        if other_rows || doubt || unread {
            let is_there = never_blank || unread || !values.is_empty();
            return Value::Unknown(if is_there { Why::Unreadable } else { Why::RowUnreadable });
        }
        let figures = || values.iter().filter_map(|v| v.figure().cloned());
        match slot.agg {
            Agg::Count => Value::number(Number::from(values.len())),
            Agg::Sum => {
                Value::Number(figures().fold(Figure::exact(Number::default()), |a, b| a.add(&b)))
            }
            Agg::Min => figures().reduce(|a, b| a.least(&b)).map_or(Value::Missing, Value::Number),
            Agg::Max => {
                figures().reduce(|a, b| a.greatest(&b)).map_or(Value::Missing, Value::Number)
            }
            Agg::First => values.first().cloned().unwrap_or(Value::Missing),
            Agg::Last => values.last().cloned().unwrap_or(Value::Missing),
            Agg::Any | Agg::All => Value::Bool(slot.agg == Agg::All),
            Agg::Only => match &values[..] {
                [] if self.is_row_aside(def, &slot.filter, key) => Value::Unknown(Why::SetAside),
                [] => Value::Missing,
                [one] => one.clone(),
                _ => Value::Unknown(Why::NoRow),
            },
            other => panic!("the oracle does not know {other:?}"),
        }
    }

    /// The value of the row before with the same keys, or the sum up to this row, among those that
    /// the filter passes.
    fn neighbour(&self, def: &WindowDef, row: usize) -> Value<'static> {
        let keys =
            |row: usize| def.by.iter().map(|k| self.value(def.table, row, k)).collect::<Vec<_>>();
        let mine = keys(row);
        if mine.iter().any(is_unknown) {
            return Value::Unknown(Why::RowUnreadable);
        }
        let choice = |r: usize| self.chosen(def.table, r, &def.filter);
        let may_be_walked = |r: &usize| {
            let is_other = |(a, b)| !is_unknown(a) && !same(a, b);
            let is_left_out = !matches!(choice(*r), Truth::Yes | Truth::Broken);
            !is_left_out && !keys(*r).iter().zip(&mine).any(is_other)
        };
        let is_walked = |r: &usize| choice(*r) == Truth::Yes && !keys(*r).iter().any(is_unknown);
        if def.window == WindowFunction::Prev {
            return match (0..row).rev().find(may_be_walked) {
                Some(r) if is_walked(&r) => self.value(def.table, r, &def.value),
                Some(_) => Value::Unknown(Why::RowUnreadable),
                None => Value::NotApplicable,
            };
        }
        let walked = (0..=row).filter(may_be_walked);
        if walked.clone().any(|r| !is_walked(&r)) {
            return Value::Unknown(Why::RowUnreadable);
        }
        assert_eq!(def.window, WindowFunction::Cumulative);
        walked.fold(Value::number(Number::default()), |sum, r| {
            match (sum, self.value(def.table, r, &def.value)) {
                (Value::Number(sum), Value::Number(f)) => Value::Number(sum.add(&f)),
                (sum, Value::Missing) => sum,
                _ => Value::Unknown(Why::RowUnreadable),
            }
        })
    }

    /// Whether one record that is no row has all parts of a key among its cells.
    fn is_aside(&self, state: StateId, key: &[Value<'_>]) -> bool {
        let StateDef::Index(def) = &self.project.built.states.all[state] else {
            panic!("no index")
        };
        let holds = |record: &Vec<String>, column: usize, part: &Value<'_>| {
            let reading = self.reading(def.table, column);
            record.iter().any(|cell| reading.read(cell).is_ok_and(|v| same(&v, part)))
        };
        self.aside[def.table]
            .iter()
            .any(|record| def.columns.iter().zip(key).all(|(c, part)| holds(record, *c, part)))
    }

    /// Whether one record that is no row may be in this group and meet the condition: all texts and
    /// numbers that are asked for stand among its cells.
    fn is_row_aside(&self, def: &GroupsDef, own: &Option<Bound>, key: &[Value<'_>]) -> bool {
        let holds = |record: &Vec<String>, of: &Bound, part: &Value<'_>| {
            let Op::Cell { column, .. } = of.op else { return true };
            let reading = self.reading(def.table, column);
            record.iter().any(|cell| reading.read(cell).is_ok_and(|v| same(&v, part)))
        };
        let asked = |record: &Vec<String>| match own.as_ref().map(|f| &f.op) {
            Some(Op::Compare { op: Cmp::Eq, left, right, .. }) => match &right.op {
                Op::Const(value) => holds(record, left, value),
                _ => true,
            },
            _ => true,
        };
        self.aside[def.table].iter().any(|record| {
            asked(record) && def.keys.iter().zip(key).all(|(of, part)| holds(record, of, part))
        })
    }

    /// Why a row may have a key that none has.
    fn doubt(&self, state: StateId, key: &[Value<'_>]) -> Option<Why> {
        let StateDef::Index(def) = &self.project.built.states.all[state] else {
            panic!("no index")
        };
        let may_be = |row: usize| {
            let own = || def.columns.iter().map(|&c| self.cell(def.table, row, c, false));
            let is_open = own().any(|part| is_unknown(&part));
            is_open && own().zip(key).all(|(own, part)| is_unknown(&own) || same(&own, part))
        };
        let is_unread = (0..self.tables[def.table].len()).any(may_be);
        let is_aside = || self.is_aside(state, key).then_some(Why::SetAside);
        is_unread.then_some(Why::RowUnreadable).or_else(is_aside)
    }

    fn find(&self, state: StateId, key: &[Value<'_>]) -> Vec<usize> {
        let StateDef::Index(def) = &self.project.built.states.all[state] else {
            panic!("no index")
        };
        let matches = |row: &usize| {
            let cells = def.columns.iter().map(|&c| self.cell(def.table, *row, c, false));
            cells.zip(key).all(|(a, b)| !blank(&a) && same(&a, b))
        };
        (0..self.tables[def.table].len()).filter(matches).collect()
    }
}

impl Opinion {
    fn count(&mut self, verdict: Verdict, row: usize) {
        match verdict {
            Verdict::Holds | Verdict::Possible => self.held += 1,
            Verdict::Fails => {
                self.failed += 1;
                self.rows.push(row);
            }
            Verdict::Unknown(_) => self.unknown += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
        }
    }
}

impl Env for At<'_> {
    fn cell(&self, unit: usize, column: usize, ranges: bool) -> Value<'_> {
        match &self.units[unit] {
            Unit::Row(table, row) => self.oracle.cell(*table, *row, column, ranges),
            Unit::Group(_) => Value::Unknown(Why::Undecided),
        }
    }
    fn written(&self, unit: usize, column: usize) -> Value<'_> {
        match &self.units[unit] {
            Unit::Row(table, row) => {
                Value::Text(self.oracle.tables[*table][*row][column].as_str().into())
            }
            Unit::Group(_) => Value::Unknown(Why::Undecided),
        }
    }
    fn key(&self, unit: usize, key: usize) -> Value<'_> {
        match &self.units[unit] {
            Unit::Group(keys) => keys[key].clone(),
            Unit::Row(..) => Value::Unknown(Why::Undecided),
        }
    }
    fn lookup(
        &self,
        state: StateId,
        key: &[Value<'_>],
        column: Option<usize>,
        ranges: bool,
    ) -> Found<'_> {
        let StateDef::Index(def) = &self.oracle.project.built.states.all[state] else {
            panic!("no index")
        };
        match (&self.oracle.find(state, key)[..], column) {
            ([], _) => self.oracle.doubt(state, key).map_or(Found::None, Found::Unknown),
            ([_], None) => Found::One(Value::Bool(true)),
            ([row], Some(column)) => Found::One(self.oracle.cell(
                def.table,
                *row,
                column,
                ranges && self.oracle.reading(def.table, column).ty != Type::Integer,
            )),
            _ => Found::Many,
        }
    }
    fn aggregate(&self, state: StateId, slot: usize, key: &[Value<'_>]) -> Value<'_> {
        let StateDef::Groups(def) = &self.oracle.project.built.states.all[state] else {
            panic!("no groups")
        };
        self.oracle.aggregate(def, slot, key, &self.units)
    }
    fn member(&self, state: StateId, value: &Value<'_>) -> Result<bool, Why> {
        let key = std::slice::from_ref(value);
        let there = !self.oracle.find(state, key).is_empty();
        match self.oracle.doubt(state, key) {
            Some(why) if !there => Err(why),
            _ => Ok(there),
        }
    }
    fn window(&self, state: StateId) -> Value<'_> {
        let StateDef::Window(def) = &self.oracle.project.built.states.all[state] else {
            panic!("no window")
        };
        match &self.units[0] {
            Unit::Row(_, row) => self.oracle.neighbour(def, *row),
            Unit::Group(_) => Value::Unknown(Why::Undecided),
        }
    }
    fn row(&self, unit: usize) -> u64 {
        if let Unit::Row(_, row) = &self.units[unit] { *row as u64 + 1 } else { 0 }
    }
    fn file(&self, _: usize) -> Value<'_> {
        Value::Unknown(Why::Undecided)
    }
    fn context(&self) -> &Context {
        &self.oracle.context
    }
    fn missed(&self, _: &Bound, _: StateId, _: &[Value<'_>], _: bool) {
        self.missed.set(true);
    }
}
