//! How much an equation that holds within rounding rests on rounding, as
//! [`crate::engine::states::rounding`] says it: where a difference may be unlikely, that must say it.

use std::cell::OnceCell;

use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::expressions::arithmetic::{add, align, power};
use crate::engine::fast::expressions::register::{Cells, Numbers};

/// What an equation is judged by.
pub struct Equation<'r, 'b> {
    pub difference: &'r Numbers<'b>,
    pub ends: Around<'r, 'b>,
    pub sides: [&'r Numbers<'b>; 2],
    pub squares: Widths<'r, 'b>,
}

/// How far the difference may be off.
pub enum Around<'r, 'b> {
    Half(&'r Numbers<'b>),
    LowHigh([&'r Numbers<'b>; 2]),
}

/// What is known of the widths of the figures.
pub enum Widths<'r, 'b> {
    Few,
    Squares(&'r Numbers<'b>),
    Unknown,
}

/// A number of one row.
#[derive(Clone, Copy)]
struct One {
    n: i128,
    divisor: i128,
    scale: u8,
}

impl One {
    fn of(numbers: &Numbers<'_>, row: usize) -> One {
        let (n, divisor) = numbers.at(row);
        One { n, divisor, scale: numbers.scale }
    }

    fn is_below(self, other: One) -> Option<bool> {
        let (_, f, g) = align(self.scale, other.scale)?;
        let left = self.n.checked_mul(other.divisor)?.checked_mul(f.into())?;
        Some(left < other.n.checked_mul(self.divisor)?.checked_mul(g.into())?)
    }
}

impl Equation<'_, '_> {
    /// Says which rows hold weakly, and leaves to the evaluator those that only it can judge.
    pub fn weigh(&self, rows: usize, out: &mut Answers) {
        let far = self.far();
        let bounds = OnceCell::new();
        for (row, answer) in out.iter_mut().enumerate() {
            if *answer != Answer::HOLDS {
                continue;
            }
            let is_far =
                far.iter().flatten().any(|(side, far)| side.at(row).unsigned_abs() >= *far);
            if self.may_be_unlikely(row) {
                *answer = Answer::DEFER;
            } else if !is_far {
                let ends = bounds.get_or_init(|| self.bounds(rows));
                *answer = match self.is_weak(ends, row) {
                    Some(false) => Answer::HOLDS,
                    Some(true) => Answer::WEAKLY,
                    None => Answer::DEFER,
                };
            }
        }
    }

    /// For each side the figure that is so large that one of half or twice its size would not do: four
    /// times the half units, as the difference is no more than once.
    fn far(&self) -> [Option<(&Cells<'_>, u64)>; 2] {
        let Around::Half(half) = self.ends else { return [None, None] };
        let (Cells::Same(width), None) = (&half.cells, &half.divisors) else {
            return [None, None];
        };
        self.sides.map(|side| {
            let most = width.unsigned_abs().checked_mul(4)?;
            let far = match side.scale.checked_sub(half.scale) {
                Some(finer) => most.checked_mul(power(finer)?.unsigned_abs())?,
                None => most.div_ceil(power(half.scale - side.scale)?.unsigned_abs()),
            };
            side.divisors.is_none().then_some((&side.cells, far))
        })
    }

    /// Whether the difference may be too large to be likely: its square is more than three times the
    /// squares of the half units.
    fn may_be_unlikely(&self, row: usize) -> bool {
        let d = One::of(self.difference, row);
        match self.squares {
            _ if d.n == 0 => false,
            Widths::Few => false,
            Widths::Unknown => true,
            Widths::Squares(squares) => {
                let square = || {
                    let (n, divisor) = (d.n.checked_mul(d.n)?, d.divisor.checked_mul(d.divisor)?);
                    let all = One::of(squares, row);
                    let most = One { n: all.n.checked_mul(3)?, ..all };
                    most.is_below(One { n, divisor, scale: d.scale.checked_mul(2)? })
                };
                square().unwrap_or(true)
            }
        }
    }

    /// The low and the high end of the difference.
    fn bounds<'n>(&'n self, rows: usize) -> [std::borrow::Cow<'n, Numbers<'n>>; 2] {
        use std::borrow::Cow;
        match &self.ends {
            Around::LowHigh(ends) => ends.map(Cow::Borrowed),
            Around::Half(half) => {
                [true, false].map(|minus| Cow::Owned(add(self.difference, half, minus, rows)))
            }
        }
    }

    /// Whether the equation would hold as well for figures of half, or of twice the size of each side;
    /// nothing where only the evaluator knows.
    fn is_weak(&self, ends: &[std::borrow::Cow<'_, Numbers<'_>>; 2], row: usize) -> Option<bool> {
        if ends.iter().any(|end| !end.marks.at(row).is_good()) {
            return None;
        }
        let [low, high] = [One::of(&ends[0], row), One::of(&ends[1], row)];
        let holds = |by: One| Some(low.is_below(by)? && by.is_below(high)?);
        let is_rough = |figure: One| {
            let half = One { divisor: figure.divisor.checked_mul(2)?, ..figure };
            Some(figure.n != 0 && (holds(half)? || holds(One { n: -figure.n, ..figure })?))
        };
        let [left, right] = self.sides.map(|side| One::of(side, row));
        Some(is_rough(left)? && is_rough(One { n: -right.n, ..right })?)
    }
}
