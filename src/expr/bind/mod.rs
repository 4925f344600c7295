//! Binding: names to tables and columns, types to every node, other rows to states.
//!
//! Types of columns without a contract are inferred over all expressions of a run first
//! (several quiet passes until nothing changes), then everything is bound once more and every
//! mistake is reported.

mod aggregate;
mod along;
mod call;
mod check;
mod chosen;
mod clock;
mod collate;
mod condition;
pub(crate) mod linear;
mod names;
mod old;
mod sense;
mod source;
pub(crate) mod ty;
mod types;
mod window;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::expr::bound::{Allowance, Bound, Op, StateId, States};
use crate::expr::catalog::Catalog;
use crate::expr::choice::{Choice, ChosenFor, OverAll};
use crate::expr::tree::{Expr, Kind, OrderKey, Unit};
use crate::fault::Fault;
use crate::source::{FileId, Problem, Snippet, Span};
use crate::value::{Type, Value, Why};

pub(crate) use ty::Ty;

crate::fault!(
    /// Raised by binding.
    UNKNOWN_TABLE, Error, "unknown-table", "a rule names a table that is not declared");
crate::fault!(
    /// Raised by binding.
    UNKNOWN_COLUMN, Error, "unknown-column", "a rule names a column that the table does not have");
crate::fault!(
    /// Raised by binding.
    UNKNOWN_FUNCTION, Error, "unknown-function", "an expression calls a function that does not exist");
crate::fault!(
    /// Raised by binding.
    WRONG_ARGUMENTS, Error, "wrong-arguments", "a function, an aggregate or a look-up has the wrong number or kind of arguments");
crate::fault!(
    /// Raised by binding.
    TYPE_MISMATCH, Error, "type-mismatch", "an expression mixes types that do not go together");
crate::fault!(
    /// Raised by binding.
    AMBIGUOUS_NAME, Error, "ambiguous-name", "a name in an expression has two possible meanings");
crate::fault!(
    /// Raised by binding.
    NO_ROW_AT_HAND, Error, "no-row-at-hand", "a column is used without a row to take it from");
crate::fault!(
    /// Raised by binding.
    NOT_ONE_VALUE, Error, "not-one-value", "a column is used where a group has many values of it");
crate::fault!(
    /// Raised by binding.
    CONDITION_REFUSED, Error, "condition-refused", "a condition between two tables has no equality to join on");
crate::fault!(
    /// Raised by binding.
    CONSTANT_ASSERTION, Error, "constant-assertion", "nothing in an assertion depends on the row");

crate::fault!(
    /// Raised by binding, and by the contracts of columns.
    CONTRADICTORY_RULE, Error, "contradictory-rule", "a rule can never hold, or can never fail");
crate::fault!(
    /// Raised by binding.
    NEEDS_KEY, Error, "needs-key", "a rule compares a table without a key with its old version");

/// What can be wrong with names and types.
pub static FAULTS: &[&Fault] = &[
    &UNKNOWN_TABLE,
    &UNKNOWN_COLUMN,
    &UNKNOWN_FUNCTION,
    &WRONG_ARGUMENTS,
    &TYPE_MISMATCH,
    &AMBIGUOUS_NAME,
    &NO_ROW_AT_HAND,
    &NOT_ONE_VALUE,
    &CONDITION_REFUSED,
    &CONSTANT_ASSERTION,
    &CONTRADICTORY_RULE,
    &NEEDS_KEY,
];

/// An expression of a rule with its text.
#[derive(Debug)]
pub struct Written<'a, T> {
    /// Text and place in the rule file.
    pub snippet: &'a Snippet,
    pub tree: &'a T,
}

impl<T> Clone for Written<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Written<'_, T> {}

/// What binding needs of one check.
#[derive(Debug, Clone)]
pub struct CheckInput<'a> {
    /// Units of `each`.
    pub each: Vec<Written<'a, Unit>>,
    /// `where`.
    pub filter: Option<Written<'a, Expr>>,
    /// `order`.
    pub order: Option<Written<'a, Vec<OrderKey>>>,
    /// Assertions.
    pub asserts: Vec<Written<'a, Expr>>,
}

