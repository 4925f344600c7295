//! Findings of texts that an assertion reads as numbers or dates, and that are none.

use std::collections::BTreeMap;

use crate::engine::pass::undecided::MOST;
use crate::explain::equation::Cell;
use crate::expr::bound::{Bound, Op};
use crate::findings::maker::FindingMaker;
use crate::report::Finding;

impl FindingMaker<'_, '_> {
    /// One finding for each cell whose text `number` or `date` could not read where that kept an
    /// assertion from being decided; the cells of an aggregate one by one.
    pub fn unread_texts(&self) -> Vec<Finding> {
        if !self.reads_texts() {
            return Vec::new();
        }
        let mut finders = self.finders();
        let open_rows = self.open_rows(MOST, &mut finders);
        let mut cells = BTreeMap::new();
        for (number, all) in self.ran.undecided.iter().enumerate() {
            for undecided in all.iter().filter(|u| u.why.is_unreadable()) {
                let blame = self.blame(number, undecided, &mut finders);
                let within =
                    blame.as_ref().and_then(|b| self.in_aggregate(b, &open_rows, &mut finders));
                let unread = within.or(blame).map(|b| b.unread).unwrap_or_default();
                for (cell, unread) in unread {
                    let rule = (number, undecided.assertion.unwrap_or(0));
                    cells.entry((cell, unread.fault.name)).or_insert((unread, rule));
                }
            }
        }
        let finding = |((cell, _), (unread, rule)): ((Cell, _), (_, (usize, usize)))| {
            let located = finders[cell.table].row(cell.row)?;
            let mut finding = self.unread_cell((cell.table, cell.column), &located, unread);
            if rule.1 < self.job.checks[rule.0].asserts.len() {
                self.rule_label(&mut finding, rule.0, rule.1);
            }
            self.quote(&mut finding);
            Some(finding)
        };
        cells.into_iter().filter_map(finding).collect()
    }

    /// Whether any rule reads texts as numbers or dates.
    fn reads_texts(&self) -> bool {
        let checks = self.job.checks.iter();
        let of_checks =
            checks.flat_map(|c| c.filter.iter().chain(c.asserts.iter().map(|a| &a.bound)));
        of_checks.chain(self.job.defs.all.iter().flat_map(|d| d.expressions())).any(reads_text)
    }
}

fn reads_text(bound: &Bound) -> bool {
    let mut found = false;
    bound.walk(&mut |b| found |= matches!(b.op, Op::Read { .. }));
    found
}
