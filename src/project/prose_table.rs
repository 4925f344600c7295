//! Prose and Markdown files → a table that is held whole.

use super::files::FileBook;
use super::tables::{Opened, column};
use crate::engine::faults::MIXED_DATE_FORMATS;
use crate::engine::table::{Rows, Source, WholeCell, WholeRow};
use crate::fault::{Fault, Severity};
use crate::finding::{Finding, Identity, Label, Place, Role, Subject, evidence};
use crate::read::text::document::{markdown, plain};
use crate::read::text::extract::{Spec, Trouble, extract};
use crate::read::text::pattern::{Hole, Pattern, PatternProblem};
use crate::read::text::{ITEM_UNMATCHED, PATTERN_NO_MATCH, PATTERN_SYNTAX, SECTION_NOT_FOUND, TABLE_NOT_FOUND, tables};
use crate::rules::TableRule;
use crate::source::{FileId, Files, Problem, Snippet, Span};
use crate::value::prose_date::{Shape, read_prose_date};
use crate::value::{Hedge, Type};

/// Opens a table out of text.
///
/// # Errors
/// Where a file cannot be opened or the pattern cannot be read.
pub fn open(rule: &TableRule, format: &str, paths: &[(String, Vec<String>)], holes: &[Hole], book: &mut FileBook, opened: &mut Opened) -> Result<(), Problem> {
    opened.prose = true;
    let pattern = pattern(rule, opened)?;
    let mut rows = Vec::new();
    for (path, values) in paths {
        let (file, text) = book.open_text(path, rule.encoding.as_ref().map(|e| e.value.as_str()))?;
        let first = rows.len();
        match &pattern {
            Some(pattern) => of_pattern(rule, pattern, format, file, &text, book, opened, &mut rows),
            None if format == "markdown" => of_table(rule, file, &text, book, opened, &mut rows),
            None => {
                return Err(Problem::new(&PATTERN_SYNTAX, rule.file, rule.path.span, "a text file needs a `pattern` that says what its rows are")
                    .help("for example: pattern = \"{place}: {area:number} km2\""));
            }
        }
        for row in &mut rows[first..] {
            row.cells.extend(values.iter().map(|v| WholeCell { text: v.clone(), span: row.span, hedge: Hedge::None }));
        }
    }
    if let Some(pattern) = &pattern {
        for (at, hole) in pattern.holes.iter().enumerate() {
            opened.columns.push(column(&hole.name, Source::Field(at)));
            opened.types.push(Some(hole.ty));
        }
    }
    let from = opened.columns.len();
    for (at, hole) in holes.iter().enumerate() {
        opened.columns.push(column(&hole.name, Source::Field(from + at)));
        opened.types.push(Some(hole.ty));
    }
    one_date_format(rule, &rows, book, opened);
    opened.rows = Rows::Whole(rows);
    Ok(())
}

fn pattern(rule: &TableRule, opened: &mut Opened) -> Result<Option<Pattern>, Problem> {
    let told = |snippet: &Snippet, problems: Vec<PatternProblem>, opened: &mut Opened| {
        let mut all = problems.into_iter().map(|p| {
            let mut problem = Problem::new(&PATTERN_SYNTAX, snippet.file, snippet.span(p.span), p.message);
            problem.help = p.help;
            problem
        });
        let first = all.next();
        opened.problems.extend(all);
        first.unwrap_or_else(|| Problem::new(&PATTERN_SYNTAX, snippet.file, snippet.whole(), "the pattern cannot be read"))
    };
    match (&rule.pattern, &rule.regex) {
        (Some(p), _) => Pattern::compile(&p.text).map(Some).map_err(|e| told(p, e, opened)),
        (None, Some(r)) => Pattern::from_regex(&r.text).map(Some).map_err(|e| told(r, e, opened)),
        (None, None) => Ok(None),
    }
}

fn place(book: &FileBook, file: FileId, span: Span) -> Place {
    super::csv_table::header_place(book, file, span, book.line(file, span.start), None)
}

