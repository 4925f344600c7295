//! What can be wrong with a CSV file, and its words.

use crate::fault::Fault;
use crate::read::csv::conflict;
use crate::read::csv::dialect::Dialect;
use crate::read::csv::suspect::Suspect;
use crate::read::frame::NoStart;
use crate::read::grid::{Irregular, NO_COLUMN};
use crate::read::mojibake;
use crate::read::note;
pub use crate::read::note::{
    BLANK_COLUMN_NAME, BLANK_ROW, BYTE_ORDER_MARK, EMPTY_FILE, REPEATED_HEADER,
};
use crate::read::note::{
    DOUBLE_ENCODED, DUPLICATE_COLUMN_NAME, HEADER_MISMATCH, INVALID_UTF8, RAGGED_ROW,
    ROWS_LEFT_OUT, SHORT_ROW, START_NOT_FOUND, TITLE_LINES,
};
use crate::read::reader::FaultText;
use crate::width::to_u32;

crate::fault!(
    /// Reported per field.
    STRAY_QUOTE, Error, "stray-quote", "a quote is in the wrong place");
crate::fault!(
    /// Reported at the opening quote.
    UNCLOSED_QUOTE, Error, "unclosed-quote", "a quoted field is never closed");
crate::fault!(
    /// Reported per record.
    REPEATED_NAME, Warning, "repeated-name", "a row of a table with one column is like its header");
crate::fault!(
    /// Reported per run.
    NUL_BYTE, Error, "nul-byte", "the text contains a NUL byte");
crate::fault!(
    /// Reported per cell.
    REPLACEMENT_CHARACTER, Warning, "replacement-character", "a replacement character shows that a character was lost earlier");
crate::fault!(
    /// Reported per place.
    STRAY_BOM, Warning, "stray-bom", "there is a byte order mark inside the file");
crate::fault!(
    /// Reported per cell.
    CONTROL_CHARACTER, Warning, "control-character", "the text contains a control character");
crate::fault!(
    /// Reported once per file.
    MIXED_LINE_ENDS, Warning, "mixed-line-ends", "the file mixes line endings");
crate::fault!(
    /// Reported once per file.
    BARE_CR, Warning, "bare-cr", "lines end with a carriage return only");
crate::fault!(
    /// Reported at the file's start.
    UNDECLARED_ENCODING, Error, "undeclared-encoding", "the file looks like UTF-16, but no encoding is declared");
crate::fault!(
    /// Reported at the second.
    SIMILAR_COLUMN_NAME, Warning, "similar-column-name", "two column names differ only in capitals or spaces");
crate::fault!(
    /// Reported at the header.
    PADDED_COLUMN_NAME, Warning, "padded-column-name", "a column name has spaces around it");
crate::fault!(
    /// Reported at the header.
    SUSPICIOUS_DELIMITER, Warning, "suspicious-delimiter", "the file has one column and seems to use another delimiter");

crate::fault!(
    /// Reported at its first byte.
    RECORD_TOO_LONG, Error, "record-too-long", "a row is longer than 64 MiB");

crate::fault!(
    /// Reported once per conflict, or at a mark that stands alone.
    MERGE_CONFLICT, Error, "merge-conflict", "a merge conflict is not resolved");
crate::fault!(
    /// Reported at the field.
    SWALLOWED_ROWS, Warning, "swallowed-rows", "a quoted field holds lines that look like rows");

/// In the number of `title-lines`: none of these lines has a filled cell.
pub(crate) const BLANK_TITLE: u32 = 1 << 31;
/// In its lowest bits, the lines above the header; above them, the records.
pub(crate) const TITLE_LINE_BITS: u32 = 0xFFFF;
/// Where the records begin.
pub(crate) const TITLE_RECORDS_SHIFT: u32 = 16;
/// As many records have room.
pub(crate) const MOST_TITLE_RECORDS: u32 = 0x7FFF;

/// The place of [`RAGGED_ROW`] in [`FAULTS`].
pub(crate) const RAGGED: usize = 0;

