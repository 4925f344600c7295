//! What an operation gives for the rows of a block.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::engine::fast::answer::{Answer, Answers};
use crate::read::block::{Column, State};
use crate::value::Why;

/// What a value is that is no number. Of several the greatest is that of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Mark(u8);

/// The first of the marks that are unknown; the cause is added to it.
const UNKNOWN: u8 = 2;

impl Mark {
    pub const GOOD: Mark = Mark(0);
    pub const MISSING: Mark = Mark(1);
    pub const NOT_APPLICABLE: Mark = Mark(100);
    /// The evaluator must say.
    pub const DEFER: Mark = Mark(u8::MAX);

    /// Unknown for this reason.
    pub const fn unknown(why: Why) -> Mark {
        Mark(UNKNOWN + why as u8)
    }

    /// Why it is unknown.
    pub fn cause(self) -> Option<Why> {
        Why::ALL.get(usize::from(self.0.checked_sub(UNKNOWN)?)).copied()
    }

    #[inline(always)]
    pub fn is_good(self) -> bool {
        self == Mark::GOOD
    }

    /// What a cell in this state is.
    pub fn of_state(state: State) -> Mark {
        match state {
            State::Good => Mark::GOOD,
            State::Missing | State::Absent => Mark::MISSING,
            State::Unreadable => Mark::unknown(Why::Unreadable),
            State::NotRead => Mark::unknown(Why::NotRead),
            State::SetAside => Mark::unknown(Why::SetAside),
            // Bounds of a withheld figure may decide.
            State::Defer | State::Withheld => Mark::DEFER,
        }
    }

    /// What a comparison with it comes to; it holds where the value decides.
    #[inline(always)]
    pub fn answer(self) -> Answer {
        match self {
            Mark::GOOD => Answer::HOLDS,
            Mark::MISSING => Answer::MISSING,
            Mark::NOT_APPLICABLE => Answer::NOT_APPLICABLE,
            _ => self.cause().map_or(Answer::DEFER, Answer::unknown),
        }
    }

    /// What a value is where a truth stands for it; good where it holds or fails.
    pub fn of_answer(answer: Answer) -> Mark {
        match answer {
            Answer::HOLDS | Answer::FAILS => Mark::GOOD,
            Answer::NOT_APPLICABLE => Mark::NOT_APPLICABLE,
            _ => answer.cause().map_or(Mark::DEFER, Mark::unknown),
        }
    }
}

/// The marks of a register.
#[derive(Debug, Clone)]
pub enum Marks {
    /// Every value is good.
    Clean,
    All(Mark),
    Each(Rc<Vec<Mark>>),
}

impl Marks {
    pub fn of_column(column: &Column) -> Marks {
        match column.clean {
            true => Marks::Clean,
            false => Marks::each(column.states.iter().map(|s| Mark::of_state(*s)).collect()),
        }
    }

    pub fn each(marks: Vec<Mark>) -> Marks {
        Marks::Each(Rc::new(marks))
    }

    #[inline(always)]
    pub fn at(&self, row: usize) -> Mark {
        match self {
            Marks::Clean => Mark::GOOD,
            Marks::All(mark) => *mark,
            Marks::Each(marks) => marks[row],
        }
    }

    /// Those of a value that is made of two.
    #[must_use]
    pub fn and(&self, other: &Marks) -> Marks {
        match (self, other) {
            (Marks::Clean, marks) | (marks, Marks::Clean) => marks.clone(),
            (Marks::All(a), Marks::All(b)) => Marks::All(*a.max(b)),
            (Marks::Each(a), Marks::Each(b)) if Rc::ptr_eq(a, b) => self.clone(),
            (Marks::Each(a), Marks::Each(b)) => {
                Marks::each(a.iter().zip(&**b).map(|(a, b)| *a.max(b)).collect())
            }
            (Marks::All(one), Marks::Each(all)) | (Marks::Each(all), Marks::All(one)) => {
                Marks::each(all.iter().map(|mark| *mark.max(one)).collect())
            }
        }
    }

    /// With those of rows that could not be computed.
    #[must_use]
    pub fn with(&self, own: Option<Vec<Mark>>) -> Marks {
        own.map_or_else(|| self.clone(), |own| self.and(&Marks::each(own)))
    }

    /// Lays them over the answers of a comparison.
    pub fn overlay(&self, out: &mut Answers) {
        match self {
            Marks::Clean => {}
            Marks::All(mark) => out.fill(mark.answer()),
            Marks::Each(marks) => {
                let marked = out.iter_mut().zip(&**marks).filter(|(_, mark)| !mark.is_good());
                marked.for_each(|(answer, mark)| *answer = mark.answer());
            }
        }
    }
}

/// Whole numbers by row.
#[derive(Debug, Clone)]
pub enum Cells<'b> {
    /// The same in all rows.
    Same(i64),
    /// Those of a decoded column.
    Lent(&'b [i64]),
    Own(Rc<Vec<i64>>),
}

