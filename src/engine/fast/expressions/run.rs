//! The operations of a pass carried out for one block: each once, when it is first asked for.

use std::cell::{OnceCell, RefCell};

use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::expressions::known::{self, Known};
use crate::engine::fast::expressions::list::{Condition, Expressions, Root};
use crate::engine::fast::expressions::op::{Ends, NodeId, Op, Part, Sound, Squares};
use crate::engine::fast::expressions::register::{Cells, Mark, Marks, Numbers};
use crate::engine::fast::expressions::rounding::{Around, Equation, Widths};
use crate::engine::fast::expressions::{arithmetic, columns, comparison, ordered, truths};
use crate::engine::fast::kernels::KernelInput;

/// What the expressions of a pass have given for a block so far.
pub struct Run<'b> {
    expressions: &'b Expressions,
    pub input: KernelInput<'b>,
    /// What each expression that keys decide has come to.
    known: &'b [RefCell<Known>],
    numbers: Vec<OnceCell<Numbers<'b>>>,
    truths: Vec<OnceCell<Answers>>,
}

impl<'b> Run<'b> {
    pub fn new(
        expressions: &'b Expressions,
        input: KernelInput<'b>,
        known: &'b [RefCell<Known>],
    ) -> Run<'b> {
        let numbers = expressions.ops.iter().map(|_| OnceCell::new()).collect();
        let truths = expressions.ops.iter().map(|_| OnceCell::new()).collect();
        Run { expressions, input, known, numbers, truths }
    }

    /// The answers of a condition for all rows. What no later condition asks for is forgotten.
    pub fn answers(&mut self, root: Root, out: &mut Answers) {
        let of = self.operands(root);
        out.clone_from(self.truths(of.node));
        self.forget(of);
    }

    /// The numbers of an expression for all rows; what no later one asks for is forgotten.
    pub fn numbers_of(&mut self, root: Root) -> Numbers<'b> {
        let of = self.operands(root);
        let numbers = self.numbers(of.node).clone();
        self.forget(of);
        numbers
    }

    /// Gives an operation its numbers for this block.
    pub fn set(&mut self, node: NodeId, numbers: Numbers<'b>) {
        self.numbers[node as usize] = OnceCell::from(numbers);
    }

    /// Carries out what an expression reads. Operands first: however long a sum is, nothing goes deep.
    fn operands(&self, root: Root) -> &'b Condition {
        let of = &self.expressions.roots[root.0];
        for node in &of.needs {
            if self.op(*node).is_truth() {
                self.truths(*node);
            } else {
                self.numbers(*node);
            }
        }
        of
    }

    fn forget(&mut self, of: &Condition) {
        for node in &of.last_used {
            self.numbers[*node as usize].take();
            self.truths[*node as usize].take();
        }
    }

    fn numbers(&self, node: NodeId) -> &Numbers<'b> {
        self.numbers[node as usize].get_or_init(|| self.of_numbers(self.op(node)))
    }

    fn truths(&self, node: NodeId) -> &Answers {
        self.truths[node as usize].get_or_init(|| self.of_truths(self.op(node)))
    }

    fn op(&self, node: NodeId) -> &'b Op {
        &self.expressions.ops[node as usize]
    }

    fn of_numbers(&self, op: &'b Op) -> Numbers<'b> {
        let (rows, batch) = (self.input.batch.rows, self.input.batch);
        match op {
            Op::Cell(column) => columns::cells(batch, *column),
            Op::HalfUnit(column) => columns::half_units(batch, *column),
            Op::Fixed(mantissa, scale) => {
                Numbers::new(Cells::Same(*mantissa), *scale, Marks::Clean)
            }
            Op::Sum(a, b) => arithmetic::add(self.numbers(*a), self.numbers(*b), false, rows),
            Op::Difference(a, b) => arithmetic::add(self.numbers(*a), self.numbers(*b), true, rows),
            Op::Product(a, b) => arithmetic::multiply(self.numbers(*a), self.numbers(*b), rows),
            Op::Quotient(a, b) => arithmetic::divide(self.numbers(*a), self.numbers(*b), rows),
            Op::QuotientEnd(end, [dividend, low, high]) => {
                let by = [*low, *high].map(|node| self.numbers(node));
                arithmetic::divide_end(*end, self.numbers(*dividend), by, rows)
            }
            Op::Absolute(a) => arithmetic::absolute(self.numbers(*a), rows),
            Op::Rounded(a, digits, towards) => {
                arithmetic::round(self.numbers(*a), *digits, *towards, rows)
            }
            Op::Extreme(which, a, b) => {
                arithmetic::extreme(*which, self.numbers(*a), self.numbers(*b), rows)
            }
            Op::Along(agg, all) => {
                let all: Vec<_> = all.iter().map(|node| self.numbers(*node)).collect();
                arithmetic::along(*agg, &all, rows)
            }
            Op::Record => columns::records(batch),
            Op::Known(keyed, part) => self.known(*keyed, *part),
            Op::InOrder(state, part) => match self.input.around {
                Some(around) => ordered::numbers(*state, *part, (rows, around)),
                None => Numbers::deferred(),
            },
            Op::Length(column) => columns::lengths(batch, *column),
            Op::Later(a, b) => arithmetic::later(self.numbers(*a), self.numbers(*b), rows),
            Op::If(condition, then, otherwise) => self.number_if(*condition, *then, *otherwise),
            Op::Default(value, otherwise) => {
                let (value, otherwise) = (self.numbers(*value), self.numbers(*otherwise));
                let is_there =
                    |row| !matches!(value.marks.at(row), Mark::MISSING | Mark::NOT_APPLICABLE);
                let takes: Vec<_> = (0..rows).map(|row| Some(is_there(row))).collect();
                arithmetic::select(&takes, (value, otherwise), &[])
            }
            _ => Numbers::deferred(),
        }
    }

    fn number_if(&self, condition: NodeId, then: NodeId, otherwise: Option<NodeId>) -> Numbers<'b> {
        let (condition, then) = (self.truths(condition), self.numbers(then));
        let other = otherwise.map_or(then, |other| self.numbers(other));
        let takes = |answer: &Answer| match *answer {
            Answer::HOLDS => Some(true),
            Answer::FAILS if otherwise.is_some() => Some(false),
            _ => None,
        };
        let none = |answer: &Answer| match *answer {
            Answer::FAILS => Mark::NOT_APPLICABLE,
            other => match other.cause() {
                Some(why) => Mark::unknown(why.of_row()),
                None => Mark::of_answer(other),
            },
        };
        let takes: Vec<_> = condition.iter().map(takes).collect();
        let none: Vec<Mark> = condition.iter().map(none).collect();
        arithmetic::select(&takes, (then, other), &none)
    }

    fn of_truths(&self, op: &Op) -> Answers {
        let rows = self.input.batch.rows;
        match op {
            Op::Compare(op, a, b) => {
                comparison::compare(*op, self.numbers(*a), self.numbers(*b), rows)
            }
            Op::Within(op, all) => {
                comparison::within(*op, all.map(|node| self.numbers(node)), rows)
            }
            Op::Sound(sound) => self.sound(sound),
            Op::Condition(number) => {
                let mut out = Answers::new();
                self.expressions.conditions[*number].run(&self.input, &mut out);
                out
            }
            Op::Always(truth) => vec![Answer::of(*truth); rows],
            Op::Gather { parts, any, chooses } => {
                let parts: Vec<&Answers> = parts.iter().map(|part| self.truths(*part)).collect();
                truths::gather(&parts, *any, *chooses, rows)
            }
            Op::Both(a, b) => truths::both(self.truths(*a), self.truths(*b)),
            Op::Not(a) => truths::negate(self.truths(*a)),
            Op::IsMissing(value, not) => {
                truths::is_missing(&self.numbers(*value).marks, *not, rows)
            }
            Op::KnownTruth(keyed, chooses) => {
                known::truths(&self.known(*keyed, Part::Exact), *chooses, rows)
            }
            Op::IfTruth(condition, then, otherwise) => truths::choose(
                self.truths(*condition),
                self.truths(*then),
                otherwise.map(|other| self.truths(other)),
            ),
            _ => vec![Answer::DEFER; rows],
        }
    }

    fn known(&self, number: usize, part: Part) -> Numbers<'b> {
        let keyed = &self.expressions.keyed[number];
        let (input, dict) = (&self.input, &self.input.dicts[keyed.dict]);
        match (self.known.get(number), input.around) {
            (Some(known), Some(around)) => {
                known::numbers(keyed, known, part, (input.batch, dict, around))
            }
            _ => Numbers::deferred(),
        }
    }

    fn sound(&self, sound: &Sound) -> Answers {
        let mut out = self.truths(sound.verdict).clone();
        let equation = Equation {
            difference: self.numbers(sound.difference),
            ends: match sound.ends {
                Ends::Half(half) => Around::Half(self.numbers(half)),
                Ends::LowHigh(low, high) => Around::LowHigh([low, high].map(|e| self.numbers(e))),
            },
            sides: sound.sides.map(|side| self.numbers(side)),
            squares: match sound.squares {
                Squares::Few => Widths::Few,
                Squares::Sum(squares) => Widths::Squares(self.numbers(squares)),
                Squares::Unknown => Widths::Unknown,
            },
        };
        equation.weigh(self.input.batch.rows, &mut out);
        out
    }
}
