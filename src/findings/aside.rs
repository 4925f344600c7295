//! Records that were set aside, in words.

use crate::engine::data::job::Job;
use crate::engine::states::env::Shared;
use crate::report::text::printable;

/// "`d.csv:3` was set aside": the records of a table that are no rows; none where there are none.
pub fn note(table: usize, shared: &Shared<'_>, job: &Job<'_>) -> Option<String> {
    let (count, places) = shared.set_aside.get(table).filter(|aside| aside.0 > 0)?;
    let files = &job.tables.get(table)?.files;
    let path = |part: u32| files.get(part as usize).map(|f| (job.paths)(f.file));
    let mut named: Vec<String> = places
        .iter()
        .filter_map(|p| Some(format!("`{}:{}`", printable(&path(p.part)?), p.line)))
        .collect();
    let more = count.saturating_sub(named.len() as u64);
    if named.is_empty() || more > 0 {
        let records = if more == 1 { "record" } else { "records" };
        let other = if named.is_empty() { "" } else { "more " };
        named.push(format!("{more} {other}{records}"));
    }
    let were = if *count == 1 { "was" } else { "were" };
    let last = named.pop()?;
    Some(match named.is_empty() {
        true => format!("{last} {were} set aside"),
        false => format!("{} and {last} {were} set aside", named.join(", ")),
    })
}
