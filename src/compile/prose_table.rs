//! Prose and Markdown files → a table with its columns.

use std::sync::Arc;

use crate::compile::open::OpenTable;
use crate::engine::data::table::{Column, TableFile};
use crate::engine::faults::MIXED_DATE_FORMATS;
use crate::fault::{Fault, Severity};
use crate::files::sources::Sources;
use crate::read::text::document::{markdown, plain};
use crate::read::text::extract::{Cell, Spec, Trouble, extract};
use crate::read::text::pattern::{Hole, Pattern, PatternProblem};
use crate::read::text::reader::{DocumentRows, FoundCell};
use crate::read::text::{
    ITEM_UNMATCHED, PATTERN_NO_MATCH, PATTERN_SYNTAX, SECTION_NOT_FOUND, TABLE_NOT_FOUND, tables,
};
use crate::report::{Finding, Identity, Label, Place, Role, Subject, evidence};
use crate::rules::TableRule;
use crate::shape::{FileLayout, Source};
use crate::source::{FileId, Files, Problem, Snippet, Span};
use crate::value::prose_date::{Shape, read_prose_date};
use crate::value::{Hedge, Type};

/// Opens a table out of text.
///
/// # Errors
/// Where a file cannot be opened or the pattern cannot be read.
pub fn open(
    rule: &TableRule,
    format: &str,
    paths: &[(String, Vec<String>)],
    holes: &[Hole],
    book: &mut Sources,
    opened: &mut OpenTable,
) -> Result<(), Problem> {
    opened.prose = true;
    let pattern = pattern(rule, opened)?;
    let mut documents: Vec<Document> = Vec::new();
    for (path, values) in paths {
        let (file, text) =
            book.open_text(path, rule.encoding.as_ref().map(|e| e.value.as_str()))?;
        let (rows, fields) = match &pattern {
            Some(pattern) => {
                let rows = of_pattern(rule, pattern, format, file, &text, book, opened);
                (rows, (0..pattern.holes.len()).map(Some).collect())
            }
            None if format == "markdown" => of_table(rule, file, &text, book, opened),
            None => {
                return Err(Problem::new(
                    &PATTERN_SYNTAX,
                    rule.file,
                    rule.path.span,
                    "a text file needs a `pattern` that says what its rows are",
                )
                .help("for example: pattern = \"{place}: {area:number} km2\""));
            }
        };
        let layout = FileLayout { fields, path: values.clone() };
        documents.push((file, Arc::new(rows), layout));
    }
    if let Some(pattern) = &pattern {
        for (at, hole) in pattern.holes.iter().enumerate() {
            opened.add(&hole.name, Source::Field(at));
            opened.types.push(Some(hole.ty));
        }
    }
    for (at, hole) in holes.iter().enumerate() {
        opened.add(&hole.name, Source::Path(at));
        opened.types.push(Some(hole.ty));
    }
    one_date_format(rule, &documents, book, opened);
    let file = |(file, rows, layout): Document| TableFile { file, reader: rows, layout };
    opened.files = documents.into_iter().map(file).collect();
    Ok(())
}

/// A file, what was found in it, and where that goes.
type Document = (FileId, Arc<DocumentRows>, FileLayout);

fn pattern(rule: &TableRule, opened: &mut OpenTable) -> Result<Option<Pattern>, Problem> {
    let told = |snippet: &Snippet, problems: Vec<PatternProblem>, opened: &mut OpenTable| {
        let mut all = problems.into_iter().map(|p| {
            let mut problem =
                Problem::new(&PATTERN_SYNTAX, snippet.file, snippet.span(p.span), p.message);
            problem.help = p.help;
            problem
        });
        let first = all.next();
        opened.problems.extend(all);
        first.unwrap_or_else(|| {
            Problem::new(
                &PATTERN_SYNTAX,
                snippet.file,
                snippet.whole(),
                "the pattern cannot be read",
            )
        })
    };
    match (&rule.pattern, &rule.regex) {
        (Some(p), _) => Pattern::compile(&p.text).map(Some).map_err(|e| told(p, e, opened)),
        (None, Some(r)) => Pattern::from_regex(&r.text).map(Some).map_err(|e| told(r, e, opened)),
        (None, None) => Ok(None),
    }
}

fn place(book: &Sources, file: FileId, span: Span) -> Place {
    crate::compile::csv_table::header_place(book, file, span, book.line(file, span.start), None)
}

fn finding(
    rule: &TableRule,
    fault: &'static Fault,
    subject: Subject,
    message: String,
    help: Option<String>,
) -> Finding {
    let identity = Identity::structure(&rule.name.value, fault, &rule.name.value, subject);
    let mut f = Finding::new(identity, fault.severity, message);
    f.help = help;
    f
}

