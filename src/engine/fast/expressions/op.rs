//! The operations that expressions are compiled to.

use crate::expr::tree::{Agg, Cmp};

/// The number of an operation in the expressions of a pass.
pub type NodeId = u32;

/// A direction in which a number is brought to fewer digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Towards {
    /// The nearest, halves away from zero.
    Nearest,
    Low,
    High,
}

/// Which of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extreme {
    Least,
    Greatest,
}

/// What is asked of an expression that keys decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// A number, a day or a truth that is exact.
    Exact,
    /// A number, whatever its interval.
    Value,
    /// How far it may be off.
    Half,
}

/// One step over all rows of a block. Days are numbers of days.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Op {
    /// The figures, or the days, of a column.
    Cell(usize),
    /// Half the unit to which each figure of a column is written.
    HalfUnit(usize),
    /// One number for all rows: mantissa and decimals.
    Fixed(i64, u8),
    Sum(NodeId, NodeId),
    Difference(NodeId, NodeId),
    Product(NodeId, NodeId),
    Quotient(NodeId, NodeId),
    /// The low, or the high end of a quotient: the ends of the dividend and of the divisor.
    QuotientEnd(Extreme, [NodeId; 3]),
    Absolute(NodeId),
    /// To so many decimals.
    Rounded(NodeId, i32, Towards),
    Extreme(Extreme, NodeId, NodeId),
    /// The sum, the least or the greatest of values of a row; those that are missing are left out.
    Along(Agg, Vec<NodeId>),
    /// A number or a day that keys decide, by its number.
    Known(usize, Part),
    /// A truth that keys decide; whether it chooses rows.
    KnownTruth(usize, bool),
    /// What rows see of the rows before them, by the number of the window: its value, or how far that may
    /// be off.
    Seen(usize, Part),
    /// The same where rows are put in order, by the number of the state.
    InOrder(usize, Part),
    /// The numbers of the records.
    Record,
    /// How many characters the texts of a column have.
    Length(usize),
    /// A day, so many days later.
    Later(NodeId, NodeId),
    Compare(Cmp, NodeId, NodeId),
    /// Left against right, widened by an amount in favour of holding.
    Within(Cmp, [NodeId; 3]),
    /// Of an equation that holds within rounding: whether nothing but the evaluator can say how much
    /// that rests on rounding.
    Sound(Box<Sound>),
    /// A condition on cells, by its number.
    Condition(usize),
    /// A truth for all rows.
    Always(bool),
    /// Kleene's `and` (of decisive failing) or `or`.
    Gather {
        parts: Vec<NodeId>,
        any: bool,
        /// Whether it chooses rows, where what does not apply is not neutral.
        chooses: bool,
    },
    /// The two sides of `between`.
    Both(NodeId, NodeId),
    Not(NodeId),
    /// Whether a value is missing.
    IsMissing(NodeId, bool),
    /// A truth where a condition holds, and another where it fails, or none.
    IfTruth(NodeId, NodeId, Option<NodeId>),
    /// The same with numbers.
    If(NodeId, NodeId, Option<NodeId>),
    /// A number, or another where it is missing.
    Default(NodeId, NodeId),
}

/// What an equation within rounding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sound {
    /// Whether the equation holds, with the interval of its figures.
    pub verdict: NodeId,
    /// Left minus right, and how far it may be off: to both sides alike, or its low and its high end.
    pub difference: NodeId,
    pub ends: Ends,
    /// Left and right of the equals sign.
    pub sides: [NodeId; 2],
    /// The sum of the squares of the half units, where so many figures make it that a difference may
    /// be too large to be likely.
    pub squares: Squares,
}

/// Around a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    Half(NodeId),
    LowHigh(NodeId, NodeId),
}

/// What is known of the widths of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Squares {
    /// So few figures that no difference within rounding is unlikely.
    Few,
    Sum(NodeId),
    Unknown,
}

impl Op {
    /// Whether it gives truths, and not numbers.
    pub fn is_truth(&self) -> bool {
        matches!(
            self,
            Op::Compare(..)
                | Op::Within(..)
                | Op::Sound(_)
                | Op::Condition(_)
                | Op::Always(_)
                | Op::Gather { .. }
                | Op::Both(..)
                | Op::Not(_)
                | Op::IsMissing(..)
                | Op::IfTruth(..)
                | Op::KnownTruth(..)
        )
    }

    /// Calls `f` with each operation that this one reads.
    pub fn each_operand(&self, f: &mut dyn FnMut(NodeId)) {
        match self {
            Op::Cell(_)
            | Op::HalfUnit(_)
            | Op::Length(_)
            | Op::Known(..)
            | Op::Seen(..)
            | Op::InOrder(..)
            | Op::Record
            | Op::KnownTruth(..)
            | Op::Fixed(..)
            | Op::Condition(_)
            | Op::Always(_) => {}
            Op::Sum(a, b)
            | Op::Difference(a, b)
            | Op::Product(a, b)
            | Op::Quotient(a, b)
            | Op::Extreme(_, a, b)
            | Op::Later(a, b)
            | Op::Compare(_, a, b)
            | Op::Both(a, b)
            | Op::Default(a, b) => [*a, *b].into_iter().for_each(f),
            Op::QuotientEnd(_, ends) => ends.iter().copied().for_each(f),
            Op::Absolute(a) | Op::Rounded(a, ..) | Op::Not(a) | Op::IsMissing(a, _) => f(*a),
            Op::Within(_, all) => all.iter().copied().for_each(f),
            Op::Sound(sound) => sound.each_operand(f),
            Op::Gather { parts, .. } | Op::Along(_, parts) => parts.iter().copied().for_each(f),
            Op::IfTruth(a, b, c) | Op::If(a, b, c) => {
                [*a, *b].into_iter().chain(*c).for_each(f);
            }
        }
    }
}

impl Sound {
    fn each_operand(&self, f: &mut dyn FnMut(NodeId)) {
        let ends = match self.ends {
            Ends::Half(half) => [half, half],
            Ends::LowHigh(low, high) => [low, high],
        };
        let squares = if let Squares::Sum(squares) = self.squares { Some(squares) } else { None };
        let all = [self.verdict, self.difference].into_iter().chain(ends).chain(self.sides);
        all.chain(squares).for_each(f);
    }
}
