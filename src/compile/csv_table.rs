//! CSV files → a table with its columns.

use std::collections::HashMap;
use std::sync::Arc;

use crate::compile::open::OpenTable;
use crate::compile::{MISSING_COLUMN, UNEXPECTED_COLUMN};
use crate::engine::data::table::TableFile;
use crate::expr::regex::Regex;
use crate::fault::Severity;
use crate::files::UNREADABLE_FILE;
use crate::files::sources::Sources;
use crate::findings::place;
use crate::read::csv::{CsvReader, Dialect, FAULTS};
use crate::read::reader::{Head, Reader};
use crate::report::{Finding, Identity, Label, Place, Role, Subject};
use crate::rules::TableRule;
use crate::shape::{FileLayout, Source};
use crate::source::{FileId, Files, Problem, Span};

/// The dialect that a rule declares.
pub fn dialect(rule: &TableRule, path: &str) -> Dialect {
    let tsv = rule
        .format
        .as_ref()
        .map_or_else(|| crate::compile::open::extension(path) == "tsv", |f| f.value == "tsv");
    let usual = if tsv { Dialect::tsv() } else { Dialect::default() };
    Dialect {
        delimiter: rule.delimiter.unwrap_or(usual.delimiter),
        quote: rule.quote.unwrap_or(usual.quote),
        header: rule.header,
        skip: rule.skip,
        comment: rule.comment,
    }
}

