//! A condition that chooses rows, read slowly: a table of truths instead of the program's.

use crossfoot::expr::bound::{Bound, Op};
use crossfoot::expr::eval::{Env, eval};
use crossfoot::expr::tree::Cmp;
use crossfoot::value::{Type, Value};

/// What a condition says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    No,
    /// The row before is not there.
    Off,
    /// A missing value leaves it open.
    Blank,
    /// A value that cannot be read leaves it open.
    Broken,
    Yes,
}

impl Truth {
    fn of(yes: bool) -> Truth {
        if yes { Truth::Yes } else { Truth::No }
    }

    fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Yes => Truth::No,
            other => other,
        }
    }

    /// The first of `order` that a part is.
    fn first(order: [Truth; 5], parts: &[Truth]) -> Truth {
        order.into_iter().find(|t| parts.contains(t)).unwrap_or(order[4])
    }

    pub fn all(parts: &[Truth]) -> Truth {
        Truth::first([Truth::No, Truth::Off, Truth::Broken, Truth::Blank, Truth::Yes], parts)
    }

    fn any(parts: &[Truth]) -> Truth {
        Truth::first([Truth::Yes, Truth::Broken, Truth::Blank, Truth::Off, Truth::No], parts)
    }
}

/// Whether the row at hand is chosen: it is not where it would not be whatever its open parts came to.
pub fn choice(b: &Bound, env: &dyn Env) -> Truth {
    match truth(b, env) {
        Truth::Broken if !outcomes(b, env).contains(&Truth::Yes) => Truth::Blank,
        other => other,
    }
}

/// All that a condition can come to.
fn outcomes(b: &Bound, env: &dyn Env) -> Vec<Truth> {
    let of_parts = |all: &[Bound], join: fn(&[Truth]) -> Truth| {
        let mut ways: Vec<Vec<Truth>> = vec![Vec::new()];
        for part in all {
            let own = outcomes(part, env);
            let longer =
                |way: &Vec<Truth>| own.iter().map(|t| [&way[..], &[*t]].concat()).collect();
            ways = ways.iter().flat_map(|way| -> Vec<Vec<Truth>> { longer(way) }).collect();
        }
        ways.iter().map(|way| join(way)).collect()
    };
    match &b.op {
        Op::And(all) => of_parts(all, Truth::all),
        Op::Or(all) => of_parts(all, Truth::any),
        Op::Not(x) => outcomes(x, env).into_iter().map(Truth::not).collect(),
        _ => match truth(b, env) {
            Truth::Broken => vec![Truth::Yes, Truth::No],
            other => vec![other],
        },
    }
}

/// What a condition says of the row at hand.
pub fn truth(b: &Bound, env: &dyn Env) -> Truth {
    let parts = |all: &[Bound]| all.iter().map(|x| truth(x, env)).collect::<Vec<_>>();
    match &b.op {
        Op::And(all) => Truth::all(&parts(all)),
        Op::Or(all) => Truth::any(&parts(all)),
        Op::Not(x) => truth(x, env).not(),
        Op::Compare { op: Cmp::Eq, left, right, .. } if left.ty == Type::Text => {
            same(&eval(left, env), &eval(right, env))
        }
        Op::Compare { op: Cmp::Ne, left, right, .. } if left.ty == Type::Text => {
            same(&eval(left, env), &eval(right, env)).not()
        }
        Op::InList { not, value, list } if value.ty == Type::Text => {
            let value = eval(value, env);
            let there: Vec<_> = list.iter().map(|l| same(&value, &eval(l, env))).collect();
            if *not { Truth::any(&there).not() } else { Truth::any(&there) }
        }
        Op::Matches { not, value, .. } | Op::Member { not, value, .. }
            if value.ty == Type::Text && eval(value, env) == Value::Missing =>
        {
            Truth::of(*not)
        }
        Op::Call { function, args }
            if ["contains", "starts_with", "ends_with"].contains(&function.name) =>
        {
            match (eval(&args[0], env), eval(&args[1], env)) {
                (Value::Missing, Value::Text(_)) | (Value::Text(_), Value::Missing) => Truth::No,
                _ => plain(&eval(b, env)),
            }
        }
        _ => plain(&eval(b, env)),
    }
}

fn same(a: &Value<'_>, b: &Value<'_>) -> Truth {
    match (a, b) {
        (Value::Text(x), Value::Text(y)) => Truth::of(x == y),
        (Value::Missing, Value::Text(_)) | (Value::Text(_), Value::Missing) => Truth::No,
        (Value::NotApplicable, _) | (_, Value::NotApplicable) => Truth::Off,
        _ => Truth::any(&[plain(a), plain(b)]),
    }
}

fn plain(value: &Value<'_>) -> Truth {
    match value {
        Value::Bool(yes) => Truth::of(*yes),
        Value::Missing | Value::Unknown(crossfoot::value::Why::Missing) => Truth::Blank,
        Value::NotApplicable => Truth::Off,
        Value::Text(_) => Truth::No,
        _ => Truth::Broken,
    }
}
