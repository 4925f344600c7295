//! Which rows of a block a check is asked of.

use std::cell::RefCell;

use crate::engine::data::check::Elsewhere;
use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::expressions::run::Run;
use crate::engine::pass::chunk::ChunkResult;
use crate::engine::pass::judge::Rows;
use crate::engine::states::env::is_reported;
use crate::expr::choose::{Choice, choose};

impl Rows<'_> {
    /// Whether a row is judged here, and not where its data is.
    fn is_here(&self, elsewhere: &Elsewhere, row: usize) -> bool {
        let columns = self.visit.batch.file.reader.head().columns.len();
        elsewhere.leaves(self.visit.head.number_of(self.id(row), columns))
    }

    /// Which rows pass the check's filter, if it has one; those of which a finding says why nobody
    /// knows.
    pub(super) fn select(
        &self,
        run: &mut Run<'_>,
        out: &mut Answers,
        result: &mut ChunkResult,
    ) -> Option<Vec<usize>> {
        let Some(filter) = &self.check.filter else {
            let elsewhere = self.check.elsewhere.as_ref()?;
            let left = (0..self.visit.batch.rows).map(|row| self.is_here(elsewhere, row));
            out.clear();
            out.extend(left.map(Answer::of));
            return Some(Vec::new());
        };
        match self.plan.filter {
            Some(root) => run.answers(root, out),
            None => {
                out.clear();
                out.resize(self.visit.batch.rows, Answer::DEFER);
            }
        }
        let elsewhere = self.check.elsewhere.as_ref();
        let is_here = |row: usize| elsewhere.is_none_or(|of| self.is_here(of, row));
        let (misses, mut reported) = (RefCell::new(Vec::new()), Vec::new());
        if elsewhere.is_none()
            && !cfg!(debug_assertions)
            && out.iter().fold(true, |all, a| all & a.is_decided())
        {
            return Some(reported);
        }
        for (row, answer) in out.iter_mut().enumerate() {
            if !is_here(row) {
                *answer = Answer::FAILS;
                continue;
            }
            let known = answer.choice();
            if let (Some(choice), false) = (known, cfg!(debug_assertions)) {
                if choice.blank {
                    *answer = self.chosen(choice, result);
                }
                continue;
            }
            let units = self.units(row);
            let env = self.env(row, &units, &misses);
            let exact = choose(filter, &env);
            debug_assert!(known.is_none_or(|known| known == exact), "the filter at row {row}");
            *answer = self.chosen(exact, result);
            if exact.chosen.is_err_and(|why| is_reported(&misses, why)) {
                reported.push(row);
            }
            self.note_misses(0, &misses, &env, result);
        }
        Some(reported)
    }

    /// The answer of a choice; one that a missing value decided is counted.
    pub(super) fn chosen(&self, choice: Choice, result: &mut ChunkResult) -> Answer {
        result.tallies[self.at].add_blank(choice.chosen == Ok(true), choice.blank);
        choice.chosen.map_or_else(Answer::unknown, Answer::of)
    }
}
