//! CSV files → a table with its columns.

use std::collections::HashMap;

use super::files::FileBook;
use super::tables::{Opened, column};
use super::{MISSING_COLUMN, UNEXPECTED_COLUMN, UNREADABLE_FILE};
use crate::engine::table::{Column, Part, Rows, Source};
use crate::expr::regex::Regex;
use crate::fault::Severity;
use crate::finding::{Finding, Identity, Label, Place, Role, Subject};
use crate::read::csv::faults::{Context, tell};
use crate::read::csv::{Dialect, FAULTS, Header, HeaderRead, Walker, read_header};
use crate::rules::TableRule;
use crate::source::{Bytes, FileId, Files, Problem, Span};

/// The dialect that a rule declares.
pub fn dialect(rule: &TableRule, path: &str) -> Dialect {
    let tsv = rule.format.as_ref().map_or_else(|| super::tables::extension(path) == "tsv", |f| f.value == "tsv");
    let usual = if tsv { Dialect::tsv() } else { Dialect::default() };
    Dialect {
        delimiter: rule.delimiter.unwrap_or(usual.delimiter),
        quote: rule.quote.unwrap_or(usual.quote),
        header: rule.header,
        skip: rule.skip,
        comment: rule.comment,
    }
}

/// Reads the header of a file, growing what is read until it is whole.
fn header(bytes: &dyn Bytes, dialect: &Dialect, path: &str) -> Result<(Header, Vec<u8>), Problem> {
    let mut size = 1 << 16;
    loop {
        let mut head = vec![0; size];
        let n = bytes.read_at(0, &mut head).map_err(|e| Problem::nowhere(&UNREADABLE_FILE, format!("`{path}` cannot be read: {e}")))?;
        head.truncate(n);
        let at_end = n as u64 == bytes.len() || size >= crate::read::csv::MAX_RECORD;
        match read_header(&head, at_end, dialect) {
            HeaderRead::Done(header) => return Ok((header, head)),
            HeaderRead::NeedMore => size *= 4,
        }
    }
}

/// Opens the files of a CSV table.
///
/// # Errors
/// Where a file cannot be opened.
pub fn open(rule: &TableRule, paths: &[(String, Vec<String>)], holes: &[String], book: &mut FileBook, opened: &mut Opened) -> Result<(), Problem> {
    let mut parts: Vec<Part> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut cells: Vec<(FileId, Span)> = Vec::new();
    for (path, values) in paths {
        let file = book.open(path, rule.encoding.as_ref().map(|e| e.value.as_str()))?;
        let Some(bytes) = book.bytes(file) else { continue };
        let dialect = dialect(rule, path);
        let (header, head) = header(&*bytes, &dialect, path)?;
        header_findings(book, file, &header, &head, &dialect, rule, &mut opened.findings);
        if parts.is_empty() {
            names = header.columns.iter().map(|c| c.name.clone()).collect();
            cells = header.columns.iter().map(|c| (file, c.span)).collect();
        }
        let fields: Vec<Option<usize>> = if parts.is_empty() {
            (0..names.len()).map(Some).collect()
        } else {
            let mut fields = HashMap::new();
            header.columns.iter().enumerate().for_each(|(at, c)| _ = fields.entry(c.name.as_str()).or_insert(at));
            names.iter().map(|n| fields.get(n.as_str()).copied()).collect()
        };
        if header.readable {
            missing(book, file, &header, &names, &fields, rule, &mut opened.findings);
        }
        opened.open |= !header.readable;
        let walker = Walker::new(dialect, &header, &head);
        parts.push(Part { file, bytes, dialect, header, walker, fields, path: values.clone() });
    }
    columns(rule, &names, &cells, holes, opened);
    declared_only(book, rule, &names, &cells, opened);
    opened.rows = Rows::Csv(parts);
    Ok(())
}