fn finding(rule: &TableRule, fault: &'static Fault, subject: Subject, message: String, help: Option<String>) -> Finding {
    let identity = Identity::structure(&rule.name.value, fault, &rule.name.value, subject);
    let mut f = Finding::new(identity, fault.severity, message);
    f.help = help;
    f
}

fn of_file(book: &FileBook, file: FileId) -> Subject {
    Subject::File(Files::path(book, file))
}

fn rule_label(rule: &TableRule, book: &FileBook) -> Label {
    let span = rule.pattern.as_ref().or(rule.regex.as_ref()).map_or(rule.path.span, Snippet::whole);
    Label { place: place(book, rule.file, span), role: Role::Rule, text: "required here".into() }
}

#[allow(clippy::too_many_arguments)]
fn of_pattern(rule: &TableRule, pattern: &Pattern, format: &str, file: FileId, text: &str, book: &FileBook, opened: &mut Opened, rows: &mut Vec<WholeRow>) {
    let doc = if format == "markdown" { markdown(text) } else { plain(text) };
    let section = rule.section.as_ref();
    let spec = Spec {
        pattern,
        from: section.and_then(|s| s.from.as_ref()).map(|f| f.value.as_str()),
        to: section.and_then(|s| s.to.as_ref()).map(|t| t.value.as_str()),
        split: rule.split.as_ref().map(|s| s.value.as_str()),
    };
    let found = extract(&doc, &spec, false);
    for row in found.rows {
        let cells = row.cells.into_iter().map(|c| WholeCell { text: c.text, span: c.span, hedge: c.hedge }).collect();
        rows.push(WholeRow { file, span: row.span, cells });
    }
    // A table over many files need not match in each of them.
    let needs_match = rule.rows.value.min > 0 && !rule.path.value.text.contains(['*', '{', '?']);
    for trouble in found.troubles {
        let mut f = match trouble {
            Trouble::Unmatched { span, text, near } => {
                let message = format!("this item does not match the pattern: `{}`", shorten(&text));
                let help = near.as_ref().map(|n| format!("expected `{}`, found `{}`", n.expected, n.found));
                let mut f = finding(rule, &ITEM_UNMATCHED, Subject::Claim(text), message, help);
                let label = near.map_or((span, "does not match".to_string()), |n| {
                    if n.failed_at.is_empty() { (span, format!("{} is missing", n.expected)) } else { (n.failed_at, format!("expected {}", n.expected)) }
                });
                f.labels.push(Label { place: place(book, file, label.0), role: Role::Stated, text: label.1 });
                f
            }
            Trouble::NoSection { text } => {
                let message = format!("the text `{}` of `section` was not found in {}", shorten(&text), Files::path(book, file));
                let mut f = finding(rule, &SECTION_NOT_FOUND, of_file(book, file), message, None);
                f.labels.push(Label { place: place(book, file, Span::new(0, 0)), role: Role::Stated, text: "not in this file".into() });
                f
            }
            Trouble::NoMatch if !needs_match => continue,
            Trouble::NoMatch => {
                let near = found.near.first();
                let help = near.map_or_else(
                    || "`crossfoot extract` shows what a pattern matches".to_string(),
                    |n| format!("closest match: expected `{}`, found `{}`", n.expected, n.found),
                );
                let message = format!("the pattern of `{}` has no match in {}", rule.name.value, Files::path(book, file));
                let mut f = finding(rule, &PATTERN_NO_MATCH, of_file(book, file), message, Some(help));
                let at = near.map_or(Span::new(0, 0), |n| if n.failed_at.is_empty() { n.span } else { n.failed_at });
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
}

fn shorten(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() > 60 { flat.chars().take(57).collect::<String>() + "…" } else { flat }
}

fn of_table(rule: &TableRule, file: FileId, text: &str, book: &FileBook, opened: &mut Opened, rows: &mut Vec<WholeRow>) {
    let all = tables::tables(text);
    let table = match tables::select(&all, rule.at.as_ref().map(|a| a.value.as_str())) {
        Ok(table) => table,
        Err((message, help)) => {
            let subject = of_file(book, file);
            let mut f = finding(rule, &TABLE_NOT_FOUND, subject, format!("{message}: {}", Files::path(book, file)), help);
            f.labels.push(Label { place: place(book, file, Span::new(0, 0)), role: Role::Stated, text: String::new() });
            let span = rule.at.as_ref().map_or(rule.path.span, |a| a.span);
            f.labels.push(Label { place: place(book, rule.file, span), role: Role::Rule, text: "required here".into() });
            opened.findings.push(f);
            opened.open = opened.columns.is_empty();
            return;
        }
    };
    if opened.columns.is_empty() {
        for (at, cell) in table.header.iter().enumerate() {
            let mut c = column(&cell.text, Source::Field(at));
            c.header = Some((file, cell.span));
            opened.columns.push(c);
        }
        for (at, name) in parents(table.headings.len()).enumerate() {
            opened.columns.push(column(&name, Source::Field(table.header.len() + at)));
        }
        opened.types.resize(opened.columns.len(), None);
    }
    for row in &table.rows {
        let mut cells: Vec<WholeCell> = row.iter().map(|c| WholeCell { text: c.text.trim().to_string(), span: c.span, hedge: Hedge::None }).collect();
        let span = cells.iter().map(|c| c.span).reduce(Span::join).unwrap_or_default();
        cells.resize(table.header.len(), WholeCell { span, ..WholeCell::default() });
        for heading in table.headings.iter().rev() {
            cells.push(WholeCell { text: heading.clone(), span, hedge: Hedge::None });
        }
        if let Some(nearest) = table.headings.last() {
            cells.push(WholeCell { text: nearest.clone(), span, hedge: Hedge::None });
        }
        rows.push(WholeRow { file, span, cells });
    }
}

/// `parent.heading`, `parent.parent.heading`, … and `parent` itself: the headings a table stands under.
fn parents(depth: usize) -> impl Iterator<Item = String> {
    (1..=depth).map(|n| format!("{}heading", "parent.".repeat(n))).chain((depth > 0).then(|| "parent".to_string()))
}

/// Dates of one list follow one format.
fn one_date_format(rule: &TableRule, rows: &[WholeRow], book: &FileBook, opened: &mut Opened) {
    let dated: Vec<usize> = (0..opened.columns.len()).filter(|&c| opened.types[c] == Some(Type::Date)).collect();
    for c in dated {
        let declared = rule.columns.iter().any(|r| r.name.value == opened.columns[c].name && !r.formats.is_empty());
        if declared {
            continue;
        }
        let Source::Field(field) = opened.columns[c].source else { continue };
        let shapes: Vec<(&WholeRow, &WholeCell, Shape)> = rows
            .iter()
            .filter_map(|r| {
                let cell = r.cells.get(field)?;
                Some((r, cell, read_prose_date(&cell.text).ok()?.shape?))
            })
            .collect();
        let clash = shapes.iter().enumerate().find_map(|(i, b)| shapes[..i].iter().find(|a| !a.2.agrees(&b.2)).map(|a| (a, b)));
        let Some((a, b)) = clash else { continue };
        let message = format!("`{}` and `{}` are written in different formats", a.1.text, b.1.text);
        let (table, name) = (&rule.name.value, &opened.columns[c].name);
        let identity = Identity::structure(format!("{table}.{name}"), &MIXED_DATE_FORMATS, table, Subject::Table).at(Some(name));
        let mut f = Finding::new(identity, Severity::Warning, message);
        f.help = Some(format!("one is {}, the other {}; write all dates of a list the same way", a.2.format(), b.2.format()));
        f.evidence = evidence(&[&a.1.text, &b.1.text]);
        f.labels.push(Label { place: place(book, b.0.file, b.1.span), role: Role::Stated, text: b.2.format() });
        f.labels.push(Label { place: place(book, a.0.file, a.1.span), role: Role::First, text: a.2.format() });
        opened.findings.push(f);
    }
}
