//! What a pattern finds: the loop in which a fact-checker writes one.

#![expect(clippy::cast_possible_truncation, reason = "older than the lint")]

use std::fmt::Write as _;

use crate::api::request::{Request, book};
use crate::compile::discover::{NotFound, files};
use crate::compile::load::load;
use crate::compile::open::extension;
use crate::files::sources::Sources;
use crate::read::pattern::Pattern;
use crate::read::text::document::{Document, markdown, plain};
use crate::read::text::extract::{Extraction, Spec, Trouble, extract as find};
use crate::render::words::{problem_line, shown};
use crate::report::text::printable;
use crate::rules::TableRule;
use crate::source::{FileId, Files, Span, did_you_mean};
use crate::value::{Reading, Type};

/// What `extract` is asked for.
#[derive(Debug, Clone, Default)]
pub struct ExtractRequest {
    /// A table of the rules, or a file.
    pub target: String,
    /// The pattern to try on a file.
    pub pattern: Option<String>,
    /// What separates items.
    pub split: Option<String>,
    /// Start of the section.
    pub from: Option<String>,
    /// End of the section.
    pub to: Option<String>,
}

/// Prints every match, its values and places, and the near misses.
///
/// # Errors
/// What kept it from looking, in words.
pub fn extract(request: &Request, ask: &ExtractRequest) -> Result<String, String> {
    let mut book = book(request).map_err(|p| problem_line(&p, &Sources::default()))?;
    if let Some(pattern) = &ask.pattern {
        let pattern = Pattern::compile(pattern).map_err(|e| {
            e.iter()
                .map(|p| {
                    format!(
                        "error[pattern-syntax]: {}\n{}",
                        shown(&p.message),
                        p.help
                            .as_ref()
                            .map_or(String::new(), |h| format!("  help: {}\n", shown(h)))
                    )
                })
                .collect::<String>()
        })?;
        let spec = Spec {
            pattern: &pattern,
            from: ask.from.as_deref(),
            to: ask.to.as_deref(),
            split: ask.split.as_deref(),
        };
        return of_files(std::slice::from_ref(&ask.target), &spec, &mut book);
    }
    let (rules, _, problems) = load(&request.rule_files, &request.paths, &mut book)
        .map_err(|p| problem_line(&p, &book))?;
    let Some(rule) = rules.tables.iter().find(|t| t.name.value == ask.target) else {
        let names: Vec<&str> = rules.tables.iter().map(|t| t.name.value.as_str()).collect();
        let help = did_you_mean(&ask.target, names.iter().copied()).map_or_else(
            || {
                "name a table that has a pattern, or a text file together with --pattern"
                    .to_string()
            },
            |n| format!("did you mean `{n}`?"),
        );
        let told: String = problems.iter().map(|p| problem_line(p, &book)).collect();
        return Err(format!(
            "{told}error: there is no table called `{}`\n  help: {help}\n",
            ask.target
        ));
    };
    let pattern = match (&rule.pattern, &rule.regex) {
        (Some(p), _) => Pattern::compile(&p.text),
        (None, Some(r)) => Pattern::from_regex(&r.text),
        (None, None) => return Err(format!("error: the table `{}` has no pattern\n", ask.target)),
    };
    let pattern = pattern.map_err(|e| {
        e.iter()
            .map(|p| format!("error[pattern-syntax]: {}\n", shown(&p.message)))
            .collect::<String>()
    })?;
    let section = rule.section.as_ref();
    let spec = Spec {
        pattern: &pattern,
        from: section.and_then(|s| s.from.as_ref()).map(|f| f.value.as_str()),
        to: section.and_then(|s| s.to.as_ref()).map(|t| t.value.as_str()),
        split: rule.split.as_ref().map(|s| s.value.as_str()),
    };
    of_files(&paths(rule, &book)?, &spec, &mut book)
}

