//! The syntax tree. Spans are byte ranges of the expression's text.
// Variants are documented by an example of what they stand for.
#![allow(missing_docs)]

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::value::{Number, Type};

/// An expression with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the expression's text.
    pub span: Range<usize>,
}

/// A name with its place; the text is without backticks, in NFC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: String,
    /// Where it stands, backticks included.
    pub span: Range<usize>,
}

/// A table as it can stand in an aggregate, a look-up or after `in`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRef {
    /// Which version of it.
    pub version: Version,
    pub name: Name,
    /// The whole, `old(…)` included.
    pub span: Range<usize>,
}

impl TableRef {
    /// As it is called in messages, and where its columns are named: `t`, `old(t)`.
    pub fn shown(&self) -> String {
        self.version.of(&self.name.text)
    }
}

/// Which version of a table is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// The table as it is now.
    Current,
    /// `old(t)`: as it was.
    Old,
    /// `added(t)`: rows whose key is new.
    Added,
    /// `removed(t)`: rows whose key is gone.
    Removed,
}

impl Version {
    /// What a version of a table is called.
    pub fn of(self, table: &str) -> String {
        match self {
            Version::Current => table.to_string(),
            Version::Old => format!("old({table})"),
            Version::Added => format!("added({table})"),
            Version::Removed => format!("removed({table})"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Agg {
    Sum,
    Count,
    Min,
    Max,
    Mean,
    Median,
    Mode,
    Stddev,
    Quantile,
    First,
    Last,
    Only,
    Any,
    All,
}

/// The functions that look at other rows in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum WindowFunction {
    Prev,
    Next,
    Rank,
    Cumulative,
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    Div,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Cmp {
    /// Whether it holds between two values that have an order.
    #[inline(always)]
    pub fn holds<T: Ord>(self, a: &T, b: &T) -> bool {
        match self {
            Cmp::Eq => a == b,
            Cmp::Ne => a != b,
            Cmp::Lt => a < b,
            Cmp::Le => a <= b,
            Cmp::Gt => a > b,
            Cmp::Ge => a >= b,
        }
    }
}

/// The allowance after a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Within {
    /// `within rounding`; `within rounding to 2`, whatever decimals the figures are written with.
    Rounding(Option<i32>),
    /// `within 1%`, a lone percent literal: that share of the right side.
    Relative(Number),
    /// `within 0.5`, `within 1pp`: an absolute amount.
    Absolute(Box<Expr>),
}

/// Which quantile, and how it is found between two values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// From 0 to 1.
    pub share: Number,
    pub method: QuantileMethod,
}

/// How a quantile is found among sorted values; the names are those of NumPy, the formulas those of
/// Hyndman and Fan, "Sample quantiles in statistical packages" (1996).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuantileMethod {
    /// The smallest value that at least the share of all does not exceed (their type 1).
    InvertedCdf,
    /// Between the values at n·p + ½ (type 5).
    Hazen,
    /// At (n + 1)·p (type 6); `PERCENTILE.EXC` in spreadsheets.
    Weibull,
    /// At (n − 1)·p + 1 (type 7); `PERCENTILE.INC` in spreadsheets.
    Linear,
    /// At (n + ⅓)·p + ⅓ (type 8).
    MedianUnbiased,
    /// The value below the place of `linear`, the one above it, the middle of both.
    Lower,
    Higher,
    Midpoint,
}

impl QuantileMethod {
    /// All of them, by name.
    pub const ALL: [(&str, QuantileMethod); 8] = [
        ("inverted_cdf", QuantileMethod::InvertedCdf),
        ("hazen", QuantileMethod::Hazen),
        ("weibull", QuantileMethod::Weibull),
        ("linear", QuantileMethod::Linear),
        ("median_unbiased", QuantileMethod::MedianUnbiased),
        ("lower", QuantileMethod::Lower),
        ("higher", QuantileMethod::Higher),
        ("midpoint", QuantileMethod::Midpoint),
    ];

