//! By which column the rows of an aggregate are known.

use std::sync::Arc;

use crate::engine::data::check::primary_column;
use crate::engine::data::job::Job;
use crate::engine::pass::locate::Located;
use crate::expr::bound::{Bound, GroupsDef, Slot};
use crate::expr::tree::Agg;
use crate::value::Type;

/// What makes the groups of which an aggregate takes the only row.
pub fn groups_of_only<'d>(def: &'d GroupsDef, slot: &Slot) -> &'d [Bound] {
    if slot.agg == Agg::Only { &def.keys } else { &[] }
}

/// Where no single column is the key, the first one that distinguishes the rows: of the key, else of
/// texts. The only row of a group is called by what does not make the group.
pub fn naming_column(
    job: &Job<'_>,
    (table, groups): (usize, &[Bound]),
    rows: &[Arc<Located>],
) -> Option<usize> {
    let info = job.tables.get(table)?;
    if info.key.len() == 1 {
        return None;
    }
    let differs = |c: usize| {
        if rows.len() == 1 {
            return !groups.is_empty() && groups.iter().all(|key| primary_column(key) != Some(c));
        }
        let mut texts = rows.iter().take(4).filter_map(|r| r.row.texts.get(c));
        let first = texts.next();
        texts.any(|t| Some(t) != first)
    };
    let columns = info.columns.iter().enumerate();
    let texts = columns.filter(|(_, of)| of.reading.ty == Type::Text && !of.absent).map(|c| c.0);
    info.key.iter().copied().chain(texts).find(|c| differs(*c))
}