fn paths(rule: &TableRule, book: &Sources) -> Result<Vec<String>, String> {
    let found = files(&rule.base, &rule.path.value.text, book).map_err(|e| match e {
        NotFound::Files(problem) => problem_line(&problem, book),
        NotFound::Pattern(p) => format!("error[pattern-syntax]: {}\n", shown(&p.message)),
    });
    Ok(found?.0.into_iter().map(|p| p.0).collect())
}

fn of_files(paths: &[String], spec: &Spec<'_>, book: &mut Sources) -> Result<String, String> {
    let mut out = String::new();
    for path in paths {
        let (file, text) = book.open_text(path, None).map_err(|p| problem_line(&p, book))?;
        let doc: Document = if matches!(extension(path), "md" | "markdown") {
            markdown(&text)
        } else {
            plain(&text)
        };
        let found = find(&doc, spec, true);
        show(&found, spec.pattern, file, &text, book, &mut out);
    }
    Ok(out)
}

fn place(book: &Sources, file: FileId, text: &str, span: Span) -> String {
    let line_start = text[..span.start as usize].rfind('\n').map_or(0, |i| i + 1);
    let column = text[line_start..span.start as usize].chars().count() + 1;
    format!("{}:{}:{column}", printable(&Files::path(book, file)), book.line(file, span.start))
}

fn show(
    found: &Extraction,
    pattern: &Pattern,
    file: FileId,
    text: &str,
    book: &Sources,
    out: &mut String,
) {
    let _ = writeln!(
        out,
        "{}: {} match{}",
        printable(&Files::path(book, file)),
        found.rows.len(),
        if found.rows.len() == 1 { "" } else { "es" }
    );
    for row in &found.rows {
        let _ = writeln!(out, "\n{}", place(book, file, text, row.span));
        let width = pattern.holes.iter().map(|h| h.name.chars().count()).max().unwrap_or(0);
        for (hole, cell) in pattern.holes.iter().zip(&row.cells) {
            let mut reading = Reading::new(hole.ty);
            reading.number.prose = true;
            reading.ranges = true;
            if hole.ty == Type::Date {
                reading.formats.clear();
            }
            let value = match reading.read_hedged(&cell.text, cell.hedge) {
                Ok(v) if hole.ty == Type::Text => v.to_text(),
                Ok(v) => {
                    format!(
                        "{}{}",
                        v.to_text(),
                        crate::findings::working::show_range(&v, hole.ty)
                            .map_or(String::new(), |(lo, hi)| format!(" ({lo} to {hi})"))
                    )
                }
                Err(e) => format!("unreadable: {}", e.label),
            };
            let _ = writeln!(
                out,
                "  {:<width$}  {:<24} {:<28} bytes {}..{}",
                hole.name,
                shown(&cell.text),
                shown(&value),
                cell.span.start,
                cell.span.end
            );
        }
    }
    for trouble in &found.troubles {
        match trouble {
            Trouble::Unmatched { span, text: item, near } => {
                let _ = writeln!(
                    out,
                    "\n{}: this item does not match: {}",
                    place(book, file, text, *span),
                    shown(&item.split_whitespace().collect::<Vec<_>>().join(" "))
                );
                if let Some(n) = near {
                    let _ = writeln!(
                        out,
                        "  expected {}, found `{}`",
                        shown(&n.expected),
                        shown(&n.found)
                    );
                }
            }
            Trouble::NoSection { text } => {
                let _ = writeln!(out, "\nthe section text `{}` was not found", shown(text));
            }
            Trouble::NoMatch => {}
        }
    }
    if !found.near.is_empty() {
        let _ = writeln!(out, "\nnear misses:");
    }
    for n in &found.near {
        let _ = writeln!(
            out,
            "  {}: {} part{} matched, then expected {}, found `{}`",
            place(book, file, text, n.span),
            n.reached,
            if n.reached == 1 { "" } else { "s" },
            shown(&n.expected),
            shown(&n.found)
        );
    }
}
