//! One pass over one table: what every worker does with a chunk, and what comes of it.
//!
//! A program is made once a stage and is the same for all workers; each worker has buffers of its own; the
//! result of a chunk is apart from all others until it is committed.

use crate::engine::data::check::columns;
use crate::engine::data::check::{Check, Kind};
use crate::engine::data::classes::Classes;
use crate::engine::data::job::Job;
use crate::engine::data::table::Table;
use crate::engine::fast::expressions::before;
use crate::engine::fast::expressions::compile::Compiler;
use crate::engine::fast::expressions::list::{Expressions, Root};
use crate::engine::fast::previous::{self};
use crate::engine::fast::shares::SharedInputs;
use crate::engine::fast::sums::{self};
use crate::engine::pass::sought::{self, Sought};
use crate::engine::pass::undecided::UndecidedRows;
use crate::engine::states::env::Shared;
use crate::expr::bound::{Bound, Op, StateDef, StateId, WindowDef};
use crate::plan::{Stage, needs};

/// How an assertion is judged.
pub enum Strategy {
    /// By loops.
    Compiled(Root),
    /// By hashing its key.
    Unique {
        /// Which of the worker's collectors.
        slot: usize,
        /// The columns of the key.
        columns: Vec<usize>,
    },
    /// Against the row before with the same key: which of the program's comparisons.
    Previous(usize),
    /// By the evaluator.
    Exact,
}

/// How a check is judged.
pub struct CheckPlan {
    pub number: usize,
    /// A filter that loops can judge.
    pub filter: Option<Root>,
    pub asserts: Vec<Strategy>,
    /// Windows over the rows before, for which rows are judged one by one.
    pub window: Vec<StateId>,
    /// Those whose values loops keep, by their numbers in the program.
    pub before: Vec<usize>,
}

/// What a stage does with each block.
pub struct Program<'p> {
    pub job: &'p Job<'p>,
    pub stage: &'p Stage,
    /// What rows share: states of earlier stages.
    pub shared: &'p Shared<'p>,
    /// The classes of the table's raw findings.
    pub classes: &'p Classes,
    pub table: &'p Table,
    /// Columns that are decoded.
    pub(crate) needed: Vec<bool>,
    pub(crate) shares: SharedInputs,
    /// What its conditions were compiled to.
    pub(crate) expressions: Expressions,
    /// For each state of the stage its sums, if it has some.
    pub sums: Vec<Option<sums::Plan>>,
    /// Comparisons with the row before.
    pub previous: Vec<previous::Plan>,
    /// Windows over the rows before whose values loops keep.
    pub before: Vec<before::Plan>,
    /// How its checks are judged.
    pub checks: Vec<CheckPlan>,
    /// For each collector its check and assertion.
    pub unique: Vec<(usize, usize)>,
    /// Texts that are looked for in the last pass.
    pub sought: Vec<Sought<'p>>,
    /// Rows must be met in order, each knowing all before it.
    pub serial: bool,
    /// The table is read for the first time.
    pub first_visit: bool,
}

impl<'p> Program<'p> {
    /// For each check its undecided answers: none yet.
    pub fn no_undecided(&self) -> Vec<UndecidedRows> {
        self.checks.iter().map(|_| UndecidedRows::new(self.job.most_undecided)).collect()
    }

    /// The program of a stage; `exact`: without loops, row by row.
    pub fn new(
        job: &'p Job<'p>,
        stage: &'p Stage,
        (shared, classes): (&'p Shared<'p>, &'p Classes),
        first_visit: bool,
        exact: bool,
    ) -> Program<'p> {
        let table = &job.tables[stage.table];
        let (needed, shares) = (vec![false; table.columns.len()], SharedInputs::default());
        let (sums, previous, checks, unique) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut program = Program {
            job,
            stage,
            shared,
            classes,
            table,
            needed,
            shares,
            expressions: Expressions::default(),
            sums,
            previous,
            before: Vec::new(),
            checks,
            unique,
            sought: Vec::new(),
            serial: false,
            first_visit,
        };
        program.compile(exact);
        if stage.last {
            program.sought = sought::of_table(job.checks, stage.table);
            table
                .columns
                .iter()
                .enumerate()
                .filter(|(_, c)| c.reports_unreadable)
                .for_each(|(i, _)| program.needed[i] = true);
        }
        program.serial = program.is_serial();
        program
    }

