//! Bound expressions: every name resolved, every type known, other rows behind numbered states.

use std::ops::Range;

use crate::expr::function::Function;
use crate::expr::items::Items;
use crate::expr::regex::Regex;
use crate::expr::tree::{Agg, Arith, Cmp, Quantile, WindowFunction};
use crate::value::{Number, Reading, Type, Value};

/// Index into [`States`].
pub type StateId = usize;

/// An expression that can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// What it does.
    pub op: Op,
    /// The type of its value.
    pub ty: Type,
    /// Where it stands in the expression's text.
    pub span: Range<usize>,
}

/// One step of a linear form: coefficient times an atom.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearTerm {
    /// The exact factor.
    pub factor: Number,
    /// A cell, a look-up, an aggregate, or anything that is not linear.
    pub atom: Bound,
}

/// `left - right` as a constant and terms, each figure once.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// What no figure changes.
    pub constant: Number,
    /// The terms; equal atoms are one term.
    pub terms: Vec<LinearTerm>,
}

/// The allowance of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Allowance {
    /// None: exact.
    Exact,
    /// `within rounding`; the linear form of left minus right where there is one.
    Rounding(Option<Box<Linear>>),
    /// A share of the right side.
    Relative(Number),
    Absolute(Box<Bound>),
}

/// What a look-up comes to that finds no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMiss {
    /// Missing, and a finding.
    Reported,
    /// Missing: it stands under `is missing` or `default`.
    Quiet,
    /// Not applicable: it looks for the row with the same key in the other version of a table.
    /// `own` are the rows of the version at hand, by key; a table of one row needs none.
    Version { own: Option<StateId> },
}

/// What a bound expression does.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Op {
    Const(Value<'static>),
    /// A cell of the row of `unit`; `ranges`: with its written precision.
    Cell {
        unit: usize,
        column: usize,
        ranges: bool,
    },
    /// A key of the group of `unit`.
    Key {
        unit: usize,
        key: usize,
    },
    /// A column of the one row with this key (no key: of the only row); without a column: whether it exists.
    Lookup {
        state: StateId,
        key: Vec<Bound>,
        column: Option<usize>,
        miss: OnMiss,
        ranges: bool,
    },
    /// Whether the value stands in a column.
    Member {
        state: StateId,
        value: Box<Bound>,
        not: bool,
    },
    /// A finished aggregate of the group that `key` names; the last `joins` keys stood in
    /// equalities of a `where`, where a missing value matches nothing.
    Aggregate {
        state: StateId,
        slot: usize,
        key: Vec<Bound>,
        joins: usize,
    },
    /// `sum`, `count`, `min`, `max` or `mean` of values of one row; those that are missing are
    /// left out.
    Along {
        agg: Agg,
        args: Vec<Bound>,
    },
    /// A value of another row in order.
    Window {
        state: StateId,
    },
    /// The row number of `unit` (from 1).
    Row {
        unit: usize,
    },
    /// The path of the file of `unit`.
    File {
        unit: usize,
    },
    /// Something of an old version that is not there.
    Absent,
    Neg(Box<Bound>),
    /// A text by which it has its place in the natural order of texts.
    Collated(Box<Bound>),
    Arith(Arith, Box<Bound>, Box<Bound>),
    Compare {
        op: Cmp,
        left: Box<Bound>,
        right: Box<Bound>,
        allowance: Allowance,
    },
    Between {
        not: bool,
        value: Box<Bound>,
        low: Box<Bound>,
        high: Box<Bound>,
        allowance: Allowance,
    },
    /// That no chain of rows, each named by the one before it, leads back to this one.
    Leads {
        /// The rows by what they are called.
        state: StateId,
        /// The column that names the row above.
        column: usize,
        own: Box<Bound>,
        above: Box<Bound>,
    },
    InList {
        not: bool,
        value: Box<Bound>,
        list: Vec<Bound>,
    },
    IsMissing {
        not: bool,
        value: Box<Bound>,
    },
    IsReadable {
        not: bool,
        value: Box<Bound>,
    },
    IsWithheld {
        not: bool,
        value: Box<Bound>,
    },
    Matches {
        not: bool,
        value: Box<Bound>,
        regex: Regex,
        whole: bool,
    },
    /// Whether `each` holds for every item of a cell, which stands in the place of the cell there;
    /// without it, whether every item can be read.
    Items {
        unit: usize,
        column: usize,
        items: Box<Items>,
        each: Option<Box<Bound>>,
    },
    Not(Box<Bound>),
    And(Vec<Bound>),
    Or(Vec<Bound>),
    If {
        condition: Box<Bound>,
        then: Box<Bound>,
        otherwise: Option<Box<Bound>>,
    },
    Default {
        value: Box<Bound>,
        otherwise: Box<Bound>,
    },
    /// `text(cell)`: the cell as it is written.
    Written {
        unit: usize,
        column: usize,
    },
    /// `number(t)`, `date(t)`: a text read as a cell of its table would be.
    Read {
        value: Box<Bound>,
        reading: Box<Reading>,
    },
    Call {
        function: &'static Function,
        args: Vec<Bound>,
    },
}

