//! Fast answers for the commonest conditions over a whole batch: holds, fails, or
//! deferred.
//!
//! A kernel never makes a finding: what fails, and what it cannot answer, goes to the exact
//! evaluator. In debug builds every answer is compared with it.

use std::borrow::Cow;

use crate::engine::data::batch::Batch;
use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::dict::{Code, Dict, OVER};
use crate::engine::fast::shares::SharedInputs;
use crate::expr::bound::{Allowance, Bound, Op};
use crate::expr::regex::{Finder, Regex, TOGETHER};
use crate::expr::tree::{Arith, Cmp};
use crate::read::block::{Column, Data, State};
use crate::read::grid::unquote;
use crate::value::{Type, Value};

/// A condition that loops can judge.
#[derive(Debug)]
pub enum Kernel {
    /// It always holds.
    Always,
    /// A cell has a value, or (`not`) has none.
    Present(usize, bool),
    /// A cell has a value of its type, or (`not`) has none.
    Readable(usize, bool),
    /// A cell is withheld, or (`not`) is not.
    Withheld(usize, bool),
    /// A number against a figure of the rule: column, comparison, mantissa, decimals.
    Figure(usize, Cmp, i64, u8),
    /// A day against another column's day, or a fixed one.
    Days(usize, Cmp, Days),
    /// `total = a + b - c …`: signed columns whose sum is compared with zero.
    Sum(Vec<(usize, i64)>, Cmp),
    /// A text matches a pattern, as a whole or somewhere, or does not.
    Matches {
        column: usize,
        finder: Finder,
        /// Whether it must not match.
        not: bool,
    },
    /// A text stands in a list, or does not.
    OneOf(usize, Vec<Box<str>>, bool),
    /// A text stands in a column of another table, or does not: column, dictionary, membership.
    Member(usize, usize, usize, bool),
    /// The number of characters of a text.
    Length(usize, Cmp, i64),
    /// Kleene's `and`.
    All(Vec<Kernel>),
    /// Kleene's `or`.
    Any(Vec<Kernel>),
    /// `not`.
    Not(Box<Kernel>),
    /// A condition on a text that chooses rows: where the text is missing, the evaluator answers.
    Chooses(Box<Kernel>),
}

/// The right side of a comparison of days.
#[derive(Debug, Clone, Copy)]
pub enum Days {
    /// Another column.
    Column(usize),
    /// A fixed day.
    Fixed(i32),
}

/// A cell of unit 0.
pub fn column(b: &Bound) -> Option<usize> {
    match b.op {
        Op::Cell { unit: 0, column, ranges: false } => Some(column),
        _ => None,
    }
}

fn text_column(b: &Bound) -> Option<usize> {
    column(b).filter(|_| b.ty == Type::Text)
}

/// The kernel of a condition that chooses rows, if there is one.
pub fn compile_choice(b: &Bound, shares: &mut SharedInputs) -> Option<Kernel> {
    match &b.op {
        Op::And(all) => {
            all.iter().map(|b| compile_choice(b, shares)).collect::<Option<_>>().map(Kernel::All)
        }
        Op::Or(all) => {
            all.iter().map(|b| compile_choice(b, shares)).collect::<Option<_>>().map(Kernel::Any)
        }
        Op::Not(x) => compile_choice(x, shares).map(|k| Kernel::Not(Box::new(k))),
        _ => compile(b, shares).map(|kernel| match kernel {
            Kernel::Matches { .. } | Kernel::OneOf(..) | Kernel::Member(..) => {
                Kernel::Chooses(Box::new(kernel))
            }
            other => other,
        }),
    }
}

