//! Neighbours: `prev`, `next`, `rank`, `cumulative`.

use std::ops::Range;

use super::{Binder, Hand, NO_ROW_AT_HAND, Ty};
use crate::expr::bound::{Bound, NearDef, Op};
use crate::expr::tree::{Expr, Near};
use crate::value::Type;

impl Binder<'_> {
    pub(super) fn near(&mut self, near: Near, value: &Expr, by: &[Expr], span: &Range<usize>) -> (Bound, Ty) {
        let scope = self.scope_snapshot();
        let walked = scope.inner.is_some() && scope.units.len() == 1 && scope.outer <= 1;
        let Some(hand) = scope.hand.clone().filter(|_| walked) else {
            let help = "it needs `each` with one table, and stands outside aggregates".to_string();
            self.problem(&NO_ROW_AT_HAND, span.clone(), "there is no row before or after this one".into(), "no rows in order here", Some(help));
            return self.broken(span.clone());
        };
        let saved = std::mem::replace(&mut self.quiet, false);
        let (bound, ty) = self.expr(value);
        self.quiet = saved;
        let keys = {
            let ranges = std::mem::replace(&mut self.ranges, false);
            let keys = by.iter().map(|k| self.expr(k).0).collect();
            self.ranges = ranges;
            keys
        };
        let ty = match near {
            Near::Prev | Near::Next => ty,
            Near::Rank => {
                self.ordered_value(ty, value);
                Ty::Known(Type::Integer)
            }
            Near::Cumulative => {
                self.want(ty, Type::Number, value.span.clone(), "what is added up");
                Ty::Known(Type::Number)
            }
        };
        let Hand { table, filter, groups, .. } = hand;
        let filter = if groups.is_some() { None } else { filter };
        let def = NearDef { table, groups, filter, near, value: bound, by: keys, order: self.order.clone() };
        let state = self.states.near(def);
        (Bound { op: Op::Near { state }, ty: self.settled(ty), span: span.clone() }, ty)
    }

    fn ordered_value(&mut self, ty: Ty, value: &Expr) {
        if matches!(ty, Ty::Open(..)) && self.lean {
            self.want(ty, Type::Number, value.span.clone(), "what is ranked");
        }
    }
}
