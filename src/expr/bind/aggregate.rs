//! Aggregates: which rows they see, and how a condition becomes a join.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{AMBIGUOUS_NAME, Binder, CONDITION_REFUSED, Hand, NO_ROW_AT_HAND, Scope, ScopeUnit, Ty, WRONG_ARGUMENTS};
use crate::expr::bound::{Allowance, Bound, Op, Residual, Slot};
use crate::expr::tree::{Agg, AggArg, Cmp, Expr, Kind, TableRef, Version};
use crate::value::Type;

/// The rows an aggregate runs over.
enum Source {
    Hand(Hand),
    Table(usize),
    /// An old version that is not there.
    Absent(usize),
}

impl Binder<'_> {
    pub(super) fn aggregate(&mut self, agg: Agg, arg: &AggArg, filter: Option<&Expr>, by: &[Expr], span: &Range<usize>) -> (Bound, Ty) {
        let arg = self.settle_argument(arg);
        let Some(source) = self.source(agg, &arg, by, span) else { return self.broken(span.clone()) };
        let outer = self.scope.clone();
        let (table, hand, absent) = match source {
            Source::Hand(hand) => (hand.table, Some(hand), false),
            Source::Table(t) => (t, None, false),
            Source::Absent(t) => (t, None, true),
        };
        let at = outer.units.len();
        self.enter_source(table, hand.as_ref());
        let (args, ty) = self.arguments(agg, &arg, span);
        let parts = self.split_filter(filter, at);
        let keys: Vec<Bound> = by.iter().map(|k| self.plainly(k)).collect();
        self.scope = outer;
        let by_here: Vec<Bound> = by.iter().map(|k| self.plainly(k)).collect();
        if absent {
            return (Bound { op: Op::Absent, ty: self.settled(ty), span: span.clone() }, ty);
        }
        let slot = Slot { agg, args, distinct: matches!(arg, AggArg::Distinct(_)), number: quantile(&arg), filter: None, residual: None };
        self.finish(Pieces { slot, parts, keys, by_here, hand, table, at }, ty, span)
    }

    /// A lone name that is a table and no column is the table.
    fn settle_argument(&mut self, arg: &AggArg) -> AggArg {
        let AggArg::Expr(e, None) = arg else { return arg.clone() };
        let Kind::Ref(names) = &e.kind else { return arg.clone() };
        let [name] = &names[..] else { return arg.clone() };
        let is_table = self.catalog.table(&name.text).is_some() || self.scope.units.iter().any(|u| u.name == name.text);
        let is_column = self.scope.inner.is_some_and(|u| self.catalog.tables[self.scope.units[u].table].column(&name.text).is_some());
        if is_table && is_column {
            self.ambiguous(
                name.span.clone(),
                format!("`{}` is a table and a column of the row at hand", name.text),
                "name the column with its table, or give `each` an alias",
            );
        }
        if is_table && !is_column {
            return AggArg::Table(TableRef { version: Version::Current, name: name.clone(), span: e.span.clone() });
        }
        arg.clone()
    }

    fn source(&mut self, agg: Agg, arg: &AggArg, by: &[Expr], span: &Range<usize>) -> Option<Source> {
        let mut named: Vec<TableRef> = Vec::new();
        let mut bare = false;
        match arg {
            AggArg::Empty => bare = true,
            AggArg::Table(t) => named.push(t.clone()),
            AggArg::Expr(e, _) => self.sources_in(e, &mut named, &mut bare),
            AggArg::Distinct(all) => all.iter().for_each(|e| self.sources_in(e, &mut named, &mut bare)),
        }
        if matches!(arg, AggArg::Empty | AggArg::Table(_)) && !matches!(agg, Agg::Count | Agg::Any | Agg::All) {
            let help = "name a column: sum(area), max(t.area)".to_string();
            self.problem(
                &WRONG_ARGUMENTS,
                span.clone(),
                "this aggregate needs something to work on; only count, any and all take a table or nothing".into(),
                "",
                Some(help),
            );
            return None;
        }
        let mut names: Vec<&str> = named.iter().map(|t| t.name.text.as_str()).collect();
        names.dedup();
        if names.len() > 1 {
            let help = "an aggregate runs over one table; reach the other by a look-up: other[key].column".to_string();
            self.problem(&AMBIGUOUS_NAME, span.clone(), format!("this names two tables, {}", names.join(" and ")), "over which one?", Some(help));
            return None;
        }
        if let Some(reference) = named.first() {
            if self.scope.units.iter().any(|u| u.name == reference.name.text) {
                let name = &reference.name.text;
                let help = format!("name the row at hand otherwise: each = \"{name} as x\"");
                self.problem(&NO_ROW_AT_HAND, span.clone(), format!("`{name}` is the row at hand"), "one row only", Some(help));
                return None;
            }
            if !by.is_empty() {
                let help = "write the condition: where column = row.column".to_string();
                self.problem(
                    &WRONG_ARGUMENTS,
                    span.clone(),
                    "`by` compares with the row at hand, so it needs the rows at hand as its source".into(),
                    "",
                    Some(help),
                );
                return None;
            }
            let table = self.table(reference)?;
            return Some(if reference.version == Version::Current { Source::Table(table) } else { Source::Absent(table) });
        }
        self.rows_at_hand(bare, by, span)
    }

    fn rows_at_hand(&mut self, bare: bool, by: &[Expr], span: &Range<usize>) -> Option<Source> {
        if !bare {
            let unit = self.scope.units.iter().rev().find(|u| !u.name.is_empty()).map(|u| u.name.clone());
            let (message, help) = match unit {
                Some(name) => (
                    format!("`{name}` is the row at hand, and nothing else is named"),
                    Some(format!("name it: each = \"{name} as x\", then `{name}.column` is the table")),
                ),
                None => ("this names no table and no column to run over".to_string(), Some("write sum(table.column)".to_string())),
            };
            self.problem(&NO_ROW_AT_HAND, span.clone(), message, "over which rows?", help);
            return None;
        }
        let Some(hand) = self.scope.hand.clone() else {
            let help = "name the table: sum(table.column), count(table)".to_string();
            self.problem(&NO_ROW_AT_HAND, span.clone(), "no rows are at hand here".into(), "of which table?", Some(help));
            return None;
        };
        if hand.groups.is_some() && !by.is_empty() {
            let help = "group further with `each`".to_string();
            self.problem(&WRONG_ARGUMENTS, span.clone(), "`by` in an aggregate of a group".into(), "", Some(help));
            return None;
        }
        Some(Source::Hand(hand))
    }

    /// Tables named outside look-up brackets and inner aggregates, and whether a bare column is.
    fn sources_in(&self, e: &Expr, named: &mut Vec<TableRef>, bare: &mut bool) {
        match &e.kind {
            Kind::Ref(names) => {
                let first = &names[0];
                if names.len() == 1 || first.text == "parent" {
                    *bare = true;
                } else if let Some(t) = self.catalog.table(&first.text) {
                    let in_scope = self.scope.units.iter().any(|u| u.name == first.text) || self.catalog.tables[t].single;
                    if !in_scope {
                        named.push(TableRef { version: Version::Current, name: first.clone(), span: first.span.clone() });
                    }
                }
            }
            Kind::Call { name, .. } if matches!(name.text.as_str(), "row" | "file") => *bare = true,
            Kind::Aggregate { .. } | Kind::Lookup { .. } | Kind::Near { .. } => {
                if let Kind::Lookup { key, .. } = &e.kind {
                    let mut ignored = Vec::new();
                    key.iter().for_each(|k| self.sources_in(k, &mut ignored, bare));
                    named.extend(ignored);
                }
            }
            _ => crate::expr::tree::children(e).into_iter().for_each(|c| self.sources_in(c, named, bare)),
        }
    }

    fn enter_source(&mut self, table: usize, hand: Option<&Hand>) {
        let name = if hand.is_some() { String::new() } else { self.catalog.tables[table].name.clone() };
        let filter = hand.and_then(|h| h.filter.clone());
        self.scope.units.push(ScopeUnit { name, table, keys: None });
        self.scope.inner = Some(self.scope.units.len() - 1);
        self.scope.hand = Some(Hand { table, filter, keys: Vec::new(), groups: None });
    }

    fn arguments(&mut self, agg: Agg, arg: &AggArg, span: &Range<usize>) -> (Vec<Bound>, Ty) {
        let at = self.scope.units.len() - 1;
        let list: Vec<&Expr> = match arg {
            AggArg::Empty | AggArg::Table(_) => Vec::new(),
            AggArg::Expr(e, _) => vec![e],
            AggArg::Distinct(all) => all.iter().collect(),
        };
        let mut bounds = Vec::new();
        let mut ty = Ty::Known(Type::Number);
        let ranges = if matches!(agg, Agg::Count | Agg::Any | Agg::All) { std::mem::replace(&mut self.ranges, false) } else { self.ranges };
        for e in list {
            let (mut bound, found) = self.expr(e);
            if self.names_outer(&bound, at) {
                self.problem(
                    &CONDITION_REFUSED,
                    e.span.clone(),
                    "what is aggregated depends on the row at hand".into(),
                    "not of the aggregate's table",
                    Some("take it out of the aggregate, or put the comparison into `where`".into()),
                );
            }
            retarget(&mut bound, at);
            bounds.push(bound);
            ty = self.result_type(agg, found, e, span);
        }
        self.ranges = ranges;
        if matches!(agg, Agg::Count) {
            ty = Ty::Known(Type::Integer);
        } else if matches!(agg, Agg::Any | Agg::All) {
            ty = Ty::Known(Type::Boolean);
        }
        (bounds, ty)
    }

    fn result_type(&mut self, agg: Agg, found: Ty, e: &Expr, _span: &Range<usize>) -> Ty {
        match agg {
            Agg::Any | Agg::All => self.want(found, Type::Boolean, e.span.clone(), "what any and all look at"),
            Agg::Sum | Agg::Mean | Agg::Median | Agg::Stddev | Agg::Quantile => {
                if found != Ty::Known(Type::Duration) || agg == Agg::Stddev {
                    self.want(found, Type::Number, e.span.clone(), "what is added up");
                }
                if let Ty::Known(ty) = found {
                    let whole = ty == Type::Integer && agg == Agg::Sum || matches!(ty, Type::Percent | Type::Duration);
                    return Ty::Known(if whole { ty } else { Type::Number });
                }
                return Ty::Known(Type::Number);
            }
            Agg::Min | Agg::Max => {
                if matches!(found, Ty::Open(..)) && self.lean {
                    self.want(found, Type::Number, e.span.clone(), "this");
                }
                if matches!(found, Ty::Known(Type::Text | Type::Boolean)) && self.report {
                    self.not_here(found, e.span.clone(), "min and max need an order: a number, a date or a time");
                }
            }
            _ => {}
        }
        found
    }

    /// Binds without written precision: keys are exact.
    fn plainly(&mut self, e: &Expr) -> Bound {
        let saved = std::mem::replace(&mut self.ranges, false);
        let (mut bound, _) = self.expr(e);
        self.ranges = saved;
        let at = self.scope.units.len() - 1;
        if at >= self.scope.outer {
            retarget(&mut bound, at);
        }
        bound
    }

    /// Sorts the conjuncts of a `where` by what they depend on.
    fn split_filter(&mut self, filter: Option<&Expr>, at: usize) -> FilterParts {
        let mut parts = FilterParts::default();
        let Some(filter) = filter else { return parts };
        let conjuncts: Vec<&Expr> = match &filter.kind {
            Kind::And(all) => all.iter().collect(),
            _ => vec![filter],
        };
        let saved = std::mem::replace(&mut self.ranges, false);
        for conjunct in conjuncts {
            let mut bound = self.condition(conjunct);
            if !self.names_outer(&bound, at) {
                retarget(&mut bound, at);
                parts.own.push(bound);
                continue;
            }
            match self.join(&bound, at) {
                Some(pair) => parts.joins.push(pair),
                None => parts.rest.push((bound, conjunct.span.clone())),
            }
        }
        self.ranges = saved;
        parts
    }

    /// `source-only = outer-only`, either way round.
    fn join(&self, bound: &Bound, at: usize) -> Option<(Bound, Bound)> {
        let Op::Compare { op: Cmp::Eq, left, right, allowance: Allowance::Exact } = &bound.op else { return None };
        for (source, outer) in [(left, right), (right, left)] {
            if !self.names_outer(source, at) && self.names_source(source, at) && !self.names_source(outer, at) {
                let mut source = (**source).clone();
                retarget(&mut source, at);
                return Some((source, (**outer).clone()));
            }
        }
        None
    }

    fn names_outer(&self, bound: &Bound, at: usize) -> bool {
        let mut found = false;
        bound.walk(&mut |b| found |= unit_of(b).is_some_and(|u| u < at));
        found
    }

    fn names_source(&self, bound: &Bound, at: usize) -> bool {
        let mut found = false;
        bound.walk(&mut |b| found |= unit_of(b) == Some(at));
        found
    }

    fn finish(&mut self, pieces: Pieces, ty: Ty, span: &Range<usize>) -> (Bound, Ty) {
        let Pieces { mut slot, parts, mut keys, by_here, hand, table, at } = pieces;
        let mut outer_keys = by_here;
        let filter = hand.as_ref().and_then(|h| h.filter.clone());
        if let Some(hand) = &hand {
            for (i, key) in hand.keys.iter().enumerate() {
                keys.push(key.clone());
                let unit = self.scope.inner.unwrap_or(0);
                outer_keys.push(Bound { op: Op::Key { unit, key: i }, ty: key.ty, span: span.clone() });
            }
        }
        let joins = parts.joins.len();
        for (source, outer) in parts.joins {
            keys.push(source);
            outer_keys.push(outer);
        }
        if !parts.rest.is_empty() && keys.is_empty() {
            let (_, at) = &parts.rest[0];
            let help = "add an equality between the two tables: where region = r.region and …".to_string();
            self.problem(&CONDITION_REFUSED, at.clone(), "this compares every row with every other".into(), "no equality to join on", Some(help));
        }
        slot.filter = all_of(parts.own);
        slot.residual = all_of(parts.rest.into_iter().map(|r| r.0).collect()).map(|condition| residual(condition, at));
        let state = self.states.groups(table, filter, keys);
        let slot = self.states.slot(state, slot);
        let op = Op::Aggregate { state, slot, key: outer_keys, joins };
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    /// The scope of a condition on rows that are walked: used by neighbours.
    pub(super) fn scope_snapshot(&self) -> Scope {
        self.scope.clone()
    }
}