    /// As expressions write it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }
}

/// What an aggregate works on.
#[derive(Debug, Clone, PartialEq)]
pub enum AggArg {
    /// `count()`, `count(where …)`.
    Empty,
    /// `count(t)`: a table. The parser gives a lone NAME as `Expr`; binding decides.
    Table(TableRef),
    /// An expression; for `quantile` with which one.
    Expr(Box<Expr>, Option<Quantile>),
    /// `distinct a, b`.
    Distinct(Vec<Expr>),
}

/// The words before texts that are dates or times.
pub const MOMENTS: [(&str, Type); 4] = [
    ("date", Type::Date),
    ("datetime", Type::DateTime),
    ("time", Type::Time),
    ("duration", Type::Duration),
];

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number as written: value and number of decimals.
    Number(Number),
    /// `20%`: 0.20, shown as a percentage.
    Percent(Number),
    /// `3pp`: 0.03, percentage points.
    Points(Number),
    Text(String),
    /// `date "1993-04-02"`, `time "09:00"`, `duration "48:00"`: the type and the text inside.
    Moment(Type, String),
    /// `true`, `false`.
    Bool(bool),
    /// `missing`.
    Missing,
    /// `a`, `t.a`, `t.parent.a`.
    Ref(Vec<Name>),
    /// `old(t).c`: a column of the rows of a version that an aggregate runs over.
    Column {
        table: TableRef,
        column: Name,
    },
    /// `t[a, b].c`; without a column only before `is [not] missing`.
    Lookup {
        table: TableRef,
        key: Vec<Expr>,
        column: Option<Name>,
    },
    /// `-x`.
    Neg(Box<Expr>),
    /// `x + y` and so on.
    Arith(Arith, Box<Expr>, Box<Expr>),
    /// `x = y within …` and so on.
    Compare {
        op: Cmp,
        left: Box<Expr>,
        right: Box<Expr>,
        within: Option<Within>,
    },
    /// `x [not] between a and b within …`.
    Between {
        not: bool,
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        within: Option<Within>,
    },
    /// `x [not] in (a, b)`.
    InList {
        not: bool,
        value: Box<Expr>,
        list: Vec<Expr>,
    },
    /// `x [not] in t.c`.
    InColumn {
        not: bool,
        value: Box<Expr>,
        table: TableRef,
        column: Name,
    },
    /// `x is [not] missing`.
    IsMissing {
        not: bool,
        value: Box<Expr>,
    },
    /// `x is [not] readable`.
    IsReadable {
        not: bool,
        value: Box<Expr>,
    },
    /// `x is [not] withheld`.
    IsWithheld {
        not: bool,
        value: Box<Expr>,
    },
    /// `x [not] matches "…"`: the pattern and where it stands.
    Matches {
        not: bool,
        value: Box<Expr>,
        pattern: String,
        pattern_span: Range<usize>,
    },
    /// `not x`.
    Not(Box<Expr>),
    /// `x and y and …`, two or more.
    And(Vec<Expr>),
    /// `x or y or …`, two or more.
    Or(Vec<Expr>),
    /// `if a then b else c`.
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Option<Box<Expr>>,
    },
    /// `sum(x where c by k)`.
    Aggregate {
        agg: Agg,
        arg: AggArg,
        filter: Option<Box<Expr>>,
        by: Vec<Expr>,
    },
    /// `sum(a, b)`, `sum(a to d)`: over values of one row, those that are missing left out.
    Along {
        agg: Agg,
        items: Vec<Expr>,
    },
    /// `a to d`, an item of [`Kind::Along`]: the columns from one to the other.
    Range {
        from: Vec<Name>,
        to: Vec<Name>,
    },
    /// `prev(x by k)`.
    Window {
        window: WindowFunction,
        value: Box<Expr>,
        by: Vec<Expr>,
    },
    /// A plain function.
    Call {
        name: Name,
        args: Vec<Expr>,
    },
    /// What could not be parsed; an error has been reported.
    Broken,
}

/// One unit of `each`: `table [as name] [by [column a to b as q,] key, …]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    pub table: TableRef,
    /// The alias, if any.
    pub alias: Option<Name>,
    /// `by column a to b as q`: groups of the cells of each of these columns.
    pub columns: Option<ColumnRange>,
    /// The keys of a group; empty for rows.
    pub keys: Vec<UnitKey>,
    /// The whole unit.
    pub span: Range<usize>,
}

/// `column a to b as q`.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnRange {
    pub from: Name,
    pub to: Name,
    /// What the cell of each column is called.
    pub alias: Name,
    /// The whole.
    pub span: Range<usize>,
}

