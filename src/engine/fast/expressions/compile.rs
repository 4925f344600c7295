//! Conditions to operations.

use crate::engine::data::table::Table;
use crate::engine::fast::expressions::list::{Expressions, Root};
use crate::engine::fast::expressions::op::{NodeId, Op};
use crate::engine::fast::kernels;
use crate::engine::fast::shares::SharedInputs;
use crate::expr::bind::ty::is_numeric;
use crate::expr::bound::{Allowance, Bound, Op as Meaning, StateId, States};
use crate::expr::tree::Cmp;
use crate::value::{Number, Type, Value};

/// Compiles the expressions of a pass over a table. Nothing comes of what only the evaluator can judge.
pub struct Compiler<'c> {
    pub expressions: &'c mut Expressions,
    pub shares: &'c mut SharedInputs,
    pub table: &'c Table,
    pub defs: &'c States,
    /// The day of the run.
    pub today: i32,
    /// Whether numbers stand for their intervals, which are looked at apart.
    pub wide: bool,
    /// Windows of the check at hand whose values loops keep.
    pub windows: Vec<NamedWindow>,
}

/// A window that the expressions of the check at hand may name.
#[derive(Debug, Clone, Copy)]
pub struct NamedWindow {
    pub state: StateId,
    /// Its number in the program.
    pub number: usize,
    /// Whether its values may be off.
    pub is_wide: bool,
}

