//! An assertion evaluated again, each step kept: workings, evidence and equations come from it.

use crate::explain::equation::Cell;
use crate::expr::arithmetic::arithmetic;
use crate::expr::bound::{Allowance, Bound, Op};
use crate::expr::compare::compare;
use crate::expr::eval::{Env, Verdict, eval, joined, verdict};
use crate::expr::tree::Cmp;
use crate::value::{Type, Value};

/// A sub-expression and what it came to.
pub struct Step<'t> {
    /// The sub-expression.
    pub bound: &'t Bound,
    /// Its operands, in order of writing; of a choice the condition and the branch that was taken.
    pub args: Vec<Step<'t>>,
    /// Its value; a figure read with its written precision carries its interval.
    pub value: Value<'t>,
    /// The cell that it was read from.
    pub cell: Option<Cell>,
}

/// Says which cell a step reads, its operands known.
pub type Origin<'o> = &'o dyn Fn(&Bound, &[Step<'_>]) -> Option<Cell>;

/// An assertion, step by step.
pub struct Trace<'t> {
    /// The assertion; its parts are below it.
    pub root: Step<'t>,
    /// What it came to.
    pub verdict: Verdict,
}

/// A comparison of an assertion.
#[derive(Clone, Copy)]
pub struct Comparison<'s, 't> {
    pub op: Cmp,
    /// Its left side.
    pub left: &'s Step<'t>,
    /// Its right side.
    pub right: &'s Step<'t>,
    pub allowance: &'t Allowance,
    /// The amount of its allowance, where it has one.
    pub amount: Option<&'s Step<'t>>,
    /// Whether all of its cells are percentages that are read as numbers: columns beside theirs have none.
    pub is_of_shares: bool,
}

/// A part of an assertion that decided it.
pub struct Decider<'s, 't> {
    /// The assertion itself, or a side of its `and`, `or`, `not` or `if`.
    pub step: &'s Step<'t>,
    /// The part as a comparison; none where it is another predicate.
    pub comparison: Option<Comparison<'s, 't>>,
    /// Under `not`: it holds, and should not.
    pub held: bool,
}

/// What decided an assertion.
#[derive(Default)]
pub struct Decided<'s, 't> {
    /// The parts that did: several where none of them did it alone.
    pub by: Vec<Decider<'s, 't>>,
    /// The conditions of the choices on the way.
    pub because: Vec<&'s Step<'t>>,
}

impl<'t> Trace<'t> {
    /// Evaluates an assertion.
    pub fn of(bound: &'t Bound, env: &'t dyn Env, origin: Origin<'_>) -> Trace<'t> {
        let root = Step::of(bound, env, origin);
        Trace { verdict: verdict(&root.value), root }
    }

    /// What decided it: the failing part of an `and`, the branch taken, all of an `or` or a `not`.
    pub fn decided(&self) -> Decided<'_, 't> {
        let mut all = Decided::default();
        self.root.decide(&mut all);
        all
    }

    /// The parts that it comes to this by: those that decided one that fails; else of an `and` or an
    /// `or` all that come to the same.
    pub fn rests_on(&self) -> Vec<Decider<'_, 't>> {
        if self.verdict == Verdict::Fails {
            return self.decided().by;
        }
        let mut all = Decided::default();
        self.root.rest(&mut all);
        all.by
    }
}

impl<'t> Step<'t> {
    fn of(bound: &'t Bound, env: &'t dyn Env, origin: Origin<'_>) -> Step<'t> {
        let args = operands(bound, env, origin);
        let value = match (&bound.op, &args[..]) {
            (Op::Arith(op, ..), [a, b]) => arithmetic(*op, &a.value, &b.value),
            (Op::If { .. } | Op::Default { .. }, [_, taken]) => taken.value.clone(),
            _ => eval(bound, env),
        };
        let cell = origin(bound, &args);
        Step { bound, args, value, cell }
    }

    /// The values of the operands: for what is looked up, its key.
    pub fn key(&self) -> Vec<Value<'_>> {
        let key = self.args.iter().map(|a| a.value.clone()).collect();
        match self.bound.op {
            Op::Aggregate { joins, .. } => joined(key, joins),
            _ => key,
        }
    }

    /// Whether it is a figure between two ends because of dates without their day.
    pub fn is_by_partial_dates(&self) -> bool {
        let is_open = self.cell.is_none()
            && self.value.figure().is_some_and(|figure| {
                !figure.withheld && figure.range.as_ref().is_some_and(|range| !range.is_point())
            });
        let mut has_partial = false;
        if is_open {
            self.walk(&mut |step| {
                has_partial |= matches!(step.value, Value::Date(days) if days.first != days.last);
            });
        }
        has_partial
    }

    /// The branch that a choice took.
    pub fn taken(&self) -> Option<&Step<'t>> {
        match (&self.bound.op, &self.args[..]) {
            (Op::If { .. }, [_, taken]) | (Op::Default { .. }, [.., taken]) => Some(taken),
            _ => None,
        }
    }

    /// The text itself, where this is what it has its place in an order by.
    fn plain(&self) -> &Step<'t> {
        match (&self.bound.op, &self.args[..]) {
            (Op::Collated(_), [text]) => text,
            _ => self,
        }
    }

    /// Calls `f` on this and every step below it, in order of writing.
    pub fn walk<'s>(&'s self, f: &mut dyn FnMut(&'s Step<'t>)) {
        f(self);
        self.args.iter().for_each(|a| a.walk(f));
    }

    /// The step of a sub-expression.
    pub fn find(&self, bound: &Bound) -> Option<&Step<'t>> {
        if self.bound == bound {
            return Some(self);
        }
        self.args.iter().find_map(|a| a.find(bound))
    }

    fn decide<'s>(&'s self, all: &mut Decided<'s, 't>) {
        let failing = |p: &&'s Step<'t>| p.value == Value::Bool(false);
        match (&self.bound.op, &self.args[..]) {
            (Op::And(_), parts) => {
                parts.iter().find(failing).into_iter().for_each(|p| p.decide(all))
            }
            (Op::Or(_), parts) => parts.iter().filter(failing).for_each(|p| p.decide(all)),
            (Op::Not(_), [negated]) => negated.every(all),
            (Op::If { .. }, [condition, taken]) => {
                all.because.push(condition);
                taken.decide(all);
            }
            _ => all.by.push(self.decider(false)),
        }
    }

    fn rest<'s>(&'s self, all: &mut Decided<'s, 't>) {
        let kind = |step: &Step<'_>| std::mem::discriminant(&verdict(&step.value));
        match (&self.bound.op, &self.args[..]) {
            (Op::And(_) | Op::Or(_), parts) => {
                parts.iter().filter(|p| kind(p) == kind(self)).for_each(|p| p.rest(all));
            }
            (Op::Not(_), [negated]) => negated.every(all),
            (Op::If { .. }, [_, taken]) => taken.rest(all),
            _ => all.by.push(self.decider(false)),
        }
    }

    /// What is under a `not` decides together.
    fn every<'s>(&'s self, all: &mut Decided<'s, 't>) {
        match &self.bound.op {
            Op::And(_) | Op::Or(_) | Op::Not(_) | Op::If { .. } => {
                self.args.iter().for_each(|a| a.every(all));
            }
            _ => all.by.push(self.decider(true)),
        }
    }

    fn decider(&self, held: bool) -> Decider<'_, 't> {
        let comparison = match (&self.bound.op, &self.args[..]) {
            (Op::Compare { op, allowance, .. }, [left, right, rest @ ..]) => {
                let (left, right) = (left.plain(), right.plain());
                Some(Comparison {
                    op: *op,
                    left,
                    right,
                    allowance,
                    amount: rest.first(),
                    is_of_shares: false,
                })
            }
            (Op::Between { not: false, allowance, .. }, [value, low, high, rest @ ..]) if !held => {
                let below = is_below(&value.value, &low.value);
                let (op, right) = if below { (Cmp::Ge, low) } else { (Cmp::Le, high) };
                let (left, right) = (value.plain(), right.plain());
                Some(Comparison {
                    op,
                    left,
                    right,
                    allowance,
                    amount: rest.first(),
                    is_of_shares: false,
                })
            }
            _ => None,
        };
        Decider { step: self, comparison, held }
    }
}

