//! Rows whose `where` a missing value decided, in words.

use crate::engine::data::job::Job;
use crate::engine::states::accumulate::Blanks;
use crate::expr::bound::{Bound, Op};
use crate::value::Type;

/// Columns that a note names.
const MOST_NAMES: usize = 3;

/// "1 row with a blank `region` is not chosen", for each way in which a missing value decided.
pub fn notes(blanks: &Blanks, filter: Option<&Bound>, table: usize, job: &Job<'_>) -> Vec<String> {
    let Some(filter) = filter else { return Vec::new() };
    let note = |rows: u64, only_texts: bool, chosen: &str| {
        let (row, is) = if rows == 1 { ("row", "is") } else { ("rows", "are") };
        let what = columns(filter, only_texts, table, job)
            .map_or_else(|| "a missing value".to_string(), |names| format!("a blank {names}"));
        (rows > 0).then(|| format!("{rows} {row} with {what} {is} {chosen}"))
    };
    let chosen = note(blanks.chosen, true, "chosen");
    chosen.into_iter().chain(note(blanks.not_chosen, false, "not chosen")).collect()
}

/// "`region` or `kind`": the columns that a condition reads; none where they are too many.
fn columns(filter: &Bound, only_texts: bool, table: usize, job: &Job<'_>) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    filter.walk(&mut |b| {
        if let Op::Cell { unit: 0, column, .. } = b.op
            && (!only_texts || b.ty == Type::Text)
            && let Some(of) = job.tables.get(table).and_then(|t| t.columns.get(column))
        {
            let name = format!("`{}`", of.name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    });
    (1..=MOST_NAMES).contains(&names.len()).then(|| names.join(" or "))
}
