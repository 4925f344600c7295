//! What can be wrong with a CSV file, and how it is told.

use super::dialect::Dialect;
use super::grid::{Irregular, NO_COLUMN};
use crate::fault::Fault;

crate::fault!(
    /// Told per record.
    RAGGED_ROW, Error, "ragged-row", "a record has more or fewer fields than the header");
crate::fault!(
    /// Told per line.
    BLANK_ROW, Warning, "blank-row", "a line between records is blank");
crate::fault!(
    /// Told per field.
    STRAY_QUOTE, Error, "stray-quote", "a quote stands where none belongs");
crate::fault!(
    /// Told at the opening quote.
    UNCLOSED_QUOTE, Error, "unclosed-quote", "a quoted field is never closed");
crate::fault!(
    /// Told per record.
    REPEATED_HEADER, Error, "repeated-header", "the header stands again among the records");
crate::fault!(
    /// Told per cell.
    INVALID_UTF8, Error, "invalid-utf8", "bytes that are not UTF-8");
crate::fault!(
    /// Told per run.
    NUL_BYTE, Error, "nul-byte", "a NUL byte stands in the text");
crate::fault!(
    /// Told per cell.
    REPLACEMENT_CHARACTER, Warning, "replacement-character", "a replacement character shows that text was lost before");
crate::fault!(
    /// Told per place.
    STRAY_BOM, Warning, "stray-bom", "a byte order mark stands inside the file");
crate::fault!(
    /// Told per cell.
    CONTROL_CHARACTER, Warning, "control-character", "a control character stands in the text");
crate::fault!(
    /// Told once per file.
    MIXED_LINE_ENDS, Warning, "mixed-line-ends", "lines end in different ways");
crate::fault!(
    /// Told once per file.
    BARE_CR, Warning, "bare-cr", "lines end with a lone carriage return");
crate::fault!(
    /// Told once per file.
    BYTE_ORDER_MARK, Info, "byte-order-mark", "the file starts with a byte order mark");
crate::fault!(
    /// Told at the file's start.
    UNDECLARED_ENCODING, Error, "undeclared-encoding", "the file is not UTF-8, and no encoding is declared");
crate::fault!(
    /// Told at the file's start.
    EMPTY_FILE, Error, "empty-file", "there is nothing in the file");
crate::fault!(
    /// Told at the header.
    BLANK_COLUMN_NAME, Warning, "blank-column-name", "a column has no name");
crate::fault!(
    /// Told at the second.
    DUPLICATE_COLUMN_NAME, Error, "duplicate-column-name", "two columns have the same name");
crate::fault!(
    /// Told at the second.
    SIMILAR_COLUMN_NAME, Warning, "similar-column-name", "two column names differ in capitals or spaces only");
crate::fault!(
    /// Told at the header.
    PADDED_COLUMN_NAME, Warning, "padded-column-name", "a column name has spaces around it");
crate::fault!(
    /// Told at the header.
    SUSPICIOUS_DELIMITER, Warning, "suspicious-delimiter", "the file has one column and looks as if another sign separates its fields");

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
];

/// The index of a fault of this room.
pub fn kind(fault: &Fault) -> u8 {
    FAULTS.iter().position(|f| *f == fault).unwrap_or(0) as u8
}

/// A fault in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// One sentence.
    pub message: String,
    /// A few words for the place.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
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
    /// The dialect.
    pub dialect: &'a Dialect,
}

fn sign(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".into() } else { format!("`{}`", delimiter as char) }
}

