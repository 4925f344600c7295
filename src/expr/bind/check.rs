//! Checks: their units, filters, orders and assertions.

use std::borrow::Cow;

use crate::expr::bind::aggregate::all_of;
use crate::expr::bind::{
    AMBIGUOUS_NAME, Binder, BoundCheck, BoundUnit, CONSTANT_ASSERTION, CheckInput, GroupKey, Hand,
    Scope, ScopeUnit, WRONG_ARGUMENTS, Written,
};
use crate::expr::bound::{Bound, Op};
use crate::expr::catalog::Melt;
use crate::expr::choice::ChosenFor;
use crate::expr::tree::{ColumnRange, Expr, Kind, Name, Unit, UnitKey, Version};

/// A unit whose table is known.
struct Resolved<'t> {
    name: String,
    table: usize,
    /// Which rows of it, where it is a version of a table.
    version: Option<Bound>,
    keys: Cow<'t, [UnitKey]>,
}

impl Binder<'_> {
    pub(crate) fn check(&mut self, input: &CheckInput<'_>) -> Option<BoundCheck> {
        let before = self.problems.len();
        self.scope = Scope::default();
        self.order.clear();
        self.choices.clear();
        self.over_all.clear();
        let mut units = Vec::new();
        for unit in &input.each {
            self.snippet = Some(unit.snippet.clone());
            units.push(self.unit(unit.tree, units.len())?);
        }
        self.same_names(&units, input);
        let mut bound = BoundCheck {
            units: Vec::new(),
            filter: None,
            asserts: Vec::new(),
            choices: Vec::new(),
            over_all: Vec::new(),
            former: Vec::new(),
        };
        if let [only] = &units[..] {
            let filters = only.version.iter().cloned().chain(self.row_filter(only, input));
            bound.filter = all_of(filters.collect());
            bound.units.push(self.enter(only, bound.filter.clone(), &input.each[0]));
            if !only.keys.is_empty() {
                bound.filter = None;
            }
        } else {
            for (unit, written) in units.iter().zip(&input.each) {
                let entered = self.enter(unit, None, written);
                bound.units.push(entered);
            }
            self.scope.inner = None;
            self.scope.hand = None;
            let mut filters: Vec<Bound> = units.iter().filter_map(|u| u.version.clone()).collect();
            if let Some(filter) = &input.filter {
                let chosen_for = Some(ChosenFor::Figures);
                filters.push(self.choosing(chosen_for, |b| b.truth(filter)));
            }
            bound.filter = all_of(filters);
        }
        self.scope.outer = self.scope.units.len();
        self.bind_order(input);
        for assert in &input.asserts {
            let reported = self.problems.len();
            self.former.clear();
            self.timed.clear();
            let truth = self.truth(assert);
            if self.problems.len() > reported {
                continue;
            }
            self.must_depend(&truth, !bound.units.is_empty());
            bound.asserts.push(truth);
            bound.former.push(std::mem::take(&mut self.former));
        }
        bound.choices = std::mem::take(&mut self.choices);
        bound.over_all = std::mem::take(&mut self.over_all);
        (self.problems.len() == before).then_some(bound)
    }

    /// A row's `where`, judged over the whole table, before grouping.
    fn row_filter(&mut self, unit: &Resolved<'_>, input: &CheckInput<'_>) -> Option<Bound> {
        let filter = input.filter.as_ref()?;
        self.scope = Scope {
            units: vec![ScopeUnit { name: unit.name.clone(), table: unit.table, keys: None }],
            inner: Some(0),
            hand: Some(Hand { table: unit.table, filter: None, keys: Vec::new(), groups: None }),
            outer: 1,
        };
        self.bind_order(&CheckInput {
            each: Vec::new(),
            filter: None,
            order: if unit.keys.is_empty() { input.order } else { None },
            asserts: Vec::new(),
        });
        let bound = self.choosing(Some(ChosenFor::Figures), |b| b.truth(filter));
        self.scope = Scope::default();
        Some(bound)
    }

    fn bind_order(&mut self, input: &CheckInput<'_>) {
        self.order.clear();
        let Some(order) = &input.order else { return };
        self.snippet = Some(order.snippet.clone());
        let mut keys = Vec::new();
        for key in order.tree {
            let (bound, ty) = self.expr(&key.expr);
            if !self.is_date_by_cells(ty) {
                self.is_number_by_cells(ty);
            }
            let [bound] = self.in_order([bound]);
            keys.push((bound, key.descending));
        }
        self.order = keys;
    }

    /// Puts a unit in scope; for a group makes its state.
    fn enter(
        &mut self,
        unit: &Resolved<'_>,
        filter: Option<Bound>,
        written: &Written<'_, Unit>,
    ) -> BoundUnit {
        let at = self.scope.units.len();
        let mut keys = Vec::new();
        let mut names = Vec::new();
        let mut bounds = Vec::new();
        if !unit.keys.is_empty() {
            self.snippet = Some(written.snippet.clone());
            let saved = std::mem::take(&mut self.scope);
            self.scope.units.push(ScopeUnit {
                name: unit.name.clone(),
                table: unit.table,
                keys: None,
            });
            self.scope.inner = Some(0);
            self.scope.outer = 1;
            for key in unit.keys.iter() {
                let (bound, ty) = self.expr(&key.expr);
                names.push(key.name.text.clone());
                keys.push(GroupKey { name: key.name.text.clone(), ty });
                bounds.push(bound);
            }
            self.scope = saved;
        }
        let groups = (!bounds.is_empty())
            .then(|| self.states.groups(unit.table, filter.clone(), bounds.clone()));
        self.scope.units.push(ScopeUnit {
            name: unit.name.clone(),
            table: unit.table,
            keys: groups.map(|_| keys),
        });
        self.scope.inner = Some(at);
        self.scope.hand = Some(Hand { table: unit.table, filter, keys: bounds, groups });
        self.scope.outer = at + 1;
        BoundUnit { name: unit.name.clone(), table: unit.table, groups, keys: names }
    }

    fn unit<'t>(&mut self, unit: &'t Unit, at: usize) -> Option<Resolved<'t>> {
        let (table, version) = self.version(&unit.table, at)?;
        let name = unit.alias.as_ref().map_or(&unit.table.name.text, |a| &a.text).clone();
        if let Some(alias) = &unit.alias
            && self.catalog.table(&alias.text).is_some()
        {
            self.problem(
                &AMBIGUOUS_NAME,
                alias.span.clone(),
                format!("the alias `{}` is also the name of a table", alias.text),
                "choose a different name",
                None,
            );
        }
        let Some(range) = &unit.columns else {
            return Some(Resolved { name, table, version, keys: Cow::Borrowed(&unit.keys) });
        };
        let view = self.view(table, (unit, range))?;
        let name_of = Name { text: "name".into(), span: range.alias.span.clone() };
        let expr =
            Expr { kind: Kind::Ref(vec![range.alias.clone(), name_of]), span: range.span.clone() };
        let name_column =
            Name { text: format!("{}.name", range.alias.text), ..range.alias.clone() };
        let mut keys = vec![UnitKey { expr, name: name_column }];
        keys.extend(unit.keys.iter().cloned());
        Some(Resolved { name, table: view, version, keys: Cow::Owned(keys) })
    }

    /// The view of a table in which the cells of some columns are rows.
    fn view(&mut self, table: usize, (unit, range): (&Unit, &ColumnRange)) -> Option<usize> {
        let ColumnRange { from, to, alias, span } = range;
        if unit.table.version != Version::Current {
            let message =
                format!("`{}` has no columns of its own to go through", unit.table.shown());
            let help =
                Some(format!("name the table of today: `{} by column …`", unit.table.name.text));
            self.problem(&WRONG_ARGUMENTS, span.clone(), message, "not of another version", help);
            return None;
        }
        let first = self.column(table, &from.text, from.span.clone())?;
        let last = self.column(table, &to.text, to.span.clone())?;
        let of = &self.catalog.tables[table];
        // A table of unknown columns has whatever was asked for.
        let is_column = !of.open && of.column(&alias.text).is_some();
        let taken = is_column || self.catalog.table(&alias.text).is_some();
        if taken || alias.text == unit.table.name.text {
            let message = format!("`{}` is also the name of a table or column", alias.text);
            self.ambiguous(alias.span.clone(), message, "choose a different name");
            return None;
        }
        if of.open {
            for name in [alias.text.clone(), format!("{}.name", alias.text)] {
                self.column(table, &name, alias.span.clone())?;
            }
            return Some(table);
        }
        let columns = of.own_columns().count();
        let melt = Melt { of: table, from: first, to: last, columns, name: alias.text.clone() };
        let view = self.catalog.view(&melt);
        if view.is_none() {
            let (message, help) = if last < first {
                (
                    format!("`{}` stands before `{}` in the header", to.text, from.text),
                    "write the column that stands first before `to`",
                )
            } else {
                (
                    "the rows of this table are made of columns already, or these are no columns of its file".into(),
                    "group by the column of names that `unpivot` makes",
                )
            };
            let help = Some(help.to_string());
            self.problem(&WRONG_ARGUMENTS, span.clone(), message, "no range of columns", help);
        }
        view
    }

    fn same_names(&mut self, units: &[Resolved<'_>], input: &CheckInput<'_>) {
        for (i, unit) in units.iter().enumerate() {
            if units[..i].iter().any(|u| u.name == unit.name) {
                self.snippet = Some(input.each[i].snippet.clone());
                let span = 0..input.each[i].snippet.text.len();
                let help = format!("give each of them its own name: `{} as a`", unit.name);
                self.problem(
                    &AMBIGUOUS_NAME,
                    span,
                    format!("two units of `each` are called `{}`", unit.name),
                    "the same name again",
                    Some(help),
                );
            }
        }
    }

    /// Binds an expression that must be true or false.
    fn truth(&mut self, written: &Written<'_, Expr>) -> Bound {
        self.snippet = Some(written.snippet.clone());
        self.condition(written.tree)
    }

    fn must_depend(&mut self, truth: &Bound, judged_often: bool) {
        // What was taken on trust, from a table without known columns, may depend on the row.
        let on_trust = self.catalog.tables.iter().any(|t| t.open);
        if !judged_often || on_trust || self.depends(truth) {
            return;
        }
        let help = "leave out `each` to check it once, or use a column of the row".to_string();
        self.problem(
            &CONSTANT_ASSERTION,
            truth.span.clone(),
            "nothing in this assertion depends on the row".into(),
            "the same for every row",
            Some(help),
        );
    }

    fn depends(&self, bound: &Bound) -> bool {
        let mut found = false;
        bound.walk(&mut |b| {
            found |= matches!(
                b.op,
                Op::Cell { .. }
                    | Op::Key { .. }
                    | Op::Window { .. }
                    | Op::Row { .. }
                    | Op::File { .. }
                    | Op::Written { .. }
                    | Op::Absent
            );
        });
        found
    }
}
