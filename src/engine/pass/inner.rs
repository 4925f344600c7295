//! Look-ups that found nothing for rows on their way into a state: a sum leaves such a row out, a
//! condition does not choose it, and a finding of each check that reads the state says so.

use std::collections::HashSet;

use crate::engine::data::classes::RawKind;
use crate::engine::data::job::Job;
use crate::engine::data::reach::{Part, Reached, reached};
use crate::engine::pass::ran::Ran;
use crate::engine::states::env::{At, Miss, MissName, Missed};
use crate::expr::bound::{GroupsDef, StateDef, StateId};
use crate::expr::choose::{argument, choose};
use crate::expr::eval::eval;
use crate::report::RawFinding;

/// What rows missed on their way into states, each key once.
#[derive(Debug, Default)]
pub struct StateMisses {
    all: Vec<(Part, Miss)>,
    seen: HashSet<(StateId, Part, MissName)>,
}

impl StateMisses {
    fn add(&mut self, part: Part, miss: Miss) {
        // Where there are several rows, what is made of them is undecided, and that is said.
        if let (Missed::NotFound, Some((state, _))) = (miss.what, miss.within)
            && self.seen.insert((state, part, miss.name()))
        {
            self.all.push((part, miss));
        }
    }

    /// Takes those of later rows.
    pub fn append(&mut self, later: StateMisses) {
        later.all.into_iter().for_each(|(part, miss)| self.add(part, miss));
    }

    /// Notes what the row of `env` missed on its way into a state.
    pub fn note(&mut self, id: StateId, def: &StateDef, env: &At<'_>) {
        match def {
            StateDef::Groups(groups) => self.of_groups(id, groups, env),
            _ => self.take(id, Part::Rows, env),
        }
    }

    /// Evaluates the parts once more, one by one: only of an aggregate that may take the row its
    /// keys and arguments matter.
    fn of_groups(&mut self, id: StateId, def: &GroupsDef, env: &At<'_>) {
        env.misses.take();
        let chosen = def.filter.as_ref().map(|filter| choose(filter, env).chosen);
        self.take(id, Part::Rows, env);
        if chosen == Some(Ok(false)) {
            return;
        }
        def.keys.iter().for_each(|key| drop(eval(key, env)));
        let of_keys = env.misses.borrow().clone();
        self.take(id, Part::Keys, env);
        for (number, slot) in def.slots.iter().enumerate() {
            let chosen = slot.filter.as_ref().map(|filter| choose(filter, env).chosen);
            if chosen != Some(Ok(false)) {
                slot.args.iter().for_each(|arg| drop(argument(arg, env)));
                env.misses.borrow_mut().extend_from_slice(&of_keys);
            }
            self.take(id, Part::Slot(number), env);
        }
    }

    /// Takes what has just been missed.
    fn take(&mut self, id: StateId, part: Part, env: &At<'_>) {
        for miss in env.misses.take() {
            // What was missed in a state within this one is for all that read that state.
            let part = if miss.within.is_some() { Part::Rows } else { part };
            let within = miss.within.or(Some((id, env.row)));
            self.add(part, Miss { within, ..miss });
        }
    }

    /// Reports them for each check that was judged and reads such a part.
    pub fn report(self, job: &Job<'_>, ran: &mut Ran<'_>) {
        if self.all.is_empty() {
            return;
        }
        for (number, check) in job.checks.iter().enumerate() {
            if ran.left_out.contains(&number) {
                continue;
            }
            let read = reached(check, job.defs);
            for (part, miss) in &self.all {
                let Some((state, _)) = miss.within else { continue };
                let reads = |r: &&Reached| (r.state, r.part) == (state, *part);
                if let Some(Reached { assertion, .. }) = read.iter().find(reads) {
                    report(job, ran, (number, *assertion), miss.clone());
                }
            }
        }
    }
}

/// Reports what a row missed that went into a state, once in a check.
pub fn report(job: &Job<'_>, ran: &mut Ran<'_>, (check, assertion): (usize, usize), miss: Miss) {
    let Some((state, row)) = miss.within else { return };
    if !ran.reported.insert((check, miss.name())) {
        return;
    }
    let table = job.defs.all[state].table();
    let class = ran.classes[table].of_check(RawKind::Missed, check, assertion, miss.column);
    let met = ran.met.entry((table, class)).or_insert(0);
    *met += 1;
    if job.most_raw.is_some_and(|most| *met > most) {
        *ran.overflow[table].entry(class).or_default() += 1;
        return;
    }
    ran.raw[table].push(RawFinding { row, aux: ran.misses.len() as u64, class });
    ran.misses.push(miss);
}