impl Op {
    /// Whether it reads the row with the same key in the other version of a table.
    pub fn is_other_version(&self) -> bool {
        matches!(self, Op::Lookup { miss: OnMiss::Version { .. }, column: Some(_), .. })
    }

    /// Whether it is a look-up that asks this state.
    pub fn looks_in(&self, asked: StateId) -> bool {
        let Op::Lookup { state, miss, .. } = self else { return false };
        *state == asked || *miss == OnMiss::Version { own: Some(asked) }
    }
}

/// Calls `$below` on each operand, in order of writing, then on the atoms of a linear form: one
/// list of operands for walks that read and walks that write.
macro_rules! each_operand {
    ($op:expr, $below:ident, $iter:ident $(, $mut:tt)?) => {{
        let allowance = match $op {
            Op::Const(_)
            | Op::Cell { .. }
            | Op::Key { .. }
            | Op::Window { .. }
            | Op::Row { .. }
            | Op::File { .. }
            | Op::Absent
            | Op::Written { .. } => None,
            Op::Lookup { key: all, .. }
            | Op::Aggregate { key: all, .. }
            | Op::And(all)
            | Op::Or(all)
            | Op::Along { args: all, .. }
            | Op::Call { args: all, .. } => {
                all.$iter().for_each(|b| $below(b));
                None
            }
            Op::Member { value, .. }
            | Op::IsMissing { value, .. }
            | Op::IsReadable { value, .. }
            | Op::IsWithheld { value, .. }
            | Op::Matches { value, .. }
            | Op::Read { value, .. }
            | Op::Collated(value)
            | Op::Neg(value)
            | Op::Not(value) => {
                $below(value);
                None
            }
            Op::Arith(_, a, b)
            | Op::Leads { own: a, above: b, .. }
            | Op::Default { value: a, otherwise: b } => {
                $below(a);
                $below(b);
                None
            }
            Op::InList { value, list, .. } => {
                $below(value);
                list.$iter().for_each(|b| $below(b));
                None
            }
            Op::Items { each, .. } => {
                each.$iter().for_each(|b| $below(b));
                None
            }
            Op::If { condition, then, otherwise } => {
                $below(condition);
                $below(then);
                otherwise.$iter().for_each(|b| $below(b));
                None
            }
            Op::Compare { left, right, allowance, .. } => {
                $below(left);
                $below(right);
                Some(allowance)
            }
            Op::Between { value, low, high, allowance, .. } => {
                $below(value);
                $below(low);
                $below(high);
                Some(allowance)
            }
        };
        match allowance {
            Some(Allowance::Absolute(amount)) => $below(amount),
            Some(Allowance::Rounding(Some(linear))) => {
                linear.terms.$iter().for_each(|t| $below(&$($mut)? t.atom))
            }
            Some(Allowance::Exact | Allowance::Relative(_) | Allowance::Rounding(None)) | None => {}
        }
    }};
}

impl Bound {
    /// Calls `f` on this and everything below it, linear forms included.
    pub fn walk<'a>(&'a self, f: &mut dyn FnMut(&'a Bound)) {
        f(self);
        let mut below = |b: &'a Bound| b.walk(f);
        each_operand!(&self.op, below, iter);
    }

    /// The operands, in order of writing; the linear form of an allowance is none of them.
    pub fn children(&self) -> Vec<&Bound> {
        let mut all = Vec::new();
        let mut below = |b| all.push(b);
        each_operand!(&self.op, below, iter);
        match &self.op {
            Op::Compare { allowance: Allowance::Rounding(_), .. } => all.truncate(2),
            Op::Between { allowance: Allowance::Rounding(_), .. } => all.truncate(3),
            // What is asked of an item is not asked of the row.
            Op::Items { .. } => all.clear(),
            _ => {}
        }
        all
    }

    /// Whether something of it is of an old version that is not there.
    pub fn is_absent(&self) -> bool {
        let mut found = false;
        self.walk(&mut |b| found |= b.op == Op::Absent);
        found
    }

    /// Same meaning, wherever it is written.
    pub fn same(&self, other: &Bound) -> bool {
        // Most that are compared differ at the top.
        if std::mem::discriminant(&self.op) != std::mem::discriminant(&other.op) {
            return false;
        }
        let mut a = self.clone();
        let mut b = other.clone();
        a.forget_spans();
        b.forget_spans();
        a == b
    }

    /// Drops the places, so that equal meanings are equal.
    pub fn forget_spans(&mut self) {
        self.each_mut(&mut |b| b.span = 0..0);
    }