impl Comparison<'_, '_> {
    /// The type that a number computed of its cells is shown as.
    pub fn shown(&self, ty: Type) -> Type {
        if self.is_of_shares && ty == Type::Number { Type::Percent } else { ty }
    }

    /// A ratio compared with a percentage is shown as one.
    pub fn shown_type(&self, step: &Step<'_>) -> Type {
        let sides = [self.left.bound.ty, self.right.bound.ty];
        let numeric = matches!(step.bound.ty, Type::Number | Type::Percent);
        let is_share = self.is_of_shares || sides.contains(&Type::Percent);
        if numeric && is_share { Type::Percent } else { step.bound.ty }
    }
}

/// Whether a value misses the lower end of a `between`; else it misses the upper one.
fn is_below(value: &Value<'_>, low: &Value<'_>) -> bool {
    match value.figure().zip(low.figure()) {
        Some((value, low)) => value.value < low.value,
        None => compare(Cmp::Ge, value, low) == Value::Bool(false),
    }
}

fn operands<'t>(bound: &'t Bound, env: &'t dyn Env, origin: Origin<'_>) -> Vec<Step<'t>> {
    let step = |b: &'t Bound| Step::of(b, env, origin);
    match &bound.op {
        Op::If { condition, then, otherwise } => {
            let condition = step(condition);
            let taken = match condition.value {
                Value::Bool(true) => Some(&**then),
                Value::Bool(false) => otherwise.as_deref(),
                _ => None,
            };
            std::iter::once(condition).chain(taken.map(step)).collect()
        }
        Op::Default { value, otherwise } => {
            let value = step(value);
            let blank = matches!(value.value, Value::Missing | Value::NotApplicable);
            let taken = blank.then(|| step(otherwise));
            std::iter::once(value).chain(taken).collect()
        }
        _ => bound.children().into_iter().map(step).collect(),
    }
}
