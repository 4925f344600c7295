//! Records that were set aside, in words.

use crate::engine::data::aside::AsidePlace;
use crate::engine::data::job::Job;
use crate::engine::states::env::Shared;
use crate::report::text::printable;

/// "`d.csv:3` was set aside": the records of a table that are no rows; none where there are none.
pub fn note(table: usize, shared: &Shared<'_>, job: &Job<'_>) -> Option<String> {
    let (named, were) = named(table, shared, job)?;
    Some(format!("{named} {were} set aside"))
}

/// What to correct, where a record that is no row may be the one that is sought.
pub fn help(table: usize, shared: &Shared<'_>, job: &Job<'_>) -> Option<String> {
    let (named, were) = named(table, shared, job)?;
    Some(format!("correct {named}, which {were} set aside"))
}

/// What is missing is not in a record that is no row either: that is said beside other help.
pub fn not_there(
    help: Option<String>,
    table: usize,
    shared: &Shared<'_>,
    job: &Job<'_>,
) -> Option<String> {
    let Some(note) = note(table, shared, job) else { return help };
    let note = format!("{note}, and this key is not there either");
    Some(match help {
        Some(help) => format!("{help}; {note}"),
        None => note,
    })
}

/// The records of a table that are no rows, with the verb that goes with them.
fn named(table: usize, shared: &Shared<'_>, job: &Job<'_>) -> Option<(String, &'static str)> {
    let (count, places) = shared.set_aside.get(table).filter(|aside| aside.0 > 0)?;
    let files = &job.tables.get(table)?.files;
    let path = |part: u32| files.get(part as usize).map(|f| (job.paths)(f.file));
    // Elements of a document may stand in one line.
    let of_line = |on_it: &[AsidePlace]| {
        let first = on_it.first()?;
        let line = format!("`{}:{}`", printable(&path(first.part)?), first.line);
        Some(if let n @ 2.. = on_it.len() { format!("{n} records in {line}") } else { line })
    };
    let mut named: Vec<String> = places.chunk_by(|a, b| a == b).filter_map(of_line).collect();
    let more = count.saturating_sub(places.len() as u64);
    if named.is_empty() || more > 0 {
        let records = if more == 1 { "record" } else { "records" };
        let other = if named.is_empty() { "" } else { "more " };
        named.push(format!("{more} {other}{records}"));
    }
    let were = if *count == 1 { "was" } else { "were" };
    let last = named.pop()?;
    Some(match named.is_empty() {
        true => (last, were),
        false => (format!("{} and {last}", named.join(", ")), were),
    })
}