/// The kernel of an assertion, if there is one.
pub fn compile(b: &Bound, shares: &mut SharedInputs) -> Option<Kernel> {
    match &b.op {
        Op::Const(Value::Bool(true)) => Some(Kernel::Always),
        Op::IsMissing { not, value } => column(value).map(|c| Kernel::Present(c, !*not)),
        Op::IsReadable { not, value } => column(value).map(|c| Kernel::Readable(c, *not)),
        Op::IsWithheld { not, value } => column(value).map(|c| Kernel::Withheld(c, *not)),
        Op::Matches { not, value, regex, whole } => text_column(value).map(|column| {
            Kernel::Matches { column, finder: Regex::finder(regex, *whole), not: *not }
        }),
        Op::Compare { op, left, right, allowance: Allowance::Exact } => {
            comparison(*op, left, right)
        }
        Op::InList { not, value, list } => {
            let text = |b: &Bound| {
                if let Op::Const(Value::Text(t)) = &b.op { Some(t.as_ref().into()) } else { None }
            };
            let list: Option<Vec<Box<str>>> = list.iter().map(text).collect();
            Some(Kernel::OneOf(text_column(value)?, list?, *not))
        }
        Op::Member { state, value, not } => {
            let column = text_column(value)?;
            let dict = shares.dict(&[column], false);
            Some(Kernel::Member(column, dict, shares.members(*state, dict), *not))
        }
        Op::And(all) => {
            all.iter().map(|b| compile(b, shares)).collect::<Option<_>>().map(Kernel::All)
        }
        Op::Or(all) => {
            all.iter().map(|b| compile(b, shares)).collect::<Option<_>>().map(Kernel::Any)
        }
        Op::Not(x) => compile(x, shares).map(|k| Kernel::Not(Box::new(k))),
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
    if let (Some(c), Op::Const(Value::Text(t)), Cmp::Eq | Cmp::Ne) =
        (text_column(left), &right.op, op)
    {
        return Some(Kernel::OneOf(c, vec![t.as_ref().into()], op == Cmp::Ne));
    }
    if !matches!(left.ty, Type::Number | Type::Integer) {
        return None;
    }
    if let Op::Const(Value::Number(f)) = &right.op {
        let (m, s) = f.value.as_decimal()?;
        let (m, s) = (i64::try_from(m).ok()?, u8::try_from(s).ok().filter(|s| *s <= 18)?);
        if let Op::Call { function, args } = &left.op
            && let ("length", [text], 0) = (function.name, &args[..], s)
        {
            return Some(Kernel::Length(text_column(text)?, op, m));
        }
        if let Some(c) = column(left) {
            return Some(Kernel::Figure(c, op, m, s));
        }
    }
    let mut terms = Vec::new();
    (gather(left, 1, &mut terms) && gather(right, -1, &mut terms) && terms.len() <= 16)
        .then_some(Kernel::Sum(terms, op))
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

/// Fills `out` by comparing pairs; one loop for each comparison.
#[inline(always)]
fn compare_all<T: Ord + Copy>(op: Cmp, pairs: impl Iterator<Item = (T, T)>, out: &mut Answers) {
    match op {
        Cmp::Eq => out.extend(pairs.map(|(a, b)| Answer::of(a == b))),
        Cmp::Ne => out.extend(pairs.map(|(a, b)| Answer::of(a != b))),
        Cmp::Lt => out.extend(pairs.map(|(a, b)| Answer::of(a < b))),
        Cmp::Le => out.extend(pairs.map(|(a, b)| Answer::of(a <= b))),
        Cmp::Gt => out.extend(pairs.map(|(a, b)| Answer::of(a > b))),
        Cmp::Ge => out.extend(pairs.map(|(a, b)| Answer::of(a >= b))),
    }
}

/// What a kernel works with.
pub struct KernelInput<'g> {
    pub batch: &'g Batch<'g>,
    /// Dictionaries, with the codes of the batch.
    pub dicts: &'g [Dict],
    /// For each membership and code whether the key stands in the index, if that is known.
    pub membership: &'g [Vec<Option<bool>>],
}

impl<'g> KernelInput<'g> {
    fn decoded(&self, column: usize) -> Option<&'g Column> {
        // Figures with a hedge before them are for the evaluator.
        if !self.batch.has_hedges() { self.batch.columns[column].as_ref() } else { None }
    }
}

/// Where a cell is not good, its state decides.
fn overlay(d: &Column, out: &mut Answers) {
    if !d.clean {
        out.iter_mut().zip(&d.states).for_each(|(a, s)| *a = (*a).max(Answer::of_state(*s)));
    }
}

impl Kernel {
    /// The answers for all rows of a batch.
    pub fn run(&self, input: &KernelInput<'_>, out: &mut Answers) {
        out.clear();
        if self.fill(input, out).is_none() {
            out.clear();
        }
        if out.len() != input.batch.rows {
            out.clear();
            out.resize(input.batch.rows, Answer::DEFER);
        }
    }

