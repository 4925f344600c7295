//! Aggregates: what they take, and how a condition becomes a join.

use std::ops::Range;

use crate::expr::bind::source::Source;
use crate::expr::bind::{Binder, CONDITION_REFUSED, Hand, ScopeUnit, Ty};
use crate::expr::bound::{Allowance, Bound, Op, Residual, Slot};
use crate::expr::tree::{Agg, AggArg, Cmp, Expr, Kind, Quantile};
use crate::value::{Type, Value, Why};

impl Binder<'_> {
    pub(crate) fn aggregate(
        &mut self,
        agg: Agg,
        arg: &AggArg,
        filter: Option<&Expr>,
        by: &[Expr],
        span: &Range<usize>,
    ) -> (Bound, Ty) {
        let help = "put `old` around the column: sum(old(x)); or name the old table: sum(old(t).x where …)";
        if self.refused_in_old(span, "an aggregate", help) {
            return self.broken(span.clone());
        }
        let chosen_for = Some(self.purpose(agg));
        let arg = self.settle_argument(arg);
        let Some(source) = self.source(agg, &arg, by, span) else {
            return self.broken(span.clone());
        };
        let outer = self.scope.clone();
        let (table, hand, name, version) = match source {
            Source::Hand(hand) => (hand.table, Some(hand), String::new(), None),
            Source::Table { table, name, filter } => (table, None, name, filter),
        };
        let at = outer.units.len();
        let order = self.order.clone();
        self.enter_source(table, name, hand.as_ref());
        let by_argument = chosen_for.filter(|_| matches!(agg, Agg::Count | Agg::Any));
        let (mut args, ty) = self.choosing(by_argument, |b| b.arguments(agg, &arg));
        let is_extreme = matches!(agg, Agg::Min | Agg::Max);
        let is_natural = is_extreme && args.iter().any(|arg| self.is_natural(arg));
        let mut parts = self.choosing(chosen_for, |b| b.split_filter(filter, at));
        // What `count` is given to compare chooses the rows that it counts.
        let compares = |b: &mut Bound| b.ty == Type::Boolean && !matches!(b.op, Op::Cell { .. });
        if let (Agg::Count, AggArg::Expr(..)) = (agg, &arg) {
            parts.own.extend(args.pop_if(compares));
        }
        parts.own.extend(version);
        let matched: Vec<Bound> = parts.joins.iter().map(|(source, _)| source.clone()).collect();
        let within = args.iter().chain(&parts.own).chain(parts.rest.iter().map(|r| &r.0));
        self.note_over_all(table, &matched, within);
        let mut keys: Vec<Bound> = by.iter().map(|k| self.plainly(k)).collect();
        keys.iter_mut().for_each(|k| self.retarget(k, at));
        self.scope = outer;
        self.order = order;
        let by_here: Vec<Bound> = by.iter().map(|k| self.plainly(k)).collect();
        // Without an old version, a sum over some rows of it is none.
        let mut read = args.iter().chain(&parts.own).chain(&keys).chain(&by_here);
        if read.any(Bound::is_absent) || parts.between().any(Bound::is_absent) {
            return (Bound { op: Op::Absent, ty: self.settled(ty), span: span.clone() }, ty);
        }
        let slot = Slot {
            agg,
            args,
            distinct: matches!(arg, AggArg::Distinct(_)),
            quantile: quantile(&arg),
            is_natural,
            filter: None,
            residual: None,
        };
        self.finish(Pieces { slot, parts, keys, by_here, hand, table, at }, ty, span)
    }

    fn enter_source(&mut self, table: usize, name: String, hand: Option<&Hand>) {
        let filter = hand.and_then(|h| h.filter.clone());
        self.scope.units.push(ScopeUnit { name, table, keys: None });
        self.scope.inner = Some(self.scope.units.len() - 1);
        // The order of a check is that of the rows it judges: no other rows have one.
        if hand.is_none_or(|h| h.groups.is_some()) {
            self.order.clear();
        }
        let keys = hand.map(|h| h.keys.clone()).unwrap_or_default();
        self.scope.hand = Some(Hand { table, filter, keys, groups: None });
    }

    fn arguments(&mut self, agg: Agg, arg: &AggArg) -> (Vec<Bound>, Ty) {
        let at = self.scope.units.len() - 1;
        let list: Vec<&Expr> = match arg {
            AggArg::Empty | AggArg::Table(_) => Vec::new(),
            AggArg::Expr(e, _) => vec![e],
            AggArg::Distinct(all) => all.iter().collect(),
        };
        let mut bounds = Vec::new();
        let mut ty = Ty::Known(Type::Number);
        let ranges = if matches!(agg, Agg::Count | Agg::Any | Agg::All) {
            std::mem::replace(&mut self.ranges, false)
        } else {
            self.ranges
        };
        for e in list {
            let (mut bound, found) = self.expr(e);
            if self.names_outer(&bound, at) {
                self.problem(
                    &CONDITION_REFUSED,
                    e.span.clone(),
                    "the aggregated value depends on the current row".into(),
                    "not of the aggregate's table",
                    Some("move it out of the aggregate, or put the comparison in `where`".into()),
                );
            }
            self.retarget(&mut bound, at);
            bounds.push(bound);
            ty = self.result_type(agg, found, &e.span);
        }
        self.ranges = ranges;
        if matches!(agg, Agg::Count) {
            ty = Ty::Known(Type::Integer);
        } else if matches!(agg, Agg::Any | Agg::All) {
            ty = Ty::Known(Type::Boolean);
        }
        (bounds, ty)
    }

    /// The type of the aggregate of values of this type.
    pub(crate) fn result_type(&mut self, agg: Agg, found: Ty, at: &Range<usize>) -> Ty {
        match agg {
            Agg::Any | Agg::All => {
                self.want(found, Type::Boolean, at.clone(), "what any and all look at")
            }
            Agg::Sum | Agg::Mean | Agg::Median | Agg::Stddev | Agg::Quantile => {
                // `sum(p) = 100%` says what `p` is, as `p = 100%` does.
                let is_share = std::mem::take(&mut self.totals_a_share);
                if is_share && matches!(found, Ty::Open(..)) {
                    self.want(found, Type::Percent, at.clone(), "what is added up");
                    return Ty::Known(Type::Percent);
                }
                let is_length = found == Ty::Known(Type::Duration) && agg != Agg::Stddev;
                if !is_length && (self.is_lean() || !matches!(found, Ty::Open(..))) {
                    self.want(found, Type::Number, at.clone(), "what is added up");
                }
                if let Ty::Known(ty) = found {
                    let whole = ty == Type::Integer && agg == Agg::Sum
                        || matches!(ty, Type::Percent | Type::Duration);
                    return Ty::Known(if whole { ty } else { Type::Number });
                }
                return Ty::Known(Type::Number);
            }
            Agg::Min | Agg::Max => {
                self.want_order(found, at.clone(), "this");
                if found == Ty::Known(Type::Boolean) && self.report {
                    self.not_here(
                        found,
                        at.clone(),
                        "min and max need an order: a number, a date, a time or a word",
                    );
                }
            }
            _ => {}
        }
        found
    }

    /// Binds without written precision: keys are exact.
    pub(crate) fn plainly(&mut self, e: &Expr) -> Bound {
        let saved = std::mem::replace(&mut self.ranges, false);
        let (bound, _) = self.expr(e);
        self.ranges = saved;
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
                self.retarget(&mut bound, at);
                parts.own.push(bound);
                continue;
            }
            self.positions_refused(&bound, at);
            match self.join(&bound, at) {
                Some(pair) => parts.joins.push(pair),
                None => parts.rest.push((bound, conjunct.span.clone())),
            }
        }
        self.ranges = saved;
        parts
    }

    /// `source-only = outer-only`, either way round: its two sides.
    fn join(&mut self, bound: &Bound, at: usize) -> Option<(Bound, Bound)> {
        let (source, outer) = self.join_sides(bound, at)?;
        let (mut source, outer) = (source.clone(), outer.clone());
        self.retarget(&mut source, at);
        Some((source, outer))
    }

    fn join_sides<'b>(&self, bound: &'b Bound, at: usize) -> Option<(&'b Bound, &'b Bound)> {
        let Op::Compare { op: Cmp::Eq, left, right, allowance: Allowance::Exact } = &bound.op
        else {
            return None;
        };
        let fits = |source, outer| {
            !self.names_outer(source, at)
                && self.names_source(source, at)
                && !self.names_source(outer, at)
        };
        [(left, right), (right, left)]
            .into_iter()
            .find(|(s, o)| fits(s, o))
            .map(|(s, o)| (&**s, &**o))
    }

    /// A row that is compared with the row at hand pair by pair is kept by its cells alone.
    fn positions_refused(&mut self, bound: &Bound, at: usize) {
        let mut found = None;
        bound.walk(&mut |b| {
            if matches!(b.op, Op::Window { .. })
                || matches!(b.op, Op::Row { unit } | Op::File { unit } if unit == at)
            {
                found = Some(b.span.clone());
            }
        });
        if let (Some(span), false) = (found, self.join_sides(bound, at).is_some()) {
            let message =
                "the position of a row cannot be compared with the current row".to_string();
            let help = "compare with `=` only, like where day = prev(day), or with values of the aggregate's own table".to_string();
            self.problem(
                &CONDITION_REFUSED,
                span,
                message,
                "a row's position, compared with another row",
                Some(help),
            );
        }
    }

    pub(crate) fn names_outer(&self, bound: &Bound, at: usize) -> bool {
        self.states.units(bound).into_iter().any(|u| u.0 < at)
    }

    /// Window are those of the source's rows.
    fn names_source(&self, bound: &Bound, at: usize) -> bool {
        let mut near = false;
        bound.walk(&mut |b| near |= matches!(b.op, Op::Window { .. }));
        near || self.states.units(bound).into_iter().any(|u| u.0 == at)
    }

    /// Takes the outer units away: the expression is evaluated with the source row alone, unit 0.
    pub(crate) fn retarget(&mut self, bound: &mut Bound, at: usize) {
        if at > 0 {
            self.states.move_units(bound, &|unit| unit.saturating_sub(at));
        }
    }

    fn finish(&mut self, pieces: Pieces, ty: Ty, span: &Range<usize>) -> (Bound, Ty) {
        let Pieces { mut slot, parts, mut keys, by_here, hand, table, at } = pieces;
        let mut outer_keys = by_here;
        let filter = hand.as_ref().and_then(|h| h.filter.clone());
        if let Some(hand) = &hand {
            let unit = self.scope.inner.unwrap_or(0);
            for (i, key) in hand.keys.iter().enumerate() {
                keys.push(key.clone());
                // A group has its keys; a row of it, inside another aggregate, has them by its cells.
                let mut outer = key.clone();
                match hand.groups {
                    Some(_) => outer.op = Op::Key { unit, key: i },
                    None => self.states.move_units(&mut outer, &|u| u + unit),
                }
                outer.each_mut(&mut |b| b.span = span.clone());
                outer_keys.push(outer);
            }
        }
        let joins = parts.joins.len();
        for (source, outer) in parts.joins {
            keys.push(source);
            outer_keys.push(outer);
        }
        // What could not be bound may have been the equality.
        let is_known = !parts.own.iter().chain(parts.rest.iter().map(|r| &r.0)).any(is_broken);
        if let Some((_, at)) = parts.rest.first().filter(|_| keys.is_empty() && is_known) {
            let help =
                "add an equality between the tables: where region = r.region and …".to_string();
            self.problem(
                &CONDITION_REFUSED,
                at.clone(),
                "this would compare every row with every other row".into(),
                "no equality to join on",
                Some(help),
            );
        }
        slot.filter = all_of(parts.own);
        slot.residual = all_of(parts.rest.into_iter().map(|r| r.0).collect())
            .map(|condition| self.residual(condition, at));
        let (state, slot) = self.states.aggregate(table, filter, keys, slot);
        let op = Op::Aggregate { state, slot, key: outer_keys, joins };
        (Bound { op, ty: self.settled(ty), span: span.clone() }, ty)
    }

    fn residual(&self, condition: Bound, source: usize) -> Residual {
        let units = self.states.units(&condition);
        let columns = units.into_iter().filter(|u| u.0 == source).filter_map(|u| u.1).collect();
        Residual { condition, source, columns }
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

impl FilterParts {
    /// What the source row and an outer one decide together.
    fn between(&self) -> impl Iterator<Item = &Bound> {
        let joins = self.joins.iter().flat_map(|(source, outer)| [source, outer]);
        joins.chain(self.rest.iter().map(|r| &r.0))
    }
}

fn quantile(arg: &AggArg) -> Option<Quantile> {
    match arg {
        AggArg::Expr(_, quantile) => quantile.clone(),
        _ => None,
    }
}

/// Several conditions as one.
pub(crate) fn all_of(mut conditions: Vec<Bound>) -> Option<Bound> {
    match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => {
            let span = conditions[0].span.start..conditions[conditions.len() - 1].span.end;
            Some(Bound { op: Op::And(conditions), ty: Type::Boolean, span })
        }
    }
}

/// Whether a problem has been reported for a part of it.
fn is_broken(bound: &Bound) -> bool {
    let mut found = false;
    bound.walk(&mut |b| found |= b.op == Op::Const(Value::Unknown(Why::NotRead)));
    found
}
