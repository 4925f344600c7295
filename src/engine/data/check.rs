//! Checks as the engine runs them.

use crate::expr::bind::BoundUnit;
use crate::expr::bound::{Bound, Op};
use crate::expr::choice::{Choice, OverAll};
use crate::expr::eval::Verdict;
use crate::fault::{Fault, Severity};
use crate::report::schedule::TrivialBelow;
use crate::report::{Demand, Tally};
use crate::rules::Said;
use crate::source::{FileId, Span};
use crate::value::Why;

/// What an assertion is, beside its expression.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Kind {
    /// A user's assertion.
    Assert,
    /// A demand of a column contract: its column, and the words "must be at least 0".
    Demand { column: usize, words: String },
    /// A named format.
    Like { column: usize, name: String },
    /// No two rows with equal values in these columns.
    Unique { columns: Vec<usize> },
}

/// One assertion.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// What it asserts; always true for [`Kind::Unique`] and [`Kind::Like`].
    pub bound: Bound,
    /// What kind it is.
    pub kind: Kind,
    /// What it demands, for the identity of its findings.
    pub demand: Demand,
    /// The name of its failing.
    pub fault: &'static Fault,
    /// How much it matters, where that is not what the check says.
    pub severity: Option<Severity>,
    /// The rule file and the place of the assertion in it.
    pub rule: (FileId, Span),
    pub text: String,
    /// What it asks, where it is made of what a rule says.
    pub said: Option<Said>,
}

impl Assertion {
    /// What it asks of figures, in the words of the rule.
    pub fn claim(&self) -> Option<&String> {
        match &self.said {
            Some(Said::Figures(claim)) => Some(claim),
            Some(Said::Row(_)) | None => None,
        }
    }

    /// What its value comes to: a contract asks nothing of a blank cell, unless it is required, nor
    /// of one that cannot be read, which is reported as such, or is withheld. But whether a withheld
    /// value is one of others stays open.
    #[inline]
    pub fn asks(&self, verdict: Verdict) -> Verdict {
        let is_of_others = match &self.kind {
            Kind::Unique { .. } => true,
            Kind::Demand { .. } => self.demand == Demand::Contract("in"),
            Kind::Assert | Kind::Like { .. } => false,
        };
        match (&self.kind, verdict) {
            (_, Verdict::Unknown(Why::Withheld)) if is_of_others => verdict,
            (
                Kind::Demand { .. } | Kind::Like { .. } | Kind::Unique { .. },
                Verdict::Unknown(Why::Missing | Why::Unreadable | Why::Withheld),
            ) => Verdict::NotApplicable,
            _ => verdict,
        }
    }
}

/// What of a check was judged where its data is: here are the rows that this left, and those that they are
/// judged by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The rows that are judged here, or those of groups that are: a bit for each row that is here.
    pub left: Vec<u64>,
    /// Whether a check that is asked once is judged here.
    pub is_left: bool,
    /// What came of all others.
    pub tally: Tally,
}

impl Elsewhere {
    /// Whether the row of this number is judged here, or the group that it begins.
    pub fn leaves(&self, row: u64) -> bool {
        let bits = usize::try_from(row / 64).ok().and_then(|word| self.left.get(word));
        bits.is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

/// One check.
#[derive(Debug, Clone)]
pub struct Check {
    /// The user's id, or `table.column`.
    pub id: String,
    /// Whether a user wrote it (a contract otherwise).
    pub by_user: bool,
    pub units: Vec<BoundUnit>,
    /// Which rows or combinations are judged.
    pub filter: Option<Bound>,
    pub asserts: Vec<Assertion>,
    /// The texts by which its conditions choose rows.
    pub choices: Vec<Choice>,
    /// Its aggregates over all rows of a table, within one over those that match another row.
    pub over_all: Vec<OverAll>,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub title: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// Below what its differences are trivial.
    pub trivial_below: TrivialBelow,
    /// The message template.
    pub message: Option<String>,
    /// The rule file and the place of its name.
    pub rule: (FileId, Span),
    /// Some of its tables may be absent, or an old version is: no finding where nothing was judged.
    pub may_be_vacuous: bool,
    /// It compares with an old version.
    pub compares: bool,
    /// The column of a contract whose cells must be of its type.
    pub typed: Option<usize>,
    /// What of it was judged where its data is.
    pub elsewhere: Option<Elsewhere>,
}

impl Check {
    /// Whether it asks for rows that other checks of its rule need.
    pub fn asks_for_rows(&self) -> bool {
        self.asserts.iter().any(|assertion| matches!(assertion.said, Some(Said::Row(_))))
    }
    /// The table whose rows are judged one by one, if that is what it does.
    pub fn row_table(&self) -> Option<usize> {
        match &self.units[..] {
            [unit] if unit.groups.is_none() => Some(unit.table),
            _ => None,
        }
    }
    /// How much an assertion matters.
    pub fn severity_of(&self, assertion: usize) -> Severity {
        let own = self.asserts.get(assertion).and_then(|a| a.severity);
        own.unwrap_or(self.severity)
    }
    /// All its expressions.
    pub fn expressions(&self) -> impl Iterator<Item = &Bound> {
        self.filter.iter().chain(self.asserts.iter().map(|a| &a.bound))
    }
}

/// The columns of a unit that an expression reads.
pub fn columns(e: &Bound, of: usize, needed: &mut [bool]) {
    e.walk(&mut |b| {
        if let Op::Cell { unit, column, .. }
        | Op::Written { unit, column }
        | Op::Items { unit, column, .. } = b.op
            && unit == of
        {
            needed[column] = true;
        }
    });
}

/// The column at which a failing assertion is shown: the first cell of its first side.
pub fn primary_column(e: &Bound) -> Option<usize> {
    column_of(e, 0)
}

/// The first column of a unit that an expression reads.
pub fn column_of(e: &Bound, of: usize) -> Option<usize> {
    let mut found = None;
    e.walk(&mut |b| {
        if let Op::Cell { unit, column, .. }
        | Op::Written { unit, column }
        | Op::Items { unit, column, .. } = b.op
            && unit == of
        {
            found = found.or(Some(column));
        }
    });
    found
}