    /// `None`: the evaluator must answer for all rows.
    fn fill(&self, input: &KernelInput<'_>, out: &mut Answers) -> Option<()> {
        let rows = input.batch.rows;
        match self {
            Kernel::Always => out.resize(rows, Answer::HOLDS),
            Kernel::Present(c, not) => by_state(input.decoded(*c)?, |s| !s.is_missing(), *not, out),
            Kernel::Readable(c, not) => {
                by_state(input.decoded(*c)?, |s| matches!(s, State::Good | State::Defer), *not, out)
            }
            Kernel::Withheld(c, not) => {
                by_state(input.decoded(*c)?, |s| s == State::Withheld, *not, out)
            }
            Kernel::Figure(c, op, m, s) => figures(input.decoded(*c)?, *op, (*m, *s), out)?,
            Kernel::Days(c, op, right) => days(input, *c, *op, *right, out)?,
            Kernel::Sum(terms, op) => sum(input, terms, *op, out)?,
            Kernel::Matches { column, finder, not } => patterns(input, *column, finder, *not, out)?,
            Kernel::OneOf(c, list, not) => {
                texts(input, *c, *not, out, |t| list.iter().any(|l| l.as_bytes() == t))?
            }
            Kernel::Length(c, op, n) => texts(input, *c, false, out, |t| {
                op.holds(&(t.iter().filter(|b| **b & 0xC0 != 0x80).count() as i64), n)
            })?,
            Kernel::Member(c, dict, members, not) => {
                let (codes, known) = (&input.dicts[*dict].codes, &input.membership[*members]);
                out.extend(codes.iter().map(|c| member(*c, known, *not)));
                overlay(input.decoded(*c)?, out);
            }
            Kernel::All(all) => kleene(all, input, Answer::FAILS, out),
            Kernel::Any(all) => kleene(all, input, Answer::HOLDS, out),
            Kernel::Not(x) => {
                x.run(input, out);
                out.iter_mut().for_each(|a| *a = negated(*a));
            }
            Kernel::Chooses(x) => {
                x.fill(input, out)?;
                out.iter_mut().filter(|a| **a == Answer::MISSING).for_each(|a| *a = Answer::DEFER);
            }
        }
        Some(())
    }
}

#[inline(always)]
fn member(code: Code, known: &[Option<bool>], not: bool) -> Answer {
    if code == OVER {
        return Answer::DEFER;
    }
    known
        .get(code as usize)
        .copied()
        .flatten()
        .map_or(Answer::DEFER, |there| Answer::of(there != not))
}

fn by_state(d: &Column, is: impl Fn(State) -> bool, not: bool, out: &mut Answers) {
    out.extend(d.states.iter().map(|s| Answer::of(is(*s) != not)));
}

#[inline(always)]
fn negated(answer: Answer) -> Answer {
    match answer {
        Answer::HOLDS => Answer::FAILS,
        Answer::FAILS => Answer::HOLDS,
        other => other,
    }
}

/// `decisive` wins, what does not apply is neutral, what is unknown stays.
fn kleene(all: &[Kernel], input: &KernelInput<'_>, decisive: Answer, out: &mut Answers) {
    out.resize(input.batch.rows, Answer::NOT_APPLICABLE);
    let mut one = Answers::new();
    for kernel in all {
        kernel.run(input, &mut one);
        for (sum, answer) in out.iter_mut().zip(&one) {
            *sum = match (*sum, *answer) {
                // What the evaluator has yet to answer may be decisive, and may note a miss.
                (Answer::DEFER, _) | (_, Answer::DEFER) => Answer::DEFER,
                (a, b) if a == decisive || b == decisive => decisive,
                (Answer::NOT_APPLICABLE, b) => b,
                (a, Answer::NOT_APPLICABLE) => a,
                (a, b) => a.max(b),
            };
        }
    }
}

fn figures(d: &Column, op: Cmp, (m, s): (i64, u8), out: &mut Answers) -> Option<()> {
    let Data::Number { mantissas, scales, scale } = &d.data else { return None };
    match scale.and_then(|scale| fixed(m, s, scale)) {
        Some(bound) => compare_all(op, mantissas.iter().map(|a| (*a, bound)), out),
        None => {
            let pairs = mantissas.iter().zip(scales).map(|(a, t)| aligned((*a, *t), (m, s)));
            compare_all(op, pairs, out);
        }
    }
    overlay(d, out);
    Some(())
}