    /// Calls `f` on this and everything below it, linear forms included.
    pub fn each_mut(&mut self, f: &mut dyn FnMut(&mut Bound)) {
        f(self);
        let mut below = |b: &mut Bound| b.each_mut(f);
        each_operand!(&mut self.op, below, iter_mut, mut);
    }
}

/// One aggregate of a [`GroupsDef`].
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Which aggregate.
    pub agg: Agg,
    /// What it works on, over the source row (unit 0); none counts rows.
    pub args: Vec<Bound>,
    /// `distinct` before the arguments.
    pub distinct: bool,
    /// Which quantile.
    pub quantile: Option<Quantile>,
    /// The least and the greatest of its texts go by their natural order.
    pub is_natural: bool,
    /// Its `where`, as far as the source row decides it.
    pub filter: Option<Bound>,
    /// Conditions that also name outer rows: the source row is the unit after the outer ones.
    pub residual: Option<Residual>,
}

/// A condition between a source row and the outer rows, judged for each pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Residual {
    /// The condition; the source row is unit `source`.
    pub condition: Bound,
    /// The unit number of the source row.
    pub source: usize,
    /// Columns of the source that the condition reads: kept per row.
    pub columns: Vec<usize>,
}

/// Aggregates of the rows of a table, by key.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupsDef {
    pub table: usize,
    /// Which rows count, over the source row (unit 0).
    pub filter: Option<Bound>,
    /// The keys, over the source row.
    pub keys: Vec<Bound>,
    pub slots: Vec<Slot>,
    /// How deep the aggregates stand that it reads while it is filled; 0: it reads none.
    pub depth: usize,
}

/// Rows of a table by the values of some columns; no columns: the only row.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexDef {
    pub table: usize,
    /// The key columns.
    pub columns: Vec<usize>,
    /// Columns whose values are kept, and whether with written precision.
    pub keep: Vec<(usize, bool)>,
}

/// Values of other rows (or groups) in order.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowDef {
    /// The table whose rows are walked.
    pub table: usize,
    /// The groups that are walked instead of rows.
    pub groups: Option<StateId>,
    /// Which rows are walked.
    pub filter: Option<Bound>,
    /// Which neighbour.
    pub window: WindowFunction,
    /// What is taken of it; over unit 0.
    pub value: Bound,
    /// Rows (groups) with equal values here are walked together.
    pub by: Vec<Bound>,
    /// The order; file order where empty.
    pub order: Vec<(Bound, bool)>,
    /// Read while another state is filled, so it is filled before, in a pass of its own.
    pub kept: bool,
}

impl WindowDef {
    /// Whether the value is known when the row is met, in one pass in file order.
    pub fn streams(&self) -> bool {
        !self.kept
            && self.groups.is_none()
            && self.order.is_empty()
            && matches!(self.window, WindowFunction::Prev | WindowFunction::Cumulative)
    }
}

/// Something that is made from a whole table before a row can be judged.
#[derive(Debug, Clone, PartialEq)]
pub enum StateDef {
    /// Aggregates by group.
    Groups(GroupsDef),
    /// Look-ups.
    Index(IndexDef),
    /// Window.
    Window(WindowDef),
}

impl StateDef {
    /// The table that is read to make it.
    pub fn table(&self) -> usize {
        match self {
            StateDef::Groups(g) => g.table,
            StateDef::Index(i) => i.table,
            StateDef::Window(n) => n.table,
        }
    }
    /// Whether a pass over its table fills it.
    pub fn needs_pass(&self) -> bool {
        !matches!(self, StateDef::Window(n) if n.streams() || n.groups.is_some())
    }
    /// All expressions whose states must be there before it can be read: those that are evaluated
    /// while it is filled, and conditions that are judged for each pair of rows later.
    pub fn reads(&self) -> Vec<&Bound> {
        let mut all = self.expressions();
        if let StateDef::Groups(g) = self {
            all.extend(g.slots.iter().filter_map(|s| s.residual.as_ref()).map(|r| &r.condition));
        }
        all
    }
    /// All expressions that are evaluated while it is filled.
    pub fn expressions(&self) -> Vec<&Bound> {
        match self {
            StateDef::Groups(g) => {
                let slots = g.slots.iter().flat_map(|s| s.args.iter().chain(&s.filter));
                g.filter.iter().chain(&g.keys).chain(slots).collect()
            }
            StateDef::Index(_) => Vec::new(),
            StateDef::Window(n) => n
                .filter
                .iter()
                .chain([&n.value])
                .chain(&n.by)
                .chain(n.order.iter().map(|o| &o.0))
                .collect(),
        }
    }
}

/// All states of a run; equal ones are one.
#[derive(Debug, Clone, Default)]
pub struct States {
    pub all: Vec<StateDef>,
}