    /// Compiles what the states and the checks of the stage ask.
    fn compile(&mut self, exact: bool) {
        let (job, stage) = (self.job, self.stage);
        let (mut shares, mut expressions) = (SharedInputs::default(), Expressions::default());
        let mut compiler = Compiler {
            expressions: &mut expressions,
            shares: &mut shares,
            table: self.table,
            defs: job.defs,
            today: job.context.today,
            wide: false,
            windows: Vec::new(),
        };
        for &s in &stage.states {
            self.need_of_state(s);
            let plan = match &job.defs.all[s] {
                StateDef::Groups(def) if !exact => sums::plan(def, &mut compiler),
                _ => None,
            };
            self.sums.push(plan);
        }
        for &c in &stage.checks {
            let plan = self.check(c, &mut compiler, exact);
            self.checks.push(plan);
        }
        expressions.finish();
        (self.shares, self.expressions) = (shares, expressions);
    }

    /// What an expression reads of a row, conditions on other rows that name it included.
    fn need_of(&mut self, e: &'p Bound) {
        columns(e, 0, &mut self.needed);
        let (job, mut conditions) = (self.job, Vec::new());
        e.walk(&mut |b| {
            if let Op::Aggregate { state, slot, .. } = b.op
                && let StateDef::Groups(def) = &job.defs.all[state]
                && let Some(residual) = def.slots.get(slot).and_then(|s| s.residual.as_ref())
                && residual.source > 0
            {
                conditions.push(&residual.condition);
            }
        });
        conditions.into_iter().for_each(|condition| self.need_of(condition));
    }

    fn need_of_state(&mut self, state: StateId) {
        let def = &self.job.defs.all[state];
        def.expressions().into_iter().for_each(|e| self.need_of(e));
        match def {
            StateDef::Index(i) => i
                .columns
                .iter()
                .chain(i.keep.iter().map(|k| &k.0))
                .for_each(|&c| self.needed[c] = true),
            StateDef::Groups(g) => g
                .slots
                .iter()
                .filter_map(|s| s.residual.as_ref())
                .flat_map(|r| &r.columns)
                .for_each(|&c| self.needed[c] = true),
            StateDef::Window(_) => {}
        }
    }

    fn check(&mut self, number: usize, compiler: &mut Compiler<'_>, exact: bool) -> CheckPlan {
        let check = &self.job.checks[number];
        check.expressions().for_each(|e| self.need_of(e));
        let window = window_states(self.job, check.expressions());
        window.iter().for_each(|&s| self.need_of_state(s));
        let filter = check.filter.as_ref().filter(|_| !exact).and_then(|f| compiler.choice(f));
        let loops = !exact && (filter.is_some() || check.filter.is_none());
        let mut previous = self.comparisons(check, compiler.shares, loops);
        let mut plan =
            CheckPlan { number, filter: None, asserts: Vec::new(), window, before: Vec::new() };
        if !exact {
            self.windows_of(check, &previous, &mut plan, compiler);
        }
        for (a, assertion) in check.asserts.iter().enumerate() {
            plan.asserts.push(match &assertion.kind {
                Kind::Unique { columns } => {
                    columns.iter().for_each(|&c| self.needed[c] = true);
                    self.unique.push((number, a));
                    Strategy::Unique { slot: self.unique.len() - 1, columns: columns.clone() }
                }
                Kind::Like { column, .. } => {
                    self.needed[*column] = true;
                    Strategy::Exact
                }
                kind => {
                    if let Kind::Demand { column, .. } = kind {
                        self.needed[*column] = true;
                    }
                    match previous[a].take() {
                        Some(plan) => {
                            self.previous.push(plan);
                            Strategy::Previous(self.previous.len() - 1)
                        }
                        None if exact => Strategy::Exact,
                        None => compiler
                            .assertion(&assertion.bound)
                            .map_or(Strategy::Exact, Strategy::Compiled),
                    }
                }
            });
        }
        compiler.windows.clear();
        self.settle_windows(check, &mut plan);
        plan.filter = filter;
        plan
    }

