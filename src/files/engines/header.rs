//! The header of CSV files that DuckDB reads: of two columns with one name it calls the second by another, so that a
//! rule would read the first without a word.

use std::collections::BTreeSet;

use adbc_core::Statement;
use adbc_core::error::Error;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;

use crate::files::engines::connect::Session;
use crate::files::engines::engine::SOURCE_FAILED;
use crate::files::engines::statement::Rows;
use crate::source::Problem;

/// Looks whether the header names a column twice.
///
/// # Errors
/// Which, or why the header cannot be read.
pub fn check(session: &mut Session, rows: &Rows) -> Result<(), Problem> {
    let Some(text) = rows.header() else { return Ok(()) };
    let given = session.statement(&text).and_then(|mut statement| {
        let mut all = Vec::new();
        for batch in statement.execute()? {
            all.extend(cells(&batch?));
        }
        Ok(all)
    });
    let cells = given.map_err(|error: Error| session.failed("does not give the header", &error))?;
    let mut seen = BTreeSet::new();
    let Some(name) = cells.iter().find(|name| !name.is_empty() && !seen.insert(*name)) else {
        return Ok(());
    };
    let message = format!("two columns of the file are called `{name}`");
    Err(Problem::nowhere(&SOURCE_FAILED, message).help(
        "rename one of them; where no rule reads either, crossfoot reads the file without `source`",
    ))
}

/// The texts of the rows of a batch.
fn cells(batch: &RecordBatch) -> Vec<String> {
    let columns = batch.columns().iter().filter_map(|column| column.as_string_opt::<i32>());
    columns.flat_map(|column| column.iter().flatten().map(str::to_string)).collect()
}
