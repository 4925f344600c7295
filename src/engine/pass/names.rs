//! What is wrong with the name of a column that became rows is found once in a file, not once a row.

use std::collections::HashSet;

use crate::engine::data::classes::RawKind;
use crate::engine::data::table::Table;
use crate::engine::pass::program::Program;
use crate::expr::ids::ColumnId;
use crate::report::RawFinding;
use crate::shape::Source;

/// The column of a table that holds the names of those which became rows.
pub fn column(table: &Table) -> Option<usize> {
    table.layout.sources.iter().position(|source| *source == Source::PivotName)
}

/// The names in a file of which a contract found something wrong.
#[derive(Default)]
pub struct NamesMet(HashSet<(u32, u64)>);

impl NamesMet {
    /// Leaves the first raw finding from `from` on of each name and class.
    pub fn leave_first(&mut self, raw: &mut Vec<RawFinding>, from: usize, program: &Program<'_>) {
        let Some(column) = column(program.table) else { return };
        let is_of_name = |raw: &RawFinding| {
            let class = program.classes.get(raw.class);
            class.filter(|class| class.column == Some(ColumnId::new(column))).is_some_and(|class| {
                let is_contract = || !program.job.checks[class.check.index()].by_user;
                class.kind == RawKind::Unreadable || class.kind == RawKind::Failed && is_contract()
            })
        };
        let new = raw.split_off(from);
        let mut is_first = |raw: &RawFinding| self.0.insert((raw.class, raw.aux));
        raw.extend(new.into_iter().filter(|raw| !is_of_name(raw) || is_first(raw)));
    }
}