fn of_file(book: &Sources, file: FileId) -> Subject {
    Subject::File(Files::path(book, file))
}

fn rule_label(rule: &TableRule, book: &Sources) -> Label {
    let span = rule.pattern.as_ref().or(rule.regex.as_ref()).map_or(rule.path.span, Snippet::whole);
    Label { place: place(book, rule.file, span), role: Role::Rule, text: "required here".into() }
}

#[allow(clippy::too_many_arguments)]
fn of_pattern(
    rule: &TableRule,
    pattern: &Pattern,
    format: &str,
    file: FileId,
    text: &str,
    book: &Sources,
    opened: &mut OpenTable,
) -> DocumentRows {
    let mut rows = DocumentRows::new(pattern.holes.len());
    let doc = if format == "markdown" { markdown(text) } else { plain(text) };
    let section = rule.section.as_ref();
    let spec = Spec {
        pattern,
        from: section.and_then(|s| s.from.as_ref()).map(|f| f.value.as_str()),
        to: section.and_then(|s| s.to.as_ref()).map(|t| t.value.as_str()),
        split: rule.split.as_ref().map(|s| s.value.as_str()),
    };
    let found = extract(&doc, &spec, false);
    for row in &found.rows {
        rows.push(row.span, row.cells.iter().map(found_cell));
    }
    // A table over many files need not match in each of them.
    let needs_match = rule.rows.value.min > 0 && !rule.path.value.text.contains(['*', '{', '?']);
    for trouble in found.troubles {
        let mut f = match trouble {
            Trouble::Unmatched { span, text, near } => {
                let message = format!("this item does not match the pattern: `{}`", shorten(&text));
                let help = near
                    .as_ref()
                    .map(|n| format!("expected `{}`, found `{}`", n.expected, n.found));
                let mut f = finding(rule, &ITEM_UNMATCHED, Subject::Claim(text), message, help);
                let label = near.map_or((span, "does not match".to_string()), |n| {
                    if n.failed_at.is_empty() {
                        (span, format!("{} is missing", n.expected))
                    } else {
                        (n.failed_at, format!("expected {}", n.expected))
                    }
                });
                f.labels.push(Label {
                    place: place(book, file, label.0),
                    role: Role::Stated,
                    text: label.1,
                });
                f
            }
            Trouble::NoSection { text } => {
                let message = format!(
                    "the text `{}` of `section` was not found in {}",
                    shorten(&text),
                    Files::path(book, file)
                );
                let mut f = finding(rule, &SECTION_NOT_FOUND, of_file(book, file), message, None);
                f.labels.push(Label {
                    place: place(book, file, Span::new(0, 0)),
                    role: Role::Stated,
                    text: "not in this file".into(),
                });
                f
            }
            Trouble::NoMatch if !needs_match => continue,
            Trouble::NoMatch => {
                let near = found.near.first();
                let help = near.map_or_else(
                    || "`crossfoot extract` shows what a pattern matches".to_string(),
                    |n| format!("closest match: expected `{}`, found `{}`", n.expected, n.found),
                );
                let message = format!(
                    "the pattern of `{}` has no match in {}",
                    rule.name.value,
                    Files::path(book, file)
                );
                let mut f =
                    finding(rule, &PATTERN_NO_MATCH, of_file(book, file), message, Some(help));
                let at = near.map_or(Span::new(0, 0), |n| {
                    if n.failed_at.is_empty() { n.span } else { n.failed_at }
                });
                f.labels.push(Label {
                    place: place(book, file, at),
                    role: Role::Stated,
                    text: near.map_or(String::new(), |n| format!("expected {}", n.expected)),
                });
                f
            }
        };
        f.labels.push(rule_label(rule, book));
        opened.findings.push(f);
    }
    rows
}

fn found_cell(cell: &Cell) -> FoundCell<'_> {
    FoundCell { text: &cell.text, span: cell.span, hedge: cell.hedge }
}

fn shorten(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() > 60 { flat.chars().take(57).collect::<String>() + "…" } else { flat }
}