/// A key of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitKey {
    /// What it is computed from.
    pub expr: Expr,
    /// Its name: the alias, or that of the plain column.
    pub name: Name,
}

/// One part of `order`.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderKey {
    /// What to sort by.
    pub expr: Expr,
    /// Largest first.
    pub descending: bool,
}

/// The operands of an expression, in order of writing.
pub fn children(e: &Expr) -> Vec<&Expr> {
    match &e.kind {
        Kind::Lookup { key, .. } => key.iter().collect(),
        Kind::Neg(x) | Kind::Not(x) => vec![x],
        Kind::Arith(_, a, b) => vec![a, b],
        Kind::Compare { left, right, within, .. } => {
            let mut all: Vec<&Expr> = vec![left, right];
            if let Some(Within::Absolute(amount)) = within {
                all.push(amount);
            }
            all
        }
        Kind::Between { value, low, high, within, .. } => {
            let mut all: Vec<&Expr> = vec![value, low, high];
            if let Some(Within::Absolute(amount)) = within {
                all.push(amount);
            }
            all
        }
        Kind::InList { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
        Kind::InColumn { value, .. }
        | Kind::IsMissing { value, .. }
        | Kind::IsReadable { value, .. }
        | Kind::IsWithheld { value, .. }
        | Kind::Matches { value, .. } => vec![value],
        Kind::And(all)
        | Kind::Or(all)
        | Kind::Call { args: all, .. }
        | Kind::Along { items: all, .. } => all.iter().collect(),
        Kind::If { condition, then, otherwise } => {
            let mut all: Vec<&Expr> = vec![condition, then];
            all.extend(otherwise.as_deref());
            all
        }
        Kind::Aggregate { arg, filter, by, .. } => {
            let mut all: Vec<&Expr> = match arg {
                AggArg::Expr(e, _) => vec![e],
                AggArg::Distinct(list) => list.iter().collect(),
                _ => Vec::new(),
            };
            all.extend(filter.as_deref());
            all.extend(by);
            all
        }
        Kind::Window { value, by, .. } => std::iter::once(&**value).chain(by).collect(),
        _ => Vec::new(),
    }
}

/// Visits an expression and all of its parts, to change them.
pub fn each_mut(e: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    visit(e);
    let mut all: Vec<&mut Expr> = match &mut e.kind {
        Kind::Lookup { key: all, .. }
        | Kind::And(all)
        | Kind::Or(all)
        | Kind::Call { args: all, .. }
        | Kind::Along { items: all, .. } => all.iter_mut().collect(),
        Kind::Neg(x) | Kind::Not(x) => vec![x],
        Kind::Arith(_, a, b) => vec![a, b],
        Kind::Compare { left, right, within, .. } => {
            let amount = match within {
                Some(Within::Absolute(amount)) => Some(&mut **amount),
                _ => None,
            };
            [&mut **left, &mut **right].into_iter().chain(amount).collect()
        }
        Kind::Between { value, low, high, within, .. } => {
            let amount = match within {
                Some(Within::Absolute(amount)) => Some(&mut **amount),
                _ => None,
            };
            [&mut **value, &mut **low, &mut **high].into_iter().chain(amount).collect()
        }
        Kind::InList { value, list, .. } => std::iter::once(&mut **value).chain(list).collect(),
        Kind::InColumn { value, .. }
        | Kind::IsMissing { value, .. }
        | Kind::IsReadable { value, .. }
        | Kind::IsWithheld { value, .. }
        | Kind::Matches { value, .. } => vec![value],
        Kind::If { condition, then, otherwise } => {
            [&mut **condition, &mut **then].into_iter().chain(otherwise.as_deref_mut()).collect()
        }
        Kind::Aggregate { arg, filter, by, .. } => {
            let own: Vec<&mut Expr> = match arg {
                AggArg::Expr(e, _) => vec![e],
                AggArg::Distinct(list) => list.iter_mut().collect(),
                _ => Vec::new(),
            };
            own.into_iter().chain(filter.as_deref_mut()).chain(by).collect()
        }
        Kind::Window { value, by, .. } => std::iter::once(&mut **value).chain(by).collect(),
        _ => Vec::new(),
    };
    all.iter_mut().for_each(|part| each_mut(part, visit));
}