/// One unit of a bound check.
#[derive(Debug, Clone)]
pub struct BoundUnit {
    /// The name by which expressions know it.
    pub name: String,
    pub table: usize,
    /// The groups, where the unit is a group.
    pub groups: Option<StateId>,
    /// Names of the group's keys.
    pub keys: Vec<String>,
}

/// A bound check.
#[derive(Debug, Clone)]
pub struct BoundCheck {
    /// Its units; none: judged once.
    pub units: Vec<BoundUnit>,
    /// Which rows (one row unit) or combinations (several units) are judged. In group checks the
    /// filter is part of the groups.
    pub filter: Option<Bound>,
    pub asserts: Vec<Bound>,
    /// The texts by which its conditions choose rows.
    pub choices: Vec<Choice>,
    /// Its aggregates over all rows of a table, within one over those that match another row.
    pub over_all: Vec<OverAll>,
    /// Of each assertion, where it names columns that had other names, and these.
    pub former: Vec<Vec<(Range<usize>, String)>>,
}

/// Binds all checks of a run. Types found for columns are left in the catalog.
/// `pairs` are columns that must have one type (`in` contracts).
pub fn bind_checks(
    checks: &[CheckInput<'_>],
    pairs: &[Pair],
    catalog: &mut Catalog,
) -> (Vec<Option<BoundCheck>>, States, Vec<Problem>) {
    // Those that name columns whose types are not known yet.
    let mut open: Vec<&CheckInput<'_>> = checks.iter().collect();
    for phase in [Phase::Certain, Phase::Lean, Phase::Texts] {
        for _ in 0..32 {
            let mut binder = Binder::new(catalog, false, phase);
            for &(a, b) in pairs {
                binder.links.push((a, b));
            }
            open.retain(|check| {
                binder.met_open.set(false);
                binder.check(check);
                binder.met_open.get()
            });
            binder.follow_links();
            if !binder.changed {
                break;
            }
        }
    }
    let mut binder = Binder::new(catalog, true, Phase::Texts);
    let bound = checks.iter().map(|c| binder.check(c)).collect();
    let Binder { states, problems, .. } = binder;
    (bound, states, problems)
}

/// The tables whose old versions checks compare with, each with the columns that they name in `old(…)`.
pub fn old_tables(checks: &[CheckInput<'_>], catalog: &Catalog) -> OldTables {
    let mut catalog = catalog.clone();
    let mut binder = Binder::new(&mut catalog, false, Phase::Certain);
    for check in checks {
        binder.check(check);
    }
    binder.old_wanted
}

/// Tables of which an old version is named, with names of its columns.
pub type OldTables = BTreeMap<usize, BTreeSet<String>>;

/// A column by table and place.
pub type ColumnAt = (usize, usize);
/// Two columns that must have one type.
pub type Pair = (ColumnAt, ColumnAt);

/// A unit that names can refer to.
#[derive(Debug, Clone)]
struct ScopeUnit {
    name: String,
    table: usize,
    keys: Option<Vec<GroupKey>>,
}

#[derive(Debug, Clone)]
struct GroupKey {
    name: String,
    ty: Ty,
}

/// The rows that bare aggregates and neighbours see.
#[derive(Debug, Clone)]
struct Hand {
    table: usize,
    filter: Option<Bound>,
    /// The keys of the group at hand, over a source row; empty when all rows are at hand.
    keys: Vec<Bound>,
    groups: Option<StateId>,
}

#[derive(Debug, Clone, Default)]
struct Scope {
    units: Vec<ScopeUnit>,
    /// The unit whose columns bare names are.
    inner: Option<usize>,
    hand: Option<Hand>,
    /// Units of the check itself; what comes after is the source of an aggregate.
    outer: usize,
}

/// How types are found out: each phase takes more for certain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Phase {
    /// What can be nothing else.
    Certain,
    /// What is put in order or calculated with is a number, where nothing else was found.
    Lean,
    /// Figures of which a text is asked are texts, where nothing else was found.
    Texts,
}

/// What the argument of `old` was found to read.
#[derive(Debug, Default)]
struct OldCall {
    /// For each row at hand whose old version it reads: whether there is one.
    rows: Vec<Bound>,
    /// It reads something of an old version.
    is_old: bool,
    /// There is no old version of it.
    is_absent: bool,
}

/// A column of date-times that an expression names.
#[derive(Debug)]
struct Timed {
    /// Where it is named.
    at: (FileId, Span),
    name: String,
    has_offset: bool,
}

struct Binder<'c> {
    catalog: &'c mut Catalog,
    states: States,
    problems: Vec<Problem>,
    links: Vec<Pair>,
    report: bool,
    phase: Phase,
    changed: bool,
    /// Whether a column was met whose type is not known.
    met_open: Cell<bool>,
    /// The aggregate at hand is compared with a percentage.
    totals_a_share: bool,
    snippet: Option<Snippet>,
    scope: Scope,
    order: Vec<(Bound, bool)>,
    ranges: bool,
    /// To how many decimals figures with ranges are taken to be rounded.
    rounding_to: Option<i32>,
    quiet: bool,
    /// Within a condition that chooses rows: what for.
    chosen_for: Option<ChosenFor>,
    /// The aggregate that is bound next is compared with a constant.
    against_constant: bool,
    choices: Vec<Choice>,
    over_all: Vec<OverAll>,
    /// Within `old(…)`.
    old_call: Option<OldCall>,
    old_wanted: OldTables,
    /// Where columns are named that had other names, and these.
    former: Vec<(Range<usize>, String)>,
    /// Columns of date-times that are named.
    timed: Vec<Timed>,
}