/// All of them; [`Irregular::kind`] is an index here.
pub static FAULTS: &[&Fault] = &[
    &RAGGED_ROW,
    &BLANK_ROW,
    &STRAY_QUOTE,
    &UNCLOSED_QUOTE,
    &REPEATED_HEADER,
    &INVALID_UTF8,
    &NUL_BYTE,
    &REPLACEMENT_CHARACTER,
    &STRAY_BOM,
    &CONTROL_CHARACTER,
    &MIXED_LINE_ENDS,
    &BARE_CR,
    &BYTE_ORDER_MARK,
    &UNDECLARED_ENCODING,
    &EMPTY_FILE,
    &BLANK_COLUMN_NAME,
    &DUPLICATE_COLUMN_NAME,
    &SIMILAR_COLUMN_NAME,
    &PADDED_COLUMN_NAME,
    &SUSPICIOUS_DELIMITER,
    &RECORD_TOO_LONG,
    &MERGE_CONFLICT,
    &SWALLOWED_ROWS,
    &DOUBLE_ENCODED,
    &TITLE_LINES,
    &REPEATED_NAME,
    &SHORT_ROW,
    &START_NOT_FOUND,
    &HEADER_MISMATCH,
    &ROWS_LEFT_OUT,
];

/// The index of a fault in [`FAULTS`].
pub fn kind(fault: &Fault) -> u8 {
    (0..).zip(FAULTS).find(|(_, f)| **f == fault).map_or(0, |(kind, _)| kind)
}

/// What the words of a fault need.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The bytes that the fault's offsets count in.
    pub block: &'a [u8],
    /// Where the block starts in the file.
    pub base: u64,
    /// The column names.
    pub names: &'a [String],
    pub dialect: &'a Dialect,
    /// Records above the header, where a rule says how many.
    pub skip: Option<u32>,
    /// Whether the file names its columns.
    pub has_header: bool,
}

fn sign(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".into() } else { format!("`{}`", delimiter as char) }
}

/// The fault that an irregularity is.
fn fault(i: &Irregular) -> &'static Fault {
    FAULTS.get(usize::from(i.kind)).copied().unwrap_or(&RAGGED_ROW)
}

fn words(message: String, label: &str, help: &str) -> FaultText {
    let help = (!help.is_empty()).then(|| help.to_string());
    FaultText { message, label: label.into(), help, odd: None }
}

/// Makes the words of a fault.
pub fn word(i: &Irregular, c: &Context<'_>) -> FaultText {
    let bytes = c.block.get(i.start as usize..i.end as usize).unwrap_or(&[]);
    match fault(i).name {
        "ragged-row" => ragged(i, c, bytes),
        "blank-row" => {
            let is_line = !bytes.contains(&c.dialect.delimiter);
            let what =
                if is_line { "this line is blank" } else { "all cells of this row are blank" };
            words(format!("{what}, so it does not count as a row"), "blank", "remove the line")
        }
        "merge-conflict" => conflict::words(bytes, i.aux == 0),
        "swallowed-rows" => words(
            format!(
                "this quoted field goes on for {} lines, which look like rows of the table",
                i.aux
            ),
            "the quote is opened here",
            "close the quote where the field ends; if the quote belongs to the text, write it twice within a quoted field",
        ),
        "stray-quote" => stray(i, c),
        "unclosed-quote" => words(
            "this quoted field is never closed".into(),
            "opened here, never closed",
            "close the quote, or write it twice if it belongs to the text; this line was skipped",
        ),
        "repeated-header" => note::repeated_header(),
        "repeated-name" => words(
            "this row is like the header".into(),
            "a header, or a value?",
            "if it is a value, write `repeated = \"data\"`; if files were joined, remove the line",
        ),
        "short-row" => {
            let width = c.names.len();
            let message =
                format!("this row has {} of {width} fields; the others count as missing", i.aux);
            words(message, "cut short", "write all delimiters where the file is made")
        }
        "record-too-long" => words(
            "this row does not end within 64 MiB".into(),
            "starts here",
            "check that this is a text file with line endings",
        ),
        _ => word_text(i, c, bytes),
    }
}

/// The words of what is wrong with texts and line ends.
fn word_text(i: &Irregular, c: &Context<'_>, bytes: &[u8]) -> FaultText {
    match fault(i).name {
        "invalid-utf8" => invalid(i, c, bytes),
        "nul-byte" => nul(i),
        "replacement-character" => words(
            "U+FFFD replaces a character that was lost in an earlier conversion".into(),
            "lost character",
            "restore it from the source",
        ),
        "stray-bom" => words(
            "byte order mark inside the file".into(),
            "byte order mark",
            "remove it; files were probably joined",
        ),
        "control-character" => {
            let text = String::from_utf8_lossy(bytes);
            let c = text.chars().next().unwrap_or_default();
            let message = format!("invisible control character 0x{:02X}", u32::from(c));
            let help = mojibake::of_control(c).map(|meant| {
                format!("in windows-1252 this is `{meant}`: write that, or convert the source from windows-1252")
            });
            words(message, "invisible", help.as_deref().unwrap_or("remove it"))
        }
        "double-encoded" => double_encoded(bytes),
        "mixed-line-ends" => words(
            "from here on, lines end differently".into(),
            "another line ending",
            "convert the file to one kind of line ending",
        ),
        "bare-cr" => words(
            "lines end with a carriage return only, as on very old systems".into(),
            "carriage return without line feed",
            "convert the line endings",
        ),
        _ => word_head(i, c, bytes),
    }
}