/// How the numbers lie.
#[derive(Debug, Clone, Copy)]
pub enum View<'v> {
    Same(i64),
    Each(&'v [i64]),
}

impl Cells<'_> {
    pub fn own<'b>(cells: Vec<i64>) -> Cells<'b> {
        Cells::Own(Rc::new(cells))
    }

    #[inline(always)]
    pub fn view(&self) -> View<'_> {
        match self {
            Cells::Same(one) => View::Same(*one),
            Cells::Lent(all) => View::Each(all),
            Cells::Own(all) => View::Each(all),
        }
    }

    #[inline(always)]
    pub fn at(&self, row: usize) -> i64 {
        match self {
            Cells::Same(one) => *one,
            Cells::Lent(all) => all[row],
            Cells::Own(all) => all[row],
        }
    }

    /// Through a function that all of them bear.
    pub fn map<'b>(&self, f: impl Fn(i64) -> i64) -> Cells<'b> {
        match self.view() {
            View::Same(one) => Cells::Same(f(one)),
            View::Each(all) => Cells::own(all.iter().map(|m| f(*m)).collect()),
        }
    }

    /// Both of two, through a function.
    #[inline(always)]
    pub fn zip<T>(&self, other: &Cells<'_>, f: impl Fn(i64, i64) -> T) -> Both<T> {
        match (self.view(), other.view()) {
            (View::Same(a), View::Same(b)) => Both::Same(f(a, b)),
            (View::Same(a), View::Each(all)) => Both::Each(all.iter().map(|b| f(a, *b)).collect()),
            (View::Each(all), View::Same(b)) => Both::Each(all.iter().map(|a| f(*a, b)).collect()),
            (View::Each(a), View::Each(b)) => {
                Both::Each(a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect())
            }
        }
    }

    pub fn least(&self) -> i64 {
        match self.view() {
            View::Same(one) => one,
            View::Each(all) => all.iter().copied().min().unwrap_or_default(),
        }
    }

    pub fn greatest(&self) -> i64 {
        match self.view() {
            View::Same(one) => one,
            View::Each(all) => all.iter().copied().max().unwrap_or_default(),
        }
    }

    /// None of them is farther from zero.
    pub fn most(&self) -> u64 {
        match self.view() {
            View::Same(one) => one.unsigned_abs(),
            View::Each(all) => all.iter().fold(0, |most, m| most | m.unsigned_abs()),
        }
    }
}

/// What comes of two columns of whole numbers.
pub enum Both<T> {
    Same(T),
    Each(Vec<T>),
}

impl Both<i64> {
    pub fn cells<'b>(self) -> Cells<'b> {
        match self {
            Both::Same(one) => Cells::Same(one),
            Both::Each(all) => Cells::own(all),
        }
    }
}

impl Both<Answer> {
    pub fn answers(self, rows: usize) -> Answers {
        match self {
            Both::Same(one) => vec![one; rows],
            Both::Each(all) => all,
        }
    }
}

/// Numbers by row: whole numbers times ten to the power of minus the scale, by a divisor where there
/// is one. What stands in rows that have a mark is never looked at.
#[derive(Debug, Clone)]
pub struct Numbers<'b> {
    pub cells: Cells<'b>,
    pub scale: u8,
    /// All are greater than zero.
    pub divisors: Option<Cells<'b>>,
    pub marks: Marks,
    pub(super) most: OnceCell<u64>,
}

impl<'b> Numbers<'b> {
    pub fn new(cells: Cells<'b>, scale: u8, marks: Marks) -> Numbers<'b> {
        Numbers { cells, scale, divisors: None, marks, most: OnceCell::new() }
    }

    pub fn fraction(
        (cells, divisors): (Cells<'b>, Cells<'b>),
        scale: u8,
        marks: Marks,
    ) -> Numbers<'b> {
        Numbers { divisors: Some(divisors), ..Numbers::new(cells, scale, marks) }
    }

    /// The same for which a bound is known.
    #[must_use]
    pub fn at_most(self, most: u64) -> Numbers<'b> {
        Numbers { most: OnceCell::from(most), ..self }
    }

    /// Numbers that nobody but the evaluator knows.
    pub fn deferred() -> Numbers<'b> {
        Numbers::new(Cells::Same(0), 0, Marks::All(Mark::DEFER))
    }

    /// No mantissa is farther from zero.
    pub fn most(&self) -> u64 {
        *self.most.get_or_init(|| self.cells.most())
    }

    /// The number of a row as numerator and divisor.
    #[inline(always)]
    pub fn at(&self, row: usize) -> (i128, i128) {
        let divisor = self.divisors.as_ref().map_or(1, |d| d.at(row));
        (self.cells.at(row).into(), divisor.into())
    }
}
