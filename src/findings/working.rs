//! From a failing assertion to its arithmetic: the comparison that failed, its sides, its cells.

use crate::engine::states::env::At;
use crate::expr::bound::{Allowance, Bound, Op, StateId};
use crate::expr::eval::{difference, eval};
use crate::expr::tree::{Arith, Cmp};
use crate::value::{Figure, Type, Value};

/// A comparison that failed, with its operands.
pub struct Failed<'b> {
    /// The comparison.
    pub op: Cmp,
    /// Its left side.
    pub left: &'b Bound,
    /// Its right side.
    pub right: &'b Bound,
    /// Its allowance.
    pub allowance: &'b Allowance,
}

/// The comparison to blame: the assertion itself, the failing part of an `and`, the branch taken.
pub fn failed<'b>(e: &'b Bound, env: &At<'_>) -> Option<Failed<'b>> {
    match &e.op {
        Op::Compare { op, left, right, allowance } => {
            Some(Failed { op: *op, left, right, allowance })
        }
        Op::And(all) | Op::Or(all) => {
            all.iter().find(|p| eval(p, env) == Value::Bool(false)).and_then(|p| failed(p, env))
        }
        Op::If { condition, then, otherwise } => match eval(condition, env) {
            Value::Bool(true) => failed(then, env),
            _ => otherwise.as_deref().and_then(|o| failed(o, env)),
        },
        Op::Between { not: false, value, low, high, allowance } => {
            let below = eval(value, env)
                .figure()
                .zip(eval(low, env).figure())
                .is_some_and(|(v, l)| v.value < l.value);
            let (op, right) = if below { (Cmp::Ge, low) } else { (Cmp::Le, high) };
            Some(Failed { op, left: value, right, allowance })
        }
        _ => None,
    }
}

/// A leaf of a side: something that is read and not computed.
pub struct Leaf<'b> {
    /// The expression.
    pub bound: &'b Bound,
    /// How it enters: `+`, `-`, `×`, `÷`.
    pub sign: &'static str,
}

/// The leaves of a side in order of writing; an `if` gives those of the branch taken.
pub fn leaves<'b>(e: &'b Bound, env: &At<'_>) -> Vec<Leaf<'b>> {
    let mut all = Vec::new();
    collect(e, "", env, &mut all);
    all
}

fn collect<'b>(e: &'b Bound, sign: &'static str, env: &At<'_>, all: &mut Vec<Leaf<'b>>) {
    match &e.op {
        Op::Const(_) => {}
        Op::Arith(op, a, b) => {
            collect(a, sign, env, all);
            let by = match op {
                Arith::Add => "+",
                Arith::Sub => "-",
                Arith::Mul => "×",
                Arith::Div => "÷",
            };
            collect(b, by, env, all);
        }
        Op::Neg(x) => collect(x, "-", env, all),
        Op::If { condition, then, otherwise } => match eval(condition, env) {
            Value::Bool(true) => collect(then, sign, env, all),
            _ => otherwise.iter().for_each(|o| collect(o, sign, env, all)),
        },
        Op::Default { value, otherwise } => match eval(value, env) {
            Value::Missing | Value::NotApplicable => collect(otherwise, sign, env, all),
            _ => collect(value, sign, env, all),
        },
        Op::Call { args, .. } => args.iter().for_each(|a| collect(a, sign, env, all)),
        _ => all.push(Leaf { bound: e, sign }),
    }
}

/// The aggregate slots that an assertion reads, with the keys of the group at hand.
pub fn aggregates(e: &Bound, env: &At<'_>) -> Vec<(StateId, usize, Vec<Value<'static>>)> {
    let mut all = Vec::new();
    e.walk(&mut |b| {
        if let Op::Aggregate { state, slot, key, .. } = &b.op {
            let keys = key.iter().map(|k| eval(k, env).into_owned()).collect();
            all.push((*state, *slot, keys));
        }
    });
    all
}

/// A key as it is shown.
pub fn shown_key(v: &Value<'_>) -> String {
    match v {
        Value::Missing => "(blank)".into(),
        other => other.to_text(),
    }
}

/// How a value is shown: percentages as such, numbers grouped, the rest as text.
pub fn show(v: &Value<'_>, ty: Type) -> String {
    match v {
        Value::Number(f) if ty == Type::Percent => percent(f),
        Value::Number(f) if matches!(ty, Type::Year) => f.value.to_text(),
        Value::Number(f) => f.value.display(),
        Value::Text(t) => format!("\"{t}\""),
        other => other.to_text(),
    }
}

/// A share as a percentage, to two decimals where it does not end sooner.
pub fn percent(f: &Figure) -> String {
    let hundred = &f.value * &crate::value::Number::from(100i64);
    match hundred.decimals() {
        Some(d) if d <= 4 => format!("{} %", hundred.display()),
        _ => format!("{} %", hundred.to_rounded(2)),
    }
}

/// The ends of a figure's interval, shown.
pub fn show_range(v: &Value<'_>, ty: Type) -> Option<(String, String)> {
    let range = v.figure()?.range.as_ref()?;
    let end = |e: &crate::value::interval::End| match e.at() {
        Some(n) => show(&Value::number(n.clone()), ty),
        None => "…".to_string(),
    };
    Some((end(&range.lo), end(&range.hi)))
}

/// What is allowed, in words, and how far the sides are apart beyond it.
pub fn allowance(f: &Failed<'_>, env: &At<'_>) -> Option<String> {
    match f.allowance {
        Allowance::Exact => None,
        Allowance::Rounding(linear) => {
            let total = linear
                .as_ref()
                .and_then(|l| difference(l, env))
                .and_then(|d| Some(d.hi.at()? - d.lo.at()?))?;
            let half = &total * &crate::value::Number::decimal(5, 1);
            if half.is_zero() {
                return Some("none: all numbers are exact".into());
            }
            let ty = if f.left.ty == Type::Percent { Type::Percent } else { Type::Number };
            let shown = if ty == Type::Percent {
                percent(&Figure::exact(half)).replace(" %", " pp")
            } else {
                half.display()
            };
            Some(format!("{shown}, half a unit in the last digit of each number"))
        }
        Allowance::Relative(share) => {
            Some(format!("{} of the right side", percent(&Figure::exact(share.clone()))))
        }
        Allowance::Absolute(amount) => Some(show(&eval(amount, env), Type::Number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Number;

    #[test]
    fn shares_have_the_decimals_that_they_need() {
        let shown = |t: &str| percent(&Figure::exact(Number::parse(t).unwrap()));
        assert_eq!(shown("0.125"), "12.5 %");
        assert_eq!(shown("0.123456"), "12.3456 %");
        assert_eq!(shown("0.1234567"), "12.35 %");
        let third = Number::from(1i64).checked_div(&Number::from(3i64)).unwrap();
        assert_eq!(percent(&Figure::exact(third)), "33.33 %");
    }
}
