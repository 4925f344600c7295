//! Fast answers for the commonest assertions over a whole batch: clean, not clean, can't say.
//!
//! A kernel never gives a finding: what it calls not clean, and what it can't say, goes to the
//! exact evaluator. In debug builds every answer is compared with it.

use super::batch::{Batch, Data, Decoded, State};
use crate::expr::bound::{Allowance, Bound, Op};
use crate::expr::eval::Verdict;
use crate::expr::regex::Regex;
use crate::expr::tree::{Arith, Cmp};
use crate::value::{Type, Value};

/// An assertion that a loop can judge.
#[derive(Debug, Clone)]
pub enum Kernel {
    /// A cell has a value.
    Present(usize),
    /// A number against a figure of the rule: column, comparison, mantissa, decimals.
    Bound(usize, Cmp, i64, u8),
    /// A day against another column's day, or a fixed one.
    Days(usize, Cmp, Days),
    /// `total = a + b - c …`: signed columns whose sum is compared with zero.
    Sum(Vec<(usize, i64)>, Cmp),
    /// A text matches a pattern as a whole.
    Matches(usize, Regex),
}

/// The right side of a comparison of days.
#[derive(Debug, Clone, Copy)]
pub enum Days {
    /// Another column.
    Column(usize),
    /// A fixed day.
    Fixed(i32),
}

/// What a kernel says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// This is its verdict.
    Is(Verdict),
    /// Ask the evaluator.
    CantSay,
}

/// A cell of unit 0.
fn column(b: &Bound) -> Option<usize> {
    match b.op {
        Op::Cell { unit: 0, column, ranges: false } => Some(column),
        _ => None,
    }
}

/// The kernel of an assertion, if there is one.
pub fn compile(b: &Bound) -> Option<Kernel> {
    match &b.op {
        Op::IsMissing { not: true, value } => column(value).map(Kernel::Present),
        Op::Matches { not: false, value, regex, whole: true } => column(value).filter(|_| value.ty == Type::Text).map(|c| Kernel::Matches(c, regex.clone())),
        Op::Compare { op, left, right, allowance: Allowance::Exact } => comparison(*op, left, right),
        _ => None,
    }
}

fn comparison(op: Cmp, left: &Bound, right: &Bound) -> Option<Kernel> {
    if left.ty == Type::Date {
        let right = match (&right.op, column(right)) {
            (_, Some(c)) => Days::Column(c),
            (Op::Const(Value::Date(d)), None) if d.is_day() => Days::Fixed(d.first),
            _ => return None,
        };
        return Some(Kernel::Days(column(left)?, op, right));
    }
    if !matches!(left.ty, Type::Number | Type::Integer) {
        return None;
    }
    if let (Some(c), Op::Const(Value::Number(f))) = (column(left), &right.op) {
        let (m, s) = f.value.as_decimal()?;
        return Some(Kernel::Bound(c, op, i64::try_from(m).ok()?, u8::try_from(s).ok().filter(|s| *s <= 18)?));
    }
    let mut terms = Vec::new();
    (gather(left, 1, &mut terms) && gather(right, -1, &mut terms) && terms.len() <= 16).then_some(Kernel::Sum(terms, op))
}

fn gather(b: &Bound, sign: i64, terms: &mut Vec<(usize, i64)>) -> bool {
    match &b.op {
        Op::Arith(Arith::Add, x, y) => gather(x, sign, terms) && gather(y, sign, terms),
        Op::Arith(Arith::Sub, x, y) => gather(x, sign, terms) && gather(y, -sign, terms),
        Op::Neg(x) => gather(x, -sign, terms),
        _ => match column(b) {
            Some(c) if matches!(b.ty, Type::Number | Type::Integer) => {
                terms.push((c, sign));
                true
            }
            _ => false,
        },
    }
}

fn holds<T: Ord>(op: Cmp, a: T, b: T) -> Answer {
    let truth = match op {
        Cmp::Eq => a == b,
        Cmp::Ne => a != b,
        Cmp::Lt => a < b,
        Cmp::Le => a <= b,
        Cmp::Gt => a > b,
        Cmp::Ge => a >= b,
    };
    Answer::Is(if truth { Verdict::Holds } else { Verdict::Fails })
}