impl<'c> Binder<'c> {
    fn new(catalog: &'c mut Catalog, report: bool, phase: Phase) -> Self {
        Binder {
            catalog,
            states: States::default(),
            problems: Vec::new(),
            links: Vec::new(),
            report,
            phase,
            changed: false,
            met_open: Cell::new(false),
            totals_a_share: false,
            snippet: None,
            scope: Scope::default(),
            order: Vec::new(),
            ranges: false,
            rounding_to: None,
            quiet: false,
            chosen_for: None,
            against_constant: false,
            choices: Vec::new(),
            over_all: Vec::new(),
            old_call: None,
            old_wanted: OldTables::new(),
            former: Vec::new(),
            timed: Vec::new(),
        }
    }

    /// Whether what nothing else is known of is a number where it is put in order or calculated with.
    fn is_lean(&self) -> bool {
        self.phase >= Phase::Lean
    }

    /// Notes a problem at a range of the expression at hand; silent while types are inferred.
    fn problem(
        &mut self,
        fault: &'static Fault,
        span: Range<usize>,
        message: String,
        label: &str,
        help: Option<String>,
    ) {
        if !self.report {
            return;
        }
        let (file, span) = match &self.snippet {
            Some(s) => (s.file, s.span(span)),
            None => (FileId(0), Default::default()),
        };
        let mut problem = Problem::new(fault, file, span, message).label(label);
        problem.help = help;
        // A type that is wrong within an expression makes that of the whole wrong.
        let explains = |p: &Problem| match (p.at, problem.at) {
            (Some((f, part)), Some((g, whole))) => {
                f == g && whole.start <= part.start && part.end <= whole.end
            }
            _ => false,
        };
        let seen = |p: &Problem| {
            p.at == problem.at && p.message == problem.message
                || fault == &TYPE_MISMATCH && p.fault == &TYPE_MISMATCH && explains(p)
        };
        if !self.problems.iter().any(seen) {
            self.problems.push(problem);
        }
    }

    fn condition(&mut self, expr: &Expr) -> Bound {
        let (bound, ty) = self.expr(expr);
        self.want(ty, Type::Boolean, expr.span.clone(), "a condition");
        bound
    }