fn columns(rule: &TableRule, names: &[String], cells: &[(FileId, Span)], holes: &[String], opened: &mut Opened) {
    let pivot = rule.unpivot.as_ref().and_then(|u| Some((u, Regex::new(&u.columns.text).ok()?)));
    for (field, name) in names.iter().enumerate() {
        if pivot.as_ref().is_some_and(|(_, r)| r.is_full_match(name)) {
            opened.pivot.push((field, name.clone()));
            continue;
        }
        opened.columns.push(Column { header: cells.get(field).copied(), ..column(name, Source::Field(field)) });
    }
    if let Some((unpivot, _)) = pivot {
        opened.columns.push(column(&unpivot.name.value, Source::PivotName));
        opened.columns.push(column(&unpivot.value.value, Source::PivotValue));
    }
    for (at, hole) in holes.iter().enumerate() {
        opened.columns.push(column(hole, Source::Path(at)));
    }
}

/// A place in a header.
pub fn header_place(book: &FileBook, file: FileId, span: Span, line: u64, name: Option<&str>) -> Place {
    let column = book.bytes(file).map_or(1, |b| {
        let mut head = vec![0; span.start.min(1 << 20) as usize];
        let n = b.read_at(0, &mut head).unwrap_or(0);
        head.truncate(n);
        let start = head.iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |i| i + 1);
        let own = &head[start..];
        let own = if start == 0 { own.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(own) } else { own };
        own.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64 + 1
    });
    Place { file, span, line, column, record: None, column_name: name.map(str::to_string), derived: book.derived(file) }
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

fn header_findings(book: &FileBook, file: FileId, header: &Header, head: &[u8], dialect: &Dialect, rule: &TableRule, findings: &mut Vec<Finding>) {
    let names: Vec<String> = header.columns.iter().map(|c| c.name.clone()).collect();
    let mut columns = Columns { head, at: 0, column: 1 };
    for irregular in &header.faults {
        let told = tell(irregular, &Context { block: head, base: 0, names: &names, dialect });
        let fault = FAULTS[irregular.kind as usize % FAULTS.len()];
        let span = Span::new(u64::from(irregular.start), u64::from(irregular.end));
        let name = names.get(irregular.column as usize).map(String::as_str);
        let place = Place {
            file,
            span,
            line: u64::from(irregular.line) + 1,
            column: columns.of(irregular.start as usize),
            record: None,
            column_name: name.map(str::to_string),
            derived: book.derived(file),
        };
        let identity = Identity::structure(fault.name, fault, &rule.name.value, Subject::Header).at(name);
        let mut finding = Finding::new(identity, fault.severity, told.message);
        finding.labels.push(Label { place, role: Role::Stated, text: told.label });
        finding.help = told.help;
        findings.push(finding);
    }
}

/// Columns of the first file that another file lacks.
fn missing(book: &FileBook, file: FileId, header: &Header, names: &[String], fields: &[Option<usize>], rule: &TableRule, findings: &mut Vec<Finding>) {
    for (name, _) in names.iter().zip(fields).filter(|(_, f)| f.is_none()) {
        let subject = Subject::File(Files::path(book, file));
        let identity = Identity::structure(format!("{}.{name}", rule.name.value), &MISSING_COLUMN, &rule.name.value, subject);
        let message = format!("this file has no column `{name}`, but the first file of `{}` has one", rule.name.value);
        let mut finding = Finding::new(identity.at(Some(name)), Severity::Error, message);
        finding.labels.push(Label { place: header_place(book, file, header.span, header.header_line, None), role: Role::Stated, text: "the header".into() });
        findings.push(finding);
    }
}

fn declared_only(book: &FileBook, rule: &TableRule, names: &[String], cells: &[(FileId, Span)], opened: &mut Opened) {
    if !rule.columns_only {
        return;
    }
    for (name, (file, span)) in names.iter().zip(cells).filter(|(n, _)| !rule.columns.iter().any(|c| c.name.value == **n)) {
        let check = format!("{}.{name}", rule.name.value);
        let identity = Identity::structure(check, &UNEXPECTED_COLUMN, &rule.name.value, Subject::Header).at(Some(name));
        let message = format!("the column `{name}` is not declared, and `columns_only` allows no others");
        let mut finding = Finding::new(identity, Severity::Error, message);
        finding.labels.push(Label { place: header_place(book, *file, *span, 1, Some(name)), role: Role::Stated, text: "not declared".into() });
        finding.help = Some(format!("declare it: columns.{} = {{}}", crate::expr::print::name(name)));
        opened.findings.push(finding);
    }
}