/// The bound at another scale, where it is a whole number there.
fn fixed(m: i64, s: u8, scale: u8) -> Option<i64> {
    if s <= scale {
        m.checked_mul(10i64.checked_pow(u32::from(scale - s))?)
    } else {
        let by = 10i64.checked_pow(u32::from(s - scale))?;
        (m % by == 0).then_some(m / by)
    }
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

fn days(input: &KernelInput<'_>, c: usize, op: Cmp, right: Days, out: &mut Answers) -> Option<()> {
    let left = input.decoded(c)?;
    let Data::Day(a) = &left.data else { return None };
    match right {
        Days::Fixed(day) => compare_all(op, a.iter().map(|a| (*a, day)), out),
        Days::Column(c) => {
            let right = input.decoded(c)?;
            let Data::Day(b) = &right.data else { return None };
            compare_all(op, a.iter().copied().zip(b.iter().copied()), out);
            overlay(right, out);
        }
    }
    overlay(left, out);
    Some(())
}

/// A sum of columns each row against zero.
fn sum(input: &KernelInput<'_>, terms: &[(usize, i64)], op: Cmp, out: &mut Answers) -> Option<()> {
    let columns: Vec<(&Column, i64)> =
        terms.iter().map(|(c, sign)| Some((input.decoded(*c)?, *sign))).collect::<Option<_>>()?;
    let mut totals = vec![0i64; input.batch.rows];
    let finest = columns.iter().map(|(d, _)| finest(d)).collect::<Option<Vec<u8>>>()?;
    let finest = finest.into_iter().max().unwrap_or(0);
    for (d, sign) in &columns {
        let Data::Number { mantissas, scales, scale } = &d.data else { return None };
        // Fewer than 17 terms of fewer than 19 digits could leave 64 bits: big cells are for the evaluator.
        let fits = |m: i64| m.unsigned_abs() < 1 << 58;
        if *scale != Some(finest) {
            for ((t, m), s) in totals.iter_mut().zip(mantissas).zip(scales) {
                let by = 10i64.checked_pow(u32::from(finest.saturating_sub(*s)))?;
                *t += sign * m.checked_mul(by).filter(|m| fits(*m))?;
            }
            continue;
        }
        if mantissas.iter().fold(0u64, |most, m| most | m.unsigned_abs()) >= 1 << 58 {
            return None;
        }
        if *sign > 0 {
            totals.iter_mut().zip(mantissas).for_each(|(t, m)| *t += m);
        } else {
            totals.iter_mut().zip(mantissas).for_each(|(t, m)| *t -= m);
        }
    }
    compare_all(op, totals.iter().map(|t| (*t, 0)), out);
    columns.iter().for_each(|(d, _)| overlay(d, out));
    Some(())
}

/// The most decimals that a column has.
fn finest(d: &Column) -> Option<u8> {
    let Data::Number { scales, scale, .. } = &d.data else { return None };
    scale.or_else(|| scales.iter().copied().max())
}

fn patterns(
    input: &KernelInput<'_>,
    c: usize,
    finder: &Finder,
    not: bool,
    out: &mut Answers,
) -> Option<()> {
    let (d, batch) = (input.decoded(c)?, input.batch);
    if !batch.is_text() {
        return texts(input, c, not, out, |t| finder.is_match(t));
    }
    out.resize(batch.rows, Answer::HOLDS);
    let (mut rows, mut waiting, mut count) = ([0; TOGETHER], [&batch.bytes[..0]; TOGETHER], 0);
    batch.each(c, |row, start, end| match unquote(&batch.bytes[start..end], batch.quote) {
        Cow::Owned(text) => out[row] = Answer::of(finder.is_match(&text) != not),
        Cow::Borrowed(text) => {
            (rows[count], waiting[count]) = (row, text);
            count += 1;
            if count == TOGETHER {
                rows.iter()
                    .zip(finder.are_matches(waiting))
                    .for_each(|(row, yes)| out[*row] = Answer::of(yes != not));
                count = 0;
            }
        }
    });
    rows.iter()
        .zip(waiting)
        .take(count)
        .for_each(|(row, text)| out[*row] = Answer::of(finder.is_match(text) != not));
    overlay(d, out);
    Some(())
}

fn texts(
    input: &KernelInput<'_>,
    c: usize,
    not: bool,
    out: &mut Answers,
    is: impl Fn(&[u8]) -> bool,
) -> Option<()> {
    let d = input.decoded(c)?;
    let batch = input.batch;
    let utf8 = batch.is_text();
    out.resize(batch.rows, Answer::HOLDS);
    batch.each(c, |row, start, end| {
        // Bytes that are no text are read as the evaluator reads them.
        let yes = if utf8 {
            is(&unquote(&batch.bytes[start..end], batch.quote))
        } else {
            is(batch.text(row, c).as_bytes())
        };
        out[row] = Answer::of(yes != not);
    });
    overlay(d, out);
    Some(())
}
