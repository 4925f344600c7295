//! Answers of loops: a byte for each row.

use crate::expr::choose::Choice;
use crate::expr::eval::Verdict;
use crate::read::block::State;
use crate::value::Why;

/// What a loop says of one row. Of two parts of a condition that decide nothing, the answer of the
/// whole is the greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Answer(u8);

/// The answers for the rows of a batch.
pub type Answers = Vec<Answer>;

/// The first of the answers that are unknown; the cause is added to it.
const UNKNOWN: u8 = 16;

impl Answer {
    /// It holds.
    pub const HOLDS: Answer = Answer(0);
    /// It fails.
    pub const FAILS: Answer = Answer(1);
    /// It does not apply.
    pub const NOT_APPLICABLE: Answer = Answer(2);
    /// The first row of its key in the chunk: the commit answers.
    pub const BOUNDARY: Answer = Answer(3);
    /// It holds within rounding, and would for half or for twice its figure.
    pub const WEAKLY: Answer = Answer(4);
    /// The evaluator must answer.
    pub const DEFER: Answer = Answer(u8::MAX);

    /// A value that it needs is missing.
    pub const MISSING: Answer = Answer::unknown(Why::Missing);

    /// The answer of a comparison.
    #[inline(always)]
    pub fn of(holds: bool) -> Answer {
        Answer(u8::from(!holds))
    }

    /// The answer that is unknown for this reason.
    pub const fn unknown(why: Why) -> Answer {
        Answer(UNKNOWN + why as u8)
    }

    /// What a comparison with a cell in this state comes to; it holds where its value decides.
    #[inline(always)]
    pub fn of_state(state: State) -> Answer {
        match state {
            State::Good => Answer::HOLDS,
            State::Missing | State::Absent => Answer::MISSING,
            State::Unreadable => const { Answer::unknown(Why::Unreadable) },
            State::NotRead => const { Answer::unknown(Why::NotRead) },
            State::SetAside => const { Answer::unknown(Why::SetAside) },
            // Bounds of a withheld figure may decide.
            State::Defer | State::Withheld => Answer::DEFER,
        }
    }

    /// Whether it holds or fails.
    #[inline(always)]
    pub fn is_decided(self) -> bool {
        self <= Answer::FAILS
    }

    /// Whether it is unknown.
    #[inline(always)]
    pub fn is_unknown(self) -> bool {
        (UNKNOWN..u8::MAX).contains(&self.0)
    }

    /// Whether nobody knows if a condition chooses the row.
    pub fn is_open(self) -> bool {
        self.is_unknown() && self != Answer::MISSING
    }

    /// Why it is unknown.
    pub fn cause(self) -> Option<Why> {
        Why::ALL.get(usize::from(self.0.checked_sub(UNKNOWN)?)).copied()
    }

    /// What it says of a row that a condition may choose, unless the evaluator must answer.
    pub fn choice(self) -> Option<Choice> {
        match self {
            Answer::DEFER => None,
            Answer::MISSING => Some(Choice { chosen: Ok(false), blank: true }),
            _ => {
                let chosen = self.cause().map_or(Ok(self == Answer::HOLDS), Err);
                Some(Choice { chosen, blank: false })
            }
        }
    }

    /// The verdict, if there is one already.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Answer::HOLDS | Answer::WEAKLY => Some(Verdict::Holds),
            Answer::FAILS => Some(Verdict::Fails),
            Answer::NOT_APPLICABLE => Some(Verdict::NotApplicable),
            _ => self.cause().map(Verdict::Unknown),
        }
    }
}

/// Whether all answers of the selected rows hold, as most do.
pub fn all_hold(answers: &[Answer], selected: Option<&Answers>) -> bool {
    let holds = |a: &Answer| *a == Answer::HOLDS;
    match selected {
        None => answers.iter().fold(true, |all, a| all & holds(a)),
        Some(s) => answers.iter().zip(s).fold(true, |all, (a, s)| all & (holds(a) | !holds(s))),
    }
}

/// How many answers of the selected rows are such.
pub fn count_of(
    answers: &[Answer],
    selected: Option<&Answers>,
    such: impl Fn(Answer) -> bool,
) -> u64 {
    let is = |a: &Answer| u32::from(such(*a));
    let chosen = |s: &Answer| u32::from(*s == Answer::HOLDS);
    match selected {
        None => answers.iter().map(is).sum::<u32>().into(),
        Some(s) => answers.iter().zip(s).map(|(a, s)| is(a) & chosen(s)).sum::<u32>().into(),
    }
}

/// How many answers of the selected rows are unknown; each is handed to `found`.
pub fn each_unknown(
    answers: &[Answer],
    selected: Option<&Answers>,
    mut found: impl FnMut(usize, Why),
) -> u64 {
    let all = count_of(answers, selected, Answer::is_unknown);
    if all > 0 {
        for (row, why) in answers.iter().enumerate().filter_map(|(r, a)| Some((r, a.cause()?))) {
            if selected.is_none_or(|s| s[row] == Answer::HOLDS) {
                found(row, why);
            }
        }
    }
    all
}
