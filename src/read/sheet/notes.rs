//! What is noted once for a workbook: other sheets, and what is not shown.

use crate::read::note::{FaultText, NamedBy, Note, TITLE_LINES};
use crate::read::sheet::book::SheetName;
use crate::read::sheet::cells::{Area, Cells};
use crate::read::sheet::faults::{HIDDEN_CELLS, OTHER_SHEETS, TOTALS_ROW};
use crate::report::Subject;
use crate::source::{FileId, Span, column_letters};

/// Names that are listed at most.
const MOST: usize = 8;

/// Some words, and that there are more of them.
fn listed(mut words: Vec<String>) -> String {
    let more = words.len().saturating_sub(MOST);
    words.truncate(MOST);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn note(fault: &'static crate::fault::Fault, path: &str, span: Span, words: FaultText) -> Note {
    let subject = Subject::File(path.to_string());
    Note::worded(fault, NamedBy::Fault, subject, words, (FileId(0), span, None))
}

/// That a title stands above the row with the names of columns, by its number in the sheet; `skip` rows stand above it.
pub fn title(row: u32, skip: u32, path: &str, span: Span) -> Note {
    let row = u64::from(row) + 1;
    let first = if skip == 1 {
        "the first row looks".into()
    } else {
        format!("the first {skip} rows look")
    };
    let words = FaultText {
        message: format!("{first} like a title; the column names seem to be in row {row}"),
        label: "a title?".into(),
        help: Some(format!(
            "write `skip = {skip}` in the `[data.…]` table of this sheet (or `skip = 0` if this row does name the \
             columns); until then it is not read"
        )),
        odd: None,
    };
    note(&TITLE_LINES, path, span, words)
}

/// That one of several sheets is read, where no rule says which.
pub fn other_sheets(sheets: &[SheetName], own: usize, path: &str, span: Span) -> Option<Note> {
    let others = sheets.iter().enumerate().filter(|(n, _)| *n != own);
    let word = |(_, sheet): (usize, &SheetName)| match sheet.is_hidden {
        true => format!("`{}` (hidden)", sheet.name),
        false => format!("`{}`", sheet.name),
    };
    let others: Vec<String> = others.map(word).collect();
    let name = &sheets.get(own)?.name;
    let words = FaultText {
        message: format!("the sheet `{name}` is read, and not {}", listed(others.clone())),
        label: "read from here".into(),
        help: Some(format!("say which sheet is meant: at = \"{name}\"")),
        odd: None,
    };
    (!others.is_empty()).then(|| note(&OTHER_SHEETS, path, span, words))
}

/// That the last rows of a table are its totals, and are read like the others.
pub fn totals(count: u32, path: &str, span: Span) -> Note {
    let message = match count {
        1 => "the table has a row of totals, which is read like the others".to_string(),
        _ => format!("the table has {count} rows of totals, which are read like the others"),
    };
    let help = format!(
        "where sums of the table should not count it, write `skip_end = {count}`, or choose the other rows with `where`"
    );
    let words = FaultText { message, label: "totals".into(), help: Some(help), odd: None };
    note(&TOTALS_ROW, path, span, words)
}

/// That rows, columns or the sheet are read although they are not shown.
pub fn hidden(
    cells: &Cells,
    (sheet, area): (&SheetName, Area),
    (path, span): (&str, Span),
) -> Option<Note> {
    let has_cells = |row: &&u32| {
        area.has(**row, area.columns.0) && cells.row_number(cells.nth(**row)) == Some(**row)
    };
    let within =
        |(first, last): &(u32, u32)| (*first).max(area.columns.0)..=(*last).min(area.columns.1);
    let rows: Vec<&u32> = cells.hidden_rows.iter().filter(has_cells).collect();
    let columns = cells.hidden_columns.iter().flat_map(within);
    let columns: Vec<String> = columns.map(column_letters).collect();
    let mut parts = Vec::new();
    if sheet.is_hidden {
        parts.push(format!("the sheet `{}`", sheet.name));
    }
    match rows.as_slice() {
        [] => {}
        [row] => parts.push(format!("row {}", u64::from(**row) + 1)),
        [first, ..] => {
            let count = rows.len();
            parts.push(format!("{count} rows from row {} on", u64::from(**first) + 1));
        }
    }
    match columns.len() {
        0 => {}
        1 => parts.push(format!("column {}", columns.concat())),
        _ => parts.push(format!("columns {}", listed(columns))),
    }
    let is_one = parts.len() == 1 && rows.len() < 2 && !parts.concat().starts_with("columns");
    let verb = if is_one { "is" } else { "are" };
    let words = FaultText {
        message: format!("{} {verb} hidden, and read like the others", listed(parts.clone())),
        label: "the header".into(),
        help: None,
        odd: None,
    };
    (!parts.is_empty()).then(|| note(&HIDDEN_CELLS, path, span, words))
}