    /// The assertions of a check that compare a cell with the one before it.
    fn comparisons(
        &self,
        check: &Check,
        shares: &mut SharedInputs,
        loops: bool,
    ) -> Vec<Option<previous::Plan>> {
        let definition = |s: StateId| self.window(s).cloned();
        let is_filtered = check.filter.is_some();
        let plan = |bound| previous::plan(bound, &definition, (self.table, is_filtered), shares);
        let bounds = check.asserts.iter().map(|a| &a.bound);
        if loops { bounds.map(plan).collect() } else { bounds.map(|_| None).collect() }
    }

    fn window(&self, state: StateId) -> Option<&'p WindowDef> {
        if let StateDef::Window(def) = &self.job.defs.all[state] { Some(def) } else { None }
    }

    /// Plans the windows that other assertions of a check read, where the rows it judges depend on none.
    fn windows_of(
        &mut self,
        check: &Check,
        previous: &[Option<previous::Plan>],
        plan: &mut CheckPlan,
        compiler: &mut Compiler<'_>,
    ) {
        if !window_states(self.job, &check.filter).is_empty() {
            return;
        }
        let others = check.asserts.iter().zip(previous).filter(|(_, previous)| previous.is_none());
        for state in window_states(self.job, others.map(|(a, _)| &a.bound)) {
            let Some(def) = self.window(state) else { continue };
            let number = self.before.len();
            if let Some(window) = compiler.window(state, def, number) {
                self.before.push(window);
                plan.before.push(number);
            }
        }
    }

    /// A check whose filter or evaluated assertions read rows before goes through its rows in order;
    /// others need no windows but those that loops keep.
    fn settle_windows(&self, check: &Check, plan: &mut CheckPlan) {
        let by_filter = !window_states(self.job, &check.filter).is_empty();
        let evaluated = plan.asserts.iter().zip(&check.asserts);
        let evaluated = evaluated.filter(|(s, _)| matches!(s, Strategy::Exact));
        let evaluated = window_states(self.job, evaluated.map(|(_, a)| &a.bound));
        if !by_filter && evaluated.is_empty() {
            plan.window.clear();
        } else {
            plan.before.clear();
            let keys = |s: &&mut Strategy| !matches!(s, Strategy::Unique { .. });
            plan.asserts.iter_mut().filter(keys).for_each(|s| *s = Strategy::Exact);
        }
    }

    fn is_serial(&self) -> bool {
        let row = |c: &CheckPlan| self.job.checks[c.number].expressions().any(reads_row);
        let state = |s: &StateId| self.job.defs.all[*s].expressions().into_iter().any(reads_row);
        self.table.is_in_order()
            || self.checks.iter().any(|c| !c.window.is_empty() || !c.before.is_empty() || row(c))
            || self.stage.states.iter().any(state)
    }

    /// Columns whose cells are looked at, decoded or not.
    pub fn read(&self) -> Vec<bool> {
        let is_sought = |column| self.sought.iter().any(|sought| sought.column == column);
        let needed = self.needed.iter().enumerate();
        needed.map(|(column, needed)| *needed || is_sought(column)).collect()
    }

    /// How many columns the keys of each dictionary have.
    pub fn dicts(&self) -> Vec<usize> {
        self.shares.dicts.iter().map(|d| d.0.len()).collect()
    }
}

fn reads_row(e: &crate::expr::bound::Bound) -> bool {
    let mut found = false;
    e.walk(&mut |b| found |= matches!(b.op, Op::Row { .. }));
    found
}

/// The windows over the rows before that expressions read.
fn window_states<'b>(
    job: &Job<'_>,
    expressions: impl IntoIterator<Item = &'b Bound>,
) -> Vec<StateId> {
    needs(expressions)
        .into_iter()
        .filter(|&s| matches!(&job.defs.all[s], StateDef::Window(n) if n.streams()))
        .collect()
}