fn of_table(
    rule: &TableRule,
    file: FileId,
    text: &str,
    book: &Sources,
    opened: &mut OpenTable,
) -> (DocumentRows, Vec<Option<usize>>) {
    let all = tables::tables(text);
    let table = match tables::select(&all, rule.at.as_ref().map(|a| a.value.as_str())) {
        Ok(table) => table,
        Err((message, help)) => {
            let subject = of_file(book, file);
            let mut f = finding(
                rule,
                &TABLE_NOT_FOUND,
                subject,
                format!("{message}: {}", Files::path(book, file)),
                help,
            );
            f.labels.push(Label {
                place: place(book, file, Span::new(0, 0)),
                role: Role::Stated,
                text: String::new(),
            });
            let span = rule.at.as_ref().map_or(rule.path.span, |a| a.span);
            f.labels.push(Label {
                place: place(book, rule.file, span),
                role: Role::Rule,
                text: "required here".into(),
            });
            opened.findings.push(f);
            opened.open = opened.columns.is_empty();
            return Default::default();
        }
    };
    let headings = table.headings.len();
    if opened.columns.is_empty() {
        for (at, cell) in table.header.iter().enumerate() {
            opened.add(&cell.text, Source::Field(at)).header = Some((file, cell.span));
        }
        for (at, name) in parents(headings).enumerate() {
            opened.add(&name, Source::Field(table.header.len() + at));
        }
        opened.types.resize(opened.columns.len(), None);
    }
    let names: Vec<String> =
        table.header.iter().map(|c| c.text.clone()).chain(parents(headings)).collect();
    let own = |(at, c): (usize, &Column)| match names.get(at) {
        Some(name) if *name == c.name => Some(at),
        _ => names.iter().position(|name| *name == c.name),
    };
    let fields = opened.columns.iter().enumerate().map(own).collect();
    let mut rows = DocumentRows::new(names.len());
    for row in &table.rows {
        let span = row.iter().map(|c| c.span).reduce(Span::join).unwrap_or_default();
        let found = |text, span| FoundCell { text, span, hedge: Hedge::None };
        let blank = || found("", span);
        let own = row.iter().map(|c| found(c.text.trim(), c.span));
        let cells = own.chain(std::iter::repeat_with(blank)).take(table.header.len());
        let above = table.headings.iter().rev().chain(table.headings.last());
        rows.push(span, cells.chain(above.map(|heading| found(heading, span))));
    }
    (rows, fields)
}

/// `parent.heading`, `parent.parent.heading`, … and `parent` itself: the headings a table stands under.
fn parents(depth: usize) -> impl Iterator<Item = String> {
    (1..=depth)
        .map(|n| format!("{}heading", "parent.".repeat(n)))
        .chain((depth > 0).then(|| "parent".to_string()))
}

/// Dates of one list follow one format.
fn one_date_format(
    rule: &TableRule,
    documents: &[Document],
    book: &Sources,
    opened: &mut OpenTable,
) {
    let dated: Vec<usize> =
        (0..opened.columns.len()).filter(|&c| opened.types[c] == Some(Type::Date)).collect();
    for c in dated {
        let declared = rule
            .columns
            .iter()
            .any(|r| r.name.value == opened.columns[c].name && !r.formats.is_empty());
        if declared {
            continue;
        }
        let Source::Field(field) = opened.sources[c] else { continue };
        let Some((a, b)) = clash(documents, field) else { continue };
        let message = format!("`{}` and `{}` are written in different formats", a.text, b.text);
        let (table, name) = (&rule.name.value, &opened.columns[c].name);
        let identity = Identity::structure(
            format!("{table}.{name}"),
            &MIXED_DATE_FORMATS,
            table,
            Subject::Table,
        )
        .at(Some(name));
        let mut f = Finding::new(identity, Severity::Warning, message);
        f.help = Some(format!(
            "one is {}, the other {}; write all dates of a list the same way",
            a.shape.format(),
            b.shape.format()
        ));
        f.evidence = evidence(&[a.text, b.text]);
        f.labels.push(Label {
            place: place(book, b.file, b.span),
            role: Role::Stated,
            text: b.shape.format(),
        });
        f.labels.push(Label {
            place: place(book, a.file, a.span),
            role: Role::First,
            text: a.shape.format(),
        });
        opened.findings.push(f);
    }
}

/// A date as a document writes it.
struct Dated<'d> {
    file: FileId,
    text: &'d str,
    span: Span,
    shape: Shape,
}

/// The first date of a field that does not follow the format of an earlier one, and that one.
fn clash(documents: &[Document], field: usize) -> Option<(Dated<'_>, Dated<'_>)> {
    let mut shapes: Vec<Dated<'_>> = Vec::new();
    for (file, rows, layout) in documents {
        let Some(field) = layout.own(field) else { continue };
        for row in 0..rows.len() {
            let (text, span) = rows.cell(row, field);
            let Some(shape) = read_prose_date(text).ok().and_then(|d| d.shape) else { continue };
            let dated = Dated { file: *file, text, span, shape };
            if let Some(at) = shapes.iter().position(|s| !s.shape.agrees(&dated.shape)) {
                return Some((shapes.swap_remove(at), dated));
            }
            if shapes.iter().all(|s| s.shape != dated.shape) {
                shapes.push(dated);
            }
        }
    }
    None
}