impl Compiler<'_> {
    /// An assertion.
    pub fn assertion(&mut self, b: &Bound) -> Option<Root> {
        self.root(|compiler| compiler.equation(b).or_else(|| compiler.truth(b)))
    }

    /// A condition that chooses rows.
    pub fn choice(&mut self, b: &Bound) -> Option<Root> {
        self.root(|compiler| compiler.choosing(b))
    }

    /// Numbers that are asked for beside conditions.
    pub(super) fn number_root(
        &mut self,
        node: impl FnOnce(&mut Self) -> Option<NodeId>,
    ) -> Option<Root> {
        self.root(node)
    }

    /// What was added for a condition stays only if there is a use for it.
    fn root(&mut self, node: impl FnOnce(&mut Self) -> Option<NodeId>) -> Option<Root> {
        let (before, shared) = (self.expressions.sizes(), self.shares.sizes());
        let node = node(self);
        if node.is_none() {
            self.expressions.take_back(before);
            self.shares.take_back(shared);
        }
        Some(self.expressions.root(node?))
    }

    pub(super) fn add(&mut self, op: Op) -> NodeId {
        self.expressions.add(op)
    }

    /// A number of the rule.
    pub(super) fn fixed(&mut self, n: &Number) -> Option<NodeId> {
        let (mantissa, scale) = n.as_decimal()?;
        let mantissa = i64::try_from(mantissa).ok().filter(|m| *m != i64::MIN)?;
        let scale = u8::try_from(scale).ok().filter(|s| *s <= 18)?;
        Some(self.add(Op::Fixed(mantissa, scale)))
    }

    fn choosing(&mut self, b: &Bound) -> Option<NodeId> {
        let (all, any) = match &b.op {
            Meaning::And(all) => (all, false),
            Meaning::Or(all) => (all, true),
            Meaning::Not(x) => {
                let x = self.choosing(x)?;
                return Some(self.add(Op::Not(x)));
            }
            Meaning::Compare { op: Cmp::Eq | Cmp::Ne, left, .. } if left.ty == Type::Text => {
                return self.condition(b, true);
            }
            Meaning::InList { value, .. } if value.ty == Type::Text => {
                return self.condition(b, true);
            }
            Meaning::Matches { .. } | Meaning::Member { .. } => return self.condition(b, true),
            Meaning::Call { .. } => return self.known_truth(b, true),
            _ => return self.truth(b),
        };
        let parts = all.iter().map(|x| self.choosing(x)).collect::<Option<_>>()?;
        Some(self.add(Op::Gather { parts, any, chooses: true }))
    }

    /// A condition on cells.
    fn condition(&mut self, b: &Bound, chooses: bool) -> Option<NodeId> {
        let Some(kernel) = kernels::compile(b, self.shares) else {
            return if chooses { self.known_truth(b, true) } else { None };
        };
        Some(self.expressions.condition(if chooses { kernel.choosing() } else { kernel }))
    }

    pub(super) fn truth(&mut self, b: &Bound) -> Option<NodeId> {
        self.of_parts(b).or_else(|| self.known_truth(b, false))
    }

    /// A truth by the operations for its parts.
    fn of_parts(&mut self, b: &Bound) -> Option<NodeId> {
        let op = match &b.op {
            Meaning::Const(Value::Bool(truth)) => Op::Always(*truth),
            Meaning::And(all) | Meaning::Or(all) => {
                let parts = all.iter().map(|x| self.truth(x)).collect::<Option<_>>()?;
                let any = matches!(b.op, Meaning::Or(_));
                Op::Gather { parts, any, chooses: false }
            }
            Meaning::Not(x) => Op::Not(self.truth(x)?),
            Meaning::If { condition, then, otherwise } => {
                let (condition, then) = (self.truth(condition)?, self.truth(then)?);
                let otherwise = match otherwise {
                    Some(other) => Some(self.truth(other)?),
                    None => None,
                };
                Op::IfTruth(condition, then, otherwise)
            }
            Meaning::Compare { op, left, right, allowance } => {
                return self
                    .comparison(*op, (left, right), allowance)
                    .or_else(|| self.condition(b, false));
            }
            Meaning::Between { not, value, low, high, allowance } => {
                let above = self.comparison(Cmp::Ge, (value, low), allowance)?;
                let below = self.comparison(Cmp::Le, (value, high), allowance)?;
                let both = self.add(Op::Both(above, below));
                return Some(if *not { self.add(Op::Not(both)) } else { both });
            }
            Meaning::InList { not, value, list } if value.ty != Type::Text => {
                return self.in_list(value, list, *not);
            }
            Meaning::IsMissing { not, value } if kernels::column(value).is_none() => {
                // Which part of it is blank matters.
                if matches!(value.op, Meaning::Arith(..) | Meaning::Neg(_) | Meaning::Call { .. }) {
                    return None;
                }
                Op::IsMissing(self.quantity(value)?, *not)
            }
            _ => return self.condition(b, false),
        };
        Some(self.add(op))
    }

    fn in_list(&mut self, value: &Bound, list: &[Bound], not: bool) -> Option<NodeId> {
        if !list.iter().all(|item| matches!(item.op, Meaning::Const(_))) {
            return None;
        }
        let equals = |item| self.comparison(Cmp::Eq, (value, item), &Allowance::Exact);
        let parts = list.iter().map(equals).collect::<Option<_>>()?;
        let any = self.add(Op::Gather { parts, any: true, chooses: false });
        Some(if not { self.add(Op::Not(any)) } else { any })
    }

    fn comparison(
        &mut self,
        op: Cmp,
        (left, right): (&Bound, &Bound),
        allowance: &Allowance,
    ) -> Option<NodeId> {
        let numbers = is_numeric(left.ty) && is_numeric(right.ty);
        let moments = left.ty == right.ty && is_moment(left.ty);
        let is_exact = matches!(allowance, Allowance::Exact);
        if !numbers && (left.ty, right.ty) != (Type::Date, Type::Date) && !(moments && is_exact) {
            return None;
        }
        let amount = match allowance {
            Allowance::Rounding(linear) if numbers => {
                return self.within_rounding(op, (left, right), linear.as_deref());
            }
            Allowance::Exact => None,
            Allowance::Absolute(amount) => Some(self.number(amount)?),
            Allowance::Relative(share) if numbers => {
                let (share, right) = (self.fixed(share)?, self.number(right)?);
                Some(self.add(Op::Product(share, right)))
            }
            Allowance::Rounding(_) | Allowance::Relative(_) => return None,
        };
        // An interval may leave an exact comparison open.
        if amount.is_none() && [left, right].iter().any(|side| self.names_intervals(side)) {
            return None;
        }
        let saved = std::mem::replace(&mut self.wide, amount.is_some());
        let sides = [self.quantity(left), self.quantity(right)];
        self.wide = saved;
        let sides = [sides[0]?, sides[1]?];
        Some(match amount {
            None => self.add(Op::Compare(op, sides[0], sides[1])),
            Some(amount) => self.add(Op::Within(op, [sides[0], sides[1], amount])),
        })
    }

    /// A number, a day, or microseconds.
    pub(super) fn quantity(&mut self, b: &Bound) -> Option<NodeId> {
        match b.ty {
            Type::Date => self.day(b),
            ty if is_moment(ty) => self.moment(b),
            _ => self.number(b),
        }
    }
}

/// Whether values of a type are microseconds.
pub(super) fn is_moment(ty: Type) -> bool {
    matches!(ty, Type::DateTime | Type::Time | Type::Duration)
}
