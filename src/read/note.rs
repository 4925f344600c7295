//! Notes: what is out of order in a table before any of its rows is judged.

use std::collections::HashSet;
use std::ops::Range;

use crate::fault::{Fault, Severity};
use crate::read::frame::NoStart;
use crate::report::Subject;
use crate::source::{FileId, Invalid, Span};

// Faults that files of several formats have.
crate::fault!(
    /// Reported per record.
    RAGGED_ROW, Error, "ragged-row", "a row has more or fewer fields than the header");
crate::fault!(
    /// Reported per line.
    BLANK_ROW, Info, "blank-row", "a row has no values, or a line between rows is blank");
crate::fault!(
    /// Reported once per table, at the first.
    SHORT_ROW, Warning, "short-row", "rows lack fields at their end, which count as missing");
crate::fault!(
    /// Reported per cell.
    INVALID_UTF8, Error, "invalid-utf8", "some bytes are not valid UTF-8");
crate::fault!(
    /// Reported at the first that is repeated.
    DUPLICATE_COLUMN_NAME, Warning, "duplicate-column-name", "two columns have the same name");
crate::fault!(
    /// Reported at the header, or at the first cell where nothing stands there.
    BLANK_COLUMN_NAME, Warning, "blank-column-name", "a column has no name");
crate::fault!(
    /// Reported once per column, at the first cell.
    DOUBLE_ENCODED, Warning, "double-encoded", "a text was read in the wrong encoding and saved again");

crate::fault!(
    /// Reported at the first of them.
    TITLE_LINES, Error, "title-lines", "a title stands above the column names");
crate::fault!(
    /// Reported at the end of the file.
    START_NOT_FOUND, Error, "start-not-found", "nothing in the file begins the table as the rule says");
crate::fault!(
    /// Reported at the first row.
    HEADER_MISMATCH, Error, "header-mismatch", "the names of a rule are not as many as the columns of the file");

/// The words of [`BLANK_COLUMN_NAME`], from the number of the column, from 0.
pub fn blank_column_name(column: usize, label: &str) -> FaultText {
    let number = column.saturating_add(1);
    FaultText {
        message: format!("column {number} has no name"),
        label: label.into(),
        help: Some(format!("rules call it `column {number}`")),
        odd: None,
    }
}

crate::fault!(
    /// Reported per record.
    REPEATED_HEADER, Error, "repeated-header", "the header is repeated among the rows");

/// The words of [`REPEATED_HEADER`].
pub fn repeated_header() -> FaultText {
    FaultText {
        message: "the header is repeated here".into(),
        label: "a header, not a row".into(),
        help: Some("remove the line; files were probably joined".into()),
        odd: None,
    }
}

/// The words of [`BLANK_ROW`], from what is blank.
pub fn blank_row(what: &str) -> FaultText {
    FaultText {
        message: format!("{what}, so it does not count as a row"),
        label: "blank".into(),
        help: Some("remove it".into()),
        odd: None,
    }
}

/// The words of [`START_NOT_FOUND`].
pub fn start_not_found(why: NoStart) -> FaultText {
    let (message, help) = match why {
        NoStart::LeftOut => (
            "the file ends before its table begins",
            "look at `skip`, `from` and `header`: they leave out all of its rows",
        ),
        NoStart::NoMatch => (
            "no row of the file begins with what `from` says",
            "`from` is a regular expression for the first filled cell of the row with the column names",
        ),
        NoStart::InHeader => (
            "the file ends before all rows that name the columns",
            "`header = 2` takes two rows as the names of the columns; `header = [5]` takes those of line 5",
        ),
    };
    FaultText { message: message.into(), help: Some(help.into()), ..FaultText::default() }
}

/// The words of [`HEADER_MISMATCH`], from the number of names and that of columns.
pub fn header_mismatch(names: usize, columns: usize) -> FaultText {
    FaultText {
        message: format!("`header` names {names} columns, but this row has {columns}"),
        label: "the first row".into(),
        help: Some("name each column, in the order of the file".into()),
        odd: None,
    }
}

/// The words of [`DUPLICATE_COLUMN_NAME`]: the first name that is repeated, with the numbers of both
/// columns, and how many other names are.
pub fn duplicate_name(names: &[String], (first, second): (usize, usize)) -> FaultText {
    let name = names.get(second).map_or("", String::as_str);
    let different = names.iter().collect::<HashSet<_>>().len();
    let others = names.len().saturating_sub(different + 1);
    let and = match others {
        0 => String::new(),
        1 => "; so is one more name".into(),
        n => format!("; so are {n} more names"),
    };
    let (first, second) = (first + 1, second + 1);
    FaultText {
        message: format!("column {second} is called `{name}`, as is column {first}{and}"),
        label: "used again here".into(),
        help: Some(format!("rules call it `column {second}`")),
        odd: None,
    }
}

crate::fault!(
    /// Reported once per file.
    BYTE_ORDER_MARK, Info, "byte-order-mark", "the file starts with a byte order mark");
crate::fault!(
    /// Reported at the file's start.
    EMPTY_FILE, Error, "empty-file", "the file is empty");
crate::fault!(
    /// Reported once per file, at the first.
    ROWS_LEFT_OUT, Warning, "rows-left-out", "`until` leaves out what is filled like a row");
crate::fault!(
    /// `at`.
    TABLE_NOT_FOUND, Error, "table-not-found", "the table that `at` names is not in the document");
crate::fault!(
    /// `at` of a workbook.
    SHEET_NOT_FOUND, Error, "sheet-not-found", "the workbook has no sheet, name or table that `at` names");
crate::fault!(
    /// Reported at the first place that cannot be read.
    MALFORMED, Error, "malformed-document", "a text is not valid JSON, YAML or TOML");
