//! Why a value is unknown.

use serde::{Deserialize, Serialize};

/// Why a value is unknown, or a truth is. Where several causes meet, the greatest is given: that
/// is the same in whatever order rows and operands are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Why {
    /// A value that a comparison needs is missing.
    Missing,
    /// Partial dates or inexact figures leave it open.
    Undecided,
    /// A look-up has no single row.
    NoRow,
    /// A row cannot be matched with the old version: its key is blank, or stands there several times.
    NotMatched,
    /// A record was skipped because it is malformed.
    SetAside,
    /// What it needs was not read.
    NotRead,
    /// Its publisher keeps it back.
    Withheld,
    /// Whether there is such a row: its publisher keeps back what would say so.
    RowWithheld,
    /// A cell or a text cannot be read.
    Unreadable,
    /// Whether there is such a row: what would say so cannot be read.
    RowUnreadable,
    /// A number, a date or a length of time that cannot be represented, or is no fit argument.
    OutOfBounds,
    /// Rows that lead to each other, more of them than are followed.
    TooLong,
    /// The divisor is zero, or could be.
    DivisionByZero,
}

impl Why {
    /// All causes, in their order.
    pub const ALL: [Why; 13] = [
        Why::Missing,
        Why::Undecided,
        Why::NoRow,
        Why::NotMatched,
        Why::SetAside,
        Why::NotRead,
        Why::Withheld,
        Why::RowWithheld,
        Why::Unreadable,
        Why::RowUnreadable,
        Why::OutOfBounds,
        Why::TooLong,
        Why::DivisionByZero,
    ];

    /// The cause of what two causes make unknown.
    #[must_use]
    pub fn combine(self, other: Why) -> Why {
        self.max(other)
    }

    /// The cause of not knowing whether there is a row, where this keeps its key from being known.
    #[must_use]
    pub fn of_row(self) -> Why {
        match self {
            Why::Withheld => Why::RowWithheld,
            Why::Unreadable => Why::RowUnreadable,
            other => other,
        }
    }

    /// Whether it is the other cause, or that of not knowing whether there is a row.
    pub fn leads_to(self, other: Why) -> bool {
        self == other || self.of_row() == other
    }

    /// Whether a row may be there, or not be there, for all that is known: so whether what it holds is
    /// missing is not known either.
    pub fn leaves_row_open(self) -> bool {
        matches!(
            self,
            Why::Undecided
                | Why::SetAside
                | Why::NotMatched
                | Why::RowWithheld
                | Why::RowUnreadable
        )
    }

    /// Whether something cannot be read, which is reported where it stands.
    pub fn is_unreadable(self) -> bool {
        matches!(self, Why::Unreadable | Why::RowUnreadable)
    }

    /// Whether something is withheld.
    pub fn is_withheld(self) -> bool {
        matches!(self, Why::Withheld | Why::RowWithheld)
    }

    /// For people, to follow "could not be checked:".
    pub fn words(self) -> &'static str {
        match self {
            Why::Missing => "missing values",
            Why::Undecided => "partial dates or inexact values",
            Why::NoRow => "a look-up without a single row",
            Why::NotMatched => "rows that cannot be matched with the old version",
            Why::SetAside => "skipped rows",
            Why::NotRead => "data that is not there",
            Why::Withheld | Why::RowWithheld => "withheld values",
            Why::Unreadable | Why::RowUnreadable => "unreadable values",
            Why::OutOfBounds => "values out of bounds",
            Why::TooLong => "chains of more than 1,000 rows",
            Why::DivisionByZero => "division by zero",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Figure, Value};

    #[test]
    fn all_causes_stand_in_their_order() {
        assert!(Why::ALL.iter().enumerate().all(|(place, why)| usize::from(*why as u8) == place));
        assert!(Why::ALL.is_sorted());
    }

    #[test]
    fn a_cause_takes_no_room() {
        assert_eq!(size_of::<Why>(), 1);
        assert_eq!(size_of::<Value<'_>>(), size_of::<Figure>());
    }

    #[test]
    fn causes_meet_in_any_order() {
        for a in Why::ALL {
            for b in Why::ALL {
                assert_eq!(a.combine(b), b.combine(a));
            }
        }
    }
}
