//! What SQL makes of rows without a value: a comparison with NULL is neither true nor false, whereas
//! conditions here know that a blank text is none of others.

use crate::expr::print::print;
use crate::expr::tree::{Cmp, Expr, Kind, children};

/// What a condition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It chooses the rows for which it is true.
    Choose,
    /// It finds fault with the rows for which it is false.
    Assert,
}

/// A condition that judges rows without a value as SQL does.
///
/// # Errors
/// That this depends on what a blank cell is in the database.
pub fn as_sql(condition: Expr, purpose: Purpose) -> Result<Expr, String> {
    Walk { purpose }.of(condition, true)
}

struct Walk {
    purpose: Purpose,
}

impl Walk {
    /// `is_plain` says that the whole is true where this is, and not where this is false.
    fn of(&self, e: Expr, is_plain: bool) -> Result<Expr, String> {
        let all = |all: Vec<Expr>| -> Result<Vec<Expr>, String> {
            all.into_iter().map(|e| self.of(e, is_plain)).collect()
        };
        let span = e.span.clone();
        let kind = match e.kind {
            Kind::Not(inner) => Kind::Not(Box::new(self.of(*inner, !is_plain)?)),
            Kind::And(parts) => joined(all(parts)?, true),
            Kind::Or(parts) => joined(all(parts)?, false),
            Kind::Compare { op: op @ (Cmp::Eq | Cmp::Ne), left, right, within: None } => {
                let (value, other) = if is_blank(&left) { (right, left) } else { (left, right) };
                self.equal((op == Cmp::Eq, false), *value, vec![*other], is_plain)?
            }
            Kind::InList { not, value, list } => {
                self.equal((!not, true), *value, list, is_plain)?
            }
            other => other,
        };
        Ok(Expr { kind, span })
    }

    /// `value = other`, or with a list `value in (others)`; or that it is none of them.
    fn equal(
        &self,
        (is_equal, is_list): (bool, bool),
        value: Expr,
        others: Vec<Expr>,
        is_plain: bool,
    ) -> Result<Kind, String> {
        let known = without_default(&value).cloned();
        let (blank, others): (Vec<Expr>, Vec<Expr>) = others.into_iter().partition(is_blank);
        let missing = |e: &Expr| is_missing(e, !is_equal);
        if !blank.is_empty() {
            // Whether a blank cell is an empty text or NULL makes no difference only here.
            let is_same = (is_equal == is_plain) == (self.purpose == Purpose::Assert);
            if known.is_none() && !is_same {
                return Err("whether a blank cell is NULL or an empty text is not known".into());
            }
            let of = missing(known.as_ref().unwrap_or(&value));
            return Ok(match others.is_empty() {
                true => of.kind,
                false => joined(vec![compare(is_equal, value, others, is_list)?, of], !is_equal),
            });
        }
        // What is not equal here although nothing is there, and what is not, within `not`.
        let is_weak = self.purpose == Purpose::Choose && is_equal != is_plain;
        let is_text = !std::iter::once(&value).chain(&others).any(is_no_text);
        let mut guards = Vec::new();
        if is_weak && is_text {
            std::iter::once(&value).chain(&others).for_each(|e| may_lack(e, &mut guards));
        }
        let guards: Vec<Expr> = guards.iter().map(missing).collect();
        let own = compare(is_equal, value, others, is_list)?;
        Ok(match guards.is_empty() {
            true => own.kind,
            false => joined([vec![own], guards].concat(), !is_equal),
        })
    }
}

/// Parts with `and` or `or` between them, of which none is of that kind.
fn joined(parts: Vec<Expr>, is_and: bool) -> Kind {
    let mut all: Vec<Expr> = Vec::new();
    let mut add = |part: Expr| {
        if !all.iter().any(|own| print(own) == print(&part)) {
            all.push(part);
        }
    };
    for part in parts {
        match part.kind {
            Kind::And(inner) if is_and => inner.into_iter().for_each(&mut add),
            Kind::Or(inner) if !is_and => inner.into_iter().for_each(&mut add),
            kind => add(Expr { kind, span: part.span }),
        }
    }
    match all.len() {
        1 => all.pop().map_or(Kind::Missing, |only| only.kind),
        _ if is_and => Kind::And(all),
        _ => Kind::Or(all),
    }
}

fn compare(
    is_equal: bool,
    value: Expr,
    mut others: Vec<Expr>,
    is_list: bool,
) -> Result<Expr, String> {
    let (span, value) = (value.span.clone(), Box::new(value));
    let kind = if is_list {
        Kind::InList { not: !is_equal, value, list: others }
    } else {
        let op = if is_equal { Cmp::Eq } else { Cmp::Ne };
        let right = Box::new(others.pop().ok_or("it compares with nothing")?);
        Kind::Compare { op, left: value, right, within: None }
    };
    Ok(Expr { kind, span })
}

fn is_missing(e: &Expr, not: bool) -> Expr {
    Expr { kind: Kind::IsMissing { not, value: Box::new(e.clone()) }, span: e.span.clone() }
}

/// Whether it is a text that is blank.
fn is_blank(e: &Expr) -> bool {
    matches!(&e.kind, Kind::Text(text) if text.trim().is_empty())
}

/// `coalesce(x, '')` is the empty text exactly where nothing is in x.
fn without_default(e: &Expr) -> Option<&Expr> {
    match &e.kind {
        Kind::Call { name, args } if name.text == "default" => match args.as_slice() {
            [inner, other] if is_blank(other) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Whether it can be no text: of others a missing one leaves a condition open here, too.
fn is_no_text(e: &Expr) -> bool {
    matches!(
        e.kind,
        Kind::Number(_)
            | Kind::Percent(_)
            | Kind::Moment(..)
            | Kind::Bool(_)
            | Kind::Neg(_)
            | Kind::Arith(..)
    )
}

/// The columns without which an expression has no value.
fn may_lack(e: &Expr, all: &mut Vec<Expr>) {
    match &e.kind {
        Kind::Ref(_) if !all.iter().any(|own| print(own) == print(e)) => all.push(e.clone()),
        Kind::Call { name, args } if name.text == "default" => {
            if args.iter().all(|arg| !children(arg).is_empty() || matches!(arg.kind, Kind::Ref(_)))
            {
                all.push(e.clone());
            }
        }
        _ => children(e).into_iter().for_each(|inner| may_lack(inner, all)),
    }
}
