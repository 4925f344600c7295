//! Fiscal years: they begin on a day that a rule declares.

use crate::value::date::{Days, days_from_civil};
use crate::value::language::Language;

/// When fiscal years begin, and which year they are called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiscalYear {
    /// 1 to 12.
    month: u32,
    /// 1 to 28.
    day: u32,
    /// Nothing where it is not declared.
    pub named: Option<Named>,
}

/// Which of its two calendar years a fiscal year is called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// The one in which it begins.
    Start,
    /// The one in which it ends.
    End,
}

/// How the dates of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dating {
    /// Whose words and signs they are written in.
    pub language: Language,
    /// Nothing where no rule declares it.
    pub fiscal: Option<FiscalYear>,
}

impl From<Language> for Dating {
    fn from(language: Language) -> Dating {
        Dating { language, fiscal: None }
    }
}

impl FiscalYear {
    /// Of years that begin on a day; nothing where not every month has it.
    pub fn new(month: u32, day: u32, named: Option<Named>) -> Option<FiscalYear> {
        let fits = (1..=12).contains(&month) && (1..=28).contains(&day);
        fits.then_some(FiscalYear { month, day, named })
    }

    /// The year in which that one begins that is called by a year.
    pub fn first_of(self, called: i32) -> Option<i32> {
        // Both ends are in the same year.
        if (self.month, self.day) == (1, 1) {
            return Some(called);
        }
        self.named.map(|named| if named == Named::End { called - 1 } else { called })
    }

    /// So many months of the one that begins in a year, behind so many others.
    pub fn months(self, first: i32, behind: u32, count: u32) -> Days {
        let day = |months: u32| {
            let month = self.month - 1 + months;
            let years = i32::try_from(month / 12).unwrap_or(0);
            days_from_civil(first + years, month % 12 + 1, self.day)
        };
        Days { first: day(behind), last: day(behind + count) - 1 }
    }
}