const POWERS: [i128; 19] = {
    let mut all = [1i128; 19];
    let mut i = 1;
    while i < 19 {
        all[i] = all[i - 1] * 10;
        i += 1;
    }
    all
};

/// Both mantissas at the finer scale; they fit 128 bits: 18 digits by 18 more.
fn aligned((a, s): (i64, u8), (b, t): (i64, u8)) -> (i128, i128) {
    let (a, b) = (i128::from(a), i128::from(b));
    if s == t {
        (a, b)
    } else if s < t {
        (a * POWERS[usize::from(t - s).min(18)], b)
    } else {
        (a, b * POWERS[usize::from(s - t).min(18)])
    }
}

impl Kernel {
    /// The answer for a row.
    pub fn judge(&self, batch: &Batch<'_>, row: usize) -> Answer {
        let decoded = |c: usize| batch.columns[c].as_ref();
        match self {
            Kernel::Present(c) => {
                decoded(*c).map_or(Answer::CantSay, |d| Answer::Is(if d.states[row] == State::Missing { Verdict::Fails } else { Verdict::Holds }))
            }
            Kernel::Bound(c, op, m, s) => match decoded(*c).map(|d| number(d, row)) {
                Some(Cell::Is(cell)) => {
                    let (a, b) = aligned(cell, (*m, *s));
                    holds(*op, a, b)
                }
                other => other.map_or(Answer::CantSay, Cell::answer),
            },
            Kernel::Days(c, op, right) => {
                let left = decoded(*c).map_or(Cell::Other, |d| day(d, row));
                let right = match right {
                    Days::Fixed(d) => Cell::Is(*d),
                    Days::Column(c) => decoded(*c).map_or(Cell::Other, |d| day(d, row)),
                };
                match (left, right) {
                    (Cell::Is(a), Cell::Is(b)) => holds(*op, a, b),
                    (Cell::Other, _) | (_, Cell::Other) => Answer::CantSay,
                    _ => Answer::Is(Verdict::Unknown),
                }
            }
            Kernel::Sum(terms, op) => sum(batch, terms, *op, row),
            Kernel::Matches(c, regex) => match decoded(*c).map(|d| d.states[row]) {
                Some(State::Missing | State::Unreadable) => Answer::Is(Verdict::Unknown),
                Some(State::Good) => Answer::Is(if regex.is_full_match(&batch.text(row, *c)) { Verdict::Holds } else { Verdict::Fails }),
                _ => Answer::CantSay,
            },
        }
    }
}

fn sum(batch: &Batch<'_>, terms: &[(usize, i64)], op: Cmp, row: usize) -> Answer {
    let (mut total, mut scale) = (0i128, None);
    for (c, sign) in terms {
        match batch.columns[*c].as_ref().map_or(Cell::Other, |d| number(d, row)) {
            // One scale in a row is the rule; the rest is for the evaluator.
            Cell::Is((m, s)) if *scale.get_or_insert(s) == s => total += i128::from(m) * i128::from(*sign),
            Cell::Nothing => return Answer::Is(Verdict::Unknown),
            _ => return Answer::CantSay,
        }
    }
    holds(op, total, 0)
}

/// A typed cell.
enum Cell<T> {
    /// Its value.
    Is(T),
    /// Missing or unreadable.
    Nothing,
    /// Not in the typed vector.
    Other,
}

impl<T> Cell<T> {
    fn answer(self) -> Answer {
        match self {
            Cell::Nothing => Answer::Is(Verdict::Unknown),
            _ => Answer::CantSay,
        }
    }
}

fn number(d: &Decoded, row: usize) -> Cell<(i64, u8)> {
    match (d.states[row], &d.data) {
        (State::Good, Data::Number(m, s)) => Cell::Is((m[row], s[row])),
        (State::Missing | State::Unreadable, _) => Cell::Nothing,
        _ => Cell::Other,
    }
}

fn day(d: &Decoded, row: usize) -> Cell<i32> {
    match (d.states[row], &d.data) {
        (State::Good, Data::Day(days)) => Cell::Is(days[row]),
        (State::Missing | State::Unreadable, _) => Cell::Nothing,
        _ => Cell::Other,
    }
}