crate::fault!(
    /// Reported per element.
    ROW_NOT_AN_OBJECT, Error, "row-not-an-object", "an element that should be a row has no members");
crate::fault!(
    /// Reported at the second.
    DUPLICATE_MEMBER, Error, "duplicate-member", "a member of an object stands twice");
crate::fault!(
    /// Reported once per table, at the first.
    LATE_MEMBER, Warning, "late-member", "a member is not read, because it first appears late in the file");

/// The words of a fault: what a finding shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultText {
    /// One sentence.
    pub message: String,
    /// What stands under the place.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Which bytes are wrong of the cell that the sentence quotes, where it is not all of it.
    pub odd: Option<Range<usize>>,
}

/// What the finding of a note is named after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    Fault,
    Table,
    /// The column of the table.
    Column,
}

/// A place and a few words that stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub file: FileId,
    pub span: Span,
    /// The line it starts in; counted where it is not known.
    pub line: Option<u64>,
    /// The column whose name stands there.
    pub column: Option<String>,
    pub text: String,
}

/// Something out of order in a header, or in a file as a whole; `findings` makes a finding of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is wrong.
    pub fault: &'static Fault,
    /// That of the fault, unless what is wrong matters less here.
    pub severity: Severity,
    /// What its finding is named after.
    pub named_by: NamedBy,
    /// The table, once it is known which one reads the file.
    pub table: String,
    pub column: Option<String>,
    /// What it is about.
    pub subject: Subject,
    /// One sentence, and what to do.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where it shows.
    pub at: Option<Spot>,
    /// What it differs from, where something stands earlier.
    pub first: Option<Spot>,
    /// The key of the rule that asks for it.
    pub key: Option<&'static str>,
    /// Where the rule asks for it.
    pub rule: Option<Spot>,
    /// The texts that were compared.
    pub compared: Vec<String>,
}

impl Note {
    /// A note without a place yet.
    pub fn new(
        fault: &'static Fault,
        named_by: NamedBy,
        subject: Subject,
        message: impl Into<String>,
    ) -> Note {
        Note {
            fault,
            severity: fault.severity,
            named_by,
            table: String::new(),
            column: None,
            subject,
            message: message.into(),
            help: None,
            at: None,
            first: None,
            key: None,
            rule: None,
            compared: Vec::new(),
        }
    }

    /// With the words of a fault, at a place.
    pub fn worded(
        fault: &'static Fault,
        named_by: NamedBy,
        subject: Subject,
        words: FaultText,
        (file, span, line): (FileId, Span, Option<u64>),
    ) -> Note {
        let at = Some(Spot { file, span, line, column: None, text: words.label });
        Note { at, help: words.help, ..Note::new(fault, named_by, subject, words.message) }
    }

    /// About a row that is like the header.
    pub fn repeated_header(place: (FileId, Span, Option<u64>)) -> Note {
        let subject = Subject::content(std::iter::once(("", "")));
        Note::worded(&REPEATED_HEADER, NamedBy::Fault, subject, repeated_header(), place)
    }

    /// About bytes that are no UTF-8, in the file with a path.
    pub fn not_utf8(invalid: Invalid, path: &str) -> Note {
        let Invalid { first, count } = invalid;
        let more = if count > 1 { format!("; it is the first of {count}") } else { String::new() };
        let words = FaultText {
            message: format!("byte {first} is not valid UTF-8 and is read as `?`{more}"),
            label: "not UTF-8".into(),
            help: Some(
                "save the file as UTF-8, or declare its encoding, such as encoding = \"windows-1252\""
                    .into(),
            ),
            odd: None,
        };
        let first = first as u64;
        let place = (FileId(0), Span::new(first, first + 1), None);
        Note::worded(&INVALID_UTF8, NamedBy::Fault, Subject::File(path.into()), words, place)
    }

    /// A row that has nothing in any of its cells.
    pub fn blank_row(place: (FileId, Span, Option<u64>)) -> Note {
        Note::blank_rows(1, place)
    }

    /// So many rows, one below the other, that have nothing in any of their cells.
    pub fn blank_rows(count: u64, place: (FileId, Span, Option<u64>)) -> Note {
        let subject = Subject::content(std::iter::once(("", "")));
        let words = match count {
            1 => blank_row("all cells of this row are blank"),
            _ => FaultText {
                message: format!(
                    "all cells of these {count} rows are blank, so they do not count as rows"
                ),
                help: Some("remove them".into()),
                ..blank_row("")
            },
        };
        Note::worded(&BLANK_ROW, NamedBy::Fault, subject, words, place)
    }

    /// About records below a table that are filled like its rows: how many, and where the first stands.
    pub fn rows_left_out(count: u64, place: (FileId, Span, Option<u64>)) -> Note {
        let message = match count {
            1 => "`until` leaves out a line that is filled like a row".to_string(),
            _ => format!("`until` leaves out {count} lines that are filled like rows"),
        };
        let words = FaultText {
            message,
            label: "as many cells as the header has names".into(),
            help: Some(
                "if the table goes on, let `until` match what stands below all of it; a block that \
                 follows is a table of its own, with `from`"
                    .into(),
            ),
            odd: None,
        };
        Note::worded(&ROWS_LEFT_OUT, NamedBy::Table, Subject::Header, words, place)
    }

    /// With its places in a file: a reader does not know the number of its own.
    #[must_use]
    pub fn in_file(&self, file: FileId) -> Note {
        let here = |spot: &Option<Spot>| spot.clone().map(|spot| Spot { file, ..spot });
        Note { at: here(&self.at), first: here(&self.first), ..self.clone() }
    }
}