struct Pieces {
    slot: Slot,
    parts: FilterParts,
    keys: Vec<Bound>,
    by_here: Vec<Bound>,
    hand: Option<Hand>,
    table: usize,
    at: usize,
}

#[derive(Default)]
struct FilterParts {
    /// What the source row alone decides.
    own: Vec<Bound>,
    /// Source side and outer side of equalities.
    joins: Vec<(Bound, Bound)>,
    /// Everything else that names an outer row.
    rest: Vec<(Bound, Range<usize>)>,
}

fn quantile(arg: &AggArg) -> Option<crate::value::Number> {
    match arg {
        AggArg::Expr(_, number) => number.clone(),
        _ => None,
    }
}

/// The unit that a leaf reads.
pub(super) fn unit_of(b: &Bound) -> Option<usize> {
    match b.op {
        Op::Cell { unit, .. } | Op::Key { unit, .. } | Op::Row { unit } | Op::File { unit } | Op::Written { unit, .. } => Some(unit),
        _ => None,
    }
}

/// Makes unit `at` unit 0: the expression is evaluated with the source row alone.
fn retarget(bound: &mut Bound, at: usize) {
    bound.each_mut(&mut |b| match &mut b.op {
        Op::Cell { unit, .. } | Op::Row { unit } | Op::File { unit } | Op::Written { unit, .. } if *unit == at => *unit = 0,
        _ => {}
    });
}

fn all_of(mut conditions: Vec<Bound>) -> Option<Bound> {
    match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => {
            let span = conditions[0].span.start..conditions[conditions.len() - 1].span.end;
            Some(Bound { op: Op::And(conditions), ty: Type::Boolean, span })
        }
    }
}

fn residual(condition: Bound, source: usize) -> Residual {
    let mut columns = BTreeSet::new();
    condition.walk(&mut |b| {
        if let Op::Cell { unit, column, .. } | Op::Written { unit, column } = b.op
            && unit == source
        {
            columns.insert(column);
        }
    });
    Residual { condition, source, columns: columns.into_iter().collect() }
}