/// The words of what stands at the head of a file.
fn word_head(i: &Irregular, c: &Context<'_>, bytes: &[u8]) -> FaultText {
    let name = |column: u32| {
        c.names
            .get(column as usize)
            .map_or_else(|| format!("column {}", column as usize + 1), |n| format!("`{n}`"))
    };
    match fault(i).name {
        "byte-order-mark" => words(
            "the file starts with a byte order mark; it is not part of the first column's name"
                .into(),
            "byte order mark",
            "save it as UTF-8 without a byte order mark: some tools misread the name of the first column",
        ),
        "undeclared-encoding" => words(
            "the file looks like UTF-16, but no encoding is declared".into(),
            "not UTF-8",
            "add `encoding = \"utf-16le\"` (or \"utf-16be\") to the table's rules, or save the file as UTF-8",
        ),
        "empty-file" => words(
            "the file is empty: it has neither rows nor a header".into(),
            "",
            "check where the file comes from; `optional = true` allows it to be absent, but not to be empty",
        ),
        "start-not-found" => note::start_not_found(match i.aux {
            1 => NoStart::LeftOut,
            2 => NoStart::InHeader,
            _ => NoStart::NoMatch,
        }),
        "header-mismatch" => note::header_mismatch(i.aux as usize, i.column as usize),
        "blank-column-name" => note::blank_column_name(i.column as usize, "no name"),
        "duplicate-column-name" => {
            note::duplicate_name(c.names, (i.aux as usize, i.column as usize))
        }
        "similar-column-name" => words(
            format!("{} differs from {} only in capitals or spaces", name(i.column), name(i.aux)),
            "easily confused",
            "rename one of them",
        ),
        "padded-column-name" => words(
            format!("the column name {} starts or ends with a space", name(i.column)),
            "spaces",
            "remove the spaces; otherwise rules must spell the name with them",
        ),
        "title-lines" => title_lines(i),
        _ => suspicious(i, c, bytes),
    }
}

fn double_encoded(bytes: &[u8]) -> FaultText {
    mojibake::words(String::from_utf8_lossy(bytes).trim_matches('"'))
}

fn nul(i: &Irregular) -> FaultText {
    words(
        format!(
            "{} NUL byte{} in the text",
            i.end - i.start,
            if i.end - i.start == 1 { "" } else { "s" }
        ),
        "NUL",
        "remove it; if the file is full of them, it is probably UTF-16: add encoding = \"utf-16le\"",
    )
}

/// [`Irregular::aux`] is how many lines stand above the header, and [`BLANK_TITLE`].
fn title_lines(i: &Irregular) -> FaultText {
    let is_blank = i.aux & BLANK_TITLE != 0;
    let before = i.aux & TITLE_LINE_BITS;
    let skip = i.aux >> TITLE_RECORDS_SHIFT & MOST_TITLE_RECORDS;
    let (lines, s, verb) = match before {
        1 => ("the first line".to_string(), "s", "is"),
        n => (format!("the first {n} lines"), "", "are"),
    };
    let (what, label, but) = if is_blank {
        (format!("{verb} blank"), "no column names", String::new())
    } else {
        let but = format!(" (or `skip = 0` if line {} does name the columns)", i.line + 1);
        (format!("look{s} like a title"), "a title?", but)
    };
    let help = format!(
        "write `skip = {skip}` in the `[data.…]` table of this file{but}; until then it is not read"
    );
    let message = format!("{lines} {what}; the column names seem to be on line {}", before + 1);
    words(message, label, &help)
}

fn suspicious(i: &Irregular, c: &Context<'_>, bytes: &[u8]) -> FaultText {
    let [other, ..] = i.aux.to_le_bytes();
    let written = if other == b'\t' { "\\t".to_string() } else { (other as char).to_string() };
    if let Some(Suspect { delimiter, skip }) = Suspect::of_aux(i.aux) {
        let from =
            if skip > 0 { format!(" from line {} on", i.line + skip + 1) } else { String::new() };
        let own = sign(c.dialect.delimiter);
        let message =
            format!("the fields are separated by {}{from}, not by {own}", sign(delimiter));
        let skip = match c.skip.unwrap_or(0) + skip {
            0 => String::new(),
            n => format!("skip = {n}` and `"),
        };
        let help =
            format!("add `{skip}delimiter = \"{written}\"`; until then the file is not read");
        return words(message, "read as one column", &help);
    }
    // A first line that only spreadsheet programs understand.
    let skip = if bytes.starts_with(b"sep=") { "skip = 1` and `" } else { "" };
    let help =
        format!("if {} is the delimiter, add `{skip}delimiter = \"{written}\"`", sign(other));
    words(
        format!("the file has one column, but its header contains {}", sign(other)),
        "a single column?",
        &help,
    )
}