/// Opens the files of a CSV table.
///
/// # Errors
/// Where a file cannot be opened.
pub fn open(
    rule: &TableRule,
    paths: &[(String, Vec<String>)],
    holes: &[String],
    book: &mut Sources,
    opened: &mut OpenTable,
) -> Result<(), Problem> {
    let mut files: Vec<TableFile> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut cells: Vec<(FileId, Span)> = Vec::new();
    for (path, values) in paths {
        let file = book.open(path, rule.encoding.as_ref().map(|e| e.value.as_str()))?;
        let Some(bytes) = book.bytes(file) else { continue };
        let dialect = dialect(rule, path);
        let reader = CsvReader::open(bytes, dialect).map_err(|e| {
            Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` cannot be read: {e}"))
        })?;
        header_findings(book, file, &reader, rule, &mut opened.findings);
        let head = reader.head();
        if files.is_empty() {
            names = head.columns.iter().map(|c| c.name.clone()).collect();
            cells = head.columns.iter().map(|c| (file, c.span)).collect();
        }
        let fields: Vec<Option<usize>> = if files.is_empty() {
            (0..names.len()).map(Some).collect()
        } else {
            let mut fields = HashMap::new();
            for (at, column) in head.columns.iter().enumerate() {
                fields.entry(column.name.as_str()).or_insert(at);
            }
            names.iter().map(|n| fields.get(n.as_str()).copied()).collect()
        };
        if head.readable {
            missing(book, file, head, &names, &fields, rule, &mut opened.findings);
        }
        opened.open |= !head.readable;
        let layout = FileLayout { fields, path: values.clone() };
        files.push(TableFile { file, reader: Arc::new(reader), layout });
    }
    columns(rule, &names, &cells, holes, opened);
    declared_only(book, rule, &names, &cells, opened);
    opened.files = files;
    Ok(())
}

fn columns(
    rule: &TableRule,
    names: &[String],
    cells: &[(FileId, Span)],
    holes: &[String],
    opened: &mut OpenTable,
) {
    let pivot = rule.unpivot.as_ref().and_then(|u| Some((u, Regex::new(&u.columns.text).ok()?)));
    for (field, name) in names.iter().enumerate() {
        if pivot.as_ref().is_some_and(|(_, r)| r.is_full_match(name)) {
            opened.pivot.push((field, name.clone()));
            continue;
        }
        opened.add(name, Source::Field(field)).header = cells.get(field).copied();
    }
    if let Some((unpivot, _)) = pivot {
        opened.add(&unpivot.name.value, Source::PivotName);
        opened.add(&unpivot.value.value, Source::PivotValue);
    }
    for (at, hole) in holes.iter().enumerate() {
        opened.add(hole, Source::Path(at));
    }
}

/// A place in a header.
pub fn header_place(
    book: &Sources,
    file: FileId,
    span: Span,
    line: u64,
    name: Option<&str>,
) -> Place {
    let place = place::at(book, file, span, line);
    Place { column_name: name.map(str::to_string), ..place }
}

/// Counts the characters of a header once for all its faults: there may be as many as columns.
struct Columns<'h> {
    head: &'h [u8],
    at: usize,
    column: u64,
}

impl Columns<'_> {
    /// The column in characters of an offset; offsets come in order.
    fn of(&mut self, offset: usize) -> u64 {
        let passed = self.head.get(self.at..offset).unwrap_or_default();
        let own = match passed.iter().rposition(|b| matches!(b, b'\n' | b'\r')) {
            Some(end) => {
                self.column = 1;
                &passed[end + 1..]
            }
            None if self.at == 0 => passed.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(passed),
            None => passed,
        };
        self.column += own.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64;
        self.at = self.at.max(offset);
        self.column
    }
}

fn header_findings(
    book: &Sources,
    file: FileId,
    reader: &CsvReader,
    rule: &TableRule,
    findings: &mut Vec<Finding>,
) {
    let names: Vec<&str> = reader.head().columns.iter().map(|c| c.name.as_str()).collect();
    let mut columns = Columns { head: reader.head_bytes(), at: 0, column: 1 };
    for irregular in &reader.head().faults {
        let words = reader.head_word(irregular);
        let fault = FAULTS[irregular.kind as usize % FAULTS.len()];
        let span = Span::new(u64::from(irregular.start), u64::from(irregular.end));
        let name = names.get(irregular.column as usize).copied();
        let place = Place {
            file,
            span,
            line: u64::from(irregular.line) + 1,
            column: columns.of(irregular.start as usize),
            record: None,
            column_name: name.map(str::to_string),
            derived: book.derived(file),
        };
        let identity =
            Identity::structure(fault.name, fault, &rule.name.value, Subject::Header).at(name);
        let mut finding = Finding::new(identity, fault.severity, words.message);
        finding.labels.push(Label { place, role: Role::Stated, text: words.label });
        finding.help = words.help;
        findings.push(finding);
    }
}

/// Columns of the first file that another file lacks.
fn missing(
    book: &Sources,
    file: FileId,
    header: &Head,
    names: &[String],
    fields: &[Option<usize>],
    rule: &TableRule,
    findings: &mut Vec<Finding>,
) {
    for (name, _) in names.iter().zip(fields).filter(|(_, f)| f.is_none()) {
        let subject = Subject::File(Files::path(book, file));
        let identity = Identity::structure(
            format!("{}.{name}", rule.name.value),
            &MISSING_COLUMN,
            &rule.name.value,
            subject,
        );
        let message = format!(
            "this file has no column `{name}`, but the first file of `{}` has one",
            rule.name.value
        );
        let mut finding = Finding::new(identity.at(Some(name)), Severity::Error, message);
        finding.labels.push(Label {
            place: header_place(book, file, header.span, header.header_line, None),
            role: Role::Stated,
            text: "the header".into(),
        });
        findings.push(finding);
    }
}

fn declared_only(
    book: &Sources,
    rule: &TableRule,
    names: &[String],
    cells: &[(FileId, Span)],
    opened: &mut OpenTable,
) {
    if !rule.columns_only {
        return;
    }
    for (name, (file, span)) in
        names.iter().zip(cells).filter(|(n, _)| !rule.columns.iter().any(|c| c.name.value == **n))
    {
        let check = format!("{}.{name}", rule.name.value);
        let identity =
            Identity::structure(check, &UNEXPECTED_COLUMN, &rule.name.value, Subject::Header)
                .at(Some(name));
        let message =
            format!("the column `{name}` is not declared, and `columns_only` allows no others");
        let mut finding = Finding::new(identity, Severity::Error, message);
        finding.labels.push(Label {
            place: header_place(book, *file, *span, 1, Some(name)),
            role: Role::Stated,
            text: "not declared".into(),
        });
        finding.help =
            Some(format!("declare it: columns.{} = {{}}", crate::expr::print::name(name)));
        opened.findings.push(finding);
    }
}