    /// Binds an expression; its type may still be open while types are inferred.
    fn expr(&mut self, e: &Expr) -> (Bound, Ty) {
        let span = e.span.clone();
        let known = |op: Op, ty: Type| (Bound { op, ty, span: span.clone() }, Ty::Known(ty));
        match &e.kind {
            Kind::Number(n) => known(Op::Const(Value::number(n.clone())), Type::Number),
            Kind::Percent(n) | Kind::Points(n) => {
                known(Op::Const(Value::number(n.clone())), Type::Percent)
            }
            Kind::Text(t) => known(Op::Const(Value::Text(t.clone().into())), Type::Text),
            Kind::Moment(ty, t) => self.moment(*ty, t, &span),
            Kind::Bool(b) => known(Op::Const(Value::Bool(*b)), Type::Boolean),
            Kind::Missing => {
                (Bound { op: Op::Const(Value::Missing), ty: Type::Text, span }, Ty::Any)
            }
            Kind::Broken => self.broken(span),
            Kind::Ref(names) => self.reference(names, &span),
            Kind::Column { table, column } => self.version_column(table, column, &span),
            Kind::Lookup { table, key, column } => self.lookup(table, key, column.as_ref(), &span),
            Kind::Neg(x) => self.negated(x, span),
            Kind::Arith(op, a, b) => self.arithmetic(*op, a, b, span),
            Kind::Aggregate { agg, arg, filter, by } => {
                self.aggregate(*agg, arg, filter.as_deref(), by, &span)
            }
            Kind::Along { agg, items } => self.along(*agg, items, &span),
            Kind::Window { window, value, by } => self.window(*window, value, by, &span),
            Kind::Call { name, args } => self.call(name, args, &span),
            Kind::If { condition, then, otherwise } => {
                self.if_else(condition, then, otherwise.as_deref(), span)
            }
            _ => (self.logic(e), Ty::Known(Type::Boolean)),
        }
    }

    /// What stands for something that a problem has been reported for.
    fn broken(&mut self, span: Range<usize>) -> (Bound, Ty) {
        (Bound { op: Op::Const(Value::Unknown(Why::NotRead)), ty: Type::Text, span }, Ty::Any)
    }

    /// `date "1993-04-02"` and its like.
    fn moment(&mut self, ty: Type, text: &str, span: &Range<usize>) -> (Bound, Ty) {
        let example = match ty {
            Type::DateTime => "write it like \"1993-04-02T09:00\"",
            Type::Time => "write it like \"09:00\"",
            Type::Duration => "write it like \"48:00\"",
            _ => "write it like \"1993-04-02\"",
        };
        let help = match crate::value::Reading::new(ty).read(text) {
            Ok(Value::Missing) => None,
            Ok(value) => {
                let op = Op::Const(value.into_owned());
                return (Bound { op, ty, span: span.clone() }, Ty::Known(ty));
            }
            Err(unread) => Some(unread.message),
        };
        let message = format!("`{text}` is not {}", ty::word(ty));
        self.problem(&TYPE_MISMATCH, span.clone(), message, example, help);
        self.broken(span.clone())
    }

    fn if_else(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: Option<&Expr>,
        span: Range<usize>,
    ) -> (Bound, Ty) {
        let condition = self.choosing(Some(ChosenFor::Question), |b| b.condition(condition));
        let (then, mut ty) = self.expr(then);
        let otherwise = otherwise.map(|o| {
            let (bound, other) = self.expr(o);
            self.unify(ty, other, o.span.clone());
            if ty == Ty::Any {
                ty = other;
            }
            Box::new(bound)
        });
        let op = Op::If { condition: Box::new(condition), then: Box::new(then), otherwise };
        (Bound { op, ty: self.settled(ty), span }, ty)
    }

    fn allowance(
        &mut self,
        within: Option<&crate::expr::tree::Within>,
        left: &Bound,
        right: &Bound,
    ) -> Allowance {
        use crate::expr::tree::Within;
        match within {
            None => Allowance::Exact,
            Some(Within::Relative(share)) => Allowance::Relative(share.clone()),
            Some(Within::Rounding(_)) => {
                Allowance::Rounding(linear::difference(left, right).map(Box::new))
            }
            Some(Within::Absolute(amount)) => {
                let saved = std::mem::replace(&mut self.ranges, false);
                let (bound, _) = self.number(amount);
                self.ranges = saved;
                Allowance::Absolute(Box::new(bound))
            }
        }
    }
}