fn stray(i: &Irregular, c: &Context<'_>) -> FaultText {
    let at = i.start as usize;
    let misplaced = |message: &str, help: &str| FaultText {
        message: message.into(),
        label: "misplaced quote".into(),
        help: Some(help.into()),
        odd: None,
    };
    if i.aux == 1 {
        let after = c.block.get(at + 1..).unwrap_or_default();
        let space = after.iter().position(|b| !matches!(b, b' ' | b'\t')).is_some_and(|n| {
            n > 0
                && after
                    .get(n)
                    .is_some_and(|b| *b == c.dialect.delimiter || matches!(b, b'\n' | b'\r'))
        });
        let help = if space {
            "remove the spaces between the quote and the end of the field"
        } else {
            "write a quote inside a quoted field twice: \"5\"\" pipe\""
        };
        return misplaced("this quote closes the field, but more text follows", help);
    }
    let before = c.block.get(..at).unwrap_or_default();
    let text = before.trim_ascii_end();
    let padded = text.len() < before.len()
        && (text.is_empty()
            || text.last() == Some(&c.dialect.delimiter)
            || before.get(text.len()).is_some_and(|b| matches!(b, b'\n' | b'\r')));
    let help = if padded {
        "remove the spaces before it: a quote must be the first character of the field"
    } else {
        "quote the whole field and write the quote inside it twice: \"5\"\" pipe\"; if quotes have no meaning in this file, set `quote = \"\"`"
    };
    misplaced("this quote neither starts nor ends the field", help)
}

fn invalid(i: &Irregular, c: &Context<'_>, bytes: &[u8]) -> FaultText {
    let hex: Vec<String> = bytes.iter().take(4).map(|b| format!("{b:02X}")).collect();
    let more = if i.aux > 1 {
        format!("; the first of {} places in this cell", i.aux)
    } else {
        String::new()
    };
    let message = format!(
        "byte {} is not valid UTF-8 ({}){more}",
        c.base + u64::from(i.start),
        hex.join(" ")
    );
    // Most such files come from Windows: show what the byte would be there.
    let western = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0;
    let help = match western.chars().next() {
        Some(sign) if !sign.is_control() => format!(
            "save the file as UTF-8, or declare its encoding: with encoding = \"windows-1252\" this is `{western}`"
        ),
        _ => "save the file as UTF-8, or declare its encoding, such as encoding = \"windows-1252\""
            .into(),
    };
    FaultText { message, label: "not UTF-8".into(), help: Some(help), odd: None }
}

fn ragged(i: &Irregular, c: &Context<'_>, bytes: &[u8]) -> FaultText {
    let width = c.names.len();
    let found = i.aux as usize;
    let fields = |n: usize| format!("{n} field{}", if n == 1 { "" } else { "s" });
    let standard = if c.has_header { "the header" } else { "the first row" };
    let message = format!("this row has {}, but {standard} has {width}", fields(found));
    let label = if found > width {
        format!("{} too many", found - width)
    } else {
        format!("{} missing", width - found)
    };
    let trailing = found == width + 1 && bytes.last() == Some(&c.dialect.delimiter);
    let help = if found > width && width == 1 {
        "if the first line is a title and not the header, set `skip = 1`".to_string()
    } else if trailing {
        format!("there is an extra {} at the end", sign(c.dialect.delimiter))
    } else if found > width {
        format!("put a field that contains {} in quotes", sign(c.dialect.delimiter))
    } else if found == 1 && width > 1 {
        "if this is a title or a note, set `skip = n` for lines above the header, `comment = \"#\"` for notes".to_string()
    } else {
        "the row was skipped; no check uses it until it is corrected".to_string()
    };
    FaultText { message, label, help: Some(help), odd: None }
}

/// An irregularity without a column.
pub fn irregular(
    fault: &Fault,
    range: std::ops::Range<usize>,
    record: u32,
    line: u32,
    aux: u32,
) -> Irregular {
    Irregular {
        kind: kind(fault),
        start: to_u32(range.start),
        end: to_u32(range.end),
        record,
        line,
        aux,
        column: NO_COLUMN,
    }
}
