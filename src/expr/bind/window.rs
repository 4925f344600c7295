//! Window: `prev`, `next`, `rank`, `cumulative`.

use std::ops::Range;

use crate::expr::bind::{Binder, CONDITION_REFUSED, Hand, NO_ROW_AT_HAND, NOT_ONE_VALUE, Ty};
use crate::expr::bound::{Bound, Op, WindowDef};
use crate::expr::tree::{Expr, Kind, WindowFunction};
use crate::value::Type;

impl Binder<'_> {
    pub(crate) fn window(
        &mut self,
        window: WindowFunction,
        value: &Expr,
        by: &[Expr],
        span: &Range<usize>,
    ) -> (Bound, Ty) {
        if self.refused_in_old(span, "another row", "put `old` inside: prev(old(x))") {
            return self.broken(span.clone());
        }
        let at = self.scope.inner.unwrap_or(0);
        let aggregated = self.scope.inner.is_some() && at >= self.scope.outer;
        let Some(hand) = self.walked_rows(aggregated, span) else {
            return self.broken(span.clone());
        };
        if let Some(help) = self.neighbour_of_rows(value) {
            let message = "in a group there is no row before or after this one".to_string();
            self.problem(
                &NOT_ONE_VALUE,
                span.clone(),
                message,
                "neighbours are of rows",
                Some(help),
            );
            return self.broken(span.clone());
        }
        let saved = std::mem::replace(&mut self.quiet, false);
        let (mut value_of, ty) = self.expr(value);
        self.quiet = saved;
        let mut keys: Vec<Bound> = by.iter().map(|k| self.plainly(k)).collect();
        if window == WindowFunction::Rank {
            [value_of] = self.in_order([value_of]);
        }
        if aggregated {
            self.own_row_only(&mut value_of, &mut keys, at);
        }
        let ty = self.window_type(window, ty, value);
        if value_of.is_absent() {
            return (Bound { op: Op::Absent, ty: self.settled(ty), span: span.clone() }, ty);
        }
        let Hand { table, filter, groups, keys: group } = hand;
        let filter = if groups.is_some() { None } else { filter };
        if groups.is_none() {
            keys.extend(group);
        }
        let def = WindowDef {
            table,
            groups,
            filter,
            window,
            value: value_of,
            by: keys,
            order: self.order.clone(),
            kept: false,
        };
        let state = self.states.window(def);
        (Bound { op: Op::Window { state }, ty: self.settled(ty), span: span.clone() }, ty)
    }

    /// What to write where a column of the rows stands in a check of groups.
    fn neighbour_of_rows(&self, value: &Expr) -> Option<String> {
        let Kind::Ref(names) = &value.kind else { return None };
        let unit = self.scope.units.get(self.scope.inner?)?;
        let (keys, column) = (unit.keys.as_ref()?, &names.last()?.text);
        let table = &self.catalog.tables[unit.table];
        if keys.iter().any(|k| k.name == *column) || table.column(column).is_none() {
            return None;
        }
        // The cells of columns are rows of a view.
        if keys.first().is_some_and(|key| key.name == format!("{column}.name")) {
            let name = &table.name;
            return Some(format!(
                "judge each row: each = \"{name}\", with an assertion for each of these columns: prev(Q1)"
            ));
        }
        let by: Vec<&str> = keys.iter().map(|k| k.name.as_str()).collect();
        let (table, by) = (&table.name, by.join(", "));
        Some(format!("judge each row: each = \"{table}\", and write prev({column} by {by})"))
    }

    /// The rows in whose order the neighbours are; none where there is no such order.
    fn walked_rows(&mut self, aggregated: bool, span: &Range<usize>) -> Option<Hand> {
        let scope = &self.scope;
        let walked =
            aggregated || (scope.inner.is_some() && scope.units.len() == 1 && scope.outer <= 1);
        let hand = scope.hand.clone().filter(|_| walked);
        if hand.is_none() {
            let help =
                "use it in an aggregate, or in a check whose `each` names one table".to_string();
            self.problem(
                &NO_ROW_AT_HAND,
                span.clone(),
                "there is no row before or after this one".into(),
                "no row order here",
                Some(help),
            );
        }
        hand
    }

    fn window_type(&mut self, window: WindowFunction, ty: Ty, value: &Expr) -> Ty {
        match window {
            WindowFunction::Prev | WindowFunction::Next => ty,
            WindowFunction::Rank => {
                self.want_order(ty, value.span.clone(), "what is ranked");
                Ty::Known(Type::Integer)
            }
            WindowFunction::Cumulative => {
                self.want(ty, Type::Number, value.span.clone(), "what is added up");
                Ty::Known(Type::Number)
            }
        }
    }

    /// In an aggregate, the row that is walked is the one it runs over, and it alone.
    fn own_row_only(&mut self, value: &mut Bound, keys: &mut [Bound], at: usize) {
        for bound in [value].into_iter().chain(keys) {
            if self.names_outer(bound, at) {
                let message = "the rows before and after are those of the aggregate's table, but this names another row".to_string();
                let help =
                    "move it out: prev(area) - r.area instead of prev(area - r.area)".to_string();
                self.problem(
                    &CONDITION_REFUSED,
                    bound.span.clone(),
                    message,
                    "not of the aggregate's table",
                    Some(help),
                );
            }
            self.retarget(bound, at);
        }
    }
}