/// Makes the words of a fault.
pub fn tell(i: &Irregular, c: &Context<'_>) -> Told {
    let bytes = c.block.get(i.start as usize..i.end as usize).unwrap_or(&[]);
    let name = |column: u32| c.names.get(column as usize).map_or_else(|| format!("column {}", column as usize + 1), |n| format!("`{n}`"));
    let fault = FAULTS[i.kind as usize % FAULTS.len()];
    let told = |message: String, label: &str, help: &str| Told { message, label: label.into(), help: (!help.is_empty()).then(|| help.to_string()) };
    match fault.name {
        "ragged-row" => ragged(i, c, bytes),
        "blank-row" => told("this line is blank, and a blank line is no record".into(), "blank", "remove it"),
        "stray-quote" => told(
            "this quote neither opens nor closes the field".into(),
            "does not belong here",
            "a field that holds a quote is quoted, and the quote in it doubled: \"5\"\" pipe\"; say `quote = \"\"` if quotes mean nothing in this file",
        ),
        "unclosed-quote" => told(
            "the field that this quote opens is never closed".into(),
            "opens here, never closed",
            "close it; the records after this line are read as if the line stood alone",
        ),
        "repeated-header" => told("the header stands again here".into(), "the header, not a record", "remove it; files were probably put together"),
        "invalid-utf8" => {
            let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02X}")).collect();
            let message = format!("byte {} is not UTF-8 ({})", c.base + u64::from(i.start), hex.join(" "));
            told(message, "not UTF-8", "save the file as UTF-8, or say what it is: encoding = \"windows-1252\"")
        }
        "nul-byte" => told(
            format!("{} NUL byte{} in the text", i.end - i.start, if i.end - i.start == 1 { "" } else { "s" }),
            "NUL",
            "remove it; a file full of them is probably UTF-16: encoding = \"utf-16le\"",
        ),
        "replacement-character" => {
            told("the character U+FFFD stands for one that was lost when the file was converted".into(), "lost character", "restore it from the source")
        }
        "stray-bom" => told("a byte order mark stands inside the file".into(), "byte order mark", "remove it; files were probably put together"),
        "control-character" => told(format!("the control character 0x{:02X} stands in the text", bytes.first().unwrap_or(&0)), "cannot be seen", "remove it"),
        "mixed-line-ends" => {
            told("from here on a line ends differently than the lines before".into(), "another line end", "convert the file to one kind of line end")
        }
        "bare-cr" => told("lines end with a lone carriage return, as on very old systems".into(), "carriage return without line feed", "convert the line ends"),
        _ => tell_header(i, fault, &name),
    }
}

/// Faults of the start of a file and of its header.
fn tell_header(i: &Irregular, fault: &Fault, name: &dyn Fn(u32) -> String) -> Told {
    let told = |message: String, label: &str, help: &str| Told { message, label: label.into(), help: (!help.is_empty()).then(|| help.to_string()) };
    match fault.name {
        "byte-order-mark" => told(
            "the file starts with a byte order mark; it is not part of the first column's name".into(),
            "byte order mark",
            "save it as UTF-8 without BOM, for tools that are less patient",
        ),
        "undeclared-encoding" => told(
            "the file looks like UTF-16, and nothing says so".into(),
            "not UTF-8",
            "say `encoding = \"utf-16le\"` (or \"utf-16be\") in the rules, or save the file as UTF-8",
        ),
        "empty-file" => told(
            "there is nothing in the file, not even a header".into(),
            "",
            "say `optional = true` only where the file may be absent; an empty one is a fault",
        ),
        "blank-column-name" => told(format!("column {} has no name", i.column.wrapping_add(1)), "no name", "give it one, or remove the column"),
        "duplicate-column-name" => told(format!("{} is the name of column {} already", name(i.column), i.aux + 1), "the same name again", "rename one of them"),
        "similar-column-name" => {
            told(format!("{} differs from {} in capitals or spaces only", name(i.column), name(i.aux)), "easily confused", "rename one of them")
        }
        "padded-column-name" => {
            told(format!("the name {} has spaces around it", name(i.column)), "spaces", "remove them; rules must otherwise name it with its spaces")
        }
        _ => {
            let other = i.aux as u8;
            told(
                format!("the file has one column, and {} stands in its header", sign(other)),
                "one column?",
                &format!(
                    "if {} separates the fields, say `delimiter = \"{}\"`",
                    sign(other),
                    if other == b'\t' { "\\t".to_string() } else { (other as char).to_string() }
                ),
            )
        }
    }
}

fn ragged(i: &Irregular, c: &Context<'_>, bytes: &[u8]) -> Told {
    let width = c.names.len();
    let found = i.aux as usize;
    let fields = |n: usize| format!("{n} field{}", if n == 1 { "" } else { "s" });
    let message = format!("this record has {}, and the header has {width}", fields(found));
    let label = if found > width { format!("{} too many", found - width) } else { format!("{} missing", width - found) };
    let trailing = found == width + 1 && bytes.last() == Some(&c.dialect.delimiter);
    let help = if trailing {
        format!("it ends with a {} too many", sign(c.dialect.delimiter))
    } else if found > width {
        format!("a field that holds a {} is put in quotes", sign(c.dialect.delimiter))
    } else if found == 1 && width > 1 {
        "a note or a title is no record; say `skip = n` for lines above the header, `comment = \"#\"` for notes".to_string()
    } else {
        "it takes no part in any check until it is whole".to_string()
    };
    Told { message, label, help: Some(help) }
}

/// An irregularity without a column.
pub fn irregular(fault: &Fault, range: std::ops::Range<usize>, record: u32, line: u32, aux: u32) -> Irregular {
    Irregular { kind: kind(fault), start: range.start as u32, end: range.end as u32, record, line, aux, column: NO_COLUMN }
}
