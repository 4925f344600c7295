//! Conditions on cells over a whole batch: their states, and their texts.
//!
//! A kernel never makes a finding: what fails, and what it cannot answer, goes to the exact
//! evaluator.

use std::borrow::Cow;

use crate::engine::data::batch::Batch;
use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::dict::{Code, Dict, OVER};
use crate::engine::fast::expressions::known::Around;
use crate::engine::fast::shares::SharedInputs;
use crate::expr::bound::{Allowance, Bound, Op};
use crate::expr::regex::{Finder, Regex};
use crate::expr::state_table::TOGETHER;
use crate::expr::tree::Cmp;
use crate::read::block::{Column, State};
use crate::read::grid::unquote;
use crate::value::{Type, Value};

/// A condition on cells that a loop can judge.
#[derive(Debug)]
pub enum Kernel {
    /// A cell has a value, or (`not`) has none.
    Present(usize, bool),
    /// A cell has a value of its type, or (`not`) has none.
    Readable(usize, bool),
    /// A cell is withheld, or (`not`) is not.
    Withheld(usize, bool),
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
    /// The text of a column against that of another.
    Texts(usize, Cmp, usize),
    /// A condition on a text that chooses rows: where the text is missing, the evaluator answers.
    Chooses(Box<Kernel>),
}

/// A cell of unit 0.
pub fn column(b: &Bound) -> Option<usize> {
    match b.op {
        Op::Cell { unit: 0, column, ranges: false } => Some(column),
        _ => None,
    }
}

/// A cell of unit 0 that is a text.
pub fn text_column(b: &Bound) -> Option<usize> {
    column(b).filter(|_| b.ty == Type::Text)
}

/// The kernel of a condition on cells, if there is one.
pub fn compile(b: &Bound, shares: &mut SharedInputs) -> Option<Kernel> {
    match &b.op {
        Op::IsMissing { not, value } => column(value).map(|c| Kernel::Present(c, !*not)),
        Op::IsReadable { not, value } => column(value).map(|c| Kernel::Readable(c, *not)),
        Op::IsWithheld { not, value } => column(value).map(|c| Kernel::Withheld(c, *not)),
        Op::Matches { not, value, regex, whole } => text_column(value).map(|column| {
            Kernel::Matches { column, finder: Regex::finder(regex, *whole), not: *not }
        }),
        Op::Compare { op, left, right, allowance: Allowance::Exact } => {
            texts_compared(*op, left, right)
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
        _ => None,
    }
}

fn texts_compared(op: Cmp, left: &Bound, right: &Bound) -> Option<Kernel> {
    match (text_column(left), text_column(right), &left.op, &right.op) {
        (Some(left), Some(right), ..) => Some(Kernel::Texts(left, op, right)),
        (Some(c), _, _, Op::Const(Value::Text(t))) | (_, Some(c), Op::Const(Value::Text(t)), _)
            if matches!(op, Cmp::Eq | Cmp::Ne) =>
        {
            Some(Kernel::OneOf(c, vec![t.as_ref().into()], op == Cmp::Ne))
        }
        _ => None,
    }
}

/// What a kernel works with.
#[derive(Clone, Copy)]
pub struct KernelInput<'g> {
    pub batch: &'g Batch<'g>,
    /// Dictionaries, with the codes of the batch.
    pub dicts: &'g [Dict],
    /// What expressions are evaluated with that keys decide.
    pub around: Option<Around<'g>>,
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
    /// The same for choosing rows, of which texts are asked for.
    #[must_use]
    pub fn choosing(self) -> Kernel {
        Kernel::Chooses(Box::new(self))
    }

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
            Kernel::Present(c, not) => by_state(input.decoded(*c)?, |s| !s.is_missing(), *not, out),
            Kernel::Readable(c, not) => {
                by_state(input.decoded(*c)?, |s| matches!(s, State::Good | State::Defer), *not, out)
            }
            Kernel::Withheld(c, not) => {
                by_state(input.decoded(*c)?, |s| s == State::Withheld, *not, out)
            }
            Kernel::Matches { column, finder, not } => patterns(input, *column, finder, *not, out)?,
            Kernel::OneOf(c, list, not) => {
                texts(input, *c, *not, out, |t| list.iter().any(|l| l.as_bytes() == t))?
            }
            Kernel::Texts(left, op, right) => {
                let sides = [input.decoded(*left)?, input.decoded(*right)?];
                let text = |row, column| input.batch.text(row, column);
                let holds = |row| op.holds(&text(row, *left), &text(row, *right));
                out.extend((0..rows).map(|row| Answer::of(holds(row))));
                sides.into_iter().for_each(|side| overlay(side, out));
            }
            Kernel::Member(c, dict, members, not) => {
                let (codes, known) = (&input.dicts[*dict].codes, &input.membership[*members]);
                out.extend(codes.iter().map(|c| member(*c, known, *not)));
                overlay(input.decoded(*c)?, out);
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
