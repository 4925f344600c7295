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
    let mut planner = Planner {
        states,
        tasks,
        state_done: states.all.iter().map(|s| !s.needs_pass()).collect(),
        task_done: tasks.iter().map(|t| t.table.is_none()).collect(),
        stages: Vec::new(),
    };
    while let Some(table) = planner.next_table(tables) {
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

struct Planner<'p> {
    states: &'p States,
    tasks: &'p [Task],
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
        (0..self.states.all.len())
            .filter(move |&s| !self.state_done[s] && self.states.all[s].table() == table)
    }

    fn open_tasks(&self, table: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.tasks.len())
            .filter(move |&t| !self.task_done[t] && self.tasks[t].table == Some(table))
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
    fn next_table(&self, tables: usize) -> Option<usize> {
        (0..tables)
            .find(|&t| self.completes(t))
            .or_else(|| (0..tables).find(|&t| !self.ready_states(t).is_empty()))
            .or_else(|| (0..tables).find(|&t| !self.ready_tasks(t).is_empty()))
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
        self.stages.push(Stage { table, states, checks, last: false });
    }
}
