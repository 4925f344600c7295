//! Bound checks to stages: which tables are read, in which order, how often, and for what.
//!
//! A stage is one pass over one table with the states it fills and the checks it judges. A table
//! is read again only where a state that a row's check needs is made from the same table.

use crate::expr::bound::{Bound, OnMiss, Op, StateDef, StateId, States};

/// One pass over one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub table: usize,
    /// States that are filled.
    pub states: Vec<StateId>,
    /// Checks whose rows are judged, by number.
    pub checks: Vec<usize>,
    /// Whether it is the last pass over the table: faults of files and unreadable cells are reported then.
    pub last: bool,
}

/// What planning needs of a check.
#[derive(Debug, Clone)]
pub struct Task {
    /// The table whose rows are judged; none for groups, combinations and checks judged once.
    pub table: Option<usize>,
    /// States it needs.
    pub needs: Vec<StateId>,
}

/// The states that expressions read.
pub fn needs<'b>(expressions: impl IntoIterator<Item = &'b Bound>) -> Vec<StateId> {
    let mut all = Vec::new();
    for e in expressions {
        e.walk(&mut |b| match b.op {
            Op::Lookup { state, miss: OnMiss::Version { own }, .. } => {
                all.push(state);
                all.extend(own);
            }
            Op::Lookup { state, .. }
            | Op::Member { state, .. }
            | Op::Leads { state, .. }
            | Op::Aggregate { state, .. }
            | Op::Window { state } => all.push(state),
            _ => {}
        });
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Orders the passes. Window of groups cost no pass and are in no stage.
pub fn stages(tables: usize, states: &States, tasks: &[Task]) -> Vec<Stage> {
    let mut of_table = vec![OfTable::default(); tables];
    for (id, state) in states.all.iter().enumerate() {
        of_table.get_mut(state.table()).into_iter().for_each(|of| of.states.push(id));
    }
    for (n, task) in tasks.iter().enumerate() {
        let of = task.table.and_then(|table| of_table.get_mut(table));
        of.into_iter().for_each(|of| of.tasks.push(n));
    }
    let mut planner = Planner {
        states,
        tasks,
        of_table,
        open: (0..tables).collect(),
        state_done: states.all.iter().map(|s| !s.needs_pass()).collect(),
        task_done: tasks.iter().map(|t| t.table.is_none()).collect(),
        stages: Vec::new(),
    };
    while let Some(table) = planner.next_table() {
        planner.stage(table);
    }
    let mut stages = planner.stages;
    for table in 0..tables {
        match stages.iter().rposition(|s| s.table == table) {
            Some(last) => stages[last].last = true,
            None => {
                stages.push(Stage { table, states: Vec::new(), checks: Vec::new(), last: true })
            }
        }
    }
    stages
}

/// What a table's rows serve.
#[derive(Debug, Clone, Default)]
struct OfTable {
    states: Vec<StateId>,
    tasks: Vec<usize>,
}

struct Planner<'p> {
    states: &'p States,
    tasks: &'p [Task],
    of_table: Vec<OfTable>,
    /// Tables that may have to be read once more.
    open: Vec<usize>,
    state_done: Vec<bool>,
    task_done: Vec<bool>,
    stages: Vec<Stage>,
}

impl Planner<'_> {
    fn state_needs(&self, id: StateId) -> Vec<StateId> {
        needs(self.states.all[id].reads())
    }

    /// What a streaming neighbour needs must be there for whoever reads it.
    fn ready(&self, needs: &[StateId]) -> bool {
        needs.iter().all(|&n| {
            let streams = matches!(&self.states.all[n], StateDef::Window(d) if d.streams());
            self.state_done[n]
                && (!streams || self.state_needs(n).iter().all(|&m| m == n || self.state_done[m]))
        })
    }

    fn open_states(&self, table: usize) -> impl Iterator<Item = StateId> + '_ {
        let all = self.of_table.get(table).map_or(&[][..], |of| &of.states);
        all.iter().copied().filter(|&s| !self.state_done[s])
    }

    fn open_tasks(&self, table: usize) -> impl Iterator<Item = usize> + '_ {
        let all = self.of_table.get(table).map_or(&[][..], |of| &of.tasks);
        all.iter().copied().filter(|&t| !self.task_done[t])
    }

    fn ready_states(&self, table: usize) -> Vec<StateId> {
        self.open_states(table).filter(|&s| self.ready(&self.state_needs(s))).collect()
    }

    fn ready_tasks(&self, table: usize) -> Vec<usize> {
        self.open_tasks(table).filter(|&t| self.ready(&self.tasks[t].needs)).collect()
    }

    /// Whether one more pass over the table is its last.
    fn completes(&self, table: usize) -> bool {
        let open = self.open_states(table).count() + self.open_tasks(table).count();
        open > 0 && open == self.ready_states(table).len() + self.ready_tasks(table).len()
    }

    /// A table that one pass completes, else one with a state to make.
    fn next_table(&self) -> Option<usize> {
        let first =
            |is_next: &dyn Fn(usize) -> bool| self.open.iter().copied().find(|t| is_next(*t));
        first(&|t| self.completes(t))
            .or_else(|| first(&|t| !self.ready_states(t).is_empty()))
            .or_else(|| first(&|t| !self.ready_tasks(t).is_empty()))
    }

    fn stage(&mut self, table: usize) {
        let states = self.ready_states(table);
        // Checks wait for the last pass, so that a table is judged in one go.
        let checks = if self.completes(table) || states.is_empty() {
            self.ready_tasks(table)
        } else {
            Vec::new()
        };
        for &s in &states {
            self.state_done[s] = true;
        }
        for &c in &checks {
            self.task_done[c] = true;
        }
        if self.open_states(table).next().is_none() && self.open_tasks(table).next().is_none() {
            self.open.retain(|t| *t != table);
        }
        self.stages.push(Stage { table, states, checks, last: false });
    }
}
